"""What the daemon asks of a store, whichever it is.

`codegraph.store.store.Store` keeps the state in LMDB, `codegraph.store.memory.MemoryStore` in
dictionaries; one test suite runs against both (tests/unit/store/test_store_both.py). One thread
writes; any thread may read, and sees the last commit. Iterators read their table in one short
transaction when they are started and decode while they are consumed, so they hold the table's bytes,
no transaction, and one revision.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from codegraph.core.changes import Skipped
from codegraph.core.symbols import EmbeddingKey
from codegraph.store.gc import Swept
from codegraph.store.schema import FileRecord, RevisionRecord, StoreStatistics, SymbolState


class StateStore(Protocol):
    """The state of one project. Raises StoreError (StoreFull, StoreCorrupt, ...) on any operation."""

    @property
    def instance(self) -> str:
        """Names this store from its creation to its loss; the first half of every Clock."""

    @property
    def revision(self) -> int:
        """The last committed revision; 0 in a fresh store."""

    @property
    def outdated(self) -> tuple[str, ...]:
        """Names of the versions that had changed when the store was opened; see codegraph.store.versions."""

    def meta(self, name: str) -> bytes | None:
        """Return a value that `set_meta` kept."""

    def set_meta(self, name: str, value: bytes) -> None:
        """Keep a small value under a name; it outlives every change of versions."""

    def closing(self) -> bytes | None:
        """Return what `keep_closing` kept, None if anything at all was written since."""

    def keep_closing(self, closing: bytes) -> None:
        """Keep what a clean end knows of the whole state, as text; the next write of any kind takes it away."""

    def commit(self, record: RevisionRecord) -> None:
        """Write one revision, whole or not at all; once it returns, a crash does not lose it.

        Raises ValueError unless the revision is larger than the last.
        """

    def put_vectors(
        self,
        vectors: Mapping[EmbeddingKey, bytes],
        symbols: Mapping[str, tuple[SymbolState, ...]] | None = None,
    ) -> None:
        """Write a batch of vectors and the symbols of the files that are served by them, whole or not at all."""

    def files(self) -> dict[str, FileRecord]:
        """Return every indexed file by path, in the order of paths' bytes."""

    def skipped(self) -> dict[str, Skipped]:
        """Return every skipped file by path."""

    def links(self) -> Iterator[tuple[str, bytes]]:
        """Yield every file's links."""

    def symbols(self) -> Iterator[tuple[str, tuple[SymbolState, ...]]]:
        """Yield every file's symbols."""

    def symbol_rows(self) -> Iterator[tuple[str, bytes]]:
        """Yield every file's symbols as `schema.decode_symbols` reads them."""

    def has_facts(self, blob: bytes, language: str) -> bool:
        """Tell whether the facts of these bytes are kept."""

    def outline(self, blob: bytes, language: str) -> bytes | None:
        """Return the encoded outline; None if it is not kept or is damaged."""

    def outlines(self, places: Iterable[tuple[bytes, str]]) -> list[bytes | None]:
        """Return `outline` of many blobs and languages, in one go."""

    def occurrences(self, blob: bytes, language: str) -> bytes | None:
        """Return the compressed occurrences; None if they are not kept or are damaged."""

    def inputs(self, blob: bytes, language: str) -> bytes | None:
        """Return the compressed own inputs; None if they are not kept or are damaged."""

    def layout(self, blob: bytes, language: str) -> bytes | None:
        """Return the compressed layout; b"" if the file has none, None if it is not kept or is damaged."""

    def vectors(self, keys: Iterable[EmbeddingKey]) -> dict[EmbeddingKey, bytes]:
        """Return those of the vectors that are kept."""

    def vector_keys(self) -> set[EmbeddingKey]:
        """Return the keys of all vectors."""

    @property
    def unsorted(self) -> int:
        """How many vectors `sort_vectors` has to do with."""

    def sort_vectors(self) -> None:
        """Put some of the vectors that came many at a time into their place; a step of bounded length."""

    def collect_garbage(self, orphan_bytes: int = ...) -> Swept:
        """Remove vectors and facts that no file or symbol refers to, but keep the latest `orphan_bytes` of them."""

    def compact(self) -> int:
        """Give free pages back to the file system and return the bytes gained."""

    def statistics(self) -> StoreStatistics:
        """Count entries and bytes."""

    def close(self) -> None:
        """Close; a second call does nothing, every other call then raises StoreError."""
