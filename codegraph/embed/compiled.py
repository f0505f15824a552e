"""A model's layers compiled for a few shapes; imported only where torch is.

A compiled program is made for one shape, and making it takes seconds to minutes, so batches are padded to *buckets*:
widths of `WIDTHS` positions, and 1, 2, 3, 4, 6, 8, 12, ... rows, of which at most a third pad. Those are cut off again,
and nothing else can see them.

    off       torch's own operators, one after another
    fused     torch.compile of one layer, which all of them run, so that a bucket costs a twelfth of the time to make:
              norms, additions and activations are joined, matrix products are the same
    graphs    torch.compile of all layers, and on a GPU each bucket is recorded as a CUDA graph and played back with one
              launch; weights are marked as what they are, unmoving, or each graph would keep a copy of them

Off is the default: what the others are worth on a GPU has not been measured (`python -m benchmarks.engines --device
cuda` does); on a processor with a C++ compiler they give equal vectors up to rounding and make batches no faster. Where
compiling fails (no compiler, an operator it does not know) a warning says so and the layers run as with `off`.
Tests: tests/unit/embed/test_embed_compiled.py.
"""

from __future__ import annotations

import logging
import warnings
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar, get_args

import torch
from torch.nn import functional

from codegraph.embed.batching import padded

logger = logging.getLogger(__name__)

Compile = Literal["off", "fused", "graphs"]
Through = Callable[[torch.Tensor, torch.Tensor | None], torch.Tensor]
"""(B, W, width) and an additive mask (B, 1, W or 1, W) or None -> (B, W, width)."""
Layer = TypeVar("Layer")
Each = Callable[[Layer, torch.Tensor, torch.Tensor | None], torch.Tensor]
"""The same through one layer."""

WIDTHS = (32, 64, 96, 128, 192, 256, 384, 512)
MODES = get_args(Compile)
_PROGRAMS = 256
"""How many programs torch may keep for one function; beyond it would quietly stop to compile."""


def bucket_width(length: int) -> int:
    """Return the width for sequences of this length; beyond the last bucket a multiple of the usual step."""
    at = bisect_left(WIDTHS, length)
    return WIDTHS[at] if at < len(WIDTHS) else padded(length)


def bucket_rows(count: int) -> int:
    """Return the least number of the form 2^n or 3 * 2^n that is not smaller."""
    power = 1 << max(count - 1, 0).bit_length()
    return power // 4 * 3 if power >= 4 and count <= power // 4 * 3 else power


def compiled(
    each: Each[Layer], layers: Sequence[Layer], mode: Compile, make: Callable[..., Any] = torch.compile
) -> Through:
    """Return the way through all layers, compiled for each bucket when it first comes; `make` is torch.compile."""
    through = in_a_row(each, layers)
    if mode == "off":
        return through
    if mode == "graphs":
        return _Compiled(through, lambda: make(through, dynamic=False, mode="reduce-overhead")).run
    return _Compiled(through, lambda: in_a_row(make(each, dynamic=False, mode="default"), layers)).run


def in_a_row(each: Each[Layer], layers: Sequence[Layer]) -> Through:
    """Return the way through all layers, one after another."""

    def through(states: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        for layer in layers:
            states = each(layer, states, mask)
        return states

    return through


def unmoving(weight: torch.Tensor) -> torch.Tensor:
    """Tell torch's compiler that a tensor stays where it is, so that no graph copies it; return the tensor."""
    torch._dynamo.mark_static_address(weight)  # noqa: SLF001 (that is its documented place)
    return weight


class _Compiled:
    """Layers and what was compiled of them."""

    def __init__(self, through: Through, make: Callable[[], Through]) -> None:
        self._through = through
        self._make = make
        self._program: Through | None = None
        self._shapes: set[tuple[torch.Size, torch.Size | None]] = set()
        self._failed = False

    def run(self, states: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        """Pad to a bucket and run its program."""
        if self._failed:
            return self._through(states, mask)
        rows = len(states)
        more = bucket_rows(rows) - rows
        wide = functional.pad(states, (0, 0, 0, 0, 0, more))
        covered = None if mask is None else functional.pad(mask, (0, 0, 0, 0, 0, 0, 0, more))
        try:
            return self._ran(wide, covered)[:rows]
        except torch.OutOfMemoryError:
            raise
        except Exception as error:
            logger.warning("the layers cannot be compiled here, and run as they are: %s", error)
            self._failed = True
            return self._through(states, mask)

    def _ran(self, states: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        shape = (states.shape, None if mask is None else mask.shape)
        if self._program is not None and shape in self._shapes:
            return self._program(states, mask)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's compiler warns of torch's own old parts
            if self._program is None:
                torch._dynamo.config.recompile_limit = _PROGRAMS  # noqa: SLF001 (that is its documented place)
                self._program = self._make()
            self._shapes.add(shape)
            return self._program(states, mask)
