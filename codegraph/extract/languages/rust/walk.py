"""References, bindings and imports of a Rust file, by one walk in source order (see `languages.block_walk`).

Bindings say what is known of types: fields of a struct or of an enum's variant (ATTRIBUTE, ".name" or ".0"), results of
a function (RETURN, "0"). Names with an at sign belong to no source:

    @mod      the inline modules around a definition, a block of a function that it stands in among them (`rust.blocks`)
    @inline   of the file: an inline module, by its path
    @self     of an impl: the type that it is for, as an instance
    @trait    of an impl: the trait that it implements
    @bound:0  of an impl: what is known of the first argument of the type that it is for; a field of the type's first
              parameter is ("@param:0", "()"), with the bounds that the type itself has: ("@param:0|A&b::B", "()")
    @alias    what a type alias or an associated type stands for
    @value    the type of a constant

An import's module is a path; inside inline modules these stand in front of it, divided by ">". `mod name;` is an import
for its effect, whose module is the path that an attribute gives. What stands in a macro's invocation is parsed once
more by itself, as expressions; such mentions start with "@lex", as do the paths of an invocation that is none.
Tests: tests/unit/extract/test_extract_rust.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tree_sitter import Node

from codegraph.core.facts import Chain, Role
from codegraph.extract.languages.block_walk import BlockWalk, Scope, Visit, nothing, value_alone
from codegraph.extract.languages.rust import blocks, declarations, expressions, imports, macros, statements
from codegraph.extract.languages.rust.chains import Chains

if TYPE_CHECKING:
    from codegraph.extract.view import FileView

LEXICAL: Final = "@lex"
INVOCATION: Final = "@macro"
"""The name under which a scope inside an invocation says how deep invocations nest there."""


class RustWalk(BlockWalk):
    """A walk that knows how to read Rust's chains."""

    def __init__(self, view: FileView) -> None:
        super().__init__(view, HANDLERS)
        self.chains = Chains(view.text)
        self.invocations = 0
        """How many invocations were parsed so far."""
        self.blocks: Counter[int] = Counter()
        """Definition -> how many blocks with items it has so far."""

    def mention(self, scope: Scope, chain: Chain, role: Role, name: Node) -> None:
        """Record a mention, marked where it stands inside an invocation."""
        if chain and self.invocations and scope.find(INVOCATION) is not None:
            chain = (LEXICAL, *chain)
        super().mention(scope, chain, role, name)


def collect(view: FileView) -> None:
    """Add what the file mentions, binds and imports to its view."""
    RustWalk(view).run()


HANDLERS: Final[Mapping[str, Visit]] = MappingProxyType(
    {
        "mod_item": imports.module,
        "use_declaration": imports.use,
        "extern_crate_declaration": imports.use,
        "function_item": declarations.function,
        "function_signature_item": declarations.function,
        "impl_item": declarations.implementation,
        "trait_item": declarations.trait,
        "struct_item": declarations.data_type,
        "union_item": declarations.data_type,
        "enum_item": declarations.data_type,
        "type_item": declarations.alias,
        "associated_type": declarations.alias,
        "const_item": declarations.constant,
        "static_item": declarations.constant,
        "parameter": declarations.parameter,
        "closure_expression": statements.closure,
        "let_declaration": statements.let,
        "let_condition": statements.let_condition,
        "if_expression": statements.condition,
        "while_expression": statements.condition,
        "for_expression": statements.loop,
        "match_expression": statements.match,
        "block": blocks.block,
        "identifier": expressions.identifier,
        "call_expression": expressions.call,
        "field_expression": value_alone,
        "scoped_identifier": expressions.scoped,
        "type_identifier": expressions.type_name,
        "scoped_type_identifier": expressions.scoped_type,
        "struct_expression": expressions.structure,
        "field_initializer": value_alone,
        "macro_invocation": macros.invocation,
        "macro_definition": macros.definition,
        "attribute_item": nothing,
        "inner_attribute_item": nothing,
        "line_comment": nothing,
        "block_comment": nothing,
        "string_literal": nothing,
        "raw_string_literal": nothing,
        "label": nothing,
        "lifetime": nothing,
        "visibility_modifier": nothing,
        "field_identifier": nothing,
    }
)
"""The keys of the table are types of nodes."""
