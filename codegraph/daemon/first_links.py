"""Linking a first index in processes beside the writer: the same functions over the same facts, on all cores.

What each file contributes to the symbol table is worked out as files come in. When all are there the table is filled
once, and children that are forked off read it where it is: the process has one thread, so forking is safe, and
nothing has to be sent. Each links a part of the files and answers with what the store keeps of them, which is what
`Index.apply` takes. The writer's own table is filled from those traces when a change first needs it.
Tests: tests/integration/test_first_index.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import NamedTuple

import msgspec
import psutil

from codegraph.core.facts import EncodedFacts, Occurrences, Outline, decode_compressed_occurrences, decode_outline
from codegraph.daemon.first_worker import DONE, Ask, Offer, received
from codegraph.graph.defined import GatheredNames
from codegraph.graph.link import contributions_of, link_file
from codegraph.graph.resolve.scheme import Value
from codegraph.graph.stored import Trace, encode_links
from codegraph.graph.table import SymbolTable

FILES_PER_CHILD = 32
"""Another child is forked only for so many files."""


MEMORY_SHARE = 2
"""Children may come to take one part in so many of the memory that is available."""


class _First(NamedTuple):
    """All that linking the files of a first index reads."""

    facts: dict[str, EncodedFacts]
    table: SymbolTable
    names: GatheredNames


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[str, bytes])


def serve_links(connection: Connection, children: int) -> None:
    """Answer with the stored links of all files, linked by up to `children` children; the process's main function."""
    facts: dict[str, EncodedFacts] = {}
    contributions: dict[str, dict[str, Value]] = {}
    names = GatheredNames()
    for message in received(connection):
        if isinstance(message, Offer):
            facts[message.path] = message.facts
            outline, occurrences = _decoded(message.facts)
            contributions[message.path] = contributions_of(message.path, outline, occurrences)
            names.add(message.path, outline)
        else:
            table = SymbolTable()
            table.update({path: contributions.pop(path) for path in sorted(message.paths)})
            contributions.clear()
            with suppress(BrokenPipeError):  # whoever asked has ended
                _answer(connection, message, _First(facts, table, names), children)
            return


def links_of(answer: bytes) -> tuple[str, bytes]:
    """Decode one answer: a path, and what the store keeps of its links. Raises msgspec.DecodeError."""
    return _decoder.decode(answer)


def _decoded(facts: EncodedFacts) -> tuple[Outline, Occurrences]:
    return decode_outline(facts.outline), decode_compressed_occurrences(facts.occurrences)


def _answer(connection: Connection, asked: Ask, first: _First, children: int) -> None:
    paths = sorted(asked.paths, key=lambda path: (-len(first.facts[path].occurrences), path))
    own, available = psutil.Process().memory_info().rss, psutil.virtual_memory().available
    count = children_for(children, len(paths), own, available)
    parts = [paths[start::count] for start in range(count)]
    if count == 1 or not hasattr(os, "fork"):
        for answer in _linked(paths, first):
            connection.send_bytes(answer)
    else:
        _relay(connection, [_forked(part, first) for part in parts])
        for _ in parts:
            os.wait()
    connection.send_bytes(DONE)


def children_for(most: int, files: int, own: int, available: int) -> int:
    """Return how many children link so many files, where the parent has `own` bytes and `available` are left.

    A child comes to copy most of what it reads, because references are counted where things lie.
    """
    return max(1, min(most, files // FILES_PER_CHILD, available // (MEMORY_SHARE * own)))


def _linked(paths: Sequence[str], first: _First) -> Iterator[bytes]:
    for path in paths:
        found = link_file(path, *_decoded(first.facts[path]), first.table, first.names.value)
        yield _encoder.encode((path, encode_links(found.links, Trace(first.table.contributions(path), found.reads))))


def _forked(paths: Sequence[str], first: _First) -> Connection:
    """Link a part of the files in a child; return where its answers come from, DONE at the end."""
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        return Connection(reading, writable=False)
    code = 1
    try:
        os.close(reading)
        with Connection(writing, readable=False) as connection:
            for answer in _linked(paths, first):
                connection.send_bytes(answer)
            connection.send_bytes(DONE)
        code = 0
    finally:
        os._exit(code)  # nothing of the parent's is to be closed twice


def _relay(connection: Connection, children: Sequence[Connection]) -> None:
    """Pass on what the children answer; raises EOFError when one ends before its time."""
    working = list(children)
    while working:
        for child in wait(working):
            assert isinstance(child, Connection)
            answer = child.recv_bytes()
            if answer == DONE:
                working.remove(child)
            else:
                connection.send_bytes(answer)
