"""Masks of what a query's text asks for: of the live documents alone, whatever their history."""

from __future__ import annotations

import pytest

from codegraph.core.symbols import SymbolId, SymbolKind, symbol_id
from codegraph.search.catalogue import Catalogue
from codegraph.search.documents import LexicalDocument, qualified_name
from codegraph.search.lexical import LexicalIndex
from codegraph.search.narrowing import Narrowing, live, phrase_terms


def document(path: str, descriptor: str, *body: str) -> LexicalDocument:
    """Return the document of a function with this body."""
    qualified = qualified_name(descriptor)
    name = qualified.rpartition(".")[2]
    symbol = symbol_id(path, descriptor)
    return LexicalDocument(symbol, SymbolKind.FUNCTION, "python", name, qualified, "", "", body)


class Index:
    """A lexical index with its catalogue."""

    def __init__(self) -> None:
        self.catalogue = Catalogue()
        self.lexical = LexicalIndex.open(None, identity="test", catalogue=self.catalogue)

    def allowed(self, narrowing: Narrowing) -> list[str]:
        """Return the live symbols that a narrowing leaves, sorted."""
        view, index = self.catalogue.view(), self.lexical.view()
        mask = narrowing.mask(view, index, self.catalogue.number)
        alive = live(index, view.count)
        numbers = range(view.count)
        return sorted(view.symbols[n] for n in numbers if alive[n] and (mask is None or mask[n]))


@pytest.fixture
def index() -> Index:
    """Two files, one of which was replaced and one of which is gone."""
    made = Index()
    made.lexical.replace("lib/session.py", [document("lib/session.py", "Session#old().", "retry")])
    made.lexical.replace("gone.py", [document("gone.py", "f().", "retry")])
    made.lexical.replace(
        "lib/session.py",
        [
            document("lib/session.py", "Session#load().", "retry", "twice"),
            document("lib/session.py", "Session#Inner#run().", "twice"),
            document("lib/session.py", "SessionError#show().", "retry"),
        ],
    )
    made.lexical.replace("app/__init__.py", [document("app/__init__.py", "Session().", "load")])
    made.lexical.remove("gone.py")
    return made


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ("Session", ["Session#Inner#run().", "Session#load()."]),
        ("Session.Inner", ["Session#Inner#run()."]),
        ("Session::Inner", ["Session#Inner#run()."]),
        ("Inner", ["Session#Inner#run()."]),
        ("session", ["Session#Inner#run().", "Session#load().", "SessionError#show()."]),
        ("lib/session.py", ["Session#Inner#run().", "Session#load().", "SessionError#show()."]),
        ("session.py", ["Session#Inner#run().", "Session#load().", "SessionError#show()."]),
        ("ession.py", []),
        ("load", []),
    ],
)
def test_a_container_is_a_class_a_module_or_a_file(index: Index, container: str, expected: list[str]) -> None:
    """By whole names, at any depth; nothing stands in itself."""
    assert index.allowed(Narrowing(containers=(container,))) == [f"lib/session.py/{each}" for each in expected]


def test_a_folder_file_goes_by_its_folder(index: Index) -> None:
    """`app/__init__.py` is app; several containers are alternatives."""
    assert index.allowed(Narrowing(containers=("app",))) == ["app/__init__.py/Session()."]
    assert len(index.allowed(Narrowing(containers=("app", "Inner")))) == 2


def test_terms_must_all_be_there_and_dead_documents_do_not_count(index: Index) -> None:
    """Neither what a file held before nor what a deleted file held is found."""
    assert index.allowed(Narrowing(terms=phrase_terms(("retry",)))) == [
        "lib/session.py/Session#load().",
        "lib/session.py/SessionError#show().",
    ]
    assert index.allowed(Narrowing(terms=phrase_terms(("retry twice",)))) == ["lib/session.py/Session#load()."]
    assert index.allowed(Narrowing(terms=phrase_terms(("zebra",)))) == []


def test_marks_have_no_terms() -> None:
    """A phrase of marks alone narrows nothing here; the text itself is looked at later."""
    assert phrase_terms(("=> {",)) == ()


def test_a_set_of_symbols_is_just_that(index: Index) -> None:
    """Unknown ones are no harm, the empty set leaves nothing, and no bound leaves all."""
    known, unknown = SymbolId("app/__init__.py/Session()."), SymbolId("no.py/f().")
    assert index.allowed(Narrowing(symbols=frozenset({known, unknown}))) == [known]
    assert index.allowed(Narrowing(symbols=frozenset())) == []
    assert len(index.allowed(Narrowing())) == 4
