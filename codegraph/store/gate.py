"""A gate that many pass at once, or one alone.

LMDB's map may only be resized, and its file only be exchanged, while no transaction is open. Every
transaction passes the gate `shared`; whoever resizes, compacts or closes passes it `alone`. Waiting
for `alone` holds back newcomers, so it is never starved. A thread must not pass twice at once.
Tests: tests/unit/store/test_store_environment.py.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Shared and exclusive passage."""

    def __init__(self) -> None:
        self._one_alone = threading.Lock()
        self._condition = threading.Condition()
        self._inside = 0
        self._closed = False

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Pass together with others."""
        with self._condition:
            self._condition.wait_for(lambda: not self._closed)
            self._inside += 1
        try:
            yield
        finally:
            with self._condition:
                self._inside -= 1
                self._condition.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Pass when everybody else is outside, and keep them there."""
        with self._one_alone:
            self._closed = True  # before the condition's lock, which busy sharers may keep from us for seconds
            try:
                with self._condition:
                    self._condition.wait_for(lambda: self._inside == 0)
                yield
            finally:
                with self._condition:
                    self._closed = False
                    self._condition.notify_all()
