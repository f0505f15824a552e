"""The data-flow analysis: a program of `reading` followed from top to bottom, with a table of last definitions.

The table says for each name where it was defined last; there are no scopes. Branches start from one table and
their tables are united afterwards. Loops are followed twice, so that what the body defines at its end reaches
its beginning, and rows of one token are merged. A second pass that starts from the table that the first one
started from would say the same again and is left out; without that, work doubles with each level of nesting, as
it does in the reference. What is left is bounded by MAX_WORK.
Tests: tests/unit/extract/test_dataflow_*.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from codegraph.extract.dataflow.rules import Relation

MAX_WORK = 400_000
"""Steps taken and rows made for one function: a fraction of a second."""

Table = dict[str, tuple[int, ...]]
"""Name to the tokens that defined it last, ascending. Shared between branches, so never changed in place."""
Row = tuple[int, Relation, tuple[int, ...]]
"""Token, relation, parents; token and parents are indices of the function's tokens, parents ascending."""
_COMES_FROM, _COMPUTED_FROM = Relation.COMES_FROM, Relation.COMPUTED_FROM
_TOKEN_OF, _PARENTS_OF = itemgetter(0), itemgetter(2)


Way = tuple[bool, list["Step"]]
"""Steps, and whether they start from what held before all branches, not from what the branch before left."""
Operation = tuple[Callable[["Follower", Table, Any, Any, Any], Table], Any, Any, Any]
"""One of the functions below, which adds its rows and returns what holds afterwards, and its last three arguments.

No objects with methods: there are several in each function, and making one would cost as much as following it.
"""
Step = int | Operation


def define(flow: Follower, table: Table, _: None, names: list[int], __: None) -> Table:
    """Define names by nothing."""
    for token in names:
        flow.alone[token] = _COMES_FROM
        table[flow.tokens[token]] = (token,)
    return table


def join(flow: Follower, table: Table, relation: Relation, targets: list[int], values: list[int]) -> Table:
    """Take values from each token to each target, a row for each pair."""
    flow.spend(len(targets) * len(values))
    tokens, rows = flow.tokens, flow.rows
    for token in targets:
        for value in values:
            rows.append((token, relation, (value,)))  # mostly one or two: a comprehension would be a call
        table[tokens[token]] = (token,)
    return table


def pair(flow: Follower, table: Table, _: None, targets: list[int], values: list[int]) -> Table:
    """Take values from all tokens of a right side to each token of its left side."""
    parents = tuple(values)
    for token in targets:
        if parents:
            flow.rows.append((token, _COMPUTED_FROM, parents))
        else:
            flow.alone[token] = _COMPUTED_FROM
        table[flow.tokens[token]] = (token,)
    return table


def alternatives(flow: Follower, table: Table, keeps: bool, branches: Sequence[Way], _: None) -> Table:
    """Follow branches; `keeps`: what held before may hold afterwards."""
    tables: list[Table] = [table] if keeps else []
    current = dict(table)
    for alternative, steps in branches:
        if not alternative:
            current = flow.follow(steps, current)
        else:
            tables.append(flow.follow(steps, dict(table)) if steps else table)
    flow.spend(len(current) * (1 + len(tables)))
    return _united(current, tables)


def loop(flow: Follower, table: Table, twice: bool, head: Sequence[Step], body: Sequence[Step]) -> Table:
    """Follow a head once and a body once or twice; rows of one token and relation are merged."""
    start = len(flow.rows)
    if head:
        table = flow.follow(head, table)
    before = dict(table) if twice else table
    table = flow.follow(body, table)
    if twice and table != before:
        table = flow.follow(body, table)
    flow.rows[start:] = _merged(flow.rows[start:])
    return table


def _fail(_flow: Follower, _table: Table, _: None, __: None, ___: None) -> Table:
    raise CannotFollow


FAIL: Operation = (_fail, None, None, None)
"""Code that the reference gives up at."""


class CannotFollow(Exception):
    """The program failed."""


class TooMuchWork(Exception):
    """MAX_WORK was reached."""


def follow(tokens: Sequence[str], steps: Sequence[Step]) -> list[Row]:
    """Return the rows in token order, without tokens that no value goes to or comes from.

    Raises CannotFollow and TooMuchWork.
    """
    flow = Follower(tokens)
    flow.follow(steps, {})
    rows, alone = flow.rows, flow.alone
    sources = {*chain.from_iterable(map(_PARENTS_OF, rows))}.difference(map(_TOKEN_OF, rows))
    rows += [(token, alone[token], ()) for token in sources if token in alone]
    rows.sort(key=_TOKEN_OF)
    return rows


class Follower:
    """The rows of one function while they are being made."""

    __slots__ = ("_work", "alone", "rows", "tokens")

    def __init__(self, tokens: Sequence[str]) -> None:
        self.rows: list[Row] = []
        """Those with parents."""
        self.alone: dict[int, Relation] = {}
        """The relation of tokens seen without parents: they get a row if they are somebody's parent, and have none."""
        self.tokens = tokens
        self._work = 0

    def follow(self, steps: Sequence[Step], table: Table) -> Table:
        """Take the steps; the table is changed in place where it can be, and what holds afterwards is returned."""
        tokens, rows, alone, use = self.tokens, self.rows, self.alone, _COMES_FROM
        self.spend(len(steps))
        for step in steps:
            if not isinstance(step, int):
                operation, first, second, third = step
                table = operation(self, table, first, second, third)
            elif step < 0:
                if (name := tokens[~step]) in table:
                    rows.append((~step, use, table[name]))
                else:
                    alone[~step] = use
            elif (name := tokens[step]) in table:
                rows.append((step, use, table[name]))
            else:
                alone[step] = use
                table[name] = (step,)
        return table

    def spend(self, work: int) -> None:
        """Count work. Raises TooMuchWork."""
        self._work += work
        if self._work > MAX_WORK:
            raise TooMuchWork


def _merged(rows: Iterable[Row]) -> list[Row]:
    """Return one row for each token and relation, with the parents of all, in the order of the first ones."""
    merged: dict[tuple[int, Relation], tuple[int, ...]] = {}
    several: dict[tuple[int, Relation], set[int]] = {}
    for token, relation, parents in rows:
        place = token, relation
        known = merged.setdefault(place, parents)
        if known is not parents and known != parents:
            several.setdefault(place, {*known}).update(parents)
    for place, united in several.items():
        merged[place] = tuple(sorted(united))
    return [(token, relation, parents) for (token, relation), parents in merged.items()]


def _united(table: Table, others: Sequence[Table]) -> Table:
    """Return all definitions of all tables; `table` is changed."""
    for other in others:
        if other is table:
            continue
        for name, tokens in other.items():
            known = table.get(name)
            if known is not tokens and known != tokens:
                table[name] = tuple(sorted({*known, *tokens})) if known else tokens
    return table
