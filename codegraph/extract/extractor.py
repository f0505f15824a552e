"""The engine: one file's bytes and language in, `FileFacts` out.

`extract` never raises on content: what the grammar cannot follow, and limits that were hit, are problems in
the outline. It is a pure function of bytes, language, limits and EXTRACTOR_VERSION; no path, no clock.
Facts always describe exactly these bytes: a half-typed file gives facts with `parse_error`.
Tests: tests/unit/extract/test_extract_extractor.py, test_extract_robustness.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import zstandard
from tree_sitter import Node

from codegraph.config import ExtractConfig
from codegraph.core import plugins
from codegraph.core.digests import blob_digest
from codegraph.core.facts import (
    Definition,
    EncodedFacts,
    FileFacts,
    FlowState,
    NamespaceRun,
    Occurrences,
    Outline,
    SyntaxProblem,
    encode,
    encode_inputs,
)
from codegraph.core.generated import is_generated
from codegraph.core.symbols import CALLABLE_KINDS, names_between
from codegraph.extract.grammar import Captured, Reading, compiled
from codegraph.extract.languages import KNOWN, LANGUAGES
from codegraph.extract.languages.spec import LanguageSpec
from codegraph.extract.namespaces import namespaces_of
from codegraph.extract.normalise import Cut, Span, TokenStream, between, nesting
from codegraph.extract.outline import (
    Broken,
    broken_places,
    build_outline,
    containers_of,
    cut_of,
    describe,
    find_definitions,
    is_inside,
    mark_errors,
    members_of,
    module_only,
    outlines_around,
    place_sightings,
    problems_of,
)
from codegraph.extract.references import collect_references, spans
from codegraph.extract.sections import document_facts
from codegraph.extract.skim import skimmed
from codegraph.extract.text import SourceText
from codegraph.extract.view import FileView

if TYPE_CHECKING:
    from codegraph.extract.definition_flow import DefinitionFlows

SCHEMA = 87
"""Bumped whenever the same bytes would give other facts."""

COMPRESSION_LEVEL = 1
_NOBODY = "\0"
"""What no descriptor begins with."""


def _extractor_version() -> str:
    parts = [f"codegraph {SCHEMA}"]
    for distribution in sorted({"tree-sitter", *(each.distribution for each in KNOWN.values() if each.distribution)}):
        try:
            parts.append(f"{distribution} {version(distribution)}")
        except PackageNotFoundError:
            parts.append(f"{distribution} unknown")
    return "; ".join((*parts, *plugins.found().versions))


EXTRACTOR_VERSION = _extractor_version()
"""Our schema and the versions of parser, grammars and plug-ins; other facts than this version's are not read."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of what extraction looks into."""

    max_depth: int = 400
    """Nested blocks or brackets; a file nested deeper is read by its lines only."""
    max_definitions: int = 20_000
    max_bytes: int = 1 << 26
    max_problems: int = 20
    data_flow: bool = False
    """Whether the data flow of functions is followed."""


def limits_of(config: ExtractConfig) -> Limits:
    """Return the limits that the configuration sets; `config.data_flow` "auto" counts as off."""
    return Limits(max_depth=config.max_depth, data_flow=config.data_flow == "on")


def extract(data: bytes, language: str, limits: Limits) -> FileFacts:
    """Say what a file defines, mentions, binds and imports. Raises KeyError for an unknown language only."""
    spec = LANGUAGES[language]
    if len(data) > limits.max_bytes or spec.read is not None:
        return _read_as_text(data, spec, limits)
    if spec.rewritten is not None:
        return _read_instead(data, spec, limits)
    return _parsed(data, language, limits)


def _parsed(data: bytes, language: str, limits: Limits) -> FileFacts:
    read = look(data, language, limits)
    if isinstance(read, SyntaxProblem):
        return unread(SourceText(data), language, read, limits)
    return facts_of(read)


