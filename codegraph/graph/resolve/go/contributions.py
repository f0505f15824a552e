"""What a Go file offers to the symbol table; the keys and their values stand in `names`."""

from __future__ import annotations

from collections.abc import Callable
from posixpath import dirname

from codegraph.core.facts import BINDING, ROLE, Binding, ImportKind, Occurrences, Outline
from codegraph.core.symbols import KIND
from codegraph.graph.resolve.go.names import (
    FAMILY,
    embedders_key,
    files_key,
    interfaces_key,
    method_key,
    method_set_key,
    package_key,
    underlying_key,
    unit_key,
    unit_of,
)
from codegraph.graph.resolve.keys import (
    base_key,
    definition_key,
    import_key,
    member_key,
    module_key,
    own_key,
    return_key,
)
from codegraph.graph.resolve.scheme import Entry, Offers, Value

_FORMS = {ImportKind.MODULE: "m", ImportKind.STAR: "*", ImportKind.EFFECT: "_"}


class FileTypes:
    """What one file says of its methods: whose they are, and their shapes."""

    def __init__(self, outline: Outline, occurrences: Occurrences) -> None:
        self.shapes: dict[int, str] = {}
        self.receivers: dict[int, str] = {}
        """Method -> name of its type, wherever that is declared."""
        definitions = outline.definitions
        for index, definition in enumerate(definitions):
            if definition.kind is KIND.METHOD and definition.container > 0:
                self.receivers[index] = definitions[definition.container].name
        for binding in occurrences.bindings:
            if binding.name == "@receiver":
                self.receivers[binding.owner] = binding.chain[0]
            elif binding.name == "@shape":
                self.shapes[binding.owner] = binding.chain[0]


def package_of(path: str, occurrences: Occurrences) -> str:
    """Return the unit that a file belongs to."""
    name = next((each.chain[0] for each in occurrences.exports if each.name == "package" and each.chain), "")
    return unit_of(dirname(path), name)


def contributions(path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
    """Say what the file offers; a pure function of it alone."""
    unit = package_of(path, occurrences)
    offers = Offers()
    add = offers.add
    add(module_key(path), (FAMILY, unit))
    add(unit_key(dirname(path)), (unit.rpartition(":")[2],))
    add(files_key(unit), (path,))
    for each in occurrences.imports:
        add(import_key(path, ""), (_FORMS.get(each.kind, "m"), each.alias, each.module))
    types = FileTypes(outline, occurrences)
    for index, definition in enumerate(outline.definitions[1:], 1):
        container = outline.definitions[definition.container]
        descriptor, name = definition.descriptor, definition.name
        shape = types.shapes.get(index, "")
        if container.kind is KIND.INTERFACE:
            add(member_key(path, container.descriptor, name), ("d", descriptor, shape))
            add(method_set_key(path, container.descriptor), (name, shape))
            add(interfaces_key(name), (path, container.descriptor))
            add(own_key(FAMILY, name), ("",))
        elif definition.kind is KIND.METHOD:
            add(method_key(unit, types.receivers.get(index, ""), name), (path, descriptor, shape))
            add(own_key(FAMILY, name), ("",))
        elif name not in ("_", "init") and not definition.local:
            add(package_key(unit, name), (path, descriptor, definition.kind.value))
    for reference in occurrences.references:
        if reference.role is ROLE.INHERIT:
            descriptor = outline.definitions[reference.owner].descriptor
            add(base_key(path, descriptor), reference.chain)
            if outline.definitions[reference.owner].kind is KIND.CLASS:
                add(embedders_key(reference.chain[-1]), (path, descriptor))
    for binding in occurrences.bindings:
        _offer_binding(add, path, outline, binding)
    return offers.values()


def _offer_binding(add: Callable[[str, Entry], None], path: str, outline: Outline, binding: Binding) -> None:
    owner, name, kind, chain = binding.owner, binding.name, binding.kind, binding.chain
    descriptor = outline.definitions[owner].descriptor
    if kind is BINDING.RETURN:
        add(return_key(path, descriptor), (name, *chain))
    elif kind is BINDING.ATTRIBUTE:
        add(member_key(path, descriptor, name), ("v", *chain))
    elif name in ("@alias", "@under"):
        if chain:
            add(underlying_key(path, descriptor), ("=" if name == "@alias" else ":", *chain))
    elif owner == 0:
        add(definition_key(path, name), chain)
