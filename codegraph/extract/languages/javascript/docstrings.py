"""Documentation comments: the block directly before a definition, without its stars and slashes.

A module's is the first comment of the file, unless it stands directly before a definition or speaks of
licences and linters. Tests: tests/unit/extract/test_extract_javascript_spec.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tree_sitter import Node

from codegraph.extract.languages.javascript.nodes import nth, text_of
from codegraph.extract.languages.javascript.shapes import directly_before

_MARKS = re.compile(r"^[ \t]*(?:/\*+!?|\*+/|\*(?!/)|//+)[ \t]?|[ \t]*\*+/[ \t]*$", re.MULTILINE)
_NOT_DOCUMENTATION = re.compile(
    r"licen[sc]e|copyright|\(c\)|eslint|prettier|istanbul|@flow|@ts-|@jsx|sourceMappingURL|^/// *<", re.IGNORECASE
)
_LINTING = re.compile(
    r"^/[/*]+\s*(?:eslint|prettier|istanbul|c8|v8|@ts-|jshint|jslint|webpack|#__|@__|sourceMapping|global)"
)


def documentation(comments: Sequence[Node]) -> str:
    """Return what the comments directly before a definition say; a block comment speaks alone."""
    texts = [text for text in map(text_of, comments) if not _LINTING.match(text)]
    for position in range(len(texts) - 1, -1, -1):
        if texts[position].startswith("/*"):
            texts = texts[position:]
            break
    lines = (_MARKS.sub("", text) for text in texts)
    return "\n".join(line.rstrip() for line in "\n".join(lines).strip().splitlines()).strip()


def module_documentation(root: Node) -> str:
    """Return what the comment at the top of a file says of the whole file."""
    comments: list[Node] = []
    for child in root.named_children:
        if child.type == "comment":
            comments.append(child)
        elif child.type != "hash_bang_line" and not _is_directive(child):
            attached = len(directly_before(comments, child)) if child.type != "import_statement" else 0
            comments = comments[: len(comments) - attached]
            break
    first = comments[:1]
    if first and text_of(first[0]).startswith("//"):
        first = [*first]
        for comment in comments[1:]:
            if comment.start_point[0] != first[-1].end_point[0] + 1 or not text_of(comment).startswith("//"):
                break
            first.append(comment)
    if any(_NOT_DOCUMENTATION.search(text_of(comment)) for comment in first):
        return ""
    return documentation(first)


def _is_directive(node: Node) -> bool:
    inner = nth(node, 0) if node.type == "expression_statement" else None
    return inner is not None and inner.type == "string"
