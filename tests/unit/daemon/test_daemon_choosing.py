"""Another model by request or because weights have come: tried before it is believed, remembered per project."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from workbench import Workbench

from codegraph.config import Config, EmbeddingConfig
from codegraph.config_layers import load_config
from codegraph.core.symbols import Freshness
from codegraph.daemon import operations
from codegraph.daemon.choosing import VARIABLE, first_models, look_again, use_model
from codegraph.daemon.makers import Makers
from codegraph.daemon.model import ActiveModel, ModelSet, single
from codegraph.embed.embedder import InlineEmbedder
from codegraph.embed.encoder import RecordingEncoder
from codegraph.embed.spec import ModelSpec
from codegraph.errors import ConfigError, ModelMissing, StoreError, StoreFull

FILES = {"a.py": "def f(): return 1\n"}
ENCODERS = {name: RecordingEncoder(name) for name in ("codegraph-static", "other", "late")}


class Shelf:
    """The models of a machine, by name; "codegraph-static" stands in for those that are not there."""

    def __init__(self) -> None:
        self.names = ["codegraph-static", "other"]

    def activate(self, config: Config) -> ModelSet:
        """Do as `daemon.model.activate` does."""
        name = config.embedding.model
        if name not in ENCODERS:
            raise ConfigError(f"there is no model named {name}")
        present = name if name in self.names else "codegraph-static"
        encoder = ENCODERS[present]
        spec = ModelSpec(name=present, engine="lexical", dimensions=encoder.dimensions)
        found = single(ActiveModel(spec, encoder.identity, encoder.dimensions, encoder.encode_query))
        return found if name == present else replace(found, missing={"code": f"{name} cannot be used"})


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def bench(memory_path: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    """A running project whose writer has a thread of its own."""
    monkeypatch.delenv(VARIABLE, raising=False)
    by_identity = {encoder.identity: encoder for encoder in ENCODERS.values()}
    make = {"models": shelf.activate, "embedder": lambda model, *_: InlineEmbedder(by_identity[model.identity])}
    found = Workbench(memory_path, make=make)
    found.write(FILES)
    found.update()
    yield found
    found.close()


def used(bench: Workbench, name: str) -> operations.UseModelResult:
    """Ask from another thread, as a client does, while the writer works."""
    with ThreadPoolExecutor(1) as client:
        future = client.submit(use_model, bench.project, name)
        while not future.done():
            bench.project.writer.step(0.01)
        return future.result()


def settle(bench: Workbench) -> None:
    """Let the writer file what the encoders have answered."""
    while not bench.project.pipeline.idle:
        bench.project.writer.step(0.01)


def test_model_is_used_at_once_and_remembered(bench: Workbench) -> None:
    """Everything waits for the new model, old vectors are stale; the choice stands in the project's own file."""
    found = used(bench, "other")
    assert (found.model, found.changed, found.overridden_by) == ("other", True, "")
    settle(bench)
    assert bench.served_by(bench.view.snapshot.names["f"][0]) == ENCODERS["other"].identity
    file = bench.project.settings_file
    assert load_config(None, environment={}, project=file).embedding.model == "other"
    assert load_config(None, environment={VARIABLE: "late"}, project=file).embedding.model == "late"
    assert not used(bench, "other").changed
    assert bench.project.config.embedding.model == "other"


def test_default_forgets_the_choice(bench: Workbench) -> None:
    """Afterwards the user's file decides again, now and at every start; going back embeds nothing."""
    used(bench, "other")
    settle(bench)
    embedded = bench.project.gatherer.figures.embedded
    assert used(bench, "default").model == "codegraph-static"
    settle(bench)
    assert not bench.project.settings_file.exists()
    assert bench.project.gatherer.figures.embedded == embedded
    assert {bench.view.freshness(symbol) for symbol in bench.view.snapshot.places} == {Freshness.FRESH}


@pytest.mark.parametrize(("name", "error"), [("late", ModelMissing), ("nonsense", ConfigError)])
def test_model_that_cannot_be_used_changes_nothing(bench: Workbench, name: str, error: type[Exception]) -> None:
    """A request for a model that is not there is refused; nothing falls back behind the user's back."""
    with pytest.raises(error):
        used(bench, name)
    assert bench.project.models.code.spec.name == "codegraph-static"
    assert not bench.project.settings_file.exists()


