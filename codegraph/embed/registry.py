"""Finds models by name: what they are, their identity, and the encoder itself.

A model is registered in `config/models.toml` (shipped as `codegraph/models.toml`), or by the user (`own_models`),
or it is a local directory. `describe` reads the registry; `identity` and `dimensions` look at the model's files
without importing torch, so the daemon can compute keys before any model is loaded; `load` builds the encoder and
belongs in the worker process, save for models that need no weights (`query_encoder`). What needs the user's
explicit word, running code that came with a model and sending text to a server, is refused without it.
Tests: tests/unit/embed/test_embed_registry.py.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

import msgspec

from codegraph.core.dataflow import DATA_FLOW_SCHEMA
from codegraph.core.digests import digest
from codegraph.embed import local_models, own_models, weights
from codegraph.embed.encoder import Encoder, FloatArray
from codegraph.embed.endpoint import check_address
from codegraph.embed.features import FEATURE_SCHEMA
from codegraph.embed.fitted import FittedEncoder, read_transform
from codegraph.embed.lexical import LexicalEncoder, lexical_identity
from codegraph.embed.safetensors_file import check_whole
from codegraph.embed.spec import ModelSpec
from codegraph.embed.text import TEXT_SCHEMA
from codegraph.embed.trained import TRAINED_SCHEMA, TrainedEncoder, on_first_query
from codegraph.embed.weights import FileDigests
from codegraph.embed.windowed import WindowedEncoder
from codegraph.embed.windows import WINDOW_SCHEME
from codegraph.errors import ConfigError, EncoderError, InternalError, ModelMissing

IDENTITY_SCHEMA = "codegraph-model-2"
"""Bumped when an engine feeds its model differently, so that no old vector is taken for a new one."""

_FED = (
    *("engine", "pooling", "max_tokens", "layer_norm", "document_prefix", "query_prefix", "end_token", "node_tokens"),
    *("prose_tokens", "windows", "combine", "cut_to"),
)
"""Fields of a spec that decide its vectors; what files, address and parts decide is covered by themselves."""


def registered(file: Path | None = None) -> Mapping[str, ModelSpec]:
    """Return all models that have a name, the shipped ones first; raises ConfigError on a bad registry.

    With `file` only that registry is read; otherwise the shipped one and the user's.
    """
    if file is not None:
        return _specs(_tables(file), {}, file)
    shipped = _tables(_registry_file())
    models = dict(_specs(shipped, {}, _registry_file()))
    for source, tables in own_models.read():
        models.update(_specs(tables, shipped, source))
    return models


def describe(name: str, models: Mapping[str, ModelSpec] | None = None) -> ModelSpec:
    """Return the spec of a model; raises ConfigError, EncoderError, ModelMissing.

    `name` is a registered name, a repository of a registered model, or a local directory; `@N` behind it cuts
    vectors to N dimensions, for models that were trained for it.
    """
    known = registered() if models is None else models
    spec = _named(name, known)
    if spec is None and (size := name.rpartition("@")[2]).isdecimal():
        base = _named(name.rpartition("@")[0], known)
        spec = None if base is None else _cut(base, int(size))
    if spec is None:
        raise ConfigError(
            f"there is no model named {name!r}", f"one of: {', '.join(known)}; or the directory of a model"
        )
    return _checked(spec, known)


def directory_of(spec: ModelSpec, *, offline: bool = True) -> Path:
    """Return where the model's files are; raises ModelMissing. Only for models with files."""
    if spec.path:
        return weights.checked(Path(spec.path).expanduser())
    if spec.engine == "trained":
        return weights.checked(weights.shipped_directory(spec.name))
    stay = offline or weights.told_to_stay_offline()
    fetch = None if stay else partial(weights.fetch_from_hub, with_code=spec.remote_code)
    package = weights.package_directory(spec.package) if spec.package else None
    return weights.locate(spec.name, spec.repository, spec.revision, fetch=fetch, package=package)


