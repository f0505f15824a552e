"""Models by name: codegraph/embed/registry.py."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest

from codegraph.config import EmbeddingConfig
from codegraph.embed.lexical import LexicalEncoder
from codegraph.embed.registry import describe, dimensions, identity, load, query_encoder, registered
from codegraph.embed.weights import FileDigests
from codegraph.errors import ConfigError, EncoderError, ModelMissing


def _model(directory: Path, *, weights: bytes = b"weights", kind: str = "roberta") -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "config.json").write_text(json.dumps({"model_type": kind, "hidden_size": 32}))
    (directory / "model.safetensors").write_bytes(weights)
    (directory / "vocab.json").write_text("{}")
    return directory


def test_the_shipped_registry_is_valid_and_knows_the_default() -> None:
    """Every table of models.toml fits ModelSpec, and the configured default is among them."""
    models = registered()
    assert EmbeddingConfig().model in models
    assert {"lexical", "graphcodebert", "codebert"} <= set(models)
    assert models["graphcodebert"].repository == "microsoft/graphcodebert-base"


def test_a_bad_registry_is_a_configuration_error(tmp_path: Path) -> None:
    """A misspelt field is named together with the file."""
    file = tmp_path / "models.toml"
    file.write_text('[m]\nengine = "roberta"\npoolin = "mean"\n')
    with pytest.raises(ConfigError, match="poolin"):
        registered(file)


def test_unknown_names_list_the_known_ones() -> None:
    """A typing mistake is answered with what there is."""
    with pytest.raises(ConfigError) as caught:
        describe("graphcodebart")
    assert "graphcodebert" in caught.value.advice


def test_a_directory_is_a_model(tmp_path: Path) -> None:
    """Its engine comes from config.json, its pooling from sentence-transformers' file if there is one."""
    directory = _model(tmp_path / "mine")
    assert describe(str(directory)).pooling == "mean"
    (directory / "1_Pooling").mkdir()
    (directory / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    spec = describe(str(directory))
    assert (spec.name, spec.engine, spec.pooling, dimensions(spec)) == ("mine", "roberta", "cls", 32)
    with pytest.raises(EncoderError, match="gpt2"):
        describe(str(_model(tmp_path / "other", kind="gpt2")))


def test_identity_covers_content_and_not_place(tmp_path: Path) -> None:
    """Two copies of a model are one model; other weights, pooling, prefix or limit are another."""
    first = describe(str(_model(tmp_path / "a" / "model")))
    copy = describe(str(_model(tmp_path / "b" / "model")))
    assert identity(first) == identity(copy)
    others = [
        describe(str(_model(tmp_path / "c", weights=b"Weights"))),
        msgspec.structs.replace(first, pooling="cls"),
        msgspec.structs.replace(first, document_prefix="code: "),
        msgspec.structs.replace(first, query_prefix="query: "),
        msgspec.structs.replace(first, max_tokens=256),
    ]
    found = {identity(spec) for spec in (first, *others)}
    assert len(found) == 1 + len(others)
    assert {len(value) for value in found} == {16}


def test_weights_are_read_once_while_they_stay_the_same(tmp_path: Path) -> None:
    """Half a gigabyte is not hashed for every question, but a changed file is noticed."""
    file = tmp_path / "weights"
    file.write_bytes(b"one")
    digests = FileDigests()
    before = digests.of(file)
    assert digests.of(file) is before
    file.write_bytes(b"three")
    assert digests.of(file) != before
    file.unlink()
    with pytest.raises(ModelMissing):
        digests.of(file)


def test_the_daemons_side_imports_no_engine() -> None:
    """Finding, describing and driving a model must not load torch into the daemon."""
    code = (
        "import sys, codegraph.embed.worker, codegraph.embed.registry as r; r.describe('graphcodebert'); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'transformers', 'tokenizers', 'huggingface_hub')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_the_lexical_model_needs_no_worker_for_queries() -> None:
    """The daemon embeds queries itself, with the very vectors that the worker would give."""
    spec = describe("lexical")
    encode = query_encoder(spec)
    assert encode is not None
    assert np.array_equal(encode("read file"), load(spec).encode_query("read file"))
    assert identity(spec) == LexicalEncoder(dimensions(spec)).identity
    assert query_encoder(registered()["codebert"]) is None
