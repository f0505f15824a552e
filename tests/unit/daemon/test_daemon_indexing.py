"""`codegraph index` ends when a model cannot embed, and says why: codegraph/daemon/indexing.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbench import Workbench

from codegraph.daemon.indexing import FAILURES
from codegraph.errors import EncoderError


def test_a_model_that_keeps_failing_ends_the_run_and_not_the_index(tmp_path: Path) -> None:
    """Whoever waits is told the model's own words; the symbols stay pending, and a model that is mended embeds them."""
    bench = Workbench(tmp_path)
    bench.write({"a.py": "def f():\n    return 1\n"})
    future = bench.project.start_indexing(False, True, lambda _: None)
    bench.turn()
    for _ in range(FAILURES):
        assert not future.done()
        assert bench.embedder.answer(EncoderError("the weights of tiny are damaged"))
        bench.project.writer.step(0.0)
        release = bench.project.scheduler.next_release()
        assert release is not None
        bench.now = max(bench.now, release)
        bench.project.writer.step(0.0)
    with pytest.raises(EncoderError, match="2 symbols have no vector: the weights of tiny are damaged"):
        future.result(0)
    bench.drain()
    bench.check()
    bench.close()


def test_a_failure_that_passes_ends_nothing(tmp_path: Path) -> None:
    """A worker that died once is replaced, and the run comes to its end."""
    bench = Workbench(tmp_path)
    bench.write({"a.py": "def f():\n    return 1\n"})
    future = bench.project.start_indexing(False, True, lambda _: None)
    bench.turn()
    assert bench.embedder.answer(EncoderError("died"))
    bench.project.writer.step(0.0)
    bench.drain()
    bench.turn()
    assert future.result(0).embedded == 2
    bench.close()
