"""Type references in quotes: forward references are mentions like any other.

Arguments of `Literal` are values and the metadata of `Annotated` is anything: both mention nothing.
Tests: tests/unit/extract/test_extract_python_references.py.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from codegraph.core.facts import Role
from codegraph.extract.text import SourceText
from codegraph.extract.view import FileView

_QUOTED = re.compile(r"[rRuU]?(\"\"\"|'''|\"|')(.*)\1\Z", re.DOTALL)
_DOTTED = re.compile(r"[A-Za-z_\x80-\xff][\w\x80-\xff]*(?:\.[A-Za-z_\x80-\xff][\w\x80-\xff]*)*")
_LITERAL = re.compile(r"(?:Literal|Annotated)\s*\[[^\]]*\]?")
_WRAPPERS = frozenset({"type", "type_parameter", "binary_operator"})


def mention_in_strings(view: FileView) -> None:
    """Add the references of quoted annotations to the view's table."""
    text = view.text
    for found in view.forms("quoted"):
        node = found["string"][0]
        start = node.start_byte
        match = _QUOTED.match(text.text, start, node.end_byte)
        if match is None or _is_value(node, text):
            continue
        content = _LITERAL.sub(lambda literal: " " * len(literal.group()), match.group(2))
        for name in _DOTTED.finditer(content):
            _mention(view, view.owner_of(start), match.start(2) + name.start(), name.group())


def _mention(view: FileView, owner: int, offset: int, dotted: str) -> None:
    parts = dotted.split(".")
    chain = tuple(map(view.text.decode, parts))
    for length, part in enumerate(parts, 1):
        role = Role.TYPE if length == len(parts) else Role.READ
        view.references.add(owner, chain[:length], role, offset)
        offset += len(part) + 1


def _is_value(node: Node, text: SourceText) -> bool:
    """Tell whether a string stands among the arguments of `Literal`, or is metadata of `Annotated`."""
    inner, outer = node, node.parent
    while outer is not None and outer.type in _WRAPPERS:
        inner, outer = outer, outer.parent
    if outer is None or outer.type not in ("generic_type", "subscript"):
        return False
    name = text.of(outer.named_child(0)).rpartition(".")[2]
    if name == "Annotated":
        return ("," in text.slice(outer.start_byte, node.start_byte)) if inner is not node else True
    return name == "Literal"
