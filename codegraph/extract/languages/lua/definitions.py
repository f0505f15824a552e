"""What a Lua file defines: functions, and the tables of the file with the functions that are put into them.

A function belongs to the table in front of its name where the file says what that is (`local M = {}`), though it
stands elsewhere: `function M.f()`, `function M:f()`, `M.f = function()`, `M["f"] = function()`, and a field of the
table itself. Such a table counts as a class. Tests: tests/unit/extract/test_extract_plain.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages.spec import Sighting

_MAX_PARTS = 12

Parts = tuple[str, ...]


def definitions(_root: Node, candidates: Sequence[Node], limit: int) -> Sequence[Sighting]:
    """Return the definitions of a file in source order; what a function or a constant has inside is its own."""
    found: list[Sighting] = []
    tables: dict[Parts, int] = {}  # what is written for a table -> its index among the definitions
    end = -1
    for node in sorted({node.id: node for node in candidates}.values(), key=lambda node: node.start_byte):
        if len(found) >= limit:
            break
        inside = node.start_byte < end
        if inside and not (node.type == "field" and _is_member(node, found)):
            continue
        one = _member(node, found) if node.type == "field" else _named(node, tables)
        if one is None:
            continue
        found.append(one[1])
        if one[1].kind is SymbolKind.CONSTANT:
            tables.setdefault(one[0], len(found))
        elif one[1].container:
            table = one[1].container - 1
            found[table] = found[table]._replace(kind=SymbolKind.CLASS)
        end = max(end, one[1].end)
    return found


def _is_member(field: Node, found: Sequence[Sighting]) -> bool:
    """Tell whether a field stands in the table that is the value of the last definition but for other fields."""
    return bool(found) and field.parent is not None and field.parent == found[_table_of(found)].body


def _table_of(found: Sequence[Sighting]) -> int:
    last = len(found) - 1
    return found[last].container - 1 if found[last].node.type == "field" else last


def _member(field: Node, found: Sequence[Sighting]) -> tuple[Parts, Sighting] | None:
    name, value = field.child_by_field_name("name"), field.child_by_field_name("value")
    if name is None or value is None or not found or not _is_member(field, found):
        return None
    place = (field.start_byte, field.end_byte, name.start_byte, name.end_byte)
    body = value.child_by_field_name("body")
    return (), Sighting(SymbolKind.FUNCTION, _text(name), _table_of(found) + 1, *place, field, body)


def _named(node: Node, tables: dict[Parts, int]) -> tuple[Parts, Sighting] | None:
    """Read a declaration or an assignment."""
    target, value = node.child_by_field_name("name"), node
    if node.type == "assignment_statement":
        lists = [each for each in node.named_children if each.type in ("variable_list", "expression_list")]
        sides = [each for one in lists for each in one.named_children if each.type != "comment"]
        if len(sides) != 2:  # the query wants one of each
            return None
        target, value = sides
    parts = () if target is None else _parts(target)
    if target is None or not parts:
        return None
    is_function = value.type in ("function_declaration", "function_definition")
    kind = SymbolKind.FUNCTION if is_function else SymbolKind.CONSTANT
    if target.type == "method_index_expression":
        kind = SymbolKind.METHOD
    if kind is SymbolKind.CONSTANT and node.parent is not None and node.parent.type == "chunk" and parts in tables:
        return None  # the table is made anew
    container = next((tables[parts[:size]] for size in range(len(parts) - 1, 0, -1) if parts[:size] in tables), 0)
    outer = node.parent if node.parent is not None and node.parent.type == "variable_declaration" else node
    last = target.named_children[-1] if target.named_child_count else target
    content = last.child_by_field_name("content")
    name = content if content is not None else last
    place = (outer.start_byte, outer.end_byte, name.start_byte, name.end_byte)
    body = value.child_by_field_name("body") if is_function else value
    return parts, Sighting(kind, parts[-1], container, *place, node, body)


def _parts(target: Node) -> Parts:
    """Return the names of what is assigned to; () where one of them is computed."""
    parts: list[str] = []
    node: Node | None = target
    while node is not None and len(parts) < _MAX_PARTS:
        if node.type == "identifier":
            return (*reversed([*parts, _text(node)]),)
        last = node.child_by_field_name("field") or node.child_by_field_name("method")
        if last is not None and last.type == "string":
            last = last.child_by_field_name("content")
        elif last is not None and last.type != "identifier":
            return ()
        if last is None:
            return ()
        parts.append(_text(last))
        node = node.child_by_field_name("table")
    return ()


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")[:200]
