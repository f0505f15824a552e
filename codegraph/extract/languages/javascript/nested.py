"""Finds the definitions inside functions: named functions, classes and types at any depth.

    function f() {}, const f = () => {}, object.f = function () {}        function
    class C {}, const C = class {}                                         class, with its methods
    interface I {}, type T = ..., enum E {}                                interface, enum
    return class extends Base {}, (Base) => class extends Base {}          methods of the function

They are *local*: nobody but the code around them can name them. The container of one is the innermost definition
around it; what a function at module level hands to a call (`describe("x", () => {...})`) is the module's.
definitions.scm finds the candidates, because most of a file is inside functions and nothing else of it matters here.
Tests: tests/unit/extract/test_extract_javascript_nested.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import Final

from tree_sitter import Node

from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages.javascript.definition_nodes import DefinitionNodes
from codegraph.extract.languages.javascript.definitions import Finder
from codegraph.extract.languages.javascript.places import Place
from codegraph.extract.languages.javascript.shapes import (
    CLASSES,
    FUNCTION_DECLARATIONS,
    FUNCTIONS,
    directly_before,
    unwrap,
)

_MAX_COMMENTS: Final = 8


def add_nested(found: Sequence[DefinitionNodes], candidates: Sequence[Node], limit: int) -> list[DefinitionNodes]:
    """Return the definitions with the local ones among them, in source order; at most `limit`."""
    return _Merge(found, limit).run(candidates)


class _Merge:
    """Goes through definitions and candidates by position and keeps the stack of definitions around."""

    def __init__(self, found: Sequence[DefinitionNodes], limit: int) -> None:
        self._finder = Finder(limit)
        self._finder.found.extend(found)
        self._known = {each.unit.id for each in found} | {each.value.id for each in found if each.value is not None}
        self._waiting: list[tuple[int, int, int, Node | None]] = []
        """Start, negative end, index of a definition (0 for a candidate), the candidate's node."""

    def run(self, candidates: Sequence[Node]) -> list[DefinitionNodes]:
        """Merge and number anew."""
        self._expect(0)
        self._waiting += [(node.start_byte, -node.end_byte, 0, node) for node in candidates]
        heapify(self._waiting)
        around: list[tuple[int, int]] = []  # (end, index)
        order: list[int] = []
        while self._waiting:
            start, end, index, node = heappop(self._waiting)
            while around and around[-1][0] <= start:
                around.pop()
            if node is not None:
                index = self._candidate(node, around[-1][1] if around else 0)
            if index:
                order.append(index)
                around.append((-end, index))
        return self._renumbered(order)

    def _expect(self, since: int, skip: int = 0) -> None:
        """Put the definitions behind the first `since` into the queue, one of them left out."""
        for index, each in enumerate(self._finder.found[since:], since + 1):
            if index != skip:
                start = min([each.outer.start_byte, *(decorator.start_byte for decorator in each.decorators[:1])])
                heappush(self._waiting, (start, -each.outer.end_byte, index, None))

    def _candidate(self, node: Node, container: int) -> int:
        """Record a candidate that is no definition yet; return its index, 0 if it is none."""
        value = _value_of(node)
        if node.id in self._known or value is None or value.id in self._known:
            return 0
        before = len(self._finder.found)
        if node.type == "class":
            if self._makes(container, node):
                self._known.add(node.id)
                self._finder.members(node.child_by_field_name("body") or node, container)
                self._expect(before)
            return 0
        _record(self._finder, node, value, container)
        if len(self._finder.found) == before:
            return 0
        self._known.update((node.id, value.id))
        self._expect(before, before + 1)
        return before + 1

    def _makes(self, container: int, class_: Node) -> bool:
        """Tell whether a class without a name of its own is what a function gives: its members are the function's."""
        around = class_.parent
        while around is not None and around.type not in FUNCTIONS and around.type not in FUNCTION_DECLARATIONS:
            around = around.parent
        each = self._finder.found[container - 1] if container else None
        value = each.value if each is not None and each.kind == SymbolKind.FUNCTION else None
        return value is not None and around is not None and value.id == around.id

    def _renumbered(self, order: list[int]) -> list[DefinitionNodes]:
        number = {0: 0} | {old: new for new, old in enumerate(order, 1)}
        found = self._finder.found
        return [found[old - 1]._replace(container=number[found[old - 1].container]) for old in order]


def _value_of(node: Node) -> Node | None:
    """Return the function or class that a candidate gives a name; a declaration is its own value."""
    if node.type == "variable_declarator":
        value = unwrap(node.child_by_field_name("value"))
    elif node.type == "assignment_expression":
        value = unwrap(node.child_by_field_name("right"))
    else:
        return node
    return value if value is not None and (value.type in FUNCTIONS or value.type == "class") else None


def _record(finder: Finder, node: Node, value: Node, container: int) -> None:
    """Record one candidate, and the members of a class or type."""
    place = Place(container, _outer(node), comments=_comments(_outer(node) or node))
    name = node.child_by_field_name("name")
    if node.type == "variable_declarator" and (name is None or name.type != "identifier"):
        return
    if node.type == "assignment_expression":
        target = node.child_by_field_name("left")
        name = target.child_by_field_name("property") if target is not None else None
    body = value.child_by_field_name("body")
    if value.type in FUNCTIONS or value.type in FUNCTION_DECLARATIONS:
        finder.add(SymbolKind.FUNCTION, name, node, value, body, place, local=True)
    elif value.type in CLASSES:
        finder.class_(node, value, place, name, local=True)
    elif value.type == "enum_declaration":
        finder.add(SymbolKind.ENUM, name, node, value, body, place, local=True)
    else:
        finder.interface(node, place, local=True)


def _outer(node: Node) -> Node | None:
    """Return the declaration around its only declarator."""
    parent = node.parent
    if node.type != "variable_declarator" or parent is None:
        return None
    return parent if sum(child.type == "variable_declarator" for child in parent.named_children) == 1 else None


def _comments(node: Node) -> tuple[Node, ...]:
    comments: list[Node] = []
    statement = node.parent if node.parent is not None and node.parent.type == "expression_statement" else node
    before = statement.prev_named_sibling
    while before is not None and before.type == "comment" and len(comments) < _MAX_COMMENTS:
        comments.append(before)
        before = before.prev_named_sibling
    return directly_before(comments[::-1], statement) if comments else ()
