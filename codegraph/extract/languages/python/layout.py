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
    r"[A-Za-z_\x80-\xff][\w\x80-\xff]*"
    r"|0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?[jJ]?"
    r"|(?<!\\)\r\n?|(?<!\\)(?<!\\\r)\n"
    r"|\*\*=?|//=?|>>=?|<<=?|->|:=|\.\.\.|[-+*/%@&|^=!<>]=?|[^\s\\]|\\(?![\r\n])"
)

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


def canonical(raw: Sequence[str]) -> list[str]:
    """Return the tokens without layout; `raw` starts outside of brackets."""
    tokens: list[str] = []
    opened: list[tuple[str, int, int]] = []  # bracket, its index, commas inside so far
    append = tokens.append
    commas = 0
    for token in raw:
        if token not in _SPECIAL:
            commas += token == _COMMA
            append(token)
        elif token in _SEPARATORS:
            if not opened and tokens and tokens[-1] not in _SAYS_NOTHING_AFTER:
                append(STATEMENT_END)
        elif token in _OPENING:
            opened.append((token, len(tokens), commas))
            commas = 0
            append(token)
        elif token in _CLOSING:
            if tokens and tokens[-1] == _COMMA and opened and _is_spare(tokens, *opened[-1][:2], commas):
                tokens.pop()
            if opened:
                commas = opened.pop()[2]
            append(token)
        else:
            if tokens and tokens[-1] == STATEMENT_END:
                tokens.pop()
            opened.clear()
            append(token)
    if tokens and tokens[-1] == STATEMENT_END:
        tokens.pop()
    return tokens


def _is_spare(tokens: Sequence[str], bracket: str, index: int, commas: int) -> bool:
    """Tell whether a bracket's trailing comma makes no tuple: it is not the only comma, or no tuple can stand here."""
    before = tokens[index - 1] if index else ""
    follows_value = before not in _NO_VALUE and (before[:1].isalnum() or before[:1] == "_" or before in (")", "]"))
    if follows_value if bracket == "(" else bracket == "{" or not follows_value:
        return True
    return commas > 1 and "lambda" not in tokens[index:]
