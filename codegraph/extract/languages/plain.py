"""What languages share that are told by queries alone: definitions, calls, types, documentation comments.

`plain_spec` makes a `LanguageSpec` of a folder with three or four query files and a few facts. Nothing is
imported: every call, type and base that the queries capture is a reference by name, and the plain scheme of
resolution says how sure it is of what it finds. `bindings.scm`, where there is one, has patterns of the form
"bound" whose @target is a local name. A language with a resolution scheme of its own outgrows all this.

Documentation is the block of comments directly before a definition, without its marks; a module's is the first
comment of the file, unless it stands directly before a definition or speaks of licences.
Tests: tests/unit/extract/test_extract_plain.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from tree_sitter import Node

from codegraph.core.facts import BINDING, Chain
from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages.spec import Docstring, Find, LanguageSpec, Namespaces, Queries
from codegraph.extract.normalise import SPACE, WORD
from codegraph.extract.text import SourceText
from codegraph.extract.view import FileView, Found

COMMENTS: Final = frozenset({"comment", "line_comment", "block_comment", "haddock", "multiline_comment", "doc_comment"})
BETWEEN: Final = frozenset({"attribute_item", "attribute", "decorator", "annotation", "attribute_list"})
"""Nodes that may stand between a definition and its documentation."""

WITH_ENUMS: Final = frozenset({SymbolKind.MODULE, SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.ENUM})
"""Containers of constants in languages whose enums have more members than their values."""

MAX_COMMENTS = 400
"""A block of more comments is cut: documentation is not that long."""

TOKEN: Final = re.compile(
    rf"[{SPACE}]*([A-Za-z_$@\x80-\xff][0-9A-Za-z_$\x80-\xff]*+"
    r"|[(){}\[\],;]"
    rf"|\.?[0-9](?:[eE][+-]|[{WORD}.])*"
    r"|=(?:==?|>)?|\.(?:\.[.=]?)?|-[>=-]?|:[:=]?|<(?:=>?|<=|[>-])?|!(?:==?)?|&[&=]?|\|[|>=]?|\*(?:\*=|=)?|\+[+=]?"
    rf"|\?[?.]?|[>/%^]=?|[^{SPACE}{WORD}])"
)

_SEPARATOR: Final = re.compile(r"\s*(?:\?\.|!!\.|\.|::|->|:|\\)\s*")
_PLAIN: Final = re.compile(
    r"[A-Za-z_$@\\\x80-\xff][\w$\x80-\xff]*[?!]?(?:\s*(?:\?\.|!!\.|\.|::|->|:|\\)\s*[A-Za-z_$@\x80-\xff][\w$\x80-\xff]*[?!]?)*\Z"
)
_LAST: Final = re.compile(r"([A-Za-z_$@\x80-\xff][\w$\x80-\xff]*[?!]?)\W*\Z")
_SELF: Final = frozenset({"self", "this", "$this", "Self", "static", "@self"})
_MARKS: Final = re.compile(
    r"^[ \t]*(?:/\*+!?|\*+/|\*(?!/)|//+[/!]*|#+!?|--+\[*\s?[|^]?|\{-\s?[|^]?|\"\"\"|;+)[ \t]?", re.MULTILINE
)
_END_MARKS: Final = re.compile(r"(?:\*\**/|-\}|\]\])[ \t]*$", re.MULTILINE)
"""Each alternative starts with a sign of its own: the search skips to those."""
_TAGS: Final = re.compile(r"</?(?:summary|remarks|para|returns|c|see[^>]*|param[^>]*|value|inheritdoc)\s*/?>")
_NOT_DOCUMENTATION: Final = re.compile(
    r"licen[sc]e|copyright|\(c\)|SPDX|^#!|-\*-|vim:|swiftlint|eslint|clang-format|@formatter|nolint|rubocop|coding:",
    re.IGNORECASE,
)
_NO_RECEIVERS: Mapping[str, str] = MappingProxyType({})


def plain_spec(
    package: str,
    name: str,
    distribution: str,
    grammar: Callable[[], object],
    extensions: tuple[str, ...],
    *,
    wrappers: frozenset[str] = frozenset(),
    header_end: frozenset[str] = frozenset({"{", "=", ":", "do", "=>"}),
    interpreters: tuple[str, ...] = (),
    file_names: tuple[str, ...] = (),
    find: Find | None = None,
    collect: Callable[[FileView], None] | None = None,
    docstring: Callable[[FileView, Found], Docstring | None] | None = None,
    constants_in: frozenset[SymbolKind] = frozenset({SymbolKind.MODULE, SymbolKind.CLASS, SymbolKind.INTERFACE}),
    namespaces: Namespaces | None = None,
    hollow: bytes = b"",
    erasable: bool = False,
    heeded: tuple[bytes, int] = (b"", 0),
    open_blocks: bool = False,
) -> LanguageSpec:
    """Make the spec of a language whose folder is `package` (its `__name__`).

    With a `collect` of its own a language finds its mentions itself, and needs no references.scm.
    """
    here = files(package)
    is_plain = (here / "references.scm").is_file()
    names = ["references.scm", "tokens.scm"] if is_plain or find is not None else []
    if find is not None:
        names.append("definitions.scm")
    return LanguageSpec(
        name=name,
        distribution=distribution,
        grammar=grammar,
        extensions=extensions,
        queries=Queries(
            definitions=() if find is not None else (here / "definitions.scm",),
            forms=(here / "bindings.scm",) if (here / "bindings.scm").is_file() else (),
            mentions=tuple(here / name for name in names if (here / name).is_file()),
            tokens=() if names else (here / "tokens.scm",),
        ),
        token_pattern=TOKEN,
        layout=list,
        chain=written_chain,
        receivers=_no_receivers,
        docstring=docstring or comment_before,
        collect=collect or bind_names,
        wrappers=wrappers,
        header_end=header_end,
        plain_member=re.compile(r"(?!)"),
        interpreters=interpreters,
        file_names=file_names,
        hollow=hollow,
        erasable=erasable,
        heeded=heeded,
        open_blocks=open_blocks,
        constants_in=constants_in,
        find=find,
        namespaces=namespaces,
    )


def written_chain(node: Node, text: SourceText) -> Chain:
    """Return the chain of a name or a member access as it is written.

    `a::b.c` gives ("a", "b", "c"); where what stands before the last name is more than names, "()" stands for it.
    """
    written = text.text[node.start_byte : min(node.end_byte, node.start_byte + 400)]
    if _PLAIN.match(written):
        parts = [part for part in _SEPARATOR.split(text.decode(written)) if part]
        if parts and parts[0] in _SELF:
            parts[0] = "@self"
        return tuple(parts)
    found = _LAST.search(text.of(node)[-200:])
    return ("()", found.group(1)) if found else ()


def comment_before(view: FileView, found: Found) -> Docstring | None:
    """Return the documentation comment of a definition or of the whole file."""
    if found.node is None:
        return _module_comment(view)
    node = found.node
    parent: Node | None = node.parent
    while parent is not None and parent.type in view.spec.wrappers:
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


def _comment_at_end(node: Node) -> Node | None:
    """Return the comment that the grammar counts to the end of what precedes it: a block without a closing bracket."""
    last: Node | None = node
    while last is not None and last.type not in COMMENTS:
        last = last.children[-1] if last.child_count else None
    return last


def _last_line(comment: Node) -> int:
    """Return the line on which a comment ends; some grammars count the line end as part of it."""
    row, column = comment.end_point
    return row - 1 if column == 0 else row


def _stands_alone(comment: Node) -> bool:
    """Tell a comment on a line of its own from one behind code."""
    before = comment.prev_sibling
    return before is None or _last_line(before) < comment.start_point[0] or before.type in COMMENTS


def cleaned(texts: Iterable[str]) -> str:
    """Return what comments say, without stars, slashes and markup."""
    text = _END_MARKS.sub("", _MARKS.sub("", "\n".join(texts)))
    return "\n".join([line.rstrip() for line in _TAGS.sub("", text).strip().splitlines()]).strip()


def _module_comment(view: FileView) -> Docstring | None:
    comments: list[Node] = []
    for child in view.root.children:
        if child.type in COMMENTS and (not comments or child.start_point[0] <= _last_line(comments[-1]) + 1):
            comments.append(child)
            continue
        if comments and child.type not in COMMENTS and child.start_point[0] <= _last_line(comments[-1]) + 1:
            return None  # it belongs to the definition behind it
        if comments or child.type not in ("php_tag", "shebang", "hash_bang_line"):
            break
    written = [view.text.of(comment) for comment in comments]
    if not written or any(_NOT_DOCUMENTATION.search(text) for text in written):
        return None
    text = cleaned(written)
    return Docstring(text, 0, 0) if text else None


def _no_receivers(view: FileView, found: Found) -> Mapping[str, str]:  # noqa: ARG001  the interface's parameters
    return _NO_RECEIVERS


def bind_names(view: FileView) -> None:
    """Note the names that `bindings.scm` calls bound: reading one of them mentions no definition."""
    for match in view.forms("bound"):
        for target in match.get("target", ()):
            start = target.start_byte
            view.targets.add(start)
            view.bind(start, view.scope_of(start), view.text.of(target), BINDING.VARIABLE)
