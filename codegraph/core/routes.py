"""Which model embeds a symbol: a pure function of its definition.

A *route* leads from what a definition says of itself (`kind`, `length`, `flow`) to the 16-byte identity
of a model. Identities enter embedding keys, so a symbol that takes another route has another key, and
vectors of two models never stand under one. Looked at in this order:

    undecided   a function's facts were extracted with data flow although none is wanted, or without
                although it is: the file is about to be extracted again, and until then nothing is wanted
    text        documentation: sections of documents, and module symbols, whose text is a docstring and top-level
                statements
    long        own inputs of more than `long_tokens` canonical tokens
    fallback    the code model reads data flow, and the definition has none that could be followed
    code        everything else

Pure. Tests: tests/unit/core/test_core_routes.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from codegraph.core.digests import DIGEST_BYTES, digest
from codegraph.core.facts import Definition, FlowState, Outline
from codegraph.core.symbols import CALLABLE_KINDS, SymbolKind

UNDECIDED = bytes(DIGEST_BYTES)
"""The identity of no model."""

TEXT_KINDS = frozenset({SymbolKind.MODULE, SymbolKind.SECTION})
"""Kinds whose own input is documentation first."""

FOLLOWED = frozenset({FlowState.PRESENT, FlowState.EMPTY})
"""States in which all the data flow there is is known."""


@dataclass(frozen=True, slots=True)
class Routes:
    """A model set: an identity of 16 bytes for each route; b"" takes the code model's."""

    code: bytes
    fallback: bytes = b""
    text: bytes = b""
    long: bytes = b""
    long_tokens: int = 0
    """Canonical tokens above which a symbol is long; 0: none is."""
    reads_data_flow: bool = False
    """The code model reads data flow, so symbols without it take the fallback."""
    expects_data_flow: bool = False
    """Facts are to be extracted with data flow."""

    def model_of(self, definition: Definition) -> bytes:
        """Return the identity of the model that embeds a definition, UNDECIDED while its facts cannot tell."""
        flow = definition.flow  # other definitions' own inputs are the same with data flow and without
        if definition.kind in CALLABLE_KINDS and (flow is FlowState.OFF) is self.expects_data_flow:
            return UNDECIDED
        if self.text and definition.kind in TEXT_KINDS:
            return self.text
        if self.long and definition.length > self.long_tokens > 0:
            return self.long
        if self.fallback and self.reads_data_flow and self.expects_data_flow and flow not in FOLLOWED:
            return self.fallback
        return self.code

    def accept(self, outline: Outline) -> bool:
        """Whether the facts of a file were extracted as these routes expect, so that no symbol is undecided."""
        return all((each.flow is not FlowState.OFF) is self.expects_data_flow for each in outline.definitions)

    @property
    def models(self) -> tuple[bytes, ...]:
        """The distinct identities that a symbol can be routed to, the code model's first."""
        return tuple(dict.fromkeys(each for each in (self.code, self.fallback, self.text, self.long) if each))

    @property
    def digest(self) -> bytes:
        """Fingerprint of the whole set, 16 bytes: equal sets route and key every symbol alike."""
        flags = bytes((self.reads_data_flow, self.expects_data_flow))
        identities = (each or self.code for each in (self.code, self.fallback, self.text, self.long))
        return digest(b"".join(identities) + self.long_tokens.to_bytes(8, "little") + flags)


NO_ROUTES = Routes(UNDECIDED)
"""The routes of an index whose stored keys are not to be believed."""
