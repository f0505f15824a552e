"""The models that symbols are embedded with now, and what stands in where one is missing.

A *model set* is what one configuration comes to on this machine: the routes (`core.routes`) and, by
identity, the models they lead to. When the asked-for code model is not here, the one that comes with
codegraph answers instead; when the fallback is not here, the code model embeds without nodes. Both are
said in `missing`, which `status` shows as standing warnings and `index` and `search` repeat, and keys are
those of the models in use, so no vector of one ever passes for one of another.
Tests: tests/unit/daemon/test_daemon_model.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from codegraph.config import Config, EmbeddingConfig
from codegraph.core.routes import Routes
from codegraph.embed.encoder import FloatArray
from codegraph.embed.registry import check_permitted, describe, dimensions, identity, query_encoder
from codegraph.embed.spec import ModelSpec
from codegraph.errors import ConfigError, EncoderError

STAND_INS = (EmbeddingConfig().model, "lexical")
"""What is used where the code model is missing, the first that can be: both are parts of the package, and the second
has no weights that could be damaged."""

SAME = "same"
"""The value of `embedding.fallback` that lets the code model embed without nodes."""


@dataclass(frozen=True, slots=True)
class ActiveModel:
    """A model that can be used on this machine."""

    spec: ModelSpec
    identity: bytes
    dimensions: int
    encode_query: Callable[[str], FloatArray] | None
    """Embeds queries in this process; None: the worker must."""


@dataclass(frozen=True, slots=True)
class ModelSet:
    """The models in use, and which of them embeds what."""

    routes: Routes
    models: Mapping[bytes, ActiveModel]
    """By identity: every model that a symbol can be routed to, the code model first."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """By route (code, fallback, text, long, query): why the model that was asked for is not in use."""
    query: ActiveModel | None = None
    """Embeds queries for the code model's vectors in its stead."""

    @property
    def code(self) -> ActiveModel:
        """The model of everything that takes no other route."""
        return self.models[self.routes.code]

    def active(self, name: str) -> ActiveModel | None:
        """Return the model of that name, if it embeds anything."""
        return next((model for model in self.models.values() if model.spec.name == name), None)


def single(model: ActiveModel) -> ModelSet:
    """Return the set in which one model embeds everything."""
    return ModelSet(Routes(model.identity), {model.identity: model})


def activate(config: Config) -> ModelSet:
    """Choose the models of the configuration, or what stands in for them. Raises ConfigError."""
    embedding = config.embedding
    missing: dict[str, str] = {}
    try:
        code = _permitted(embedding.model, embedding)
    except EncoderError as error:
        code = _stand_in(embedding)
        missing["code"] = _refusal(embedding.model, f"{code.spec.name} stands in", error)
    reads = code.spec.reads_data_flow
    expects = {"on": True, "off": False}.get(config.extract.data_flow, reads)
    others: dict[str, ActiveModel | None] = {"fallback": None, "text": None, "long": None}
    if reads and expects and embedding.fallback != SAME:
        instead = f"symbols without data flow go to {code.spec.name} without nodes"
        others["fallback"] = _found("fallback", embedding.fallback, embedding, instead, missing)
    for route, name in (("text", embedding.text), ("long", embedding.long)):
        if name and name != embedding.model:
            others[route] = _found(route, name, embedding, f"{code.spec.name} stands in", missing)
    routes = Routes(
        code=code.identity,
        **{route: model.identity if model is not None else b"" for route, model in others.items()},
        long_tokens=embedding.long_tokens if others["long"] is not None else 0,
        reads_data_flow=reads,
        expects_data_flow=expects,
    )
    present = [code, *(model for model in others.values() if model is not None)]
    return ModelSet(
        routes, {model.identity: model for model in present}, missing, _query_model(embedding, code, missing)
    )


def _found(route: str, name: str, config: EmbeddingConfig, instead: str, missing: dict[str, str]) -> ActiveModel | None:
    """Return a model, or None with a note in `missing` of what happens `instead`."""
    try:
        return _permitted(name, config)
    except EncoderError as error:
        missing[route] = _refusal(name, instead, error)
        return None


def _stand_in(config: EmbeddingConfig) -> ActiveModel:
    *trained, untrained = (name for name in STAND_INS if name != config.model)
    for name in trained:
        with suppress(EncoderError):
            return _permitted(name, config)
    return _permitted(untrained, config)


def _permitted(name: str, config: EmbeddingConfig) -> ActiveModel:
    """Raises EncoderError if the model is not here, or not without the user's word."""
    spec = describe(name)
    check_permitted(spec, remote_code=config.allow_remote_code, endpoints=config.allow_endpoints)
    return _active(spec, config.offline)


def _refusal(name: str, instead: str, error: EncoderError) -> str:
    return f"{name} cannot be used, {instead}: {error.explanation}"


def _active(spec: ModelSpec, offline: bool) -> ActiveModel:
    known = identity(spec, offline=offline)
    return ActiveModel(
        spec=spec,
        identity=known,
        dimensions=dimensions(spec, offline=offline),
        encode_query=query_encoder(spec, known),
    )


def _query_model(config: EmbeddingConfig, code: ActiveModel, missing: dict[str, str]) -> ActiveModel | None:
    """Return the model for queries if it is another one. Raises ConfigError if its vectors are of another space."""
    if not config.query or config.query == config.model or "code" in missing:
        return None
    model = _found("query", config.query, config, f"{code.spec.name} embeds queries, too", missing)
    if model is not None and not _same_space(model, code):
        raise ConfigError(
            f"embedding.query = {config.query!r}: its vectors cannot be compared with those of {code.spec.name}",
            "name a variant of the same checkpoint, or leave the setting empty",
        )
    return model


def _same_space(one: ActiveModel, other: ActiveModel) -> bool:
    """Whether two models are the same checkpoint, fed differently."""
    same = one.spec.checkpoint == other.spec.checkpoint
    return same and one.dimensions == other.dimensions and one.spec.pooling == other.spec.pooling
