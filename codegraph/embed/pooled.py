"""One vector a segment from RoBERTa's layers; imported only where torch is, and needs nothing else but numpy.

`PooledRoberta.launch` sends a batch to the device and starts the layers; it returns at once on a GPU, and what it
returns waits for the pooled rows. One transfer goes each way, from and to pinned memory, in the order of the device's
stream: nothing here waits for the device before the rows are asked for.
Tests: tests/unit/embed/test_embed_graphcodebert.py; on a GPU: benchmarks/gpu.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from codegraph.embed import hardware
from codegraph.embed.collate import Batch
from codegraph.embed.roberta import DeviceBatch, Roberta
from codegraph.embed.segments import Vocabulary
from codegraph.errors import EncoderError

Head = tuple[torch.Tensor, torch.Tensor]
Rows = npt.NDArray[np.float32]


class PooledRoberta:
    """Layers, and how one row comes of their states; `head` is a dense layer under tanh on the first position."""

    def __init__(self, name: str, layers: Roberta, vocabulary: Vocabulary, pooling: str, head: Head | None) -> None:
        self.layers = layers
        self.in_flight = 2 if layers.device.type == "cuda" else 1
        """How many batches may be started before the first of them is waited for."""
        self._name = name
        self._vocabulary = vocabulary
        self._mean = pooling == "mean"
        self._head = None if head is None else (_plain(head[0], layers.device), _plain(head[1], layers.device))

    def launch(self, batch: Batch) -> Callable[[], Rows]:
        """Start one batch; the result waits for its pooled rows, float32, not normalised. Both raise MemoryError."""
        with hardware.memory_errors(), torch.inference_mode():
            uploaded = upload(batch, self.layers.device)
            pooled = self._pool(self.layers.states(uploaded, self._vocabulary), uploaded)
            rows, done = hardware.download(pooled)

        def finish() -> Rows:
            with hardware.memory_errors():
                done()
            found: Rows = rows.numpy()
            if not np.isfinite(found).any():
                self._report_damage(uploaded)
            return found

        return finish

    def _pool(self, states: torch.Tensor, batch: DeviceBatch) -> torch.Tensor:
        if self._mean:
            columns = torch.arange(states.shape[1], device=states.device)
            weights = (columns < batch.code[:, None]).to(torch.float32)[:, None]
            return (weights @ states.float())[:, 0] / batch.code[:, None]
        first = states[:, 0].float()
        return first if self._head is None else torch.tanh(functional.linear(first, *self._head))

    def _report_damage(self, batch: DeviceBatch) -> None:
        """Raise EncoderError that says where numbers stop being finite in a batch that gave no usable vector."""
        with torch.inference_mode():
            layer = self.layers.damaged_layer(batch, self._vocabulary)
        where = "its head" if layer is None else f"layer {layer}" if layer else "its embeddings"
        raise EncoderError(
            f"{self._name} in {self.layers.precision} gives numbers that are not finite from {where} on",
            "fetch the model again; if its weights are whole, set embedding.precision = 'fp32'",
        )


def upload(batch: Batch, device: torch.device) -> DeviceBatch:
    """Bring a batch to the device; for a GPU in one transfer from pinned memory, beside what it is computing."""
    arrays = {field.name: getattr(batch, field.name) for field in fields(Batch)}
    full = bool((batch.present == batch.ids.shape[1]).all())
    if device.type == "cpu":
        return DeviceBatch(**{name: torch.from_numpy(array) for name, array in arrays.items()}, full=full)
    moved = hardware.upload(np.concatenate([array.reshape(-1) for array in arrays.values()]), device)
    parts = zip(arrays.items(), torch.split(moved, [array.size for array in arrays.values()]), strict=True)
    return DeviceBatch(**{name: part.view(array.shape) for (name, array), part in parts}, full=full)


def _plain(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    return tensor.to(device, torch.float32)
