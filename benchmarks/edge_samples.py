"""Edges drawn at random, to be judged by somebody who reads the code: is each one right?

    python -m benchmarks.edge_samples draw DIRECTORY --project serde --revision abc123 --language rust --seed 7
    python -m benchmarks.edge_samples judge serde < verdicts      # lines "NUMBER right|wrong|unsure [why]"
    python -m benchmarks.edge_samples show serde DIRECTORY [--only wrong]
    python -m benchmarks.edge_samples report

`draw` indexes a copy of the tree, reads the edges as `codegraph export edges` gives them, leaves `contains` aside
(nesting is no judgement), draws with the seed and prints each edge with the source lines at both ends. With
`--calls` it draws places instead where the source calls something whose name the tree defines, found in the syntax
tree without any linking, with the edges that begin there: verdicts on these are a recall. There "right" says that the
callee is linked, "wrong" that the edge leads elsewhere, "missing" that there is none, "external" that the callee is not
of this tree, which does not count. Samples lie in `benchmarks/edge_samples/<project>.jsonl`, calls in
`<project>.calls.jsonl`; `report` prints precision by confidence and by kind, recall of calls, each with its 95 % Wilson
interval. Nothing here depends on a language but the names of syntax nodes that are calls.
Tests: tests/unit/benchmarks/test_bench_edge_samples.py.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec
from tree_sitter import Language, Node, Parser

from benchmarks.sandbox import Sandbox
from codegraph.core.symbols import DependencyKind
from codegraph.daemon.operations import SyncParams
from codegraph.daemon.streams import ExportedEdge, ExportedSymbol
from codegraph.extract.languages import LANGUAGES

PLACE: Final = Path(__file__).parent / "edge_samples"
VERDICTS: Final = ("right", "wrong", "unsure", "missing", "external")
CALL_NODES: Final = frozenset(
    {
        "call",
        "call_expression",
        "function_call_expression",
        "invocation_expression",
        "macro_invocation",
        "member_call_expression",
        "method_call_expression",
        "method_invocation",
        "new_expression",
        "nullsafe_member_call_expression",
        "object_creation_expression",
        "scoped_call_expression",
    }
)
"""Types of syntax nodes that are calls, in all grammars together."""
_CALLEES: Final = ("function", "method", "macro", "type", "name", "constructor")
_NAME: Final = re.compile(r"[^\W\d]\w*[?!]?")
_NORMAL_QUANTILE: Final = 1.959963984540054


class Sample(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One edge, or one call with the edges that begin there, and what was said of it."""

    project: str
    revision: str
    seed: int
    source: str = msgspec.field(name="from")
    target: str = msgspec.field(name="to")
    """Of a call: the ids of all targets of its name, blank apart."""
    kind: str
    confidence: str
    at: str
    """file:line of the mention, the line counted from 1."""
    name: str = ""
    """Of a call: what is called."""
    verdict: str = ""
    why: str = ""


def wilson(right: int, total: int) -> tuple[float, float]:
    """Return the 95 % score interval of a proportion (Wilson 1927); (0, 1) for none."""
    if not total:
        return 0.0, 1.0
    share, z = right / total, _NORMAL_QUANTILE
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    reach = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def exported(tree: Path, language: str) -> tuple[list[ExportedSymbol], list[ExportedEdge]]:
    """Index a copy of a tree; return its symbols and the edges of files of the language, `contains` aside."""
    with Sandbox() as box:
        box.copy(tree)
        with box.daemon() as client:
            client.call(SyncParams(timeout=3_600.0))
            symbols = list(client.export_symbols())
            edges = list(client.export_edges())
    files = {each.file for each in symbols if each.language == language}
    return symbols, [each for each in edges if each.source.file in files and each.kind is not DependencyKind.CONTAINS]


def draw_edges(edges: Sequence[ExportedEdge], number: int, seed: int) -> list[ExportedEdge]:
    """Draw edges without replacement; the same edges and seed give the same sample."""
    ordered = sorted(edges, key=lambda each: (each.source.id, each.target.id, str(each.kind)))
    return random.Random(seed).sample(ordered, min(number, len(ordered)))


def calls_of(data: bytes, language: str, names: frozenset[str]) -> list[tuple[int, str]]:
    """Return (line counted from 1, name) of the calls in a source whose callee's last name is one of `names`."""
    root = Parser(Language(LANGUAGES[language].grammar())).parse(data).root_node
    found: list[tuple[int, str]] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.named_children)
        if node.type in CALL_NODES:
            callee = _callee(node)
            if callee is not None and callee[1] in names:
                found.append(callee)
    return sorted(found)


