"""Claim: every way to run GraphCodeBERT's layers gives equal vectors, and on an H200 one gives 10,000 a second.

    python -m benchmarks.gpu --device cuda --out gpu.json      # under eight minutes; torch and numpy are all it needs
    python -m benchmarks.gpu --device cpu --quick              # shows that the script itself works

Random weights of RoBERTa-base's shape, segments drawn with natural lengths (a mean of about 114 positions, 18 % of them
nodes, some of them orphans). First the peak of a large product; then each *way*: a precision, a way to attend, a way to
compile. Of each: the largest distance from fp32 written out, symbols, tokens and FLOP per second, percent of the peak,
P50 and P95 of a single symbol, peak memory, seconds until all its shapes were ready. Then what only a GPU can show:
that starting a batch never waits for the device, what two batches in flight are worth, how large a batch may be, and
that a batch that does not fit is halved and loses nothing. A way that fails is a row that says why; when time runs out
the remaining ways are named. A way that compiles is measured on those batches that it could prepare for in its time.
From source text to vectors: benchmarks/engines.py and ingest.py. Tests: tests/unit/benchmarks/test_bench_gpu.py.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from benchmarks.attention_kernels import kernels
from benchmarks.gpu_model import BASE, LIMIT, SEED, TINY, drawn, weights
from benchmarks.gpu_report import table
from codegraph.embed import hardware
from codegraph.embed.batching import first_batch
from codegraph.embed.collate import Batch, collate
from codegraph.embed.compiled import Compile
from codegraph.embed.hardware import Precision
from codegraph.embed.pooled import PooledRoberta, Rows
from codegraph.embed.products import product
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


def ways(device: torch.device, *, compiling: bool) -> list[Way]:
    """Return the ways that a device may know, those that other ways are compared with first."""
    found = [Way("fp32", "eager"), Way("fp32", "sdpa")]
    found += [Way("bf16", name) for name, _ in kernels(device.type)]
    if device.type == "cpu":
        found.append(Way("int8", "sdpa"))
    return found + ([Way("bf16", "sdpa", "fused"), Way("bf16", "sdpa", "graphs")] if compiling else [])


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
        except MemoryError:
            if len(chosen) == 1:
                raise
            middle = len(chosen) // 2
            return np.concatenate([self.vectors(chosen[:middle]), self.vectors(chosen[middle:])])
        found: Rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return found

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


def peak(device: torch.device, precision: Precision, size: int) -> float:
    """Return the FLOP per second of the best of some large products."""
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    multiply = product(
        torch.randn(size, size, device=device, dtype=dtype), torch.zeros(size, device=device, dtype=dtype), precision
    )
    states = torch.randn(size, size, device=device, dtype=dtype)
    seconds = []
    for _ in range(8):
        _synchronise(device)
        began = time.perf_counter()
        multiply(states)
        _synchronise(device)
        seconds.append(time.perf_counter() - began)
    return 2 * size**3 / min(seconds)


def _synchronise(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def distance(precision: Precision, rows: Rows, exact: Rows) -> float:
    """Return how far vectors are from exact ones, in the measure of `BOUNDS`."""
    if precision == "fp32":
        return float(np.abs(rows - exact).max())
    return float((1 - (rows * exact).sum(1)).max())


def measured(runner: Runner, way: Way, plan: Plan, features: Features, best: float, exact: Rows) -> dict[str, Any]:
    """Check one way and measure it."""
    device = runner.layers.device
    checked = range(len(exact))
    found = distance(way.precision, runner.vectors(checked), exact)
    alone = np.concatenate([runner.vectors([place]) for place in list(checked)[:4]])
    found = max(found, distance(way.precision, alone, exact[: len(alone)]))
    began = time.perf_counter()
    ready = []
    for chosen in batches_of(features, plan.budgets[0]):
        runner.vectors(chosen)
        ready.append(chosen)
        if time.perf_counter() - began > plan.warming:
            break
    warmed = time.perf_counter() - began
    row = {"way": way.name, "distance": found, "bound": BOUNDS[way.precision], "equal": found <= BOUNDS[way.precision]}
    row |= throughput(runner, plan, features, ready, best, runner.pooled.in_flight)
    row |= latency(runner, plan, features)
    row["seconds_until_ready"] = warmed
    row["peak_memory_mb"] = peak_memory(device)
    return row


def throughput(
    runner: Runner, plan: Plan, features: Features, ready: Sequence[Sequence[int]], best: float, in_flight: int
) -> dict[str, Any]:
    """Run batches again and again for some seconds."""
    runner.seconds = dict.fromkeys(runner.seconds, 0.0)
    done: list[int] = []
    padded, began = 0, time.perf_counter()
    while time.perf_counter() - began < plan.seconds:
        runner.through(ready, in_flight)
        done += [place for chosen in ready for place in chosen]
        padded += sum(
            len(some) * runner.layers.width_of(int(features.lengths[some].max())) for some in map(list, ready)
        )
    wall = time.perf_counter() - began
    lengths = features.lengths[done]
    rate = flop(plan.shape, lengths) / wall
    return {
        "symbols_per_second": len(done) / wall,
        "tokens_per_second": float(lengths.sum()) / wall,
        "mean_tokens": float(lengths.mean()),
        "tflop_per_second": rate / 1e12,
        "percent_of_peak": 100 * rate / best,
        "padding_percent": 100 * (1 - float(lengths.sum()) / padded),
        "batches": len(ready),
        "shares": {stage: seconds / wall for stage, seconds in runner.seconds.items()},
    }


def latency(runner: Runner, plan: Plan, features: Features) -> dict[str, float]:
    """Time single segments of three lengths, everything included."""
    chosen = [int(np.abs(features.lengths - length).argmin()) for length in (64, 114, 250)]
    times = []
    for place in chosen:
        runner.vectors([place])
        for _ in range(plan.latencies):
            began = time.perf_counter()
            runner.vectors([place])
            times.append(1e3 * (time.perf_counter() - began))
    times.sort()
    return {"single_p50_ms": times[len(times) // 2], "single_p95_ms": times[len(times) * 95 // 100]}


def peak_memory(device: torch.device) -> float:
    """Return the most memory that was in use on the GPU since the last way, or by this process, in MB."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def beside(runner: Runner, plan: Plan, features: Features, best: float) -> list[dict[str, Any]]:
    """Compare sizes of batches and how many are in flight, and try what a GPU alone can do wrong."""
    rows = []
    for budget in plan.budgets:
        ready = batches_of(features, budget)
        runner.through(ready[:4], 1)
        for in_flight in (1, 2):
            found = throughput(runner, replace(plan, seconds=plan.seconds / 2), features, ready, best, in_flight)
            rows.append({"what": f"{budget} tokens a batch, {in_flight} in flight", **found})
    if runner.layers.device.type == "cuda":
        rows += [_never_waits(runner, ready[0]), _halved(runner, features)]
    return rows


