"""Modules and what they import (see `rust.walk`).

Tests: tests/unit/extract/test_extract_rust.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import BindingKind, Chain, ImportKind
from codegraph.extract.languages.block_walk import MAX_NESTING, Scope

if TYPE_CHECKING:
    from codegraph.extract.languages.rust.walk import RustWalk

INLINE = "@mod"
"""The name under which a scope holds the inline modules around it."""


def inline_of(scope: Scope) -> Chain:
    """Return the inline modules around a scope."""
    return scope.find(INLINE) or ()


def module(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Visit an inline module in a scope of its own, or add the import of a module in another file."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name is None:
        return
    within = inline_of(scope)
    if body is None:
        walk.view.add_import(
            name, ImportKind.EFFECT, _spelled(within, _path_attribute(walk, node)), walk.text(name), ""
        )
        return
    own = Scope(scope.owner, None)
    own.names[INLINE] = (*within, walk.text(name))
    walk.bind(name, scope.owner, "@inline", own.names[INLINE], BindingKind.VARIABLE)
    walk.push_children(body, own)


def _path_attribute(walk: RustWalk, node: Node) -> str:
    """Return the path of `#[path = "..."]` in front of a module, "" if it has none."""
    before = node.prev_named_sibling
    while before is not None and before.type in ("attribute_item", "line_comment", "block_comment"):
        text = walk.text(before).replace(" ", "")
        if text.startswith('#[path="'):
            return text[len('#[path="') :].partition('"')[0]
        before = before.prev_named_sibling
    return ""


def use(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Add the imports of a use declaration, or of a crate, one for each name."""
    reexport = any(each.type == "visibility_modifier" for each in node.named_children)
    within = inline_of(scope)
    for at, parts, alias in leaves(walk, node):
        if alias == "*":
            walk.view.add_import(at, ImportKind.STAR, _spelled(within, "::".join(parts)), "*", "", reexport=reexport)
            continue
        spelled = _spelled(within, "::".join(parts[:-1]))
        walk.view.add_import(at, ImportKind.NAME, spelled, parts[-1], alias, reexport=reexport)


def leaves(walk: RustWalk, node: Node) -> Iterator[tuple[Node, Chain, str]]:
    """Yield what a use declaration, or `extern crate`, imports: where, its path, and its name here, or "*" for all."""
    if node.type == "extern_crate_declaration":
        name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
        if name is not None:
            yield name, (walk.text(name),), walk.text(alias if alias is not None else name)
    else:
        yield from _leaves(walk, node.child_by_field_name("argument"), (), 0)


def _leaves(walk: RustWalk, node: Node | None, before: Chain, depth: int) -> Iterator[tuple[Node, Chain, str]]:
    if node is None or depth > MAX_NESTING:
        return
    kind = node.type
    if kind == "use_list":
        for each in node.named_children:
            yield from _leaves(walk, each, before, depth + 1)
    elif kind == "scoped_use_list":
        path = node.child_by_field_name("path")
        inner = (*before, *_parts(walk, path)) if path is not None else before
        yield from _leaves(walk, node.child_by_field_name("list"), inner, depth + 1)
    elif kind == "use_as_clause":
        path, alias = node.child_by_field_name("path"), node.child_by_field_name("alias")
        if path is not None and alias is not None:
            yield from _leaf(path, (*before, *_parts(walk, path)), walk.text(alias))
    elif kind == "use_wildcard":
        path = node.named_child(0) if node.named_child_count else None
        parts = (*before, *_parts(walk, path)) if path is not None else before
        if parts:
            yield path or node, parts, "*"
    else:
        yield from _leaf(node, (*before, *_parts(walk, node)), "")


def _leaf(node: Node, parts: Chain, alias: str) -> Iterator[tuple[Node, Chain, str]]:
    if len(parts) > 1 and parts[-1] == "self":
        parts = parts[:-1]
    if parts:
        yield node.child_by_field_name("name") or node, parts, alias or parts[-1]


def _parts(walk: RustWalk, node: Node) -> Chain:
    return tuple(part for part in "".join(walk.text(node).split()).split("::") if part)


def _spelled(within: Chain, path: str) -> str:
    return f"{'::'.join(within)}>{path}" if within else path
