"""What code in a sentence names, and sections made of headings: `languages.documents`, `extract.sections`."""

from __future__ import annotations

import pytest

from codegraph.core.facts import FlowState, Role, decode_own_input
from codegraph.core.symbols import SymbolKind
from codegraph.extract import sections
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.languages.documents import named_by, named_by_role, plain_title
from codegraph.extract.sections import slug_of


@pytest.mark.parametrize(
    ("code", "chain", "role"),
    [
        ("Client.get", ("Client", "get"), Role.READ),
        ("httpx.get(url, params={'a': 1})", ("httpx", "get"), Role.CALL),
        ("uv::Loop#run", ("uv", "Loop", "run"), Role.READ),
        ("make().run()", ("make", "run"), Role.CALL),
        (".get()", ("@member", "get"), Role.CALL),
        ("self.close()", ("@member", "close"), Role.CALL),
        ("parse()", ("parse",), Role.CALL),
        ("def parse(text: str) -> Tree", ("parse",), Role.CALL),
        ("class Parser:", ("Parser",), Role.TYPE),
        ("new Parser(text)", ("Parser",), Role.TYPE),
        ("Vec<T>", ("Vec",), Role.READ),
        ("Enum.map/2", ("Enum", "map"), Role.CALL),
        ("@app.route('/')", ("app", "route"), Role.CALL),
        ("HTTPServer", ("HTTPServer",), Role.READ),
        ("raise_for_status", ("raise_for_status",), Role.READ),
        ("camelCase", ("camelCase",), Role.READ),
        ("src/pool.c", ("@path", "src/pool.c"), Role.READ),
        ("../lib/a.py", ("@path", "../lib/a.py"), Role.READ),
    ],
)
def test_what_names_code(code: str, chain: tuple[str, ...], role: Role) -> None:
    """Names, dotted or not, calls and declarations, and files are read off what stands between backticks."""
    assert named_by(code) == (chain, role)


@pytest.mark.parametrize(
    "code",
    [
        *("get", "timeout", "--verbose", "-v", "pip install x", "a = b", "x + y", "404", "None", "True", "'text'"),
        *("/usr/bin", "X-Header: 1", "key=value", "git commit -m", "text/html", "https://a.b/c", "setup.cfg/x"),
        *("", " ", "{}", "a" * 201),
    ],
)
def test_what_names_nothing(code: str) -> None:
    """Plain words, flags, values, commands, addresses and whole expressions are no names."""
    assert named_by(code) is None


@pytest.mark.parametrize(
    ("kind", "written", "chain"),
    [
        ("func", "get", ("get",)),
        ("meth", "~a.b.Client.get", ("a", "b", "Client", "get")),
        ("meth", "get", ("@member", "get")),
        ("class", "the client <a.Client>", ("a", "Client")),
        ("exc", "error", ("error",)),
    ],
)
def test_roles(kind: str, written: str, chain: tuple[str, ...]) -> None:
    """A role says what its target is, so a plain word is a name, too."""
    named = named_by_role(kind, written)
    assert named is not None
    assert named[0] == chain


def test_roles_that_name_no_code() -> None:
    """References within documents, and what is marked as no link, name nothing."""
    assert named_by_role("ref", "a.b") is None
    assert named_by_role("func", "!a.b") is None


def test_titles_and_slugs() -> None:
    """A heading's name is without markup; its slug has words and hyphens only."""
    assert plain_title("The [`Client`](client.md) *class* <a id='x'></a>  {#client}") == "The Client class"
    assert plain_title(":class:`Client` objects") == "Client objects"
    assert slug_of("What's new in 1.0?") == "whats-new-in-10"
    assert slug_of("???") == "section"


def test_sections_nest_by_level_and_repeat_with_an_ordinal() -> None:
    """A container is the last heading before of a higher level; equal slugs in one section are numbered."""
    text = b"before\n# A\n### B\n## B\n## B\ntext\n# A\n"
    found = extract(text, "markdown", Limits()).outline.definitions
    assert [(one.descriptor, one.container) for one in found] == [
        ("", -1),
        ("a:", 0),
        ("a:b:", 1),
        ("a:b:(+1)", 1),
        ("a:b:(+2)", 1),
        ("a:(+1)", 0),
    ]
    assert [one.kind for one in found[:2]] == [SymbolKind.MODULE, SymbolKind.SECTION]
    lines = [(one.range.start_line, one.range.end_line) for one in found]
    assert lines == [(0, 7), (1, 6), (2, 3), (3, 4), (4, 6), (6, 7)]


def test_own_text_is_the_sections_own_and_no_layout() -> None:
    """What stands below another heading does not count, nor do wrapping, markup, and where links lead."""
    one = extract(b"# A\nSome *plain*\ntext, see [here](http://x.y).\n## B\nmore\n", "markdown", Limits())
    other = extract(b"# A\n\nSome plain text,\nsee [here](http://z).\n\n## B\nother\n", "markdown", Limits())
    own = decode_own_input(one.inputs[one.outline.definitions[1].own])
    assert own.tokens == ("Some", "plain", "text", ",", "see", "here", ".")
    assert (own.name, own.signature, own.docstring) == ("A", "A", "")
    assert one.outline.definitions[1].own == other.outline.definitions[1].own
    assert one.outline.definitions[2].own != other.outline.definitions[2].own
    assert decode_own_input(one.inputs[one.outline.definitions[2].own]).container == "A"


def test_equal_namings_of_a_section_are_one_reference() -> None:
    """A reference has all places of its name in the section, in source order."""
    found = extract(b"`a.b` `a.b`\n# S\n`a.b`\n", "markdown", Limits()).occurrences.references
    assert [(one.owner, one.chain, one.positions) for one in found] == [
        (0, ("a", "b"), (0, 1, 0, 7)),
        (1, ("a", "b"), (2, 1)),
    ]


def test_data_flow_is_none_for_a_reason() -> None:
    """Sections have no data flow because no table of node types describes their language."""
    found = extract(b"# A\n", "markdown", Limits(data_flow=True)).outline.definitions
    assert {one.flow for one in found} == {FlowState.NO_LANGUAGE}
    assert {one.flow for one in extract(b"# A\n", "rst", Limits()).outline.definitions} == {FlowState.OFF}


def test_huge_documents_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many sections, names and words; what is left out is said."""
    monkeypatch.setattr(sections, "MAX_REFERENCES", 3)
    monkeypatch.setattr(sections, "MAX_WORDS", 5)
    text = b"".join(b"# S%d\n`a.b%d` and so on and on\n" % (number, number) for number in range(9))
    facts = extract(text, "markdown", Limits(max_definitions=4))
    assert len(facts.outline.definitions) == 5
    assert len(facts.occurrences.references) == 3
    assert max(one.length for one in facts.outline.definitions) == 5
    assert [one.reason for one in facts.outline.problems] == ["symbols", "symbols"]


@pytest.mark.parametrize("language", ["markdown", "rst"])
def test_ten_megabytes_take_no_forever(language: str) -> None:
    """Work grows with the text, whatever it repeats: counted in the sections that come out of it."""
    heads = b"# H\n" if language == "markdown" else b"H\n==\n"
    for piece in (
        b"`a ",
        b"``a\n",
        b"<!-- ",
        b"[",
        b"> - * ",
        b"```a\n````b\n",
        b"___ ",
        b"*a ",
        b"\n \n",
        b":a:`",
        b"<a ",
    ):
        text = heads + piece * (200_000 // len(piece))
        assert len(extract(text, language, Limits()).outline.definitions) == 2
