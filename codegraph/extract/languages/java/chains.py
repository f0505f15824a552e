"""Java's types and expressions as chains (see `languages.block_walk` and core/facts.py).

A type's chain is that of an instance: `Outer.Inner` is ("Outer", "Inner", "()"), `T[]` ends with "@of", a type
parameter is its first bound. A method in a chain is its name with the number of arguments: `x.go(1)` is
("x", "go(1)", "()"). Behind an instance of a generic type its arguments stand as one element: `Box<Item>` is
("Box", "()", "<Item/()>"), parts of a chain divided by slashes, arguments by commas. "@here" precedes the descriptor of
a definition of the file; in an anonymous class, what may be a member of its base stands behind that and "@or". A call
that is handed a class says so behind it: `get(Foo.class)` is ("get(1:Class)", "()", "@class:0:Foo/()"), and a method
that gives an instance of the class that it is handed (`<T> T get(Class<T> type)`) returns ("@given", "0") before T's
bound.
Tests: tests/unit/extract/test_extract_java.py.
"""

from __future__ import annotations

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.extract.languages.block_walk import MAX_NESTING, OF, TYPE, Scope, joined
from codegraph.extract.languages.java.types import listed_in, visible_type
from codegraph.extract.text import SourceText

ANONYMOUS = "@anonymous"
"""The name under which a scope holds the base of the anonymous class around it, ("",) in a named one."""

CLASS_GIVEN = "@class:"
GIVEN = "@given"
_MAX_ARGUMENTS = 200
_PASSED = frozenset({"parenthesized_expression", "annotated_type"})