def _never_waits(runner: Runner, chosen: Sequence[int]) -> dict[str, Any]:
    """Let torch raise an error at whatever waits for the device while a batch is started."""
    batch = runner.batch(chosen)
    torch.cuda.set_sync_debug_mode("error")
    try:
        finish = runner.pooled.launch(batch)
    except RuntimeError as error:
        return {"what": "starting a batch never waits", "holds": False, "why": str(error)}
    finally:
        torch.cuda.set_sync_debug_mode("default")
    finish()
    return {"what": "starting a batch never waits", "holds": True}


def _halved(runner: Runner, features: Features) -> dict[str, Any]:
    """Give the process too little memory for a batch and compare what comes of it."""
    device = runner.layers.device
    chosen = np.argsort(-features.lengths, kind="stable")[:2_048].tolist()
    exact = np.concatenate([runner.vectors(chosen[at : at + 64]) for at in range(0, len(chosen), 64)])
    torch.cuda.empty_cache()
    allowed = torch.cuda.memory_reserved(device) + (1 << 30)
    hardware.cap_memory(device, allowed / torch.cuda.get_device_properties(device).total_memory)
    try:
        runner.pooled.launch(runner.batch(chosen))()
        return {"what": "a batch too large is halved", "holds": False, "why": "it fitted"}
    except MemoryError:
        rows = runner.vectors(chosen)
    finally:
        hardware.cap_memory(device, 1.0)
    return {"what": "a batch too large is halved", "holds": distance("bf16", rows, exact) <= BOUNDS["bf16"]}


def tried(
    way: Way,
    plan: Plan,
    device: torch.device,
    state: dict[str, torch.Tensor],
    features: Features,
    best: dict[Precision, float],
    exact: Rows,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Measure one way, with nothing of the one before in memory; the usual one also beside itself."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)
    runner = Runner(way, plan, state, device, features)
    row = measured(runner, way, plan, features, best[way.precision], exact)
    return row, beside(runner, plan, features, best["bf16"]) if way == Way("bf16", "sdpa") else []


def run(plan: Plan, device: torch.device, deadline: float, *, compiling: bool) -> dict[str, Any]:
    """Measure all ways that time is left for."""
    state, features = weights(plan.shape), drawn(plan.segments, plan.shape.vocabulary)
    best = {way.precision: peak(device, way.precision, plan.peak) for way in ways(device, compiling=False)}
    exact = Runner(Way("fp32", "eager"), plan, state, torch.device("cpu"), features).vectors(range(48))
    rows, usual = list[dict[str, Any]](), list[dict[str, Any]]()
    left: list[str] = []
    for way in ways(device, compiling=compiling):
        if time.perf_counter() > deadline:
            left.append(way.name)
            continue
        print(f"{way.name} ...", file=sys.stderr, flush=True)
        try:  # a row that says why, and the next way
            row, others = tried(way, plan, device, state, features, best, exact)
        except Exception as error:
            row, others = {"way": way.name, "failed": f"{type(error).__name__}: {error}"[:300]}, []
        rows.append(row)
        usual += others
    peaks = {precision: rate / 1e12 for precision, rate in best.items()}
    return {"ways": rows, "beside": usual, "left_out": left, "peak_tflop_per_second": peaks, **_machine(device)}


def _machine(device: torch.device) -> dict[str, Any]:
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "processor"
    return {"torch": torch.__version__, "device": name, "threads": torch.get_num_threads()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print a table and the report as JSON; 1 if some way failed or gave other vectors."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu")
    parser.add_argument("--device", default="auto", help="cpu, cuda, cuda:N or auto")
    parser.add_argument("--quick", action="store_true", help="a tiny model and few segments")
    parser.add_argument("--compile", action="store_true", help="compiled layers on a processor, too")
    parser.add_argument("--minutes", type=float, default=6.0, help="after these no further way is begun")
    parser.add_argument("--threads", type=int, default=0, help="of the processor; all by default")
    parser.add_argument("--out", type=Path, help="write the JSON here, too")
    chosen = parser.parse_args(arguments)
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    device = hardware.device_of(chosen.device)
    plan = QUICK if chosen.quick else CUDA if device.type == "cuda" else CPU
    deadline = time.perf_counter() + 60 * chosen.minutes
    report = run(plan, device, deadline, compiling=chosen.compile or device.type == "cuda")
    print(table(report))
    print(json.dumps(report))
    if chosen.out:
        chosen.out.write_text(json.dumps(report, indent=1), encoding="utf-8")
    return 0 if all(row.get("equal") for row in report["ways"]) else 1


if __name__ == "__main__":
    raise SystemExit(main())
