"""One way to run GraphCodeBERT's layers, loaded, and batches that go through it; needs torch and numpy only.

Tests: tests/unit/benchmarks/test_bench_gpu.py.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from benchmarks.attention_kernels import kernels
from benchmarks.gpu_model import BASE, LIMIT, SEED, TINY
from codegraph.embed.batching import first_batch
from codegraph.embed.collate import Batch, collate
from codegraph.embed.compiled import Compile
from codegraph.embed.hardware import Precision
from codegraph.embed.pooled import PooledRoberta, Rows
from codegraph.embed.roberta import Roberta, Shape
from codegraph.embed.segments import Features, Vocabulary

BOUNDS = {"fp32": 1e-5, "bf16": 1e-3, "int8": 2e-3}
"""1 - cosine with fp32 written out, at most; the largest difference of a number where it is fp32."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    shape: Shape
    segments: int
    budgets: tuple[int, ...]
    """Padded tokens a batch; the first is that of all ways."""
    seconds: float
    """How long each way is measured."""
    warming: float
    """How long each way may prepare for its shapes."""
    latencies: int
    peak: int
    """Rows of the large product."""


CUDA = Plan(BASE, 16_384, (65_536, 16_384, 262_144), 4.0, 45.0, 60, 8_192)
CPU = Plan(BASE, 64, (1_024, 512, 2_048), 10.0, 60.0, 5, 2_048)
QUICK = Plan(TINY, 96, (1_024, 512), 0.2, 20.0, 5, 256)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to run the layers."""

    precision: Precision
    attention: str
    compiling: Compile = "off"

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.precision} {self.attention}" + ("" if self.compiling == "off" else f" {self.compiling}")


class Runner:
    """One way, loaded, and the segments that go through it."""

    def __init__(self, way: Way, plan: Plan, state: dict[str, torch.Tensor], device: torch.device, all_: Features):
        """Load the weights in the way's precision."""
        self.layers = Roberta(plan.shape, state, device, way.precision, compile_layers=way.compiling)
        self.layers.attend = dict(kernels(device.type))[way.attention]
        self.pooled = PooledRoberta(way.name, self.layers, Vocabulary(), "mean", None)
        self.seconds = {"collate": 0.0, "launch": 0.0, "wait": 0.0}
        self._all = all_

    def batch(self, chosen: Sequence[int]) -> Batch:
        """Pad segments to one batch."""
        places = np.array(chosen, np.int64)
        width = min(self.layers.width_of(int(self._all.lengths[places].max())), LIMIT)
        return collate(self._all, places, width)

    def vectors(self, chosen: Sequence[int]) -> Rows:
        """Run one batch and return its unit rows, in halves if it does not fit."""
        try:
            rows = self.pooled.launch(self.batch(chosen))()
            found: Rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
            return found
        except MemoryError:
            if len(chosen) == 1:
                raise
        middle = len(chosen) // 2  # not above, where the error still holds what did not fit
        return np.concatenate([self.vectors(chosen[:middle]), self.vectors(chosen[middle:])])

    def through(self, batches: Iterable[Sequence[int]], in_flight: int) -> None:
        """Run batches as the embed worker does, with so many started before the first is waited for."""
        started: deque[Callable[[], Rows]] = deque()
        for chosen in batches:
            batch = self._timed("collate", partial(self.batch, chosen))
            started.append(self._timed("launch", partial(self.pooled.launch, batch)))
            if len(started) >= in_flight:
                self._timed("wait", started.popleft())
        while started:
            self._timed("wait", started.popleft())

    def _timed(self, stage: str, work: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        found = work()
        self.seconds[stage] += time.perf_counter() - began
        return found


def batches_of(features: Features, budget: int) -> list[list[int]]:
    """Cut segments, longest first, into batches of at most so many padded tokens; in a random but fixed order."""
    order = np.argsort(-features.lengths, kind="stable").tolist()
    lengths = features.lengths.tolist()
    found: list[list[int]] = []
    while order:
        count = first_batch([lengths[place] for place in order[: budget // 8]], budget)
        found.append(order[:count])
        order = order[count:]
    np.random.default_rng(SEED).shuffle(found)
    return found


def flop(shape: Shape, lengths: npt.NDArray[np.int64]) -> float:
    """Return the floating point operations of the layers for segments of such lengths, padding left out."""
    per_token = 2 * shape.layers * (4 * shape.width**2 + 2 * shape.width * shape.inner)
    return float((lengths * (per_token + 4.0 * shape.layers * shape.width * lengths)).sum())


def distance(precision: Precision, rows: Rows, exact: Rows) -> float:
    """Return how far vectors are from exact ones, in the measure of `BOUNDS`."""
    if precision == "fp32":
        return float(np.abs(rows - exact).max())
    return float((1 - (rows * exact).sum(1)).max())
