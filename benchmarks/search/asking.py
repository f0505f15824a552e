"""A repository's index, made as `codegraph index` makes it, and its answers, given as the daemon gives them.

The state of an index lies below a directory that the caller names, apart for each way of building it, and a later run
finds it there; how long the first index took is kept beside it. Answers come from `answer_search` over the view of the
finished index, with the query's vectors of the project's own encoder, so every signal that users get takes part.
Tests: tests/unit/benchmarks/test_bench_search.py.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from benchmarks.search.propagation import Propagation
from benchmarks.search.scoring import PLACES, Span, one_per_file
from codegraph.config import Config
from codegraph.core.symbols import SymbolId
from codegraph.daemon.encoders import QueryVectors
from codegraph.daemon.messages import SearchHit, SearchParams, SimilarParams
from codegraph.daemon.opening import open_project
from codegraph.daemon.project import Project
from codegraph.daemon.searching import answer_search, answer_similar
from codegraph.events import EventLog
from codegraph.graph.snapshot import Snapshot
from codegraph.locations import Locations
from codegraph.search.query_language import parse_query
from codegraph.search.rank import RankWeights

ASKED = 5 * PLACES
"""Results asked for when distinct files are wanted, so that ten of them are among the results."""

MADE = "made.json"

PATIENCE = 300.0
"""Seconds for a file's extraction, so that no file is lost because the machine has other work."""


class Made(msgspec.Struct, frozen=True):
    """What the first index of a repository took."""

    seconds: float
    cpu_seconds: float
    """Of this process; extraction and embedding have processes of their own."""
    files: int
    symbols: int
    edges: int


@dataclass(frozen=True, slots=True)
class Built:
    """What an index is made with, where it is not the default."""

    model: str = ""
    depth: int | None = None
    """Steps of context that a vector sees."""
    data_flow: bool = False
    """Follow data flow, for models that read it; the default reads text only."""

    @property
    def name(self) -> str:
        """A name for a directory."""
        parts = (self.model.replace("/", "-"), "" if self.depth is None else f"d{self.depth}", "flow" * self.data_flow)
        return "-".join(filter(None, parts)) or "default"

    @property
    def config(self) -> Config:
        """The configuration that makes it."""
        config = Config()
        config = replace(config, extract=replace(config.extract, timeout_seconds=PATIENCE))
        if self.model:
            config = replace(config, embedding=replace(config.embedding, model=self.model))
        if self.depth is not None:
            config = replace(config, cascade=replace(config.cascade, depth=self.depth))
        return replace(config, extract=replace(config.extract, data_flow="on")) if self.data_flow else config


BY_DEFAULT = Built()


@dataclass(frozen=True, slots=True)
class Manner:
    """How to search: with which signals and rankings."""

    without: tuple[str, ...] = ()
    """Names of weights that are set to nothing."""
    use_words: bool = True
    use_vectors: bool = True
    propagated: float = 0.0
    """The share of a symbol's vector that comes from its neighbours in the graph; see `propagation`."""

    @property
    def weights(self) -> RankWeights:
        """The weights that this manner ranks with. Raises TypeError for an unknown name."""
        return RankWeights().without(*self.without, *(() if self.use_words else ("lexical",)))


class Answers(msgspec.Struct, frozen=True):
    """What one query gave."""

    raw: tuple[Span, ...]
    """The first ten symbols."""
    files: tuple[Span, ...]
    """The best symbol of each of the first ten files."""
    seconds: float
    """The answer of ten symbols, without the socket; the first time a text is asked, its vectors too."""
    cpu_seconds: float = 0.0
    """The same as CPU time of this process, which other programs on the machine hardly change."""


