"""Canonical tokens as numbers, read from the bytes that the store has, without making a string of any.

A *code* is a hash of a token in its upper bits and the token's class in the lower three; equal tokens have equal codes
in every process. Tokens lie in the store as msgpack: a string is one byte with its length (up to 31), or 0xd9, 0xda,
0xdb and a length of one, two or four bytes, before its UTF-8. Text of ASCII has no byte from 0x80 on, so where each
token begins is seen in a few passes over the bytes of many definitions at once, and proved: each string ends where the
next begins. Definitions with other text, few, are decoded.

Bytes are as extraction wrote them; those that are no strings raise ValueError. Pure.
Tests: tests/unit/search/test_search_token_codes.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import blake2b

import msgspec
import numpy as np
import numpy.typing as npt

from codegraph.core.words import words

OTHER, NAME, STRING, NUMBER, MEMBER_OPERATOR, OPENING = range(6)
"""Classes of tokens."""
CLASS_BITS = np.uint64(7)

KEYWORDS = words(
    """
    abstract and as asm assert async await begin bool break byte case catch char class const constexpr continue
    crate def default defer del delete do done double elif else elseif elsif end ensure enum esac except export
    extends extern false False fi final finally float fn for foreach from func function global go goto if impl
    implements import in include instanceof int interface internal is lambda let local long loop match mod module
    mut namespace new nil none None nonlocal not null nullptr of operator or override package pass private
    protected protocol pub public raise range ref repeat require rescue return Self self sealed select short
    signed sizeof static struct super switch synchronized template then this throw throws trait true True try
    typedef typename typeof union unless unsafe unsigned until use using val var virtual void volatile when where
    while with yield
    """
)
"""Words that steer or declare in one of the languages; a name that is written like one keeps its spelling."""

_MEMBER_OPERATORS = (".", "->", "::", "?.", "&.")
WORD = 8
"""Bytes of a token that are hashed at once."""
MOST_WORDS = 8
"""Longer tokens, long texts, are hashed one by one."""
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(32)
_SLOT_SHIFT = np.uint64(46)
_SLOTS = 1 << 18
_MASKS = np.array([(1 << 8 * count) - 1 for count in range(WORD + 1)], dtype=np.uint64)
MOST_PREFIX = 3
"""Letters that may stand before the quote of a string."""
_LONGER = (1 << 5, 1 << 8, 1 << 16)
"""Lengths from which on a string's length takes one, two and four bytes of its own."""
_ARRAY = msgspec.msgpack.Decoder(list[str])

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint64]
Classes = npt.NDArray[np.uint8]


def _among(letters: str) -> npt.NDArray[np.bool_]:
    """Return, for each byte, whether it is one of these letters."""
    table = np.zeros(256, dtype=np.bool_)
    table[list(letters.encode())] = True
    return table


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_IS_QUOTE, _IS_DIGIT, _IS_PREFIX = _among("\"'`"), _among("0123456789"), _among(_LETTERS + "@$#")
_BY_FIRST = np.select([_IS_QUOTE, _IS_DIGIT, _among(_LETTERS + "_$@")], [STRING, NUMBER, NAME], OTHER).astype(np.uint8)


def read_codes(arrays: Sequence[bytes]) -> tuple[Codes, Ints]:
    """Return the codes of the tokens of some definitions, each a msgpack array of strings, and how many each has.

    Raises ValueError if one is no array of strings.
    """
    text = _padded(arrays)
    sizes = np.fromiter(map(len, arrays), np.int64, len(arrays))
    headers, counts = _headers(text, sizes)
    starts, lengths = _strings(arrays, text, sizes, headers, counts)
    hashes = _hashes(text, starts, lengths)
    classes = _classes(text, starts)
    known, class_of = _special()
    slots = hashes >> _SLOT_SHIFT
    special = known[slots] == hashes
    classes[special] = class_of[slots[special]]
    return hashes & ~CLASS_BITS | classes, counts


@cache
def _special() -> tuple[Codes, Classes]:
    """Return the hashes of tokens whose class their first letters do not tell, each in its slot, and their classes."""
    special = dict.fromkeys(sorted(KEYWORDS), OTHER) | dict.fromkeys(_MEMBER_OPERATORS, MEMBER_OPERATOR)
    special["("] = OPENING
    encoded = [text.encode() for text in special]
    lengths = np.array([len(text) for text in encoded])
    hashes = _hashes(_padded(encoded), np.cumsum(lengths) - lengths, lengths)
    slots = hashes >> _SLOT_SHIFT
    known, classes = np.zeros(_SLOTS, dtype=np.uint64), np.zeros(_SLOTS, dtype=np.uint8)
    known[slots], classes[slots] = hashes, list(special.values())
    return known, classes


def _padded(parts: Sequence[bytes]) -> Bytes:
    """Return a copy of the bytes of all parts, and some more, so that a word can be read from any of them."""
    return np.frombuffer(bytearray().join((*parts, bytes(WORD))), dtype=np.uint8)


def _headers(text: Bytes, sizes: Ints) -> tuple[Ints, Ints]:
    """Return how many bytes stand before the first element of each array, and how many elements it has.

    These bytes are 0 afterwards, so that none of them looks like a string's first.
    """
    starts = np.cumsum(sizes) - sizes
    kinds = np.where(sizes > 0, text[starts], 0)
    counts, headers = (kinds & 0x0F).astype(np.int64), np.ones(len(sizes), dtype=np.int64)
    for kind, size in ((0xDC, 2), (0xDD, 4)):
        long = np.flatnonzero((kinds == kind) & (sizes > size))
        counts[long] = _numbers(text, starts[long], size)
        headers[long] += size
    if not np.all((kinds & 0xF0 == 0x90) | (headers > 1)):
        raise ValueError("tokens are an array")
    for place in range(int(headers.max(initial=0))):
        text[starts[headers > place] + place] = 0
    return headers, counts


