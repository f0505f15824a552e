"""How the parts with effects outside of this process are made: the seam between a project and its tests.

`REAL` starts processes and watches the file system. A test hands in makers of its own, and everything
else of the project, store and search indexes included, is the real thing.
Tests: tests/unit/daemon/test_daemon_project.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codegraph.config import Config, ExtractConfig, WatchConfig
from codegraph.daemon.model import ActiveModel, ModelSet, activate
from codegraph.embed.budget import ModelBudget
from codegraph.embed.embedder import Embedder, GrowingEmbedder
from codegraph.embed.registry import light
from codegraph.embed.worker import EmbedWorker
from codegraph.events import EventLog
from codegraph.extract.pool import Extractor, ExtractPool
from codegraph.source.hints import Watcher
from codegraph.source.watcher import choose_watcher

EMBEDDED_HERE = 4_000
"""Symbols whose vectors the process of a single run makes itself: about as much work as to start another one."""


def _embed_worker(model: ActiveModel, config: Config, events: EventLog, budget: ModelBudget) -> Embedder:
    return EmbedWorker(
        model.spec, config.embedding, events, identity=model.identity, nice=config.daemon.nice, budget=budget
    )


def _growing(model: ActiveModel, config: Config, events: EventLog, budget: ModelBudget) -> Embedder:
    load, worker = light(model.spec, model.identity), _embed_worker(model, config, events, budget)
    return worker if load is None else GrowingEmbedder(load, worker, EMBEDDED_HERE)


def _extract_pool(config: ExtractConfig, events: EventLog) -> Extractor:
    return ExtractPool(config, events)


@dataclass(frozen=True, slots=True)
class Makers:
    """One maker for each part that a test may want to replace."""

    models: Callable[[Config], ModelSet] = activate
    embedder: Callable[[ActiveModel, Config, EventLog, ModelBudget], Embedder] = _embed_worker
    extractor: Callable[[ExtractConfig, EventLog], Extractor] = _extract_pool
    """Given settings in which `data_flow` is on or off."""
    watcher: Callable[[WatchConfig, Path], Watcher] = choose_watcher
    """Given the settings and the directory of the cookies."""
    clock: Callable[[], float] = time.monotonic
    """Seconds: when keys that were held back are released, hints are settled, a comparison is due."""


REAL = Makers()

ONCE = Makers(embedder=_growing)
"""For a process that indexes once and ends: a small project is embedded here."""
