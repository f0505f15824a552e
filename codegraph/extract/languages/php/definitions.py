"""What a PHP file defines: classes, interfaces, traits, enums, methods, functions, constants, cases and properties.

A trait is a class. A property is a constant whose name starts with "$", a promoted parameter of a constructor one of
the class. Functions and types inside of a function are local by their place alone: once it ran, their names are the
namespace's. What else stands there, anonymous classes with their methods included, belongs to the function.
Tests: tests/unit/extract/test_extract_php.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from tree_sitter import Node

from codegraph.core.symbols import CALLABLE_KINDS, TYPE_KINDS, SymbolKind
from codegraph.extract.languages.spec import Sighting

KINDS: Final[Mapping[str, SymbolKind]] = MappingProxyType(
    {
        "class_declaration": SymbolKind.CLASS,
        "trait_declaration": SymbolKind.CLASS,
        "interface_declaration": SymbolKind.INTERFACE,
        "enum_declaration": SymbolKind.ENUM,
        "method_declaration": SymbolKind.METHOD,
        "function_definition": SymbolKind.FUNCTION,
        "const_element": SymbolKind.CONSTANT,
        "enum_case": SymbolKind.CONSTANT,
        "property_element": SymbolKind.CONSTANT,
        "property_promotion_parameter": SymbolKind.CONSTANT,
        "function_call_expression": SymbolKind.CONSTANT,
    }
)
_MEMBERS: Final = frozenset({"method_declaration", "enum_case", "property_element", "property_promotion_parameter"})
_LISTS: Final = frozenset({"const_declaration", "property_declaration"})


def find_definitions(root: Node, candidates: Sequence[Node], limit: int) -> Sequence[Sighting]:
    """Return the definitions of a file in source order, at most `limit`; `detail` is the node that is looked at."""
    found: list[Sighting] = []
    around: list[tuple[int, int]] = [(root.end_byte + 1, 0)]
    for node in sorted(candidates, key=lambda each: (each.start_byte, -each.end_byte)):
        kind, name = KINDS[node.type], _name(node)
        while around[-1][0] <= node.start_byte:
            around.pop()
        container = around[-1][1]
        if container and found[container - 1].kind in CALLABLE_KINDS and node.type == "property_promotion_parameter":
            container = found[container - 1].container
        within = found[container - 1].kind if container else SymbolKind.MODULE
        is_member = within in TYPE_KINDS and kind not in TYPE_KINDS
        is_local = within in CALLABLE_KINDS
        is_placed = is_member if node.type in _MEMBERS else not is_local or kind is not SymbolKind.CONSTANT
        if name is None or not name.text or not is_placed or within is SymbolKind.CONSTANT:
            continue
        if len(found) == limit:
            break
        text = name.text.decode("utf-8", "replace")
        whole = _declaration(node)
        body = node.child_by_field_name("body")
        found.append(
            Sighting(
                kind,
                text,
                container,
                whole.start_byte,
                whole.end_byte,
                name.start_byte,
                name.end_byte,
                whole,
                body,
                node,
                is_local,
            )
        )
        if node.type != "property_promotion_parameter":
            around.append((whole.end_byte, len(found)))
    return found


def _name(node: Node) -> Node | None:
    if node.type == "const_element":
        return node.named_child(0)
    if node.type == "function_call_expression":
        arguments = node.child_by_field_name("arguments")
        first = arguments.named_child(0) if arguments is not None and arguments.named_child_count else None
        text = first.named_child(0) if first is not None and first.named_child_count else None
        return text.named_child(0) if text is not None and text.type == "string" and text.named_child_count else None
    return node.child_by_field_name("name")


def _declaration(node: Node) -> Node:
    """Return the whole declaration of a constant or property that stands alone in it."""
    parent = node.parent
    if parent is None or parent.type not in _LISTS:
        return node
    return parent if sum(each.type == node.type for each in parent.named_children) == 1 else node
