"""A model of RoBERTa-base's size with random weights, and the kernels that engines are compared with.

Tests: tests/unit/benchmarks/test_bench_engines.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import torch
from tokenizers import ByteLevelBPETokenizer
from torch.nn.attention import SDPBackend, sdpa_kernel

from codegraph.embed.checkpoint import wanted
from codegraph.embed.graphcodebert import GraphCodeBertEncoder
from codegraph.embed.hardware import Precision
from codegraph.embed.registry import ModelSpec
from codegraph.embed.render import EncoderInput
from codegraph.embed.roberta import Attend, Roberta, Shape, eager, sdpa
from codegraph.embed.segments import Vocabulary
from codegraph.embed.subwords import Subwords

BASE = Shape(vocabulary=50_265, positions=514, width=768, layers=12, heads=12, inner=3_072, epsilon=1e-5)
LEARNED_TOKENS = 16_384
SPREAD = 0.02
SEED = 7
_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def random_encoder(
    sources: Sequence[EncoderInput], device: torch.device, precision: Precision, shape: Shape = BASE
) -> GraphCodeBertEncoder:
    """Build GraphCodeBERT with random weights and a tokenizer that learned from `sources`; always the same one."""
    tokenizer = ByteLevelBPETokenizer()
    texts = (" ".join((source.docstring, *source.tokens)) for source in sources)
    tokenizer.train_from_iterator(
        texts, min(LEARNED_TOKENS, shape.vocabulary), 2, show_progress=False, special_tokens=_SPECIAL
    )
    subwords = Subwords(tokenizer._tokenizer, Vocabulary())  # noqa: SLF001 (the class has no other way to its core)
    model = Roberta(shape, _state(shape), device, precision)
    spec = ModelSpec(name="random", engine="graphcodebert", prose_tokens=0, windows=1)
    return GraphCodeBertEncoder(spec, b"\0" * 16, model, subwords)


def _state(shape: Shape) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(SEED)
    state = {}
    for name, size in wanted(shape).items():
        sizes = [1 if length is None else length for length in size]
        if "LayerNorm.weight" in name:
            state[name] = torch.ones(sizes)
        elif name.endswith(".bias"):
            state[name] = torch.zeros(sizes)
        else:
            state[name] = torch.randn(sizes, generator=generator) * SPREAD
    return state


def kernels(device: str) -> Iterator[tuple[str, Attend]]:
    """Name the ways to attend that could take an additive mask on a device."""
    yield "eager", eager
    yield "sdpa", sdpa
    if device.startswith("cuda"):
        yield "sdpa_efficient", _with(SDPBackend.EFFICIENT_ATTENTION)
        yield "sdpa_cudnn", _with(SDPBackend.CUDNN_ATTENTION)
        yield "flex", _flex


def _with(backend: SDPBackend) -> Attend:
    def attend(query: Any, key: Any, value: Any, mask: Any) -> torch.Tensor:
        with sdpa_kernel(backend):
            return sdpa(query, key, value, mask)

    return attend


@cache
def _compiled() -> Any:
    from torch.nn.attention.flex_attention import flex_attention

    return torch.compile(flex_attention, dynamic=True)


def _flex(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
    """Attend with the mask read inside a compiled kernel."""
    if mask is None:
        return sdpa(query, key, value, None)
    rows = mask[:, 0].expand(-1, query.shape[2], -1)

    def added(score: Any, batch: Any, _head: Any, row: Any, column: Any) -> Any:
        return score + rows[batch, row, column]

    found: torch.Tensor = _compiled()(query, key, value, score_mod=added)
    return found
