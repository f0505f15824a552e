"""Markdown: headings, code spans, and what is neither: `codegraph.extract.languages.markdown`."""

from __future__ import annotations

import pytest

from codegraph.core.facts import FileFacts, decode_own_input
from codegraph.extract.extractor import Limits, extract


def facts(text: str) -> FileFacts:
    return extract(text.encode(), "markdown", Limits())


def names(text: str) -> list[str]:
    return [one.name for one in facts(text).outline.definitions[1:]]


def chains(text: str) -> list[str]:
    return [".".join(one.chain) for one in facts(text).occurrences.references]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# One\n## Two ##\n   ### Three\n", ["One", "Two", "Three"]),
        ("#None\n    # code\n\\# no\n####### seven\n", []),
        ("One\n===\n\nTwo\n---\n", ["One", "Two"]),
        ("text\n\n---\n- item\n---\n| a |\n|---|\n> q\n---\n", []),
        ("two lines\nof text\n---\n", []),
        ("```sh\n# no\n```\n# yes\n", ["yes"]),
        ("~~~\n# no\n```\n# no\n~~~~\n# yes\n", ["yes"]),
        ("1. item\n   ```\n   # no\n   ```\n# yes\n", ["yes"]),
        ("# yes\n```\n# open to the end\n", ["yes"]),
        ("<!--\n# no\n-->\n# yes\n", ["yes"]),
        ("# \n# ![logo](x.png)\n", ["logo"]),
        ("# One\r\n## Two\r\n", ["One", "Two"]),
        ("\ufeff# One\n", ["One"]),
        ("# Überschrift `a.b`\n", ["Überschrift a.b"]),
    ],
)
def test_headings(text: str, expected: list[str]) -> None:
    """ATX and setext headings, outside of code, comments, lists and tables."""
    assert names(text) == expected


def test_front_matter_is_no_text() -> None:
    """Its title documents the file; nothing in it is a heading or a name."""
    found = facts("---\ntitle: The guide\nslug: `a.b`\n---\nText\n# One\n")
    module = decode_own_input(found.inputs[found.outline.definitions[0].own])
    assert (module.docstring, module.tokens) == ("The guide", ("Text",))
    assert [one.name for one in found.outline.definitions[1:]] == ["One"]
    assert found.occurrences.references == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see `a.b` and ``c.d``", ["a.b", "c.d"]),
        ("`` a.b` `` `c.d`", ["c.d"]),
        ("\\`a.b `c.d`", ["c.d"]),
        ("`a.b\n\n`e.f`", ["e.f"]),
        ("```\n`a.b`\n```\n<!-- `c.d` -->\n`e.f`", ["e.f"]),
        ("<code>a.b()</code>", ["a.b"]),
        ("[`Field()`][a.fields.Field] {func}`parse` {ref}`a.b`", ["a.fields.Field", "parse"]),
        ("::: a.b.Client", ["a.b.Client"]),
        ("# `a.b`\n", ["a.b"]),
    ],
)
def test_code_spans(text: str, expected: list[str]) -> None:
    """A span ends with as many backticks as it began with, in its paragraph; forms of documentation tools are read."""
    assert chains(text) == expected


def test_places_are_those_of_the_code() -> None:
    """Lines and columns (UTF-16) lead to what is named, the heading's range to its words."""
    found = facts("# Größe\n\nDäs `a.b`\n")
    assert found.occurrences.references[0].positions == (2, 5)
    place = found.outline.definitions[1].selection_range
    assert (place.start_column, place.end_column) == (2, 7)
