"""Go's types and expressions as chains (see `languages.block_walk` and core/facts.py).

A type's chain is that of an instance: `*ast.Node` is ("ast", "Node", "()"), `[]T` is ("T", "()", "@of"), `func() T` is
("T", "()", "@call"). Pointers are transparent, type arguments are left aside, a type parameter is what its constraint
says. Of a map the values count. Operators and literals of built-in types have no chain. An instance of a struct type
without a name is ("@struct12",), by the place of the type: its fields are found here, and it never leaves the file.
Tests: tests/unit/extract/test_extract_go.py.
"""

from __future__ import annotations

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.core.words import words
from codegraph.extract.languages.block_walk import CALLABLE, CHANNEL, MAX_NESTING, OF, TYPE, Scope, joined
from codegraph.extract.text import SourceText

PREDECLARED = words(
    """
    any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string
    uint uint8 uint16 uint32 uint64 uintptr true false iota nil append cap close complex copy delete imag
    len make new panic print println real recover _
    """
)
"""Names that no package defines anew; `min`, `max` and `clear` are younger than many a function of these names."""
_TRANSPARENT = frozenset(
    {"pointer_type", "parenthesized_type", "parenthesized_expression", "negated_type", "type_constraint"}
)
_CONTAINERS = {
    "slice_type": "element",
    "array_type": "element",
    "implicit_length_array_type": "element",
    "map_type": "value",
}


STRUCT = "@struct"
"""What the chain of an instance of an unnamed struct begins with."""


class Chains:
    """Reads chains off the nodes of one file."""

    def __init__(self, text: SourceText) -> None:
        self._of = text.of
        self._structs: dict[str, tuple[Node, Scope]] = {}
        """What stands for an unnamed struct -> the list of its fields, and where it was written."""

    def instance(self, node: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of an instance of a type."""
        if node is None or depth > MAX_NESTING:
            return ()
        kind = node.type
        if kind == "type_identifier" or kind == "identifier":
            return scope.instance(self._of(node))
        if kind == "qualified_type":
            return (*self._of(node).replace(" ", "").split(".")[:2], "()")
        if kind in _TRANSPARENT:
            return self.instance(node.named_child(0) if node.named_child_count else None, scope, depth + 1)
        if kind == "generic_type":
            return self.instance(node.child_by_field_name("type"), scope, depth + 1)
        if kind in _CONTAINERS:
            return joined(self.instance(node.child_by_field_name(_CONTAINERS[kind]), scope, depth + 1), OF)
        if kind == "channel_type":
            return joined(self.instance(node.child_by_field_name("value"), scope, depth + 1), CHANNEL)
        if kind == "function_type":
            results = self.results(node.child_by_field_name("result"), scope, depth + 1)
            return joined(results[0], CALLABLE) if results else ()
        if kind == "struct_type" and node.named_child_count:
            name = f"{STRUCT}{node.start_byte}"
            self._structs.setdefault(name, (node.named_children[0], scope))
            return (name,)
        return ()

    def mentioned(self, name: Node, scope: Scope) -> Chain:
        """Return what the mention of a name leads to, () if to nothing of the project."""
        text = self._of(name)
        chain = scope.mentioned(text)
        return () if chain == (text,) and text in PREDECLARED else chain

    def _field(self, struct: Chain, name: str, depth: int) -> Chain:
        """Return the chain of what a field of an unnamed struct holds."""
        if len(struct) > 1:
            return ()
        fields, scope = self._structs[struct[0]]
        for field in fields.named_children:
            for each in field.children_by_field_name("name"):
                if self._of(each) == name:
                    return self.instance(field.child_by_field_name("type"), scope, depth)
        return ()

    def results(self, node: Node | None, scope: Scope, depth: int = 0) -> list[Chain]:
        """Return the chains of a function's results, in order."""
        if node is None:
            return []
        if node.type != "parameter_list":
            return [self.instance(node, scope, depth)]
        found: list[Chain] = []
        for each in node.named_children:
            if each.type == "parameter_declaration":
                chain = self.instance(each.child_by_field_name("type"), scope, depth)
                found += [chain] * max(1, len(each.children_by_field_name("name")))
        return found

    def value(self, node: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of an expression's value; () if it has none."""
        if node is None or depth > MAX_NESTING:
            return ()
        kind = node.type
        if kind == "identifier":
            name = self._of(node)
            found = scope.find(name)
            if found is not None:
                return scope.mentioned(name) if found[:1] == (TYPE,) else found
            return () if name in PREDECLARED or not name else (name,)
        if kind == "selector_expression":
            field = node.child_by_field_name("field")
            operand = self.value(node.child_by_field_name("operand"), scope, depth + 1)
            if field is not None and operand and operand[0].startswith(STRUCT):
                return self._field(operand, self._of(field), depth + 1)
            return joined(operand, self._of(field)) if field is not None else ()
        if kind == "call_expression":
            return self._called(node, scope, depth + 1)
        if kind in ("composite_literal", "type_assertion_expression", "type_conversion_expression"):
            return self.instance(node.child_by_field_name("type"), scope, depth + 1)
        if kind == "type_instantiation_expression":
            return self.instance(node.child_by_field_name("type"), scope, depth + 1)[:-1]
        if kind == "unary_expression":
            operator = node.child(0)
            chain = self.value(node.child_by_field_name("operand"), scope, depth + 1)
            sign = operator.type if operator is not None else ""
            return joined(chain, "[]") if sign == "<-" else chain if sign in ("&", "*") else ()
        if kind == "index_expression":
            return joined(self.value(node.child_by_field_name("operand"), scope, depth + 1), "[]")
        if kind == "slice_expression":
            return self.value(node.child_by_field_name("operand"), scope, depth + 1)
        if kind in _TRANSPARENT:
            return self.value(node.named_child(0) if node.named_child_count else None, scope, depth + 1)
        if kind == "func_literal":
            results = self.results(node.child_by_field_name("result"), scope, depth + 1)
            return joined(results[0], CALLABLE) if results else ()
        return ()

    def _called(self, node: Node, scope: Scope, depth: int) -> Chain:
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if function is None:
            return ()
        while function.type == "parenthesized_expression" and function.named_child_count == 1:
            function = function.named_child(0)
        if function.type == "identifier":
            name = self._of(function)
            found = scope.find(name)
            if found and found[0] == TYPE:
                return found[1:]
            if found is None and name in ("new", "make", "append", "min", "max"):
                first = arguments.named_child(0) if arguments is not None and arguments.named_child_count else None
                read = self.instance if name in ("new", "make") else self.value
                return read(first, scope, depth + 1)
        return joined(self.value(function, scope, depth + 1), "()")
