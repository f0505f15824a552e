"""The scheduler: bounded work in flight, renders of the newest snapshot, failures held back ever longer."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any

import pytest
from projects import Project

from codegraph.config import EmbeddingConfig
from codegraph.core.symbols import BlobDigest, EmbeddingKey, OwnDigest, SymbolId
from codegraph.daemon.pending import Lane
from codegraph.daemon.scheduler import (
    FIRST_PORTION,
    LEAST_PORTION,
    MAX_IN_FLIGHT,
    MAX_RETRY_SECONDS,
    PORTION_SECONDS,
    Computed,
    Scheduler,
)
from codegraph.embed.encoder import RecordingEncoder
from codegraph.embed.render import PackedInput
from codegraph.errors import EncoderError, InternalError, StoreError

ENCODER = RecordingEncoder()
SOURCE = "".join(f"def f{number}(): return {number}\n" for number in range(8))


class Inputs:
    """Own inputs of one project of texts; `lost` are gone, `error` is what reading them ends in."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.lost: set[OwnDigest] = set()
        self.error: Exception | None = None

    def of_file(self, blob: BlobDigest, language: str) -> Mapping[bytes, bytes]:
        """Return the encoded own inputs of all files: which one is asked for does not matter here."""
        if self.error is not None:
            raise self.error
        found = {key: value for path in self.project.files for key, value in self.project.facts(path).inputs.items()}
        return {key: value for key, value in found.items() if key not in self.lost}


class Desk:
    """A scheduler with everything around it in the test's hand."""

    def __init__(self, batch_symbols: int = 2, source: str = SOURCE) -> None:
        self.project = Project({"a.py": source})
        self.inputs = Inputs(self.project)
        self.held: list[tuple[Sequence[tuple[EmbeddingKey, PackedInput]], Future[Any]]] = []
        self.models: list[bytes] = []
        self.replies: list[Computed] = []
        self.lost: list[SymbolId] = []
        self.now = 0.0
        config = EmbeddingConfig(batch_symbols=batch_symbols, retry_seconds=1.0)
        self.scheduler = Scheduler(
            self.submit,
            self.inputs,  # type: ignore[arg-type]
            config,
            post=self.replies.append,
            lost=self.lost.append,
            clock=lambda: self.now,
        )

    def submit(self, model: bytes, batch: Sequence[tuple[EmbeddingKey, PackedInput]]) -> Future[Any]:
        """Be the embedder that answers when the test says so."""
        self.models.append(model)
        future: Future[Any] = Future()
        self.held.append((batch, future))
        return future

    def want(self, *names: str, lane: Lane = Lane.OWN) -> None:
        """Let symbols wait for their keys."""
        for name in names:
            symbol = SymbolId(f"a.py/{name}().")
            self.scheduler.pending.add(symbol, self.project.index.snapshot.wanted(symbol), lane)

    def wake(self) -> None:
        """Wake the scheduler with the newest snapshot."""
        self.scheduler.wake(self.project.index.snapshot)

    def answer(self, error: Exception | None = None, leave_out: int = 0) -> Computed:
        """Answer the oldest batch and account for the reply, as the pipeline does."""
        batch, future = self.held.pop(0)
        if error is not None:
            future.set_exception(error)
        else:
            keys = [key for key, _ in batch][leave_out:]
            rows = ENCODER.encode([source.rendered() for _, source in batch][leave_out:])
            future.set_result(dict(zip(keys, rows, strict=True)))
        computed = self.replies.pop(0)
        self.scheduler.settle(computed)
        self.scheduler.pending.done(computed.vectors)
        return computed


def test_work_in_flight_is_bounded() -> None:
    """An edit waits for at most the batches that are with the encoder."""
    desk = Desk()
    desk.want(*(f"f{number}" for number in range(8)))
    desk.wake()
    assert [len(batch) for batch, _ in desk.held] == [2] * MAX_IN_FLIGHT
    desk.answer()
    desk.wake()
    assert len(desk.held) == MAX_IN_FLIGHT
    assert not desk.scheduler.idle


def test_nothing_less_urgent_is_gathered_before_an_edit_is_served() -> None:
    """What depends on an edited symbol waits until that one's vector is back; what is as urgent does not."""
    desk = Desk()
    desk.want("f0", lane=Lane.OWN)
    desk.want("f1", "f2", "f3", lane=Lane.CONTEXT)
    desk.wake()
    assert [len(batch) for batch, _ in desk.held] == [1]
    desk.want("f4", lane=Lane.ASKED)
    desk.wake()
    assert [len(batch) for batch, _ in desk.held] == [1, 1]
    desk.answer()
    desk.wake()
    assert [len(batch) for batch, _ in desk.held] == [1], "the one that somebody asked for is still awaited"
    desk.answer(EncoderError("broken", "mend it"))
    desk.wake()
    assert [len(batch) for batch, _ in desk.held] == [2, 1]


