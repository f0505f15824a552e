"""Random weights and drawn segments of GraphCodeBERT's shape, from torch and numpy alone.

Tests: tests/unit/benchmarks/test_bench_gpu.py.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from codegraph.embed.roberta import Shape
from codegraph.embed.segments import Features

BASE = Shape(vocabulary=50_265, positions=514, width=768, layers=12, heads=12, inner=3_072, epsilon=1e-5)
TINY = Shape(vocabulary=512, positions=514, width=64, layers=3, heads=4, inner=128, epsilon=1e-5)
LIMIT = 512
SEED = 7


def drawn(count: int, vocabulary: int) -> Features:
    """Draw segments: lengths as functions have them, nodes with spans and parents, some cut away; always the same."""
    random = np.random.default_rng(SEED)
    lengths = np.clip(np.exp(random.normal(np.log(81), 0.957, count)), 8, LIMIT).astype(np.int64)
    nodes = np.where(random.random(count) < 0.9, lengths * 18 // 100, 0)
    code = lengths - nodes
    ids, spans, edges = [], [], []
    for kept, own in zip(code.tolist(), nodes.tolist(), strict=True):
        ids += [np.array([0]), random.integers(4, vocabulary, kept - 2), np.array([2]), np.full(own, 3)]
        first = random.integers(1, kept - 1, own)
        first[random.random(own) < 0.02] = LIMIT  # cut away
        spans.append(np.stack([first, first + random.integers(1, 3, own)], 1))
        edges.append(np.stack([np.arange(own), random.integers(0, max(own, 1), own)], 1)[random.random(own) < 0.7])
    edge_counts = np.array([len(some) for some in edges])
    return Features(
        ids=np.concatenate(ids).astype(np.int64),
        starts=_starts(lengths),
        code=code,
        spans=np.concatenate(spans).astype(np.int64),
        node_starts=_starts(nodes),
        edges=np.concatenate(edges).astype(np.int64),
        edge_starts=_starts(edge_counts),
        owners=np.arange(count),
        weights=np.maximum(code - 2, 1),
    )


def _starts(sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def weights(shape: Shape) -> dict[str, torch.Tensor]:
    """Return random weights of a RoBERTa model by the names that checkpoints have; always the same."""
    generator = torch.Generator().manual_seed(SEED)
    state: dict[str, torch.Tensor] = {}

    def linear(name: str, rows: int, columns: int) -> None:
        state[f"{name}.weight"] = torch.randn(rows, columns, generator=generator) * 0.02
        state[f"{name}.bias"] = torch.zeros(rows)

    def norm(name: str) -> None:
        state[f"{name}.weight"], state[f"{name}.bias"] = torch.ones(shape.width), torch.zeros(shape.width)

    for name, rows in {"word": shape.vocabulary, "position": shape.positions, "token_type": 1}.items():
        linear(f"embeddings.{name}_embeddings", rows, shape.width)
    norm("embeddings.LayerNorm")
    for layer in (f"encoder.layer.{number}" for number in range(shape.layers)):
        for name in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            linear(f"{layer}.{name}", shape.width, shape.width)
        linear(f"{layer}.intermediate.dense", shape.inner, shape.width)
        linear(f"{layer}.output.dense", shape.width, shape.inner)
        norm(f"{layer}.attention.output.LayerNorm")
        norm(f"{layer}.output.LayerNorm")
    return state
