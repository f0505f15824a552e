"""Claim: int8 loses nothing that a search would show, at a quarter of the bytes; smaller codes are measured beside it.

    python -m benchmarks.codecs DIRECTORY [--model minilm] [--symbols 50000] [--queries 1000] [--plot FILE.svg]

Embeds the symbols of a tree once (docstrings taken out, see `docstring_task`), writes them down in every way that
the package has, and prints for each: bytes per vector, microseconds to encode and to decode one, Recall@10 (the
share of the ten nearest neighbours by f32 that are still among the ten nearest), and MRR@10 of finding functions by
the first sentence of their documentation. Transforms are fitted on the corpus. `--vectors FILE` keeps the vectors,
so that another run need not embed again. Tests: tests/unit/benchmarks/test_bench_codecs.py.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from benchmarks.docstring_task import embed, make_task, mrr, ranks
from benchmarks.machine import commit, this_machine
from codegraph.cache.quantiser import Binary, Float, Int8, Quantiser, Sparse, rescored
from codegraph.embed import registry
from codegraph.embed.transform import Transform, all_but_the_top, centre, pca, soft_zca, whiten

NEIGHBOURS = 10
RECALL_QUERIES = 500

Floats = npt.NDArray[np.float32]
Search = Callable[[Floats], npt.NDArray[np.int64]]


@dataclass(frozen=True)
class Point:
    """One way to write vectors down, measured."""

    name: str
    bytes: int
    encode_us: float
    decode_us: float
    recall: float
    mrr: float


def ways(vectors: Floats) -> Iterator[tuple[str, Transform | None, Quantiser]]:
    """Yield every way that fits these vectors: a name, a transform fitted on them, a quantiser."""
    dimensions = vectors.shape[1]
    yield "f32", None, Float(32)
    yield "f16", None, Float(16)
    yield "int8", None, Int8()
    yield "int8 centred", centre(vectors), Int8()
    for share in (0.5, 0.3):
        yield f"sparse, {round(100 * share)} % of blocks", None, Sparse(share)
    for size in (256, 128, 64):
        if size < dimensions:
            yield f"pca {size} int8", pca(vectors, size), Int8()
    yield "all-but-the-top int8", all_but_the_top(vectors), Int8()
    yield "whitened int8", whiten(vectors), Int8()
    yield "soft-zca int8", soft_zca(vectors), Int8()
    yield "binary", None, Binary()
    yield "binary centred", centre(vectors), Binary()


def measure(vectors: Floats, queries: Floats, answers: Sequence[int]) -> list[Point]:
    """Measure every way, and binary codes with int8 behind them. `queries`: float32 (q, d)."""
    probes = vectors[np.random.default_rng(1).choice(len(vectors), min(RECALL_QUERIES, len(vectors)), replace=False)]
    exact = [_nearest(vectors @ probe) for probe in probes]
    points = [_measured(*way, vectors, queries, answers, probes, exact) for way in ways(vectors)]
    centred = centre(vectors)
    small = centred.apply(vectors)
    codes, rest = Binary().encode(small), Int8().encode(small)
    for candidates in (200, 1000):
        count = min(candidates, len(vectors))
        found = [rescored(q, codes, rest, Int8(), NEIGHBOURS, count) for q in centred.apply(probes)]
        places = [
            _place(rescored(q, codes, rest, Int8(), NEIGHBOURS, count), answer)
            for q, answer in zip(centred.apply(queries), answers, strict=True)
        ]
        size = codes.shape[1] + rest.shape[1]
        points.append(Point(f"binary + int8 of {candidates}", size, 0.0, 0.0, _recall(found, exact), mrr(places)))
    return points


def _measured(
    name: str,
    transform: Transform | None,
    quantiser: Quantiser,
    vectors: Floats,
    queries: Floats,
    answers: Sequence[int],
    probes: Floats,
    exact: Sequence[npt.NDArray[np.int64]],
) -> Point:
    started = time.process_time()
    changed = vectors if transform is None else transform.apply(vectors)
    rows = quantiser.encode(changed)
    encoded = time.process_time()
    back = quantiser.decode(rows, changed.shape[1])
    decoded = time.process_time()
    asked, probed = (queries, probes) if transform is None else (transform.apply(queries), transform.apply(probes))
    recall = _recall([_nearest(back @ probe) for probe in probed], exact)
    places = [ranks(back @ query, answer) for query, answer in zip(asked, answers, strict=True)]
    count = 1e6 / len(vectors)
    return Point(name, rows.shape[1], (encoded - started) * count, (decoded - encoded) * count, recall, mrr(places))


def _nearest(scores: Floats) -> npt.NDArray[np.int64]:
    best: npt.NDArray[np.int64] = np.argpartition(-scores, NEIGHBOURS)[:NEIGHBOURS]
    return best


def _recall(found: Sequence[npt.NDArray[np.int64]], exact: Sequence[npt.NDArray[np.int64]]) -> float:
    shared = [len(np.intersect1d(ours, theirs)) for ours, theirs in zip(found, exact, strict=True)]
    return float(np.mean(shared)) / NEIGHBOURS


def _place(found: npt.NDArray[np.int64], answer: int) -> int:
    where = np.flatnonzero(found == answer)
    return int(where[0]) + 1 if len(where) else NEIGHBOURS + 1


def table(points: Sequence[Point]) -> str:
    """Lay the points out for reading."""
    lines = [f"{'way':26} {'bytes':>6} {'encode us':>10} {'decode us':>10} {'recall@10':>10} {'MRR@10':>8}"]
    for each in points:
        times = f"{each.encode_us:10.2f} {each.decode_us:10.2f}" if each.encode_us else f"{'':10} {'':10}"
        lines.append(f"{each.name:26} {each.bytes:6} {times} {each.recall:10.4f} {each.mrr:8.4f}")
    return "\n".join(lines)


def plot(points: Sequence[Point], title: str) -> str:
    """Draw Recall@10 and MRR@10 against bytes (on a logarithmic axis) as SVG, with a letter for each way."""
    width, height, left, top, right = 860, 380, 60, 40, 260
    low = min(each.bytes for each in points) / 1.3
    high = max(each.bytes for each in points) * 1.3
    best = max(each.mrr for each in points)
    floor = 0.1 * np.floor(10 * min(min(each.recall, each.mrr / best) for each in points))

    def x(size: float) -> float:
        return left + (width - left - right) * float(np.log(size / low) / np.log(high / low))

    def y(value: float) -> float:
        return top + (height - top - 50) * (1 - (value - float(floor)) / (1 - float(floor)))

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="{left}" y="20" font-size="14">{title}</text>',
        (
            f'<text x="{left}" y="{height - 8}" font-size="11">bytes a vector. Filled: Recall@10 against f32. '
            "Hollow: MRR@10 as a share of the best.</text>"
        ),
    ]
    for value in np.arange(floor, 1.01, 0.1):
        line = f'x1="{left}" x2="{width - right}" y1="{y(value):.0f}" y2="{y(value):.0f}"'
        parts.append(f'<line {line} stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y(value) + 4:.0f}" text-anchor="end" font-size="11">{value:.1f}</text>')
    for size in (32, 64, 128, 256, 512, 1024, 2048):
        if low <= size <= high:
            parts.append(f'<text x="{x(size):.0f}" y="{height - 30}" text-anchor="middle" font-size="11">{size}</text>')
    for number, each in enumerate(points):
        at, letter = x(each.bytes), chr(ord("a") + number)
        parts.append(f'<circle cx="{at:.0f}" cy="{y(each.recall):.0f}" r="4" fill="#26c"/>')
        parts.append(f'<circle cx="{at:.0f}" cy="{y(each.mrr / best):.0f}" r="4" fill="none" stroke="#c42"/>')
        parts.append(f'<text x="{at + 6:.0f}" y="{y(each.recall) + 3:.0f}" font-size="9">{letter}</text>')
        place = top + 19 * number
        legend = f"{letter}  {each.name}: {each.bytes} bytes"
        parts.append(f'<text x="{width - right + 20}" y="{place}" font-size="11">{legend}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _vectors(args: argparse.Namespace) -> tuple[Floats, Floats, list[int]]:
    if args.vectors is not None and args.vectors.is_file():
        with np.load(args.vectors, allow_pickle=False) as kept:
            return kept["vectors"], kept["queries"], kept["answers"].tolist()
    task = make_task(args.directory, args.symbols, args.queries)
    spec = registry.describe(args.model)
    if args.tokens:
        spec = msgspec.structs.replace(spec, max_tokens=args.tokens)
    encoder = registry.load(spec, device="auto")
    vectors = embed(encoder, task.inputs)
    queries = np.stack([encoder.encode_query(text) for text in task.queries])
    if args.vectors is not None:
        np.savez(args.vectors, vectors=vectors, queries=queries, answers=np.array(task.answers))
    return vectors, queries, list(task.answers)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--model", default="minilm")
    parser.add_argument("--symbols", type=int, default=50_000)
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument(
        "--tokens", type=int, default=0, help="cut inputs to so many tokens (default: the model's limit)"
    )
    parser.add_argument("--vectors", type=Path, help="keep the vectors here, or take them from here")
    parser.add_argument("--output", type=Path, help="write the points as JSON")
    parser.add_argument("--plot", type=Path, help="write a plot as SVG")
    args = parser.parse_args()
    vectors, queries, answers = _vectors(args)
    points = measure(vectors, queries, answers)
    title = f"{args.model}: {len(vectors):,} symbols of {vectors.shape[1]} dimensions, {len(answers):,} queries"
    print(f"{title}\n{table(points)}")
    if args.output is not None:
        found = {
            "title": title,
            "machine": msgspec.to_builtins(this_machine()),
            "commit": commit(),
            "points": [asdict(each) for each in points],
        }
        args.output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if args.plot is not None:
        args.plot.write_text(plot(points, title), encoding="utf-8")


if __name__ == "__main__":
    main()
