"""Runtimes: the same vectors by every runtime that is installed, and a word about the others."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from benchmarks import runtimes  # noqa: E402 (after the check that the models extra is installed)
from benchmarks.engine_model import random_encoder  # noqa: E402
from benchmarks.engines import symbols  # noqa: E402
from codegraph.embed.roberta import Shape  # noqa: E402

SHAPE = Shape(vocabulary=600, positions=514, width=32, layers=2, heads=2, inner=64, epsilon=1e-5)


def test_torch_is_compared_in_every_precision(capsys, monkeypatch):
    """Without other runtimes the table has torch's rows, and says which ones are left out and why."""
    monkeypatch.setattr(runtimes, "NEEDS", dict.fromkeys(runtimes.NEEDS, ("no_such_package",)))
    names = [figure.name for figure in runtimes.compare(symbols(16), 1, SHAPE)]
    assert names == ["runtimes.torch.fp32", "runtimes.torch.bf16", "runtimes.torch.int8"]
    assert capsys.readouterr().err.count("no_such_package not installed") == len(runtimes.NEEDS)


def test_what_is_recorded_gives_the_same_states():
    """The arrays that a runtime is given are all that the layers need."""
    encoder = random_encoder(symbols(16), torch.device("cpu"), "fp32", SHAPE)
    usual = encoder.model.through
    first = runtimes.recorded(encoder, symbols(16), 1)[0]
    assert encoder.model.through == usual
    size, width, _ = first["states"].shape
    assert first["mask"].shape == (size, 1, width, width)
    found = usual(*(torch.from_numpy(first[name]) for name in ("states", "mask")))
    assert bool(torch.isfinite(found).all())
    assert not torch.equal(found, torch.from_numpy(first["states"]))


def test_other_layers_are_put_back():
    """Whatever happens while another runtime is in use, the encoder has its own layers afterwards."""
    encoder = random_encoder(symbols(4), torch.device("cpu"), "fp32", SHAPE)
    usual = encoder.model.through

    def fail(*_arrays):
        raise RuntimeError

    inputs = symbols(4)
    with runtimes.layers(encoder, fail), pytest.raises(RuntimeError):
        encoder.encode(inputs)
    assert encoder.model.through == usual
