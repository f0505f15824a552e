"""Documentation comments, `/** ... */`: the one directly before a definition, without its stars and slashes.

Other comments are remarks. A module's is the first comment of the file, unless it stands directly before a
definition or speaks of licences and linters. Tests: tests/unit/extract/test_extract_javascript_spec.py.
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
_SHORTEST = len("/**/")
_LINTING = re.compile(
    r"^/[/*]+\s*(?:eslint|prettier|istanbul|c8|v8|@ts-|jshint|jslint|webpack|#__|@__|sourceMapping|global)"
)


def documentation(comments: Sequence[Node]) -> str:
    """Return what the last documentation comment (`/** ... */`) directly before a definition says."""
    for text in map(text_of, reversed(comments)):
        if text.startswith("/**") and len(text) > _SHORTEST and not _LINTING.match(text):
            return "\n".join(line.rstrip() for line in _MARKS.sub("", text).strip().splitlines()).strip()
    return ""


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
    if any(_NOT_DOCUMENTATION.search(text_of(comment)) for comment in first):
        return ""
    return documentation(first)


def _is_directive(node: Node) -> bool:
    inner = nth(node, 0) if node.type == "expression_statement" else None
    return inner is not None and inner.type == "string"
