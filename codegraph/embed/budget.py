"""Which loaded models stay when several share one machine: a budget of memory, least recently used out first.

Every model has a worker process of its own, so that a crash costs one model and unloading gives all of its memory
back. A worker tells the budget when its model is loaded and how large the process is then, when it answered
something, and when its process has ended. Whenever the sum is above the limit, the worker that was unused for longest
and has nothing to do is asked to unload; its next request loads it again. The model used last always stays, even if it
alone is larger than the limit. Idle models are unloaded by their workers, after `idle_unload_seconds`.
Tests: tests/unit/embed/test_embed_budget.py.
"""

from __future__ import annotations

import threading
from typing import Protocol


class Unloadable(Protocol):
    """What holds a loaded model."""

    def unload(self) -> bool:
        """Begin to let the model go if there is nothing to do; return whether that is so. Must not wait."""
        ...


class ModelBudget:
    """The loaded models of one daemon. Thread-safe."""

    def __init__(self, limit_bytes: int) -> None:
        """Allow loaded models so many bytes together; 0 means any number."""
        self._limit = limit_bytes
        self._lock = threading.Lock()
        self._sizes: dict[Unloadable, int] = {}
        """Least recently used first; 0 for those that are on their way out."""

    @property
    def used_bytes(self) -> int:
        """What the loaded models take together, as measured when each was loaded."""
        with self._lock:
            return sum(self._sizes.values())

    def loaded(self, owner: Unloadable, size: int) -> None:
        """Note a model that was just loaded, and make room for it."""
        with self._lock:
            self._sizes.pop(owner, None)
            self._sizes[owner] = size
        self._make_room()

    def used(self, owner: Unloadable) -> None:
        """Note that a model did something; a chance for those that were too busy to be unloaded."""
        with self._lock:
            size = self._sizes.pop(owner, None)
            if size is None:
                return
            self._sizes[owner] = size
        self._make_room()

    def gone(self, owner: Unloadable) -> None:
        """Forget a model whose process has ended."""
        with self._lock:
            self._sizes.pop(owner, None)

    def _make_room(self) -> None:
        if not self._limit:
            return
        with self._lock:
            owners = list(self._sizes)[:-1]
            excess = sum(self._sizes.values()) - self._limit
        for owner in owners:
            if excess <= 0:
                return
            if not owner.unload():  # outside of the lock: owners have locks of their own
                continue
            with self._lock:
                excess -= self._sizes.get(owner, 0)
                if owner in self._sizes:
                    self._sizes[owner] = 0
