"""GraphCodeBERT and its siblings, on tiny random models made here: codegraph/embed/graphcodebert.py, roberta.py."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import slow_graphcodebert as slow
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from safetensors.torch import load_file  # noqa: E402 (after the check that the models extra is installed)
from tiny_models import make_model  # noqa: E402

from codegraph.config import EmbeddingConfig  # noqa: E402
from codegraph.core.dataflow import FlowRow, pack  # noqa: E402
from codegraph.core.symbols import EmbeddingKey, SymbolKind  # noqa: E402
from codegraph.embed.graphcodebert import GraphCodeBertEncoder  # noqa: E402
from codegraph.embed.registry import describe, dimensions, identity, load  # noqa: E402
from codegraph.embed.render import EncoderInput  # noqa: E402
from codegraph.embed.render import pack as packed  # noqa: E402
from codegraph.embed.spec import ModelSpec  # noqa: E402
from codegraph.embed.subwords import Subwords  # noqa: E402
from codegraph.embed.worker import EmbedWorker  # noqa: E402
from codegraph.errors import EncoderError  # noqa: E402
from codegraph.events import EventLog  # noqa: E402

WORDS = ["def", "value", "self", "load", "save", "(", ")", "return", "x9", "é", "</s>"]
ROWS = 300


def _input(
    tokens: Sequence[str], rows: Sequence[FlowRow] = (), context: tuple[str, ...] = (), docstring: str = "Do it."
) -> EncoderInput:
    return EncoderInput(
        "python", SymbolKind.FUNCTION, "load", "", "def load ( )", docstring, tuple(tokens), context, pack(rows)
    )


def _code(name: str, repeat: int = 1) -> EncoderInput:
    return _input(("def", name, "(", ")", ":", *("return", "value", name) * repeat))


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "tiny")


def _spec(directory: Path, **changes: Any) -> ModelSpec:
    return msgspec.structs.replace(describe(str(directory)), engine="graphcodebert", **changes)


def _load(spec: ModelSpec, **choices: Any) -> GraphCodeBertEncoder:
    return GraphCodeBertEncoder.load(spec, Path(spec.path), b"i" * 16, "cpu", **choices)


@pytest.fixture(scope="module")
def encoder(directory: Path) -> GraphCodeBertEncoder:
    return _load(_spec(directory, windows=1), precision="fp32")


@st.composite
def _symbols(draw: st.DrawFn) -> EncoderInput:
    """Symbols of any length: with nodes that were cut, whose code was cut, without parents, with none at all."""
    tokens = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=60))
    places = sorted(draw(st.lists(st.integers(0, len(tokens) - 1), max_size=30)))
    last = {token: number for number, token in enumerate(places)}
    parents = [draw(st.lists(st.sampled_from(places), max_size=2)) for _ in places]
    rows = [FlowRow(at, tuple(sorted({last[it] for it in its}))) for at, its in zip(places, parents, strict=True)]
    return _input(tokens, rows, docstring=draw(st.sampled_from(["", "load self"])))


def _slow_states(directory: Path, source: EncoderInput, *, prose: int, reserved: int) -> tuple[np.ndarray, int]:
    """Return the last states by the plain loops, and how many of them stand before the nodes."""
    subwords = Subwords.load("tiny", directory, 300)
    before = subwords.one(" ".join(part for part in ("load", source.docstring) if part))[:prose] if prose else []
    pieces = [subwords.one(" " * bool(index) + token) for index, token in enumerate(source.tokens)]
    rows = slow_rows(source)
    assembled = slow.sequence(pieces, rows, limit=64, reserved=reserved, prose=before)
    weights = {
        name.removeprefix("roberta."): value for name, value in load_file(directory / "model.safetensors").items()
    }
    return slow.states(weights, 2, assembled), sum(position > 0 for position in assembled.positions)


def slow_rows(source: EncoderInput) -> list[tuple[int, list[int]]]:
    """Return the rows as (token, parent tokens)."""
    from codegraph.core.dataflow import unpack

    rows = unpack(source.data_flow, len(source.tokens))
    return [(row.token, [rows[parent].token for parent in row.parents]) for row in rows]


ORPHANED = _input(
    ["def", *["value"] * 70, "self"],
    [FlowRow(1, ()), FlowRow(2, (0,)), FlowRow(60, ()), FlowRow(69, ()), FlowRow(70, (3,))],
)
"""Longer than the model: its last nodes have no code left, one of them no parent either."""


def test_vectors_equal_the_plain_loops(tmp_path: Path) -> None:
    """Mask, node embeddings and layers are the paper's: 1e-5 in fp32, cosine 0.999 in bf16, in both kernels."""
    directory = make_model(tmp_path / "mild", spread=0.2)
    spec = _spec(directory, windows=1, prose_tokens=8, node_tokens=10)
    exact = [_load(spec, precision="fp32", attention=attention) for attention in ("eager", "sdpa")]
    coarse = [_load(spec, precision="bf16", attention=attention) for attention in ("eager", "sdpa")]
    first = _load(msgspec.structs.replace(spec, pooling="cls"), precision="fp32")

    @given(_symbols())
    @example(ORPHANED)
    @settings(max_examples=10, phases=[Phase.explicit, Phase.generate])
    def check(source: EncoderInput) -> None:
        states, code = _slow_states(directory, source, prose=8, reserved=10)
        expected = _unit([states[:code].mean(0)])
        for encoder in exact:
            _same(encoder.encode([source, _code("save", 8)])[:1], expected)
        for encoder in coarse:
            assert (encoder.encode([source, _code("save", 8)])[0] @ expected[0]) > 0.999
        _same(first.encode([source]), _unit([states[0]]))

    check()


