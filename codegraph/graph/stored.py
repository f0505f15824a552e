"""Links as they are kept: packed in memory, and encoded for the store.

A million `Dependency` objects would be most of the daemon's memory, and decoding them most of its
start. So a file's links are kept *packed*: the distinct targets once, and four 32-bit numbers per
edge. `Dependency` objects are made when somebody asks for a definition's edges. What is stored for a
file is the packed links, compressed (to a quarter: of 1.25 million symbols 92 MB for 392), and beside
them, in a frame of its own that only the second stage of a warm start decodes, its *trace*: what it
contributes to the symbol table and which keys its linking read.

Numbers are unsigned, 32 bits, little-endian. Tests: tests/unit/graph/test_graph_stored.py.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from itertools import compress, pairwise
from typing import TypeVar

import msgspec
import numpy as np
import numpy.typing as npt
import zstandard

from codegraph.core.changes import Dependency, FileLinks, Unresolved
from codegraph.core.facts import Role
from codegraph.core.frames import unpacked
from codegraph.core.symbols import (
    CONTEXT_KINDS,
    DOCUMENT_LANGUAGES,
    Confidence,
    DependencyKind,
    SymbolId,
    descriptor_parts,
)
from codegraph.errors import StoreCorrupt
from codegraph.graph.resolve.scheme import Value

KINDS = tuple(DependencyKind)
REASONS = (
    *("external", "builtin", "local", "dynamic", "unknown_receiver", "ambiguous", "missing", "failed", "unparsed"),
    "inherited",
)
_CONFIDENCES = tuple(Confidence)
_KIND_NUMBER = {kind: number for number, kind in enumerate(KINDS)}
_CONFIDENCE_NUMBER = {confidence: number for number, confidence in enumerate(_CONFIDENCES)}
_REASON_NUMBER = {reason: number for number, reason in enumerate(REASONS)}
_IN_CONTEXT = tuple(kind in CONTEXT_KINDS for kind in KINDS)
_IN_CONTEXT_OF_DOCUMENTS = tuple(kind is DependencyKind.REFERENCES for kind in KINDS)
_ROLES = {
    DependencyKind.CALLS: Role.CALL,
    DependencyKind.INHERITS: Role.INHERIT,
    DependencyKind.IMPLEMENTS: Role.IMPLEMENT,
    DependencyKind.USES_TYPE: Role.TYPE,
}
"""What a reference did that gave an edge of a kind; others read."""
_NUMBER = np.dtype("<u4")
Numbers = npt.NDArray[np.int64]
_EDGE = 4
_MISS = 5
_EDGE_KIND_BYTE = 4
"""Where in the bytes of an edge its kind stands: the low byte of the second number."""
_MISS_REASON_BYTE = 9
"""Where in the bytes of a miss its reason stands: the second byte of the third number."""
_MAX_FRAME_BYTES = 1 << 28
_Decoded = TypeVar("_Decoded")


class PackedLinks(msgspec.Struct, frozen=True, array_like=True, weakref=True):
    """The dependencies and unresolved references of one file, without an object per edge."""

    targets: tuple[SymbolId, ...]
    """Distinct targets, in the order of their first mention."""
    starts: bytes
    """Per definition, and once more for the end: the first of its edges."""
    edges: bytes
    """Four numbers an edge: index of the target, kind + 256 * confidence, line, column."""
    names: tuple[str, ...]
    misses: bytes
    """Five numbers a miss: owner, index of the name, role + 256 * reason, line, column."""

    def dependencies(self, index: int, kinds: Collection[DependencyKind] = KINDS) -> tuple[Dependency, ...]:
        """Return the edges of a definition, in source order; only those of some kinds, if given."""
        rows = self._rows(index)
        return tuple(
            Dependency(
                self.targets[rows[at]],
                KINDS[rows[at + 1] & 255],
                _CONFIDENCES[rows[at + 1] >> 8],
                rows[at + 2],
                rows[at + 3],
            )
            for at in range(0, len(rows), _EDGE)
            if KINDS[rows[at + 1] & 255] in kinds
        )

    def edges_to(self, target: SymbolId, kinds: Collection[DependencyKind]) -> list[tuple[int, Dependency]]:
        """Return the edges of some kinds that end at a symbol, each with the index of the definition it starts at."""
        try:
            wanted = self.targets.index(target)
        except ValueError:
            return []
        found: list[tuple[int, Dependency]] = []
        for row in _rows_of(self.edges, _EDGE, 0, wanted):
            if KINDS[self.edges[4 * row * _EDGE + _EDGE_KIND_BYTE]] in kinds:
                label, line, place = _numbers(self.edges[4 * (row * _EDGE + 1) : 4 * (row + 1) * _EDGE])
                edge = Dependency(self.targets[wanted], KINDS[label & 255], _CONFIDENCES[label >> 8], line, place)
                found.append((row, edge))
        if not found:
            return []
        starts = _numbers(self.starts)
        return [(bisect_right(starts, row) - 1, edge) for row, edge in found]

    def context_targets(self, language: str) -> list[tuple[SymbolId, ...]]:
        """Return per definition the distinct targets whose signatures may enter its embedding, in order."""
        in_context = _in_context(language)
        rows, targets = _numbers(self.edges), self.targets
        near = [in_context[label & 255] for label in rows[1::_EDGE]]
        edges = rows[0::_EDGE]
        found: list[tuple[SymbolId, ...]] = []
        for first, last in pairwise(_numbers(self.starts)):
            distinct = dict.fromkeys(compress(edges[first:last], near[first:last])) if first < last else None
            found.append(tuple([targets[target] for target in distinct]) if distinct else ())
        return found

    def context_targets_of(self, index: int, language: str) -> list[SymbolId]:
        """Return one definition's targets whose signatures may enter its embedding, in order, repetitions included."""
        in_context = _in_context(language)
        rows = self._rows(index)
        return [
            self.targets[target]
            for target, label in zip(rows[0::_EDGE], rows[1::_EDGE], strict=True)
            if in_context[label & 255]
        ]

    def _rows(self, index: int) -> Sequence[int]:
        """Decode one definition's edges, and nothing else of the file."""
        first, last = _numbers(self.starts[4 * index : 4 * index + 8])
        return _numbers(self.edges[4 * _EDGE * first : 4 * _EDGE * last])

    def labels(self) -> list[tuple[tuple[SymbolId, int], ...]]:
        """Return per definition its edges without positions: (target, kind and confidence)."""
        starts, rows = _numbers(self.starts), _numbers(self.edges)
        targets = [self.targets[number] for number in rows[0::_EDGE]]
        labelled = tuple(zip(targets, rows[1::_EDGE], strict=True))
        return [labelled[starts[index] : starts[index + 1]] for index in range(len(starts) - 1)]

    def unresolved(self, names: Collection[str] | None = None) -> tuple[Unresolved, ...]:
        """Return the references without an edge, by owner and position; only those by one of `names`, if given."""
        rows = _numbers(self.misses)
        places: Iterable[int] = range(0, len(rows), _MISS)
        if names is not None:
            wanted = [number for number, name in enumerate(self.names) if name in names]
            places = sorted(row * _MISS for number in wanted for row in _rows_of(self.misses, _MISS, 1, number))
        return tuple(self._miss(rows, at) for at in places)

    def unresolved_of(self, owner: int) -> tuple[Unresolved, ...]:
        """Return one definition's references without an edge, by position."""
        rows = _numbers(self.misses)
        return tuple(self._miss(rows, row * _MISS) for row in _rows_of(self.misses, _MISS, 0, owner))

    def _miss(self, rows: Sequence[int], at: int) -> Unresolved:
        role, reason = role_and_reason(rows[at + 2])
        return Unresolved(rows[at], self.names[rows[at + 1]], role, reason, rows[at + 3], rows[at + 4])

    def without(self, lost: Collection[SymbolId]) -> PackedLinks:
        """Return the same without the edges to some targets; what they stood for is unresolved, `failed`."""
        kept: list[tuple[Dependency, ...]] = []
        misses = list(self.unresolved())
        for owner in range(len(self.starts) // 4 - 1):
            edges = self.dependencies(owner)
            kept.append(tuple(edge for edge in edges if edge.target not in lost))
            for edge in edges:
                if edge.target in lost:
                    name = descriptor_parts(edge.target.rpartition("/")[2])[-1:]
                    role = _ROLES.get(edge.kind, Role.READ)
                    misses.append(Unresolved(owner, name[0][0] if name else "", role, "failed", edge.line, edge.column))
        misses.sort(key=lambda miss: (miss.owner, miss.line, miss.column))
        return pack(FileLinks(tuple(kept), (), tuple(misses)))

    def kind_counts(self) -> list[int]:
        """Count the edges by kind, in the order of `KINDS`."""
        labels = self.edges[_EDGE_KIND_BYTE :: 4 * _EDGE]
        return [labels.count(number) for number in range(len(KINDS))]

    def reason_counts(self) -> list[int]:
        """Count the unresolved references by reason, in the order of `REASONS`."""
        labels = self.misses[_MISS_REASON_BYTE :: 4 * _MISS]
        return [labels.count(number) for number in range(len(REASONS))]


class Trace(msgspec.Struct, frozen=True, array_like=True):
    """What ties a file to others: its contributions to the symbol table, and the keys it read."""

    contributions: dict[str, Value]
    reads: tuple[str, ...]


class StoredLinks(msgspec.Struct, frozen=True, array_like=True):
    """What the store keeps of one file's links."""

    links: bytes
    """zstd frame of the msgpack of PackedLinks."""
    trace: bytes
    """zstd frame of the msgpack of Trace."""

    @property
    def packed(self) -> PackedLinks:
        """The links, decoded at each call; raises StoreCorrupt on foreign or oversized bytes."""
        return _decompressed(self.links, _packed_decoder, "links")


_encoder = msgspec.msgpack.Encoder()
_links_decoder = msgspec.msgpack.Decoder(StoredLinks)
_packed_decoder = msgspec.msgpack.Decoder(PackedLinks)
_trace_decoder = msgspec.msgpack.Decoder(Trace)


def pack(links: FileLinks) -> PackedLinks:
    """Pack the result of linking; its reads are left aside."""
    targets: dict[SymbolId, int] = {}
    starts, edges = array("I", [0]), array("I")
    for dependencies in links.dependencies:
        for each in dependencies:
            label = _KIND_NUMBER[each.kind] | _CONFIDENCE_NUMBER[each.confidence] << 8
            edges.extend((targets.setdefault(each.target, len(targets)), label, each.line, each.column))
        starts.append(len(edges) // _EDGE)
    names: dict[str, int] = {}
    misses = array("I")
    for miss in links.unresolved:
        label = int(miss.role) | _REASON_NUMBER[miss.reason] << 8
        misses.extend((miss.owner, names.setdefault(miss.name, len(names)), label, miss.line, miss.column))
    return PackedLinks(tuple(targets), _bytes(starts), _bytes(edges), tuple(names), _bytes(misses))


def encode_links(packed: PackedLinks, trace: Trace | bytes) -> bytes:
    """Encode what the store keeps of one file's links, its trace perhaps already. Equal values give equal bytes."""
    frame = zstandard.ZstdCompressor(level=1).compress
    kept = frame(_encoder.encode(trace)) if isinstance(trace, Trace) else trace
    return _encoder.encode(StoredLinks(frame(_encoder.encode(packed)), kept))


def decode_links(data: bytes) -> StoredLinks:
    """Decode stored links, both frames left as they are; raises StoreCorrupt on foreign bytes."""
    try:
        return _links_decoder.decode(data)
    except msgspec.DecodeError as error:
        raise StoreCorrupt(f"stored links cannot be read: {error}", "the index is built again") from error


class Sharer:
    """Gives one object for equal texts: decoded, each would be an object of its own for every file that says it."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def texts(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        """Return the same texts, shared."""
        return tuple(map(self._texts.setdefault, texts, texts))

    def value(self, value: Value) -> Value:
        """Return the same value, its texts shared."""
        share = self._texts.setdefault
        return tuple([tuple(map(share, entry, entry)) for entry in value])


def decode_trace(data: bytes) -> Trace:
    """Decode a trace; raises StoreCorrupt on foreign or oversized bytes."""
    return _decompressed(data, _trace_decoder, "trace")


def _decompressed(data: bytes, decoder: msgspec.msgpack.Decoder[_Decoded], what: str) -> _Decoded:
    try:
        return decoder.decode(unpacked(data, _MAX_FRAME_BYTES))
    except msgspec.DecodeError as error:
        raise StoreCorrupt(f"the stored {what} cannot be read: {error}", "the index is built again") from error


def missed(several: Sequence[PackedLinks]) -> tuple[Numbers, Numbers, Numbers]:
    """List the references without an edge of several files: (index of the links, of their name, label) of each.

    `role_and_reason` reads a label.
    """
    rows = np.frombuffer(b"".join([links.misses for links in several]), _NUMBER).reshape(-1, _MISS)
    counts = [len(links.misses) // (4 * _MISS) for links in several]
    return np.repeat(np.arange(len(several)), counts), rows[:, 1].astype(np.int64), rows[:, 2].astype(np.int64)


def role_and_reason(label: int) -> tuple[Role, str]:
    """Read the label of a reference without an edge."""
    return Role(label & 255), REASONS[label >> 8]


def _in_context(language: str) -> Sequence[bool]:
    """Return by kind of edge whether context follows it; a document relies on whatever it names."""
    return _IN_CONTEXT_OF_DOCUMENTS if language in DOCUMENT_LANGUAGES else _IN_CONTEXT


def _numbers(data: bytes) -> Sequence[int]:
    numbers = array("I")
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _rows_of(data: bytes, width: int, column: int, number: int) -> list[int]:
    """Return which rows of `width` numbers have this one in that column, in order; the search itself runs in C."""
    rows: list[int] = (np.frombuffer(data, _NUMBER)[column::width] == number).nonzero()[0].tolist()
    return rows


def _bytes(numbers: array[int]) -> bytes:
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers.tobytes()
