"""Hashed features of words: the lexical encoder's only table, and it is not learnt.

A *feature* is a (bucket, weight) pair. A sub-token has `WORD_FEATURES` of them from a hash of the whole
sub-token, and one for each of its character trigrams (borders marked), so that `serialize` and
`serializer` are near each other and one collision never decides a match. Signs are hashed too, so
collisions cancel on average (signed feature hashing: Weinberger and others 2009).

The table only remembers what hashing gives: which numbers a sub-token happens to get in this process
never shows in a vector. It is bounded: `reset_if_full` forgets everything between batches.
Tests: tests/unit/embed/test_embed_lexical.py.
"""

from __future__ import annotations

import math
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from codegraph.embed.subtokens import grown
from codegraph.embed.tokens import split_word, stem, words

WORD_FEATURES = 6
GRAM = 3
GRAM_GAIN = 1.2
"""Length of the trigram part of a sub-token's vector, relative to the part of the whole sub-token."""
FREQUENT_GAIN = 0.25
DIGIT_GAIN = 0.3

MAX_SUBTOKENS = 100_000
MAX_WORDS = 150_000
MAX_TEXTS = 20_000

EMPTY = "\x00empty"
"""Stands for an input without any sub-token, so that it has a direction too."""

_FREQUENT_WORDS = (
    "a all also an and any are as assert async await be been but by can catch class const continue cls def "
    "default del do does each else elif export extends false final for from function given global has have if "
    "implements import in instanceof int into is it its lambda let new no none nonlocal not null of on one only "
    "or other pass private print protected public raise return self should so some static string super switch "
    "than that the their then this throw to true try typeof undefined using var void was when which while will "
    "with yield"
)

FREQUENT = frozenset(map(stem, _FREQUENT_WORDS.split()))
"""Keywords and function words: a fixed stand-in for inverse document frequency, which must not enter a key."""


class _TextMemo(dict[str, bytes]):
    """Remembers the sub-token numbers of whole texts, as little-endian int32 bytes."""

    def __init__(self, vocabulary: Vocabulary, limit: int) -> None:
        super().__init__()
        self._vocabulary = vocabulary
        self._limit = limit

    def __missing__(self, text: str) -> bytes:
        if len(self) >= self._limit:
            self.clear()
        found = self[text] = self._vocabulary.number_text(text)
        return found


class _WordMemo(dict[str, bytes]):
    """Remembers the sub-token numbers of single words and tokens."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary

    def __missing__(self, word: str) -> bytes:
        found = self[word] = self._vocabulary.number_word(word)
        return found


class Vocabulary:
    """Numbers sub-tokens as they are first seen and keeps the features of each. Not thread-safe."""

    def __init__(self, dimensions: int) -> None:
        self._dimensions = dimensions
        self.words = _WordMemo(self)
        self.texts = _TextMemo(self, MAX_TEXTS)
        self._numbers: dict[str, int] = {}
        self._used = 0
        self._starts = np.zeros(1_025, np.int64)
        self._buckets = np.zeros(16_384, np.int64)
        self._weights = np.zeros(16_384, np.float64)
        self._new: list[tuple[list[int], list[float]]] = []

    def reset(self) -> None:
        """Forget everything; what is left in the arrays is overwritten by what comes next."""
        self.words.clear()
        self.texts.clear()
        self._numbers.clear()
        self._new.clear()
        self._used = 0

    def reset_if_full(self) -> None:
        """Forget everything when a bound is passed; only between batches, for numbers die with it."""
        if len(self._numbers) > MAX_SUBTOKENS or len(self.words) > MAX_WORDS:
            self.reset()

    def number_text(self, text: str) -> bytes:
        """Return the numbers of a text's sub-tokens, int32."""
        return b"".join(map(self.words.__getitem__, words(text)))

    def number_word(self, word: str) -> bytes:
        """Return the numbers of the sub-tokens of a word, or of a token that may hold several; int32."""
        numbers = [self.number(stem(part)) for piece in words(word) for part in split_word(piece)]
        return np.array(numbers, np.int32).tobytes()

    def number(self, subtoken: str) -> int:
        """Return the sub-token's number, a new one if it was not seen before."""
        number = self._numbers.get(subtoken)
        if number is None:
            number = self._numbers[subtoken] = len(self._numbers)
            self._new.append(features_of(subtoken, self._dimensions))
        return number

    def features(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Return (starts, buckets, weights): sub-token i has the features starts[i] to starts[i + 1]."""
        if self._new:
            self._append()
        return self._starts, self._buckets, self._weights

    def _append(self) -> None:
        counts = np.array([len(buckets) for buckets, _ in self._new], np.int64)
        ends = np.cumsum(counts) + self._starts[self._used]
        first, last = int(self._starts[self._used]), int(ends[-1])
        self._starts = grown(self._starts, self._used + len(self._new) + 1)
        self._buckets = grown(self._buckets, last)
        self._weights = grown(self._weights, last)
        self._starts[self._used + 1 : self._used + 1 + len(self._new)] = ends
        self._buckets[first:last] = [bucket for buckets, _ in self._new for bucket in buckets]
        self._weights[first:last] = [weight for _, weights in self._new for weight in weights]
        self._used += len(self._new)
        self._new.clear()


def features_of(subtoken: str, dimensions: int) -> tuple[list[int], list[float]]:
    """Return the buckets and the signed weights of one sub-token."""
    gain = _gain(subtoken)
    hashed = _hash(b"word", subtoken, 4 * WORD_FEATURES)
    codes = [int.from_bytes(hashed[at : at + 4], "little") for at in range(0, len(hashed), 4)]
    sizes = [gain / math.sqrt(WORD_FEATURES)] * WORD_FEATURES
    if len(subtoken) > GRAM and subtoken != EMPTY:
        marked = f"^{subtoken}$"
        grams = [marked[at : at + GRAM] for at in range(len(marked) - GRAM + 1)]
        codes += [int.from_bytes(_hash(b"gram", gram, 4), "little") for gram in grams]
        sizes += [gain * GRAM_GAIN / math.sqrt(len(grams))] * len(grams)
    buckets = [(code >> 1) % dimensions for code in codes]
    return buckets, [size if code & 1 else -size for code, size in zip(codes, sizes, strict=True)]


def _gain(subtoken: str) -> float:
    if subtoken in FREQUENT:
        return FREQUENT_GAIN
    return DIGIT_GAIN if subtoken.isdigit() else 1.0


def _hash(person: bytes, text: str, size: int) -> bytes:
    return blake2b(text.encode("utf-8", "replace"), digest_size=size, person=person).digest()