def has_files(spec: ModelSpec) -> bool:
    """Return whether the model consists of files on this machine."""
    return spec.engine not in ("lexical", "endpoint", "ensemble", "fitted")


def identity(spec: ModelSpec, digests: FileDigests | None = None, *, offline: bool = True) -> bytes:
    """Return the 16 bytes that stand for the model in every embedding key.

    They cover the bytes of weights, configuration, tokenizer and code, the pooling, the prefixes, all limits and how
    inputs are built from symbols, and not where the files are; of a server its address and what it calls the model;
    of an ensemble its parts; of a fitted model its base and its transform.
    Reading 500 MB of weights takes about a second; pass the same `digests` again to avoid that.
    Raises ModelMissing, and EncoderError for weights that are cut off or have another checksum than the published one.
    """
    if spec.engine == "lexical" and not spec.cut_to:
        return lexical_identity(spec.dimensions)
    known = digests or FileDigests()
    parts: list[Any] = [IDENTITY_SCHEMA, _schemas(spec), [(field, getattr(spec, field)) for field in _FED]]
    if spec.engine == "ensemble":
        members = [(part.weight, identity(_spec_of(part.spec), known, offline=offline)) for part in spec.parts]
        parts.append(members)
    elif spec.engine == "fitted":
        parts += [identity(_base_of(spec), known, offline=offline), read_transform(spec).digest]
    elif spec.endpoint is not None:
        parts += [spec.endpoint.url, spec.endpoint.model, spec.dimensions, spec.revision]
    elif has_files(spec):
        directory = directory_of(spec, offline=offline)
        weights.check_sum(spec.name, directory, spec.sha256)
        for file in weights.weight_files(directory):
            if file.suffix == ".safetensors":
                check_whole(spec.name, file)
        parts += [(file.name, known.of(file)) for file in weights.deciding_files(directory, code=spec.remote_code)]
        if spec.engine != "trained":  # the shipped table, whose length is no user's to state
            stated = spec.dimensions or spec.engine == "static"  # a table's length is known when it is loaded
            parts.append(spec.dimensions if stated else dimensions(spec, offline=offline))
    return digest(msgspec.msgpack.encode(parts))


def _schemas(spec: ModelSpec) -> tuple[int, ...]:
    """Return the versions of all that stands between a symbol and the model."""
    match spec.engine:
        case "trained":
            return (TRAINED_SCHEMA,)
        case "roberta" | "graphcodebert":
            return (FEATURE_SCHEMA, DATA_FLOW_SCHEMA, WINDOW_SCHEME)
        case "transformer" | "t5" | "endpoint":
            return (TEXT_SCHEMA, WINDOW_SCHEME)
        case _:
            return (TEXT_SCHEMA,)


def dimensions(spec: ModelSpec, *, offline: bool = True) -> int:
    """Return the length of the model's vectors; raises ModelMissing, EncoderError, ConfigError for an ensemble."""
    if spec.cut_to:
        return spec.cut_to
    if spec.engine == "ensemble":
        sizes = [dimensions(_spec_of(part.spec), offline=offline) for part in spec.parts]
        if spec.combine == "concatenate":
            return sum(sizes)
        if len(set(sizes)) > 1:
            listed = ", ".join(f"{part.model} {size}" for part, size in zip(spec.parts, sizes, strict=True))
            raise ConfigError(
                f"{spec.name} cannot average vectors of different dimensions: {listed}",
                'set combine = "concatenate", or choose parts of one length',
            )
        return sizes[0]
    if spec.engine == "fitted":
        return read_transform(spec).size
    if spec.dimensions:
        return spec.dimensions
    return local_models.dimensions(spec.name, directory_of(spec, offline=offline))


