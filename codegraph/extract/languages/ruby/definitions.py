"""What a Ruby file defines: classes, modules, methods, constants, and the methods that declarations make.

A module is a class that has no instances; so is a constant that is given `Struct.new`, `Data.define`, `Class.new` or
`Module.new`. `attr_reader` and the like, `alias`, `alias_method`, `define_method`, `delegate`, `def_delegators` and the
members of a struct are methods where their names are written out. What stands inside of a method belongs to it.
Tests: tests/unit/extract/test_extract_ruby.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tree_sitter import Node

from codegraph.core.symbols import CALLABLE_KINDS, KIND, SymbolKind
from codegraph.extract.languages.spec import Sighting

ATTRIBUTES: Final = frozenset({"attr_reader", "attr_writer", "attr_accessor", "attr"})
DELEGATIONS: Final = frozenset({"delegate", "def_delegators", "def_instance_delegators"})
SINGLE: Final = frozenset({"alias_method", "define_method", "def_delegator", "def_instance_delegator"})
"""Calls that make one method; its name is the first argument, or the last of `def_delegator`."""

MAKERS: Final = frozenset({"Struct.new", "Data.define", "Class.new", "Module.new"})
LITERALS: Final = frozenset({"simple_symbol", "string", "delimited_symbol"})
CLASSES: Final = frozenset({"class", "module"})


def find_definitions(root: Node, candidates: Sequence[Node], limit: int) -> Sequence[Sighting]:
    """Return the definitions of a file in source order, at most `limit`; `detail` is the node that is looked at."""
    nodes = {node.id: node for node in candidates}
    found: list[Sighting] = []
    around: list[tuple[int, int]] = [(root.end_byte + 1, 0)]
    for node in sorted(nodes.values(), key=lambda each: (each.start_byte, -each.end_byte)):
        for kind, name, whole, body in _sightings(node):
            while around[-1][0] <= whole.start_byte:
                around.pop()
            container = around[-1][1]
            outer = found[container - 1].kind if container else KIND.MODULE
            if outer in CALLABLE_KINDS or not name.text or (outer is KIND.CONSTANT and kind is KIND.CONSTANT):
                continue
            if len(found) == limit:
                return found
            if kind is KIND.METHOD and outer is not KIND.CLASS:
                kind = KIND.FUNCTION
            start, end = name.start_byte, name.end_byte
            text = name_of(name)
            if not text:
                continue
            within = _named_around(node, found[container - 1].name if container else "")
            ends = whole.start_byte, whole.end_byte, start, end
            found.append(Sighting(kind, text, container, *ends, whole, body, whole, within=within))
            around.append((whole.end_byte, len(found)))
    return found


def _named_around(node: Node, container: str) -> tuple[str, ...]:
    """Return the constants that a class or a method is written behind, as in `class A::B` and `def A.b`."""
    around: Node | None = None
    if node.type in CLASSES:
        name = node.child_by_field_name("name")
        around = name.child_by_field_name("scope") if name is not None and name.type == "scope_resolution" else None
    elif node.type == "singleton_method":
        around = node.child_by_field_name("object")
    if around is None or around.type not in ("constant", "scope_resolution"):
        return ()
    names = tuple(filter(None, "".join((around.text or b"").decode("utf-8", "replace").split()).split("::")))
    return () if names == (container,) else names


def name_of(node: Node) -> str:
    """Return the name that a node is or spells, without a symbol's colon and a string's quotes."""
    text = (node.text or b"").decode("utf-8", "replace")
    if node.type in LITERALS:
        text = text.lstrip(":").strip("\"'")
        return text if text and not any(each in text for each in " #{}.\n") else ""
    return "".join(text.split())


def _sightings(node: Node) -> Iterator[tuple[SymbolKind, Node, Node, Node | None]]:
    """Yield (kind, name, whole node, body) of what a node defines."""
    kind = node.type
    if kind in CLASSES:
        name = node.child_by_field_name("name")
        last = name.child_by_field_name("name") if name is not None and name.type == "scope_resolution" else name
        if last is not None:
            yield KIND.CLASS, last, node, node.child_by_field_name("body")
        yield from _members(struct_of(node))
    elif kind in ("method", "singleton_method", "alias"):
        name = node.child_by_field_name("name")
        if name is not None:
            yield KIND.METHOD, name, node, node.child_by_field_name("body")
    elif kind == "call":
        for each in declared(node):
            yield KIND.METHOD, each, node if _is_single(node) else each, None
    else:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and left.type == "constant":
            made = maker_of(right)
            block = right.child_by_field_name("block") if right is not None and made else None
            yield (KIND.CLASS if made else KIND.CONSTANT), left, node, block or (None if made else right)
            yield from _members(right if made in ("Struct.new", "Data.define") else None)


def _members(struct: Node | None) -> Iterator[tuple[SymbolKind, Node, Node, None]]:
    listed = struct.child_by_field_name("arguments") if struct is not None else None
    for each in listed.named_children if listed is not None else ():
        if each.type == "simple_symbol":
            yield KIND.METHOD, each, each, None


def maker_of(node: Node | None) -> str:
    """Return which call makes a class, "" for anything else."""
    if node is None or node.type != "call":
        return ""
    receiver, method = node.child_by_field_name("receiver"), node.child_by_field_name("method")
    if receiver is None or method is None or receiver.type != "constant":
        return ""
    text = f"{(receiver.text or b'').decode('utf-8', 'replace')}.{(method.text or b'').decode('utf-8', 'replace')}"
    return text if text in MAKERS else ""


def struct_of(node: Node) -> Node | None:
    """Return the call of `Struct.new` or `Data.define` that a class extends."""
    superclass = node.child_by_field_name("superclass")
    base = superclass.named_child(0) if superclass is not None and superclass.named_child_count else None
    return base if maker_of(base) in ("Struct.new", "Data.define") else None


def _is_single(call: Node) -> bool:
    method = call.child_by_field_name("method")
    return method is not None and (method.text or b"").decode("utf-8", "replace") in SINGLE


def declared(call: Node) -> list[Node]:
    """Return the literals of a declaration that name the methods which it makes."""
    method, listed = call.child_by_field_name("method"), call.child_by_field_name("arguments")
    name = (method.text or b"").decode("utf-8", "replace") if method is not None else ""
    literals = [each for each in listed.named_children if each.type in LITERALS] if listed is not None else []
    if name in ATTRIBUTES or name == "delegate":
        return literals
    if name in DELEGATIONS:
        return literals[1:]
    if name in SINGLE and literals and listed is not None and listed.named_children[0].id == literals[0].id:
        return literals[-1:] if name.endswith("delegator") else literals[:1]
    return []
