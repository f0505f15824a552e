"""Items inside of functions: what a block defines and imports is known in all of it, and nowhere else.

A block with items is a module without a name. In keys it is the last part of the inline modules around, braces about
the descriptor of what it stands in and a number, behind those of such blocks around it: "{f().1/f().g().1}". An item is
known as the element that leads to its definition (`core.facts.LOCAL`), an import as its name behind the element of the
block, ("@in:f().1", "Name"). Items see those of the blocks around, but no variable and no type parameter there.
Tests: tests/unit/extract/test_extract_rust.py, tests/unit/graph/test_graph_scoped_names.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.extract.languages.block_walk import TYPE, Scope
from codegraph.extract.languages.rust.chains import GLOB, IN
from codegraph.extract.languages.rust.imports import INLINE, inline_of, leaves

if TYPE_CHECKING:
    from codegraph.extract.languages.rust.walk import RustWalk

_TYPES = frozenset({"struct_item", "enum_item", "union_item", "trait_item", "type_item"})
_VALUES = frozenset({"function_item", "function_signature_item", "const_item", "static_item"})
_ITEMS = _TYPES | _VALUES
_ITEMS |= {"use_declaration", "extern_crate_declaration", "mod_item", "macro_definition", "foreign_mod_item"}


class Items(Scope):
    """The scope of the items of a block; `apart` has their names only, without the variables around."""

    __slots__ = ("apart",)

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope.owner, scope)
        self.apart = Scope(scope.owner, beneath(scope))
        self.apart.names = self.names


def beneath(scope: Scope) -> Scope:
    """Return the scope of what an item that stands in a scope can see around it."""
    found = _nearest(scope)
    return found.apart if isinstance(found, Items) else found


def _nearest(scope: Scope) -> Scope:
    """Return the scope of the items of the nearest block around that has any, else the outermost scope."""
    while not isinstance(scope, Items) and scope.parent is not None:
        scope = scope.parent
    return scope


def block(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Visit a block in a scope of its own, in which its items are known from the start."""
    items = [each for each in node.named_children if each.type in _ITEMS]
    walk.push_children(node, (_declared(walk, items, scope) if items else scope).inner())


def _declared(walk: RustWalk, items: list[Node], scope: Scope) -> Items:
    own = Items(scope)
    element: Chain = ()
    if scope.owner:
        walk.blocks[scope.owner] += 1
        around = inline_of(scope)
        is_inner = bool(around) and around[-1][0] == "{"
        name = f"{walk.view.definitions[scope.owner].descriptor}{walk.blocks[scope.owner]}"
        name = f"{around[-1][1:-1]}/{name}" if is_inner else name
        own.names[INLINE] = (*(around[:-1] if is_inner else around), f"{{{name}}}")
        element = (IN + name,)
    for each in items:
        if each.type == "foreign_mod_item":
            body = each.child_by_field_name("body")
            for inner in body.named_children if body is not None else ():
                _declare(walk, inner, own, element)
        else:
            _declare(walk, each, own, element)
    return own


def _declare(walk: RustWalk, item: Node, own: Items, element: Chain) -> None:
    if item.type in ("use_declaration", "extern_crate_declaration"):
        for _, _, alias in leaves(walk, item) if element else ():
            if alias == "*":
                own.names[GLOB] = element
                walk.chains.has_globs = True
            else:
                own.names[alias] = (*element, alias)
        return
    node = item.child_by_field_name("name")
    if node is None or item.type == "macro_definition":  # a macro is known behind its definition only
        return
    name = walk.text(node)
    if item.type == "mod_item":
        own.names[name] = (*element, name) if element else ()
    elif item.type in _TYPES:
        own.names[name] = (TYPE, *local, "()") if (local := walk.definition_element(item)) else (TYPE,)
    elif item.type in _VALUES:
        own.names[name] = local = walk.definition_element(item)
        if not local:
            walk.note_closure(own, item)


def declare_macro(walk: RustWalk, macro: Node, name: str, scope: Scope) -> None:
    """Declare a macro of a block, which is known from its definition to the end of the block, in items too."""
    found = _nearest(scope)
    if isinstance(found, Items):
        found.names[f"{name}!"] = walk.definition_element(macro)
