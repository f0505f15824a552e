"""What came in, what it did, and what a reader has seen.

`ChangeSet` is the input of one revision, `IndexDelta` its result, `Clock` its name. `FileLinks` is
what linking says of one file: edges per definition, every table key that was read, hit or miss, and
what could not be resolved, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import msgspec

from codegraph.core.facts import EncodedFacts, Occurrences, Outline, Role
from codegraph.core.symbols import (
    BlobDigest,
    Confidence,
    DependencyKind,
    EmbeddingKey,
    OwnDigest,
    SymbolId,
)


class Stamp(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What stat said of a file when its bytes were read. Nanoseconds and bytes."""

    mtime_ns: int
    ctime_ns: int
    size: int
    inode: int


class SourceFile(msgspec.Struct, frozen=True):
    """One consistent read of one file: stat before and after agreed."""

    path: str
    """Relative to the project root, POSIX separators."""
    data: bytes
    """What stands in it, in UTF-8, whatever the encoding of the file."""
    blob: BlobDigest
    stamp: Stamp
    language: str
    trusted_after_ns: int = 0
    """Unix clock in ns before the bytes were read: the stamp vouches for them only if it is older (racy-git rule)."""
    before: EncodedFacts | None = None
    """The facts of the file's bytes before an edit, if they are at hand: what did not change is taken from them."""


class Skipped(msgspec.Struct, frozen=True, array_like=True):
    """A file that is not indexed, and why: binary, minified, generated, too_large, unreadable, ..."""

    path: str
    reason: str
    detail: str = ""


class Clock(NamedTuple):
    """Names one state of one index. Clocks of different instances are not comparable."""

    instance: str
    revision: int

    def __str__(self) -> str:
        return f"{self.instance}:{self.revision}"


class Dependency(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A resolved edge; its source is the definition in whose list it stands."""

    target: SymbolId
    kind: DependencyKind
    confidence: Confidence
    line: int
    """Where the first reference stands, 0-based, in the source's file."""
    column: int


class Unresolved(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A reference without an edge, and why."""

    owner: int
    name: str
    role: Role
    reason: str
    """One of: external, builtin, local, dynamic, unknown_receiver, ambiguous, missing, failed, unparsed."""
    line: int
    column: int


class FileLinks(msgspec.Struct, frozen=True, array_like=True):
    """The result of linking one file."""

    dependencies: tuple[tuple[Dependency, ...], ...]
    """Per definition, in source order of the first reference; at most one per (target, kind)."""
    reads: tuple[str, ...]
    """Every table key that resolution asked for, hit or miss; sorted, without repetition."""
    unresolved: tuple[Unresolved, ...] = ()


class Facts(Protocol):
    """What the index reads of one file's facts. `FileFacts` has it all at hand, others may decode on demand."""

    @property
    def blob(self) -> BlobDigest:
        """Fingerprint of the file's bytes."""

    @property
    def outline(self) -> Outline:
        """The half that stays in memory."""

    @property
    def occurrences(self) -> Occurrences:
        """The half that only linking reads; asked for twice, and kept by nobody."""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Files that changed together: new facts, or None for a file that is gone."""

    files: Mapping[str, Facts | None]


class Cause(msgspec.Struct, frozen=True, array_like=True):
    """Why a symbol was looked at again: the rule of `graph/staleness.py`, and where it started."""

    rule: str
    """own | new | model | signature | edges."""
    origin: SymbolId
    """The symbol that changed."""
    route: tuple[SymbolId, ...] = ()
    """From the marked symbol to the origin along dependencies; empty for own and new."""


class Verdict(msgspec.Struct, frozen=True, array_like=True):
    """What came of looking at a symbol again."""

    cause: Cause
    changed: bool
    """False: the key came out equal, the cutoff stopped it here."""
    revision: int
    reused: bool = False
    """The key changed, and its vector was there already."""


@dataclass(frozen=True, slots=True)
class IndexDelta:
    """What one ChangeSet did to the index. Symbol lists are sorted."""

    revision: int
    files: tuple[str, ...] = ()
    """Paths whose facts were replaced or removed."""
    relinked: tuple[str, ...] = ()
    """Paths that were linked again, the changed ones included."""
    added: tuple[SymbolId, ...] = ()
    removed: tuple[SymbolId, ...] = ()
    touched: tuple[SymbolId, ...] = ()
    """Symbols whose own digest, signature or ordered out-edges differ."""
    marked: Mapping[SymbolId, Cause] = field(default_factory=dict)
    """Symbols whose key was computed again."""
    later: int = 0
    """How many more were marked whose keys are computed later."""
    cut: tuple[SymbolId, ...] = ()
    """Marked, and the key came out equal."""
    keys: Mapping[SymbolId, EmbeddingKey] = field(default_factory=dict)
    """The new wanted key of each symbol whose key changed or that is new."""
    moved: tuple[SymbolId, ...] = ()
    """Symbols whose range changed and nothing else."""
    over_budget: bool = False
    """The closure was larger than `cascade.budget`: the whole of it goes to the background lane."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Time by stage: table, link, graph, mark, key."""


class RenderSource(NamedTuple):
    """What `render` needs for one key: the own input's digest and the context's signatures, in order."""

    own: OwnDigest
    signatures: tuple[str, ...]
