"""What is kept of a file for its next extraction: what was found in it, by where it stands.

`Known` is what an extraction takes over; `Layout` is the half of it that is in no fact, as the store keeps it beside
them: so a file is extracted in part at its first edit after a start, too, and when a branch is pulled.
Tests: tests/unit/extract/test_extract_again.py.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Container, Sequence
from dataclasses import astuple
from typing import NamedTuple

import msgspec
from tree_sitter import Tree

from codegraph.core.facts import (
    Binding,
    BindingKind,
    Definition,
    EncodedFacts,
    Export,
    FileFacts,
    Import,
    Reference,
    decode_compressed_occurrences,
    decode_inputs,
    decode_outline,
)
from codegraph.core.frames import unpacked
from codegraph.core.symbols import CALLABLE_KINDS, Range
from codegraph.extract.apart import Callback, callbacks_of
from codegraph.extract.extractor import Limits, Look
from codegraph.extract.grammar import Reading
from codegraph.extract.languages.spec import LanguageSpec
from codegraph.extract.normalise import Span
from codegraph.extract.outline import BROKEN, Broken
from codegraph.extract.statements import Statement, statements_of
from codegraph.extract.text import SourceText

_ITEM_BYTES = 150
"""A binding, a reference or a third of a definition, about."""
_BRACKETS = frozenset({tuple(b"{}"), tuple(b"=;"), tuple(b":}")})
"""How bodies begin and end that braces may stand for."""
_TREE_BYTES = 40
"""What a tree takes for each byte of the text, about."""


class Function(NamedTuple):
    """A function that stands within no other one, or a callback. Offsets are bytes."""

    number: int
    """Its index among the definitions; of a callback that of the first one behind its start."""
    behind: int
    """Index of the first definition that does not stand inside it."""
    start: int
    end: int
    body: Span
    name: bytes
    is_callback: bool = False


class Exports(NamedTuple):
    """What a file offers explicitly."""

    explicit: bool
    offered: list[Export]
    offsets: list[int]
    """Where each stands, as far as that can be inside of a definition."""


class Layout(msgspec.Struct, frozen=True, array_like=True):
    """The half of `Known` that facts do not say. All problems of the file are places that the parser could not read."""

    data: bytes
    bodies: tuple[Span, ...]
    """Of each definition; empty where it has none."""
    functions: tuple[Function, ...]
    """In source order."""
    bindings: list[tuple[int, Binding]]
    """With offsets, in their order."""
    mentions: list[int]
    """Offset of each reference's first mention, in order."""
    imports: list[Import]
    exports: Exports
    prepared: bytes | None
    """What the parser has read, as the language prepares it; None if that is the data."""
    broken: tuple[Broken, ...]
    """The places that it could not read; none holds a function."""
    unprepared: tuple[Broken, ...]
    """Those of the data as they are, if they were prepared because of them."""
    settled: int
    """Up to where the data are what they were when those were found by reading them."""
    callbacks: tuple[Callback, ...]
    """In source order."""
    statements: tuple[Statement, ...]
    """In source order."""

    @property
    def read(self) -> bytes:
        """Return what the parser has read."""
        return self.data if self.prepared is None else self.prepared


class Known(Layout, frozen=True):
    """One file."""

    facts: FileFacts
    trees: tuple[Tree, ...] = ()
    """Those of the last reading that the next edit of a broken file wants (`kept_trees`)."""

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """Return the definitions of the file."""
        return self.facts.outline.definitions

    @property
    def references(self) -> tuple[Reference, ...]:
        """Return the references of the file."""
        return self.facts.occurrences.references

    def range_of(self, function: Function, now: SourceText) -> Range:
        """Return where a function or a callback stands; up to its start the text of `now` is the same."""
        if not function.is_callback:
            return self.definitions[function.number].range
        start = now.position(function.start)
        line, column = SourceText(self.data[function.start : function.end]).position(function.end - function.start)
        end = (start[0] + line, column if line else start[1] + column)
        return Range(function.start, function.end, *start, *end)

    @property
    def size(self) -> int:
        """Return about how many bytes this takes."""
        items = 3 * len(self.definitions) + len(self.bindings) + len(self.mentions)
        texts = (self.data, self.prepared or b"", *self.facts.inputs.values())
        return sum(map(len, texts)) + _ITEM_BYTES * items + _TREE_BYTES * len(self.data) * len(self.trees)


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[tuple[int | bool, ...], Layout])


def encode_layout(known: Known, limits: Limits) -> bytes:
    """Return what `known_by` needs besides facts, before compression."""
    layout = Layout(*msgspec.structs.astuple(known)[: len(Layout.__struct_fields__)])
    return _encoder.encode((astuple(limits), layout))


