"""Facts by the bytes they are of: out of the store, or out of memory while the store has no room for them.

Facts are stored with the revision that needs them. When that fails (a full disk), they are kept here until
a later commit takes them along, so links and vectors go on as if nothing had happened; a restart before
that extracts the files again. Written by the writer's thread, read by any.
Tests: tests/unit/daemon/test_daemon_kept_facts.py, test_daemon_pipeline.py, tests/integration/test_bad_input.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from codegraph.core.facts import EncodedFacts
from codegraph.core.symbols import BlobDigest
from codegraph.store.protocol import StateStore
from codegraph.store.schema import OUTLINES

Key = tuple[bytes, str]
"""Blob and language."""


class KeptFacts:
    """What is known of files' contents."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        self._kept: dict[Key, EncodedFacts] = {}

    def nothing(self) -> bool:
        """Whether there are no facts at all, of whatever bytes."""
        return not self._kept and not self._store.statistics().entries[OUTLINES]

    def get(self, blob: bytes, language: str) -> EncodedFacts | None:
        """Return the facts of a file's bytes, None if any part is missing; the layout is not looked for."""
        kept = self._kept.get((blob, language))
        if kept is not None or not self._store.has_facts(blob, language):
            return kept
        outline = self._store.outline(blob, language)
        occurrences = self._store.occurrences(blob, language)
        inputs = self._store.inputs(blob, language)
        if outline is None or occurrences is None or inputs is None:
            return None
        return EncodedFacts(BlobDigest(blob), language, outline, occurrences, inputs)

    def with_layout(self, blob: bytes, language: str) -> EncodedFacts | None:
        """Return the same for the next extraction of the file, which takes over what the layout says."""
        found = self.get(blob, language)
        return (
            found if found is None or found.layout else replace(found, layout=self._store.layout(blob, language) or b"")
        )

    def occurrences(self, blob: bytes, language: str) -> bytes | None:
        """Return the compressed occurrences."""
        kept = self._kept.get((blob, language))
        return self._store.occurrences(blob, language) if kept is None else kept.occurrences

    def inputs(self, blob: bytes, language: str) -> bytes | None:
        """Return the compressed own inputs."""
        kept = self._kept.get((blob, language))
        return self._store.inputs(blob, language) if kept is None else kept.inputs

    def keep(self, facts: Iterable[EncodedFacts]) -> None:
        """Hold facts that could not be stored."""
        self._kept.update({(made.blob, made.language): made for made in facts})

    def unsaved(self, live: Collection[Key]) -> tuple[EncodedFacts, ...]:
        """Let go of facts that no file needs any more; return those that still want to be stored."""
        self._kept = {key: made for key, made in self._kept.items() if key in live}
        return tuple(self._kept.values())

    def forget(self) -> None:
        """They are in the store now."""
        self._kept = {}
