"""Fingerprints. One hash function everywhere: blake2b with 16 bytes of output (RFC 7693)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from codegraph.core.symbols import BlobDigest, EmbeddingKey, OwnDigest, SignatureDigest

DIGEST_BYTES = 16

KEY_SCHEMA = b"codegraph-key-1"
"""Bumped whenever the same inputs would be rendered differently; the golden keys in the tests force it."""


def digest(data: bytes) -> bytes:
    """Return the 16-byte blake2b of `data`."""
    return blake2b(data, digest_size=DIGEST_BYTES).digest()


def blob_digest(data: bytes) -> BlobDigest:
    """Fingerprint a file's bytes."""
    return BlobDigest(digest(data))


def own_digest(encoded_own_input: bytes) -> OwnDigest:
    """Fingerprint an encoded `OwnInput`."""
    return OwnDigest(digest(encoded_own_input))


def signature_digest(signature: str) -> SignatureDigest:
    """Fingerprint a canonical signature."""
    return SignatureDigest(digest(signature.encode("utf-8", "surrogatepass")))


def embedding_key(
    model_id: bytes, max_context: int, own: OwnDigest, context: Iterable[SignatureDigest]
) -> EmbeddingKey:
    """Hash all that the encoder consumes for one symbol.

    Every part has a fixed length (the model's identity is 16 bytes), so concatenation is injective.
    """
    if len(model_id) != DIGEST_BYTES:
        raise ValueError(f"a model's identity has {DIGEST_BYTES} bytes, not {len(model_id)}")
    head = KEY_SCHEMA + model_id + max_context.to_bytes(4, "little") + own
    return EmbeddingKey(blake2b(head + b"".join(context), digest_size=DIGEST_BYTES).digest())
