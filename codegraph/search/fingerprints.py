"""What the search for clones keeps of a file: two digests and a set of shingles for each definition.

A *canonical token* is as extraction left it: no comment, no layout, no docstring. Three readings of a
definition's tokens give the three kinds of clones:

- *exact*: the tokens themselves, as one digest;
- *renamed*: literals by their kind only, and each name by the distance to where it stood last, 0 for the first
  time (Baker, "Parameterized pattern matching", 1996). So two definitions are equal exactly when one becomes
  the other by renaming that is consistent and gives different names to different ones; a member (`.name`) and a
  name written like it are two things;
- *near*: literals by their kind, plain names all alike, but names of members and of what is called as they are;
  of this the set of all runs of SHINGLE tokens (*shingles*), each as a hash of 32 bits;
- *semantic*: the names of members and of what is called, in no order, each as often as it occurs (*mentions*: a set of
  hashes of a name and how many of it came before). What a function does to the world it does by these, so
  they stay where a loop becomes a comprehension or branches change places.

Everything depends on the tokens alone, never on other files: fingerprints of equal bytes are equal, and those
of a file are good for as long as its bytes are. About 4 bytes a token. Hashes do not depend on the process; they are
good against accident (128 bits), not against somebody who wants two pieces of code to look equal. Many files are
looked at in one go, by passes over arrays that hold all their tokens.
Tests: tests/unit/search/test_search_fingerprints.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from codegraph.core.digests import DIGEST_BYTES
from codegraph.search.distinct import distinct
from codegraph.search.token_codes import CLASS_BITS, MEMBER_OPERATOR, NAME, NUMBER, OPENING, STRING, Codes, read_codes

SHINGLE = 4
"""Tokens in a shingle: longer ones make a small insertion cost more, shorter ones make everything alike."""

PORTION = 1 << 18
"""Bytes of tokens that are looked at in one go: their arrays, a few megabytes, stay in a processor's cache."""

_MULTIPLIERS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
_FIRST, _SECOND, _THIRD, _FOURTH = map(np.uint64, _MULTIPLIERS)
_FINAL = np.uint64(0xFF51AFD7ED558CCD)
_HALF, _ONE = np.uint64(32), np.uint64(1)

Hashes = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]


class FileTokens(NamedTuple):
    """What is read of a file, along its definitions."""

    names: Sequence[str]
    tokens: Sequence[bytes]
    """Canonical tokens, each a msgpack array of strings."""


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """Those of one file, along its definitions."""

    exact: tuple[bytes, ...]
    renamed: tuple[bytes, ...]
    tokens: tuple[int, ...]
    """How many canonical tokens each has."""
    shingles: Hashes
    """Ascending and distinct within each definition."""
    starts: Places
    """Where each definition's shingles start, and where the last one's end."""
    mentions: Hashes
    """Ascending and distinct within each definition."""
    mention_starts: Places

    def shingles_of(self, index: int) -> Hashes:
        """Return one definition's shingles."""
        return self.shingles[self.starts[index] : self.starts[index + 1]]

    def mentions_of(self, index: int) -> Hashes:
        """Return the mentions of one definition; those of a name for the first time are odd."""
        return self.mentions[self.mention_starts[index] : self.mention_starts[index + 1]]


def fingerprints(files: Iterable[FileTokens]) -> Iterator[Fingerprints | None]:
    """Make the fingerprints of files, in order; None where the tokens are no arrays of strings."""
    waiting: list[FileTokens] = []
    size = 0
    for file in files:
        waiting.append(file)
        size += sum(map(len, file.tokens))
        if size >= PORTION:
            yield from _of_those(waiting)
            waiting, size = [], 0
    yield from _of_those(waiting)


def _of_those(files: Sequence[FileTokens]) -> list[Fingerprints | None]:
    try:
        return list(_made(files))
    except ValueError:
        return [None] if len(files) == 1 else [one for file in files for one in _of_those([file])]


