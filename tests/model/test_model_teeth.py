"""Invariant I12: the model test has teeth. Each part of the machinery is weakened in turn; it must fail.

The weakened parts come in through the seams of `Index`; nothing in the package can be switched off.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from checked_project import CheckedProject
from header_libraries import CPP
from libraries import DOCUMENTS, JAVASCRIPT, PYTHON, Library
from package_libraries import C_SHARP, GO, JAVA, PHP, RUBY, RUST, C
from view_libraries import LARAVEL, PATHS, RAILS, WEB

from codegraph.errors import InternalError
from codegraph.graph.dependency_graph import DependencyGraph
from codegraph.graph.resolve.keys import kind_of
from codegraph.graph.staleness import Marking, MarkingRule, Seeds, mark
from codegraph.graph.table import Elsewhere, SymbolTable, TracedReader, nowhere

HISTORIES = 2_000
"""A defect shows in the first few, a rare one late: where it is known to, the search begins there."""
STEPS = 12
DOCUMENTED = Library({**PYTHON.parts, **DOCUMENTS.parts})
KINDS = [
    (PYTHON, "mod:2 def:3 imp:72 star:11 exp:34 mem:27 base:9 ret:31 elem:28 top:1 name:1 all:113 dir:20"),
    (JAVASCRIPT, "mod:1 def:4 imp:9 star:16 exp:4 mem:29 base:47 ret:161 elem:71 top:70 name:4 cfg:4"),
    (GO, "imp:12 def:181 mem:103 base:16 ret:80 top:3 cfg:9 unit:31 file:8 pkg:0 pmem:25 ifm:17 emb:32 set:21 und:80"),
    (JAVA, "imp:7 pkg:2 unit:45 mem:2 base:8 ret:39"),
    (PHP, "pkg:1 mem:7 base:47 ret:9 name:1 mod:13"),
    (RUST, "imp:59 star:9 def:2 mod:1 mem:11 base:12 ret:496 top:9 cfg:1 self:12 pmem:157 emb:30 und:24 val:11"),
    (RUBY, "pkg:1 file:0 emb:6 pmem:1 name:1 top:5 ret:4 mod:67"),
    (C_SHARP, "imp:3 mem:5 base:2 ret:7 unit:6 file:0 ifm:7"),
    (C, "cdef:0 top:10 mod:20"),
    (DOCUMENTED, "any:0 path:0"),
    (CPP, "cns:2 unit:5 imp:16 mem:16 base:22 ret:120 ali:38 cdef:4 top:5 mod:10"),
    (RAILS, "emb:18 file:2 name:0 pkg:0 pmem:0"),
    (LARAVEL, "base:6 mem:3 name:1 own:18 pkg:2"),
    (WEB, "exp:4 mod:8 name:13"),
    (PATHS, "def:0 imp:37 mod:4 name:0 top:2"),
]
"""Kinds of keys, each with the number of the first history in which a table that is deaf to it shows.

Rust's `unit` (which file declares another) is not here: since imports that find nothing are doubted, whoever reads it
reads another key that changes with it in all of 2,600 histories.
"""
NAMES = {
    id(PYTHON): "py",
    id(JAVASCRIPT): "ts",
    id(GO): "go",
    id(JAVA): "java",
    id(PHP): "php",
    id(RUST): "rust",
    id(RUBY): "ruby",
    id(C): "c",
    id(CPP): "cpp",
    id(DOCUMENTED): "documents",
    id(C_SHARP): "cs",
    id(RAILS): "rails",
    id(LARAVEL): "laravel",
    id(WEB): "web",
    id(PATHS): "paths",
}


def fails(histories: int = HISTORIES, library: Library = PYTHON, first: int = 0, **seams: Any) -> bool:
    """Say whether random histories of a library, numbered from `first`, show a difference with these parts in place."""
    try:
        for number in range(first, first + histories):
            choose = random.Random(number)
            checked = CheckedProject(**seams)
            choices = library.draw(choose)
            checked.change(
                {path: library.text(path, choice) for path, choice in choices.items() if choose.random() < 0.8}
            )
            for _ in range(STEPS):
                path, place, variant = choose.choice(library.edits)
                choices[path][place] = variant
                checked.change({path: None if choose.random() < 0.15 else library.text(path, choices[path])})
                checked.compare()
    except (AssertionError, InternalError):
        return True
    return False


def without_seed(name: str) -> MarkingRule:
    """Return the rule of staleness with one kind of seed left out."""

    def weakened(graph: DependencyGraph, seeds: Seeds, depth: int) -> Marking:
        setattr(seeds, name, [])
        return mark(graph, seeds, depth)

    return weakened


def one_step_less(graph: DependencyGraph, seeds: Seeds, depth: int) -> Marking:
    """Search one step less than the rule says."""
    return mark(graph, seeds, depth - 1)


def deaf_to(kind: str) -> Callable[[], SymbolTable]:
    """Return a table that does not report changes of one kind of key."""

    class Deaf(SymbolTable):
        def readers(self, keys: Iterable[str]) -> list[str]:
            return super().readers(key for key in keys if kind_of(key) != kind)

    return Deaf


class _ForgetsMisses(TracedReader):
    def reads(self) -> tuple[str, ...]:
        return tuple(key for key, value in sorted(self._log.items()) if value is not None)


class _TableForgetsMisses(SymbolTable):
    def reader(self, elsewhere: Elsewhere = nowhere) -> TracedReader:
        return _ForgetsMisses(self, elsewhere)


@pytest.mark.parametrize("library", [library for library, _ in KINDS], ids=lambda library: NAMES[id(library)])
def test_the_whole_machinery_passes(library: Library) -> None:
    """The seams as such do no harm: with the real parts in place nothing differs."""
    assert not fails(20, library, table=SymbolTable, marking=mark)


@pytest.mark.parametrize("name", ["own", "new", "signature", "edges"])
def test_a_weakened_marking_fails(name: str) -> None:
    """Each of the rules of staleness is needed."""
    assert fails(marking=without_seed(name))


def test_a_shorter_search_fails() -> None:
    """The distance in the rules is needed."""
    assert fails(marking=one_step_less)


@pytest.mark.parametrize(
    ("library", "kind", "first"),
    [
        pytest.param(library, kind, first, id=f"{NAMES[id(library)]}-{kind}")
        for library, kinds in KINDS
        for kind, first in ((kind, int(first)) for kind, _, first in (word.partition(":") for word in kinds.split()))
    ],
)
def test_a_key_kind_that_is_not_reported_fails(library: Library, kind: str, first: int) -> None:
    """Each kind of table key is needed."""
    assert fails(library=library, first=first, table=deaf_to(kind))


def test_forgetting_misses_fails() -> None:
    """Keys that were asked for in vain have to be remembered too."""
    assert fails(table=_TableForgetsMisses)
