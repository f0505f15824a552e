"""What a Python file offers to the symbol table.

Values (entries are tuples of strings; see `resolve.keys` for the keys):

    def   ("d", descriptor, kind, flags) per definition in source order, then ("v", *chain) per binding
    imp   ("m" | "p" | "n", module, level, name): whole module, first package of a dotted one, name in it
    star  (module, level) in source order
    exp   one empty entry per name in `__all__`
    mem   as def, for the names in a class; a local definition, which no name leads to, under its descriptor in ""
    base  the chain of each base
    ret   the chains that a function returns, local variables replaced by what they hold
    elem  the chains of the elements of a variable, or of what a function returns (name "()")
    top   (directory, "p" | "m" | "n"): a package, a module, a directory on the way to one

Flags of a function are letters: p property, s static method, c class method.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from posixpath import basename, dirname

from codegraph.core.facts import (
    BINDING,
    IMPORT,
    LOCAL,
    ROLE,
    Binding,
    Chain,
    Definition,
    ImportKind,
    Occurrences,
    Outline,
)
from codegraph.core.symbols import CALLABLE_KINDS, KIND, TYPE_KINDS
from codegraph.graph.resolve.keys import (
    base_key,
    definition_key,
    directory_key,
    element_key,
    export_key,
    export_list_key,
    import_key,
    member_key,
    module_key,
    name_key,
    return_key,
    star_key,
    top_key,
)
from codegraph.graph.resolve.python.names import FAMILY
from codegraph.graph.resolve.scheme import MAX_CANDIDATES, Entry, Offers, Value

_DECORATOR = re.compile(r"@ (?:\w+ \. )*(property|cached_property|abstractproperty|staticmethod|classmethod)\b")
_FLAGS = {"staticmethod": "s", "classmethod": "c"}
_MAX_SUBSTITUTIONS = 8


def contributions(path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
    """Say what the file offers; a pure function of it alone."""
    offered = _Offered(path)
    _offer_place(offered, path)
    local = _Locals(outline, occurrences.bindings)
    _offer_definitions(offered, outline, local, unreachable(outline, occurrences))
    _offer_bindings(offered, outline, occurrences, local)
    _offer_bases(offered, outline, occurrences, local)
    _offer_imports(offered, occurrences)
    if occurrences.explicit_exports:
        offered.add(export_list_key(path), ())
        for export in occurrences.exports:
            offered.add(export_key(path, export.name), ())
    return offered.values()


def flags_of(definition: Definition) -> str:
    """Return the letters that say how a function behaves as a member."""
    found = _DECORATOR.findall(definition.signature.partition(" def ")[0]) if "@" in definition.signature else ()
    return "".join(dict.fromkeys(_FLAGS.get(name, "p") for name in found))


class _Offered(Offers):
    """What the file at a path offers."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path


def _offer_place(offered: _Offered, path: str) -> None:
    offered.add(module_key(path), ("python",))
    directory, stem = dirname(path), basename(path).partition(".")[0]
    form = "m"
    if stem == "__init__":
        form, stem, directory = "p", basename(directory), dirname(directory)
    if stem:
        offered.add(top_key(FAMILY, stem), (directory, form))
    directory = dirname(path)
    offered.add(directory_key(FAMILY, directory), ())
    while directory:
        parent = dirname(directory)
        offered.add(top_key(FAMILY, basename(directory)), (parent, "n"))
        offered.add(directory_key(FAMILY, parent), ())
        directory = parent


def _offer_definitions(offered: _Offered, outline: Outline, local: _Locals, hidden: Collection[str]) -> None:
    path = offered.path
    for index, definition in enumerate(outline.definitions[1:], 1):
        if definition.descriptor in hidden:
            continue
        container = outline.definitions[definition.container]
        flags = flags_of(definition) if definition.kind in CALLABLE_KINDS else ""
        entry = ("d", definition.descriptor, definition.kind.value, flags)
        if definition.local:
            offered.add(member_key(path, "", definition.descriptor), entry)
        elif container.kind is KIND.MODULE:
            offered.add(definition_key(path, definition.name), entry)
        elif container.kind in TYPE_KINDS:
            offered.add(member_key(path, container.descriptor, definition.name), entry)
        if definition.kind is not KIND.CONSTANT and not definition.local:
            kind = "local" if index in local.around else definition.kind.value  # no target, but not alone of its name
            offered.add(name_key(FAMILY, definition.name), (path, definition.descriptor, kind))


def _offer_bases(offered: _Offered, outline: Outline, occurrences: Occurrences, local: _Locals) -> None:
    for reference in occurrences.references:
        definition = outline.definitions[reference.owner]
        if reference.role is ROLE.INHERIT and definition.kind in TYPE_KINDS:
            key = base_key(offered.path, definition.descriptor)
            for each in local.replaced(definition.container, reference.chain):
                offered.add(key, each)


