"""Patterns of Rust: which names they declare, and what is known of these (see `rust.walk`).

Tests: tests/unit/extract/test_extract_rust.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.core.tuples import SECOND, is_tuple
from codegraph.extract.languages.block_walk import MAX_NESTING, Scope, joined
from codegraph.extract.languages.rust import expressions
from codegraph.extract.languages.rust.chains import MADE_OF, part_of

if TYPE_CHECKING:
    from codegraph.extract.languages.rust.walk import RustWalk

_REST = "remaining_field_pattern"
_PASSED = frozenset({"mut_pattern", "ref_pattern", "reference_pattern", "captured_pattern", "match_pattern"})


def declare(walk: RustWalk, node: Node | None, chain: Chain, scope: Scope, depth: int = 0) -> None:
    """Declare the names of a pattern that a value with this chain is matched with; mention what it names."""
    if node is None or depth > MAX_NESTING:
        return
    kind, deeper = node.type, depth + 1
    if kind == "identifier" or kind == "shorthand_field_identifier":
        _declare_name(walk, node, chain, scope)
    elif kind in _PASSED:
        condition = node.child_by_field_name("condition")
        for each in node.named_children:
            if condition is None or each.id != condition.id:
                declare(walk, each, chain, scope, deeper)
    elif kind == "or_pattern":
        for each in node.named_children:
            declare(walk, each, chain, scope, deeper)
    elif kind == "tuple_pattern":
        _declare_tuple(walk, node, chain, scope, deeper)
    elif kind == "tuple_struct_pattern":
        _declare_tuple_struct(walk, node, chain, scope, deeper)
    elif kind == "struct_pattern":
        _declare_struct(walk, node, scope, deeper)
    elif kind == "slice_pattern":
        for each in node.named_children:
            declare(walk, each, joined(chain, "[]"), scope, deeper)
    elif kind == "scoped_identifier":
        walk.push(node, scope)
    elif kind == "range_pattern":
        walk.push_children(node, scope)


def _declare_name(walk: RustWalk, node: Node, chain: Chain, scope: Scope) -> None:
    """Declare a name; one with a capital is a constant or a variant."""
    name = walk.text(node)
    if name[:1].isupper():
        walk.push(node, scope)
    else:
        scope.names[name] = chain


def _parts(node: Node) -> list[Node]:
    """Return what a pattern has between its brackets and commas; `_` is no node with a name."""
    return [each for each in node.children if each.is_named or each.type == "_"]


def _declare_tuple(walk: RustWalk, node: Node, chain: Chain, scope: Scope, depth: int) -> None:
    parts = _parts(node)
    is_open = False  # of what stands behind ".." the number is not known
    for number, each in enumerate(parts):
        is_open = is_open or each.type == _REST
        declare(walk, each, () if is_open else _part(chain, number, len(parts)), scope, depth)


def _part(chain: Chain, number: int, count: int) -> Chain:
    """Return the chain of one part of a tuple: of a call's result, or of what a map or `enumerate` gives.

    A map is known as a container of its values, so what nobody knows as a tuple is the second of two.
    """
    return joined(chain, SECOND) if count == 2 and number == 1 and not is_tuple(chain) else part_of(chain, f".{number}")


def _declare_tuple_struct(walk: RustWalk, node: Node, chain: Chain, scope: Scope, depth: int) -> None:
    of = node.child_by_field_name("type")
    path = walk.chains.path(of, scope)
    is_wrapper = len(path) == 1 and path[0] in MADE_OF
    if not is_wrapper:
        walk.push(of, scope)
    is_open = path == ("Err",)
    for number, each in enumerate(_parts(node)[1:]):
        is_open = is_open or each.type == _REST
        inner = joined(chain, "[]") if is_wrapper else joined(path, f".{number}")
        declare(walk, each, () if is_open else inner, scope, depth)


def _declare_struct(walk: RustWalk, node: Node, scope: Scope, depth: int) -> None:
    of = node.child_by_field_name("type")
    path = walk.chains.path(of, scope)
    walk.push(of, scope, expressions.constructed)
    for each in node.named_children:
        name, pattern = each.child_by_field_name("name"), each.child_by_field_name("pattern")
        if each.type == "field_pattern" and name is not None:
            inner = joined(path, "." + walk.text(name))
            if pattern is None:
                scope.names[walk.text(name)] = inner
            else:
                declare(walk, pattern, inner, scope, depth)
