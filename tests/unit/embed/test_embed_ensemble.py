"""Several models as one: codegraph/embed/ensemble.py and what the registry says of them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from codegraph.core.symbols import SymbolKind
from codegraph.embed.encoder import RecordingEncoder
from codegraph.embed.ensemble import EnsembleEncoder
from codegraph.embed.registry import describe, dimensions, identity, load, registered
from codegraph.embed.render import EncoderInput
from codegraph.embed.spec import ModelSpec
from codegraph.errors import ConfigError, EncoderError

INPUTS = [EncoderInput("python", SymbolKind.FUNCTION, name, "", "", "", ("def", name)) for name in ("load", "save")]


@pytest.fixture
def models(tmp_path: Path) -> dict[str, ModelSpec]:
    """A registry of lexical encoders of 32, 32 and 64 dimensions, and ensembles of them."""
    file = tmp_path / "models.toml"
    file.write_text(
        """
        [one]
        engine = "lexical"
        dimensions = 32
        [two]
        engine = "lexical"
        dimensions = 64
        [joined]
        engine = "ensemble"
        parts = [{model = "one", weight = 3.0}, {model = "two"}]
        [mixed]
        engine = "ensemble"
        combine = "average"
        parts = [{model = "one"}, {model = "two"}]
        [same]
        engine = "ensemble"
        combine = "average"
        parts = [{model = "one", weight = 2.0}, {model = "one"}]
        [single]
        engine = "ensemble"
        parts = [{model = "one"}]
        [negative]
        engine = "ensemble"
        parts = [{model = "one", weight = -1.0}, {model = "two"}]
        [nested]
        engine = "ensemble"
        parts = [{model = "joined"}, {model = "two"}]
        [unknown]
        engine = "ensemble"
        parts = [{model = "three"}, {model = "two"}]
        """
    )
    return dict(registered(file))


def test_the_score_is_the_weighted_mean_of_the_parts(models: dict[str, ModelSpec]) -> None:
    """Cosines of joined vectors are the parts' cosines, three to one; vectors have length 1."""
    spec = describe("joined", models)
    encoder = load(spec)
    rows, query = encoder.encode(INPUTS), encoder.encode_query("load")
    assert (encoder.dimensions, dimensions(spec), rows.shape) == (96, 96, (2, 96))
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    parts = [load(models[name]) for name in ("one", "two")]
    cosines = [part.encode(INPUTS) @ part.encode_query("load") for part in parts]
    assert np.allclose(rows @ query, 0.75 * cosines[0] + 0.25 * cosines[1], atol=1e-6)
    assert encoder.length(INPUTS[0]) >= 1


def test_averages_of_one_space(models: dict[str, ModelSpec]) -> None:
    """A model averaged with itself is that model."""
    encoder = load(describe("same", models))
    assert np.allclose(encoder.encode(INPUTS), load(models["one"]).encode(INPUTS), atol=1e-6)


def test_dimensions_that_do_not_fit_are_refused(models: dict[str, ModelSpec]) -> None:
    """Before any model is loaded, with the parts and their lengths, and a remedy."""
    with pytest.raises(ConfigError, match="one 32, two 64") as caught:
        dimensions(describe("mixed", models))
    assert "concatenate" in caught.value.advice
    with pytest.raises(ConfigError, match="different dimensions"):
        load(describe("mixed", models))
    spec = describe("same", models)
    with pytest.raises(EncoderError, match="16 dimensions, 99"):
        EnsembleEncoder(spec, b"", [RecordingEncoder(dimensions=16)] * 2, 99)


@pytest.mark.parametrize(
    ("name", "match"),
    [("single", "two parts"), ("negative", "above 0"), ("nested", "ensemble itself"), ("unknown", "three")],
)
def test_senseless_ensembles_are_refused(models: dict[str, ModelSpec], name: str, match: str) -> None:
    """One part, no weight, ensembles of ensembles, parts that nobody knows."""
    with pytest.raises(ConfigError, match=match):
        describe(name, models)


def test_identity_covers_the_parts(models: dict[str, ModelSpec]) -> None:
    """Other parts, weights, order or combination are another model; the name is not."""
    spec = describe("joined", models)
    reversed_parts = msgspec.structs.replace(spec, parts=spec.parts[::-1])
    weighed = msgspec.structs.replace(spec.parts[0], weight=4.0)
    others = [
        spec,
        reversed_parts,
        msgspec.structs.replace(spec, parts=(weighed, spec.parts[1])),
        describe("same", models),
        msgspec.structs.replace(describe("same", models), combine="concatenate"),
    ]
    assert len({identity(other) for other in others}) == len(others)
    assert identity(msgspec.structs.replace(spec, name="other")) == identity(spec)


def test_a_row_that_a_part_cannot_give_is_not_made_up(models: dict[str, ModelSpec]) -> None:
    """Zero or NaN in one part is NaN in all, which callers reject."""

    class Broken(RecordingEncoder):
        def encode(self, inputs):  # type: ignore[no-untyped-def]
            rows = super().encode(inputs)
            rows[0] = 0
            return rows

    spec = describe("same", models)
    rows = EnsembleEncoder(spec, b"", [Broken(), RecordingEncoder()], 16).encode(INPUTS)
    assert np.isnan(rows[0]).all()
    assert np.isfinite(rows[1]).all()
