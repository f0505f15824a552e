"""A change of models on a running project: old vectors are served as stale, going back costs nothing (I2, I4)."""

from __future__ import annotations

from typing import Any

import pytest
from workbench import Workbench

from codegraph.core.routes import Routes
from codegraph.core.symbols import Freshness, SymbolId
from codegraph.daemon.messages import SearchParams
from codegraph.daemon.searching import answer_search
from codegraph.embed.encoder import RecordingEncoder
from codegraph.errors import EncoderError, StoreFull

FILES = {
    "a.py": '"""Words of a module."""\nfrom b import g\ndef f(): return g()\n',
    "b.py": "def g(): return 1\ndef k(x, y):\n    z = x + y\n    return z\n",
    "c.js": "function h() { return 2 }\n",
}
F, G, K = SymbolId("a.py/f()."), SymbolId("b.py/g()."), SymbolId("b.py/k().")
FIRST = RecordingEncoder()
SECOND = RecordingEncoder("second", 24)


@pytest.fixture
def bench(project_of: Any) -> Workbench:
    """Three files, embedded by the first model."""
    found: Workbench = project_of(FILES)
    return found


def states(bench: Workbench) -> set[Freshness]:
    """Return the states of all symbols."""
    return {bench.view.freshness(symbol) for symbol in bench.view.snapshot.places}


def searched(bench: Workbench, text: str) -> dict[str, str]:
    """Search with the vectors of every model that has any; return symbols and their states."""
    vectors = bench.project.embed_query(text).result(0)
    found = answer_search(bench.project, bench.view, SearchParams(query=text, limit=50), vectors)
    symbols = [hit.symbol.id for hit in found.results]
    assert len(symbols) == len(set(symbols)), "a symbol was found twice"
    return {hit.symbol.id: str(hit.symbol.state) for hit in found.results}


def test_old_vectors_are_served_until_the_new_ones_come(bench: Workbench) -> None:
    """During the change every symbol is found, by one model's vector; half of them by the old one, as stale."""
    count = len(bench.view.snapshot.places)
    bench.settings["embedding.batch_symbols"] = 2
    bench.restart()
    bench.update()
    bench.use(SECOND)
    assert states(bench) == {Freshness.STALE}
    assert set(searched(bench, "f").values()) == {"stale"}
    assert bench.answer()
    bench.turn()
    assert states(bench) == {Freshness.STALE, Freshness.FRESH}
    assert bench.project.parts.searcher.models() == {FIRST.identity: count - 2, SECOND.identity: 2}
    found = searched(bench, "f")
    assert len(found) == count
    assert set(found.values()) == {"stale", "fresh"}
    bench.drain()
    assert list(bench.project.parts.searcher.models()) == [SECOND.identity]
    assert list(bench.project.parts.encoders.models) == [SECOND.identity], "the old model is still in use"
    bench.check()


def test_going_back_costs_nothing(bench: Workbench) -> None:
    """Keys of the first model hit the store: not one embedding, and all is as in a clean build."""
    bench.use(SECOND)
    bench.drain()
    batches = len(bench.batches)
    bench.use(FIRST)
    assert states(bench) == {Freshness.FRESH}
    bench.drain()
    assert len(bench.batches) == batches
    bench.check()


def test_going_back_half_way_costs_nothing(bench: Workbench) -> None:
    """What was not embedded yet is never embedded; what is on its way is filed and serves nobody."""
    bench.use(SECOND)
    bench.use(FIRST)
    assert states(bench) == {Freshness.FRESH}
    bench.drain()
    assert bench.served_by(F) == FIRST.identity
    bench.check()


