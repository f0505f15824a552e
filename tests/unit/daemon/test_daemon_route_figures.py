"""What status says of several models: symbols, vectors and what waits, by model; data flow by reason."""

from __future__ import annotations

from typing import Any

import pytest
from workbench import Workbench

from codegraph.core.routes import Routes
from codegraph.daemon.reporting import status_report
from codegraph.daemon.statistics import RequestStatistics
from codegraph.embed.encoder import RecordingEncoder
from codegraph.errors import EncoderError

FILES = {"a.py": "def f(x):\n    y = x\n    return y\nclass C: ...\n", "b.py": "def g(): pass\n"}
FIRST, SECOND = RecordingEncoder(), RecordingEncoder("second", 24)


@pytest.fixture
def bench(project_of: Any) -> Workbench:
    """Two files, embedded by one model."""
    found: Workbench = project_of(FILES)
    return found


def status_of(bench: Workbench) -> Any:
    return status_report(bench.project, RequestStatistics().figures())


def test_one_model_has_it_all(bench: Workbench) -> None:
    """Nothing waits, everything is served, and nobody asked for data flow."""
    (model,) = status_of(bench).models
    assert (model.model, model.routes, model.symbols, model.vectors) == ("recording", ("code",), 5, 5)
    assert (model.lanes, status_of(bench).flow) == ({}, {})


def test_model_on_its_way_out_is_shown_until_it_is_gone(bench: Workbench) -> None:
    """During a change the old model serves, the new one has everything waiting; a failure is named with its model."""
    bench.use(SECOND)
    new, old = status_of(bench).models
    assert (new.model, new.vectors, new.lanes) == ("second", 0, {"cold": 5})
    assert (old.model, old.routes, old.vectors) == ("recording", (), 5)
    assert sum(lane.stale for lane in status_of(bench).lanes) == 5
    bench.embedder.answer(EncoderError("there is a NaN"))
    bench.turn()
    assert status_of(bench).models[0].trouble == "there is a NaN"
    assert any("second" in warning and "NaN" in warning for warning in status_of(bench).warnings)
    bench.drain()
    assert [model.model for model in status_of(bench).models] == ["second"]
    assert not status_of(bench).warnings


def test_symbols_are_counted_by_data_flow(bench: Workbench) -> None:
    """Who has data flow goes to the code model, the rest, counted by reason, to the fallback."""
    bench.encoders[SECOND.identity] = SECOND
    bench.use(routes=Routes(SECOND.identity, FIRST.identity, reads_data_flow=True, expects_data_flow=True))
    bench.drain()
    found = status_of(bench)
    assert found.flow == {"present": 1, "not_callable": 3, "empty": 1}
    assert {model.routes: model.symbols for model in found.models} == {("code",): 2, ("fallback",): 3}
