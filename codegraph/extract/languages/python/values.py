"""What a Python value says of the name that it is given to: operands, elements, aliases of types, casts.

`a or b` and `b if c else d` may be either; of `a and b` the last counts. A literal or comprehension says what its
elements are where it makes them (`[Foo(x) for x in y]`). `enumerate`, `zip`, `sorted(...)` and `d.items()` are looked
through by whoever iterates. `X = Union[A, B]`, `X = A | B`, `X: TypeAlias = A` and `type X = A` name classes.
All of it is pure and bounded. Tests: tests/unit/graph/test_graph_python_values.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.extract.languages.python.annotations import read_annotation
from codegraph.extract.text import SourceText

MAX_OPERANDS = 4
SEQUENCES = frozenset({"pattern_list", "tuple_pattern", "list_pattern", "tuple", "list"})
_LITERALS = frozenset({"list", "set", "tuple"})
COMPREHENSIONS = frozenset(
    {"list_comprehension", "set_comprehension", "generator_expression", "dictionary_comprehension"}
)
WRITTEN_OUT = frozenset({"dictionary", "list", "set", "tuple", "string", "concatenated_string"}) | COMPREHENSIONS
"""Values of built-in types."""
_PASSING = frozenset({"list", "sorted", "reversed", "tuple", "set", "frozenset", "iter"})
_UNIONS = frozenset({"Union", "Optional", "Annotated"})
_TYPES = re.compile(r"[\w.\[\]\s,\"']+(?:\|[\w.\[\]\s,\"']+)+\Z")
_NARROWING = re.compile(r"isinstance\(\s*([^\W\d]\w*)\s*,\s*\(?([\w.,|\s]{1,200})\)")
_TYPE_VARIABLE = re.compile(r"(?:\w+\.)?TypeVar\([^()]*\bbound\s*=\s*([\w.\[\]\"']{1,100})\s*[,)]")
_BETWEEN = re.compile(r"[,|]")


def operands(value: Node) -> Iterator[Node]:
    """Walk the expressions of which a value is one."""
    pending, given = [value], 0
    while pending and given < MAX_OPERANDS:
        node = pending.pop()
        kind = node.type
        if kind == "parenthesized_expression" and node.named_child_count == 1:
            pending.append(node.named_children[0])
        elif kind == "conditional_expression" and node.named_child_count == 3:
            pending += [node.named_children[2], node.named_children[0]]
        elif kind == "boolean_operator" and node.named_child_count == 2:
            left, right = node.named_children
            pending += [right, left] if node.children[1].type == "or" else [right]
        else:
            given += 1
            yield node


def elements(value: Node) -> list[Node]:
    """Return the expressions that make the elements of a literal or comprehension; of a mapping, its values."""
    kind = value.type
    if kind in _LITERALS:
        return value.named_children[:MAX_OPERANDS]
    if kind == "dictionary":
        pairs = [child for child in value.named_children[:MAX_OPERANDS] if child.type == "pair"]
    elif kind in COMPREHENSIONS and value.named_child_count:
        body = value.named_children[0]
        pairs = [body] if body.type == "pair" else []
        if not pairs:
            return [body]
    else:
        return []
    return [pair.named_children[-1] for pair in pairs if pair.named_child_count]


def passed_on(value: Node, text: SourceText) -> Node | None:
    """Return the iterable whose elements a call such as `list(x)` gives in a container of its own; None for others."""
    function = value.child_by_field_name("function") if value.type == "call" else None
    if function is None or function.type != "identifier" or text.of(function) not in _PASSING:
        return None
    arguments = value.child_by_field_name("arguments")
    given = arguments.named_children if arguments is not None and arguments.type == "argument_list" else ()
    return given[0] if given else None


def iterations(target: Node, value: Node, text: SourceText) -> list[tuple[Node, Node, Chain]]:
    """Return (target, iterable, steps from that to what the target is) for a loop over `value`."""
    function = value.child_by_field_name("function") if value.type == "call" else None
    arguments = value.child_by_field_name("arguments") if function is not None else None
    if function is None or arguments is None:
        return [(target, value, ("[]",))]
    targets = target.named_children if target.type in SEQUENCES else []
    given = arguments.named_children
    name = text.of(function) if function.type == "identifier" else ""
    if name in _PASSING and given:
        return iterations(target, given[0], text)
    if name == "enumerate" and given and len(targets) == 2:
        return iterations(targets[1], given[0], text)
    if name == "zip" and len(given) == len(targets) > 0:
        return [pair for each, one in zip(targets, given, strict=True) for pair in iterations(each, one, text)]
    if function.type == "attribute" and not given and len(targets) == 2:
        mapping, method = function.child_by_field_name("object"), function.child_by_field_name("attribute")
        if mapping is not None and method is not None and text.of(method) == "items":
            return [(targets[1], mapping, ("values", "()", "[]"))]
    return [(target, value, ("[]",))]


def aliased(name: str, value: Node, text: SourceText) -> list[Chain]:
    """Return the chains of the classes that a value at the top of a module stands for as an alias of types."""
    source = ""
    if value.type == "subscript":
        generic = value.child_by_field_name("value")
        if generic is not None and text.of(generic).rpartition(".")[2] in _UNIONS:
            source = text.of(value)
    elif value.type == "call":
        made = _TYPE_VARIABLE.match(text.of(value))
        source = made[1].strip() if made is not None else ""
    elif value.type == "binary_operator" and name.lstrip("_")[:1].isupper():
        written = text.of(value)
        source = written if _TYPES.match(written) else ""
    return classes_of(source) if source else []


def classes_of(source: str) -> list[Chain]:
    """Return the classes that an annotation names, by their chains."""
    return [chain[:-1] for chain in read_annotation(source).values if chain[-1] == "()" and len(chain) > 1]


def narrowed(text: SourceText) -> Iterator[tuple[int, str, Chain]]:
    """Walk what `isinstance` says of plain names: offset, name, chain of an instance."""
    for match in _NARROWING.finditer(text.text):
        for spelled in _BETWEEN.split(match[2])[:MAX_OPERANDS]:
            parts = tuple(map(text.decode, spelled.strip().split(".")))
            if all(parts) and parts[-1].lstrip("_")[:1].isupper():
                yield match.start(), text.decode(match[1]), (*parts, "()")