def test_change_that_the_disk_refuses_can_be_asked_for_again(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models that could not come into use are not taken for those in use."""
    store = bench.project.parts.store

    def full(*_arguments: object) -> None:
        raise StoreFull("the disk is full", "make room")

    with monkeypatch.context() as broken:
        broken.setattr(store, "set_meta", full)
        with pytest.raises(AssertionError, match="the disk is full"):
            bench.use(SECOND)
    bench.now += 60
    bench.turn()
    bench.use(SECOND)
    bench.drain()
    assert bench.served_by(F) == SECOND.identity
    bench.check()


@pytest.mark.parametrize("answered", [0, 1])
def test_restart_in_the_middle_goes_on(bench: Workbench, answered: int) -> None:
    """The rest is still served by the old model, queries ask both, and nothing is embedded twice."""
    bench.settings["embedding.batch_symbols"] = 2
    bench.restart()
    bench.update()
    bench.use(SECOND)
    for _ in range(answered):
        bench.answer()
        bench.turn()
    bench.restart()
    assert bench.project.parts.searcher.models()[FIRST.identity] == len(bench.view.snapshot.places) - 2 * answered
    assert len(searched(bench, "f")) == len(bench.view.snapshot.places)
    bench.update()
    keys = bench.embedded()
    assert len(keys) == len(set(keys))
    bench.check()


def test_edits_go_before_the_change_of_model(bench: Workbench) -> None:
    """What an edit wants does not wait for the cold queue."""
    bench.settings["embedding.batch_symbols"] = 1
    bench.restart()
    bench.update()
    bench.use(SECOND)
    bench.write({"b.py": "def g(): return 3\n"})
    bench.apply()
    batches = len(bench.batches)
    while bench.view.freshness(G) is not Freshness.FRESH:
        assert bench.answer()
        bench.turn()
    assert len(bench.batches) - batches <= 5
    bench.drain()
    bench.check()


def test_failing_model_leaves_the_old_vectors_and_is_named(bench: Workbench) -> None:
    """Nothing that failed is stored; symbols stay stale, the error is told, and it is tried again."""
    bench.use(SECOND)
    bench.embedder.answer(EncoderError("the endpoint is down"))
    bench.turn()
    assert states(bench) == {Freshness.STALE}
    assert "the endpoint is down" in bench.project.problem()
    bench.drain()
    assert bench.project.problem() == ""
    bench.check()


def test_routes_lead_to_several_models(bench: Workbench) -> None:
    """Each symbol is embedded by its own model, edits and restarts included (I1, I2, I4)."""
    routes = Routes(FIRST.identity, text=SECOND.identity)
    bench.encoders[SECOND.identity] = SECOND
    bench.use(routes=routes)
    bench.drain()
    assert bench.served_by(F) == FIRST.identity
    assert bench.served_by(SymbolId("a.py/")) == SECOND.identity
    bench.check()
    bench.write({"a.py": '"""Other words."""\ndef f(): return 5\n'})
    bench.update()
    bench.check()
    bench.restart(routes=routes)
    batches = len(bench.batches)
    bench.update()
    assert len(bench.batches) == batches
    bench.check()


def test_data_flow_is_followed_when_the_model_reads_it(bench: Workbench) -> None:
    """Every file is extracted again, nothing is embedded before that, and symbols without flow take the fallback."""
    second = bench.encoders[SECOND.identity] = RecordingEncoder("second", 24)
    routes = Routes(SECOND.identity, FIRST.identity, reads_data_flow=True, expects_data_flow=True)
    bench.use(routes=routes)
    bench.drain()
    assert bench.served_by(K) == SECOND.identity
    assert bench.served_by(SymbolId("b.py/")) == FIRST.identity
    assert bench.renders.inputs[bench.view.snapshot.wanted(K)].data_flow
    assert sorted(source.name for source in second.recorded) == ["f", "g", "h", "k"], "something was embedded twice"
    bench.check()
    batches = len(bench.batches)
    bench.use(FIRST)
    bench.drain()
    assert len(bench.batches) == batches, "going back cost an embedding"
    bench.check()


def test_data_flow_after_a_restart(bench: Workbench) -> None:
    """With other routes at a start the old vectors are served while the files are extracted again."""
    bench.encoders[SECOND.identity] = SECOND
    bench.restart(routes=Routes(SECOND.identity, reads_data_flow=True, expects_data_flow=True))
    assert states(bench) == {Freshness.STALE}
    assert set(searched(bench, "f").values()) == {"stale"}
    bench.update()
    bench.check()
    batches = len(bench.batches)
    bench.restart(routes=Routes(FIRST.identity))
    bench.update()
    assert len(bench.batches) == batches
    bench.check()


def test_unreadable_note_of_models_costs_only_the_old_vectors(bench: Workbench) -> None:
    """What the store says of models in use is checked like anything else from a disk."""
    bench.project.parts.store.set_meta("models", b"\xff")
    bench.restart(encoder=SECOND)
    bench.update()
    bench.check()