class Asked:
    """An open repository that answers queries."""

    def __init__(self, project: Project, made: Made) -> None:
        """Use `opened`."""
        self.project = project
        self.made = made
        self._propagation: Propagation | None = None
        self._vectors: dict[str, QueryVectors] = {}

    def prepare(self, manner: Manner) -> None:
        """Rank in this manner from now on."""
        self.project.parts.searcher.weights = manner.weights
        if manner.propagated or self._propagation is not None:
            self._propagation = self._propagation or Propagation(self.project)
            self._propagation.set(manner.propagated)

    def ask(self, text: str, manner: Manner, similar: bool = False) -> Answers:
        """Answer one query, or find what is similar to a piece of code."""
        hits, seconds, cpu = self.timed(text, manner, similar, again=True)
        files = one_per_file(map(span_of, self._hits(text, manner, ASKED, similar)))
        return Answers(tuple(map(span_of, hits)), tuple(files[:PLACES]), seconds, cpu)

    def timed(
        self, text: str, manner: Manner, similar: bool = False, again: bool = False
    ) -> tuple[tuple[SearchHit, ...], float, float]:
        """Answer one query; return its first symbols, the seconds it took, and this process's CPU seconds.

        `again`: a text that was asked before is not embedded anew, which is most of the time with a transformer.
        """
        if not again:
            self._vectors.clear()
        started, cpu = time.perf_counter(), time.process_time()
        hits = self._hits(text, manner, PLACES, similar)
        return hits, time.perf_counter() - started, time.process_time() - cpu

    def _hits(self, text: str, manner: Manner, limit: int, similar: bool) -> tuple[SearchHit, ...]:
        view = self.project.pipeline.view if self._propagation is None else self._propagation.view
        if similar:
            code = self._embedded(text, is_code=True)
            return answer_similar(self.project, view, SimilarParams(text=text, limit=limit), code).results
        vectors = self._embedded(parse_query(text).text) if manner.use_vectors else {}
        return answer_search(self.project, view, SearchParams(query=text, limit=limit), vectors).results

    def _embedded(self, text: str, *, is_code: bool = False) -> QueryVectors:
        if text not in self._vectors:
            self._vectors[text] = self.project.embed_query(text, is_code=is_code).result()
        return self._vectors[text]


def span_of(hit: SearchHit) -> Span:
    """Return where a hit stands."""
    extent = hit.symbol.range
    return Span(hit.symbol.file, *_lines(extent.start.line, extent.end.line, extent.end.character))


def span_lines(snapshot: Snapshot, symbol: SymbolId) -> tuple[int, int]:
    """Return a symbol's lines, from 1, both ends included. Raises KeyError if there is none of that id."""
    path, index = snapshot.places[symbol]
    extent = snapshot.files[path].outline.definitions[index].range
    return _lines(extent.start_line, extent.end_line, extent.end_column)


def _lines(first: int, last: int, column: int) -> tuple[int, int]:
    """Turn lines from 0, the end being exclusive, into lines from 1."""
    return first + 1, max(first + 1, last + (1 if column else 0))


@contextmanager
def opened(root: Path, name: str, state: Path, built: Built = BY_DEFAULT) -> Iterator[Asked]:
    """Open the repository at `root`, indexed and embedded; `state` is where indexes lie. Raises CodegraphError."""
    place = state / built.name / name
    environment = {f"CODEGRAPH_{each}_DIR": str(place / each.lower()) for each in ("STATE", "CACHE", "RUNTIME")}
    environment["CODEGRAPH_CONFIG"] = str(place / "config.toml")
    started, cpu = time.perf_counter(), time.process_time()
    project = open_project(root.resolve(), built.config, EventLog(time.time), Locations.from_environment(environment))
    try:
        result = project.run_once(False, True, lambda _: None)
        record = place / MADE
        if record.exists():
            made = msgspec.json.decode(record.read_bytes(), type=Made)
        else:
            spent = time.perf_counter() - started, time.process_time() - cpu
            made = Made(*spent, result.files, result.symbols, result.edges)
            record.write_bytes(msgspec.json.encode(made))
        yield Asked(project, made)
    finally:
        project.close()
