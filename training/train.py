"""Trains the table on a data set and writes the model.

    python -m training.train DATASET MODEL [--set name=value ...]

Batches hold rows of the same package side by side, so that negatives are hard. Of the code's side of a row the name is
left out now and then, wherever it stands, and whole fields and single sub-tokens, of the sentence single words: what is
left must do. Two recipes are trained side by side and averaged; `--set` trains one, changed. Deterministic on one
machine. Tests: tests/unit/training/test_training_model.py.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from codegraph.embed.bags import CODE, CONTAINER, CONTEXT, DOCSTRING, LITERALS, NAME, SIGNATURE
from training.dataset import Packed
from training.model import Table, average, chunks, loss_of, ragged
from training.pack import write_model


@dataclass(frozen=True)
class Recipe:
    """What can be changed about a run."""

    seed: int = 7
    dimensions: int = 256
    batch: int = 1024
    epochs: int = 2
    rate: float = 5e-3
    gain_rate: float = 2e-2
    drop_name: float = 0.25
    drop_container: float = 0.3
    drop_docstring: float = 0.5
    drop_literals: float = 0.15
    drop_context: float = 0.3
    drop_code: float = 0.4
    drop_query: float = 0.1
    swap_query: float = 0.0
    """Share of a sentence's words that become one of their nearest words in the teacher's eyes."""
    teacher: float = 0.2
    threads: int = 1


MEMBERS = (
    Recipe(),
    Recipe(seed=8, rate=3e-3, drop_code=0.5, drop_query=0.15, swap_query=0.1),
)
"""What is trained from the same start and averaged: better than either, as long runs of one are not."""


class Data:
    """The arrays of a data set."""

    def __init__(self, directory: Path) -> None:
        arrays = np.load(directory / "train.npz")
        self.words = (directory / "words.txt").read_text(encoding="utf-8").split("\n")
        self.package, self.sentence, self.same = arrays["package"], arrays["sentence"], arrays["same"]
        self.code = Packed(*(arrays[f"code_{name}"] for name in Packed._fields))
        self.query = Packed(*(arrays[f"query_{name}"] for name in Packed._fields))
        near = directory / "near.npy"
        self.near = np.load(near) if near.exists() else np.arange(len(self.words))[:, None]
        """For each word some that the teacher holds for nearly the same; filled up with the word itself."""
        teacher = directory / "teacher.npy"
        self.teacher = np.load(teacher) if teacher.exists() else None
        """Unit vectors of sentences, a row each; zeros where the teacher was not asked."""

    def alike(self, rows: np.ndarray) -> torch.Tensor:
        """Return which rows of a batch must not be told apart."""
        sentence, same = self.sentence[rows], self.same[rows]
        found = (sentence[:, None] == sentence) | (same[:, None] == same)
        np.fill_diagonal(found, False)
        return torch.from_numpy(found)

    def teacher_of(self, rows: np.ndarray) -> torch.Tensor | None:
        """Return the teacher's vectors of a batch's sentences."""
        return None if self.teacher is None else torch.from_numpy(self.teacher[rows].astype(np.float32))


Bag = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


def code_bags(data: Packed, rows: np.ndarray, recipe: Recipe, draw: np.random.Generator) -> Bag:
    """Return the code's side of a batch, with what is left out left out."""
    at, counts = ragged(data.starts, rows)
    row = np.repeat(np.arange(len(rows)), counts)
    numbers, field = data.numbers[at].astype(np.int64), data.fields[at]
    code = row << 32 | numbers
    named = np.isin(code, code[field == NAME])
    kept = ~(named & (draw.random(len(rows)) < recipe.drop_name)[row] & np.isin(field, (NAME, SIGNATURE, CODE)))
    for which, share in (
        (CONTAINER, recipe.drop_container),
        (DOCSTRING, recipe.drop_docstring),
        (LITERALS, recipe.drop_literals),
        (CONTEXT, recipe.drop_context),
    ):
        kept &= ~((field == which) & (draw.random(len(rows)) < share)[row])
    kept &= (field == NAME) | (draw.random(len(at)) >= recipe.drop_code)
    at, row = at[kept], row[kept]
    return _bag(data, at, row, len(rows), data.numbers[at].astype(np.int64))


