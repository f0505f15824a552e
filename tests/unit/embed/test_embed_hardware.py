"""Devices and precisions: codegraph/embed/hardware.py."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from codegraph.embed import hardware  # noqa: E402 (after the check that the models extra is installed)
from codegraph.errors import EncoderError  # noqa: E402


def test_the_best_precision_follows_from_the_processor() -> None:
    """bf16 where an instruction multiplies it, int8 where only that is fast, else fp32."""
    assert hardware.best_of({"avx512f", "amx_bf16", "avx512_vnni"}) == "bf16"
    assert hardware.best_of({"avx512f", "avx512_bf16", "avx512_vnni"}) == "bf16"
    assert hardware.best_of({"avx512f", "avx512_vnni"}) == "int8"
    assert hardware.best_of({"avx2", "avx_vnni"}) == "int8"
    assert hardware.best_of({"avx2"}) == hardware.best_of(frozenset()) == "fp32"
    assert hardware.choose("auto", torch.device("cpu")) == hardware.best_of(hardware.processor_flags())


def test_a_wrong_device_or_precision_is_said() -> None:
    """An error with advice, not a silent fall back to the processor."""
    with pytest.raises(EncoderError, match=r"embedding\.device"):
        hardware.device_of("nonsense")
    with pytest.raises(EncoderError, match=r"embedding\.precision"):
        hardware.choose("fp8", torch.device("cpu"))
    with pytest.raises(EncoderError, match="processors only"):
        hardware.choose("int8", torch.device("cuda"))
    assert hardware.choose("fp32", torch.device("cuda")) == "fp32"
    if not torch.cuda.is_available():
        assert hardware.device_of("auto").type == "cpu"
        with pytest.raises(EncoderError, match="no GPU"):
            hardware.device_of("cuda:0")


@pytest.mark.gpu
def test_a_gpu_is_capped() -> None:
    """Beyond the share torch raises what the engine turns into MemoryError."""
    if not torch.cuda.is_available():
        pytest.skip("no GPU")
    device = torch.device("cuda:0")
    hardware.cap_memory(device, 0.01)
    try:
        with pytest.raises(torch.OutOfMemoryError):
            torch.empty(torch.cuda.get_device_properties(device).total_memory // 50, dtype=torch.uint8, device=device)
    finally:
        hardware.cap_memory(device, 1.0)


def test_a_gpu_always_has_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of torch refuse a device without one: the memory's cap is among them."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 3)
    assert str(hardware.device_of("cuda")) == "cuda:3"
    assert str(hardware.device_of("cuda:1")) == "cuda:1"


def test_attention_that_plans_for_each_shape_is_not_used_on_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """cuDNN's is switched off where the model runs on a GPU, and left alone elsewhere."""
    told: list[bool] = []
    monkeypatch.setattr(torch.backends.cuda, "enable_cudnn_sdp", told.append)
    hardware.settle(torch.device("cpu"))
    assert told == []
    hardware.settle(torch.device("cuda", 0))
    assert told == [False]


@pytest.mark.parametrize("words", ["could not create a primitive", "DefaultCPUAllocator: can't allocate memory: 9 GB"])
def test_short_memory_is_a_memory_error_on_a_processor_too(words: str) -> None:
    """So the batch is halved; any other error stays what it is."""
    with pytest.raises(MemoryError, match=words[:20]), hardware.memory_errors():
        raise RuntimeError(words)
    with pytest.raises(RuntimeError, match="shapes"), hardware.memory_errors():
        raise RuntimeError("shapes do not fit")
