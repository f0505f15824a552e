"""The active model: the asked-for one, or the fallback with a standing warning, never one under the other's name."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from weight_files import safetensors

from codegraph.config import Config
from codegraph.config_layers import load_config
from codegraph.daemon.model import STAND_INS, ModelSet, activate
from codegraph.embed.registry import describe
from codegraph.embed.spec import ModelSpec
from codegraph.errors import ConfigError, EncoderError


@pytest.fixture(autouse=True)
def no_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep models that this machine happens to have out of sight."""
    for variable in ("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "nothing"))


def activated(**settings: object) -> ModelSet:
    """Activate what a configuration with these settings of [embedding] names."""
    return activate(load_config(environment={}, flags={f"embedding.{name}": value for name, value in settings.items()}))


def test_default_model_needs_nothing() -> None:
    """The model that comes with codegraph is always there, as is what stands in, and embeds queries in this process."""
    for name in STAND_INS:
        assert (activated(model=name).code.spec.name, activated(model=name).missing) == (name, {})
    models = activated()
    model = models.code
    assert (model.spec.name, models.missing) == (Config().embedding.model, {})
    assert model.encode_query is not None
    vector = model.encode_query("parse the configuration")
    assert vector.shape == (model.dimensions,)
    assert np.isclose(np.linalg.norm(vector), 1.0, atol=1e-3)


def test_missing_weights_fall_back_and_say_so() -> None:
    """The keys are those of the model in use, and the warning names the other one and what to do."""
    models = activated(model="graphcodebert")
    assert models.routes.code == activated().routes.code
    assert models.code.spec.name == Config().embedding.model
    assert models.missing["code"].startswith(f"graphcodebert cannot be used, {Config().embedding.model} stands in")


def test_without_its_own_weights_too_words_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged installation still answers, and says with what."""
    default = Config().embedding.model

    def describe_without_it(name: str) -> ModelSpec:
        if name == default:
            raise EncoderError("its table is damaged", "install codegraph again")
        return describe(name)

    monkeypatch.setattr("codegraph.daemon.model.describe", describe_without_it)
    for asked in (default, "graphcodebert"):
        models = activated(model=asked)
        assert models.code.spec.name == "lexical"
        assert models.missing["code"].startswith(f"{asked} cannot be used, lexical stands in")


def test_model_in_a_directory_has_an_identity_of_its_own(tmp_path: Path) -> None:
    """A local model is used as it is; its queries go to the worker."""
    directory = tmp_path / "mine"
    directory.mkdir()
    (directory / "config.json").write_text(json.dumps({"model_type": "roberta", "hidden_size": 32}))
    (directory / "model.safetensors").write_bytes(safetensors(b"weights"))
    (directory / "vocab.json").write_text("{}")
    models = activated(model=str(directory))
    model = models.code
    assert (model.spec.name, model.dimensions, models.missing) == ("mine", 32, {})
    assert model.encode_query is None
    assert model.identity != activated().routes.code


def test_weights_that_are_cut_off_are_named_at_once(tmp_path: Path) -> None:
    """What an interrupted download left is not taken into use, and the reason says what to do."""
    directory = tmp_path / "mine"
    directory.mkdir()
    (directory / "config.json").write_text(json.dumps({"model_type": "roberta", "hidden_size": 32}))
    for damaged in (safetensors(b"weights")[:-1], safetensors(b"weights")[:20], b"", b"\xff" * 64):
        (directory / "model.safetensors").write_bytes(damaged)
        models = activated(model=str(directory))
        assert models.code.spec.name == STAND_INS[0]
        assert models.missing["code"].startswith(f"{directory} cannot be used")
        assert models.missing["code"].endswith("fetch the model again")


def test_unknown_model_is_an_error() -> None:
    """A typing mistake does not silently become the fallback."""
    with pytest.raises(ConfigError):
        activated(model="graphcodebart")


def _models_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("CODEGRAPH_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "models.toml").write_text(text)


def test_a_server_is_asked_only_with_the_users_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Naming an endpoint does not turn it on; the warning says what would be sent where, and what to set."""
    text = '[far]\nengine = "endpoint"\ndimensions = 8\nendpoint = {url = "https://host/v1", model = "m"}\n'
    _models_file(tmp_path, monkeypatch, text)
    refused = activated(model="far")
    assert refused.code.spec.name == Config().embedding.model
    assert "https://host/v1" in refused.missing["code"]
    assert "allow_endpoints" in refused.missing["code"]
    assert activated(model="far", allow_endpoints=True).code.dimensions == 8


def test_a_damaged_model_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights with another checksum than the published one: the fallback stands in, and says why."""
    directory = tmp_path / "files"
    directory.mkdir()
    (directory / "config.json").write_text(json.dumps({"model_type": "bert", "hidden_size": 384}))
    (directory / "model.safetensors").write_bytes(safetensors(b"weights"))
    _models_file(tmp_path, monkeypatch, f'[minilm]\npath = "{directory}"\n')
    models = activated(model="minilm")
    assert models.code.spec.name == Config().embedding.model
    assert "checksum" in models.missing["code"]


def test_an_ensemble_that_cannot_be_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Vectors of different lengths are not averaged; joined they are a model like any other."""
    parts = 'parts = [{model = "lexical"}, {model = "small", weight = 2.0}]\n'
    text = '[small]\nengine = "lexical"\ndimensions = 64\n[both]\nengine = "ensemble"\n' + parts
    _models_file(tmp_path, monkeypatch, text)
    assert activated(model="both").code.dimensions == 256 + 64
    _models_file(tmp_path, monkeypatch, text.replace(parts, 'combine = "average"\n' + parts))
    with pytest.raises(ConfigError, match="lexical 256, small 64"):
        activated(model="both")


def test_queries_go_to_a_model_of_the_same_space_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two servers are two spaces, even with vectors of one length."""
    server = '[{0}]\nengine = "endpoint"\ndimensions = 8\nendpoint = {{url = "https://host/v1", model = "{1}"}}\n{2}\n'
    text = (
        server.format("far", "m", "")
        + server.format("other", "n", "")
        + server.format("asked", "m", 'query_prefix = "q: "')
    )
    _models_file(tmp_path, monkeypatch, text)
    with pytest.raises(ConfigError, match=r"embedding\.query"):
        activated(model="far", query="other", allow_endpoints=True)
    query = activated(model="far", query="asked", allow_endpoints=True).query
    assert query is not None
    assert query.spec.name == "asked"
