"""Which vector a symbol is served with: reused where one is there, never one of another key."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from workbench import Workbench

from codegraph.core.facts import OwnInput
from codegraph.core.symbols import Freshness, SymbolId
from codegraph.daemon import served
from codegraph.search.documents import LexicalDocument, make_document

F, G = SymbolId("a.py/f()."), SymbolId("b.py/g().")
FILES = {"a.py": "from b import g\ndef f(): return g()\n", "b.py": "def g(): return 1\n"}
EDITED = {"b.py": "def g(x=0): return 1\n"}


@pytest.fixture
def bench(project_of: Any) -> Workbench:
    """Two files, up to date; context reaches two steps."""
    found: Workbench = project_of(FILES, cascade__depth=2)
    return found


def test_every_served_key_has_its_vector_in_the_index(bench: Workbench) -> None:
    """`keys` and the search index never disagree."""
    for symbol in bench.view.snapshot.places:
        assert bench.view.served[symbol] == bench.view.snapshot.wanted(symbol)
        assert bench.vector(symbol) is not None


def test_undo_reuses_and_counts_it(bench: Workbench) -> None:
    """The vector of an earlier text is served again at once, from the project's own vectors."""
    bench.write(EDITED)
    bench.update()
    reused, batches = bench.project.pipeline.served.reused, len(bench.batches)
    bench.write({"b.py": FILES["b.py"]})
    bench.apply()
    assert bench.view.freshness(F) is Freshness.FRESH
    assert bench.view.freshness(G) is Freshness.FRESH
    assert bench.project.pipeline.served.reused == reused + 2
    assert len(bench.batches) == batches
    assert all(bench.view.verdicts[symbol].reused for symbol in (F, G))


def test_a_vector_is_the_same_wherever_it_was_found(project_of: Any) -> None:
    """Just made, or from the tier on disk, the search index has the same of it: scores do not tell the past."""
    bench = project_of(FILES, cache__cold_bytes=1 << 24)
    store, key = bench.project.parts.store, bench.view.snapshot.wanted(G)
    made = store.vectors([key])
    bench.write(EDITED)
    bench.update()
    bench.collect()
    bench.project.parts.tiers.drain()
    bench.restart()
    bench.write({"b.py": FILES["b.py"]})
    bench.apply()
    assert bench.view.freshness(G) is Freshness.FRESH
    assert store is not bench.project.parts.store
    assert bench.project.parts.store.vectors([key]) == made
    assert made


def test_of_an_edited_file_only_what_differs_is_documented_again(bench: Workbench, monkeypatch: Any) -> None:
    """Words of symbols that an edit leaves as they are come from the last time, and stay findable."""
    text = "def f(): return 1\ndef h(): return two\n"
    bench.write({"a.py": text})
    bench.update()
    made: list[str] = []

    def noted(path: str, descriptor: str, own: OwnInput) -> LexicalDocument:
        made.append(descriptor)
        return make_document(path, descriptor, own)

    monkeypatch.setattr(served, "make_document", noted)
    bench.write({"a.py": text.replace("1", "one")})
    bench.update()
    assert made == ["f()."]
    bench.check()


def test_tiers_are_asked_when_the_project_has_no_vector(bench: Workbench) -> None:
    """After garbage collection the cache of the machine still has it; it goes back into the store."""
    bench.write(EDITED)
    bench.update()
    bench.collect()
    batches = len(bench.batches)
    bench.write({"b.py": FILES["b.py"]})
    bench.update()
    assert len(bench.batches) == batches
    assert bench.project.parts.store.vectors([bench.view.snapshot.wanted(G)])
    bench.check()


def test_vector_of_another_length_is_not_reused(bench: Workbench) -> None:
    """A foreign vector under the right key is no vector."""
    snapshot = bench.view.snapshot
    bench.write(EDITED)
    bench.update()
    bench.collect()
    key = snapshot.wanted(G)
    bench.project.parts.tiers.put_many({key: np.ones(3, np.float32)})
    bench.write({"b.py": FILES["b.py"]})
    bench.update()
    bench.check()


def test_removed_symbols_are_served_no_more(bench: Workbench) -> None:
    """Key, verdict, document and vector go with the symbol."""
    bench.delete("b.py")
    bench.update()
    assert G not in bench.view.served
    assert G not in bench.view.verdicts
    assert bench.vector(G) is None


def test_verdicts_tell_rule_cut_and_revision(bench: Workbench) -> None:
    """What came of marking is kept per symbol until it is marked again."""
    revision = bench.view.snapshot.clock.revision
    bench.write({"b.py": "def g():\n    return h()\ndef h(): return 1\n", "c.py": "x = 1\n"})
    bench.update()
    bench.write({"c.py": "x = 2\n"})
    bench.update()
    own, reached = bench.view.verdicts[G], bench.view.verdicts[F]
    assert (own.cause.rule, own.changed, own.revision) == ("own", True, revision + 1)
    assert (reached.cause.rule, reached.cause.origin, reached.cause.route) == ("edges", G, (F, G))


def test_cut_off_symbol_keeps_its_vector_and_says_so(project_of: Any) -> None:
    """A symbol that was looked at for nothing is counted as cut, and its verdict says unchanged."""
    bench = project_of(FILES, cascade__max_context=0)
    before = bench.vector(F)
    bench.write(EDITED)
    bench.update()
    assert bench.project.pipeline.served.cut == 1
    assert not bench.view.verdicts[F].changed
    assert (bench.vector(F) == before).all()


def test_commit_writes_only_the_records_that_changed(bench: Workbench) -> None:
    """Symbol records of files that nothing reached are not written again."""
    written: list[str] = []
    store = bench.project.parts.store
    commit = store.commit

    def recorded(record: Any) -> None:
        written.extend(record.symbols)
        commit(record)

    store.commit = recorded
    bench.write({"c.py": "def unrelated(): return 1\n"})
    bench.update()
    assert written == ["c.py"]


def test_old_view_is_untouched_by_later_changes(bench: Workbench) -> None:
    """A reader that keeps a view sees one revision, vectors and verdicts included."""
    view = bench.view
    served, verdicts = dict(view.served), dict(view.verdicts)
    bench.write(EDITED)
    bench.delete("a.py")
    bench.update()
    assert (dict(view.served), dict(view.verdicts)) == (served, verdicts)
    assert view.freshness(G) is Freshness.FRESH
