"""A language's grammar and queries, compiled once per process.

Compiling takes 4-9 ms a query, so `compiled` keeps the result for the life of the process.
Invariant: query files are part of the package; a broken one is an InternalError at first use.
Tests: tests/unit/extract/test_extract_languages.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from operator import itemgetter
from threading import Lock
from typing import NamedTuple

from tree_sitter import Language, Node, Parser, Point, Query, QueryCursor, QueryError, Range, Tree

from codegraph.core.symbols import SymbolKind
from codegraph.errors import InternalError
from codegraph.extract.languages import LANGUAGES
from codegraph.extract.languages.spec import LanguageSpec
from codegraph.extract.normalise import Span
from codegraph.extract.outline import Broken, Candidate, broken_in
from codegraph.extract.view import Match

MAX_DEPTH_OF_TREE = 4_000
"""Nodes deeper in the tree are not looked at: a query over a chain of 100,000 calls would take a minute."""


_EACH = 20
"""What a broken place counts beside its bytes."""

_WORTH_SKIPPING = 100
"""Blank bytes that the parser reads as fast as it is told to step over them, about."""
_BLANK_LINES = re.compile(rb"\n\s{%d,}+" % _WORTH_SKIPPING)

_LITERALS = re.compile(r'"(?:[^"\\]|\\.)*"|;.*')
"""Strings and comments of queries."""
_DIRECTIVE_LAST = re.compile(r"\(#[\w-]+\?[^()]*\)\s*\(#[\w-]+![^()]*\)")
"""What py-tree-sitter up to 0.26.1 takes for the predicate once more, without a reference of its own: it is then freed
twice with the query (binding/query.c: `predicate_obj` is reset per pattern)."""

_compiling = Lock()
"""Held while a language is compiled: the second one of two would be thrown away."""


class Captured(NamedTuple):
    """What a language's queries find in a tree."""

    candidates: list[Candidate]
    """By pattern, in source order."""
    forms: dict[str, list[Match]]
    """Matches by form, in source order."""
    captures: dict[str, list[Node]]
    """Nodes of references and tokens by capture, in no particular order."""


class Reading(NamedTuple):
    """What the parser has made of a file."""

    root: Node
    read: bytes
    """What it has read: the file's bytes, or as the language prepares them."""
    is_worse_prepared: bool = False
    """Whether the bytes as the language prepares them are others, and were read with more damage."""
    unprepared: tuple[Broken, ...] = ()
    """Where the bytes as they are cannot be read, if they were prepared for that."""
    trees: tuple[Tree, ...] = ()
    """The tree of what was read; if the bytes were prepared because these cannot be read, also the tree of these."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """One language, ready to run."""

    spec: LanguageSpec
    parser: Parser
    structure: Query
    """Definitions and forms, for `matches`; also tokens, where they are all that is captured."""
    kinds: tuple[tuple[SymbolKind, str] | None, ...]
    """Per pattern of `structure`: the kind of a definition and its default name; None for others."""
    form_names: tuple[str, ...]
    """Per pattern of `structure`: the form's name, "" for others."""
    mentions: Query
    """References and tokens, for `captures`."""

    def read(self, data: bytes) -> Node:
        """Parse a file, as its language prepares it; the root refers to prepared bytes, of which there are as many."""
        return self.reading(data).root

    def reading(self, data: bytes) -> Reading:
        """Parse a file, as its language prepares it."""
        if self.spec.prepare is None or not self.spec.prepare_if_broken:
            return self._parsed(self.prepared(data))
        raw = self._parsed(data)
        if not raw.root.has_error:
            return raw
        other = self.prepared(data)
        if other == data:
            return raw
        prepared = self._parsed(other)
        if damage(prepared.root) > damage(raw.root):
            return raw._replace(is_worse_prepared=True)
        return prepared._replace(unprepared=broken_in(raw.root), trees=prepared.trees + raw.trees)

    def parsed_without(self, read: bytes, blank: Sequence[Span]) -> Tree:
        """Parse a text with stretches of which only blanks and line ends are left.

        A parser takes 20 to 60 ns for a blank, as for any other byte; so it steps over the blank lines.
        Format: Range of tree_sitter; nodes have the offsets of the whole text.
        """
        parser = Parser(self.parser.language)  # of its own: another thread may parse with the other one meanwhile
        parser.included_ranges = _without_lines(read, blank)
        return parser.parse(read)

    def _parsed(self, read: bytes) -> Reading:
        sparse = [found.span() for found in _BLANK_LINES.finditer(read)] if self.spec.sparse else []
        tree = self.parsed_without(read, sparse) if sparse else self.parser.parse(read)
        return Reading(tree.root_node, read, trees=(tree,))

    def prepared(self, data: bytes) -> bytes:
        """Return the bytes of a file as its language prepares them."""
        return data if self.spec.prepare is None else self.spec.prepare(data)

    def captured_in(self, root: Node) -> Captured:
        """Run the queries over a tree. Each pass costs as much as a third of parsing, so there are two at most."""
        captures = self._cursor(self.mentions).captures(root) if self.mentions.pattern_count else {}
        if not self.kinds:
            return Captured([], {}, captures)  # the language finds its definitions and bindings itself
        candidates: list[tuple[int, Candidate]] = []
        forms: dict[str, list[Match]] = {}
        for pattern, captured in self._cursor(self.structure).matches(root):
            kind = self.kinds[pattern]
            if kind is not None:
                candidates.append((pattern, (*kind, captured)))
            elif self.form_names[pattern]:
                forms.setdefault(self.form_names[pattern], []).append(captured)
            else:
                for name, nodes in captured.items():
                    captures.setdefault(name, []).extend(nodes)
        candidates.sort(key=itemgetter(0))
        return Captured([candidate for _, candidate in candidates], forms, captures)

    @staticmethod
    def _cursor(query: Query) -> QueryCursor:
        cursor = QueryCursor(query)
        cursor.set_max_start_depth(MAX_DEPTH_OF_TREE)
        return cursor


