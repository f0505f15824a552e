"""Python's canonical tokens: statement ends and blocks stay, all other layout goes.

A line end inside brackets, before an indented block or after another statement end says nothing; a
semicolon is a statement end. A trailing comma goes where it does not make a tuple.
Tests: tests/unit/extract/test_extract_normalise.py, test_extract_properties.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from codegraph.core.facts import BLOCK_END, BLOCK_START, STATEMENT_END

TOKEN = re.compile(
    r"[ \t]*([A-Za-z_\x80-\xff][0-9A-Za-z_\x80-\xff]*"
    r"|[()\[\]{},;]|:=?|==?"
    r"|\.(?:\.\.|[0-9][0-9_]*(?:[eE][+-]?[0-9][0-9_]*)?[jJ]?)?"
    r"|\n(?<!\\\n)(?<!\\\r\n)"
    r"|0[xXoObB][0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9][0-9_]*)?[jJ]?"
    r"|\*\*=?|//=?|>>=?|<<=?|->|[-+*/%@&|^!<>]=?"
    r"|\r\n?(?<!\\\r)(?<!\\\r\n)"
    r"|[^\s\\]|\\(?![\r\n]))",
    re.ASCII,
)
"""Frequent tokens first. A line end is a token, unless a backslash stands before it."""

_SEPARATORS = frozenset({"\n", "\r\n", "\r", ";"})
_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")
_SPECIAL = _SEPARATORS | _OPENING | _CLOSING | {BLOCK_START, BLOCK_END}
_SAYS_NOTHING_AFTER = frozenset({STATEMENT_END, BLOCK_START, BLOCK_END})
_NO_VALUE = frozenset(
    {"and", "as", "assert", "await", "case", "del", "elif", "else", "except", "for", "from", "if", "in", "is"}
    | {"lambda", "match", "not", "or", "raise", "return", "while", "with", "yield"}
)
_COMMA = ","
_LAMBDA = frozenset({"lambda"})


def canonical(raw: Sequence[str]) -> list[str]:
    """Return the tokens without layout; `raw` starts outside of brackets."""
    tokens: list[str] = []
    opened: list[int] = []  # indices of open brackets
    append = tokens.append
    for token in raw:
        if token not in _SPECIAL:
            append(token)
        elif token in _SEPARATORS:
            if not opened and tokens and tokens[-1] not in _SAYS_NOTHING_AFTER:
                append(STATEMENT_END)
        elif token in _OPENING:
            opened.append(len(tokens))
            append(token)
        elif token in _CLOSING:
            if opened:
                index = opened.pop()
                if tokens[-1] == _COMMA and _is_spare(tokens, index):
                    tokens.pop()
            append(token)
        else:
            if tokens and tokens[-1] == STATEMENT_END:
                tokens.pop()
            opened.clear()
            append(token)
    if tokens and tokens[-1] == STATEMENT_END:
        tokens.pop()
    return tokens


def _is_spare(tokens: Sequence[str], index: int) -> bool:
    """Tell whether the comma at the end makes no tuple: no tuple can stand in the bracket at `index`, or it has two."""
    before = tokens[index - 1] if index else ""
    follows_value = before not in _NO_VALUE and (before[:1].isalnum() or before[:1] == "_" or before in (")", "]"))
    bracket = tokens[index]
    if follows_value if bracket == "(" else bracket == "{" or not follows_value:
        return True
    depth = commas = 0
    for token in tokens[index + 1 : -1]:
        depth += (token in _OPENING) - (token in _CLOSING)
        commas += token == _COMMA and not depth
        if token in _LAMBDA and not depth:
            return False
    return commas > 0
