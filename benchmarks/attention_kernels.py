"""The ways to attend with an additive mask that engines are compared with; needs torch only.

Tests: tests/unit/benchmarks/test_bench_gpu.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from codegraph.embed.roberta import Attend, eager, sdpa


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