def _read_instead(data: bytes, spec: LanguageSpec, limits: Limits) -> FileFacts:
    """Say what a file is whose bytes stand for others (`LanguageSpec.rewritten`)."""
    assert spec.rewritten is not None
    text = SourceText(data)
    found = spec.rewritten(text)
    if not isinstance(found, bytes):
        return document_facts(text, spec.name, found, limits.max_definitions, limits.max_problems, data_flow=False)
    return msgspec.structs.replace(_parsed(found, spec.name, limits), blob=blob_digest(data))


def _read_as_text(data: bytes, spec: LanguageSpec, limits: Limits) -> FileFacts:
    text = SourceText(data)
    if spec.read is None or len(data) > limits.max_bytes:
        return unread(text, spec.name, SyntaxProblem("size", 0, f"more than {limits.max_bytes} bytes"), limits)
    bounds = limits.max_definitions, limits.max_problems
    return document_facts(text, spec.name, spec.read(text), *bounds, data_flow=limits.data_flow)


class Look(NamedTuple):
    """What the passes over a tree have found, before it is put together as facts."""

    view: FileView
    definitions: tuple[Definition, ...]
    bodies: tuple[Span, ...]
    """Of each definition; empty at its end where it has none."""
    inputs: dict[bytes, bytes]
    problems: tuple[SyntaxProblem, ...]
    namespaces: tuple[NamespaceRun, ...]
    reading: Reading
    """What the parser has read."""
    broken: tuple[Broken, ...]
    stream: TokenStream
    apart: list[Cut]
    """The callbacks outside of definitions whose tokens were read (see `apart`), in order."""


class Named(NamedTuple):
    """The definitions that a whole file is known to have: what is left out of it may share their names."""

    places: Mapping[Span, Definition]
    """By where they are; all but those inside of what is looked at."""
    inside: Sequence[tuple[Definition, str]] | None
    """Those inside, if no others may be there, each with the descriptor of its container."""


class Reduced(NamedTuple):
    """What the parser reads in place of a file's bytes, as many of them."""

    read: bytes
    blank: list[Span]
    """The stretches that are left out in it."""
    broken: tuple[Broken, ...]
    """The places that it must be broken at, and nowhere else."""
    focus: Span | None
    """The one stretch of which the tokens are read; None: those of all that is there."""
    with_outlines: bool = False
    """Whether the definitions around the stretch are read, too, but for what stands in their members."""
    names: Named | None = None
    """What definitions are called; None if that can be seen."""


def look(data: bytes, language: str, limits: Limits, reduced: Reduced | None = None) -> Look | SyntaxProblem:
    """Go through a file that has a grammar; a problem, if it is not to be looked into."""
    text = SourceText(data)
    grammar = compiled(language)
    reading = (
        grammar.reading(data)
        if reduced is None
        else Reading(grammar.parsed_without(reduced.read, reduced.blank).root_node, reduced.read)
    )
    root, blank = reading.root, () if reduced is None else reduced.blank
    if reduced is not None and root.has_error and not reduced.broken:
        return SyntaxProblem("syntax", 0)
    captured = grammar.captured_in(root)
    captures = captured.captures
    broken = broken_places(captures.get("error", ()), captures.get("missing", ())) if root.has_error else ()
    if reduced is not None and broken != reduced.broken:
        return SyntaxProblem("syntax", 0)
    silent = [*spans(captures.get("comment", ())), *blank]
    strings = spans(captures.get("string", ()))
    blocks = spans(captures.get("block", ()))
    if nesting(text, limits.max_depth, [*silent, *strings], blocks) > limits.max_depth:
        return SyntaxProblem("depth", 0, f"nested deeper than {limits.max_depth} levels")
    view, problems = _view(grammar.spec, text, root, captured, limits)
    if reduced is not None and reduced.names is not None and not _are_named(view, reduced.names, reduced.focus):
        return SyntaxProblem("symbols", 0)
    problems += _encoding_problems(text)
    mark_errors(view, broken)
    problems += problems_of(text, broken, limits.max_problems)
    _collect(view, captures)
    focus = None if reduced is None else reduced.focus
    outlined = outlines_around(view.definitions, focus) if reduced is not None and reduced.with_outlines else ()
    apart = _apart(view, captures.get("apart", ()), focus)
    stream = _tokens(view, silent, strings, blocks, apart, focus, outlined, offsets=limits.data_flow)
    flows = _flows(view, stream) if limits.data_flow else None
    definitions, inputs = build_outline(
        view.spec, text, view.definitions, stream, flows, focus=focus, outlined=outlined
    )
    bodies = tuple(
        (each.body.start_byte, each.body.end_byte) if each.body is not None else (each.end, each.end)
        for each in view.definitions
    )
    within, packages = grammar.spec.namespaces, grammar.spec.packages
    namespaces = () if within is None else namespaces_of(root, text, view.definitions, within)
    if packages is not None:
        namespaces = tuple((0, name) for name in packages(view))
    return Look(
        view,
        definitions,
        bodies,
        inputs,
        tuple(problems[: limits.max_problems]),
        namespaces,
        reading,
        broken,
        stream,
        apart,
    )


