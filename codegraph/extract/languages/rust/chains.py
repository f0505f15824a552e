"""Rust's types and expressions as chains (see `languages.block_walk` and core/facts.py).

A path is its names: `a::B::new` is ("a", "B", "new"). A type's chain is that of an instance: `a::B` is ("a", "B",
"()"). References, pointers and smart pointers are transparent; `Option<T>`, `Result<T, E>`, collections, cells and
iterators of T all are ("T", "()", "@of"), for "[]" takes off what `?`, `unwrap`, a pattern or a loop does. Of a
container that a project may well have itself the element is "@of:a::Lazy", of such a pointer "@as:a::Ref". A type
parameter is what its bounds say, several of them as one element "@any:A&b::B". A tuple is one element, too, that has
the chains of its parts (core/tuples.py). A field in a chain is its name behind a dot, a method its bare name:
`x.field.run()` is (..., ".field", "run", "()"). "@Self" is the type of the impl or trait around.
Tests: tests/unit/extract/test_extract_rust.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from codegraph.core.facts import LOCAL, Chain
from codegraph.core.symbols import descriptor_parts
from codegraph.core.tuples import is_tuple, parts_of, tuple_of
from codegraph.core.words import words
from codegraph.extract.languages.block_walk import CALLABLE, MAX_NESTING, OF, TYPE, Scope, joined
from codegraph.extract.text import SourceText

POINTERS = words("Box Rc Arc Cow Pin Ref RefMut MutexGuard RwLockReadGuard RwLockWriteGuard ManuallyDrop Reverse")
CONTAINERS = words(
    """
    Option Result Vec VecDeque LinkedList BinaryHeap HashMap BTreeMap IndexMap HashSet BTreeSet IndexSet Iterator
    IntoIterator DoubleEndedIterator ExactSizeIterator Stream Mutex RwLock RefCell Cell OnceCell OnceLock LazyLock Lazy
    Weak Receiver LockResult SmallVec ArrayVec
    """
)
_MAPS = words("HashMap BTreeMap IndexMap")
_SURE = words("Option Result Vec HashMap BTreeMap HashSet BTreeSet VecDeque Iterator IntoIterator Box Rc Arc Cow Pin")
"""Those that a project has hardly of its own; the name of another stands behind what it holds, for linking to tell."""
_POINTERS_OF_STD = POINTERS & _SURE
_MARKERS = words(
    """
    Clone Copy Send Sync Sized Debug Display Default Eq PartialEq Ord PartialOrd Hash Unpin Any ToString Into From
    TryFrom TryInto AsRef AsMut Borrow FromStr
    """
)
"""Traits of the standard library among a type parameter's bounds: nothing of the project is found in them."""
MADE_OF = words("Some Ok")
HEADS = words("self super crate")
_NAMES = words("identifier type_identifier self super crate metavariable")
_PASSED = words("parenthesized_expression reference_expression await_expression unsafe_block")
_TYPES_PASSED = words("reference_type pointer_type parenthesized_type")

AS = "@as:"
"""Start of the element of a pointer that may be a type of the project, before its path."""
IN = "@in:"
"""Start of the element that stands for a block, before its name (see `blocks`)."""
GLOB = "@glob"
"""The name under which a scope holds the element of a block that imports everything of something."""


def held_in(path: Chain) -> str:
    """Return the element of a container that may be a type of the project."""
    return f"{OF}:{'::'.join(path)}"


def item_of(found: Chain, name: str) -> Chain:
    """Return the chain of the item, or import, that a name in scope stands for; () for whatever else is local."""
    chain = found[1:2] if found[:1] == (TYPE,) else found
    if len(chain) == 1:
        is_own = chain[0].startswith(LOCAL) and descriptor_parts(chain[0])[-1][0] == name.removesuffix("!")
    else:
        is_own = len(chain) == 2 and chain[0].startswith(IN) and chain[1] == name
    return chain if is_own else ()


def part_of(chain: Chain, field: str) -> Chain:
    """Return the chain of a field, ".name" or ".0"; of a tuple the part itself."""
    if not is_tuple(chain):
        return joined(chain, field)
    parts, number = parts_of(chain[0]), field[1:]
    return parts[int(number)] if number.isdecimal() and int(number) < len(parts) else ()


