"""Clocks, deltas and the records that cross process borders."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.core.changes import (
    Cause,
    Clock,
    Dependency,
    FileLinks,
    IndexDelta,
    Skipped,
    Stamp,
    Unresolved,
    Verdict,
)
from codegraph.core.facts import Role
from codegraph.core.symbols import Confidence, DependencyKind, SymbolId

_IDS = st.text(max_size=5).map(SymbolId)
_NUMBERS = st.integers(0, 1 << 40)
_DEPENDENCIES = st.builds(
    Dependency, _IDS, st.sampled_from(DependencyKind), st.sampled_from(Confidence), _NUMBERS, _NUMBERS
)
_UNRESOLVED = st.builds(
    Unresolved, _NUMBERS, st.text(max_size=3), st.sampled_from(Role), st.just("missing"), _NUMBERS, _NUMBERS
)
_LINKS = st.builds(
    FileLinks,
    st.lists(st.lists(_DEPENDENCIES, max_size=2).map(tuple), max_size=2).map(tuple),
    st.lists(st.text(max_size=3), max_size=3).map(tuple),
    st.lists(_UNRESOLVED, max_size=2).map(tuple),
)
_VERDICTS = st.builds(
    Verdict,
    st.builds(Cause, st.sampled_from(["own", "edges"]), _IDS, st.lists(_IDS, max_size=3).map(tuple)),
    st.booleans(),
    _NUMBERS,
)


def test_clock_is_written_as_instance_and_revision():
    """The text of a clock is what clients get and send back."""
    assert str(Clock("0f3a", 12)) == "0f3a:12"


def test_clocks_of_two_instances_are_never_equal():
    """A revision means nothing without its instance."""
    assert Clock("a", 1) != Clock("b", 1)


@given(st.one_of(_LINKS, _VERDICTS, st.builds(Stamp, *[_NUMBERS] * 4), st.builds(Skipped, st.text(), st.text())))
def test_records_survive_encoding(record):
    """Everything that is stored or sent decodes to what it was, and encodes to the same bytes again."""
    data = msgspec.msgpack.encode(record)
    again = msgspec.msgpack.decode(data, type=type(record))
    assert again == record
    assert msgspec.msgpack.encode(again) == data


def test_deltas_do_not_share_their_defaults():
    """An empty delta is empty, whatever was done to another one's mappings."""
    first = IndexDelta(1)
    assert IndexDelta(2).keys is not first.keys
    with pytest.raises(AttributeError):
        first.revision = 2  # type: ignore[misc]
