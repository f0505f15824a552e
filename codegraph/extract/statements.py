"""Declarations at file level that define nothing and hold no function: tables, variables, what is only announced.

What the parser reads of an edited file may do without those of which the edited function names nothing (see
`reduction`). Tests: tests/unit/extract/test_extract_statements.py.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple

from tree_sitter import Node

from codegraph.extract.extractor import Look

WORD = re.compile(rb"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*")


class Statement(NamedTuple):
    """One of them. Offsets are bytes."""

    start: int
    end: int
    words: tuple[bytes, ...]
    """Those of what it declares."""


def statements_of(look: Look) -> tuple[Statement, ...]:
    """Return those of a file, in order, that have lines of their own in what the parser has read."""
    view, data, kinds = look.view, look.reading.read, look.view.spec.statements
    if kinds is None:
        return ()
    held = sorted([*(each.start for each in view.definitions[1:]), *(each.start for each in look.apart)])
    found: list[Statement] = []
    waiting = [view.root]
    while waiting:
        for node in waiting.pop().named_children:
            start, end = node.start_byte, node.end_byte
            if node.type in kinds.around:
                waiting.append(node)
                continue
            is_one = node.type in kinds.nodes and not node.has_error and not view.owner_of(start)
            if is_one and bisect_left(held, start) == bisect_left(held, end) and has_lines(data, start, end):
                found.append(Statement(start, end, _declared(node, data)))
    return tuple(sorted(found))


def has_lines(data: bytes, start: int, end: int) -> bool:
    """Tell whether a stretch has lines of its own, so that nothing is half a statement without it."""
    before = data[data.rfind(b"\n", 0, start) + 1 : start]
    line_end = data.find(b"\n", end - (data[end - 1 : end] == b"\n"))
    behind = data[end : line_end if line_end >= 0 else None]
    return end - start > 1 and not before.strip(b" \t") and not behind.strip(b" \t\r;")


def _declared(node: Node, data: bytes) -> tuple[bytes, ...]:
    """Return the words of what a declaration declares, but for its values."""
    found: set[bytes] = set()
    for each in node.children_by_field_name("declarator"):
        value = each.child_by_field_name("value")
        found.update(WORD.findall(data, each.start_byte, value.start_byte if value is not None else each.end_byte))
    kind = node.child_by_field_name("type")
    if kind is not None and (kind.child_by_field_name("body") is not None or not found):
        found.update(WORD.findall(data, kind.start_byte, kind.end_byte))
    return tuple(sorted(found))
