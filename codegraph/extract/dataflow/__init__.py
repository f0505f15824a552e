"""Data flow of a function: which occurrence of a name, literal or value comes from which others.

Input is a function's text (`follow_text`) or its nodes in the tree of a whole file (`follow_nodes`); output a
`Flow`: tokens, and rows over them as the reference makes them (the extractor published with GraphCodeBERT,
Guo et al. 2021), on today's grammars. Four steps:

    strip    comments go out of the text as the reference does it (`stripping`; a file's tree says it itself)
    parse    by the grammar of the language, with the language's table of node types (`rules`, `languages`)
    read     the tree, once, into tokens and a program (`reading`)
    follow   the program, branch by branch, loops twice, into rows (`following`)

Both are pure, and never raise on content: `Flow.state` says why there are no rows. Work is bounded by counts,
not by a clock, so equal code gives equal rows on any machine.

`revised` mends what the reference gets wrong and models were trained with, so it is off unless asked for: tokens
behind a non-ASCII character of their line are cut at the right place, `foreach ($a as $k => $v)` and a string as
the right side of a Python or Ruby assignment no longer lose the function's whole data flow, and comments are
taken out by the tree.
Tests: tests/unit/extract/test_dataflow_*.py; benchmark: benchmarks/dataflow.py.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

from tree_sitter import Node

from codegraph.core.facts import FlowState
from codegraph.extract.dataflow.following import CannotFollow, Row, TooMuchWork, follow
from codegraph.extract.dataflow.grammars import FlowGrammar, flow_grammar
from codegraph.extract.dataflow.languages import FLOW_TABLES, flow_language_of
from codegraph.extract.dataflow.reading import NestedTooDeep, read
from codegraph.extract.dataflow.rules import RELATION_NAMES, Relation
from codegraph.extract.dataflow.stripping import strip_comments

__all__ = [
    "FLOW_TABLES",
    "RELATION_NAMES",
    "Flow",
    "Relation",
    "Row",
    "flow_language_of",
    "follow_nodes",
    "follow_text",
]

MAX_BYTES = 1 << 20
"""A longer function is not followed."""


class Flow(NamedTuple):
    """The data flow of one function."""

    state: FlowState
    """PRESENT, EMPTY, or why there is none."""
    tokens: list[str]
    spans: list[tuple[int, int]]
    """Where each token stands: byte offsets in the text that was parsed."""
    rows: list[Row]


def follow_text(text: str, language: str, *, revised: bool = False) -> Flow:
    """Follow the data flow of one function, given as text. Raises KeyError for a language without a table."""
    grammar = flow_grammar(language, revised=revised, in_file=revised)
    table = grammar.table
    if not revised:
        text = strip_comments(text, table.comments)
    data = (table.prefix + text + table.suffix).encode("utf-8", "replace")
    if len(data) > MAX_BYTES:
        return Flow(FlowState.SIZE, [], [], [])
    return _flow([grammar.parser.parse(data).root_node], grammar, data, 0, revised=revised)


def follow_nodes(nodes: Sequence[Node], data: bytes, language: str, *, revised: bool = False) -> Flow:
    """Follow the data flow of neighbouring nodes of a file's tree; `data` is the file.

    Comments are passed over. Raises KeyError for a language without a table.
    """
    grammar = flow_grammar(language, revised=revised, in_file=True)
    start, end = nodes[0].start_byte, nodes[-1].end_byte
    if end - start > MAX_BYTES:
        return Flow(FlowState.SIZE, [], [], [])
    return _flow(nodes, grammar, data[start:end], start, revised=revised)


def _flow(nodes: Sequence[Node], grammar: FlowGrammar, data: bytes, base: int, *, revised: bool) -> Flow:
    text_of = _slicing(data, base, exact=revised)
    try:
        program = read(nodes, grammar, text_of, literal_pairs=not revised)
    except NestedTooDeep:
        return Flow(FlowState.SIZE, [], [], [])
    rows: list[Row] = []
    try:
        rows = follow(program.tokens, program.steps)
        state = FlowState.PRESENT if rows else FlowState.EMPTY
    except CannotFollow:
        state = FlowState.FAILED
    except TooMuchWork:
        state = FlowState.TIME
    return Flow(state, program.tokens, program.spans, rows)


def _slicing(data: bytes, base: int, *, exact: bool) -> Callable[[int, int], str]:
    """Return what gives the text between two byte offsets, without line ends; `base` is where data starts.

    The reference cuts lines of characters at columns counted in bytes; so does this, unless `exact`.
    """
    if data.isascii():
        text = data.decode("ascii")
        if "\n" not in text:
            return lambda start, end: text[start - base : end - base]
        return lambda start, end: text[start - base : end - base].replace("\n", "")
    if exact:
        return lambda start, end: data[start - base : end - base].decode("utf-8", "replace").replace("\n", "")
    lines = data.split(b"\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    texts = [line.decode("utf-8", "replace") for line in lines]

    def shifted(start: int, end: int) -> str:
        first, last = bisect_right(starts, start - base) - 1, bisect_right(starts, end - base) - 1
        begin, stop = start - base - starts[first], end - base - starts[last]
        if first == last:
            return texts[first][begin:stop]
        return "".join((texts[first][begin:], *texts[first + 1 : last], texts[last][:stop]))

    return shifted
