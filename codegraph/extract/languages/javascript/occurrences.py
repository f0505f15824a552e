"""References, bindings, imports and exports of a JavaScript or TypeScript file.

Inputs: the file's view and its definitions as nodes (`definitions.find_definitions`). The output goes
to the view. The table below names the handler of every node type that means more than its
children do. Tests: tests/unit/extract/test_extract_javascript_occurrences.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from codegraph.core.facts import BindingKind
from codegraph.extract.languages.javascript import classes, expressions, functions, narrowing, statements
from codegraph.extract.languages.javascript.annotations import jsdoc_aliases
from codegraph.extract.languages.javascript.definition_nodes import DefinitionNodes
from codegraph.extract.languages.javascript.walk import Handler, Walk

if TYPE_CHECKING:
    from codegraph.extract.view import FileView

HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        "comment": expressions.skip,
        "string": expressions.skip,
        "number": expressions.skip,
        "regex": expressions.skip,
        "jsx_text": expressions.skip,
        "jsx_closing_element": expressions.skip,
        "jsx_namespace_name": expressions.skip,
        "break_statement": expressions.skip,
        "continue_statement": expressions.skip,
        "import_attribute": expressions.skip,
        "meta_property": expressions.skip,
        "identifier": expressions.identifier,
        "shorthand_property_identifier": expressions.identifier,
        "member_expression": expressions.member,
        "nested_identifier": expressions.member,
        "subscript_expression": expressions.subscript,
        "call_expression": expressions.call,
        "new_expression": expressions.new,
        "decorator": expressions.decorator,
        "jsx_opening_element": expressions.element,
        "jsx_self_closing_element": expressions.element,
        "assignment_expression": expressions.assignment,
        "if_statement": narrowing.conditional,
        "ternary_expression": narrowing.conditional,
        "binary_expression": narrowing.conjunction,
        "type_identifier": expressions.type_name,
        "nested_type_identifier": expressions.type_name,
        "type_predicate": expressions.type_alone,
        "import_statement": statements.imports,
        "export_statement": statements.exports,
        "import_alias": statements.import_alias,
        "function_declaration": functions.function_declaration,
        "generator_function_declaration": functions.function_declaration,
        "function_signature": functions.function_declaration,
        "function_expression": functions.function,
        "generator_function": functions.function,
        "arrow_function": functions.function,
        "method_definition": functions.function,
        "method_signature": functions.function,
        "abstract_method_signature": functions.function,
        "class_declaration": classes.class_,
        "abstract_class_declaration": classes.class_,
        "class": classes.class_,
        "field_definition": classes.field,
        "public_field_definition": classes.field,
        "pair": classes.pair,
        "interface_declaration": classes.interface,
        "type_alias_declaration": classes.interface,
        "property_signature": expressions.type_alone,
        "enum_declaration": classes.enum,
        "ambient_declaration": statements.ambient,
        "internal_module": statements.namespace,
        "module": statements.namespace,
        "lexical_declaration": statements.variables,
        "variable_declaration": statements.variables,
        "using_declaration": statements.variables,
        "return_statement": functions.return_statement,
        "statement_block": statements.block,
        "switch_body": statements.block,
        "for_statement": statements.block,
        "for_in_statement": statements.loop,
        "catch_clause": statements.catch,
        "labeled_statement": statements.labeled,
        "function_type": functions.signature,
        "constructor_type": functions.signature,
        "call_signature": functions.signature,
        "construct_signature": functions.signature,
        "index_signature": functions.signature,
        "type_parameter": functions.type_parameter,
    }
)


def collect_occurrences(view: FileView, found: Sequence[DefinitionNodes], *, jsdoc: bool) -> None:
    """Walk the tree once and add what it says to the view; `found[i]` is the definition with index i + 1."""
    walk = Walk(view.text, found, view.definitions, jsdoc=jsdoc)
    walk.run(view.root, HANDLERS)
    walk.ledger.at = view.text.mark
    for name, chain in jsdoc_aliases(view.text.text) if jsdoc else ():
        if name not in walk.module.names:
            walk.ledger.bind(walk.module, name, BindingKind.VARIABLE, chain)
    walk.ledger.finish(view)
