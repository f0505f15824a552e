"""Routes of Laravel: which methods of controllers they name without an array or a call.

`Route::resource('photos', PhotoController::class)` hands on the seven usual actions, `'PhotoController@show'` one of a
controller in Laravel's own namespace, and `Route::get('/x', 'show')` one of the class that a group around it is given
by `Route::controller(...)`. All are mentions, like `[PhotoController::class, 'show']`: the router calls them later.
Format: Laravel's documentation, Controllers and Routing. Tests: tests/unit/extract/test_extract_php.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tree_sitter import Node

from codegraph.core.facts import ROLE
from codegraph.core.words import words
from codegraph.extract.languages.block_walk import Scope

if TYPE_CHECKING:
    from codegraph.extract.languages.php.walk import PhpWalk

MAX_AROUND = 60
"""Nodes that are looked at from a route outwards for the group around it."""

_RESOURCES: Final = words("resource apiresource singleton apisingleton")
_ACTIONS: Final = ("index", "create", "store", "show", "edit", "update", "destroy")
_VERBS: Final = words("get post put patch delete options any match")
_AT: Final = re.compile(r"(?P<owner>[A-Za-z_][\w\\]*)@(?P<action>[A-Za-z_]\w*)\Z")
_NAMESPACE: Final = "\\App\\Http\\Controllers\\"


def given_class(walk: PhpWalk, constant: Node, called: str, scope: Scope) -> None:
    """Mention the actions of a class that a call of that name, in lower case, is given."""
    if called not in _RESOURCES or constant.named_child_count != 2:
        return
    owner, name = constant.named_children
    chain = walk.chains.owner(owner, scope) if walk.text(name) == "class" else ()
    for action in _ACTIONS if chain else ():
        walk.mention(scope, (*chain, "@guess", f"{action}()"), ROLE.READ, owner)


def given_name(walk: PhpWalk, literal: Node, called: str, scope: Scope) -> None:
    """Mention the method that a string names to a route."""
    text = walk.text(literal)
    if called not in _VERBS:
        return
    said = _AT.match(text)
    if said is not None:
        owner = walk.chains.types.names.class_name(_NAMESPACE + said["owner"])
        walk.mention(scope, (owner, "@guess", f"{said['action']}()"), ROLE.READ, literal)
    elif text.isidentifier():
        for constant in _controllers(walk, literal):
            chain = walk.chains.owner(constant.named_children[0], scope)
            if chain:
                walk.mention(scope, (*chain, "@guess", f"{text}()"), ROLE.READ, literal)
                return


def _controllers(walk: PhpWalk, node: Node) -> Iterator[Node]:
    """Yield what `controller(...)` is given in the calls around a node, the nearest first: `X::class`."""
    around = node.parent
    for _ in range(MAX_AROUND):
        if around is None:
            return
        call = around if around.type == "member_call_expression" else None
        while call is not None and call.type in ("member_call_expression", "scoped_call_expression"):
            name, arguments = call.child_by_field_name("name"), call.child_by_field_name("arguments")
            if name is not None and arguments is not None and walk.text(name) == "controller":
                first = arguments.named_children[0].named_child(0) if arguments.named_child_count else None
                if first is not None and first.type == "class_constant_access_expression" and first.named_child_count:
                    yield first
            call = call.child_by_field_name("object")
        around = around.parent
