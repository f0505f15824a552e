"""What strings mention: types in quoted annotations, and what paths such as `"package.module.function"` name.

Arguments of `Literal` are values and the metadata of `Annotated` is anything: both mention nothing. A path has two dots
or a colon, for settings and entry points spell such names out: `"django.middleware.common.CommonMiddleware"`,
`"tool = package.cli:main"`. It is a mention of a value: whoever reads the string may call it. A name of several words
that a call is given, or that a dictionary has as a value, may be a function's (`languages/spelled.py`). What a test
replaces by `patch("package.module.function")` is not called by that.
Tests: tests/unit/extract/test_extract_python_references.py.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from codegraph.core.facts import IMPORTED, SPELLED, Role
from codegraph.extract.languages.spelled import SPELLED_NAME
from codegraph.extract.text import SourceText
from codegraph.extract.view import FileView

_QUOTED = re.compile(r"[rRuU]?(\"\"\"|'''|\"|')(.*)\1\Z", re.DOTALL)
_DOTTED = re.compile(r"[A-Za-z_\x80-\xff][\w\x80-\xff]*(?:\.[A-Za-z_\x80-\xff][\w\x80-\xff]*)*")
_LITERAL = re.compile(r"(?:Literal|Annotated)\s*\[[^\]]*\]?")
_NAMES = r"[A-Za-z_\x80-\xff][\w\x80-\xff]*(?:\.[A-Za-z_\x80-\xff][\w\x80-\xff]*)"
_PATH = re.compile(
    rf"(?P<quote>[\"'])(?:(?P<path>{_NAMES}{{2,20}})"
    rf"|(?P<name>{SPELLED_NAME})"
    rf"|(?:[\w.-]{{1,100}}\s{{0,9}}=\s{{0,9}})?(?P<point>{_NAMES}{{0,20}}:{_NAMES}{{0,20}})(?:\s{{0,9}}\[[^\]\n]{{0,100}}\])?)"
    r"(?P=quote)"
)
_REPLACING = frozenset({"patch", "object", "setattr", "delattr", "spy", "stub"})
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


def mention_paths(view: FileView) -> None:
    """Add what strings name by its full path."""
    text = view.text
    for found in _PATH.finditer(text.text):
        node = view.root.descendant_for_byte_range(found.start(), found.start() + 1)
        while node is not None and node.type in ("string_start", "string_content"):
            node = node.parent
        if node is None or node.type != "string" or node.end_byte != found.end() or _is_replaced(node, text):
            continue  # in a comment, in a docstring, or in what is not looked at now
        if found["name"]:
            if _is_given(node):
                owner = view.owner_of(node.start_byte)
                view.references.add(owner, (SPELLED, text.decode(found["name"])), Role.CALL, found.start("name"))
            continue
        written = found["path"] or found["point"]
        first, *others = text.decode(written).replace(":", ".").split(".")
        last = found.end("path" if found["path"] else "point") - len(written.replace(":", ".").rpartition(".")[2])
        view.references.add(view.owner_of(node.start_byte), (IMPORTED + first, *others), Role.READ, last)


def _is_given(node: Node) -> bool:
    """Tell whether a string is given to a call, or is a value of a dictionary."""
    parent = node.parent
    if parent is None or parent.type not in ("argument_list", "keyword_argument", "pair"):
        return False
    return parent.type == "argument_list" or parent.child_by_field_name("value") == node


def _is_replaced(node: Node, text: SourceText) -> bool:
    """Tell whether a string names what the call that it is given to puts something else in place of."""
    arguments = node.parent
    call = arguments.parent if arguments is not None and arguments.type == "argument_list" else None
    function = call.child_by_field_name("function") if call is not None else None
    return function is not None and text.of(function).rpartition(".")[2] in _REPLACING


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
