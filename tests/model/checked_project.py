"""A project whose every change is checked: what the delta says, what is embedded, and the clean build."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from projects import Project

from codegraph.core.changes import IndexDelta
from codegraph.core.symbols import EmbeddingKey, SymbolId
from codegraph.graph.compare import differences, is_equal


class RecordingEncoder:
    """Embeds what is asked for, and refuses to embed a key twice."""

    def __init__(self) -> None:
        self.vectors: dict[EmbeddingKey, tuple[object, ...]] = {}
        self.calls = 0

    def embed(self, key: EmbeddingKey, source: tuple[object, ...]) -> None:
        """Remember the input of a key."""
        assert key not in self.vectors, "a key was embedded twice"
        self.vectors[key] = source
        self.calls += 1


class CheckedProject:
    """A project, an encoder that follows it, and the trees that it has been."""

    def __init__(self, **seams: Any) -> None:
        self.project = Project(**seams)
        self.encoder = RecordingEncoder()
        self.history: list[dict[str, str]] = [{}]
        self.keys: dict[SymbolId, EmbeddingKey] = {}

    def change(self, changes: Mapping[str, str | None]) -> IndexDelta:
        """Apply a change set, check what it says of itself (I3), embed what is wanted (I2, I4)."""
        before = self.keys
        delta = self.project.change(changes)
        self.history.append(dict(self.project.files))
        snapshot = self.project.index.snapshot
        self.keys = {symbol.id: snapshot.wanted(symbol.id) for symbol in snapshot.symbols()}
        changed = {name: key for name, key in self.keys.items() if before.get(name) != key}
        assert dict(delta.keys) == changed, "the delta names other keys than those that changed"
        assert set(changed) <= set(delta.marked), "a changed key was not marked"
        assert set(delta.cut) == set(delta.marked) - set(changed)
        assert set(delta.added) == set(self.keys) - set(before)
        assert set(delta.removed) == set(before) - set(self.keys)
        pending = {key: name for name, key in delta.keys.items() if key not in self.encoder.vectors}
        for key, name in pending.items():
            self.encoder.embed(key, tuple(snapshot.render_source(name)))
        for name, key in self.keys.items():
            assert key in self.encoder.vectors, "something wanted was left out"
            assert self.encoder.vectors[key] == tuple(snapshot.render_source(name)), "one key, two model inputs"
        return delta

    def compare(self) -> None:
        """Check that the index equals a clean build of the same tree (I1)."""
        found = differences(self.project.index, self.project.clean())
        assert is_equal(found), found
