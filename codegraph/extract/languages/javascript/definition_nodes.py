"""A definition as nodes of the syntax tree: what the finder finds and the walk follows."""

from __future__ import annotations

from typing import Final, NamedTuple

from tree_sitter import Node

from codegraph.core.symbols import SymbolKind

DEFAULT: Final = "default"
"""The name of what is exported by default without a name of its own."""


EXPORTS: Final = "exports"
"""The name of a nameless function or class that replaces the module."""


class DefinitionNodes(NamedTuple):
    """One definition as nodes of the tree; byte ranges and tokens are taken from them later."""

    kind: SymbolKind
    name: str
    container: int
    """Index of the enclosing definition; the module is 0."""
    outer: Node
    """The outermost node: the definition's range, decorators before it apart."""
    unit: Node
    """The node whose references the definition owns."""
    name_node: Node | None
    body: Node | None
    """Where the signature ends; None: all of it is header."""
    value: Node | None
    """The function, class, object literal or initialiser; for a declaration the unit itself."""
    static: bool = False
    decorators: tuple[Node, ...] = ()
    comments: tuple[Node, ...] = ()
    """The comments directly before, in source order."""
    local: bool = False
    """It stands inside a function."""
