"""The parts of a file that are linked each by itself, so that an edit of one leaves the links of the others.

What a linker remembers from one reference to the next can show in what it finds (a circle is cut where it was entered),
so a part has an evaluator of its own, and what is found in it follows from

    its references and imports, its `heads`, and the bindings of its definitions,
    what holds for the whole file: the outline, and the imports, exports and bindings outside of functions,
    the values of the table keys that it read.

That is the contract of a `PartLinker`, and what `graph.relink` compares. A part is some functions that stand next to
each other, with all that stands inside them; the first is what stands in no function. A file with few functions is one
part. A long function is a part of its own. Which functions belong together follows from the definitions alone, so an
edit inside of one moves none, unless it becomes long by that.

Tests: tests/unit/graph/test_graph_relink.py, benchmarks/edited_again.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import NamedTuple, Protocol

from codegraph.core.changes import FileLinks
from codegraph.core.facts import Chain, Import, Occurrences, Outline, Reference
from codegraph.core.symbols import CALLABLE_KINDS
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.scheme import TableReader, Value

FUNCTIONS_TOGETHER = 10
"""Files of more than 600 lines, in parts of 6, 10, 20 and 40 functions, take so many times as long to link as at once:
Java 1.33, 1.23, 1.15, 1.23; Python 1.05, 1.00, 1.01, 1.00; C++ 1.12, 1.13, 1.09, 1.04 (CPU time, least of four runs).
An edit of one of 2,000 lines links in two thirds of what it takes with 40."""


LONG_LINES = 40
"""A function with so many line ends is a part of its own. Linking all files then takes so many times as long, and files
of more than 600 lines: Rust 1.14, 1.09; C# 1.02, 1.08; TypeScript 1.08, 1.04; Python 0.99, 1.02 (CPU time, least of
three). Of ten edits in files of 2,000 lines the ninth links 126 references, not 323, in Rust, 116 not 285 in C#."""


class Part(NamedTuple):
    """Some definitions of a file, by index, and what they mention and import."""

    owners: Sequence[int]
    references: Sequence[Reference]
    imports: Sequence[Import]
    heads: Sequence[Chain] = ()
    """Of the first one what all references of the file begin with, if its scheme asks for that."""


class PartLinker(Protocol):
    """Links the parts of one file."""

    @property
    def collector(self) -> EdgeCollector:
        """What all parts have found."""

    def link(self, part: Part, table: TableReader) -> None:
        """Resolve one part, with nothing remembered of the others."""


def _no_heads(_: Occurrences) -> Sequence[Chain]:
    return ()


class PartedScheme:
    """A `ResolutionScheme` that links a file in parts: of bindings in functions, `linker` may get only theirs."""

    def __init__(
        self,
        contributions: Callable[[str, Outline, Occurrences], dict[str, Value]],
        linker: Callable[[str, Outline, Occurrences, EdgeCollector], PartLinker],
        heads: Callable[[Occurrences], Sequence[Chain]] = _no_heads,
    ) -> None:
        """`contributions` says what a file offers, `linker` makes what links one, `heads` gives `Part.heads`."""
        self._contributions = contributions
        self.linker = linker
        self._heads = heads

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
        """Say what this file offers."""
        return self._contributions(path, outline, occurrences)

    def link(self, path: str, outline: Outline, occurrences: Occurrences, table: TableReader) -> FileLinks:
        """Resolve the references of this file."""
        linker = self.linker(path, outline, occurrences, EdgeCollector(path, outline))
        for part in self.parts(part_numbers(outline), occurrences):
            linker.link(part, table)
        return linker.collector.links()

    def parts(self, numbers: Sequence[int], occurrences: Occurrences) -> list[Part]:
        """Return the parts of a file, in order; `numbers` is the part of each definition."""
        first, *others = _parts_of(numbers, occurrences)
        return [first._replace(heads=self._heads(occurrences)), *others]


def part_numbers(outline: Outline) -> list[int]:
    """Return the part of each definition; what stands in no function is in the first, 0."""
    numbers: list[int] = []
    functions, parts = count(), count(1)
    together: dict[int, int] = {}
    for each in outline.definitions:
        above = numbers[each.container] if each.container > 0 else 0
        if not above and each.kind in CALLABLE_KINDS:
            is_long = each.range.end_line - each.range.start_line >= LONG_LINES
            row = -1 if is_long else next(functions) // FUNCTIONS_TOGETHER
            above = together.get(row) or next(parts)
            if not is_long:
                together[row] = above
        numbers.append(above)
    return numbers if max(numbers) > 1 else [0] * len(numbers)


def _parts_of(numbers: Sequence[int], occurrences: Occurrences) -> list[Part]:
    parts: list[tuple[list[int], list[Reference], list[Import]]] = [([], [], []) for _ in range(max(numbers) + 1)]
    for index, number in enumerate(numbers):
        parts[number][0].append(index)
    for reference in occurrences.references:
        parts[numbers[reference.owner]][1].append(reference)
    for each in occurrences.imports:
        parts[numbers[each.owner]][2].append(each)
    return [Part(*part) for part in parts]
