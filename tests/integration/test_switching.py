"""A change of models through the real daemon: nobody waits, nothing is mixed, and going back is free."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from installation import PATIENCE, Installation

from codegraph.client import Client
from codegraph.core.symbols import Freshness
from codegraph.daemon.messages import Wait
from codegraph.errors import EncoderError, ModelMissing

pytestmark = [
    pytest.mark.skipif(
        any(find_spec(name) is None for name in ("torch", "transformers")), reason="the models extra is not installed"
    ),
    pytest.mark.slow,
]

FILES = {
    "a.py": "from b import g\ndef f(x):\n    y = g(x)\n    return y\n",
    "b.py": "def g(x):\n    return x\nclass C:\n    def save(self): return g(self)\n",
}
LONG = 3 * PATIENCE


def settings(home: Installation, **embedding: object) -> None:
    """Write the user's file."""
    lines = [f"{name} = {value!r}".replace("'", '"') for name, value in {"device": "cpu", **embedding}.items()]
    (home.directory / "config.toml").write_text("[embedding]\n" + "\n".join(lines) + "\n")


def states(client: Client) -> list[Freshness]:
    """Search so that every symbol is found, once; return their states."""
    found = client.search("g", limit=50, wait=Wait.NONE).results
    ids = [hit.symbol.id for hit in found]
    assert len(ids) == len(set(ids))
    return [hit.symbol.state for hit in found]


def test_switch_while_the_daemon_runs(home: Installation) -> None:
    """Index with one model, use another: stale until it is there, then equal to a clean build; back without work."""
    from tiny_models import make_model

    first = make_model(home.directory / "first", seed=1)
    second = make_model(home.directory / "second", seed=2, dimensions=48)
    settings(home, model=str(first))
    home.write(FILES)
    home.start()
    with home.client(timeout=LONG) as client:
        client.sync(Wait.EMBEDDED, timeout=LONG)
        count, embedded = client.status().symbols, client.status().embedded
        used = client.use_model(str(second))
        assert (used.model, used.changed, used.pending) == ("second", True, count)
        seen = states(client)
        assert len(seen) == count
        assert set(seen) <= {Freshness.STALE, Freshness.FRESH}
        assert Freshness.STALE in seen, "nothing was to be seen of the change; the new model was too fast"
        client.sync(Wait.EMBEDDED, timeout=LONG)
        status = client.status()
        assert [(model.model, model.vectors) for model in status.models] == [("second", count)]
        assert status.embedded == embedded + count
        assert set(states(client)) == {Freshness.FRESH}
        assert client.embed("b.py/g().").dimensions == 48
        assert client.verify().equal
        client.use_model("default")
        client.sync(Wait.EMBEDDED, timeout=LONG)
        assert client.status().embedded == embedded + count, "going back cost an embedding"
        assert client.status().model.name == "first"
        assert client.verify().equal
        assert np.isfinite(client.embed("b.py/g().").embeddings[0].vector).all()


def test_choice_is_kept_over_a_restart(home: Installation) -> None:
    """The project's choice comes before the user's file, and the model that was chosen has everything already."""
    from tiny_models import make_model

    model = make_model(home.directory / "mine", seed=3)
    home.write(FILES)
    assert home.run("start").code == 0
    found = home.run("models", "use", str(model))
    assert (found.code, found.out.split()[0]) == (0, "mine")
    with home.client(timeout=LONG) as client:
        client.sync(Wait.EMBEDDED, timeout=LONG)
    assert home.run("restart").code == 0
    with home.client(timeout=LONG) as client:
        client.sync(Wait.EMBEDDED, timeout=LONG)
        status = client.status()
        assert (status.model.name, status.embedded) == ("mine", 0)


def test_model_that_is_not_there_is_refused_and_weights_that_come_are_used(home: Installation) -> None:
    """`models use` of nothing changes nothing; a configured model is waited for with the default in its place."""
    from tiny_models import make_model

    directory = home.directory / "late"
    settings(home, model=str(directory))
    directory.mkdir()
    home.write(FILES)
    home.start()
    with home.client(timeout=LONG) as client:
        client.sync(Wait.EMBEDDED, timeout=LONG)
        assert client.status().model.name == "codegraph-static"
        assert any("late" in warning for warning in client.status().warnings)
        with pytest.raises(ModelMissing):
            client.use_model(str(directory))
        directory.rmdir()
        make_model(directory, seed=4)
        client.sync(Wait.EMBEDDED, timeout=LONG)
        status = client.status()
        assert status.model.name == "late"
        assert not any("late" in warning for warning in status.warnings)
        assert client.verify().equal


def test_weights_that_fail_leave_symbols_waiting(home: Installation) -> None:
    """A model whose vectors are no numbers is named in status; the old vectors go on being served."""
    from tiny_models import make_model

    poisoned = make_model(home.directory / "poisoned", seed=5, poison=True)
    home.write(FILES)
    home.start("embedding.retry_seconds=0.05")
    with home.client(timeout=LONG) as client:
        client.sync(Wait.EMBEDDED, timeout=LONG)
        found = home.run("models", "use", str(poisoned))
        assert (found.code, found.out.split()[0]) == (EncoderError.exit_code, "poisoned")
        assert "poisoned does not embed" in found.err
        assert "fetch the model again" in found.err
        status = client.status()
        assert status.models[0].trouble
        assert [warning for warning in status.warnings if "poisoned" in warning] == [
            f"poisoned does not embed, and its symbols wait: {status.models[0].trouble}"
        ]
        assert set(states(client)) == {Freshness.STALE}
        assert client.verify().equal
        assert client.use_model("codegraph-static").pending == 0
        client.sync(Wait.EMBEDDED, timeout=LONG)
        assert set(states(client)) == {Freshness.FRESH}
        assert not any("does not embed" in warning for warning in client.status().warnings)


def test_data_flow_through_the_daemon(home: Installation) -> None:
    """A model that reads data flow has files extracted again, a fallback for the rest, and all of it is counted."""
    from tiny_models import make_model

    code = make_model(home.directory / "code", seed=6)
    other = make_model(home.directory / "other", seed=7, dimensions=48)
    entry = f'[models.flowing]\nengine = "graphcodebert"\npath = "{code}"\n'
    home.write(FILES)
    home.start()
    with home.client(timeout=LONG) as client:
        client.sync(Wait.EMBEDDED, timeout=LONG)
    settings(home, model="flowing", fallback=str(other))
    file = home.directory / "config.toml"
    file.write_text(file.read_text() + entry)
    assert home.run("restart").code == 0
    with home.client(timeout=LONG) as client:
        client.sync(Wait.EMBEDDED, timeout=LONG)
        status = client.status()
        assert [model.model for model in status.models] == ["flowing", "other"]
        assert status.flow["present"] >= 2
        assert sum(status.flow.values()) == status.symbols == sum(model.vectors for model in status.models)
        assert set(states(client)) == {Freshness.FRESH}
        assert client.verify().equal
        client.use_model("codegraph-static")
        embedded = client.status().embedded
        client.sync(Wait.EMBEDDED, timeout=LONG)
        assert client.status().embedded == embedded
        assert client.status().flow == {}
        assert client.verify().equal
