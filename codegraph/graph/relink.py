"""Linking a file again costs the parts of it that were edited; the links of the others are taken over.

A part (`resolve.parts`) is linked by itself. What is found in it follows from its references, imports and bindings,
from what holds for the whole file, and from the table values that it read. So a part is linked again

    if one of these references, imports or bindings differs, positions aside, or
    if the value of a key changed that it read, the file's own keys included,

and the whole file if what holds for all differs: a definition (but for its text and parameters), which ones make a
part, an import, export or binding outside of functions, a base. Positions count where they decide something: what has
moved keeps its order, line by line, or the whole file is linked.

`Relinker` links all files of an index that changes, and remembers what that takes of those edited last. Of another
file it knows only what all parts read together: it is linked whole if any of that changed, and until it is, what is
known to be read may be more than what is read, which costs time only.

Tests: tests/unit/graph/test_graph_relink.py, benchmarks/edited_again.py.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, compress
from typing import NamedTuple

import msgspec
import numpy as np

from codegraph.core.changes import Facts
from codegraph.core.facts import Binding, Definition, Import, Occurrences, Outline, Reference, Role
from codegraph.core.symbols import BlobDigest
from codegraph.errors import InternalError
from codegraph.graph.file_view import FileView, ids_of
from codegraph.graph.link import Linked, foreign, is_own, link_file
from codegraph.graph.remembered import LinkMemory
from codegraph.graph.resolve import scheme_of
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.header import header_words
from codegraph.graph.resolve.parts import Part, PartedScheme, part_numbers
from codegraph.graph.spliced import Lines, moved_lines, spliced
from codegraph.graph.stored import REASONS, PackedLinks, pack
from codegraph.graph.table import Elsewhere, SymbolTable
from codegraph.graph.transition import Draft

EDITED_TOGETHER = 8
"""As many changed files are an edit: they are remembered, to be linked in part the next time."""
MOST_REFERENCES = 40_000
"""References of the files that are remembered, together: some 20 MB."""
_HERITAGE = (Role.INHERIT, Role.IMPLEMENT)


class ReadNews(NamedTuple):
    """Keys of other files that are read since the last edit, and those that are no more."""

    added: Sequence[str]
    removed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """One file as it was linked last, part by part."""

    outline: Outline
    occurrences: Occurrences
    numbers: list[int]
    """Part of each definition."""
    parts: tuple[Part, ...]
    bindings: tuple[list[Binding], ...]
    traces: tuple[frozenset[str] | None, ...]
    """The table keys that each part read, None if nobody remembers."""
    linked: Linked
    base: frozenset[str] = frozenset()
    """What the parts without a trace read, and perhaps more; the file's own keys are not said."""
    news: ReadNews | None = None
    """How what is read differs from the last time, None if nobody has compared."""


class OpenFacts(NamedTuple):
    """Facts of a file, decoded."""

    blob: BlobDigest
    outline: Outline
    occurrences: Occurrences


def opened(facts: Facts) -> OpenFacts:
    """Decode facts once for all who look at them."""
    return OpenFacts(facts.blob, facts.outline, facts.occurrences)