def _flows(view: FileView, stream: TokenStream) -> DefinitionFlows:
    from codegraph.extract.definition_flow import DefinitionFlows  # a tenth of an extractor's start, mostly not needed

    return DefinitionFlows(view, stream)


def facts_of(read: Look) -> FileFacts:
    """Put together what was found."""
    view, data = read.view, read.view.text.data
    outline = Outline(view.spec.name, read.definitions, read.problems, read.namespaces, is_generated(data))
    return FileFacts(blob_digest(data), outline, view.occurrences(), read.inputs)


def _view(
    spec: LanguageSpec, text: SourceText, root: Node, captured: Captured, limits: Limits
) -> tuple[FileView, list[SyntaxProblem]]:
    limit = limits.max_definitions
    if spec.find is not None:
        sightings = spec.find(root, captured.captures.get("definition", ()), limit)
        return FileView(spec, text, root, place_sightings(text, sightings), (), captured.forms), []
    definitions, absorbed, problems = find_definitions(spec, text, captured.candidates, limit)
    return FileView(spec, text, root, definitions, absorbed, captured.forms), problems


def _collect(view: FileView, captures: Mapping[str, Sequence[Node]]) -> None:
    for index, found in enumerate(view.definitions):
        if found.kind in CALLABLE_KINDS:
            heads = view.spec.receivers(view, found)
            if heads:
                view.heads[index] = heads
    view.spec.collect(view)
    collect_references(view, captures)


def _are_named(view: FileView, names: Named, focus: Span | None) -> bool:
    """Give definitions the descriptors that they have in the whole file; False if local ones are others.

    Another one outside of what is looked at, as a method is a function where its class is left out, gets a descriptor
    that none has: whatever rests on it does not fit.
    """
    given: dict[int, str] = {}
    inside: list[int] = []
    for index, each in enumerate(view.definitions):
        known = names.places.get((each.start, each.end))
        if known is not None and (known.kind, known.name, known.local) == (each.kind, each.name, each.local):
            given[index] = known.descriptor
        elif focus is not None and is_inside(each, focus):
            inside.append(index)
        elif each.local or known is None or known.local:
            return False
        else:
            given[index] = f"{_NOBODY}{index}"
    if names.inside is not None:
        if len(inside) != len(names.inside):
            return False
        for index, (known, around) in zip(inside, names.inside, strict=True):
            each = view.definitions[index]
            found = each.kind, each.name, each.local, given.get(each.container, "") + each.scope
            if found != (known.kind, known.name, known.local, around) or names_between(around, known.descriptor):
                return False
            given[index] = known.descriptor
    describe(view.definitions, given)
    return True


