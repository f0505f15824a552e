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

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from tree_sitter import Node

from codegraph.core.facts import FlowState
from codegraph.extract.dataflow.following import CannotFollow, Row, TooMuchWork, follow
from codegraph.extract.dataflow.function_text import FunctionText
from codegraph.extract.dataflow.grammars import FlowGrammar, flow_grammar
from codegraph.extract.dataflow.languages import FLOW_TABLES
from codegraph.extract.dataflow.parts import NestedTooDeep, Reading
from codegraph.extract.dataflow.reading import read
from codegraph.extract.dataflow.rules import RELATION_NAMES, Comments, Relation
from codegraph.extract.dataflow.stripping import strip_comments

__all__ = [
    "FLOW_TABLES",
    "RELATION_NAMES",
    "Flow",
    "Relation",
    "Row",
    "follow_nodes",
    "follow_text",
]

MAX_BYTES = 1 << 20
"""A longer function is not followed."""
_BY_TREE, _PRESENT, _EMPTY = Comments.BY_TREE, FlowState.PRESENT, FlowState.EMPTY


class Flow(NamedTuple):
    """The data flow of one function."""

    state: FlowState
    """PRESENT, EMPTY, or why there is none."""
    tokens: list[str]
    starts: dict[int, int]
    """Where each variable starts: byte offsets in what was parsed."""
    rows: list[Row]


def follow_text(text: str, language: str, *, revised: bool = False) -> Flow:
    """Follow the data flow of one function, given as text. Raises KeyError for a language without a table."""
    table = FLOW_TABLES[language]
    by_tree = revised or table.comments is _BY_TREE
    grammar = flow_grammar(language, revised=revised, in_file=by_tree)
    if not by_tree:
        text = strip_comments(text, table.comments)
    text = table.prefix + text + table.suffix
    data = text.encode("utf-8", "replace")
    if len(data) > MAX_BYTES:
        return Flow(FlowState.SIZE, [], {}, [])
    source = FunctionText(data, 0, text if text.isascii() else "", exact=revised)
    return _flow([grammar.parser.parse(data).root_node], grammar, source, revised=revised)


def follow_nodes(nodes: Sequence[Node], data: bytes, language: str, *, revised: bool = False) -> Flow:
    """Follow the data flow of neighbouring nodes of a file's tree; `data` is the file.

    Comments are passed over. Raises KeyError for a language without a table.
    """
    grammar = flow_grammar(language, revised=revised, in_file=True)
    start, end = nodes[0].start_byte, nodes[-1].end_byte
    if end - start > MAX_BYTES:
        return Flow(FlowState.SIZE, [], {}, [])
    own = data[start:end]
    source = FunctionText(own, start, _characters(data) if own.isascii() else "", exact=revised)
    return _flow(nodes, grammar, source, revised=revised)


@lru_cache(maxsize=1)
def _characters(data: bytes) -> str:
    """Return a character for each byte of a file, once for all of its functions."""
    return data.decode("latin-1")


def _flow(nodes: Sequence[Node], grammar: FlowGrammar, source: FunctionText, *, revised: bool) -> Flow:
    reading = Reading(literal_pairs=not revised)
    try:
        read(nodes, grammar, source, reading)
    except NestedTooDeep:
        return Flow(FlowState.SIZE, [], {}, [])
    rows: list[Row] = []
    try:
        rows = follow(reading.tokens, reading.steps)
        state = _PRESENT if rows else _EMPTY
    except CannotFollow:
        state = FlowState.FAILED
    except TooMuchWork:
        state = FlowState.TIME
    return Flow(state, reading.tokens, reading.starts, rows)
