"""Expressions of PHP: what they mention (see `php.walk`).

Tests: tests/unit/extract/test_extract_php.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import ROLE, SPELLED, BindingKind, Chain, ImportKind
from codegraph.extract.languages.block_walk import Scope, joined
from codegraph.extract.languages.php import routes
from codegraph.extract.languages.php.declarations import declare, last_name
from codegraph.extract.languages.spelled import is_spelled

if TYPE_CHECKING:
    from codegraph.extract.languages.php.walk import PhpWalk

_NAMES = ("name", "qualified_name", "relative_name")
_CALLING = frozenset({"call_user_func", "call_user_func_array", "forward_static_call", "forward_static_call_array"})
_TAKING = re.compile(
    r"(?:array_(?:map|filter|walk|reduce|u\w+)|array_walk_recursive|u[ak]?sort|is_callable|iterator_apply|ob_start|"
    r"preg_replace_callback|register_\w+|spl_autoload_register|set_(?:error|exception)_handler|fromcallable|"
    r"(?:add|remove|has)_(?:action|filter|shortcode))"
)
"""Functions that call what is named to them, in lower case: PHP's own, and WordPress's hooks."""
_CALLABLE = re.compile(r"\\?\w+(?:\\\w+)*(?:::\w+)?")
_NO_CLASSES = frozenset({"self", "static", "parent", "true", "false", "null"})
_MAGIC = frozenset({"__DIR__", "__FILE__", "__LINE__", "__CLASS__", "__METHOD__", "__FUNCTION__", "__NAMESPACE__"})


def call(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Mention the method or function that is called, or that `f(...)` makes a closure of."""
    name = node.child_by_field_name("name") or node.child_by_field_name("function")
    target, arguments = node.child_by_field_name("object"), node.child_by_field_name("arguments")
    owner = node.child_by_field_name("scope")
    walk.push(arguments, scope)
    if name is not None and name.type not in _NAMES:
        walk.push(name, scope)
    walk.push(target, scope)
    if owner is not None:
        walk.push(owner, scope, class_read)
    if name is None or name.type not in _NAMES:
        _call_computed(walk, node, name, scope)
        return
    if node.type == "function_call_expression" and walk.text(name).lower().lstrip("\\") in _CALLING:
        _call_given(walk, arguments, name, scope)
    chain = walk.chains.called(node, scope)
    if not chain and (target is not None or owner is not None):
        chain = ("()", f"{walk.text(name)}()") if _is_open(walk, target, name, scope) else ()
    is_closure = arguments is not None and any(each.type == "variadic_placeholder" for each in arguments.named_children)
    walk.mention(scope, chain, ROLE.READ if is_closure else ROLE.CALL, last_name(name))
    if node.type == "function_call_expression" and walk.text(name).lower() == "define":
        define(walk, node)


def _call_computed(walk: PhpWalk, node: Node, name: Node | None, scope: Scope) -> None:
    """Record the call of a variable, of an expression, or of a member whose name is computed."""
    if name is None:
        return
    if node.type != "function_call_expression":
        walk.computed(scope, (), name)
    elif name.type == "variable_name" and scope.find(walk.text(name)) is not None:
        walk.call_local(scope, walk.text(name), name)
    else:
        walk.computed(scope, walk.chains.value(name, scope), name)


def _call_given(walk: PhpWalk, arguments: Node | None, name: Node, scope: Scope) -> None:
    """Record what `call_user_func("name")` calls."""
    first = arguments.named_child(0) if arguments is not None and arguments.named_child_count else None
    given = first.named_child(0) if first is not None and first.named_child_count else None
    text = walk.text(given)[1:-1] if given is not None and given.type in ("string", "encapsed_string") else ""
    if given is not None and text.replace("\\", "").isidentifier():
        walk.mention(scope, (walk.chains.types.names.function_name("\\" + text.lstrip("\\")),), ROLE.CALL, given)
    elif given is None or given.type not in ("anonymous_function", "arrow_function"):
        walk.computed(scope, (), name)