class Relinker:
    """Links the files of one index, and remembers those edited last that have several parts."""

    def __init__(self, table: SymbolTable, load_occurrences: Callable[[str, BlobDigest], Occurrences]) -> None:
        self._table = table
        self._load_occurrences = load_occurrences
        self.memory = LinkMemory(table)
        self.before_each: Callable[[], None] = lambda: None
        """Called before a file is linked."""
        self._files: OrderedDict[str, Known] = OrderedDict()
        self.in_part = 0
        """How many files were linked in part only."""

    def forget(self, paths: Collection[str]) -> None:
        """Forget files, which are gone, and what they read."""
        self._table.forget_reads(paths)
        for path in paths:
            self._files.pop(path, None)

    def link(
        self,
        path: str,
        facts: Facts | None,
        view: FileView | None,
        changed: Collection[str],
        elsewhere: Elsewhere,
        is_edit: bool,
    ) -> Draft:
        """Link a file by its new facts, or by those that it has in `view`, and note what it read.

        `changed` are the table keys that have changed since the last revision; what `is_edit` is remembered.
        """
        self.before_each()
        known = self._files.pop(path, None)
        present = facts or view
        assert present is not None, "a file without new facts is there already"
        as_before = self.memory.find(path, present.blob, present.outline)
        if as_before is not None:
            self._table.set_reads(path, as_before.reads)
            return Draft(path, present.blob, present.outline, as_before.links, ids_of(path, present.outline))
        if facts is None:
            assert view is not None
            is_edit = is_edit and known is not None
            occurrences = known.occurrences if known else self._load_occurrences(view.language, view.blob)
            facts = OpenFacts(view.blob, view.outline, occurrences)
        now = self._known(path, known, view, facts, changed) if is_edit else None
        if now is None:
            linked = link_file(path, facts.outline, facts.occurrences, self._table, elsewhere)
        else:
            linked = now.linked
            self._remember(path, now)
        if now is None or now.news is None:
            self._table.set_reads(path, linked.reads)
        elif any(now.news):
            self._table.change_reads(path, *now.news)
        return Draft(path, facts.blob, facts.outline, linked.links, ids_of(path, facts.outline))

    def recall(self, view: FileView) -> None:
        """Remember a file as it was linked last, if it has several parts."""
        if view.path not in self._files and isinstance(scheme_of(view.language), PartedScheme):
            known = self._restored(view)
            if known is not None:
                self._remember(view.path, known)

    def _remember(self, path: str, known: Known) -> None:
        self._files[path] = known
        while sum(len(each.occurrences.references) for each in self._files.values()) > MOST_REFERENCES:
            self._files.popitem(last=False)

    def _restored(self, view: FileView) -> Known | None:
        """Return what can be known of a file that was linked long ago, None if that is not enough."""
        outline, links = view.outline, view.links
        numbers = part_numbers(outline)
        if not any(numbers) or links.reason_counts()[REASONS.index("failed")]:
            return None
        try:
            occurrences = self._load_occurrences(view.language, view.blob)
        except (InternalError, msgspec.DecodeError):  # nobody needs what was stored of a file that has changed
            return None
        reads = self._table.reads(view.path)
        parts = tuple(_scheme_of(outline).parts(numbers, occurrences))
        bindings = _bindings_by_part(numbers, occurrences)
        linked = Linked(links, reads)
        return Known(outline, occurrences, numbers, parts, bindings, (None,) * len(parts), linked, frozenset(reads))

    def _known(
        self, path: str, known: Known | None, view: FileView | None, facts: Facts, changed: Collection[str]
    ) -> Known | None:
        """Link a file, in part where it is known; None if it has one part only or its scheme stumbles."""
        outline, occurrences = facts.outline, facts.occurrences
        numbers = part_numbers(outline)
        if not isinstance(scheme_of(outline.language), PartedScheme) or not any(numbers):
            return None
        try:
            if known is None and view is not None:
                known = self._restored(view)
            is_alike = known is not None and known.numbers == numbers
            now = _link_in_part(path, known, outline, occurrences, self._table, changed) if known and is_alike else None
            self.in_part += now is not None
            return now or _link_whole(path, numbers, outline, occurrences, self._table)
        except (InternalError, MemoryError):
            raise
        except Exception:  # `link_file` says which, and keeps it to this file
            return None


def _scheme_of(outline: Outline) -> PartedScheme:
    scheme = scheme_of(outline.language)
    assert isinstance(scheme, PartedScheme), "another one's files are not linked in part"
    return scheme


def _link_whole(path: str, numbers: list[int], outline: Outline, occurrences: Occurrences, table: SymbolTable) -> Known:
    parts = tuple(_scheme_of(outline).parts(numbers, occurrences))
    packed, traces = _link_parts(path, outline, occurrences, parts, table)
    reads = tuple(sorted(foreign(path, frozenset().union(*traces))))
    bindings = _bindings_by_part(numbers, occurrences)
    return Known(outline, occurrences, numbers, parts, bindings, tuple(traces), Linked(packed, reads))