def decode_layout(frame: bytes, limits: Limits) -> Layout | None:
    """Decode `EncodedFacts.layout`; None if it is empty, or was made within other limits.

    Raises msgspec.DecodeError on foreign bytes.
    """
    if not frame:
        return None
    within, layout = _decoder.decode(unpacked(frame))
    return layout if within == astuple(limits) else None


def known_by(facts: EncodedFacts, layout: Layout) -> Known:
    """Return what is known of a file by its facts and its layout. Raises msgspec.DecodeError on foreign bytes."""
    outline, occurrences = decode_outline(facts.outline), decode_compressed_occurrences(facts.occurrences)
    found = FileFacts(facts.blob, outline, occurrences, decode_inputs(facts.inputs))
    return Known(**msgspec.structs.asdict(layout), facts=found)


def known_of(read: Look, facts: FileFacts) -> Known | None:
    """Return what is kept of a file that was looked at as a whole; None if a function of it is no affair of its own."""
    view = read.view
    functions = functions_of(read.definitions, read.bodies, view.text.data, in_braces=view.spec.hollow == b"{}")
    bindings = view.placed_bindings()
    starts = [each.start for each in functions]
    callbacks, _ = callbacks_of(read)
    if (
        view.is_entangled
        or read.reading.is_worse_prepared
        or any(each.reason not in BROKEN for each in read.problems)
        or not is_each_read(read.broken, functions, callbacks)
    ):
        return None
    for offset, binding in bindings if view.spec.shared else ():
        around = functions[bisect_right(starts, offset) - 1] if functions else None
        if around is not None and around.start <= offset < around.end and is_shared(binding, around, view.spec.shared):
            return None
    return Known(
        data=view.text.data,
        bodies=read.bodies,
        functions=functions,
        bindings=bindings,
        mentions=view.references.first,
        imports=view.imports,
        exports=Exports(view.explicit_exports, view.exports, view.export_offsets),
        prepared=None if read.reading.read is view.text.data else read.reading.read,
        broken=read.broken,
        unprepared=read.reading.unprepared,
        settled=len(view.text.data),
        callbacks=callbacks,
        statements=statements_of(read),
        facts=facts,
        trees=kept_trees(read.reading, read.broken, view.spec),
    )


def kept_trees(reading: Reading, broken: Sequence[Broken], spec: LanguageSpec) -> tuple[Tree, ...]:
    """Return the trees to keep: that of what was read, to compare with; all where `reparse` goes on from them."""
    return reading.trees[: None if spec.resumable else 1] if broken else ()


def is_each_read(broken: Sequence[Broken], functions: Sequence[Function], callbacks: Sequence[Callback]) -> bool:
    """Tell whether no broken place holds a function or a callback."""
    starts = [each.start for each in functions]
    return not (
        any(bisect_right(starts, each.start) < bisect_left(starts, each.end) for each in broken)
        or any(each.start < one.start and one.end < each.end for each in broken for one in callbacks)
    )


def is_shared(binding: Binding, function: Function, kinds: Container[BindingKind]) -> bool:
    """Tell whether other functions are extracted with a look at what a function binds, in a scope around it."""
    is_own = function.number <= binding.owner < function.behind or binding.owner == 0
    return binding.kind in kinds and not is_own


def functions_of(
    definitions: tuple[Definition, ...], bodies: tuple[Span, ...], data: bytes, *, in_braces: bool
) -> tuple[Function, ...]:
    """Return the functions within no other one that have a body, `in_braces` only those that may have one in braces.

    `=> a;` is such a body, too, up to the semicolon, and so is an expression behind an arrow. That of a constructor in
    C++ begins with what its members are initialised with (`: a(b) {}`), which is all that its definition calls a body.
    """
    found: list[Function] = []
    index = 1
    while index < len(definitions):
        one, number, index = definitions[index], index, index + 1
        if one.kind not in CALLABLE_KINDS:
            continue
        span, (start, end) = one.range, bodies[number]
        if data[start : start + 2] == b"=>" and data[end : span.end_byte].strip() == b";":
            end = span.end_byte
        if in_braces and data[start : start + 1] == b":" and not data[:start].rstrip().endswith(b"try"):
            end = span.end_byte
        while index < len(definitions) and definitions[index].range.start_byte < span.end_byte:
            index += 1
        is_value = data[max(start - 4, 0) : start].rstrip().endswith(b"=>")
        if end - start > 1 and (is_value or not in_braces or (data[start], data[end - 1]) in _BRACKETS):
            name = data[one.selection_range.start_byte : one.selection_range.end_byte]
            found.append(Function(number, index, span.start_byte, span.end_byte, (start, end), name))
    return tuple(found)
