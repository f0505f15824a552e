"""C++ types and expressions as chains (see `languages.block_walk` and core/facts.py).

A type's chain is that of an instance: `const a::B&` is ("a", "B", "()"), with "@of" behind for each pointer and array,
which "->", "*" and "[]" take off; on an object these are its operators. A function in a chain is its name with the
number of arguments: `x.go(1)` is ("x", "go(1)", "()"), and behind a colon their types as far as they can be seen.
Behind an instance of a template its arguments stand as one element: `vector<Item>` is ("vector", "()", "<Item/()>"),
parts divided by slashes, arguments by commas. Heads: "::" is the outermost namespace, "@out" the one around a member
that is defined outside of its class, "@here" precedes the descriptor of a class inside a function, "@param" the
number of a class's type parameter.
Tests: tests/unit/extract/test_extract_cpp.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.extract.languages.block_walk import MAX_NESTING, OF, TYPE, Scope, joined
from codegraph.extract.languages.cpp.definitions import CLASS_NODES, name_of
from codegraph.extract.text import SourceText

_MAX_ARGUMENTS = 200
_CASTS: Final = frozenset({"static_cast", "dynamic_cast", "const_cast", "reinterpret_cast"})
_MAKERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "make_unique": "unique_ptr",
        "make_shared": "shared_ptr",
        "dynamic_pointer_cast": "shared_ptr",
        "static_pointer_cast": "shared_ptr",
    }
)
_ITERATORS: Final = frozenset({"iterator", "const_iterator", "reverse_iterator", "const_reverse_iterator"})
"""Types of a library's containers that lead to what the container holds, as it does itself."""
_FINDING: Final = frozenset(
    {"find", "find_if", "find_if_not", "lower_bound", "upper_bound", "max_element", "min_element"}
    | {"begin", "end", "cbegin", "cend", "next", "prev"}
)
"""Functions of std whose result leads to what their first argument does."""
_SAME: Final = frozenset({"move", "forward", "ref", "cref", "as_const", "exchange"})
_LITERALS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "string_literal": "char*",
        "raw_string_literal": "char*",
        "concatenated_string": "char*",
        "char_literal": "char",
        "true": "bool",
        "false": "bool",
        "null": "nullptr",
    }
)
_NAMES: Final = frozenset({"identifier", "type_identifier", "namespace_identifier", "field_identifier"})
_TEMPLATES: Final = frozenset({"template_type", "template_function", "template_method"})
_INNER: Final[Mapping[str, str]] = MappingProxyType(
    {
        "parenthesized_expression": "",
        "parameter_pack_expansion": "pattern",
        "assignment_expression": "left",
        "update_expression": "argument",
        "condition_clause": "value",
        "co_await_expression": "argument",
    }
)


def followed(chain: Chain, step: str) -> Chain:
    """Return the chain of what a pointer points at; of an object, what its operator gives."""
    if chain == ("@self",) and step != "[]":
        return chain
    return chain[:-1] if chain and chain[-1] == OF else joined(chain, step)


def stars(declarator: Node | None) -> int:
    """Return how many pointers and arrays a declarator puts around a type."""
    count = 0
    for _ in range(MAX_NESTING):
        if declarator is None or declarator.type.endswith("function_declarator"):
            break
        count += declarator.type.endswith(("pointer_declarator", "array_declarator"))
        inner = declarator.child_by_field_name("declarator")
        if inner is None and declarator.type == "reference_declarator" and declarator.named_children:
            inner = declarator.named_children[-1]
        declarator = inner
    return count


