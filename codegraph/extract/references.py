"""Who mentions what: from captures to merged `Reference`s.

A *site* is one identifier or member access that may be a mention. Its role comes from the node itself
(@call, @decorator, ...) or from the region around it (@region.type). A member access mentions each of its
prefixes: `a.b.c()` gives a, a.b (both read) and a.b.c (call). Plain local variables of which nothing is
known are not mentioned: nobody could resolve them.
Output order: by the place of the first mention; positions ascend. Equal mentions of one owner are merged.
Tests: tests/unit/extract/test_extract_python_references.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import BindingKind, Chain, Reference, Role
from codegraph.core.symbols import SymbolKind
from codegraph.extract.text import SourceText

if TYPE_CHECKING:
    from codegraph.extract.view import FileView

Captures = Mapping[str, Sequence[Node]]
Span = tuple[int, int]
Site = tuple[int, Chain, int, int]
"""Offset of the last name, chain, start and end of the node. Offsets of last names are unique."""

MAX_CHAIN = 24
"""Longer chains give no reference; without a bound a chain of n calls would take n * n elements."""

_NODE_ROLES = (
    ("call", Role.CALL),
    ("type", Role.TYPE),
    ("implement", Role.IMPLEMENT),
    ("inherit", Role.INHERIT),
    ("decorator", Role.DECORATOR),
)
"""Later ones win where a node has several roles."""

_LOCAL = frozenset({BindingKind.PARAMETER, BindingKind.VARIABLE, BindingKind.ELEMENT})


class ReferenceTable:
    """References of one file, merged by owner, chain and role."""

    __slots__ = ("_offsets", "_text")

    def __init__(self, text: SourceText) -> None:
        self._text = text
        self._offsets: dict[tuple[int, Chain, Role], list[int]] = {}

    def add(self, owner: int, chain: Chain, role: Role, offset: int) -> None:
        """Note a mention whose last name starts at a byte offset; overlong and empty chains are left out."""
        if 0 < len(chain) <= MAX_CHAIN:
            key = (owner, chain, role)
            offsets = self._offsets.get(key)
            if offsets is None:
                self._offsets[key] = [offset]
            else:
                offsets.append(offset)

    def references(self) -> tuple[Reference, ...]:
        """Return all references, ordered by first mention, then owner, chain and role."""
        position = self._text.position
        entries = []
        for (owner, chain, role), offsets in self._offsets.items():
            if len(offsets) > 1:
                offsets = sorted(set(offsets))
            entries.append((offsets[0], owner, chain, role, offsets))
        entries.sort()
        return tuple(
            Reference(owner, chain, role, tuple(number for offset in offsets for number in position(offset)))
            for _, owner, chain, role, offsets in entries
        )


def spans(nodes: Iterable[Node]) -> list[Span]:
    """Return the byte ranges of nodes in source order."""
    return sorted((node.start_byte, node.end_byte) for node in nodes)


class Regions:
    """Tells of ascending offsets whether they lie in one of some ranges."""

    __slots__ = ("_end", "_spans", "_start")

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._spans: Iterator[Span] = iter(spans(nodes))
        self._start = self._end = -1
        self._advance(0)

    def _advance(self, offset: int) -> None:
        while self._end <= offset:
            self._start, self._end = next(self._spans, (1 << 62, 1 << 62))

    def hold(self, offset: int) -> bool:
        """Tell whether `offset` lies inside; offsets of later calls must not be smaller."""
        if offset >= self._end:
            self._advance(offset)
        return offset >= self._start


def collect_references(view: FileView, captures: Captures) -> None:
    """Add the references that the captures of references.scm describe to the view's table."""
    members, longest, taken = _members(view, captures.get("member", ()))
    taken.update(node.start_byte for node in captures.get("skip", ()))
    source, decode = view.text.text, view.text.decode
    sites = members
    for node in captures.get("name", ()):
        start = node.start_byte
        if start not in taken:
            end = node.end_byte
            sites.append((start, (decode(source[start:end]),), start, end))
    sites.sort()
    _add_sites(view, sites, longest, captures)


def _members(view: FileView, nodes: Iterable[Node]) -> tuple[list[Site], dict[int, int], set[int]]:
    """Return the member sites, the longest end by start, and the offsets of all member names."""
    source, decode = view.text.text, view.text.decode
    is_plain = view.spec.plain_member.match
    sites: list[Site] = []
    longest: dict[int, int] = {}
    names: set[int] = set()
    for node in nodes:
        start, end = node.start_byte, node.end_byte
        piece = source[start:end]
        if is_plain(piece):
            offset = start + piece.rindex(".") + 1
            chain: Chain = tuple(decode(piece).split("."))
        else:
            offset = node.child(node.child_count - 1).start_byte
            chain = view.spec.chain(node, view.text)
        names.add(offset)
        if chain:
            sites.append((offset, chain, start, end))
        if longest.get(start, 0) < end:
            longest[start] = end
    return sites, longest, names


def _add_sites(view: FileView, sites: Sequence[Site], longest: Mapping[int, int], captures: Captures) -> None:
    roles: dict[Span, Role] = {}
    for capture, node_role in _NODE_ROLES:
        for node in captures.get(capture, ()):
            roles[node.start_byte, node.end_byte] = node_role
    in_types = Regions(captures.get("region.type", ())).hold
    skipped = Regions(captures.get("region.skip", ())).hold
    add = view.references.add
    drops = _Local(view).drops
    owner_of, rebased, heads = view.owner_of, view.rebased, view.heads
    for offset, chain, start, end in sites:
        if skipped(offset):
            continue
        owner = owner_of(offset)
        role = roles.get((start, end))
        if role is None:
            role = Role.TYPE if in_types(offset) and longest.get(start, end) == end else Role.READ
        if role is Role.READ and drops(owner, chain[0], offset, len(chain)):
            continue
        add(owner, rebased(chain, owner) if owner in heads else chain, role, offset)


class _Local:
    """Knows which reads mention nothing but a local variable without any known value."""

    __slots__ = ("_hidden", "_receivers", "_unknown")

    def __init__(self, view: FileView) -> None:
        known: dict[tuple[int, str], bool] = {}
        for binding in view.bindings():
            kind = view.definitions[binding.owner].kind
            if binding.kind in _LOCAL and kind in (SymbolKind.FUNCTION, SymbolKind.METHOD):
                key = (binding.owner, binding.name)
                known[key] = known.get(key, False) or bool(binding.chain)
        for imported in view.imports:
            known[imported.owner, imported.alias] = True
        self._unknown = {key for key, value in known.items() if not value}
        self._receivers = view.heads
        self._hidden = view.hidden

    def drops(self, owner: int, head: str, offset: int, length: int) -> bool:
        """Tell whether a read of `head` (the first of `length` elements) says nothing."""
        if length == 1 and head in self._receivers.get(owner, ()):
            return True
        if (owner, head) in self._unknown and head not in self._receivers.get(owner, ()):
            return True
        spans_of = self._hidden.get(head)
        return spans_of is not None and any(start <= offset < end for start, end in spans_of)
