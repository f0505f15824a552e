"""What Elixir defines: modules, protocols, implementations, and functions with all their clauses.

`def` and its kin are calls to the grammar. Clauses of one name that follow each other are one definition.
Documentation is the `@doc` or `@moduledoc` in front. Tests: tests/unit/extract/test_extract_plain.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from inspect import cleandoc

from tree_sitter import Node

from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages.spec import Docstring, Sighting
from codegraph.extract.view import FileView, Found

_MODULES = {
    "defmodule": SymbolKind.CLASS,
    "defprotocol": SymbolKind.INTERFACE,
    "defimpl": SymbolKind.CLASS,
}
_FUNCTIONS = frozenset({"def", "defp", "defmacro", "defmacrop", "defguard", "defguardp", "defdelegate", "defcallback"})
_MAX_DEPTH = 40
_MAX_BEFORE = 12
"""How many attributes may stand between documentation and definition."""


def definitions(root: Node, _candidates: Sequence[Node], limit: int) -> Sequence[Sighting]:
    """Return the definitions of a file in source order."""
    found: list[Sighting] = []
    _scan(root.named_children, 0, found, limit, 0)
    return found


def _scan(nodes: Iterable[Node], container: int, found: list[Sighting], limit: int, depth: int) -> None:
    last: tuple[str, int] | None = None
    for node in nodes:
        if len(found) >= limit or depth > _MAX_DEPTH:
            return
        target = _target(node)
        if target in _MODULES:
            last = None
            _module(node, _MODULES[target], container, found, limit, depth)
        elif target in _FUNCTIONS:
            last = _clause(node, container, found, last)


def _target(node: Node) -> str:
    if node.type != "call":
        return ""
    target = node.child_by_field_name("target")
    return target.text.decode("utf-8", "replace") if target is not None and target.text else ""


def _arguments(node: Node) -> Node | None:
    return next((child for child in node.named_children if child.type == "arguments"), None)


def _block(node: Node) -> Node | None:
    return next((child for child in node.named_children if child.type == "do_block"), None)


def _module(node: Node, kind: SymbolKind, container: int, found: list[Sighting], limit: int, depth: int) -> None:
    arguments = _arguments(node)
    name = arguments.named_child(0) if arguments is not None and arguments.named_child_count else None
    if name is None or name.text is None:
        return
    block = _block(node)
    place = (node.start_byte, node.end_byte, name.start_byte, name.end_byte)
    found.append(Sighting(kind, name.text.decode("utf-8", "replace")[:200], container, *place, node, block))
    if block is not None:
        _scan(block.named_children, len(found), found, limit, depth + 1)


def _clause(node: Node, container: int, found: list[Sighting], last: tuple[str, int] | None) -> tuple[str, int] | None:
    arguments = _arguments(node)
    head = arguments.named_child(0) if arguments is not None and arguments.named_child_count else None
    for _ in range(_MAX_DEPTH):
        if head is None or head.type in ("identifier", "call"):
            break
        head = head.child_by_field_name("left")  # `name(arguments) when guard`, `left ++ right`
    if head is None:
        return None
    name = head.child_by_field_name("target") if head.type == "call" else head
    if name is None or name.text is None:
        return None
    text = name.text.decode("utf-8", "replace")[:200]
    if last is not None and last[0] == text:
        found[last[1]] = found[last[1]]._replace(end=node.end_byte)
        return last
    kind = SymbolKind.METHOD if container else SymbolKind.FUNCTION
    place = (node.start_byte, node.end_byte, name.start_byte, name.end_byte)
    found.append(Sighting(kind, text, container, *place, node, _block(node)))
    return text, len(found) - 1


def documentation(view: FileView, found: Found) -> Docstring | None:
    """Return what `@doc` in front of a function or `@moduledoc` in a module says."""
    node = found.node
    if node is None:
        return None
    if found.kind in (SymbolKind.CLASS, SymbolKind.INTERFACE):
        block = _block(node)
        candidates = block.named_children[:_MAX_BEFORE] if block is not None else []
        return _said(view, candidates, "moduledoc")
    candidates = []
    before = node.prev_named_sibling
    while before is not None and before.type in ("unary_operator", "comment") and len(candidates) < _MAX_BEFORE:
        candidates.append(before)
        before = before.prev_named_sibling
    return _said(view, candidates, "doc")


def _said(view: FileView, nodes: Sequence[Node], attribute: str) -> Docstring | None:
    for node in nodes:
        operand = node.child_by_field_name("operand") if node.type == "unary_operator" else None
        if operand is None or _target(operand) != attribute:
            continue
        arguments = _arguments(operand)
        value = arguments.named_child(0) if arguments is not None and arguments.named_child_count else None
        if value is None or value.type not in ("string", "sigil"):
            return None
        parts = [child for child in value.named_children if child.type == "quoted_content"]
        text = cleandoc("".join(view.text.of(part) for part in parts)).strip()
        return Docstring(text, node.start_byte, node.end_byte) if text else None
    return None
