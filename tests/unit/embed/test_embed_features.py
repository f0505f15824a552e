"""What GraphCodeBERT is fed: codegraph/embed/features.py, subtokens.py, collate.py."""

from __future__ import annotations

import numpy as np
import pytest
import slow_graphcodebert as slow
from hypothesis import given, settings
from hypothesis import strategies as st

from codegraph.core.dataflow import FlowRow, pack, unpack
from codegraph.core.facts import BLOCK_END, BLOCK_START, STATEMENT_END
from codegraph.core.symbols import SymbolKind
from codegraph.embed import subtokens
from codegraph.embed.collate import collate, visible
from codegraph.embed.features import LAYOUT, Layout, build
from codegraph.embed.render import EncoderInput
from codegraph.embed.segments import Features, Vocabulary
from codegraph.embed.subtokens import Subtokens

SHAPE = Layout(24, 6)


def _pieces(texts: list[str]) -> list[list[int]]:
    """As many sub-tokens as a text has letters, numbered by letter; a blank before changes the first one."""
    return [
        [ord(letter) + 100 * (text.startswith(" ") and not index) for index, letter in enumerate(text.strip())]
        for text in texts
    ]


def _input(tokens: tuple[str, ...], rows: list[FlowRow], **fields: object) -> EncoderInput:
    base = {"docstring": "", "context": (), "container": "", "name": ""} | fields
    return EncoderInput(
        language="python",
        kind=SymbolKind.FUNCTION,
        signature="",
        tokens=tokens,
        data_flow=pack(rows),
        **base,  # type: ignore[arg-type]
    )


def _build(inputs: list[EncoderInput], layout: Layout = SHAPE) -> Features:
    return build(inputs, layout, Subtokens(_pieces, sorted(LAYOUT)))


def _mask(found: Features, segment: int, width: int) -> np.ndarray:
    batch = collate(found, np.array([segment]), width)
    mask: np.ndarray = visible(batch.ids, batch.code, batch.present, batch.cells, np.arange(width), Vocabulary())[0]
    return mask


@st.composite
def _symbols(draw: st.DrawFn) -> EncoderInput:
    words = st.sampled_from(["a", "bc", "def", "", "hijklm"])
    tokens = draw(st.lists(words, min_size=1, max_size=12))
    places = sorted(draw(st.lists(st.integers(0, len(tokens) - 1), max_size=14)))
    last = {token: number for number, token in enumerate(places)}
    rows = [
        FlowRow(token, tuple(sorted({last[parent] for parent in draw(st.lists(st.sampled_from(places), max_size=3))})))
        for token in places
    ]
    return _input(tuple(tokens), rows)


@given(st.lists(_symbols(), min_size=1, max_size=4))
@settings(max_examples=150)
def test_features_equal_the_plain_loops(inputs: list[EncoderInput]) -> None:
    """Ids, spans, parents and mask are those of the reference's rules, for many inputs at once as for one."""
    found = _build(inputs)
    for number, source in enumerate(inputs):
        spaced = [" " * bool(index) + token for index, token in enumerate(source.tokens)]
        rows = unpack(source.data_flow, len(source.tokens))
        by_token = [(row.token, [rows[parent].token for parent in row.parents]) for row in rows]
        expected = slow.sequence(_pieces(spaced), by_token, limit=24, reserved=6)
        size = len(expected.ids)
        assert found.ids[found.starts[number] : found.starts[number + 1]].tolist() == expected.ids
        assert found.code[number] == sum(position > 0 for position in expected.positions)
        mask = _mask(found, number, 30)
        assert mask[:size, :size].tolist() == expected.sees
        assert not mask[size:].any()
        assert not mask[:, size:].any()


def test_room_for_nodes_is_reserved_and_not_capped() -> None:
    """Code leaves room to as many nodes as there are, at most the reserved ones; short code lets more in."""
    rows = [FlowRow(0, ()) for _ in range(30)]
    long, short = _build([_input(("abcdefghij",) * 3, rows)]), _build([_input(("ab",), rows)])
    assert (long.code[0], long.lengths[0]) == (24 - 6, 24)
    assert (short.code[0], short.lengths[0]) == (4, 24)
    assert _build([_input(("abcdefghij",) * 3, [])]).code[0] == 24


def test_a_parent_whose_last_row_was_cut_is_an_earlier_row() -> None:
    """`last` is taken over the rows that were kept."""
    found = _build([_input(("a", "b"), [FlowRow(0, (29,)), *(FlowRow(1, ()) for _ in range(29))])])
    kept = int(found.lengths[0] - found.code[0])
    assert kept < 30
    assert found.edges.tolist() == [[0, kept - 1]]