def test_batches_are_as_large_as_the_model_is_fast() -> None:
    """A batch takes about a second: a model that needs a quarter of one for a symbol gets few, a quick one many."""
    desk = Desk(batch_symbols=512, source="".join(f"def f{number}(): return {number}\n" for number in range(700)))
    desk.want(*(f"f{number}" for number in range(700)))
    desk.wake()
    assert [len(batch) for batch, _ in desk.held] == [FIRST_PORTION] * MAX_IN_FLIGHT
    desk.now += FIRST_PORTION * PORTION_SECONDS / 4 * 1.0
    desk.answer()
    desk.wake()
    assert len(desk.held[-1][0]) == LEAST_PORTION
    desk.now += 0.2
    desk.held.pop(0)
    desk.replies.clear()
    desk.scheduler.settle(Computed(desk.models[0], Lane.OWN, (), dict.fromkeys(map(str, range(60))), 0.2))  # type: ignore[arg-type]
    desk.wake()
    assert len(desk.held[-1][0]) == 300


def test_urgent_key_is_next_although_it_came_last() -> None:
    """Lanes decide at every batch anew."""
    desk = Desk(batch_symbols=1)
    desk.want("f0", "f1", "f2", "f3", lane=Lane.COLD)
    desk.wake()
    desk.want("f7", lane=Lane.OWN)
    desk.answer()
    desk.wake()
    assert desk.held[-1][0][0][0] == desk.project.index.snapshot.wanted(SymbolId("a.py/f7()."))


def test_reply_names_lane_keys_and_time() -> None:
    """What comes back says what was asked, from which lane, and how long it took."""
    desk = Desk()
    desk.want("f0", "f1", lane=Lane.CONTEXT)
    desk.wake()
    asked = tuple(key for key, _ in desk.held[0][0])
    desk.now = 0.25
    computed = desk.answer()
    assert (computed.lane, computed.asked, computed.seconds, computed.failure) == (Lane.CONTEXT, asked, 0.25, "")
    assert set(computed.vectors) == set(asked)
    assert desk.scheduler.idle


def test_key_and_input_come_from_one_snapshot() -> None:
    """A symbol that changed after it was queued is rendered as it is now, under the key that it wants now."""
    desk = Desk()
    desk.want("f0")
    desk.project.change({"a.py": SOURCE.replace("def f0():", "def f0(x=1):")})
    desk.want("f0")
    desk.wake()
    [(key, source)] = desk.held[0][0]
    assert key == desk.project.index.snapshot.wanted(SymbolId("a.py/f0()."))
    assert "x" in source.rendered().tokens


def test_failure_is_held_back_twice_as_long_each_time() -> None:
    """A broken encoder is not asked again and again, and is never given up on."""
    desk = Desk()
    desk.want("f0")
    delays = []
    for _ in range(12):
        desk.wake()
        computed = desk.answer(error=EncoderError("out of order"))
        assert computed.failure.startswith("out of order")
        release = desk.scheduler.next_release()
        assert release is not None
        delays.append(release - desk.now)
        desk.wake()
        assert not desk.held, "a held key is not offered before its time"
        desk.now = release
    assert delays[:4] == [1.0, 2.0, 4.0, 8.0]
    assert delays[-1] == MAX_RETRY_SECONDS


def test_success_ends_the_holding_back() -> None:
    """After a success the next failure begins with the shortest delay again."""
    desk = Desk()
    desk.want("f0")
    for _ in range(3):
        desk.wake()
        desk.answer(error=EncoderError("out of order"))
        desk.now = desk.scheduler.next_release() or 0.0
    desk.wake()
    desk.answer()
    desk.want("f0")
    desk.wake()
    desk.answer(error=EncoderError("out of order"))
    assert desk.scheduler.next_release() == desk.now + 1.0


def test_model_that_is_back_is_asked_for_everything_at_once() -> None:
    """Keys that were lost while a model was out of order are not held back for minutes once it gives a vector."""
    desk = Desk(batch_symbols=1)
    desk.want("f0", "f1", "f2")
    for _ in range(6):
        desk.wake()
        while desk.held:
            desk.answer(error=EncoderError("out of order"))
        desk.now += 1_000.0
    desk.now = desk.scheduler.next_release() or 0.0
    desk.wake()
    desk.answer()
    desk.wake()
    assert len(desk.held) == 2, "the others need not wait for their turn"
    desk.answer()
    desk.answer()
    assert desk.scheduler.idle


