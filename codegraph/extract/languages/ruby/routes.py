"""Routes of Rails: which actions of which controllers `routes.draw` names.

`get "/x" => "home#index"` calls HomeController's `index`, `resources :stories` the seven usual actions of
StoriesController or those that `only` and `except` leave; inside of it `post :flag` calls one more. `namespace` and
`module:` put modules around the controller. What a route does not say so (a redirect, an engine, a path that only
naming conventions split) is left alone. An action that its controller does not define is Rails' own.
Format: Rails Guides, Rails Routing from the Outside In. Tests: tests/unit/extract/test_extract_ruby_routes.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from tree_sitter import Node

from codegraph.core.facts import ROLE
from codegraph.core.words import words
from codegraph.extract.languages.block_walk import Scope
from codegraph.extract.languages.ruby.definitions import LITERALS

if TYPE_CHECKING:
    from codegraph.extract.languages.ruby.walk import RubyWalk

MAX_DEPTH = 20
"""Blocks in blocks."""

_VERBS: Final = words("get post put patch delete match root options head")
_MANY: Final = ("index", "show", "new", "create", "edit", "update", "destroy")
_ONE: Final = _MANY[1:]
_TARGET: Final = re.compile(r"(?P<controller>[a-z_][\w/]*)#(?P<action>[a-z_]\w*[?!]?)\Z")
_PATH: Final = re.compile(r"/?(?P<controller>[a-z_]\w*)/(?P<action>[a-z_]\w*)\Z")
_ACTION: Final = re.compile(r"[a-z_]\w*[?!]?\Z")


class _Place(NamedTuple):
    """What is around a route."""

    modules: tuple[str, ...] = ()
    controller: str = ""


class _Call(NamedTuple):
    """A call of the routes' language: its arguments without and with a key."""

    name: str
    plain: list[Node]
    keyed: Mapping[str, Node]
    paths: list[tuple[Node, Node]]
    """`"/x" => "home#index"`."""
    body: Node | None


def is_drawing(walk: RubyWalk, receiver: Node | None, name: str) -> bool:
    """Say whether a call is `Rails.application.routes.draw`."""
    return name == "draw" and receiver is not None and walk.text(receiver).endswith("routes")


def drawn(walk: RubyWalk, block: Node, scope: Scope) -> None:
    """Mention the actions that a block of routes names."""
    stack = [(block, _Place(), 0)]
    while stack:
        node, place, depth = stack.pop()
        if node.type != "call" or depth > MAX_DEPTH:
            if depth <= MAX_DEPTH:
                stack += [(each, place, depth) for each in node.named_children]
            continue
        call = _call(walk, node)
        for inner in _inside(walk, call, place, scope):
            if call.body is not None:
                stack.append((call.body, inner, depth + 1))


def _call(walk: RubyWalk, node: Node) -> _Call:
    method, arguments = node.child_by_field_name("method"), node.child_by_field_name("arguments")
    plain: list[Node] = []
    keyed: dict[str, Node] = {}
    paths: list[tuple[Node, Node]] = []
    for each in arguments.named_children if arguments is not None else ():
        key, value = each.child_by_field_name("key"), each.child_by_field_name("value")
        if each.type != "pair" or key is None or value is None:
            plain.append(each)
        elif key.type == "string":
            paths.append((key, value))
        else:
            keyed[walk.text(key).strip(":")] = value
    is_called_on = node.child_by_field_name("receiver") is not None
    name = "" if method is None or is_called_on else walk.text(method)
    return _Call(name, plain, keyed, paths, node.child_by_field_name("block"))


