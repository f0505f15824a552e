"""Claim: whichever encoder is chosen, what it costs on this machine is known.

    python -m benchmarks.encoders                                    # what a fresh machine has, and minilm where it is
    python -m benchmarks.encoders --model codegraph-static --model minilm --symbols 2000 --threads 1

The functions of `benchmarks.engines` go through the worker's loop into encoders that are on this machine, each in a
process of its own because of its peak memory: symbols, tokens and FLOP per second, the share of the machine's largest
product in the same precision, single symbols and queries. Encoders that add up rows of a table multiply no matrices and
have no FLOP. GraphCodeBERT has `benchmarks.engines`, which says more. Models that are not here are named,
with the reason.
Tests: tests/unit/benchmarks/test_bench_encoders.py.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import torch

from benchmarks.engines import Watched, flop, latency, memory, peak, symbols, worked
from benchmarks.figures import Figure, table
from benchmarks.machine import RESULTS, gathered, load, now, this_machine, write_report
from codegraph.embed import hardware, registry
from codegraph.embed.encoder import Encoder
from codegraph.embed.graphcodebert import GraphCodeBertEncoder
from codegraph.embed.render import EncoderInput
from codegraph.embed.staging import staged
from codegraph.embed.transformer import TransformerEncoder
from codegraph.embed.windowed import WindowedEncoder
from codegraph.errors import CodegraphError

MODELS = ("codegraph-static", "lexical", "minilm")
SYMBOLS = 512
TABLE_SYMBOLS = 8_192
"""Encoders without matrices are so much faster that they are given more."""


def flop_of(encoder: Encoder, lengths: np.ndarray) -> float:
    """Return the floating point operations of the layers for sequences of such lengths; 0 for a table."""
    model = _model(encoder)
    if isinstance(model, GraphCodeBertEncoder):
        return flop(model, lengths)
    if not isinstance(model, TransformerEncoder):
        return 0.0
    per_token = 2.0 * model.product_weights
    return float((lengths * (per_token + 4.0 * model.attention_width * lengths)).sum())


def _model(encoder: Encoder) -> Encoder:
    return encoder.whole if isinstance(encoder, WindowedEncoder) else encoder


def measure(model: str, count: int, device: str) -> list[Figure]:
    """Measure one model in this process; raises CodegraphError if it cannot be loaded."""
    encoder = registry.load(registry.describe(model), device=device)
    matrices = isinstance(_model(encoder), GraphCodeBertEncoder | TransformerEncoder)
    inputs = symbols(count or (SYMBOLS if matrices else TABLE_SYMBOLS))
    encoder.encode(inputs[:4])
    where = torch.device(encoder.device)
    name = f"encoders.{model}"
    watched = Watched(staged(encoder), where)
    wall, pipe = worked(name, watched, inputs, where)
    lengths = np.array(staged(encoder).prepare(inputs).lengths if matrices else [len(one.tokens) for one in inputs])
    return [
        Figure(
            name=f"{name}.symbols",
            value=pipe.vectors / wall,
            unit="symbols/s",
            note=f"{len(inputs)} functions, {lengths.mean():.0f} tokens on average, {encoder.device}",
        ),
        Figure(name=f"{name}.tokens", value=float(lengths.sum()) / wall, unit="tokens/s"),
        *_flop(name, encoder, inputs, lengths, wall),
        *latency(name, encoder, inputs),
        memory(name, where),
    ]


def _flop(
    name: str, encoder: Encoder, inputs: Sequence[EncoderInput], lengths: np.ndarray, wall: float
) -> list[Figure]:
    spent = flop_of(encoder, lengths)
    if not spent:
        return []
    device = torch.device(encoder.device)
    best = peak(device, hardware.choose("auto", device))
    return [
        Figure(
            name=f"{name}.flop", value=spent / wall / 1e9, unit="GFLOP/s", baseline=best / 1e9, baseline_name="product"
        ),
        Figure(name=f"{name}.of_peak", value=100 * spent / wall / best, unit="%", note=f"{len(inputs)} functions"),
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every model in a process of its own, print the table, write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.encoders")
    parser.add_argument("--model", action="append", default=[], help="a name or a directory; may be repeated")
    parser.add_argument("--symbols", type=int, default=0)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=0, help="of the processor; 1 measures processor time")
    parser.add_argument("--only", action="store_true", help="the first model, in this process, as JSON")
    parser.add_argument("--out", type=Path, help="where the report goes; - for nowhere")
    chosen = parser.parse_args(arguments)
    models = chosen.model or list(MODELS)
    if chosen.only:
        if chosen.threads:
            torch.set_num_threads(chosen.threads)
        try:
            figures = measure(models[0], chosen.symbols, chosen.device)
        except CodegraphError as error:
            raise SystemExit(f"{models[0]}: {error}") from error
        sys.stdout.buffer.write(msgspec.json.encode(figures))
        return
    began = now(), load()
    figures, skipped = [], {}
    for model in models:
        command = [sys.executable, "-m", "benchmarks.encoders", "--only", "--model", model, "--device", chosen.device]
        command += ["--symbols", str(chosen.symbols), "--threads", str(chosen.threads)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            skipped[f"encoders.{model}"] = done.stderr.strip().rpartition("\n")[2]
            continue
        figures += msgspec.json.decode(done.stdout, type=list[Figure])
    print(table(figures))
    for name, reason in skipped.items():
        print(f"{name} was not measured: {reason}")
    report = gathered(began, {"models": " ".join(models)}, figures, skipped, {"threads": chosen.threads})
    path = chosen.out or RESULTS / this_machine().slug / "encoders.json"
    if str(path) != "-":
        write_report(report, path)


if __name__ == "__main__":
    main()
