"""What a PHP file offers to the symbol table; the keys and their values stand in `names`."""

from __future__ import annotations

from codegraph.core.facts import Binding, BindingKind, Chain, Occurrences, Outline
from codegraph.core.symbols import TYPE_KINDS, SymbolKind
from codegraph.graph.resolve.header import header_words
from codegraph.graph.resolve.keys import base_key, member_key, module_key, name_key, own_key, return_key
from codegraph.graph.resolve.php.names import CLASS_NAME, CONSTANT_NAME, FAMILY, FUNCTION_NAME, full_name_key, spelled
from codegraph.graph.resolve.scheme import Offers, Value
from codegraph.graph.resolve.typed.libraries import DERIVED

_SORTS = {SymbolKind.FUNCTION: FUNCTION_NAME, SymbolKind.CONSTANT: CONSTANT_NAME}
_NULL = ("@null",)


class _Offer(Offers):
    """Gathers the values of one file."""

    def __init__(self, path: str, outline: Outline) -> None:
        super().__init__()
        self.path = path
        self.definitions = outline.definitions
        self.derived: set[int] = set()
        """Classes that are derived from something; enums are, and traits are part of what may be."""
        self.types: dict[tuple[int, str], Chain] = {}
        """(class, property) -> its chain."""
        self.assigned: dict[tuple[int, str], list[Chain]] = {}
        """(class, property) or (function, "()") -> the chains of its values."""

    def bound(self, each: Binding) -> None:
        """Take what a binding says."""
        definition = self.definitions[each.owner]
        name = each.name
        if name == "@name":
            sort = CLASS_NAME if definition.kind in TYPE_KINDS else _SORTS.get(definition.kind, CONSTANT_NAME)
            self.add(full_name_key(sort, each.chain[0]), (self.path, definition.descriptor))
        elif name == "@kind":
            self.add(base_key(self.path, definition.descriptor), ("kind", *each.chain))
            if each.chain[0] in ("enum", "trait"):
                self.derived.add(each.owner)
        elif name == "@base":
            self.add(base_key(self.path, definition.descriptor), each.chain)
            self.derived.add(each.owner)
        elif name.startswith("@alias "):
            self.add(member_key(self.path, definition.descriptor, spelled(name[7:])), ("@alias", *each.chain))
        elif name[0] == "=":
            self.assigned.setdefault((each.owner, name[1:]), []).append(each.chain)
        elif each.kind is BindingKind.ATTRIBUTE:
            if each.chain or (each.owner, name) not in self.types:
                self.types[each.owner, name] = each.chain
        elif each.kind is BindingKind.RETURN:
            self.add(return_key(self.path, definition.descriptor), ("=", *each.chain))

    def member(self, index: int) -> None:
        """Offer a definition as a member of its class."""
        definition = self.definitions[index]
        container = self.definitions[definition.container]
        if container.kind not in TYPE_KINDS:
            return
        name = definition.name
        chain: Chain = ()
        header = header_words(definition)
        flags = "".join(each[0] for each in ("static", "private", "abstract") if each in header)
        if definition.kind is SymbolKind.METHOD:
            name = f"{name}()"
            if container.kind is SymbolKind.INTERFACE:
                flags += "a"
            self.add(
                name_key(FAMILY, spelled(name)),
                (self.path, definition.descriptor, definition.kind.value),
            )
            if "p" not in flags and name != "__construct()":
                self.add(own_key(FAMILY, spelled(name)), (DERIVED if definition.container in self.derived else "",))
        else:
            chain = self.types.pop((definition.container, name), ()) or self.guessed(definition.container, name)
        self.add(member_key(self.path, container.descriptor, spelled(name)), (definition.descriptor, flags, *chain))

    def guessed(self, owner: int, name: str) -> Chain:
        """Return the chain of all that is assigned to a property, or returned by a function."""
        chains = dict.fromkeys(each for each in self.assigned.get((owner, name), ()) if each != _NULL)
        only = next(iter(chains)) if len(chains) == 1 else ()
        return (*only, "@guess") if only else ()


def contributions(path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
    """Say what the file offers; a pure function of it alone."""
    offer = _Offer(path, outline)
    offer.add(module_key(path), (FAMILY,))
    for each in occurrences.bindings:
        offer.bound(each)
    for index in range(1, len(outline.definitions)):
        offer.member(index)
    for (owner, name), chain in offer.types.items():
        if chain:
            offer.add(member_key(path, outline.definitions[owner].descriptor, name), ("", "", *chain))
    for owner, name in offer.assigned:
        key = return_key(path, outline.definitions[owner].descriptor)
        if name == "()" and key not in offer:
            chain = offer.guessed(owner, name)
            if chain:
                offer.add(key, ("~", *chain[:-1]))
    return offer.values()
