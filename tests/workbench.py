"""A real project for tests, driven step by step in the calling thread.

Everything is what the daemon runs: store, scanner, index, search indexes, tiers, writer and pipeline.
Only the effects that a test must hold in its hand are replaced, by `Makers`: the watcher says what the
test did to the tree, files are extracted in this process, the clock stands still until it is moved,
and the encoder answers when it is told to, with vectors that depend on nothing but its input.

    bench = Workbench(tmp_path)
    bench.write({"a.py": "def f(): ...\n"})
    bench.apply()      # the watcher reports, the writer commits; vectors are asked for, none has come
    bench.drain()      # the encoder answers until nothing is pending
    bench.check()      # equal to a clean build, in memory, in the search index and in the store

`renders` is shared with clean builds and survives restarts, so a key with two inputs is found wherever
the second one turns up (invariant I4).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from codegraph.config import Config
from codegraph.config_layers import load_config
from codegraph.core.changes import ChangeSet, IndexDelta
from codegraph.core.facts import Role
from codegraph.core.routes import Routes
from codegraph.core.symbols import EmbeddingKey, Freshness, SymbolId
from codegraph.daemon.makers import Makers
from codegraph.daemon.model import ActiveModel, ModelSet, single
from codegraph.daemon.opening import open_project
from codegraph.daemon.project import Project
from codegraph.daemon.uncertain import UncertainNames
from codegraph.daemon.view import View
from codegraph.embed.embedder import Batch, Embeddings, InlineEmbedder
from codegraph.embed.encoder import FloatArray, RecordingEncoder
from codegraph.embed.render import EncoderInput
from codegraph.embed.spec import ModelSpec
from codegraph.events import AnyEvent, EventLog
from codegraph.extract.pool import InlineExtractor
from codegraph.graph.compare import differences
from codegraph.locations import Locations
from codegraph.source.fake import FakeWatcher
from codegraph.source.hints import Hint, Loss

SETTINGS: Mapping[str, Any] = {
    "watch.reconcile_seconds": 86_400.0,
    "cache.hot_bytes": 1 << 20,
    "cache.cold_bytes": 0,
    "store.map_bytes": 1 << 26,
    "store.sync": False,
}
"""What every bench starts from: no comparison of the tree unless asked for, small tiers, no waiting for the disk."""

MEMORY = Path("/dev/shm")
"""A directory in memory, where there is one: flushing takes most of the time where the promise is not about disks."""

SAME_COSINE = 0.99
"""Vectors of different inputs are nearly orthogonal; int8 rounding of sixteen numbers stays above this."""


@contextmanager
def fast_directory() -> Iterator[Path]:
    """Give a directory that is removed at the end, in memory if possible."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as path:
        yield Path(path).resolve()


@dataclass
class Renders:
    """Every input that was ever encoded, by key; refuses a second input for a key, and a second key for an input."""

    inputs: dict[EmbeddingKey, EncoderInput] = field(default_factory=dict)
    keys: dict[tuple[bytes, EncoderInput], EmbeddingKey] = field(default_factory=dict)

    def note(self, batch: Batch, scope: bytes) -> None:
        """Remember a batch. `scope` names what else a key depends on: the model and `max_context`."""
        for key, packed in batch:
            source = packed.rendered()
            assert self.inputs.setdefault(key, source) == source, f"key {key.hex()} stands for two inputs"
            known = self.keys.setdefault((scope, source), key)
            assert known == key, f"keys {known.hex()} and {key.hex()} stand for one input: {source}"


