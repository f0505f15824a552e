"""Files that nobody would write: extraction stays bounded, and says what it could not follow."""

from __future__ import annotations

import pytest
from python_sources import facts_of

from codegraph.core.facts import FileFacts
from codegraph.extract.extractor import Limits, extract


def problems(facts: FileFacts) -> set[str]:
    return {problem.reason for problem in facts.outline.problems}


def names(facts: FileFacts) -> list[str]:
    return [one.name for one in facts.outline.definitions]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", [""]),
        (b"\n\n", [""]),
        (b"\xef\xbb\xbf", [""]),
        (b"\xef\xbb\xbfdef f(): pass\n", ["", "f"]),
        (b"\x0cdef f(): pass\n\x0c\ndef g(): pass", ["", "f", "g"]),
        (b"class C:\r\n    def m(self): pass\r\n", ["", "C", "m"]),
        (b"def f():\n    x = 1\x00\ndef g(): pass\n", ["", "f", "g"]),
    ],
)
def test_odd_bytes(data: bytes, expected: list[str]) -> None:
    """Empty files, byte order marks, form feeds, CRLF and NUL bytes hide no definition."""
    assert names(facts_of(data)) == expected


def test_invalid_utf8() -> None:
    """Bytes that are not UTF-8 are a problem with a line; what can be read is read."""
    facts = facts_of(b"def f():\n    return '\xff\xfe'\n\ndef g(): pass\n")
    assert names(facts) == ["", "f", "g"]
    assert [(one.reason, one.line) for one in facts.outline.problems] == [("encoding", 1)]


@pytest.mark.parametrize(
    "data",
    [
        b"x = " + b"(" * 5_000 + b"1" + b")" * 5_000,
        b"x = " + b"[" * 5_000,
        b"".join(b" " * depth + b"if x:\n" for depth in range(500)) + b" " * 500 + b"pass\n",
    ],
    ids=["brackets", "open brackets", "blocks"],
)
def test_too_deep(data: bytes) -> None:
    """A file nested deeper than the limit is read by its lines and says so."""
    facts = facts_of(b"def f(): pass\n" + data)
    assert names(facts) == ["", "f"]
    assert problems(facts) == {"depth"}
    assert facts.occurrences.references == ()


def test_brackets_in_strings_are_not_deep() -> None:
    """Only brackets of the code count for the depth."""
    facts = facts_of(b"def f():\n    return '" + b"(" * 5_000 + b"'\n")
    assert names(facts) == ["", "f"]
    assert problems(facts) == set()


@pytest.mark.parametrize(
    "expression",
    [
        b"a" + b".b" * 5_000,
        b"a" + b".b()" * 5_000,
        b"a" + b"[0]" * 5_000,
        b"+".join([b"a"] * 5_000),
        b"not " * 5_000 + b"a",
    ],
    ids=["members", "calls", "subscripts", "sum", "prefix"],
)
def test_long_chains(expression: bytes) -> None:
    """Trees 5,000 levels deep, which no bracket announces, neither overflow a stack nor give endless chains."""
    facts = facts_of(b"x = " + expression + b"\ndef f(): pass\n")
    assert names(facts) == ["", "x", "f"]
    assert all(len(one.chain) <= 24 for one in facts.occurrences.references)


def test_long_line() -> None:
    """A line of many thousand calls is an ordinary line."""
    facts = facts_of(b"x = [" + b"a.b(c), " * 10_000 + b"]\n")
    (call,) = [one for one in facts.occurrences.references if one.chain == ("a", "b")]
    assert len(call.positions) == 20_000
    assert call.positions[-1] == 5 + 9_999 * 8 + 2


def test_too_many_definitions() -> None:
    """Beyond the limit definitions are left out, and the file says so."""
    facts = facts_of(b"def f(): pass\n" * 50, Limits(max_definitions=10))
    assert len(facts.outline.definitions) == 11
    assert problems(facts) == {"symbols"}


def test_too_large() -> None:
    """A file beyond the limit of bytes is not parsed."""
    facts = facts_of(b"def f(): pass\n", Limits(max_bytes=5))
    assert names(facts) == ["", "f"]
    assert problems(facts) == {"size"}


@pytest.mark.parametrize("end", [b"@", b"@A", b"@A(b::class)", b"@A\x00", b"@A\r", b"@A /* x"])
def test_an_annotation_that_is_still_to_be_typed(end: bytes) -> None:
    """Kotlin's parser would never come back from such a last line: it is given a line end."""
    facts = extract(b"val a = {}\n" + end, "kotlin", Limits())
    assert names(facts) == ["", "a"]
    assert facts.outline.definitions[0].range.end_byte == 11 + len(end)
