"""What a C++ file defines: types, functions with their declarations, fields, enumerators, variables, macros.

A declaration of a function is a definition of this file beside the one with a body; linking joins them. A member
defined outside of its class belongs to the class where that stands in the same file, else it is within its name.
Namespaces are no definitions,
and a class or function that is only announced (`class A;`, a friend) is none. Functions own what is inside of them
but for types.
Tests: tests/unit/extract/test_extract_cpp.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from tree_sitter import Node

from codegraph.core.symbols import CALLABLE_KINDS, KIND, TYPE_KINDS, SymbolKind
from codegraph.extract.languages.spec import Sighting

CLASS_NODES: Final = frozenset({"class_specifier", "struct_specifier", "union_specifier"})
_DECLARATIONS: Final = frozenset({"declaration", "field_declaration"})
_MACROS: Final = frozenset({"preproc_def", "preproc_function_def"})
_OTHERS: Final[Mapping[str, SymbolKind]] = MappingProxyType(
    {
        "preproc_function_def": SymbolKind.FUNCTION,
        "alias_declaration": SymbolKind.CLASS,
        "concept_definition": SymbolKind.INTERFACE,
    }
)
_WRAPPING: Final = frozenset(
    {
        "pointer_declarator",
        "reference_declarator",
        "init_declarator",
        "attributed_declarator",
        "array_declarator",
        "variadic_declarator",
    }
)
_MAX_UNWRAPPED = 30


class Declarator(NamedTuple):
    """What a declarator declares: the node of the name, and the function_declarator if that is a function."""

    name: Node
    function: Node | None
    path: tuple[str, ...]
    """The names before the last one: ("A",) for `A::b`."""


def find_definitions(root: Node, candidates: Sequence[Node], limit: int) -> Sequence[Sighting]:
    """Return the definitions of a file in source order, at most `limit`; `detail` is the node that `walk` meets."""
    units = [unit for node in candidates for unit in _units(node)]
    found: list[Sighting] = []
    classes: dict[str, int] = {}
    around: list[tuple[int, int, bool]] = [(root.end_byte + 1, 0, False)]  # end, index, whether nothing counts inside
    for node, declarator in sorted(units, key=_place):
        start = (declarator or node).start_byte
        while around[-1][0] <= start:
            around.pop()
        container = around[-1][1]
        kind = found[container - 1].kind if container else KIND.MODULE
        if around[-1][2] or not _counts(node, kind):
            continue
        one = _sighting_of(node, declarator, container, kind, classes)
        if one is None:
            continue
        if len(found) == limit:
            break
        found.append(one)
        if one.kind in TYPE_KINDS:
            classes.setdefault(one.name, len(found))
        around.append((one.end, len(found), one.kind is KIND.CONSTANT))
    return found


def _units(node: Node) -> Iterator[tuple[Node, Node | None]]:
    """Take a declaration apart that has several declarators, or a class in it: (declaration, declarator)."""
    if node.type in _DECLARATIONS or node.type == "type_definition":
        kind = node.child_by_field_name("type")
        has_body = kind is not None and kind.child_by_field_name("body") is not None
        declarators = node.children_by_field_name("declarator")
        if has_body or len(declarators) > 1:
            is_unnamed = has_body and kind is not None and kind.child_by_field_name("name") is None
            for each in declarators[1:] if is_unnamed and node.type == "type_definition" else declarators:
                yield node, each
            return
    yield node, None


def _place(unit: tuple[Node, Node | None]) -> tuple[int, int]:
    node = unit[1] or unit[0]
    return node.start_byte, -node.end_byte


def _counts(node: Node, around: SymbolKind) -> bool:
    kind = node.type
    if around in CALLABLE_KINDS:
        if kind in CLASS_NODES or kind == "enum_specifier":
            return node.child_by_field_name("body") is not None
        return kind in ("alias_declaration", "type_definition")
    if kind == "enumerator":
        return True
    parent = node.parent
    return kind == "function_definition" or parent is None or parent.type != "friend_declaration"


def _sighting_of(
    node: Node, declarator: Node | None, container: int, around: SymbolKind, classes: Mapping[str, int]
) -> Sighting | None:
    kind = node.type
    if kind in CLASS_NODES or kind == "enum_specifier":
        return _type(node, container)
    if kind == "function_definition":
        declared = declared_by(node.child_by_field_name("declarator"))
        is_function = declared is not None and declared.function is not None
        return _function(node, declared, container, around, classes) if declared and is_function else None
    if kind in _DECLARATIONS:
        return _declared(node, declarator, container, around, classes)
    if kind == "type_definition":
        declared = declared_by(declarator or node.child_by_field_name("declarator"))
        if declared is None:
            return None
        outer = declarator or node
        return _sighting(KIND.CLASS, declared.name, container, outer, None, outer)
    name, value = node.child_by_field_name("name") or node.named_child(0), node.child_by_field_name("value")
    if name is None or name.end_byte == name.start_byte or (kind == "preproc_def" and value is None):
        return None
    symbol = _OTHERS.get(kind, KIND.CONSTANT)
    return _sighting(symbol, name, container, _outer(node), value if kind in _MACROS else None, node)


def _type(node: Node, container: int) -> Sighting | None:
    body, name = node.child_by_field_name("body"), node.child_by_field_name("name")
    if body is None:
        return None
    if name is None:
        name = _name_of_unnamed(node)
        if name is None:
            return None
    symbol = KIND.ENUM if node.type == "enum_specifier" else KIND.CLASS
    last = last_name(name)
    within = () if container else _path_to(name)
    if last.end_byte <= last.start_byte:
        return None
    if last.start_byte > node.end_byte:
        start, end = node.start_byte, node.end_byte
        return Sighting(symbol, name_of(last), container, start, end, start, start, node, body, node)
    return _sighting(symbol, last, container, _outer(node), body, node)._replace(within=within)


def _path_to(name: Node) -> tuple[str, ...]:
    """Return the names before the last one of a qualified name."""
    declared = _named(name, None) if name.type == "qualified_identifier" else None
    return declared.path if declared is not None else ()


def _name_of_unnamed(node: Node) -> Node | None:
    """Return the name that a typedef gives to a struct without one."""
    parent = node.parent
    if parent is None or parent.type != "type_definition":
        return None
    declared = declared_by(parent.child_by_field_name("declarator"))
    return declared.name if declared is not None else None


def _function(
    node: Node, declared: Declarator, container: int, around: SymbolKind, classes: Mapping[str, int]
) -> Sighting:
    kind = KIND.FUNCTION
    parent = node.parent
    is_friend = parent is not None and parent.type == "friend_declaration"
    within: tuple[str, ...] = ()
    if declared.path and not container:
        container = classes.get(declared.path[-1], 0)
        kind, within = (KIND.METHOD, ()) if container else (kind, declared.path)
    elif around in TYPE_KINDS and not is_friend:
        kind = KIND.METHOD
    body = node.child_by_field_name("body")
    if body is not None:
        lists = [each for each in node.children if each.type == "field_initializer_list"]
        body = lists[0] if lists else body
    return _sighting(kind, declared.name, container, _outer(node), body, node)._replace(within=within)


def _declared(
    node: Node, declarator: Node | None, container: int, around: SymbolKind, classes: Mapping[str, int]
) -> Sighting | None:
    declared = declared_by(declarator or node.child_by_field_name("declarator"))
    if declared is None:
        return None
    if declared.function is not None:
        return _function(node, declared, container, around, classes) if declarator is None else None
    is_extern = any(one.type == "storage_class_specifier" and one.text == b"extern" for one in node.children)
    if declared.path or is_extern:
        return None
    return _sighting(KIND.CONSTANT, declared.name, container, declarator or _outer(node), None, declarator or node)


def _sighting(kind: SymbolKind, name: Node, container: int, outer: Node, body: Node | None, detail: Node) -> Sighting:
    return Sighting(
        kind,
        name_of(name),
        container,
        outer.start_byte,
        outer.end_byte,
        name.start_byte,
        name.end_byte,
        outer,
        body,
        detail,
    )


def _outer(node: Node) -> Node:
    parent = node.parent
    while parent is not None and parent.type == "template_declaration":
        node, parent = parent, parent.parent
    return node


def declared_by(node: Node | None) -> Declarator | None:
    """Return what a declarator declares, None for an abstract or an odd one."""
    function: Node | None = None
    for _ in range(_MAX_UNWRAPPED):
        if node is None:
            return None
        kind = node.type
        if kind in _WRAPPING:
            node = node.child_by_field_name("declarator") or (node.named_children[-1] if node.named_children else None)
        elif kind == "function_declarator":
            function = node
            node = node.child_by_field_name("declarator")
        elif kind == "parenthesized_declarator":
            inner = next((each for each in node.named_children if not each.is_error), None)  # `(A::*name)` has one
            function = function if inner is not None and inner.type in ("identifier", "field_identifier") else None
            node = inner
        else:
            return _named(node, function)
    return None


def _named(node: Node, function: Node | None) -> Declarator | None:
    path: list[str] = []
    for _ in range(_MAX_UNWRAPPED):
        if node.type != "qualified_identifier":
            break
        scope, name = node.child_by_field_name("scope"), node.child_by_field_name("name")
        if scope is not None:
            path.append(name_of(last_name(scope)))
        if name is None:
            return None
        node = name
    if node.type == "operator_cast":
        function = node
    elif node.type == "template_function" or node.type == "template_method":
        node = node.child_by_field_name("name") or node
    return Declarator(node, function, tuple(path)) if node.end_byte > node.start_byte else None


def last_name(node: Node) -> Node:
    """Return the last name of a qualified one, without template arguments."""
    for _ in range(_MAX_UNWRAPPED):
        inner = node.child_by_field_name("name")
        if inner is None or node.type not in ("qualified_identifier", "template_type", "template_function"):
            break
        node = inner
    return node


def name_of(node: Node) -> str:
    """Return a function's or type's name: operators without blanks, a conversion with its type."""
    text = (node.text or b"").decode("utf-8", "replace")
    if node.type == "operator_cast":
        kind = node.child_by_field_name("type")
        return "operator " + " ".join(
            ((kind.text or b"") if kind is not None else b"").decode("utf-8", "replace").split()
        )
    if node.type == "operator_name":
        rest = text[len("operator") :].split()
        return ("operator " if rest and rest[0][:1].isalpha() else "operator") + " ".join(rest)
    return "".join(text.split()) if node.type == "destructor_name" else text
