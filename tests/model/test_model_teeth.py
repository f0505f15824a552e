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

from codegraph.errors import InternalError
from codegraph.graph.dependency_graph import DependencyGraph
from codegraph.graph.resolve.keys import kind_of
from codegraph.graph.staleness import Marking, MarkingRule, Seeds, mark
from codegraph.graph.table import Elsewhere, SymbolTable, TracedReader, nowhere

HISTORIES = 2_000
"""A defect shows in the first few, a rare one late."""
STEPS = 12
DOCUMENTED = Library({**PYTHON.parts, **DOCUMENTS.parts})
COMMON = ("mod", "def", "imp", "star", "exp", "mem", "base", "ret", "elem", "top", "name")
KINDS = [
    *((PYTHON, kind) for kind in (*COMMON, "all", "dir")),
    *((JAVASCRIPT, kind) for kind in (*COMMON, "cfg")),
    *((GO, kind) for kind in ("imp", "def", "mem", "base", "ret", "top", "cfg")),
    *((GO, kind) for kind in ("unit", "file", "pkg", "pmem", "ifm", "emb", "set", "und")),
    *((JAVA, kind) for kind in ("imp", "pkg", "unit", "mem", "base", "ret")),
    *((PHP, kind) for kind in ("pkg", "mem", "base", "ret", "name", "mod")),
    *((RUST, kind) for kind in ("imp", "star", "def", "mod", "mem", "base", "ret", "top", "cfg", "unit")),
    *((RUST, kind) for kind in ("self", "pmem", "emb", "und", "val")),
    *((RUBY, kind) for kind in ("pkg", "file", "emb", "pmem", "name", "top", "ret", "mod")),
    *((C_SHARP, kind) for kind in ("imp", "mem", "base", "ret", "unit", "file", "ifm")),
    *((C, kind) for kind in ("cdef", "top", "mod")),
    *((DOCUMENTED, kind) for kind in ("any", "path")),
    *((CPP, kind) for kind in ("cns", "unit", "imp", "mem", "base", "ret", "ali", "cdef", "top", "mod")),
]
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
}


def fails(histories: int = HISTORIES, library: Library = PYTHON, **seams: Any) -> bool:
    """Say whether random histories of a library show a difference with these parts in place."""
    choose = random.Random(1)
    try:
        for _ in range(histories):
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


@pytest.mark.parametrize(
    "library",
    [PYTHON, JAVASCRIPT, GO, JAVA, PHP, RUBY, RUST, C, CPP, C_SHARP, DOCUMENTED],
    ids=["python", "javascript", "go", "java", "php", "ruby", "rust", "c", "cpp", "c_sharp", "documents"],
)
def test_the_whole_machinery_passes(library: Library) -> None:
    """The seams as such do no harm: with the real parts in place nothing differs."""
    assert not fails(40, library, table=SymbolTable, marking=mark)


@pytest.mark.parametrize("name", ["own", "new", "signature", "edges"])
def test_a_weakened_marking_fails(name: str) -> None:
    """Each of the rules of staleness is needed."""
    assert fails(marking=without_seed(name))


def test_a_shorter_search_fails() -> None:
    """The distance in the rules is needed."""
    assert fails(marking=one_step_less)


@pytest.mark.parametrize(("library", "kind"), KINDS, ids=[f"{NAMES[id(one)]}-{kind}" for one, kind in KINDS])
def test_a_key_kind_that_is_not_reported_fails(library: Library, kind: str) -> None:
    """Each kind of table key is needed."""
    assert fails(library=library, table=deaf_to(kind))


def test_forgetting_misses_fails() -> None:
    """Keys that were asked for in vain have to be remembered too."""
    assert fails(table=_TableForgetsMisses)
