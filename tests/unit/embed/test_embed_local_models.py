"""What a model's directory says of itself: codegraph/embed/local_models.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codegraph.embed.local_models import describe, dimensions
from codegraph.errors import EncoderError


def _directory(directory: Path, config: dict[str, Any], **files: Any) -> Path:
    directory.mkdir()
    (directory / "config.json").write_text(json.dumps(config))
    (directory / "1_Pooling").mkdir()
    for name, content in files.items():
        (directory / name.replace("__", "/")).with_suffix(".json").write_text(json.dumps(content))
    return directory


def test_the_files_of_sentence_transformers_are_read(tmp_path: Path) -> None:
    """Pooling, limit and prefixes are the model's own, not ours."""
    directory = _directory(
        tmp_path / "mine",
        {"model_type": "qwen3", "hidden_size": 64},
        **{
            "1_Pooling__config": {"pooling_mode_lasttoken": True, "pooling_mode_mean_tokens": False},
            "sentence_bert_config": {"max_seq_length": 77},
            "config_sentence_transformers": {"prompts": {"query": "ask: ", "document": "say: "}},
            "modules": [{"type": "sentence_transformers.models.Transformer"}, {"type": "x.Pooling"}],
        },
    )
    spec = describe(directory)
    found = (spec.engine, spec.pooling, spec.max_tokens, spec.query_prefix, spec.document_prefix, spec.remote_code)
    assert found == ("transformer", "last", 77, "ask: ", "say: ", False)
    assert dimensions("mine", directory) == 64


@pytest.mark.parametrize(
    ("config", "engine"),
    [
        ({"model_type": "bert"}, "transformer"),
        ({"model_type": "roberta"}, "roberta"),
        ({"model_type": "t5"}, "t5"),
        ({"model_type": "model2vec", "architectures": ["StaticModel"]}, "static"),
    ],
)
def test_the_architecture_chooses_the_engine(tmp_path: Path, config: dict[str, Any], engine: str) -> None:
    """A directory needs no table in a registry."""
    assert describe(_directory(tmp_path / "mine", config)).engine == engine


def test_own_code_is_noticed(tmp_path: Path) -> None:
    """A model that brings Python files is known for it before any of them could run."""
    assert describe(_directory(tmp_path / "mine", {"model_type": "x", "auto_map": {}})).remote_code


@pytest.mark.parametrize(
    ("config", "files", "match"),
    [
        ({}, {}, "type None"),
        ({"model_type": "bert"}, {"modules": [{"type": "sentence_transformers.models.Dense"}]}, "Dense"),
        ({"model_type": "bert"}, {"modules": {}}, "not a JSON array"),
        ({"model_type": "bert"}, {"1_Pooling__config": {"pooling_mode_max_tokens": True}}, "max_tokens"),
    ],
)
def test_what_we_would_run_wrongly_is_refused(
    tmp_path: Path, config: dict[str, Any], files: dict[str, Any], match: str
) -> None:
    """A stage or a pooling that we do not have would give other vectors than the model's: an error says so."""
    with pytest.raises(EncoderError, match=match):
        describe(_directory(tmp_path / "mine", config, **files))


@pytest.mark.parametrize("size", [None, 0, -1, "768", 1 << 20])
def test_unusable_sizes_are_refused(tmp_path: Path, size: Any) -> None:
    """A configuration cannot make us reserve what it likes."""
    with pytest.raises(EncoderError, match="hidden_size"):
        dimensions("mine", _directory(tmp_path / "mine", {"model_type": "bert", "hidden_size": size}))
