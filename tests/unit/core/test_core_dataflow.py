"""Packed data-flow rows come back as they were, and damage is an error."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.core.dataflow import MAX_PARENTS, MAX_ROWS, DataFlowTooLarge, FlowRow, pack, unpack


@st.composite
def flows(draw: st.DrawFn) -> list[FlowRow]:
    """Rows in token order, each with parents among them."""
    tokens = sorted(draw(st.lists(st.integers(0, 300), min_size=1, max_size=40)))
    numbers = st.sets(st.integers(0, len(tokens) - 1), max_size=5)
    return [FlowRow(token, tuple(sorted(draw(numbers)))) for token in tokens]


@given(flows())
def test_rows_come_back(rows: list[FlowRow]) -> None:
    """What was packed is what is unpacked, self-references and several rows of one token included."""
    assert unpack(pack(rows), 301) == tuple(rows)


def test_no_rows_are_no_bytes() -> None:
    """The own input of code without data flow is the same as if nobody had looked."""
    assert pack([]) == b""
    assert unpack(b"", 0) == ()


def test_a_token_beyond_the_input_is_refused() -> None:
    """Rows belong to an input of so many tokens; with fewer they are damage."""
    packed = pack([FlowRow(3, ()), FlowRow(7, (0,))])
    assert len(unpack(packed, 8)) == 2
    with pytest.raises(msgspec.DecodeError):
        unpack(packed, 7)


@pytest.mark.parametrize(
    "fields",
    [
        [2, [1], [0], []],
        [1, [], [], []],
        [1, [1], [0, 0], []],
        [1, [1], [1], []],
        [1, [1], [0], [0]],
        [1, [1, -1], [0, 0], []],
        [1, [1, 0], [-1, 1], []],
        [1, [1], [1], [1]],
        [1, [1], [1], [-1]],
        [1, [1, 0], [2, 0], [1, 0]],
        [1, [1, 0], [2, 0], [0, 0]],
        [1, [0] * (MAX_ROWS + 1), [0] * (MAX_ROWS + 1), []],
        [1, [1], [0], [], []],
        [1, [1], ["0"], []],
        "rows",
    ],
)
def test_what_pack_never_writes_is_an_error(fields: object) -> None:
    """Every rule of the format is checked, so that nobody indexes by a number from a damaged store."""
    with pytest.raises(msgspec.DecodeError):
        unpack(msgspec.msgpack.encode(fields), 10)


@given(flows(), st.data())
def test_damage_is_an_error_or_other_rows(rows: list[FlowRow], data: st.DataObject) -> None:
    """A changed byte raises DecodeError and nothing else, or gives rows that keep the rules."""
    packed = bytearray(pack(rows))
    packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = unpack(bytes(packed), 301)
    except msgspec.DecodeError:
        return
    assert all(0 <= row.token < 301 and all(0 <= parent < len(found) for parent in row.parents) for row in found)


def test_too_many_rows_are_refused() -> None:
    """The bounds hold when packing, too."""
    with pytest.raises(DataFlowTooLarge):
        pack([FlowRow(0, ())] * (MAX_ROWS + 1))
    with pytest.raises(DataFlowTooLarge):
        pack([FlowRow(0, tuple(range(4096)))] * (MAX_PARENTS // 4096 + 1))
