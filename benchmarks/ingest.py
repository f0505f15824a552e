"""Claim: from source text to stored vector, what feeds a model is not what limits it.

    python -m benchmarks.ingest --tree DIRECTORY        # default: put together from installed packages

A tree is indexed cold by the real project (extract pool, writer, embed worker in its process, store, tiers, lexical
index), and the only thing that is not real is the model: `stub_encoder.StubEncoder` costs next to nothing. Every
stage of the path is timed by the CPU clock of its thread, without the stages inside it, so that a busy machine does
not show; what waits for nobody is not in there. Stages in the daemon's process hold one interpreter lock, whichever
their thread, so their sum is the limit that no number of cores moves; extraction and the model are in other processes.
`ingest.limit` is what `CORES` cores would allow: the parts of the daemon's process one after the other, extraction
on the rest of the cores beside the part that feeds it, linking on some of them behind it, the embed worker beside the
part that feeds that, and so the cold tier: SQLite writes many rows at a step, without the lock.
Tests: tests/unit/benchmarks/test_bench_ingest.py.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from inspect import isgeneratorfunction
from threading import local
from typing import Any
from unittest import mock

import psutil

from benchmarks.corpus import QUICK_GOAL, assemble, tree_parser
from benchmarks.figures import Figure, table
from benchmarks.sandbox import Sandbox
from benchmarks.stub_encoder import DIMENSIONS, StubEncoder
from codegraph.cache.codec import VectorCodec
from codegraph.cache.cold import DiskColdTier
from codegraph.cache.hot import HotTier
from codegraph.config import Config
from codegraph.daemon import pipeline
from codegraph.daemon.first_index import MAX_LINKERS, inverters
from codegraph.daemon.first_worker import FirstWorker, Session
from codegraph.daemon.makers import Makers
from codegraph.daemon.model import ActiveModel, ModelSet, single
from codegraph.daemon.opening import open_project
from codegraph.daemon.pipeline import Pipeline
from codegraph.daemon.recording import Recorder
from codegraph.daemon.scheduler import Scheduler
from codegraph.daemon.served import Served
from codegraph.embed.budget import ModelBudget
from codegraph.embed.embedder import Embedder
from codegraph.embed.spec import ModelSpec
from codegraph.embed.worker import EmbedWorker
from codegraph.embed.worker_process import serve_with
from codegraph.events import EventLog
from codegraph.extract.pool import ExtractPool
from codegraph.graph import index as graph_index
from codegraph.graph.index import Index
from codegraph.graph.relink import Relinker
from codegraph.graph.staleness import Marking
from codegraph.processes import calm_collector, share_arenas
from codegraph.search.search import Searcher
from codegraph.source.scan import Scanner

TARGET = 10_000
"""Symbols a second."""
ARITHMETIC = 39_000
"""Symbols a second at 114 tokens each, RoBERTa-base's layers at the 780 TFLOP/s of a large bf16 product on an H200."""
CORES = 16

STAGES: tuple[tuple[Any, str, str], ...] = (
    (Scanner, "reconcile", "read"),
    (Scanner, "read", "read"),
    (ExtractPool, "_assign", "extract_hand_over"),
    (ExtractPool, "_finished", "extract_hand_over"),
    (Recorder, "store_facts", "store_facts"),
    (FirstWorker, "ask", "first_hand_over"),
    (FirstWorker, "answers", "first_take_back"),
    (Session, "feed", "first_hand_over"),
    (pipeline, "change_set", "decode_outlines"),
    (Index, "_replace", "table"),
    (Relinker, "link", "link"),
    (graph_index, "transition", "graph"),
    (Index, "_recompute", "key"),
    (Marking, "causes", "mark"),
    (Index, "_revised", "snapshot"),
    (Index, "_delta", "snapshot"),
    (Served, "follow", "follow"),
    (Pipeline, "_follow", "follow"),
    (Served, "_update_documents", "documents"),
    (Searcher, "update", "lexical"),
    (Searcher, "flush", "flush"),
    (Recorder, "commit", "commit"),
    (Pipeline, "_publish", "publish"),
    (Scheduler, "wake", "schedule"),
    (EmbedWorker, "submit", "embed_hand_over"),
    (EmbedWorker, "_send", "embed_hand_over"),
    (EmbedWorker, "_handle", "embed_take_back"),
    (Pipeline, "finish", "finish"),
    (HotTier, "put_many", "hot_tier"),
    (VectorCodec, "encode", "codec"),
    (DiskColdTier, "put_many", "cold_tier"),
    (Served, "_tagged", "quantise"),
    (Served, "_serve", "serve"),
    (Recorder, "store_vectors", "store_vectors"),
)
"""Where each stage is entered. A stage inside another one counts for itself alone."""

