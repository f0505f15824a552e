"""The project's state in LMDB. Open it with `codegraph.store.opening.open_store`.

Each revision is one write transaction, each batch of vectors another; a large one is sorted into its table later
(`arrivals.py`). A transaction also notes what
it lets go of, facts and vectors, so that garbage collection can tell late orphans from early ones.

Damaged facts and vectors count as missing, are reported by events.Rebuilt, and are made again by
whoever asked; a damaged row of files, links or symbols raises StoreCorrupt (opening has read them
all once), and the next opening rebuilds.

Memory: LMDB's pages belong to the page cache. Bulk reads hold one table's bytes.
Tests: tests/unit/store/test_store_both.py, test_store_crash.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from codegraph.core.changes import Skipped
from codegraph.core.symbols import EmbeddingKey
from codegraph.events import EventLog, Rebuilt
from codegraph.store import schema
from codegraph.store.arrivals import Arrivals, are_batch, read_vector, sort_in
from codegraph.store.environment import Environment, Transaction
from codegraph.store.gc import FACTS, ORPHAN_BYTES, VECTOR, Orphan, Swept, choose_doomed, tally
from codegraph.store.schema import FileRecord, RevisionRecord, StoreStatistics, SymbolState

_SWEPT_AT_ONCE = 4_096


class Identity(NamedTuple):
    """What opening learned of a store."""

    instance: str
    revision: int
    outdated: tuple[str, ...]


class Store:
    """A StateStore in one LMDB environment."""

    def __init__(self, environment: Environment, lock: int, events: EventLog, identity: Identity) -> None:
        self._environment = environment
        self._lock: int | None = lock
        self._events = events
        self._identity = identity
        self._revision = identity.revision
        self._arrivals = Arrivals(environment)
        self._has_closing = True
        """There may be a closing record: the next write takes it away."""

    @property
    def instance(self) -> str:
        """Names this store from its creation to its loss."""
        return self._identity.instance

    @property
    def revision(self) -> int:
        """The last committed revision."""
        return self._revision

    @property
    def outdated(self) -> tuple[str, ...]:
        """Names of the versions that had changed when the store was opened."""
        return self._identity.outdated

    def meta(self, name: str) -> bytes | None:
        """Return a value that `set_meta` kept."""
        key = schema.user_key(name)
        value = self._environment.read(lambda transaction: transaction.get(schema.META, key))
        return None if value is None else schema.unseal(value, f"value {name}")

    def set_meta(self, name: str, value: bytes) -> None:
        """Keep a small value under a name."""
        key = schema.user_key(name)
        self._write(lambda transaction: transaction.put(schema.META, key, schema.seal(value)))

    def closing(self) -> bytes | None:
        """Return what `keep_closing` kept, None if anything was written since or it is damaged."""
        value = self._environment.read(lambda transaction: transaction.get(schema.META, schema.CLOSING_KEY))
        return value[: -schema.CRC_BYTES] if value is not None and schema.intact(value) else None

    def keep_closing(self, closing: bytes) -> None:
        """Keep a closing record until the next write."""
        sealed = schema.seal(closing)
        self._environment.write(lambda transaction: transaction.put(schema.META, schema.CLOSING_KEY, sealed))
        self._has_closing = True

    def commit(self, record: RevisionRecord) -> None:
        """Write one revision in one transaction."""
        if record.revision <= self._revision:
            raise ValueError(f"revision {record.revision} does not follow {self._revision}")
        self._write(lambda transaction: _write_revision(transaction, record))
        self._revision = record.revision

    def put_vectors(
        self,
        vectors: Mapping[EmbeddingKey, bytes],
        symbols: Mapping[str, tuple[SymbolState, ...]] | None = None,
    ) -> None:
        """Write a batch of vectors and the symbols that are served by them in one transaction."""
        items = sorted((key, schema.seal(value)) for key, value in vectors.items())
        revision = self._revision
        is_batch = are_batch(vectors)
        self._arrivals.load()

        def work(transaction: Transaction) -> None:
            if is_batch:
                self._arrivals.write(transaction, items)
            else:
                transaction.put_many(schema.VECTORS, items)
            _write_symbols(transaction, symbols or {}, revision)

        self._write(work)
        if is_batch:
            self._arrivals.written(items)
        else:
            self._arrivals.replaced(vectors)

    def files(self) -> dict[str, FileRecord]:
        """Return every indexed file by path."""
        return {path: schema.decode_file(body) for path, body in self._rows(schema.FILES)}

    def skipped(self) -> dict[str, Skipped]:
        """Return every skipped file by path."""
        return {path: schema.decode_skipped(path, body) for path, body in self._rows(schema.SKIPPED)}

    def links(self) -> Iterator[tuple[str, bytes]]:
        """Yield every file's links."""
        return self._rows(schema.LINKS)

    def symbols(self) -> Iterator[tuple[str, tuple[SymbolState, ...]]]:
        """Yield every file's symbols."""
        return ((path, schema.decode_symbols(body)) for path, body in self.symbol_rows())

    def symbol_rows(self) -> Iterator[tuple[str, bytes]]:
        """Yield every file's symbols, encoded."""
        return self._rows(schema.SYMBOLS)

    def has_facts(self, blob: bytes, language: str) -> bool:
        """Tell whether the facts of these bytes are kept."""
        key = schema.facts_key(blob, language)
        return self._environment.read(lambda transaction: transaction.get(schema.OUTLINES, key)) is not None

    def outline(self, blob: bytes, language: str) -> bytes | None:
        """Return the encoded outline."""
        return self.outlines([(blob, language)])[0]

    def outlines(self, places: Iterable[tuple[bytes, str]]) -> list[bytes | None]:
        """Return many encoded outlines, out of one transaction."""
        return self._facts(schema.OUTLINES, [schema.facts_key(*place) for place in places])

    def occurrences(self, blob: bytes, language: str) -> bytes | None:
        """Return the compressed occurrences."""
        return self._facts(schema.OCCURRENCES, [schema.facts_key(blob, language)])[0]

    def inputs(self, blob: bytes, language: str) -> bytes | None:
        """Return the compressed own inputs."""
        return self._facts(schema.INPUTS, [schema.facts_key(blob, language)])[0]

    def layout(self, blob: bytes, language: str) -> bytes | None:
        """Return the compressed layout, b"" if the file has none."""
        return self._facts(schema.LAYOUTS, [schema.facts_key(blob, language)])[0]

    def vectors(self, keys: Iterable[EmbeddingKey]) -> dict[EmbeddingKey, bytes]:
        """Return those of the vectors that are kept."""
        wanted = list(keys)
        rows = self._arrivals.rows(wanted)
        placed = [key for key, row in zip(wanted, rows, strict=True) if row is None and key]
        arrived = [(key, row) for key, row in zip(wanted, rows, strict=True) if row is not None]

        def read(transaction: Transaction) -> dict[bytes, bytes]:
            found = transaction.get_many(schema.VECTORS, placed)
            for key, row in arrived:
                if value := read_vector(transaction, key, row):
                    found[key] = value
            return found

        present = self._environment.read(read)
        sound = {
            key: present[key][: -schema.CRC_BYTES] for key in wanted if key in present and schema.intact(present[key])
        }
        self._report_damage(schema.VECTORS, len(present) - len(sound))
        return sound

    def vector_keys(self) -> set[EmbeddingKey]:
        """Return the keys of all vectors."""
        arrived = {EmbeddingKey(key) for key in self._arrivals}
        return arrived | {
            EmbeddingKey(key) for key in self._environment.read(lambda transaction: transaction.keys(schema.VECTORS))
        }

    @property
    def unsorted(self) -> int:
        """How many vectors stand where they came, and not in their place."""
        return len(self._arrivals)

    def sort_vectors(self) -> None:
        """Put some of them into their place, in one transaction."""
        part = self._arrivals.next_slice()
        if part.rows:
            self._write(lambda transaction: sort_in(transaction, part))
            self._arrivals.sorted_in(part)

    def collect_garbage(self, orphan_bytes: int = ORPHAN_BYTES) -> Swept:
        """Remove vectors and facts that nothing refers to, but keep the latest `orphan_bytes` of them."""
        while self.unsorted:
            self.sort_vectors()
        live = self._mark()
        retired = self._retired()
        orphans = list(self._orphans(live, retired))
        doomed, kept = choose_doomed(orphans, orphan_bytes)
        noted = {orphan.kind + orphan.key for orphan in kept}
        forgotten = [key for key in retired if key not in noted]
        for start in range(0, len(doomed), _SWEPT_AT_ONCE):
            self._write(partial(_sweep, doomed=doomed[start : start + _SWEPT_AT_ONCE]))
        if forgotten:
            self._write(partial(_forget, keys=forgotten))
        return tally(doomed, kept)

    def compact(self) -> int:
        """Give free pages back to the file system."""
        return self._environment.compact()

    def statistics(self) -> StoreStatistics:
        """Count entries and bytes."""
        return self._environment.statistics()

    def close(self) -> None:
        """Close the environment and give the directory back."""
        lock, self._lock = self._lock, None
        if lock is not None:
            try:
                self._environment.close()
            finally:
                os.close(lock)

    def _write(self, work: Callable[[Transaction], None]) -> None:
        """Do `work` in a transaction that also takes the closing record away, if there is one."""

        def alone(transaction: Transaction) -> None:
            if self._has_closing:
                transaction.delete(schema.META, schema.CLOSING_KEY)
            work(transaction)

        self._environment.write(alone)
        self._has_closing = False

    def _rows(self, table: str) -> Iterator[tuple[str, bytes]]:
        rows: list[tuple[str, bytes]] = []
        self._environment.scan(table, lambda key, value: rows.append(schema.unpack_row(key, value, table)))
        return iter(rows)

    def _facts(self, table: str, keys: Iterable[bytes]) -> list[bytes | None]:
        sealed = self._environment.read(lambda transaction: [transaction.get(table, key) for key in keys])
        present = [value is not None for value in sealed]
        found = [value[: -schema.CRC_BYTES] if value is not None and schema.intact(value) else None for value in sealed]
        self._report_damage(table, sum(present) - sum(value is not None for value in found))
        return found

    def _report_damage(self, table: str, count: int) -> None:
        if count:
            self._events.publish(Rebuilt(what=table, reason=f"{count} damaged entries"))

    def _mark(self) -> set[bytes]:
        """Return kind + key of everything that files and symbols refer to."""
        live: set[bytes] = set()
        for _, body in self.symbol_rows():
            live.update(VECTOR + key for key in schema.keys_in_symbols(body))
        live.update(FACTS + schema.facts_key(file.blob, file.language) for file in self.files().values())
        return live

    def _retired(self) -> dict[bytes, int]:
        items = self._environment.read(lambda transaction: transaction.items(schema.RETIRED))
        return {key: int.from_bytes(value, "little") for key, value in items}

    def _orphans(self, live: set[bytes], retired: Mapping[bytes, int]) -> Iterator[Orphan]:
        sizes: dict[bytes, int] = {}
        kinds = ((VECTOR, schema.VECTORS), *((FACTS, table) for table in schema.FACTS_TABLES))
        for kind, table in kinds:

            def measure(key: memoryview, value: memoryview, kind: bytes = kind) -> None:
                name = kind + bytes(key)
                if name not in live:
                    sizes[name] = sizes.get(name, 0) + len(value)

            self._environment.scan(table, measure)
        return (Orphan(retired.get(name, 0), name[:1], name[1:], size) for name, size in sizes.items())


