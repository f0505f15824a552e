"""Which namespace or package the definitions at a file's top level belong to.

A language says which nodes begin a namespace (`Namespaces`). One with a body holds what stands in it; one
without holds what follows it, up to the next or the end of what is around it. Only the spine of a tree is
looked at: its top, bodies of namespaces, and what stands around them (conditions, linkage). Names are dotted
whatever the language writes between their parts. Tests: tests/unit/extract/test_extract_namespaces.py.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from codegraph.core.facts import NamespaceRun
from codegraph.extract.languages.spec import Namespaces
from codegraph.extract.text import SourceText
from codegraph.extract.view import Found

_NO_NAME = re.compile(r"\binline\b|\s+")
_BETWEEN = re.compile(r"::|\\")


def namespaces_of(
    root: Node, text: SourceText, definitions: Sequence[Found], spec: Namespaces
) -> tuple[NamespaceRun, ...]:
    """Return the runs of definitions in one namespace, in order; definitions before the first run have none."""
    turns = list(_turns(root, text, spec))
    if not turns:
        return ()
    starts = [start for start, _ in turns]
    runs: list[NamespaceRun] = []
    last = ""
    for index, found in enumerate(definitions):
        if index == 0 or found.container != 0:
            continue
        at = bisect_right(starts, found.start) - 1
        name = turns[at][1] if at >= 0 else ""
        if name != last:
            runs.append((index, name))
            last = name
    return tuple(runs)


def _turns(root: Node, text: SourceText, spec: Namespaces) -> Iterator[tuple[int, str]]:
    """Yield (byte, namespace from there on) in source order."""
    pending = [_Level(iter(root.named_children), "", "", root.end_byte)]
    while pending:
        level = pending[-1]
        node = next(level.nodes, None)
        if node is None:
            pending.pop()
            if pending:
                yield level.end, pending[-1].current
        elif node.type in spec.nodes:
            name, body = _name(node, text), node.child_by_field_name("body")
            full = ".".join(part for part in (level.current if spec.chained else level.outer, name) if part)
            if body is None:
                level.current = full
                yield node.end_byte, full
            else:
                pending.append(_Level(iter(body.named_children), full, full, body.end_byte))
                yield body.start_byte, full
        elif node.type in spec.around:
            pending.append(_Level(iter(node.named_children), level.outer, level.current, node.end_byte))


class _Level:
    """The siblings that are being looked at: `outer` is the namespace around them, `current` the one in force."""

    __slots__ = ("current", "end", "nodes", "outer")

    def __init__(self, nodes: Iterator[Node], outer: str, current: str, end: int) -> None:
        self.nodes = nodes
        self.outer = outer
        self.current = current
        self.end = end


def _name(node: Node, text: SourceText) -> str:
    """Return the dotted name of a namespace, "" for one that adds nothing to names: nameless or inline."""
    if any(each.type == "inline" for each in node.children):
        return ""
    name = node.child_by_field_name("name")
    if name is None:
        name = next((each for each in node.named_children if each.type.endswith("identifier")), None)
    if name is None:
        return ""
    return _BETWEEN.sub(".", _NO_NAME.sub("", text.of(name))).strip(".")
