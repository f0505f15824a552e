"""`models use` until the model has shown that it works: what it waits for is said, and silence is an error."""

from __future__ import annotations

import io
from typing import Any, cast

import msgspec
import pytest
from fake_project import MODEL

from codegraph.cli import models
from codegraph.cli.output import Output
from codegraph.client import Client
from codegraph.daemon.reports import ModelInfo, RouteFigures
from codegraph.errors import EncoderError

URL = "http://127.0.0.1:9/v1"
SERVER = msgspec.structs.replace(MODEL, name="served", detail=URL, leaves_machine=f"names are sent to {URL}")
WEIGHTS = msgspec.structs.replace(MODEL, name="heavy", detail="/models/heavy", leaves_machine="")


class Status(msgspec.Struct):
    """The part of a status that is read."""

    model: ModelInfo
    models: tuple[RouteFigures, ...]


class Statuses:
    """A client whose status changes from one question to the next; the last one stays."""

    def __init__(self, model: ModelInfo, *figures: RouteFigures) -> None:
        self._model = model
        self._figures = list(figures)

    def status(self) -> Status:
        found = self._figures.pop(0) if len(self._figures) > 1 else self._figures[0]
        return Status(self._model, (found,))


def figures(name: str, vectors: int = 0, trouble: str = "", worker: str = "ready") -> RouteFigures:
    return RouteFigures(
        model=name,
        routes=("code",),
        dimensions=8,
        symbols=9,
        vectors=vectors,
        lanes={"cold": 9 - vectors},
        worker=worker,
        trouble=trouble,
    )


def watched(monkeypatch: pytest.MonkeyPatch, client: Any, name: str, *, loading: float) -> str:
    """Return what is printed while a model is watched, with a notice at once and an end after `loading` seconds."""
    monkeypatch.setattr(models, "NOTICE_SECONDS", -1.0)
    monkeypatch.setattr(models, "LOADING_SECONDS", loading)
    monkeypatch.setattr(models, "LOOKING_SECONDS", 0.0)
    stream = io.StringIO()
    models._see_it_work(cast(Client, client), name, Output(stream=stream))
    return stream.getvalue()


def test_a_slow_server_is_named_while_it_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first vector one line says whose answer is missing."""
    client = Statuses(SERVER, figures("served"), figures("served"), figures("served", vectors=1))
    said = watched(monkeypatch, client, "served", loading=1e9)
    assert said == f"waiting for the first vectors from the server of served: {URL}\n"


def test_a_silent_server_is_an_error_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the time is up the error names model and address, and how to go back."""
    with pytest.raises(EncoderError) as raised:
        watched(monkeypatch, Statuses(SERVER, figures("served")), "served", loading=-1.0)
    assert "served" in raised.value.message
    assert URL in raised.value.message
    assert "models use default" in raised.value.explanation


def test_weights_may_take_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that is still being loaded is no error; it is said that it goes on."""
    client = Statuses(WEIGHTS, figures("heavy", worker="starting"))
    said = watched(monkeypatch, client, "heavy", loading=-1.0)
    assert said.startswith("waiting for the weights of heavy to be loaded from /models/heavy\n")
    assert "codegraph status" in said


def test_a_failure_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the model failed at ends the waiting, vectors of an earlier life or not."""
    with pytest.raises(EncoderError, match="no such layer"):
        watched(monkeypatch, Statuses(WEIGHTS, figures("heavy", trouble="no such layer")), "heavy", loading=1e9)
