"""Remembers the sub-tokens of texts, and the arithmetic of ragged arrays that they are kept in.

A *ragged* array holds parts of different lengths one after another; `starts` says where each part begins and
where the last one ends. Names recur all over a project, so most tokens are tokenised once and then looked up.
Tests: tests/unit/embed/test_embed_features.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import TypeVar

import numpy as np
import numpy.typing as npt

REMEMBERED_TEXTS = 1 << 18
REMEMBERED_SUBTOKENS = 1 << 22

Integers = npt.NDArray[np.int64]
Number = TypeVar("Number", np.int64, np.float64)
Tokenize = Callable[[list[str]], list[list[int]]]
"""Sub-token numbers of each text, without special tokens."""


class Subtokens:
    """Remembers which sub-tokens a text has, alone and behind a blank. Used by one thread at a time."""

    def __init__(self, tokenize: Tokenize, silent: Iterable[str] = ()) -> None:
        """`silent` texts have no sub-tokens."""
        self._tokenize = tokenize
        self._silent = tuple(silent)
        self._forget()

    def _forget(self) -> None:
        self._used = 0
        self._texts = len(self._silent)
        self._spaced: dict[str, int] = {text: number for number, text in enumerate(self._silent)}
        self._bare: dict[str, int] = {}
        self._ids = np.zeros(1 << 12, np.int64)
        self._starts = np.zeros(1 << 10, np.int64)

    def make_room(self) -> None:
        """Forget everything when there is too much; numbers given out before are no longer valid."""
        if self._texts > REMEMBERED_TEXTS or self._used > REMEMBERED_SUBTOKENS:
            self._forget()

    def numbers(self, texts: Sequence[str], *, spaced: bool) -> Integers:
        """Return a number for every text, with a blank in front of it or without, equal ones for equal texts."""
        known = self._spaced if spaced else self._bare
        try:
            found = list(map(known.__getitem__, texts))
        except KeyError:
            self._learn([text for text in dict.fromkeys(texts) if text not in known], known, " " if spaced else "")
            found = list(map(known.__getitem__, texts))
        return np.array(found, np.int64)

    def _learn(self, texts: list[str], known: dict[str, int], before: str) -> None:
        found = self._tokenize([before + text for text in texts])
        lengths = np.fromiter(map(len, found), np.int64, len(found))
        used, end = self._used + int(lengths.sum()), self._texts + len(texts)
        self._ids = grown(self._ids, used)
        self._ids[self._used : used] = np.fromiter(chain.from_iterable(found), np.int64, used - self._used)
        self._starts = grown(self._starts, end + 1)
        self._starts[self._texts + 1 : end + 1] = self._used + np.cumsum(lengths)
        known.update(zip(texts, range(self._texts, end), strict=True))
        self._used, self._texts = used, end

    def lengths(self, numbers: Integers) -> Integers:
        """Return how many sub-tokens each text has."""
        return self._starts[numbers + 1] - self._starts[numbers]

    def gather(self, numbers: Integers, lengths: Integers) -> Integers:
        """Return the first sub-tokens of each text, so many as `lengths` says, one after another."""
        return self._ids[ranges(self._starts[numbers], lengths)]


def ranges(starts: Integers, lengths: Integers) -> Integers:
    """Return start, start + 1, ... for each pair, one range after another."""
    before = np.cumsum(lengths) - lengths
    found: Integers = np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))
    return found


def starts_of(lengths: Integers) -> Integers:
    """Return where parts of such lengths begin when they stand one after another, and where the last one ends."""
    found = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=found[1:])
    return found


def grown(array: npt.NDArray[Number], size: int) -> npt.NDArray[Number]:
    """Return the array, or a copy with room to grow when it has fewer than `size` elements."""
    return array if len(array) >= size else np.concatenate([array, np.zeros(size, array.dtype)])
