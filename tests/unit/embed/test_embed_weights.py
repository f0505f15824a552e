"""Where models are: codegraph/embed/weights.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegraph.embed.weights import checked, locate, read_json, weight_files
from codegraph.errors import EncoderError, ModelMissing


def _files(directory: Path, *names: str) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    for name in names:
        (directory / name).write_text("{}")
    return directory


def test_missing_weights_come_with_advice(tmp_path: Path) -> None:
    """The user learns where they were looked for and how to get them; no network is touched."""
    with pytest.raises(ModelMissing, match="owner/nothing") as caught:
        locate("nothing", "owner/nothing", "main", environment={"HF_HOME": str(tmp_path)})
    assert "hf download owner/nothing" in caught.value.advice


@pytest.mark.parametrize(("variable", "below"), [("HF_HUB_CACHE", ""), ("HF_HOME", "hub")])
def test_the_hubs_cache_is_found(tmp_path: Path, variable: str, below: str) -> None:
    """A model that any other program fetched is used, at the commit that the revision names."""
    model = tmp_path / below / "models--owner--name"
    snapshot = _files(model / "snapshots" / "abc123", "config.json", "model.safetensors")
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text("abc123\n")
    environment = {variable: str(tmp_path)}
    assert locate("no-such-name", "owner/name", "main", environment=environment) == snapshot
    assert locate("no-such-name", "owner/name", "abc123", environment=environment) == snapshot


def test_fetching_happens_only_on_demand_and_only_when_missing(tmp_path: Path) -> None:
    """The fetcher is asked once the machine was searched in vain, and its result is checked."""
    asked: list[tuple[str, str]] = []

    def fetch(repository: str, revision: str) -> Path:
        asked.append((repository, revision))
        return _files(tmp_path / "fetched", "config.json")

    environment = {"HF_HOME": str(tmp_path)}
    with pytest.raises(ModelMissing, match=r"no model\.safetensors"):
        locate("no-such-name", "owner/name", "main", environment=environment, fetch=fetch)
    assert asked == [("owner/name", "main")]


def test_safetensors_come_before_pickled_weights(tmp_path: Path) -> None:
    """A .bin is read only where nothing safer stands beside it; shards count as one model."""
    directory = _files(tmp_path, "pytorch_model.bin")
    assert [path.name for path in weight_files(directory)] == ["pytorch_model.bin"]
    _files(tmp_path, "model-00002-of-00002.safetensors", "model-00001-of-00002.safetensors")
    assert [path.name[:11] for path in weight_files(directory)] == ["model-00001", "model-00002"]
    _files(tmp_path, "model.safetensors")
    assert [path.name for path in weight_files(directory)] == ["model.safetensors"]


def test_incomplete_directories_say_what_they_lack(tmp_path: Path) -> None:
    """No directory, no configuration, no weights: three different sentences."""
    with pytest.raises(ModelMissing, match="not a directory"):
        checked(tmp_path / "nowhere")
    with pytest.raises(ModelMissing, match=r"no config\.json"):
        checked(tmp_path)


@pytest.mark.parametrize("content", ["[1]", "{", " " * (1 << 20) + "{}"])
def test_configurations_are_bounded_objects(tmp_path: Path, content: str) -> None:
    """A configuration from a stranger is small JSON or it is refused."""
    file = tmp_path / "config.json"
    file.write_text(content)
    with pytest.raises(EncoderError):
        read_json(file)
