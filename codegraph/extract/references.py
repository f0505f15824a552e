"""Who mentions what: from captures to merged `Reference`s.

A *site* is one identifier or member access that may be a mention. Its role comes from the node itself
(@call, @decorator, ...) or from the region around it (@region.type). A member access mentions each of its
prefixes: `a.b.c()` gives a, a.b (both read) and a.b.c (call). Plain local variables of which nothing is
known are not mentioned: nobody could resolve them.
Output order: by the place of the first mention; positions ascend. Equal mentions of one owner are merged.
Tests: tests/unit/extract/test_extract_python_references.py.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import COMPUTED, LITERAL, OUTER, ROLE, Binding, BindingKind, Chain, Reference, Role
from codegraph.core.symbols import CALLABLE_KINDS, KIND
from codegraph.extract.text import SourceText

if TYPE_CHECKING:
    from codegraph.extract.view import FileView

Captures = Mapping[str, Sequence[Node]]
Span = tuple[int, int]
Site = tuple[int, int, str, str, bool]
"""Offset and end of the last name (unique), spelling, its first element, and whether a longer site starts with it."""

MAX_CHAIN = 24
"""Longer chains give no reference; without a bound a chain of n calls would take n * n elements."""

MAX_PLAIN_BYTES = 1_000
"""Longer member accesses are not looked at as text: a chain of n names would take n * n bytes."""

_NODE_ROLES = (
    ("call", Role.CALL),
    ("type", Role.TYPE),
    ("construct", Role.CALL),
    ("implement", Role.IMPLEMENT),
    ("inherit", Role.INHERIT),
    ("decorator", Role.DECORATOR),
)
"""Later ones win where a node has several roles."""

_SEPARATOR = "\x1f"

_LOCAL = frozenset({BindingKind.PARAMETER, BindingKind.VARIABLE, BindingKind.ELEMENT})


class ReferenceTable:
    """References of one file, merged by owner, chain and role.

    A chain's spelling is its elements joined by dots; where an element has a dot itself (`require("./x")`), each
    stands behind a unit separator.
    """

    __slots__ = ("_text", "first", "offsets")

    def __init__(self, text: SourceText) -> None:
        self._text = text
        self.offsets: dict[tuple[int, str, Role], list[int]] = {}
        """Owner, spelling and role to the offsets of the last name."""
        self.first: list[int] = []
        """The first offset of each of the `references` that were asked for last."""

    def add(self, owner: int, chain: Chain, role: Role, offset: int) -> None:
        """Note a mention whose last name starts at a byte offset; overlong and empty chains are left out."""
        if 0 < len(chain) <= MAX_CHAIN:
            key = (owner, spelled(chain), role)
            known = self.offsets.get(key)
            if known is None:
                self.offsets[key] = [offset]
            else:
                known.append(offset)

    def references(self) -> tuple[Reference, ...]:
        """Return all references, ordered by first mention, then owner, chain and role."""
        entries = []
        for (owner, spelling, role), offsets in self.offsets.items():
            if len(offsets) > 1:
                offsets = sorted(set(offsets))
            entries.append((offsets[0], owner, spelling, role, offsets))
        entries.sort()
        self.first = [entry[0] for entry in entries]
        positions = self._text.positions
        return tuple(
            [
                Reference(owner, chain_spelled(spelling), role, positions(offsets))
                for _, owner, spelling, role, offsets in entries
            ]
        )


def spelled(chain: Chain) -> str:
    """Return the spelling of a chain."""
    if len(chain) == 1 and "." not in chain[0]:
        return chain[0]
    spelling = ".".join(chain)
    return _SEPARATOR + _SEPARATOR.join(chain) if spelling.count(".") >= len(chain) else spelling


def chain_spelled(spelling: str) -> Chain:
    """Return the chain of a spelling."""
    if "." not in spelling and spelling[0] != _SEPARATOR:
        return (spelling,)
    return tuple(spelling[1:].split(_SEPARATOR) if spelling[0] == _SEPARATOR else spelling.split("."))


def spans(nodes: Iterable[Node]) -> list[Span]:
    """Return the byte ranges of nodes in source order."""
    return sorted([(node.start_byte, node.end_byte) for node in nodes])


def collect_references(view: FileView, captures: Captures) -> None:
    """Add the references that the captures of references.scm describe to the view's table."""
    for node in captures.get("computed", ()):
        start = node.start_byte
        owner = view.owner_of(start)
        for chain in view.spec.callees(node, view.text):
            known = view.rebased(chain, owner, start) if len(chain) < MAX_CHAIN and "" not in chain else ()
            view.references.add(owner, (*known, COMPUTED), ROLE.CALL, start)
    sites, prefixes, taken = _members(view, captures.get("member", ()))
    taken.update(view.targets)
    taken.update([node.start_byte for node in captures.get("skip", ())])
    source, decode = view.text.text, view.text.decode
    for node in captures.get("name", ()):
        start = node.start_byte
        end = node.end_byte
        if start not in taken and end > start:  # an identifier that the parser made up has no text
            name = decode(source[start:end])
            written = f"{view.behind[start]}.{name}" if start in view.behind else name
            sites.append((start, end, written, name, start in prefixes))
    sites.sort()
    for start, end in reversed(spans(captures.get("region.skip", ()))):
        del sites[bisect_left(sites, (start,)) : bisect_left(sites, (end,))]
    if sites:
        _add_sites(view, sites, _roles(sites, captures))


