"""What has been read of a function so far, and what the rules share: nodes read part by part, sides taken in pairs.

Tests: tests/unit/extract/test_dataflow_*.py.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable

from tree_sitter import Node

from codegraph.extract.dataflow.following import FAIL, Operation, Step, pair
from codegraph.extract.dataflow.kinds import Kinds

Part = tuple[Node, list[int], list[Step]]
"""A node that was read: its variables and its steps."""

Meaning = Callable[[list[int] | None, list[int] | None], Operation]
"""What two sides mean, after the steps of the right one: by the variables of left and right, None for an empty one."""

MAX_NESTING = 100
"""Nodes with a rule inside each other; deeper code is not followed, for following its program is recursive."""


class NestedTooDeep(Exception):
    """More nodes with a rule inside each other than MAX_NESTING."""


class Reading:
    """What has been read of one function."""

    __slots__ = ("_depth", "literal_pairs", "starts", "steps", "tokens", "variables")

    def __init__(self, *, literal_pairs: bool) -> None:
        """Begin. `literal_pairs`: a string is paired part by part, which fails."""
        self.tokens: list[str] = []
        self.variables: list[int] = []
        self.starts: dict[int, int] = {}
        """Where each variable starts."""
        self.steps: list[Step] = []
        self.literal_pairs = literal_pairs
        self._depth = 0

    def enter(self) -> int:
        """Enter a node with a rule; return how many steps there are. Raises NestedTooDeep."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise NestedTooDeep
        return len(self.steps)

    def leave(self, begin: int, *steps: Step) -> None:
        """Leave a node with a rule: put what it means into the place of all steps since `begin`."""
        self._depth -= 1
        self.steps[begin:] = steps


def parts(reading: Reading, nodes: Iterable[Node]) -> Generator[Node, None, list[Part]]:
    """Read nodes, each by itself."""
    variables, steps = reading.variables, reading.steps
    found: list[Part] = []
    for child in nodes:
        first, begin = len(variables), len(steps)
        yield child
        found.append((child, variables[first:], steps[begin:]))
    return found


def sides(
    reading: Reading, node: Node, left: Node | None, right: Node | None, meaning: Meaning
) -> Generator[Node, None, None]:
    """Read a node with two sides; put the right's steps and what they mean into its place."""
    end, variables, steps = reading.enter(), reading.variables, reading.steps
    targets: list[int] | None = None
    values: list[int] | None = None
    for child in node.children:
        if child == right:
            del steps[end:]
            first = len(variables)
            yield child
            end = len(steps)
            values = variables[first:]
            if not values and child.end_byte == child.start_byte:
                values = None
        elif child == left:
            first = len(variables)
            yield child
            targets = variables[first:]
            if not targets and child.end_byte == child.start_byte:
                targets = None
        else:
            yield child
    reading.leave(end, meaning(targets, values))


class Paired:
    """Two sides that are taken in pairs."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds

    def fits(self, left: Node, right: Node) -> bool:
        """Tell whether two sides have equally many direct children, and any at all."""
        if not left.child_count or not right.child_count:
            return False
        return self._counted(left) == self._counted(right) > 0

    def read(
        self, reading: Reading, children: Iterable[Node], left: Node, right: Node
    ) -> Generator[Node, None, tuple[list[Step], dict[int, list[Part]]]]:
        """Read all children, each as its parts: two as their children without commas, the others as themselves.

        Return what they mean, and the parts by child.
        """
        kinds = self._kinds
        literal = left.kind_id in kinds.atoms or right.kind_id in kinds.atoms
        found: dict[int, list[Part]] = {}
        for child in children:
            if not literal and child in (left, right):
                inside = yield from parts(reading, kinds.children(child))
                found[child.id] = [part for part in inside if part[0].kind_id not in kinds.commas]
            else:
                found[child.id] = yield from parts(reading, (child,))
        if literal and reading.literal_pairs:
            return [FAIL], found
        rights = found[right.id]
        pairs = [(pair, None, one[1], other[1]) for one, other in zip(found[left.id], rights, strict=True)]
        return [*(step for part in rights for step in part[2]), *pairs], found

    def _counted(self, node: Node) -> int:
        """Return how many direct children are no commas; inside a string, as the grammar of 2021 had it."""
        kinds = self._kinds
        count = 0
        for child in kinds.children(node):
            kind = child.kind_id
            if kind in kinds.replaced:
                count += child.child_count
            elif kind not in kinds.commas:
                count += 1
        return count
