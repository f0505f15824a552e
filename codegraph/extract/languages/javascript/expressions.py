"""Handlers for expressions, JSX and types: what they mention, call and hand to callbacks.

A member chain is mentioned once per name: `a.b.c()` calls ("a", "b", "c") and reads ("a", "b") and
("a",). `f.call(x)` and `f.apply(x)` call f, or a method of f of that name: both are mentioned, and linking tells.
A JSX element with a capital or a dot calls its component.
A callback of `forEach`, `map` and the like gets an element of the receiver, one of `then` the receiver,
any other what the callee declares: the chain element "(1:0)" is the first parameter of its second argument.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from tree_sitter import Node

from codegraph.core.facts import COMPUTED, ROLE, Chain, Role
from codegraph.extract.languages.javascript.annotations import NOTHING, TypeChains
from codegraph.extract.languages.javascript.chains import UNKNOWN, alternatives_of, chain_of, chains_of, key_of
from codegraph.extract.languages.javascript.definition_nodes import EXPORTS
from codegraph.extract.languages.javascript.imports import export_assignment, required_inside
from codegraph.extract.languages.javascript.literals import define_member, jsdoc_before
from codegraph.extract.languages.javascript.nodes import nth, string_value, text_of
from codegraph.extract.languages.javascript.scopes import Scope
from codegraph.extract.languages.javascript.shapes import (
    FUNCTIONS,
    assignment_targets,
    exported_name,
    unwrap,
    without_prototype,
)
from codegraph.extract.languages.javascript.walk import Walk

_PER_ELEMENT: Final = frozenset(
    {"forEach", "map", "filter", "find", "findIndex", "findLast", "findLastIndex", "some", "every", "flatMap"}
)
_HANDING_ON: Final = frozenset({"then", "tap", "also", "let"})
_MAX_CALLBACK: Final = 5
_MAX_CALLEE: Final = 6
"""Callbacks further back, and of longer chains, are handed nothing known."""
_NO_MENTION: Final = (b"prototype", b"constructor")
"""Members that every function or object has."""
_CALLING: Final = frozenset({"call", "apply"})
_MEMBERS: Final = frozenset({"member_expression", "nested_identifier"})
_CALLED_BY_MEMBER: Final = frozenset({"identifier", "member_expression", "subscript_expression"})
_NAMED: Final = _MEMBERS | {"identifier", "super", "import"}
"""What gives a function that has a name."""
_MAX_LISTED: Final = 8
_PASSING: Final = frozenset({"parenthesized_expression", "non_null_expression", "sequence_expression"})


def skip(walk: Walk, node: Node, scope: Scope) -> None:
    """Leave a node and all below it alone."""


def identifier(walk: Walk, node: Node, scope: Scope) -> None:
    """A name in an expression: a read."""
    name = text_of(node)
    if name != "arguments":
        walk.ledger.refer(scope, (name,), ROLE.READ, node)


def member(walk: Walk, node: Node, scope: Scope) -> None:
    """`a.b`: a read of the member, then of what stands before it."""
    mention(walk, node, scope, ROLE.READ)


def subscript(walk: Walk, node: Node, scope: Scope) -> None:
    """`a["b"]` reads the member b; `a[i]` reads a and i."""
    index = node.child_by_field_name("index")
    if string_value(index) is not None and index is not None:
        walk.refer(scope, _certain(chain_of(node, scope.this)), ROLE.READ, index)
    else:
        walk.push(index, scope)
    walk.push(node.child_by_field_name("object"), scope)


def mention(walk: Walk, node: Node | None, scope: Scope, role: Role) -> None:
    """Mention an expression in a role if it is a name or a member; else visit it."""
    if node is None:
        return
    if node.type in ("identifier", "shorthand_property_identifier"):
        walk.ledger.refer(scope, (text_of(node),), role, node)
    elif node.type in _MEMBERS:
        name, receiver = node.child_by_field_name("property"), node.child_by_field_name("object")
        several = receiver is not None and receiver.type == "parenthesized_expression"
        for chain in chains_of(node, scope.this) if several else (chain_of(node, scope.this),):
            if name is not None and name.text not in _NO_MENTION:
                walk.refer(scope, _certain(chain) if role is ROLE.READ else chain, role, name)
        walk.push(receiver, scope)
    elif node.type != "super":
        walk.push(node, scope)


def call(walk: Walk, node: Node, scope: Scope) -> None:
    """`f(...)`: a call of f, unless it requires a module."""
    if required_inside(node, scope, walk.ledger):
        return
    function = node.child_by_field_name("function")
    arguments = node.child_by_field_name("arguments")
    arguments_hinted = False
    if function is not None and function.type == "member_expression":
        name, receiver = function.child_by_field_name("property"), function.child_by_field_name("object")
        word = text_of(name) if name is not None else ""
        if word in _CALLING and receiver is not None and receiver.type in _CALLED_BY_MEMBER:
            if name is not None:  # the receiver may be an object with a method of that name
                walk.refer(scope, chain_of(function, scope.this), ROLE.CALL, name)
            function = receiver
        elif arguments is not None and (word in _PER_ELEMENT or word in _HANDING_ON):
            _hint_elements(walk, arguments, chain_of(receiver, scope.this), word in _PER_ELEMENT)
            arguments_hinted = True
    if not arguments_hinted:
        _hint_parameters(walk, arguments, function, scope)
    _callee(walk, function, scope)
    walk.push(arguments, scope)
    walk.push(node.child_by_field_name("type_arguments"), scope)


def _callee(walk: Walk, function: Node | None, scope: Scope) -> None:
    """Mention what is called or constructed; `x["name"]()` is a call of the member of that name."""
    if function is None or function.type in _NAMED:
        mention(walk, function, scope, ROLE.CALL)
        return
    index = function.child_by_field_name("index")
    if function.type == "subscript_expression" and index is not None and key_of(index) is not None:
        walk.refer(scope, chain_of(function, scope.this), ROLE.CALL, index)
        walk.push(function.child_by_field_name("object"), scope)
        walk.push(index if string_value(index) is None else None, scope)
        return
    inner = function
    while inner.type in _PASSING and (passed := nth(inner, -1 if inner.type == "sequence_expression" else 0)):
        inner = passed
    if inner.type in _NAMED and inner.type != "super":
        _callee(walk, inner, scope)  # `(f)()`, `(0, a.f)()`
        return
    listed = _listed(inner.child_by_field_name("object")) if inner.type == "subscript_expression" else []
    for each in listed:
        _callee(walk, each, scope) if each.type in _NAMED else walk.push(each, scope)
    if listed:
        walk.push(index, scope)
        return
    if inner.type not in FUNCTIONS and inner.type != "class":
        for chain in alternatives_of(function, scope.this, unknown=True):
            walk.refer(scope, (*chain, COMPUTED), ROLE.CALL, function)
    walk.push(function, scope)


def _listed(node: Node | None) -> list[Node]:
    """Return the elements of an array or an object that is written out, if each is a name or a function."""
    inner = unwrap(node)
    if inner is None or inner.type not in ("array", "object") or inner.named_child_count > _MAX_LISTED:
        return []
    parts = [each for each in inner.named_children if each.type != "comment"]
    values = [each.child_by_field_name("value") if each.type == "pair" else each for each in parts]
    known = _NAMED | FUNCTIONS | {"shorthand_property_identifier", "method_definition"}
    return [each for each in values if each is not None] if all(one and one.type in known for one in values) else []


def new(walk: Walk, node: Node, scope: Scope) -> None:
    """`new C(...)`: a call of the class."""
    constructor, arguments = node.child_by_field_name("constructor"), node.child_by_field_name("arguments")
    _hint_parameters(walk, arguments, constructor, scope)
    _callee(walk, constructor, scope)
    walk.push(arguments, scope)
    walk.push(node.child_by_field_name("type_arguments"), scope)


def decorator(walk: Walk, node: Node, scope: Scope) -> None:
    """`@d`, `@d(...)`, `@a.d`: the decorator, and what its arguments mention."""
    target = nth(node, 0)
    if target is not None and target.type == "call_expression":
        walk.push(target.child_by_field_name("arguments"), scope)
        walk.push(target.child_by_field_name("type_arguments"), scope)
        target = target.child_by_field_name("function")
    mention(walk, target, scope, ROLE.DECORATOR)


def element(walk: Walk, node: Node, scope: Scope) -> None:
    """A JSX opening or self-closing element: a call of the component; intrinsic elements mention nothing."""
    name = node.child_by_field_name("name")
    for child in node.named_children:
        if name is None or child.id != name.id:
            walk.push(child, scope)
    if name is None:
        return
    if name.type in _MEMBERS or (name.type == "identifier" and not text_of(name)[:1].islower()):
        mention(walk, name, scope, ROLE.CALL)


def assignment(walk: Walk, node: Node, scope: Scope) -> None:
    """`target = value`: exports, members of `this` and of module-level values, values of variables."""
    scope = walk.own(node, scope)
    targets, value = assignment_targets(node)
    exported = [target for target in targets if exported_name(target) is not None]
    if exported:
        export_assignment(node, scope, walk.ledger, walk.offered)
        name, before = exported[-1].child_by_field_name("property"), exported[-1].child_by_field_name("object")
        is_short = before is not None and before.type == "identifier" and exported_name(exported[-1]) != "export="
        index = walk.defined(node)
        if name is not None and index and (is_short or walk.found[index - 1].name == EXPORTS):
            walk.ledger.refer(walk.module, walk.offered(node, walk.found[index - 1].name), ROLE.READ, name)
    for target in targets:
        _assign(walk, target, value, scope)
    walk.push(value, scope)


def _assign(walk: Walk, target: Node, value: Node | None, scope: Scope) -> None:
    kind = target.type
    receiver = target.child_by_field_name("object")
    if value is not None and receiver is not None:
        owner = without_prototype(receiver)
        if owner.type == "this":
            walk.receivers[value.id] = scope.this
        elif owner.type == "identifier":
            walk.receivers[value.id] = text_of(owner)
            if owner is not receiver:
                walk.on_prototypes.add(value.id)
    if kind == "identifier":
        if target.text != b"exports":
            walk.ledger.reassign(scope, text_of(target))
            for chain in alternatives_of(value, scope.this):
                walk.ledger.assign(scope, text_of(target), chain)
    elif kind == "member_expression":
        name = target.child_by_field_name("property")
        if receiver is not None and name is not None and exported_name(target) is None:
            _assign_member(walk, receiver, text_of(name), value, scope)
            walk.push(receiver, scope)
    elif kind in ("object_pattern", "array_pattern"):
        pass
    else:
        key = key_of(target.child_by_field_name("index"))
        if receiver is not None and key is not None and key[:1] == "[":
            _assign_member(walk, receiver, key, value, scope)
        walk.push_children(target, scope)


def _assign_member(walk: Walk, receiver: Node, name: str, value: Node | None, scope: Scope) -> None:
    """Record `this.x = value` and `X.x = value` as members, unless a function makes it a definition."""
    if receiver.type == "this":
        _member_of(walk, walk.instance_owner(scope), name, value, scope)
    elif (named := without_prototype(receiver)).type == "identifier":
        if named is not receiver and not (value is not None and walk.is_local(unwrap(value))):
            return
        owner = text_of(named)
        at = walk.ledger.at
        walk.later.append((at, scope, lambda scope: _member_of(walk, walk.named(owner, scope), name, value, scope)))


def _member_of(walk: Walk, index: int, name: str, value: Node | None, scope: Scope) -> None:
    inner = unwrap(value)
    defined = walk.defined_by(inner) if inner is not None else 0
    if not index or inner is None or (defined and not walk.found[defined - 1].local):
        return
    if defined:
        walk.attribute(index, name, ((walk.spelled(defined),), ()), scope)
    else:
        define_member(walk, index, name, value, scope, jsdoc_before(walk, walk.ledger.at).value)


def type_name(walk: Walk, node: Node, scope: Scope) -> None:
    """A name in a type: `Foo`, `a.Foo`."""
    if node.type == "type_identifier":
        if node.text == b"bigint":  # a predefined type that the grammar takes for a name
            return
        walk.ledger.refer(scope, (text_of(node),), ROLE.TYPE, node)
        return
    module, name = node.child_by_field_name("module"), node.child_by_field_name("name")
    if module is None or name is None:
        return
    head = chain_of(module, "")
    if head:
        walk.ledger.refer(scope, (*head, text_of(name)), ROLE.TYPE, name)
        mention(walk, module, scope, ROLE.READ)


def heritage_type(walk: Walk, node: Node | None, scope: Scope, role: Role) -> None:
    """Mention a type of an `extends` or `implements` clause in its role; visit its arguments."""
    if node is None:
        return
    if node.type == "generic_type":
        walk.push(node.child_by_field_name("type_arguments"), scope)
        heritage_type(walk, node.child_by_field_name("name"), scope, role)
    elif node.type in ("type_identifier", "identifier"):
        walk.ledger.refer(scope, (text_of(node),), role, node)
    elif node.type == "nested_type_identifier":
        module, name = node.child_by_field_name("module"), node.child_by_field_name("name")
        head = chain_of(module, "")
        if head and name is not None:
            walk.ledger.refer(scope, (*head, text_of(name)), role, name)
            mention(walk, module, scope, ROLE.READ)
    else:
        mention(walk, node, scope, role)


def type_alone(walk: Walk, node: Node, scope: Scope) -> None:
    """`x is Foo`, a property of an object type: only the type is a mention."""
    walk.push(node.child_by_field_name("type"), scope)


def _hint_elements(walk: Walk, arguments: Node, receiver: Chain, per_element: bool) -> None:
    """Say what `xs.map(callback)` and `promise.then(callback)` hand to the callback."""
    callback = nth(arguments, 0)
    if callback is None or callback.type not in FUNCTIONS or not receiver or receiver[0] == UNKNOWN:
        return
    handed: TypeChains = (((*receiver, "[]") if per_element else receiver,), ())
    walk.hints[callback.id] = lambda position: NOTHING if position else handed


def _hint_parameters(walk: Walk, arguments: Node | None, function: Node | None, scope: Scope) -> None:
    """Say what any other call hands to its callbacks: what the callee's own signature declares."""
    if arguments is None or arguments.type != "arguments":
        return
    callee: Chain | None = None
    for position, argument in enumerate(arguments.named_children):
        if argument.type in FUNCTIONS and position <= _MAX_CALLBACK:
            if callee is None:
                callee = chain_of(function, scope.this)
            if callee and callee[0] != UNKNOWN and len(callee) <= _MAX_CALLEE:
                walk.hints[argument.id] = partial(_handed, callee, position)


def _handed(callee: Chain, argument: int, position: int) -> TypeChains:
    return ((*callee, f"({argument}:{position})"),), ()


def _certain(chain: Chain) -> Chain:
    """Leave out reads of members whose receiver is unknown."""
    return () if chain and chain[0] == UNKNOWN else chain