def _callee(node: Node) -> tuple[int, str] | None:
    """Return the line and the last name of what a node calls."""
    for field in _CALLEES:
        called = node.child_by_field_name(field)
        if called is not None and called.text is not None:
            text = called.text.decode("utf-8", "replace")
            written = list(_NAME.finditer(re.sub(r"(::)?<[^()]*>\Z", "", text)))
            if written:
                line = called.start_point[0] + text.count("\n", 0, written[-1].start())
                return line + 1, written[-1].group()
    return None


def draw_calls(
    tree: Path, symbols: Iterable[ExportedSymbol], language: str, number: int, seed: int
) -> list[tuple[str, int, str]]:
    """Draw (file, line, name) of calls of names that the tree defines in the language."""
    own = [each for each in symbols if each.language == language]
    names = frozenset(each.name for each in own)
    sites = [
        (file, *each)
        for file in sorted({each.file for each in own})
        for each in calls_of((tree / file).read_bytes(), language, names)
    ]
    return random.Random(seed).sample(sites, min(number, len(sites)))


def targets_of(site: tuple[str, int, str], edges: Iterable[ExportedEdge], names: dict[str, str]) -> list[ExportedEdge]:
    """Return the edges that can be this call's: from the definitions around it, to symbols of that name.

    Mentions of one target in a definition are one edge, at the first of them, which may stand further up.
    """
    file, line, name = site
    near = [each for each in edges if each.at.file == file and each.at.line <= line]
    named = [each for each in near if names.get(each.target.id) == name or each.at.line == line]
    innermost = max((each.source.line for each in named if each.source.line <= line), default=0)
    return [each for each in named if each.source.line == innermost]


def read(path: Path) -> list[Sample]:
    """Read a file of samples."""
    return [msgspec.json.decode(line, type=Sample) for line in path.read_bytes().splitlines()]


def write(path: Path, samples: Iterable[Sample]) -> None:
    """Write a file of samples, one a line."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in samples))


def judged(samples: list[Sample], lines: Iterable[str]) -> list[Sample]:
    """Enter verdicts: lines of a number counted from 1, a verdict, and why. Raises ValueError for another verdict."""
    for line in lines:
        number, verdict, why = [*line.strip().split(None, 2), "", "", ""][:3]
        if not number:
            continue
        if verdict not in VERDICTS:
            raise ValueError(f"{line.strip()!r} has none of the verdicts {', '.join(VERDICTS)}")
        sample = samples[int(number) - 1]
        sample.verdict, sample.why = verdict, why
    return samples


def table(samples: Sequence[Sample], title: str) -> list[str]:
    """Return precision by confidence and kind, or recall of calls, as lines; what is unsure counts as wrong."""
    groups: dict[str, list[Sample]] = {}
    for each in samples:
        if each.verdict == "external":
            continue
        groups.setdefault("all", []).append(each)
        if each.kind != "call":
            groups.setdefault(each.confidence, []).append(each)
            groups.setdefault(each.kind, []).append(each)
    lines = [title]
    for name, group in groups.items():
        right = sum(each.verdict == "right" for each in group)
        low, high = wilson(right, len(group))
        open_ones = sum(not each.verdict for each in group)
        rest = f"  {open_ones} not judged" if open_ones else ""
        lines.append(f"  {name:12} {right:4} of {len(group):4}  {right / len(group):.3f} [{low:.3f}, {high:.3f}]{rest}")
    return lines


def printed(number: int, sample: Sample, tree: Path, around: int = 2) -> str:
    """Return a sample with its source lines, the mention's and each target's."""
    head = f"#{number} {sample.kind} {sample.confidence} {sample.verdict} {sample.why}".rstrip()
    file, _, line = sample.at.rpartition(":")
    parts = [head, f"  from {sample.source}  {sample.name}", _lines(tree / file, int(line), around)]
    for place in sample.target.split(" | ") if sample.target else ():
        target, _, target_line = place.rpartition(":")
        parts += [f"  to {target}", _lines(tree / target.partition("#")[0], int(target_line), 1)]
    return "\n".join(parts)


def _lines(path: Path, line: int, around: int) -> str:
    text = path.read_text("utf-8", "replace").splitlines() if path.is_file() else []
    first = max(0, line - 1 - around)
    return "\n".join(
        f"    {number + 1:5}{'>' if number + 1 == line else ' '} {text[number][:150]}"
        for number in range(first, min(len(text), line + around))
    )


def _end(symbol: str, file: str, line: int) -> str:
    """Write an end as file#descriptor:line."""
    return f"{file}#{symbol.partition(file)[2].lstrip('/')}:{line}"


