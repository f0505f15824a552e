"""The wire: framing, messages, errors."""

from __future__ import annotations

import json
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph import errors
from codegraph.core.symbols import Range
from codegraph.daemon.messages import Answer, LspRange, Position, Query, SearchParams, lsp_range
from codegraph.daemon.methods import METHODS
from codegraph.daemon.operations import SyncParams
from codegraph.daemon.protocol import (
    ERROR_KINDS,
    MAX_HEADER_BYTES,
    ErrorCode,
    ErrorData,
    ErrorObject,
    FrameReader,
    Oversize,
    code_of,
    encode,
    error_object,
    frame,
    raised,
)
from codegraph.daemon.service import Service
from codegraph.daemon.statistics import RequestStatistics, percentile
from codegraph.errors import ProtocolError, SymbolNotFound


def bodies(reader: FrameReader) -> list[bytes | Oversize]:
    """Take everything that is complete."""
    found: list[bytes | Oversize] = []
    while (body := reader.next()) is not None:
        found.append(body)
    return found


@given(st.lists(st.binary(max_size=60), max_size=6), st.lists(st.integers(1, 40), min_size=1, max_size=30))
def test_frames_survive_any_portions(messages: list[bytes], cuts: list[int]) -> None:
    """Bodies come out as they went in, however the stream is cut; too large ones are only marked."""
    reader = FrameReader(max_body=40)
    stream = b"".join(map(frame, messages))
    found: list[bytes | Oversize] = []
    position = 0
    while position < len(stream):
        size = cuts[position % len(cuts)]
        reader.feed(stream[position : position + size])
        found += bodies(reader)
        position += size
    assert found == [m if len(m) <= 40 else Oversize(len(m)) for m in messages]


def test_an_oversize_body_is_never_held() -> None:
    """A body over the limit costs no memory, whatever length it claims."""
    reader = FrameReader(max_body=10)
    reader.feed(b"Content-Length: 1000000\r\n\r\n" + b"x" * 1_000)
    assert reader.next() == Oversize(1_000_000)
    for _ in range(999):
        reader.feed(b"x" * 1_000)
        assert reader.next() is None
    assert len(reader._buffer) == 0
    reader.feed(frame(b"{}"))
    assert reader.next() == b"{}"


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length 5\r\n\r\n",
        b"Content-Length: five\r\n\r\n",
        b"Content-Length: -5\r\n\r\n",
        b"Content-Length: 9999999999999999999\r\n\r\n",
        b"Content-Type: text/plain\r\n\r\n",
        b"\r\n\r\n",
        b"a" * (MAX_HEADER_BYTES + 1),
    ],
)
def test_a_broken_header_is_an_error(header: bytes) -> None:
    """A header that does not say where the body ends is refused, and so is an endless one."""
    reader = FrameReader(max_body=100)
    reader.feed(header)
    with pytest.raises(ProtocolError):
        reader.next()


def test_other_header_lines_are_ignored() -> None:
    """LSP's Content-Type may be there, in any order and case."""
    reader = FrameReader(max_body=100)
    reader.feed(b"content-type: application/vscode-jsonrpc\r\nCONTENT-LENGTH: 2\r\n\r\n{}")
    assert reader.next() == b"{}"


def test_every_error_survives_the_wire() -> None:
    """Every class of codegraph.errors comes back as itself, with message and advice."""
    for kind in ERROR_KINDS.values():
        error = kind("it broke") if kind is errors.InternalError else kind("it broke", "mend it")
        again = raised(msgspec.json.decode(encode(error_object(error)), type=ErrorObject))
        assert type(again) is kind
        assert (again.message, again.advice) == (error.message, error.advice)


def test_codes_are_those_of_json_rpc_or_of_the_exit_code() -> None:
    """Codes are predictable: JSON-RPC's own, or -32000 minus the exit code."""
    assert code_of(SymbolNotFound) == -32_005
    assert code_of(errors.SyncTimeout) == -32_009
    assert code_of(errors.InternalError) == ErrorCode.INTERNAL_ERROR
    assert code_of(ProtocolError) == ErrorCode.INVALID_REQUEST


def test_an_unknown_kind_is_still_an_error() -> None:
    """A newer daemon's error kinds, or none at all, are raised as ProtocolError."""
    newer = ErrorObject(code=-32_099, message="x", data=ErrorData(kind="ComesLater", advice="wait"))
    assert type(raised(newer)) is ProtocolError
    assert raised(newer).advice == "wait"
    assert type(raised(ErrorObject(code=1, message="x"))) is ProtocolError


def test_every_method_has_messages_that_can_be_decoded() -> None:
    """The table holds one decodable parameter type and one result type per method, named alike."""
    for name, params in METHODS.items():
        assert params.method == name
        msgspec.json.Decoder(params)
        msgspec.json.Decoder(params.result)
        assert params.result is not msgspec.Struct
        assert get_args(params.__orig_bases__[0]) == (params.result,)  # type: ignore[attr-defined]


def test_every_method_has_somebody_who_answers() -> None:
    """Each method of the table is one of Service, except the two that the server answers itself."""
    missing = {name for name in METHODS if not hasattr(Service, name)}
    assert missing == {"events", "unsubscribe"}


def test_every_query_answers_with_a_clock() -> None:
    """Whatever reads the index takes `wait` and answers with a clock."""
    for params in METHODS.values():
        if issubclass(params, Query):
            assert issubclass(params.result, Answer)
    assert SyncParams().wait == "indexed"
    assert SearchParams(query="x").wait == "none"


@pytest.mark.parametrize(
    "text",
    [
        '{"query": "x", "limt": 3}',
        '{"query": 3}',
        "{}",
        '{"query": "x", "limit": 0}',
        '{"query": "x", "limit": 1001}',
        '{"query": "x", "wait": "forever"}',
        '{"query": "x", "timeout": -1}',
        '{"query": "x", "filters": {"kinds": ["klass"]}}',
        json.dumps({"query": "x" * 100_001}),
        json.dumps({"query": "x", "filters": {"paths": ["a"] * 257}}),
    ],
)
def test_wrong_parameters_are_refused(text: str) -> None:
    """Unknown names, wrong types, values out of range and unbounded input never reach a Service."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=SearchParams)


def test_positions_are_those_of_lsp() -> None:
    """Ranges lose their bytes and keep 0-based lines and UTF-16 columns."""
    assert lsp_range(Range(10, 20, 1, 2, 3, 4)) == LspRange(Position(1, 2), Position(3, 4))


def test_statistics_by_method_and_in_total() -> None:
    """Counts, error rate and nearest-rank percentiles are those of the recorded requests."""
    statistics = RequestStatistics(window=100)
    for milliseconds in range(1, 101):
        statistics.record("search", milliseconds / 1e3, failed=milliseconds > 90)
    statistics.record("status", 0.5, failed=False)
    figures = statistics.figures()
    assert (figures.count, figures.errors) == (101, 10)
    assert figures.error_rate == pytest.approx(10 / 101)
    search, status = figures.by_method
    assert (search.method, status.method) == ("search", "status")
    assert search.p50_milliseconds == pytest.approx(50)
    assert search.p95_milliseconds == pytest.approx(95)
    assert status.count == 1


def test_percentiles_of_few_values() -> None:
    """No request gives 0, one gives itself."""
    assert percentile([], 0.95) == 0.0
    assert percentile([3.0], 0.5) == 3.0
    assert percentile([1.0, 2.0], 0.5) == 1.0
