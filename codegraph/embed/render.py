"""What an encoder may see of one symbol, and nothing else.

`render(own, signatures)` takes exactly the two things that the embedding key is made of: the symbol's
own input and the signatures of its context, in order. `EncoderInput` is all that an encoder is given.
So equal keys mean equal inputs, by type: there is no path, no position, no revision and no figure
about the project here that could move without moving the key.

Inputs are cut to bounds, so that one generated file cannot fill a message or a batch. The bounds and
the cut are part of what is rendered: whoever changes them must bump `core.digests.KEY_SCHEMA`.
Tests: tests/unit/embed/test_embed_render.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from codegraph.core.facts import OwnInput, decode_own_input, encode
from codegraph.core.symbols import SymbolKind

MAX_TOKENS = 4_096
MAX_TOKEN_CHARACTERS = 512
MAX_TOTAL_CHARACTERS = 32_768
MAX_DOCSTRING_CHARACTERS = 4_096
MAX_SIGNATURE_CHARACTERS = 2_048
MAX_DATA_FLOW_BYTES = 16_384


class EncoderInput(msgspec.Struct, frozen=True, array_like=True):
    """One symbol as encoders see it; hashable, equal by value."""

    language: str
    kind: SymbolKind
    name: str
    container: str
    """The container's header, "" at module level."""
    signature: str
    docstring: str
    tokens: tuple[str, ...]
    """Canonical tokens of the definition's own text."""
    context: tuple[str, ...] = ()
    """Signatures of what the symbol depends on, nearest first."""
    data_flow: bytes = b""
    """Packed data-flow rows; empty for engines and languages that have none, and when they are too many."""


class PackedInput(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What `render` takes, the own input as it is stored: the process that encodes it decodes and renders it."""

    own: bytes
    """Encoded OwnInput."""
    signatures: tuple[str, ...]

    def rendered(self) -> EncoderInput:
        """Return the encoder's input; raises msgspec.DecodeError on foreign bytes."""
        return render(decode_own_input(self.own), self.signatures)


def pack(source: EncoderInput) -> PackedInput:
    """Return what renders to `source`, which was rendered itself."""
    own = OwnInput(
        kind=source.kind,
        language=source.language,
        name=source.name,
        container=source.container,
        signature=source.signature,
        docstring=source.docstring,
        tokens=source.tokens,
        data_flow=source.data_flow,
    )
    return PackedInput(encode(own), source.context)


def render(own: OwnInput, signatures: Sequence[str]) -> EncoderInput:
    """Build the encoder's input of one symbol from its own input and its context's signatures."""
    return EncoderInput(
        language=own.language,
        kind=own.kind,
        name=own.name[:MAX_TOKEN_CHARACTERS],
        container=own.container[:MAX_SIGNATURE_CHARACTERS],
        signature=own.signature[:MAX_SIGNATURE_CHARACTERS],
        docstring=own.docstring[:MAX_DOCSTRING_CHARACTERS],
        tokens=_bounded(own.tokens),
        context=tuple(signature[:MAX_SIGNATURE_CHARACTERS] for signature in signatures),
        data_flow=own.data_flow if len(own.data_flow) <= MAX_DATA_FLOW_BYTES else b"",
    )


def _bounded(tokens: Sequence[str]) -> tuple[str, ...]:
    lengths = list(map(len, tokens))
    few = len(lengths) <= MAX_TOKENS and sum(lengths) <= MAX_TOTAL_CHARACTERS
    if few and max(lengths, default=0) <= MAX_TOKEN_CHARACTERS:
        return tuple(tokens)  # nearly always
    return tuple(_cut(tokens))


def _cut(tokens: Sequence[str]) -> Iterator[str]:
    left = MAX_TOTAL_CHARACTERS
    for token in tokens[:MAX_TOKENS]:
        left -= min(len(token), MAX_TOKEN_CHARACTERS)
        if left < 0:
            return
        yield token[:MAX_TOKEN_CHARACTERS]
