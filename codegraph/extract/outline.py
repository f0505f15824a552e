"""From matches to definitions: who contains whom, descriptors, digests, what the encoder will read.

Input are the matches of definitions.scm. Functions absorb everything inside them but what the language wants as
definitions of their own (`LanguageSpec.nested`); constants count only in the containers that the language
names. A definition's range starts at its decorators or modifiers.
Own inputs: a function's whole text; a class's outline (its members' bodies are holes); a module's top-level
statements (its definitions are holes).
Tests: tests/unit/extract/test_extract_outline.py, test_extract_properties.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from tree_sitter import Node

from codegraph.core.digests import own_digest, signature_digest
from codegraph.core.facts import Definition, FlowState, OwnInput, SyntaxProblem, encode
from codegraph.core.symbols import CALLABLE_KINDS, KIND, TYPE_KINDS, OwnDigest, SymbolKind, descriptor_of
from codegraph.extract.languages.spec import LanguageSpec, Sighting
from codegraph.extract.normalise import Cut, Span, TokenStream
from codegraph.extract.signature import signature_of
from codegraph.extract.text import SourceText
from codegraph.extract.view import ABSORBING, FileView, Found

if TYPE_CHECKING:
    from codegraph.extract.definition_flow import DefinitionFlows

_QUOTED = 2
"""So many characters around a name are no part of it, in languages that quote names with backticks."""

Candidate = tuple[SymbolKind, str, dict[str, list[Node]]]
"""Kind, name where the match has no @name, captures."""


def module_of(text: SourceText) -> Found:
    """Return the definition that every file starts with."""
    return Found(None, KIND.MODULE, "", text.mark, len(text.data), text.mark, text.mark, None, text.mark)


def find_definitions(
    spec: LanguageSpec, text: SourceText, candidates: Iterable[Candidate], limit: int
) -> tuple[list[Found], list[Found], list[SyntaxProblem]]:
    """Return the definitions (module first, in source order), the absorbed ones, and a problem beyond `limit`."""
    found = sorted((_found(spec, text, *candidate) for candidate in candidates), key=_source_order)
    kept = [module_of(text)]
    absorbed: list[Found] = []
    problems: list[SyntaxProblem] = []
    holding = CALLABLE_KINDS | (spec.nested & {SymbolKind.CONSTANT})
    stack: list[tuple[int, int]] = [(len(text.data) + 1, 0)]  # (end, index or -1 for absorbed)
    previous = (-1, -1)
    for one in found:
        if (one.start, one.end) == previous:
            continue  # two patterns for one node: the first in the file wins
        previous = (one.start, one.end)
        while stack[-1][0] <= one.start:
            stack.pop()
        container = stack[-1][1]
        is_nested = container > 0 and one.kind in spec.nested and kept[container].kind in ABSORBING
        one.local = is_nested and kept[container].kind in holding and kept[container].header_end <= one.start
        if is_nested and not one.local and one.kind is KIND.FUNCTION:  # in a value of a type it is no member of that
            is_nested = kept[kept[container].container].kind not in TYPE_KINDS
        if container < 0 or (kept[container].kind in ABSORBING and not is_nested):
            if one.kind is not KIND.CONSTANT:
                absorbed.append(one)
                stack.append((one.end, -1))
        elif one.kind is not KIND.CONSTANT or one.local or _is_constant(spec, kept[container], one):
            if len(kept) > limit:
                problems.append(SyntaxProblem("symbols", text.position(one.start)[0], f"more than {limit} definitions"))
                break
            one.container = kept[container].container if is_nested and not one.local else container
            if one.kind is KIND.FUNCTION and kept[container].kind in TYPE_KINDS:
                one.kind = KIND.METHOD
            stack.append((one.end, len(kept)))
            kept.append(one)
    describe(kept)
    return kept, absorbed, problems


def _is_constant(spec: LanguageSpec, container: Found, found: Found) -> bool:
    return container.kind in spec.constants_in and found.name not in spec.no_constants


def place_sightings(text: SourceText, sightings: Iterable[Sighting]) -> list[Found]:
    """Return the definitions that a language's own finder reports, behind the module."""
    kept = [module_of(text)]
    for one in sightings:
        header_end = one.body.start_byte if one.body is not None else one.end
        kept.append(
            Found(one.node, one.kind, one.name, one.start, one.end, one.name_start, one.name_end, one.body, header_end)
        )
        kept[-1].container = one.container
        kept[-1].detail = one.detail
        kept[-1].local = one.local
        kept[-1].within = one.within
    describe(kept)
    return kept


