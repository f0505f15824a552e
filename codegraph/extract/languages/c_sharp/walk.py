"""References, bindings and imports of a C# file, by one walk in source order (see `languages.block_walk`).

Bindings say what is known of types: the types of fields and properties and the results of methods (RETURN, name "0"),
properties that have no definition of their own (ATTRIBUTE). Names with an at sign belong to no source:

    @type    of a type: its full name, "partial" or "", its namespace
    @base    of a type: what it is derived from, as an instance
    @method  of a method: least and most arguments ("*" any), flags, types of parameters, a star before rest ones; flags
             are "s" static, "o" override, "c" constructor, "p" private, "e" of an interface named explicitly, a number
             that of the type parameters, behind a "u" if a call cannot leave them unsaid
    @this    of an extension method: the bare name of the type that it extends, "" for a type parameter

An import of kind STAR is a using of a namespace, with level 1 of a type, MODULE an alias; `reexport` says that it is
a global one. Tests: tests/unit/extract/test_extract_c_sharp.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from codegraph.core.facts import Chain
from codegraph.extract.languages.block_walk import BlockWalk, Visit, labeled, nothing
from codegraph.extract.languages.c_sharp import declarations, expressions, statements
from codegraph.extract.languages.c_sharp.chains import Chains

if TYPE_CHECKING:
    from codegraph.extract.view import FileView


class CSharpWalk(BlockWalk):
    """A walk that knows how to read C#'s chains."""

    def __init__(self, view: FileView) -> None:
        super().__init__(view, HANDLERS)
        self.chains = Chains(view.text)
        self.given: dict[int, Chain] = {}
        """Node of an argument -> what a container is known to give to it."""


def collect(view: FileView) -> None:
    """Add what the file mentions, binds and imports to its view."""
    CSharpWalk(view).run()


HANDLERS: Final[Mapping[str, Visit]] = MappingProxyType(
    {
        "using_directive": declarations.using,
        "namespace_declaration": declarations.namespace,
        "file_scoped_namespace_declaration": declarations.file_namespace,
        "class_declaration": declarations.type_declaration,
        "struct_declaration": declarations.type_declaration,
        "record_declaration": declarations.type_declaration,
        "interface_declaration": declarations.type_declaration,
        "enum_declaration": declarations.type_declaration,
        "delegate_declaration": declarations.delegate,
        "method_declaration": declarations.method,
        "constructor_declaration": declarations.method,
        "destructor_declaration": declarations.method,
        "operator_declaration": declarations.method,
        "conversion_operator_declaration": declarations.method,
        "indexer_declaration": declarations.property_declaration,
        "property_declaration": declarations.property_declaration,
        "event_declaration": declarations.property_declaration,
        "field_declaration": declarations.field,
        "event_field_declaration": declarations.field,
        "enum_member_declaration": declarations.enum_member,
        "parameter": declarations.parameter,
        "constructor_initializer": expressions.constructor_initializer,
        "local_function_statement": statements.local_function,
        "variable_declaration": statements.variables,
        "foreach_statement": statements.foreach,
        "catch_clause": statements.apart,
        "catch_declaration": statements.catch,
        "block": statements.apart,
        "for_statement": statements.apart,
        "using_statement": statements.apart,
        "switch_section": statements.apart,
        "switch_expression_arm": statements.apart,
        "lambda_expression": statements.closure,
        "anonymous_method_expression": statements.closure,
        "declaration_expression": statements.declaration,
        "declaration_pattern": statements.declaration,
        "recursive_pattern": statements.declaration,
        "type_pattern": statements.type_pattern,
        "identifier": expressions.identifier,
        "generic_name": expressions.identifier,
        "invocation_expression": expressions.call,
        "member_access_expression": expressions.member,
        "conditional_access_expression": expressions.member,
        "object_creation_expression": expressions.creation,
        "cast_expression": expressions.typed,
        "as_expression": expressions.right_typed,
        "is_expression": expressions.right_typed,
        "typeof_expression": expressions.typed,
        "default_expression": expressions.typed,
        "sizeof_expression": expressions.typed,
        "array_creation_expression": expressions.typed,
        "array_type": expressions.type_node,
        "nullable_type": expressions.type_node,
        "qualified_name": expressions.type_node,
        "type_argument_list": expressions.type_arguments,
        "attribute": expressions.attribute,
        "type_parameter_list": nothing,
        "type_parameter_constraints_clause": expressions.constraints,
        "name_colon": nothing,
        "argument": expressions.argument,
        "goto_statement": nothing,
        "labeled_statement": labeled,
        "comment": nothing,
        "string_literal": nothing,
        "modifier": nothing,
        "preproc_if": expressions.nothing_of_condition,
        "preproc_elif": expressions.nothing_of_condition,
    }
)
"""The keys of the table are types of nodes."""
