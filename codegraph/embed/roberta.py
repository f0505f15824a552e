"""The layers of RoBERTa over any sequence, position and attention mask; imported only where torch is.

Its own forward pass instead of a library's, because data flow needs what those no longer promise: embeddings
of nodes, positions 0 and 1, and a mask per pair of positions. It also joins query, key and value into one
product and takes int8 weights.

*Mask*: additive, in the dtype of the states, `torch.finfo(dtype).min` where a position must not be seen, and
never bool or minus infinity: bool means something else to each kernel, minus infinity makes NaN of a row that
sees nothing. Such *blind* rows (padding, nodes whose code was cut away) see all positions of their own
sequence alike, which is what the reference's arithmetic amounts to without padding: every row then has a
maximum above the mask's minimum, on every kernel, and no vector depends on its neighbours in a batch.

*Attention*: `eager` is written out; `sdpa` leaves the choice of a kernel to torch. Where nobody is hidden from
anybody there is no mask at all, so that the fastest kernels stay allowed.
Tests: tests/unit/embed/test_embed_graphcodebert.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch.nn import functional

from codegraph.embed.batching import padded
from codegraph.embed.collate import visible
from codegraph.embed.compiled import Compile, Through, bucket_width, compiled, unmoving
from codegraph.embed.hardware import FAST_BF16, Precision, processor_flags, settle
from codegraph.embed.products import Product, product
from codegraph.embed.segments import Vocabulary

Attention = Literal["eager", "sdpa"]
Attend = Callable[[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor | None], torch.Tensor]
"""Query, key, value, (B, heads, W, width of a head), and the additive mask -> the same shape."""

State = Mapping[str, torch.Tensor]
"""Weights by name, without the checkpoint's prefix."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a RoBERTa model."""

    vocabulary: int
    positions: int
    width: int
    layers: int
    heads: int
    inner: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class DeviceBatch:
    """`collate.Batch` on the model's device, all int64, and what the processor knows of it: nothing has to be asked."""

    ids: torch.Tensor
    code: torch.Tensor
    present: torch.Tensor
    nodes: torch.Tensor
    span: torch.Tensor
    span_starts: torch.Tensor
    cells: torch.Tensor
    full: bool = False
    """No row has padding."""


@dataclass(frozen=True, slots=True)
class _Layer:
    attend: Product
    """Query, key and value side by side."""
    project: Product
    norm: tuple[torch.Tensor, torch.Tensor]
    widen: Product
    """With the activation, which is gelu."""
    narrow: Product
    last_norm: tuple[torch.Tensor, torch.Tensor]


