"""Embedding against the odds: workers that die, vectors that are none, models that come and go."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from installation import PATIENCE, Installation
from workbench import Workbench

from codegraph.core.symbols import Freshness, SymbolId
from codegraph.daemon.messages import Wait
from codegraph.embed.encoder import FloatArray, RecordingEncoder
from codegraph.embed.render import EncoderInput
from codegraph.events import EmbeddingFailed

needs_models = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("torch", "transformers")), reason="the models extra is not installed"
)


# --- the worker ------------------------------------------------------------------------------------


def test_a_killed_worker_costs_nothing(home: Installation) -> None:
    """A worker that dies with batches in hand is replaced, and what it had is embedded by the next one."""
    home.copy("json")
    home.start("embedding.retry_seconds=0.05")
    with home.client() as client:
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        (worker,), _ = home.workers()
        before = client.status()
        worker.send_signal(signal.SIGSTOP)  # so that it cannot finish before it is killed
        home.copy("http")
        client.sync(Wait.INDEXED, timeout=PATIENCE)
        status = client.status()
        assert status.worker.queued > 0
        assert any(lane.pending for lane in status.lanes)
        worker.send_signal(signal.SIGKILL)
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        after = client.status()
        assert after.worker.restarts == before.worker.restarts + 1
        assert after.worker.pid not in (0, worker.pid)
        assert any("embed" in warning for warning in after.warnings)
        assert client.verify().equal


def test_queries_are_answered_while_no_worker_is(home: Installation) -> None:
    """A worker that hangs holds up no question: words and the vectors that are there answer it."""
    home.copy("json")
    home.start()
    with home.client() as client:
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        (worker,), _ = home.workers()
        worker.send_signal(signal.SIGSTOP)
        home.write({"json/more.py": "def extraordinarily_named(): ...\n"})
        client.sync(Wait.INDEXED, timeout=PATIENCE)
        found = {hit.symbol.id: hit.symbol.state for hit in client.search("extraordinarily named").results}
        assert found["json/more.py/extraordinarily_named()."] is Freshness.PENDING
        worker.send_signal(signal.SIGCONT)
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        assert client.search("extraordinarily named").results[0].symbol.state is Freshness.FRESH


# --- vectors that are none -------------------------------------------------------------------------


class PoisonedEncoder(RecordingEncoder):
    """Gives unusable vectors for inputs of one name, so often."""

    def __init__(self, name: str, times: int, wrong: float) -> None:
        super().__init__()
        self._poisoned = name
        self.times = times
        self._wrong = wrong

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        """Replace the rows of the poisoned name."""
        rows = super().encode(inputs)
        for number, source in enumerate(inputs):
            if source.name == self._poisoned and self.times:
                self.times -= 1
                rows[number] = self._wrong
        return rows


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), 0.0, 1e30])
def test_unusable_vectors_are_refused_and_tried_again(tmp_path: Path, wrong: float) -> None:
    """Vectors that are not finite or have no length are never stored; their keys come again, later each time."""
    encoder = PoisonedEncoder("bad", times=3, wrong=wrong)
    bench = Workbench(tmp_path, {"embedding.retry_seconds": 1.0, "cache.cold_bytes": 1 << 20}, encoder=encoder)
    try:
        bench.write({"a.py": "def good(): ...\n", "b.py": "def bad(): ...\n"})
        bench.apply()
        bad, good = SymbolId("b.py/bad()."), SymbolId("a.py/good().")
        key = bench.view.snapshot.wanted(bad)
        waits = []
        while encoder.times:
            while bench.embedder.answer():
                bench.project.writer.step(0.0)
            assert bench.view.freshness(good) is Freshness.FRESH
            assert bench.view.freshness(bad) is Freshness.PENDING
            assert key not in bench.project.parts.store.vector_keys()
            assert not bench.project.parts.tiers.get_many([key])
            assert bench.vector(bad) is None
            release = bench.project.scheduler.next_release()
            assert release is not None
            waits.append(release - bench.now)
            bench.now = release
            bench.project.writer.step(0.0)
        assert waits == [1.0, 2.0, 4.0]
        assert [event.keys for event in bench.events_of(EmbeddingFailed)] == [1, 1, 1]
        bench.drain()
        assert bench.view.freshness(bad) is Freshness.FRESH
        bench.check()
    finally:
        bench.close()


def test_a_symbol_that_never_gets_a_vector_is_found_by_words(tmp_path: Path) -> None:
    """A poisonous symbol is pending for good, in nobody's way, also after a restart."""
    bench = Workbench(tmp_path, encoder=PoisonedEncoder("bad", times=1_000, wrong=float("nan")))
    try:
        bench.write({"a.py": "def good(): return bad()\ndef bad(): ...\n"})
        for _ in range(2):
            bench.apply()
            for _ in range(3):
                while bench.embedder.answer():
                    bench.project.writer.step(0.0)
                bench.now += 1_000.0
                bench.project.writer.step(0.0)
            assert bench.view.freshness(SymbolId("a.py/bad().")) is Freshness.PENDING
            assert bench.view.freshness(SymbolId("a.py/good().")) is Freshness.FRESH
            bench.restart()
            bench.reconcile()
    finally:
        bench.close()