def _offer_bindings(offered: _Offered, outline: Outline, occurrences: Occurrences, local: _Locals) -> None:
    path = offered.path
    for binding in occurrences.bindings:
        owner = outline.definitions[binding.owner]
        kind, name, chain = binding.kind, binding.name, binding.chain
        if kind is BINDING.UNREACHABLE:
            continue
        if owner.kind in CALLABLE_KINDS:
            if kind is BINDING.RETURN:
                for each in local.replaced(binding.owner, chain):
                    offered.add(return_key(path, owner.descriptor), each)
            elif kind is BINDING.ELEMENT and name == "()":
                for each in local.replaced(binding.owner, chain):
                    offered.add(element_key(path, owner.descriptor, name), each)
        elif kind is BINDING.ELEMENT:
            for each in local.replaced(binding.owner, chain):
                offered.add(element_key(path, owner.descriptor, name), each)
        elif owner.kind in TYPE_KINDS:
            for each in local.replaced(binding.owner, chain) or ((),):
                offered.add(member_key(path, owner.descriptor, name), ("v", *each))
        elif owner.kind is KIND.MODULE:
            offered.add(definition_key(path, name), ("v", *chain))


def _offer_imports(offered: _Offered, occurrences: Occurrences) -> None:
    path = offered.path
    for each in occurrences.imports:
        level = str(each.level)
        if each.owner != 0:
            continue
        if each.kind is IMPORT.STAR:
            offered.add(star_key(path), (each.module, level))
        elif each.alias:
            offered.add(
                import_key(path, each.alias), import_entry(each.kind, each.module, level, each.name, each.alias)
            )


def import_entry(kind: ImportKind, module: str, level: str, name: str, alias: str) -> Entry:
    """Return the entry of one import: `import a.b` binds the package `a`, unlike `import a.b as c`."""
    if kind is IMPORT.NAME:
        return ("n", module, level, name)
    first = module.partition(".")[0]
    return ("p", first, level, "") if alias == first and module != first else ("m", module, level, "")


class _Locals:
    """Replaces local variables at the head of a chain by what they hold, as far as one file can tell."""

    def __init__(self, outline: Outline, bindings: tuple[Binding, ...]) -> None:
        self._chains: dict[tuple[int, str], list[Chain]] = {}
        self.around = functions_around(outline)
        self._functions = frozenset(
            index for index, each in enumerate(outline.definitions) if each.kind in CALLABLE_KINDS
        )
        for binding in bindings:
            if binding.kind in (BINDING.VARIABLE, BINDING.PARAMETER):
                self._chains.setdefault((binding.owner, binding.name), []).append(binding.chain)
        for each in outline.definitions:
            if each.local:
                self._chains[each.container, each.name] = [(LOCAL + each.descriptor,)]

    def replaced(self, owner: int, chain: Chain) -> list[Chain]:
        """Return the chains that `chain` may stand for outside of the function `owner` and those around it."""
        if not chain or (owner not in self.around and owner not in self._functions):
            return [chain] if chain else []
        pending, found, seen = [chain], dict[Chain, None](), set[str]()
        for _ in range(_MAX_SUBSTITUTIONS):
            if not pending or len(found) >= MAX_CANDIDATES:
                break
            present = pending.pop(0)
            head = present[0] if present else ""
            chains = self._held(owner, head)
            if chains is None:
                found[present] = None
            elif head not in seen:
                seen.add(head)
                values = dict.fromkeys(value for value in chains if value)
                pending.extend(value + present[1:] for value in values)
        return [each for each in found if each]

    def _held(self, owner: int, name: str) -> list[Chain] | None:
        while owner > 0:
            if (owner, name) in self._chains:
                return self._chains[owner, name]
            owner = self.around.get(owner, 0)
        return None


def unreachable(outline: Outline, occurrences: Occurrences) -> frozenset[str]:
    """Return the descriptors of definitions in branches that are not taken, where another branch binds the name."""
    marked = {binding.chain[0][len(LOCAL) :] for binding in occurrences.bindings if binding.kind is BINDING.UNREACHABLE}
    if not marked:
        return frozenset()
    bound = {(each.container, each.name) for each in outline.definitions if each.descriptor not in marked}
    bound.update((each.owner, each.alias) for each in occurrences.imports)
    return frozenset(
        each.descriptor
        for each in outline.definitions
        if each.descriptor in marked and (each.container, each.name) in bound
    )


def functions_around(outline: Outline) -> dict[int, int]:
    """Return the innermost function around each definition that has one."""
    definitions = outline.definitions
    around: dict[int, int] = {}
    for index, each in enumerate(definitions):
        if each.container > 0:
            above = each.container
            function = above if definitions[above].kind in CALLABLE_KINDS else around.get(above, 0)
            if function:
                around[index] = function
    return around
