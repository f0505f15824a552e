"""What a C++ file offers to the symbol table; the keys and their values stand in `names`."""

from __future__ import annotations

from codegraph.core.facts import BINDING, Chain, Definition, Occurrences, Outline
from codegraph.core.symbols import CALLABLE_KINDS, KIND, TYPE_KINDS
from codegraph.graph.resolve.c import linkage_key
from codegraph.graph.resolve.cpp.names import (
    FAMILY,
    alias_key,
    below,
    namespace_key,
    opened_key,
    opening_key,
    scope_key,
    use_key,
    variant,
)
from codegraph.graph.resolve.cpp.openings import OPENED
from codegraph.graph.resolve.includes import file_name_key
from codegraph.graph.resolve.keys import base_key, import_key, member_key, module_key, name_key, own_key, return_key
from codegraph.graph.resolve.scheme import Entry, Offers, Value
from codegraph.graph.resolve.typed.libraries import DERIVED

_SCOPED_ENUM = ("enum class ", "enum struct ")


class FileScopes:
    """What one file says of scopes and functions, by the index of a definition."""

    def __init__(self, outline: Outline, occurrences: Occurrences) -> None:
        self.placed: dict[int, Chain] = {}
        self.arities: dict[int, Chain] = {}
        self.around: list[str] = []
        """The scope in which names inside of a definition are looked up."""
        for each in occurrences.bindings:
            if each.name == "@in":
                self.placed.setdefault(each.owner, each.chain)
            elif each.name == "@arity":
                self.arities.setdefault(each.owner, each.chain)
        for index, definition in enumerate(outline.definitions):
            self.around.append(self._scope(index, definition, outline))

    def _scope(self, index: int, definition: Definition, outline: Outline) -> str:
        if index == 0:
            return ""
        container = outline.definitions[definition.container]
        if definition.container == 0:
            scope, flags = (*self.placed.get(index, ()), "", "")[:2]
            if definition.kind not in TYPE_KINDS:
                return scope
            if "x" in flags:
                return f"{scope}::@{definition.descriptor}"  # a specialisation: several have the name
            around = below(scope, definition.name)
            return variant(scope, definition.name, definition.descriptor) if around in self.around else around
        around = self.around[definition.container]
        if definition.kind not in TYPE_KINDS:
            return around
        if container.kind in CALLABLE_KINDS:
            return f"{around}::@{definition.descriptor}"
        return below(around, definition.name)

    def function(self, index: int) -> tuple[str, str, str]:
        """Return the number of arguments, the flags and the types of the parameters of a function."""
        count, types, flags = (*self.arities.get(index, ("?", "", "")), "", "")[:3]
        return count, flags, types


