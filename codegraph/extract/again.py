"""Extracting a file again costs what was edited: where it is one function's body, all else is taken from the last time.

The text differs from the one before between two offsets. If both stand inside one function (which itself stands in no
other one), every other function is taken out of what the parser reads, its length and lines left: its body, or all of
it if the edited function does not name it; so are types and constants that it does not name (`reduction`). The passes
over the tree then meet the edited function in its context, and tokens are read of it alone. What they find in it
replaces what was found there before, what stands behind it moves by some bytes and lines,
and if its header was edited, the class around it, whose own input has the headers of its members, gets a new one
(`splice`); so those headers stay, and whatever names the function or that class.

A callback outside of functions (`apart`) is looked at like a function, and left out like a function's body.

Where several functions were edited, that is done for one after the other (`planned`).

Why this is what extracting the whole file gives. *Of the tree:* a parser that has read a function is in a state that
does not depend on what the function was. Where text has errors that is so as long as an edit breaks nothing and mends
nothing: what the parser reads must be broken at the places that are known and at no other. What breaks a function may
take in text behind it; if it is the edited one, the whole file is parsed (`damaged`).
*Of what is found inside:* it depends on the function's own text and on its context: what stands outside of functions'
bodies, which is the same to the byte, and is there, but for what it does not name. A function that mentions what is
numbered through the whole file (`LanguageSpec.outer_mark`) is looked at with all of that.
*Of what is found outside:* it depends on no body, and of a header on kind and name alone, which stay. A language in
which that is not so has no hollow bodies (`LanguageSpec.hollow`), and is extracted whole; so is a file in which an
edited header binds something else outside (a constructor's parameter that is an attribute), or that has more of
something than is heeded (`LanguageSpec.heeded`), or in which one function ends what another one was tested for
(`FileView.is_entangled`). What definitions are called depends on others of their name: those that are there have the
names that are known (`extractor.Named`). Where anything does not fit
(the function has another name, something inside is owned outside), the file is extracted whole, too.

`Memory` keeps what this needs of the files seen last, up to a number of bytes; of other files the caller has it, in
what was stored with the facts of the earlier text. A file is known by the name that the caller gives it; a wrong name
costs time only, and so does an earlier text that is another file's.
Tests: tests/unit/extract/test_extract_again.py compares with extraction from nothing after every edit, in every
language, and fails if the context is not looked at.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from operator import attrgetter, itemgetter

from msgspec.structs import replace

from codegraph.core.facts import Binding, Definition, EncodedFacts, FileFacts, Reference, SyntaxProblem
from codegraph.extract.damaged import changed, looked_at
from codegraph.extract.extractor import Limits, Look, encode_facts, extract, facts_of, look
from codegraph.extract.grammar import compiled
from codegraph.extract.known import (
    Exports,
    Function,
    Known,
    Layout,
    decode_layout,
    encode_layout,
    functions_of,
    known_by,
    known_of,
)
from codegraph.extract.languages import LANGUAGES
from codegraph.extract.languages.spec import LanguageSpec
from codegraph.extract.normalise import Span
from codegraph.extract.reduction import named_now, reduced
from codegraph.extract.splice import Edited, spliced
from codegraph.extract.view import FileView

MEMORY_BYTES = 32 << 20
"""What a worker keeps of files for their next edit, about."""

MAX_STEPS = 3
"""A file in which more functions were edited at once is extracted whole."""


class Memory:
    """The files seen last."""

    def __init__(self, most: int = MEMORY_BYTES) -> None:
        self._most = most
        self._files: OrderedDict[tuple[str, str, Limits], Known] = OrderedDict()
        self.size = 0
        """Bytes that the files take, about."""
        self.helped = 0
        """How many files were extracted in part only."""

    def extract(self, name: str, data: bytes, language: str, limits: Limits) -> FileFacts:
        """Return what `extractor.extract` returns; `name` is what this file was called the last time."""
        return self._extract(name, data, language, limits, None)[0]

    def encoded(
        self, name: str, data: bytes, language: str, limits: Limits, before: EncodedFacts | None = None
    ) -> EncodedFacts:
        """Return the same encoded, with its layout. Without a name the file is not remembered.

        `before`: the facts of an earlier text, for when the file is not remembered.
        Raises msgspec.DecodeError if they are none.
        """
        facts, known = self._extract(name, data, language, limits, before)
        return encode_facts(facts, b"" if known is None else encode_layout(known, limits))

    def _extract(
        self, name: str, data: bytes, language: str, limits: Limits, before: EncodedFacts | None
    ) -> tuple[FileFacts, Known | None]:
        spec = LANGUAGES[language]
        mark, most = spec.heeded
        is_whole = spec.read is not None or not spec.hollow or (most and data.count(mark) > most)
        if is_whole or len(data) > limits.max_bytes or limits.data_flow:
            return extract(data, language, limits), None
        key = (name, language, limits)
        known = self._files.pop(key, None)
        self.size -= known.size if known is not None else 0
        if before is None or (known is not None and known.facts.blob == before.blob):
            now = known and step_by_step(known, planned(known, data), spec, limits)
        else:
            layout = decode_layout(before.layout, limits) if before.language == language else None
            texts = () if layout is None else planned(layout, data)
            now = step_by_step(known_by(before, layout), texts, spec, limits) if layout and texts else None
        if now is not None:
            self.helped += 1
            self._keep(key, now)
            return now.facts, now
        read = look(data, language, limits)
        if isinstance(read, SyntaxProblem):
            return extract(data, language, limits), None
        facts = facts_of(read)
        found = known_of(read, facts)
        if found is not None:
            self._keep(key, found)
        return facts, found

    def _keep(self, key: tuple[str, str, Limits], known: Known) -> None:
        if not key[0]:
            return
        if known.size <= self._most:
            self._files[key] = known
            self.size += known.size
        while self.size > self._most:
            self.size -= self._files.popitem(last=False)[1].size


def planned(known: Layout, data: bytes) -> Sequence[bytes]:
    """Return the texts that lead from a known one to `data`, each with one more edited function or callback.

    Of a text between the two the beginning is new and the rest is not. Nothing if the file must be extracted whole.
    """
    texts: list[bytes] = []
    text, functions, moved = known.data, known.functions, 0
    while len(texts) < MAX_STEPS:
        before, text = text, data
        begin, end = changed(before, data)
        at = bisect_right(functions, begin - moved, key=attrgetter("start"))
        if 0 < at < len(functions) and end - moved > functions[at].start:
            first = functions[at - 1].end + moved
            some = functions[at : bisect_right(functions, end - moved, key=attrgetter("start"))]
            edges = [edge + moved for each in some for edge in (each.start, each.body[0])]
            between = _place_of_longest(before, first, edges, data, begin)
            if between >= 0:
                text = data[:between] + before[first:]
                begin, end = changed(before, text)
        if not _is_inside_one(known, begin - moved, end - moved):
            return ()
        texts.append(text)
        if text is data:
            return texts
        moved += len(text) - len(before)
    return ()


def _place_of_longest(before: bytes, first: int, edges: Sequence[int], data: bytes, begin: int) -> int:
    """Return where `data` has what stands in `before` from `first` to one of the edges, the last that it has; or -1.

    Edges are where functions and their bodies begin. What is before the first may be a blank line, and such a line may
    stand in what was edited: the more there is of it, the surer is the place.
    """
    few, many = 0, len(edges)
    while few < many:
        middle = (few + many + 1) // 2
        if data.find(before[first : edges[middle - 1]], begin) >= 0:
            few = middle
        else:
            many = middle - 1
    return data.find(before[first : edges[few - 1]], begin) if few else -1


def _is_inside_one(known: Layout, begin: int, end: int) -> bool:
    is_in_function = _function_around(known, begin, end) is not None
    return is_in_function or any(each.body < begin and end < each.end for each in known.callbacks)


def step_by_step(known: Known, texts: Sequence[bytes], spec: LanguageSpec, limits: Limits) -> Known | None:
    """Extract the last of these texts, one after the other; None if it must be extracted whole."""
    found: Known | None = None
    for text in texts:
        found = again(known, text, spec, limits)
        if found is None:
            return None
        known = found
    return found


def again(known: Known, data: bytes, spec: LanguageSpec, limits: Limits) -> Known | None:
    """Extract a file of which one function was edited; None if that cannot be done without the rest."""
    moved = len(data) - len(known.data)
    begin, end = changed(known.data, data)
    before = _around(known, begin, end)
    if before is None or _is_heeded_everywhere(known, before, data, spec):
        return None
    in_header = begin < before.body[0]
    is_erased = spec.erasable and not (before.is_callback or _is_of_module(known, before, data, spec))
    is_erased = is_erased and not (in_header and spec.outer_mark)  # what is bound outside has numbers of the whole file
    read = _read(known, data, before, spec, is_erased)
    if read is None:
        return None
    without = replace(known, callbacks=()) if in_header else known
    less = reduced(without, data, before, read, spec, is_erased, in_header=in_header)
    focus = before.start, before.end + moved
    names = named_now(known, before, moved) if known.callbacks and not in_header else None
    less = less._replace(focus=focus, names=names, with_outlines=in_header)
    found = looked_at(known, data, before, read, less, spec, limits)
    if found is None:
        return None
    part, broken = found.part, found.broken
    if part.view.is_entangled:
        return None
    exports = _exports_now(known, part.view, before, moved, less.blank if is_erased else ())
    if exports is None:
        return None
    now = _edited_now(part, before, moved, spec)
    if now is None or now.end != before.end + moved or now.end - now.body[1] != before.end - before.body[1]:
        return None
    if not in_header and now.body[0] != before.body[0]:
        return None
    if is_erased and spec.outer_mark and _mentions_outer(part, now, spec.outer_mark):
        return None
    edited = Edited(before, now, moved, read, in_header, less.blank, broken, found.unprepared, exports, found.trees)
    return spliced(known, part, edited, limits)


def _edited_now(part: Look, before: Function, moved: int, spec: LanguageSpec) -> Function | None:
    """Return what was edited as it is now, None if it is not there."""
    if not before.is_callback:
        found = functions_of(part.definitions, part.bodies, part.view.text.data, in_braces=spec.hollow == b"{}")
        return next((each for each in found if each.start == before.start), None)
    start, end = before.start, before.end + moved
    body = next((each.header_end for each in part.apart if (each.start, each.end) == (start, end)), -1)
    if body < 0:
        return None
    inside = [number for number, each in enumerate(part.definitions) if start <= each.range.start_byte < end]
    number = inside[0] if inside else 0
    return Function(number, number + len(inside), start, end, (body, end), b"", True)


def _is_heeded_everywhere(known: Known, edited: Function, data: bytes, spec: LanguageSpec) -> bool:
    """Tell whether a function says something that holds for all of the file, or did so."""
    texts = known.data[edited.start : edited.end], data[edited.start : edited.end + len(data) - len(known.data)]
    return any(mark in text for mark in spec.outer_words for text in texts)


def _read(known: Known, data: bytes, edited: Function, spec: LanguageSpec, is_erased: bool) -> bytes | None:
    """Return what the parser would read of the whole file; None if that is not sure, or differs elsewhere."""
    is_raw = known.prepared is None
    if spec.prepare is None or (spec.prepare_if_broken and is_raw and not known.broken):
        return data
    grammar = compiled(spec.name)
    read = grammar.prepared(data)
    if spec.prepare_if_broken and is_raw:
        return data if read == data else None
    if (
        len(read) - len(data) != len(known.read) - len(known.data)
        or _around(known, *changed(known.read, read)) != edited
    ):
        return None
    if spec.prepare_if_broken and known.broken:  # which reading is the better one, the rest of the file decides
        old, new = slice(edited.start, edited.end), slice(edited.start, edited.end + len(data) - len(known.data))
        return read if read[new] == data[new] and known.read[old] == known.data[old] else None
    if spec.prepare_if_broken and not _stays_broken(known, edited):
        places = [each for each in known.unprepared if each.end < edited.start or each.start > edited.end]
        raw = reduced(known, data, edited, data, spec, is_erased, places[:1])
        return read if grammar.parsed_without(raw.read, raw.blank).root_node.has_error else None
    return read


def _stays_broken(known: Known, edited: Function) -> bool:
    """Tell whether the data as they are cannot be read because of what stands before the edited function.

    A parser of this kind fails at the first token that no text can follow, whatever stands behind it (the viable-prefix
    property of LR parsers). That token is in the first broken place or the next behind it, so two more places behind
    the first one and before the function prove it: the second starts behind that token.
    """
    until = min(known.settled, edited.start)
    start = min((each.start for each in known.unprepared), default=until)
    end = max((each.end for each in known.unprepared if each.start == start), default=until)
    return len({each.start for each in known.unprepared if end <= each.start and each.end < until}) > 1


def _exports_now(known: Known, view: FileView, edited: Function, moved: int, blank: Sequence[Span]) -> Exports | None:
    """Return what the file offers; None if what is seen of that differs from what is known."""
    explicit, offered, offsets = known.exports
    if not blank or not offsets:
        seen = Exports(view.explicit_exports, view.exports, view.export_offsets)
        return seen if seen[:2] == known.exports[:2] else None
    now = [each + moved * (each >= edited.end) for each in offsets]
    edges = [each for span in blank for each in span]
    left = [(at, one.name) for at, one in zip(now, offered, strict=True) if not bisect_right(edges, at) % 2]
    seen_now = [(at, one.name) for at, one in zip(view.export_offsets, view.exports, strict=True)]
    is_same = left == seen_now and view.explicit_exports <= explicit  # what a name leads to may be left out
    return Exports(explicit, offered, now) if is_same else None


def _is_of_module(known: Known, edited: Function, data: bytes, spec: LanguageSpec) -> bool:
    """Tell whether a function may say what the file offers, or mentions what is numbered through all of the file."""
    mark = spec.outer_mark
    (begin, end), moved = edited.body, len(data) - len(known.data)
    if not mark or b"export" in known.data[begin:end] or b"export" in data[begin : end + moved]:
        return bool(mark)
    first, last = bisect_left(known.mentions, edited.start), bisect_left(known.mentions, edited.end)
    begin, end = (bisect_left(known.bindings, at, key=itemgetter(0)) for at in (edited.start, edited.end))
    return _has_mark(known.references[first:last], known.bindings[begin:end], mark)


def _mentions_outer(part: Look, now: Function, mark: str) -> bool:
    view = part.view
    references, bindings = view.references.references(), view.placed_bindings()
    first, last = bisect_left(view.references.first, now.start), bisect_left(view.references.first, now.end)
    return _has_mark(references[first:last], [each for each in bindings if now.start <= each[0] < now.end], mark)


def _has_mark(references: Sequence[Reference], bindings: Sequence[tuple[int, Binding]], mark: str) -> bool:
    heads = [each.chain[:1] for each in references] + [each.chain[:1] for _, each in bindings]
    return any(mark in name for head in heads for name in head) or any(mark in each.name for _, each in bindings)


def _around(known: Known, begin: int, end: int) -> Function | None:
    """Return the function that holds a stretch of the known text, or else the innermost callback."""
    return _function_around(known, begin, end) or _callback_around(known, begin, end)


def _function_around(known: Layout, begin: int, end: int) -> Function | None:
    """Return the function that holds a stretch of the known text, in its header or in its body."""
    at = bisect_right(known.functions, begin, key=attrgetter("start")) - 1
    found = known.functions[at] if at >= 0 else None
    return found if found is not None and end <= found.body[1] else None


def _callback_around(known: Known, begin: int, end: int) -> Function | None:
    """Return the innermost callback that holds a stretch of the known text between its braces."""
    at = bisect_right(known.callbacks, begin - 1, key=attrgetter("start")) - 1
    while at >= 0 and not (known.callbacks[at].body < begin and end < known.callbacks[at].end):
        at -= 1
    if at < 0:
        return None
    start, body, behind = known.callbacks[at][:3]
    numbers = [bisect_left(known.definitions, each, key=_start_of) for each in (start, behind)]
    return Function(max(numbers[0], 1), max(numbers[1], 1), start, behind, (body, behind), b"", True)


def _start_of(one: Definition) -> int:
    return one.range.start_byte
