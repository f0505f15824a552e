"""The pending keys: lanes, de-duplication, holding back, and nothing lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codegraph.core.symbols import EmbeddingKey, SymbolId
from codegraph.daemon.pending import Lane, PendingKeys


def key(number: int) -> EmbeddingKey:
    """Make a key that is easy to read in a failure."""
    return EmbeddingKey(number.to_bytes(16, "big"))


def symbol(name: object) -> SymbolId:
    """Make an identifier."""
    return SymbolId(f"a.py/{name}().")


def test_lanes_leave_in_order_of_urgency() -> None:
    """Own changes go before context changes, those before cold ones; what was asked for goes first."""
    pending = PendingKeys()
    pending.add(symbol("cold"), key(1), Lane.COLD)
    pending.add(symbol("context"), key(2), Lane.CONTEXT)
    pending.add(symbol("own"), key(3), Lane.OWN)
    assert pending.hurry([symbol("cold")]) == 1
    assert [pending.take(10, 0.0)[0][0] for _ in range(3)] == [key(1), key(3), key(2)]


def test_one_batch_comes_from_one_lane() -> None:
    """A batch never mixes lanes, so that an edit does not wait for a batch of cold keys."""
    pending = PendingKeys()
    pending.add(symbol("cold"), key(1), Lane.COLD)
    pending.add(symbol("own"), key(2), Lane.OWN)
    assert [taken[0] for taken in pending.take(10, 0.0)] == [key(2)]


def test_symbols_with_parse_errors_go_last_in_their_lane() -> None:
    """A half-typed definition is embedded after the whole ones."""
    pending = PendingKeys()
    pending.add(symbol("broken"), key(1), Lane.OWN, last=True)
    pending.add(symbol("whole"), key(2), Lane.OWN)
    assert [pending.take(1, 0.0)[0][0] for _ in range(2)] == [key(2), key(1)]


def test_equal_keys_are_one_piece_of_work() -> None:
    """Two symbols that want the same key are embedded once and are both done with it."""
    pending = PendingKeys()
    pending.add(symbol("a"), key(1), Lane.COLD)
    pending.add(symbol("b"), key(1), Lane.OWN)
    assert len(pending) == 1
    assert pending.take(10, 0.0) == [(key(1), symbol("a"), Lane.OWN)]
    assert pending.symbols_of([key(1)]) == {key(1): (symbol("a"), symbol("b"))}
    pending.done([key(1)])
    assert len(pending) == 0
    assert pending.symbols() == ()


def test_a_newer_want_replaces_the_older() -> None:
    """A symbol edited again waits for the new key only; the old one is forgotten."""
    pending = PendingKeys()
    pending.add(symbol("a"), key(1), Lane.OWN)
    pending.add(symbol("a"), key(2), Lane.OWN)
    assert key(1) not in pending
    assert [taken[0] for taken in pending.take(10, 0.0)] == [key(2)]


def test_a_failed_key_is_held_back_and_comes_again() -> None:
    """After a failure a key is not offered before its time, and then it is."""
    pending = PendingKeys()
    pending.add(symbol("a"), key(1), Lane.OWN)
    pending.take(10, 0.0)
    pending.failed(key(1), until=5.0)
    assert pending.take(10, 4.9) == []
    assert pending.next_release() == 5.0
    assert [taken[0] for taken in pending.take(10, 5.0)] == [key(1)]


actions = st.lists(
    st.tuples(
        st.sampled_from(["add", "add all", "discard", "take", "done", "failed", "hurry"]),
        st.integers(0, 4),
        st.integers(0, 4),
        st.sampled_from(list(Lane)),
        st.booleans(),
    ),
    max_size=60,
)


@given(actions)
def test_no_wanted_key_is_ever_lost(steps: list[tuple[str, int, int, Lane, bool]]) -> None:
    """Whatever happens, what symbols still wait for can be taken in the end, each key once."""
    pending = PendingKeys()
    waiting: dict[SymbolId, EmbeddingKey] = {}
    flying: list[EmbeddingKey] = []
    for action, name, number, lane, last in steps:
        if action == "add":
            pending.add(symbol(name), key(number), lane, last)
            waiting[symbol(name)] = key(number)
        elif action == "add all":
            some = {symbol(name): key(number), symbol(name + 1): key(number), symbol(0): key(name)}
            pending.add_all(some, lane, [symbol(name)] if last else [])
            waiting.update(some)
        elif action == "discard":
            pending.discard(symbol(name))
            waiting.pop(symbol(name), None)
        elif action == "take":
            flying += [taken[0] for taken in pending.take(2, 0.0)]
        elif action == "hurry":
            pending.hurry([symbol(name)])
        elif flying:
            gone = flying.pop(0)
            if action == "done":
                for done in pending.symbols_of([gone])[gone]:
                    assert waiting.pop(done) == gone
                pending.done([gone])
            else:
                pending.failed(gone, until=100.0)
    for gone in flying:
        pending.failed(gone, until=100.0)
    offered: list[EmbeddingKey] = []
    while batch := pending.take(3, 1000.0):
        offered += [taken[0] for taken in batch]
    assert sorted(offered) == sorted(set(waiting.values()))
    assert len(pending) == len(set(waiting.values()))
