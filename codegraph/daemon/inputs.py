"""Own inputs on demand: what the encoder reads of a definition, found by its file's blob and its digest.

Own inputs are not kept in memory. They are stored with the facts of a blob, one compressed frame a
file; a batch usually wants many of one file, so the frames of the files read last stay decoded, and
those of files extracted a moment ago need not be read back at all.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Protocol

from codegraph.core.facts import EncodedFacts, OwnInput, decode_inputs, decode_own_input
from codegraph.core.symbols import BlobDigest, OwnDigest

FILES_KEPT = 64
"""How many files' own inputs stay decoded; at 8 KiB of source a file that is a few megabytes."""


class InputSource(Protocol):
    """Where stored frames come from; `KeptFacts` is one."""

    def inputs(self, blob: bytes, language: str) -> bytes | None:
        """Return the frame stored for a blob, or None."""


class OwnInputs:
    """Finds the own input of a definition. One thread's data."""

    def __init__(self, source: InputSource) -> None:
        self._source = source
        self._decoded: OrderedDict[tuple[BlobDigest, str], Mapping[bytes, bytes]] = OrderedDict()

    def remember(self, facts: EncodedFacts) -> None:
        """Keep the inputs of facts that were just extracted, since they will be wanted next."""
        self._keep((facts.blob, facts.language), decode_inputs(facts.inputs))

    def load(self, blob: BlobDigest, language: str, own: OwnDigest) -> OwnInput | None:
        """Return one own input; None if the store has lost it, and then the file must be extracted again."""
        encoded = self.encoded(blob, language, own)
        return None if encoded is None else decode_own_input(encoded)

    def encoded(self, blob: BlobDigest, language: str, own: OwnDigest) -> bytes | None:
        """Return the same as it is stored."""
        return self.of_file(blob, language).get(own)

    def of_file(self, blob: BlobDigest, language: str) -> Mapping[bytes, bytes]:
        """Return the encoded own inputs of all definitions of a file; nothing if the store has lost them."""
        place = (blob, language)
        inputs = self._decoded.get(place)
        if inputs is None:
            frame = self._source.inputs(blob, language)
            if frame is None:
                return {}
            inputs = decode_inputs(frame)
            self._keep(place, inputs)
        else:
            self._decoded.move_to_end(place)
        return inputs

    def _keep(self, place: tuple[BlobDigest, str], inputs: Mapping[bytes, bytes]) -> None:
        self._decoded[place] = inputs
        self._decoded.move_to_end(place)
        while len(self._decoded) > FILES_KEPT:
            self._decoded.popitem(last=False)
