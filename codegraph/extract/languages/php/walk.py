"""References, bindings and imports of a PHP file, by one walk in source order (see `languages.block_walk`).

A function's scope sees nothing of the file; a branch has a scope of its own, and behind it a variable has one of the
values that the branches gave it. Bindings say what is known of types: properties and cases (ATTRIBUTE), what a function
returns (RETURN, name "()"), and under names that belong to no source:

    @name       of a class, function or constant: its full name
    @kind       of a class: class, interface, trait or enum
    @base       of a class: how it uses the other ("inherit", "implement", "use"), its name, methods that are left out
    []          of a class: what its elements are, as its documentation says
    @alias m()  of a class: the trait ("" for any of its traits) and the method that m stands for
    =$x =()     what is assigned to a property in its own class, what a function returns

What scripts and handlers name in the markup between `?>` and `<?php` is not parsed, and said to be so.
Tests: tests/unit/extract/test_extract_php.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from codegraph.extract.languages.block_walk import BlockWalk, Scope, Visit, nothing
from codegraph.extract.languages.embedded import blanked, unparsed
from codegraph.extract.languages.php import declarations, expressions, flow
from codegraph.extract.languages.php.chains import Chains
from codegraph.extract.languages.unparsed.forms import MARKUP
from codegraph.extract.normalise import Span
from codegraph.extract.text import SourceText

if TYPE_CHECKING:
    from tree_sitter import Node

    from codegraph.extract.view import FileView


class PhpWalk(BlockWalk):
    """A walk that knows how to read PHP's chains."""

    def __init__(self, view: FileView) -> None:
        super().__init__(view, HANDLERS)
        self.chains = Chains(view.text)
        self.markup: list[Span] = []
        """Where text stands that is no PHP."""


def collect(view: FileView) -> None:
    """Add what the file mentions, binds and imports to its view."""
    walk = PhpWalk(view)
    walk.run()
    by_owner: dict[int, list[Span]] = {}
    for span in walk.markup:
        by_owner.setdefault(view.owner_of(span[0]), []).append(span)
    for owner, spans in by_owner.items():
        _mention_in_markup(view, owner, spans)


def _mention_in_markup(view: FileView, owner: int, markup: list[Span]) -> None:
    """Add what scripts and handlers name in one function, or outside of all; their parts may stand around PHP."""
    data, first = view.text.data, markup[0][0]
    if not any(data.find(b"<", start, end) >= 0 for start, end in markup):
        return
    text = bytearray(blanked(data[first : markup[-1][1]]))
    for start, end in markup:
        text[start - first : end - first] = data[start:end]
    for each in unparsed(SourceText(bytes(text)), MARKUP).namings:
        view.references.add(owner, each.chain, each.role, first + each.start)


def _text(walk: PhpWalk, node: Node, scope: Scope) -> None:  # noqa: ARG001 (each handler is given a scope)
    walk.markup.append((node.start_byte, node.end_byte))


HANDLERS: Final[Mapping[str, Visit]] = MappingProxyType(
    {
        "namespace_definition": declarations.namespace,
        "namespace_use_declaration": declarations.use,
        "class_declaration": declarations.type_declaration,
        "interface_declaration": declarations.type_declaration,
        "trait_declaration": declarations.type_declaration,
        "enum_declaration": declarations.type_declaration,
        "use_declaration": declarations.use_traits,
        "method_declaration": declarations.callable_declaration,
        "function_definition": declarations.callable_declaration,
        "anonymous_function": declarations.closure,
        "arrow_function": declarations.closure,
        "anonymous_class": declarations.anonymous_class,
        "property_declaration": declarations.properties,
        "const_declaration": declarations.constants,
        "enum_case": declarations.enum_case,
        "comment": declarations.comment,
        "return_statement": declarations.returned,
        "foreach_statement": declarations.loop,
        "catch_clause": declarations.caught,
        "else_clause": declarations.branch,
        "while_statement": declarations.branch,
        "for_statement": declarations.branch,
        "case_statement": declarations.branch,
        "default_statement": declarations.branch,
        "if_statement": flow.if_statement,
        "else_if_clause": flow.else_if,
        "conditional_expression": flow.conditional,
        "binary_expression": flow.binary,
        "assignment_expression": expressions.assignment,
        "reference_assignment_expression": expressions.assignment,
        "augmented_assignment_expression": expressions.assignment,
        "function_call_expression": expressions.call,
        "member_call_expression": expressions.call,
        "nullsafe_member_call_expression": expressions.call,
        "scoped_call_expression": expressions.call,
        "object_creation_expression": expressions.creation,
        "member_access_expression": expressions.member,
        "nullsafe_member_access_expression": expressions.member,
        "scoped_property_access_expression": expressions.static_member,
        "class_constant_access_expression": expressions.static_member,
        "named_type": expressions.type_name,
        "name": expressions.constant,
        "qualified_name": expressions.constant,
        "relative_name": expressions.constant,
        "attribute": expressions.attribute,
        "array_creation_expression": expressions.array,
        "argument": expressions.argument,
        "property_hook": expressions.hook,
        "require_expression": expressions.include,
        "require_once_expression": expressions.include,
        "include_expression": expressions.include,
        "include_once_expression": expressions.include,
        "variable_name": nothing,
        "string": nothing,
        "text": _text,
        "named_label_statement": nothing,
        "goto_statement": nothing,
        "declare_statement": nothing,
        "primitive_type": nothing,
    }
)