def _members(view: FileView, nodes: Iterable[Node]) -> tuple[list[Site], set[int], set[int]]:
    """Return the member sites, the offsets at which one starts, and the offsets of all member names."""
    source = view.text.text
    is_plain = view.spec.plain_member.match
    found: list[tuple[int, int, int, str]] = []  # start, end, offset of the last name, spelling
    names: set[int] = set()
    for node in nodes:
        start, end = node.start_byte, node.end_byte
        spelling = source[start:end] if end - start < MAX_PLAIN_BYTES else ""
        if spelling and is_plain(spelling):
            offset = start + spelling.rindex(".") + 1
            spelling = view.text.decode(spelling) if spelling.count(".") < MAX_CHAIN else ""
        else:
            offset = node.child(node.child_count - 1).start_byte
            chain = view.written(node)
            spelling = ".".join(chain) if len(chain) <= MAX_CHAIN else ""
        names.add(offset)
        found.append((start, end, offset, spelling))
    longest: dict[int, int] = {}
    for start, end, _, _ in found:
        if longest.get(start, 0) < end:
            longest[start] = end
    sites = [
        (offset, end, spelling, spelling.partition(".")[0], longest[start] > end)
        for start, end, offset, spelling in found
        if spelling
    ]
    return sites, set(longest), names


def _roles(sites: Sequence[Site], captures: Captures) -> dict[int, Role]:
    """Return the roles other than READ, by the end of the site."""
    roles: dict[int, Role] = {}
    for start, end in spans(captures.get("region.type", ())):
        for site in sites[bisect_left(sites, (start,)) : bisect_left(sites, (end,))]:
            if not site[4]:
                roles[site[1]] = ROLE.TYPE
    for capture, role in _NODE_ROLES:
        for node in captures.get(capture, ()):
            roles[node.end_byte] = role
    return roles


def _add_sites(view: FileView, sites: Sequence[Site], roles: Mapping[int, Role]) -> None:
    """Go through the file definition by definition, so that what depends on the owner is looked up once."""
    unknown = _unknown_locals(view)
    nothing: frozenset[str] = frozenset()
    at = 0
    for end, owner in view.stretches():
        last = bisect_left(sites, (end,), at)
        if at == last:
            continue
        dropped = unknown.get(owner, nothing)
        if owner and view.outward is not None:
            header = bisect_left(sites, (view.definitions[owner].header_end,), at, last)
            if header > at:
                _add_stretch(view, owner, sites[at:header], roles, dropped, True)
            at = header
        _add_stretch(view, owner, sites[at:last], roles, dropped, False)
        at = last


