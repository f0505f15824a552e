"""A model whose vectors go through a transform that was fitted on a project's own vectors (`transform`).

Such a model has a name, a base model and a file with the transform; its vectors are a space of their own, as those
of any other model. Nothing refits by itself, and a transform fitted anew makes another identity, so two
transforms' vectors never meet in one ranking. Tests: tests/unit/embed/test_embed_fitted.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from codegraph.embed.encoder import Encoder, FloatArray
from codegraph.embed.render import EncoderInput
from codegraph.embed.spec import ModelSpec
from codegraph.embed.transform import MAX_DIMENSIONS, Transform, all_but_the_top, centre, pca, soft_zca, whiten
from codegraph.errors import ConfigError, EncoderError, ModelMissing

MAX_FILE_BYTES = 4 * (MAX_DIMENSIONS + 1) * 4_096
"""Of a transform to 4,096 dimensions, more than any model has."""

Method = Callable[[FloatArray, int | None], Transform]


def _pca(vectors: FloatArray, size: int | None) -> Transform:
    if size is None:
        raise ConfigError("pca needs to know to how many dimensions", "add --dimensions 128, say")
    return pca(vectors, size)


def _whole(make: Callable[[FloatArray], Transform]) -> Method:
    def fitted(vectors: FloatArray, size: int | None) -> Transform:
        if size is not None:
            raise ConfigError("this method keeps all dimensions", "leave --dimensions out, or use pca or whiten")
        return make(vectors)

    return fitted


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "pca": _pca,
        "whiten": whiten,
        "centre": _whole(centre),
        "all-but-the-top": _whole(all_but_the_top),
        "soft-zca": _whole(soft_zca),
    }
)
"""Name -> how to fit a transform to unit rows, perhaps to a number of dimensions; raises ValueError, ConfigError."""


class FittedEncoder:
    """Another encoder, and a transform behind it."""

    def __init__(self, spec: ModelSpec, identity: bytes, base: Encoder, transform: Transform) -> None:
        """Raises EncoderError if the transform was fitted to vectors of another length."""
        if transform.dimensions != base.dimensions:
            raise EncoderError(
                f"the transform of {spec.name} was fitted to {transform.dimensions} dimensions, "
                f"{base.name} has {base.dimensions}",
                "fit it again: codegraph models fit",
            )
        self.name = spec.name
        self.identity = identity
        self.dimensions = transform.size
        self.max_length = base.max_length
        self.device = base.device
        self._base = base
        self._transform = transform

    def length(self, source: EncoderInput) -> int:
        """Return what the base model says."""
        return self._base.length(source)

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        """Return one unit row per input; raises what the base model raises."""
        return self._transform.apply(self._base.encode(inputs))

    def encode_query(self, text: str) -> FloatArray:
        """Return the unit vector of a query."""
        row: FloatArray = self._transform.apply(self._base.encode_query(text)[None])[0]
        return row


def read_transform(spec: ModelSpec) -> Transform:
    """Read the transform of a fitted model; raises ModelMissing, and EncoderError if it is damaged."""
    file = Path(spec.path).expanduser()
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise EncoderError(f"{file} is too large for the transform of {spec.name}", "fit it again")
        return Transform.from_bytes(file.read_bytes())
    except OSError as error:
        raise ModelMissing(
            f"the transform of {spec.name} cannot be read: {error}", "fit it again: codegraph models fit"
        ) from error
