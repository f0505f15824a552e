"""Weights that are whole, and those that are not: codegraph/embed/checkpoint.py."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from safetensors.torch import load_file, save_file  # noqa: E402 (after the check that the models extra is installed)
from tiny_models import make_model  # noqa: E402

from codegraph.embed.checkpoint import read  # noqa: E402
from codegraph.embed.subwords import Subwords  # noqa: E402
from codegraph.errors import EncoderError  # noqa: E402


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return make_model(tmp_path / "tiny")


def _configure(directory: Path, **changes: Any) -> None:
    file = directory / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def test_every_form_of_names_is_read(directory: Path, tmp_path: Path) -> None:
    """Bare, masked-language, code search and data-parallel checkpoints hold the same weights."""
    expected = read("tiny", directory, "mean")
    for number, prefix in enumerate(("", "encoder.", "module.encoder.")):
        found = read("tiny", make_model(tmp_path / f"other{number}", prefix=prefix), "cls")
        assert found.shape == expected.shape
        assert found.state.keys() == expected.state.keys()
        assert all(torch.equal(found.state[name], tensor) for name, tensor in expected.state.items())


def test_another_architecture_is_refused(directory: Path) -> None:
    """By its type, by its activation, by sizes that make no sense, and by weights of another size."""
    for changes, reason in (
        ({"model_type": "bert"}, "of type 'bert'"),
        ({"model_type": "roberta", "hidden_act": "relu"}, "'relu'"),
        ({"hidden_act": "gelu", "hidden_size": -1}, "hidden_size"),
        ({"hidden_size": 33}, "heads"),
        ({"hidden_size": 32, "intermediate_size": 65}, "its configuration says"),
        ({"intermediate_size": 64, "num_hidden_layers": 3}, r"lacks the weights roberta\.encoder\.layer\.2"),
    ):
        _configure(directory, **changes)
        with pytest.raises(EncoderError, match=reason):
            read("tiny", directory, "mean")


def test_damaged_weights_are_refused(directory: Path) -> None:
    """Truncated, empty of an encoder, partly missing, or not finite: the model is named, and what to do."""
    file = directory / "model.safetensors"
    data = file.read_bytes()
    whole = {name: tensor.clone() for name, tensor in load_file(file).items()}  # the file is mapped, and rewritten
    file.write_bytes(data[: len(data) // 2])
    with pytest.raises(EncoderError, match=r"tiny .* cannot be loaded") as caught:
        read("tiny", directory, "mean")
    assert "fetch the model again" in caught.value.advice
    save_file({"lm_head.bias": torch.ones(32)}, file)
    with pytest.raises(EncoderError, match="no RoBERTa encoder"):
        read("tiny", directory, "mean")
    save_file({name: tensor for name, tensor in whole.items() if "layer.1.output.dense.bias" not in name}, file)
    with pytest.raises(EncoderError, match=r"lacks the weights .*layer\.1\.output\.dense\.bias"):
        read("tiny", directory, "mean")
    whole["roberta.encoder.layer.1.output.dense.bias"][0] = float("inf")
    save_file(whole, file)
    with pytest.raises(EncoderError, match="not finite"):
        read("tiny", directory, "mean")


class _Payload:
    """A pickle that makes a directory when it is loaded."""

    def __init__(self, trace: Path) -> None:
        self._trace = str(trace)

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (self._trace,)


def test_pickled_weights_cannot_run_code(directory: Path, tmp_path: Path) -> None:
    """A .bin is opened by the weights-only reader: plain tensors load, anything else is an error."""
    safetensors = directory / "model.safetensors"
    state = {name: tensor.clone() for name, tensor in load_file(safetensors).items()}
    safetensors.unlink()
    torch.save(state, directory / "pytorch_model.bin")
    assert read("tiny", directory, "mean").shape.width == 32
    torch.save({"roberta.x": _Payload(tmp_path / "trace")}, directory / "pytorch_model.bin")
    with pytest.raises(EncoderError, match="cannot be loaded"):
        read("tiny", directory, "mean")
    assert not (tmp_path / "trace").exists()


def test_another_models_tokenizer_is_refused(directory: Path) -> None:
    """Sub-token numbers beyond the table of words, or of another vocabulary, would make noise of every vector."""
    rows = read("tiny", directory, "mean").shape.vocabulary
    assert Subwords.load("tiny", directory, rows).vocabulary == (0, 1, 2, 3)
    for other in (rows - 1, rows + 50_000):
        with pytest.raises(EncoderError, match="tiny has"):
            Subwords.load("tiny", directory, other)
    (directory / "merges.txt").unlink()
    with pytest.raises(EncoderError, match=r"merges\.txt"):
        Subwords.load("tiny", directory, rows)
    (directory / "tokenizer.json").write_text("{")
    with pytest.raises(EncoderError, match="cannot be read"):
        Subwords.load("tiny", directory, rows)
