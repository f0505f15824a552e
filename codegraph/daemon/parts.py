"""The parts that the pipeline leads data through; `opening.py` puts the real ones together, tests others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from codegraph.cache.tiers import Tiers
from codegraph.config import Config
from codegraph.core.facts import Occurrences, decode_compressed_occurrences
from codegraph.core.routes import Routes
from codegraph.core.symbols import BlobDigest
from codegraph.daemon.courtesy import Courtesy
from codegraph.daemon.encoders import Encoders
from codegraph.daemon.first_index import FirstIndex
from codegraph.daemon.inputs import OwnInputs
from codegraph.daemon.kept_facts import KeptFacts
from codegraph.errors import InternalError
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


def new_index(config: Config, instance: str, facts: KeptFacts, routes: Routes) -> Index:
    """Return an empty index that finds the occurrences of files in the store."""

    def occurrences(language: str, blob: BlobDigest) -> Occurrences:
        stored = facts.occurrences(blob, language)
        if stored is None:
            raise InternalError(f"the occurrences of {language} {blob.hex()} are gone from the store")
        return decode_compressed_occurrences(stored)

    return Index(instance=instance, cascade=config.cascade, routes=routes, load_occurrences=occurrences)
