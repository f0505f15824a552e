"""Python's docstrings: the first statement of a module, class or function, if it is a plain string.

The text is cleaned of quotes, prefix and the blanks around every line, so that indentation says nothing.
Escapes stay as written. Tests: tests/unit/extract/test_extract_outline.py.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from codegraph.core.symbols import KIND
from codegraph.extract.languages.spec import Docstring
from codegraph.extract.view import FileView, Found

_QUOTED = re.compile(r"[rRuU]?(\"\"\"|'''|\"|')(.*)\1\Z", re.DOTALL)


def docstring_of(view: FileView, found: Found) -> Docstring | None:
    """Return the docstring of a definition and the bytes of its statement."""
    if found.kind is KIND.CONSTANT:
        return None
    body = view.root if found.kind is KIND.MODULE else found.body
    statement = _first_statement(body) if body is not None else None
    if statement is None or statement.type != "expression_statement" or statement.named_child_count != 1:
        return None
    string = statement.named_child(0)
    if string.type == "concatenated_string":
        parts = [_content(view.text.of(child)) for child in string.named_children if child.type == "string"]
    elif string.type == "string":
        parts = [_content(view.text.of(string))]
    else:
        return None
    if any(part is None for part in parts):
        return None
    return Docstring(_clean("".join(part or "" for part in parts)), string.start_byte, string.end_byte)


def _first_statement(body: Node) -> Node | None:
    child = body.named_child(0) if body.named_child_count else None
    if child is not None and child.type == "comment":
        return next((child for child in body.named_children if child.type != "comment"), None)
    return child


def _content(string: str) -> str | None:
    """Return what stands between the quotes; None for bytes and f-strings, which are no docstrings."""
    match = _QUOTED.match(string)
    return match.group(2) if match else None


def _clean(text: str) -> str:
    return "\n".join(map(str.strip, text.strip().splitlines()))