class Chains:
    """Reads chains off the nodes of one file."""

    def __init__(self, text: SourceText) -> None:
        self._of = text.of

    def type_name(self, node: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of a type itself, without its arguments; () for type parameters and primitive types."""
        if node is None or depth > MAX_NESTING:
            return ()
        kind = node.type
        if kind in _NAMES:
            name = self._of(node)
            found = scope.find(name)
            if found is None:
                return (name,) if name else ()
            return found[1:-1] if found[:2] == (TYPE, "@here") else ()
        if kind == "qualified_identifier":
            return self.qualified(node, scope, depth)
        if kind in _TEMPLATES or kind in CLASS_NODES or kind == "enum_specifier":
            return self.type_name(node.child_by_field_name("name"), scope, depth + 1)
        if kind in ("dependent_type", "type_descriptor", "dependent_name"):
            inner = node.child_by_field_name("type") or (node.named_children[-1] if node.named_children else None)
            return self.type_name(inner, scope, depth + 1)
        return ()

    def qualified(self, node: Node, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of `a::b`."""
        outer, name = node.child_by_field_name("scope"), node.child_by_field_name("name")
        before: Chain = ("::",) if outer is None else self.type_name(outer, scope, depth + 1)
        if name is None or not before or depth > MAX_NESTING:
            return ()
        while name.type == "qualified_identifier":
            part, rest = name.child_by_field_name("scope"), name.child_by_field_name("name")
            if part is None or rest is None:
                return ()
            before, name = joined(before, self.bare(part)), rest
        return joined(before, self.bare(name))

    def bare(self, node: Node) -> str:
        """Return the name of one part of a qualified name, its template arguments left aside."""
        if node.type in ("dependent_name", "dependent_type") and node.named_children:
            node = node.named_children[-1]
        if node.type in _TEMPLATES:
            node = node.child_by_field_name("name") or node
        return name_of(node) if node.type in ("operator_name", "operator_cast", "destructor_name") else self._of(node)

    def instance(self, node: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of an instance of a type."""
        if node is None or depth > MAX_NESTING:
            return ()
        kind = node.type
        if kind == "type_descriptor":
            declarator = node.child_by_field_name("declarator")
            return self.declared(node.child_by_field_name("type"), declarator, scope, depth + 1)
        if kind in _NAMES:
            return scope.instance(self._of(node))
        if kind == "decltype":
            return self.value(node.named_child(0) if node.named_child_count else None, scope, depth + 1)
        chain, container = self.type_name(node, scope), self._container(node)
        if not chain:
            return ()
        chain = chain if container is None else chain[:-1]
        arguments = self._arguments(container or node, scope, depth)
        return joined((*chain, "()"), *([arguments] if arguments else []))

    def _container(self, node: Node) -> Node | None:
        """Return the `std::vector<T>` of `std::vector<T>::iterator`, None for other types."""
        outer: Node | None = None
        is_of_std = False
        for _ in range(MAX_NESTING):
            if node.type in ("dependent_type", "dependent_name"):
                inner = node.named_children[-1] if node.named_children else None
            else:
                inner = node.child_by_field_name("name") if node.type == "qualified_identifier" else None
                before = node.child_by_field_name("scope") if inner is not None else None
                is_of_std = is_of_std or (before is not None and before.text == b"std")
                outer = before or outer
            if inner is None:
                break
            node = inner
        is_inside = outer is not None and outer.type in _TEMPLATES and is_of_std
        return outer if is_inside and node.type in _NAMES and self._of(node) in _ITERATORS else None

    def declared(self, kind: Node | None, declarator: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of an instance of a type, with the pointers of its declarator."""
        return joined(self.instance(kind, scope, depth), *[OF] * stars(declarator))

    def _arguments(self, node: Node, scope: Scope, depth: int) -> str:
        while node.type in ("qualified_identifier", "dependent_type", "dependent_name"):
            inner = node.child_by_field_name("name") or (node.named_children[-1] if node.named_children else None)
            if inner is None:
                return ""
            node = inner
        listed = node.child_by_field_name("arguments")
        if listed is None or not listed.named_child_count or depth > MAX_NESTING:
            return ""
        chains = [self.instance(each, scope, depth + 1) for each in listed.named_children if each.type != "comment"]
        text = ",".join("/".join(chain) for chain in chains)
        return f"<{text}>" if len(text) < _MAX_ARGUMENTS and any(chains) else ""

    def value(self, node: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of an expression's value; () if it has none."""
        if node is None or depth > MAX_NESTING:
            return ()
        kind = node.type
        if kind == "identifier":
            return scope.value(self._of(node))
        if kind == "call_expression":
            return self._called(node, scope, depth + 1)
        if kind == "field_expression":
            return self.field(node, scope, "", depth + 1)
        if kind == "this":
            return ("@self",)
        if kind == "qualified_identifier":
            return self.qualified(node, scope, depth + 1)
        if kind == "subscript_expression":
            return followed(self.value(node.child_by_field_name("argument"), scope, depth + 1), "[]")
        if kind == "pointer_expression":
            chain = self.value(node.child_by_field_name("argument"), scope, depth + 1)
            operator = node.child_by_field_name("operator")
            return followed(chain, "*") if operator is not None and operator.type == "*" else joined(chain, OF)
        if kind == "new_expression":
            return joined(self.instance(node.child_by_field_name("type"), scope, depth + 1), OF)
        if kind in ("cast_expression", "compound_literal_expression"):
            return self.instance(node.child_by_field_name("type"), scope, depth + 1)
        if kind == "conditional_expression":
            first = self.value(node.child_by_field_name("consequence"), scope, depth + 1)
            return first or self.value(node.child_by_field_name("alternative"), scope, depth + 1)
        if kind in _INNER:
            field = _INNER[kind]
            inner = node.child_by_field_name(field) if field else None
            return self.value(inner or (node.named_child(0) if node.named_child_count else None), scope, depth + 1)
        return ()

    def _called(self, node: Node, scope: Scope, depth: int) -> Chain:
        function, listed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if function is None:
            return ()
        name = self.bare(function.child_by_field_name("name") or function)
        if function.type == "primitive_type":
            return ()
        if name in _CASTS or name in _MAKERS:
            chain = self._first_argument(function, scope, depth)
            if name in _CASTS or not chain:
                return chain
            return ("std", _MAKERS[name], "()", f"<{'/'.join(chain)}>")
        if name in _FINDING and function.type == "qualified_identifier" and listed is not None:
            outer = function.child_by_field_name("scope")
            if outer is not None and outer.text == b"std" and listed.named_child_count:
                return self.value(listed.named_child(0), scope, depth)
        if name in _SAME and function.type != "field_expression" and listed is not None and listed.named_child_count:
            return self.value(listed.named_child(0), scope, depth)
        return joined(self.function(node, scope, depth), "()")

    def _first_argument(self, function: Node, scope: Scope, depth: int) -> Chain:
        while function.type == "qualified_identifier":
            inner = function.child_by_field_name("name")
            if inner is None:
                return ()
            function = inner
        listed = function.child_by_field_name("arguments")
        return self.instance(listed.named_child(0) if listed and listed.named_child_count else None, scope, depth)

    def function(self, node: Node, scope: Scope, depth: int = 0, count: str = "") -> Chain:
        """Return the chain of the function that is called; () for a call of a local name or of an expression.

        `count`: what `arguments` says of its arguments, if that is known.
        """
        function = node.child_by_field_name("function")
        count = count or self.arguments(node.child_by_field_name("arguments"), scope)
        if function is None:
            return ()
        if function.type == "parenthesized_expression" and function.named_child_count == 1:
            function = function.named_children[0]
        kind = function.type
        if kind in _TEMPLATES:
            function = function.child_by_field_name("name") or function
            kind = function.type
        if kind == "identifier":
            name = self._of(function)
            found = scope.find(name)
            if found is None:
                return (f"{name}{count}",) if name else ()
            return found[1:-1] if found[:2] == (TYPE, "@here") else joined(found, f"operator(){count}") if found else ()
        if kind == "field_expression":
            return self.field(function, scope, count, depth + 1)
        if kind == "qualified_identifier":
            chain = self.qualified(function, scope, depth + 1)
            return (*chain[:-1], chain[-1] + count) if chain else ()
        return ()

    def field(self, node: Node, scope: Scope, count: str, depth: int = 0) -> Chain:
        """Return the chain of a member access; `count` is what stands behind the name of a method."""
        field, target = node.child_by_field_name("field"), node.child_by_field_name("argument")
        before = self.value(target, scope, depth + 1)
        if field is None or not before:
            return ()
        operator = node.child_by_field_name("operator")
        if operator is not None and operator.type == "->":
            before = followed(before, "->")
        while field.type == "qualified_identifier" and field.child_by_field_name("name") is not None:
            field = field.child_by_field_name("name") or field
        return joined(before, self.bare(field) + count)

    def arguments(self, listed: Node | None, scope: Scope) -> str:
        """Return how many arguments a call has, and behind a colon their types as far as they can be seen here."""
        nodes = [each for each in listed.named_children if each.type != "comment"] if listed is not None else []
        if any(each.type == "parameter_pack_expansion" for each in nodes):
            return "(?)"
        types = [self.visible_type(each, scope) for each in nodes]
        return f"({len(nodes)}:{','.join(types)})" if any(types) else f"({len(nodes)})"

    def visible_type(self, node: Node, scope: Scope) -> str:
        """Return the bare name of an argument's type if it is a literal, a new object, a cast or a local variable."""
        kind = node.type
        if kind in _LITERALS:
            return _LITERALS[kind]
        if kind == "number_literal":
            text = self._of(node).lower()
            return "double" if ("." in text or "e" in text) and "x" not in text else "int"
        if kind not in ("identifier", "new_expression", "compound_literal_expression", "cast_expression"):
            return ""
        chain = (scope.find(self._of(node)) or ()) if kind == "identifier" else self.value(node, scope)
        pointers = 0
        while chain and (chain[-1] == OF or chain[-1][0] == "<"):
            pointers += chain[-1] == OF
            chain = chain[:-1]
        name = chain[-2] if len(chain) > 1 and chain[-1] == "()" else ""
        return name + "*" * pointers if name.isidentifier() else ""
