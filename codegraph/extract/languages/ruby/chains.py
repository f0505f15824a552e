"""Ruby's expressions as chains (see `languages.block_walk` and core/facts.py).

A constant is `("A", "::B")`, `("::A",)` from the top. Members are told apart by their spelling: "run()" is a method,
"$size" an instance variable; "<new>" is the constructor. `self` is "@self" in a method, "@class" in a class and in its
own methods, "@file" in a block outside of classes, "@block" in a block of a class, which either may run; a literal
is an instance of its class, and a parameter "@called:name". Tests: tests/unit/extract/test_extract_ruby.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.extract.languages.block_walk import MAX_NESTING, Scope, joined
from codegraph.extract.text import SourceText

NULL: Final = ("@null",)
"""The chain of nil: nothing to follow, but no contradiction either."""

CALLED: Final = "@called:"
"""Start of the chain of a parameter, before its name: it may hold an instance of the class that it is called like."""

SELF: Final = "@self"
"""The name under which a scope holds the chain of `self`."""

_LITERALS: Final = MappingProxyType(
    {
        "string": "String",
        "chained_string": "String",
        "heredoc_beginning": "String",
        "subshell": "String",
        "character": "String",
        "array": "Array",
        "string_array": "Array",
        "symbol_array": "Array",
        "hash": "Hash",
        "integer": "Integer",
        "float": "Float",
        "simple_symbol": "Symbol",
        "delimited_symbol": "Symbol",
        "regex": "Regexp",
        "range": "Range",
        "lambda": "Proc",
        "true": "TrueClass",
        "false": "FalseClass",
    }
)
_OWN: Final = frozenset({"@self", "@class", "@block", "@file"})
_SAME: Final = frozenset({"tap", "dup", "clone", "freeze", "itself"})
_COMPARISONS: Final = frozenset({"==", "!=", "<", ">", "<=", ">=", "===", "!", "=~", "!~"})


def united(chains: Iterable[Chain]) -> Chain:
    """Return the chain of one of several values; () where they differ, or one is unknown."""
    distinct = [each for each in dict.fromkeys(chains) if each != NULL]
    return NULL if not distinct else distinct[0] if len(distinct) == 1 else ()


class Chains:
    """Reads chains off the nodes of one file."""

    def __init__(self, text: SourceText) -> None:
        self._of = text.of

    def own(self, scope: Scope) -> Chain:
        """Return the chain of `self`, () where it is not known."""
        found = scope.find(SELF)
        return ("@self",) if found is None else found

    def constant(self, node: Node | None, depth: int = 0) -> Chain:
        """Return the chain of a constant; () for other expressions."""
        if node is None or depth > MAX_NESTING:
            return ()
        if node.type == "constant":
            return (self._of(node),)
        if node.type != "scope_resolution":
            return ()
        name, outer = node.child_by_field_name("name"), node.child_by_field_name("scope")
        if name is None or name.type != "constant":
            return ()
        if outer is None:
            return (f"::{self._of(name)}",)
        return joined(self.constant(outer, depth + 1), f"::{self._of(name)}")

    def value(self, node: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of an expression's value; () if it has none."""
        if node is None or depth > MAX_NESTING:
            return ()
        kind = node.type
        if kind == "identifier":
            name = self._of(node)
            found = scope.find(name)
            return found if found is not None else joined(self.own(scope), f"{name}()", "()")
        if kind == "constant" or kind == "scope_resolution":
            return self.constant(node, depth)
        if kind == "self":
            return self.own(scope)
        if kind == "instance_variable":
            return self.variable(node, scope)
        if kind == "call":
            return self._result(node, scope, depth)
        if kind == "nil":
            return NULL
        if kind in _LITERALS:
            return (f"::{_LITERALS[kind]}", "()")
        return self._composed(node, scope, depth)

    def _composed(self, node: Node, scope: Scope, depth: int) -> Chain:
        kind = node.type
        if kind == "assignment":
            return self.value(node.child_by_field_name("right"), scope, depth + 1)
        if kind in ("parenthesized_statements", "begin", "block_body", "then", "else") and node.named_child_count:
            return self.value(node.named_child(node.named_child_count - 1), scope, depth + 1)
        parts: tuple[str, ...] = ()
        operator = node.child_by_field_name("operator")
        spelled = self._of(operator) if operator is not None else ""
        left = node.child_by_field_name("left")
        if kind == "operator_assignment" and left is not None and left.type == "instance_variable":
            return self.variable(left, scope)
        if kind == "conditional":
            parts = ("consequence", "alternative")
        elif (kind == "binary" and spelled in ("||", "or")) or (kind == "operator_assignment" and spelled == "||="):
            parts = ("left", "right")
        if parts:
            return united([self.value(node.child_by_field_name(part), scope, depth + 1) for part in parts])
        return ("::TrueClass", "()") if kind == "binary" and spelled in _COMPARISONS else ()

    def variable(self, node: Node, scope: Scope) -> Chain:
        """Return the chain of an instance variable."""
        own = self.own(scope)
        return (*own, f"${self._of(node)[1:]}") if own and own[0] in _OWN and len(own) == 1 else ()

    def _result(self, node: Node, scope: Scope, depth: int) -> Chain:
        method, receiver = node.child_by_field_name("method"), node.child_by_field_name("receiver")
        if method is None or method.type == "super":
            return ()
        name = self._of(method)
        if receiver is not None and name in _SAME:
            return self.value(receiver, scope, depth + 1)
        if name == "class" and receiver is not None:
            return ("@class",) if self.value(receiver, scope, depth + 1) == ("@self",) else ()
        return joined(self.called(node, scope, depth), "()")

    def called(self, node: Node, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of the method that is called."""
        method, receiver = node.child_by_field_name("method"), node.child_by_field_name("receiver")
        if method is None or method.type not in ("identifier", "constant", "operator"):
            return ()
        name = self._of(method)
        before = self.own(scope) if receiver is None else self.value(receiver, scope, depth + 1)
        if name == "new":
            return self._constructed(before)
        return joined(before, f"{name}()")

    def _constructed(self, before: Chain) -> Chain:
        """Return the constructor of a class, which a call makes an instance of it."""
        if not before or before == ("@self",):
            return ()
        return joined(before, "<new>")