# --- models ----------------------------------------------------------------------------------------


def test_two_models_never_meet(tmp_path: Path) -> None:
    """After a change of model old vectors are served as stale, in a space of their own; going back embeds nothing."""
    first, second = RecordingEncoder("first"), RecordingEncoder("second")
    bench = Workbench(tmp_path, encoder=first)
    try:
        bench.write({"a.py": "from b import g\ndef f(): return g()\n", "b.py": "def g(): ...\n"})
        bench.update()
        symbols = sorted(bench.view.snapshot.places)
        ours = {symbol: bench.view.snapshot.wanted(symbol) for symbol in symbols}
        bench.restart(encoder=second)
        bench.reconcile()
        theirs = {symbol: bench.view.snapshot.wanted(symbol) for symbol in symbols}
        assert not set(ours.values()) & set(theirs.values())
        assert {bench.view.freshness(symbol) for symbol in symbols} == {Freshness.STALE}
        while bench.embedder.answer():
            for symbol in symbols:
                key = ours[symbol] if bench.served_by(symbol) == first.identity else theirs[symbol]
                assert bench.view.served[symbol] == key
            bench.project.writer.step(0.0)
        bench.drain()
        bench.check()
        before = len(bench.batches)
        bench.restart(encoder=first)
        bench.reconcile()
        bench.drain()
        assert not bench.embedded(before)
        assert dict(bench.view.served) == ours
        bench.check()
    finally:
        bench.close()


@needs_models
@pytest.mark.slow
def test_models_in_directories_come_and_go(home: Installation) -> None:
    """A daemon with one model directory, then another of another width, then the first again, by the config file."""
    from tiny_models import make_model

    models = [
        make_model(home.directory / "tiny-a", seed=1),
        make_model(home.directory / "tiny-b", seed=2, dimensions=48),
    ]
    home.write({"a.py": "from b import g\ndef f(): return g()\n", "b.py": "def g(): return 1\n"})
    wanted, vectors, embedded = [], [], []
    for model in (*models, models[0]):
        (home.directory / "config.toml").write_text(f'[embedding]\nmodel = "{model}"\ndevice = "cpu"\n')
        assert home.run("restart").code == 0
        with home.client(timeout=2 * PATIENCE) as client:
            client.sync(Wait.EMBEDDED, timeout=2 * PATIENCE)
            found = client.embed("a.py/f().")
            status = client.status()
            assert status.model.name == model.name
            assert found.model == model.name
            wanted.append(client.explain("a.py/f().").wanted)
            vectors.append(np.asarray(found.embeddings[0].vector))
            embedded.append(status.embedded)
            assert client.verify().equal
            assert client.search("g").results
    (worker,), _ = home.workers()
    worker.send_signal(signal.SIGSTOP)
    with home.client(timeout=PATIENCE) as client:
        found = client.search("g")
    worker.send_signal(signal.SIGCONT)
    assert found.results, "words answer"
    assert any("not ready" in warning for warning in found.warnings)
    assert wanted[0] == wanted[2] != wanted[1]
    assert [len(vector) for vector in vectors] == [32, 48, 32]
    assert vectors[0] @ vectors[2] == pytest.approx(1.0, abs=1e-2)
    assert embedded == [4, 4, 0]
