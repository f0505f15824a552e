"""What a Go file defines: functions, types, methods, methods of interfaces, and the package's variables and constants.

A method belongs to its receiver's type if that type is declared above it in the same file; any other stands beside the
type, and only resolution brings them together. Of a declaration that names several variables the first is the
definition. Types inside of a function, or of a function in a package's variable, are local definitions in it.
Tests: tests/unit/extract/test_extract_go.py.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages.spec import Sighting

_TYPES = (SymbolKind.CLASS, SymbolKind.INTERFACE)
_VALUES = ("const_spec", "var_spec")


def find_definitions(root: Node, candidates: Sequence[Node], limit: int) -> Sequence[Sighting]:
    """Return the definitions of a file in source order, at most `limit`; `detail` is the node that declares."""
    found: list[Sighting] = []
    types: dict[bytes, int] = {}
    waiting = deque(sorted(candidates, key=_start_of))
    for declaration in root.named_children:
        for sighting in _declared(declaration, types, len(found) + 1):
            found.append(sighting)
            number = len(found)
            while waiting and waiting[0].start_byte < sighting.end:
                inner = waiting.popleft()
                if sighting.start <= inner.start_byte and sighting.kind not in _TYPES:
                    found += _types(inner, len(found) + 1, number)
            if len(found) >= limit:
                return found[:limit]
    return found


def receiver_name(method: Node) -> Node | None:
    """Return the name of the type whose method this is, pointer and type parameters left aside."""
    parameters = method.child_by_field_name("receiver")
    parameter = parameters.named_child(0) if parameters is not None and parameters.named_child_count else None
    node = parameter.child_by_field_name("type") if parameter is not None else None
    while node is not None and node.type != "type_identifier":
        if node.type == "generic_type":
            node = node.child_by_field_name("type")
        elif node.type in ("pointer_type", "parenthesized_type") and node.named_child_count:
            node = node.named_child(0)
        else:
            return None
    return node


def _declared(node: Node, types: dict[bytes, int], index: int) -> Iterator[Sighting]:
    kind = node.type
    if kind == "function_declaration":
        yield from _sighting(SymbolKind.FUNCTION, node, node, node.child_by_field_name("body"), 0)
    elif kind == "method_declaration":
        receiver = receiver_name(node)
        type_name = (receiver.text or b"") if receiver is not None else b""
        container = types.get(type_name, 0)
        within = (type_name.decode("utf-8", "replace"),) if type_name and not container else ()
        for own in _sighting(SymbolKind.METHOD, node, node, node.child_by_field_name("body"), container):
            yield own._replace(within=within)
    elif kind == "type_declaration":
        for sighting in _types(node, index, 0):
            types.setdefault(sighting.name.encode() if sighting.container == 0 else b"", index)
            yield sighting
            index += 1
    elif kind in ("const_declaration", "var_declaration"):
        specs = [each for each in _flat(node) if each.type in _VALUES]
        for spec in specs:
            yield from _sighting(SymbolKind.CONSTANT, spec, spec, None, 0)


def _types(declaration: Node, index: int, container: int) -> Iterator[Sighting]:
    """Yield the types of a declaration, the first of which gets this index, with the methods of interfaces."""
    specs = [each for each in declaration.named_children if each.type in ("type_spec", "type_alias")]
    for spec in specs:
        for sighting in _type(spec, declaration if len(specs) == 1 else spec, index, container):
            yield sighting
            index += 1


def _type(spec: Node, outer: Node, index: int, container: int) -> Iterator[Sighting]:
    meaning = spec.child_by_field_name("type")
    kind = meaning.type if meaning is not None else ""
    body = None
    if kind == "struct_type" and meaning is not None:
        body = next((each for each in meaning.named_children if each.type == "field_declaration_list"), None)
    is_interface = kind == "interface_type" and spec.type == "type_spec"
    for own in _sighting(SymbolKind.INTERFACE if is_interface else SymbolKind.CLASS, spec, outer, body, container):
        yield own._replace(local=container > 0)
        if is_interface and meaning is not None:
            for method in meaning.named_children:
                if method.type == "method_elem":
                    yield from _sighting(SymbolKind.METHOD, method, method, None, index)


def _start_of(node: Node) -> int:
    return node.start_byte


def _flat(declaration: Node) -> Iterator[Node]:
    for child in declaration.named_children:
        if child.type == "var_spec_list":
            yield from child.named_children
        else:
            yield child


def _sighting(kind: SymbolKind, node: Node, outer: Node, body: Node | None, container: int) -> Iterator[Sighting]:
    name = node.child_by_field_name("name")
    if name is None or not name.text:
        return
    start, end = outer.start_byte, outer.end_byte
    text = name.text.decode("utf-8", "replace")
    yield Sighting(kind, text, container, start, end, name.start_byte, name.end_byte, outer, body, node)
