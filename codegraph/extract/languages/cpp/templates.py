"""Templates of C++: what their parameters stand for, and what those mention (see `cpp.walk`).

Tests: tests/unit/extract/test_extract_cpp.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.extract.languages.block_walk import TYPE, Scope
from codegraph.extract.languages.cpp.definitions import declared_by

if TYPE_CHECKING:
    from codegraph.extract.languages.cpp.walk import CppWalk

PARAMETERS = frozenset(
    {"parameter_declaration", "optional_parameter_declaration", "variadic_parameter_declaration", "variadic_parameter"}
)


def template(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Visit a template in a scope with its parameters: only those of a class stand for something.

    What the parameters mention is the template's own.
    """
    inner = scope.inner()
    parts = node.named_children
    declared = parts[-1] if parts else None
    is_of_class = declared is not None and declared.type not in (
        "function_definition",
        "declaration",
        "field_declaration",
    )
    if declared is not None and not is_of_class:
        found = declared_by(declared.child_by_field_name("declarator"))
        is_of_class = found is not None and bool(found.path)
    listed = node.child_by_field_name("parameters")
    for number, each in enumerate(listed.named_children if listed is not None else ()):
        name = _template_name(each)
        if name is not None:
            is_type = each.type not in PARAMETERS
            chain: Chain = (TYPE, "@param", str(number)) if is_of_class else (TYPE,)
            inner.names[walk.text(name)] = chain if is_type else ()
    while declared is not None and declared.type == "template_declaration":
        declared = declared.named_children[-1] if declared.named_children else None
    index = walk.defined.get(declared.id, 0) if declared is not None else 0
    for each in reversed(parts):
        walk.push(each, Scope(index, inner) if index and each == listed else inner)


def _template_name(node: Node) -> Node | None:
    if node.type in PARAMETERS:
        declared = declared_by(node.child_by_field_name("declarator"))
        return declared.name if declared is not None else None
    if node.type == "template_template_parameter_declaration" and node.named_children:
        return _template_name(node.named_children[-1])
    name = node.child_by_field_name("name")
    return name or next((each for each in node.named_children if each.type == "type_identifier"), None)


def template_parameters(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Visit the defaults of template parameters."""
    for each in reversed(node.named_children):
        walk.push(each.child_by_field_name("default_type"), scope)
        walk.push(each.child_by_field_name("default_value"), scope)
        if each.type in PARAMETERS:
            walk.push(each.child_by_field_name("type"), scope)
