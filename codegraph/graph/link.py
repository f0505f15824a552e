"""Linking one file: run its language's scheme against the symbol table, and keep what it asked for.

Pure: the result is a function of the file's facts and of the table's values. Tests: tests/model/.
"""

from __future__ import annotations

from typing import NamedTuple

from codegraph.core.facts import Occurrences, Outline
from codegraph.graph.resolve import Value, scheme_of
from codegraph.graph.resolve.keys import SEPARATOR, SHARED_KINDS
from codegraph.graph.stored import PackedLinks, pack
from codegraph.graph.table import SymbolTable


class Linked(NamedTuple):
    """A file's packed links, and every table key that linking asked for, sorted.

    Private keys of the file itself are left out: they change only when the file does.
    """

    links: PackedLinks
    reads: tuple[str, ...]


def contributions_of(path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
    """Return what a file offers to the symbol table."""
    return scheme_of(outline.language).contributions(path, outline, occurrences)


def link_file(path: str, outline: Outline, occurrences: Occurrences, table: SymbolTable) -> Linked:
    """Resolve the references of one file."""
    reader = table.reader()
    links = scheme_of(outline.language).link(path, outline, occurrences, reader)
    marker = SEPARATOR + path
    reads = tuple(key for key in reader.reads() if marker not in key or not _is_own(key, path))
    return Linked(pack(links), reads)


def _is_own(key: str, path: str) -> bool:
    kind, _, rest = key.partition(SEPARATOR)
    return kind not in SHARED_KINDS and rest.partition(SEPARATOR)[0] == path
