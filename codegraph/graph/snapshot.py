"""One revision of the graph, as readers see it: immutable, shared, without locks.

A reader in any thread takes `Index.snapshot` once and keeps it for a whole query; the writer makes
the next one out of persistent maps (`immutables.Map`), which share what did not change. Nothing in a
snapshot is ever modified, so a reader sees one revision and only one (invariant I6).

Terms. A *file view* is what the snapshot holds of a file (`file_view.py`). *Mentions* of a symbol are the other files
with an edge to it; the edges themselves stand in those files' packed links. `revise.py` makes snapshots. Tests:
tests/unit/graph/test_graph_snapshot.py, tests/model/test_model_readers.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from immutables import Map

from codegraph.core.changes import Clock, Dependency, RenderSource, Unresolved
from codegraph.core.elsewhere import NAMING_LANGUAGES, is_alias, is_declaration
from codegraph.core.facts import Definition
from codegraph.core.routes import Routes
from codegraph.core.symbols import (
    NO_KEY,
    BlobDigest,
    DependencyKind,
    EmbeddingKey,
    OwnDigest,
    SymbolId,
)
from codegraph.errors import SymbolNotFound
from codegraph.graph.context import context
from codegraph.graph.file_view import FileView, Symbol
from codegraph.graph.places import Places
from codegraph.graph.spellings import Spellings

_Table = TypeVar("_Table")


class Deferred(Generic[_Table]):
    """A table that is made when somebody asks for it first.

    A warm start has no use for some tables until a question needs them. Two threads that ask at once may both
    make it, out of the same unchanging files: the results are equal, and one of them is kept.
    """

    __slots__ = ("_make", "value")

    def __init__(self, make: Callable[[], _Table], value: _Table | None = None) -> None:
        """`value`: the table, where it is at hand already."""
        self._make = make
        self.value = value

    def get(self) -> _Table:
        """Return the table, made now if it was not yet."""
        value = self.value
        if value is None:
            value = self.value = self._make()
        return value


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is."""

    files: int
    symbols: int
    edges: dict[str, int]
    """By dependency kind."""
    unresolved: dict[str, int]
    """By reason."""
    unread: dict[str, int]
    """Files that were not parsed, whose definitions are what their lines say, by reason."""
    languages: dict[str, int]
    """Files by language."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One revision. Symbols that do not exist raise SymbolNotFound unless a method says otherwise."""

    clock: Clock
    depth: int
    max_context: int
    routes: Routes
    files: Map[str, FileView]
    places: Places
    """Symbol -> (path, index)."""
    mentioned: Deferred[Map[SymbolId, tuple[str, ...]]]
    named: Deferred[Map[str, tuple[SymbolId, ...]]]
    spelled: Deferred[Spellings]
    declared: Deferred[Map[str, tuple[str, ...]]]
    written: Deferred[Spellings]
    counts: Counts
    unkeyed: Map[SymbolId, None] = field(default_factory=Map)
    """Symbols whose keys are computed later; what their file views have is out of date."""

    @property
    def mentions(self) -> Map[SymbolId, tuple[str, ...]]:
        """Symbol -> other files with an edge to it, sorted; symbols without are absent."""
        return self.mentioned.get()

    @property
    def names(self) -> Map[str, tuple[SymbolId, ...]]:
        """Name -> symbols of that name, sorted."""
        return self.named.get()

    @property
    def spellings(self) -> Spellings:
        """The keys of `names`, to be looked through."""
        return self.spelled.get()

    @property
    def namespaces(self) -> Map[str, tuple[str, ...]]:
        """Package or namespace -> files that declare it, sorted."""
        return self.declared.get()

    @property
    def paths(self) -> Spellings:
        """The keys of `files`, to be looked through."""
        return self.written.get()

    def complete(self) -> None:
        """Make the tables that nobody has asked for yet."""
        for table in (self.mentioned, self.named, self.spelled, self.declared, self.written):
            table.get()

    def symbol(self, symbol: SymbolId) -> Symbol | None:
        """Return a symbol, or None if there is none of that id."""
        place = self.places.find(symbol)
        return None if place is None else self.files[place[0]].symbol(place[1])

    def symbols(self) -> Iterator[Symbol]:
        """Yield all symbols by path and position."""
        for path in sorted(self.files):
            yield from self.in_file(path)

    def in_file(self, path: str) -> tuple[Symbol, ...]:
        """Return a file's symbols in source order, the module first; empty if the file is not indexed."""
        view = self.files.get(path)
        return () if view is None else tuple(view.symbol(index) for index in range(len(view.ids)))

    def at(self, path: str, line: int, column: int) -> Symbol | None:
        """Return the innermost definition around a position (0-based, UTF-16 columns), or None."""
        view = self.files.get(path)
        if view is None:
            return None
        found, place = 0, (line, column)
        for index, definition in enumerate(view.outline.definitions):
            extent = definition.range
            start = (extent.start_line, extent.start_column)
            if index and start <= place <= (extent.end_line, extent.end_column):
                best = view.outline.definitions[found].range
                if found == 0 or start >= (best.start_line, best.start_column):
                    found = index
        return view.symbol(found)

    def by_name(self, name: str) -> tuple[Symbol, ...]:
        """Return the symbols of exactly that name, sorted by id."""
        found = (self.symbol(symbol) for symbol in self.names.get(name, ()))
        return tuple(symbol for symbol in found if symbol is not None)

    def dependencies(
        self, symbol: SymbolId, kinds: Collection[DependencyKind] = tuple(DependencyKind)
    ) -> tuple[Dependency, ...]:
        """Return the edges that start at a symbol, in source order; only those of some kinds, if given."""
        view, index = self._place(symbol)
        return view.links.dependencies(index, kinds)

    def dependents(self, symbol: SymbolId) -> tuple[tuple[SymbolId, Dependency], ...]:
        """Return the edges that end at a symbol with the symbols they start at, by path and position."""
        return tuple(self.each_dependent(symbol, tuple(DependencyKind)))

    def each_dependent(
        self, symbol: SymbolId, kinds: Collection[DependencyKind]
    ) -> Iterator[tuple[SymbolId, Dependency]]:
        """Yield `dependents` by edges of some kinds, file by file: whoever stops early has not paid for the rest."""
        for view, owner, edge in self.each_edge_to(symbol, kinds):
            yield view.ids[owner], edge

    def each_edge_to(
        self, symbol: SymbolId, kinds: Collection[DependencyKind]
    ) -> Iterator[tuple[FileView, int, Dependency]]:
        """Yield what `each_dependent` does, with the file and the index of the definition that an edge starts at."""
        own_path = self._place(symbol)[0].path
        for path in sorted({own_path, *self.mentions.get(symbol, ())}):
            view = self.files[path]
            for owner, edge in view.links.edges_to(symbol, kinds):
                yield view, owner, edge

    def mentioning(self, symbols: Sequence[SymbolId]) -> list[int]:
        """Count, for each of these symbols, the other files with an edge to it."""
        mentions = self.mentions
        return [len(mentions.get(symbol, ())) for symbol in symbols]

    def lines(self, symbols: Sequence[SymbolId], paths: Sequence[str]) -> list[int]:
        """Count the lines that each of these symbols of these files stands on; 0 for one that is not there."""
        of_files = {path: ({}, ()) if (view := self.files.get(path)) is None else view.lines for path in {*paths}}
        counts = []
        for symbol, path in zip(symbols, paths, strict=True):
            indices, lines = of_files[path]
            index = indices.get(symbol)
            counts.append(0 if index is None else lines[index])
        return counts

    def naming_only(self, symbols: Sequence[SymbolId], paths: Sequence[str]) -> list[bool]:
        """Say which of these symbols of these files may only name what is defined elsewhere."""
        found = []
        for symbol, path in zip(symbols, paths, strict=True):
            view = self.files.get(path)
            index = None if view is None or view.language not in NAMING_LANGUAGES else view.indices.get(symbol)
            if view is None or index is None:
                found.append(False)
            else:
                definition = view.outline.definitions[index]
                found.append(is_alias(definition) or is_declaration(view.language, definition))
        return found

    def generated(self, paths: Sequence[str]) -> list[bool]:
        """Say which of these files say that a tool wrote them; False for one that is not there."""
        each = {path: (view := self.files.get(path)) is not None and view.outline.generated for path in {*paths}}
        return [each[path] for path in paths]

    def context(self, symbol: SymbolId) -> tuple[SymbolId, ...]:
        """Return the symbols whose signatures the embedding of this one also reads, nearest first."""
        self._place(symbol)
        return tuple(context(symbol, self._context_targets, self.depth, self.max_context))

    def wanted(self, symbol: SymbolId) -> EmbeddingKey:
        """Return the key that a fresh vector of this symbol has; NO_KEY while that, or its model, is undecided."""
        view, index = self._place(symbol)
        return NO_KEY if symbol in self.unkeyed else view.keys[index]

    def keys_in(self, view: FileView) -> tuple[EmbeddingKey, ...]:
        """Return what `wanted` says of each symbol of a file of this snapshot."""
        unkeyed = self.unkeyed
        if not unkeyed:
            return view.keys
        return tuple(NO_KEY if symbol in unkeyed else key for symbol, key in zip(view.ids, view.keys, strict=True))

    def model_of(self, symbol: SymbolId) -> bytes:
        """Return the identity of the model that embeds a symbol, UNDECIDED while its facts cannot tell."""
        return self.routes.model_of(self._definition(symbol))

    def broken(self, symbols: Iterable[SymbolId], paths: Iterable[str]) -> frozenset[SymbolId]:
        """Return those of the symbols that do not parse; `paths` are files that most of them are in."""
        known: dict[SymbolId, bool] = {}
        for view in filter(None, map(self.files.get, paths)):
            known.update(zip(view.ids, (each.parse_error for each in view.outline.definitions), strict=True))
        return frozenset(
            each
            for each in symbols
            if (known[each] if each in known else each in self.places and self._definition(each).parse_error)
        )

    def render_source(self, symbol: SymbolId) -> RenderSource:
        """Return what `render` needs for `wanted(symbol)`; the own input is stored with the file's blob."""
        view, index = self._place(symbol)
        own = view.outline.definitions[index].own
        return RenderSource(own, tuple(self._definition(each).signature for each in self.context(symbol)))

    def blob(self, symbol: SymbolId) -> tuple[BlobDigest, str]:
        """Return the blob and the language that the symbol's facts are stored under."""
        view, _ = self._place(symbol)
        return view.blob, view.language

    def unresolved(self, path: str) -> tuple[Unresolved, ...]:
        """Return a file's references without an edge; empty if the file is not indexed."""
        view = self.files.get(path)
        return () if view is None else view.links.unresolved()

    def unresolved_of(self, symbol: SymbolId) -> tuple[Unresolved, ...]:
        """Return the references of one symbol that have no edge, in source order. Raises SymbolNotFound."""
        view, index = self._place(symbol)
        return view.links.unresolved_of(index)

    def _place(self, symbol: SymbolId) -> tuple[FileView, int]:
        place = self.places.get(symbol)
        if place is None:
            raise SymbolNotFound(f"there is no symbol {symbol}", "`codegraph symbols NAME` lists symbols by name")
        return self.files[place[0]], place[1]

    def _definition(self, symbol: SymbolId) -> Definition:
        view, index = self._place(symbol)
        return view.outline.definitions[index]

    def _context_targets(self, symbol: SymbolId) -> list[SymbolId]:
        view, index = self._place(symbol)
        return view.links.context_targets_of(index, view.language)


