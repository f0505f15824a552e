"""Claim: every way to run GraphCodeBERT's layers gives equal vectors, and on an H200 one gives 10,000 a second.

    python -m benchmarks.gpu --device cuda --out gpu.json      # under eight minutes; torch and numpy are all it needs
    python -m benchmarks.gpu --device cpu --quick              # shows that the script itself works

Random weights of RoBERTa-base's shape, segments drawn with natural lengths (a mean of about 114 positions, 18 % of them
nodes, some of them orphans). First the peak of a large product; then each *way*: a precision, a way to attend, a way to
compile. Of each: the largest distance from fp32 written out, symbols, tokens and FLOP per second, percent of the peak,
P50 and P95 of a single symbol, peak memory, seconds until all its shapes were ready. Then what only a GPU can show:
that starting a batch never waits for the device, what two batches in flight are worth, how large a batch may be, that
a batch that does not fit is halved and loses nothing. What fails, a way or a part of one, is a row that says why and
takes nothing with it; with --out the file has after each way what there is by then; when time runs out the remaining
ways are named, and `--only "bf16 flex"` runs one of them. A way that could not be compiled says so; one that could is
measured on those batches that it could prepare for in its time.
From source text to vectors: benchmarks/engines.py and ingest.py. Tests: tests/unit/benchmarks/test_bench_gpu.py.
"""

from __future__ import annotations

import argparse
import json
import logging
import resource
import sys
import time
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.attention_kernels import kernels
from benchmarks.gpu_model import drawn, weights
from benchmarks.gpu_report import table
from benchmarks.gpu_runner import BOUNDS, CPU, CUDA, QUICK, Plan, Runner, Way, batches_of, distance, flop
from codegraph.embed import hardware
from codegraph.embed.hardware import Precision
from codegraph.embed.pooled import Rows
from codegraph.embed.products import product
from codegraph.embed.segments import Features


def ways(device: torch.device, *, compiling: bool) -> list[Way]:
    """Return the ways that a device may know, those that other ways are compared with first."""
    found = [Way("fp32", "eager"), Way("fp32", "sdpa")]
    found += [Way("bf16", name) for name, _ in kernels(device.type)]
    if device.type == "cpu":
        found.append(Way("int8", "sdpa"))
    return found + ([Way("bf16", "sdpa", "fused"), Way("bf16", "sdpa", "graphs")] if compiling else [])


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


def beside(runner: Runner, plan: Plan, features: Features, best: float) -> Iterator[dict[str, Any]]:
    """Compare sizes of batches and how many are in flight, and try what a GPU alone can do wrong."""
    for budget in plan.budgets:
        for in_flight in (1, 2):
            what = f"{budget} tokens a batch, {in_flight} in flight"
            yield attempted(what, partial(_sized, runner, plan, features, best, budget, in_flight))
    if runner.layers.device.type == "cuda":
        chosen = batches_of(features, plan.budgets[0])[0]
        yield attempted("starting a batch never waits", partial(_never_waits, runner, chosen))
        yield attempted("a batch too large is halved", partial(_halved, runner, features))


def _sized(runner: Runner, plan: Plan, features: Features, best: float, budget: int, in_flight: int) -> dict[str, Any]:
    ready = batches_of(features, budget)
    runner.through(ready[:4], 1)
    return throughput(runner, replace(plan, seconds=plan.seconds / 2), features, ready, best, in_flight)


