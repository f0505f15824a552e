"""What the search for clones keeps of a file: two digests and a set of shingles for each definition.

A *canonical token* is as extraction left it: no comment, no layout, no docstring. Three readings of a
definition's tokens give the three kinds of clones:

- *exact*: the tokens themselves, as one digest;
- *renamed*: literals by their kind only, and each name by the distance to where it stood last, 0 for the first
  time (Baker, "Parameterized pattern matching", 1996). So two definitions are equal exactly when one becomes
  the other by renaming that is consistent and gives different names to different ones; a member (`.name`) and a
  name written like it are two things;
- *near*: literals by their kind, plain names all alike, but names of members and of what is called as they are;
  of this the set of all runs of SHINGLE tokens (*shingles*), each as a hash of 32 bits.

Everything depends on the tokens alone, never on other files: fingerprints of equal bytes are equal, and those
of a file are good for as long as its bytes are. About 4 bytes a token. Hashes do not depend on the process.
Tests: tests/unit/search/test_search_fingerprints.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from codegraph.core.digests import digest

SHINGLE = 4
"""Tokens in a shingle: longer ones make a small insertion cost more, shorter ones make everything alike."""

MAX_REMEMBERED = 400_000
"""Distinct tokens remembered before all are forgotten: about 60 MB; forgetting costs time only."""

_WORDS = (
    "abstract and as asm assert async await begin bool break byte case catch char class const constexpr continue "
    "crate def default defer del delete do done double elif else elseif elsif end ensure enum esac except export "
    "extends extern false False fi final finally float fn for foreach from func function global go goto if impl "
    "implements import in include instanceof int interface internal is lambda let local long loop match mod module "
    "mut namespace new nil none None nonlocal not null nullptr of operator or override package pass private "
    "protected protocol pub public raise range ref repeat require rescue return Self self sealed select short "
    "signed sizeof static struct super switch synchronized template then this throw throws trait true True try "
    "typedef typename typeof union unless unsafe unsigned until use using val var virtual void volatile when where "
    "while with yield"
)
KEYWORDS = frozenset(_WORDS.split())
"""Words that steer or declare in one of the languages; a name that is written like one keeps its spelling."""

_OTHER, _NAME, _STRING, _NUMBER, _MEMBER_OPERATOR, _OPENING = range(6)
_STARTS = (_OTHER, _STRING, _NUMBER, _NAME)
"""By the groups of _START."""
_CLASS_BITS = np.uint64(7)
_MEMBER_OPERATORS = frozenset({".", "->", "::", "?.", "&."})
_START = re.compile(r"([A-Za-z@$#]{0,3}[\"'`])|(\.?\d)|([^\W\d]|[$@])")
_MULTIPLIERS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
_FINAL = np.uint64(0xFF51AFD7ED558CCD)

Hashes = npt.NDArray[np.uint32]
Codes = npt.NDArray[np.uint64]
_Number = TypeVar("_Number", np.uint32, np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """Those of one file, along its definitions."""

    exact: tuple[bytes, ...]
    renamed: tuple[bytes, ...]
    tokens: tuple[int, ...]
    """How many canonical tokens each has."""
    shingles: Hashes
    """Ascending and distinct within each definition."""
    starts: npt.NDArray[np.int64]
    """Where each definition's shingles start, and where the last one's end."""

    def shingles_of(self, index: int) -> Hashes:
        """Return one definition's shingles."""
        return self.shingles[self.starts[index] : self.starts[index + 1]]


class Fingerprinter:
    """Makes fingerprints. One per thread: its memory of tokens is not locked."""

    def __init__(self) -> None:
        self._codes = _Codes()

    def fingerprints(self, names: Sequence[str], tokens: Sequence[Sequence[str]]) -> Fingerprints:
        """Make the fingerprints of a file's definitions, given their names and canonical tokens."""
        lengths = np.array([len(own) for own in tokens], dtype=np.int64)
        ends = np.cumsum(lengths)
        code_of = self._codes.__getitem__  # a lookup that stays in C: there are as many as tokens
        codes = np.fromiter(map(code_of, chain.from_iterable(tokens)), dtype=np.uint64, count=int(lengths.sum()))
        owners = np.repeat(np.arange(len(tokens)), lengths)
        own_names = np.repeat(np.array([code_of(name) for name in names], dtype=np.uint64), lengths)
        shingles, starts = _shingles(_readable(codes, own_names, owners), owners, len(tokens))
        cuts = list(zip((ends - lengths).tolist(), ends.tolist(), strict=True))
        renamed = _by_distance(codes, owners)
        return Fingerprints(
            exact=tuple(digest(codes[start:end].tobytes()) for start, end in cuts),
            renamed=tuple(digest(renamed[start:end].tobytes()) for start, end in cuts),
            tokens=tuple(lengths.tolist()),
            shingles=shingles,
            starts=starts,
        )


