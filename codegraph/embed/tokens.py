"""Code-aware tokenisation: identifiers and prose become lower-case, lightly stemmed sub-tokens.

*Word*: a run of letters, digits and underscores, as it stands in the text. *Sub-token*: a part of a
word, split at underscores, at camelCase borders and between letters and digits, lower-cased, with
plural, `-ing` and `-ed` endings removed. `HTTPServer.parse_requests2` has the words `HTTPServer` and
`parse_requests2` and the sub-tokens `http server pars request 2`.

In: text. Out: sub-tokens in order of appearance, repetitions kept. Pure: the same text gives the same
sub-tokens in every process and version of Python. The lexical encoder and the lexical index both read
text through this module, so a query word means the same to both.
Tests: tests/unit/embed/test_embed_tokens.py.
"""

from __future__ import annotations

import re

MAX_WORD = 64
"""Longer words (base64, hashes) are cut here: their tails carry no meaning."""

_WORD = re.compile(r"\w+")
_ASCII_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_ANY_PART = re.compile(r"[^\W\d_]+|\d+")
_VOWELS = frozenset("aeiouy")
_DOUBLED = frozenset("bdfgmnprt")
_KEPT_S = ("ss", "us", "is", "os", "as")


def words(text: str) -> list[str]:
    """Return the words of `text` in order, unsplit and in their own case."""
    return _WORD.findall(text)


def split_word(word: str) -> list[str]:
    """Return a word's parts in lower case, unstemmed; digits are parts of their own.

    Letters outside of ASCII are kept together: their scripts mostly have no camelCase.
    """
    pattern = _ASCII_PART if word.isascii() else _ANY_PART
    return [part.lower() for part in pattern.findall(word[:MAX_WORD])]


def stem(part: str) -> str:
    """Remove the endings that tell `parse`, `parses`, `parsed` and `parsing` apart.

    Much lighter than Porter (1980): one plural rule, `-ing`, `-ed`, undoubling, a final `e`. Parts of
    three letters or fewer and parts with digits are returned as they are.
    """
    if len(part) <= 3 or not part.isalpha():
        return part
    part = _without_plural(part)
    if part.endswith("ied") and len(part) > 4:
        return part[:-3] + "y"
    if part.endswith("ing"):
        part = _without_suffix(part, 3)
    elif part.endswith("ed") and not part.endswith("eed"):
        part = _without_suffix(part, 2)
    if part.endswith("e") and len(part) > 3:
        part = part[:-1]
    return part


def _without_plural(part: str) -> str:
    if not part.endswith("s") or part.endswith(_KEPT_S):
        return part
    if part.endswith("ies") and len(part) > 4:
        return part[:-3] + "y"
    return part[:-1]


def _without_suffix(part: str, length: int) -> str:
    """Drop `-ing` or `-ed` where a pronounceable stem remains."""
    rest = part[:-length]
    if len(rest) == 2 and rest[0] in _VOWELS:
        return rest + "e"
    if len(rest) < 3 or not _VOWELS.intersection(rest):
        return part
    if rest[-1] == rest[-2] and rest[-1] in _DOUBLED:
        return rest[:-1]
    return rest


def subtokens(text: str) -> list[str]:
    """Return the stemmed sub-tokens of `text`, in order, repetitions kept."""
    return [stem(part) for word in _WORD.findall(text) for part in split_word(word)]