def _write_revision(transaction: Transaction, record: RevisionRecord) -> None:
    for facts in record.facts:
        key = schema.facts_key(facts.blob, facts.language)
        parts = (facts.outline, facts.occurrences, facts.inputs, facts.layout)
        for table, part in zip(schema.FACTS_TABLES, parts, strict=True):
            transaction.put(table, key, schema.seal(part))
    _write_files(transaction, record.files, record.revision)
    for path, links in record.links.items():
        _write_row(transaction, schema.LINKS, path, links)
    for path, skipped in record.skipped.items():
        _write_row(transaction, schema.SKIPPED, path, None if skipped is None else schema.encode_skipped(skipped))
    _write_symbols(transaction, record.symbols, record.revision)
    transaction.put(schema.META, b"revision", schema.seal(str(record.revision).encode("ascii")))


def _write_row(transaction: Transaction, table: str, path: str, body: bytes | None) -> None:
    key = schema.path_key(path)
    if body is None:
        transaction.delete(table, key)
    else:
        transaction.put(table, key, schema.pack_row(path, body))


def _write_files(transaction: Transaction, files: Mapping[str, FileRecord | None], revision: int) -> None:
    for path, file in files.items():
        key = schema.path_key(path)
        old = transaction.get(schema.FILES, key)
        if old is not None:
            before = schema.decode_file(schema.unpack_row(key, old, schema.FILES)[1])
            if file is None or (before.blob, before.language) != (file.blob, file.language):
                _retire(transaction, FACTS, schema.facts_key(before.blob, before.language), revision)
        _write_row(transaction, schema.FILES, path, None if file is None else schema.encode_file(file))


def _write_symbols(
    transaction: Transaction, symbols: Mapping[str, tuple[SymbolState, ...] | None], revision: int
) -> None:
    for path, states in symbols.items():
        key = schema.path_key(path)
        old = transaction.get(schema.SYMBOLS, key)
        if old is not None:
            before = schema.keys_in_symbols(schema.unpack_row(key, old, schema.SYMBOLS)[1])
            for gone in sorted(before - schema.keys_of(states or ())):
                _retire(transaction, VECTOR, gone, revision)
        _write_row(transaction, schema.SYMBOLS, path, None if states is None else schema.encode_symbols(states))


def _retire(transaction: Transaction, kind: bytes, key: bytes, revision: int) -> None:
    transaction.put(schema.RETIRED, kind + key, revision.to_bytes(8, "little"))


def _sweep(transaction: Transaction, doomed: Iterable[Orphan]) -> None:
    for orphan in doomed:
        for table in (schema.VECTORS,) if orphan.kind == VECTOR else schema.FACTS_TABLES:
            transaction.delete(table, orphan.key)


def _forget(transaction: Transaction, keys: Iterable[bytes]) -> None:
    for key in keys:
        transaction.delete(schema.RETIRED, key)