def _without_lines(read: bytes, blank: Sequence[Span]) -> list[Range]:
    """Return what is left of a text without the whole lines of its blank stretches; nothing if that is all."""
    kept: list[Range] = []
    start, point = 0, Point(0, 0)
    for begin, end in _joined(read, blank):
        first, last = read.find(b"\n", begin, end) + 1, read.rfind(b"\n", begin, end) + 1
        if last - first < _WORTH_SKIPPING or not read[first:last].isspace():
            continue
        row = point.row + read.count(b"\n", start, first)
        kept.append(Range(point, Point(row, 0), start, first))
        start, point = last, Point(row + read.count(b"\n", first, last), 0)
    if not kept:
        return kept
    row = point.row + read.count(b"\n", start)
    column = len(read) - read.rfind(b"\n") - 1
    return [*kept, Range(point, Point(row, column), start, len(read))]


def _joined(read: bytes, blank: Sequence[Span]) -> Iterator[Span]:
    """Yield stretches as one that have nothing but blanks between them."""
    begin, end = 0, 0
    for first, last in blank:
        if read[end:first].isspace() or first <= end:
            end = last
        else:
            yield begin, end
            begin, end = first, last
    yield begin, end


def damage(root: Node) -> int:
    """Say how much of a file the parser could not read: bytes in broken places, and so many more for each of them."""
    total, waiting = 0, [root]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            total += _EACH + node.end_byte - node.start_byte
        elif node.has_error:
            waiting.extend(node.children)
    return total


def compiled(name: str) -> Compiled:
    """Return a language, compiled at the first call, in whichever thread. Raises KeyError for a name not in LANGUAGES.

    InternalError for queries that do not compile.
    """
    with _compiling:
        return _compiled(name)


@cache
def _compiled(name: str) -> Compiled:
    spec = LANGUAGES[name]
    language = Language(spec.grammar())
    queries = spec.queries
    structure = _query(language, spec, (*queries.definitions, *queries.forms, *queries.tokens))
    return Compiled(
        spec,
        Parser(language),
        structure,
        tuple(_kind(structure, index, spec) for index in range(structure.pattern_count)),
        tuple(structure.pattern_settings(index).get("form") or "" for index in range(structure.pattern_count)),
        _query(language, spec, queries.mentions),
    )


def _query(language: Language, spec: LanguageSpec, files: Iterable[Traversable]) -> Query:
    source = "\n".join(file.read_text(encoding="utf-8") for file in files)
    if (found := _DIRECTIVE_LAST.search(_LITERALS.sub("", source))) is not None:
        raise InternalError(f"a query of {spec.name} has a directive after a predicate, put it before: {found[0]}")
    try:
        return Query(language, source)
    except QueryError as error:
        raise InternalError(f"the queries of {spec.name} do not compile: {error}") from error


def _kind(query: Query, index: int, spec: LanguageSpec) -> tuple[SymbolKind, str] | None:
    """Read a pattern's kind from its settings: `(#set! kind "function")`."""
    settings = query.pattern_settings(index)
    kind = settings.get("kind")
    if kind is None:
        if settings.get("form") is None and not spec.queries.tokens:
            raise InternalError(f"pattern {index} of {spec.name} has neither a kind nor a form")
        return None
    return SymbolKind(kind), settings.get("name") or ""
