"""Where a model runs, and in which precision; imported only where torch is.

`choose` takes the fastest precision whose vectors stay true:

    GPU with bf16                                     bf16
    processor with amx_bf16, or with avx512_bf16      bf16
    processor with VNNI and neither                   int8, weights per row and activations per product
    any other                                         fp32

The products are in `embed/products.py`, with what was measured. How much int8 loses with trained weights is unknown,
so where bf16 is fast int8 is left to the user. With AMX bf16 beats int8 in batches. The three precisions share one
identity: their vectors differ by rounding only.
Tests: tests/unit/embed/test_embed_hardware.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, get_args

import numpy.typing as npt
import torch

from codegraph.errors import EncoderError

Precision = Literal["fp32", "bf16", "int8"]

FAST_BF16 = frozenset({"amx_bf16", "avx512_bf16"})
FAST_INT8 = frozenset({"avx512_vnni", "avx_vnni"})


def device_of(name: str) -> torch.device:
    """Return the device that a setting names; raises EncoderError if it is not there."""
    if name == "auto":
        return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(name)
    except RuntimeError as error:
        raise EncoderError(f"embedding.device = {name!r} is no device", "use cpu, cuda, cuda:N or auto") from error
    if chosen.type == "cuda":
        if not torch.cuda.is_available():
            raise EncoderError(f"embedding.device = {name!r}, but torch sees no GPU", "use auto or cpu")
        if ":" not in name:  # part of torch takes no device without a number
            return torch.device("cuda", torch.cuda.current_device())
    return chosen


def choose(name: str, device: torch.device) -> Precision:
    """Return the precision that a setting names, the best one for `auto`; raises EncoderError."""
    if name in get_args(Precision):
        if name == "int8" and device.type != "cpu":
            raise EncoderError("embedding.precision = 'int8' is for processors only", "use auto, bf16 or fp32")
        return name  # type: ignore[return-value]  # one of the literals, as was just tested
    if name != "auto":
        raise EncoderError(f"embedding.precision = {name!r} is no precision", "use auto, fp32, bf16 or int8")
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported() else "fp32"
    return best_of(processor_flags())


def best_of(flags: Set[str]) -> Precision:
    """Return the best precision of a processor with these flags, as Linux names them."""
    if flags & FAST_BF16:
        return "bf16"
    return "int8" if flags & FAST_INT8 else "fp32"


def processor_flags() -> frozenset[str]:
    """Return what this machine's processor can do; nothing where the system does not say."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return frozenset()
    lines = (line for line in text.splitlines() if line.startswith("flags"))
    return frozenset(next(lines, "").partition(":")[2].split())


def settle(device: torch.device) -> None:
    """Keep torch from what is slow for batches of ever new shapes: cuDNN's attention, which it prefers on Hopper.

    cuDNN makes a plan for each shape that it has not seen, which takes longer than the batch. The other kernels
    that take a mask have none to make.
    """
    if device.type == "cuda":
        torch.backends.cuda.enable_cudnn_sdp(False)


_SHORT_OF_MEMORY = ("can't allocate memory", "could not create a primitive", "could not create a memory", "bad_alloc")
"""What torch, oneDNN and the C++ library say on a processor."""


def cap_memory(device: torch.device, share: float) -> None:
    """Let this process have at most `share` of a GPU's memory; beyond that torch raises OutOfMemoryError."""
    if device.type == "cuda":
        torch.cuda.set_per_process_memory_fraction(share, device)


def upload(numbers: npt.NDArray[Any], device: torch.device) -> torch.Tensor:
    """Bring an array to the device; a GPU gets it from pinned memory, beside what it is computing."""
    tensor = torch.from_numpy(numbers)
    return tensor if device.type == "cpu" else tensor.pin_memory().to(device, non_blocking=True)


def download(rows: torch.Tensor) -> tuple[torch.Tensor, Callable[[], None]]:
    """Start to bring rows back; the second result waits until they are there, and for nothing that came after them."""
    if rows.device.type == "cpu":
        return rows, lambda: None
    host = torch.empty(rows.shape, dtype=rows.dtype, pin_memory=True)
    host.copy_(rows, non_blocking=True)
    stream = torch.cuda.current_stream(rows.device)
    return host, stream.record_event().synchronize


@contextmanager
def memory_errors() -> Iterator[None]:
    """Raise MemoryError for what torch raises when memory is short on any device."""
    try:
        yield
    except RuntimeError as error:
        if isinstance(error, torch.OutOfMemoryError):
            torch.cuda.empty_cache()
        elif not any(words in str(error) for words in _SHORT_OF_MEMORY):
            raise
        raise MemoryError(str(error)) from error
