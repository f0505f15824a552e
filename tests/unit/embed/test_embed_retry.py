"""Back-off: codegraph/embed/retry.py."""

from __future__ import annotations

from codegraph.core.symbols import EmbeddingKey
from codegraph.embed.retry import RetryPolicy

A, B = EmbeddingKey(b"a" * 16), EmbeddingKey(b"b" * 16)


def test_waiting_time_doubles_up_to_a_limit() -> None:
    """Each failure of a key doubles its own wait, and no other key's."""
    policy = RetryPolicy(1.0, longest_seconds=5.0)
    waits = []
    for now in (0.0, 100.0, 200.0, 300.0):
        policy.failed([A], now)
        due = policy.next_due()
        assert due is not None
        waits.append(due - now)
    assert waits == [1.0, 2.0, 4.0, 5.0]
    assert not policy.due(A, 304.9)
    assert policy.due(A, 305.0)
    assert policy.due(B, 0.0)


def test_repeated_failures_isolate_a_key() -> None:
    """After its second failure a key no longer shares a batch."""
    policy = RetryPolicy(1.0)
    policy.failed([A, B], 0.0)
    policy.failed([A], 10.0)
    assert (policy.alone(A), policy.alone(B)) == (True, False)


def test_success_and_disinterest_forget() -> None:
    """Nothing is remembered of keys that succeeded or that nobody wants."""
    policy = RetryPolicy(1.0)
    policy.failed([A, B], 0.0)
    policy.succeeded([A])
    assert policy.due(A, 0.0)
    policy.keep_only({A})
    assert len(policy) == 0
    assert policy.next_due() is None
