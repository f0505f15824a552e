"""Compiled layers: few shapes, equal vectors, and none the worse where nothing can be compiled."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tiny_models import make_model  # noqa: E402 (after the check that the models extra is installed)

from codegraph.core.symbols import SymbolKind  # noqa: E402
from codegraph.embed.compiled import WIDTHS, bucket_rows, bucket_width  # noqa: E402
from codegraph.embed.graphcodebert import GraphCodeBertEncoder  # noqa: E402
from codegraph.embed.registry import describe  # noqa: E402
from codegraph.embed.render import EncoderInput  # noqa: E402


def _code(repeat: int) -> EncoderInput:
    tokens = ("def", "load", "(", ")", ":", *("return", "value") * repeat)
    return EncoderInput("python", SymbolKind.FUNCTION, "load", "", "def load ( )", "Do it.", tokens)


SOURCES = [_code(repeat) for repeat in (1, 2, 9, 3, 1, 14, 2)]


def _encoder(directory: Path, mode: str) -> GraphCodeBertEncoder:
    spec = describe(str(directory))
    return GraphCodeBertEncoder.load(spec, directory, b"i" * 16, "cpu", "fp32", compile_layers=mode)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "tiny")


def test_buckets_cover_every_size_with_little_waste() -> None:
    """A bucket is never too small, rows are wasted by less than a half, and there are few of either."""
    for count in range(1, 3_000):
        assert count <= bucket_rows(count) < 1.5 * count + 1
    assert len({bucket_rows(count) for count in range(1, 1_025)}) == 20
    for length in range(1, 700):
        assert bucket_width(length) >= length
    assert {bucket_width(length) for length in range(1, 513)} == set(WIDTHS)


def test_programs_see_buckets_only_and_padding_is_cut_off(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the batch, shapes are those of buckets, and vectors those of the layers as they are."""
    plain, other = _encoder(directory, "off"), _encoder(directory, "fused")
    shapes: list[tuple[int, ...]] = []

    def fake(through: Any, **options: Any) -> Any:
        assert options == {"dynamic": False, "mode": "reduce-overhead"}

        def run(states: Any, mask: Any) -> Any:
            shapes.append(tuple(states.shape[:2]))
            assert mask is None or len(mask) == len(states)
            return through(states, mask)

        return run

    monkeypatch.setattr(other.model, "through", plain.model.compiled("graphs", fake))
    for some in (SOURCES, SOURCES[:5], SOURCES[:1]):
        assert np.allclose(other.encode(some), plain.encode(some), atol=1e-6)
    assert [rows for rows, _ in shapes] == [8, 6, 1]
    assert {width for _, width in shapes} <= {*WIDTHS, plain.max_length}


def test_what_cannot_be_compiled_runs_as_it_is(directory: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One warning, then the layers as they are; no vector is lost."""

    def fails(*_: Any) -> Any:
        raise RuntimeError("no compiler")

    plain = _encoder(directory, "off")
    expected = plain.encode(SOURCES)
    plain.model.through = plain.model.compiled("fused", lambda *_, **__: fails)
    for _ in range(2):
        assert np.array_equal(plain.encode(SOURCES), expected)
    assert caplog.text.count("no compiler") == 1


def test_one_program_serves_all_layers_of_a_bucket(directory: Path) -> None:
    """Compiling costs one layer for each shape, however many layers, and torch's compiler follows it whole."""
    plain, made = _encoder(directory, "off"), []

    def count(graph: Any, inputs: Any) -> Any:
        made.append(len(inputs))
        return graph.forward

    def make(each: Any, **_: Any) -> Any:
        return torch.compile(each, backend=count, dynamic=False, fullgraph=True)

    expected = plain.encode(SOURCES[:1])
    plain.model.through = plain.model.compiled("fused", make)
    for _ in range(2):
        assert np.allclose(plain.encode(SOURCES[:1]), expected, atol=1e-6)
    assert plain.model.shape.layers > 1
    assert len(made) == 1


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler on a processor")
def test_torch_compiles_to_equal_vectors(directory: Path) -> None:
    """The real compiler changes vectors by rounding only."""
    found = _encoder(directory, "fused").encode(SOURCES[:3])
    assert np.allclose(found, _encoder(directory, "off").encode(SOURCES[:3]), atol=1e-5)
