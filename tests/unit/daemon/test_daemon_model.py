"""The active model: the asked-for one, or the fallback with a standing warning, never one under the other's name."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from codegraph.config import load_config
from codegraph.daemon.model import FALLBACK, ModelSet, activate
from codegraph.errors import ConfigError


@pytest.fixture(autouse=True)
def no_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep models that this machine happens to have out of sight."""
    for variable in ("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "nothing"))


def activated(**settings: object) -> ModelSet:
    """Activate what a configuration with these settings of [embedding] names."""
    return activate(load_config(environment={}, flags={f"embedding.{name}": value for name, value in settings.items()}))


def test_default_model_needs_nothing() -> None:
    """The lexical encoder is always there and embeds queries in this process."""
    models = activated()
    model = models.code
    assert (model.spec.name, models.missing) == (FALLBACK, ())
    assert model.encode_query is not None
    vector = model.encode_query("parse the configuration")
    assert vector.shape == (model.dimensions,)
    assert np.isclose(np.linalg.norm(vector), 1.0, atol=1e-3)


def test_missing_weights_fall_back_and_say_so() -> None:
    """The keys are those of the model in use, and the warning names the other one and what to do."""
    models = activated(model="graphcodebert")
    assert models.routes.code == activated().routes.code
    assert models.code.spec.name == FALLBACK
    assert "graphcodebert" in models.missing[0]


def test_model_in_a_directory_has_an_identity_of_its_own(tmp_path: Path) -> None:
    """A local model is used as it is; its queries go to the worker."""
    directory = tmp_path / "mine"
    directory.mkdir()
    (directory / "config.json").write_text(json.dumps({"model_type": "roberta", "hidden_size": 32}))
    (directory / "model.safetensors").write_bytes(b"weights")
    (directory / "vocab.json").write_text("{}")
    models = activated(model=str(directory))
    model = models.code
    assert (model.spec.name, model.dimensions, models.missing) == ("mine", 32, ())
    assert model.encode_query is None
    assert model.identity != activated().routes.code


def test_unknown_model_is_an_error() -> None:
    """A typing mistake does not silently become the fallback."""
    with pytest.raises(ConfigError):
        activated(model="graphcodebart")