def _link_parts(
    path: str, outline: Outline, occurrences: Occurrences, parts: Sequence[Part], table: SymbolTable
) -> tuple[PackedLinks, list[frozenset[str]]]:
    """Link some parts of a file; return their links, as if the others had none, and the keys that each read."""
    owners = chain.from_iterable(part.owners for part in parts)
    linker = _scheme_of(outline).linker(path, outline, occurrences, EdgeCollector(path, outline, frozenset(owners)))
    traces = []
    for part in parts:
        reader = table.reader()
        linker.link(part, reader)
        traces.append(frozenset(reader.log))
    return pack(linker.collector.links()), traces


def _link_in_part(
    path: str, known: Known, outline: Outline, occurrences: Occurrences, table: SymbolTable, changed: Collection[str]
) -> Known | None:
    numbers = known.numbers
    if not _is_same_outline(known.outline, outline):
        return None
    if None in known.traces and any(key in known.base or is_own(key, path) for key in changed):
        return None
    parts = tuple(_scheme_of(outline).parts(numbers, occurrences))
    bindings = _bindings_by_part(numbers, occurrences)
    if not _is_same_frame(known, occurrences, parts[0], bindings[0]):
        return None
    again = [
        bindings[number] != known.bindings[number]
        or not (known.traces[number] or frozenset()).isdisjoint(changed)
        or not _is_same_part(known.parts[number], part)
        for number, part in enumerate(parts)
    ]
    lines: Lines | None = None
    if known.outline is not outline and _has_moved(known, outline, parts, again):
        lines = _lines_of(known, outline, parts, again)
        if lines is None:
            return None
    chosen = list(compress(parts, again))
    within = [*bindings[0], *chain.from_iterable(compress(bindings[1:], again[1:]))]
    bases = () if again[0] else _heritage(parts[0])
    references = [*bases, *chain.from_iterable(part.references for part in chosen)]
    inside = msgspec.structs.replace(occurrences, references=tuple(references), bindings=tuple(within))
    packed, found = _link_parts(path, outline, inside, chosen, table)
    links = spliced(known.linked.links, packed, np.array(again)[numbers], lines)
    if links is None:
        return None
    fresh = iter(found)
    traces = tuple(next(fresh) if is_again else old for is_again, old in zip(again, known.traces, strict=True))
    base = known.base if None in traces else frozenset[str]()
    news = _read_news(path, known, traces, again, base)
    reads = known.linked.reads
    if news is None:
        reads = tuple(sorted(foreign(path, base.union(*filter(None, traces)))))
    elif any(news):
        reads = tuple(sorted([*(key for key in reads if key not in news.removed), *news.added]))
    return Known(outline, occurrences, numbers, parts, bindings, traces, Linked(links, reads), base, news)


def _read_news(
    path: str, known: Known, traces: Sequence[frozenset[str] | None], again: Sequence[bool], base: frozenset[str]
) -> ReadNews | None:
    """Compare what is read with what was; None if all parts are linked again that nobody remembers the reads of."""
    if len(base) != len(known.base):
        return None
    was, new = (frozenset[str]().union(*filter(None, compress(each, again))) for each in (known.traces, traces))
    others = [base, *(trace for trace, is_again in zip(traces, again, strict=True) if trace and not is_again)]
    added, removed = (
        foreign(path, [key for key in keys if not any(key in each for each in others)])
        for keys in (new - was, was - new)
    )
    return ReadNews(sorted(added), frozenset(removed))


def _bindings_by_part(numbers: Sequence[int], occurrences: Occurrences) -> tuple[list[Binding], ...]:
    found: tuple[list[Binding], ...] = tuple([] for _ in range(max(numbers) + 1))
    for binding in occurrences.bindings:
        found[numbers[binding.owner]].append(binding)
    return found