def _is_open(walk: PhpWalk, target: Node | None, name: Node, scope: Scope) -> bool:
    """Say whether a call of an unknown receiver may mean a definition: not what an anonymous class has itself."""
    is_own = target is not None and walk.text(target) == "$this"
    return not is_own or scope.find(f"$this->{walk.text(name)}()") is None


def define(walk: PhpWalk, node: Node) -> None:
    """Name the constant that `define` makes."""
    index = walk.defined.get(node.id, 0)
    if index:
        walk.bind(node, index, "@name", (walk.view.definitions[index].name.lstrip("\\"),), BindingKind.VARIABLE)


def class_read(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Mention the class before `::`."""
    if node.type not in _NAMES:
        walk.push(node, scope)
        return
    text = walk.text(node)
    if text.lower() not in _NO_CLASSES:
        walk.mention(scope, (walk.chains.types.names.class_name(text),), ROLE.READ, last_name(node))


def creation(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Mention the constructor of `new`."""
    for child in reversed(node.named_children):
        if child.type not in _NAMES:
            walk.push(child, scope)
    kind = next((each for each in node.named_children if each.type in _NAMES), None)
    chain = walk.chains.created(node, scope)
    if kind is None and node.named_child_count and node.named_children[0].type not in ("anonymous_class", "arguments"):
        walk.computed(scope, (), node.named_children[0])
    if kind is None:
        body = next((each for each in node.named_children if each.type == "anonymous_class"), None)
        base = next((each for each in body.named_children if each.type == "base_clause"), None) if body else None
        kind = base.named_child(0) if base is not None and base.named_child_count else None
    if kind is not None:
        walk.mention(scope, joined(chain, "<new>"), ROLE.CALL, last_name(kind))


def member(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Mention a property of an object."""
    name = node.child_by_field_name("name")
    if name is not None:
        if name.type == "name":
            walk.mention(scope, walk.chains.member(node, scope), ROLE.READ, name)
        else:
            walk.push(name, scope)
    walk.push(node.child_by_field_name("object"), scope)


def static_member(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Mention a static property, a constant or a case, and the class that has it."""
    if node.named_child_count != 2:
        walk.push_children(node, scope)
        return
    owner, name = node.named_children
    walk.mention(scope, walk.chains.static_member(node, scope), ROLE.READ, name)
    walk.push(owner, scope, class_read)


def type_name(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Mention a declared type."""
    chain = walk.chains.types.instance(walk.text(node))
    if node.named_child_count and chain and chain[0][0] == "\\":
        walk.mention(scope, chain[:1], ROLE.TYPE, last_name(node.named_children[0]))


def constant(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Mention a constant that is read by its name."""
    text = walk.text(node)
    if text.lower() not in _NO_CLASSES and text not in _MAGIC:
        walk.mention(scope, (walk.chains.types.names.constant_name(text),), ROLE.READ, last_name(node))


def attribute(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Mention an attribute's class."""
    name = node.named_child(0) if node.named_child_count else None
    walk.push(node.child_by_field_name("parameters"), scope)
    if name is not None:
        chain = (walk.chains.types.names.class_name(walk.text(name)),)
        walk.mention(scope, chain, ROLE.DECORATOR, last_name(name))


def assignment(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Visit an assignment's value, then what it is assigned to; from then on the variable has that value."""
    left = node.child_by_field_name("left")
    walk.push(node, scope, declare)
    if left is not None and left.type != "variable_name":
        walk.push(left, scope)
    walk.push(node.child_by_field_name("right"), scope)


def array(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Mention the method that `[$this, "name"]` or `[Some::class, "name"]` stands for."""
    chain, name = _callback(walk, node, scope)
    if name is not None:
        walk.mention(scope, chain, ROLE.READ, name)
    walk.push_children(node, scope)


def _callback(walk: PhpWalk, node: Node, scope: Scope) -> tuple[Chain, Node | None]:
    parts = node.named_children
    if len(parts) != 2 or any(each.named_child_count != 1 for each in parts):
        return (), None
    target, name = parts[0].named_children[0], parts[1].named_children[0]
    if name.type not in ("string", "encapsed_string") or name.named_child_count != 1:
        return (), None
    text = walk.text(name.named_children[0])
    if not text.isidentifier():
        return (), None
    if target.type == "variable_name" and walk.text(target) == "$this" and scope.find(f"$this->{text}()") is None:
        chain = walk.chains.value(target, scope)
    elif target.type == "class_constant_access_expression" and target.named_child_count == 2:
        is_class = walk.text(target.named_children[1]) == "class"
        chain = walk.chains.owner(target.named_children[0], scope) if is_class else ()
    else:
        chain = ()
    return joined(chain, "@guess", f"{text}()"), name.named_children[0]


def include(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Add the import of a file whose path is written out, from the directory of this file on."""
    path = _path(walk, node.named_child(0) if node.named_child_count else None)
    if path:
        walk.view.add_import(node, ImportKind.EFFECT, path, "", "")
    walk.push_children(node, scope)


def _path(walk: PhpWalk, node: Node | None) -> str:
    """Return a path out of strings, `__DIR__` and `dirname(__DIR__)`; "" for others."""
    waiting, text = [node], ""
    while waiting and len(waiting) < 9:
        each = waiting.pop()
        if each is None:
            return ""
        written = walk.text(each)
        if each.type in ("string", "encapsed_string"):
            if any(part.type != "string_content" for part in each.named_children):
                return ""
            text += written[1:-1]
        elif each.type == "binary_expression" and "." in [child.type for child in each.children]:
            waiting.extend([each.child_by_field_name("right"), each.child_by_field_name("left")])
        elif each.type == "parenthesized_expression":
            waiting.append(each.named_child(0))
        elif written == "__DIR__" or written == "dirname(__FILE__)":
            text += "."
        elif written == "dirname(__DIR__)":
            text += "./.."
        else:
            return ""
    return text


def argument(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Visit an argument; the name that it may have is no mention, a string may name a function or a method."""
    for child in reversed(node.named_children[node.child_by_field_name("name") is not None :]):
        if child.type in ("string", "encapsed_string") and child.named_child_count == 1:
            _named(walk, node, child.named_children[0], scope)
        elif child.type == "class_constant_access_expression":
            routes.given_class(walk, child, _called_with(walk, node), scope)
        walk.push(child, scope)


def _named(walk: PhpWalk, node: Node, literal: Node, scope: Scope) -> None:
    """Mention the method that `"A::f"` names, and the function that a string names to what takes such names."""
    text = walk.text(literal)
    routes.given_name(walk, literal, _called_with(walk, node), scope)
    if _CALLABLE.fullmatch(text) is None:
        return
    if is_spelled(text) and _TAKING.fullmatch(_called_with(walk, node)) is None:
        walk.mention(scope, (SPELLED, text), ROLE.CALL, literal)
        return
    owner, colons, name = text.rpartition("::")
    if colons and owner.lower() not in _NO_CLASSES:
        chain = (walk.chains.types.names.class_name("\\" + owner.lstrip("\\")), "@guess", f"{name}()")
        walk.mention(scope, chain, ROLE.READ, literal)
    elif not colons and _TAKING.fullmatch(_called_with(walk, node)) is not None:
        walk.mention(scope, (walk.chains.types.names.function_name("\\" + text.lstrip("\\")),), ROLE.READ, literal)


def _called_with(walk: PhpWalk, argument: Node) -> str:
    """Return the name of the function or method that is given an argument, in lower case."""
    call = argument.parent.parent if argument.parent is not None else None
    name = (call.child_by_field_name("function") or call.child_by_field_name("name")) if call is not None else None
    return walk.text(name).lower().lstrip("\\") if name is not None else ""


def hook(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Visit the body of a property's hook."""
    walk.push(node.child_by_field_name("body"), scope.inner())