def _add_stretch(
    view: FileView,
    owner: int,
    sites: Sequence[Site],
    roles: Mapping[int, Role],
    dropped: Collection[str],
    in_header: bool,
) -> None:
    """Add the mentions that stand together in one definition, in its header or behind it."""
    outward = view.outward
    outer = outward.names(owner, in_header) if outward is not None else ()
    narrowed, inner, find = view.narrowed, view.inner.names, view.inner.find
    heads = view.heads.get(owner, ())
    offsets = view.references.offsets
    read = ROLE.READ
    for offset, site_end, spelling, head, _ in sites:
        role = roles.get(site_end, read)
        if head in inner and (chain := find(head, offset)) is not None:
            better = _narrowed(narrowed.get(head, ()), offset) if spelling != head else ""
            spelling = better + spelling[len(head) :] if better else _inside(chain, spelling, role)
            if not spelling:
                continue
        elif head in heads:
            if spelling == head and role is read:
                continue
            spelling = view.heads[owner][head] + spelling[len(head) :]
        elif head in outer and outward is not None and (steps := outward.steps(owner, head, offset, role, in_header)):
            spelling = f"{OUTER}." * steps + spelling
        elif head in narrowed and spelling != head and (better := _narrowed(narrowed[head], offset)):
            spelling = better + spelling[len(head) :]
        elif role is read and head in dropped:
            continue
        key = (owner, spelling, role)
        known = offsets.get(key)
        if known is None:
            offsets[key] = [offset]
        else:
            known.append(offset)


def _inside(chain: Chain, spelling: str, role: Role) -> str:
    """Return the spelling of a mention whose head an inner scope binds to a value; "" where it mentions nothing."""
    _, is_member, rest = spelling.partition(".")
    if not is_member:
        return spelled((*chain, COMPUTED)) if role is ROLE.CALL and len(chain) < MAX_CHAIN else ""
    if not chain:
        return f"().{rest.rpartition('.')[2]}" if role is not ROLE.READ else ""
    return spelled((*chain, *rest.split("."))) if len(chain) + rest.count(".") < MAX_CHAIN else ""


def _narrowed(stretches: Iterable[tuple[int, int, str]], offset: int) -> str:
    """Return what a name is known to stand for at an offset by a test; "" if nothing is."""
    return next((each[2] for each in stretches if each[0] <= offset < each[1]), "")


def _unknown_locals(view: FileView) -> dict[int, set[str]]:
    """Return per function the names bound in it of which nothing is known: reading them mentions nothing."""
    known = {(imported.owner, imported.alias) for imported in view.imports}
    unknown: dict[int, set[str]] = {}
    bindings = view.bindings()
    for binding in bindings:
        if binding.chain and binding.chain != LITERAL:
            known.add((binding.owner, binding.name))
    for binding in bindings:
        if (
            binding.kind in _LOCAL
            and view.definitions[binding.owner].kind in CALLABLE_KINDS
            and (binding.owner, binding.name) not in known
        ):
            unknown.setdefault(binding.owner, set()).add(binding.name)
    return _with_inner(view, unknown, bindings) if unknown and KIND.FUNCTION in view.spec.nested else unknown


def _with_inner(view: FileView, unknown: dict[int, set[str]], bindings: Sequence[Binding]) -> dict[int, set[str]]:
    """Add to each function the unknown names of those around it that it does not bind itself."""
    around = {
        index: outer
        for index, found in enumerate(view.definitions)
        if found.kind in CALLABLE_KINDS and (outer := next(view.functions_around(index), 0))
    }
    bound: dict[int, set[str]] = {index: set() for index in around}
    names = [(each.owner, each.name) for each in bindings]
    names += [(each.owner, each.alias) for each in view.imports]
    names += [(each.container, each.name) for each in view.definitions if each.local]
    for owner, name in names:
        if owner in bound:
            bound[owner].add(name)
    for index, outer in around.items():
        if outer in unknown:
            unknown.setdefault(index, set()).update(unknown[outer] - bound[index])
    return unknown
