"""The parts that the pipeline leads data through; `project.py` puts the real ones together, tests others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from codegraph.cache.tiers import Tiers
from codegraph.config import Config
from codegraph.daemon.courtesy import Courtesy
from codegraph.daemon.encoders import Encoders
from codegraph.daemon.first_index import FirstIndex
from codegraph.daemon.inputs import OwnInputs
from codegraph.daemon.kept_facts import KeptFacts
from codegraph.events import EventLog
from codegraph.extract.pool import Extractor
from codegraph.graph.index import Index
from codegraph.search.search import Searcher
from codegraph.source.hints import Watcher
from codegraph.source.scan import Scanner
from codegraph.store.protocol import StateStore


@dataclass(slots=True)
class Parts:
    """One project's parts. `index` is replaced when an invariant is broken, `extractor` with what it makes."""

    root: Path
    config: Config
    scanner: Scanner
    watcher: Watcher
    cookie_directory: Path
    """Where sync cookies are made; the watcher looks there too."""
    extractor: Extractor
    index: Index
    first: FirstIndex
    store: StateStore
    facts: KeptFacts
    inputs: OwnInputs
    encoders: Encoders
    tiers: Tiers
    searcher: Searcher
    events: EventLog
    timer: Callable[[], float]
    """Seconds, for durations."""
    courtesy: Courtesy = field(default_factory=Courtesy)
