"""One file while it is being extracted: what the engine and the language modules share.

`Found` is a definition under construction, `FileView` the file around it. Language modules read forms,
definitions and text from the view and add bindings, imports, exports and references to it; all
are put into source order, except exports.
Tests: through tests/unit/extract/test_extract_python_*.py.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Protocol

from tree_sitter import Node

from codegraph.core.facts import Binding, BindingKind, Chain, Export, Import, ImportKind, Occurrences, Role
from codegraph.core.symbols import CALLABLE_KINDS, KIND, TYPE_KINDS, SymbolKind, descriptor_of
from codegraph.extract.inner import InnerScopes
from codegraph.extract.references import ReferenceTable
from codegraph.extract.text import SourceText

if TYPE_CHECKING:
    from codegraph.extract.languages.spec import Docstring, LanguageSpec

Match = dict[str, list[Node]]


class Outward(Protocol):
    """Which names of a file are looked up further out than in the definition that they stand in."""

    def names(self, owner: int, in_header: bool) -> Collection[str]:
        """Return the names for which that may be so."""

    def steps(self, owner: int, name: str, offset: int, role: Role, in_header: bool) -> int:
        """Return how many definitions further out the name at an offset is looked up."""


ABSORBING = CALLABLE_KINDS | {SymbolKind.CONSTANT}
"""Kinds that own everything inside them: no definition stands within one."""


@dataclass(slots=True)
class Found:
    """A definition under construction. Offsets are bytes."""

    node: Node | None
    """None for the module."""
    kind: SymbolKind
    name: str
    start: int
    end: int
    name_start: int
    name_end: int
    body: Node | None
    header_end: int
    """Where the body starts, or the definition's end."""
    container: int = -1
    descriptor: str = ""
    docstring: Docstring | None = None
    detail: object = None
    """What the language's own finder left for `collect`."""
    parse_error: bool = False
    local: bool = False
    within: tuple[str, ...] = ()
    """See `Sighting.within`."""

    @property
    def scope(self) -> str:
        """What its descriptor has between that of its container and its own part."""
        return "".join(descriptor_of("", name, KIND.CLASS, 0) for name in self.within)


