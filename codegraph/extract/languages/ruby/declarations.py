"""Classes, methods and the declarations in class bodies of Ruby (see `ruby.walk`).

Tests: tests/unit/extract/test_extract_ruby.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import BINDING, Chain, ImportKind, Role
from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages.block_walk import Scope, joined
from codegraph.extract.languages.ruby.chains import NULL, SELF
from codegraph.extract.languages.ruby.definitions import ATTRIBUTES, DELEGATIONS, LITERALS, maker_of, name_of

if TYPE_CHECKING:
    from codegraph.extract.languages.ruby.walk import RubyWalk

MIXINS = {"include": "include", "prepend": "prepend", "extend": "extend"}
SINGLETON = "@singleton"
"""Bound where methods are those of the class itself: inside of `class << self`."""

FUNCTIONS = "@functions"
"""Bound behind a bare `module_function`: methods are of both kinds."""

_FORKS = frozenset({"if", "unless", "elsif", "else", "then", "case", "when", "begin", "rescue", "ensure"})


def mark(walk: RubyWalk, node: Node, index: int, name: str, chain: Chain) -> None:
    """Bind what is said of a definition under a name that belongs to no source."""
    walk.bind(node, index, name, chain, BINDING.VARIABLE)


def type_declaration(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Visit a class or module."""
    index = walk.defined.get(node.id, 0)
    name, superclass = node.child_by_field_name("name"), node.child_by_field_name("superclass")
    own = Scope(index or scope.owner, None)
    own.names[SELF] = ("@class",) if index else ()
    if index and name is not None:
        mark(walk, node, index, "@name", ("".join(walk.text(name).split()), node.type))
        outer = name.child_by_field_name("scope") if name.type == "scope_resolution" else None
        walk.push(outer, scope)
    base = superclass.named_child(0) if superclass is not None and superclass.named_child_count else None
    walk.push(node.child_by_field_name("body"), own)
    if base is not None:
        inherit(walk, base, own, index)


def inherit(walk: RubyWalk, base: Node, own: Scope, index: int) -> None:
    """Mention and bind a superclass; one that is computed has the chain ()."""
    chain = walk.chains.constant(base)
    if index:
        mark(
            walk, base, index, "@base", ("super", *(chain or ("()",))) if not maker_of(base) else ("super", "::Struct")
        )
    if chain:
        walk.mention(own, chain, Role.INHERIT, last_name(base))
        outer = base.child_by_field_name("scope")
        walk.push(outer, own)
    else:
        walk.push(base, own)


def last_name(node: Node) -> Node:
    """Return the last constant of a path."""
    return (node.child_by_field_name("name") if node.type == "scope_resolution" else node) or node


