"""Searches with filters in their text, and copies beneath the result that they repeat."""

from __future__ import annotations

from typing import Any

import pytest
from workbench import Workbench

from codegraph.daemon.messages import EmptyReason, Filters, SearchParams, SearchResult
from codegraph.daemon.searching import answer_search
from codegraph.errors import UsageError

LOAD = '''
def load(path, retries=3):
    """Read a table; gives up after some retries."""
    for attempt in range(retries):
        try:
            return parse(open(path).read(), strict=True)
        except OSError as error:
            report("could not read: %s", error)
    raise LookupError(path)
'''
FILES = {
    "store/tables.py": "def parse(text, strict): return text\n\ndef report(text, error): pass\n" + LOAD,
    "store/session.py": "from store.tables import load\n\nclass Session:\n    def table(self, path):\n"
    "        return load(path)\n\n    def close(self):\n        self.table = None\n\ndef table_size(): return 1\n",
    "vendor/tables.py": "import old\n" + LOAD.replace("retries=3", "retries=5"),
    "web/paths.py": "import os\n\ndef place(name): return os.path.join('web', name)\n\n"
    "def all_of(names): return ','.join(names)\n",
    "web/table.js": "export function loadTable(path) { return fetch(path) }\n",
}


@pytest.fixture
def bench(project_of: Any) -> Workbench:
    """A small project in two languages with a vendored copy."""
    made: Workbench = project_of(FILES)
    return made


def ask(bench: Workbench, query: str, **options: Any) -> SearchResult:
    """Search by words alone."""
    return answer_search(bench.project, bench.view, SearchParams(query=query, **options), {})


def ids(found: SearchResult) -> list[str]:
    """Return the ids of the results, sorted."""
    return sorted(hit.symbol.id for hit in found.results)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("table lang:js kind:function", ["web/table.js/loadTable()."]),
        ("load in:Session", ["store/session.py/Session#table()."]),
        ("table in:session.py kind:function", ["store/session.py/table_size()."]),
        ("kind:function -path:vendor/ -path:web/ load", ["store/tables.py/load()."]),
        ("calls:load", ["store/session.py/Session#table()."]),
        ("calls:store.tables.load", ["store/session.py/Session#table()."]),
        ("calls:os.path.join", ["web/paths.py/place()."]),
        ("calls:path.join", ["web/paths.py/place()."]),
        ("calls:posixpath.join", []),
        ("calls:fetch", ["web/table.js/loadTable()."]),
        ("calls:open path:store/", ["store/tables.py/load()."]),
        ('"could not read: %s" path:store', ["store/tables.py/load()."]),
        ('"gives up after" path:store', ["store/tables.py/load()."]),
        ('"def load(path, retries=5)"', ["vendor/tables.py/load()."]),
        ('"raise   LookupError(path)" -path:vendor', ["store/tables.py/load()."]),
        ('"self.table = None"', ["store/session.py/Session#close()."]),
        ('"raise lookuperror"', []),
        ('"look" kind:function', []),
        ("in:Session kind:method", ["store/session.py/Session#close().", "store/session.py/Session#table()."]),
    ],
)
def test_filters_keep_what_they_say(bench: Workbench, query: str, expected: list[str]) -> None:
    """By language, kind, path, container, what is called, and what stands in the text exactly."""
    found = ask(bench, query)
    assert ids(found) == expected
    assert found.reason is (EmptyReason.NOT_EMPTY if expected else found.reason)


def test_filters_of_text_and_parameters_both_hold(bench: Workbench) -> None:
    """Neither widens the other."""
    assert ids(ask(bench, "load kind:function", filters=Filters(languages=("javascript",)))) == [
        "web/table.js/loadTable()."
    ]
    nothing = ask(bench, "load lang:python", filters=Filters(languages=("javascript",)))
    assert (nothing.results, nothing.reason) == ((), EmptyReason.FILTERED)


def test_languages_have_the_names_that_queries_give_them(bench: Workbench) -> None:
    """Short names and any case do; an unknown language is refused, for it would leave nothing of any answer."""
    for name in ("js", "JavaScript", "javascript"):
        assert ids(ask(bench, "load kind:function", filters=Filters(languages=(name,)))) == [
            "web/table.js/loadTable()."
        ]
    with pytest.raises(UsageError, match=r"no language 'cobol'; one of: .*python"):
        ask(bench, "load", filters=Filters(languages=("cobol",)))


def test_an_answer_says_how_its_query_was_read(bench: Workbench) -> None:
    """What was ranked by, and every filter; ordinary text is nothing but text."""
    understood = ask(bench, 'load lang:py "a table" foo:bar').understood
    assert (understood.text, understood.languages, understood.phrases) == (
        "load a table foo:bar",
        ("python",),
        ("a table",),
    )
    assert ask(bench, "load x:y").understood.text == "load x:y"


def test_a_copy_is_folded_beneath_the_better_hit(bench: Workbench) -> None:
    """The vendored copy differs in a number: it is one of two results only if all are wanted."""
    found = ask(bench, "load retries kind:function lang:python", limit=10)
    copies = [(hit.symbol.id, hit.folded_under) for hit in found.folded]
    loads = {"store/tables.py/load().", "vendor/tables.py/load()."}
    assert len(copies) == 1
    assert set(copies[0]) == loads
    assert len(loads & set(ids(found))) == 1
    every = ask(bench, "load retries kind:function lang:python", limit=10, fold=False)
    assert loads <= set(ids(every))
    assert every.folded == ()


def test_folding_makes_room(bench: Workbench) -> None:
    """A limit counts what is shown, so the next different symbol moves up."""
    bench.write({f"copy{number}/tables.py": LOAD for number in range(4)} | {"z.py": "def load_one(): retries()\n"})
    bench.update()
    found = ask(bench, "load retries kind:function", limit=2)
    assert len({hit.symbol.name for hit in found.results}) == 2
    assert len(found.folded) == 5


def test_small_and_different_symbols_are_not_folded(project_of: Any) -> None:
    """Getters are all alike, and a name is no reason to be a copy."""
    getter = "class {0}:\n    def get_name(self):\n        return self.name\n"
    other = LOAD.replace("for attempt in range(retries):", "while retries.left():").replace(
        "report(", "log.warning(self, "
    )
    other = other.replace("parse(open(path).read(), strict=True)", "self.cache[path, retries.key] or decode(path.text)")
    bench = project_of({"a.py": getter.format("A") + LOAD, "b.py": getter.format("B") + other})
    for query in ("get_name", "load"):
        found = ask(bench, f"{query} kind:function,method")
        assert (len(found.results), found.folded) == (2, ())
