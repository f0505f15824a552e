"""Fingerprints: fixed values, so that nobody changes a key by accident, and injectivity of what is hashed."""

from __future__ import annotations

from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.core.digests import (
    DIGEST_BYTES,
    KEY_SCHEMA,
    blob_digest,
    digest,
    embedding_key,
    own_digest,
    signature_digest,
)
from codegraph.core.facts import OwnInput, encode
from codegraph.core.symbols import OwnDigest, SignatureDigest, SymbolKind

_MODEL = bytes(range(16))
_OWN = OwnInput(
    SymbolKind.METHOD, "python", "run", "class Job:", "def run(self) -> int:", "Do it.", ("def", "run"), b"\x01\x02"
)
_SIXTEEN = st.binary(min_size=16, max_size=16)


def test_digest_is_blake2b_of_sixteen_bytes():
    """One hash function for everything: the empty digest is the published one for this output length."""
    assert digest(b"").hex() == "cae66941d9efbd404e4d88758ea67670"
    assert digest(b"abc") == blake2b(b"abc", digest_size=DIGEST_BYTES).digest()
    assert blob_digest(b"abc") == own_digest(b"abc") == signature_digest("abc") == digest(b"abc")


def test_golden_keys():
    """These values change only together with KEY_SCHEMA: a mismatch means that every stored vector is orphaned."""
    own = own_digest(encode(_OWN))
    signature = signature_digest("def helper ( x : int ) -> str :")
    assert KEY_SCHEMA == b"codegraph-key-1"
    assert own.hex() == "c03f7f8ae536c5a62efe32e3064a094b"
    assert signature.hex() == "e2a814b60295973dc2a428d93fd9543f"
    assert embedding_key(_MODEL, 16, own, []).hex() == "dd9f50d1a9bcb69c085489229f8a024d"
    assert embedding_key(_MODEL, 16, own, [signature]).hex() == "5172585e96bfdffb75cd3b8d719d5dd3"
    assert embedding_key(_MODEL, 8, own, [signature, signature]).hex() == "e54aeac76f2b0d62770594ca128ec95c"


@given(*[st.tuples(_SIXTEEN, st.integers(0, 256), _SIXTEEN, st.lists(_SIXTEEN, max_size=3)) for _ in range(2)])
def test_equal_keys_mean_equal_inputs(one, other):
    """Model, max_context, own digest and the context's signatures in their order all enter the key."""
    first = embedding_key(one[0], one[1], OwnDigest(one[2]), map(SignatureDigest, one[3]))
    second = embedding_key(other[0], other[1], OwnDigest(other[2]), map(SignatureDigest, other[3]))
    assert (first == second) == (one == other)
    assert len(first) == DIGEST_BYTES


@given(_SIXTEEN, _SIXTEEN, _SIXTEEN)
def test_order_of_the_context_matters(own, a, b):
    """Two contexts with the same signatures in another order are two inputs."""
    keys = [
        embedding_key(_MODEL, 2, OwnDigest(own), [SignatureDigest(x), SignatureDigest(y)]) for x, y in ((a, b), (b, a))
    ]
    assert (keys[0] == keys[1]) == (a == b)


@pytest.mark.parametrize("length", [0, 15, 17])
def test_model_identity_has_a_fixed_length(length):
    """Another length would make concatenation ambiguous, so it is refused."""
    with pytest.raises(ValueError, match="16 bytes"):
        embedding_key(bytes(length), 16, own_digest(b""), [])


def test_signature_of_undecodable_text_has_a_digest():
    """Lone surrogates, which come from broken source files, do not stop the digest."""
    assert signature_digest("def \udcff") != signature_digest("def ?")