def _apart(view: FileView, found: Iterable[Node], focus: Span | None) -> list[Cut]:
    """Return which of these have, or are, a body in braces and stand in no definition, and in the focus if any."""
    data, (first, last) = view.text.data, focus or (0, len(view.text.data))
    cuts: list[Cut] = []
    for node in found:
        start, end = node.start_byte, node.end_byte
        if not first <= start <= end <= last or view.owner_of(start):
            continue
        body = node.child_by_field_name("body") or node
        if body.end_byte == end and data[body.start_byte] == 0x7B and data[end - 1] == 0x7D:
            cuts.append(Cut(start, body.start_byte, end))
    return sorted(cuts)


def _tokens(
    view: FileView,
    silent: list[Span],
    strings: list[Span],
    blocks: list[Span],
    apart: list[Cut],
    focus: Span | None,
    outlined: Sequence[int],
    *,
    offsets: bool,
) -> TokenStream:
    chosen = view.definitions if focus is None else [each for each in view.definitions if is_inside(each, focus)]
    holders = [view.definitions[index] for index in outlined]
    for found in (*chosen, *holders):
        found.docstring = view.spec.docstring(view, found)
        if found.docstring is not None and found.docstring.end > found.docstring.start:
            silent.append((found.docstring.start, found.docstring.end))
    silent_spans = set(silent)
    strings = [span for span in strings if span not in silent_spans]
    cuts = chain(map(cut_of, chosen), apart)
    if focus is not None:
        around = [view.definitions[index] for index in containers_of(view.definitions, focus)]
        members = members_of(view.definitions) if outlined else []
        cuts = chain(map(cut_of, (*around, *holders, *(each for index in outlined for each in members[index]))), cuts)
        read = [(each.start, each.header_end) for each in around] + [(each.start, each.end) for each in holders]
        silent += between(sorted([focus, *read]), len(view.text.data))
    return TokenStream(view.text, view.spec.token_pattern, cuts, silent, strings, blocks, offsets=offsets)


def _encoding_problems(text: SourceText) -> list[SyntaxProblem]:
    if text.ascii:
        return []
    try:
        text.data.decode("utf-8")
    except UnicodeDecodeError as error:
        return [SyntaxProblem("encoding", text.position(error.start)[0], "not UTF-8")]
    return []


def unread(text: SourceText, language: str, problem: SyntaxProblem, limits: Limits) -> FileFacts:
    """Return the facts of a file that was not looked into: what its lines say (see `skim`), and the reason."""
    spec = LANGUAGES[language]
    found, namespaces = skimmed(text, spec, limits.max_definitions) if spec.read is None else ([], ())
    if len(found) <= 1:
        return unopened(text.data, language, problem, limits)
    stream = TokenStream(text, spec.token_pattern, map(cut_of, found), (), (), ())
    definitions, inputs = build_outline(spec, text, found, stream, None, _without_flow(limits))
    outline = Outline(language, definitions, (problem,), namespaces, is_generated(text.data))
    return FileFacts(blob_digest(text.data), outline, Occurrences(), inputs)


def unopened(data: bytes, language: str, problem: SyntaxProblem, limits: Limits) -> FileFacts:
    """Return the facts of a file that not even line by line could be read: a module, and the reason."""
    definitions, inputs = module_only(language, SourceText(data), _without_flow(limits))
    outline = Outline(language, definitions, (problem,), generated=is_generated(data))
    return FileFacts(blob_digest(data), outline, Occurrences(), inputs)


def _without_flow(limits: Limits) -> FlowState:
    return FlowState.NO_LANGUAGE if limits.data_flow else FlowState.OFF


def encode_facts(facts: FileFacts, layout: bytes = b"") -> EncodedFacts:
    """Encode facts, and a layout that is to be kept beside them, as workers send them and the store keeps them."""
    compressor = zstandard.ZstdCompressor(level=COMPRESSION_LEVEL)
    return EncodedFacts(
        facts.blob,
        facts.outline.language,
        encode(facts.outline),
        compressor.compress(encode(facts.occurrences)),
        compressor.compress(encode_inputs(facts.inputs)),
        compressor.compress(layout) if layout else b"",
    )