FEEDING_EXTRACTION = frozenset({"read", "extract_hand_over", "store_facts", "first_hand_over"})
"""Stages of the daemon's process that run while files are extracted."""
FEEDING_MODEL = frozenset(
    {
        *("schedule", "embed_hand_over", "embed_take_back", "finish", "hot_tier", "codec"),
        *("quantise", "serve", "store_vectors"),
    }
)
"""Stages of the daemon's process that run while the model works."""


OTHER_THREADS = {
    "flush": "thread that flushes",
    "codec": "thread of the cold tier",
    "cold_tier": "thread of the cold tier, nearly all of it without the lock",
    "first_hand_over": "threads that feed",
    "embed_take_back": "thread that reads",
}
WORKERS = {
    "extract": "as many processes as there are cores",
    "link": "a process, which forks as many",
    "documents": "a process or several",
    "embed": "a process",
}


@dataclass(slots=True)
class Clock:
    """CPU seconds by stage. Threads count for themselves; their sums are added up when they leave a stage."""

    seconds: dict[str, float] = field(default_factory=dict)
    entered: int = 0
    """How often a stage was entered."""
    _running: local = field(default_factory=local)

    def timed(self, stage: str, work: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Count the CPU time of the calling thread for `stage`, but for what stages inside it take."""
        running = self._running.__dict__
        outer = running.get("inner", 0.0)
        running["inner"] = 0.0
        started = time.thread_time()
        try:
            return work(*arguments, **options)
        finally:
            taken = time.thread_time() - started
            self.seconds[stage] = self.seconds.get(stage, 0.0) + taken - running["inner"]
            self.entered += 1
            running["inner"] = outer + taken

    def around(self, work: Callable[..., Any], stage: str) -> Callable[..., Any]:
        """Return `work`, timed; of a generator each step is."""

        @wraps(work)
        def timed(*arguments: Any, **options: Any) -> Any:
            return self.timed(stage, work, *arguments, **options)

        @wraps(work)
        def stepped(*arguments: Any, **options: Any) -> Iterator[Any]:
            steps = work(*arguments, **options)
            while (step := self.timed(stage, next, steps, _END)) is not _END:
                yield step

        return stepped if isgeneratorfunction(work) else timed

    def overhead(self) -> float:
        """Return the CPU seconds that timing itself took so far, as it takes now."""
        other = Clock()
        started = time.thread_time()
        for _ in range(CALIBRATION):
            other.timed("", _nothing)
        return (time.thread_time() - started) / CALIBRATION * self.entered

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Time all stages."""
        with ExitStack() as stack:
            for owner, name, stage in STAGES:
                stack.enter_context(mock.patch.object(owner, name, self.around(getattr(owner, name), stage)))
            yield


@dataclass(slots=True)
class Children:
    """CPU seconds of the processes beside the writer, which end one at a time, by their name."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look at what a process took when it is seen off."""
        end = Session.end

        def ended(session: Session) -> None:
            before = _children_seconds()
            end(session)
            name = session.process.name
            self.seconds[name] = self.seconds.get(name, 0.0) + _children_seconds() - before

        with mock.patch.object(Session, "end", ended):
            yield


CALIBRATION = 20_000
_END = object()


def _nothing() -> None:
    """Be timed."""


def serve_stub(pipe: Any, settings: bytes) -> None:
    """Be an embed worker whose model costs nothing; the process's main function."""
    serve_with(pipe, settings, lambda _settings: StubEncoder())


def _models(_config: Config) -> ModelSet:
    encoder = StubEncoder()
    spec = ModelSpec(name=encoder.name, engine="lexical", dimensions=DIMENSIONS)
    return single(ActiveModel(spec, encoder.identity, DIMENSIONS, encoder.encode_query))


def _embedder(model: ActiveModel, config: Config, events: EventLog, budget: ModelBudget) -> Embedder:
    return EmbedWorker(model.spec, config.embedding, events, identity=model.identity, budget=budget, main=serve_stub)


def measure(box: Sandbox) -> list[Figure]:
    """Index the sandbox's project in this process and account for it."""
    calm_collector()
    share_arenas()
    clock, beside = Clock(), Children()
    before = _children_seconds()
    with mock.patch.dict(os.environ, box.environment, clear=True), clock.watching(), beside.watching():
        own, began = time.process_time(), time.perf_counter()
        project = open_project(box.root, Config(), EventLog(time.time), box.locations, Makers(_models, _embedder))
        try:
            found = project.run_once(rebuild=False, embed=True, progress=lambda _: None)
            project.parts.tiers.drain()
            wall, own = time.perf_counter() - began, time.process_time() - own - clock.overhead()
            embed = sum(_cpu_seconds(status.process_id) for status in project.parts.encoders.status().values())
        finally:
            project.close()
    workers = {"embed": embed, "link": 0.0, "documents": 0.0, **beside.seconds}
    workers["extract"] = _children_seconds() - before - sum(workers.values())
    return figures(found.symbols, wall, clock.seconds, own, workers)


def figures(
    symbols: int, wall: float, stages: Mapping[str, float], own: float, workers: Mapping[str, float]
) -> list[Figure]:
    """Turn CPU seconds into figures: of the `stages`, of the daemon's process as a whole, and of the `workers`."""
    each = 1e6 / symbols
    parts = {**stages, "rest": own - sum(stages.values())}
    return [
        Figure(name="ingest.symbols", value=symbols / wall, unit="symbols/s", note=f"{symbols:,} in {wall:.1f} s"),
        *(
            Figure(name=f"ingest.stage.{stage}", value=taken * each, unit="us/symbol", note=_thread_of(stage))
            for stage, taken in sorted(parts.items(), key=lambda pair: -pair[1])
        ),
        Figure(name="ingest.daemon", value=own * each, unit="us/symbol", note="the sum of these"),
        *(
            Figure(name=f"ingest.workers.{name}", value=workers[name] * each, unit="us/symbol", note=note)
            for name, note in WORKERS.items()
        ),
        Figure(
            name="ingest.limit",
            value=symbols / least_seconds(parts, workers),
            unit="symbols/s",
            target=TARGET,
            at_least=True,
            baseline=ARITHMETIC,
            baseline_name="the arithmetic of an H200",
            note=f"what {CORES} such cores would allow",
        ),
    ]


def least_seconds(parts: Mapping[str, float], workers: Mapping[str, float]) -> float:
    """Return how long `CORES` cores would take: everything in the daemon's process counts, whichever its thread."""
    feeding = [sum(parts.get(stage, 0.0) for stage in some) for some in (FEEDING_EXTRACTION, FEEDING_MODEL)]
    extracting = max(feeding[0], workers["extract"] / (CORES - 3))  # beside the daemon and two that link and invert
    linked = extracting + workers["link"] / MAX_LINKERS
    unlocked = parts.get("cold_tier", 0.0)
    alone = sum(parts.values()) - sum(feeding) - unlocked
    return max(linked, workers["documents"] / inverters(CORES)) + alone + max(feeding[1], workers["embed"], unlocked)


def _thread_of(stage: str) -> str:
    return f"daemon, {OTHER_THREADS[stage]}" if stage in OTHER_THREADS else "daemon"


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _cpu_seconds(pid: int | None) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def main() -> int:
    """Measure one tree and print the figures."""
    arguments = tree_parser(__doc__, QUICK_GOAL).parse_args()
    with Sandbox() as box:
        print(assemble(box, arguments.tree, arguments.symbols))
        print(table(measure(box)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
