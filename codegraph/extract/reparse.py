"""Parses a file anew in which something is broken, and takes over from its last tree what nothing of that touches.

The parser takes a node over only where it follows one reading, in the state that the node was read in, and only if the
node holds no edit and was read in one way. What follows from there is then the same. Two things are not said by that:
how a broken place is got over depends on more than its own text, and behind it the parser may follow several readings
for a while. So each broken place counts as edited, up to the end of the first node behind it that was closed when one
reading was left; and so does the whole edited function, with what follows it up to such a node. Those are read anew,
token by token, as in a file that is read for the first time.

Whoever asks compares what is broken then with what was (`damaged`): a tree in which anything else is broken is not
believed, and the file is parsed without the last tree.
Tests: tests/unit/extract/test_extract_reparse.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node, Parser, Point, Tree

from codegraph.extract.normalise import Span

_SEVERAL_READINGS = 0xFFFF
"""The state of a node that was closed while the parser followed several readings, or could have closed another one."""


class _Mark(NamedTuple):
    """A stretch of the last tree that counts as edited."""

    start: int
    end: int
    start_point: Point
    end_point: Point


def reparsed(parser: Parser, before: Tree, read: bytes, edited: Span, moved: int) -> Tree:
    """Parse `read`, which is what `before` is the tree of, but for a function that was edited.

    `edited`: where the function stood; it has `moved` bytes more now. `before` stays as it is.
    """
    root = before.root_node
    tree = before.copy()
    for mark in _broken(root):
        tree.edit(mark.start, mark.end, mark.end, mark.start_point, mark.end_point, mark.end_point)
    node = root.descendant_for_byte_range(*edited) or root
    start, start_point = edited[0], _point(read, edited[0])
    end, end_point = _settled(node)
    tree.edit(start, end, end + moved, start_point, end_point, _point(read, end + moved))
    return parser.parse(read, tree)


def _broken(root: Node) -> Iterator[_Mark]:
    """Yield the broken places in order, each up to where one reading is left, but for those in the last of these."""
    waiting, last_end = [root], -1
    while waiting:
        node = waiting.pop()
        if node.is_missing or node.is_error:
            if node.end_byte >= last_end:
                last_end, end_point = _settled(node)
                yield _Mark(node.start_byte, last_end, node.start_point, end_point)
        elif node.has_error:
            waiting.extend(reversed(node.children))


def _settled(node: Node) -> tuple[int, Point]:
    """Return the end of the first node behind one, or around it, that was closed when one reading was left."""
    around: Node | None = node
    while around is not None and around.parent is not None:
        beside = around.next_sibling
        while beside is not None:
            found = _first_settled(beside)
            if found is not None:
                return found.end_byte, found.end_point
            beside = beside.next_sibling
        around = around.parent
        if around.parent is not None and _is_settled(around):
            break
    last = node if around is None else around
    return last.end_byte, last.end_point


def _first_settled(node: Node) -> Node | None:
    """Return the first node inside of one, or itself, that was closed so; trees may be deeper than calls may nest."""
    open_nodes = [(node, iter(node.children))]
    while open_nodes:
        last, inside = open_nodes[-1]
        below = next(inside, None)
        if below is not None:
            open_nodes.append((below, iter(below.children)))
        elif _is_settled(last):
            return last
        else:
            open_nodes.pop()
    return None


def _is_settled(node: Node) -> bool:
    return node.child_count > 0 and not node.is_error and node.parse_state != _SEVERAL_READINGS


def _point(text: bytes, offset: int) -> Point:
    return Point(text.count(b"\n", 0, offset), offset - text.rfind(b"\n", 0, offset) - 1)
