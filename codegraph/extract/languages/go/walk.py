"""References, bindings and imports of a Go file, by one walk in source order (see `languages.block_walk`).

Bindings say what is known of types: the fields of a struct (ATTRIBUTE), results of a function (RETURN, name "0", "1",
...), the package's variables (VARIABLE). Names with an at sign belong to no source:

    @under      what a defined type that is no struct is made of; `type T []U` is ("U", "()", "@of")
    @alias      the type that an alias stands for
    @receiver   of a method that stands outside its type: the type's name
    @shape      the types of a method's parameters and results as one string

A type's own parameters are fields named "@parameter0", "@parameter1", ... of what their constraints say.

The clause `package p` is the export "package". Tests: tests/unit/extract/test_extract_go.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tree_sitter import Node

from codegraph.core.facts import COMPUTED, ROLE, BindingKind, Chain, Role
from codegraph.extract.languages.block_walk import BlockWalk, Scope, Visit, apart, nothing, type_alone
from codegraph.extract.languages.go import declarations, expressions
from codegraph.extract.languages.go.chains import STRUCT, Chains

if TYPE_CHECKING:
    from codegraph.extract.view import FileView


class GoWalk(BlockWalk):
    """A walk that knows how to read Go's chains."""

    def __init__(self, view: FileView) -> None:
        super().__init__(view, HANDLERS)
        self.chains = Chains(view.text)
        self.packages: set[str] = set()
        """Names that imports bind, as far as this file can tell."""

    def mention(self, scope: Scope, chain: Chain, role: Role, name: Node) -> None:
        """Record a mention; nobody else knows the members of a struct type without a name."""
        if chain and chain[0].startswith(STRUCT):
            if role is not ROLE.CALL:
                return
            chain = ("()", chain[-1]) if chain[-1] != COMPUTED else (COMPUTED,)
        super().mention(scope, chain, role, name)

    def bind(self, node: Node, owner: int, name: str, chain: Chain, kind: BindingKind) -> None:
        """Add a binding; nobody else knows a struct type without a name."""
        if chain and chain[0].startswith(STRUCT):
            chain = ()
        super().bind(node, owner, name, chain, kind)


def collect(view: FileView) -> None:
    """Add what the file mentions, binds and imports to its view."""
    GoWalk(view).run()


HANDLERS: Final[Mapping[str, Visit]] = MappingProxyType(
    {
        "package_clause": declarations.package,
        "import_spec": declarations.import_spec,
        "function_declaration": declarations.function,
        "method_declaration": declarations.function,
        "method_elem": declarations.function,
        "func_literal": declarations.function,
        "function_type": declarations.function,
        "parameter_declaration": type_alone,
        "variadic_parameter_declaration": type_alone,
        "type_spec": declarations.type_spec,
        "type_alias": declarations.type_spec,
        "type_identifier": declarations.type_name,
        "qualified_type": declarations.type_name,
        "var_spec": declarations.value_spec,
        "const_spec": declarations.value_spec,
        "short_var_declaration": declarations.short_declaration,
        "range_clause": declarations.range_clause,
        "receive_statement": declarations.receive_statement,
        "type_switch_statement": declarations.type_switch,
        "type_case": declarations.case,
        "default_case": declarations.case,
        "expression_case": apart,
        "communication_case": apart,
        "block": apart,
        "if_statement": apart,
        "for_statement": apart,
        "expression_switch_statement": apart,
        "identifier": expressions.identifier,
        "call_expression": expressions.call,
        "selector_expression": expressions.selector,
        "composite_literal": expressions.composite,
        "literal_value": expressions.literal,
        "comment": nothing,
        "interpreted_string_literal": nothing,
        "raw_string_literal": nothing,
        "int_literal": nothing,
        "label_name": nothing,
        "field_identifier": nothing,
    }
)