def _source_order(found: Found) -> tuple[int, int]:
    return found.start, -found.end


def _found(
    spec: LanguageSpec, text: SourceText, kind: SymbolKind, default: str, captured: dict[str, list[Node]]
) -> Found:
    node = captured["definition"][0]
    names, bodies = captured.get("name"), captured.get("body")
    outer, parent = node, node.parent
    while parent is not None and parent.type in spec.wrappers:
        outer, parent = parent, parent.parent
    start, end = outer.start_byte, _end_of(outer) if spec.open_blocks else outer.end_byte
    name_start, name_end = (names[0].start_byte, names[0].end_byte) if names else (start, start)
    body = bodies[0] if bodies else None
    name = text.slice(name_start, name_end) if names else default
    if len(name) > _QUOTED and name[0] == name[-1] == "`":
        name, name_start, name_end = name[1:-1], name_start + 1, name_end - 1
    header_end = body.start_byte if body is not None else end
    return Found(node, kind, name, start, end, name_start, name_end, body, header_end)


def _end_of(node: Node) -> int:
    """Return where a definition ends without the comments and line ends behind it."""
    last = node
    while last.child_count:
        below = next((each for each in reversed(last.children) if not _is_silent(each)), None)
        if below is None:
            break
        last = below
    return last.end_byte


def _is_silent(node: Node) -> bool:
    return "comment" in node.type or node.start_byte == node.end_byte


def describe(kept: Sequence[Found], given: Mapping[int, str] = MappingProxyType({})) -> None:
    """Give every definition its descriptor, the `given` one by its index or else the next that its name makes.

    Local ones count last, so that they take no other's ordinal.
    """
    for index, descriptor in given.items():
        kept[index].descriptor = descriptor
    inside = [False]
    for found in kept[1:]:
        inside.append(found.local or inside[found.container])
    seen: Counter[str] = Counter()
    numbers = [index for index in range(1, len(kept)) if index not in given]
    for index in sorted(numbers, key=inside.__getitem__):
        found = kept[index]
        container = kept[found.container].descriptor + found.scope
        found.descriptor = plain = descriptor_of(container, found.name, found.kind, 0)
        if plain in seen:
            found.descriptor = descriptor_of(container, found.name, found.kind, seen[plain])
        seen[plain] += 1


def cut_of(found: Found) -> Cut:
    """Return the offsets of a definition that the token stream must remember."""
    return Cut(found.start, found.header_end, found.end)


def build_outline(
    spec: LanguageSpec,
    text: SourceText,
    kept: Sequence[Found],
    stream: TokenStream,
    flows: DefinitionFlows | None,
    without: FlowState = FlowState.OFF,
    focus: Span | None = None,
    outlined: Sequence[int] = (),
) -> tuple[tuple[Definition, ...], dict[bytes, bytes]]:
    """Return the finished definitions, and their encoded own inputs by digest.

    With data flow if `flows` is given, else what is said of it is `without`. `focus`: where alone tokens were read, but
    for what is `outlined`; of containers of what is there the signature is said, of others neither that nor an own
    input.
    """
    children = members_of(kept)
    signatures: list[str] = []
    definitions: list[Definition] = []
    inputs: dict[bytes, bytes] = {}
    around = () if focus is None else containers_of(kept, focus)
    for index, found in enumerate(kept):
        if focus is not None and index not in outlined and not is_inside(found, focus):
            signatures.append(_signature(spec, stream, found) if index in around else "")
            definitions.append(_unread(text, found, signatures[-1]))
            continue
        signature = _signature(spec, stream, found)
        signatures.append(signature)
        container = signatures[found.container] if found.container > 0 else ""
        docstring = found.docstring.text if found.docstring else ""
        raw = _raw_tokens(stream, found, children[index])
        tokens = tuple(spec.layout(raw))
        flow, rows = flows.of(found, tokens) if flows else (without, b"")
        own = OwnInput(found.kind, spec.name, found.name, container, signature, docstring, tokens, rows)
        encoded = encode(own)
        digest = own_digest(encoded)
        inputs[digest] = encoded
        definitions.append(
            Definition(
                found.descriptor,
                found.kind,
                found.name,
                found.container,
                text.range(found.start, found.end),
                text.range(found.name_start, found.name_end),
                digest,
                signature,
                signature_digest(signature),
                found.parse_error,
                len(tokens),
                flow,
                found.local,
            )
        )
    return tuple(definitions), inputs


