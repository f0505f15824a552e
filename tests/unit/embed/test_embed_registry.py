"""Models by name: codegraph/embed/registry.py."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import msgspec
import numpy as np
import pytest
from weight_files import safetensors

from codegraph.config import EmbeddingConfig
from codegraph.config_layers import load_config
from codegraph.embed import registry, weights
from codegraph.embed.lexical import LexicalEncoder
from codegraph.embed.registry import (
    ModelSpec,
    check_permitted,
    describe,
    dimensions,
    directory_of,
    identity,
    load,
    query_encoder,
    registered,
)
from codegraph.embed.spec import Endpoint, Part
from codegraph.embed.weights import FileDigests
from codegraph.errors import ConfigError, EncoderError, ModelMissing

LISTED = """
microsoft/graphcodebert-base microsoft/codebert-base microsoft/unixcoder-base Salesforce/codet5-base
Salesforce/codet5p-110m-embedding jinaai/jina-embeddings-v2-base-code bigcode/starencoder codesage/codesage-base
codesage/codesage-base-v2 codesage/codesage-small codesage/codesage-small-v2 sentence-transformers/all-MiniLM-L6-v2
BAAI/bge-small-en-v1.5 nomic-ai/nomic-embed-text-v1.5 nomic-ai/CodeRankEmbed Salesforce/SFR-Embedding-Code-400M_R
Qwen/Qwen3-Embedding-0.6B codeparrot/codeparrot-small minishlab/potion-code-16M minishlab/potion-code-16M-v2
Alibaba-NLP/gte-modernbert-base sjiang1/codecse KnowLang/graphcodebert-codesearch-python
"""


@pytest.fixture(autouse=True)
def config_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without settings."""
    file = tmp_path / "settings" / "config.toml"
    file.parent.mkdir()
    monkeypatch.setenv("CODEGRAPH_CONFIG", str(file))
    return file


def _served() -> ModelSpec:
    endpoint = Endpoint(url="http://127.0.0.1:9/v1", model="m")
    return ModelSpec(name="served", engine="endpoint", dimensions=8, endpoint=endpoint)


def _model(directory: Path, *, weights: bytes = b"weights", kind: str = "roberta") -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "config.json").write_text(json.dumps({"model_type": kind, "hidden_size": 32}))
    (directory / "model.safetensors").write_bytes(safetensors(weights))
    (directory / "vocab.json").write_text("{}")
    return directory


def test_the_shipped_registry_is_valid_and_knows_the_default() -> None:
    """Every table of models.toml fits ModelSpec, and the configured default is among them."""
    models = registered()
    assert EmbeddingConfig().model in models
    assert {"lexical", "graphcodebert", "codebert"} <= set(models)
    assert models["graphcodebert"].repository == "microsoft/graphcodebert-base"


def test_a_bad_registry_is_a_configuration_error(tmp_path: Path) -> None:
    """A misspelt field is named together with the file."""
    file = tmp_path / "models.toml"
    file.write_text('[m]\nengine = "roberta"\npoolin = "mean"\n')
    with pytest.raises(ConfigError, match="poolin"):
        registered(file)


def test_unknown_names_list_the_known_ones() -> None:
    """A typing mistake is answered with what there is."""
    with pytest.raises(ConfigError) as caught:
        describe("graphcodebart")
    assert "graphcodebert" in caught.value.advice


