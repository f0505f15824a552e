"""Patterns of Rust: which names they declare, and what is known of these (see `rust.walk`).

Tests: tests/unit/extract/test_extract_rust.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.extract.languages.block_walk import MAX_NESTING, Scope, joined
from codegraph.extract.languages.rust import expressions
from codegraph.extract.languages.rust.chains import MADE_OF

if TYPE_CHECKING:
    from codegraph.extract.languages.rust.walk import RustWalk

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
        for number, each in enumerate(node.named_children):
            declare(walk, each, _part(chain, number, node.named_child_count), scope, deeper)
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


def _part(chain: Chain, number: int, count: int) -> Chain:
    """Return the chain of one part of a tuple: of a call's result, or of what a map or `enumerate` gives."""
    if chain[-1:] == ("()",):
        return joined(chain, f"@{number + 1}")
    return chain if chain[-1:] == ("[]",) and count == 2 and number == 1 else ()


def _declare_tuple_struct(walk: RustWalk, node: Node, chain: Chain, scope: Scope, depth: int) -> None:
    of = node.child_by_field_name("type")
    path = walk.chains.path(of, scope)
    is_wrapper = len(path) == 1 and path[0] in MADE_OF
    if not is_wrapper:
        walk.push(of, scope)
    number = 0
    for each in node.named_children:
        if of is not None and each.id == of.id:
            continue
        inner = joined(chain, "[]") if is_wrapper else joined(path, f".{number}")
        declare(walk, each, () if path == ("Err",) else inner, scope, depth)
        number += 1


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
