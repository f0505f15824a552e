"""An edit where something is broken, in the function or around it: what can be said of it without the rest of the file.

What breaks a function may take in text behind it, as a comment without an end does. And behind a broken place the
parser follows several readings for a while, how long depends on all the text between; which of two readings of
`a<b, c<d>::e` it takes may hang on that. So the whole file is parsed, from its last tree where that helps (`reparse`).
Elsewhere it must be broken as it was, and be read as it was: behind a broken place another reading may win though
nothing there is broken. Of the function that tree must say the same as the tree of what is left of
the file, node by node; then what is found in it is what the passes over the whole tree would find (see `again`).
Tests: tests/unit/extract/test_extract_again.py.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import NamedTuple

from msgspec.structs import replace
from tree_sitter import Node, Tree

from codegraph.core.facts import SyntaxProblem
from codegraph.extract.extractor import Limits, Look, Reduced, look
from codegraph.extract.grammar import Reading, compiled, damage
from codegraph.extract.known import Function, Known, kept_trees
from codegraph.extract.languages.spec import LanguageSpec
from codegraph.extract.normalise import Span
from codegraph.extract.outline import BROKEN, Broken, broken_in
from codegraph.extract.reparse import reparsed

_COMMENT = re.compile(rb"/\*|\*/(?!\*)")
"""`*/*` counts as a beginning: what stands before it may be no comment."""

_BEGINNING = re.compile(rb"/\*|R\"")
"""A comment, or a raw string of C++: where nothing ends it, the parser reads an operator or a name."""

_TEXT = re.compile(r"comment|string|^/\*$|R\"$")
"""The types of tokens that are text, or begin it where they stand."""

_BYTES_EACH = 500
"""As many are parsed while one broken place is read anew (0.06 ms): a tree with more places than that is no help."""


class Looked(NamedTuple):
    """What is found in the part, and what the parser cannot read of the whole file."""

    part: Look
    broken: tuple[Broken, ...]
    unprepared: tuple[Broken, ...] | None = None
    """Where the bytes as they are cannot be read, None if that has only moved."""
    trees: tuple[Tree, ...] = ()
    """Those of the whole file, if they are kept for the next edit."""


def looked_at(
    known: Known, data: bytes, edited: Function, read: bytes, less: Reduced, spec: LanguageSpec, limits: Limits
) -> Looked | None:
    """Look at what is left of a file; None if what the parser cannot read does not fit what is known.

    `read`: what the parser reads of the whole file; `less` does not say yet where that is broken.
    """
    text = data[edited.start : edited.end + len(data) - len(known.data)]
    if not known.broken and not _may_end_comment(known, edited, text):
        part = _part(data, less, (), spec, limits)
        if part is not None and not _may_run_on(part.view.root, text, edited.start):
            return Looked(part, ())
    return _looked_at_broken(known, data, edited, read, less, spec, limits)


def _may_end_comment(known: Known, edited: Function, text: bytes) -> bool:
    """Tell whether an edited function may end a comment that begins before it.

    `a /*b` is a product where nothing ends it. So before what ends a comment in the text as it was there is none.
    """
    return b"*/" in text and known.read.find(b"*/", edited.start) < 0 and _leaves_comment(known.read[: edited.start])


def _may_run_on(root: Node, text: bytes, start: int) -> bool:
    """Tell whether a comment or a raw string may begin in a function's text and end behind it, where all is there.

    None does where the tree has a string, a comment or a longer token: these end in the function.
    """
    for mark in _BEGINNING.finditer(text):
        at = start + mark.start()
        token = root.descendant_for_byte_range(at, at + 1)
        is_longer = token is not None and token.start_byte < at and token.end_byte > at + 1
        if token is None or not (is_longer or _TEXT.search(token.type)):
            return True
    return False


def _leaves_comment(text: bytes) -> bool:
    """Tell whether what may begin comments is more than what ends them; some languages nest them."""
    depth = 0
    for mark in _COMMENT.finditer(text):
        depth = depth + 1 if mark[0] == b"/*" else max(0, depth - 1)
    return depth > 0


def _part(data: bytes, less: Reduced, broken: Sequence[Broken], spec: LanguageSpec, limits: Limits) -> Look | None:
    part = look(data, spec.name, limits, less._replace(broken=_outside(broken, less.blank)))
    if isinstance(part, SyntaxProblem) or any(each.reason not in BROKEN for each in part.problems):
        return None
    return part


def _looked_at_broken(
    known: Known, data: bytes, edited: Function, read: bytes, less: Reduced, spec: LanguageSpec, limits: Limits
) -> Looked | None:
    moved = len(data) - len(known.data)
    was, now = (edited.body[0], edited.end), (edited.body[0], edited.end + moved)
    before = _moved([each for each in known.broken if not _is_within(each, was)], was, moved)
    if before is None:
        return None
    known = _with_trees(known, spec)
    resumed = _resumed(known, data, edited, read, before, spec)
    reading = resumed or compiled(spec.name).reading(data)
    broken = broken_in(reading.root)
    is_other = spec.prepare_if_broken and (reading.read is data) != (known.read is known.data)
    if reading.is_worse_prepared or is_other or reading.read != read:
        return None
    if before != tuple(each for each in broken if not _is_within(each, now)):
        return None
    part = _part(data, less, broken, spec, limits)
    is_sound = before == broken and len(before) == len(known.broken)  # then the module's own damage is what it was
    if part is None or (edited.is_callback and part.broken != broken and not is_sound):
        return None
    span = edited.start, edited.end + moved
    is_same = _nodes_within(reading.root, span) == _nodes_within(part.view.root, span)
    is_alike = _is_alike if resumed else _is_written_alike
    if not is_same or not _is_same_elsewhere(_last_tree(known, spec), reading.root, edited, moved, is_alike):
        return None
    return Looked(part, broken, reading.unprepared, kept_trees(reading, broken, spec))


def _with_trees(known: Known, spec: LanguageSpec) -> Known:
    """Parse a broken file as it was if no tree of it is kept: the new one is compared with it, and goes on from it."""
    texts = (known.read, known.data) if known.unprepared else (known.read,)
    if known.trees or not (spec.resumable and known.broken) or _is_dear(known, len(texts)):
        return known
    return replace(known, trees=tuple(map(compiled(spec.name).parser.parse, texts)))


def _is_dear(known: Known, trees: int) -> bool:
    return _BYTES_EACH * (len(known.broken) + len(known.unprepared)) > trees * len(known.read)


def _resumed(
    known: Known, data: bytes, edited: Function, read: bytes, before: tuple[Broken, ...], spec: LanguageSpec
) -> Reading | None:
    """Read the whole file by its last trees; None if outside of the body anything else is broken then than `before`."""
    moved, span = len(data) - len(known.data), (edited.start, edited.end)
    was, now = (edited.body[0], edited.end), (edited.body[0], edited.end + moved)
    unprepared = _moved([each for each in known.unprepared if not _is_within(each, was)], was, moved)
    if not (spec.resumable and known.trees) or unprepared is None or _is_dear(known, len(known.trees)):
        return None
    parser = compiled(spec.name).parser
    trees = tuple(
        reparsed(parser, tree, text, span, moved) for tree, text in zip(known.trees, (read, data), strict=False)
    )
    places = [broken_in(tree.root_node) for tree in trees]
    for found, kept in zip(places, (before, unprepared), strict=False):
        if tuple(each for each in found if not _is_within(each, now)) != kept:
            return None
    roots = [tree.root_node for tree in trees]
    if len(trees) > 1 and (not places[1] or damage(roots[0]) > damage(roots[1])):
        return None
    return Reading(roots[0], read, unprepared=places[1] if len(trees) > 1 else (), trees=trees)


def _last_tree(known: Known, spec: LanguageSpec) -> Node:
    return (known.trees[0] if known.trees else compiled(spec.name).parser.parse(known.read)).root_node


def _is_same_elsewhere(
    was: Node, now: Node, edited: Function, moved: int, is_alike: Callable[[Node, Node], bool]
) -> bool:
    """Tell whether two trees are the same but for the edited function, and for what stands behind it having moved."""
    start, end = edited.start, edited.end
    while (was.start_byte, was.end_byte) != (start, end):
        inside: tuple[Node, Node] | None = None
        if len(was.children) != len(now.children):
            return False
        for one, other in zip(was.children, now.children, strict=True):
            is_around = one.start_byte <= start and end <= one.end_byte
            is_behind = one.start_byte >= end
            first, last = one.start_byte + moved * is_behind, one.end_byte + moved * (is_behind or is_around)
            if (other.kind_id, other.start_byte, other.end_byte) != (one.kind_id, first, last):
                return False
            if is_around:
                inside = one, other
            elif not is_alike(one, other):
                return False
        if inside is None:
            return True
        was, now = inside
    return True


def _is_written_alike(was: Node, now: Node) -> bool:
    """Tell whether two nodes of one kind and length hold the same; of new trees that is the fastest way."""
    return str(was) == str(now)


def _is_alike(was: Node, now: Node) -> bool:
    """Tell whether two nodes of one kind and length hold the same; a child that was taken over is where the other is.

    So what is met is what was read anew, and the nodes around it.
    """
    waiting = [(was, now)]
    while waiting:
        was, now = waiting.pop()
        if was.child_count != now.child_count:
            return False
        by = now.start_byte - was.start_byte
        for number, (one, other) in enumerate(zip(was.children, now.children, strict=True)):
            place = other.kind_id, other.is_missing, other.start_byte, other.end_byte
            if (one.kind_id, one.is_missing, one.start_byte + by, one.end_byte + by) != place:
                return False
            if was.field_name_for_child(number) != now.field_name_for_child(number):
                return False
            if one.id != other.id and one.child_count:
                waiting.append((one, other))
    return True


def _nodes_within(root: Node, span: Span) -> list[tuple[int, int, int, bool]]:
    """Return what nodes stand in a stretch, and where."""
    start, end = span
    found: list[tuple[int, int, int, bool]] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        first, last = node.start_byte, node.end_byte
        if first < end and last > start:
            if start <= first and last <= end:
                found.append((node.kind_id, first, last, node.is_missing))
            waiting.extend(node.children)
    return found


def _is_within(one: Broken, body: Span) -> bool:
    return body[0] < one.start and one.end < body[1]


def _moved(broken: Sequence[Broken], edited: Span, moved: int) -> tuple[Broken, ...] | None:
    """Return where broken places are after an edit between two offsets; None if it touches one."""
    begin, end = edited
    if any(begin <= each.end and each.start <= end for each in broken):
        return None
    return tuple(
        each if each.end < begin else Broken(each.start + moved, each.end + moved, each.reason) for each in broken
    )


def _outside(broken: Sequence[Broken], blank: Sequence[Span]) -> tuple[Broken, ...]:
    """Return the broken places that stand in none of the stretches, which are in order."""

    def is_inside(one: Broken) -> bool:
        at = bisect_right(blank, one.start, key=itemgetter(0)) - 1
        return at >= 0 and one.end <= blank[at][1]

    return tuple(each for each in broken if not is_inside(each))


def changed(before: bytes, now: bytes) -> Span:
    """Return between which offsets of `before` the two texts differ."""
    shorter = min(len(before), len(now))
    begin = _longest(shorter, lambda length: before[:length] == now[:length])
    same = _longest(shorter - begin, lambda length: before[len(before) - length :] == now[len(now) - length :])
    return begin, len(before) - same


def _longest(most: int, holds: Callable[[int], bool]) -> int:
    """Return the largest length up to `most` for which `holds` is true, as it is for all smaller ones."""
    low = 0
    while low < most:
        middle = (low + most + 1) // 2
        if holds(middle):
            low = middle
        else:
            most = middle - 1
    return low
