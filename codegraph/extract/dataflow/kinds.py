"""The numbers that a grammar gives to what a language's table names: its types of nodes and its fields.

Comparing numbers spares a string for every node that is looked at.
Tests: tests/unit/extract/test_dataflow_*.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from tree_sitter import Language, Node

from codegraph.extract.dataflow.rules import Child, Field, FlowTable, Nth, Place

COMMENTS = frozenset({"comment", "line_comment", "block_comment", "html_comment", "line_continuation"})
ERROR_KIND = 65_535
"""The kind_id of ERROR nodes, which stands in no grammar's list."""

Finder = Callable[[Node], Node | None]
"""Finds the child at a place, if there is one that counts."""


class Kinds:
    """One grammar, and what its table says of kinds of nodes that have no rule."""

    def __init__(self, language: Language, table: FlowTable, *, in_file: bool) -> None:
        self._language = language
        self.types = {kind: language.node_kind_for_id(kind) or "" for kind in range(language.node_kind_count)}
        """The type of each kind."""
        self.types[ERROR_KIND] = "ERROR"
        self.dropped = self.of(table.dropped | COMMENTS if in_file else table.dropped)
        self.atoms = frozenset(kind for kind in self.of(table.atoms) if self.named(kind))
        self.replaced = self.of(table.replaced)
        self.commas = self.of({","})

    def of(self, types: Collection[str]) -> frozenset[int]:
        """Return the kinds of these types, tokens and others."""
        return frozenset(kind for kind, type_ in self.types.items() if type_ in types)

    def named(self, kind: int) -> bool:
        """Tell whether nodes of a kind are more than a token that stands in the grammar's rules."""
        return kind == ERROR_KIND or self._language.node_kind_is_named(kind)

    def containing(self, part: str) -> frozenset[int]:
        """Return the kinds whose type contains something."""
        return frozenset(kind for kind, type_ in self.types.items() if part in type_)

    def field(self, field: Field) -> int:
        """Return a field's number; 0, which no child has, if the grammar has no such field."""
        return self._language.field_id_for_name(field.name) or 0

    def counts(self, node: Node) -> bool:
        """Tell whether a child counts: not dropped, not empty."""
        return node.kind_id not in self.dropped and node.end_byte > node.start_byte

    def children(self, node: Node) -> list[Node]:
        """Return the children that count."""
        dropped = self.dropped
        return [child for child in node.children if child.end_byte > child.start_byte and child.kind_id not in dropped]

    def finder(self, place: Place) -> Finder:
        """Return what finds the child at a place."""
        match place:
            case Field():
                return self._by_field(self.field(place))
            case Nth(type_, number):
                return self._nth(self.of({type_}), number)
            case Child(number, type_):
                return self._at(number, self.of({type_}) if type_ else frozenset(self.types))

    def _by_field(self, field: int) -> Finder:
        def find(node: Node) -> Node | None:
            child = node.child_by_field_id(field)
            return child if child is not None and child.end_byte > child.start_byte else None

        return find

    def _nth(self, kinds: frozenset[int], number: int) -> Finder:
        def find(node: Node) -> Node | None:
            found = [child for child in self.children(node) if child.kind_id in kinds]
            return found[number] if number < len(found) else None

        return find

    def _at(self, number: int, kinds: frozenset[int]) -> Finder:
        def find(node: Node) -> Node | None:
            children = self.children(node)
            if not -len(children) <= number < len(children):
                return None
            child = children[number]
            return child if child.kind_id in kinds else None

        return find