def test_a_directory_is_a_model(tmp_path: Path) -> None:
    """Its engine comes from config.json, its pooling from sentence-transformers' file if there is one."""
    directory = _model(tmp_path / "mine")
    assert describe(str(directory)).pooling == "mean"
    (directory / "1_Pooling").mkdir()
    (directory / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    spec = describe(str(directory))
    assert (spec.name, spec.engine, spec.pooling, dimensions(spec)) == ("mine", "roberta", "cls", 32)
    assert describe(str(_model(tmp_path / "other", kind="gpt2"))).engine == "transformer"
    with pytest.raises(EncoderError, match="clip"):
        describe(str(_model(tmp_path / "picture", kind="clip")))


def test_identity_covers_content_and_not_place(tmp_path: Path) -> None:
    """Two copies of a model are one model; other weights, pooling, prefix, limit or length are another."""
    first = describe(str(_model(tmp_path / "a" / "model")))
    copy = describe(str(_model(tmp_path / "b" / "model")))
    assert identity(first) == identity(copy)
    others = [
        describe(str(_model(tmp_path / "c", weights=b"Weights"))),
        msgspec.structs.replace(first, pooling="cls"),
        msgspec.structs.replace(first, document_prefix="code: "),
        msgspec.structs.replace(first, query_prefix="query: "),
        msgspec.structs.replace(first, max_tokens=256),
        msgspec.structs.replace(first, dimensions=16),
    ]
    assert identity(msgspec.structs.replace(first, dimensions=32)) == identity(first), "as its configuration says"
    found = {identity(spec) for spec in (first, *others)}
    assert len(found) == 1 + len(others)
    assert {len(value) for value in found} == {16}


def test_identity_covers_how_long_symbols_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a cut falls decides vectors: whatever engine reads windows is another model when they are cut otherwise."""
    cutting = [describe(str(_model(tmp_path / "a"))), describe(str(_model(tmp_path / "b", kind="gpt2"))), _served()]
    whole = [describe("lexical"), describe("codegraph-static")]
    before = [identity(spec) for spec in (*cutting, *whole)]
    monkeypatch.setattr(registry, "WINDOW_SCHEME", registry.WINDOW_SCHEME + 1)
    changed = [identity(spec) != old for spec, old in zip((*cutting, *whole), before, strict=True)]
    assert changed == [True, True, True, False, False]


def test_weights_are_read_once_while_they_stay_the_same(tmp_path: Path) -> None:
    """Half a gigabyte is not hashed for every question, but a changed file is noticed."""
    file = tmp_path / "weights"
    file.write_bytes(b"one")
    digests = FileDigests()
    before = digests.of(file)
    assert digests.of(file) is before
    file.write_bytes(b"three")
    assert digests.of(file) != before
    file.unlink()
    with pytest.raises(ModelMissing):
        digests.of(file)


def test_the_daemons_side_imports_no_engine() -> None:
    """Finding, describing and driving a model must not load torch into the daemon."""
    code = (
        "import sys, codegraph.embed.worker, codegraph.embed.registry as r; r.describe('graphcodebert'); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'transformers', 'tokenizers', 'huggingface_hub')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_lexical_model_needs_no_worker_for_queries() -> None:
    """The daemon embeds queries itself, with the very vectors that the worker would give."""
    spec = describe("lexical")
    encode = query_encoder(spec)
    assert encode is not None
    assert np.array_equal(encode("read file"), load(spec).encode_query("read file"))
    assert identity(spec) == LexicalEncoder(dimensions(spec)).identity
    assert query_encoder(registered()["codebert"]) is None


def test_every_model_says_what_a_user_must_know() -> None:
    """All listed models are there, found by name and by repository, with licence, size and limits."""
    models = registered()
    by_repository = {spec.repository: spec for spec in models.values()}
    for repository in LISTED.split():
        spec = by_repository[repository]
        assert describe(repository) == describe(spec.name) == spec
        assert all((spec.licence, spec.size, spec.published or spec.note, spec.max_tokens))
    weak = {spec.name for spec in models.values() if spec.note.startswith("weak")}
    assert weak == {"codet5", "starencoder", "codeparrot"}


def test_users_add_and_change_models(config_file: Path, tmp_path: Path) -> None:
    """models.toml beside config.toml, and [models.NAME] inside it: new models, and single fields of shipped ones."""
    directory = _model(tmp_path / "weights")
    config_file.with_name("models.toml").write_text(
        f'[mine]\nengine = "roberta"\npath = "{directory}"\n[minilm]\nrevision = "abc"\n'
    )
    config_file.write_text('[models.minilm]\nmax_tokens = 128\n[embedding]\nmodel = "mine"\n')
    assert identity(describe("mine")) == identity(describe(str(directory)))
    config_file.with_name("models.toml").write_text('[mine]\nengine = "roberta"\npath = "../weights"\n')
    assert identity(describe("mine")) == identity(describe(str(directory))), "relative to its file"
    config_file.with_name("models.toml").write_text('[minilm]\nrevision = "abc"\n[mine]\nengine = "roberta"\n')
    assert (describe("minilm").max_tokens, describe("minilm").pooling) == (128, "mean")
    assert load_config(config_file, {}).embedding.model == "mine"
    config_file.write_text("[models.mine]\nengine = 7\n")
    with pytest.raises(ConfigError, match=r"config\.toml.*\[mine\].*engine"):
        registered()


def test_shorter_vectors_are_a_model_of_their_own(tmp_path: Path) -> None:
    """`name@N` cuts where a model was trained for it, and nowhere else."""
    spec = describe("nomic-text@256")
    assert (spec.cut_to, dimensions(spec)) == (256, 256)
    assert describe("nomic-text@768") == describe("nomic-text")
    with pytest.raises(ConfigError, match="cannot be cut to 100"):
        describe("nomic-text@100")
    with pytest.raises(ConfigError, match="cannot be cut to 128") as caught:
        describe("bge-small@128")
    assert "not trained" in caught.value.advice
    own = _model(tmp_path / "own@2")
    assert describe(str(own)).path == str(own)


def test_what_needs_the_users_word_is_refused_without_it() -> None:
    """Python files of a model, and sending text away: off until the user turns them on."""
    jina = describe("jina-code-v2")
    with pytest.raises(ModelMissing, match="Python files") as caught:
        check_permitted(jina, remote_code=False, endpoints=True)
    assert "allow_remote_code" in caught.value.advice
    check_permitted(jina, remote_code=True, endpoints=False)
    server = ModelSpec(name="s", engine="endpoint", dimensions=4, endpoint=Endpoint(url="https://host/v1", model="m"))
    with pytest.raises(ModelMissing, match="https://host/v1") as caught:
        check_permitted(server, remote_code=True, endpoints=False)
    assert "allow_endpoints" in caught.value.advice
    with pytest.raises(ModelMissing, match="https://host/v1"):
        load(server)
    both = ModelSpec(name="b", engine="ensemble", parts=(Part(model="jina", spec=jina), Part(model="s", spec=server)))
    for remote_code, endpoints in ((False, True), (True, False)):
        with pytest.raises(ModelMissing):
            check_permitted(both, remote_code=remote_code, endpoints=endpoints)


@pytest.mark.parametrize("variable", ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
def test_the_environment_keeps_the_hub_away(variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """embedding.offline = false does not overrule HF_HUB_OFFLINE."""
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setenv(variable, "1")
    monkeypatch.setattr(weights, "fetch_from_hub", lambda *_, **__: pytest.fail("it went to the network"))
    with pytest.raises(ModelMissing, match="not on this machine"):
        identity(describe("bge-small"), offline=False)


def test_other_weights_than_the_published_are_refused(config_file: Path, tmp_path: Path) -> None:
    """A checksum in the registry is kept to, wherever the files are."""
    directory = _model(tmp_path / "minilm", kind="bert")
    config_file.write_text(f'[models.minilm]\npath = "{directory}"\n')
    with pytest.raises(EncoderError, match="checksum"):
        identity(describe("minilm"))


def test_a_package_may_carry_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder `model` of an installed package is found, and the package is not imported for that."""
    package = tmp_path / "path" / "tiny_carrier"
    _model(package / "model")
    (package / "__init__.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(package.parent)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    spec = ModelSpec(name="no-such-name", engine="roberta", repository="o/n", package="tiny_carrier")
    assert directory_of(spec) == package / "model"
    with pytest.raises(ModelMissing):
        directory_of(msgspec.structs.replace(spec, package="no_such_package"))


def test_the_examples_of_the_manual_are_models(config_file: Path) -> None:
    """Every table in docs/models.md can be copied as it stands."""
    manual = (Path(__file__).parents[3] / "docs" / "models.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?m)^    \[(?!embedding).*\n(?:(?:    .*)?\n)*", manual)
    config_file.with_name("models.toml").write_text("".join(textwrap.dedent(block) for block in blocks))
    names = [name for name in ("ours", "minilm", "both", "ollama", "hosted") if describe(name)]
    assert [describe(name).engine for name in names] == [
        "transformer",
        "transformer",
        "ensemble",
        "endpoint",
        "endpoint",
    ]
    assert describe("both").parts[0].weight == 2.0
