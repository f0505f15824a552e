"""What is known of a model before any of its files is opened: `ModelSpec`, one table of models.toml.

A spec says which engine runs the model, where its files are, how it must be fed, and what a user should know
before choosing it. It is plain data: the daemon sends it to the embed worker as it is.
Tests: tests/unit/embed/test_embed_registry.py.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Engine = Literal[
    "lexical", "roberta", "graphcodebert", "transformer", "t5", "static", "trained", "endpoint", "ensemble", "fitted"
]
"""Which module of `codegraph.embed` runs the model; `registry.load` knows which is which."""

Pooling = Literal["mean", "cls", "last", "pooler", "codecse", "own"]
"""How the states of tokens become one vector:

    mean      mean over all tokens that are not padding, special ones included
    cls       the first token
    last      the last token that is not padding; the same for a causal model as padding on the left
    pooler    tanh of the checkpoint's own, trained pooler on the first token
    codecse   tanh of CodeCSE's `mlp.dense` on the first token
    own       the model returns the vector itself
"""

Combination = Literal["concatenate", "average"]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One member of an ensemble, or what a fitted model is fitted to."""

    model: str
    """Its name, as anywhere else."""
    weight: float = 1.0
    """Its share of the score, relative to the other parts' weights."""
    spec: ModelSpec | None = None
    """What the name stands for; filled in by `registry.describe`."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A server with an OpenAI-compatible interface for embeddings."""

    url: str
    """Everything before `/embeddings`, as https://api.openai.com/v1."""
    model: str
    """The model's name on that server."""
    key_variable: str = ""
    """The environment variable that holds the key; empty: the keyring is asked, and no key is sent without one."""
    keyring: str = ""
    """The service under which the system's keyring has the key; the user name there is `codegraph`."""
    insecure: bool = False
    """Allow http:// to other machines: text and key can be read on the way."""
    send_dimensions: bool = False
    """Ask the server for vectors of this length instead of its own."""
    batch: int = 64
    """The most texts of one request."""
    requests_per_minute: float = 0.0
    """0 means as fast as it answers."""
    timeout_seconds: float = 30.0
    """For connecting, and between two pieces of an answer."""
    attempts: int = 4
    """How often a request is tried."""


class ModelSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model and how it must be fed. See config/models.toml for what each field means."""

    name: str
    engine: Engine
    repository: str = ""
    revision: str = "main"
    path: str = ""
    """A local directory; stands in for the repository."""
    package: str = ""
    sha256: str = ""
    model_types: tuple[str, ...] = ()
    pooling: Pooling = "mean"
    max_tokens: int = 512
    dimensions: int = 0
    matryoshka: tuple[int, ...] = ()
    layer_norm: bool = False
    document_prefix: str = ""
    query_prefix: str = ""
    end_token: bool = False
    node_tokens: int = 64
    prose_tokens: int = 96
    windows: int = 8
    remote_code: bool = False
    gated: bool = False
    endpoint: Endpoint | None = None
    combine: Combination = "concatenate"
    parts: tuple[Part, ...] = ()
    licence: str = ""
    size: str = ""
    published: tuple[str, ...] = ()
    note: str = ""
    cut_to: int = 0
    """Length that vectors are cut to (Matryoshka); set by `registry.describe` for names like `model@256`."""

    @property
    def reads_data_flow(self) -> bool:
        """Whether the model is fed the nodes of a definition's data flow."""
        return self.engine == "graphcodebert" or any(part.spec and part.spec.reads_data_flow for part in self.parts)

    @property
    def checkpoint(self) -> tuple[str, ...]:
        """Return what vectors come from, however it is fed: equal for models whose vectors may be compared."""
        if self.endpoint is not None:
            return (self.endpoint.url, self.endpoint.model)
        if self.engine == "fitted":
            return (self.path, *(part.model for part in self.parts))
        if self.parts:
            members = [(part.model, str(part.weight)) for part in self.parts]
            return (self.combine, *(text for member in members for text in member))
        return (self.path,) if self.path else (self.repository or self.engine, self.revision)

    @property
    def sends_text_to(self) -> tuple[str, ...]:
        """Return the addresses of all servers that would be sent text of symbols and queries."""
        own = (self.endpoint.url,) if self.endpoint else ()
        return own + tuple(url for part in self.parts if part.spec for url in part.spec.sends_text_to)
