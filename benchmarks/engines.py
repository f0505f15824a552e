"""Claim: an engine's time goes into its matrix products, and what is around them keeps up.

    python -m benchmarks.engines                          # every precision of this processor, or of its GPU
    python -m benchmarks.engines --device cuda --symbols 100000
    python -m benchmarks.engines --model codecse          # a model that is on this machine, instead of random weights

Functions of Python's standard library, with their data flow, go through the worker's own loop
(embed/worker_process.py) into a model of RoBERTa-base's size; random weights cost what trained ones cost. The
tokenizer is trained on the same functions, so that lengths are natural. Each precision runs in a process of its
own, because of its peak memory. Beside symbols, tokens and FLOP per second stands the peak of a large product in
the same precision on the same machine, measured in the same run; FLOP count real positions only, padding is
waste. Shares of stages are of the wall time; `prepare` runs beside the model. Then the ways to batch, and the
ways to attend with an additive mask, are compared on the same symbols.
Tests: tests/unit/benchmarks/test_bench_engines.py.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch

from benchmarks.attention_kernels import kernels
from benchmarks.engine_model import random_encoder
from benchmarks.figures import Figure, sampled, table
from benchmarks.machine import RESULTS, gathered, load, now, this_machine, write_report
from codegraph.core.facts import decode_own_input
from codegraph.core.symbols import SymbolKind
from codegraph.embed import hardware, registry, wire
from codegraph.embed.batching import first_batch
from codegraph.embed.compiled import MODES
from codegraph.embed.encoder import Encoder, FloatArray
from codegraph.embed.graphcodebert import GraphCodeBertEncoder, Prepared
from codegraph.embed.products import product
from codegraph.embed.render import EncoderInput, pack, render
from codegraph.embed.spec import ModelSpec
from codegraph.embed.staging import StagedEncoder
from codegraph.embed.worker_process import Server, WorkerSettings
from codegraph.extract.extractor import Limits, extract

SYMBOLS = {"cpu": 128, "cuda": 100_000}
REQUEST_SYMBOLS = 512
LATENCY_SAMPLES = {"cpu": 20, "cuda": 200}
COMPARED_SYMBOLS = {"cpu": 48, "cuda": 8_192}
BUDGETS = {"cpu": (256, 512, 1_024, 2_048), "cuda": (16_384, 65_536, 262_144)}
PEAK_SIZE = {"cpu": 2_048, "cuda": 8_192}
GPU_TARGET = 10_000.0
SEED = 7


class Pipe:
    """The daemon's end: all requests are waiting, vectors are counted."""

    def __init__(self, inputs: Sequence[EncoderInput]) -> None:
        parts = [inputs[at : at + REQUEST_SYMBOLS] for at in range(0, len(inputs), REQUEST_SYMBOLS)]
        self._requests = [
            wire.encode(wire.EmbedRequest(number, list(map(pack, part)))) for number, part in enumerate(parts)
        ]
        self.vectors = self.padded_tokens = 0

    def poll(self) -> bool:
        """Whether a request is waiting."""
        return bool(self._requests)

    def recv_bytes(self, _maximum: int, /) -> bytes:
        """Give the next request; the pipe closes behind the last."""
        if not self._requests:
            raise EOFError
        return self._requests.pop(0)

    def send_bytes(self, data: bytes, /) -> None:
        """Count vectors; raises RuntimeError for a failure."""
        reply = wire.decode_reply(data)
        if isinstance(reply, wire.Failed):
            raise RuntimeError(reply.reason)
        if isinstance(reply, wire.Vectors):
            self.vectors += len(reply.positions)
            self.padded_tokens += reply.tokens


class Watched:
    """An encoder whose stages are timed, in seconds."""

    def __init__(self, encoder: StagedEncoder, device: torch.device) -> None:
        self._encoder = encoder
        self.in_flight = encoder.in_flight
        self.dimensions = encoder.dimensions
        self.seconds = {"prepare": 0.0, "start": 0.0, "finish": 0.0}
        self._clock = _clock(device)

    def _timed(self, stage: str, work: Callable[[], Any]) -> Any:
        clock = time.thread_time if stage == "prepare" else self._clock
        began = clock()
        result = work()
        self.seconds[stage] += clock() - began
        return result

    def prepare(self, inputs: Sequence[EncoderInput]) -> Any:
        """See StagedEncoder."""
        return self._timed("prepare", lambda: self._encoder.prepare(inputs))

    def start(self, prepared: Any, positions: Sequence[int]) -> Callable[[], FloatArray]:
        """See StagedEncoder."""
        finish = self._timed("start", lambda: self._encoder.start(prepared, positions))
        return lambda: self._timed("finish", finish)


