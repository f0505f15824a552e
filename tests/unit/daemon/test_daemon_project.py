"""One project put together: its start, its end, and what it leaves alone."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from workbench import Workbench

from codegraph.daemon.makers import REAL
from codegraph.daemon.messages import Wait
from codegraph.daemon.opening import open_project
from codegraph.daemon.operations import Progress
from codegraph.embed.embedder import InlineEmbedder
from codegraph.embed.encoder import RecordingEncoder
from codegraph.errors import ConfigError, EncoderError, StoreLocked
from codegraph.events import EventLog

FILES = {"a.py": "from b import g\ndef f(): return g()\n", "b.py": "def g(): return 1\n", "sub/notes.txt": "no code\n"}


def inline(encoder: RecordingEncoder) -> dict[str, Any]:
    """Replace the encoder's side by one that answers at once."""
    return {"embedder": lambda *_: InlineEmbedder(encoder)}


def everything_below(root: Path) -> dict[str, bytes | None]:
    """Return all paths below a directory with the bytes of the files."""
    return {str(path.relative_to(root)): path.read_bytes() if path.is_file() else None for path in root.rglob("*")}


def test_nothing_is_written_into_the_tree(project_of: Any) -> None:
    """Indexing, editing, restarting and collecting garbage leave the user's directory as it is."""
    bench = project_of(FILES)
    before = everything_below(bench.root)
    bench.restart()
    bench.update()
    bench.collect()
    bench.restart({"cascade.depth": 2})
    bench.update()
    assert everything_below(bench.root) == before


def test_project_has_one_owner(project_of: Any) -> None:
    """Whoever opens it second is refused, and the first does not notice."""
    bench = project_of(FILES)
    with pytest.raises(StoreLocked):
        open_project(bench.root, bench.config, EventLog(lambda: 0.0), bench.locations, bench._makers())
    bench.write({"b.py": "def g(x=0): return 1\n"})
    bench.update()
    bench.check()


def test_a_language_that_there_is_not_is_refused(project_of: Any) -> None:
    """With `source.languages` misspelt nothing would be indexed, and nothing be said."""
    bench = project_of(FILES)
    with pytest.raises(ConfigError, match="there is no language 'klingon'"):
        bench.restart({"source.languages": ("python", "klingon")})


def test_failed_opening_closes_what_it_had_opened(project_of: Any) -> None:
    """An error half-way does not leave the project locked."""
    bench = project_of(FILES)
    bench.close()

    def broken(*_: object) -> Any:
        raise EncoderError("no such device")

    bench._make = {"embedder": broken}
    with pytest.raises(EncoderError):
        bench.open()
    bench._make = {}
    bench.open()
    bench.update()
    bench.check()


def test_second_close_does_nothing(project_of: Any) -> None:
    """Closing is safe to repeat."""
    bench = project_of(FILES)
    bench.close()
    bench.close()


def test_run_without_a_daemon_sums_up(memory_path: Path) -> None:
    """`codegraph index` tells what there is, what it embedded and how far it is; a second run has nothing to do."""
    bench = Workbench(memory_path, make=inline(RecordingEncoder()))
    bench.write(FILES)
    bench.forget()
    seen: list[Progress] = []
    first = bench.project.run_once(rebuild=False, embed=True, progress=seen.append)
    assert (first.files, first.symbols, first.embedded) == (2, 4, 4)
    assert first.edges == sum(bench.view.snapshot.counts.edges.values())
    assert [(each.stage, each.done) for each in seen if each.stage == "extract"] == [("extract", 1), ("extract", 2)]
    assert (seen[-1].stage, seen[-1].done, seen[-1].total) == ("embed", 4, 4)
    bench.restart()
    second = bench.project.run_once(rebuild=False, embed=True, progress=seen.append)
    assert (second.files, second.embedded) == (2, 0)
    bench.close()


def test_query_vector_is_absent_when_the_model_cannot_give_one(memory_path: Path) -> None:
    """Search by words goes on without the model."""
    encoder = RecordingEncoder()
    bench = Workbench(memory_path, encoder=encoder, make=inline(encoder))
    vectors = bench.project.embed_query("words").result(0)
    assert list(vectors) == [encoder.identity]
    assert np.isclose(np.linalg.norm(vectors[encoder.identity]), 1.0, atol=1e-3)
    bench.project.parts.encoders.close()
    assert bench.project.embed_query("words").result(0) == {}
    bench.close()


def test_problem_names_what_is_wrong(project_of: Any) -> None:
    """A failed step is what keeps the index from being complete."""
    bench = project_of(FILES)
    assert bench.project.problem() == ""
    bench.project.writer.error = "a step failed"
    assert bench.project.problem() == "a step failed"
    bench.project.writer.error = ""


def test_own_inputs_can_be_read_beside_the_writer(project_of: Any) -> None:
    """A reader of own inputs finds those of every symbol."""
    bench = project_of(FILES)
    snapshot = bench.view.snapshot
    inputs = bench.project.own_inputs()
    for symbol in snapshot.places:
        assert inputs.load(*snapshot.blob(symbol), snapshot.render_source(symbol).own) is not None


def test_real_makers_are_the_default() -> None:
    """Whoever says nothing gets processes and the system's watcher."""
    assert open_project.__defaults__ == (REAL,)


def test_futures_of_waiters_are_answered_when_nothing_is_pending(project_of: Any) -> None:
    """`when` answers with the clock once the tree was compared and, if asked, every vector is there."""
    bench = project_of(FILES)
    bench.write({"b.py": "def g(x=0): return 1\n"})
    bench.apply()
    indexed: Future[Any] = bench.project.writer.when(Wait.INDEXED)
    embedded: Future[Any] = bench.project.writer.when(Wait.EMBEDDED)
    bench.project.writer.step(0.0)
    assert indexed.result(0) == bench.view.snapshot.clock
    assert not embedded.done()
    bench.drain()
    assert embedded.result(0) == bench.view.snapshot.clock
