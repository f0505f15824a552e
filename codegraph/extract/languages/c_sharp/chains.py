"""C#'s types and expressions as chains (see `languages.block_walk` and core/facts.py).

A type's chain is that of an instance: `A.Foo<int>` is ("A", "Foo`1", "()"), the number of type arguments being part of
the name. Arrays, collections and dictionaries (of which the values count) of T end with "@of", a delegate that gives
T with "@call"; tasks and nullable types are transparent, a type parameter is its first constraint. A method in a chain
is its name with the number of arguments: `x.Go(1)` is (..., "Go(1)", "()"), a constructor "<new>(1)".
Tests: tests/unit/extract/test_extract_c_sharp.py.
"""

from __future__ import annotations

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.core.words import words
from codegraph.extract.languages.block_walk import CALLABLE, MAX_NESTING, OF, TYPE, Scope, joined
from codegraph.extract.text import SourceText

TRANSPARENT = words("Task ValueTask Nullable Lazy WeakReference AsyncLocal ThreadLocal Ref")
CONTAINERS = words(
    """
    List IList IEnumerable IReadOnlyList ICollection IReadOnlyCollection HashSet ISet Queue Stack LinkedList Dictionary
    IDictionary IReadOnlyDictionary ConcurrentDictionary SortedDictionary SortedList ConcurrentQueue ConcurrentBag
    Collection ReadOnlyCollection ObservableCollection KeyedCollection Span ReadOnlySpan Memory ReadOnlyMemory
    IAsyncEnumerable ImmutableArray ImmutableList IQueryable IOrderedEnumerable IGrouping KeyValuePair IEnumerator
    ArraySegment
    """
)
_DELEGATES = words("Func")
_LITERALS = {
    "string_literal": "string",
    "verbatim_string_literal": "string",
    "raw_string_literal": "string",
    "interpolated_string_expression": "string",
    "typeof_expression": "Type",
    "boolean_literal": "bool",
    "integer_literal": "int",
    "real_literal": "double",
    "character_literal": "char",
}
_GIVE_TEXT = words("nameof ToString")
_MAX_ARGUMENTS = 12
_VISIBLE = words("identifier object_creation_expression cast_expression as_expression")
_PASSED = words("parenthesized_expression await_expression checked_expression ref_expression")
_TYPES_PASSED = words("nullable_type ref_type pointer_type scoped_type")


