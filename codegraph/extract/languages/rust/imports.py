"""Modules and what they import (see `rust.walk`).

Tests: tests/unit/extract/test_extract_rust.py.
"""

from __future__ import annotations

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
    walk.bind(name, 0, "@inline", own.names[INLINE], BindingKind.VARIABLE)
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
    """Add the imports of a use declaration, one for each name."""
    reexport = any(each.type == "visibility_modifier" for each in node.named_children)
    _use(walk, node.child_by_field_name("argument"), (), scope, reexport, 0)


def _use(walk: RustWalk, node: Node | None, before: Chain, scope: Scope, reexport: bool, depth: int) -> None:
    if node is None or depth > MAX_NESTING:
        return
    kind = node.type
    if kind == "use_list":
        for each in node.named_children:
            _use(walk, each, before, scope, reexport, depth + 1)
    elif kind == "scoped_use_list":
        path = node.child_by_field_name("path")
        inner = (*before, *_parts(walk, path)) if path is not None else before
        _use(walk, node.child_by_field_name("list"), inner, scope, reexport, depth + 1)
    elif kind == "use_as_clause":
        path, alias = node.child_by_field_name("path"), node.child_by_field_name("alias")
        if path is not None and alias is not None:
            _add(walk, path, (*before, *_parts(walk, path)), walk.text(alias), scope, reexport)
    elif kind == "use_wildcard":
        path = node.named_child(0) if node.named_child_count else None
        parts = (*before, *_parts(walk, path)) if path is not None else before
        if parts:
            spelled = _spelled(inline_of(scope), "::".join(parts))
            walk.view.add_import(path or node, ImportKind.STAR, spelled, "*", "", reexport=reexport)
    else:
        _add(walk, node, (*before, *_parts(walk, node)), "", scope, reexport)


def _add(walk: RustWalk, node: Node, parts: Chain, alias: str, scope: Scope, reexport: bool) -> None:
    if len(parts) > 1 and parts[-1] == "self":
        parts = parts[:-1]
    if not parts:
        return
    name = node.child_by_field_name("name") or node
    spelled = _spelled(inline_of(scope), "::".join(parts[:-1]))
    walk.view.add_import(name, ImportKind.NAME, spelled, parts[-1], alias or parts[-1], reexport=reexport)


def _parts(walk: RustWalk, node: Node) -> Chain:
    return tuple(part for part in "".join(walk.text(node).split()).split("::") if part)


def _spelled(within: Chain, path: str) -> str:
    return f"{'::'.join(within)}>{path}" if within else path


def extern_crate(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Add the import of a crate."""
    name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
    if name is not None:
        _add(walk, name, (walk.text(name),), walk.text(alias) if alias is not None else "", scope, False)
