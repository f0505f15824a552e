"""Expressions and statements of Ruby: what they mention and bind (see `ruby.walk`).

Tests: tests/unit/extract/test_extract_ruby.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import ROLE, Chain
from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages.block_walk import Scope, close_branch, joined
from codegraph.extract.languages.ruby import declarations, routes, symbols
from codegraph.extract.languages.ruby.chains import CALLED, NULL, SELF, united
from codegraph.extract.languages.ruby.definitions import ATTRIBUTES, maker_of

if TYPE_CHECKING:
    from codegraph.extract.languages.ruby.walk import RubyWalk

_CLASS_BY_NAME = frozenset({"const_get()", "constantize()", "safe_constantize()"})
_EVALUATING = frozenset({"instance_eval", "instance_exec", "class_eval", "class_exec", "module_eval", "module_exec"})
_VISIBILITY = frozenset(
    {"private", "public", "protected", "private_class_method", "private_constant", "public_class_method"}
)
_REQUIRING = frozenset({"require", "require_relative", "autoload", "load"})


def call(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Visit a call: a declaration of a class body, or a mention of the method."""
    method, receiver = node.child_by_field_name("method"), node.child_by_field_name("receiver")
    name = walk.text(method) if method is not None else ""
    if receiver is None and name and _declared(walk, node, scope, name):
        return
    arguments, block = node.child_by_field_name("arguments"), node.child_by_field_name("block")
    if block is not None:
        if routes.is_drawing(walk, receiver, name):
            routes.drawn(walk, block, scope)
        walk.push(block, _block_scope(walk, node, name, scope), run_block)
    walk.push(arguments, scope)
    walk.push(receiver, scope)
    if method is None or not name:
        if receiver is not None and not name:  # `f.(x)`
            walk.computed(scope, (), receiver)
        return
    if method.type == "super":
        bare_super(walk, method, scope)
        return
    chain = walk.chains.called(node, scope)
    if (not chain and receiver is not None and name != "new") or (not chain and receiver is None):
        chain = ("()", f"{name}()")
    walk.mention(scope, chain, ROLE.CALL, method)
    if not chain or (name == "new" and not _CLASS_BY_NAME.isdisjoint(chain)):
        walk.computed(scope, (), method)  # the constructor of a class that a variable holds, or of a computed one
    if arguments is not None and arguments.named_child_count:
        if name in symbols.BY_NAME:
            symbols.sent(walk, node, arguments.named_children[0], scope)
        elif receiver is None and declarations.is_class_body(walk, scope):
            symbols.handed_to_class(walk, name, arguments, scope)


def _declared(walk: RubyWalk, node: Node, scope: Scope, name: str) -> bool:
    """Visit a call that declares something; say whether it does."""
    if name in _REQUIRING:
        return declarations.required(walk, node, name)
    if name in declarations.MIXINS and (declarations.is_class_body(walk, scope) or scope.find(SELF) is None):
        declarations.mixin(walk, node, scope, name)
    elif name in ATTRIBUTES:
        declarations.attribute(walk, node, scope, name)
    elif name in declarations.DECLARING:
        declarations.delegation(walk, node, name)
    elif name == "alias_method":
        declarations.renamed(walk, node, scope)
    elif name == "define_method":
        declarations.defined_method(walk, node, scope)
    elif name == "module_function":
        declarations.functions(walk, node, scope)
    elif name in _VISIBILITY:
        walk.push(node.child_by_field_name("arguments"), scope)
    else:
        return False
    return True


def _block_scope(walk: RubyWalk, node: Node, name: str, scope: Scope) -> Scope:
    """Open the scope of a block; outside of methods nobody knows who runs it."""
    inner = scope.inner()
    kind = walk.view.definitions[scope.owner].kind
    if name in _EVALUATING or maker_of(node):
        inner.names[SELF] = ()
    elif kind is SymbolKind.MODULE or (kind is SymbolKind.CONSTANT and scope.find(SELF) is None):
        inner.names[SELF] = ("@file",)
    elif kind is SymbolKind.CLASS and scope.find(SELF) == ("@class",):
        inner.names[SELF] = ("@block",)
    return inner


