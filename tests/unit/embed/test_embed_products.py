"""Matrix products of the three precisions: codegraph/embed/products.py."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402 (after the check that the models extra is installed)

from codegraph.embed import products  # noqa: E402
from codegraph.embed.products import product  # noqa: E402

LARGEST = {"fp32": 1e-5, "bf16": 0.02, "int8": 0.05}
"""Errors as a share of the largest number of a column."""


@pytest.fixture(params=[True, False], ids=["onednn", "torch"])
def onednn(request, monkeypatch):
    """Both ways to multiply, whichever this processor would take."""
    monkeypatch.setattr(torch.backends.mkldnn, "enabled", request.param)


def _case(dtype):
    generator = torch.Generator().manual_seed(1)
    weight, bias, states = (torch.randn(*size, generator=generator) for size in ((24, 64), (24,), (3, 9, 64)))
    weight[3] *= 1000
    return weight.to(dtype), bias.to(dtype), states.to(dtype)


@pytest.mark.usefixtures("onednn")
@pytest.mark.parametrize("gelu", [False, True])
@pytest.mark.parametrize("precision", list(LARGEST))
def test_a_product_is_close_to_the_exact_one(precision, gelu) -> None:
    """Weights are scaled row by row, so that a large row costs a small one nothing; gelu comes last."""
    weight, bias, states = _case(torch.bfloat16 if precision == "bf16" else torch.float32)
    exact = functional.linear(states.float(), weight.float(), bias.float())
    exact = functional.gelu(exact) if gelu else exact
    found = product(weight, bias, precision, gelu=gelu)(states)
    assert found.shape == (3, 9, 24)
    assert found.dtype == states.dtype
    allowed = LARGEST[precision] * exact.abs().amax((0, 1))
    assert bool(((exact - found.float()).abs().amax((0, 1)) <= allowed).all())


@pytest.mark.usefixtures("onednn")
def test_int8_takes_short_states() -> None:
    """On processors that multiply bf16 the states between int8 products are bf16."""
    weight, bias, states = _case(torch.bfloat16)
    exact = functional.linear(states.float(), weight.float(), bias.float())
    found = product(weight, bias, "int8")(states)
    assert found.dtype == torch.bfloat16
    assert float((found.float() - exact).norm() / exact.norm()) < 0.03


def test_no_position_depends_on_its_neighbours_in_int8() -> None:
    """A large neighbour does not make the steps of a small position coarser."""
    if not products._works("int8", torch.float32):
        pytest.skip("oneDNN has no int8 product for this processor")
    weight, bias, states = _case(torch.float32)
    run = product(weight, bias, "int8")
    alone = run(states[:1, :1])
    states[0, 1] *= 1e4
    assert torch.equal(run(states)[:1, :1], alone)


def test_a_product_that_cannot_be_had_is_torchs(monkeypatch) -> None:
    """An operator that is missing, fails, or gives something else is found out before it is used."""

    class Broken:
        def _reorder_linear_weight(self, weight):
            return weight

        def _linear_pointwise(self, states, *_rest):
            return states * 0

    weight, bias, states = _case(torch.float32)
    for broken in (Broken(), object()):
        products._works.cache_clear()
        monkeypatch.setattr(products, "_mkldnn", broken)
        assert not products._works("packed", torch.float32)
        assert torch.allclose(product(weight, bias, "fp32")(states), functional.linear(states, weight, bias))
    products._works.cache_clear()
