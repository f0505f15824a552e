"""The comparison of ways to run the layers: it works without a GPU, and needs torch and numpy alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from benchmarks import gpu, gpu_runner  # noqa: E402 (after the check that the models extra is installed)
from benchmarks.gpu_model import LIMIT, TINY, drawn, weights  # noqa: E402
from codegraph.embed.checkpoint import wanted  # noqa: E402
from codegraph.embed.collate import Batch, collate  # noqa: E402
from codegraph.embed.compiled import WIDTHS  # noqa: E402
from codegraph.embed.pooled import PooledRoberta  # noqa: E402
from codegraph.embed.roberta import DeviceBatch, Roberta  # noqa: E402
from codegraph.embed.segments import Vocabulary  # noqa: E402

ALONE = """
import sys
for name in "msgspec tokenizers zstandard safetensors transformers tree_sitter psutil immutables".split():
    sys.modules[name] = None
import benchmarks.gpu
"""


def test_segments_are_drawn_as_functions_are() -> None:
    """Lengths, nodes and cut spans are those of real code, and always the same."""
    features = drawn(4_000, TINY.vocabulary)
    nodes = int(features.node_starts[-1])
    assert 100 < features.lengths.mean() < 128
    assert features.lengths.max() <= LIMIT
    assert 0.12 < nodes / features.lengths.sum() < 0.2
    assert (features.spans[:, 0] == LIMIT).any()
    assert np.array_equal(features.ids, drawn(4_000, TINY.vocabulary).ids)
    assert (features.edges < np.repeat(np.diff(features.node_starts), np.diff(features.edge_starts))[:, None]).all()


def test_weights_are_those_that_a_checkpoint_must_have() -> None:
    """The same names and sizes, so the layers are the real ones."""
    state = weights(TINY)
    for name, sizes in wanted(TINY).items():
        assert all(size in (None, had) for size, had in zip(sizes, state[name].shape, strict=True)), name


def test_batches_cover_all_segments_and_keep_to_the_budget() -> None:
    """Each segment once, and no batch of more padded tokens, but for one of a single segment."""
    features = drawn(300, TINY.vocabulary)
    batches = gpu_runner.batches_of(features, 1_024)
    assert sorted(place for batch in batches for place in batch) == list(range(300))
    assert all(len(batch) * features.lengths[batch].max() <= 1_024 for batch in batches)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Threads of a busy machine wait for one another."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_every_way_of_a_processor_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All ways give equal vectors, and the table and the JSON have a row for each."""
    assert gpu.main(["--device", "cpu", "--quick", "--threads", "1", "--out", str(tmp_path / "report.json")]) == 0
    report = json.loads((tmp_path / "report.json").read_text())
    assert [row["way"] for row in report["ways"]] == [
        way.name for way in gpu.ways(torch.device("cpu"), compiling=False)
    ]
    assert all(row["equal"] and row["symbols_per_second"] > 0 for row in report["ways"])
    assert "symbols/s" in capsys.readouterr().out


def test_a_way_that_fails_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not run here is named with its reason, and the others are measured."""
    plan = gpu_runner.Plan(TINY, 48, (256,), 0.01, 0.1, 1, 32)

    ways = [gpu_runner.Way("fp32", "eager"), gpu_runner.Way("fp32", "none"), gpu_runner.Way("bf16", "sdpa", "fused")]
    monkeypatch.setattr(gpu, "ways", lambda *_, **__: ways[: 2 if _ else 1])
    report = gpu.run(plan, torch.device("cpu"), float("inf"), compiling=False)
    assert report["ways"][0]["equal"]
    assert "none" in report["ways"][1]["failed"]
    assert "FAILED" in gpu.table(report)
    assert gpu.run(plan, torch.device("cpu"), float("inf"), compiling=False, only=["fp32 none"])["ways"][1:] == []
    late = gpu.run(plan, torch.device("cpu"), 0.0, compiling=False)
    assert late["left_out"] == ["fp32 eager", "fp32 none"]


def test_what_is_there_is_kept_whatever_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is killed leaves the ways that were done, and no part takes another one with it."""
    plan = gpu_runner.Plan(TINY, 48, (256,), 0.01, 0.1, 1, 32)
    monkeypatch.setattr(gpu, "ways", lambda *_, **__: [gpu_runner.Way("bf16", "sdpa"), gpu_runner.Way("fp32", "sdpa")])
    monkeypatch.setattr(gpu, "_sized", lambda *_: 1 / 0)
    monkeypatch.setattr(gpu, "peak", lambda *_: 1 / 0)
    kept: list[tuple[int, int, list[str]]] = []
    report = gpu.run(
        plan,
        torch.device("cpu"),
        float("inf"),
        compiling=False,
        keep=lambda report: kept.append((len(report["ways"]), len(report["beside"]), list(report["left_out"]))),
    )
    assert kept == [(0, 2, ["bf16 sdpa", "fp32 sdpa"]), (1, 4, ["fp32 sdpa"]), (2, 4, [])]
    assert [row["why"][:17] for row in report["beside"]] == ["ZeroDivisionError"] * 4
    assert all(row["equal"] for row in report["ways"])
    assert "ZeroDivisionError" in gpu.table(report)


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_layers_keep_to_one_device(pooling: str) -> None:
    """No tensor of the processor is mixed with those of the model's device, which on a GPU would be an error."""
    device = torch.device("meta")
    features = drawn(8, TINY.vocabulary)
    batch = collate(features, np.arange(8), LIMIT)
    layers = Roberta(TINY, weights(TINY), device, "bf16")
    head = None if pooling == "mean" else (torch.zeros(TINY.width, TINY.width), torch.zeros(TINY.width))
    pooled = PooledRoberta("tiny", layers, Vocabulary(), pooling, head)
    arrays = {field.name: torch.from_numpy(getattr(batch, field.name)).to(device) for field in fields(Batch)}
    with torch.inference_mode():
        uploaded = DeviceBatch(**arrays)
        rows = pooled._pool(layers.states(uploaded, Vocabulary()), uploaded)
    assert (rows.device, rows.dtype, tuple(rows.shape)) == (device, torch.float32, (8, TINY.width))


def test_compiled_ways_come_with_a_gpu() -> None:
    """On a GPU every kernel and every way to compile is tried; widths that a compiled way pads to fit the limit."""
    names = [way.name for way in gpu.ways(torch.device("cuda:0"), compiling=True)]
    assert {"bf16 sdpa fused", "bf16 sdpa graphs", "bf16 flex", "bf16 sdpa_cudnn", "bf16 sdpa_efficient"} <= set(names)
    assert WIDTHS[-1] == LIMIT


def test_torch_and_numpy_are_enough() -> None:
    """A machine that has nothing else can run it."""
    subprocess.run([sys.executable, "-c", ALONE], check=True, timeout=120)
