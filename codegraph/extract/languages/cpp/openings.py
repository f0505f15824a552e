"""Namespaces that macros open and close: a line with NAME_NAMESPACE_BEGIN and nothing else, one with ..._END later.

Which namespaces that are is said by the macro's definition, perhaps in another file. So what stands between is put
into a namespace of the macro's own, "$NAME" or "$NAME(argument)", and linking looks up what it opens (`resolve/cpp`).
To the parser such a line is a directive that it does not know, which may stand wherever a namespace may: the first
two letters become "#n". A name tells such a macro: a word of it is NAMESPACE or NS, another one BEGIN, END or the like.
Tests: tests/unit/extract/test_extract_cpp.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from codegraph.core.facts import BindingKind, Chain

if TYPE_CHECKING:
    from tree_sitter import Node

    from codegraph.extract.languages.block_walk import Scope
    from codegraph.extract.languages.cpp.walk import CppWalk

OPENED: Final = "$"
"""The beginning of the name of such a namespace."""
_LINE: Final = re.compile(
    rb"\n[ \t]*+([A-Z_][A-Z0-9_]*+)(?:\([ \t]*[A-Za-z_]\w*+[ \t]*\))?[ \t]*+;?[ \t]*+(?=\r?\n|//|/\*)"
)
_MARKS: Final = (b"NAMESPACE", b"_NS", b"NS_")
_NAMES: Final = frozenset({"NAMESPACE", "NS"})
_BEGINS: Final = frozenset({"BEGIN", "OPEN", "START", "ENTER"})
_ENDS: Final = frozenset({"END", "CLOSE", "STOP", "LEAVE", "EXIT"})
_WRITTEN: Final = re.compile(r"([A-Z_][A-Z0-9_]*)(?:\(\s*(\w+)\s*\))?")
_LEVEL: Final = re.compile(r"([^{}]*)\{")
_NAME: Final = re.compile(r"[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*\Z")
_INLINE: Final = re.compile(r"inline\b|\b[A-Z_]*INLINE")


def as_directives(data: bytes) -> bytes:
    """Return the same bytes with such lines turned into directives."""
    return _LINE.sub(_marked, data) if any(mark in data for mark in _MARKS) else data


def _marked(match: re.Match[bytes]) -> bytes:
    start, text = match.start(1) - match.start(), match.group()
    return text[:start] + b"#n" + text[start + 2 :] if _side(match.group(1).decode()) else text


def _side(name: str) -> int:
    """Return 1 for the name of a macro that opens a namespace, -1 for one that closes, 0 for any other."""
    words = set(name.split("_"))
    if not words & _NAMES:
        return 0
    return 1 if words & _BEGINS else -1 if words & _ENDS else 0


def directive(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Enter or leave the namespace of a macro; what follows in the same scope is inside of it."""
    written = _WRITTEN.match(walk.text(node))
    if written is None:
        return
    around, side = walk.around(scope), _side(written.group(1))
    argument = f"({written.group(2)})" if written.group(2) else ""
    if side > 0:
        scope.names[walk.inside] = (*around, f"{OPENED}{written.group(1)}{argument}")
    elif side and around and around[-1].startswith(OPENED):
        scope.names[walk.inside] = around[:-1]


def bind_opening(walk: CppWalk, node: Node, index: int) -> None:
    """Bind what the body of a macro opens: its parameter, "()" if it has none, and the namespaces."""
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    parameters = node.child_by_field_name("parameters")
    if name is None or value is None or _NAMES.isdisjoint(walk.text(name).split("_")):
        return
    text = " ".join(walk.text(value).replace("\\", " ").split())
    opened = _opened(text)
    if opened:
        first = parameters.named_children[0] if parameters is not None and parameters.named_child_count else None
        chain: Chain = (walk.text(first) if first is not None else "()", *opened)
        walk.bind(node, index, "@opens", chain, BindingKind.ATTRIBUTE)


def _opened(text: str) -> tuple[str, ...]:
    """Return the names of the namespaces that a text opens, inline and nameless ones left aside; or the name it is."""
    if _NAME.match(text):
        return tuple(text.split("::"))
    found: list[str] = []
    for level in _LEVEL.finditer(text):
        before, word, name = level.group(1).rpartition("namespace")
        name = name.strip()
        if word and not _INLINE.search(before) and _NAME.match(name):
            found.extend(name.split("::"))
    return tuple(found)
