"""Encoders: what is counted is what was encoded, and what is not there is named."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from benchmarks import encoders  # noqa: E402 (after the check that the models extra is installed)
from benchmarks.engine_model import random_encoder  # noqa: E402
from benchmarks.engines import flop, symbols  # noqa: E402
from codegraph.embed.encoder import RecordingEncoder  # noqa: E402
from codegraph.embed.roberta import Shape  # noqa: E402

SHAPE = Shape(vocabulary=600, positions=514, width=32, layers=2, heads=2, inner=64, epsilon=1e-5)


def test_a_table_has_tokens_and_no_flop():
    """Every function is encoded; nothing that a table does not do is claimed."""
    found = {figure.name: figure for figure in encoders.measure("codegraph-static", 32, "cpu")}
    tokens = sum(len(source.tokens) for source in symbols(32))
    rates = found["encoders.codegraph-static.tokens"], found["encoders.codegraph-static.symbols"]
    assert rates[0].value / rates[1].value == pytest.approx(tokens / 32)
    assert "encoders.codegraph-static.flop" not in found


def test_a_model_has_the_flop_of_its_layers():
    """As `benchmarks.engines` counts them; encoders without layers have none."""
    encoder = random_encoder(symbols(8), torch.device("cpu"), "fp32", SHAPE)
    lengths = np.array([8.0, 100.0])
    assert encoders.flop_of(encoder, lengths) == flop(encoder, lengths) > 0
    assert encoders.flop_of(RecordingEncoder(), lengths) == 0


def test_a_model_that_is_not_here_is_named(capsys):
    """The table goes on without it, and the reason is printed."""
    encoders.main(["--model", "no-such-model", "--symbols", "8", "--out", "-"])
    assert "encoders.no-such-model was not measured: no-such-model: " in capsys.readouterr().out
