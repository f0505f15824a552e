"""The encoding of keys and values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.errors import StoreCorrupt
from codegraph.store import schema

_PATHS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1).flatmap(
    lambda text: st.integers(1, 1 + 1200 // len(text)).map(lambda times: text * times)
)


@given(_PATHS, _PATHS)
def test_path_keys_are_distinct_and_short(one, other):
    """Different paths have different keys, none longer than LMDB allows."""
    assert (schema.path_key(one) == schema.path_key(other)) == (one == other)
    assert 0 < len(schema.path_key(one)) <= schema.MAX_KEY_BYTES


@given(_PATHS, st.binary())
def test_rows_give_back_path_and_body(path, body):
    """A row read under its key is the path and the body that were written."""
    assert schema.unpack_row(schema.path_key(path), schema.pack_row(path, body), "links") == (path, body)


@given(st.binary(max_size=300), st.data())
def test_every_flipped_bit_is_noticed(data, draw):
    """One changed bit anywhere in a sealed value, checksum included, breaks the seal."""
    sealed = bytearray(schema.seal(data))
    assert schema.intact(bytes(sealed))
    assert schema.unseal(bytes(sealed), "value") == data
    bit = draw.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    assert not schema.intact(bytes(sealed))
    with pytest.raises(StoreCorrupt, match="stored value"):
        schema.unseal(bytes(sealed), "value")


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0\0\0", b"\0" * 100])
def test_zeros_are_not_a_sealed_value(data):
    """A page of zeros, which a power cut may leave, is never taken for a value."""
    assert not schema.intact(data)


def test_facts_keys_separate_languages(samples):
    """The same bytes read as two languages have two facts."""
    blob = samples.file("a").blob
    assert schema.facts_key(blob, "typescript") != schema.facts_key(blob, "tsx")
