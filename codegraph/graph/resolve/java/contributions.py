"""What a Java file offers to the symbol table; the keys and their values stand in `names`."""

from __future__ import annotations

from collections.abc import Callable

from codegraph.core.facts import BindingKind, Chain, ImportKind, Occurrences, Outline
from codegraph.core.symbols import TYPE_KINDS, SymbolKind
from codegraph.graph.resolve.header import header_words
from codegraph.graph.resolve.java.names import FAMILY, package_key, unit_key
from codegraph.graph.resolve.keys import base_key, import_key, member_key, module_key, own_key, return_key
from codegraph.graph.resolve.scheme import Entry, Offers, Value
from codegraph.graph.resolve.typed.libraries import DERIVED


class FileMembers:
    """What one file says of its members."""

    def __init__(self, outline: Outline, occurrences: Occurrences) -> None:
        self.arities: dict[int, Chain] = {}
        self.within: dict[int, Chain] = {}
        """Method of an anonymous class -> the base of that class."""
        self.bases: dict[int, list[Chain]] = {}
        self.fields: dict[tuple[int, str], Chain] = {}
        for each in occurrences.bindings:
            if each.name == "@arity":
                self.arities[each.owner] = each.chain
            elif each.name == "@within":
                self.within[each.owner] = each.chain
            elif each.name == "@base":
                self.bases.setdefault(each.owner, []).append(each.chain)
            elif each.kind is BindingKind.ATTRIBUTE:
                self.fields.setdefault((each.owner, each.name), each.chain)
        self._definitions = outline.definitions

    def method(self, index: int) -> Entry:
        """Return a method's entry: descriptor, arity, flags, types of parameters."""
        definition = self._definitions[index]
        header = header_words(definition)
        flags = ("s" if "static" in header else "") + ("p" if "private" in header else "")
        arity, types = self.arities.get(index, ("0", ""))
        return (definition.descriptor, arity, flags, types)

    def is_constructor(self, index: int) -> bool:
        """Tell a constructor from a method: it has its type's name, and nothing stands before that but modifiers."""
        definition = self._definitions[index]
        if definition.name != self._definitions[definition.container].name:
            return False
        before = header_words(definition)
        return (
            len(before) < 2
            or before[-2] in ("public", "protected", "private", ">", ")")
            or not before[-2].isidentifier()
        )


def package_of(occurrences: Occurrences) -> str:
    """Return the package that a file belongs to."""
    return next((each.chain[0] for each in occurrences.exports if each.name == "package" and each.chain), "")


def contributions(path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
    """Say what the file offers; a pure function of it alone."""
    package = package_of(occurrences)
    offers = Offers()
    add = offers.add
    add(module_key(path), (FAMILY, package))
    parts = package.split(".")
    for count in range(1, len(parts) + 1):
        add(unit_key(".".join(parts[:count])), ("",))
    for each in occurrences.imports:
        is_star = each.kind is ImportKind.STAR
        form = ("S" if is_star else "s") if each.level else ("*" if is_star else "n")
        add(import_key(path, ""), (form, each.alias, each.module))
    members = FileMembers(outline, occurrences)
    fields = dict(members.fields)
    for index, definition in enumerate(outline.definitions[1:], 1):
        container = outline.definitions[definition.container]
        if definition.kind in TYPE_KINDS and container.kind is SymbolKind.MODULE:
            add(package_key(package, definition.name), (path, definition.descriptor, definition.kind.value))
        elif container.kind in TYPE_KINDS and index not in members.within:
            _offer_member(add, path, outline, members, fields, index)
        elif definition.kind is SymbolKind.METHOD:
            add(own_key(FAMILY, definition.name), (DERIVED, members.method(index)[1]))
    for (owner, name), chain in fields.items():
        add(member_key(path, outline.definitions[owner].descriptor, name), ("v", "", *chain))
    for owner, chains in members.bases.items():
        for chain in chains:
            add(base_key(path, outline.definitions[owner].descriptor), chain)
    for binding in occurrences.bindings:
        if binding.kind is BindingKind.RETURN:
            add(return_key(path, outline.definitions[binding.owner].descriptor), (binding.name, *binding.chain))
    return offers.values()


def _offer_member(
    add: Callable[[str, Entry], None],
    path: str,
    outline: Outline,
    members: FileMembers,
    fields: dict[tuple[int, str], Chain],
    index: int,
) -> None:
    """Offer what stands in a type; a field that is a constant is taken out of `fields`."""
    definition = outline.definitions[index]
    container, name = outline.definitions[definition.container], definition.name
    if definition.kind in TYPE_KINDS:
        add(member_key(path, container.descriptor, name), ("t", definition.descriptor))
        return
    if definition.kind is SymbolKind.CONSTANT:
        chain = fields.pop((definition.container, name), ())
        add(member_key(path, container.descriptor, name), ("v", definition.descriptor, *chain))
        return
    method, is_made = members.method(index), members.is_constructor(index)
    add(member_key(path, container.descriptor, "<new>()" if is_made else f"{name}()"), method)
    if not (is_made or method[2]):
        is_derived = bool(members.bases.get(definition.container)) or container.kind is SymbolKind.ENUM
        add(own_key(FAMILY, name), (DERIVED if is_derived else "", method[1]))
