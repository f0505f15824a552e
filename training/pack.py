"""Writes a trained table as the model directory that codegraph loads: `model.safetensors` and `config.json`.

Tests: tests/unit/training/test_training_model.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from codegraph.embed.trained import TENSORS

_TYPES = {"int8": "I8", "float32": "F32", "uint8": "U8"}


def write_model(directory: Path, words: Sequence[str], arrays: Mapping[str, np.ndarray]) -> str:
    """Write both files and return the SHA-256 of the weights: equal arrays give equal bytes."""
    tensors = {**arrays, "words": np.frombuffer("\n".join(words).encode(), np.uint8)}
    header, at = {}, 0
    for key in TENSORS:
        size = tensors[key].nbytes
        kind = _TYPES[tensors[key].dtype.name]
        header[key] = {"dtype": kind, "shape": list(tensors[key].shape), "data_offsets": [at, at + size]}
        at += size
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    data = len(head).to_bytes(8, "little") + head + b"".join(tensors[key].tobytes() for key in TENSORS)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "model.safetensors").write_bytes(data)
    config = {"model_type": "codegraph-static", "hidden_size": int(tensors["table"].shape[1])}
    (directory / "config.json").write_text(json.dumps(config) + "\n", encoding="utf-8")
    return sha256(data).hexdigest()