class HeldEmbedder(InlineEmbedder):
    """Answers batches in the order they came, but only when told to."""

    def __init__(
        self, encoder: RecordingEncoder, renders: Renders, scope: bytes, answered: list[list[EmbeddingKey]]
    ) -> None:
        super().__init__(encoder)
        self._answered = answered
        self._renders = renders
        self._scope = scope
        self._held: list[tuple[Batch, Future[Embeddings]]] = []

    def submit(self, batch: Batch) -> Future[Embeddings]:
        """Take a batch; `answer` completes the future."""
        future: Future[Embeddings] = Future()
        self._held.append((batch, future))
        return future

    def answer(self, error: Exception | None = None) -> bool:
        """Answer the oldest batch, with `error` if one is given; False if there is none."""
        if not self._held:
            return False
        batch, future = self._held.pop(0)
        if error is not None:
            future.set_exception(error)
            return True
        self._renders.note(batch, self._scope)
        self._answered.append([key for key, _ in batch])
        done = super().submit(batch)
        if (failure := done.exception()) is not None:
            future.set_exception(failure)
        else:
            future.set_result(done.result())
        return True

    @property
    def held(self) -> tuple[tuple[EmbeddingKey, ...], ...]:
        """The keys of the batches that wait for an answer."""
        return tuple(tuple(key for key, _ in batch) for batch, _ in self._held)


