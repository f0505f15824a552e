"""Resolution by name alone: `codegraph.graph.resolve.plain`."""

from __future__ import annotations

from codegraph.config import CascadeConfig
from codegraph.core.changes import ChangeSet
from codegraph.core.facts import FileFacts
from codegraph.core.routes import Routes
from codegraph.core.symbols import Confidence, DependencyKind, SymbolId
from codegraph.extract.extractor import Limits, extract
from codegraph.graph.index import Index


def index_of(files: dict[str, tuple[str, str]]) -> Index:
    facts: dict[str, FileFacts] = {
        path: extract(source.encode(), language, Limits()) for path, (language, source) in files.items()
    }
    by_blob = {each.blob: each.occurrences for each in facts.values()}
    index = Index(
        instance="t",
        cascade=CascadeConfig(),
        routes=Routes(b"m" * 16),
        load_occurrences=lambda _, blob: by_blob[blob],
    )
    index.apply(ChangeSet(dict(facts)))
    return index


def edges(index: Index, symbol: str) -> set[tuple[str, DependencyKind, Confidence]]:
    return {
        (each.target, each.kind, each.confidence)
        for each in index.snapshot.dependencies(SymbolId(symbol))
        if each.kind is not DependencyKind.CONTAINS
    }


def test_the_only_definition_of_a_name_is_inferred() -> None:
    """A call of a name with one definition in the language gets an inferred edge, across files."""
    index = index_of({"a.lua": ("lua", "function F() G() end\n"), "b.lua": ("lua", "function G() end\n")})
    assert edges(index, "a.lua/F().") == {("b.lua/G().", DependencyKind.CALLS, Confidence.INFERRED)}


def test_a_name_with_two_definitions_elsewhere_is_ambiguous() -> None:
    """Two definitions in other files give no edge, and the reason is said."""
    files = {f"{name}.lua": ("lua", "function G() end\n") for name in "bc"}
    index = index_of({"a.lua": ("lua", "function F() G() end\n"), **files})
    assert edges(index, "a.lua/F().") == set()
    assert [each.reason for each in index.snapshot.files["a.lua"].links.unresolved()] == ["ambiguous"]


def test_a_file_prefers_its_own_definitions() -> None:
    """A definition in the same file wins over others; several of them are ambiguous, all named."""
    index = index_of(
        {
            "a.kt": (
                "kotlin",
                "class A {\n fun f() { g() }\n fun g() {}\n fun h() { x() }\n fun x() {}\n fun x(a: Int) {}\n}\n",
            ),
            "b.kt": ("kotlin", "class B { fun g() {} }"),
        }
    )
    assert edges(index, "a.kt/A#f().") == {("a.kt/A#g().", DependencyKind.CALLS, Confidence.INFERRED)}
    assert {sure for _, _, sure in edges(index, "a.kt/A#h().")} == {Confidence.AMBIGUOUS}
    assert len(edges(index, "a.kt/A#h().")) == 2


def test_a_parameter_is_no_function() -> None:
    """Calling a parameter is no call of the function of that name."""
    index = index_of({"a.c": ("c", "void f(int (*g)(void)) { g(); }\n"), "b.c": ("c", "int g(void) { return 1; }\n")})
    assert edges(index, "a.c/f().") == set()


def test_languages_do_not_mix() -> None:
    """A name of one language is not found in another, but C and C++ share theirs."""
    index = index_of(
        {
            "a.lua": ("lua", "function F() G() end\n"),
            "b.rb": ("ruby", "def G(); end\n"),
            "c.cpp": ("cpp", "void h() { low(); }\n"),
            "d.c": ("c", "int low(void) { return 1; }\n"),
        }
    )
    assert edges(index, "a.lua/F().") == set()
    assert edges(index, "c.cpp/h().") == {("d.c/low().", DependencyKind.CALLS, Confidence.EXACT)}
