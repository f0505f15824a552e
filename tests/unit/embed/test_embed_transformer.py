"""Models of text by way of transformers: codegraph/embed/transformer.py."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

import tiny_text_models as tiny  # noqa: E402

from codegraph.core.symbols import SymbolKind  # noqa: E402
from codegraph.embed.encoder import Encoder  # noqa: E402
from codegraph.embed.registry import describe, dimensions, identity, load  # noqa: E402
from codegraph.embed.render import EncoderInput  # noqa: E402
from codegraph.embed.spec import ModelSpec  # noqa: E402
from codegraph.embed.staging import StagedEncoder  # noqa: E402
from codegraph.embed.transformer import TransformerEncoder  # noqa: E402
from codegraph.errors import EncoderError, ModelMissing  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

MAKERS: dict[str, tuple[Callable[[Path], Path], dict[str, object]]] = {
    "bert mean": (tiny.make_bert, {}),
    "bert cls": (tiny.make_bert, {"pooling": "cls"}),
    "modernbert": (tiny.make_modernbert, {"pooling": "cls"}),
    "unixcoder": (tiny.make_unixcoder, {"engine": "transformer", "document_prefix": "<encoder-only> </s>"}),
    "gpt2": (tiny.make_gpt2, {}),
    "qwen": (tiny.make_qwen, {"pooling": "last", "end_token": True, "query_prefix": "read the\nfile:"}),
    "starencoder": (tiny.make_starencoder, {"pooling": "last"}),
    "t5": (tiny.make_t5, {"max_tokens": 48}),
}


def _input(name: str, *tokens: str, docstring: str = "", context: tuple[str, ...] = ()) -> EncoderInput:
    return EncoderInput("python", SymbolKind.FUNCTION, name, "", "", docstring, tokens, context)


INPUTS = [
    _input("load", "def", "load", "(", ")", ":", "return", "value"),
    _input("save", docstring="save the file"),
    _input("parse", *["read", "text", "."] * 40, docstring="the name of the point", context=("def load ( )",)),
]


@pytest.fixture(scope="module", params=list(MAKERS))
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ModelSpec]:
    maker, changes = MAKERS[request.param]
    directory = maker(tmp_path_factory.mktemp("models") / request.param.replace(" ", "-"))
    return request.param, msgspec.structs.replace(describe(str(directory)), **changes)


@pytest.fixture(scope="module")
def encoder(made: tuple[str, ModelSpec]) -> Encoder:
    return load(made[1], device="cpu", precision="fp32")


def test_what_says_nothing_has_a_vector(encoder: Encoder) -> None:
    """Neither a symbol of which nothing is known nor a question without a token waits for ever."""
    nothing = EncoderInput("python", SymbolKind.MODULE, "", "", "", "", ())
    blank = _input(" ", " ")
    rows = encoder.encode([nothing, blank])
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.allclose(encoder.encode([blank])[0], rows[1], atol=2e-5)
    assert abs(float(np.linalg.norm(encoder.encode_query(" "))) - 1) < 1e-5


def test_a_batch_never_changes_a_vector(encoder: Encoder) -> None:
    """Alone, among others, in another order: the same unit vector, for every architecture."""
    together = encoder.encode(INPUTS)
    alone = np.concatenate([encoder.encode([source]) for source in INPUTS])
    assert together.shape == (3, encoder.dimensions)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.allclose(together, alone, atol=2e-5)
    assert np.allclose(encoder.encode(INPUTS[::-1])[::-1], together, atol=2e-5)
    assert max(map(encoder.length, INPUTS)) == encoder.max_length
    assert encoder.encode([]).shape == (0, encoder.dimensions)


def test_work_can_be_prepared_ahead(encoder: Encoder) -> None:
    """In stages, any choice of what was prepared gives the same vectors as in one go."""
    assert isinstance(encoder, StagedEncoder)
    prepared = encoder.prepare(INPUTS)
    assert [min(length, encoder.max_length) for length in prepared.lengths] == [encoder.length(it) for it in INPUTS]
    assert np.allclose(encoder.start(prepared, [2, 0])(), encoder.encode([INPUTS[2], INPUTS[0]]), atol=1e-6)


def test_vectors_are_those_of_the_plain_library(made: tuple[str, ModelSpec], encoder: Encoder) -> None:
    """A query equals the model's own tokenizer and forward pass, pooled by hand."""
    name, spec = made
    text = "load the file"
    tokenizer = transformers.AutoTokenizer.from_pretrained(spec.path)
    ids = tokenizer(spec.query_prefix + text)["input_ids"]
    if spec.end_token:
        ids = [*ids, tokenizer.eos_token_id]
    kind = transformers.T5EncoderModel if name == "t5" else transformers.AutoModel
    model = kind.from_pretrained(spec.path).eval()
    with torch.inference_mode():
        states = model(input_ids=torch.tensor([ids])).last_hidden_state[0]
    wanted = {"mean": states.mean(0), "cls": states[0], "last": states[-1]}[spec.pooling].numpy()
    assert np.allclose(encoder.encode_query(text), wanted / np.linalg.norm(wanted), atol=1e-5)


def test_special_words_of_a_prefix_stay_whole(tmp_path: Path) -> None:
    """UniXcoder is told its mode by a token: <s> <encoder-only> </s> text </s>."""
    directory = tiny.make_unixcoder(tmp_path / "unixcoder")
    spec = msgspec.structs.replace(
        describe(str(directory)), engine="transformer", document_prefix="<encoder-only> </s>", windows=1
    )
    encoder = TransformerEncoder.load(spec, directory, b"", "cpu", "fp32")
    (sequence,) = encoder.prepare([_input("load")]).rows
    assert sequence == [0, 4, 2, 5 + tiny.WORDS.index("load"), 2]


