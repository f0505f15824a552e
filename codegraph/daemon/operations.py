"""What clients ask the daemon to do or to account for, and what they get: sync, explain, embed, upkeep.

The terms and conventions are those of `messages`. Sizes are bytes, times seconds unless a field's
name says otherwise; digests and keys are written in hexadecimal.
Tests: tests/unit/daemon/test_daemon_protocol.py.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, ClassVar

import msgspec

from codegraph.daemon.messages import Answer, EmptyReason, Name, Names, Params, Query, SymbolInfo, Target, Text, Wait
from codegraph.daemon.reports import ModelInfo, TierFigures


class SyncResult(Answer, frozen=True, kw_only=True):
    """The index contains every change made before the request."""

    pending: int
    """Symbols that still want a vector."""
    seconds: float


class SyncParams(Query[SyncResult], frozen=True, kw_only=True):
    """Wait until everything written before this request has been seen and committed."""

    method: ClassVar[str] = "sync"
    result: ClassVar[type[msgspec.Struct]] = SyncResult
    wait: Wait = Wait.INDEXED


class ExplainResult(Answer, frozen=True, kw_only=True):
    """Why a symbol's vector was last computed again, or why it was not."""

    symbol: SymbolInfo
    outcome: str
    """recomputed, reused, pending, cut_off, or untouched (no change reached it since the index was built)."""
    summary: str
    """The same in one or two sentences."""
    rule: str = ""
    """own, new, signature or edges: the rule by which it was marked; "" if it never was."""
    origin: str = ""
    """Id of the symbol that changed."""
    route: tuple[str, ...] = ()
    """Ids from the symbol to the origin along dependencies, both ends included."""
    differed: tuple[str, ...] = ()
    """Which parts of the key differ: own, context, model."""
    revision: int = 0
    """The revision that marked it."""
    wanted: str = ""
    served: str = ""
    """Keys; "" when no vector is served."""
    context: tuple[str, ...] = ()
    """Ids whose signatures enter the key, in their order."""
    model: str = ""
    """The model whose vector is wanted; "" while its facts cannot tell which one it is."""


class ExplainParams(Target[ExplainResult], frozen=True, kw_only=True):
    """Explain why a symbol's vector was computed again, or why it was not."""

    method: ClassVar[str] = "explain"
    result: ClassVar[type[msgspec.Struct]] = ExplainResult


class Embedding(msgspec.Struct, frozen=True, kw_only=True):
    """One vector."""

    source: str
    """The symbol's id, or "text:0", "text:1", ... in the order of the request."""
    vector: tuple[float, ...]
    """L2-normalised; empty when there is none yet."""
    key: str = ""
    model: str = ""
    """Whose vector it is: vectors of different models cannot be compared."""


class EmbedResult(Answer, frozen=True, kw_only=True):
    """Vectors, symbols first, then texts."""

    model: str
    dimensions: int
    embeddings: tuple[Embedding, ...]
    reason: EmptyReason = EmptyReason.NOT_EMPTY


class EmbedParams(Query[EmbedResult], frozen=True, kw_only=True):
    """Give the full-precision vectors of symbols and of texts; stale symbols asked for go first."""

    method: ClassVar[str] = "embed"
    result: ClassVar[type[msgspec.Struct]] = EmbedResult
    symbols: Names = ()
    """Named as in `symbol` of other methods."""
    texts: Annotated[tuple[Text, ...], msgspec.Meta(max_length=256)] = ()


class VerifyResult(Answer, frozen=True, kw_only=True):
    """The index compared with one built from the disk."""

    equal: bool
    differences: dict[str, tuple[str, ...]]
    """By part (files, definitions, edges, keys): the first 100 differences, one line each; equal parts are absent."""
    counts: dict[str, int]
    """By part: how many things were compared."""
    seconds: float


class VerifyParams(Query[VerifyResult], frozen=True, kw_only=True):
    """Build the index a second time from the disk and compare."""

    method: ClassVar[str] = "verify"
    result: ClassVar[type[msgspec.Struct]] = VerifyResult
    wait: Wait = Wait.INDEXED