class Roberta:
    """A loaded encoder without a head. Not for use from several threads at once."""

    def __init__(
        self,
        shape: Shape,
        state: State,
        device: torch.device,
        precision: Precision,
        attention: Attention = "sdpa",
        compile_layers: Compile = "off",
    ) -> None:
        """Move the weights to `device`; `state` must have all of them, see `checkpoint.read`."""
        settle(device)
        self.shape = shape
        self.device = device
        self.precision = precision
        self.attend = ATTENTION[attention]
        self._pinned = compile_layers == "graphs" and device.type == "cuda"
        short = precision == "bf16" or (precision == "int8" and processor_flags() & FAST_BF16)
        self._dtype = torch.bfloat16 if short else torch.float32
        self._words = self._tensor(state["embeddings.word_embeddings.weight"])
        positions = state["embeddings.position_embeddings.weight"] + state["embeddings.token_type_embeddings.weight"][0]
        self._positions = self._tensor(positions)
        self._norm = self._pair(state, "embeddings.LayerNorm")
        self._layers = [self._layer(state, f"encoder.layer.{number}.") for number in range(shape.layers)]
        self.compile_layers = compile_layers
        self.through = self.compiled(compile_layers)
        """Takes the states before the first layer, and the mask, through all layers, (B, W, width)."""

    def compiled(self, mode: Compile, make: Callable[..., Any] = torch.compile) -> Through:
        """Return the way through all layers in another mode of `compiled`, or with another compiler."""
        return compiled(self._through, self._layers, mode, make)

    def _tensor(self, tensor: torch.Tensor) -> torch.Tensor:
        moved = tensor.to(self.device, self._dtype)
        return unmoving(moved) if self._pinned else moved

    def _pair(self, state: State, name: str) -> tuple[torch.Tensor, torch.Tensor]:
        return self._tensor(state[f"{name}.weight"]), self._tensor(state[f"{name}.bias"])

    def _layer(self, state: State, prefix: str) -> _Layer:
        def joined(*names: str, gelu: bool = False) -> Product:
            weight = torch.cat([state[f"{prefix}{name}.weight"] for name in names])
            bias = torch.cat([state[f"{prefix}{name}.bias"] for name in names])
            return product(self._tensor(weight), self._tensor(bias), self.precision, gelu=gelu)

        return _Layer(
            attend=joined("attention.self.query", "attention.self.key", "attention.self.value"),
            project=joined("attention.output.dense"),
            norm=self._pair(state, prefix + "attention.output.LayerNorm"),
            widen=joined("intermediate.dense", gelu=True),
            narrow=joined("output.dense"),
            last_norm=self._pair(state, prefix + "output.LayerNorm"),
        )

    def states(self, batch: DeviceBatch, vocabulary: Vocabulary) -> torch.Tensor:
        """Return the last hidden states, (B, W, width), in the model's precision."""
        return self.through(self.embedded(batch, vocabulary), self.mask(batch, vocabulary))

    def width_of(self, length: int) -> int:
        """Return how many positions a batch gets whose longest sequence has `length`."""
        return padded(length) if self.compile_layers == "off" else bucket_width(length)

    def damaged_layer(self, batch: DeviceBatch, vocabulary: Vocabulary) -> int | None:
        """Run a batch again and return the first layer after which a number is not finite; 0 for the embeddings."""
        mask = self.mask(batch, vocabulary)
        states = self.embedded(batch, vocabulary)
        for number, layer in enumerate(self._layers):
            if not bool(torch.isfinite(states).all()):
                return number
            states = self._through(layer, states, mask)
        return None if bool(torch.isfinite(states).all()) else len(self._layers)

    def embedded(self, batch: DeviceBatch, vocabulary: Vocabulary) -> torch.Tensor:
        """Return the states before the first layer; a node's word is the mean of its code's words, 0 without code."""
        columns = torch.arange(batch.ids.shape[1], device=self.device)
        padding = vocabulary.padding
        after = torch.where(columns < batch.present[:, None], 0, padding)
        positions = torch.where(columns < batch.code[:, None], columns + padding + 1, after)
        words = functional.embedding(batch.ids, self._words)
        if len(batch.nodes):
            seen = batch.ids.view(-1)[batch.span]
            means = functional.embedding_bag(seen, self._words, batch.span_starts, mode="mean")
            words.view(-1, self.shape.width)[batch.nodes] = means
        return self._normalised(words + functional.embedding(positions, self._positions), self._norm)

    def mask(self, batch: DeviceBatch, vocabulary: Vocabulary) -> torch.Tensor | None:
        """Return the additive mask, (B, 1, W, W) or (B, 1, 1, W); None where everybody sees everybody."""
        width = batch.ids.shape[1]
        columns = torch.arange(width, device=self.device)
        present = columns < batch.present[:, None]
        hidden = torch.finfo(self._dtype).min
        if not len(batch.nodes):
            return None if batch.full else self._additive(present[:, None, None, :], hidden)
        sees: torch.Tensor = visible(batch.ids, batch.code, batch.present, batch.cells, columns, vocabulary)
        blind = ~sees.any(2, keepdim=True) & present[:, None, :]
        additive = self._additive(sees, hidden).masked_fill_(blind, hidden / 2)
        return additive[:, None]

    def _additive(self, sees: torch.Tensor, hidden: float) -> torch.Tensor:
        return torch.zeros(sees.shape, dtype=self._dtype, device=self.device).masked_fill_(~sees, hidden)

    def _normalised(self, states: torch.Tensor, norm: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        return functional.layer_norm(states, (self.shape.width,), *norm, self.shape.epsilon)

    def _through(self, layer: _Layer, states: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        size, width, _ = states.shape
        heads = layer.attend(states).view(size, width, 3, self.shape.heads, -1).permute(2, 0, 3, 1, 4)
        attended = self.attend(heads[0], heads[1], heads[2], mask).transpose(1, 2).reshape(size, width, -1)
        states = self._normalised(states + layer.project(attended), layer.norm)
        return self._normalised(states + layer.narrow(layer.widen(states)), layer.last_norm)


def eager(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
    """Attend with the softmax written out, in fp32."""
    scores = query @ key.transpose(2, 3) * query.shape[-1] ** -0.5
    weights = torch.softmax((scores if mask is None else scores + mask).float(), -1)
    return weights.to(value.dtype) @ value


def sdpa(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
    """Attend with the kernel that torch takes for the device and the mask."""
    return functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)


ATTENTION: Mapping[Attention, Attend] = {"eager": eager, "sdpa": sdpa}
