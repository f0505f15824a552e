"""What clients ask of clones, and what they get. The terms are those of `codegraph.search.clones`.

Tests: tests/unit/daemon/test_daemon_protocol.py, test_daemon_cloning.py.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from codegraph.core.symbols import CloneKind
from codegraph.daemon.messages import Answer, Bound, Count, EmptyReason, Name, Query, SymbolInfo, Uncertainty

MEMBERS_SHOWN = 100
"""The most members of one group that an answer holds."""

Similarity = Annotated[float, msgspec.Meta(gt=0, le=1)]
Least = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class CloneMember(msgspec.Struct, frozen=True, kw_only=True):
    """One of several symbols that are clones of each other."""

    symbol: SymbolInfo
    kind: CloneKind
    """What it is to the first member of its group; the first is `exact`."""


class CloneGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Symbols any two of which are clones."""

    kind: CloneKind
    """The loosest among its pairs."""
    similarity: float
    """The lowest among its near and semantic pairs, 1 if there is none."""
    tokens: int
    """Canonical tokens of the smallest member."""
    count: int
    """Members in all."""
    members: tuple[CloneMember, ...]
    """By path and position; the first 100."""


class ClonesResult(Answer, frozen=True, kw_only=True):
    """Groups of clones, those with the most tokens to save first; those of tests alone last."""

    groups: tuple[CloneGroup, ...]
    total: int
    """Groups in all; there may be more than `limit`."""
    bound: Bound = Bound.EXACT
    """Whether these are all that there are at this threshold."""
    causes: tuple[Uncertainty, ...] = ()
    """Why there may be more: `missing` (so many files whose tokens the store has lost), `similar` (too many similar
    symbols to compare all), `indexing`."""
    reason: EmptyReason = EmptyReason.NOT_EMPTY


class ClonesParams(Query[ClonesResult], frozen=True, kw_only=True):
    """Find definitions that are copies of each other: exact, renamed, near, or semantic."""

    method: ClassVar[str] = "clones"
    result: ClassVar[type[msgspec.Struct]] = ClonesResult
    path: Name = ""
    """Only groups with a member in this file or folder; empty: all."""
    kinds: Annotated[tuple[CloneKind, ...], msgspec.Meta(max_length=4)] = ()
    """Only groups of these kinds; empty: all but `semantic`."""
    threshold: Similarity = 0.7
    """Near clones: the least share of common runs of four tokens, for any two members. Semantic ones: that of what is
    called and of members."""
    min_lines: Least = 6
    min_tokens: Least = 50
    """Smaller symbols are left out."""
    limit: Count = 100