def _numbers(text: Bytes, places: Ints, count: int) -> Ints:
    """Read the numbers of so many bytes that stand behind these places."""
    numbers: Ints = text[places[:, None] + np.arange(1, count + 1)].astype(np.int64) @ (256 ** np.arange(count)[::-1])
    return numbers


def _strings(arrays: Sequence[bytes], text: Bytes, sizes: Ints, headers: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Return where each string's text starts and how long it is.

    Given the arrays, their bytes in a row, their sizes, those of their headers, and how many strings each has.
    """
    ends = np.cumsum(sizes)
    begins, size = ends - sizes + headers, int(sizes.sum())
    heads = np.flatnonzero(text[:size] >= 0x80)
    before, second = text[heads - 1], text[heads - 2]
    heads = heads[~((before == 0xD9) | (before == 0xDA) | (second == 0xDA))]  # those were bytes of a length
    kinds = text[heads]
    starts, lengths = heads + 1, (kinds & 0x1F).astype(np.int64)
    for kind, count in ((0xD9, 1), (0xDA, 2)):
        long = np.flatnonzero(kinds == kind)
        lengths[long] = _numbers(text, heads[long], count)
        starts[long] += count
    is_string = (kinds & 0xE0 == 0xA0) | (kinds == 0xD9) | (kinds == 0xDA)
    cuts = np.searchsorted(heads, np.append(0, ends))
    some = np.flatnonzero(np.diff(cuts))
    following = np.append(heads[1:], size)
    following[cuts[some + 1] - 1] = ends[some]
    proved = is_string & (starts + lengths == following)
    doubts = np.append(0, np.cumsum(~proved))[cuts]
    begin_well = (np.append(heads, size)[cuts[:-1]] == begins) | (counts == 0)
    doubtful = np.flatnonzero((np.diff(doubts) > 0) | (np.diff(cuts) != counts) | ~begin_well)
    if not len(doubtful):
        return starts, lengths
    found, done = [], 0
    for number in doubtful.tolist():
        found.append((starts[done : cuts[number]], lengths[done : cuts[number]]))
        found.append(_decoded(arrays[number], int(begins[number]), int(ends[number])))
        done = int(cuts[number + 1])
    found.append((starts[done:], lengths[done:]))
    return np.concatenate([each[0] for each in found]), np.concatenate([each[1] for each in found])


def _decoded(array: bytes, begin: int, end: int) -> tuple[Ints, Ints]:
    """Return what `_strings` does of one array whose first string begins there, by making its strings."""
    try:
        tokens = _ARRAY.decode(array)
    except msgspec.DecodeError as error:
        raise ValueError("tokens are an array of strings") from error
    lengths = np.array([len(token.encode()) for token in tokens], dtype=np.int64)
    heads = 1 + np.searchsorted(_LONGER, lengths, side="right")
    heads += lengths >= 1 << 16  # four bytes of length follow two
    ends = begin + np.cumsum(heads + lengths)
    if tokens and ends[-1] != end:
        raise ValueError("tokens are written as shortly as can be")
    return ends - lengths, lengths


def _hashes(text: Bytes, starts: Ints, lengths: Ints) -> Codes:
    """Hash tokens, word by word; each word is mixed in by steps that lose nothing (a product by an odd number)."""
    words: Codes = np.ndarray((len(text) - WORD + 1,), np.uint64, text, strides=(1,))
    hashes = _mixed(lengths.astype(np.uint64) * _MULTIPLIER, words[starts] & _MASKS[np.minimum(lengths, WORD)])
    for number in range(1, MOST_WORDS):
        some = np.flatnonzero(lengths > WORD * number)
        if not len(some):
            return hashes * _MULTIPLIER
        at, left = starts[some] + WORD * number, np.minimum(lengths[some] - WORD * number, WORD)
        hashes[some] = _mixed(hashes[some], words[at] & _MASKS[left])
    for place in np.flatnonzero(lengths > WORD * MOST_WORDS).tolist():
        token = text[starts[place] : starts[place] + lengths[place]].tobytes()
        hashes[place] = int.from_bytes(blake2b(token, digest_size=8).digest(), "little")
    return hashes * _MULTIPLIER


def _mixed(hashes: Codes, words: Codes) -> Codes:
    mixed = (hashes ^ words) * _MULTIPLIER
    return mixed ^ (mixed >> _SHIFT)


def _classes(text: Bytes, starts: Ints) -> Classes:
    """Tell what each token is by its first letters."""
    first = text[starts]
    classes = _BY_FIRST[first]
    dots = np.flatnonzero(first == ord("."))
    classes[dots[_IS_DIGIT[text[starts[dots] + 1]]]] = NUMBER
    prefixed = np.flatnonzero(_IS_PREFIX[first])
    for letters in range(1, MOST_PREFIX + 1):
        following = text[starts[prefixed] + letters]
        classes[prefixed[_IS_QUOTE[following]]] = STRING
        prefixed = prefixed[_IS_PREFIX[following]]
    for place in np.flatnonzero(first >= 0x80).tolist():
        letter = text[starts[place] : starts[place] + 4].tobytes().decode("utf-8", "ignore")[:1]
        classes[place] = NUMBER if letter.isdigit() else NAME if letter.isalpha() else OTHER
    return classes