def _is_same_outline(before: Outline, now: Outline) -> bool:
    """Tell whether two outlines have the same definitions, but for what these hold and where they stand.

    Of a signature, linking reads `header_words`; what contributions read besides is seen by the keys that change.
    """
    return before is now or (
        before.language == now.language
        and before.namespaces == now.namespaces
        and len(before.definitions) == len(now.definitions)
        and all(map(_is_same_definition, before.definitions, now.definitions))
    )


def _is_same_definition(one: Definition, other: Definition) -> bool:
    return (
        one.descriptor == other.descriptor
        and (one.signature == other.signature or header_words(one) == header_words(other))
        and one.kind is other.kind
        and one.container == other.container
        and one.name == other.name
        and one.local == other.local
        and (one.own == other.own or one.is_prototype == other.is_prototype)
    )


def _is_same_frame(known: Known, occurrences: Occurrences, frame: Part, bindings: list[Binding]) -> bool:
    """Tell whether that is the same which all parts may rest on."""
    before = known.occurrences
    return (
        before.explicit_exports == occurrences.explicit_exports
        and before.exports == occurrences.exports
        and known.bindings[0] == bindings
        and [*map(_said, known.parts[0].imports)] == [*map(_said, frame.imports)]
        and [*map(_meant, _heritage(known.parts[0]))] == [*map(_meant, _heritage(frame))]
    )


def _heritage(frame: Part) -> Iterator[Reference]:
    return (each for each in frame.references if each.role in _HERITAGE)


def _said(one: Import) -> tuple[object, ...]:
    """Return an import without its position."""
    return one.owner, one.kind, one.module, one.level, one.name, one.alias, one.reexport


def _meant(one: Reference) -> tuple[object, ...]:
    """Return a reference without its positions, but for how many there are."""
    return one.owner, one.role, one.chain, len(one.positions)


def _is_same_part(before: Part, now: Part) -> bool:
    """Tell whether a part mentions and imports the same, in the same columns."""
    is_same = before.heads == now.heads and _is_same_mentions(before.references, now.references)
    return is_same and (
        before.imports == now.imports
        or [(*_said(one), one.column) for one in before.imports] == [(*_said(one), one.column) for one in now.imports]
    )


def _is_same_mentions(before: Sequence[Reference], now: Sequence[Reference]) -> bool:
    return before == now or (
        len(before) == len(now)
        and all(
            one.owner == other.owner
            and one.chain == other.chain
            and one.role is other.role
            and one.positions[1::2] == other.positions[1::2]
            for one, other in zip(before, now, strict=True)
        )
    )


def _places(outline: Outline, numbers: Sequence[int], again: Sequence[bool]) -> list[tuple[int, int]]:
    """Return where the names stand of what is in no function or in a part that is not linked again."""
    return [
        (each.selection_range.start_line, each.selection_range.start_column)
        for each, number in zip(outline.definitions, numbers, strict=True)
        if not again[number] or each.container < 1 or not numbers[each.container]
    ]


def _has_moved(known: Known, outline: Outline, parts: Sequence[Part], again: Sequence[bool]) -> bool:
    """Tell whether anything stands elsewhere that is not linked again."""
    return _places(known.outline, known.numbers, again) != _places(outline, known.numbers, again) or any(
        before.references != now.references or before.imports != now.imports
        for before, now, is_again in zip(known.parts, parts, again, strict=True)
        if not is_again
    )


def _lines_of(known: Known, outline: Outline, parts: Sequence[Part], again: Sequence[bool]) -> Lines | None:
    """Return where the lines are now of what is not linked again; None if their order or a column differs."""
    old, new = _places(known.outline, known.numbers, again), _places(outline, known.numbers, again)
    if [column for _, column in old] != [column for _, column in new]:
        return None
    sides = [[line for line, _ in old], [line for line, _ in new]]
    for before, now, is_again in zip(known.parts, parts, again, strict=True):
        for side, part in zip(sides, (before, now), strict=True):
            if not is_again:
                side += chain.from_iterable([each.positions[::2] for each in part.references])
                side += [each.line for each in part.imports]
    return moved_lines(np.array(sides[0], np.int64), np.array(sides[1], np.int64))