def draw(arguments: argparse.Namespace) -> int:
    """Draw, print and store one sample."""
    tree, language, seed = arguments.tree, arguments.language, arguments.seed
    symbols, edges = exported(tree, language)
    common = {"project": arguments.project, "revision": arguments.revision, "seed": seed}
    samples: list[Sample] = []
    if arguments.calls:
        names = {each.id: each.name for each in symbols}
        for site in draw_calls(tree, symbols, language, arguments.number, seed):
            found = targets_of(site, edges, names)
            ends = " | ".join(_end(each.target.id, each.target.file, each.target.line) for each in found)
            sure = " ".join(sorted({f"{each.kind}/{each.confidence}" for each in found}))
            at, name = f"{site[0]}:{site[1]}", site[2]
            samples.append(
                Sample(**common, source=site[0], target=ends, kind="call", confidence=sure, at=at, name=name)
            )
    else:
        for each in draw_edges(edges, arguments.number, seed):
            samples.append(
                Sample(
                    **common,
                    source=_end(each.source.id, each.source.file, each.source.line),
                    target=_end(each.target.id, each.target.file, each.target.line),
                    kind=str(each.kind),
                    confidence=str(each.confidence),
                    at=f"{each.at.file}:{each.at.line}",
                )
            )
    print(f"{len(edges)} edges of {language} in {tree}, seed {seed}")
    for number, sample in enumerate(samples, 1):
        print(printed(number, sample, tree))
    write(_path(arguments), samples)
    return 0


def _path(arguments: argparse.Namespace) -> Path:
    return PLACE / f"{arguments.project}{'.calls' if arguments.calls else ''}.jsonl"


def judge(arguments: argparse.Namespace) -> int:
    """Enter the verdicts that stand on standard input."""
    write(_path(arguments), judged(read(_path(arguments)), sys.stdin))
    return 0


def show(arguments: argparse.Namespace) -> int:
    """Print a stored sample with its source lines."""
    for number, sample in enumerate(read(_path(arguments)), 1):
        if arguments.only is None or sample.verdict == arguments.only:
            print(printed(number, sample, arguments.tree, arguments.around))
    return 0


def report(arguments: argparse.Namespace) -> int:  # noqa: ARG001  (it takes none)
    """Print what the verdicts of all projects say."""
    for path in sorted(PLACE.glob("*.jsonl")):
        samples = read(path)
        of = "calls linked" if path.name.endswith(".calls.jsonl") else "precision"
        first = samples[0]
        print("\n".join(table(samples, f"{first.project} {first.revision[:12]} seed {first.seed}: {of}")))
    return 0


def main() -> int:
    """Run one of the commands."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(required=True)
    drawing = commands.add_parser("draw", help="draw a sample of a tree and store it without verdicts")
    drawing.add_argument("tree", type=Path)
    drawing.add_argument("--project", required=True)
    drawing.add_argument("--revision", default="", help="the commit that the tree was taken from")
    drawing.add_argument("--language", required=True, choices=sorted(LANGUAGES))
    drawing.add_argument("--number", type=int, default=100)
    drawing.add_argument("--seed", type=int, required=True)
    judging = commands.add_parser("judge", help="enter verdicts from standard input")
    judging.add_argument("project")
    showing = commands.add_parser("show", help="print a stored sample with its source lines")
    showing.add_argument("project")
    showing.add_argument("tree", type=Path)
    showing.add_argument("--only", choices=VERDICTS)
    showing.add_argument("--around", type=int, default=2)
    for each, command in ((drawing, draw), (judging, judge), (showing, show)):
        each.add_argument("--calls", action="store_true", help="a sample of calls instead of edges")
        each.set_defaults(command=command)
    reporting = commands.add_parser("report", help="print precision and recall of everything judged")
    reporting.set_defaults(command=report)
    arguments = parser.parse_args()
    return int(arguments.command(arguments))


if __name__ == "__main__":
    raise SystemExit(main())