def test_damaged_models_are_refused_by_name(tmp_path: Path) -> None:
    """Truncated, partial, foreign, not finite, with another tokenizer: each error names the model and a remedy."""
    directory = tiny.make_bert(tmp_path / "mine")
    spec = describe(str(directory))
    whole = (directory / "model.safetensors").read_bytes()

    def refused(match: str) -> None:
        with pytest.raises(EncoderError, match=match) as caught:
            load(spec, device="cpu")
        assert "mine" in caught.value.message
        assert caught.value.advice

    (directory / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    refused("the file ends before")
    from safetensors.torch import load as load_bytes
    from safetensors.torch import save_file

    state = load_bytes(whole)
    partial = {name: tensor for name, tensor in state.items() if "layer.1" not in name}
    save_file(partial, directory / "model.safetensors", metadata={"format": "pt"})
    refused("lacks")
    name = "encoder.layer.0.output.dense.weight"
    save_file(state | {name: state[name] * np.nan}, directory / "model.safetensors", metadata={"format": "pt"})
    refused("not finite")
    (directory / "model.safetensors").write_bytes(whole)
    load(spec, device="cpu")
    config = json.loads((directory / "config.json").read_text())
    (directory / "config.json").write_text(json.dumps(config | {"model_type": "distilbert"}))
    refused("is bert")
    (directory / "config.json").write_text(json.dumps(config | {"vocab_size": 4_000}))
    refused(r"cannot be loaded|lacks|tokens")
    (directory / "config.json").write_text(json.dumps(config))
    foreign = tiny.make_gpt2(tmp_path / "other")
    (directory / "tokenizer.json").write_bytes((foreign / "tokenizer.json").read_bytes())
    refused("tokenizer of .*|tokenizer in")
    (directory / "model.safetensors").unlink()
    with pytest.raises(ModelMissing, match=r"no model\.safetensors"):
        load(spec, device="cpu")


def test_an_architecture_that_nobody_knows_is_named(tmp_path: Path) -> None:
    """Before anything is loaded: what transformers says of the tokenizer then would mislead."""
    directory = tiny.make_bert(tmp_path / "mine")
    config = json.loads((directory / "config.json").read_text())
    (directory / "config.json").write_text(json.dumps(config | {"model_type": "wombat"}))
    with pytest.raises(EncoderError, match=r"'wombat', which transformers .* does not know") as caught:
        load(describe(str(directory)), device="cpu")
    assert "model_type" in caught.value.advice


def test_a_tokenizer_with_more_tokens_than_the_model_is_refused(tmp_path: Path) -> None:
    """Its numbers would lie outside of the table of words."""
    directory = tiny.make_bert(tmp_path / "mine")
    document = json.loads((directory / "tokenizer.json").read_text())
    document["model"]["vocab"] |= {f"extra{number}": 1000 + number for number in range(9)}
    (directory / "tokenizer.json").write_text(json.dumps(document))
    with pytest.raises(EncoderError, match=r"tokenizer in .*mine knows"):
        load(describe(str(directory)), device="cpu")


def test_code_that_came_with_a_model_runs_only_when_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Describing and identifying run none of it; loading is refused, and allowed it gives the model's own vectors."""
    monkeypatch.setenv("HF_MODULES_CACHE", str(tmp_path / "modules"))
    trace = tmp_path / "it-ran"
    directory = tiny.make_own_code(tmp_path / "owncode", trace)
    spec = msgspec.structs.replace(describe(str(directory)), pooling="own")
    assert spec.remote_code
    assert (len(identity(spec)), dimensions(spec)) == (16, 8)
    with pytest.raises(ModelMissing, match="Python files of its own") as caught:
        load(spec, device="cpu")
    assert "allow_remote_code" in caught.value.advice
    assert not trace.exists()
    before = identity(spec)
    vectors = load(spec, device="cpu", remote_code=True).encode(INPUTS)
    assert trace.exists()
    assert vectors.shape == (3, 8)
    (directory / "tiny_own.py").write_text(tiny.OWN_CODE + "\n# changed\n")
    assert identity(spec) != before


def test_pooling_that_the_engine_lacks_is_refused(tmp_path: Path) -> None:
    """A head that nobody trained is never made up."""
    spec = msgspec.structs.replace(describe(str(tiny.make_bert(tmp_path / "mine"))), pooling="pooler")
    with pytest.raises(EncoderError, match="pooled by pooler"):
        load(spec, device="cpu")


class _Payload:
    """A pickle that makes a directory when it is loaded."""

    def __init__(self, trace: Path) -> None:
        self._trace = str(trace)

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (self._trace,)


def test_pickled_weights_cannot_run_code(tmp_path: Path) -> None:
    """A .bin of plain tensors loads; one with anything else in it is an error, and nothing of it runs."""
    directory = tiny.make_bert(tmp_path / "mine")
    whole = load(describe(str(directory)), device="cpu", precision="fp32").encode(INPUTS)
    safetensors = directory / "model.safetensors"
    from safetensors.torch import load_file

    state = load_file(safetensors)
    safetensors.unlink()
    torch.save(state, directory / "pytorch_model.bin")
    assert np.allclose(load(describe(str(directory)), device="cpu", precision="fp32").encode(INPUTS), whole, atol=1e-6)
    torch.save(state | {"extra": _Payload(tmp_path / "trace")}, directory / "pytorch_model.bin")
    with pytest.raises(EncoderError, match=r"mine .*cannot be loaded"):
        load(describe(str(directory)), device="cpu")
    assert not (tmp_path / "trace").exists()
