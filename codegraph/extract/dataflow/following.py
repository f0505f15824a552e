"""The data-flow analysis: a program of `reading` followed from top to bottom, with a table of last definitions.

The table says for each name where it was defined last; there are no scopes. Branches start from one table and
their tables are united afterwards. Loops are followed twice, so that what the body defines at its end reaches
its beginning, and rows of one token are merged. A second pass that starts from the table that the first one
started from would say the same again and is left out; without that, work doubles with each level of nesting, as
it does in the reference. What is left is bounded by MAX_WORK.
Tests: tests/unit/extract/test_dataflow_*.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple, Union

from codegraph.extract.dataflow.rules import Relation

MAX_WORK = 400_000
"""Steps taken and rows made for one function: a fraction of a second."""

Table = dict[str, tuple[int, ...]]
"""Name to the tokens that defined it last, ascending. Shared between branches, so never changed in place."""
_Keyed = tuple[int, tuple[int, ...]]
"""A row while it is being made: 2 * token + relation, and its parents."""


class Define(NamedTuple):
    """Names that are defined by nothing."""

    names: list[int]


class Join(NamedTuple):
    """Values go from each token to each target, a row for each pair, after `steps`."""

    relation: Relation
    targets: list[int]
    values: list[int]
    steps: list[Step]


class Pair(NamedTuple):
    """Values go from all tokens of a right side to each token of its left side, after `steps`."""

    pairs: list[tuple[list[int], list[int]]]
    steps: list[Step]


class Alternatives(NamedTuple):
    """Branches in source order; True for those that start from what held before all of them."""

    branches: list[tuple[bool, list[Step]]]
    keeps: bool
    """What held before may hold afterwards."""


class Loop(NamedTuple):
    """A head that is followed once and a body that is followed once or twice."""

    head: list[Step]
    body: list[Step]
    twice: bool


class Failure(NamedTuple):
    """Code that the reference gives up at."""


FAIL = Failure()
Operation = Define | Join | Pair | Alternatives | Loop | Failure
Step = Union[int, "Operation"]


class Row(NamedTuple):
    """One row of the data flow; token and parents are indices of the function's tokens."""

    token: int
    relation: Relation
    parents: tuple[int, ...]
    """Ascending."""


class CannotFollow(Exception):
    """The program failed."""


class TooMuchWork(Exception):
    """MAX_WORK was reached."""


def follow(tokens: Sequence[str], steps: Sequence[Step]) -> list[Row]:
    """Return the rows in token order, without tokens that no value goes to or comes from.

    Raises CannotFollow and TooMuchWork.
    """
    follower = _Follower(tokens)
    follower.follow(steps, {})
    rows = sorted(follower.rows, key=lambda row: row[0] >> 1)
    kept = {key >> 1 for key, parents in rows if parents}
    kept.update(*(parents for _, parents in rows))
    return [Row(key >> 1, _RELATIONS[key & 1], parents) for key, parents in rows if key >> 1 in kept]


_RELATIONS = (Relation.COMES_FROM, Relation.COMPUTED_FROM)


class _Follower:
    """The rows of one function."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.rows: list[_Keyed] = []
        self._tokens = tokens
        self._work = 0

    def follow(self, steps: Sequence[Step], table: Table) -> Table:
        """Take the steps; the table is changed in place where it can be, and what holds afterwards is returned."""
        tokens, rows = self._tokens, self.rows
        self._spend(len(steps))
        for step in steps:
            if isinstance(step, int):
                token = step if step >= 0 else ~step
                name = tokens[token]
                parents = table.get(name)
                if parents is None:
                    parents = ()
                    if step >= 0:
                        table[name] = (token,)
                rows.append((token << 1, parents))
            else:
                table = self._operate(step, table)
        return table

    def _spend(self, work: int) -> None:
        self._work += work
        if self._work > MAX_WORK:
            raise TooMuchWork

    def _operate(self, operation: Operation, table: Table) -> Table:
        match operation:
            case Join(relation, targets, values, steps):
                table = self.follow(steps, table)
                self._join(relation, targets, values, table)
            case Pair(pairs, steps):
                table = self.follow(steps, table)
                self._pair(pairs, table)
            case Define(names):
                for token in names:
                    self.rows.append((token << 1, ()))
                    table[self._tokens[token]] = (token,)
            case Alternatives():
                return self._alternatives(operation, table)
            case Loop():
                return self._loop(operation, table)
            case _:
                raise CannotFollow
        return table

    def _join(self, relation: Relation, targets: Sequence[int], values: Sequence[int], table: Table) -> None:
        self._spend(len(targets) * len(values))
        parents = [(value,) for value in values]
        for token in targets:
            key = token << 1 | relation
            self.rows += [(key, parent) for parent in parents]
            table[self._tokens[token]] = (token,)

    def _pair(self, pairs: Sequence[tuple[Sequence[int], Sequence[int]]], table: Table) -> None:
        for targets, values in pairs:
            parents = tuple(values)
            for token in targets:
                self.rows.append((token << 1 | Relation.COMPUTED_FROM, parents))
                table[self._tokens[token]] = (token,)

    def _alternatives(self, operation: Alternatives, before: Table) -> Table:
        tables: list[Table] = [before] if operation.keeps else []
        current = dict(before)
        for alternative, steps in operation.branches:
            if not alternative:
                current = self.follow(steps, current)
            elif steps:
                tables.append(self.follow(steps, dict(before)))
            else:
                tables.append(before)
        self._spend(sum(map(len, tables)))
        return _united(current, tables)

    def _loop(self, loop: Loop, table: Table) -> Table:
        rows, start = self.rows, len(self.rows)
        if loop.head:
            table = self.follow(loop.head, table)
        before = dict(table) if loop.twice else table
        table = self.follow(loop.body, table)
        if loop.twice and table != before:
            table = self.follow(loop.body, table)
        merged: dict[int, tuple[int, ...] | set[int]] = {}
        for key, parents in islice(rows, start, None):
            known = merged.get(key)
            if known is None:
                merged[key] = parents
            elif isinstance(known, set):
                known.update(parents)
            elif known != parents:
                merged[key] = {*known, *parents}
        rows[start:] = [
            (key, tuple(sorted(parents)) if isinstance(parents, set) else parents) for key, parents in merged.items()
        ]
        return table


def _united(table: Table, others: Sequence[Table]) -> Table:
    """Return all definitions of all tables; `table` is changed."""
    for other in others:
        if other is table:
            continue
        for name, tokens in other.items():
            known = table.get(name)
            if known is None:
                table[name] = tokens
            elif known is not tokens and known != tokens:
                table[name] = tuple(sorted({*known, *tokens}))
    return table
