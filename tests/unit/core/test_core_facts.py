"""Facts on the wire: round trips, canonical bytes, and refusal of foreign bytes."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.core.digests import digest
from codegraph.core.facts import (
    Binding,
    BindingKind,
    Definition,
    Export,
    Import,
    ImportKind,
    Occurrences,
    Outline,
    OwnInput,
    Reference,
    Role,
    SyntaxProblem,
    decode_occurrences,
    decode_outline,
    decode_own_input,
    encode,
)
from codegraph.core.symbols import OwnDigest, Range, SignatureDigest, SymbolKind

_TEXT = st.text(max_size=6)
_COUNT = st.integers(0, 1 << 40)
_DIGESTS = st.binary(max_size=4).map(digest)
_CHAINS = st.lists(_TEXT, max_size=3).map(tuple)
_RANGES = st.builds(Range, *[_COUNT] * 6)
_PROBLEMS = st.builds(SyntaxProblem, _TEXT, _COUNT, _TEXT)


def _tuples(elements: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(elements, max_size=3).map(tuple)


_DEFINITIONS = st.builds(
    Definition,
    descriptor=_TEXT,
    kind=st.sampled_from(SymbolKind),
    name=_TEXT,
    container=st.integers(-1, 100),
    range=_RANGES,
    selection_range=_RANGES,
    own=_DIGESTS.map(OwnDigest),
    signature=_TEXT,
    signature_digest=_DIGESTS.map(SignatureDigest),
    parse_error=st.booleans(),
)
_OUTLINES = st.builds(Outline, _TEXT, _tuples(_DEFINITIONS), _tuples(_PROBLEMS))
_OCCURRENCES = st.builds(
    Occurrences,
    references=_tuples(
        st.builds(Reference, _COUNT, _CHAINS, st.sampled_from(Role), st.lists(_COUNT, max_size=4).map(tuple))
    ),
    bindings=_tuples(st.builds(Binding, _COUNT, _TEXT, st.sampled_from(BindingKind), _CHAINS)),
    imports=_tuples(
        st.builds(
            Import, _COUNT, st.sampled_from(ImportKind), _TEXT, _COUNT, _TEXT, _TEXT, _COUNT, _COUNT, st.booleans()
        )
    ),
    exports=_tuples(st.builds(Export, _TEXT, _CHAINS)),
    explicit_exports=st.booleans(),
)
_OWN_INPUTS = st.builds(
    OwnInput, st.sampled_from(SymbolKind), _TEXT, _TEXT, _TEXT, _TEXT, _TEXT, _CHAINS, st.binary(max_size=5)
)


@given(_OUTLINES)
def test_outlines_survive_encoding(outline):
    """Decoding gives the outline that was encoded, and encoding is a function of the value."""
    assert decode_outline(encode(outline)) == outline
    assert encode(decode_outline(encode(outline))) == encode(outline)


@given(_OCCURRENCES)
def test_occurrences_survive_encoding(occurrences):
    """Decoding gives the occurrences that were encoded, and encoding is a function of the value."""
    assert decode_occurrences(encode(occurrences)) == occurrences
    assert encode(decode_occurrences(encode(occurrences))) == encode(occurrences)


@given(_OWN_INPUTS)
def test_own_inputs_survive_encoding(own):
    """Decoding gives the own input that was encoded."""
    assert decode_own_input(encode(own)) == own


@given(_OWN_INPUTS, _OWN_INPUTS)
def test_equal_encodings_mean_equal_own_inputs(one, other):
    """The digest of an own input is taken over its encoding, so that must be injective."""
    assert (encode(one) == encode(other)) == (one == other)


@pytest.mark.parametrize("decode", [decode_outline, decode_occurrences, decode_own_input])
@given(data=st.binary(max_size=40))
def test_foreign_bytes_are_refused_or_typed(decode, data):
    """Bytes from elsewhere give a value of the declared type or a DecodeError, never another exception."""
    try:
        value = decode(data)
    except msgspec.DecodeError:
        return
    assert isinstance(value, Outline | Occurrences | OwnInput)


@pytest.mark.parametrize("cut", [0, 1, 10])
def test_truncated_outline_is_refused(cut):
    """A value that was cut off is not taken for a shorter one."""
    whole = encode(Outline("python", (), (SyntaxProblem("syntax", 1, "a longer detail"),)))
    with pytest.raises(msgspec.DecodeError):
        decode_outline(whole[:cut])
