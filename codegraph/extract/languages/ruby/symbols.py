"""Methods of Ruby that are named by symbols: sent, given as blocks, or handed to what a class body calls.

What a class body hands a name to calls that method on instances, later: `before_action :load`, `validate :check`, and
`with:` and `if:` of anything. Where a declaration is not known to do so, its symbols are mentions of methods that the
file defines; others are mostly names of something else (`has_many :posts`).
Tests: tests/unit/extract/test_extract_ruby.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import ROLE
from codegraph.extract.languages.block_walk import Scope
from codegraph.extract.languages.ruby.definitions import LITERALS, name_of

if TYPE_CHECKING:
    from codegraph.extract.languages.ruby.walk import RubyWalk

BY_NAME = frozenset({"send", "__send__", "public_send", "try", "try!", "method", "instance_method", "public_method"})
_SENDING = frozenset({"send", "__send__", "public_send", "try", "try!"})
_CALLBACK = re.compile(r"(?:(?:skip|append|prepend)_)*(?:before|after|around)_\w+|validate|helper_method")
"""Declarations that have methods called by their names, as Rails, Sinatra, Sidekiq and RSpec spell them."""
_CALLING = frozenset({"if", "unless", "with"})
"""Keys of declarations whose values are called."""
_SYMBOLS = frozenset({"simple_symbol", "delimited_symbol", "bare_symbol"})


def sent(walk: RubyWalk, node: Node, literal: Node, scope: Scope) -> None:
    """Mention the method that `send(:name)` or `method(:name)` names."""
    method = node.child_by_field_name("method")
    is_call = method is not None and walk.text(method) in _SENDING
    name = name_of(literal) if literal.type in LITERALS else ""
    if is_call and method is not None and not name:
        walk.computed(scope, (), method)
    chain = walk.chains.called(node, scope)[:-1] if name else ()
    if name and (chain or is_call):
        walk.mention(scope, (*(chain or ("()",)), f"{name}()"), ROLE.CALL if is_call else ROLE.READ, literal)


def block_argument(walk: RubyWalk, node: Node, scope: Scope) -> None:
    """Mention the method that `&:name` calls, on whatever the block is given."""
    value = node.named_children[0] if node.named_child_count else None  # none in `each(&)`
    name = name_of(value) if value is not None and value.type in LITERALS else ""
    if value is not None and name:
        walk.mention(scope, ("()", f"{name}()"), ROLE.CALL, value)
    walk.push_children(node, scope)


def handed_to_class(walk: RubyWalk, declaration: str, arguments: Node, scope: Scope) -> None:
    """Mention the methods of instances that a call in a class body is given by name."""
    is_callback = _CALLBACK.fullmatch(declaration) is not None
    for each in arguments.named_children:
        if each.type != "pair":
            _mention(walk, each, is_callback, scope)
            continue
        key, value = each.child_by_field_name("key"), each.child_by_field_name("value")
        if key is not None and value is not None:
            _mention(walk, value, walk.text(key).strip(":") in _CALLING, scope)


def _mention(walk: RubyWalk, value: Node, is_called: bool, scope: Scope) -> None:
    for each in _symbols(value):
        name = name_of(each)
        if name and (is_called or name in walk.methods):
            walk.mention(scope, ("@self", f"{name}()"), ROLE.CALL if is_called else ROLE.READ, each)


def _symbols(value: Node) -> Iterator[Node]:
    """Yield a symbol, or those of an array."""
    for each in value.named_children if value.type in ("array", "symbol_array") else (value,):
        if each.type in _SYMBOLS:
            yield each