class Spans:
    """Byte ranges, merged where they overlap or nest, that can be asked for an offset."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __contains__(self, offset: int) -> bool:
        index = bisect_right(self._starts, offset) - 1
        return index >= 0 and offset < self._ends[index]


class FileView:
    """What is known of one file so far."""

    def __init__(
        self,
        spec: LanguageSpec,
        text: SourceText,
        root: Node,
        definitions: Sequence[Found],
        absorbed: Sequence[Found],
        forms: Mapping[str, list[Match]],
    ) -> None:
        self.spec = spec
        self.text = text
        self.root = root
        self.definitions = definitions
        """The module first, then in source order."""
        self._forms = forms
        self._bindings: list[tuple[int, Binding]] = []
        self.imports: list[Import] = []
        self.exports: list[Export] = []
        self.export_offsets: list[int] = []
        """Where each of them stands; empty where all stand outside of definitions."""
        self.explicit_exports = False
        self.is_entangled = False
        """Whether what is found in one function depends on another one, so that none can be looked at alone."""
        self.heads: dict[int, Mapping[str, str]] = {}
        """Per definition: names that stand for "@self" and the like."""
        self.inner = InnerScopes()
        self.outward: Outward | None = None
        """Says which names are looked up further out than where they stand."""
        self.narrowed: dict[str, list[tuple[int, int, str]]] = {}
        """Name -> where it stands for something known better, from and to, and the spelling of that."""
        self.targets: set[int] = {found.name_start for found in (*definitions[1:], *absorbed) if found.name_end}
        """Byte offsets of identifiers that bind a name and therefore mention none; `collect` adds to them."""
        self.behind: dict[int, str] = {}
        """Byte offset of a plain name -> the element that comes before it in its chain."""
        self.references = ReferenceTable(text)
        self._offsets, self._owners = _segments(definitions)

    def forms(self, name: str) -> list[Match]:
        """Return the matches of the patterns with `(#set! form name)`, in source order."""
        return self._forms.get(name, [])

    def owner_of(self, offset: int) -> int:
        """Return the index of the innermost definition around a byte offset."""
        return self._owners[bisect_right(self._offsets, offset) - 1]

    def stretches(self) -> list[tuple[int, int]]:
        """Return (end, owner) of the stretches of the file in order: between two of them the owner changes."""
        return list(zip([*self._offsets[1:], len(self.text.data) + 1], self._owners, strict=True))

    def scope_of(self, offset: int) -> int:
        """Return the index of the definition in whose scope a name bound at `offset` lives: never a constant."""
        owner = self.owner_of(offset)
        while self.definitions[owner].kind is KIND.CONSTANT:
            owner = self.definitions[owner].container
        return owner

    def class_of(self, owner: int) -> int | None:
        """Return the index of the class around a method (or the class itself), None outside of classes.

        A function inside a method belongs to the method's class.
        """
        found = self.definitions[owner]
        while found.local and found.kind in CALLABLE_KINDS:
            found = self.definitions[found.container]
        if found.kind in TYPE_KINDS:
            return owner
        if found.container >= 0 and self.definitions[found.container].kind in TYPE_KINDS:
            return found.container
        return None

    def functions_around(self, owner: int) -> Iterator[int]:
        """Walk the indices of the functions around a definition, the innermost first; classes hide no name of them."""
        owner = self.definitions[owner].container
        while owner > 0:
            if self.definitions[owner].kind in CALLABLE_KINDS:
                yield owner
            owner = self.definitions[owner].container

    def chain(self, node: Node, owner: int) -> Chain:
        """Return the chain of an expression, its head replaced by what that stands for there (`rebased`)."""
        return self.rebased(self.written(node), owner, node.start_byte)

    def written(self, node: Node) -> Chain:
        """Return the chain of an expression as it stands; () where the parser made up a name that is missing."""
        chain = self.spec.chain(node, self.text)
        return () if "" in chain else chain

    def rebased(self, chain: Chain, owner: int, offset: int) -> Chain:
        """Replace the first element by the value of a name of an inner scope, or if it is a receiver of the owner."""
        if not chain:
            return chain
        head = chain[0]
        if head in self.inner.names and (known := self.inner.find(head, offset)) is not None:
            return (*(known or ("()",)), *chain[1:]) if known or len(chain) > 1 else ()
        heads = self.heads.get(owner)
        return (heads[head], *chain[1:]) if heads and head in heads else chain

    def bind(self, offset: int, owner: int, name: str, kind: BindingKind, chain: Chain = ()) -> None:
        """Add a binding that stands at a byte offset."""
        self._bindings.append((offset, Binding(owner, name, kind, chain)))

    def bindings(self) -> list[Binding]:
        """Return the bindings added so far in source order, without repetition."""
        self._bindings.sort(key=itemgetter(0))
        return list(self.spec.settle(binding for _, binding in self._bindings))

    def placed_bindings(self) -> list[tuple[int, Binding]]:
        """Return the bindings added so far in source order, each with its byte offset, repetitions among them."""
        return sorted(self._bindings, key=itemgetter(0))

    def add_import(
        self,
        node: Node,
        kind: ImportKind,
        module: str,
        name: str,
        alias: str,
        *,
        level: int = 0,
        reexport: bool = False,
        is_files: bool = False,
    ) -> None:
        """Add an import that stands at `node`; it is the file's own if that does not matter."""
        start = node.start_byte
        line, column = self.text.position(start)
        owner = 0 if is_files else self.scope_of(start)
        self.imports.append(Import(owner, kind, module, level, name, alias, line, column, reexport))

    def add_export(self, name: str, chain: Chain) -> None:
        """Add an explicit export."""
        self.explicit_exports = True
        self.exports.append(Export(name, chain))

    def occurrences(self) -> Occurrences:
        """Return everything that was added, sorted and without repetition."""
        return Occurrences(
            self.references.references(),
            tuple(self.bindings()),
            in_order(self.imports),
            tuple(dict.fromkeys(self.exports)),
            self.explicit_exports,
        )


def outermost_functions(definitions: Sequence[Found]) -> list[int]:
    """Return per definition the index of the outermost function that it is or stands in; 0 if there is none."""
    found = [0]
    around, end = 0, 0
    for index, each in enumerate(definitions[1:], 1):
        if each.start >= end:
            around, end = 0, each.start
        if not around and each.kind in CALLABLE_KINDS:
            around, end = index, each.end
        found.append(around)
    return found


def in_order(imports: Iterable[Import]) -> tuple[Import, ...]:
    """Return imports in source order, without repetition."""
    return tuple(sorted(dict.fromkeys(imports), key=lambda one: (one.line, one.column, one.name, one.alias)))


def _segments(definitions: Sequence[Found]) -> tuple[list[int], list[int]]:
    """Cut the file at every start and end of a definition: (offsets, owner from there on)."""
    offsets = [0]
    owners = [0]
    open_ends: list[tuple[int, int]] = []  # (end, index)
    for index, found in enumerate(definitions[1:], 1):
        while open_ends and open_ends[-1][0] <= found.start:
            end, _ = open_ends.pop()
            offsets.append(end)
            owners.append(open_ends[-1][1] if open_ends else 0)
        offsets.append(found.start)
        owners.append(index)
        open_ends.append((found.end, index))
    while open_ends:
        end, _ = open_ends.pop()
        offsets.append(end)
        owners.append(open_ends[-1][1] if open_ends else 0)
    return offsets, owners
