"""References, bindings and imports of a Java file, by one walk in source order (see `languages.block_walk`).

Bindings say what is known of types: fields, record components and enum constants (ATTRIBUTE), what a method returns
(RETURN, name "0"), and under names that belong to no source:

    @arity      of a method: how many parameters it has ("+": the last takes any number), and their types
    @base       of a type: each base with its type arguments
    @within     of a method of an anonymous class: the base of that class

The package is the export "package". Tests: tests/unit/extract/test_extract_java.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from codegraph.core.facts import Chain
from codegraph.extract.languages.block_walk import BlockWalk, Visit, apart, labeled, nothing, value_alone
from codegraph.extract.languages.java import declarations, expressions
from codegraph.extract.languages.java.chains import Chains

if TYPE_CHECKING:
    from codegraph.extract.view import FileView


class JavaWalk(BlockWalk):
    """A walk that knows how to read Java's chains."""

    def __init__(self, view: FileView) -> None:
        super().__init__(view, HANDLERS)
        self.chains = Chains(view.text)
        self.given: dict[int, tuple[Chain, ...]] = {}
        """Node of a lambda -> what the method that it is handed to calls it with, () for what nobody knows."""


def collect(view: FileView) -> None:
    """Add what the file mentions, binds and imports to its view."""
    JavaWalk(view).run()


HANDLERS: Final[Mapping[str, Visit]] = MappingProxyType(
    {
        "package_declaration": declarations.package,
        "import_declaration": declarations.import_declaration,
        "class_declaration": declarations.type_declaration,
        "record_declaration": declarations.type_declaration,
        "interface_declaration": declarations.type_declaration,
        "annotation_type_declaration": declarations.type_declaration,
        "enum_declaration": declarations.type_declaration,
        "enum_constant": declarations.enum_constant,
        "method_declaration": declarations.method,
        "constructor_declaration": declarations.method,
        "compact_constructor_declaration": declarations.method,
        "annotation_type_element_declaration": declarations.method,
        "field_declaration": declarations.field,
        "constant_declaration": declarations.field,
        "formal_parameter": declarations.parameter,
        "spread_parameter": declarations.parameter,
        "catch_formal_parameter": declarations.caught,
        "local_variable_declaration": declarations.local,
        "enhanced_for_statement": declarations.loop,
        "resource": declarations.resource,
        "lambda_expression": declarations.function,
        "instanceof_expression": declarations.instance_of,
        "type_pattern": declarations.pattern,
        "record_pattern_component": declarations.pattern,
        "block": apart,
        "constructor_body": apart,
        "for_statement": apart,
        "switch_rule": apart,
        "switch_block": apart,
        "switch_label": declarations.label,
        "try_with_resources_statement": apart,
        "catch_clause": apart,
        "identifier": expressions.identifier,
        "method_invocation": expressions.call,
        "object_creation_expression": expressions.creation,
        "explicit_constructor_invocation": expressions.constructor,
        "field_access": expressions.field_access,
        "method_reference": expressions.method_reference,
        "type_identifier": expressions.type_name,
        "scoped_type_identifier": expressions.type_name,
        "marker_annotation": expressions.annotation,
        "annotation": expressions.annotation,
        "record_pattern": expressions.record_pattern,
        "element_value_pair": value_alone,
        "labeled_statement": labeled,
        "break_statement": nothing,
        "continue_statement": nothing,
        "line_comment": nothing,
        "block_comment": nothing,
        "string_literal": nothing,
    }
)