def _made(files: Sequence[FileTokens]) -> Iterator[Fingerprints]:
    """Make them. Raises ValueError for tokens that are no arrays of strings."""
    codes, own_names, lengths, owners = _coded(files)
    exact, renamed = _digests(codes, owners, lengths), _digests(_by_distance(codes, owners), owners, lengths)
    kept = _kept_names(codes, own_names, owners)
    shingles, starts = _shingles(_readable(codes, kept), owners, len(lengths))
    mentions, mention_starts = _mentions(codes[kept], owners[kept], len(lengths))
    tokens, first = lengths.tolist(), 0
    for file in files:
        last = first + len(file.tokens)
        low, high = starts[first], starts[last]
        lowest, highest = mention_starts[first], mention_starts[last]
        yield Fingerprints(
            exact=tuple(exact[first:last]),
            renamed=tuple(renamed[first:last]),
            tokens=tuple(tokens[first:last]),
            shingles=shingles[low:high].copy(),
            starts=starts[first : last + 1] - low,
            mentions=mentions[lowest:highest].copy(),
            mention_starts=mention_starts[first : last + 1] - lowest,
        )
        first = last


def near_shingles(files: Sequence[FileTokens]) -> list[Hashes | None]:
    """Return the shingles of each definition, ascending and distinct, and nothing else of them; None where
    the tokens are no arrays of strings. For a few definitions, which `fingerprints` says too much of.
    """
    try:
        codes, own_names, lengths, owners = _coded(files)
    except ValueError:
        apart = [FileTokens([name], [own]) for file in files for name, own in zip(*file, strict=True)]
        return [None] if len(apart) == 1 else [near_shingles([one])[0] for one in apart]
    kept = _kept_names(codes, own_names, owners)
    shingles, starts = _shingles(_readable(codes, kept), owners, len(lengths))
    return [shingles[low:high].copy() for low, high in pairwise(starts.tolist())]


def _coded(files: Sequence[FileTokens]) -> tuple[Codes, Codes, Places, Places]:
    """Return all tokens, with each its definition's own name; how many each definition has; each token's definition.

    Raises ValueError for tokens that are no arrays of strings.
    """
    names = [name for file in files for name in file.names]
    codes, lengths = read_codes([*(own for file in files for own in file.tokens), msgspec.msgpack.encode(names)])
    codes, own_names, lengths = codes[: len(codes) - len(names)], codes[len(codes) - len(names) :], lengths[:-1]
    return codes, np.repeat(own_names, lengths), lengths, np.repeat(np.arange(len(lengths)), lengths)


def _digests(codes: Codes, owners: Places, lengths: Places) -> list[bytes]:
    """Return a digest of each definition's codes: sums of two hashes of every code and its place."""
    ends = np.cumsum(lengths)
    mixed = codes ^ ((np.arange(len(codes)) - (ends - lengths)[owners]).astype(np.uint64) * _FIRST)
    mixed = (mixed ^ (mixed >> _HALF)) * _SECOND
    mixed = (mixed ^ (mixed >> _HALF)) * _THIRD
    other = (mixed ^ (mixed >> _HALF)) * _FOURTH
    sums = np.zeros((len(lengths), 2), dtype=np.uint64)
    some = np.flatnonzero(lengths)
    if len(some):
        first = (ends - lengths)[some]
        sums[some, 0] = np.add.reduceat(mixed ^ (mixed >> _HALF), first)
        sums[some, 1] = np.add.reduceat(other ^ (other >> _HALF), first)
    data = sums.tobytes()
    return [data[start : start + DIGEST_BYTES] for start in range(0, len(data), DIGEST_BYTES)]


def _blind_literals(codes: Codes) -> tuple[Codes, Codes]:
    """Return the codes with literals by their class only, and all classes."""
    classes = codes & CLASS_BITS
    is_literal = (classes == STRING) | (classes == NUMBER)
    return np.where(is_literal, classes, codes), classes


