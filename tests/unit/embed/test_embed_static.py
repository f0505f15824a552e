"""Tables of token vectors: codegraph/embed/static.py and safetensors_file.py."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

tokenizers = pytest.importorskip("tokenizers")
safetensors_numpy = pytest.importorskip("safetensors.numpy")

from codegraph.core.symbols import SymbolKind  # noqa: E402
from codegraph.embed.registry import describe, dimensions, load  # noqa: E402
from codegraph.embed.render import EncoderInput  # noqa: E402
from codegraph.embed.safetensors_file import shapes, tensors  # noqa: E402
from codegraph.errors import EncoderError  # noqa: E402

WORDS = ["[UNK]", "load", "save", "file", "def", "text"]
TABLE = np.random.default_rng(5).normal(size=(len(WORDS), 8)).astype(np.float32)


def _model(directory: Path, **arrays: Any) -> Path:
    directory.mkdir(exist_ok=True)
    (directory / "config.json").write_text(json.dumps({"model_type": "model2vec", "normalize": True}))
    safetensors_numpy.save_file({"embeddings": TABLE} | arrays, directory / "model.safetensors")
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.save(str(directory / "tokenizer.json"))
    return directory


def _input(*tokens: str, name: str = "") -> EncoderInput:
    return EncoderInput("python", SymbolKind.FUNCTION, name, "", "", "", tokens)


def _unit(rows: Any) -> Any:
    return rows / np.linalg.norm(rows)


def test_vectors_are_means_of_known_tokens(tmp_path: Path) -> None:
    """Unknown tokens do not count, order does not, a neighbour in the batch does not."""
    spec = describe(str(_model(tmp_path / "mine")))
    encoder = load(spec)
    assert (spec.engine, dimensions(spec), encoder.dimensions) == ("static", 8, 8)
    rows = encoder.encode([_input("load", "xyz", "file"), _input("xyz"), _input("file", "load")])
    assert np.allclose(rows[0], _unit(TABLE[1] + TABLE[3]), atol=1e-6)
    assert np.allclose(rows[0], rows[2], atol=1e-6)
    assert np.isnan(rows[1]).all()
    assert np.allclose(encoder.encode_query("save text"), _unit(TABLE[2] + TABLE[5]), atol=1e-6)
    assert encoder.encode([]).shape == (0, 8)
    assert encoder.length(_input("a")) == 1


def test_weights_mapping_and_small_numbers_are_understood(tmp_path: Path) -> None:
    """model2vec's newer forms: a weight per token, tokens that share rows, int8 and float16 tables."""
    weights = np.linspace(1, 2, len(WORDS))
    mapping = np.array([0, 1, 1, 2, 2, 3])
    small = (TABLE[:4] * 40).astype(np.int8)
    encoder = load(describe(str(_model(tmp_path / "mine", embeddings=small, weights=weights, mapping=mapping))))
    wanted = weights[2] * small[1].astype(float) + weights[5] * small[3]
    assert np.allclose(encoder.encode_query("save text"), _unit(wanted), atol=1e-6)
    encoder = load(describe(str(_model(tmp_path / "mine", embeddings=TABLE.astype(np.float16)))))
    assert np.allclose(encoder.encode_query("save"), _unit(TABLE[2]), atol=1e-3)


def test_damaged_tables_are_refused_by_name(tmp_path: Path) -> None:
    """Truncated, foreign tokenizer, bad mapping, not finite, no table at all."""
    directory = _model(tmp_path / "mine")
    spec = describe(str(directory))

    def refused(match: str) -> None:
        with pytest.raises(EncoderError, match=match) as caught:
            load(spec)
        assert "mine" in caught.value.message
        assert caught.value.advice

    file = directory / "model.safetensors"
    whole = file.read_bytes()
    for length in (0, 4, 40, len(whole) - 1):
        file.write_bytes(whole[:length])
        refused("cannot be read")
    file.write_bytes(b"\xff" * 8 + whole)
    refused("header")
    _model(directory, embeddings=TABLE[:3])
    refused("knows 6 tokens, its table has 3")
    _model(directory, mapping=np.array([0, 1, 2, 3, 4, 9]))
    refused("rows that its table lacks")
    _model(directory, weights=np.ones(2))
    refused("weights for")
    _model(directory, embeddings=TABLE * np.nan)
    refused("not finite")
    safetensors_numpy.save_file({"other": TABLE}, file)
    refused("no table")
    _model(directory)
    (directory / "tokenizer.json").write_text("{}")
    refused("tokenizer")


def test_safetensors_are_read_as_their_own_library_reads_them(tmp_path: Path) -> None:
    """Names, shapes and numbers, without that library and without copying what is not wanted."""
    file = tmp_path / "model.safetensors"
    arrays = {"a": TABLE, "b": np.arange(6).reshape(2, 3), "c": np.zeros((0, 4), np.float16)}
    safetensors_numpy.save_file(arrays, file, metadata={"format": "np"})
    assert shapes("m", file) == {"a": (6, 8), "b": (2, 3), "c": (0, 4)}
    found = tensors("m", file, ("a", "b", "nothing"))
    assert sorted(found) == ["a", "b"]
    assert all(np.array_equal(found[name], arrays[name]) for name in found)


def test_a_header_that_lies_is_refused(tmp_path: Path) -> None:
    """Offsets outside of the file, shapes that do not fit, what is no header."""
    file = tmp_path / "model.safetensors"
    for entry in (
        {"dtype": "F32", "shape": [4], "data_offsets": [0, 999]},
        {"dtype": "F32", "shape": [4], "data_offsets": [8, 0]},
        {"dtype": "F32", "shape": [3], "data_offsets": [0, 16]},
        {"dtype": "F32", "shape": [-4], "data_offsets": [0, 16]},
        {"dtype": "F32", "shape": "x", "data_offsets": [0, 16]},
        [],
    ):
        header = json.dumps({"a": entry}).encode()
        file.write_bytes(len(header).to_bytes(8, "little") + header + bytes(16))
        with pytest.raises(EncoderError, match="cannot be read"):
            tensors("m", file, ("a",))


def test_neither_torch_nor_transformers_is_needed(tmp_path: Path) -> None:
    """A static model runs with numpy and the tokenizer alone."""
    code = (
        "import sys; from codegraph.embed.registry import describe, load; "
        f"load(describe({str(_model(tmp_path / 'mine'))!r})).encode_query('load'); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'transformers')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