def symbols(most: int) -> list[EncoderInput]:
    """Return functions of the standard library with their data flow, in a random but fixed order."""
    found = list(islice(_functions(), most * 2))
    random.Random(SEED).shuffle(found)
    return (found * (most // max(len(found), 1) + 1))[:most]


def _functions() -> Iterator[EncoderInput]:
    for file in sorted(Path(sysconfig.get_paths()["stdlib"]).rglob("*.py")):
        if "site-packages" in file.parts or "test" in file.parts or file.stat().st_size > 1 << 20:
            continue
        facts = extract(file.read_bytes(), "python", Limits(data_flow=True))
        for definition in facts.outline.definitions:
            if definition.kind in (SymbolKind.FUNCTION, SymbolKind.METHOD):
                yield render(decode_own_input(facts.inputs[definition.own]), ())


def flop(encoder: GraphCodeBertEncoder, lengths: np.ndarray) -> float:
    """Return the floating point operations of the layers for sequences of such lengths."""
    shape = encoder.model.shape
    per_token = 2 * shape.layers * (4 * shape.width**2 + 2 * shape.width * shape.inner)
    return float((lengths * (per_token + 4.0 * shape.layers * shape.width * lengths)).sum())


def peak(device: torch.device, precision: hardware.Precision) -> float:
    """Return the FLOP per second of the best large product in a precision."""
    size = PEAK_SIZE[device.type]
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    weight = torch.randn(size, size, device=device, dtype=dtype)
    multiply = product(weight, torch.zeros(size, device=device, dtype=dtype), precision)
    states = torch.randn(size, size, device=device, dtype=dtype)
    return 2 * size**3 / min(_seconds(device, lambda: multiply(states)) for _ in range(8))


def _seconds(device: torch.device, work: Callable[[], object]) -> float:
    clock = _clock(device)
    _synchronise(device)
    began = clock()
    work()
    _synchronise(device)
    return clock() - began


def _clock(device: torch.device) -> Callable[[], float]:
    """Return the clock to measure by: on one processor thread its own time, which other programs cannot spoil."""
    return time.process_time if device.type == "cpu" and torch.get_num_threads() == 1 else time.perf_counter


def _synchronise(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def worked(name: str, watched: Watched, inputs: Sequence[EncoderInput], device: torch.device) -> tuple[float, Pipe]:
    """Send all inputs through the worker's loop; return the seconds and the pipe, which counted."""
    pipe = Pipe(inputs)
    settings = WorkerSettings(ModelSpec(name=name, engine="graphcodebert"), "", True, 16_384, 512, 0.2, 0)
    if watched.in_flight > 1:
        settings = msgspec.structs.replace(settings, batch_tokens=65_536)
    server = Server(pipe, watched, settings, _clock(device))  # type: ignore[arg-type]  # asks for stages only
    return _seconds(device, server.serve), pipe


def throughput(name: str, encoder: GraphCodeBertEncoder, inputs: Sequence[EncoderInput], best: float) -> list[Figure]:
    """Send all inputs through the worker's loop and say where the time went."""
    device = torch.device(encoder.device)
    watched = Watched(encoder, device)
    wall, pipe = worked(name, watched, inputs, device)
    lengths = np.array(encoder.prepare(inputs).lengths)
    rate = flop(encoder, lengths) / wall
    shares = {stage: seconds / wall for stage, seconds in watched.seconds.items()}
    shares["other"] = 1 - shares["start"] - shares["finish"]
    on_gpu = encoder.device.startswith("cuda")
    return [
        Figure(
            name=f"{name}.symbols",
            value=pipe.vectors / wall,
            unit="symbols/s",
            target=GPU_TARGET if on_gpu else None,
            at_least=True,
            note=f"{len(inputs)} functions, {lengths.mean():.0f} tokens on average",
        ),
        Figure(name=f"{name}.tokens", value=float(lengths.sum()) / wall, unit="tokens/s"),
        Figure(name=f"{name}.flop", value=rate / 1e9, unit="GFLOP/s", baseline=best / 1e9, baseline_name="product"),
        Figure(name=f"{name}.of_peak", value=100 * rate / best, unit="%"),
        Figure(name=f"{name}.padding", value=100 * (1 - float(lengths.sum()) / pipe.padded_tokens), unit="%"),
        *(Figure(name=f"{name}.share.{stage}", value=100 * share, unit="%") for stage, share in shares.items()),
    ]


def latency(name: str, encoder: Encoder, inputs: Sequence[EncoderInput]) -> list[Figure]:
    """Time single symbols and queries, everything included."""
    device = torch.device(encoder.device)
    count = LATENCY_SAMPLES[device.type]
    single = [1e3 * _seconds(device, lambda it=it: encoder.encode([it])) for it in inputs[:count]]  # type: ignore[misc]
    query = [1e3 * _seconds(device, lambda: encoder.encode_query("where is the file read")) for _ in range(count)]
    return [*sampled(f"{name}.symbol", single, "ms", {}), *sampled(f"{name}.query", query, "ms", {})]


def batching(name: str, encoder: GraphCodeBertEncoder, inputs: Sequence[EncoderInput]) -> list[Figure]:
    """Compare ways to put the same symbols into batches: ms per symbol."""
    prepared = encoder.prepare(inputs)
    order = sorted(range(len(inputs)), key=lambda at: -prepared.lengths[at])
    natural, device = range(len(inputs)), torch.device(encoder.device)
    ways: dict[str, list[Sequence[int]]] = {
        "one_by_one": [[at] for at in natural],
        "any_order_32": [natural[at : at + 32] for at in natural[::32]],
        "sorted_32": [order[at : at + 32] for at in natural[::32]],
    }
    ways |= {f"sorted_{budget}_tokens": budgeted(order, prepared.lengths, budget) for budget in BUDGETS[device.type]}
    return [
        Figure(name=f"{name}.batching.{way}", value=_per_symbol(encoder, prepared, batches), unit="ms/symbol")
        for way, batches in ways.items()
    ]


def attending(name: str, encoder: GraphCodeBertEncoder, inputs: Sequence[EncoderInput]) -> list[Figure]:
    """Compare the kernels that take an additive mask; those that refuse it are named on standard error."""
    prepared = encoder.prepare(inputs)
    order = sorted(range(len(inputs)), key=lambda at: -prepared.lengths[at])
    batches = budgeted(order, prepared.lengths, BUDGETS[torch.device(encoder.device).type][1])
    found, usual = [], encoder.model.attend
    for way, kernel in kernels(encoder.device):
        encoder.model.attend = kernel
        try:
            encoder.start(prepared, batches[0])()
            value = _per_symbol(encoder, prepared, batches)
        except Exception as error:
            print(f"{name}: {way} does not take the mask here: {error}", file=sys.stderr)
            continue
        found.append(Figure(name=f"{name}.attention.{way}", value=value, unit="ms/symbol"))
    encoder.model.attend = usual
    return found


def compiling(name: str, encoder: GraphCodeBertEncoder, inputs: Sequence[EncoderInput]) -> list[Figure]:
    """Compare the layers as they are with compiled ones, for batches and for one symbol; compiling itself apart."""
    prepared = encoder.prepare(inputs)
    order = sorted(range(len(inputs)), key=lambda at: -prepared.lengths[at])
    device, model = torch.device(encoder.device), encoder.model
    batches = budgeted(order, prepared.lengths, BUDGETS[device.type][1])
    found, usual = [], model.through
    for mode in MODES:
        model.through, model.compile_layers = model.compiled(mode), mode
        began = time.perf_counter()
        _per_symbol(encoder, prepared, batches)
        encoder.encode(inputs[:1])
        made = time.perf_counter() - began
        single = sorted(1e3 * _seconds(device, lambda: encoder.encode(inputs[:1])) for _ in range(20))[10]
        found += [
            Figure(name=f"{name}.compile.{mode}", value=_per_symbol(encoder, prepared, batches), unit="ms/symbol"),
            Figure(name=f"{name}.compile.{mode}.single", value=single, unit="ms", note=f"first runs took {made:.1f} s"),
        ]
    model.through, model.compile_layers = usual, "off"
    return found


def budgeted(order: Sequence[int], lengths: Sequence[int], budget: int) -> list[Sequence[int]]:
    """Cut symbols, longest first, into batches of at most so many padded tokens."""
    batches: list[Sequence[int]] = []
    at = 0
    while at < len(order):
        count = first_batch([lengths[position] for position in order[at:]], budget)
        batches.append(order[at : at + count])
        at += count
    return batches


def _per_symbol(encoder: GraphCodeBertEncoder, prepared: Prepared, batches: Sequence[Sequence[int]]) -> float:
    """Return the ms per symbol when all batches are started before the first is waited for."""

    def work() -> None:
        for finish in [encoder.start(prepared, batch) for batch in batches]:
            finish()

    return 1e3 * _seconds(torch.device(encoder.device), work) / sum(map(len, batches))


def closeness(
    name: str, encoder: GraphCodeBertEncoder, exact: GraphCodeBertEncoder, few: Sequence[EncoderInput]
) -> Figure:
    """Return the lowest cosine with fp32."""
    cosines = (encoder.encode(few) * exact.encode(few)).sum(1)
    return Figure(name=f"{name}.distance", value=float(1 - cosines.min()), unit="1 - cosine with fp32, largest")


def memory(name: str, device: torch.device) -> Figure:
    """Return the most memory that this process, or its part of the GPU, ever had."""
    if device.type == "cuda":
        value, unit = torch.cuda.max_memory_allocated(device) / 1e6, "MB on the GPU"
    else:
        value, unit = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, "MB"
    return Figure(name=f"{name}.peak_memory", value=value, unit=unit)


def measure(chosen: argparse.Namespace, precision: hardware.Precision) -> list[Figure]:
    """Measure one precision in this process."""
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    device = hardware.device_of(chosen.device)
    name = f"engines.{device.type}.{precision}"
    inputs = symbols(chosen.symbols or SYMBOLS[device.type])
    best = peak(device, precision)
    if chosen.model:
        spec = registry.describe(chosen.model)
        encoder = registry.load(spec, device=str(device), precision=precision)
        if not isinstance(encoder, GraphCodeBertEncoder):
            raise SystemExit(f"{chosen.model} is no RoBERTa model")
    else:
        encoder = random_encoder(inputs[:2_000], device, precision)
    encoder.encode(inputs[:4])
    compared = inputs[: COMPARED_SYMBOLS[device.type]]
    found = throughput(name, encoder, inputs, best)
    found += latency(name, encoder, inputs)
    if precision == "bf16":
        found += [*batching(name, encoder, compared), *attending(name, encoder, compared)]
    if chosen.compile or device.type == "cuda":
        found += compiling(name, encoder, compared)
    found.append(memory(name, device))
    if precision != "fp32" and not chosen.model:
        exact = random_encoder(inputs[:2_000], torch.device("cpu"), "fp32")
        found.append(closeness(name, encoder, exact, inputs[:16]))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every precision in a process of its own, print the table, write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines")
    parser.add_argument("--device", default="auto", help="cpu, cuda, cuda:N or auto")
    parser.add_argument("--symbols", type=int, default=0, help="how many functions; fewer on a processor by default")
    parser.add_argument("--model", default="", help="a model on this machine, instead of random weights")
    parser.add_argument("--precision", default="", help="only this one; its figures go to standard output as JSON")
    parser.add_argument("--compile", action="store_true", help="compare compiled layers, as on a GPU; takes minutes")
    parser.add_argument("--threads", type=int, default=0, help="of the processor; 1 measures processor time")
    parser.add_argument("--out", type=Path, help="where the report goes; - for nowhere")
    chosen = parser.parse_args(arguments)
    if chosen.precision:
        sys.stdout.buffer.write(msgspec.json.encode(measure(chosen, chosen.precision)))
        return
    began = now(), load()
    device = hardware.device_of(chosen.device)
    figures: list[Figure] = []
    for precision in ("bf16", "int8", "fp32") if device.type == "cpu" else ("bf16",):
        command = [sys.executable, "-m", "benchmarks.engines", "--precision", precision, "--device", str(device)]
        command += ["--model", chosen.model, "--symbols", str(chosen.symbols), "--threads", str(chosen.threads)]
        command += ["--compile"] * chosen.compile
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        figures += msgspec.json.decode(done.stdout, type=list[Figure])
    print(table(figures))
    flags = sorted(hardware.processor_flags() & (hardware.FAST_BF16 | hardware.FAST_INT8))
    details = {"torch": str(torch.__version__), "flags": flags, "threads": chosen.threads or torch.get_num_threads()}
    if device.type == "cuda":
        details["gpu"] = torch.cuda.get_device_name(device)
    skipped = {} if device.type == "cuda" else {"engines.cuda": "this machine has no GPU"}
    report = gathered(began, {"model": chosen.model or "random, the size of RoBERTa-base"}, figures, skipped, details)
    path = chosen.out or RESULTS / this_machine().slug / f"engines-{device.type}.json"
    if str(path) != "-":
        write_report(report, path)


if __name__ == "__main__":
    main()
