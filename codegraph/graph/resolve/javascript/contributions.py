"""What a JavaScript or TypeScript file offers to the symbol table.

Values (entries are tuples of strings; see `resolve.keys` for the keys):

    def   ("d", descriptor, kind, flags) per definition in source order, then ("v", *chain) per value
    imp   ("m", specifier) for a whole module, ("n", specifier, name) for a name in it
    star  (specifier,) per `export * from`
    exp   ("v", *chain) per exported value, ("m", ...) and ("n", ...) as above for what is exported again;
          the name "export=" stands for the module itself, "..." for what an exported object spreads
    mem   as def, for members of classes, interfaces, enums, namespaces and objects; a local definition, which
          no other file can name, stands by its descriptor among the members of the module
    base  the chain of each base class, base interface, aliased type or spread object
    ret   the chains that a function returns
    elem  the chains of the elements of a variable or field, of what a function returns (name "()"), or of
          what it hands to a callback (name "(1:0)": the first parameter of the second argument)

Flags are letters: g getter, n namespace, s static, l local.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from posixpath import basename

from codegraph.core.facts import (
    BINDING,
    LOCAL,
    ROLE,
    Chain,
    Definition,
    Import,
    ImportKind,
    Occurrences,
    Outline,
)
from codegraph.core.symbols import CALLABLE_KINDS, COMPONENT_LANGUAGES, KIND, SymbolKind, container_of
from codegraph.graph.resolve.header import header_words
from codegraph.graph.resolve.javascript.names import FAMILY, SCRIPTS
from codegraph.graph.resolve.keys import (
    base_key,
    definition_key,
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
from codegraph.graph.resolve.scheme import Entry, Offers, Value

WHOLE = "export="
SPREAD = "..."
_DECORATORS = r"(?:@ [\w$]+(?: \. [\w$]+)*(?: <[^@]*>)? )*"
_GETTER = re.compile(
    _DECORATORS + r"(?:(?:static|override|public|private|protected|abstract|declare) )*get (?!\(|=|:|\?|<|;)"
)
_STATIC = re.compile(_DECORATORS + r"(?:(?:override|public|private|protected) )*static (?!\(|=|:|\?|<|;)")
_NAMESPACE = re.compile(r"(?:(?:export|declare) )*(?:namespace|module) ")
_NAMED = (ImportKind.NAME, ImportKind.MEMBER)
_HOLDING = (SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.CONSTANT)


def contributions(path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
    """Say what the file offers; a pure function of it alone."""
    offers = Offers()
    offers.add(module_key(path), (outline.language,))
    renamed = renamed_of(outline, occurrences)
    _offer_definitions(offers, path, outline, renamed)
    _offer_bindings(offers, path, outline, occurrences, renamed)
    _offer_merged(offers, path, outline)
    for each in occurrences.imports:
        _offer_import(offers, path, each)
    for reference in occurrences.references:
        if reference.role is ROLE.INHERIT:
            owner = outline.definitions[reference.owner]
            offers.add(base_key(path, owner.descriptor), reference.chain)
    for export in occurrences.exports:
        offers.add(export_key(path, export.name), ("v", *export.chain))
    default = export_key(path, "default")
    if (
        outline.language in COMPONENT_LANGUAGES
        and default not in offers
        and definition_key(path, "default") not in offers
    ):
        offers.add(default, ("m", f"./{basename(path)}"))
    if occurrences.explicit_exports:
        offers.add(export_list_key(path), ())
    elif not occurrences.imports and not occurrences.exports:
        for definition in outline.definitions[1:]:
            is_apart = definition.local or definition.descriptor in renamed
            if definition.container == 0 and not is_apart and definition.kind is not KIND.CONSTANT:
                offers.add(top_key(SCRIPTS, definition.name), (path, *definition_entry(definition)))
    return offers.values()


def flags_of(definition: Definition) -> str:
    """Return the letters that say how a definition behaves as a member or container."""
    if definition.kind is KIND.METHOD:
        if "get " not in definition.signature and "static " not in definition.signature:
            return ""
        header = " ".join((*header_words(definition), "("))
        return ("g" if _GETTER.match(header) else "") + ("s" if _STATIC.match(header) else "")
    if definition.kind is KIND.CLASS:
        return "n" if _NAMESPACE.match(definition.signature) else ""
    return ""


def renamed_of(outline: Outline, occurrences: Occurrences) -> dict[str, list[str]]:
    """Return the descriptors of the definitions outside of functions that their names do not lead to, with what does.

    That is a name with a number, in a block or a function that is called where it stands, or none.
    """
    known = {f"{LOCAL}{each.descriptor}": each for each in outline.definitions[1:] if not each.local}
    found: dict[str, list[str]] = {}
    for binding in occurrences.bindings:
        name, chain = binding.name, binding.chain
        if binding.owner == 0 and "@" in name:
            each = known.get(chain[0] if len(chain) == 1 else name)
            if each is not None and (not chain or name.partition("@")[0] == each.name):
                names = found.setdefault(each.descriptor, [])
                names += [name] if chain else []
    return found


def definition_entry(definition: Definition) -> Entry:
    """Return the entry of a definition under its name."""
    return ("d", definition.descriptor, definition.kind.value, flags_of(definition))


def import_entry(each: Import) -> Entry:
    """Return the entry of an import under its alias."""
    return ("n", each.module, each.name) if each.kind in _NAMED else ("m", each.module)


def described(read: Callable[[str], Value], path: str, descriptor: str) -> tuple[str, Value]:
    """Return what a definition is called by where its values stand, and its entry; none is ()."""
    entries = read(member_key(path, "", descriptor))
    if entries:
        return LOCAL + descriptor, entries
    container, name = container_of(descriptor)
    entries = read(member_key(path, container, name) if container else definition_key(path, name))
    return name, tuple(entry for entry in entries if entry[1:2] == (descriptor,))


def _offer_definitions(offers: Offers, path: str, outline: Outline, renamed: Mapping[str, Sequence[str]]) -> None:
    for definition in outline.definitions[1:]:
        container = outline.definitions[definition.container]
        entry = definition_entry(definition)
        names = renamed.get(definition.descriptor)
        if definition.local or names is not None:
            flags = entry[3] + "l" if definition.local else entry[3]
            offers.add(member_key(path, "", definition.descriptor), (*entry[:3], flags))
            if definition.local:
                continue
            for name in names or ():
                offers.add(definition_key(path, name), entry)
        elif container.kind is KIND.MODULE:
            offers.add(definition_key(path, definition.name), entry)
        else:
            offers.add(member_key(path, container.descriptor, definition.name), entry)
        if definition.kind is not KIND.CONSTANT:
            offers.add(
                name_key(FAMILY, definition.name),
                (path, definition.descriptor, definition.kind.value),
            )


def _offer_bindings(
    offers: Offers,
    path: str,
    outline: Outline,
    occurrences: Occurrences,
    renamed: Mapping[str, Sequence[str]],
) -> None:
    spelt = {name for names in renamed.values() for name in names}
    for binding in occurrences.bindings:
        owner = outline.definitions[binding.owner]
        kind, name, chain = binding.kind, binding.name, binding.chain
        if "@" in name and (
            name not in spelt or name in renamed.get(chain[0].removeprefix(LOCAL) if chain else "", ())
        ):
            continue
        if kind is BINDING.RETURN:
            offers.add(return_key(path, owner.descriptor), chain)
        elif kind is BINDING.ELEMENT:
            if owner.kind not in CALLABLE_KINDS or name[0] == "(":
                offers.add(element_key(path, owner.descriptor, name), chain)
            if owner.kind in _HOLDING and name[0] != "(":
                offers.add(member_key(path, owner.descriptor, name), ("v",))  # a container, which is no more known
        elif kind is BINDING.ATTRIBUTE:
            if name == SPREAD:
                offers.add(base_key(path, owner.descriptor), chain)
            else:
                offers.add(member_key(path, owner.descriptor, name), ("v", *chain))
        elif owner.kind is KIND.MODULE:
            offers.add(definition_key(path, name), ("v", *chain))
        elif owner.kind is KIND.CLASS and kind is BINDING.VARIABLE and flags_of(owner) == "n":
            offers.add(member_key(path, owner.descriptor, name), ("v", *chain))


def _offer_merged(offers: Offers, path: str, outline: Outline) -> None:
    """Say that a class has the members of the interface of its name beside it, too."""
    interfaces = {(each.container, each.name): each for each in outline.definitions[1:] if each.kind is KIND.INTERFACE}
    for each in outline.definitions[1:] if interfaces else ():
        beside = interfaces.get((each.container, each.name))
        if beside is not None and each.kind is KIND.CLASS and not flags_of(each):
            offers.add(base_key(path, each.descriptor), (f"{LOCAL}{beside.descriptor}",))


def _offer_import(offers: Offers, path: str, each: Import) -> None:
    if each.kind is ImportKind.STAR:
        offers.add(star_key(path), (each.module,))
    elif each.alias and each.reexport:
        offers.add(export_key(path, each.alias), import_entry(each))
    elif each.alias and (each.owner == 0 or each.alias.endswith(")")):
        # A module required inside a function can still be what a member or a result comes from.
        offers.add(import_key(path, each.alias), import_entry(each))


def chain_of(entry: Entry) -> Chain:
    """Return the chain of a ("v", ...) entry."""
    return entry[1:]


def on_side(entries: tuple[Entry, ...], *, static: bool) -> tuple[Entry, ...]:
    """Keep of the entries of a member's name those that an instance has, or the static ones if there are any."""
    if not any(entry[0] == "d" and "s" in entry[3] for entry in entries):
        return entries
    return tuple(entry for entry in entries if (entry[0] == "d" and "s" in entry[3]) == static)