@pytest.mark.parametrize("chosen", ["", "other"])
def test_choice_that_the_store_refuses_is_not_taken_at_the_next_start(
    bench: Workbench, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the change could not begin, the file of the project says what it said before."""
    if chosen:
        used(bench, chosen)
        settle(bench)
    before = bench.project.models.code.spec.name

    def full(name: str, value: bytes) -> None:
        raise StoreFull("no room left", "free some")

    monkeypatch.setattr(bench.project.parts.store, "set_meta", full)
    with pytest.raises(StoreFull):
        used(bench, "codegraph-static" if chosen else "other")
    assert bench.project.models.code.spec.name == before
    file = bench.project.settings_file
    assert (load_config(None, environment={}, project=file).embedding.model if file.exists() else "") == chosen


def test_choice_that_cannot_be_kept_changes_nothing(bench: Workbench) -> None:
    """A model that would be another one after the next start is not used now."""
    bench.project.settings_file.mkdir()
    with pytest.raises(StoreError):
        used(bench, "other")
    assert bench.project.models.code.spec.name == "codegraph-static"


def test_choice_that_nobody_knows_any_more_gives_way(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daemon starts and says how to go on; an unknown model in the user's own settings stays an error."""
    monkeypatch.delenv(VARIABLE, raising=False)
    makers = Makers(models=shelf.activate)
    chosen, own = tmp_path / "settings.toml", tmp_path / "config.toml"
    config = Config(embedding=EmbeddingConfig(model="gone"))
    with pytest.raises(ConfigError, match="gone"):
        first_models(config, makers, chosen, own)
    chosen.write_text('[embedding]\nmodel = "gone"\n')
    found = first_models(config, makers, chosen, own)
    assert found.code.spec.name == "codegraph-static"
    assert "models use default" in found.missing["code"]
    own.write_text('[embedding]\nmodel = "other"\n')
    assert first_models(config, makers, chosen, own).code.spec.name == "other"
    own.write_text('[embedding]\nmodel = "unknown, too"\n')
    with pytest.raises(ConfigError, match="gone"):
        first_models(config, makers, chosen, own)


def test_environment_that_will_win_is_named(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who set the variable is told that it comes before the choice."""
    monkeypatch.setenv(VARIABLE, "codegraph-static")
    assert used(bench, "other").overridden_by == VARIABLE


def test_weights_that_come_are_used(bench: Workbench, shelf: Shelf) -> None:
    """A missing model is looked for again and taken into use when it is there; one that is there is left alone."""
    assert not look_again(bench.project)
    bench.close()
    bench.settings["embedding.model"] = "late"
    bench.open()
    assert bench.project.models.missing
    assert not look_again(bench.project)
    shelf.names.append("late")
    assert look_again(bench.project)
    bench.update()
    settle(bench)
    assert bench.served_by(bench.view.snapshot.names["f"][0]) == ENCODERS["late"].identity
    assert not bench.project.models.missing


def test_weights_that_go_leave_the_model_in_use(bench: Workbench, shelf: Shelf) -> None:
    """A model that fails because its files are gone is not given up: its symbols wait."""
    used(bench, "other")
    settle(bench)
    shelf.names.remove("other")
    bench.project.scheduler.trouble[ENCODERS["other"].identity] = "the weights are gone"
    assert not look_again(bench.project)
    assert bench.project.models.code.spec.name == "other"
    assert any("weights are gone" in line for line in [bench.project.problem()])


def test_broken_registry_is_no_reason_to_fail(bench: Workbench, shelf: Shelf) -> None:
    """Looking for models in vain, whatever the reason, leaves everything as it is."""

    def broken(_: Any) -> ModelSet:
        raise ConfigError("the registry cannot be read")

    bench.project.makers = replace(bench.project.makers, models=broken)
    bench.project.scheduler.trouble[b"x"] = "something"
    assert not look_again(bench.project)
