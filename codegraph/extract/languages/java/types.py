"""The types of what Java hands to methods, as bare names, as far as one file shows them; they tell overloads apart.

A parameter is spelled without packages and type arguments, "?" where it has the type of a type parameter. An argument
has a type if it is a literal, a new object or array, a cast, an operation, a call of a method that everything has, a
local variable or parameter, or a field or method that the class around declares. "null" is of any class, "->" stands
for code.

A scope maps "#" and a name to the primitive type that a variable is declared with (other variables have a chain), and
"#", the class's index, "." and a name to the type of a field; a method's name ends with "()".
Tests: tests/unit/extract/test_extract_java.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.extract.languages.block_walk import MAX_NESTING, OF, TYPE, Scope

if TYPE_CHECKING:
    from codegraph.extract.languages.java.chains import Chains

_CLASS = "#"
"""The name under which a scope holds the index of the class around it."""
_LITERALS = {
    "string_literal": "String",
    "character_literal": "char",
    "true": "boolean",
    "false": "boolean",
    "class_literal": "Class",
    "decimal_floating_point_literal": "double",
    "instanceof_expression": "boolean",
    "null_literal": "null",
    "lambda_expression": "->",
    "method_reference": "->",
}
_MADE = frozenset({"object_creation_expression", "cast_expression", "array_creation_expression"})
_MEMBERS = frozenset({"field_declaration", "constant_declaration", "method_declaration"})
_COMPARING = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||"})
_PRIMITIVES = frozenset({"int", "long", "double", "float", "char", "boolean", "byte", "short"})
_RESULTS = {
    "toString(0)": "String",
    "getClass(0)": "Class",
    "hashCode(0)": "int",
    "equals(1)": "boolean",
    "substring(1)": "String",
    "substring(2)": "String",
    "toLowerCase(0)": "String",
    "toUpperCase(0)": "String",
    "trim(0)": "String",
    "toCharArray(0)": "char[]",
    "getBytes(0)": "byte[]",
    "getBytes(1)": "byte[]",
}
"""What methods of `Object` give, and methods of `String` whose names are hardly anybody else's."""
_ANNOTATION = re.compile(r"@\s*[\w.]+\s*(?:\([^()]*\))?\s*")
_MAKES_STRINGS = frozenset({"format", "valueOf", "join"})


def listed_in(arguments: Node | None) -> list[Node]:
    """Return the arguments of a call."""
    listed = arguments.named_children if arguments is not None else []
    return [each for each in listed if not each.type.endswith("comment")]


def plain(written: str) -> str:
    """Return a type as it is written, without annotations and blanks."""
    return "".join((_ANNOTATION.sub("", written) if "@" in written else written).split())


def spelled(written: str, scope: Scope) -> str:
    """Return a type as it is compared, from how it is written without blanks."""
    name, angle, rest = written.partition("<")
    bare = name.partition("[")[0]
    arrays = (rest.rpartition(">")[2] if angle else name).count("[]")
    found = scope.find(bare)
    is_parameter = found is not None and found[:1] == (TYPE,) and found[1:2] != ("@here",)
    return ("?" if is_parameter else bare.rpartition(".")[2]) + "[]" * arrays


def declare(scope: Scope, name: str, chain: Chain, written: str = "") -> None:
    """Declare a variable whose value has this chain; if it has none, `written` is the type that it is declared with."""
    scope.names[name] = chain
    if not chain:
        if written.partition("[")[0] in _PRIMITIVES:
            scope.names[_CLASS + name] = (written,)
        elif scope.find(_CLASS + name):
            scope.names[_CLASS + name] = ()


def declare_members(chains: Chains, body: Node | None, index: int, scope: Scope) -> None:
    """Declare the types of the fields and methods in a class body, for all that stands in it."""
    scope.names[_CLASS] = (str(index),)
    for member in body.named_children if body is not None else ():
        kind = member.child_by_field_name("type")
        if member.type not in _MEMBERS or kind is None:
            continue
        written = plain(chains.text_of(kind))
        if member.type == "method_declaration":
            name = member.child_by_field_name("name")
            if name is not None:
                key, result = f"{_CLASS}{index}.{chains.text_of(name)}()", spelled(written, scope)
                is_other = scope.names.get(key, (result,)) != (result,)
                scope.names[key] = ("?",) if is_other or member.child_by_field_name("type_parameters") else (result,)
        for each in member.children_by_field_name("declarator"):
            name, dimensions = each.child_by_field_name("name"), each.child_by_field_name("dimensions")
            if name is not None:
                more = chains.text_of(dimensions) if dimensions is not None else ""
                scope.names[f"{_CLASS}{index}.{chains.text_of(name)}"] = (spelled(written + more, scope),)


