"""Python expressions as chains (see core/facts.py): which nodes lead to which element.

Transparent are parentheses, `await` (an async function's annotation names what awaiting it gives) and walrus;
of `a or b` and `a if c else b` the first operand is followed. A class pattern is the class that it names.
`getattr(x, "name")` is `x.name`. Literals, operators and comprehensions have no chain; what
is called on something else without one is `("()", name)`. A subscript of a capitalised
name that is called is a parametrised class: `Box[int]()` is `Box()`. `cast(T, x)` is a T.
Tests: tests/unit/extract/test_extract_python_bindings.py, test_extract_python_references.py.
"""

from __future__ import annotations

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.extract.languages.python.annotations import read_annotation
from codegraph.extract.references import MAX_CHAIN
from codegraph.extract.text import SourceText

_CASTS = frozenset({"cast", "t.cast", "typing.cast"})
_BUILTIN_GENERICS = frozenset({"defaultdict", "deque", "dict", "frozenset", "list", "set", "tuple", "type"})
_LITERALS = frozenset(
    {
        "comparison_operator",
        "concatenated_string",
        "dictionary",
        "dictionary_comprehension",
        "float",
        "generator_expression",
        "integer",
        "list",
        "list_comprehension",
        "not_operator",
        "set",
        "set_comprehension",
        "string",
        "tuple",
    }
)
_MAX_CALLEES = 8
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
            arguments = current.child_by_field_name("arguments")
            name_given = _given_name(function, arguments, text)
            if name_given == "":
                return _of_unknown(node, elements)
            elements.append(name_given or "()")
            current = arguments.named_child(0) if name_given and arguments else called(function, text)
        elif kind == "subscript":
            index = current.child_by_field_name("subscript")
            if index is None or index.type != "slice":  # a part of a list has the same elements
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
            return () if kind in _LITERALS else _of_unknown(node, elements)
    return ()


def _of_unknown(node: Node, outermost_first: list[str]) -> Chain:
    """Return the chain of a method that is called on something without a chain: its name can still be looked for."""
    is_called = node.type == "attribute" and node.parent is not None and node.parent.type == "call"
    return ("()", outermost_first[0]) if is_called else ()


def _cast(arguments: Node | None, outermost_first: list[str], text: SourceText) -> Chain:
    """Return the chain of what stands behind `cast(T, value)`: T is what counts."""
    values = (
        read_annotation(text.of(arguments.named_children[0])).values if arguments and arguments.named_children else ()
    )
    return (*values[0], *reversed(outermost_first)) if values else ()


def callees(function: Node, text: SourceText) -> tuple[Chain, ...]:
    """Return the chains of the expressions one of which is called, () for unknown ones; none for a lambda."""
    waiting, found = [function], dict[Chain, None]()
    while waiting and len(found) < _MAX_CALLEES:
        part = waiting.pop()
        kind = part.type
        if kind in ("parenthesized_expression", "conditional_expression", "boolean_operator"):
            parts = [each for each in part.named_children if each.type != "comment"]
            waiting.extend(parts[::-2] if kind == "conditional_expression" else reversed(parts))
        elif kind == "subscript" and (listed := _listed(part.child_by_field_name("value"))):
            waiting.extend(reversed(listed))
        elif kind != "lambda":
            found[expression_chain(called(part, text) or part, text)] = None
    return tuple(found)


def _listed(node: Node | None) -> list[Node]:
    """Return the elements of a list, a tuple or a dictionary that is written out; [] for others, and for many."""
    if node is None or node.type not in ("dictionary", "list", "tuple") or node.named_child_count > _MAX_CALLEES:
        return []
    found = [each for each in node.named_children if each.type != "comment"]
    if node.type == "dictionary":
        found = [each.child_by_field_name("value") or each for each in found]
    return found


def _given_name(function: Node | None, arguments: Node | None, text: SourceText) -> str | None:
    """Return the name in `getattr(x, "name")`, "" where it is computed; None for any other call."""
    if function is None or arguments is None or function.type != "identifier" or text.of(function) != "getattr":
        return None
    name = arguments.named_child(1) if arguments.named_child_count > 1 else None
    written = text.of(name)[1:-1] if name is not None and name.type == "string" else ""
    return written if written.isidentifier() else ""


def called(function: Node | None, text: SourceText) -> Node | None:
    """Return what a call calls: of `Box[int]` the class, of `[*f(x)]` f, where the grammar calls `*f`."""
    if function is not None and function.type == "list_splat":
        return function.named_child(0)
    if function is None or function.type != "subscript":
        return function
    value = function.child_by_field_name("value")
    if value is None or value.type not in ("identifier", "attribute"):
        return function
    name = text.of(value).rpartition(".")[2].lstrip("_")
    is_class = name[:1].isupper() and not (len(name) > 1 and name.isupper())
    return value if is_class or name in _BUILTIN_GENERICS else function


def _special(outermost_first: list[str]) -> Chain:
    chain = tuple(reversed(outermost_first))
    if chain[:2] == ("super", "()"):
        return ("@super", *chain[2:])
    return chain
