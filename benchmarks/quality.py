"""Claim: what an encoder is shown of a symbol is worth showing; each part is left out once, and the loss is printed.

    python -m benchmarks.quality DIRECTORY [--models lexical,minilm,...] [--symbols 8000] [--queries 800]

The task is that of `docstring_task`: find the function by the first sentence of its documentation, which no input
holds. Variants of the input, all over the same symbols and queries:

    d = 0, 1, 2      signatures of the context to that distance (the full input is that of the default)
    at most 1 ... 8  only the first signatures of the context
    + documentation  what the documentation says after its first sentence
    - name           the name and its place in the signature
    - signature      the header; - body: the tokens
    - data flow      only for models that read it

`--ask callees` asks for a symbol by what it calls instead: by the first sentences of its callees, or their names. That
is what context could tell if it tells anything. `--depths` leaves the variants below the second line out.

Scores are MRR@10 with a 95 % bootstrap interval, and Recall@10. Models whose weights are not on this machine are
named and passed over, so the script runs unchanged where they are. Tests: tests/unit/benchmarks/test_bench_quality.py.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_args

import msgspec
import numpy as np

from benchmarks.docstring_task import PLACES, Ask, Known, Task, embed, make_task, mrr, ranks
from benchmarks.machine import commit, this_machine
from codegraph.config import CascadeConfig
from codegraph.embed import registry
from codegraph.embed.encoder import Encoder
from codegraph.embed.render import EncoderInput
from codegraph.errors import CodegraphError

MODELS = ("codegraph-static", "lexical", "minilm", "graphcodebert", "codecse", "codebert")
RESAMPLES = 1_000
FEWER = (1, 2, 4, 8)
"""Signatures of the context at most; `cascade.max_context` is the most of the other variants."""

Change = Callable[[EncoderInput], EncoderInput]


@dataclass(frozen=True)
class Score:
    """One variant of the input with one model."""

    model: str
    variant: str
    mrr: float
    low: float
    high: float
    recall: float


def without_name(source: EncoderInput) -> EncoderInput:
    """Leave the name out, wherever it stands as a token of the header or the code."""
    signature = " ".join(token for token in source.signature.split(" ") if token != source.name)
    tokens = tuple(token for token in source.tokens if token != source.name)
    return msgspec.structs.replace(source, name="", signature=signature, tokens=tokens)


def without_signature(source: EncoderInput) -> EncoderInput:
    """Leave the header out, in the tokens too, which begin with it."""
    header = source.signature.split(" ")
    tokens = source.tokens[len(header) :] if list(source.tokens[: len(header)]) == header else source.tokens
    return msgspec.structs.replace(source, signature="", tokens=tokens)


def without_body(source: EncoderInput) -> EncoderInput:
    """Leave everything but the header out."""
    return msgspec.structs.replace(source, tokens=tuple(source.signature.split(" ")), data_flow=b"")


def without_data_flow(source: EncoderInput) -> EncoderInput:
    """Leave the data flow out."""
    return msgspec.structs.replace(source, data_flow=b"")


def variants(
    tasks: Sequence[Task], reads_data_flow: bool, depths_only: bool = False
) -> Iterator[tuple[str, tuple[EncoderInput, ...]]]:
    """Yield the inputs of each variant; `tasks` holds the task with context to 0, 1 and 2 steps."""
    for depth, task in enumerate(tasks):
        yield f"d = {depth}", task.inputs
    depth = CascadeConfig().depth
    full = tasks[depth]
    for most in FEWER:
        cut = (msgspec.structs.replace(source, context=source.context[:most]) for source in full.inputs)
        yield f"d = {depth}, at most {most}", tuple(cut)
    if depths_only:
        return
    yield (
        f"d = {depth}, + documentation",
        tuple(
            msgspec.structs.replace(source, docstring=rest)
            for source, rest in zip(full.inputs, full.rests, strict=True)
        ),
    )
    changes: dict[str, Change] = {"- name": without_name, "- signature": without_signature, "- body": without_body}
    if reads_data_flow:
        changes["- data flow"] = without_data_flow
    for name, change in changes.items():
        yield f"d = {depth}, {name}", tuple(map(change, full.inputs))


def score(
    model: str, variant: str, encoder: Encoder, inputs: Sequence[EncoderInput], task: Task, known: Known | None = None
) -> Score:
    """Embed one variant, save for the inputs that are known, and rank the answers of all queries."""
    vectors = embed(encoder, inputs, known)
    queries = np.stack([encoder.encode_query(text) for text in task.queries])
    places = [ranks(vectors @ query, answer) for query, answer in zip(queries, task.answers, strict=True)]
    gains = np.array([1 / place if place <= PLACES else 0.0 for place in places])
    draw = np.random.default_rng(5)
    means = np.sort([gains[draw.integers(0, len(gains), len(gains))].mean() for _ in range(RESAMPLES)])
    low, high = float(means[RESAMPLES // 40]), float(means[-RESAMPLES // 40])
    recall = float(np.mean([place <= PLACES for place in places]))
    return Score(model, variant, mrr(places), low, high, recall)


def loaded(name: str, tokens: int) -> tuple[Encoder, bool] | str:
    """Return the encoder and whether it reads data flow, or why it cannot be had."""
    try:
        spec = registry.describe(name)
        if tokens and spec.max_tokens > tokens:
            spec = msgspec.structs.replace(spec, max_tokens=tokens)
        return registry.load(spec, device="auto"), spec.reads_data_flow
    except CodegraphError as error:
        return error.message


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--symbols", type=int, default=8_000)
    parser.add_argument("--queries", type=int, default=800)
    parser.add_argument(
        "--tokens", type=int, default=0, help="cut inputs to so many tokens (default: the model's limit)"
    )
    parser.add_argument("--ask", choices=get_args(Ask), default="own", help="what queries are made of")
    parser.add_argument("--depths", action="store_true", help="only the depths of context")
    parser.add_argument("--output", type=Path, help="write the scores as JSON")
    return parser


def main() -> None:
    """Run from the command line."""
    parser = _parser()
    args = parser.parse_args()
    found: list[Score] = []
    tasks: dict[bool, list[Task]] = {}
    for name in args.models.split(","):
        model = loaded(name, args.tokens)
        if isinstance(model, str):
            print(f"{name}: {model}")
            continue
        encoder, flows = model
        if flows not in tasks:
            tasks[flows] = [
                make_task(args.directory, args.symbols, args.queries, d, data_flow=flows, ask=args.ask)
                for d in (0, 1, 2)
            ]
        if not tasks[flows][-1].queries:
            parser.error(f"no symbol of {args.directory} can be asked for by its {args.ask}")
        known: Known = {}
        for variant, inputs in variants(tasks[flows], flows, args.depths):
            each = score(name, variant, encoder, inputs, tasks[flows][-1], known)
            found.append(each)
            interval = f"[{each.low:.3f}, {each.high:.3f}]"
            print(f"{name:14} {variant:24} MRR {each.mrr:.3f} {interval}  Recall {each.recall:.3f}", flush=True)
    if args.output is not None:
        report = {
            "symbols": args.symbols,
            "queries": args.queries,
            "ask": args.ask,
            "machine": msgspec.to_builtins(this_machine()),
            "commit": commit(),
            "scores": [asdict(each) for each in found],
        }
        args.output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