def visible_type(chains: Chains, node: Node, scope: Scope, depth: int = 0) -> str:
    """Return the bare name of an argument's type if it can be seen here, "" if not."""
    kind = node.type
    if kind in _LITERALS or depth > MAX_NESTING:
        return _LITERALS.get(kind, "")
    if kind in ("decimal_integer_literal", "hex_integer_literal"):
        return "long" if chains.text_of(node)[-1:] in "lL" else "int"
    if kind == "identifier":
        return _type_of_name(chains.text_of(node), scope)
    if kind == "binary_expression":
        return _type_of_operation(chains, node, scope, depth)
    if kind == "unary_expression":
        operand = node.child_by_field_name("operand")
        is_not = chains.text_of(node)[:1] == "!"
        return "boolean" if is_not else visible_type(chains, operand, scope, depth + 1) if operand is not None else ""
    if kind == "parenthesized_expression" and node.named_child_count:
        return visible_type(chains, node.named_children[0], scope, depth + 1)
    if kind == "method_invocation":
        return _type_of_call(chains, node, scope)
    if kind == "field_access":
        target, name = node.child_by_field_name("object"), node.child_by_field_name("field")
        is_own = target is not None and target.type == "this" and name is not None and name.type == "identifier"
        return _type_of_field(chains.text_of(name), scope) if is_own and name is not None else ""
    if kind not in _MADE:
        return ""
    made = node.child_by_field_name("type")
    element = chains.text_of(made) if made is not None else ""
    if element in _PRIMITIVES:
        arrays = chains.text_of(node).partition("{")[0].count("[") if kind == "array_creation_expression" else 0
        return element + "[]" * arrays
    return _name_of(chains.value(node, scope))


def _type_of_name(name: str, scope: Scope) -> str:
    found = scope.find(name)
    if found is None:
        return _type_of_field(name, scope)
    return _name_of(found) if found else "".join(scope.find(_CLASS + name) or ())


def _type_of_field(name: str, scope: Scope) -> str:
    around = scope.find(_CLASS)
    found = scope.find(f"{_CLASS}{around[0]}.{name}") if around else None
    return "" if not found or found[0][:1] == "?" else found[0]


def _name_of(chain: Chain) -> str:
    """Return the bare name of the type that a chain is an instance of."""
    arrays = 0
    while chain and (chain[-1] == OF or chain[-1][0] == "<"):
        arrays += chain[-1] == OF
        chain = chain[:-1]
    name = chain[-2] if len(chain) > 1 and chain[-1] == "()" else ""
    return name + "[]" * arrays if name.isidentifier() else ""


def _type_of_operation(chains: Chains, node: Node, scope: Scope, depth: int) -> str:
    operator = node.child_by_field_name("operator")
    sign = chains.text_of(operator) if operator is not None else ""
    if sign in _COMPARING:
        return "boolean"
    sides = (node.child_by_field_name("left"), node.child_by_field_name("right")) if sign == "+" else ()
    is_text = any(each is not None and visible_type(chains, each, scope, depth + 1) == "String" for each in sides)
    return "String" if is_text else ""


def _type_of_call(chains: Chains, node: Node, scope: Scope) -> str:
    name, target = node.child_by_field_name("name"), node.child_by_field_name("object")
    called = chains.text_of(name) if name is not None else ""
    if target is not None and called in _MAKES_STRINGS and chains.text_of(target) == "String":
        return "String"
    if target is None or target.type == "this":
        own = _type_of_field(f"{called}()", scope)
        if own:
            return own
    return _RESULTS.get(f"{called}({len(listed_in(node.child_by_field_name('arguments')))})", "")
