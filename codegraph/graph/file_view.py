"""What a snapshot holds of one file, decoded when somebody asks for it.

A file that was linked in this process is there whole. One that a start took from the store is bytes at first:
an answer looks at a few dozen files, and decoding all of them was most of what a first answer waited for. Two
threads that ask at once may both decode; the results are equal, and one of them is kept.

Invariant: what a view answers never changes. Tests: tests/unit/graph/test_graph_index.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from codegraph.core.facts import Definition, Outline, decode_outline
from codegraph.core.symbols import BlobDigest, EmbeddingKey, SymbolId, SymbolKind, symbol_id
from codegraph.errors import StoreCorrupt
from codegraph.graph.stored import PackedLinks, Sharer, decode_links


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition with its place in the project."""

    id: SymbolId
    path: str
    index: int
    """Its index among the file's definitions."""
    language: str
    definition: Definition

    @property
    def kind(self) -> SymbolKind:
        """The definition's kind."""
        return self.definition.kind

    @property
    def name(self) -> str:
        """The definition's name; a module's is its path."""
        return self.definition.name or self.path


class FileParts(NamedTuple):
    """What of a view has to be decoded; all tuples run along the outline's definitions."""

    outline: Outline
    links: PackedLinks
    ids: tuple[SymbolId, ...]
    keys: tuple[EmbeddingKey, ...]


class FileView:
    """What a snapshot holds of one file. Raises StoreCorrupt where stored bytes turn out to be none of ours."""

    __slots__ = ("_indices", "_lines", "_load", "_parts", "blob", "language", "path")

    def __init__(
        self,
        path: str,
        blob: BlobDigest,
        language: str,
        parts: FileParts | None = None,
        load: Callable[[], FileParts] | None = None,
    ) -> None:
        """`load` gives the parts that are not given."""
        self.path = path
        self.blob = blob
        self.language = language
        self._parts = parts
        self._load = load
        self._indices: dict[SymbolId, int] = {}
        """Filled at the first question; the file of a symbol that nobody asks for never pays."""
        self._lines: list[int] = []
        """Likewise."""

    @property
    def parts(self) -> FileParts:
        """Everything, decoded now if it was not yet."""
        return self._parts or self._loaded()

    @property
    def outline(self) -> Outline:
        """The definitions."""
        return (self._parts or self._loaded()).outline

    @property
    def links(self) -> PackedLinks:
        """The edges that start in the file, and its references without one."""
        return (self._parts or self._loaded()).links

    @property
    def ids(self) -> tuple[SymbolId, ...]:
        """The symbol of each definition."""
        return (self._parts or self._loaded()).ids

    @property
    def keys(self) -> tuple[EmbeddingKey, ...]:
        """The wanted key of each definition, as computed last; `Snapshot.keys_in` knows which of them hold."""
        return (self._parts or self._loaded()).keys

    @property
    def indices(self) -> Mapping[SymbolId, int]:
        """The index of each symbol among the definitions."""
        return self._indices or self._indexed()

    def _indexed(self) -> dict[SymbolId, int]:
        self._indices.update({each: index for index, each in enumerate(self.ids)})
        return self._indices

    @property
    def lines(self) -> tuple[Mapping[SymbolId, int], Sequence[int]]:
        """The index of each symbol, and by index how many lines it stands on."""
        return self._indices or self._indexed(), self._lines or self._counted()

    def _counted(self) -> list[int]:
        extents = [definition.range for definition in self.outline.definitions]
        self._lines = [extent.end_line - extent.start_line + 1 for extent in extents]
        return self._lines

    def symbol(self, index: int) -> Symbol:
        """Return the definition with that index."""
        parts = self.parts
        return Symbol(parts.ids[index], self.path, index, self.language, parts.outline.definitions[index])

    def share(self, names: Mapping[str, SymbolId], sharer: Sharer) -> None:
        """Let the links name their targets by the objects in `names`, and what they miss by the sharer's.

        Raises StoreCorrupt if one is not there.
        """
        parts = self.parts
        packed = parts.links
        try:
            targets = tuple(map(names.__getitem__, packed.targets))
        except KeyError as error:
            raise StoreCorrupt(f"a stored edge of {self.path} leads to nothing: {error}", "") from error
        links = PackedLinks(targets, packed.starts, packed.edges, sharer.texts(packed.names), packed.misses)
        self._parts = parts._replace(links=links)

    def _loaded(self) -> FileParts:
        load = self._load
        if load is not None:
            self._parts = load()
            self._load = None
        parts = self._parts
        assert parts is not None, "a view has its parts or the means to load them"
        return parts


class StoredFile(NamedTuple):
    """What a warm start needs of one file."""

    view: FileView
    links: bytes
    """As `Index.stored_links` gave them."""


def stored_file(
    path: str,
    blob: BlobDigest,
    language: str,
    outline: bytes,
    links: bytes,
    keys: Callable[[], tuple[EmbeddingKey, ...]],
) -> StoredFile:
    """Make a file of what is stored of it; nothing is decoded yet. `keys` gives the wanted keys."""

    def load() -> FileParts:
        try:
            decoded = decode_outline(outline)
        except msgspec.DecodeError as error:
            raise StoreCorrupt(f"the stored outline of {path} cannot be read: {error}", "") from error
        packed, wanted = decode_links(links).packed, keys()
        count = len(decoded.definitions)
        if len(wanted) != count or len(packed.starts) != 4 * count + 4:
            raise StoreCorrupt(f"what is stored of {path} does not fit together", "the index is built again")
        return FileParts(decoded, packed, ids_of(path, decoded), wanted)

    return StoredFile(FileView(path, blob, language, load=load), links)


def ids_of(path: str, outline: Outline) -> tuple[SymbolId, ...]:
    """Return the symbol of each definition of a file."""
    prefix = symbol_id(path, "")
    return tuple([SymbolId(prefix + each.descriptor) for each in outline.definitions])


def share_names(views: Sequence[FileView]) -> None:
    """Let all restored files name a symbol by the same object. Raises StoreCorrupt if an edge leads to nothing."""
    names: dict[str, SymbolId] = {}
    for view in views:
        names.update(zip(view.ids, view.ids, strict=True))
    sharer = Sharer()
    for view in views:
        view.share(names, sharer)
