"""What the daemon says of a model: codegraph/daemon/model_report.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegraph.config import EmbeddingConfig
from codegraph.daemon.model_report import disclosure, model_info
from codegraph.embed.registry import describe
from codegraph.embed.spec import Endpoint, ModelSpec, Part


@pytest.fixture(autouse=True)
def empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep models and settings that this machine happens to have out of sight."""
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("CODEGRAPH_CONFIG", str(tmp_path / "config.toml"))


def test_a_missing_model_says_how_to_get_it() -> None:
    """The command names the pinned revision; a gated one says that terms must be accepted first."""
    info = model_info(describe("bge-small"), EmbeddingConfig(), active=False)
    assert not info.available
    assert info.obtain == f"hf download BAAI/bge-small-en-v1.5 --revision {describe('bge-small').revision}"
    assert (info.dimensions, info.licence, info.pooling) == (384, "MIT", "cls")
    assert "42.8" in info.published[0]
    assert "accept its terms" in model_info(describe("starencoder"), EmbeddingConfig(), active=False).obtain


def test_a_model_without_the_users_word_is_not_available() -> None:
    """It says which setting would change that."""
    info = model_info(describe("jina-code-v2"), EmbeddingConfig(), active=False)
    assert not info.available
    assert "allow_remote_code" in info.detail


def test_what_leaves_the_machine_is_said() -> None:
    """For servers, also as parts of ensembles; for everything else there is nothing to say."""
    server = ModelSpec(name="s", engine="endpoint", dimensions=4, endpoint=Endpoint(url="https://host/v1", model="m"))
    both = ModelSpec(name="b", engine="ensemble", parts=(Part(model="s", spec=server), Part(model="t", spec=server)))
    for spec in (server, both):
        assert "https://host/v1" in disclosure(spec)
        assert "code" in disclosure(spec)
        assert not model_info(spec, EmbeddingConfig(), active=False).available
    allowed = model_info(server, EmbeddingConfig(allow_endpoints=True), active=True)
    assert (allowed.available, allowed.detail) == (True, "https://host/v1")
    assert disclosure(describe("lexical")) == ""
    assert model_info(describe("lexical"), EmbeddingConfig(), active=True).available
