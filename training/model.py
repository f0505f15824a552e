"""The trained table while it is trained: a bag's vector, the loss of a batch, and the encoder that it becomes.

The weights are those of `codegraph.embed.trained`: a vector per sub-token, a gain per sub-token, a gain per field, one
saturation. Gains are kept as logarithms. The loss is symmetric cross-entropy between the sentences and the functions
of a batch with a learnt temperature; other rows with the same sentence or the same code count neither way. Where a
teacher's sentence vectors are at hand, a share of each sentence's target lies on functions whose sentences the teacher
finds alike.
Tests: tests/unit/training/test_training_model.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from codegraph.embed.bags import FIELDS
from codegraph.embed.trained import LARGEST

SATURATION = 0.13
FIRST_GAINS = {"name": 2.1, "container": 1.3, "signature": 1.4, "docstring": 1.2, "context": 0.4}
FIRST_TEMPERATURE = 0.07
TEACHER_TEMPERATURE = 0.05


class Table(nn.Module):
    """Vectors and gains."""

    def __init__(self, vectors: np.ndarray, gains: np.ndarray) -> None:
        """Start from vectors (n, d) and gains (n,), above 0."""
        super().__init__()
        self.vectors = nn.Parameter(torch.tensor(vectors, dtype=torch.float32))
        self.words = nn.Parameter(torch.tensor(np.log(gains), dtype=torch.float32))
        self.fields = nn.Parameter(torch.tensor([FIRST_GAINS.get(field, 1.0) for field in FIELDS]).log())
        self.sharpness = nn.Parameter(torch.tensor(1 / FIRST_TEMPERATURE).log())

    def forward(self, numbers: Tensor, fields: Tensor, counts: Tensor, starts: Tensor) -> Tensor:
        """Return one unit row per bag; bag i has the entries from starts[i] to the next start."""
        weights = (self.words[numbers] + self.fields[fields]).exp() * counts**SATURATION
        sums = functional.embedding_bag(numbers, self.vectors, starts, mode="sum", per_sample_weights=weights)
        return functional.normalize(sums, dim=1)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the tensors of the packed model, save the words; row 0 is drawn, for inputs without any word."""
        vectors = self.vectors.detach().numpy().copy()
        vectors[0] = np.random.default_rng(0).standard_normal(vectors.shape[1])
        largest = np.abs(vectors).max(axis=1, keepdims=True)
        scales = largest[:, 0] / LARGEST * np.exp(self.words.detach().numpy())
        return {
            "table": np.rint(vectors / largest * LARGEST).astype(np.int8),
            "scales": (scales / scales[1:].mean()).astype(np.float32),
            "gains": self.fields.detach().exp().numpy().astype(np.float32),
            "saturation": np.array([SATURATION], np.float32),
        }


def average(tables: Sequence[Table]) -> Table:
    """Return the table whose weighted vectors, and gains of fields, are the mean of those of tables from one start."""
    rows = [table.vectors.detach() * table.words.detach().exp()[:, None] for table in tables]
    mean = torch.stack([row / row[1:].norm(dim=1).mean() for row in rows]).mean(0).numpy()
    found = Table(mean, np.ones(len(mean)))
    with torch.no_grad():
        found.fields.copy_(torch.stack([table.fields for table in tables]).mean(0))
        found.sharpness.copy_(torch.stack([table.sharpness for table in tables]).mean(0))
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
