"""What a Rust file offers to the symbol table; the keys and their values stand in `names`."""

from __future__ import annotations

from collections.abc import Callable
from posixpath import basename, dirname, normpath

from codegraph.core.facts import (
    BINDING,
    IMPORT,
    LOCAL,
    ROLE,
    Binding,
    Chain,
    Import,
    Occurrences,
    Outline,
)
from codegraph.core.symbols import KIND, TYPE_KINDS, SymbolKind
from codegraph.graph.resolve.keys import (
    base_key,
    definition_key,
    import_key,
    member_key,
    module_key,
    name_key,
    own_key,
    return_key,
    top_key,
)
from codegraph.graph.resolve.rust.names import (
    DECLARATIONS,
    DECLARED,
    FAMILY,
    FILE_OFFERED,
    IMPLEMENTED,
    IMPORTING,
    MACROS,
    PUBLIC,
    TYPE_OFFERED,
    VALUE_OFFERED,
    alias_key,
    bound_key,
    bounds_elsewhere_key,
    child_key,
    elsewhere_key,
    in_module,
    offered_key,
    self_key,
    star_in_key,
    traits_elsewhere_key,
    value_key,
)
from codegraph.graph.resolve.scheme import Entry, Offers, Value

_LETTERS = {SymbolKind.FUNCTION: "f", SymbolKind.METHOD: "f", SymbolKind.CONSTANT: "c"}
Add = Callable[[str, Entry], None]


class FileItems:
    """What one file says of its definitions: the modules and impls that they stand in."""

    def __init__(self, outline: Outline, occurrences: Occurrences) -> None:
        self.modules: dict[int, str] = {}
        self.selves: dict[int, Chain] = {}
        """Impl -> the type that it is for."""
        self.traits: dict[int, Chain] = {}
        """Impl -> the trait that it implements."""
        for each in occurrences.bindings:
            if each.name == "@mod":
                self.modules[each.owner] = "::".join(each.chain)
            elif each.name == "@self":
                self.selves[each.owner] = each.chain
            elif each.name == "@trait":
                self.traits[each.owner] = each.chain
        self.aliases = {each.owner: each.chain for each in occurrences.bindings if each.name == "@alias"}
        self._definitions = outline.definitions
        self.types: dict[str, int] = {}
        """Name -> the type of that name, impls left aside."""
        for index, definition in enumerate(outline.definitions):
            if definition.container == 0 and definition.kind in TYPE_KINDS and not self.is_impl(index):
                self.types.setdefault(definition.name, index)

    def is_impl(self, index: int) -> bool:
        """Tell an impl from a type."""
        definition = self._definitions[index]
        return definition.kind is KIND.CLASS and "impl" in definition.signature.split("{", 1)[0].split()[:2]

    def around(self, index: int) -> str:
        """Return the place of what is written in a definition."""
        container = self._definitions[index].container
        if container > 0 and self._definitions[container].kind in TYPE_KINDS:
            return self.around(container)
        module = self.modules.get(index, "")
        definition = self._definitions[index]
        is_around = definition.kind is KIND.INTERFACE or self.is_impl(index)
        return f"{module}@{definition.descriptor}" if is_around else f"{module}@"


