"""Engines: what is measured is what was computed, on a small model here."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from benchmarks import engines  # noqa: E402 (after the check that the models extra is installed)
from benchmarks.attention_kernels import kernels  # noqa: E402
from benchmarks.engine_model import random_encoder  # noqa: E402
from codegraph.embed.roberta import Shape  # noqa: E402

SHAPE = Shape(vocabulary=600, positions=514, width=32, layers=2, heads=2, inner=64, epsilon=1e-5)


@pytest.fixture(scope="module")
def inputs():
    return engines.symbols(24)


@pytest.fixture(scope="module")
def encoder(inputs):
    return random_encoder(inputs, torch.device("cpu"), "fp32", SHAPE)


def test_functions_come_with_their_data_flow(inputs):
    """The same ones every time, as many as asked for."""
    assert [source.name for source in engines.symbols(24)] == [source.name for source in inputs]
    assert sum(bool(source.data_flow) for source in inputs) > 12


def test_throughput_counts_every_symbol_and_no_padding(inputs, encoder):
    """All symbols come back, and the share of the peak follows from the FLOP of real positions."""
    found = {figure.name: figure for figure in engines.throughput("e", encoder, inputs, 1e9)}
    lengths = np.array(encoder.prepare(inputs).lengths)
    assert found["e.tokens"].value / found["e.symbols"].value == pytest.approx(lengths.mean())
    flop = sum(2 * length * 2 * (4 * 32**2 + 2 * 32 * 64) + 4 * 2 * 32 * length**2 for length in lengths.tolist())
    assert engines.flop(encoder, lengths) == pytest.approx(flop)
    assert found["e.of_peak"].value == pytest.approx(100 * found["e.flop"].ratio)
    assert 0 <= found["e.padding"].value < 60


def test_base_costs_what_is_published():
    """170 MFLOP a token and 37 kFLOP a pair of tokens: RoBERTa-base."""
    base = type("Encoder", (), {"model": type("Model", (), {"shape": engines.random_encoder.__defaults__[0]})})
    assert engines.flop(base, np.array([128.0])) == pytest.approx(22.3e9, rel=0.01)


def test_every_way_to_batch_and_to_attend_is_compared(inputs, encoder):
    """Batches are bounded by padded tokens and hold every symbol once; kernels agree."""
    lengths = encoder.prepare(inputs).lengths
    order = sorted(range(len(lengths)), key=lambda at: -lengths[at])
    batches = engines.budgeted(order, lengths, 512)
    assert [at for batch in batches for at in batch] == order
    assert len(engines.batching("e", encoder, inputs)) == 3 + len(engines.BUDGETS["cpu"])
    assert [figure.name for figure in engines.attending("e", encoder, inputs)] == [
        f"e.attention.{name}" for name, _ in kernels("cpu")
    ]
    assert engines.closeness("e", encoder, encoder, inputs[:4]).value == pytest.approx(0, abs=1e-6)
