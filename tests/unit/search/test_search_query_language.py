"""The query language: what is a filter, and that everything else stays what it was."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.core.symbols import SymbolKind
from codegraph.search.query_language import MAX_FILTERS, MAX_VALUE, ParsedQuery, parse_query

WORDS = st.text(st.characters(codec="utf-8", exclude_characters='":'), min_size=1).filter(lambda word: word.split())
READ = ["lang:python", "kind:class,enum", "path:src/**", "-path:tests/", "in:Session", "calls:a.b", '"exact words"']
UNREAD = [
    "lang:klingon",
    "kind:thing",
    "path:[z-a]",
    "in:*",
    "calls:(",
    "-lang:go",
    "foo:bar",
    "path:",
    '""',
    '" "',
    '"',
]
PIECES = st.sampled_from([*READ, *UNREAD])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("retry lang:go", ParsedQuery("retry", languages=("go",))),
        ("lang:PY,c++ x", ParsedQuery("x", languages=("python", "cpp"))),
        ("language:ruby", ParsedQuery("", languages=("ruby",))),
        ("a kind:class b kind:enum", ParsedQuery("a b", kinds=(SymbolKind.CLASS, SymbolKind.ENUM))),
        ("path:src/** -path:tests/", ParsedQuery("", paths=("src/**",), not_paths=("tests/",))),
        ('path:"my docs/" x', ParsedQuery("x", paths=("my docs/",))),
        ("in:Session in:a/b.py", ParsedQuery("", containers=("Session", "a/b.py"))),
        ("calls:os.path.join go", ParsedQuery("go", calls=("os.path.join",))),
        ('say "not found" twice', ParsedQuery("say not found twice", phrases=("not found",))),
        ('"kind:class lang:go"', ParsedQuery("kind:class lang:go", phrases=("kind:class lang:go",))),
        ("in:A\nin:A", ParsedQuery("", containers=("A",))),
    ],
)
def test_what_is_understood(text: str, expected: ParsedQuery) -> None:
    """Each filter by itself and together; quotes keep filters and blanks; the same twice counts once."""
    assert parse_query(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "foo:bar", "lang:", "lang:klingon", "kind:thing,class", "path:[z-a]", "path:" + "**/" * 9 + "x"),
        *('say "hello', '"', '""', '" "', 'f("a b")', '"a"b', "x.lang:go", "(kind:class)", "-kind:class", "Kind:class"),
        *("def f(path:str, kind:int): return {in:1}", "in:*.py", "calls:f(x)", "path:" + "x" * (MAX_VALUE + 1)),
    ],
)
def test_everything_else_is_ordinary_text(text: str) -> None:
    """To the last character."""
    parsed = parse_query(text)
    assert dataclasses.replace(parsed, not_filters=()) == ParsedQuery(text)


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("lang:klingon word", ("lang:klingon",)),
        ("kind:thing,class -kind:class lang:go", ("kind:thing,class", "-kind:class")),
        ("lang:no lang:no", ("lang:no",)),
        ("foo:bar lang:go path:src/", ()),
        (" ".join(f"lang:no{n}" for n in range(2 * MAX_FILTERS)), tuple(f"lang:no{n}" for n in range(MAX_FILTERS))),
        ('"' + "x" * (MAX_VALUE + 1) + '" path:' + "x" * MAX_VALUE, ()),
    ],
)
def test_what_looks_like_a_filter_and_is_none_is_told(text: str, unread: tuple[str, ...]) -> None:
    """Nobody takes an answer for a filtered one that is not."""
    assert parse_query(text).not_filters == unread


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    """Whatever is typed is read; without a filter it is ranked by as it is; reading the rest finds no more filters."""
    parsed = parse_query(text)
    assert parsed.filter is not None
    if parsed == ParsedQuery(parsed.text, not_filters=parsed.not_filters):
        assert parsed.text == text


@given(st.lists(WORDS.map(str.strip).filter(bool), max_size=5))
def test_text_without_colons_and_quotes_is_untouched(words: list[str]) -> None:
    """Such words never are a filter."""
    text = " ".join(words)
    assert parse_query(text) == ParsedQuery(text)


@given(st.lists(PIECES | st.sampled_from(["retry", "the", "loop"]), max_size=8), st.randoms(use_true_random=False))
def test_order_of_pieces_does_not_change_what_is_asked(pieces: list[str], random: object) -> None:
    """Each value goes where it belongs, wherever its filter stands."""
    text = [piece for piece in pieces if piece not in ('"', '" "')]  # such quotes pair up with what comes next
    other = list(text)
    random.shuffle(other)  # type: ignore[attr-defined]
    one, two = parse_query(" ".join(text)), parse_query(" ".join(other))
    assert sorted(one.text.split()) == sorted(two.text.split())
    for field in ("kinds", "languages", "paths", "not_paths", "containers", "calls", "phrases"):
        assert set(getattr(one, field)) == set(getattr(two, field))


def test_the_number_of_filters_is_bounded() -> None:
    """What is beyond the bound is text."""
    parsed = parse_query(" ".join(f"in:x{number}" for number in range(MAX_FILTERS + 5)))
    assert len(parsed.containers) == MAX_FILTERS
    assert parsed.text.split() == [f"in:x{number}" for number in range(MAX_FILTERS, MAX_FILTERS + 5)]