def check_permitted(spec: ModelSpec, *, remote_code: bool, endpoints: bool) -> None:
    """Raise ModelMissing if the model needs a permission that the user did not give."""
    if spec.sends_text_to and not endpoints:
        raise ModelMissing(
            f"{spec.name} would send names, code and queries to {', '.join(spec.sends_text_to)}, which is off",
            "set embedding.allow_endpoints = true if that is wanted",
        )
    for one in (spec, *(part.spec for part in spec.parts if part.spec is not None)):
        if one.remote_code and not remote_code and not local_models.known_to_transformers(one):
            raise ModelMissing(
                f"{one.name} consists of Python files of its own, which would run with your rights",
                "read them, and set embedding.allow_remote_code = true if you trust them",
            )


def load(
    spec: ModelSpec,
    *,
    device: str = "auto",
    precision: str = "auto",
    compile_layers: str = "off",
    offline: bool = True,
    remote_code: bool = False,
    endpoints: bool = False,
) -> Encoder:
    """Load a model. Slow and large for models with weights; raises ModelMissing, EncoderError."""
    check_permitted(spec, remote_code=remote_code, endpoints=endpoints)
    load_part = partial(
        load,
        device=device,
        precision=precision,
        compile_layers=compile_layers,
        offline=offline,
        remote_code=remote_code,
        endpoints=endpoints,
    )
    if spec.cut_to:
        from codegraph.embed.matryoshka import CutEncoder

        base = load_part(msgspec.structs.replace(spec, cut_to=0))
        return CutEncoder(base, identity(spec, offline=offline), spec.cut_to, layer_norm=spec.layer_norm)
    if spec.engine == "lexical":
        return LexicalEncoder(spec.dimensions, spec.name)
    if spec.engine == "endpoint":
        from codegraph.embed.endpoint import EndpointEncoder

        return _windowed(spec, EndpointEncoder(spec, identity(spec)))
    if spec.engine == "fitted":
        return FittedEncoder(spec, identity(spec, offline=offline), load_part(_base_of(spec)), read_transform(spec))
    if spec.engine == "ensemble":
        from codegraph.embed.ensemble import EnsembleEncoder

        size = dimensions(spec, offline=offline)
        members = [load_part(_spec_of(part.spec)) for part in spec.parts]
        return EnsembleEncoder(spec, identity(spec, offline=offline), members, size)
    known = identity(spec, offline=offline)
    return _load_files(spec, directory_of(spec, offline=offline), known, device, precision, compile_layers)


def _load_files(
    spec: ModelSpec, directory: Path, known: bytes, device: str, precision: str, compile_layers: str
) -> Encoder:
    try:
        match spec.engine:
            case "trained":
                return TrainedEncoder.load(spec, directory, known)
            case "static":
                from codegraph.embed.static import StaticEncoder

                return StaticEncoder.load(spec, directory, known)
            case "roberta" | "graphcodebert":
                from codegraph.embed.graphcodebert import GraphCodeBertEncoder

                return GraphCodeBertEncoder.load(
                    spec, directory, known, device, precision, compile_layers=cast(Any, compile_layers)
                )
            case "transformer" | "t5":
                from codegraph.embed.transformer import TransformerEncoder

                return _windowed(spec, TransformerEncoder.load(spec, directory, known, device, precision))
    except ImportError as error:
        raise EncoderError(
            f"{spec.name} needs libraries that are not installed: {error}", "pip install 'codegraph-daemon[models]'"
        ) from error
    raise InternalError(f"there is no engine {spec.engine}")


def _windowed(spec: ModelSpec, encoder: Encoder) -> Encoder:
    return WindowedEncoder(encoder, spec.windows) if spec.windows > 1 else encoder


def light(spec: ModelSpec, known: bytes = b"") -> Callable[[], Encoder] | None:
    """Return what loads a model that may live in any process, None for models that need the worker.

    `known` is the model's identity, if that was computed already. Loading raises EncoderError.
    """
    if spec.cut_to:
        return None
    if spec.engine == "trained":
        return lambda: TrainedEncoder.load(spec, directory_of(spec), known or identity(spec))
    return (lambda: LexicalEncoder(spec.dimensions, spec.name)) if spec.engine == "lexical" else None


