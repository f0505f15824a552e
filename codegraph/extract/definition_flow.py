"""The data flow of a file's functions, in terms of their canonical tokens.

`dataflow` numbers the leaves of the syntax tree, an own input holds canonical tokens: commas and semicolons that
are only layout are gone there, template strings are cut otherwise. A row stands for the canonical token in which
its leaf begins; leaves without one (a docstring) lose their rows. Parents become row numbers, each parent token's
last row standing for it, as the reference has it.
Tests: tests/unit/extract/test_dataflow_definitions.py.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from tree_sitter import Node

from codegraph.core.dataflow import DataFlowTooLarge, FlowRow, pack
from codegraph.core.facts import STATEMENT_END, FlowState
from codegraph.core.symbols import CALLABLE_KINDS
from codegraph.extract.dataflow import FLOW_TABLES, Flow, follow_nodes
from codegraph.extract.normalise import Cut, TokenStream
from codegraph.extract.view import FileView, Found

MAX_SLOW = 5
"""After so many functions whose data flow took too long, the file's other functions are not tried."""


class DefinitionFlows:
    """Follows the functions of one file; `stream` was made with offsets."""

    def __init__(self, view: FileView, stream: TokenStream) -> None:
        self._view = view
        self._tokens = stream.tokens
        self._offsets: Sequence[int] = stream.offsets or ()
        self._stream = stream
        self._known = view.spec.name in FLOW_TABLES
        self._slow = 0

    def of(self, found: Found, canonical: Sequence[str]) -> tuple[FlowState, bytes]:
        """Return whether a definition has data flow, and its packed rows over these canonical tokens."""
        if not self._known:
            return FlowState.NO_LANGUAGE, b""
        if found.kind not in CALLABLE_KINDS or found.node is None:
            return FlowState.NOT_CALLABLE, b""
        if self._slow >= MAX_SLOW:
            return FlowState.TIME, b""
        nodes = _nodes_of(found.node, found.start, found.end)
        flow = follow_nodes(nodes, self._view.text.data, self._view.spec.name)
        if flow.state is not FlowState.PRESENT:
            self._slow += flow.state is FlowState.TIME
            return flow.state, b""
        try:
            packed = pack(self._rows(flow, found, canonical))
        except DataFlowTooLarge:
            return FlowState.SIZE, b""
        return (FlowState.PRESENT if packed else FlowState.EMPTY), packed

    def _rows(self, flow: Flow, found: Found, canonical: Sequence[str]) -> list[FlowRow]:
        start, end = self._stream.range_of(Cut(found.start, found.header_end, found.end))
        offsets = self._offsets[start:end]
        places = _places(self._tokens[start:end], canonical)
        rows: list[tuple[int, tuple[int, ...]]] = []
        last: dict[int, int] = {}
        for token, _, parents in flow.rows:
            raw = bisect_right(offsets, flow.starts[token]) - 1
            place = places[raw] if raw >= 0 else -1
            if place >= 0:
                last[token] = len(rows)
                rows.append((place, parents))
        return [FlowRow(place, _numbers(parents, last)) for place, parents in rows]


def _numbers(parents: tuple[int, ...], last: Mapping[int, int]) -> tuple[int, ...]:
    """Return the rows that stand for parent tokens, ascending."""
    if len(parents) > 1:
        return tuple(sorted({last[parent] for parent in parents if parent in last}))
    return (last[parents[0]],) if parents and parents[0] in last else ()


def _nodes_of(node: Node, start: int, end: int) -> list[Node]:
    """Return the nodes that fill a definition's range: its own with what wraps it, and decorators before it."""
    if node.start_byte == start and node.end_byte == end:
        return [node]
    parent = node.parent
    while parent is not None and parent.start_byte >= start and parent.end_byte <= end:
        node, parent = parent, parent.parent
    nodes = [node]
    before = node.prev_sibling
    while before is not None and before.start_byte >= start:
        nodes.insert(0, before)
        before = before.prev_sibling
    return nodes


def _places(raw: Sequence[str], canonical: Sequence[str]) -> list[int]:
    """Return the index of each raw token among the canonical ones, -1 for those that are only layout.

    Canonical tokens are raw ones in their order; what was dropped stands before a bracket, a line or the end.
    """
    places: list[int] = []
    at = 0
    for token in raw:
        while at < len(canonical) and canonical[at] == STATEMENT_END:
            at += 1
        if at < len(canonical) and canonical[at] == token:
            places.append(at)
            at += 1
        else:
            places.append(-1)
    return places