def attempted(what: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return a row of what comes of some work, or why nothing did; whatever it raises, the rest goes on."""
    try:
        return {"what": what, **work()}
    except Exception as error:
        return {"what": what, "holds": False, "why": f"{type(error).__name__}: {error}"[:300]}


def _never_waits(runner: Runner, chosen: Sequence[int]) -> dict[str, Any]:
    """Let torch raise an error at whatever waits for the device while a batch is started."""
    batch = runner.batch(chosen)
    torch.cuda.set_sync_debug_mode("error")
    try:
        finish = runner.pooled.launch(batch)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    finish()
    return {"holds": True}


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
        return {"holds": False, "why": "it fitted"}
    except MemoryError:
        pass  # as it should be
    try:
        return {"holds": distance("bf16", runner.vectors(chosen), exact) <= BOUNDS["bf16"]}
    finally:
        hardware.cap_memory(device, 1.0)


class Said(logging.Handler):
    """Keeps what the layers warn of: that they could not be compiled, and run as they are."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a warning."""
        self.lines.append(record.getMessage()[:300])


@dataclass(frozen=True, slots=True)
class Bench:
    """What all ways are measured with."""

    plan: Plan
    device: torch.device
    state: dict[str, torch.Tensor]
    features: Features
    best: dict[Precision, float]
    exact: Rows

    def tried(self, way: Way, report: dict[str, Any]) -> None:
        """Measure one way, with nothing of the one before in memory; the usual one also beside itself."""
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats(self.device)
        said, log = Said(), logging.getLogger("codegraph")
        log.addHandler(said)
        try:
            runner = Runner(way, self.plan, self.state, self.device, self.features)
            best = self.best.get(way.precision, float("inf"))
            row = measured(runner, way, self.plan, self.features, best, self.exact)
        finally:
            log.removeHandler(said)
        report["ways"].append(row | ({"said": said.lines} if said.lines else {}))
        if way == Way("bf16", "sdpa"):
            report["beside"] += beside(runner, self.plan, self.features, best)


def run(
    plan: Plan,
    device: torch.device,
    deadline: float,
    *,
    compiling: bool,
    only: Container[str] = (),
    keep: Callable[[dict[str, Any]], None] = lambda _: None,
) -> dict[str, Any]:
    """Measure all ways that time is left for, or those in `only`; `keep` is given the report after each of them."""
    chosen = [way for way in ways(device, compiling=compiling) if not only or way.name in only]
    peaks: dict[Precision, dict[str, Any]] = {}
    for precision in dict.fromkeys(way.precision for way in chosen):
        peaks[precision] = attempted(f"peak of {precision}", partial(_peak_row, device, precision, plan.peak))
    best = {precision: row["rate"] for precision, row in peaks.items() if "rate" in row}
    report: dict[str, Any] = {"ways": [], "beside": [], "left_out": [way.name for way in chosen], **_machine(device)}
    report["peak_tflop_per_second"] = {precision: rate / 1e12 for precision, rate in best.items()}
    report["beside"] += [row for row in peaks.values() if "rate" not in row]
    keep(report)
    state, features = weights(plan.shape), drawn(plan.segments, plan.shape.vocabulary)
    exact = Runner(Way("fp32", "eager"), plan, state, torch.device("cpu"), features).vectors(range(48))
    bench = Bench(plan, device, state, features, best, exact)
    for way in chosen:
        if time.perf_counter() > deadline:
            break
        print(f"{way.name} ...", file=sys.stderr, flush=True)
        try:  # a row that says why, and the next way
            bench.tried(way, report)
        except Exception as error:
            report["ways"].append({"way": way.name, "failed": f"{type(error).__name__}: {error}"[:300]})
        report["left_out"].remove(way.name)
        keep(report)
    return report


def _peak_row(device: torch.device, precision: Precision, size: int) -> dict[str, Any]:
    return {"rate": peak(device, precision, size)}


def _machine(device: torch.device) -> dict[str, Any]:
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "processor"
    return {"torch": torch.__version__, "device": name, "threads": torch.get_num_threads()}


def _write(file: Path, report: dict[str, Any]) -> None:
    file.write_text(json.dumps(report, indent=1), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print a table and the report as JSON; 1 if some way failed or gave other vectors."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu")
    parser.add_argument("--device", default="auto", help="cpu, cuda, cuda:N or auto")
    parser.add_argument("--quick", action="store_true", help="a tiny model and few segments")
    parser.add_argument("--compile", action="store_true", help="compiled layers on a processor, too")
    parser.add_argument("--minutes", type=float, default=6.0, help="after these no further way is begun")
    parser.add_argument("--threads", type=int, default=0, help="of the processor; all by default")
    parser.add_argument("--only", action="append", default=[], help="a way by its name; may be said several times")
    parser.add_argument("--out", type=Path, help="write the JSON here, too, after each way what there is by then")
    chosen = parser.parse_args(arguments)
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    device = hardware.device_of(chosen.device)
    plan = QUICK if chosen.quick else CUDA if device.type == "cuda" else CPU
    deadline = time.perf_counter() + 60 * chosen.minutes
    compiling = chosen.compile or device.type == "cuda"
    keep = partial(_write, chosen.out) if chosen.out else lambda _: None
    report = run(plan, device, deadline, compiling=compiling, only=chosen.only, keep=keep)
    print(table(report))
    print(json.dumps(report))
    return 0 if all(row.get("equal") for row in report["ways"]) else 1


if __name__ == "__main__":
    raise SystemExit(main())