def contributions(path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
    """Say what the file offers; a pure function of it alone."""
    offers = Offers()
    add = offers.add
    add(module_key(path), (FAMILY,))
    add(offered_key(_module_name(path)), (path, FILE_OFFERED))
    for each in occurrences.imports:
        _offer_import(add, path, each)
    items = FileItems(outline, occurrences)
    importing = {each.module.partition(">")[0] for each in occurrences.imports}
    for index, definition in enumerate(outline.definitions[1:], 1):
        descriptor, name, kind = definition.descriptor, definition.name, definition.kind
        if definition.container > 0 and not definition.local:
            _offer_member(add, path, outline, items, index)
        elif items.is_impl(index):
            _offer_impl(add, path, outline, items, index)
        elif "macro_rules" in definition.signature.split()[:2]:
            if not definition.local:  # by another road one of a block is not found
                imports = (IMPORTING,) if f"{name}!" in importing else ()
                add(definition_key(path, "!" + name), ("f", descriptor))
                add(top_key(MACROS, name), (path, descriptor, *imports))
        else:
            letter = _LETTERS.get(kind, "t")
            first = items.types.get(name, index)
            if first != index and kind in TYPE_KINDS and not definition.local:  # under another condition of `cfg`
                add(alias_key(path, descriptor), ("@", "@here", outline.definitions[first].descriptor, "()"))
            add(definition_key(path, in_module(items.modules.get(index, ""), name)), (letter, descriptor))
            if not definition.local:
                add(offered_key(name), (path, VALUE_OFFERED if letter in "fc" else TYPE_OFFERED))
    for reference in occurrences.references:
        if reference.role is ROLE.INHERIT:
            descriptor = outline.definitions[reference.owner].descriptor
            add(base_key(path, descriptor), (items.around(reference.owner), *reference.chain))
    for binding in occurrences.bindings:
        _offer_binding(add, path, outline, items, binding)
    return offers.values()


def _module_name(path: str) -> str:
    """Return what a module in a file of its own is called."""
    directory, name = dirname(path), basename(path)
    return basename(directory) if name == "mod.rs" else name.removesuffix(".rs")


def split_import(each: Import) -> tuple[str, tuple[str, ...]]:
    """Return the inline modules around an import, and the parts of its path, the name included."""
    module, mark, spelled = each.module.rpartition(">")
    parts = tuple(spelled.split("::")) if spelled else ()
    return (module if mark else ""), (parts if each.kind is IMPORT.STAR else (*parts, each.name))


def _offer_import(add: Add, path: str, each: Import) -> None:
    module, parts = split_import(each)
    if each.kind is IMPORT.STAR:
        add(star_in_key(path, module), (PUBLIC if each.reexport else "", *parts))
    elif each.kind is IMPORT.NAME:
        add(import_key(path, in_module(module, each.alias)), parts)
        if each.reexport or module.endswith("!"):
            add(offered_key(each.alias), (path, VALUE_OFFERED))
    else:
        add(offered_key(each.name), (path, TYPE_OFFERED))
        attribute = "/".join(parts[:-1])
        add(definition_key(path, in_module(module, each.name)), ("M", attribute))
        for style, target in child_files(path, module, each.name, attribute):
            add(child_key(target), (path, module, each.name, style))


def child_files(path: str, module: str, name: str, attribute: str) -> list[tuple[str, str]]:
    """Return the files that `mod name;` can mean, each with its style.

    "r": if the file is the root of a crate or a mod.rs; "n": if it is another; "p": whatever it is.
    """
    directory, stem = dirname(path), basename(path).removesuffix(".rs")
    within = module.split("::") if module else []
    if attribute:
        start = [directory, *within] if within else [directory]
        return [("p", normpath("/".join([*(part for part in start if part), attribute])))]
    found: list[tuple[str, str]] = []
    for style, beside in (("r", []), ("n", [stem])):
        place = "/".join(part for part in (directory, *beside, *within, name) if part)
        found += [(style, f"{place}.rs"), (style, f"{place}/mod.rs")]
    return found


def _offer_member(add: Add, path: str, outline: Outline, items: FileItems, index: int) -> None:
    definition = outline.definitions[index]
    container = outline.definitions[definition.container]
    letter = "e" if container.kind is KIND.ENUM else _LETTERS.get(definition.kind, "t")
    if letter == "e":
        add(offered_key(definition.name), (path, VALUE_OFFERED))
    trait = "i" if definition.container in items.traits else ""
    entry = (letter, definition.descriptor, trait)
    add(member_key(path, container.descriptor, definition.name), entry)
    if letter == "f":
        of_trait = items.traits.get(definition.container, ("",))[-1]
        sort = DECLARED if container.kind is KIND.INTERFACE else IMPLEMENTED if of_trait else ""
        add(own_key(FAMILY, definition.name), (sort, of_trait))
        if sort is DECLARED:
            add(name_key(DECLARATIONS, definition.name), (path, definition.descriptor, container.name))
    if items.is_impl(definition.container):
        name, local = _type_of(outline, items, definition.container)
        if local:
            add(member_key(path, local, definition.name), entry)
        elif name:
            key = elsewhere_key(name, definition.name)
            add(key, (path, definition.descriptor, letter + trait, container.descriptor))


def _type_of(outline: Outline, items: FileItems, index: int) -> tuple[str, str]:
    """Return the name of the type that an impl is for, and its descriptor if it stands in the same file."""
    chain = items.selves.get(index, ())
    if len(chain) < 2 or chain[-1] != "()":
        return "", ""
    name = chain[-2]
    if len(chain) == 2 and name in items.types:  # an impl for an alias is one for what that stands for
        chain = items.aliases.get(items.types[name], chain)
        name = chain[-2] if len(chain) > 1 and chain[-1] == "()" else name
    if name.startswith(LOCAL):
        return name, name.removeprefix(LOCAL)
    local = items.types.get(name) if len(chain) == 2 else None
    return name, outline.definitions[local].descriptor if local is not None else ""


def _offer_impl(add: Add, path: str, outline: Outline, items: FileItems, index: int) -> None:
    descriptor, module = outline.definitions[index].descriptor, items.modules.get(index, "")
    if index in items.selves:
        add(self_key(path, descriptor), (f"{module}@", *items.selves[index]))
    if index not in items.traits:
        return
    trait = (items.around(index), *items.traits[index])
    add(base_key(path, descriptor), trait)
    name, local = _type_of(outline, items, index)
    if local:
        add(base_key(path, local), trait)
    elif name:
        add(traits_elsewhere_key(name), (path, descriptor))


def _offer_binding(add: Add, path: str, outline: Outline, items: FileItems, binding: Binding) -> None:
    owner, chain = binding.owner, binding.chain
    descriptor = outline.definitions[owner].descriptor
    if binding.name == "@inline":
        add(definition_key(path, in_module("::".join(chain[:-1]), chain[-1])), ("m", "::".join(chain)))
        add(offered_key(chain[-1]), (path, TYPE_OFFERED))
    elif binding.kind is BINDING.RETURN:
        add(return_key(path, descriptor), (items.around(owner), binding.name, *chain))
    elif binding.kind is BINDING.ATTRIBUTE:
        add(member_key(path, descriptor, binding.name), ("v", items.around(owner), *chain))
    elif binding.name == "@alias":
        add(alias_key(path, descriptor), (items.around(owner), *chain))
    elif binding.name.startswith("@bound:"):
        parameter = binding.name[len("@bound:") :]
        add(bound_key(path, descriptor, parameter), (items.around(owner), *chain))
        if name := _type_of(outline, items, owner)[0]:
            add(bounds_elsewhere_key(name, parameter), (path, descriptor))
    elif binding.name == "@value":
        add(value_key(path, descriptor), (items.around(owner), *chain))
