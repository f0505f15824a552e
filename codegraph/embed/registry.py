"""Finds models by name: what they are, their identity, and the encoder itself.

A model is registered in `config/models.toml` (shipped as `codegraph/models.toml`), or it is a local
directory. `describe` reads the registry; `identity` and `dimensions` look at the model's files without
importing torch, so the daemon can compute keys before any model is loaded; `load` builds the encoder and
belongs in the worker process, save for models that need no weights (`query_encoder`).
Tests: tests/unit/embed/test_embed_registry.py.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from codegraph.core.dataflow import DATA_FLOW_SCHEMA
from codegraph.core.digests import digest
from codegraph.embed import weights
from codegraph.embed.encoder import Encoder, FloatArray
from codegraph.embed.features import FEATURE_SCHEMA
from codegraph.embed.lexical import LexicalEncoder, lexical_identity
from codegraph.embed.weights import FileDigests
from codegraph.embed.windows import WINDOW_SCHEME
from codegraph.errors import ConfigError, EncoderError, InternalError

IDENTITY_SCHEMA = "codegraph-model-1"
"""Bumped when an engine feeds its model differently, so that no old vector is taken for a new one."""

Engine = Literal["lexical", "roberta", "graphcodebert"]
Pooling = Literal["mean", "cls", "pooler", "codecse"]


class ModelSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model and how it must be fed. See config/models.toml for what each field means."""

    name: str
    engine: Engine
    repository: str = ""
    revision: str = "main"
    path: str = ""
    """A local directory; stands in for the repository."""
    pooling: Pooling = "mean"
    max_tokens: int = 512
    dimensions: int = 0
    document_prefix: str = ""
    query_prefix: str = ""
    licence: str = ""
    note: str = ""
    prose_tokens: int = 96
    node_tokens: int = 64
    windows: int = 8

    @property
    def reads_data_flow(self) -> bool:
        """Whether the model is fed the data flow of symbols."""
        return self.engine == "graphcodebert"


def registered(file: Path | None = None) -> Mapping[str, ModelSpec]:
    """Return all models that have a name, in the registry's order; raises ConfigError on a bad registry."""
    source = file or _registry_file()
    try:
        tables = tomllib.loads(source.read_text(encoding="utf-8"))
        return {name: msgspec.convert({**table, "name": name}, ModelSpec) for name, table in tables.items()}
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError, TypeError) as error:
        raise ConfigError(f"{source}: {error}", "reinstall codegraph, or mend the file") from error


def describe(name: str, models: Mapping[str, ModelSpec] | None = None) -> ModelSpec:
    """Return the spec of a registered model or of a local directory; raises ConfigError, ModelMissing."""
    known = registered() if models is None else models
    if name in known:
        return known[name]
    if "/" not in name and "\\" not in name and not Path(name).expanduser().is_dir():
        raise ConfigError(
            f"there is no model named {name!r}", f"one of: {', '.join(known)}; or the directory of a model"
        )
    directory = weights.checked(Path(name).expanduser().resolve())
    return ModelSpec(name=directory.name, engine=_engine(directory), path=str(directory), pooling=_pooling(directory))


def directory_of(spec: ModelSpec, *, offline: bool = True) -> Path:
    """Return where the model's files are; raises ModelMissing. Not for models without weights."""
    if spec.path:
        return weights.checked(Path(spec.path))
    fetch = None if offline else weights.fetch_from_hub
    return weights.locate(spec.name, spec.repository, spec.revision, fetch=fetch)


def identity(spec: ModelSpec, digests: FileDigests | None = None, *, offline: bool = True) -> bytes:
    """Return the 16 bytes that stand for the model in every embedding key.

    They cover the bytes of weights, configuration and tokenizer, the pooling, the prefixes, the limits, and how
    features are built and long symbols are cut, and not where the files are. Reading 500 MB of weights takes
    about a second; pass the same `digests` again to avoid that. Raises ModelMissing.
    """
    if spec.engine == "lexical":
        return lexical_identity(spec.dimensions)
    directory = directory_of(spec, offline=offline)
    known = digests or FileDigests()
    parts = [IDENTITY_SCHEMA, spec.engine, spec.pooling, spec.document_prefix, spec.query_prefix, spec.max_tokens]
    parts += [FEATURE_SCHEMA, DATA_FLOW_SCHEMA, WINDOW_SCHEME, spec.prose_tokens, spec.node_tokens, spec.windows]
    names = [path.name for path in weights.weight_files(directory)]
    names += [name for name in ("config.json", *weights.TOKENIZER_FILES) if (directory / name).is_file()]
    return digest(msgspec.msgpack.encode([*parts, *((name, known.of(directory / name)) for name in names)]))


def dimensions(spec: ModelSpec, *, offline: bool = True) -> int:
    """Return the length of the model's vectors; raises ModelMissing, EncoderError."""
    if spec.dimensions:
        return spec.dimensions
    size = weights.read_json(directory_of(spec, offline=offline) / "config.json").get("hidden_size")
    if not isinstance(size, int) or not 0 < size <= 1 << 16:
        raise EncoderError(f"the configuration of {spec.name} states no usable hidden_size", "choose another model")
    return size


def load(spec: ModelSpec, *, device: str = "auto", offline: bool = True, precision: str = "auto") -> Encoder:
    """Load a model. Slow and large for models with weights; raises ModelMissing, EncoderError."""
    match spec.engine:
        case "lexical":
            return LexicalEncoder(spec.dimensions, spec.name)
        case "roberta" | "graphcodebert":
            directory = directory_of(spec, offline=offline)
            try:
                from codegraph.embed.graphcodebert import GraphCodeBertEncoder
            except ImportError as error:
                raise EncoderError(
                    f"{spec.name} needs torch and tokenizers: {error}", "pip install 'codegraph-daemon[models]'"
                ) from error
            return GraphCodeBertEncoder.load(spec, directory, identity(spec, offline=offline), device, precision)
    raise InternalError(f"there is no engine {spec.engine}")


def query_encoder(spec: ModelSpec) -> Callable[[str], FloatArray] | None:
    """Return a function that embeds queries in this very process, None for models that need the worker."""
    return LexicalEncoder(spec.dimensions, spec.name).encode_query if spec.engine == "lexical" else None


def _registry_file() -> Path:
    """Find models.toml: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    shipped = package / "models.toml"
    return shipped if shipped.is_file() else package.parent / "config" / "models.toml"


def _engine(directory: Path) -> Engine:
    kind = weights.read_json(directory / "config.json").get("model_type")
    if kind == "roberta":
        return "roberta"
    raise EncoderError(f"{directory} holds a model of type {kind!r}", "this version runs RoBERTa models only")


def _pooling(directory: Path) -> Pooling:
    """Read the pooling from the file that sentence-transformers writes; mean where there is none."""
    file = directory / "1_Pooling" / "config.json"
    return "cls" if file.is_file() and weights.read_json(file).get("pooling_mode_cls_token") is True else "mean"
