"""The model that symbols are embedded with now, and what it falls back to.

When the asked-for model is not on this machine, the embedded lexical encoder answers instead and says
so: `missing` is shown by `status` as a standing warning, and keys are those of the model in use, so no
vector of one ever passes for one of the other. Tests: tests/unit/daemon/test_daemon_model.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from codegraph.config import EmbeddingConfig
from codegraph.embed.encoder import FloatArray
from codegraph.embed.registry import ModelSpec, check_permitted, describe, dimensions, identity, query_encoder
from codegraph.errors import ModelMissing

FALLBACK = "lexical"


@dataclass(frozen=True, slots=True)
class ActiveModel:
    """A model that can be used on this machine."""

    spec: ModelSpec
    identity: bytes
    dimensions: int
    encode_query: Callable[[str], FloatArray] | None
    """Embeds queries in this process; None: the worker must."""
    missing: str = ""
    """Why the model that was asked for is not the one in use."""


def activate(config: EmbeddingConfig) -> ActiveModel:
    """Choose the model of the configuration, or the fallback if its weights are not here. Raises ConfigError."""
    try:
        spec = describe(config.model)
        check_permitted(spec, remote_code=config.allow_remote_code, endpoints=config.allow_endpoints)
        return _active(spec, config.offline, "")
    except ModelMissing as error:
        missing = f"{config.model} cannot be used, {FALLBACK} stands in: {error.message}; {error.advice}"
        return _active(describe(FALLBACK), config.offline, missing)


def _active(spec: ModelSpec, offline: bool, missing: str) -> ActiveModel:
    return ActiveModel(
        spec=spec,
        identity=identity(spec, offline=offline),
        dimensions=dimensions(spec, offline=offline),
        encode_query=query_encoder(spec),
        missing=missing,
    )