class Wish(NamedTuple):
    """What the vector that a symbol wants is made of."""

    key: EmbeddingKey
    model: bytes
    blob: BlobDigest
    language: str
    own: OwnDigest
    """Own inputs are stored by blob, language and this."""
    signatures: tuple[str, ...]


class _Signatures(dict[SymbolId, str]):
    """The signature of each symbol that was asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def __missing__(self, symbol: SymbolId) -> str:
        path, index = self._snapshot.places[symbol]
        signature = self[symbol] = self._snapshot.files[path].outline.definitions[index].signature
        return signature


class Wishes:
    """Finds the wishes of many symbols of one snapshot; what their contexts share is looked up once."""

    def __init__(self, snapshot: Snapshot, *, whole_files: bool = False) -> None:
        """Prepare for symbols of a snapshot; `whole_files`: most of those of each file will be asked for."""
        self._snapshot = snapshot
        self._signatures = _Signatures(snapshot)
        self._targets: dict[SymbolId, list[SymbolId]] = {}
        self._of_files: dict[str, list[tuple[SymbolId, ...]]] | None = {} if whole_files else None

    def each(self, symbols: Iterable[SymbolId]) -> Iterator[Wish | None]:
        """Yield the wish of each symbol, None if it is not there; fast where neighbours are of one file.

        Equal to what `wanted`, `render_source`, ... say.
        """
        snapshot, signatures = self._snapshot, self._signatures
        files, unkeyed, model_of = snapshot.files, snapshot.unkeyed, snapshot.routes.model_of
        depth, limit = snapshot.depth, snapshot.max_context
        path = ""
        for symbol, place in zip(symbols, snapshot.places.find_each(symbols), strict=True):
            if place is None:
                yield None
                continue
            if place[0] != path:
                path = place[0]
                view = files[path]
                keys, definitions = view.keys, view.outline.definitions
                beside = self._beside(view)
            index = place[1]
            definition = definitions[index]
            if beside is None:
                near: Sequence[SymbolId] = context(symbol, self._followed, depth, limit)
            elif symbol in beside[index]:
                near = [target for target in beside[index] if target != symbol][:limit]
            else:
                near = beside[index][:limit]
            key = NO_KEY if unkeyed and symbol in unkeyed else keys[index]
            said = tuple(map(signatures.__getitem__, near))
            yield Wish(key, model_of(definition), view.blob, view.language, definition.own, said)

    def _beside(self, view: FileView) -> Sequence[tuple[SymbolId, ...]] | None:
        """Return the distinct targets of each definition of a file, None where they are not all that is asked for."""
        if self._of_files is None or self._snapshot.depth != 1 or self._snapshot.max_context < 1:
            return None
        targets = self._of_files.get(view.path)
        if targets is None:
            targets = self._of_files[view.path] = view.links.context_targets(view.language)
        return targets

    def _followed(self, symbol: SymbolId) -> list[SymbolId]:
        targets = self._targets.get(symbol)
        if targets is None:
            path, index = self._snapshot.places[symbol]
            view = self._snapshot.files[path]
            targets = self._targets[symbol] = view.links.context_targets_of(index, view.language)
        return targets
