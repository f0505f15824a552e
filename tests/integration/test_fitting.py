"""`codegraph models fit` on a real daemon: read vectors, fit, register, use, search, and go back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from installation import PATIENCE, Installation

from codegraph.cli.fitting import gather, register
from codegraph.cli.parser import build_parser
from codegraph.core.symbols import Freshness
from codegraph.daemon.messages import Wait
from codegraph.embed.fitted import METHODS
from codegraph.embed.registry import describe, dimensions
from codegraph.errors import ConfigError, UsageError

FILES = {f"part_{n}.py": "".join(f"def do_{n}_{m}(x):\n    return x + {m}\n" for m in range(30)) for n in range(6)}


def test_a_fitted_model_is_used_like_any_other(home: Installation) -> None:
    """PCA to 16 of the model in use: registered, its vectors served fresh, its space its own, and back at no cost."""
    home.write(FILES)
    home.start()
    with home.client() as client:
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        base, rows = gather(client, 100)
        assert rows.shape[0] == 100
        assert len({row.tobytes() for row in rows}) == 100

        said = home.run("models", "fit", "small", "--dimensions", "16", "--json").record
        assert (said["model"], said["base"], said["dimensions"]) == ("small", base, 16)
        assert dimensions(describe("small")) == 16
        assert client.status().model.name == base, "fitting alone changes nothing"

        client.use_model("small")
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        symbol = "part_3.py/do_3_7()."
        (embedding,) = client.embed(symbol).embeddings
        assert (len(embedding.vector), embedding.model) == (16, "small")
        assert np.linalg.norm(embedding.vector) == pytest.approx(1, abs=1e-3)
        found = client.search("do 3 7").results
        assert found[0].symbol.id == symbol
        assert all(hit.symbol.state is Freshness.FRESH for hit in found)
        assert any("vector" in name for name in found[0].signals), found[0].signals

        embedded = client.status().embedded
        client.use_model("default")
        client.sync(Wait.EMBEDDED, timeout=PATIENCE)
        assert client.status().embedded == embedded

    again = home.run("models", "fit", "small", "--dimensions", "16")
    assert again.code != 0, "a name is given once"
    assert "'small'" in again.err


def test_fitting_waits_for_the_vectors_of_a_new_project(home: Installation) -> None:
    """The command starts the daemon if it must, and fits to all vectors, not to the first that are there."""
    home.write(FILES)
    found = home.run("models", "fit", "small", "--dimensions", "16", "--json")
    assert found.code == 0, found.err
    assert found.record["vectors"] >= sum(text.count("def ") for text in FILES.values())


def test_registering_keeps_what_is_there(tmp_path: Path) -> None:
    """The user's own tables stay, and a directory that cannot be written is an error that says so."""
    config = tmp_path / "config.toml"
    config.with_name("models.toml").write_text('[mine]\nengine = "lexical"\ndimensions = 64\n')
    table = register(config, "one", "mine", b"x")
    register(config, "two", "mine", b"y")
    text = table.read_text()
    assert text.index("[mine]") < text.index('["one"]') < text.index('["two"]')
    with pytest.raises(ConfigError):
        register(table / "config.toml", "three", "mine", b"z")


def test_the_command_offers_every_method() -> None:
    """The parser names the methods itself, so that no other command waits for numpy."""
    for method in METHODS:
        assert build_parser().parse_args(["models", "fit", "x", "--method", method]).method == method
    with pytest.raises(UsageError, match="invalid choice: 'another'"):
        build_parser().parse_args(["models", "fit", "x", "--method", "another"])
