"""Claim: no other runtime earns its place beside torch on this processor.

    python -m benchmarks.runtimes --threads 1      # with onnx and onnxruntime, openvino, nncf; what is missing is said

The layers of the model of `benchmarks.engines`, random weights of RoBERTa-base's size, run in torch as the engine runs
them (fp32, bf16, int8), in ONNX Runtime (fp32, dynamic int8) and in OpenVINO (fp32, bf16, static int8 calibrated on
functions that are not measured). Embeddings, the data-flow mask and pooling are the engine's own each time, batches are
the same, so a row differs from its neighbours by the layers only. Beside the time stands the largest distance to fp32.
One round warms up; the best of the others counts. With one thread the time is the process's own, which other programs
cannot spoil. Tests: tests/unit/benchmarks/test_bench_runtimes.py.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import numpy as np
import torch

from benchmarks.engine_model import random_encoder
from benchmarks.engines import SYMBOLS, _clock, budgeted, symbols
from benchmarks.figures import Figure, table
from benchmarks.gpu_model import BASE
from benchmarks.machine import RESULTS, gathered, load, now, this_machine, write_report
from codegraph.embed.encoder import FloatArray
from codegraph.embed.graphcodebert import GraphCodeBertEncoder
from codegraph.embed.hardware import Precision
from codegraph.embed.render import EncoderInput
from codegraph.embed.roberta import Shape

BUDGET = 2_048
ROUNDS = 3
CALIBRATION_BATCHES = 8
CPU = torch.device("cpu")
Layers = Callable[[torch.Tensor, "torch.Tensor | None"], torch.Tensor]
Arrays = dict[str, FloatArray]
NEEDS = {"onnx": ("onnx", "onnxruntime"), "openvino": ("openvino",), "openvino.int8": ("openvino", "nncf")}


class Module(torch.nn.Module):
    """The layers, as what converters take."""

    def __init__(self, through: Layers) -> None:
        super().__init__()
        self._through = through

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Run the layers."""
        return self._through(states, mask)


def arrays_of(states: torch.Tensor, mask: torch.Tensor | None) -> Arrays:
    """Return what a runtime is given: states (B, W, width) and a whole mask (B, 1, W, W)."""
    size, width, _ = states.shape
    whole = torch.zeros(()) if mask is None else mask
    return {"states": states.numpy(), "mask": whole.expand(size, 1, width, width).contiguous().numpy()}


