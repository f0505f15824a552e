"""A model with a transform behind it: codegraph/embed/fitted.py and what the registry says of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from codegraph.core.symbols import SymbolKind
from codegraph.embed.encoder import FloatArray
from codegraph.embed.fitted import METHODS
from codegraph.embed.registry import describe, dimensions, identity, load, query_encoder, registered
from codegraph.embed.render import EncoderInput
from codegraph.embed.spec import ModelSpec
from codegraph.errors import ConfigError, EncoderError, ModelMissing

NAMES = [f"{verb}_{noun}" for verb in ("load", "save", "draw", "parse", "send") for noun in map(str, range(20, 90))]
INPUTS = [EncoderInput("python", SymbolKind.FUNCTION, name, "", "", "", ("def", name)) for name in NAMES]


@pytest.fixture
def models(tmp_path: Path) -> dict[str, ModelSpec]:
    """A lexical model of 32 dimensions, and one fitted to it whose transform is not there yet."""
    file = tmp_path / "models.toml"
    file.write_text(
        f"""
        [base]
        engine = "lexical"
        dimensions = 32
        [wide]
        engine = "lexical"
        dimensions = 64
        [small]
        engine = "fitted"
        path = "{tmp_path / "small.cgtr"}"
        parts = [{{model = "base"}}]
        [foreign]
        engine = "fitted"
        path = "{tmp_path / "small.cgtr"}"
        parts = [{{model = "wide"}}]
        [without]
        engine = "fitted"
        parts = [{{model = "base"}}]
        [twice]
        engine = "fitted"
        path = "x"
        parts = [{{model = "small"}}]
        """
    )
    return dict(registered(file))


def vectors(models: dict[str, ModelSpec]) -> FloatArray:
    """The base model's vectors."""
    return load(describe("base", models)).encode(INPUTS)


def put(models: dict[str, ModelSpec], method: str = "pca", size: int | None = 8) -> None:
    """Fit the transform and write it down."""
    Path(models["small"].path).write_bytes(METHODS[method](vectors(models), size).to_bytes())


def test_documents_and_queries_go_through_the_transform(models: dict[str, ModelSpec]) -> None:
    """What comes out is the transform of what the base model gives, for both."""
    put(models)
    spec = describe("small", models)
    encoder, base = load(spec), load(describe("base", models))
    transform = METHODS["pca"](vectors(models), 8)

    assert encoder.dimensions == dimensions(spec) == 8
    assert np.allclose(encoder.encode(INPUTS), transform.apply(base.encode(INPUTS)), atol=1e-6)
    expected = transform.apply(base.encode_query("load 21")[None])[0]
    assert np.allclose(encoder.encode_query("load 21"), expected, atol=1e-6)
    assert query_encoder(spec) is None


def test_neighbours_change_no_vector(models: dict[str, ModelSpec]) -> None:
    """A symbol's vector is the same alone and among others."""
    put(models)
    encoder = load(describe("small", models))
    together = encoder.encode(INPUTS)
    alone = np.concatenate([encoder.encode([each]) for each in INPUTS])
    assert np.abs(together - alone).max() < 1e-6


def test_another_transform_is_another_model(models: dict[str, ModelSpec]) -> None:
    """Vectors of a transform that was fitted anew never meet the old ones, nor the base's."""
    spec = describe("small", models)
    put(models, "pca", 8)
    first = identity(spec)
    put(models, "whiten", 8)
    second = identity(spec)
    assert len({first, second, identity(describe("base", models))}) == 3
    put(models, "pca", 8)
    assert identity(spec) == first


@pytest.mark.parametrize("method", METHODS)
def test_every_method_fits(models: dict[str, ModelSpec], method: str) -> None:
    """Each named method gives unit rows; those that keep all dimensions say so."""
    put(models, method, 8 if method in ("pca", "whiten") else None)
    encoder = load(describe("small", models))
    rows = encoder.encode(INPUTS)
    assert rows.shape == (len(INPUTS), 8 if method in ("pca", "whiten") else 32)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(("method", "size"), [("pca", None), ("centre", 8), ("soft-zca", 8)])
def test_a_size_is_given_where_there_is_one(models: dict[str, ModelSpec], method: str, size: int | None) -> None:
    """pca cannot guess it, and methods that keep all dimensions refuse it."""
    with pytest.raises(ConfigError):
        METHODS[method](vectors(models), size)


def test_what_does_not_fit_is_refused(models: dict[str, ModelSpec]) -> None:
    """No transform, a damaged one, one of another length, and tables that say too little."""
    spec = describe("small", models)
    with pytest.raises(ModelMissing, match="small"):
        identity(spec)
    put(models)
    with pytest.raises(EncoderError, match="64"):
        load(describe("foreign", models))
    for name in ("without", "twice"):
        with pytest.raises(ConfigError, match=name):
            describe(name, models)
    Path(spec.path).write_bytes(Path(spec.path).read_bytes()[:-3])
    with pytest.raises(EncoderError):
        load(spec)