class Workbench:
    """One tree, one project over it, and the means to change and to watch both.

    `encoder` may be another `RecordingEncoder` (another model); with `routes`, symbols are led to it and to
    `others` by identity. `settings` are "section.name" values beside SETTINGS; `make` replaces single makers.
    """

    def __init__(
        self,
        directory: Path,
        settings: Mapping[str, Any] | None = None,
        *,
        encoder: RecordingEncoder | None = None,
        routes: Routes | None = None,
        others: Sequence[RecordingEncoder] = (),
        make: Mapping[str, Callable[..., Any]] | None = None,
        root: Path | None = None,
        renders: Renders | None = None,
        threaded: bool = False,
    ) -> None:
        """Open a project whose tree is `directory/tree` (or `root`) and whose state is beside it.

        With `threaded` the writer runs in its own thread, as in the daemon, and nothing here drives it.
        """
        self.directory = directory
        self.root = root or directory / "tree"
        self.root.mkdir(parents=True, exist_ok=True)
        self.settings = {**SETTINGS, **(settings or {})}
        self.encoder = encoder or RecordingEncoder()
        self.routes = routes
        self.encoders = {each.identity: each for each in (self.encoder, *others)}
        """Every encoder that there ever was, by identity."""
        self.renders = renders if renders is not None else Renders()
        self.events: list[AnyEvent] = []
        self.deltas: list[IndexDelta] = []
        """What the index said of every change set, restarts included."""
        self.batches: list[list[EmbeddingKey]] = []
        """The keys of every batch that the encoder has answered, restarts included."""
        self.swept: set[EmbeddingKey] = set()
        """The keys whose vectors `collect` has removed."""
        self.now = 1_000.0
        self._make = dict(make or {})
        self._threaded = threaded
        self._touched: dict[str, bool] = {}
        self._clean_builds = 0
        self.open()

    # --- the project ---

    def open(self, *, vectors: bool = True) -> None:
        """Open the project on whatever its state directory holds; nothing is read from the tree yet.

        `vectors`: serve what was served before, which otherwise is the writer's first work.
        """
        log = EventLog(lambda: self.now)
        log.subscribe(self.events.append)
        self.project = open_project(self.root, self.config, log, self.locations, self._makers())
        self._record_deltas()
        if self._threaded:
            self.project.start()
        else:
            self.project.watch()
            if vectors:
                self.project.restore_vectors()

    def close(self, *, cleanly: bool = True) -> None:
        """Close the project as a daemon that is told to stop does; not `cleanly`: nobody vouches for its state."""
        if not cleanly:
            self.project.writer.error = "killed"
        self.project.close()

    def restart(
        self,
        settings: Mapping[str, Any] | None = None,
        *,
        encoder: RecordingEncoder | None = None,
        routes: Routes | None = None,
    ) -> None:
        """Close, and open again, perhaps with other settings or another model. `apply` then follows the tree."""
        self.close()
        self.settings.update(settings or {})
        self._take(encoder, routes)
        self.open()

    def use(self, encoder: RecordingEncoder | None = None, routes: Routes | None = None) -> None:
        """Change to another model while the project runs. Nothing is embedded."""
        self._take(encoder, routes)
        changed = self.project.use(self.models, self.config)
        self.turn()
        changed.result(0)

    def _take(self, encoder: RecordingEncoder | None, routes: Routes | None) -> None:
        self.encoder = encoder or self.encoder
        self.encoders[self.encoder.identity] = self.encoder
        self.routes = routes

    @property
    def config(self) -> Config:
        """The settings as a Config."""
        return load_config(environment={}, flags=self.settings)

    @property
    def locations(self) -> Locations:
        """Where this bench keeps its state: outside of the tree."""
        place = self.directory
        return Locations(place / "state", place / "cache", place / "run", place / "config.toml")

    @property
    def state_directory(self) -> Path:
        """Where the store and the lexical index of the project lie."""
        return self.locations.state_directory(self.root)

    @property
    def view(self) -> View:
        """What readers see."""
        return self.project.pipeline.view

    @property
    def embedder(self) -> HeldEmbedder:
        """The encoder's side of the project."""
        return self.embedder_of(self.encoder)

    def embedder_of(self, encoder: RecordingEncoder) -> HeldEmbedder:
        """The side of one of several encoders."""
        embedder = self.project.parts.encoders.embedder(encoder.identity)
        assert isinstance(embedder, HeldEmbedder)
        return embedder

    @property
    def models(self) -> ModelSet:
        """The models that the configuration of the bench comes to."""
        models = {identity: _active(encoder) for identity, encoder in self.encoders.items()}
        if self.routes is None:
            return single(models[self.encoder.identity])
        return ModelSet(self.routes, {identity: models[identity] for identity in self.routes.models})

    def answer(self) -> bool:
        """Let one encoder answer a batch; False if none has any."""
        embedders = map(self.project.parts.encoders.embedder, self.project.parts.encoders.models)
        return any(isinstance(each, HeldEmbedder) and each.answer() for each in embedders)

    @property
    def watcher(self) -> FakeWatcher:
        """The watcher, to say what no method here says."""
        watcher = self.project.watcher
        assert isinstance(watcher, FakeWatcher)
        return watcher

    # --- the tree ---

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files; directories are made as needed."""
        for path, content in files.items():
            self._touch_new_directory(path)
            place = self.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content)
            self._touched.setdefault(path, False)

    def delete(self, path: str) -> None:
        """Delete a file, or a directory with all that is in it; directories that are left empty stay."""
        place = self.root / path
        if not place.is_dir():
            place.unlink()
            self._touched.setdefault(path, False)
            return
        for child in sorted(place.rglob("*"), reverse=True):
            if child.is_dir() and not child.is_symlink():
                child.rmdir()
            else:
                child.unlink()
        place.rmdir()
        self._touched[path] = True

    def rename(self, old: str, new: str) -> None:
        """Rename a file or a directory."""
        is_directory = (self.root / old).is_dir()
        self._touch_new_directory(new)
        (self.root / new).parent.mkdir(parents=True, exist_ok=True)
        (self.root / old).rename(self.root / new)
        for path in (old, new):
            self._touched[path] = is_directory or self._touched.get(path, False)

    def touch(self, path: str) -> None:
        """Give a file other times and no other bytes."""
        os.utime(self.root / path)
        self._touched.setdefault(path, False)

    def forget(self) -> None:
        """Let the watcher miss what was done to the tree since the last `apply`."""
        self._touched.clear()

    # --- the main path ---

    def apply(self) -> None:
        """Let the watcher report what was done to the tree, and the writer take it in. Nothing is embedded."""
        hints = [Hint(path, directory) for path, directory in self._touched.items()]
        self._touched.clear()
        self.watcher.push(*hints)
        self.turn()

    def reconcile(self) -> None:
        """Let the watcher report a loss, so that the whole tree is compared. Nothing is embedded."""
        self._touched.clear()
        self.watcher.push(Loss("overflow", "the test says so"))
        self.turn()

    def turn(self) -> None:
        """Let the writer work until its inbox is empty and every hint has settled."""
        writer = self.project.writer
        writer.step(0.0)
        self.now += self.config.watch.max_settle_seconds
        writer.step(0.0)
        assert not writer.error, writer.error

    def drain(self) -> None:
        """Let the encoder answer until nothing is pending; what it refused comes again after its time."""
        scheduler = self.project.scheduler
        for _ in range(10_000):
            if self.answer() or self.project.pipeline.owes_keys:
                self.project.writer.step(0.0)
            elif self.project.pipeline.idle:
                break
            else:
                release = scheduler.next_release()
                assert release is not None, "keys are pending, but neither held back nor with the encoder"
                self.now = max(self.now, release)
                self.project.writer.step(0.0)
        else:
            raise AssertionError("the encoder is never done")
        assert not self.project.writer.error, self.project.writer.error

    def collect(self) -> None:
        """Remove every vector and all facts that nothing refers to."""
        store = self.project.parts.store
        before = store.vector_keys()
        store.collect_garbage(orphan_bytes=0)
        self.swept |= before - store.vector_keys()

    def update(self) -> None:
        """Apply and drain."""
        self.apply()
        self.drain()

    # --- what is so ---

    @contextmanager
    def clean(self) -> Iterator[Workbench]:
        """Give a second project over the same tree, with an empty past, drained."""
        self._clean_builds += 1
        other = Workbench(
            self.directory / f"clean-{self._clean_builds}",
            self.settings,
            encoder=_fresh(self.encoder),
            routes=self.routes,
            others=[_fresh(each) for each in self.encoders.values()],
            root=self.root,
            renders=self.renders,
        )
        try:
            other.update()
            yield other
        finally:
            other.close()

    def check(self, clean: Workbench | None = None) -> None:
        """Fail unless nothing is pending and everything equals a clean build: graph, keys, vectors, store.

        `clean`: one that was made of an equal tree, else one is made.
        """
        assert self.project.scheduler.idle, "something is pending"
        assert not self.project.pipeline.warning, self.project.pipeline.warning
        with self.clean() if clean is None else nullcontext(clean) as clean:
            found = {
                **differences(self.project.parts.index, clean.project.parts.index),
                "freshness": self._not_fresh(),
                "served": _different(self.view.served, clean.view.served),
                "vectors": self._wrong_vectors(),
                "documents": self._wrong_documents(clean),
                "uncertain": self._wrong_counts(),
                "skipped": _different(self.project.pipeline.skipped, clean.project.pipeline.skipped),
                "store": self._wrong_rows(),
            }
        wrong = {part: lines for part, lines in found.items() if lines}
        assert not wrong, wrong

    def vector(self, symbol: SymbolId) -> FloatArray | None:
        """Return the vector that stands in the search index for a symbol."""
        found = self.project.parts.searcher.vector_of(symbol)
        return None if found is None else found[1]

    def served_by(self, symbol: SymbolId) -> bytes:
        """Return the identity of the model whose vector stands in the search index for a symbol, or b""."""
        found = self.project.parts.searcher.vector_of(symbol)
        return b"" if found is None else found[0]

    def embedded(self, since: int = 0) -> list[EmbeddingKey]:
        """Return the keys that were embedded, from the `since`-th batch on."""
        return [key for batch in self.batches[since:] for key in batch]

    def events_of(self, kind: type[AnyEvent]) -> list[Any]:
        """Return the events of one type, oldest first."""
        return [event for event in self.events if isinstance(event, kind)]

    def _not_fresh(self) -> list[str]:
        view = self.view
        states = {symbol: view.freshness(symbol) for symbol in sorted(view.snapshot.places)}
        return [f"{symbol}: {state}" for symbol, state in states.items() if state is not Freshness.FRESH]

    def _wrong_vectors(self) -> list[str]:
        """Compare what is served with what the encoder gives for the input that belongs to the wanted key."""
        view, wrong = self.view, []
        symbols = sorted(view.snapshot.places)
        missing = [symbol for symbol in symbols if view.snapshot.wanted(symbol) not in self.renders.inputs]
        wrong += [f"{symbol}: nothing was ever encoded for its key" for symbol in missing]
        known = [symbol for symbol in symbols if symbol not in missing]
        for symbol in known:
            model = view.snapshot.model_of(symbol)
            row = _fresh(self.encoders[model]).encode([self.renders.inputs[view.snapshot.wanted(symbol)]])[0]
            served = self.vector(symbol)
            if self.served_by(symbol) != model:
                wrong.append(f"{symbol}: the vector of another model")
            elif served is None or float(served @ row) < SAME_COSINE * float(np.linalg.norm(served)):
                wrong.append(f"{symbol}: {'no vector' if served is None else 'the vector of another input'}")
        return wrong

    def _wrong_documents(self, clean: Workbench) -> list[str]:
        views = [bench.view.search for bench in (self, clean)]
        documents, vectors = [view.lexical.live for view in views], [view.vectors.live for view in views]
        found = {"documents": documents, "vectors": vectors}
        return [f"{name}: {ours} != {theirs}" for name, (ours, theirs) in found.items() if ours != theirs]

    def _wrong_counts(self) -> list[str]:
        """Compare the counts of unresolved references that were followed with those of looking through all files."""
        files = self.view.snapshot.files
        names = {miss.name for view in files.values() for miss in view.links.unresolved()}
        ours, theirs = (each.missed(files, names, frozenset(Role)) for each in (self.view.uncertain, UncertainNames()))
        return _different(ours.counts, theirs.counts) + _different(ours.examples, theirs.examples)

    def _wrong_rows(self) -> list[str]:
        """Compare the store with memory: a restart must find exactly this."""
        store, view, served = self.project.parts.store, self.view, self.project.pipeline.served
        snapshot = view.snapshot
        states = {path: served.states(path, snapshot) for path in snapshot.files}
        links = {path: self.project.parts.index.stored_links(path) for path in snapshot.files}
        blobs = {path: file.blob for path, file in snapshot.files.items()}
        return [
            *_different({path: record.blob for path, record in store.files().items()}, blobs),
            *_different(dict(store.symbols()), states),
            *_different(dict(store.links()), links),
            *_different(store.skipped(), self.project.pipeline.skipped),
        ]

    # --- inside ---

    def _makers(self) -> Makers:
        limit = str(self.config.cascade.max_context).encode()
        makers: dict[str, Any] = {
            "models": lambda _: self.models,
            "embedder": lambda model, *_: HeldEmbedder(
                self.encoders[model.identity], self.renders, model.identity + limit, self.batches
            ),
            "extractor": lambda config, _: InlineExtractor(config),
            "watcher": lambda *_: FakeWatcher(),
            "clock": lambda: self.now,
        }
        return Makers(**(makers | self._make))

    def _record_deltas(self) -> None:
        index = self.project.parts.index
        apply, set_routes = index.apply, index.set_routes

        def recorded(changes: ChangeSet, linked: Mapping[str, bytes] | None = None) -> IndexDelta:
            self.deltas.append(apply(changes, linked))
            return self.deltas[-1]

        def renewed(routes: Routes) -> IndexDelta:
            self.deltas.append(set_routes(routes))
            return self.deltas[-1]

        index.apply, index.set_routes = recorded, renewed  # type: ignore[method-assign]

    def _touch_new_directory(self, path: str) -> None:
        """Report the outermost directory that a new file needs, as a watcher does."""
        parts: Sequence[str] = path.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            directory = "/".join(parts[:depth])
            if not (self.root / directory).is_dir():
                self._touched[directory] = True
                return


def _fresh(encoder: RecordingEncoder) -> RecordingEncoder:
    """Return an equal encoder that has not recorded anything."""
    return RecordingEncoder(encoder.name, encoder.dimensions)


def _active(encoder: RecordingEncoder) -> ActiveModel:
    spec = ModelSpec(name=encoder.name, engine="lexical", dimensions=encoder.dimensions)
    return ActiveModel(spec, encoder.identity, encoder.dimensions, None)


def _different(left: Mapping[Any, Any], right: Mapping[Any, Any]) -> list[str]:
    """Return one line for each key under which two mappings differ."""
    keys = sorted({*left, *right})
    return [f"{key}: {left.get(key)} != {right.get(key)}" for key in keys if left.get(key) != right.get(key)]


__all__ = ["SETTINGS", "HeldEmbedder", "Project", "Renders", "Workbench", "fast_directory"]
