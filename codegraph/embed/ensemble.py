"""Several models as one: each one's vector, scaled to length 1, joined with weights.

    concatenate    [sqrt(w_1) v_1, sqrt(w_2) v_2, ...]; the cosine of two such vectors is the mean of the parts'
                   cosines, weighted by w. Any dimensions go together.
    average        w_1 v_1 + w_2 v_2 + ...; only for vectors of one length, and only of use for models whose
                   dimensions mean the same, such as two trainings of one model.

The result is scaled to length 1. Weights are relative: only their ratios matter.
Tests: tests/unit/embed/test_embed_ensemble.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from codegraph.embed.encoder import Encoder, FloatArray
from codegraph.embed.render import EncoderInput
from codegraph.embed.spec import ModelSpec
from codegraph.errors import EncoderError


class EnsembleEncoder:
    """Encoders that answer together."""

    def __init__(self, spec: ModelSpec, identity: bytes, members: Sequence[Encoder], dimensions: int) -> None:
        """Join loaded members, in the order of the spec's parts; raises EncoderError if they do not fit together."""
        self.name = spec.name
        self.identity = identity
        self.dimensions = dimensions
        self.max_length = max(member.max_length for member in members)
        self.device = ", ".join(dict.fromkeys(member.device for member in members))
        self._members = tuple(members)
        total = sum(part.weight for part in spec.parts)
        self._shares = [part.weight / total for part in spec.parts]
        self._concatenate = spec.combine == "concatenate"
        sizes = [member.dimensions for member in members]
        fits = sum(sizes) == dimensions if self._concatenate else set(sizes) == {dimensions}
        if not fits:
            raise EncoderError(
                f"the parts of {spec.name} have {', '.join(map(str, sizes))} dimensions, {dimensions} were announced",
                "state the right dimensions in models.toml",
            )

    def length(self, source: EncoderInput) -> int:
        """Return the greatest length that any member says."""
        return max(member.length(source) for member in self._members)

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        """Return one unit row per input; a row that one member cannot give is NaN."""
        return self._joined([member.encode(inputs) for member in self._members])

    def encode_query(self, text: str) -> FloatArray:
        """Return the unit vector of a query."""
        row: FloatArray = self._joined([member.encode_query(text)[None] for member in self._members])[0]
        return row

    def _joined(self, matrices: Sequence[FloatArray]) -> FloatArray:
        units = [unit(matrix) for matrix in matrices]
        if self._concatenate:
            return np.concatenate(
                [rows * np.float32(np.sqrt(share)) for rows, share in zip(units, self._shares, strict=True)], axis=1
            )
        mixed = np.zeros_like(units[0])
        for rows, share in zip(units, self._shares, strict=True):
            mixed += rows * np.float32(share)
        return unit(mixed)


def unit(rows: FloatArray) -> FloatArray:
    """Scale rows to length 1; zero rows become NaN, which callers reject."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        scaled: FloatArray = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return scaled
