"""What a Ruby file offers to the symbol table; the keys and their values stand in `names`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from codegraph.core.facts import Chain, Occurrences, Outline
from codegraph.core.symbols import KIND
from codegraph.graph.resolve.keys import module_key, name_key, return_key, top_key
from codegraph.graph.resolve.ruby.names import (
    FAMILY,
    bases_key,
    class_member_key,
    constant_key,
    directory_key,
    features,
    includers_key,
    joined_names,
    namespace_key,
    spelled_so,
)
from codegraph.graph.resolve.scheme import Entry, Offers, Value

NULL = ("@null",)
_ORDER = "{:03d}"
_MAX_RESULTS = 4


class FileClasses:
    """What one file says of its classes and methods."""

    def __init__(self, outline: Outline, occurrences: Occurrences) -> None:
        self.definitions = outline.definitions
        self.said: dict[int, dict[str, Chain]] = {}
        """Definition -> what a single binding says of it."""
        self.bases: dict[int, list[Chain]] = {}
        self.assigned: dict[int, dict[str, list[Chain]]] = {}
        """Class or method -> variable or "()" -> the chains of its values."""
        for each in occurrences.bindings:
            if each.name == "@base":
                self.bases.setdefault(each.owner, []).append(each.chain)
            elif each.name[0] == "=":
                self.assigned.setdefault(each.owner, {}).setdefault(each.name[1:], []).append(each.chain)
            else:
                self.said.setdefault(each.owner, {})[each.name] = each.chain
        self.nestings: list[str] = [""]
        for index, definition in enumerate(self.definitions[1:], 1):
            outer = self.nestings[definition.container]
            if definition.kind is KIND.CLASS:
                written = self.said.get(index, {}).get("@name", (definition.name,))[0]
                outer = f"{outer}/{written}" if outer else written
            self.nestings.append(outer)

    def full(self, index: int) -> str:
        """Return the full name of the class that is, or is around, a definition; "Object" at the top."""
        nesting = self.nestings[index]
        return joined_names(nesting.split("/")) if nesting else "Object"

    def outer(self, index: int) -> str:
        """Return the nesting around a definition."""
        return self.nestings[self.definitions[index].container]

    def forms(self, index: int) -> list[str]:
        """Return the names under which a method is found."""
        said = self.said.get(index, {})
        definition = self.definitions[index]
        name, around = definition.name, self.said.get(definition.container, {})
        accessor = said.get("@accessor", ("r",))[0]
        names = [f"{name}{suffix}()" for letter, suffix in (("r", ""), ("w", "=")) if letter in accessor]
        if "@both" in said or f"@both {name}" in around:
            return [*names, *(f".{each}" for each in names)]
        return [f".{each}" for each in names] if "@own" in said else names


def contributions(path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
    """Say what the file offers; a pure function of it alone."""
    classes = FileClasses(outline, occurrences)
    offers = Offers()
    add = offers.add
    add(module_key(path), (FAMILY,))
    for feature in features(path):
        add(top_key(FAMILY, feature), (path,))
    for order, chain in enumerate(classes.bases.get(0, ())):
        add(bases_key(""), (chain[0], _ORDER.format(order), path, *chain[1:]))
    holders = {each.container for each in outline.definitions if each.kind is not KIND.CLASS}
    for index, definition in enumerate(outline.definitions[1:], 1):
        full, said = classes.full(index), classes.said.get(index, {})
        if definition.kind is KIND.CLASS:
            kind = said.get("@name", ("", "class"))[-1]
            has_members = index in holders or index in classes.bases
            add((constant_key if has_members else namespace_key)(full), (path, definition.descriptor, kind))
            _offer_bases(add, index, full, classes)
            if "::" in said.get("@name", ("",))[0] and spelled_so(path, full):
                _offer_directories(add, path, full, classes.outer(index))
        elif definition.kind is KIND.CONSTANT:
            name = f"{full}::{definition.name}" if classes.nestings[index] else definition.name
            value = said.get("@value", ())
            add(constant_key(name), (path, definition.descriptor, "const", classes.nestings[index], *value))
        elif "@hidden" not in said:
            holder = f"//{path}" if "@local" in said else full
            for form in classes.forms(index):
                add(class_member_key(holder, form), (path, definition.descriptor))
                if holder == full:
                    bare = form.removeprefix(".")
                    add(name_key(FAMILY, bare), (path, definition.descriptor, definition.kind.value))
    for owner, values in classes.assigned.items():
        for name, chains in values.items():
            known = [each for each in dict.fromkeys(chains) if each != NULL]
            _offer_values(add, path, owner, name, known, classes)
    return offers.values()


def _offer_directories(add: Callable[[str, Entry], None], path: str, full: str, outer: str) -> None:
    """Offer the modules that `class A::B::C` names and does not open."""
    defined = joined_names(outer.split("/")) if outer else ""
    around = full.rpartition("::")[0]
    while len(around) > len(defined):
        add(directory_key(around), (path,))
        around = around.rpartition("::")[0]


def _offer_bases(add: Callable[[str, Entry], None], index: int, full: str, classes: FileClasses) -> None:
    for order, chain in enumerate(classes.bases.get(index, ())):
        nesting = classes.outer(index) if chain[0] == "super" else classes.nestings[index]
        add(bases_key(full), (chain[0], _ORDER.format(order), nesting, *chain[1:]))
        if chain[0] in ("include", "prepend"):
            add(includers_key(chain[-1].rpartition("::")[2]), (full,))


def _offer_values(
    add: Callable[[str, Entry], None], path: str, owner: int, name: str, known: Sequence[Chain], classes: FileClasses
) -> None:
    """Offer what is assigned to a variable, or what a method returns if all of it is known."""
    nesting = classes.nestings[owner]
    if name != "()":
        holder = f"//{path}" if name[0] == "/" else classes.full(owner)
        for chain in known:
            add(class_member_key(holder, name.lstrip("/")), ("", nesting, *chain))
    elif len(known) <= _MAX_RESULTS and all(known):
        key = return_key(path, classes.definitions[owner].descriptor)
        for chain in known:
            add(key, (nesting, *chain))
