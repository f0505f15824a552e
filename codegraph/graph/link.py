"""Linking one file: run its language's scheme against the symbol table, and keep what it asked for.

Pure: the result is a function of the file's facts and of the table's values. A defect in a scheme costs one file its
edges, or the names that others find in it, not everybody the index: its references are counted as `failed`, a warning
says where, and what was asked for until then is what it is linked again for.
Tests: tests/model/, tests/unit/graph/test_graph_link.py.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from codegraph.core.changes import FileLinks
from codegraph.core.facts import Occurrences, Outline
from codegraph.errors import InternalError
from codegraph.graph.resolve import scheme_of
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.keys import SEPARATOR, SHARED_KINDS
from codegraph.graph.resolve.scheme import Value
from codegraph.graph.stored import PackedLinks, pack
from codegraph.graph.table import Elsewhere, SymbolTable, nowhere

logger = logging.getLogger(__name__)


class Linked(NamedTuple):
    """A file's packed links, and every table key that linking asked for, sorted.

    Private keys of the file itself are left out: they change only when the file does.
    """

    links: PackedLinks
    reads: tuple[str, ...]


def contributions_of(path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
    """Return what a file offers to the symbol table; nothing where its scheme fails."""
    try:
        return scheme_of(outline.language).contributions(path, outline, occurrences)
    except (InternalError, MemoryError):
        raise
    except Exception as error:  # whatever a scheme, perhaps of a plug-in, stumbles over
        _report(f"{path} is known to no other file", error)
        return {}


def link_file(
    path: str, outline: Outline, occurrences: Occurrences, table: SymbolTable, elsewhere: Elsewhere = nowhere
) -> Linked:
    """Resolve the references of one file."""
    reader = table.reader(elsewhere)
    try:
        links = pack(scheme_of(outline.language).link(path, outline, occurrences, reader))
    except (InternalError, MemoryError):
        raise
    except Exception as error:  # whatever a scheme, perhaps of a plug-in, stumbles over, or gives that is none
        _report(f"{path} is not linked", error)
        links = pack(_unlinked(path, outline, occurrences))
    return Linked(links, tuple(foreign(path, reader.reads())))


def foreign(path: str, keys: Iterable[str]) -> Iterator[str]:
    """Yield the keys that are not private ones of a file."""
    marker = SEPARATOR + path
    return (key for key in keys if marker not in key or not is_own(key, path))


def _report(what: str, error: Exception) -> None:
    logger.exception(what)
    warnings.warn(f"{what}: {type(error).__name__}: {error}", RuntimeWarning, stacklevel=3)


def _unlinked(path: str, outline: Outline, occurrences: Occurrences) -> FileLinks:
    collector = EdgeCollector(path, outline)
    for reference in occurrences.references:
        line, column = reference.positions[:2]
        collector.miss(reference.owner, reference.chain[-1], reference.role, "failed", line, column)
    return collector.links()


def is_own(key: str, path: str) -> bool:
    """Say whether a key is a private one of a file."""
    kind, _, rest = key.partition(SEPARATOR)
    return kind not in SHARED_KINDS and rest.partition(SEPARATOR)[0] == path