class Chains:
    """Reads chains off the nodes of one file."""

    def __init__(self, text: SourceText) -> None:
        self.text_of = text.of

    def type_name(self, node: Node, scope: Scope) -> Chain:
        """Return the chain of a type itself, without its arguments; () for type parameters and primitive types."""
        kind = node.type
        if kind == "type_identifier" or kind == "identifier":
            name = self.text_of(node)
            found = scope.find(name) if kind == "type_identifier" else None
            return found[1:-1] if found and found[0] == TYPE and found[1:2] == ("@here",) else () if found else (name,)
        if kind in ("scoped_type_identifier", "scoped_identifier"):
            written = "".join(self.text_of(node).split())
            return (
                tuple(written.split(".")) if written.replace(".", "").isidentifier() else self._last_parts(node, scope)
            )
        if kind in ("generic_type", "annotated_type"):
            named = [each for each in node.named_children if each.type in ("type_identifier", "scoped_type_identifier")]
            return self.type_name(named[0], scope) if named else ()
        return ()

    def _last_parts(self, node: Node, scope: Scope) -> Chain:
        parts = [each for each in node.named_children if not each.type.endswith("annotation")]
        if len(parts) != 2:
            return ()
        before = self.type_name(parts[0], scope)
        return (*before, self.text_of(parts[1])) if before else ()

    def instance(self, node: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of an instance of a type."""
        if node is None or depth > MAX_NESTING:
            return ()
        kind = node.type
        if kind == "type_identifier":
            return scope.instance(self.text_of(node))
        if kind == "array_type":
            chain = self.instance(node.child_by_field_name("element"), scope, depth + 1)
            dimensions = node.child_by_field_name("dimensions")
            count = self.text_of(dimensions).count("[") if dimensions is not None else 1
            return joined(chain, *[OF] * count)
        chain = self.type_name(node, scope)
        if not chain:
            return ()
        arguments = self._arguments(node, scope, depth) if kind == "generic_type" else ""
        return joined((*chain, "()"), *([arguments] if arguments else []))

    def _arguments(self, node: Node, scope: Scope, depth: int) -> str:
        listed = next((each for each in node.named_children if each.type == "type_arguments"), None)
        if listed is None or not listed.named_child_count:
            return ""
        chains = [self.instance(self._bounded(each), scope, depth + 1) for each in listed.named_children]
        text = ",".join("/".join(chain) for chain in chains)
        return f"<{text}>" if len(text) < _MAX_ARGUMENTS and any(chains) else ""

    def _bounded(self, node: Node) -> Node | None:
        """Return the bound of a wildcard, other nodes as they are."""
        if node.type != "wildcard":
            return node
        return node.named_child(node.named_child_count - 1) if node.named_child_count else None

    def value(self, node: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of an expression's value; () if it has none."""
        if node is None or depth > MAX_NESTING:
            return ()
        kind = node.type
        if kind == "identifier":
            name = self.text_of(node)
            found = scope.find(name)
            return (
                self.own(scope, name) if found is None and name else () if found and found[0] == TYPE else found or ()
            )
        if kind == "method_invocation":
            return joined(self.method(node, scope, depth + 1), "()", *self._class_given(node, scope))
        if kind == "field_access":
            return self._field(node, scope, depth + 1)
        if kind == "this" or kind == "super":
            base = scope.find(ANONYMOUS)
            return base if base and base != ("",) else ("@self",) if kind == "this" else ("@super",)
        if kind == "object_creation_expression":
            return self._created(node, scope, depth)
        if kind == "cast_expression" or kind == "array_creation_expression":
            chain = self.instance(node.child_by_field_name("type"), scope, depth + 1)
            is_array = kind == "array_creation_expression"
            count = sum(
                each.type == "dimensions_expr" or self.text_of(each).count("[")
                for each in node.named_children
                if each.type.startswith("dimensions")
            )
            return joined(chain, *[OF] * count) if is_array else chain
        if kind == "array_access":
            return joined(self.value(node.child_by_field_name("array"), scope, depth + 1), "[]")
        if kind in _PASSED:
            return self.value(node.named_child(0) if node.named_child_count else None, scope, depth + 1)
        if kind == "assignment_expression":
            return self.value(node.child_by_field_name("left"), scope, depth + 1)
        if kind == "ternary_expression":
            first = self.value(node.child_by_field_name("consequence"), scope, depth + 1)
            return first or self.value(node.child_by_field_name("alternative"), scope, depth + 1)
        return ()

    def _class_given(self, node: Node, scope: Scope) -> Chain:
        """Return the element that says which class a call is handed, at which place, if it is handed one."""
        for place, each in enumerate(listed_in(node.child_by_field_name("arguments"))):
            if each.type == "class_literal":
                chain = self.instance(each.named_child(0), scope)
                return (f"{CLASS_GIVEN}{place}:{'/'.join(chain)}",) if chain else ()
        return ()

    def own(self, scope: Scope, name: str) -> Chain:
        """Return the chain of a bare name that is not local: in an anonymous class its base comes first."""
        base = scope.find(ANONYMOUS)
        return joined(base, "@or", name) if base and base != ("",) else (name,)

    def method(self, node: Node, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of the method that is called."""
        name, arguments = node.child_by_field_name("name"), node.child_by_field_name("arguments")
        if name is None:
            return ()
        spelled = f"{self.text_of(name)}{self.arguments(arguments, scope)}"
        target = node.child_by_field_name("object")
        if target is None:
            return scope.find(self.text_of(name) + "()") or self.own(scope, spelled)
        return joined(self.value(target, scope, depth + 1), spelled)

    def arguments(self, listed: Node | None, scope: Scope) -> str:
        """Return how many arguments a call has, and behind a colon their types as far as they can be seen here."""
        nodes = listed_in(listed)
        types = [visible_type(self, each, scope) for each in nodes]
        return f"({len(nodes)}:{','.join(types)})" if any(types) else f"({len(nodes)})"

    def _field(self, node: Node, scope: Scope, depth: int) -> Chain:
        field, target = node.child_by_field_name("field"), node.child_by_field_name("object")
        if field is None or target is None:
            return ()
        before = self.value(target, scope, depth)
        if field.type == "this":
            return joined(before, "()")
        return joined(before, self.text_of(field))

    def _created(self, node: Node, scope: Scope, depth: int) -> Chain:
        kind = node.child_by_field_name("type")
        outer = node.named_child(0) if node.named_child_count else None
        if (
            outer is not None
            and kind is not None
            and outer.id != kind.id
            and outer.type not in ("type_arguments", "marker_annotation", "annotation")
        ):
            return joined(self.value(outer, scope, depth + 1), self.text_of(kind).partition("<")[0], "()")
        return self.instance(kind, scope, depth + 1)
