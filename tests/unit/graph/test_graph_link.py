"""Linking a file whose scheme has a defect: the file has no edges, and says so; the index goes on."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from python_sources import facts_of

from codegraph.core.symbols import DependencyKind
from codegraph.graph import link
from codegraph.graph.table import SymbolTable


class Stumbling:
    """A scheme that asks for a name and then fails, and offers nothing either."""

    def contributions(self, path, outline, occurrences):
        """Fail."""
        raise IndexError("string index out of range")

    def link(self, path, outline, occurrences, table):
        """Fail."""
        table.named("python", "g")
        raise ValueError("what nobody thought of")


def test_a_scheme_that_fails_costs_one_file_its_edges(monkeypatch):
    """Containment stays, references are counted as failed, and what was asked for links the file again."""
    monkeypatch.setattr(link, "scheme_of", lambda _language: Stumbling())
    facts = facts_of(b"def f(): return g()\n")
    with pytest.warns(RuntimeWarning, match=r"a\.py is not linked: ValueError: what nobody thought of"):
        linked = link.link_file("a.py", facts.outline, facts.occurrences, SymbolTable())
    assert [edge.kind for edge in linked.links.dependencies(0)] == [DependencyKind.CONTAINS]
    assert linked.links.dependencies(1) == ()
    assert [(one.name, one.reason) for one in linked.links.unresolved()] == [("g", "failed")]
    assert linked.reads


def test_a_scheme_that_gives_no_links_costs_one_file_its_edges(monkeypatch):
    """A reason that there is not cannot be stored: found out here, it stops no index."""
    scheme, facts = link.scheme_of("python"), facts_of(b"def f(): return g()\n")

    class Inventive:
        def link(self, path, outline, occurrences, table):
            found = scheme.link(path, outline, occurrences, table)
            return replace(found, unresolved=tuple(replace(one, reason="invented") for one in found.unresolved))

    monkeypatch.setattr(link, "scheme_of", lambda _language: Inventive())
    with pytest.warns(RuntimeWarning, match=r"a\.py is not linked: KeyError: 'invented'"):
        linked = link.link_file("a.py", facts.outline, facts.occurrences, SymbolTable())
    assert [(one.name, one.reason) for one in linked.links.unresolved()] == [("g", "failed")]


def test_a_scheme_that_fails_offers_nothing(monkeypatch):
    """Others do not find the names of the file; the index goes on."""
    monkeypatch.setattr(link, "scheme_of", lambda _language: Stumbling())
    facts = facts_of(b"def f(): return g()\n")
    with pytest.warns(RuntimeWarning, match=r"a\.py is known to no other file: IndexError"):
        assert link.contributions_of("a.py", facts.outline, facts.occurrences) == {}


def test_a_defect_is_no_secret_in_tests(monkeypatch):
    """Warnings are errors here, so no test passes over a scheme that fails."""
    monkeypatch.setattr(link, "scheme_of", lambda _language: Stumbling())
    facts = facts_of(b"def f(): return g()\n")
    with pytest.raises(RuntimeWarning):
        link.link_file("a.py", facts.outline, facts.occurrences, SymbolTable())
