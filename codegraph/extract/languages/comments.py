"""Documentation that stands in comments, for the languages of `plain`.

A definition's is the block of comments directly before it, without its marks. A module's is what the comments at the
top of the file say, but for those directly before its first definition. Lines that speak to tools and stretches that
speak of licences are no documentation; what stands beside them is.
Tests: tests/unit/extract/test_extract_comments.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Final

from tree_sitter import Node

from codegraph.extract.languages.spec import Docstring
from codegraph.extract.view import FileView, Found

COMMENTS: Final = frozenset({"comment", "line_comment", "block_comment", "haddock", "multiline_comment", "doc_comment"})
BETWEEN: Final = frozenset(
    {"attribute_item", "attribute", "decorator", "annotation", "attribute_list", "annotated_expression"}
)
"""Nodes that may stand between a definition and its documentation."""
_AROUND: Final = frozenset({"argument_list", "call", "friend_declaration"})
"""Nodes with a definition inside, `attr_reader :name` or `private def ...`, before which its documentation stands."""
_BEFORE_ALL: Final = frozenset({"php_tag", "shebang", "hash_bang_line"})
"""Nodes that may stand before the comments at the top of a file."""

_WITH_INNER: Final = frozenset({"rust", "zig"})
_INNER: Final = ("//!", "/*!")
"""What comments begin with that these languages read as said of what is around them."""

MAX_COMMENTS = 400
"""A block of more comments is cut: documentation is not that long."""

TELLING_WORDS = 5
"""What stands before a licence and has fewer words is a file's name, or a project's; directly before code, a label."""

_MARKS: Final = re.compile(
    r"^[ \t]*(?:/\*+!?|\*+/|\*(?!/)|//+[/!]*|#+!?|--+\[*[ \t]?[|^]?|\{-[ \t]?[|^]?|\"\"\"|;+)[ \t]?", re.MULTILINE
)
_END_MARKS: Final = re.compile(r"(?:\*\**/|-\}|\]\])[ \t]*$", re.MULTILINE)
"""Each alternative starts with a sign of its own: the search skips to those."""
_TAGS: Final = re.compile(r"</?(?:summary|remarks|para|returns|c|see[^>]*|param[^>]*|value|inheritdoc)\s*/?>")
_TO_TOOLS: Final = re.compile(
    r"^[ \t]*(?:@?(?:frozen_string_literal|warn_indent|warn_past_scope|typed|encoding|coding|go:\w+|\+build\b|eslint|"
    r"prettier|istanbul|swiftlint|swiftformat|swift-tools-version|shellcheck|luacheck|stylua|selene|rubocop|standard:|"
    r"clang-format|nolint|NOLINT|phpcs|psalm|phpstan|detekt|ktlint|scalafmt|scalastyle|formatter:|diagnostic\b|vim:|ReSharper\b|"
    r"zig fmt:|hlint|pragma\b|region\b|endregion\b)|-\*-).*\n?",
    re.MULTILINE,
)
"""Lines that tell compilers, formatters, linters and editors something."""
_OF_LICENCES: Final = re.compile(
    r"licen[sc]e|copyright|\(c\)|\u00a9|SPDX|permission is hereby|rights reserved|redistribut|warrant(?:y|ies)"
    r"|\bas[ -]is\b|free software|is part of|auto-?generated|\bgenerated (?:by|from)|is generated|do not edit",
    re.IGNORECASE,
)
_PARAGRAPHS: Final = re.compile(r"\n[ \t]*\n")


def comment_before(view: FileView, found: Found) -> Docstring | None:
    """Return the documentation comment of a definition or of the whole file."""
    if found.node is None:
        return _module_comment(view)
    node = found.node
    parent: Node | None = node.parent
    while parent is not None and (parent.type in view.spec.wrappers or parent.type in _AROUND):
        node, parent = parent, parent.parent
    before: Node | None = node.prev_sibling
    while before is None and parent is not None and parent.start_byte == node.start_byte:
        before, parent = parent.prev_sibling, parent.parent  # the first of a list: what precedes the list precedes it
    if before is not None and before.type not in COMMENTS:
        before = _comment_at_end(before) or before
    comments: list[Node] = []
    line = node.start_point[0]
    while before is not None and len(comments) < MAX_COMMENTS:
        if before.type in BETWEEN:
            line = before.start_point[0]
        elif before.type in COMMENTS and view.text.text.startswith("#!", before.start_byte):
            break
        elif before.type in COMMENTS and _last_line(before) >= line - 1 and _stands_alone(before):
            comments.append(before)
            line = before.start_point[0]
        else:
            break
        before = before.prev_sibling
    text = cleaned(view.text.of(comment) for comment in reversed(comments))
    return Docstring(text, 0, 0) if text else None


def cleaned(texts: Iterable[str]) -> str:
    """Return what comments say, without stars, slashes and markup, and without what they say to tools."""
    text = _END_MARKS.sub("", _MARKS.sub("", "\n".join(texts)))
    text = _TO_TOOLS.sub("", _TAGS.sub("", text))
    return "\n".join([line.rstrip() for line in text.strip().splitlines()]).strip()


def without_licence(text: str) -> str:
    """Leave out of a cleaned comment what it says of licences, with what stands between, and pictures."""
    parts = [part for part in _PARAGRAPHS.split(text) if _is_prose(part)]
    of_licences = [index for index, part in enumerate(parts) if _OF_LICENCES.search(part)]
    if of_licences:
        before = [part for part in parts[: of_licences[0]] if len(part.split()) >= TELLING_WORDS]
        parts = before + parts[of_licences[-1] + 1 :]
    return "\n\n".join(parts).strip("\n")


def _is_prose(text: str) -> bool:
    """Whether letters are more than half of what is written."""
    written = "".join(text.split())
    return 2 * sum(map(str.isalpha, written)) > len(written)


def _module_comment(view: FileView) -> Docstring | None:
    said = (without_licence(cleaned(block)) for block in _top_blocks(view))
    text = "\n\n".join(filter(None, said))
    return Docstring(text, 0, 0) if text else None


def _top_blocks(view: FileView) -> Iterator[list[str]]:
    """Yield the comments at the top of a file, those together between which no line is blank."""
    comments, behind = _at_top(view)
    blocks: list[list[Node]] = []
    for comment in comments:
        if not blocks or comment.start_point[0] > _last_line(blocks[-1][-1]) + 1:
            blocks.append([])
        blocks[-1].append(comment)
    if blocks and behind is not None and _is_of_next(view, blocks[-1][-1], behind):
        blocks.pop()
    for block in blocks:
        yield [view.text.of(comment) for comment in block]


def _at_top(view: FileView) -> tuple[Sequence[Node], Node | None]:
    """Return the comments before all code, without `#!` lines, and the node behind them."""
    comments: list[Node] = []
    for child in view.root.children:
        if child.type in COMMENTS and len(comments) < MAX_COMMENTS:
            if not view.text.text.startswith("#!", child.start_byte):
                comments.append(child)
        elif comments or child.type not in _BEFORE_ALL:
            return comments, child
    return comments, None


def _is_of_next(view: FileView, comment: Node, behind: Node) -> bool:
    """Whether a comment stands directly before a definition, or what belongs to one, or is a mere label."""
    line = behind.start_point[0]
    is_inner = view.spec.name in _WITH_INNER and view.text.text.startswith(_INNER, comment.start_byte)
    if is_inner or _last_line(comment) < line - 1:
        return False
    if len(cleaned([view.text.of(comment)]).split()) < TELLING_WORDS:
        return True
    firsts = takewhile(lambda found: found.start < behind.end_byte, view.definitions[1:])
    return behind.type in BETWEEN or any(view.text.position(found.start)[0] == line for found in firsts)


def _comment_at_end(node: Node) -> Node | None:
    """Return the comment that the grammar counts to the end of what precedes it: a block without a closing bracket."""
    last: Node | None = node
    while last is not None and last.type not in COMMENTS:
        last = last.child(last.child_count - 1) if last.child_count else None
    return last


def _last_line(comment: Node) -> int:
    """Return the line on which a comment ends; some grammars count the line end as part of it."""
    row, column = comment.end_point
    return row - 1 if column == 0 else row


def _stands_alone(comment: Node) -> bool:
    """Tell a comment on a line of its own from one behind code."""
    before = comment.prev_sibling
    return before is None or _last_line(before) < comment.start_point[0] or before.type in COMMENTS
