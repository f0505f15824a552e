"""Invocations of macros: the macro is called, and what stands in it is read as expressions where it is such.

A macro is free to mean anything by its tokens, so this is a guess, which mentions made of it say. Tokens that are no
expressions give the paths among them with a capital in the middle, `Type::name`, and nothing more. What the code that a
macro writes calls is decided where it comes to stand: each such name is mentioned as a call on something unknown, which
gives a guessed edge at most, but lets nobody say that all callers of a function are known.
Tests: tests/unit/extract/test_extract_rust.py.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tree_sitter import Language, Node, Parser, Range
from tree_sitter_rust import language

from codegraph.core.facts import ImportKind, Role
from codegraph.extract.languages.block_walk import Scope
from codegraph.extract.languages.rust.blocks import declare_macro

if TYPE_CHECKING:
    from codegraph.extract.languages.rust.walk import RustWalk

_MAX_DEPTH = 6
MAX_PARSED = 2_000
"""Invocations of one file that are parsed again."""
_MAX_TOKENS = 2_000
_MACRO = "@macro"
UNKNOWN = "()"
"""The first element of the chain of what the text of a macro calls."""
_GENERATING = frozenset({"quote", "quote_spanned", "parse_quote", "format_ident", "stringify", "macro_rules"})
"""Macros whose tokens are code for elsewhere, or text."""
_QUOTING = frozenset({"quote", "quote_spanned", "parse_quote"})
"""Those whose tokens are code for elsewhere."""


def invocation(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Mention a macro, and what its tokens mention."""
    macro = node.child_by_field_name("macro")
    if macro is None:
        return
    path = walk.chains.path(macro, Scope(0, None))
    name = macro.child_by_field_name("name") or macro
    if path:
        walk.mention(scope, walk.chains.macro(path, scope), Role.CALL, name)
    if node.parent is not None and _is_item(node.parent) and len(path) == 1:
        spelled = "::".join(scope.find("@mod") or ())
        module = f"{spelled}>{path[0]}!" if spelled else f"{path[0]}!"
        walk.view.add_import(macro, ImportKind.STAR, module, "*", "", reexport=True)
    tokens = next((each for each in node.named_children if each.type == "token_tree"), None)
    depth = int((scope.find(_MACRO) or ("0",))[0])
    if tokens is not None and path and path[-1] in _QUOTING:
        _mention_written(walk, tokens, scope.owner)
    if tokens is None or not path or path[-1] in _GENERATING or depth >= _MAX_DEPTH:
        return
    walk.invocations += 1
    inner = scope.inner()
    inner.names[_MACRO] = (str(depth + 1),)
    parsed = _parsed(walk, tokens) if walk.invocations <= MAX_PARSED else None
    if parsed is not None:
        walk.push(parsed, inner)
    else:
        _scan(walk, tokens, inner)


def definition(walk: RustWalk, node: Node, scope: Scope) -> None:
    """Visit what a macro without parameters imports: to invoke it is to import all of that, from a module "name!"."""
    name = node.child_by_field_name("name")
    for rule in node.named_children:
        body = rule.child_by_field_name("right") if rule.type == "macro_rule" else None
        if body is not None:
            _mention_written(walk, body, walk.defined.get(node.id, scope.owner))
    if name is not None and scope.parent is not None:
        declare_macro(walk, node, walk.text(name), scope)
        return
    for rule in node.named_children if name is not None else ():
        body = rule.child_by_field_name("right") if rule.type == "macro_rule" else None
        if name is None or body is None or rule.named_child_count != 2 or rule.named_child(0).named_child_count:
            continue
        own = Scope(scope.owner, None)
        own.names["@mod"] = (walk.text(name) + "!",)
        block = _parsed(walk, body)
        for each in reversed(block.named_children if block is not None else ()):
            if each.type == "use_declaration":
                walk.push(each, own)


@cache
def _grammar() -> Language:
    return Language(language())


def _parsed(walk: RustWalk, tokens: Node) -> Node | None:
    """Return the tokens of an invocation as expressions, None if they are none."""
    part = Range(tokens.start_point, tokens.end_point, tokens.start_byte, tokens.end_byte)
    parser = Parser(_grammar())  # of its own: another thread may parse a macro meanwhile
    parser.included_ranges = [part]
    root = parser.parse(walk.view.text.data).root_node
    statement = root.named_child(0) if root.named_child_count == 1 else None
    inner = statement.named_child(0) if statement is not None and statement.named_child_count == 1 else statement
    return inner if inner is not None and not inner.has_error else None


def _is_item(parent: Node) -> bool:
    """Tell an invocation among items from one among statements."""
    if parent.type == "expression_statement" and parent.parent is not None:
        parent = parent.parent
    return parent.type == "source_file"


def _scan(walk: RustWalk, tokens: Node, scope: Scope) -> None:
    """Mention the paths of a type's members among tokens."""
    waiting, seen = [tokens], 0
    while waiting and seen < _MAX_TOKENS:
        node = waiting.pop()
        children = node.children
        seen += len(children)
        for number, each in enumerate(children):
            if each.type == "token_tree":
                waiting.append(each)
            elif each.type == "identifier" and _is_head(walk, children, number):
                _mention_path(walk, children, number, scope)


def _is_head(walk: RustWalk, children: list[Node], number: int) -> bool:
    is_type = walk.text(children[number])[:1].isupper()
    follows = number + 2 < len(children) and children[number + 1].type == "::"
    preceded = number > 0 and children[number - 1].type in ("::", ".", "$", "#")
    return is_type and follows and not preceded


def _mention_path(walk: RustWalk, children: list[Node], number: int, scope: Scope) -> None:
    first, last = children[number], children[number + 2]
    name = walk.text(first)
    if last.type == "identifier" and (name == "Self" or walk.chains.mentioned(name, scope)):
        head = walk.chains.named(name, scope)
        is_called = number + 3 < len(children) and children[number + 3].type == "token_tree"
        walk.mention(scope, (*head, walk.text(last)), Role.CALL if is_called else Role.READ, last)
        if name != "Self":
            walk.mention(scope, walk.chains.mentioned(name, scope), Role.TYPE, first)


def _mention_written(walk: RustWalk, tokens: Node, owner: int) -> None:
    """Mention, once each, what is called in code that a macro writes; not what it defines there, or is given."""
    waiting, seen, known = [tokens], 0, set[str]()
    while waiting and seen < _MAX_TOKENS:
        children = waiting.pop().children
        seen += len(children)
        for number, each in enumerate(children):
            if each.type == "token_tree":
                waiting.append(each)
            elif each.type == "identifier" and number + 1 < len(children) and _is_given(children[number + 1]):
                name = walk.text(each)
                if name not in known and not (number and children[number - 1].type in ("fn", "#", "$")):
                    known.add(name)
                    walk.view.references.add(owner, (UNKNOWN, name), Role.CALL, each.start_byte)


def _is_given(tokens: Node) -> bool:
    """Tell the arguments of a call."""
    return tokens.type == "token_tree" and tokens.child_count > 0 and tokens.children[0].type == "("
