"""Snapshots: look-ups, counts, and that an old one never changes."""

from __future__ import annotations

import pytest
from projects import Project

from codegraph.config import CascadeConfig
from codegraph.core.digests import embedding_key, signature_digest
from codegraph.core.symbols import SymbolId
from codegraph.errors import SymbolNotFound
from codegraph.graph.snapshot import Wishes

TEXT = """from b import helper

LIMIT = 3


class Outer:
    class Inner:
        def method(self):
            return helper() + helper()

    def method(self):
        return LIMIT
"""
FILES = {"a.py": TEXT, "b.py": "def helper():\n    return print(1)\n", "c.py": "import b\n\ndef f():\n    b.helper()\n"}


def test_at_finds_the_innermost_definition() -> None:
    """Positions in bodies, headers and between definitions; None for a file that is not indexed."""
    snapshot = Project(FILES).index.snapshot
    expected = {
        (8, 10): "a.py/Outer#Inner#method().",
        (7, 12): "a.py/Outer#Inner#method().",
        (6, 8): "a.py/Outer#Inner#",
        (10, 10): "a.py/Outer#method().",
        (5, 0): "a.py/Outer#",
        (2, 1): "a.py/LIMIT.",
        (0, 3): "a.py/",
    }
    found = {place: symbol.id for place in expected if (symbol := snapshot.at("a.py", *place))}
    assert found == expected
    assert snapshot.at("nobody.py", 0, 0) is None


def test_names_files_and_ids() -> None:
    """Symbols are found by exact name, by file in source order, and by id."""
    snapshot = Project(FILES).index.snapshot
    found = [symbol.id for symbol in snapshot.by_name("method")]
    assert found == ["a.py/Outer#Inner#method().", "a.py/Outer#method()."]
    assert snapshot.by_name("nobody") == ()
    assert [symbol.id for symbol in snapshot.in_file("b.py")] == ["b.py/", "b.py/helper()."]
    assert snapshot.in_file("nobody.py") == ()
    assert len(list(snapshot.symbols())) == snapshot.counts.symbols == 10
    assert snapshot.symbol(SymbolId("nobody")) is None
    module = snapshot.symbol(SymbolId("b.py/"))
    assert module is not None
    assert module.name == "b.py"


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_wishes_say_what_the_snapshot_says(depth: int) -> None:
    """Asked for one by one or by whole files, a wish has the wanted key and the signatures of the context."""
    snapshot = Project(FILES, cascade=CascadeConfig(depth=depth)).index.snapshot
    for symbol in snapshot.symbols():
        wish = next(Wishes(snapshot).each([symbol.id]))
        assert wish is not None
        assert wish.key == snapshot.wanted(symbol.id)
        assert wish.signatures == snapshot.render_source(symbol.id).signatures
        assert wish == next(Wishes(snapshot, whole_files=True).each([symbol.id]))
    assert next(Wishes(snapshot).each([SymbolId("nobody.py/")])) is None


def test_lines_are_counted_by_symbol_and_file() -> None:
    """A symbol's lines run from its first to its last; what is not there has none."""
    snapshot = Project(FILES).index.snapshot
    symbols = [SymbolId("a.py/Outer#"), SymbolId("a.py/LIMIT."), SymbolId("a.py/gone()."), SymbolId("x.py/f().")]
    assert snapshot.lines(symbols, ["a.py", "a.py", "a.py", "x.py"]) == [7, 1, 0, 0]


def test_dependents_are_the_inverse_of_dependencies() -> None:
    """Every edge is found from both of its ends, across files and inside of one."""
    snapshot = Project(FILES).index.snapshot
    every = [symbol.id for symbol in snapshot.symbols()]
    forward = sorted((edge.target, name, edge.kind) for name in every for edge in snapshot.dependencies(name))
    backward = sorted((name, source, edge.kind) for name in every for source, edge in snapshot.dependents(name))
    assert forward == backward
    assert ("b.py/helper().", "c.py/f().", "calls") in backward


def test_counts_follow_every_change() -> None:
    """Counts after a history equal those of a clean build, by kind and by reason."""
    project = Project(FILES)
    assert project.index.snapshot.counts.unresolved["builtin"] == 1
    project.change({"b.py": "def helper(:\n", "c.py": None})
    project.change({"d.py": "class D(Missing):\n    pass\n"})
    counts = project.index.snapshot.counts
    assert counts == project.clean().snapshot.counts
    assert (counts.files, counts.unread, counts.languages) == (3, {}, {"python": 3})
    project.change({"b.py": "(" * 1_000})
    assert project.index.snapshot.counts.unread == {"depth": 1}
    project.change({"many.py": "x = 1\n" * 20_001})
    assert project.index.snapshot.counts.unread == {"depth": 1, "symbols": 1}
    project.change({"many.py": None})
    assert project.index.snapshot.counts == project.clean().snapshot.counts
    project.change({"b.py": None})
    assert project.index.snapshot.counts.unread == {}


def test_what_is_wanted_can_be_rendered_from_its_source() -> None:
    """The key of every symbol is the hash of exactly what `render_source` gives (invariant I4)."""
    snapshot = Project(FILES).index.snapshot
    for symbol in snapshot.symbols():
        own, signatures = snapshot.render_source(symbol.id)
        key = embedding_key(snapshot.routes.code, snapshot.max_context, own, map(signature_digest, signatures))
        assert snapshot.wanted(symbol.id) == key
    assert snapshot.render_source(SymbolId("c.py/f().")).signatures == ("def helper ( )",)
    assert snapshot.context(SymbolId("c.py/f().")) == ("b.py/helper().",)


def test_an_unknown_symbol_is_not_found() -> None:
    """Asking for the edges or the key of what does not exist raises SymbolNotFound."""
    snapshot = Project(FILES).index.snapshot
    nobody = SymbolId("a.py/nobody().")
    questions = (snapshot.dependencies, snapshot.dependents, snapshot.wanted, snapshot.render_source, snapshot.blob)
    for question in questions:
        with pytest.raises(SymbolNotFound):
            question(nobody)
    assert snapshot.unresolved("nobody.py") == ()


def test_an_old_snapshot_never_changes() -> None:
    """A reader that keeps a snapshot keeps its answers, whatever the writer does meanwhile."""
    project = Project(FILES)
    old = project.index.snapshot
    answers = [(s.id, old.dependencies(s.id), old.dependents(s.id), old.wanted(s.id)) for s in old.symbols()]
    project.change({"a.py": None, "b.py": "def other():\n    pass\n", "c.py": "# only\n" + FILES["c.py"]})
    assert [(s.id, old.dependencies(s.id), old.dependents(s.id), old.wanted(s.id)) for s in old.symbols()] == answers
    assert old.clock != project.index.snapshot.clock


def test_names_follow_a_heading_whose_id_stays() -> None:
    """A heading's identifier has neither its case nor its signs: both may change, and only the name does."""
    project = Project({"a.md": "# Getting Started\n\nText.\n", "b.md": "# \U0001f4d6 Guide\n\nText.\n"})
    project.index.snapshot.complete()
    ids = set(project.index.snapshot.files["a.md"].ids)
    project.change({"a.md": "# Getting started\n\nText.\n", "b.md": "# Guide\n\nText.\n"})
    snapshot, clean = project.index.snapshot, project.clean().snapshot
    assert set(snapshot.files["a.md"].ids) == ids
    assert snapshot.names == clean.names
    assert snapshot.spellings == clean.spellings
    assert "Getting started" in snapshot.names
    assert "Getting Started" not in snapshot.names
