"""Opens what a project keeps, and puts its parts together: the store, facts, models, vectors, words.

Whatever was opened is closed again if a later part cannot be. Tests: tests/unit/daemon/test_daemon_project.py.
"""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import cast

from codegraph.cache.codec import CodecName, VectorCodec
from codegraph.cache.cold import open_cold
from codegraph.cache.hot import HotTier
from codegraph.cache.tiers import Tiers
from codegraph.config import CacheConfig, Config
from codegraph.core.routes import NO_ROUTES
from codegraph.daemon.choosing import first_models
from codegraph.daemon.encoders import Encoders
from codegraph.daemon.first_index import FirstIndex
from codegraph.daemon.inputs import OwnInputs
from codegraph.daemon.kept_facts import KeptFacts
from codegraph.daemon.makers import REAL, Makers
from codegraph.daemon.merging import MergeProcess
from codegraph.daemon.parts import Parts, new_index
from codegraph.daemon.project import Project
from codegraph.daemon.restore import keys_outdated
from codegraph.daemon.switching import extract_settings
from codegraph.daemon.versions import versions_of
from codegraph.embed.budget import ModelBudget
from codegraph.errors import StoreCorrupt
from codegraph.events import EventLog
from codegraph.extract.extractor import EXTRACTOR_VERSION
from codegraph.extract.languages import check_languages, language_of
from codegraph.locations import Locations
from codegraph.search.search import Searcher
from codegraph.source.scan import Scanner
from codegraph.store.opening import open_store

logger = logging.getLogger(__name__)


def open_project(root: Path, config: Config, events: EventLog, locations: Locations, makers: Makers = REAL) -> Project:
    """Open a project's state and prepare its parts; nothing is watched or written yet.

    Raises StoreLocked if another process has it, other StoreErrors, ConfigError for an unknown model or language.
    """
    check_languages(config.source.languages)
    state = locations.state_directory(root)
    models = first_models(config, makers, locations.project_settings(root), locations.config_file)
    with ExitStack() as stack:
        store = stack.enter_context(closing(open_store(state, config.store, versions_of(config), events)))
        facts = KeptFacts(store)
        background = ThreadPoolExecutor(1, thread_name_prefix="background")
        encoders = stack.enter_context(closing(_new_encoders(config, events, makers, background)))
        extractor = makers.extractor(extract_settings(config.extract, models), events)
        tiers = stack.enter_context(closing(_open_tiers(locations.cache_directory, config.cache, events)))
        merge = MergeProcess(config.daemon.nice)
        searcher = _open_searcher(state, config, events, merge)
        stack.callback(_write_down, searcher)
        first = stack.enter_context(closing(FirstIndex(config.extract, state / "first")))
        cookie_directory = state / "cookies"
        cookie_directory.mkdir(exist_ok=True)
        routes = NO_ROUTES if keys_outdated(store, models.routes) else models.routes
        parts = Parts(
            root=root,
            config=config,
            scanner=Scanner(root, config.source, language_of),
            watcher=makers.watcher(config.watch, cookie_directory),
            cookie_directory=cookie_directory,
            extractor=extractor,
            index=new_index(config, store.instance, facts, routes),
            first=first,
            store=store,
            facts=facts,
            inputs=OwnInputs(facts),
            encoders=encoders,
            tiers=tiers,
            searcher=searcher,
            events=events,
            timer=time.perf_counter,
        )
        stack.callback(lambda: parts.extractor.close())
        stack.callback(background.shutdown)
        stack.callback(merge.close)
        return Project(parts, locations, models, makers, background, stack)


def _new_encoders(config: Config, events: EventLog, makers: Makers, background: ThreadPoolExecutor) -> Encoders:
    budget = ModelBudget(config.embedding.model_memory_bytes)
    return Encoders(lambda model: makers.embedder(model, config, events, budget), background)


def _open_searcher(state: Path, config: Config, events: EventLog, merge: MergeProcess) -> Searcher:
    place = state / "lexical"
    return Searcher.open(place, identity=EXTRACTOR_VERSION, config=config.search, events=events, merge=merge)


def _open_tiers(directory: Path, config: CacheConfig, events: EventLog) -> Tiers:
    cold = open_cold(directory / "vectors", config.cold_bytes, events)
    return Tiers(HotTier(config.hot_bytes), cold, VectorCodec(cast(CodecName, config.cold_codec)))


def _write_down(searcher: Searcher) -> None:
    """Flush the lexical index; where that fails, the next start hands the files of the last revisions in again."""
    try:
        searcher.flush()
    except (OSError, StoreCorrupt) as error:
        logger.warning("the lexical index could not be written down: %s", error)
