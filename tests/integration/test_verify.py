"""`verify`: says equal when it is, and finds each kind of difference when there is one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from workbench import Workbench

from codegraph.core.symbols import SymbolId
from codegraph.daemon.messages import Wait
from codegraph.daemon.project import Project
from codegraph.daemon.verifying import verify
from codegraph.embed.embedder import InlineEmbedder
from codegraph.embed.encoder import RecordingEncoder
from codegraph.errors import DaemonError
from codegraph.search.quantise import quantise

F, G = SymbolId("a.py/f()."), SymbolId("b.py/g().")
SECONDS = 240.0
"""No step waits that long unless it never ends."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A project of two files with its writer in a thread of its own, up to date."""
    encoder = RecordingEncoder()
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.py").write_text("from b import g\ndef f(): return g()\n")
    (tree / "b.py").write_text("def g(): return 1\n")
    make = {"embedder": lambda *_: InlineEmbedder(encoder), "clock": time.monotonic}
    bench = Workbench(tmp_path, encoder=encoder, make=make, threaded=True)
    bench.project.writer.when(Wait.EMBEDDED).result(SECONDS)
    yield bench
    bench.close()


def show(bench: Workbench) -> None:
    """Let readers see what was done to the search index behind the writer's back."""
    pipeline = bench.project.pipeline
    pipeline.view = replace(pipeline.view, search=bench.project.parts.searcher.view())


def test_up_to_date_project_equals_its_clean_build(bench: Workbench) -> None:
    """Nothing differs, and what was compared is counted."""
    found = verify(bench.project)
    assert found.equal
    assert found.differences == {}
    assert (found.counts["files"], found.counts["definitions"], found.counts["vectors"]) == (2, 4, 4)


def test_change_that_nobody_noticed_is_found(bench: Workbench) -> None:
    """An edit and a new file that the watcher missed show as differences of files, definitions, edges and keys."""
    bench.write({"b.py": "def g(x=0): return 1\ndef k(): return 2\n", "c.py": "x = 1\n"})
    found = verify(bench.project)
    assert not found.equal
    assert set(found.differences) >= {"files", "definitions", "keys"}
    assert any("c.py" in line for line in found.differences["files"])
    assert any("b.py/k()." in line for line in found.differences["definitions"])


def test_vector_of_another_input_is_found(bench: Workbench) -> None:
    """A symbol that is called fresh and served with a foreign vector does not pass."""
    searcher = bench.project.parts.searcher
    foreign = bench.encoder.encode_query("something else")
    model = bench.encoder.identity
    mean = searcher.mean(model)
    assert mean is not None
    searcher.put_vectors(model, [G], quantise(foreign[np.newaxis], mean))
    show(bench)
    found = verify(bench.project)
    assert list(found.differences) == ["vectors"]
    assert [line.partition(":")[0] for line in found.differences["vectors"]] == [G]


def test_missing_vector_is_found(bench: Workbench) -> None:
    """Fresh means that there is a vector."""
    bench.project.parts.searcher.remove_vectors([F])
    show(bench)
    found = verify(bench.project)
    assert found.differences["vectors"] == (f"{F}: called fresh, but no vector is served",)


def test_tree_that_never_rests_is_an_error_and_not_a_verdict(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A difference that the next commit explains is never reported."""
    monkeypatch.setattr(Project, "settled_since", lambda self, view: False)
    with pytest.raises(DaemonError, match="changed during each"):
        verify(bench.project)
