"""Printing: plain columns for pipes, colour and links for terminals, never a stranger's control characters."""

from __future__ import annotations

import io

import pytest

from codegraph.cli.output import Cell, Output, duration, printable, size
from codegraph.cli.progress import progress_bar
from codegraph.cli.records import understood_notes
from codegraph.daemon.operations import Progress
from codegraph.daemon.understanding import Understood


def test_plain_columns() -> None:
    """Columns are aligned, styles and links are left out, no blanks stand at the ends of lines."""
    stream = io.StringIO()
    output = Output(stream=stream)
    output.rows([[Cell("a", "red", "file:///a"), "bb"], ["ccc"]], ("one", "two"))
    assert stream.getvalue() == "ONE  TWO\na    bb\nccc\n"


def test_a_terminal_gets_colour_and_links() -> None:
    """On a terminal cells have their style and link."""
    stream = io.StringIO()
    Output(stream=stream, terminal=True).line(Cell("a.py:3", "cyan", "file:///p/a.py#3"))
    assert "a.py:3" in stream.getvalue()
    assert "\x1b[36m" in stream.getvalue()
    assert "file:///p/a.py#3" in stream.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_control_characters_do_not_pass(terminal: bool) -> None:
    """A file's name cannot move the cursor, set a title or break a line."""
    stream = io.StringIO()
    Output(stream=stream, terminal=terminal).line("a\x1b]0;title\x07\nb[bold]c[/bold]")
    text = stream.getvalue()
    assert "\x1b]0" not in text
    assert "\x07" not in text
    assert text.count("\n") == 1
    assert "[bold]c" in text


def test_facts_are_coloured_without_rich() -> None:
    """What must be quick is coloured on a terminal, and plain elsewhere."""
    stream = io.StringIO()
    Output(stream=stream, terminal=True).facts([(Cell("a", "dim"), "1\x1b[2J"), (Cell("bb", "dim"), "2")])
    assert stream.getvalue() == "\x1b[2ma \x1b[0m  1\N{REPLACEMENT CHARACTER}[2J\n\x1b[2mbb\x1b[0m  2\n"
    plain = io.StringIO()
    Output(stream=plain).facts([(Cell("a", "dim"), "1")])
    assert plain.getvalue() == "a  1\n"


def test_printable_keeps_ordinary_text() -> None:
    """Letters of all scripts stay."""
    assert printable("größe/日本.py") == "größe/日本.py"
    assert printable("\udcff") == "\N{REPLACEMENT CHARACTER}"


def test_json_is_one_line() -> None:
    """A record is one line, whatever it holds."""
    stream = io.StringIO()
    Output(stream=stream, json=True).record({"a": "x\ny"})
    assert stream.getvalue() == '{"a":"x\\ny"}\n'


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (1_023, "1023 B"), (1_536, "1.5 KiB"), (1 << 30, "1.0 GiB"), (1 << 50, "1024.0 TiB")],
)
def test_sizes(count: int, text: str) -> None:
    """Bytes are written in binary units."""
    assert size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0042, "4 ms"), (1.25, "1.2 s"), (61, "1 min 1 s"), (3_661, "1 h 1 min"), (90_000, "1 d 1 h")],
)
def test_durations(seconds: float, text: str) -> None:
    """Times are written in two units at most."""
    assert duration(seconds) == text


def test_the_progress_bar_is_for_terminals() -> None:
    """Shown: stage and counts, on the given stream. Not shown: nothing at all."""
    stream = io.StringIO()
    with progress_bar(stream, shown=True) as report:
        report(Progress(stage="extract", done=3, total=10))
        report(Progress(stage="extract", done=10, total=10))
        report(Progress(stage="embed", done=0))
    assert "extract" in stream.getvalue()
    assert "10/10" in stream.getvalue()
    quiet = io.StringIO()
    with progress_bar(quiet, shown=False) as report:
        report(Progress(stage="extract", done=3, total=10))
    assert quiet.getvalue() == ""


def test_what_was_read_otherwise_is_said() -> None:
    """A word that is a filter no more, one that was taken for another, one that stands nowhere: a note each."""
    understood = Understood(not_filters=("lang:klingon",), nowhere=("zzz", "qqq"), read_as={"swichMap": "switchmap"})
    assert understood_notes(understood) == [
        "lang:klingon is no filter, it was read as words",
        "swichMap was read as switchmap",
        "in no name, string or documentation: zzz, qqq",
    ]
    assert understood_notes(Understood()) == []