def _same(found: np.ndarray, expected: np.ndarray) -> None:
    assert np.abs(found - expected).max() < 1e-5


def _unit(rows: Sequence[np.ndarray]) -> np.ndarray:
    stacked = np.stack(rows)
    unit: np.ndarray = stacked / np.linalg.norm(stacked, axis=1, keepdims=True)
    return unit


@given(sources=st.lists(_symbols(), min_size=2, max_size=6), data=st.data())
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_batching_never_changes_a_vector(
    encoder: GraphCodeBertEncoder, sources: list[EncoderInput], data: st.DataObject
) -> None:
    """Alone, padded beside longer ones, in any order: an input has one vector."""
    together = encoder.encode([*sources, ORPHANED])
    for source, vector in zip(sources, together, strict=False):
        assert np.allclose(encoder.encode([source])[0], vector, atol=2e-6)
    order = data.draw(st.permutations(range(len(sources) + 1)))
    prepared = encoder.prepare([*sources, ORPHANED])
    assert np.allclose(encoder.start(prepared, order)(), together[order], atol=2e-6)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


def test_nodes_are_seen(encoder: GraphCodeBertEncoder, directory: Path) -> None:
    """Data flow changes the vector, and only of the engine that reads it."""
    with_flow, without = _input(WORDS, [FlowRow(1, ()), FlowRow(3, (0,))]), _input(WORDS)
    assert not np.allclose(encoder.encode([with_flow]), encoder.encode([without]), atol=1e-3)
    plain = _load(describe(str(directory)))
    assert np.allclose(plain.encode([with_flow]), plain.encode([without]), atol=1e-6)


def test_queries_are_plain_text(encoder: GraphCodeBertEncoder, directory: Path) -> None:
    """A query is <s> text </s> with the same pooling, cut to its limit."""
    subwords = Subwords.load("tiny", directory, 300)
    pieces = subwords.one("load self")
    weights = {
        name.removeprefix("roberta."): value for name, value in load_file(directory / "model.safetensors").items()
    }
    expected = slow.states(weights, 2, slow.sequence([pieces], [], limit=64, reserved=0)).mean(0)
    _same(encoder.encode_query("load self")[None], _unit([expected]))
    assert encoder.encode_query("load " * 5_000).shape == (32,)
    assert encoder.encode([]).shape == (0, 32)


def test_long_symbols_are_averaged_over_their_windows(directory: Path) -> None:
    """The mean is weighted by the code in each window, and every length is within the model's limit."""
    spec = _spec(directory, prose_tokens=0, node_tokens=4)
    cut, windows = _load(msgspec.structs.replace(spec, windows=1)), _load(msgspec.structs.replace(spec, windows=9))
    source = _input([word for number in range(36) for word in ("value", "(", f"x{number % 7}", ")", ";")])
    changed = _input([*source.tokens[:-4], "save", "self", ")", ";"])
    assert (cut.encode([source]) @ cut.encode([changed]).T)[0, 0] > 0.99999
    assert (windows.encode([source]) @ windows.encode([changed]).T)[0, 0] < 0.9999
    prepared = windows.prepare([_code("load"), source])
    segments = range(1, len(prepared.features.owners))
    assert 3 <= len(segments) < 9
    assert prepared.features.lengths.max() <= windows.max_length == 64
    assert prepared.lengths == [windows.length(_code("load")), prepared.features.lengths[1:].sum()]
    parts = prepared.features.weights[1:, None] * _raw(windows, prepared, segments)
    _same(windows.encode([_code("load"), source])[1:], _unit([parts.sum(0)]))


def _raw(encoder: GraphCodeBertEncoder, prepared: Any, segments: Sequence[int]) -> np.ndarray:
    from codegraph.embed.collate import collate

    rows: np.ndarray = encoder._pooled.launch(collate(prepared.features, np.array(segments), 64))()
    return rows