def singleton_class(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Visit `class << self`: what it defines are methods of the class."""
    own = scope.inner()
    own.names[SINGLETON] = ("",)
    value = node.child_by_field_name("value")
    if value is None or value.type != "self":
        own.names[SELF] = ()
    walk.push(node.child_by_field_name("body"), own)


def method(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Visit a method."""
    index = walk.defined.get(node.id, 0)
    target = node.child_by_field_name("object")
    is_own = target is not None or scope.find(SINGLETON) is not None
    own = Scope(index or scope.owner, scope if not index else None)
    around = scope.find(SELF)
    own.names[SELF] = ("@class",) if is_own else ("@self",)
    if target is not None and target.type not in ("self", "constant"):
        own.names[SELF] = ()
    if not index or around == ():
        own.names[SELF] = ()
    elif around == ("@file",):
        own.names[SELF] = around
    if index:
        place(walk, node, index, scope)
        if is_own:
            mark(walk, node, index, "@own", ())
        elif scope.find(FUNCTIONS) is not None:
            mark(walk, node, index, "@both", ())
        walk.push(node, own, returned)
    body = node.child_by_field_name("body")
    walk.push(body, own)
    walk.push(node.child_by_field_name("parameters"), own)


def place(walk: RubyWalk, node: Node, index: int, scope: Scope) -> None:
    """Say of a method in a block that it belongs to the block's file, or to a class without a name."""
    around = scope.find(SELF)
    if around == ():
        mark(walk, node, index, "@hidden", ())
    elif around == ("@file",):
        mark(walk, node, index, "@local", ())


def returned(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Bind what a method's last expressions give."""
    body = node.child_by_field_name("body")
    for chain in _tails(walk, body, scope) if body is not None else [NULL]:
        mark(walk, node, scope.owner, "=()", chain)


def _tails(walk: RubyWalk, node: Node, scope: Scope) -> list[Chain]:
    """Return the chains of the expressions that may be the last one."""
    chains: list[Chain] = []
    waiting = [node]
    while waiting and len(chains) < 9:
        each = waiting.pop()
        parts = [child for child in each.named_children if child.type not in ("comment", "empty_statement")]
        if each.type == "body_statement" and parts and parts[-1].type not in _FORKS:
            waiting.append(parts[-1])
        elif each.type in ("body_statement", "then", "else", "begin") and parts:
            waiting.extend([part for part in parts if part.type in ("rescue", "else")] or [])
            before = [part for part in parts if part.type not in ("rescue", "ensure")]
            waiting.extend(before[-1:])
        elif each.type in ("if", "unless", "elsif"):
            branches = [each.child_by_field_name("consequence"), each.child_by_field_name("alternative")]
            waiting.extend(branch for branch in branches if branch is not None)
            if branches[1] is None:
                chains.append(NULL)
        elif each.type in ("case", "when", "rescue"):
            waiting.extend(part for part in parts if part.type in ("when", "else", "then"))
        elif each.type in ("if_modifier", "unless_modifier"):
            body = each.child_by_field_name("body")
            chains.append(NULL)
            waiting.extend([body] if body is not None else [])
        elif each.type not in ("return", "raise"):
            chains.append(walk.chains.value(each, scope))
    return [*chains, *([()] if waiting else [])]


def return_statement(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Bind what a method returns early."""
    listed = node.named_child(0) if node.named_child_count else None
    definition = walk.view.definitions[scope.owner]
    if definition.kind in (SymbolKind.METHOD, SymbolKind.FUNCTION):
        only = listed.named_child(0) if listed is not None and listed.named_child_count == 1 else None
        chain = NULL if listed is None else walk.chains.value(only, scope)
        mark(walk, node, scope.owner, "=()", chain)
    walk.push(listed, scope)


def mixin(walk: RubyWalk, node: Node, scope: Scope, how: str) -> None:
    """Mention and bind the modules that a class includes, prepends or is extended by."""
    listed = node.child_by_field_name("arguments")
    how = "extend" if scope.find(SINGLETON) is not None else how
    for each in listed.named_children if listed is not None else ():
        chain = walk.chains.constant(each)
        if chain:
            walk.mention(scope, chain, Role.INHERIT, last_name(each))
            walk.push(each.child_by_field_name("scope"), scope)
        elif each.type == "self" and how == "extend":
            chain = ("@class",)
        else:
            walk.push(each, scope)
        if is_class_body(walk, scope) or not scope.owner:
            mark(walk, each, scope.owner, "@base", (how, *(chain or ("()",))))


def is_class_body(walk: RubyWalk, scope: Scope) -> bool:
    """Tell whether a scope is that of a class, or of a block in it."""
    return walk.view.definitions[scope.owner].kind is SymbolKind.CLASS


def attribute(walk: RubyWalk, node: Node, scope: Scope, name: str) -> None:
    """Say of accessors which variable they read, and whether they are those of the class itself."""
    listed = node.child_by_field_name("arguments")
    for each in listed.named_children if listed is not None else ():
        index = walk.defined.get(each.id, 0)
        if not index:
            walk.push(each, scope)
            continue
        if scope.find(SINGLETON) is not None:
            mark(walk, each, index, "@own", ())
        place(walk, each, index, scope)
        forms = "rw" if name == "attr_accessor" else "w" if name == "attr_writer" else "r"
        mark(walk, each, index, "@accessor", (forms,))
        head = "@class" if scope.find(SINGLETON) is not None else "@self"
        mark(walk, each, index, "=()", (head, f"${name_of(each)}"))


def delegation(walk: RubyWalk, node: Node, name: str) -> None:
    """Mention the method that a delegating one calls."""
    listed = node.child_by_field_name("arguments")
    parts = listed.named_children if listed is not None else []
    target = parts[0] if parts and name != "delegate" else None
    for each in parts:
        if each.type == "pair" and walk.text(each).startswith(("to:", ":to")):
            target = each.child_by_field_name("value")
    reached = name_of(target) if target is not None and target.type in LITERALS else ""
    before: Chain = ()
    if reached:
        before = ("@self", f"${reached[1:]}") if reached[0] == "@" else ("@self", f"{reached}()", "()")
    own = parts[1] if name.endswith("delegator") and len(parts) > 1 else None
    for each in parts:
        index = walk.defined.get(each.id, 0)
        if index:
            walk.mention(Scope(index, None), joined(before, f"{name_of(each)}()"), Role.CALL, each)
    index = walk.defined.get(node.id, 0)
    if index and own is not None:
        walk.mention(Scope(index, None), joined(before, f"{name_of(own)}()"), Role.CALL, own)


def renamed(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Mention the method that an alias stands for."""
    index = walk.defined.get(node.id, 0)
    listed = node.child_by_field_name("arguments")
    old = node.child_by_field_name("alias")
    if listed is not None and listed.named_child_count > 1:
        old = listed.named_children[1]
    text = name_of(old) if old is not None else ""
    if index and text and old is not None:
        place(walk, node, index, scope)
        is_own = scope.find(SINGLETON) is not None
        if is_own:
            mark(walk, node, index, "@own", ())
        chain = ("@class" if is_own else "@self", f"{text}()")
        walk.mention(Scope(index, None), chain, Role.READ, old)
        mark(walk, node, index, "=()", (*chain, "()"))


def defined_method(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Visit `define_method(:name) { ... }` as a method, if its name is written out."""
    index = walk.defined.get(node.id, 0)
    own = Scope(index or scope.owner, None if index else scope)
    own.names[SELF] = ("@class",) if scope.find(SINGLETON) is not None else ("@self",)
    if index:
        place(walk, node, index, scope)
        if scope.find(SINGLETON) is not None:
            mark(walk, node, index, "@own", ())
    block, listed = node.child_by_field_name("block"), node.child_by_field_name("arguments")
    if block is not None:
        walk.push_children(block, own)
    for each in reversed(listed.named_children[1 if index else 0 :] if listed is not None else []):
        walk.push(each, own)


def functions(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Note which methods `module_function` gives to the module as well."""
    listed = node.child_by_field_name("arguments")
    for each in listed.named_children if listed is not None else ():
        if each.type in LITERALS and is_class_body(walk, scope):
            mark(walk, each, scope.owner, f"@both {name_of(each)}", ())
        else:
            inner = scope.inner()
            inner.names[FUNCTIONS] = ("",)
            walk.push(each, inner)


def required(walk: RubyWalk, node: Node, name: str) -> bool:
    """Add the import of a file, if its path is written out; the level is 1 from the directory of this file on."""
    listed = node.child_by_field_name("arguments")
    literals = [each for each in listed.named_children if each.type == "string"] if listed is not None else []
    if not literals or any(part.type != "string_content" for part in literals[-1].named_children):
        return False
    path = walk.text(literals[-1])[1:-1]
    if path:
        walk.view.add_import(node, ImportKind.EFFECT, path, "", "", level=int(name == "require_relative"))
    return True


def constant(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Bind a constant's value; one that is given a new class is a class."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    index = walk.defined.get(node.id, 0)
    own = Scope(index or scope.owner, scope)
    made = maker_of(right)
    if index and left is not None:
        if made and right is not None:
            mark(walk, node, index, "@name", (walk.text(left), "module" if made == "Module.new" else "class"))
            made_class(walk, right, own, index, made)
            return
        mark(walk, node, index, "@value", walk.chains.value(right, scope))
    walk.push(right, own)


def made_class(walk: RubyWalk, node: Node, own: Scope, index: int, made: str) -> None:
    """Visit the block of `Class.new` and the like as a class body."""
    listed, block = node.child_by_field_name("arguments"), node.child_by_field_name("block")
    body = Scope(index, own.parent)
    body.names[SELF] = ("@class",)
    if block is not None:
        walk.push_children(block, body)
    first = listed.named_child(0) if listed is not None and listed.named_child_count else None
    if made == "Class.new" and first is not None:
        inherit(walk, first, body, index)
    elif made in ("Struct.new", "Data.define"):
        mark(walk, node, index, "@base", ("super", f"::{made.partition('.')[0]}"))


DECLARING = ATTRIBUTES | DELEGATIONS | {"def_delegator", "def_instance_delegator"}