class IndexResult(Answer, frozen=True, kw_only=True):
    """The index is up to date and every symbol has its vector."""

    files: int
    symbols: int
    edges: int
    embedded: int
    """Vectors computed by this run."""
    reused: int
    """Vectors taken from the store or the cache by this run."""
    seconds: dict[str, float]
    """By stage, and `total`."""
    warnings: tuple[str, ...] = ()
    """Of models that were asked for and are not in use."""


class IndexParams(Params[IndexResult], frozen=True, kw_only=True):
    """Compare the whole tree with the index, bring it up to date and embed; sends `progress` notifications."""

    method: ClassVar[str] = "index"
    result: ClassVar[type[msgspec.Struct]] = IndexResult
    rebuild: bool = False
    """Extract and link every file again."""
    embed: bool = True
    """False: answer once everything is committed."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a long request is."""

    stage: str
    """scan, extract, link or embed."""
    done: int
    total: int | None = None
    """None while it is not known."""


class CacheAction(StrEnum):
    """What to do with the cache."""

    STATS = "stats"
    PRUNE = "prune"
    """Drop what no project's index wants any more in the state, and what is over the limit in the cold tier."""
    CLEAR = "clear"
    """Empty both tiers. Vectors in the projects' states stay."""


class CacheResult(msgspec.Struct, frozen=True, kw_only=True):
    """The tiers after the action."""

    hot: TierFigures
    cold: TierFigures
    removed: int = 0
    freed_bytes: int = 0
    directory: str = ""


class CacheParams(Params[CacheResult], frozen=True, kw_only=True):
    """Look at the cache, prune it or empty it."""

    method: ClassVar[str] = "cache"
    result: ClassVar[type[msgspec.Struct]] = CacheResult
    action: CacheAction = CacheAction.STATS


class ModelsResult(msgspec.Struct, frozen=True, kw_only=True):
    """Models, sorted by name."""

    models: tuple[ModelInfo, ...]


class ModelsParams(Params[ModelsResult], frozen=True, kw_only=True):
    """List the models that the registry knows."""

    method: ClassVar[str] = "models"
    result: ClassVar[type[msgspec.Struct]] = ModelsResult


class UseModelResult(Answer, frozen=True, kw_only=True):
    """The model is in use; what it has not embedded yet is served with the old vectors, as stale."""

    model: str
    changed: bool
    """False if it was in use already."""
    pending: int
    """Keys that wait for the new model."""
    overridden_by: str = ""
    """The environment variable that names another model, and will win at the next start."""
    warnings: tuple[str, ...] = ()
    """Models beside this one that are missing."""


class UseModelParams(Params[UseModelResult], frozen=True, kw_only=True):
    """Change the model for code, now and for this project's further starts. Refused with ModelMissing, ConfigError."""

    method: ClassVar[str] = "use_model"
    result: ClassVar[type[msgspec.Struct]] = UseModelResult
    name: Name
    """A name of the registry, a directory, or "default": what the user's file and the environment say."""


class ConfigResult(msgspec.Struct, frozen=True, kw_only=True):
    """The configuration that the daemon runs with."""

    settings: dict[str, dict[str, Any]]
    """By section and name."""
    path: str
    """The user's file, whether it exists or not."""


class ConfigParams(Params[ConfigResult], frozen=True, kw_only=True):
    """Report the configuration that the daemon runs with."""

    method: ClassVar[str] = "config"
    result: ClassVar[type[msgspec.Struct]] = ConfigResult


class ShutdownResult(msgspec.Struct, frozen=True, kw_only=True):
    """The socket is closed to newcomers; the process ends after this reply."""

    clock: str


class ShutdownParams(Params[ShutdownResult], frozen=True, kw_only=True):
    """End the daemon. On the Unix socket it needs no `hello`, so that any version can be stopped."""

    method: ClassVar[str] = "shutdown"
    result: ClassVar[type[msgspec.Struct]] = ShutdownResult
