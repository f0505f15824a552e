"""Which branches of a Python file are not taken, as type checkers see it.

`TYPE_CHECKING` is true; the running Python is as new as any condition asks for, up to 3.11, and runs on Linux. Where
such a branch and another define one name, the other is meant: the definition is marked by an UNREACHABLE binding.
Tests: tests/unit/extract/test_extract_python_branches.py.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from codegraph.core.facts import LOCAL, BindingKind
from codegraph.extract.view import FileView, Spans

_SIGNS = tuple(map(re.compile, (r"TYPE_CHECKING\b", r"version_info\b", r"sys\.platform\b")))
"""Patterns that start with plain text are looked for much faster than their alternatives together."""
_CHECKING = re.compile(r"(not\s+)?(?:\w+\.)?TYPE_CHECKING\Z")
_VERSION = re.compile(
    r"(?:\w+\.)?version_info(?:\[:\d\]|\[0\])?\s*(>=|<)\s*\(?\s*(\d+)\s*(?:,\s*(\d+)\s*)?[\d\s,]*\)?\Z"
)
_PLATFORM = re.compile(r"sys\.platform\s*(==|!=)\s*[\"'](\w+)[\"']\Z")
_NEWEST = (3, 11)
_MAX_CLIMB = 8
_MAX_CONDITION = 200


def mark_unreachable(view: FileView) -> None:
    """Add a binding for each definition in a branch that is not taken."""
    spans = [(node.start_byte, node.end_byte) for node in _unreachable(view)]
    if not spans:
        return
    inside = Spans(spans)
    for found in view.definitions[1:]:
        if found.start in inside:
            chain = (LOCAL + found.descriptor,)
            view.bind(found.name_start, found.container, found.name, BindingKind.UNREACHABLE, chain)


def _unreachable(view: FileView) -> list[Node]:
    nodes: list[Node] = []
    for match in (match for sign in _SIGNS for match in sign.finditer(view.text.text)):
        branch = _branch_of(view.root.descendant_for_byte_range(match.start(), match.end()))
        condition = branch.child_by_field_name("condition") if branch is not None else None
        if branch is None or condition is None or condition.end_byte - condition.start_byte > _MAX_CONDITION:
            continue
        taken = _holds(view.text.of(condition))
        if taken is None:
            continue
        body = branch.child_by_field_name("consequence")
        if not taken and body is not None:
            nodes.append(body)
        elif taken:
            nodes.extend(_alternatives(branch))
    return nodes


def _branch_of(node: Node | None) -> Node | None:
    """Return the `if` or `elif` whose condition a node stands in."""
    for _ in range(_MAX_CLIMB):
        if node is None or node.type in ("block", "module"):
            return None
        if node.type in ("if_statement", "elif_clause"):
            return node
        node = node.parent
    return None


def _alternatives(branch: Node) -> list[Node]:
    if branch.type == "if_statement":
        return list(branch.children_by_field_name("alternative"))
    statement = branch.parent
    others = statement.children_by_field_name("alternative") if statement is not None else []
    return [other for other in others if other.start_byte > branch.start_byte]


def _holds(condition: str) -> bool | None:
    """Say whether a condition is true; None if that is not known."""
    if match := _CHECKING.match(condition):
        return match[1] is None
    if match := _VERSION.match(condition):
        asked = (int(match[2]), int(match[3] or 0))
        return None if asked > _NEWEST else match[1] == ">="
    if match := _PLATFORM.match(condition):
        return (match[2] == "linux") == (match[1] == "==")
    return None
