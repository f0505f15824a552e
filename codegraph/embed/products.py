"""Matrix products with fixed weights, the bulk of a model's work; imported only where torch is.

On a processor oneDNN multiplies, with weights laid out for it once; what torch chooses by itself depends on the
processor's maker. bf16 and fp32 sum in fp32. int8 scales each weight row and each position by its own largest value,
so a vector does not depend on its neighbours in a batch. Where torch was told not to use oneDNN, or oneDNN does not do
a product right here, which is tried once, torch's own are taken.

Measured on one core of Zen 5 with avx512_bf16 and VNNI, random weights of RoBERTa-base's size. Against torch's own
products, functions a second (benchmarks/engines.py, the two in turns): fp32 4.2 -> 8.2, bf16 17.1 -> 18.6, int8 25.5 ->
23.1, the price of scaling by position. Against other runtimes, ms a function and the largest distance from fp32
(benchmarks/runtimes.py, other functions, on a busy machine):

    these                fp32  78          bf16 43  2e-5      int8 35    2e-4
    ONNX Runtime 1.31    fp32 101                             int8 39    2e-4
    OpenVINO 2026.4      fp32  79          bf16 42  8e-6      int8 25    2e-4

OpenVINO calibrates int8 beforehand, by a package that brings scipy and scikit-learn, so vectors would depend on what it
was calibrated with; bf16, the choice where it is fast, gains nothing by another runtime. So there is none.
Tests: tests/unit/embed/test_embed_products.py.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch.nn import functional

from codegraph.embed.hardware import Precision

Product = Callable[[torch.Tensor], torch.Tensor]

LEVELS = 127
"""int8 goes from -127 to 127; oneDNN takes it as bytes with 128 for zero."""
ZERO = 128
TRIED_SIZE = 64
"""Rows and columns of the product that is tried."""
TRIED_ERROR = 0.05
"""How far a tried product may be from the exact one, as a share of its largest number."""

_mkldnn: Any = torch.ops.mkldnn
_onednn: Any = torch.ops.onednn
_quantized: Any = torch.ops.quantized


def product(weight: torch.Tensor, bias: torch.Tensor, precision: Precision, *, gelu: bool = False) -> Product:
    """Return x -> x weight^T + bias, or gelu of it, for x (..., columns) on the weight's device.

    weight (rows, columns) and bias (rows,) are in the dtype of x; int8 takes x and weight in float32 or bfloat16.
    """
    if weight.device.type != "cpu":
        return _plain(weight, bias, gelu=gelu)
    if not torch.backends.mkldnn.enabled:
        return (_int8_of_torch if precision == "int8" else _plain)(weight, bias, gelu=gelu)
    if precision == "int8":
        make = _int8 if _works("int8", weight.dtype) else _int8_of_torch
        return make(weight, bias, gelu=gelu)
    return (_packed if _works("packed", weight.dtype) else _plain)(weight, bias, gelu=gelu)


def _plain(weight: torch.Tensor, bias: torch.Tensor, *, gelu: bool) -> Product:
    def run(states: torch.Tensor) -> torch.Tensor:
        return _finished(functional.linear(states, weight, bias), gelu=gelu)

    return run


def _packed(weight: torch.Tensor, bias: torch.Tensor, *, gelu: bool) -> Product:
    packed = _mkldnn._reorder_linear_weight(weight)  # noqa: SLF001  (an operator of torch, named so)
    after = "gelu" if gelu else "none"
    multiply = _mkldnn._linear_pointwise  # noqa: SLF001  (likewise)

    def run(states: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = multiply(states, packed, bias, after, [], "none")
        return found

    return run


def _int8(weight: torch.Tensor, bias: torch.Tensor, *, gelu: bool) -> Product:
    dtype, weight = weight.dtype, weight.float()
    scales = weight.abs().amax(1).clamp_(min=1e-12) / LEVELS
    packed = _onednn.qlinear_prepack(torch.round(weight / scales[:, None]).to(torch.int8), None)
    zeros = torch.zeros(len(scales), dtype=torch.int64)

    def run(states: torch.Tensor) -> torch.Tensor:
        exact = states.float()
        largest = exact.abs().amax(-1, keepdim=True).clamp_(min=1e-12)
        levels = (exact * (LEVELS / largest)).round_().to(torch.int8).view(torch.uint8).bitwise_xor_(ZERO)
        found = _onednn.qlinear_pointwise(levels, 1.0, ZERO, packed, scales, zeros, None, 1.0, 0, dtype, "none", [], "")
        return _finished(torch.addcmul(bias, found, (largest / LEVELS).to(dtype)), gelu=gelu)

    return run


def _int8_of_torch(weight: torch.Tensor, bias: torch.Tensor, *, gelu: bool) -> Product:
    dtype, weight = weight.dtype, weight.float()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch calls quantised tensors deprecated
        scales = weight.abs().amax(1).clamp(min=1e-12).double() / LEVELS
        rows = torch.quantize_per_channel(weight, scales, torch.zeros(len(scales), dtype=torch.int64), 0, torch.qint8)
        packed = _quantized.linear_prepack(rows, bias.float())

    def run(states: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = _quantized.linear_dynamic(states.float(), packed)
        return _finished(found.to(dtype), gelu=gelu)

    return run


def _finished(found: torch.Tensor, *, gelu: bool) -> torch.Tensor:
    return functional.gelu(found) if gelu else found


@cache
def _works(way: str, dtype: torch.dtype) -> bool:
    """Try a product once: whether oneDNN can do it here, and does it right."""
    generator = torch.Generator().manual_seed(1)
    weight, states = (torch.randn(TRIED_SIZE, TRIED_SIZE, generator=generator).to(dtype) for _ in range(2))
    exact = functional.gelu(functional.linear(states.float(), weight.float()))
    try:
        run = (_int8 if way == "int8" else _packed)(weight, torch.zeros(TRIED_SIZE, dtype=dtype), gelu=True)
        off = (run(states[None])[0].float() - exact).abs().max()
    except (RuntimeError, AttributeError):  # no such operator, or none for this processor
        return False
    return bool(off < TRIED_ERROR * exact.abs().max())
