"""From what a reader of documents found to `FileFacts`: sections, and what code they name.

A section is a definition: its name is the heading, its descriptor the slugs of the headings around it, its text what
stands between its heading and the next one, whatever that one's level. What precedes the first heading is the module's.
Canonical tokens are words and marks of sentences, without markup, links and layout, so wrapping lines anew costs
nothing; the signature is the heading. Code blocks belong to the text and define nothing. Sections have no data flow:
their language has no table of node types (`FlowState.NO_LANGUAGE`).

A huge document is bounded: so many sections, names and words of one section; the first two are said as problems.
Tests: tests/unit/extract/test_extract_documents.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from codegraph.core.digests import blob_digest, own_digest, signature_digest
from codegraph.core.facts import (
    Chain,
    Definition,
    FileFacts,
    FlowState,
    Occurrences,
    Outline,
    OwnInput,
    Reference,
    Role,
    SyntaxProblem,
    encode,
)
from codegraph.core.symbols import SymbolKind, descriptor_of
from codegraph.extract.languages.documents import plain_text
from codegraph.extract.languages.spec import Document, Heading
from codegraph.extract.text import SourceText

MAX_REFERENCES = 10_000
"""Different names, by section, that a document may mention."""
MAX_PLACES = 100
"""Places of one name in one section that are kept."""
MAX_WORDS = 10_000
"""Canonical tokens of one section; an encoder reads less than half of that."""
MAX_SLUG = 80

_TOKEN: Final = re.compile(r"\w+(?:['\u2019]\w+)*|[.,;:!?()]")
_NOT_IN_SLUG: Final = re.compile(r"[^\w\- ]")


class _Section:
    """A definition under construction; the first is the module."""

    __slots__ = ("container", "descriptor", "end", "heading", "text_end", "title")

    def __init__(self, heading: Heading, container: int, descriptor: str, end: int) -> None:
        self.heading = heading
        self.container = container
        self.descriptor = descriptor
        self.title = heading.title
        self.text_end = end
        """Where the next heading begins."""
        self.end = end
        """Where the section ends, those within it included."""


def document_facts(
    text: SourceText, language: str, found: Document, most: int, most_problems: int, *, data_flow: bool
) -> FileFacts:
    """Say what a document's sections are and name; at most so many sections and problems."""
    problems: list[SyntaxProblem] = []
    if not text.ascii and "\ufffd" in text.data.decode("utf-8", "replace"):
        problems.append(SyntaxProblem("encoding", 0, "not UTF-8"))
    headings = found.headings
    if len(headings) > most:
        problems.append(SyntaxProblem("symbols", text.position(headings[most].start)[0], f"more than {most} sections"))
        headings = headings[:most]
    sections = _nested(text, headings)
    flow = FlowState.NO_LANGUAGE if data_flow else FlowState.OFF
    definitions, inputs = _described(text, language, found, sections, flow)
    references, place = _references(text, found, sections)
    if place >= 0:
        detail = f"more than {MAX_REFERENCES} names of code"
        problems.append(SyntaxProblem("symbols", text.position(place)[0], detail))
    outline = Outline(language, tuple(definitions), tuple(problems[:most_problems]))
    return FileFacts(blob_digest(text.data), outline, Occurrences(references), inputs)


def _nested(text: SourceText, headings: Sequence[Heading]) -> list[_Section]:
    """Return the module and the sections in source order, each in the last one before it of a higher level."""
    size = len(text.data)
    sections = [_Section(Heading(0, "", text.mark, text.mark, text.mark, text.mark), -1, "", size)]
    around = [0]
    seen: Counter[str] = Counter()
    for heading in headings:
        while len(around) > 1 and sections[around[-1]].heading.level >= heading.level:
            sections[around.pop()].end = heading.start
        container = around[-1]
        outer, slug = sections[container].descriptor, slug_of(heading.title)
        plain = descriptor_of(outer, slug, SymbolKind.SECTION, 0)
        descriptor = descriptor_of(outer, slug, SymbolKind.SECTION, seen[plain])
        seen[plain] += 1
        sections[-1].text_end = heading.start
        around.append(len(sections))
        sections.append(_Section(heading, container, descriptor, size))
    return sections


def slug_of(title: str) -> str:
    """Return a heading as part of an address, as forges make it: lower case, hyphens for blanks, no other marks."""
    slug = _NOT_IN_SLUG.sub("", title.lower()).strip().replace(" ", "-")[:MAX_SLUG]
    return slug or "section"


def _described(
    text: SourceText, language: str, found: Document, sections: Sequence[_Section], flow: FlowState
) -> tuple[list[Definition], dict[bytes, bytes]]:
    silent = _Silent(found.silent)
    signatures: list[str] = []
    definitions: list[Definition] = []
    inputs: dict[bytes, bytes] = {}
    for index, section in enumerate(sections):
        heading = section.heading
        kind = SymbolKind.SECTION if index else SymbolKind.MODULE
        signatures.append(" ".join(_TOKEN.findall(section.title)))
        tokens = tuple(_words(text, silent.without(heading.end, section.text_end)))
        container = signatures[section.container] if section.container > 0 else ""
        docstring = "" if index else found.title
        encoded = encode(OwnInput(kind, language, section.title, container, signatures[-1], docstring, tokens))
        own = own_digest(encoded)
        inputs[own] = encoded
        definitions.append(
            Definition(
                section.descriptor,
                kind,
                section.title,
                section.container,
                text.range(heading.start, section.end),
                text.range(heading.name_start, heading.name_end),
                own,
                signatures[-1],
                signature_digest(signatures[-1]),
                False,
                len(tokens),
                flow,
            )
        )
    return definitions, inputs


def _words(text: SourceText, pieces: Iterable[tuple[int, int]]) -> list[str]:
    words: list[str] = []
    for start, end in pieces:
        words += _TOKEN.findall(plain_text(text.slice(start, end)))
        if len(words) > MAX_WORDS:
            return words[:MAX_WORDS]
    return words


class _Silent:
    """Stretches that nobody reads, asked for in source order."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self._spans = spans
        self._next = 0

    def without(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return what is left of a stretch; each begins where the last one ended, or behind."""
        pieces: list[tuple[int, int]] = []
        while self._next < len(self._spans) and self._spans[self._next][0] < end:
            silent_start, silent_end = self._spans[self._next]
            if silent_start > start:
                pieces.append((start, silent_start))
            start = max(start, silent_end)
            self._next += 1
        if start < end:
            pieces.append((start, end))
        return pieces


def _references(text: SourceText, found: Document, sections: Sequence[_Section]) -> tuple[tuple[Reference, ...], int]:
    """Return what is named, equal namings of a section merged, and where they became too many, else -1."""
    places: dict[tuple[int, Chain, Role], list[int]] = {}
    index = 0  # of the section around a naming
    for naming in sorted(found.namings):
        while index + 1 < len(sections) and sections[index + 1].heading.start <= naming.start:
            index += 1
        key = (index, naming.chain, naming.role)
        at = places.get(key)
        if at is None:
            if len(places) == MAX_REFERENCES:
                return _sorted(text, places), naming.start
            places[key] = [naming.start]
        elif len(at) < MAX_PLACES:
            at.append(naming.start)
    return _sorted(text, places), -1


def _sorted(text: SourceText, places: dict[tuple[int, Chain, Role], list[int]]) -> tuple[Reference, ...]:
    return tuple(Reference(*key, text.positions(offsets)) for key, offsets in places.items())
