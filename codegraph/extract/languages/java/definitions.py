"""What a Java file defines: types, methods, constructors and fields, also those inside of methods.

Records count as classes, annotation types as interfaces. The members of an anonymous class belong to the definition in
which it stands. Of a field declaration with several names the first is the definition.
Tests: tests/unit/extract/test_extract_java.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from tree_sitter import Node

from codegraph.core.symbols import TYPE_KINDS, SymbolKind
from codegraph.extract.languages.spec import Sighting

KINDS: Final[Mapping[str, SymbolKind]] = MappingProxyType(
    {
        "class_declaration": SymbolKind.CLASS,
        "record_declaration": SymbolKind.CLASS,
        "interface_declaration": SymbolKind.INTERFACE,
        "annotation_type_declaration": SymbolKind.INTERFACE,
        "enum_declaration": SymbolKind.ENUM,
        "method_declaration": SymbolKind.METHOD,
        "constructor_declaration": SymbolKind.METHOD,
        "compact_constructor_declaration": SymbolKind.METHOD,
        "annotation_type_element_declaration": SymbolKind.METHOD,
        "field_declaration": SymbolKind.CONSTANT,
        "constant_declaration": SymbolKind.CONSTANT,
    }
)


def find_definitions(root: Node, candidates: Sequence[Node], limit: int) -> Sequence[Sighting]:
    """Return the definitions of a file in source order, at most `limit`; `detail` is the declaration's node."""
    found: list[Sighting] = []
    around: list[tuple[int, int]] = [(root.end_byte + 1, 0)]
    for node in sorted(candidates, key=lambda each: (each.start_byte, -each.end_byte)):
        start = node.start_byte
        while around[-1][0] <= start:
            around.pop()
        container = around[-1][1]
        kind = KINDS[node.type]
        if kind is SymbolKind.CONSTANT and (
            not container or found[container - 1].kind not in TYPE_KINDS or _anonymous(node)
        ):
            continue
        body = node.child_by_field_name("body")
        for unit, first, last in _units(node, kind):
            name = unit.child_by_field_name("name")
            if name is None or not name.text:
                continue
            if len(found) == limit:
                return found
            text = name.text.decode("utf-8", "replace")
            whole = node if first == start else unit
            found.append(
                Sighting(kind, text, container, first, last, name.start_byte, name.end_byte, whole, body, whole)
            )
            around.append((last, len(found)))
    return found


def _units(node: Node, kind: SymbolKind) -> list[tuple[Node, int, int]]:
    """Return what has a name of its own, with its range: each declarator of a field, other declarations themselves."""
    start, end = node.start_byte, node.end_byte
    if kind is not SymbolKind.CONSTANT:
        return [(node, start, end)]
    declarators = node.children_by_field_name("declarator")
    if len(declarators) == 1:
        return [(declarators[0], start, end)]
    return [(each, each.start_byte if at else start, each.end_byte) for at, each in enumerate(declarators)]


def _anonymous(field: Node) -> bool:
    body = field.parent
    owner = body.parent if body is not None else None
    return owner is not None and owner.type in ("object_creation_expression", "enum_constant")
