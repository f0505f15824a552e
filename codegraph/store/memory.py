"""The store's fake: the same promises in dictionaries, nothing on a disk.

For tests. Records are kept as they are, not encoded, so that the two implementations share no code that
could be wrong in both; one suite runs against both (tests/unit/store/test_store_both.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from codegraph.core.changes import Skipped
from codegraph.core.facts import EncodedFacts
from codegraph.core.symbols import EmbeddingKey
from codegraph.errors import StoreError
from codegraph.store import schema
from codegraph.store.gc import FACTS, ORPHAN_BYTES, VECTOR, Orphan, Swept, choose_doomed, tally
from codegraph.store.schema import FileRecord, RevisionRecord, StoreStatistics, SymbolState

FactsKey = tuple[bytes, str]
Value = TypeVar("Value")


class MemoryStore:
    """A StateStore that lives as long as the object."""

    def __init__(self) -> None:
        self._revision = 0
        self._open = True
        self._meta: dict[str, bytes] = {}
        self._closing: bytes | None = None
        self._files: dict[str, FileRecord] = {}
        self._skipped: dict[str, Skipped] = {}
        self._facts: dict[FactsKey, EncodedFacts] = {}
        self._links: dict[str, bytes] = {}
        self._symbols: dict[str, tuple[SymbolState, ...]] = {}
        self._vectors: dict[EmbeddingKey, bytes] = {}
        self._facts_retired: dict[FactsKey, int] = {}
        self._vectors_retired: dict[EmbeddingKey, int] = {}

    @property
    def instance(self) -> str:
        """Names this store."""
        return "memory"

    @property
    def revision(self) -> int:
        """The last committed revision."""
        return self._revision

    @property
    def outdated(self) -> tuple[str, ...]:
        """Nothing survives, so nothing is ever outdated."""
        return ()

    def meta(self, name: str) -> bytes | None:
        """Return a value that `set_meta` kept."""
        self._check_open()
        return self._meta.get(name)

    def set_meta(self, name: str, value: bytes) -> None:
        """Keep a small value under a name."""
        self._check_open()
        self._closing = None
        self._meta[name] = value

    def closing(self) -> bytes | None:
        """Return what `keep_closing` kept last, if nothing came after it."""
        self._check_open()
        return self._closing

    def keep_closing(self, closing: bytes) -> None:
        """Keep a closing record until the next write."""
        self._check_open()
        self._closing = closing

    def commit(self, record: RevisionRecord) -> None:
        """Take over one revision."""
        self._check_open()
        if record.revision <= self._revision:
            raise ValueError(f"revision {record.revision} does not follow {self._revision}")
        if "" in {*record.files, *record.links, *record.symbols, *record.skipped}:
            raise ValueError("the empty path names no file")
        self._closing = None
        self._revision = record.revision
        self._facts.update({(facts.blob, facts.language): facts for facts in record.facts})
        for path, file in record.files.items():
            before = self._files.get(path)
            if before is not None and (file is None or (before.blob, before.language) != (file.blob, file.language)):
                self._facts_retired[before.blob, before.language] = record.revision
        _update(self._files, record.files)
        _update(self._links, record.links)
        _update(self._skipped, record.skipped)
        self._take_symbols(record.symbols)

    def put_vectors(
        self,
        vectors: Mapping[EmbeddingKey, bytes],
        symbols: Mapping[str, tuple[SymbolState, ...]] | None = None,
    ) -> None:
        """Take over a batch of vectors and the symbols that are served by them."""
        self._check_open()
        self._closing = None
        self._vectors.update(vectors)
        self._take_symbols(symbols or {})

    def files(self) -> dict[str, FileRecord]:
        """Return every indexed file by path."""
        self._check_open()
        return dict(_by_path(self._files))

    def skipped(self) -> dict[str, Skipped]:
        """Return every skipped file by path."""
        self._check_open()
        return dict(_by_path(self._skipped))

    def links(self) -> Iterator[tuple[str, bytes]]:
        """Yield every file's links."""
        self._check_open()
        return iter(_by_path(self._links))

    def symbols(self) -> Iterator[tuple[str, tuple[SymbolState, ...]]]:
        """Yield every file's symbols."""
        self._check_open()
        return iter(_by_path(self._symbols))

    def symbol_rows(self) -> Iterator[tuple[str, bytes]]:
        """Yield every file's symbols, encoded."""
        return ((path, schema.encode_symbols(states)) for path, states in self.symbols())

    def has_facts(self, blob: bytes, language: str) -> bool:
        """Tell whether the facts of these bytes are kept."""
        self._check_open()
        return (blob, language) in self._facts

    def outline(self, blob: bytes, language: str) -> bytes | None:
        """Return the encoded outline."""
        facts = self._facts_of(blob, language)
        return None if facts is None else facts.outline

    def outlines(self, places: Iterable[tuple[bytes, str]]) -> list[bytes | None]:
        """Return many encoded outlines."""
        return [self.outline(*place) for place in places]

    def occurrences(self, blob: bytes, language: str) -> bytes | None:
        """Return the compressed occurrences."""
        facts = self._facts_of(blob, language)
        return None if facts is None else facts.occurrences

    def inputs(self, blob: bytes, language: str) -> bytes | None:
        """Return the compressed own inputs."""
        facts = self._facts_of(blob, language)
        return None if facts is None else facts.inputs

    def layout(self, blob: bytes, language: str) -> bytes | None:
        """Return the compressed layout, b"" if the file has none."""
        facts = self._facts_of(blob, language)
        return None if facts is None else facts.layout

    def vectors(self, keys: Iterable[EmbeddingKey]) -> dict[EmbeddingKey, bytes]:
        """Return those of the vectors that are kept."""
        self._check_open()
        return {key: self._vectors[key] for key in keys if key in self._vectors}

    def vector_keys(self) -> set[EmbeddingKey]:
        """Return the keys of all vectors."""
        self._check_open()
        return set(self._vectors)

    @property
    def unsorted(self) -> int:
        """Return 0: dictionaries take what comes."""
        self._check_open()
        return 0

    def sort_vectors(self) -> None:
        """Do nothing."""
        self._check_open()

    def collect_garbage(self, orphan_bytes: int = ORPHAN_BYTES) -> Swept:
        """Remove vectors and facts that nothing refers to, but keep the latest `orphan_bytes` of them."""
        self._check_open()
        self._closing = None
        live_vectors = set[EmbeddingKey]().union(*map(_keys_of, self._symbols.values()))
        live_facts = {(file.blob, file.language) for file in self._files.values()}
        orphans = [
            Orphan(self._vectors_retired.get(key, 0), VECTOR, key, len(value) + schema.CRC_BYTES)
            for key, value in self._vectors.items()
            if key not in live_vectors
        ]
        orphans += [
            Orphan(self._facts_retired.get(key, 0), FACTS, schema.facts_key(*key), _size(facts))
            for key, facts in self._facts.items()
            if key not in live_facts
        ]
        doomed, kept = choose_doomed(orphans, orphan_bytes)
        gone = {orphan.kind + orphan.key for orphan in doomed}
        self._vectors = {key: value for key, value in self._vectors.items() if VECTOR + key not in gone}
        self._facts = {key: value for key, value in self._facts.items() if FACTS + schema.facts_key(*key) not in gone}
        noted = {orphan.kind + orphan.key for orphan in kept}
        self._vectors_retired = {key: at for key, at in self._vectors_retired.items() if VECTOR + key in noted}
        self._facts_retired = {
            key: at for key, at in self._facts_retired.items() if FACTS + schema.facts_key(*key) in noted
        }
        return tally(doomed, kept)

    def compact(self) -> int:
        """Return 0: there is no file to make smaller."""
        self._check_open()
        return 0

    def statistics(self) -> StoreStatistics:
        """Count entries; there are no bytes on a disk."""
        self._check_open()
        entries = {
            schema.META: len(self._meta),
            schema.FILES: len(self._files),
            schema.SKIPPED: len(self._skipped),
            **dict.fromkeys(schema.FACTS_TABLES, len(self._facts)),
            schema.LINKS: len(self._links),
            schema.SYMBOLS: len(self._symbols),
            schema.VECTORS: len(self._vectors),
            schema.ARRIVALS: 0,
            schema.RETIRED: len(self._facts_retired) + len(self._vectors_retired),
        }
        return StoreStatistics(entries, file_bytes=0, used_bytes=0, map_bytes=0)

    def close(self) -> None:
        """Refuse every later call."""
        self._open = False

    def _check_open(self) -> None:
        if not self._open:
            raise StoreError("the store is closed")

    def _facts_of(self, blob: bytes, language: str) -> EncodedFacts | None:
        self._check_open()
        return self._facts.get((blob, language))

    def _take_symbols(self, symbols: Mapping[str, tuple[SymbolState, ...] | None]) -> None:
        for path, states in symbols.items():
            gone = _keys_of(self._symbols.get(path, ())) - _keys_of(states or ())
            self._vectors_retired.update(dict.fromkeys(gone, self._revision))
        _update(self._symbols, symbols)


def _update(rows: dict[str, Value], changes: Mapping[str, Value | None]) -> None:
    for path, value in changes.items():
        if value is None:
            rows.pop(path, None)
        else:
            rows[path] = value


def _by_path(rows: Mapping[str, Value]) -> list[tuple[str, Value]]:
    return sorted(rows.items(), key=lambda row: schema.path_key(row[0]))


def _keys_of(states: Iterable[SymbolState]) -> set[EmbeddingKey]:
    return {EmbeddingKey(key) for state in states for key in (state.wanted, state.served) if key}


def _size(facts: EncodedFacts) -> int:
    return sum(len(part) + schema.CRC_BYTES for part in (facts.outline, facts.occurrences, facts.inputs, facts.layout))
