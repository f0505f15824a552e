"""Python expressions as chains (see core/facts.py): which nodes lead to which element.

Transparent are parentheses, `await` (an async function's annotation names what awaiting it gives) and walrus;
of `a or b` and `a if c else b` the first operand is followed. A class pattern is the class that it names.
Literals, operators and comprehensions have no chain. A subscript of a capitalised name that is called is a
parametrised class: `Box[int]()` is `Box()`. `cast(T, x)` is a T.
Tests: tests/unit/extract/test_extract_python_bindings.py, test_extract_python_references.py.
"""

from __future__ import annotations

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.extract.languages.python.annotations import read_annotation
from codegraph.extract.references import MAX_CHAIN
from codegraph.extract.text import SourceText

_CASTS = frozenset({"cast", "t.cast", "typing.cast"})
_TRANSPARENT = frozenset({"parenthesized_expression", "await", "conditional_expression", "case_pattern"})


def expression_chain(node: Node, text: SourceText) -> Chain:
    """Return the chain of an expression; () when it has none or is longer than MAX_CHAIN."""
    elements: list[str] = []
    current: Node | None = node
    while current is not None and len(elements) <= MAX_CHAIN:
        kind = current.type
        if kind == "identifier":
            elements.append(text.of(current))
            return _special(elements)
        if kind == "attribute":
            name = current.child_by_field_name("attribute")
            if name is None:
                return ()
            elements.append(text.of(name))
            current = current.child_by_field_name("object")
        elif kind == "call":
            function = current.child_by_field_name("function")
            if function is not None and function.type in ("identifier", "attribute") and text.of(function) in _CASTS:
                return _cast(current.child_by_field_name("arguments"), elements, text)
            elements.append("()")
            current = _called(function, text)
        elif kind == "subscript":
            elements.append("[]")
            current = current.child_by_field_name("value")
        elif kind == "class_pattern":
            current = current.named_child(0)
        elif kind == "dotted_name":
            elements.extend(text.of(name) for name in reversed(current.named_children))
            return _special(elements)
        elif kind in _TRANSPARENT:
            current = next((child for child in current.named_children if child.type != "comment"), None)
        elif kind == "assignment":
            current = current.child_by_field_name("right")
        elif kind == "boolean_operator":
            current = current.child_by_field_name("left")
        elif kind == "named_expression":
            current = current.child_by_field_name("value")
        else:
            return ()
    return ()


def _cast(arguments: Node | None, outermost_first: list[str], text: SourceText) -> Chain:
    """Return the chain of what stands behind `cast(T, value)`: T is what counts."""
    values = (
        read_annotation(text.of(arguments.named_children[0])).values if arguments and arguments.named_children else ()
    )
    return (*values[0], *reversed(outermost_first)) if values else ()


def _called(function: Node | None, text: SourceText) -> Node | None:
    if function is None or function.type != "subscript":
        return function
    value = function.child_by_field_name("value")
    if value is None or value.type not in ("identifier", "attribute"):
        return function
    return value if text.of(value).rpartition(".")[2].lstrip("_")[:1].isupper() else function


def _special(outermost_first: list[str]) -> Chain:
    chain = tuple(reversed(outermost_first))
    if chain[:2] == ("super", "()"):
        return ("@super", *chain[2:])
    return chain