def query_bags(data: Data, rows: np.ndarray, recipe: Recipe, draw: np.random.Generator) -> Bag:
    """Return the sentences' side of a batch."""
    at, counts = ragged(data.query.starts, rows)
    row = np.repeat(np.arange(len(rows)), counts)
    kept = draw.random(len(at)) >= recipe.drop_query
    at, row = at[kept], row[kept]
    numbers = data.query.numbers[at].astype(np.int64)
    swapped = draw.random(len(at)) < recipe.swap_query
    numbers[swapped] = data.near[numbers[swapped], draw.integers(data.near.shape[1], size=int(swapped.sum()))]
    return _bag(data.query, at, row, len(rows), numbers)


def _bag(data: Packed, at: np.ndarray, row: np.ndarray, rows: int, numbers: np.ndarray) -> Bag:
    starts = np.searchsorted(row, np.arange(rows))
    arrays = (numbers, data.fields[at].astype(np.int64), data.counts[at].astype(np.float32), starts)
    bag = tuple(map(torch.from_numpy, arrays))
    return bag[0], bag[1], bag[2], bag[3]


def train(data: Data, vectors: np.ndarray, gains: np.ndarray, recipe: Recipe) -> Table:
    """Train from the given start."""
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(recipe.threads)
    draw = np.random.default_rng(recipe.seed)
    table = Table(vectors, gains)
    groups = [
        {"params": [table.vectors], "lr": recipe.rate},
        {"params": [found for name, found in table.named_parameters() if name != "vectors"], "lr": recipe.gain_rate},
    ]
    optimiser = torch.optim.Adam(groups, fused=True)
    steps = recipe.epochs * (len(data.package) // recipe.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: max(0.01, 1 - step / steps))
    began, total, step = time.process_time(), 0.0, 0
    for epoch in range(recipe.epochs):
        for rows in chunks(data.package, recipe.batch, draw):
            sentences = table(*query_bags(data, rows, recipe, draw))
            functions = table(*code_bags(data.code, rows, recipe, draw))
            teacher = data.teacher_of(rows)
            loss = loss_of(sentences, functions, table.sharpness.exp(), data.alike(rows), teacher, recipe.teacher)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
            total, step = total + loss.item(), step + 1
            if step % 100 == 0:
                spent = time.process_time() - began
                print(f"epoch {epoch} step {step}/{steps} loss {total / 100:.3f}, {spent:.0f} CPU seconds", flush=True)
                total = 0.0
    return table


def start_of(data: Data, directory: Path, recipe: Recipe) -> tuple[np.ndarray, np.ndarray]:
    """Return the first vectors and gains: the teacher's vectors of the words, rare words weighing more."""
    file = directory / "words.npy"
    size = (len(data.words), recipe.dimensions)
    vectors = np.load(file)[:, : recipe.dimensions] if file.exists() else np.random.default_rng(7).standard_normal(size)
    vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    seen = np.bincount(data.query.numbers, minlength=size[0]) + np.bincount(data.code.numbers, minlength=size[0])
    share = (seen + 1) / (seen.sum() + size[0])
    return vectors, np.sqrt(1e-3 / (1e-3 + share))


def _trained(dataset: Path, recipe: Recipe) -> Table:
    data = Data(dataset)
    return train(data, *start_of(data, dataset, recipe), recipe)


def fit(dataset: Path, model: Path, recipes: Sequence[Recipe] = MEMBERS) -> str:
    """Train the recipes, several of them side by side, write their average as a model, and return its SHA-256."""
    if len(recipes) == 1:
        tables = [_trained(dataset, recipes[0])]
    else:
        with ProcessPoolExecutor(len(recipes), get_context("spawn")) as processes:
            tables = list(processes.map(_trained, [dataset] * len(recipes), recipes))
    table = average(tables)
    checksum = write_model(model, Data(dataset).words, table.arrays())
    learnt = {"gains": table.fields.detach().exp(), "powers": table.powers.detach(), "sharpness": table.sharpness.exp()}
    print(json.dumps({name: value.detach().numpy().round(2).tolist() for name, value in learnt.items()}))
    print(f"{model} has the checksum {checksum}", flush=True)
    return checksum


def main() -> None:
    """Train and write the model."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("dataset", type=Path)
    arguments.add_argument("model", type=Path)
    arguments.add_argument("--set", nargs="*", default=[], help="name=value of the recipe")
    given = arguments.parse_args()
    given_values = dict(text.partition("=")[::2] for text in given.set)
    changes = {name: type(getattr(Recipe(), name))(value) for name, value in given_values.items()}
    fit(given.dataset, given.model, [replace(Recipe(), **changes)] if changes else MEMBERS)


if __name__ == "__main__":
    main()