class _Codes(dict[str, int]):
    """Token -> a hash of it in the upper bits and its class in the lower three."""

    def __missing__(self, token: str) -> int:
        if len(self) >= MAX_REMEMBERED:
            self.clear()
        hashed = blake2b(token.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        code = self[token] = int.from_bytes(hashed, "little") & ~7 | _class_of(token)
        return code


def _class_of(text: str) -> int:
    if text == "(":
        return _OPENING
    if text in _MEMBER_OPERATORS:
        return _MEMBER_OPERATOR
    match = _START.match(text)
    if match is None or (match.lastindex == 3 and text in KEYWORDS):
        return _OTHER
    return _STARTS[match.lastindex or 0]


def _blind_literals(codes: Codes) -> tuple[Codes, Codes]:
    """Return the codes with literals by their class only, and all classes."""
    classes = codes & _CLASS_BITS
    is_literal = (classes == _STRING) | (classes == _NUMBER)
    return np.where(is_literal, classes, codes), classes


def _by_distance(codes: Codes, owners: npt.NDArray[np.int64]) -> Codes:
    """Replace each name by the distance to its last occurrence in the same definition, 0 if there is none."""
    result, classes = _blind_literals(codes)
    places = np.flatnonzero(classes == _NAME)
    if len(places):
        own, before = owners[places], np.maximum(places - 1, 0)
        is_member = (classes[before] == _MEMBER_OPERATOR) & (owners[before] == own)
        names = codes[places] ^ is_member.astype(np.uint64)
        order = np.lexsort((names, own))
        last, here = order[:-1], order[1:]
        repeated = (names[last] == names[here]) & (own[last] == own[here])
        distances = np.zeros(len(places), dtype=np.uint64)
        distances[here[repeated]] = (places[here] - places[last])[repeated]
        result[places] = (distances << np.uint64(3)) | np.uint64(_NAME)
    return result


def _readable(codes: Codes, own_names: Codes, owners: npt.NDArray[np.int64]) -> Codes:
    """Replace plain names, and the definition's own, by one and the same; members and what is called stay."""
    result, classes = _blind_literals(codes)
    is_name = classes == _NAME
    kept = np.zeros(len(codes), dtype=np.bool_)
    together = owners[1:] == owners[:-1]
    kept[1:] = (classes[:-1] == _MEMBER_OPERATOR) & together
    kept[:-1] |= (classes[1:] == _OPENING) & together
    kept &= codes != own_names
    result[is_name & ~kept] = _NAME
    return result


def distinct(values: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
    """Return the values in ascending order, each once; numpy's own `unique` takes four times as long."""
    ascending = np.sort(values)
    first = np.ones(len(values), dtype=np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    return ascending[first]


def _shingles(codes: Codes, owners: npt.NDArray[np.int64], count: int) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """Hash all runs of SHINGLE tokens that lie in one definition; return the distinct ones and their starts."""
    runs = max(0, len(codes) - SHINGLE + 1)
    mixed = np.zeros(runs, dtype=np.uint64)
    for offset, multiplier in enumerate(_MULTIPLIERS):
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(multiplier) + codes[offset : offset + runs]
    hashes = ((mixed ^ (mixed >> np.uint64(32))) * _FINAL) >> np.uint64(32)
    first = owners[:runs]
    inside = first == owners[SHINGLE - 1 :][:runs]
    keys = distinct((first[inside].astype(np.uint64) << np.uint64(32)) | hashes[inside])
    starts = np.searchsorted(keys, np.arange(count + 1, dtype=np.uint64) << np.uint64(32))
    return keys.astype(np.uint32), starts.astype(np.int64)