def query_encoder(spec: ModelSpec, known: bytes = b"") -> Callable[[str], FloatArray] | None:
    """Return a function that embeds queries in this very process, None for models that need the worker."""
    load = light(spec, known)
    return None if load is None else on_first_query(load)


def _registry_file() -> Path:
    """Find models.toml: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    shipped = package / "models.toml"
    return shipped if shipped.is_file() else package.parent / "config" / "models.toml"


def _tables(file: Path) -> dict[str, dict[str, Any]]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file}: {error}", "reinstall codegraph, or mend the file") from error


def _specs(
    tables: Mapping[str, dict[str, Any]], base: Mapping[str, dict[str, Any]], source: Path
) -> dict[str, ModelSpec]:
    """Turn tables into specs; a table whose name `base` has, too, changes single fields of that one."""
    specs = {}
    for name, table in tables.items():
        try:
            specs[name] = msgspec.convert({**base.get(name, {}), **table, "name": name}, ModelSpec)
        except (msgspec.ValidationError, TypeError) as error:
            raise ConfigError(f"{source}: [{name}] {error}", "config/models.toml says what each field means") from error
    return specs


def _named(name: str, known: Mapping[str, ModelSpec]) -> ModelSpec | None:
    if name in known:
        return known[name]
    for spec in known.values():
        if spec.repository and spec.repository == name:
            return spec
    if "/" in name or "\\" in name or Path(name).expanduser().is_dir():
        directory = Path(name).expanduser().resolve()
        if "@" not in directory.name or directory.is_dir():
            return local_models.describe(weights.checked(directory))
    return None


def _cut(spec: ModelSpec, size: int) -> ModelSpec:
    if size == spec.dimensions:
        return spec
    if size not in spec.matryoshka:
        lengths = ", ".join(map(str, spec.matryoshka))
        raise ConfigError(
            f"vectors of {spec.name} cannot be cut to {size} dimensions",
            f"it was trained for {lengths}" if lengths else "it was not trained for that; use it uncut",
        )
    return msgspec.structs.replace(spec, cut_to=size)


def _checked(spec: ModelSpec, known: Mapping[str, ModelSpec]) -> ModelSpec:
    """Complete an ensemble, and refuse specs that say too little."""
    advice = "config/models.toml says what each field means"
    if spec.engine == "endpoint":
        if spec.endpoint is None or spec.dimensions <= 0:
            raise ConfigError(
                f"{spec.name} is an endpoint and needs endpoint.url, endpoint.model and dimensions", advice
            )
        check_address(spec.name, spec.endpoint)
    if spec.engine == "fitted" and (len(spec.parts) != 1 or not spec.path or spec.cut_to):
        raise ConfigError(f"{spec.name} is fitted and needs path, the transform's file, and one part, its base", advice)
    if spec.engine not in ("ensemble", "fitted"):
        return spec
    few = spec.engine == "ensemble" and len(spec.parts) < 2
    if few or not all(0 < part.weight < float("inf") for part in spec.parts):
        raise ConfigError(f"{spec.name} is an ensemble and needs two parts or more with weights above 0", advice)
    resolved = []
    for part in spec.parts:
        if part.model in known and known[part.model].engine == "ensemble":
            raise ConfigError(f"{spec.name} has {part.model} as a part, which is an ensemble itself", advice)
        if part.model in known and known[part.model].engine == "fitted":
            raise ConfigError(f"{spec.name} has {part.model} as a part, which is fitted itself", advice)
        resolved.append(msgspec.structs.replace(part, spec=describe(part.model, known)))
    return msgspec.structs.replace(spec, parts=tuple(resolved))


def _base_of(spec: ModelSpec) -> ModelSpec:
    return _spec_of(spec.parts[0].spec)


def _spec_of(spec: ModelSpec | None) -> ModelSpec:
    if spec is None:
        raise InternalError("an ensemble was not resolved by registry.describe")
    return spec
