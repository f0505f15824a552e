"""References, bindings and imports of a Ruby file, by one walk in source order (see `languages.block_walk`).

A method's scope sees nothing of what is around it; blocks see all; a branch has a scope of its own, and behind it a
variable has a known value only if all agree. Bindings say what is known, under names that belong to no source:

    @name        of a class: its name as it is written, "class" or "module"
    @base        of a class: "super", "include", "prepend" or "extend", and the constant ("()" for a computed one)
    @value       of a constant: its value
    @own @both   of a method: it is one of the class itself, or of both kinds; "@both name" is said of the class
    @local       of a method: it belongs to a block outside of classes
    @hidden      of a method: it belongs to a class that has no name
    @accessor    of a method: "r", "w" or "rw"
    =$x =.$x     what is assigned to a variable of an instance, of the class (of a method or class); "=/$x" in a block
    =()          what a method returns

Tests: tests/unit/extract/test_extract_ruby.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from codegraph.core.symbols import CALLABLE_KINDS
from codegraph.extract.languages.block_walk import BlockWalk, Visit, nothing
from codegraph.extract.languages.ruby import declarations, expressions, symbols
from codegraph.extract.languages.ruby.chains import Chains

if TYPE_CHECKING:
    from codegraph.extract.view import FileView

_HEREDOC = re.compile(r"<<[-~]?[\w\"'`\x80-\xff]")


class RubyWalk(BlockWalk):
    """A walk that knows how to read Ruby's chains."""

    def __init__(self, view: FileView) -> None:
        super().__init__(view, HANDLERS)
        self.chains = Chains(view.text)
        self.methods = frozenset(each.name for each in view.definitions if each.kind in CALLABLE_KINDS)
        """Names of the methods that the file defines."""


def collect(view: FileView) -> None:
    """Add what the file mentions, binds and imports to its view."""
    RubyWalk(view).run()
    functions = (each for each in view.definitions if each.body is not None and each.kind in CALLABLE_KINDS)
    view.is_entangled = any(_runs_on(view.text.text, each.start, each.end) for each in functions)


def _runs_on(text: str, start: int, end: int) -> bool:
    """Tell whether a heredoc may begin on the last line of a method: its text stands behind the method then."""
    return _HEREDOC.search(text, max(start, text.rfind("\n", 0, end)), end) is not None


HANDLERS: Final[Mapping[str, Visit]] = MappingProxyType(
    {
        "class": declarations.type_declaration,
        "module": declarations.type_declaration,
        "singleton_class": declarations.singleton_class,
        "method": declarations.method,
        "singleton_method": declarations.method,
        "alias": declarations.renamed,
        "return": declarations.return_statement,
        "method_parameters": expressions.parameters,
        "block_parameters": expressions.parameters,
        "lambda_parameters": expressions.parameters,
        "call": expressions.call,
        "super": expressions.bare_super,
        "identifier": expressions.identifier,
        "constant": expressions.constant,
        "scope_resolution": expressions.constant,
        "assignment": expressions.assignment,
        "operator_assignment": expressions.assignment,
        "element_reference": expressions.element,
        "binary": expressions.binary,
        "pair": expressions.pair,
        "for": expressions.loop,
        "rescue": expressions.rescue,
        "then": expressions.branch,
        "else": expressions.branch,
        "do": expressions.branch,
        "lambda": expressions.branch,
        "block_argument": symbols.block_argument,
        "simple_symbol": nothing,
        "undef": nothing,
        "comment": nothing,
    }
)
