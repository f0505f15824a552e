"""Windows for any encoder: codegraph/embed/windowed.py."""

from __future__ import annotations

import msgspec
import numpy as np

from codegraph.core.symbols import SymbolKind
from codegraph.embed.encoder import RecordingEncoder
from codegraph.embed.render import EncoderInput
from codegraph.embed.staging import staged
from codegraph.embed.windowed import WindowedEncoder


class _Short(RecordingEncoder):
    """Reads eight tokens, one of them for the docstring."""

    max_length = 8

    def length(self, source: EncoderInput) -> int:
        return min(8, 1 + len(source.tokens))


def _input(*tokens: str) -> EncoderInput:
    return EncoderInput("go", SymbolKind.FUNCTION, "f", "", "", "doc", tokens, ("used",))


LONG = _input("a", "b", "c", "d", "e", ";", "f", "g", "h", "i", ";", "j", "k", ";")


def test_a_long_input_is_the_weighted_mean_of_its_windows() -> None:
    """Every window keeps name and docstring, the first one the context; what fits is left as it is."""
    whole = _Short()
    encoder = WindowedEncoder(whole, 4)
    short = _input("a", ";")
    rows = encoder.encode([short, LONG])
    assert [source.tokens for source in whole.recorded] == [
        short.tokens,
        LONG.tokens[:6],
        LONG.tokens[6:11],
        LONG.tokens[11:],
    ]
    assert all((source.name, source.docstring) == ("f", "doc") for source in whole.recorded)
    assert [source.context for source in whole.recorded] == [("used",), ("used",), (), ()]
    parts = _Short().encode(whole.recorded)
    expected = 6 * parts[1] + 5 * parts[2] + 3 * parts[3]
    assert np.allclose(rows, [parts[0], expected / np.linalg.norm(expected)], atol=1e-6)
    assert encoder.encode([]).shape == (0, 16)
    assert np.array_equal(encoder.encode_query("q"), whole.encode_query("q"))


def test_windows_are_bounded() -> None:
    """No more than the spec allows, and one window alone is the input itself."""
    encoder = WindowedEncoder(_Short(), 2)
    assert [source.tokens for source, _ in encoder.windows_of(LONG)] == [LONG.tokens[:6], LONG.tokens[6:11]]
    assert WindowedEncoder(_Short(), 1).windows_of(LONG) == [(LONG, 1)]
    assert encoder.identity == _Short().identity


def test_a_batch_is_planned_by_all_of_its_windows() -> None:
    """Stages count every window's tokens, so that a batch of long inputs is small."""
    encoder = staged(WindowedEncoder(_Short(), 4))
    prepared = encoder.prepare([_input("a", ";"), LONG])
    assert list(prepared.lengths) == [3, 7 + 6 + 4]
    rows = encoder.start(prepared, [1, 0])()
    assert np.allclose(rows, WindowedEncoder(_Short(), 4).encode([LONG, _input("a", ";")]), atol=1e-6)


class _Sharing(RecordingEncoder):
    """Reads sixteen tokens, counted by words: one of its own, the rest name, docstring, header, code, and context."""

    max_length = 16

    def length(self, source: EncoderInput) -> int:
        words = [source.name, source.docstring, source.container, *source.tokens, *source.context]
        return min(16, 1 + sum(len(text.split()) for text in words))


def test_long_signatures_do_not_shorten_windows() -> None:
    """Context is cut to its share before code is: it makes no windows, and leaves room in those that code needs."""
    encoder = WindowedEncoder(_Sharing(), 8)
    short = _input("a", "b", ";", "c", "d", ";")
    talkative = msgspec.structs.replace(short, context=("g ( ) -> h",) * 9)
    assert encoder.windows_of(short) == [(short, 1)]
    assert encoder.windows_of(talkative) == [(talkative, 1)]
    long = msgspec.structs.replace(short, tokens=short.tokens * 3, docstring="says what it does " * 9, context=())
    both = msgspec.structs.replace(long, context=talkative.context)
    sizes = [[len(source.tokens) for source, _ in encoder.windows_of(each)] for each in (long, both)]
    assert sizes == [[9, 9], [6, 6, 6]]
