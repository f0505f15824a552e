"""RoBERTa-class engines, on a tiny random model made here: codegraph/embed/roberta.py."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from safetensors.torch import save_file  # noqa: E402 (after the check that the models extra is installed)
from tiny_models import make_model  # noqa: E402

from codegraph.config import EmbeddingConfig  # noqa: E402
from codegraph.core.symbols import EmbeddingKey, SymbolKind  # noqa: E402
from codegraph.embed.embedder import InlineEmbedder  # noqa: E402
from codegraph.embed.registry import ModelSpec, describe, dimensions, identity, load  # noqa: E402
from codegraph.embed.render import EncoderInput  # noqa: E402
from codegraph.embed.worker import EmbedWorker  # noqa: E402
from codegraph.errors import EncoderError  # noqa: E402
from codegraph.events import EventLog  # noqa: E402


def _input(name: str, repeat: int = 1, context: tuple[str, ...] = ()) -> EncoderInput:
    tokens = ("def", name, "(", "self", ")", ":", *("return", "value", name) * repeat)
    return EncoderInput("python", SymbolKind.FUNCTION, name, "", f"def {name} ( self )", "Do it.", tokens, context)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def encoder(directory: Path) -> Any:
    return load(describe(str(directory)), device="cpu")


def test_a_real_worker_process_embeds_with_a_model_directory(directory: Path, encoder: Any) -> None:
    """Registry, process, batches and pipe together give what the encoder gives alone."""
    spec = describe(str(directory))
    batch = [(EmbeddingKey(bytes([number]) * 16), _input(f"load{number}", number)) for number in range(1, 9)]
    worker = EmbedWorker(
        spec, EmbeddingConfig(device="cpu", batch_tokens=128), EventLog(lambda: 0.0), identity=identity(spec)
    )
    try:
        found = worker.submit(batch).result(100)
        query = worker.submit_query("load a value").result(100)
        assert worker.status().identity == identity(spec)
    finally:
        worker.close()
    for key, source in batch:
        assert np.allclose(found[key], encoder.encode([source])[0], atol=1e-4)
    assert np.allclose(query, encoder.encode_query("load a value"), atol=1e-4)
    assert dimensions(spec) == encoder.dimensions == 32


def test_batch_composition_does_not_show(encoder: Any) -> None:
    """Padding is masked: alone, among longer ones or among shorter ones, an input has one vector."""
    inputs = [_input("save"), _input("load", 4), _input("value", 9)]
    together = encoder.encode(inputs)
    alone = np.concatenate([encoder.encode([source]) for source in inputs])
    assert np.allclose(together, alone, atol=1e-5)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert not np.allclose(together[0], together[1], atol=1e-2)


def test_inputs_are_cut_to_the_models_positions(encoder: Any) -> None:
    """No input is longer than the position table; the context keeps its quarter of the room."""
    long, with_context = _input("load", 500), _input("load", 500, ("def save ( self )",) * 50)
    assert encoder.max_length == 64
    assert encoder.length(long) == encoder.length(with_context) == 64
    assert not np.allclose(encoder.encode([long]), encoder.encode([with_context]), atol=1e-3)
    assert encoder.encode_query("load " * 500).shape == (32,)
    assert encoder.encode([]).shape == (0, 32)


def test_pooling_is_a_choice_of_the_spec(directory: Path, encoder: Any) -> None:
    """The first token's state is another vector than the mean."""
    first = load(msgspec.structs.replace(describe(str(directory)), pooling="cls"), device="cpu")
    assert first.identity != encoder.identity
    assert not np.allclose(first.encode([_input("load")]), encoder.encode([_input("load")]), atol=1e-2)


def test_nan_weights_are_rejected_by_their_vectors(tmp_path: Path) -> None:
    """A damaged model delivers nothing rather than vectors that poison every search."""
    embedder = InlineEmbedder(load(describe(str(make_model(tmp_path / "nan", poison=True))), device="cpu"))
    batch = [(EmbeddingKey(b"k" * 16), _input("load")), (EmbeddingKey(b"l" * 16), _input("save"))]
    assert embedder.submit(batch).result() == {}
    assert embedder.status().rejected == 2


def test_incomplete_weights_are_refused(tmp_path: Path) -> None:
    """A model of which a part would be random is not loaded."""
    directory = make_model(tmp_path / "partial")
    save_file({"roberta.embeddings.LayerNorm.weight": torch.ones(32)}, directory / "model.safetensors")
    with pytest.raises(EncoderError, match="lacks"):
        load(describe(str(directory)), device="cpu")


class _Payload:
    """A pickle that makes a directory when it is loaded."""

    def __init__(self, trace: Path) -> None:
        self._trace = str(trace)

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (self._trace,)


def test_pickled_weights_cannot_run_code(tmp_path: Path) -> None:
    """A .bin is opened by the weights-only reader: plain tensors load, anything else is an error."""
    directory = make_model(tmp_path / "pickled")
    safetensors = directory / "model.safetensors"
    state = {name: torch.tensor(value) for name, value in _tensors(safetensors).items()}
    safetensors.unlink()
    torch.save(state, directory / "pytorch_model.bin")
    assert load(describe(str(directory)), device="cpu").encode([_input("load")]).shape == (1, 32)
    torch.save({"roberta.x": _Payload(tmp_path / "trace")}, directory / "pytorch_model.bin")
    with pytest.raises(EncoderError, match="cannot be loaded"):
        load(describe(str(directory)), device="cpu")
    assert not (tmp_path / "trace").exists()


def _tensors(file: Path) -> dict[str, Any]:
    from safetensors.numpy import load_file

    return dict(load_file(file))


def test_an_unavailable_device_is_said(directory: Path) -> None:
    """A wrong device is an error with advice, not a silent fall back to the processor."""
    spec: ModelSpec = describe(str(directory))
    with pytest.raises(EncoderError, match=r"embedding\.device"):
        load(spec, device="nonsense")
    if not torch.cuda.is_available():
        with pytest.raises(EncoderError, match="no GPU"):
            load(spec, device="cuda:0")