def test_layout_tokens_have_no_subtokens() -> None:
    """Line ends and indentation are not seen, and shift no span; the first real token has no blank."""
    tokens = (BLOCK_START, "ab", STATEMENT_END, BLOCK_START, "cd", STATEMENT_END, BLOCK_END)
    with_layout = _build([_input(tokens, [FlowRow(1, ()), FlowRow(4, (0,))])])
    without = _build([_input(("ab", "cd"), [FlowRow(0, ()), FlowRow(1, (0,))])])
    assert with_layout.ids.tolist() == without.ids.tolist()
    assert with_layout.spans.tolist() == without.spans.tolist() == [[1, 3], [3, 5]]


def test_prose_stands_before_the_code_in_a_segment_of_its_own() -> None:
    """Container, name, docstring and context share the room; a docstring leaves half of it to the context."""
    layout = Layout(40, 4, prose=12)
    source = _input(("x",), [FlowRow(0, ())], name="n", docstring="d" * 30, container="c", context=("s" * 9,))
    found = _build([source], layout)
    prose = found.ids[1 : found.code[0] - 3]
    assert len(prose) == 12
    assert prose.tolist() == [99, 210, 200, *[100] * 5, 215, 115, 115, 115]
    assert found.ids[[0, 13, -2]].tolist() == [0, 2, 2]
    assert found.spans.tolist() == [[14, 15]]
    assert _build([_input(("x",), [])], layout).ids.tolist() == [0, ord("x"), 2]
    prefixed = _build([_input(("x",), [])], Layout(40, 4, prefix=(7, 2)))
    assert prefixed.ids.tolist() == [0, 7, 2, ord("x"), 2]


def test_without_room_for_nodes_there_are_none() -> None:
    """The same input is CodeBERT's when no position is reserved."""
    source = _input(("ab", "cd"), [FlowRow(0, ()), FlowRow(1, (0,))])
    assert _build([source], Layout(24, 0)).ids.tolist() == _build([_input(("ab", "cd"), [])]).ids.tolist()


def test_windows_share_a_long_symbol_with_its_nodes() -> None:
    """Each window has its own tokens and their nodes; parents in another window are no parents."""
    tokens = ("abcde", ";", "fghij", ";", "klmno", ";")
    rows = [FlowRow(0, ()), FlowRow(2, (0,)), FlowRow(4, (1,))]
    found = _build([_input(("z",), []), _input(tokens, rows)], Layout(16, 3, windows=4))
    assert found.owners.tolist() == [0, 1, 1, 1]
    assert found.weights.tolist() == [1, 6, 6, 6]
    assert np.diff(found.node_starts).tolist() == [0, 1, 1, 1]
    assert len(found.edges) == 0
    assert found.spans.tolist() == [[1, 6]] * 3
    whole = _build([_input(tokens, rows)], Layout(30, 3, windows=4))
    assert whole.edges.tolist() == [[1, 0], [2, 1]]
    cut_off = _build([_input(tokens, rows)], Layout(16, 3))
    assert (len(cut_off.owners), cut_off.lengths[0]) == (1, 16)


def test_rows_of_tokens_that_were_cut_away_are_dropped() -> None:
    """An input's tokens are bounded after its data flow was packed; damaged rows are none."""
    rows = [FlowRow(0, ()), FlowRow(5, (0,))]
    assert len(_build([_input(("a", "b"), rows)]).spans) == 1
    damaged = EncoderInput("python", SymbolKind.FUNCTION, "", "", "", "", ("a",), (), b"\x00")
    assert len(_build([damaged]).spans) == 0


def test_texts_are_tokenised_once() -> None:
    """Names recur: a text that is known is not tokenised again, until too many are remembered."""
    asked: list[str] = []

    def tokenize(texts: list[str]) -> list[list[int]]:
        asked.extend(texts)
        return _pieces(texts)

    table = Subtokens(tokenize)
    numbers = table.numbers(["ab", "c", "ab"], spaced=False)
    assert table.numbers(["ab", "c"], spaced=False).tolist() == numbers[:2].tolist()
    assert asked == ["ab", "c"]
    assert table.lengths(numbers).tolist() == [2, 1, 2]
    assert table.gather(numbers, np.array([1, 1, 2])).tolist() == [97, 99, 97, 98]
    assert table.gather(table.numbers(["ab"], spaced=True), np.array([1])).tolist() == [197]
    assert asked == ["ab", "c", " ab"]
    many = table.numbers([f"x{number}" for number in range(5_000)], spaced=False)
    assert table.lengths(many).sum() == sum(len(f"x{number}") for number in range(5_000))


def test_too_many_texts_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory stays bounded; what is asked again afterwards is right."""
    monkeypatch.setattr(subtokens, "REMEMBERED_TEXTS", 3)
    table = Subtokens(_pieces, sorted(LAYOUT))
    sources = [_input((letter * 3, "tail"), []) for letter in "abcdefgh"]
    for source in sources:
        assert build([source], SHAPE, table).ids.tolist() == _build([source]).ids.tolist()
        assert table._texts <= 9


def test_no_inputs_give_no_segments() -> None:
    """An empty batch is no special case for callers."""
    assert len(_build([]).owners) == 0
    assert _build([_input((), [])]).ids.tolist() == [0, 2]
