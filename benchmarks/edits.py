"""Small edits of Python functions, as somebody at a keyboard makes them, each with a text never seen before.

A *body edit* adds an assignment as the first statement: neither signature nor edges change. A *signature
edit* adds a parameter (after `self` or `cls`): whoever depends on the function is embedded from that
signature. Both are applied to the original text and carry a number, so every one of them is new to
every cache. What is edited is chosen by how many symbols depend on it directly: leaves (none), symbols of
the median count among those with any, and the hub with the most. Tests: tests/unit/benchmarks/test_bench_edits.py.
"""

from __future__ import annotations

import ast
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from codegraph.client import Client
from codegraph.core.symbols import CONTEXT_KINDS, SymbolKind
from codegraph.daemon.streams import ExportedSymbol

_EDITABLE = (SymbolKind.FUNCTION, SymbolKind.METHOD)
_PARAMETERS = re.compile(r"\(\s*(?P<self>self|cls)?(?P<after>\s*[,)])?")
SEED = 7


@dataclass(frozen=True, slots=True)
class Target:
    """A function or method that can be edited."""

    id: str
    path: str
    name: str
    line: int
    """1-based line of the name, in the original text."""
    dependents: int
    """Symbols with a context edge to it."""


@dataclass(frozen=True, slots=True)
class Exported:
    """The graph as the daemon exports it, read once for all benchmarks: that takes a while on a large tree."""

    symbols: tuple[ExportedSymbol, ...]
    edges: tuple[tuple[str, str], ...]
    """Context edges between different symbols, without repetitions: (source, target)."""

    @classmethod
    def of(cls, client: Client) -> Exported:
        """Read the graph of a running daemon's project."""
        pairs = {
            (edge.source.id, edge.target.id): None
            for edge in client.export_edges()
            if edge.kind in CONTEXT_KINDS and edge.source.id != edge.target.id
        }
        return cls(tuple(client.export_symbols()), tuple(pairs))

    def dependents(self) -> Counter[str]:
        """Count, per symbol, the symbols with a context edge to it."""
        return Counter(target for _, target in self.edges)


def choose(graph: Exported, root: Path, count: int) -> dict[str, list[Target]]:
    """Choose what is edited: up to `count` leaves and median symbols, drawn with a fixed seed, and one hub."""
    dependents = graph.dependents()
    targets = [
        Target(symbol.id, symbol.file, symbol.name, symbol.line, dependents.get(symbol.id, 0))
        for symbol in graph.symbols
        if symbol.kind in _EDITABLE and symbol.language == "python" and not symbol.id.endswith("+1).")
    ]
    used = sorted(target.dependents for target in targets if target.dependents)
    median = used[len(used) // 2] if used else 0
    by_count = sorted(targets, key=lambda target: (-target.dependents, target.id))
    return {
        "leaf": _drawn([target for target in targets if not target.dependents], root, count),
        "median": _drawn([target for target in targets if target.dependents == median], root, count),
        "hub": _first(by_count, root, 1),
    }


def _drawn(targets: Sequence[Target], root: Path, count: int) -> list[Target]:
    shuffled = random.Random(SEED).sample(targets, len(targets))
    return _first(shuffled, root, count)


def _first(targets: Iterable[Target], root: Path, count: int) -> list[Target]:
    found: list[Target] = []
    for target in targets:
        if len(found) == count:
            break
        text = load(root / target.path)
        if all(edit(text, target, 0) is not None for edit in (body_edit, signature_edit)):
            found.append(target)
    return found


def load(path: Path) -> str:
    """Read a file so that `save` gives back the same bytes."""
    return path.read_bytes().decode("utf-8", "surrogateescape")


def save(path: Path, text: str) -> None:
    """Write a file in place, as editors do."""
    path.write_bytes(text.encode("utf-8", "surrogateescape"))


def body_edit(text: str, target: Target, number: int) -> str | None:
    """Add a statement to the body; None if the body does not stand on lines of its own."""
    function = _function(text, target)
    if function is None:
        return None
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    if not body:
        return None
    lines = text.split("\n")
    line = lines[body[0].lineno - 1]
    indent = line[: len(line) - len(line.lstrip())]
    if len(indent.encode()) != body[0].col_offset:
        return None
    lines.insert(body[0].lineno - 1, f"{indent}probe_{number} = {number}")
    return "\n".join(lines)


def signature_edit(text: str, target: Target, number: int) -> str | None:
    """Add a parameter; None if the parameters are not where they are expected."""
    lines = text.split("\n")
    if target.line > len(lines):
        return None
    line = lines[target.line - 1]
    match = re.search(rf"\bdef\s+{re.escape(target.name)}\s*(?=\()", line)
    found = _PARAMETERS.match(line, match.end()) if match else None
    if found is None:
        return None
    if found["self"] and found["after"]:
        place, addition = found.end("self"), f", probe_{number}"
    else:
        place, addition = found.start() + 1, f"probe_{number}, "
    lines[target.line - 1] = line[:place] + addition + line[place:]
    return "\n".join(lines)


def _function(text: str, target: Target) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None  # of another version of Python: somebody else's file is edited instead
    lines = range(target.line - 1, target.line + 1)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name == target.name
            and node.lineno in lines
        ):
            return node
    return None
