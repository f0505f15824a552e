"""Which settings there are: one frozen Config, its defaults, and what its values may be.

Every setting stands in `config/default.toml` with one sentence; the dataclasses below mirror it, and
a test compares the two. `config_layers` reads them. Tests: tests/unit/test_config.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """Which files are indexed."""

    max_file_bytes: int = 2_097_152
    max_line_bytes: int = 20_000
    use_gitignore: bool = True
    ignore: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    documents: bool = True
    generated: bool = True


@dataclass(frozen=True, slots=True)
class WatchConfig:
    """How changes are noticed. Times in seconds."""

    mode: str = "auto"
    poll_seconds: float = 2.0
    settle_seconds: float = 0.005
    burst_settle_seconds: float = 0.05
    burst_paths: int = 20
    max_settle_seconds: float = 1.0
    git_lock_seconds: float = 10.0
    reconcile_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class ExtractConfig:
    """How files are parsed."""

    workers: int = 0
    timeout_seconds: float = 1.0
    recycle_files: int = 5_000
    max_depth: int = 400
    data_flow: str = "auto"


@dataclass(frozen=True, slots=True)
class CascadeConfig:
    """How far an interface change reaches."""

    depth: int = 1
    max_context: int = 16
    budget: float = 0.25


@dataclass(frozen=True, slots=True)
class EmbeddingConfig:
    """Which model, and how it is fed."""

    model: str = "codegraph-static"
    fallback: str = "codebert"
    text: str = ""
    long: str = ""
    long_tokens: int = 400
    query: str = ""
    device: str = "auto"
    precision: str = "auto"
    compile: str = "off"
    gpu_memory_share: float = 0.8
    batch_tokens: int = 16_384
    batch_symbols: int = 512
    retry_seconds: float = 1.0
    idle_unload_seconds: float = 600.0
    offline: bool = True
    allow_remote_code: bool = False
    allow_endpoints: bool = False
    model_memory_bytes: int = 4_294_967_296


@dataclass(frozen=True, slots=True)
class CacheConfig:
    """Sizes of the tiers, in bytes."""

    hot_bytes: int = 67_108_864
    cold_bytes: int = 2_147_483_648
    cold_codec: str = "f16"


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """How queries are answered."""

    limit: int = 10
    candidates: int = 100
    rrf_constant: int = 60


@dataclass(frozen=True, slots=True)
class DaemonConfig:
    """Limits of the process and its socket."""

    idle_exit_seconds: float = 14_400.0
    max_message_bytes: int = 8_388_608
    max_buffer_bytes: int = 33_554_432
    max_clients: int = 256
    nice: int = 5
    log_level: str = "info"


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """The project's state on disk."""

    map_bytes: int = 17_179_869_184
    sync: bool = True


@dataclass(frozen=True, slots=True)
class Config:
    """All settings; immutable, handed down to whoever needs a section."""

    source: SourceConfig = field(default_factory=SourceConfig)
    watch: WatchConfig = field(default_factory=WatchConfig)
    extract: ExtractConfig = field(default_factory=ExtractConfig)
    cascade: CascadeConfig = field(default_factory=CascadeConfig)
    embedding: EmbeddingConfig = field(default_factory=EmbeddingConfig)
    cache: CacheConfig = field(default_factory=CacheConfig)
    search: SearchConfig = field(default_factory=SearchConfig)
    daemon: DaemonConfig = field(default_factory=DaemonConfig)
    store: StoreConfig = field(default_factory=StoreConfig)


LIMITS: Mapping[str, tuple[float, float]] = {
    "source.max_file_bytes": (1, 1 << 30),
    "source.max_line_bytes": (1, 1 << 30),
    "watch.poll_seconds": (0.05, 3600),
    "watch.settle_seconds": (0, 10),
    "watch.burst_settle_seconds": (0, 10),
    "watch.burst_paths": (1, 1_000_000),
    "watch.max_settle_seconds": (0.001, 60),
    "watch.git_lock_seconds": (0, 600),
    "watch.reconcile_seconds": (1, 86_400),
    "extract.workers": (0, 256),
    "extract.timeout_seconds": (0.05, 600),
    "extract.recycle_files": (1, 1 << 30),
    "extract.max_depth": (10, 5_000),
    "cascade.depth": (0, 8),
    "cascade.max_context": (0, 256),
    "cascade.budget": (0, 1),
    "embedding.gpu_memory_share": (0.01, 1),
    "embedding.long_tokens": (1, 1 << 30),
    "embedding.batch_tokens": (1, 1 << 24),
    "embedding.batch_symbols": (1, 1 << 20),
    "embedding.retry_seconds": (0.01, 3600),
    "embedding.idle_unload_seconds": (0, 1e9),
    "embedding.model_memory_bytes": (0, 1 << 44),
    "cache.hot_bytes": (0, 1 << 40),
    "cache.cold_bytes": (0, 1 << 44),
    "search.limit": (1, 1_000),
    "search.candidates": (1, 10_000),
    "search.rrf_constant": (1, 10_000),
    "daemon.idle_exit_seconds": (0, 1e9),
    "daemon.max_message_bytes": (1_024, 1 << 30),
    "daemon.max_buffer_bytes": (1_024, 1 << 32),
    "daemon.max_clients": (1, 65_536),
    "daemon.nice": (0, 19),
    "store.map_bytes": (1 << 20, 1 << 44),
}

CHOICES: Mapping[str, tuple[str, ...]] = {
    "watch.mode": ("auto", "native", "poll"),
    "extract.data_flow": ("auto", "on", "off"),
    "embedding.precision": ("auto", "fp32", "bf16", "int8"),
    "embedding.compile": ("off", "fused", "graphs"),
    "cache.cold_codec": ("f16", "f32", "int8"),
    "daemon.log_level": ("debug", "info", "warning", "error"),
}

PATHS = frozenset(f"embedding.{name}" for name in ("model", "fallback", "text", "long", "query"))
"""Settings that may be directories: relative ones are read from their file, or the working directory."""
