"""Which rows of a trained table a word stands for: the sub-tokens that the table knows.

A word is split at camelCase, underscores and digits (`tokens.split_word`). A part that the vocabulary lacks stands for
its stem, or is cut greedily from the left into the longest pieces that it has; letters that are no such piece do not
count. Literals carry `LITERAL` on their numbers: a string in code is not a name.

Words recur all over a project, so `Pieces` remembers what it has looked up (bounded; forgetting costs time only).
Pure: a word has the same numbers in every process. Not thread-safe.
Tests: tests/unit/embed/test_embed_pieces.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from codegraph.embed.tokens import split_word, stem, words

LITERAL = 1 << 24
"""Set on the numbers of sub-tokens inside of a string literal."""

SHORTEST_PIECE = 3
MAX_WORDS = 150_000
"""Words remembered, about 20 MB of them; more are forgotten together."""
MAX_TEXTS = 20_000
"""Whole texts remembered (signatures recur as context); about 5 MB."""

_LITERAL = re.compile(r"""\w{0,3}["'`]""")


class _Words(dict[str, bytes]):
    """Numbers of single words and tokens, little-endian int32."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        super().__init__()
        self._vocabulary = vocabulary
        self._longest = max(map(len, vocabulary), default=0)

    def __missing__(self, word: str) -> bytes:
        flag = LITERAL if _LITERAL.match(word) else 0
        found = [flag | number for piece in words(word) for part in split_word(piece) for number in self._numbers(part)]
        self[word] = numbers = np.array(found, "<i4").tobytes()
        return numbers

    def _numbers(self, part: str) -> Iterator[int]:
        number = self._vocabulary.get(part)
        if number is None:
            number = self._vocabulary.get(stem(part))
        if number is not None:
            yield number
        elif not part.isdigit():
            yield from self._cut(part)

    def _cut(self, part: str) -> Iterator[int]:
        start = 0
        while len(part) - start >= SHORTEST_PIECE:
            for end in range(min(len(part), start + self._longest), start + SHORTEST_PIECE - 1, -1):
                number = self._vocabulary.get(part[start:end])
                if number is not None:
                    yield number
                    start = end
                    break
            else:
                start += 1


class _Texts(dict[str, bytes]):
    """Numbers of whole texts."""

    def __init__(self, known: _Words) -> None:
        super().__init__()
        self._words = known

    def __missing__(self, text: str) -> bytes:
        self[text] = numbers = b"".join(map(self._words.__getitem__, words(text)))
        return numbers


class Pieces:
    """The numbers of words (`words[...]`) and of texts that recur (`texts[...]`), as bytes of int32."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self.words = _Words(vocabulary)
        self.texts = _Texts(self.words)

    def of_text(self, text: str) -> bytes:
        """Return the numbers of a text that will hardly recur."""
        return b"".join(map(self.words.__getitem__, words(text)))

    def forget_if_full(self) -> None:
        """Let go of what is remembered when it passes its bounds."""
        if len(self.words) > MAX_WORDS:
            self.words.clear()
        if len(self.texts) > MAX_TEXTS:
            self.texts.clear()
