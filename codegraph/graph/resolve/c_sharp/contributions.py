"""What a C# file offers to the symbol table; the keys and their values stand in `names`."""

from __future__ import annotations

from collections.abc import Callable
from posixpath import dirname

from codegraph.core.facts import BINDING, Chain, Import, ImportKind, Occurrences, Outline
from codegraph.core.symbols import TYPE_KINDS, SymbolKind
from codegraph.graph.resolve.c_sharp.names import (
    FAMILY,
    extension_key,
    global_usings_key,
    last_part_key,
    namespace_key,
    type_key,
)
from codegraph.graph.resolve.keys import base_key, import_key, member_key, module_key, own_key, return_key
from codegraph.graph.resolve.scheme import Entry, Offers, Value
from codegraph.graph.resolve.typed.libraries import DERIVED


class FileMembers:
    """What one file says of its types and members."""

    def __init__(self, outline: Outline, occurrences: Occurrences) -> None:
        self.types: dict[int, Chain] = {}
        """Type -> full name, "partial" or "", namespace."""
        self.methods: dict[int, Chain] = {}
        """Method -> least and most arguments, flags, types of parameters; of a property only flags are told."""
        self.extensions: dict[int, str] = {}
        self.bases: dict[int, list[Chain]] = {}
        for each in occurrences.bindings:
            if each.name == "@type":
                self.types[each.owner] = each.chain
            elif each.name == "@method":
                self.methods[each.owner] = each.chain
            elif each.name == "@property":
                self.methods[each.owner] = ("", "", each.chain[0], "")
            elif each.name == "@this":
                self.extensions[each.owner] = each.chain[0] if each.chain else ""
            elif each.name == "@base":
                self.bases.setdefault(each.owner, []).append(each.chain)
        self._definitions = outline.definitions

    def type_of(self, index: int) -> int:
        """Return the innermost type around a definition, itself if it is one; 0 for none."""
        while index > 0 and index not in self.types:
            index = self._definitions[index].container
        return max(index, 0)

    def around(self, index: int) -> str:
        """Return the place of what is written in a definition."""
        of = self.type_of(index)
        chain = self.types.get(of)
        return f"{chain[2]}|{chain[0]}|{self._definitions[of].descriptor}" if chain is not None else "||"

    def around_bases(self, index: int) -> str:
        """Return the place of what a type is derived from."""
        container = self._definitions[index].container
        return self.around(container) if container > 0 else f"{self.types[index][2]}||"


def using_entry(each: Import) -> Entry:
    """Return an import as tables have it."""
    if each.kind is ImportKind.MODULE:
        return ("a", each.alias, each.module)
    return ("s" if each.level else "*", "", each.module)


def contributions(path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
    """Say what the file offers; a pure function of it alone."""
    offers = Offers()
    add = offers.add
    add(module_key(path), (FAMILY,))
    for each in occurrences.imports:
        add(import_key(path, ""), using_entry(each))
        if each.reexport:
            add(global_usings_key(dirname(path).removesuffix("/Properties")), using_entry(each))
    members = FileMembers(outline, occurrences)
    for index, (full, partial, namespace) in members.types.items():
        definition = outline.definitions[index]
        add(type_key(full), (path, definition.descriptor, partial, definition.kind.value))
        parts = namespace.split(".")
        for count in range(1, len(parts) + 1):
            add(namespace_key(".".join(parts[:count])), ("", "", ""))
        for name in (full.rpartition(".")[2], *parts):
            add(last_part_key(name), ("", "", ""))
        for chain in members.bases.get(index, ()):
            add(base_key(path, definition.descriptor), (members.around_bases(index), *chain))
    for index, definition in enumerate(outline.definitions[1:], 1):
        if definition.kind not in TYPE_KINDS and definition.container in members.types:
            _offer_member(add, path, outline, members, index)
    for binding in occurrences.bindings:
        descriptor = outline.definitions[binding.owner].descriptor
        if binding.kind is BINDING.RETURN:
            add(return_key(path, descriptor), (members.around(binding.owner), *binding.chain))
        elif binding.kind is BINDING.ATTRIBUTE and binding.owner in members.types:
            add(member_key(path, descriptor, binding.name), ("a", members.around(binding.owner), *binding.chain))
    return offers.values()


def _offer_member(
    add: Callable[[str, Entry], None], path: str, outline: Outline, members: FileMembers, index: int
) -> None:
    """Offer a method or a value of a type, and an extension method to all."""
    definition = outline.definitions[index]
    container = outline.definitions[definition.container]
    shape = members.methods.get(index)
    if shape is None or not shape[0]:
        flags = shape[2] if shape is not None else ""
        add(member_key(path, container.descriptor, definition.name), ("v", definition.descriptor, "", "", flags, ""))
        return
    kind, name = ("c", "<new>") if "c" in shape[2] else ("m", definition.name)
    add(member_key(path, container.descriptor, name), (kind, definition.descriptor, *shape))
    if kind == "m" and not ({"s", "p"} & set(shape[2])):
        is_derived = bool(members.bases.get(definition.container)) or container.kind is SymbolKind.ENUM
        add(own_key(FAMILY, name), (DERIVED if is_derived else "", shape[0], shape[1]))
    if index in members.extensions:
        extended = members.extensions[index]
        add(extension_key(definition.name), (path, definition.descriptor, *shape[:2], extended, *shape[2:]))