def is_inside(found: Found, focus: Span) -> bool:
    """Tell whether a definition stands in a stretch."""
    return focus[0] <= found.start and found.end <= focus[1]


def containers_of(definitions: Sequence[Found], focus: Span) -> list[int]:
    """Return the indices of what contains the definitions in a stretch and stands elsewhere, without the module."""
    above = {each.container for each in definitions if is_inside(each, focus)}
    return sorted(index for index in above if index > 0 and not is_inside(definitions[index], focus))


def outlines_around(definitions: Sequence[Found], focus: Span | None) -> list[int]:
    """Return the indices of what a stretch stands in, without the module."""
    if focus is None:
        return []
    found = enumerate(definitions[1:], 1)
    around = (index for index, each in found if each.start <= focus[0] and focus[1] <= each.end)
    return [index for index in around if not is_inside(definitions[index], focus)]


def _unread(text: SourceText, found: Found, signature: str) -> Definition:
    """Return a definition of which no token was read but those of its signature."""
    return Definition(
        found.descriptor,
        found.kind,
        found.name,
        found.container,
        text.range(found.start, found.end),
        text.range(found.name_start, found.name_end),
        OwnDigest(b""),
        signature,
        signature_digest(""),
    )


def members_of(definitions: Sequence[Found]) -> list[list[Found]]:
    """Return per definition those that stand directly inside its range (they need not be contained in its scope)."""
    members: list[list[Found]] = [[] for _ in definitions]
    around = [0]
    for index, found in enumerate(definitions[1:], 1):
        while len(around) > 1 and definitions[around[-1]].end <= found.start:
            around.pop()
        members[around[-1]].append(found)
        around.append(index)
    return members


def _signature(spec: LanguageSpec, stream: TokenStream, found: Found) -> str:
    if found.kind is KIND.MODULE:
        return ""
    return signature_of(stream.header(cut_of(found)), spec.layout, spec.header_end)


def _raw_tokens(stream: TokenStream, found: Found, children: Sequence[Found]) -> list[str]:
    if not children or found.kind in CALLABLE_KINDS:
        return stream.piece(cut_of(found))
    return stream.outline(cut_of(found), map(cut_of, children), headers=found.kind is not KIND.MODULE)


BROKEN = frozenset({"syntax", "missing"})


class Broken(NamedTuple):
    """A place that the parser could not read. Offsets are bytes."""

    start: int
    end: int
    reason: str
    """One of BROKEN."""


def broken_places(errors: Iterable[Node], missing: Iterable[Node]) -> tuple[Broken, ...]:
    """Return the broken places of a tree in order."""
    nodes = [*((node, "syntax") for node in errors), *((node, "missing") for node in missing)]
    return tuple(sorted(Broken(node.start_byte, node.end_byte, reason) for node, reason in nodes))


def broken_in(root: Node) -> tuple[Broken, ...]:
    """Return the same by looking for them."""
    errors: list[Node] = []
    missing: list[Node] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_missing:
            missing.append(node)
        elif node.has_error:
            waiting.extend(node.children)
            if node.is_error:
                errors.append(node)
    return broken_places(errors, missing)


def problems_of(text: SourceText, broken: Iterable[Broken], limit: int) -> list[SyntaxProblem]:
    """Return the first `limit` places that are broken; where something is missing, that is said."""
    places: dict[int, str] = {}
    for each in broken:
        places[each.start] = min(each.reason, places.get(each.start, each.reason))
    return [SyntaxProblem(reason, text.position(offset)[0]) for offset, reason in islice(places.items(), limit)]


def mark_errors(view: FileView, broken: Iterable[Broken]) -> None:
    """Mark the innermost definition around each broken place."""
    for each in broken:
        view.definitions[view.owner_of(each.start)].parse_error = True


def module_only(
    language: str, text: SourceText, without: FlowState
) -> tuple[tuple[Definition, ...], dict[bytes, bytes]]:
    """Return the outline of a file that is not looked into: a module without tokens."""
    own = encode(OwnInput(KIND.MODULE, language, "", "", "", "", ()))
    digest = own_digest(own)
    module = Definition(
        "",
        KIND.MODULE,
        "",
        -1,
        text.range(text.mark, len(text.data)),
        text.range(text.mark, text.mark),
        digest,
        "",
        signature_digest(""),
        True,
        0,
        without,
    )
    return (module,), {digest: own}
