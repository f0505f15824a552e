"""The trained table while it is trained: a bag's vector, the loss of a batch, and the encoder that it becomes.

The weights are those of `codegraph.embed.trained`. What a sub-token weighs in a field is the product of its own gain,
the field's gain, and how much it leans towards the field; gains are kept as logarithms. The loss is symmetric
cross-entropy between the sentences and the functions of a batch with a learnt temperature; other rows with the same
sentence or the same code count neither way. Where a teacher's sentence vectors are at hand, a share of each sentence's
target lies on functions whose sentences the teacher finds alike.
Tests: tests/unit/training/test_training_model.py.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from codegraph.embed.bags import FIELDS
from codegraph.embed.trained import LARGEST, LEAST_MASS

SATURATION, CROWDING, REDUNDANCY = 0.13, 0.0, 0.0
"""Where the powers of every field start."""
LEANINGS = 2
FIRST_GAINS = {"name": 2.1, "container": 1.3, "signature": 1.4, "docstring": 1.2, "context": 0.4}
FIRST_TEMPERATURE = 0.07
TEACHER_TEMPERATURE = 0.05
LEAST_SCALE = 1e-9


class Table(nn.Module):
    """Vectors and gains."""

    def __init__(self, vectors: np.ndarray, gains: np.ndarray) -> None:
        """Start from vectors (n, d) and gains (n,), above 0."""
        super().__init__()
        self.vectors = nn.Parameter(torch.tensor(vectors, dtype=torch.float32))
        self.words = nn.Parameter(torch.tensor(np.log(gains), dtype=torch.float32))
        self.fields = nn.Parameter(torch.tensor([FIRST_GAINS.get(field, 1.0) for field in FIELDS]).log())
        self.powers = nn.Parameter(torch.tensor([[SATURATION], [CROWDING], [REDUNDANCY]]).repeat(1, len(FIELDS)))
        self.leanings = nn.Parameter(torch.zeros(len(gains), LEANINGS))
        draw = np.random.default_rng(0).standard_normal((len(FIELDS), LEANINGS)) / 2
        self.towards = nn.Parameter(torch.tensor(draw, dtype=torch.float32))
        self.sharpness = nn.Parameter(torch.tensor(1 / FIRST_TEMPERATURE).log())

    def forward(self, numbers: Tensor, fields: Tensor, counts: Tensor, starts: Tensor) -> Tensor:
        """Return one unit row per bag; bag i has the entries from starts[i] to the next start."""
        saturation, crowding, redundancy = self.powers
        gains = self.words[numbers] + self.fields[fields] + (self.leanings[numbers] * self.towards[fields]).sum(dim=1)
        weights = gains.exp() * counts ** saturation[fields]
        ends = torch.cat([starts[1:], torch.tensor([len(numbers)])])
        rows = torch.repeat_interleave(torch.arange(len(starts)), ends - starts)
        places = rows * len(FIELDS) + fields
        masses = torch.zeros(len(starts) * len(FIELDS)).index_add(0, places, weights)
        weights = weights * (masses[places] + LEAST_MASS) ** -crowding[fields]
        topics = functional.normalize(self._sums(numbers, starts, weights), dim=1)
        likeness = (self.vectors[numbers] * topics[rows]).sum(dim=1)
        weights = weights * (-redundancy[fields] * likeness).exp()
        return functional.normalize(self._sums(numbers, starts, weights), dim=1)

    def _sums(self, numbers: Tensor, starts: Tensor, weights: Tensor) -> Tensor:
        return functional.embedding_bag(numbers, self.vectors, starts, mode="sum", per_sample_weights=weights)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the tensors of the packed model, save the words; row 0 is drawn, for inputs without any word."""
        with torch.no_grad():
            vectors = self.vectors.numpy().copy()
            vectors[0] = np.random.default_rng(0).standard_normal(vectors.shape[1])
            scales = np.maximum(np.abs(vectors).max(axis=1), LEAST_SCALE) / LARGEST
            gains = self.words[:, None] + self.fields + self.leanings @ self.towards.T
            return {
                "table": np.rint(vectors / scales[:, None]).astype(np.int8),
                "scales": scales.astype(np.float32),
                "weights": gains.exp().numpy().astype(np.float32),
                "powers": self.powers.numpy().astype(np.float32),
            }


def average(tables: Sequence[Table]) -> Table:
    """Return the table whose every parameter is the mean of those of tables from one start."""
    found = copy.deepcopy(tables[0])
    with torch.no_grad():
        for name, parameter in found.named_parameters():
            parameter.copy_(torch.stack([table.get_parameter(name) for table in tables]).mean(dim=0))
    return found


def loss_of(
    sentences: Tensor, functions: Tensor, sharpness: Tensor, alike: Tensor, teacher: Tensor | None, share: float
) -> Tensor:
    """Return the loss of a batch; `alike`: True where row and column mean the same, off the diagonal."""
    scores = (sentences @ functions.T * sharpness).masked_fill(alike, -1e4)
    target = torch.eye(len(scores))
    if teacher is not None and share:
        asked = teacher.any(dim=1)
        apart = alike | ~(asked[:, None] & asked)
        soft = (teacher @ teacher.T / TEACHER_TEMPERATURE).masked_fill(apart.fill_diagonal_(False), -1e4).softmax(dim=1)
        target = (1 - share) * target + share * soft
    return (functional.cross_entropy(scores, target) + functional.cross_entropy(scores.T, target)) / 2


def ragged(starts: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where the entries of rows are, one row after another, and how many each has."""
    counts = starts[rows + 1] - starts[rows]
    ends = np.cumsum(counts)
    return np.repeat(starts[rows] - (ends - counts), counts) + np.arange(ends[-1]), counts


def chunks(packages: np.ndarray, size: int, draw: np.random.Generator) -> Sequence[np.ndarray]:
    """Cut all rows into batches of one size, rows of a package side by side, in a random order."""
    order = draw.permutation(int(packages.max()) + 1)[packages] + draw.random(len(packages))
    rows = np.argsort(order)
    batches = [rows[at : at + size] for at in range(0, len(rows) - size + 1, size)]
    return [batches[at] for at in draw.permutation(len(batches))]