def _by_distance(codes: Codes, owners: Places) -> Codes:
    """Replace each name by the distance to its last occurrence in the same definition, 0 if there is none."""
    result, classes = _blind_literals(codes)
    places = np.flatnonzero(classes == NAME)
    if len(places):
        own, before = owners[places], np.maximum(places - 1, 0)
        is_member = (classes[before] == MEMBER_OPERATOR) & (owners[before] == own)
        names = codes[places] ^ is_member.astype(np.uint64)
        # Equal names of one definition stand together, in order: a hash of both above, the place below.
        below = np.uint64(len(places).bit_length())
        keys = (names + own.astype(np.uint64) * _SECOND) * _FIRST
        keys = (keys >> below << below) | np.arange(len(places), dtype=np.uint64)
        keys.sort()
        order = (keys & ((_ONE << below) - _ONE)).astype(np.int64)
        last, here = order[:-1], order[1:]
        repeated = (names[last] == names[here]) & (own[last] == own[here])
        distances = np.zeros(len(places), dtype=np.uint64)
        distances[here[repeated]] = (places[here] - places[last])[repeated]
        result[places] = (distances << np.uint64(3)) | np.uint64(NAME)
    return result


def _kept_names(codes: Codes, own_names: Codes, owners: Places) -> npt.NDArray[np.bool_]:
    """Say which tokens are names of members or of what is called, the definition's own name aside."""
    classes = codes & CLASS_BITS
    kept: npt.NDArray[np.bool_] = np.zeros(len(codes), dtype=np.bool_)
    together = owners[1:] == owners[:-1]
    kept[1:] = (classes[:-1] == MEMBER_OPERATOR) & together
    kept[:-1] |= (classes[1:] == OPENING) & together
    kept &= (codes != own_names) & (classes == NAME)
    return kept


def _readable(codes: Codes, kept: npt.NDArray[np.bool_]) -> Codes:
    """Replace the names that are not kept by one and the same."""
    result, classes = _blind_literals(codes)
    result[(classes == NAME) & ~kept] = NAME
    return result


def _shingles(codes: Codes, owners: Places, count: int) -> tuple[Hashes, Places]:
    """Hash all runs of SHINGLE tokens that lie in one definition; return the distinct ones and their starts."""
    runs = max(0, len(codes) - SHINGLE + 1)
    mixed = np.zeros(runs, dtype=np.uint64)
    for offset, multiplier in enumerate(_MULTIPLIERS):
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(multiplier) + codes[offset : offset + runs]
    first = owners[:runs]
    inside = first == owners[SHINGLE - 1 :][:runs]
    return _sets(_hashed(mixed[inside]), first[inside], count)


def _mentions(names: Codes, owners: Places, count: int) -> tuple[Hashes, Places]:
    """Hash each name together with how many of it came before in its definition; return these and their starts.

    Hashes of a name's first occurrence are odd, all others even.
    """
    order = np.lexsort((names, owners))
    names, owners = names[order], owners[order]
    fresh = np.ones(len(names), dtype=np.bool_)
    fresh[1:] = (names[1:] != names[:-1]) | (owners[1:] != owners[:-1])
    places = np.arange(len(names))
    before = (places - np.maximum.accumulate(np.where(fresh, places, 0))).astype(np.uint64)
    hashes = _hashed(names * _FIRST + before * _SECOND)
    return _sets(hashes & ~_ONE | fresh, owners, count)


def _hashed(mixed: Codes) -> Codes:
    """Return hashes of 32 bits."""
    return ((mixed ^ (mixed >> _HALF)) * _FINAL) >> _HALF


def _sets(hashes: Codes, owners: Places, count: int) -> tuple[Hashes, Places]:
    """Return the distinct hashes of each owner, ascending, and where those of each start."""
    keys = distinct((owners.astype(np.uint64) << _HALF) | hashes)
    starts = np.searchsorted(keys, np.arange(count + 1, dtype=np.uint64) << _HALF)
    return keys.astype(np.uint32), starts.astype(np.int64)