class Chains:
    """Reads chains off the nodes of one file."""

    def __init__(self, text: SourceText) -> None:
        self._of = text.of

    def type_name(self, node: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of a type itself; () for type parameters, predefined types and what has no name."""
        if node is None or depth > MAX_NESTING:
            return ()
        kind = node.type
        if kind in ("identifier", "generic_name"):
            name = self.simple_name(node)
            return () if scope.find(TYPE + name) is not None else (name,) if name else ()
        if kind == "qualified_name" or kind == "member_access_expression":
            before = node.child_by_field_name("qualifier") or node.child_by_field_name("expression")
            return joined(self.type_name(before, scope, depth + 1), self.simple_name(node.child_by_field_name("name")))
        if kind == "alias_qualified_name":
            name_node, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
            is_global = alias is not None and self._of(alias) == "global"
            name = self.simple_name(name_node)
            head = "global::" if is_global else self._of(alias) if alias is not None else ""
            return (head, name) if head and name else ()
        return ()

    def simple_name(self, node: Node | None) -> str:
        """Return a name, behind it a grave accent and the number of its type arguments if it has any."""
        if node is None:
            return ""
        if node.type == "generic_name":
            name = node.named_child(0) if node.named_child_count else None
            arguments = node.named_child(1) if node.named_child_count > 1 else None
            count = sum(each.type == "," for each in arguments.children) + 1 if arguments is not None else 0
            return f"{self._of(name)}`{count}" if name is not None and count else ""
        return self._of(node).lstrip("@") if node.type == "identifier" else ""

    def instance(self, node: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of an instance of a type."""
        if node is None or depth > MAX_NESTING:
            return ()
        kind = node.type
        if kind == "identifier":
            found = scope.find(TYPE + self.simple_name(node))
            if found is not None:
                return found
        if kind == "predefined_type":
            text = self._of(node)
            return (text, "()") if text != "void" else ()
        if kind in _TYPES_PASSED:
            inner = node.child_by_field_name("type") or (node.named_child(0) if node.named_child_count else None)
            return self.instance(inner, scope, depth + 1)
        if kind == "array_type":
            return joined(self.instance(node.child_by_field_name("type"), scope, depth + 1), OF)
        if kind == "generic_name":
            return self._generic(node, scope, depth + 1)
        if kind == "qualified_name":
            last = node.child_by_field_name("name")
            name = self.simple_name(last).partition("`")[0]
            if last is not None and last.type == "generic_name" and name in TRANSPARENT | CONTAINERS | _DELEGATES:
                return self._generic(last, scope, depth + 1)
        return joined(self.type_name(node, scope, depth + 1), "()")

    def _generic(self, node: Node, scope: Scope, depth: int) -> Chain:
        name = self.simple_name(node)
        arguments = node.named_child(1) if node.named_child_count > 1 else None
        listed = arguments.named_children if arguments is not None else []
        bare = name.partition("`")[0]
        if listed and bare in TRANSPARENT:
            return self.instance(listed[0], scope, depth)
        if listed and bare in CONTAINERS:
            return joined(self.instance(listed[-1], scope, depth), OF)
        if listed and bare in _DELEGATES:
            return joined(self.instance(listed[-1], scope, depth), CALLABLE)
        return (name, "()") if name else ()

    def value(self, node: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of an expression's value; () if it has none."""
        if node is None or depth > MAX_NESTING:
            return ()
        kind = node.type
        if kind in ("identifier", "generic_name"):
            name = self.simple_name(node).partition("`")[0] if kind == "identifier" else self.simple_name(node)
            found = scope.find(name)
            return found if found is not None else (name,) if name else ()
        if kind == "this" or kind == "base":
            return ("@self",) if kind == "this" else ("@super",)
        if kind == "invocation_expression":
            return joined(self.callee(node, scope, depth + 1), "()")
        if kind in ("member_access_expression", "conditional_access_expression", "qualified_name"):
            return self._member(node, scope, depth + 1)
        if kind == "object_creation_expression":
            return self.instance(node.child_by_field_name("type"), scope, depth + 1)
        if kind == "element_access_expression":
            return joined(self.value(node.child_by_field_name("expression"), scope, depth + 1), "[]")
        if kind in ("cast_expression", "as_expression", "array_creation_expression", "default_expression"):
            type_node = node.child_by_field_name("type") or node.child_by_field_name("right")
            return self.instance(type_node, scope, depth + 1)
        if kind in _PASSED or kind == "postfix_unary_expression":
            return self.value(node.named_child(0) if node.named_child_count else None, scope, depth + 1)
        return self._other(node, scope, depth)

    def _other(self, node: Node, scope: Scope, depth: int) -> Chain:
        kind = node.type
        if kind == "alias_qualified_name":
            return self.type_name(node, scope, depth + 1)
        if kind == "conditional_expression":
            first = self.value(node.child_by_field_name("consequence"), scope, depth + 1)
            return first or self.value(node.child_by_field_name("alternative"), scope, depth + 1)
        if kind == "binary_expression":
            operator = node.child_by_field_name("operator")
            is_either = operator is not None and operator.type == "??"
            left = self.value(node.child_by_field_name("left"), scope, depth + 1) if is_either else ()
            return left or (self.value(node.child_by_field_name("right"), scope, depth + 1) if is_either else ())
        if kind == "assignment_expression":
            return self.value(node.child_by_field_name("left"), scope, depth + 1)
        if kind == "predefined_type":
            return (self._of(node),)
        return (_LITERALS[kind], "()") if kind in _LITERALS else ()

    def _member(self, node: Node, scope: Scope, depth: int) -> Chain:
        before, name = self.parts(node)
        if node.type == "conditional_access_expression":
            last = node.named_child(node.named_child_count - 1) if node.named_child_count else None
            if last is not None and last.type == "element_binding_expression":
                return joined(self.value(before, scope, depth), "[]")
        return joined(self.value(before, scope, depth), self.simple_name(name))

    def parts(self, node: Node) -> tuple[Node | None, Node | None]:
        """Return what stands before the dot of a member access, and the member's name."""
        if node.type == "conditional_access_expression":
            last = node.named_child(node.named_child_count - 1) if node.named_child_count else None
            is_binding = last is not None and last.type == "member_binding_expression"
            return node.child_by_field_name("condition"), last.child_by_field_name(
                "name"
            ) if last and is_binding else None
        before = node.child_by_field_name("expression") or node.child_by_field_name("qualifier")
        if before is None and node.child_count:
            before = node.child(0)  # `this` and `base` are no named nodes
        return before, node.child_by_field_name("name")

    def callee(self, node: Node, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of the method that an invocation calls, its number of arguments behind its name."""
        function = node.child_by_field_name("function")
        count = self.arguments(node.child_by_field_name("arguments"), scope)
        if function is None or depth > MAX_NESTING:
            return ()
        if function.type in ("identifier", "generic_name"):
            name = self.simple_name(function)
            return scope.find(name.partition("`")[0]) or (f"{name}({count})",) if name else ()
        if function.type in ("member_access_expression", "conditional_access_expression"):
            before, member = self.parts(function)
            name = self.simple_name(member)
            return joined(self.value(before, scope, depth + 1), f"{name}({count})") if name else ()
        return self.value(function, scope, depth + 1)

    def arguments(self, listed: Node | None, scope: Scope) -> str:
        """Return how many arguments a call has, and behind a colon their types as far as they can be seen here."""
        nodes = [each for each in listed.named_children if each.type == "argument"] if listed is not None else []
        types = [self._visible_type(each, scope) for each in nodes]
        return f"{len(nodes)}:{','.join(types)}" if any(types) and len(nodes) < _MAX_ARGUMENTS else str(len(nodes))

    def _visible_type(self, node: Node, scope: Scope) -> str:
        """Return the bare name of an argument's type if it is a literal, a new object, a cast or a local variable.

        Of `Type.Name` it is likely the type, as of a member of an enum, behind a tilde.
        """
        value = node.named_child(node.named_child_count - 1) if node.named_child_count else None
        if value is not None and value.type == "declaration_expression":
            return self.simple_name(value.child_by_field_name("type")) or self._predefined(value)
        if value is not None and value.type == "member_access_expression":
            before = self.simple_name(value.child_by_field_name("expression"))
            is_type = before[:1].isupper() and scope.find(before) is None
            name = self.simple_name(value.child_by_field_name("name"))
            return "int" if name in ("Length", "Count") else f"~{before}" if is_type else ""
        if value is not None and value.type in ("lambda_expression", "anonymous_method_expression"):
            return "=>"
        if value is not None and value.type == "invocation_expression":
            return "string" if self._called(value) in _GIVE_TEXT else ""
        if value is None or value.type not in _VISIBLE:
            return _LITERALS.get(value.type, "") if value is not None else ""
        chain = (scope.find(self.simple_name(value)) or ()) if value.type == "identifier" else self.value(value, scope)
        brackets = ""
        while chain and chain[-1] == OF:
            chain, brackets = chain[:-1], brackets + "[]"
        name = chain[-2] if len(chain) > 1 and chain[-1] == "()" and "(" not in chain[-2] else ""
        return name.partition("`")[0] + brackets if name and chain[0] != "@self" else ""

    def _called(self, invocation: Node) -> str:
        """Return the bare name of what is called."""
        function = invocation.child_by_field_name("function")
        if function is None or function.type in ("identifier", "generic_name"):
            return self.simple_name(function)
        return self.simple_name(self.parts(function)[1])

    def _predefined(self, node: Node) -> str:
        kind = node.child_by_field_name("type")
        return self._of(kind) if kind is not None and kind.type == "predefined_type" else ""
