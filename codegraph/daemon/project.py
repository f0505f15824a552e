"""One project, put together: the parts, the pipeline, the writer, and how they start and end.

Starting has an order. (1) The store is opened, and with it the project is ours: nobody else can have it. (2) The
stored graph is restored, and queries can be answered. (3) The writer serves the stored vectors and completes the
watch of the tree, so that nothing after this moment is missed. (4) It compares the whole tree with the index; from
then on answers are as of now. Ending is the reverse.

`Project` serves both the daemon (the writer in a thread of its own) and `codegraph index` without a
daemon (the writer in the calling thread). Tests: tests/integration/.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue

from codegraph.config import Config
from codegraph.core.changes import Clock
from codegraph.core.symbols import SymbolId
from codegraph.daemon.cached_figures import CachedFigures
from codegraph.daemon.changeset import Run
from codegraph.daemon.choosing import look_again
from codegraph.daemon.encoders import QueryEmbedding
from codegraph.daemon.figures import Gatherer
from codegraph.daemon.indexing import IndexingRun
from codegraph.daemon.inputs import OwnInputs
from codegraph.daemon.makers import Makers
from codegraph.daemon.messages import Wait
from codegraph.daemon.model import ModelSet
from codegraph.daemon.operations import IndexResult, Progress
from codegraph.daemon.parts import Parts, new_index
from codegraph.daemon.pipeline import Pipeline
from codegraph.daemon.restore import restore_index, restore_vectors
from codegraph.daemon.scheduler import Scheduler
from codegraph.daemon.served import Served
from codegraph.daemon.switching import Switch
from codegraph.daemon.upkeep import Upkeep, tidied
from codegraph.daemon.view import View
from codegraph.daemon.warming import main_languages, warm_up
from codegraph.daemon.writer import Item, Writer
from codegraph.events import Rebuilt
from codegraph.locations import Locations
from codegraph.processes import give_memory_back
from codegraph.source.cookies import CookieJar
from codegraph.source.git_directory import git_lock
from codegraph.source.settle import Settler
from codegraph.store.gc import Swept

logger = logging.getLogger(__name__)


class Project:
    """One project with everything that it needs to stay fresh."""

    def __init__(
        self,
        parts: Parts,
        locations: Locations,
        models: ModelSet,
        makers: Makers,
        background: ThreadPoolExecutor,
        stack: ExitStack,
    ) -> None:
        """Use `open_project`; `stack`, which is taken over, closes what was opened; `background` does what can wait."""
        self.parts = parts
        self.root = parts.root
        self.config = parts.config
        self.config_file = locations.config_file
        self.settings_file = locations.project_settings(parts.root)
        self.cache_directory = locations.cache_directory
        self._state = locations.state_directory(parts.root)
        self.switch = Switch(parts, makers, models)
        self.makers = makers
        self.events = parts.events
        self.watcher = parts.watcher
        self.gatherer = Gatherer()
        self.cached = CachedFigures(makers.clock)
        self.events.subscribe(self.gatherer.take, recent=True)  # what opening had to say: states set aside, rebuilt
        self.started_at = time.monotonic()
        self.running = False
        self._lost_paths: set[str] = set()
        self._vectors_restored = False
        self._watching = False
        self._inbox: SimpleQueue[Item] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self.scheduler = self._new_scheduler()
        self.cookies = CookieJar(parts.cookie_directory)
        served = Served(parts.store, parts.tiers, parts.searcher)
        self.restored = restore_index(parts.store, parts.index, models.routes, parts.events)
        served.catch_up_documents(parts.index.snapshot, parts.inputs)
        self.pipeline = Pipeline(
            parts, self.scheduler, served, dict(self.restored.known), self.restored.left, self.switch.retire
        )
        self.writer = self._new_writer(background)
        self._stack = stack.pop_all()
        self._stack.callback(self.writer.finish)

    def _new_scheduler(self) -> Scheduler:
        return Scheduler(
            self.parts.encoders.submit,
            self.parts.inputs,
            self.config.embedding,
            post=self._inbox.put,
            lost=self._lost,
            clock=self.makers.clock,
        )

    def _new_writer(self, background: ThreadPoolExecutor) -> Writer:
        return Writer(
            self.pipeline,
            Settler(self.config.watch, git_lock(self.root)),
            self._inbox,
            cookies=self.cookies,
            start_over=self._start_over,
            upkeep=self._upkeep(background),
            clock=self.makers.clock,
            reconcile_seconds=self.config.watch.reconcile_seconds,
        )

    def start(self) -> None:
        """Watch, and write in a thread of its own. Raises SourceError if the tree cannot be watched."""
        self.parts.encoders.start()
        self.watch()
        self._thread = threading.Thread(target=self.writer.run, name="writer", daemon=True)
        self._thread.start()

    def watch(self) -> None:
        """Watch, and leave it to the caller to run the writer. Raises SourceError if the tree cannot be watched."""
        self._watching = True
        self._begin()
        self._prepare_once_indexed()
        self.watcher.start(self.root, self.parts.scanner.prune, self._inbox.put)
        self.running = True

    def run_once(self, rebuild: bool, embed: bool, progress: Callable[[Progress], None]) -> IndexResult:
        """Without watching: compare the tree with the index, embed, in the calling thread."""
        self._begin()
        self.running = True
        self.writer.expect_reconcile()
        future = self.start_indexing(rebuild, embed, progress)
        self.writer.run_until(future.done)
        return future.result()

    def close(self) -> None:
        """End the watch, the writer and the processes, and close the store; a second call does nothing."""
        if self._thread is not None:
            self.watcher.stop()
            self.pipeline.reader.ending = True
            self.writer.stop()
            self._thread.join()
            self._thread = None
        self.running = False
        self._stack.close()

    def start_indexing(self, rebuild: bool, embed: bool, progress: Callable[[Progress], None]) -> Future[IndexResult]:
        """Promise an up-to-date index. Any thread may ask."""
        return IndexingRun(self, embed, progress).start(rebuild)

    @property
    def models(self) -> ModelSet:
        """The models that symbols are embedded with now."""
        return self.switch.models

    def lacks_models(self) -> bool:
        """A model is missing, or fails while symbols wait for it: worth to look for it again now and then."""
        return bool(self.models.missing or self.scheduler.trouble)

    def name_of(self, model: bytes) -> str:
        """Return the name of a model in use, "" for any other."""
        found = self.parts.encoders.models.get(model)
        return "" if found is None else found.spec.name

    def embed_query(self, text: str, *, is_code: bool = False) -> QueryEmbedding:
        """Promise the vectors of a query or of pasted code, of each model that symbols are served with."""
        served = [model for model, view in self.pipeline.view.search.vectors.spaces.items() if view.live]
        embed = self.parts.encoders.embed_code if is_code else self.parts.encoders.embed_query
        return embed(text, served or (self.models.routes.code,))

    def retry(self) -> None:
        """Ask again, and now, for the vectors that a model did not give."""
        self.writer.call(lambda: self.scheduler.retry(self.pipeline.view.snapshot))

    def use(self, models: ModelSet, config: Config) -> Future[bool]:
        """Change to the models of `config` while serving the old vectors; the future says whether anything differs."""
        return self.writer.call(lambda: self._use(models, config))

    def _use(self, models: ModelSet, config: Config) -> bool:
        changed = self.switch.change(models, self.pipeline)
        self.config = config
        self._extract_outdated_files()
        return changed

    def _extract_outdated_files(self) -> None:
        """Extract again what the models need other facts of, some files at a time."""
        if self.pipeline.extract_outdated_files():
            self.writer.call(self._extract_outdated_files)

    def problem(self) -> str:
        """What keeps the index from being complete, or ""."""
        return self.writer.error or self.pipeline.warning or next(iter(self.scheduler.trouble.values()), "")

    def settled_since(self, view: View) -> bool:
        """Nothing was committed since `view`, and nothing that was noticed is waiting."""
        rests = self.writer.call(self.writer.rests).result()
        return rests and self.pipeline.view.snapshot.clock == view.snapshot.clock

    def own_inputs(self) -> OwnInputs:
        """Return a reader of own inputs for the calling thread."""
        return OwnInputs(self.parts.facts)

    def collect_garbage(self) -> Swept:
        """Let go of what nothing refers to, and of free pages if they are most. Only on the writer's thread."""
        return tidied(self.parts.store)

    def _upkeep(self, background: Executor) -> Upkeep:
        look, sort, is_quiet = lambda: look_again(self), self.parts.store.sort_vectors, self.parts.courtesy.is_quiet
        work = self._flush, self.collect_garbage, look, self.lacks_models
        return Upkeep(*work, background, sort, self._unsorted, is_quiet)

    def _unsorted(self) -> int:
        """Count the vectors to be put into their place: none while more are on their way."""
        return 0 if self.scheduler.busy.total() else self.parts.store.unsorted

    def _begin(self) -> None:
        """Post the rest of the restore as the writer's first work: until then, answers are without vectors."""
        self.writer.call(self.restore_vectors)
        if self._watching:
            self.writer.call(self.watcher.complete)  # before the tree is compared
        self.writer.call(self._resume)

    def restore_vectors(self) -> None:
        """Serve what was served before the last end, once; only on the writer's thread, and before it writes."""
        if not self._vectors_restored:
            self._vectors_restored = True
            restore_vectors(self.restored, self.parts.index, self.pipeline.served)
            self.pipeline.publish()

    def _resume(self) -> None:
        """Complete the restore: every key is computed again if the stored ones are outdated."""
        outdated = self.restored.keys_outdated
        self.pipeline.resume(self.parts.index.set_routes(self.models.routes) if outdated else None)
        self.switch.retire(self.scheduler.busy)

    def _prepare_once_indexed(self) -> None:
        self.writer.when(Wait.INDEXED).add_done_callback(self._prepare_later)

    def _prepare_later(self, reconciled: Future[Clock]) -> None:
        if not reconciled.cancelled():
            self.writer.call(self._prepare)

    def _prepare(self) -> None:
        """Nobody waits: complete the index and load what the first change would wait for otherwise."""
        self.parts.index.complete_restore()
        warm_up(self.parts.extractor, main_languages(self.parts.index.snapshot.files.values()))
        self.writer.flush_soon()  # the last end may have left the lexical index in parts; memory is given back with it

    def hurry(self, symbols: list[SymbolId]) -> None:
        """Somebody asked for these and got less than fresh: embed them first. Any thread may ask."""
        if symbols:
            self.writer.call(lambda: self.pipeline.hurry(symbols))

    def waiting(self) -> tuple[SymbolId, ...]:
        """Return the symbols that want a vector."""
        waiting = (symbol for symbol, _ in self.scheduler.pending.symbols())
        return (*waiting, *self.pipeline.view.snapshot.unkeyed)

    def _flush(self) -> None:
        """Write the lexical index down, in the flusher's thread; merging leaves much memory free."""
        self.parts.searcher.flush()
        self.give_memory_back()

    def give_memory_back(self) -> None:
        """Let go of what is free, and of the pages of store and segments: what was read once is seldom read again."""
        give_memory_back(self._state)

    def compare(self, rebuild: bool) -> Run:
        """Compare the tree with the index; `rebuild` believes neither facts nor links. Only on the writer's thread."""
        if rebuild:
            self._replace_index()
        return self.pipeline.reconcile("asked for", rebuild)

    def _start_over(self, reason: str) -> None:
        self.events.publish(Rebuilt(what="index", reason=reason))
        self._replace_index()

    def _replace_index(self) -> None:
        index = new_index(self.config, self.parts.store.instance, self.parts.facts, self.models.routes)
        index.restore((), max(self.parts.store.revision, self.parts.index.snapshot.clock.revision))
        self.pipeline.start_over(index)
        if self._watching:
            self._prepare_once_indexed()

    def _lost(self, symbol: SymbolId) -> None:
        """An own input is gone from the store: have its file extracted again."""
        place = self.parts.index.snapshot.places.get(symbol)
        if place is not None and (path := place[0]) not in self._lost_paths:
            self._lost_paths.add(path)
            self.writer.call(lambda: self._extract_again(path))

    def _extract_again(self, path: str) -> None:
        self._lost_paths.discard(path)
        self.pipeline.extract_again(path)