def onnx_layers(through: Layers, shape: Shape, folder: Path, threads: int, *, int8: bool) -> Layers:
    """Convert to ONNX; `int8` quantises weights once and activations as they come."""
    import onnxruntime
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    path = folder / "layers.onnx"
    axes = {0: "batch", 1: "width"}
    torch.onnx.export(
        Module(through),
        (torch.zeros(2, 8, shape.width), torch.zeros(2, 1, 8, 8)),
        str(path),
        dynamo=False,
        input_names=["states", "mask"],
        output_names=["found"],
        dynamic_axes={"states": axes, "mask": {0: "batch", 2: "width", 3: "width"}, "found": axes},
    )
    if int8:
        quant_pre_process(str(path), str(folder / "whole.onnx"), skip_symbolic_shape=True)
        path = folder / "whole.onnx"
        quantize_dynamic(str(path), str(folder / "int8.onnx"), weight_type=QuantType.QInt8, per_channel=True)
        path = folder / "int8.onnx"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(states: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        return torch.from_numpy(session.run(None, arrays_of(states, mask))[0])

    return run


def openvino_layers(
    through: Layers, shape: Shape, threads: int, precision: str, calibration: Sequence[Arrays] = ()
) -> Layers:
    """Convert to OpenVINO; `precision` is f32 or bf16; with `calibration` products are int8."""
    import openvino

    example = {"states": torch.zeros(2, 8, shape.width), "mask": torch.zeros(2, 1, 8, 8)}
    sizes = [("states", [-1, -1, shape.width]), ("mask", [-1, 1, -1, -1])]
    model = openvino.convert_model(Module(through), example_input=example, input=sizes)
    if calibration:
        import nncf

        data = nncf.Dataset(list(calibration))
        model = nncf.quantize(model, data, model_type=nncf.ModelType.TRANSFORMER, subset_size=len(calibration))
    options = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": str(threads)}
    compiled = openvino.Core().compile_model(model, "CPU", options)

    def run(states: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        return torch.from_numpy(np.array(compiled(arrays_of(states, mask))[0]))

    return run


def recorded(encoder: GraphCodeBertEncoder, inputs: Sequence[EncoderInput], count: int) -> list[Arrays]:
    """Return what the layers are given for the first batches of some inputs."""
    found: list[Arrays] = []
    usual = encoder.model.through

    def through(states: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        found.append(arrays_of(states, mask))
        return usual(states, mask)

    with layers(encoder, through):
        for batch in _batches(encoder, inputs)[:count]:
            encoder.start(encoder.prepare(inputs), batch)()
    return found


@contextmanager
def layers(encoder: GraphCodeBertEncoder, through: Layers) -> Iterator[None]:
    """Let an encoder use other layers for a while."""
    usual = encoder.model.through
    setattr(encoder.model, "through", through)  # noqa: B010  (this object's only, not its class's)
    try:
        yield
    finally:
        setattr(encoder.model, "through", usual)  # noqa: B010  (put back)


def ways(
    encoder: GraphCodeBertEncoder, calibration: Sequence[EncoderInput], folder: Path, threads: int
) -> Iterator[tuple[str, Callable[[], Layers]]]:
    """Name the runtimes that are installed, with what makes each one's layers from those of `encoder`.

    `encoder` is in fp32 and has products of torch's own, since converters know no others.
    """
    usual, shape = encoder.model.through, encoder.model.shape
    if _installed("onnx"):
        yield "onnx.fp32", lambda: onnx_layers(usual, shape, folder, threads, int8=False)
        yield "onnx.int8", lambda: onnx_layers(usual, shape, folder, threads, int8=True)
    if _installed("openvino"):
        yield "openvino.fp32", lambda: openvino_layers(usual, shape, threads, "f32")
        yield "openvino.bf16", lambda: openvino_layers(usual, shape, threads, "bf16")
    if _installed("openvino.int8"):
        data = recorded(encoder, calibration, CALIBRATION_BATCHES)
        yield "openvino.int8", lambda: openvino_layers(usual, shape, threads, "f32", data)
        yield "openvino.int8_bf16", lambda: openvino_layers(usual, shape, threads, "bf16", data)


def _installed(way: str) -> bool:
    missing = [name for name in NEEDS[way] if importlib.util.find_spec(name) is None]
    if missing:
        print(f"{way} is left out: {', '.join(missing)} not installed", file=sys.stderr)
    return not missing


def _batches(encoder: GraphCodeBertEncoder, inputs: Sequence[EncoderInput]) -> list[Sequence[int]]:
    lengths = encoder.prepare(inputs).lengths
    return budgeted(sorted(range(len(inputs)), key=lambda at: -lengths[at]), lengths, BUDGET)


def measure(name: str, encoder: GraphCodeBertEncoder, inputs: Sequence[EncoderInput], exact: FloatArray) -> Figure:
    """Return the ms per symbol of the best round, with the largest distance to `exact`."""
    prepared, batches = encoder.prepare(inputs), _batches(encoder, inputs)
    clock = _clock(CPU)
    best, rows = float("inf"), np.zeros_like(exact)
    for _ in range(ROUNDS):
        began = clock()
        for batch in batches:
            rows[list(batch)] = encoder.start(prepared, batch)()
        best = min(best, clock() - began)
    distance = 1 - float((rows * exact).sum(1).min()) if len(exact) else 0.0
    return Figure(
        name=f"runtimes.{name}",
        value=1e3 * best / len(inputs),
        unit="ms/symbol",
        note=f"1 - cosine with fp32 at most {distance:.1e}",
    )


def compare(inputs: Sequence[EncoderInput], threads: int, shape: Shape = BASE) -> list[Figure]:
    """Measure torch in its three precisions, then every other runtime that is installed."""
    torch.set_num_threads(threads)
    half = len(inputs) // 2
    calibration, measured = inputs[:half], inputs[half:]
    exact = random_encoder(inputs, CPU, "fp32", shape).encode(measured)
    figures = []
    for precision in get_args(Precision):
        figures.append(measure(f"torch.{precision}", random_encoder(inputs, CPU, precision, shape), measured, exact))
    plain = _plain(inputs, shape)
    with tempfile.TemporaryDirectory() as folder:
        for name, make in ways(plain, calibration, Path(folder), threads):
            with layers(plain, make()):
                figures.append(measure(name, plain, measured, exact))
    return figures


def _plain(inputs: Sequence[EncoderInput], shape: Shape) -> GraphCodeBertEncoder:
    usual = torch.backends.mkldnn.enabled
    setattr(torch.backends.mkldnn, "enabled", False)  # noqa: B010  (torch declares the property by its class)
    try:
        return random_encoder(inputs, CPU, "fp32", shape)
    finally:
        setattr(torch.backends.mkldnn, "enabled", usual)  # noqa: B010  (likewise)


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare, print the table, write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.runtimes")
    parser.add_argument("--symbols", type=int, default=SYMBOLS["cpu"], help="half of them calibrate")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, help="where the report goes; - for nowhere")
    chosen = parser.parse_args(arguments)
    began = now(), load()
    figures = compare(symbols(chosen.symbols), chosen.threads)
    print(table(figures))
    versions = {name: _version(name) for name in ("torch", "onnxruntime", "openvino", "nncf")}
    report = gathered(began, {"model": "random, the size of RoBERTa-base"}, figures, {}, versions)
    path = chosen.out or RESULTS / this_machine().slug / "runtimes.json"
    if str(path) != "-":
        write_report(report, path)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


if __name__ == "__main__":
    main()