class Chains:
    """Reads chains off the nodes of one file."""

    def __init__(self, text: SourceText) -> None:
        self._of = text.of
        self.has_globs = False
        """Whether a block was met that imports everything of something."""

    def find(self, name: str, scope: Scope) -> Chain | None:
        """Return what a name in scope stands for, None if no scope around declares it.

        A block that imports everything of something may give what no scope declares, and hides items around it.
        """
        found = scope.find(name)
        if self.has_globs and name and (found is None or item_of(found, name)):
            part: Scope | None = scope
            while part is not None and name not in part.names:
                if GLOB in part.names:
                    return *part.names[GLOB], name
                part = part.parent
        return found

    def mentioned(self, name: str, scope: Scope) -> Chain:
        """Return what a mention of this name leads to; () for what is local and no item."""
        found = self.find(name, scope)
        return item_of(found, name) if found is not None else (name,) if name else ()

    def macro(self, path: Chain, scope: Scope) -> Chain:
        """Return what the invocation of a macro leads to: one of a block, or what a path has."""
        called = f"{path[-1]}!"
        if len(path) > 1:
            return (*path[:-1], called)
        known = self.mentioned(path[0], scope)[:-1]
        return item_of(scope.find(called) or (), called) or (*known, called)

    def named(self, name: str, scope: Scope) -> Chain:
        """Return the path of the type or module that a name in a type, or before others, stands for."""
        found = self.find(name, scope)
        if found and found[0] == TYPE:
            return found[1:-1] if found[-1] == "()" else ()
        return item_of(found or (), name) or ((name,) if name else ())

    def path(self, node: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of a path or of a type itself; () where it starts with what has no name."""
        if node is None or depth > MAX_NESTING:
            return ()
        kind = node.type
        if kind in _NAMES:
            name = self._of(node)
            return ("crate",) if kind == "metavariable" else (name,) if name in HEADS else self.named(name, scope)
        if kind in ("scoped_identifier", "scoped_type_identifier"):
            name_node, before = node.child_by_field_name("name"), node.child_by_field_name("path")
            if name_node is None:
                return ()
            if before is None:
                return (self._of(name_node),)
            return joined(self.path(before, scope, depth + 1), self._of(name_node))
        if kind in ("generic_type", "generic_type_with_turbofish"):
            return self.path(node.child_by_field_name("type"), scope, depth + 1)
        if kind == "bracketed_type" and node.named_child_count:
            return self._qualified(node.named_child(0), scope, depth + 1)
        return ()

    def _qualified(self, node: Node | None, scope: Scope, depth: int) -> Chain:
        """Return the type of `<T as Trait>`, the trait where T is a type parameter or has no name."""
        if node is None or node.type != "qualified_type":
            return self.path(node, scope, depth)
        of = node.child_by_field_name("type")
        name = self._of(of) if of is not None else ""
        is_parameter = name != "Self" and not self.mentioned(name, scope)
        own = () if is_parameter else self.path(of, scope, depth)
        return own or self.path(node.child_by_field_name("alias"), scope, depth)

    def instance(self, node: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of an instance of a type."""
        if node is None or depth > MAX_NESTING:
            return ()
        kind = node.type
        if kind == "type_identifier" or kind == "identifier":
            name = self._of(node)
            found = self.find(name, scope)
            if found and found[0] == TYPE:
                return found[1:]
            return joined(self.mentioned(name, scope), "()")
        if kind == "scoped_type_identifier" or kind == "scoped_identifier":
            return joined(self.path(node, scope, depth), "()")
        if kind in _TYPES_PASSED:
            return self.instance(node.child_by_field_name("type"), scope, depth + 1)
        if kind == "generic_type":
            return self._generic(node, scope, depth + 1)
        if kind == "array_type":
            return joined(self.instance(node.child_by_field_name("element"), scope, depth + 1), OF)
        if kind in ("dynamic_type", "abstract_type"):
            return self.bounds([node.child_by_field_name("trait")], scope, depth + 1)
        if kind == "bounded_type":
            return self.bounds(node.named_children, scope, depth + 1)
        if kind == "function_type":
            return joined(self.instance(node.child_by_field_name("return_type"), scope, depth + 1), CALLABLE)
        if kind == "tuple_type":
            return tuple_of([self.instance(each, scope, depth + 1) for each in node.named_children])
        return ()

    def _generic(self, node: Node, scope: Scope, depth: int) -> Chain:
        named, arguments = node.child_by_field_name("type"), node.child_by_field_name("type_arguments")
        chain = self.path(named, scope, depth)
        name = chain[-1] if chain else ""
        listed = [each for each in arguments.named_children if each.type != "lifetime"] if arguments is not None else []
        if name in POINTERS and listed:
            inside = self.instance(listed[-1], scope, depth)
            return inside if name in _SURE else joined(inside, f"{AS}{'::'.join(chain)}") or joined(chain, "()")
        if name in CONTAINERS and listed:
            given = listed[1] if name in _MAPS and len(listed) > 1 else listed[0]
            if given.type == "type_binding":
                given = given.child_by_field_name("type") or given
            inside = self.instance(given, scope, depth)
            # a loop over a map takes keys and values apart, and the parts of such a value would be taken for them
            if name in _MAPS and is_tuple(inside):
                return ()
            return joined(inside, OF) if name in _SURE else joined(inside, held_in(chain)) or joined(chain, "()")
        return joined(chain, "()")

    def bounds(self, nodes: Sequence[Node | None], scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of an instance of whatever satisfies the bounds."""
        found: list[Chain] = []
        for node in nodes:
            bound = node
            if bound is not None and bound.type == "higher_ranked_trait_bound":
                bound = bound.child_by_field_name("type")
            if bound is None or bound.type in ("lifetime", "removed_trait_bound"):
                continue
            if bound.type == "bounded_type":
                chain = self.bounds(bound.named_children, scope, depth + 1) if depth < MAX_NESTING else ()
            else:
                chain = self.instance(bound, scope, depth + 1)
            if chain and chain[-2:-1] and not (len(chain) == 2 and chain[0] in _MARKERS):
                found.append(chain)
        if len(found) < 2:
            return found[0] if found else ()
        for chain in found:
            if chain[-1] in (OF, CALLABLE):
                return chain
        return ("@any:" + "&".join("::".join(chain[:-1]) for chain in found), "()")

    def value(self, node: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of an expression's value; () if it has none."""
        if node is None or depth > MAX_NESTING:
            return ()
        kind = node.type
        if kind == "identifier":
            name = self._of(node)
            found = self.find(name, scope)
            return self.mentioned(name, scope) if found is None or found[:1] == (TYPE,) else found
        if kind == "self":
            return scope.find("self") or ()
        if kind == "scoped_identifier":
            return self.path(node, scope, depth + 1)
        if kind == "generic_function":
            return self.value(node.child_by_field_name("function"), scope, depth + 1)
        if kind == "field_expression":
            field = node.child_by_field_name("field")
            before = self.value(node.child_by_field_name("value"), scope, depth + 1)
            return part_of(before, "." + self._of(field)) if field is not None else ()
        if kind == "call_expression":
            return self._called(node, scope, depth + 1)
        if kind == "struct_expression":
            return self.instance(node.child_by_field_name("name"), scope, depth + 1)
        if kind == "try_expression":
            return joined(self._only(node, scope, depth), "[]")
        if kind in _PASSED:
            return self._only(node, scope, depth)
        if kind == "type_cast_expression":
            return self.instance(node.child_by_field_name("type"), scope, depth + 1)
        return self._compound(node, scope, depth)

    def _compound(self, node: Node, scope: Scope, depth: int) -> Chain:
        kind = node.type
        if kind == "unary_expression":
            return self._only(node, scope, depth) if self._of(node)[:1] == "*" else ()
        if kind == "index_expression":
            before = self._only(node, scope, depth)
            index = node.named_child(1) if node.named_child_count > 1 else None
            return before if index is not None and index.type == "range_expression" else joined(before, "[]")
        if kind == "array_expression":
            return joined(self._only(node, scope, depth), OF)
        if kind == "tuple_expression":
            return tuple_of([self.value(each, scope, depth + 1) for each in node.named_children])
        if kind == "block":
            is_plain = node.named_child_count == 1 and not node.named_child(0).type.endswith(("statement", "item"))
            return self._only(node, scope, depth) if is_plain else ()
        if kind == "if_expression":
            return self.value(node.child_by_field_name("consequence"), scope, depth + 1)
        if kind == "closure_expression":
            declared = self.instance(node.child_by_field_name("return_type"), scope, depth + 1)
            return joined(declared, CALLABLE)
        return ()

    def _only(self, node: Node, scope: Scope, depth: int) -> Chain:
        """Return the value of a node's first child that says anything."""
        inner = next((each for each in node.named_children if each.type != "mutable_specifier"), None)
        return self.value(inner, scope, depth + 1)

    def _called(self, node: Node, scope: Scope, depth: int) -> Chain:
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        chain = self.callee(function, scope, depth)
        first = arguments.named_child(0) if arguments is not None and arguments.named_child_count else None
        if len(chain) == 1 and chain[0] in MADE_OF:
            return joined(self.value(first, scope, depth + 1), OF)
        of = chain[-2] if len(chain) > 1 else ""
        if of in _POINTERS_OF_STD and chain[-1] in ("new", "clone", "pin", "from"):
            return self.value(first, scope, depth + 1)
        if of in CONTAINERS and chain[-1] in ("new", "from"):
            return joined(self.value(first, scope, depth + 1), OF if of in _SURE else held_in(chain[:-1]))
        return joined(chain, "()")

    def callee(self, function: Node | None, scope: Scope, depth: int = 0) -> Chain:
        """Return the chain of what is called."""
        if function is not None and function.type == "generic_function":
            function = function.child_by_field_name("function")
        if function is None or depth > MAX_NESTING:
            return ()
        if function.type == "field_expression":
            field = function.child_by_field_name("field")
            before = self.value(function.child_by_field_name("value"), scope, depth + 1)
            return joined(before, self._of(field)) if field is not None else ()
        if function.type == "identifier":
            found = self.find(self._of(function), scope)
            if found and found[0] == TYPE:
                return found[1:-1] if found[-1] == "()" else ()
        return self.value(function, scope, depth + 1)
