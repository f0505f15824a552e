"""Claim: a long function is found by words of its tail, and hardly lost by its docstring.

    python -m benchmarks.long_symbols [--model NAME] [--long 120] [--others 400]

Functions of Python's standard library that are longer than the model's limit, among shorter ones, are embedded
without their docstrings, once cut off at the limit and once in windows (embed/windowed.py, embed/windows.py). Three
questions are asked about every long function: words of its last tokens that stand nowhere in what a cut leaves
over, words of its first tokens behind the header, and its docstring. A question counts as answered if the function is
among the ten nearest. The model must be on this machine: MiniLM's weights come with `codegraph[minilm]`.
Tests: tests/unit/benchmarks/test_bench_long_symbols.py.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.engines import symbols
from benchmarks.figures import Figure, table
from benchmarks.machine import RESULTS, gathered, load, now, this_machine, write_report
from codegraph.embed import registry
from codegraph.embed.batching import first_batch
from codegraph.embed.encoder import Encoder, FloatArray
from codegraph.embed.render import EncoderInput
from codegraph.embed.spec import ModelSpec
from codegraph.embed.staging import staged
from codegraph.embed.tokens import split_word, words

NEAREST = 10
ASKED_WORDS = 12
TAIL_TOKENS = 60
BATCH_TOKENS = 1_024
MAX_SYMBOLS = 12_000
"""Functions that are looked through."""


def asked(source: EncoderInput, tokens: Sequence[str], known: Sequence[str]) -> str:
    """Return a question of the words in `tokens` that are not in `known`, at most `ASKED_WORDS`; "" for too few."""
    seen = set(_words(known))
    found = [word for word in dict.fromkeys(_words(tokens)) if word not in seen and word not in source.name]
    return " ".join(found[-ASKED_WORDS:]) if len(found) >= ASKED_WORDS // 3 else ""


def _words(tokens: Sequence[str]) -> list[str]:
    return [part for token in tokens for word in words(token) for part in split_word(word) if len(part) > 2]


def choose(encoder: Encoder, long: int, others: int) -> tuple[list[EncoderInput], list[str]]:
    """Return sources, the long ones first and all without docstrings, and the docstrings of the long ones."""
    found: dict[bool, list[EncoderInput]] = {True: [], False: []}
    for source in symbols(MAX_SYMBOLS):
        bare = msgspec.structs.replace(source, docstring="", data_flow=b"")
        is_long = encoder.length(bare) >= encoder.max_length
        if not is_long or (source.docstring and len(source.tokens) > 2 * encoder.max_length):
            found[is_long].append(source)
        if len(found[True]) >= long and len(found[False]) >= others:
            break
    chosen = [*found[True][:long], *found[False][:others]]
    docstrings = [source.docstring.partition("\n\n")[0] for source in found[True][:long]]
    return [msgspec.structs.replace(source, docstring="") for source in chosen], docstrings


def embedded(encoder: Encoder, sources: Sequence[EncoderInput]) -> FloatArray:
    """Return one row per source, encoded in batches by length."""
    stages = staged(encoder)
    prepared = stages.prepare(sources)
    order = sorted(range(len(sources)), key=lambda at: -prepared.lengths[at])
    rows = np.zeros((len(sources), encoder.dimensions), np.float32)
    at = 0
    while at < len(order):
        batch = order[at : at + first_batch([prepared.lengths[position] for position in order[at:]], BATCH_TOKENS)]
        rows[batch] = stages.start(prepared, batch)()
        at += len(batch)
    return rows


def recall(encoder: Encoder, rows: FloatArray, questions: Sequence[str]) -> float:
    """Return the percentage of questions whose function, row by row, is among the nearest; empty ones are left out."""
    hits = []
    for position, question in enumerate(questions):
        if question:
            scores = rows @ encoder.encode_query(question)
            hits.append(int((scores > scores[position]).sum()) < NEAREST)
    return 100 * float(np.mean(hits))


def measure(spec: ModelSpec, long: int, others: int) -> list[Figure]:
    """Compare one window with as many as the spec allows."""
    ways = {
        "cut": registry.load(msgspec.structs.replace(spec, windows=1), device="auto"),
        "windows": registry.load(spec),
    }
    sources, docstrings = choose(ways["cut"], long, others)
    limit = ways["cut"].max_length
    questions = {
        "tail": [asked(it, it.tokens[-TAIL_TOKENS:], it.tokens[:limit]) for it in sources[: len(docstrings)]],
        "head": [asked(it, it.tokens[20 : 20 + TAIL_TOKENS], it.tokens[:20]) for it in sources[: len(docstrings)]],
        "docstring": docstrings,
    }
    figures = []
    for way, encoder in ways.items():
        began = time.process_time()
        rows = embedded(encoder, sources)
        seconds = time.process_time() - began
        figures.append(
            Figure(name=f"long_symbols.{way}.cpu", value=1e3 * seconds / len(sources), unit="ms/symbol, processor time")
        )
        for kind, texts in questions.items():
            note = f"{sum(map(bool, texts))} questions, {len(sources)} symbols"
            value = recall(encoder, rows, texts)
            figures.append(Figure(name=f"long_symbols.{way}.{kind}", value=value, unit="% in the first 10", note=note))
    return figures


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the table, write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.long_symbols")
    parser.add_argument("--model", default="minilm")
    parser.add_argument("--long", type=int, default=120, help="functions beyond the limit")
    parser.add_argument("--others", type=int, default=400, help="functions within it")
    parser.add_argument("--out", type=Path, help="where the report goes; - for nowhere")
    chosen = parser.parse_args(arguments)
    began = now(), load()
    figures = measure(registry.describe(chosen.model), chosen.long, chosen.others)
    print(table(figures))
    path = chosen.out or RESULTS / this_machine().slug / f"long-symbols-{chosen.model}.json"
    if str(path) != "-":
        write_report(gathered(began, {"model": chosen.model}, figures, {}, {}), path)


if __name__ == "__main__":
    main()
