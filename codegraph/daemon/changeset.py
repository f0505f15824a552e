"""The facts of a change set, decoded only when they are looked at.

A first index of a large tree is one change set of thousands of files. Decoded, their occurrences
would be most of the daemon's memory at once; encoded and compressed they are a few per cent of it.
So the mapping that goes into `Index.apply` decodes on access and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codegraph.core.facts import EncodedFacts, FileFacts, decode_compressed_occurrences, decode_outline


def decode_for_index(facts: EncodedFacts) -> FileFacts:
    """Decode what the index reads; the own inputs stay where they are. Raises msgspec.DecodeError."""
    return FileFacts(
        blob=facts.blob,
        outline=decode_outline(facts.outline),
        occurrences=decode_compressed_occurrences(facts.occurrences),
        inputs={},
    )


class EncodedChanges(Mapping[str, FileFacts | None]):
    """Path to facts, or None for a file that is gone; each access decodes anew."""

    def __init__(self, facts: Mapping[str, EncodedFacts | None]) -> None:
        self._facts = facts

    def __getitem__(self, path: str) -> FileFacts | None:
        encoded = self._facts[path]
        return None if encoded is None else decode_for_index(encoded)

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)
