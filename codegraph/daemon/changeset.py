"""The facts of a change set, with the large half decoded only when it is looked at; and what a pass made of it.

A first index of a large tree is one change set of thousands of files. Decoded, their occurrences
would be most of the daemon's memory at once (measured on sympy: 350 of 580 MB); encoded and compressed
they are a few per cent of it. The outlines are decoded once, since the index keeps them anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from codegraph.core.changes import ChangeSet
from codegraph.core.facts import EncodedFacts, Occurrences, Outline, decode_compressed_occurrences, decode_outline
from codegraph.core.symbols import BlobDigest


@dataclass(frozen=True, slots=True)
class PackedFacts:
    """The facts of one file, as `codegraph.core.changes.Facts` wants them."""

    blob: BlobDigest
    outline: Outline
    packed_occurrences: bytes

    @property
    def occurrences(self) -> Occurrences:
        """Decode them; nothing is kept."""
        return decode_compressed_occurrences(self.packed_occurrences)


@dataclass(slots=True)
class Run:
    """What one pass over the main path did, for progress and figures."""

    written: int = 0
    deleted: int = 0
    extracted: int = 0
    known: int = 0
    cold: bool = False
    """Nobody waits for this: what it makes pending goes to the cold lane."""
    seconds: dict[str, float] = field(default_factory=dict)


def change_set(files: Mapping[str, EncodedFacts | None]) -> ChangeSet:
    """Make a change set of encoded facts, ordered by path. Raises msgspec.DecodeError on foreign bytes."""
    return ChangeSet({path: None if facts is None else _packed(facts) for path, facts in sorted(files.items())})


def _packed(facts: EncodedFacts) -> PackedFacts:
    return PackedFacts(facts.blob, decode_outline(facts.outline), facts.occurrences)