def contributions(path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
    """Say what the file offers; a pure function of it alone."""
    offer = _Offer(path, outline, occurrences)
    offer.add(module_key(path), (FAMILY,))
    offer.add(file_name_key(path), (path,))
    for each in occurrences.imports:
        offer.add(import_key(path, ""), (each.module, each.name))
    for index in range(1, len(outline.definitions)):
        offer.definition(index)
    offer.bindings(occurrences)
    return offer.values()


class _Offer(Offers):
    def __init__(self, path: str, outline: Outline, occurrences: Occurrences) -> None:
        super().__init__()
        self._path = path
        self._definitions = outline.definitions
        self._scopes = FileScopes(outline, occurrences)
        self._derived = {each.owner for each in occurrences.bindings if each.name == "@base"}
        self._fields = {
            (each.owner, each.name): each.chain
            for each in reversed(occurrences.bindings)
            if each.kind is BINDING.ATTRIBUTE
        }

    def definition(self, index: int) -> None:
        """Offer a definition where it can be found: in its namespace or in its type."""
        definition = self._definitions[index]
        container = self._definitions[definition.container]
        self.add(name_key("c", definition.name), (self._path, definition.descriptor, definition.kind.value))
        if definition.container == 0:
            scope, flags, namespace = (*self._scopes.placed.get(index, ()), "", "", "")[:3]
            self._in_namespace(index, scope, flags)
            self._namespaces(namespace)
        elif container.kind in TYPE_KINDS:
            self._in_type(index, container)

    def _namespaces(self, namespace: str) -> None:
        """Offer a namespace, and those around it."""
        for place, letter in enumerate(namespace + ":"):
            if letter == ":" and place and namespace[place - 1 : place] != ":":
                self.add(namespace_key(namespace[:place]), ("",))
                if namespace[:place].rpartition("::")[2].startswith(OPENED):
                    self.add(opened_key(), (namespace[:place],))

    def _in_namespace(self, index: int, scope: str, flags: str) -> None:
        definition = self._definitions[index]
        entry = self._entry(index, flags)
        name = definition.name
        if "x" in entry[3] and definition.kind in TYPE_KINDS:
            name += "<>"
        self.add(scope_key(scope, name), entry)
        if not scope and "s" not in flags and "#" not in flags and "t" not in entry[3]:
            state = "p" if entry[2] == "f" and "d" not in entry[3] else "d"
            self.add(linkage_key(definition.name), (self._path, definition.descriptor, definition.kind.value, state))
        chain = self._fields.get((index, definition.name))
        if definition.kind is KIND.CONSTANT and chain:
            self.add(member_key(self._path, definition.descriptor, ""), ("v", "", *chain))

    def _entry(self, index: int, flags: str) -> Entry:
        definition = self._definitions[index]
        if definition.kind in CALLABLE_KINDS:
            count, more, types = self._scopes.function(index)
            more = more.replace("s", "") + flags.replace("x", "")
            return (self._path, definition.descriptor, "f", more, count, types)
        return (self._path, definition.descriptor, "t" if definition.kind in TYPE_KINDS else "v", flags)

    def _in_type(self, index: int, container: Definition) -> None:
        definition, path = self._definitions[index], self._path
        name = definition.name
        if definition.kind in TYPE_KINDS:
            self.add(member_key(path, container.descriptor, name), ("t", definition.descriptor))
        elif definition.kind is KIND.CONSTANT:
            chain = self._fields.get((definition.container, name), ())
            self.add(member_key(path, container.descriptor, name), ("v", definition.descriptor, *chain))
            if container.kind is KIND.ENUM and not container.signature.startswith(_SCOPED_ENUM):
                self._enumerator(definition, container)
        elif definition.kind is KIND.FUNCTION:
            if container.container == 0:
                scope, flags = (*self._scopes.placed.get(definition.container, ()), "", "")[:2]
                self.add(scope_key(scope, name), self._entry(index, flags))
        else:
            count, flags, types = self._scopes.function(index)
            spelled = "<new>()" if name == container.name else f"{name}()"
            self.add(member_key(path, container.descriptor, spelled), (definition.descriptor, count, flags, types))
            if spelled != "<new>()":
                self.add(own_key(FAMILY, name), (DERIVED if definition.container in self._derived else "", count))

    def _enumerator(self, definition: Definition, enum: Definition) -> None:
        """Offer an enumerator in the scope around its enum, too."""
        if enum.container == 0:
            scope, flags = (*self._scopes.placed.get(self._definitions.index(enum), ()), "", "")[:2]
            self.add(scope_key(scope, definition.name), (self._path, definition.descriptor, "v", flags))
        elif self._definitions[enum.container].kind in TYPE_KINDS:
            outer = self._definitions[enum.container].descriptor
            self.add(member_key(self._path, outer, definition.name), ("v", definition.descriptor))

    def bindings(self, occurrences: Occurrences) -> None:
        """Offer bases, other names of types, results and using declarations."""
        for each in occurrences.bindings:
            descriptor = self._definitions[each.owner].descriptor
            if each.kind is BINDING.RETURN:
                self.add(return_key(self._path, descriptor), (each.name, *each.chain))
            elif each.name == "@base":
                self.add(base_key(self._path, descriptor), each.chain)
            elif each.name == "@alias":
                self.add(alias_key(self._path, descriptor), each.chain)
            elif each.name == "@opens":
                self.add(opening_key(self._definitions[each.owner].name), (self._path, *each.chain))
            elif each.name == "@use":
                scope, form, name = each.chain[:3]
                self._namespaces(scope)
                entry = (self._path, "", "u", form, *each.chain[3:])
                self.add(scope_key(scope, name), entry)
                self.add(use_key(self._path, scope, name), entry)