def _inside(walk: RubyWalk, call: _Call, place: _Place, scope: Scope) -> list[_Place]:
    """Mention what a call names, and return what is around the routes in its block."""
    named = [_said(walk, each) for each in call.plain]
    modules = place.modules
    if call.name in ("namespace", "scope"):
        around = call.keyed.get("module")
        said = _said(walk, around) if around is not None else named[0] if call.name == "namespace" and named else ""
        modules = (*modules, *_modules(said))
        return [_Place(modules, _keyed(walk, call, "controller") or place.controller)]
    if call.name == "controller" and named:
        return [_Place(modules, named[0])]
    if call.name in ("resources", "resource"):
        within = _Place((*modules, *_modules(_keyed(walk, call, "module"))))
        return [_resources(walk, call, node, within, scope) for node in call.plain if _said(walk, node)]
    if call.name in _VERBS:
        _verb(walk, call, place, scope)
    return [place]


def _resources(walk: RubyWalk, call: _Call, node: Node, place: _Place, scope: Scope) -> _Place:
    name = _said(walk, node)
    is_one = call.name == "resource"
    controller = _keyed(walk, call, "controller") or (_plural(name) if is_one else name)
    only, left_out = call.keyed.get("only"), call.keyed.get("except")
    actions = _listed(walk, only) if only is not None else list(_ONE if is_one else _MANY)
    without = set(_listed(walk, left_out)) if left_out is not None else set[str]()
    for action in actions:
        if action not in without:
            _mention(walk, place.modules, controller, action, node, scope)
    return place._replace(controller=controller)


def _verb(walk: RubyWalk, call: _Call, place: _Place, scope: Scope) -> None:
    targets = [value for _, value in call.paths]
    if "to" in call.keyed:
        targets.append(call.keyed["to"])
    elif call.name == "root":
        targets += call.plain[:1]
    for target in targets:
        said = _TARGET.match(_said(walk, target))
        if said is not None:
            _mention(walk, place.modules, said["controller"], said["action"], target, scope)
    if targets:
        return
    controller = _keyed(walk, call, "controller") or place.controller
    action = call.keyed.get("action")
    for node in [action] if action is not None else call.plain:
        said = _PATH.match(_said(walk, node))
        if controller and _ACTION.match(_said(walk, node)):
            _mention(walk, place.modules, controller, _said(walk, node), node, scope)
        elif said is not None and node is not action:
            _mention(walk, place.modules, said["controller"], said["action"], node, scope)


def _mention(walk: RubyWalk, modules: tuple[str, ...], controller: str, action: str, node: Node, scope: Scope) -> None:
    constants = _modules(controller)
    if not constants:
        return
    first, *others = (*modules, *constants[:-1], f"{constants[-1]}Controller")
    names = (first, *(f"::{name}" for name in others))
    walk.mention(scope, (*names, "<new>", "()", f"{action}()"), ROLE.CALL, node)


def _said(walk: RubyWalk, node: Node) -> str:
    """Return what a string or symbol says, "" for anything else."""
    text = walk.text(node).lstrip(":").strip("\"'") if node.type in LITERALS else ""
    return "" if "#{" in text or "\n" in text else text


def _keyed(walk: RubyWalk, call: _Call, key: str) -> str:
    node = call.keyed.get(key)
    return "" if node is None else _said(walk, node)


def _listed(walk: RubyWalk, node: Node) -> list[str]:
    """Return the names of a symbol, or of an array of them, in any spelling."""
    return list(_names(walk, node))


def _names(walk: RubyWalk, node: Node) -> Iterator[str]:
    if node.type in ("array", "symbol_array", "string_array"):
        for each in node.named_children:
            yield walk.text(each).lstrip(":").strip("\"'")
    elif said := _said(walk, node):
        yield said


def _modules(path: str) -> tuple[str, ...]:
    """Return the constants of a path: `admin/user_notes` is Admin and UserNotes."""
    return tuple(
        "".join(word[:1].upper() + word[1:] for word in part.split("_")) for part in path.split("/") if part.strip("_")
    )


def _plural(name: str) -> str:
    """Return the plural of a name that follows a rule: the controller of a `resource` is called by it."""
    if name.endswith("y") and name[-2:-1] not in ("a", "e", "i", "o", "u"):
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch", "sh")) else f"{name}s"
