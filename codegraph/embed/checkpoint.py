"""Reads the weights of RoBERTa-shaped models and refuses what is not whole.

Three forms occur: a bare or masked-language checkpoint (`roberta.*`, or no prefix; its pooler is missing or was
never trained), the code search model of GraphCodeBERT's authors (`encoder.*` with its own `pooler`), and
CodeCSE (`roberta.*`, `mlp.dense`). A *head* is the dense layer that the last two put, under tanh, on `<s>`.

Safetensors come first; a `.bin` is opened only by torch's weights-only reader, so no file can run code. Every
weight of the encoder, and of the head that the spec asks for, must be there, of the right size and finite: a
model that was partly random, or of another architecture, is an EncoderError that says what to do.
Imported only where torch is. Tests: tests/unit/embed/test_embed_checkpoint.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file

from codegraph.embed import weights
from codegraph.embed.roberta import Shape
from codegraph.errors import EncoderError

HEADS = {"pooler": "pooler.dense", "codecse": "mlp.dense"}
"""Pooling -> the layer it needs."""

MAX_SIZE = 1 << 20

_WORDS = "embeddings.word_embeddings.weight"
_SIZES = {
    "vocabulary": "vocab_size",
    "positions": "max_position_embeddings",
    "width": "hidden_size",
    "layers": "num_hidden_layers",
    "heads": "num_attention_heads",
    "inner": "intermediate_size",
}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Weights without prefix, and the head's weight and bias if there is one."""

    shape: Shape
    state: dict[str, torch.Tensor]
    head: tuple[torch.Tensor, torch.Tensor] | None


def read(name: str, directory: Path, pooling: str) -> Checkpoint:
    """Read the checkpoint of the model called `name`; raises EncoderError."""
    shape = _shape(name, directory)
    raw = _raw(name, directory)
    prefix = next((key.removesuffix(_WORDS) for key in raw if key.endswith(_WORDS)), None)
    if prefix is None:
        raise EncoderError(
            f"{name} in {directory} holds no RoBERTa encoder", "choose a checkpoint of that architecture"
        )
    state = {key: _checked(name, directory, raw, prefix + key, size) for key, size in wanted(shape).items()}
    return Checkpoint(shape, state, _head(name, directory, raw, prefix, pooling, shape.width))


def _shape(name: str, directory: Path) -> Shape:
    config = weights.read_json(directory / "config.json")
    if config.get("model_type") != "roberta":
        raise EncoderError(
            f"{name} in {directory} is of type {config.get('model_type')!r}, not roberta", "choose another engine"
        )
    if config.get("hidden_act", "gelu") != "gelu":
        raise EncoderError(f"{name} uses {config['hidden_act']!r} between its layers", "only gelu is supported")
    sizes: dict[str, int] = {}
    for field, key in _SIZES.items():
        size = config.get(key)
        if not isinstance(size, int) or not 0 < size < MAX_SIZE:
            raise EncoderError(f"the configuration of {name} states no usable {key}", "fetch the model again")
        sizes[field] = size
    if sizes["width"] % sizes["heads"]:
        raise EncoderError(f"the configuration of {name} divides no width among its heads", "fetch the model again")
    return Shape(**sizes, epsilon=float(config.get("layer_norm_eps", 1e-12)))


def _raw(name: str, directory: Path) -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = {}
    try:
        for file in weights.weight_files(directory):
            if file.suffix == ".safetensors":
                state.update(load_file(file))
            else:
                state.update(torch.load(file, map_location="cpu", weights_only=True))
    except Exception as error:
        raise EncoderError(
            f"{name} in {directory} cannot be loaded: {error}",
            "the file is damaged or incomplete; fetch the model again",
        ) from error
    return {key.removeprefix("module."): tensor for key, tensor in state.items() if isinstance(tensor, torch.Tensor)}


def wanted(shape: Shape) -> dict[str, tuple[int | None, ...]]:
    """Return the name and size of every weight of the encoder."""
    width, inner = shape.width, shape.inner
    found: dict[str, tuple[int | None, ...]] = {
        _WORDS: (shape.vocabulary, width),
        "embeddings.position_embeddings.weight": (shape.positions, width),
        "embeddings.token_type_embeddings.weight": (None, width),
    }
    dense = {
        "attention.self.query": (width, width),
        "attention.self.key": (width, width),
        "attention.self.value": (width, width),
        "attention.output.dense": (width, width),
        "intermediate.dense": (inner, width),
        "output.dense": (width, inner),
    }
    norms = ["embeddings.LayerNorm"]
    for number in range(shape.layers):
        prefix = f"encoder.layer.{number}."
        norms += [prefix + "attention.output.LayerNorm", prefix + "output.LayerNorm"]
        for key, size in dense.items():
            found[f"{prefix}{key}.weight"], found[f"{prefix}{key}.bias"] = size, size[:1]
    for key in norms:
        found[f"{key}.weight"] = found[f"{key}.bias"] = (width,)
    return found


def _head(
    name: str, directory: Path, raw: dict[str, torch.Tensor], prefix: str, pooling: str, width: int
) -> tuple[torch.Tensor, torch.Tensor] | None:
    if pooling not in HEADS:
        return None
    key = HEADS[pooling] if pooling == "codecse" else prefix + HEADS[pooling]
    return (
        _checked(name, directory, raw, f"{key}.weight", (width, width)),
        _checked(name, directory, raw, f"{key}.bias", (width,)),
    )


def _checked(
    name: str, directory: Path, raw: dict[str, torch.Tensor], key: str, size: tuple[int | None, ...]
) -> torch.Tensor:
    tensor = raw.get(key)
    if tensor is None:
        raise EncoderError(
            f"{name} in {directory} lacks the weights {key}", "choose a complete checkpoint, or another pooling"
        )
    found = tuple(tensor.shape)
    if len(found) != len(size) or any(want not in (None, have) for want, have in zip(size, found, strict=True)):
        raise EncoderError(
            f"{name} in {directory} has weights {key} of size {found}, its configuration says {size}",
            "configuration and weights are of different models; fetch the model again",
        )
    if not bool(torch.isfinite(tensor).all()):
        raise EncoderError(f"{name} in {directory} has weights {key} that are not finite", "fetch the model again")
    return tensor