def run_block(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Visit a block; what it assigns to a name from outside is one of that name's values."""
    walk.push(node, scope, leave_block)
    walk.push_children(node, scope)


def leave_block(walk: RubyWalk, node: Node, scope: Scope) -> None:  # noqa: ARG001
    """Close a block."""
    outer = scope.parent
    for name, chain in scope.names.items() if outer is not None else ():
        known = outer.find(name) if outer is not None and not name.startswith("@") else None
        if known is not None and outer is not None and known != chain:
            outer.names[name] = united([known, chain])


_GATHERING = ("splat_parameter", "hash_splat_parameter", "block_parameter")


def parameters(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Declare parameters; nothing is known of their values but what they are called."""
    for each in reversed(node.named_children):
        waiting = [each]
        while waiting:
            one = waiting.pop()
            name = one if one.type == "identifier" else one.child_by_field_name("name")
            if one.type == "destructured_parameter":
                waiting.extend(one.named_children)
            elif name is not None:
                scope.names[walk.text(name)] = () if one.type in _GATHERING else (CALLED + walk.text(name),)
        walk.push(each.child_by_field_name("value"), scope)


def branch(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Visit what may or may not run in a scope of its own."""
    inner = scope.inner()
    walk.push(node, inner, leave)
    walk.push_children(node, inner)


def leave(walk: RubyWalk, node: Node, scope: Scope) -> None:  # noqa: ARG001
    """Close a branch."""
    close_branch(scope, united)


def rescue(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Declare what a rescue clause catches."""
    inner = scope.inner()
    listed, variable = node.child_by_field_name("exceptions"), node.child_by_field_name("variable")
    name = variable.named_child(0) if variable is not None and variable.named_child_count else None
    if name is not None:
        only = listed.named_child(0) if listed is not None and listed.named_child_count == 1 else None
        chain = joined(walk.chains.constant(only), "()") if only is not None else ()
        inner.names[walk.text(name)] = chain or ("::StandardError", "()")
    walk.push(node, inner, leave)
    walk.push(node.child_by_field_name("body"), inner)
    walk.push(listed, scope)


def assignment(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Visit an assignment: the value first; a constant is a definition, an attribute a call of its setter."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None:
        return
    if left.type == "constant":
        declarations.constant(walk, node, scope)
        return
    walk.push(node, scope, declare)
    for each in [left, *left.named_children] if left.type in ("identifier", "left_assignment_list") else ():
        if each.type == "identifier" and scope.find(walk.text(each)) is None:
            scope.names[walk.text(each)] = NULL  # a name is local as soon as it is written
    if left.type == "call":
        method = left.child_by_field_name("method")
        if method is not None:
            chain = walk.chains.called(left, scope)
            spelled = (*chain[:-1], f"{walk.text(method)}=()") if chain else ("()", f"{walk.text(method)}=()")
            walk.mention(scope, spelled, ROLE.CALL, method)
        walk.push(left.child_by_field_name("receiver"), scope)
    elif left.type == "element_reference":
        element(walk, left, scope, "[]=()")
    elif left.type not in ("identifier", "left_assignment_list"):
        walk.push(left, scope)
    walk.push(right, scope)


def declare(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Declare what an assignment gives a value."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    chain = walk.chains.value(right, scope)
    operator = node.child_by_field_name("operator")
    spelled = walk.text(operator) if operator is not None else "="
    if left.type == "identifier":
        name = walk.text(left)
        if node.type == "operator_assignment":
            known = scope.find(name)
            chain = (united([known or NULL, chain]) if known != () else ()) if spelled == "||=" else ()
        scope.names[name] = chain
    elif left.type == "instance_variable":
        variable = walk.chains.variable(left, scope)
        if variable and spelled in ("=", "||="):
            _assign(walk, left, variable, chain, scope)
    elif left.type == "left_assignment_list":
        _spread(walk, left, right, scope)


def _assign(walk: RubyWalk, node: Node, variable: Chain, chain: Chain, scope: Scope) -> None:
    """Bind what is assigned to a variable of an instance, of a class or, in blocks outside of classes, of the file."""
    prefix = {"@class": "=.", "@file": "=/"}.get(variable[0], "=")
    declarations.mark(walk, node, scope.owner, f"{prefix}{variable[1]}", chain)


def _spread(walk: RubyWalk, left: Node, right: Node, scope: Scope) -> None:
    """Declare the names of `a, b = c, d`."""
    values = right.named_children if right.type == "right_assignment_list" else []
    for number, each in enumerate(left.named_children):
        known = values[number] if len(values) == left.named_child_count else None
        chain = walk.chains.value(known, scope) if known is not None else ()
        if each.type == "identifier":
            scope.names[walk.text(each)] = chain
        elif each.type == "instance_variable":
            variable = walk.chains.variable(each, scope)
            if variable:
                _assign(walk, each, variable, chain, scope)
        else:
            for one in each.named_children:
                if one.type == "identifier":
                    scope.names[walk.text(one)] = ()


def loop(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Declare the variables of `for`."""
    pattern = node.child_by_field_name("pattern")
    for each in [pattern, *pattern.named_children] if pattern is not None else ():
        if each.type == "identifier":
            scope.names[walk.text(each)] = ()
    walk.push(node.child_by_field_name("body"), scope)
    walk.push(node.child_by_field_name("value"), scope)


def identifier(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Mention the method that a bare name calls, unless it is a local variable or a bare declaration."""
    name = walk.text(node)
    if name == "module_function":
        scope.names[declarations.FUNCTIONS] = ("",)
    elif name and scope.find(name) is None and name not in _VISIBILITY:
        own = walk.chains.own(scope)
        chain = ("@class", "<new>") if name == "new" and own == ("@class",) else joined(own, f"{name}()")
        walk.mention(scope, chain or ("()", f"{name}()"), ROLE.CALL, node)


def constant(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Mention a constant."""
    walk.mention(scope, walk.chains.constant(node), ROLE.READ, declarations.last_name(node))
    if node.type == "scope_resolution":
        walk.push(node.child_by_field_name("scope"), scope)


def bare_super(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Mention the method that `super` calls."""
    definition = walk.view.definitions[scope.owner]
    own = walk.chains.own(scope)
    if definition.kind is SymbolKind.METHOD and own in (("@self",), ("@class",)):
        head = "@super" if own == ("@self",) else "@superclass"
        walk.mention(scope, (head, f"{definition.name}()"), ROLE.CALL, node)


def element(walk: RubyWalk, node: Node, scope: Scope, name: str = "[]()") -> None:
    """Mention the method `[]`, or `[]=`, of an object whose class is known."""
    target = node.child_by_field_name("object")
    chain = walk.chains.value(target, scope)
    if chain and target is not None and target.type != "array":
        walk.mention(scope, joined(chain, name), ROLE.READ, node)
    walk.push_children(node, scope)


def binary(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Mention the operator of an object whose class is known."""
    operator, left = node.child_by_field_name("operator"), node.child_by_field_name("left")
    spelled = walk.text(operator) if operator is not None else ""
    if operator is not None and spelled not in ("&&", "||", "and", "or", "!=", "!~"):
        walk.mention(scope, joined(walk.chains.value(left, scope), f"{spelled}()"), ROLE.READ, operator)
    walk.push(node.child_by_field_name("right"), scope)
    walk.push(left, scope)


def pair(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Visit a pair of a hash; `name:` alone stands for the name."""
    key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
    walk.push(value, scope)
    if key is not None and key.type != "hash_key_symbol":
        walk.push(key, scope)
