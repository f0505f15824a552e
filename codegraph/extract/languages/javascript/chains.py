"""Expressions of JavaScript and TypeScript as chains of names (see `codegraph.core.facts`).

`chain_of` reads an expression as one chain, `alternatives_of` as all the chains that it may stand for
(`a || b`, `(c ? a : b).d`). What takes a value through unchanged is transparent: parentheses, `await`, `!`,
`satisfies`, `x.bind(y)`, `Object.freeze(x)`, the last part of a comma. A cast gives an instance of its
type. An expression that names nothing has the chain (), one whose receiver names nothing starts with
the empty string, so that its member can still be looked for by name. `require("x")` and `import("x")`
stand in a chain as one element that no identifier can equal; `imports` binds it to the module.

Inputs: nodes of tree-sitter-javascript and tree-sitter-typescript. Outputs: tuples of strings. Nothing
here recurses deeper than `MAX_STEPS`. Tests: tests/unit/extract/test_extract_javascript_chains.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.extract.languages.javascript.annotations import type_chains
from codegraph.extract.languages.javascript.nodes import nth, operator_of, string_value, text_of

UNKNOWN: Final = ""
"""First element of a chain whose receiver names nothing."""
MAX_STEPS: Final = 32
"""Longer chains are read from an unknown receiver on: the first elements would hardly resolve."""

_NAMES: Final = frozenset({"identifier", "shorthand_property_identifier", "jsx_namespace_name"})
_TRANSPARENT: Final = frozenset(
    {"parenthesized_expression", "await_expression", "non_null_expression", "satisfies_expression", "spread_element"}
)
_LITERALS: Final = frozenset(
    {
        "string",
        "template_string",
        "number",
        "regex",
        "true",
        "false",
        "null",
        "undefined",
        "array",
        "object",
        "unary_expression",
        "update_expression",
        "function_expression",
        "generator_function",
        "arrow_function",
        "class",
    }
)
_KEEPING: Final = frozenset({"freeze", "seal", "preventExtensions", "create", "assign"})
_BINDING: Final = frozenset({"bind"})
_MODULE: Final = ("module",)
_STEPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "member_expression": "object",
        "subscript_expression": "object",
        "call_expression": "function",
        "new_expression": "constructor",
    }
)
"""Expressions whose value begins with another one -> the field that has that."""


def required_module(call: Node) -> tuple[str, str] | None:
    """Return (form, specifier) of `require("x")` or `import("x")`, None for any other call."""
    function = call.child_by_field_name("function")
    if function is None or function.type not in ("identifier", "import"):
        return None
    form = "import" if function.type == "import" else text_of(function)
    if form not in ("require", "import"):
        return None
    arguments = call.child_by_field_name("arguments")
    first = nth(arguments, 0) if arguments is not None else None
    specifier = string_value(first)
    return None if specifier is None else (form, specifier)


def module_element(form: str, specifier: str) -> str:
    """Return the chain element, and the alias, that stands for a module required inside an expression."""
    return f'{form}("{specifier}")'


def key_of(index: Node | None) -> str | None:
    """Return the name of the member that `x["name"]` or `x[kName]` means, None for a computed index.

    `kName` is how Node's libraries call a symbol; a member of that key has its name in brackets.
    """
    if index is not None and index.type == "identifier":
        name = text_of(index)
        return f"[{name}]" if name[:1] == "k" and name[1:2].isupper() else None
    return string_value(index)


def is_literal(node: Node) -> bool:
    """Tell whether a member of this expression belongs to the language itself (`"a".trim`, `[].map`)."""
    return node.type in _LITERALS


def chain_of(node: Node | None, this: str, given: tuple[int, Chain] = (0, ())) -> Chain:
    """Read an expression as one chain; `this` is the element that stands for `this`, "" if nobody knows.

    `given` says as what a part of it is read: the id of its node, and a chain.
    """
    elements: list[str] = []
    for _ in range(MAX_STEPS):
        if node is None:
            return ()
        if node.id == given[0]:
            return _finish(given[1] or (UNKNOWN,), elements)
        kind = node.type
        if kind in _NAMES:
            return _finish((text_of(node),), elements)
        if kind in ("member_expression", "nested_identifier"):
            name = node.child_by_field_name("property")
            if name is None:
                return ()
            elements.append(text_of(name))
            node = node.child_by_field_name("object")
        elif kind == "call_expression":
            required = required_module(node)
            if required is not None:
                return _finish((module_element(*required),), elements)
            node = _called(node, elements)
        elif kind == "new_expression":
            elements.append("()")
            node = node.child_by_field_name("constructor")
        elif kind == "subscript_expression":
            name_given = key_of(node.child_by_field_name("index"))
            elements.append("[]" if name_given is None else name_given)
            node = node.child_by_field_name("object")
        elif kind == "this":
            return _finish((this,), elements)
        elif kind == "super":
            return _finish(("@super",), elements)
        elif kind in ("as_expression", "type_assertion"):
            return _cast(node, elements, this)
        else:
            inner = _inside(node)
            if inner is None:
                return _finish((UNKNOWN,), elements) if elements and not is_literal(node) else ()
            node = inner
    return _finish((UNKNOWN,), elements)


def alternatives_of(node: Node | None, this: str, *, unknown: bool = False) -> tuple[Chain, ...]:
    """Read an expression as the chains that it may stand for, in source order; () for all unknown ones, if wanted."""
    found: dict[Chain, None] = {}
    for part in _operands(node):
        for chain in chains_of(part, this):
            if chain and chain[0] != UNKNOWN:
                found[chain] = None
            elif unknown:
                found[()] = None
    return tuple(found)


def chains_of(node: Node, this: str) -> list[Chain]:
    """Read an expression as one chain, or one for each value that it may start from: `(a || b).c`, `(a ? b : c).d()`.

    Those that nobody knows are left out where others are known.
    """
    choice = _choice(node)
    if choice is None:
        return [chain_of(node, this)]
    starts = dict.fromkeys(chain_of(each, this) for each in _operands(choice))
    found = [chain_of(node, this, (choice.id, each)) for each in starts if each and each[0] != UNKNOWN]
    return found or [chain_of(node, this)]


def _operands(node: Node | None) -> Iterator[Node]:
    """Walk the expressions of which the value of one is one, in source order."""
    waiting = [node]
    for _ in range(MAX_STEPS):
        part = waiting.pop() if waiting else None
        if part is None:
            if not waiting:
                return
        elif part.type == "ternary_expression":
            waiting += (part.child_by_field_name("alternative"), part.child_by_field_name("consequence"))
        elif part.type == "binary_expression" and operator_of(part) in ("||", "??"):
            waiting += (part.child_by_field_name("right"), part.child_by_field_name("left"))
        elif part.type in _TRANSPARENT and part.named_child_count:
            waiting.append(nth(part, 0))
        else:
            yield part


def _choice(node: Node | None) -> Node | None:
    """Return the `a ? b : c` or `a || b` that the value of an expression starts from, None if there is none."""
    for _ in range(MAX_STEPS):
        if node is None:
            return None
        kind = node.type
        if kind in _STEPS:
            node = node.child_by_field_name(_STEPS[kind])
        elif kind in _TRANSPARENT:
            node = nth(node, 0)
        else:
            either = kind == "binary_expression" and operator_of(node) in ("||", "??")
            return node if either or kind == "ternary_expression" else None
    return None


def _called(call: Node, elements: list[str]) -> Node | None:
    """Step from a call to what is called, or to what the call hands through unchanged."""
    function = call.child_by_field_name("function")
    if function is not None and function.type == "member_expression":
        name = function.child_by_field_name("property")
        method = text_of(name) if name is not None else ""
        receiver = function.child_by_field_name("object")
        if method in _BINDING:
            return receiver
        if method in _KEEPING and receiver is not None and text_of(receiver) == "Object":
            arguments = call.child_by_field_name("arguments")
            return nth(arguments, 0) if arguments is not None else None
    elements.append("()")
    return function


def _inside(node: Node) -> Node | None:
    """Return the expression that an outer one hands through unchanged, or None."""
    kind = node.type
    if kind in _TRANSPARENT or kind == "instantiation_expression":
        return nth(node, 0)
    if kind == "sequence_expression":
        return nth(node, -1)
    if kind == "assignment_expression":
        return node.child_by_field_name("right")
    if kind == "binary_expression":
        operator = operator_of(node)
        if operator == "&&":
            return node.child_by_field_name("right")
        if operator in ("||", "??"):
            return node.child_by_field_name("left")
    return None


def _cast(node: Node, elements: list[str], this: str) -> Chain:
    """Read `x as T` and `<T>x`: an instance of T if T names something, else x."""
    expression, target = nth(node, 0), nth(node, 1)
    if node.type == "type_assertion":
        expression, target = target, nth(expression, 0) if expression is not None else None
    if target is not None:
        plain, _ = type_chains(target)
        if plain:
            return _finish(plain[0], elements)
    return _finish(chain_of(expression, this) or (UNKNOWN,), elements)


def _finish(head: Chain, elements: list[str]) -> Chain:
    if not elements:
        return () if head == (UNKNOWN,) else head
    if head == _MODULE and elements[-1] == "exports":
        head, elements = ("exports",), elements[:-1]
    return (*head, *reversed(elements))