@pytest.mark.parametrize(
    ("pooling", "prefix", "head"),
    [
        ("pooler", "encoder.", "encoder.pooler.dense"),
        ("pooler", "", "pooler.dense"),
        ("codecse", "roberta.", "mlp.dense"),
    ],
)
def test_checkpoints_bring_their_own_head(tmp_path: Path, pooling: Any, prefix: str, head: str) -> None:
    """The authors' code search model and CodeCSE load with their trained layer on the first token."""
    directory = make_model(tmp_path / "headed", prefix=prefix, head=head)
    weights = load_file(directory / "model.safetensors")
    first = _load(_spec(directory, pooling="cls"), precision="fp32")
    headed = _load(_spec(directory, pooling=pooling), precision="fp32")
    source = _input(WORDS, [FlowRow(1, ()), FlowRow(3, (0,))])
    state = _raw(first, first.prepare([source]), [0])[0]
    expected = np.tanh(weights[f"{head}.weight"].numpy() @ state + weights[f"{head}.bias"].numpy())
    _same(headed.encode([source]), _unit([expected]))


def test_a_pooler_that_was_never_trained_is_not_invented(directory: Path) -> None:
    """A raw checkpoint has no pooler; asking for one is an error, not random numbers."""
    with pytest.raises(EncoderError, match=r"lacks the weights roberta\.pooler"):
        _load(_spec(directory, pooling="pooler"))


def test_damage_at_run_time_names_the_model_and_the_layer(directory: Path) -> None:
    """Numbers that overflow within a layer are an EncoderError with a remedy."""
    encoder = _load(_spec(directory), precision="fp32")
    encoder.model._layers[1].last_norm[0].fill_(float("inf"))
    with pytest.raises(EncoderError, match=r"tiny in fp32 .* layer 2") as caught:
        encoder.encode([_code("load")])
    assert "fp32" in caught.value.advice


@pytest.mark.parametrize("precision", ["bf16", "int8"])
def test_other_precisions_stay_close(directory: Path, encoder: GraphCodeBertEncoder, precision: str) -> None:
    """Half precision differs from fp32 by rounding only, int8 by a little more."""
    sources = [_code("load"), _code("save", 5), ORPHANED]
    found = _load(_spec(directory, windows=1), precision=precision).encode(sources)
    assert ((found * encoder.encode(sources)).sum(1) > (0.999 if precision == "bf16" else 0.995)).all()


def test_a_real_worker_process_embeds_with_a_model_directory(directory: Path) -> None:
    """Registry, process, batches and pipe together give what the encoder gives alone."""
    spec = _spec(directory)
    encoder = load(spec, device="cpu")
    sources = [_input(WORDS, [FlowRow(1, ()), FlowRow(3, (0,))]), *(_code("load", number) for number in range(1, 40))]
    batch = [(EmbeddingKey(bytes([number]) * 16), packed(source)) for number, source in enumerate(sources)]
    worker = EmbedWorker(
        spec, EmbeddingConfig(device="cpu", batch_tokens=128), EventLog(lambda: 0.0), identity=identity(spec)
    )
    try:
        found = worker.submit(batch).result(240)
        query = worker.submit_query("load a value").result(240)
        assert worker.status().identity == identity(spec)
    finally:
        worker.close()
    for key, source in batch:
        assert found[key] @ encoder.encode([source.rendered()])[0] > 0.999
    assert query @ encoder.encode_query("load a value") > 0.999
    assert dimensions(spec) == encoder.dimensions == 32


def test_memory_that_runs_out_is_a_memory_error(encoder: GraphCodeBertEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever batches can halve then, on any device."""
    for error in (torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("can't allocate memory: 1 bytes")):
        monkeypatch.setattr(encoder.model, "states", _raising(error))
        with pytest.raises(MemoryError):
            encoder.encode([_code("load")])
    monkeypatch.setattr(encoder.model, "states", _raising(RuntimeError("other")))
    with pytest.raises(RuntimeError, match="other"):
        encoder.encode([_code("load")])


def _raising(error: Exception) -> Any:
    def fail(*_: Any) -> None:
        raise error

    return fail


@pytest.mark.gpu
def test_a_gpu_gives_the_same_vectors(directory: Path, encoder: GraphCodeBertEncoder) -> None:
    """bf16 on CUDA, overlapped batches and all, stays within rounding of fp32 on the processor."""
    if not torch.cuda.is_available():
        pytest.skip("no GPU")
    spec = _spec(directory, windows=1)
    other = GraphCodeBertEncoder.load(spec, directory, b"i" * 16, "cuda")
    sources = [_code("load", number) for number in range(1, 20)] + [ORPHANED]
    prepared = other.prepare(sources)
    started = [other.start(prepared, range(at, at + 5)) for at in range(0, 20, 5)]
    found = np.concatenate([finish() for finish in started])
    assert ((found * encoder.encode(sources)).sum(1) > 0.999).all()
