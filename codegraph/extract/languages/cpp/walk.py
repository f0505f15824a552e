"""References, bindings and includes of a C++ file, by one walk in source order (see `languages.block_walk`).

Bindings say what is known of types: fields and variables (ATTRIBUTE), what a function returns (RETURN, name "0"), and
under names that belong to no source:

    @in         of what stands in no type: the scope it is declared in ("a::b", "a::A" for a member defined outside),
                flags, and the namespace; flags are s where only this file sees it, # for a macro, and x for a
                specialisation
    @arity      of a function: how many arguments it takes ("1-3", "1+"), the types of its parameters, and flags: d for
                a body, v for virtual, s for static, x for a specialisation, t for a template
    @base       of a type: each base with its template arguments
    @alias      of a type: the type that it is another name of
    @use        of the module: scope, "n" name | "*" all of a namespace | "a" another name of it, name, what is meant
    @opens      of a macro that opens namespaces: its parameter, "()" without one, and their names (see `openings`)

Tests: tests/unit/extract/test_extract_cpp.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from codegraph.core.facts import BindingKind
from codegraph.extract.languages.block_walk import BlockWalk, Scope, Visit, apart, labeled, nothing, value_alone
from codegraph.extract.languages.cpp import declarations, expressions, functions, openings, templates
from codegraph.extract.languages.cpp.chains import Chains
from codegraph.extract.languages.cpp.properties import add_accessors

if TYPE_CHECKING:
    from tree_sitter import Node

    from codegraph.extract.view import FileView

IN: Final = "@in"
HIDDEN: Final = "@hidden"


class CppWalk(BlockWalk):
    """A walk that knows how to read C++'s chains."""

    inside: Final = IN
    """The name under which a scope has the namespaces around it."""

    def __init__(self, view: FileView) -> None:
        super().__init__(view, HANDLERS)
        self.chains = Chains(view.text)

    def place(self, node: Node, index: int, scope: Scope, path: tuple[str, ...] = (), flags: str = "") -> None:
        """Bind the scope that a definition outside of types is declared in."""
        if self.view.definitions[index].container == 0:
            around = self.around(scope)
            hidden = "s" if scope.find(HIDDEN) else ""
            chain = ("::".join((*around, *path)), hidden + flags, "::".join(around))
            self.bind(node, index, IN, chain, BindingKind.ATTRIBUTE)

    def around(self, scope: Scope) -> tuple[str, ...]:
        """Return the names of the namespaces around."""
        return scope.find(IN) or ()


def collect(view: FileView) -> None:
    """Add what the file mentions, binds and includes to its view."""
    CppWalk(view).run()
    add_accessors(view)


HANDLERS: Final[Mapping[str, Visit]] = MappingProxyType(
    {
        "preproc_include": declarations.include,
        "preproc_def": declarations.macro,
        "preproc_function_def": declarations.macro,
        "preproc_ifdef": declarations.branch,
        "preproc_if": declarations.branch,
        "preproc_elif": declarations.branch,
        "preproc_elifdef": declarations.branch,
        "preproc_call": openings.directive,
        "namespace_definition": declarations.namespace,
        "namespace_alias_definition": declarations.namespace_alias,
        "using_declaration": declarations.using,
        "class_specifier": declarations.type_declaration,
        "struct_specifier": declarations.type_declaration,
        "union_specifier": declarations.type_declaration,
        "enum_specifier": declarations.type_declaration,
        "enumerator": declarations.enumerator,
        "alias_declaration": declarations.alias,
        "type_definition": declarations.typedef,
        "concept_definition": declarations.concept,
        "template_declaration": templates.template,
        "template_parameter_list": templates.template_parameters,
        "function_definition": functions.function,
        "declaration": functions.declaration,
        "field_declaration": functions.declaration,
        "parameter_declaration": functions.parameter,
        "optional_parameter_declaration": functions.parameter,
        "variadic_parameter_declaration": functions.parameter,
        "lambda_expression": functions.lambda_expression,
        "for_range_loop": functions.loop,
        "compound_statement": apart,
        "for_statement": apart,
        "if_statement": apart,
        "while_statement": apart,
        "switch_statement": apart,
        "catch_clause": apart,
        "requires_expression": apart,
        "identifier": expressions.identifier,
        "type_identifier": expressions.type_name,
        "template_type": expressions.template_type,
        "qualified_identifier": expressions.qualified,
        "call_expression": expressions.call,
        "field_expression": expressions.field_access,
        "template_function": expressions.template_function,
        "binary_expression": expressions.binary,
        "assignment_expression": expressions.binary,
        "unary_expression": expressions.unary,
        "update_expression": expressions.unary,
        "pointer_expression": expressions.unary,
        "subscript_expression": expressions.subscript,
        "new_expression": expressions.creation,
        "compound_literal_expression": expressions.creation,
        "field_initializer": expressions.field_initializer,
        "initializer_pair": value_alone,
        "labeled_statement": labeled,
        "goto_statement": nothing,
        "attribute_declaration": nothing,
        "attribute_specifier": nothing,
        "comment": nothing,
        "string_literal": nothing,
        "concatenated_string": nothing,
        "preproc_arg": nothing,
    }
)
