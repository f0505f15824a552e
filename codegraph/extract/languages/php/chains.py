"""PHP's expressions as chains (see `languages.block_walk`, `php.names`, `php.types` and core/facts.py).

Members are told apart by their spelling: "run()" is a method, "$size" a property, "LIMIT" a constant; "<new>" is
the constructor. `$this` is "@self", `self` and `static` are "@class", `parent` is "@super"; in an anonymous class,
which is no definition, they are what its base makes of them. Tests: tests/unit/extract/test_extract_php.py.
"""

from __future__ import annotations

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.extract.languages.block_walk import CALLABLE, MAX_NESTING, OF, Scope, joined
from codegraph.extract.languages.php.types import GUESS, NULL, Types, united
from codegraph.extract.text import SourceText

MAKERS = frozenset(
    [
        "make",
        "makewith",
        "get",
        "resolve",
        "app",
        "createmock",
        "createstub",
        "createconfiguredmock",
        "createpartialmock",
        "getmock",
        "mock",
        "partialmock",
        "spy",
        "instance",
        "getservice",
        "make_object",
    ]
)
"""Calls whose result is an instance of the class that is their first argument, when nobody says otherwise."""

_RELATIVE = {"self": "@class", "static": "@class", "parent": "@super"}
_ACCESS = ("member_access_expression", "nullsafe_member_access_expression")
_CALLS = ("member_call_expression", "nullsafe_member_call_expression")
_NAMES = ("name", "qualified_name", "relative_name")


class Chains:
    """Reads chains off the nodes of one file."""

    def __init__(self, text: SourceText) -> None:
        self._of = text.of
        self.types = Types(text)

    def value(self, node: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of an expression's value; () if it has none."""
        if node is None or depth > MAX_NESTING:
            return ()
        kind = node.type
        if kind == "variable_name":
            name = self._of(node)
            found = scope.find(name)
            return found if found is not None else ("@self",) if name == "$this" else ()
        if kind in _ACCESS:
            return self.member(node, scope, depth)
        if kind in _CALLS or kind == "scoped_call_expression" or kind == "function_call_expression":
            return self._result(node, scope, depth)
        if kind == "object_creation_expression":
            return joined(self.created(node, scope), "()")
        if kind == "scoped_property_access_expression" or kind == "class_constant_access_expression":
            return self.static_member(node, scope, depth)
        if kind == "subscript_expression":
            return joined(self.value(node.named_child(0), scope, depth + 1), "[]")
        if kind == "null":
            return NULL
        if kind in ("anonymous_function", "arrow_function"):
            return joined(self.types.declared(node.child_by_field_name("return_type")), CALLABLE)
        parts = self._alternatives(node)
        return united([self.value(each, scope, depth + 1) for each in parts]) if parts else ()

    def _alternatives(self, node: Node) -> list[Node | None]:
        """Return the expressions one of which is the value of another."""
        kind = node.type
        if kind == "parenthesized_expression" or kind == "clone_expression":
            return [node.named_child(0)] if node.named_child_count else []
        if kind == "assignment_expression" or kind == "augmented_assignment_expression":
            return [node.child_by_field_name("right")]
        if kind == "conditional_expression":
            condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
            return [body or condition, node.child_by_field_name("alternative")]
        if kind == "binary_expression":
            operator = node.child_by_field_name("operator")
            if operator is not None and operator.type == "??":
                return [node.child_by_field_name("left"), node.child_by_field_name("right")]
        return []

    def elements(self, node: Node, scope: Scope) -> Chain:
        """Return the chain of an array literal whose elements are all alike."""
        values = [
            each.named_child(each.named_child_count - 1) for each in node.named_children if each.named_child_count
        ]
        return joined(united([self.value(each, scope) for each in values]), OF) if 0 < len(values) < 9 else ()

    def _result(self, node: Node, scope: Scope, depth: int) -> Chain:
        called = self.called(node, scope, depth)
        result = joined(called, "()")
        made, is_maker = self._made(node)
        if not made or (not result and not is_maker):
            return result
        return joined(result, f"@{'or' if is_maker else 'if'}{made}") if result else (made, "()", GUESS)

    def _made(self, node: Node) -> tuple[str, bool]:
        """Return the class that is passed as `Foo::class`, "" if none is; whether the call's name tells a maker."""
        name = node.child_by_field_name("name") or node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        if name is None or arguments is None or not arguments.named_child_count:
            return "", False
        first = arguments.named_child(0)
        constant = first.named_child(0) if first is not None and first.named_child_count else None
        if constant is None or constant.type != "class_constant_access_expression" or constant.named_child_count != 2:
            return "", False
        owner, last = constant.named_children
        if self._of(last) != "class" or owner.type not in _NAMES:
            return "", False
        return self.types.names.class_name(self._of(owner)), self._of(name).lower() in MAKERS

    def member(self, node: Node, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of a property of an object."""
        name = node.child_by_field_name("name")
        if name is None or name.type != "name":
            return ()
        return self._own(node.child_by_field_name("object"), f"${self._of(name)}", scope, depth)

    def called(self, node: Node, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of what is called."""
        if node.type == "function_call_expression":
            function = node.child_by_field_name("function")
            if function is None:
                return ()
            if function.type in _NAMES:
                return (self.types.names.function_name(self._of(function)),)
            return self.value(function, scope, depth + 1)
        name = node.child_by_field_name("name")
        if name is None or name.type != "name":
            return ()
        spelled = f"{self._of(name)}()"
        if node.type == "scoped_call_expression":
            return joined(self.owner(node.child_by_field_name("scope"), scope, depth), spelled)
        return self._own(node.child_by_field_name("object"), spelled, scope, depth)

    def _own(self, target: Node | None, member: str, scope: Scope, depth: int) -> Chain:
        """Return a member of an object; what an anonymous class has itself is not known."""
        before = self.value(target, scope, depth + 1)
        if before and target is not None and self._of(target) == "$this":
            return joined(before, member) if scope.find(f"$this->{member}") is None else ()
        return joined(before, member)

    def owner(self, node: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of what stands before `::`."""
        if node is None:
            return ()
        text = self._of(node)
        relative = _RELATIVE.get(text.lower())
        if relative is not None:
            found = scope.find(relative)
            return (relative,) if found is None else found
        if node.type in _NAMES:
            return (self.types.names.class_name(text),)
        return self.value(node, scope, depth + 1)

    def static_member(self, node: Node, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of a static property, of a constant or of an enum's case; () for `::class`."""
        if node.named_child_count != 2:
            return ()
        owner, name = node.named_children
        text = self._of(name)
        if text.lower() == "class" or name.type not in ("name", "variable_name"):
            return ()
        return joined(self.owner(owner, scope, depth), text)

    def created(self, node: Node, scope: Scope) -> Chain:
        """Return the chain of the class of `new`; of an anonymous class, that of its base."""
        kind = next((each for each in node.named_children if each.type in (*_NAMES, "anonymous_class")), None)
        if kind is None:
            return ()
        if kind.type == "anonymous_class":
            base = next((each for each in kind.named_children if each.type == "base_clause"), None)
            kind = base.named_child(0) if base is not None and base.named_child_count else None
        return self.owner(kind, scope) if kind is not None else ()