def test_key_that_fails_alone_goes_on_being_held_back() -> None:
    """What one key does to its batch is not forgiven because another key fares well."""
    desk = Desk(batch_symbols=1)
    desk.want("f0", "f1")
    desk.wake()
    desk.answer(error=EncoderError("the worker ended"))
    desk.answer()
    desk.wake()
    assert not desk.held
    assert desk.scheduler.next_release() == desk.now + 1.0


def test_key_that_failed_while_nobody_wanted_it_is_asked_for_again() -> None:
    """A file goes while its vectors are on their way, and the model fails; then the file is back."""
    desk = Desk()
    desk.want("f0")
    desk.wake()
    desk.scheduler.pending.discard(SymbolId("a.py/f0()."))
    desk.answer(EncoderError("broken", "mend it"))
    assert desk.scheduler.pending.in_flight() == 0
    desk.want("f0")
    desk.wake()
    assert len(desk.held) == 1
    desk.answer()
    assert desk.scheduler.idle


def test_what_is_held_back_is_asked_for_when_somebody_wants_it() -> None:
    """A user who waits does not wait for the back-off."""
    desk = Desk()
    desk.want("f0")
    desk.wake()
    desk.answer(error=EncoderError("out of order"))
    assert not desk.held
    desk.scheduler.retry(desk.project.index.snapshot)
    assert len(desk.held) == 1


def test_refused_vectors_come_again_and_the_others_do_not() -> None:
    """One bad row of a batch costs that row."""
    desk = Desk()
    desk.want("f0", "f1")
    desk.wake()
    refused = desk.held[0][0][0][0]
    assert "1 of 2 vectors were refused" in desk.answer(leave_out=1).failure
    desk.now = 1.0
    desk.wake()
    assert [key for key, _ in desk.held[0][0]] == [refused]


def test_lost_own_input_is_reported_and_stops_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    """The rest of the batch goes out; the symbol's key is held back, not dropped."""
    caplog.set_level(logging.CRITICAL)
    desk = Desk()
    desk.want("f0", "f1")
    symbol = SymbolId("a.py/f0().")
    own = desk.project.index.snapshot.render_source(symbol).own
    desk.inputs.lost.add(own)
    desk.wake()
    assert desk.lost == [symbol]
    assert [len(batch) for batch, _ in desk.held] == [1]
    desk.answer()
    assert not desk.scheduler.idle
    desk.inputs.lost.clear()
    desk.now = 1.0
    desk.wake()
    desk.answer()
    assert desk.scheduler.idle


def test_keys_whose_inputs_cannot_be_read_come_again() -> None:
    """A store that fails once leaves nothing in flight for ever: the keys are held back and embedded later."""
    desk = Desk()
    desk.want("f0", "f1")
    desk.inputs.error = StoreError("the disk answers nothing", "look at it")
    with pytest.raises(StoreError):
        desk.wake()
    assert desk.scheduler.pending.in_flight() == 0
    desk.inputs.error = None
    desk.now = desk.scheduler.next_release() or 0.0
    desk.wake()
    desk.answer()
    assert desk.scheduler.idle


def test_reply_after_everything_was_forgotten_is_harmless() -> None:
    """An index that was built anew does not wait for the batches of the old one."""
    desk = Desk()
    desk.want("f0")
    desk.wake()
    desk.scheduler.forget_all()
    assert desk.answer().vectors
    assert desk.scheduler.idle


def test_no_release_is_awaited_while_nothing_can_be_taken() -> None:
    """With the encoder fully occupied a key whose time has come is no reason to wake up: the next reply is."""
    desk = Desk(batch_symbols=1)
    desk.want("f0", "f1", "f2")
    desk.wake()
    desk.answer(error=EncoderError("out of order"))
    desk.wake()
    assert len(desk.held) == MAX_IN_FLIGHT
    desk.now = 100.0
    assert desk.scheduler.next_release() is None
    desk.answer()
    assert desk.scheduler.next_release() is not None


def test_key_of_another_snapshot_is_never_rendered() -> None:
    """A pending key that its symbol does not want in the snapshot is an inconsistency, not a vector."""
    desk = Desk()
    desk.scheduler.pending.add(SymbolId("a.py/f0()."), EmbeddingKey(b"another key 0000"), Lane.OWN)
    with pytest.raises(InternalError, match="does not want"):
        desk.wake()
    assert not desk.held
