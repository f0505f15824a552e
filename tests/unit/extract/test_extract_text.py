"""Offsets, lines and UTF-16 columns: `codegraph.extract.text`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.extract.text import SourceText


@given(st.text(alphabet="aé€😀\n\r", max_size=40), st.integers(0, 40))
def test_positions_count_utf16(text: str, index: int) -> None:
    """A position is the number of line ends before it, and of UTF-16 units since the last of them."""
    before = text[:index]
    if before.endswith("\r") and text[index : index + 1] == "\n":
        before += "\n"
    lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    expected = len(lines) - 1, len(lines[-1].encode("utf-16-le")) // 2
    assert SourceText(text.encode()).position(len(before.encode())) == expected


def test_byte_order_mark_has_no_column() -> None:
    """What follows a byte order mark stands in column 0, as editors say."""
    text = SourceText(b"\xef\xbb\xbfab")
    assert (text.position(3), text.position(4)) == ((0, 0), (0, 1))


@pytest.mark.parametrize("rest", [b"", b"ab\ncd\r\n", "aé\nb".encode()])
def test_byte_order_mark_changes_no_other_position(rest: bytes) -> None:
    """Behind a mark a position is that of the text without it; the mark itself stands at the start."""
    mark = b"\xef\xbb\xbf"
    marked, bare = SourceText(mark + rest), SourceText(rest)
    starts = [offset for offset in range(len(rest) + 1) if rest[offset : offset + 1] != b"\xa9"]
    for offset in starts:
        assert marked.positions([3 + offset]) == marked.position(3 + offset) == bare.position(offset)
    assert marked.positions([0, 1]) == (*marked.position(0), *marked.position(1)) == (0, 0, 0, 0)
    assert marked.slice(0, 3) == "\ufeff"


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a\x00b", "é".encode()])
def test_slices_decode_anything(data: bytes) -> None:
    """A slice is what its bytes say in UTF-8; invalid bytes are replaced, never raised."""
    assert SourceText(data).slice(0, len(data)) == data.decode("utf-8", "replace")


def test_names_beyond_latin_1_are_decoded_once() -> None:
    """Members written in any script are referred to by their own names, plain or not."""
    from codegraph.extract.extractor import Limits, extract

    facts = extract("def f(é):\n    é.Ā.ß()\n    make(1).Ā.ä()\n".encode(), "python", Limits())
    chains = {reference.chain for reference in facts.occurrences.references}
    assert ("make", "()", "Ā", "ä") in chains
    assert all("\ufffd" not in name for chain in chains for name in chain)
    assert extract(b"A\x00.\xc4\x80", "python", Limits()).outline.problems
