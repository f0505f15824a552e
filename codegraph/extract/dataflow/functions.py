"""The functions of a whole file, for programs that want their data flow without an index.

A function inside a function belongs to the outer one, as in an index.
Tests: tests/unit/extract/test_dataflow_functions.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from codegraph.extract.dataflow.grammars import flow_grammar

_NAMES = ("name", "declarator", "left", "key", "property")
"""Fields that lead from a function, or from what it is assigned to, to a name."""
_OUTSIDE = frozenset({"variable_declarator", "pair", "assignment_expression", "field_definition"})
"""Parents that name a function that has no name of its own."""
_MAX_STEPS = 20


class FoundFunction(NamedTuple):
    """One function of a file."""

    name: str
    """"" if it has none."""
    line: int
    """From 1."""
    node: Node

    def text(self, data: bytes) -> str:
        """Return its own text, as it would stand in a file of its own."""
        return data[self.node.start_byte : self.node.end_byte].decode("utf-8", "replace")


def functions_of(data: bytes, language: str) -> Iterator[FoundFunction]:
    """Yield the functions of a file in source order. Raises KeyError for a language without a table."""
    grammar = flow_grammar(language, revised=False, in_file=True)
    functions = grammar.table.functions
    stack = [grammar.parser.parse(data).root_node]
    while stack:
        node = stack.pop()
        if node.type in functions:
            yield FoundFunction(_name_of(node), node.start_point[0] + 1, node)
        else:
            stack += node.children[::-1]


def _name_of(node: Node) -> str:
    parent = node.parent
    if node.child_by_field_name("name") is None and parent is not None and parent.type in _OUTSIDE:
        node = parent
    for _ in range(_MAX_STEPS):
        inner = next((found for name in _NAMES if (found := node.child_by_field_name(name)) is not None), None)
        if inner is None:
            break
        node = inner
    return node.text.decode("utf-8", "replace") if node.text is not None and not node.child_count else ""
