"""What the rules of a language's table make of a node, while a tree is read into a program.

Each rule is a generator: it yields the nodes inside in source order, each of which has been read when the generator
goes on, and at its end puts what the rule makes of their steps into their place.
Tests: tests/unit/extract/test_dataflow_*.py.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from tree_sitter import Node

from codegraph.extract.dataflow.documentation import is_documentation
from codegraph.extract.dataflow.following import FAIL, Alternatives, Define, Join, Loop, Operation, Pair, Step
from codegraph.extract.dataflow.grammars import FlowGrammar, Mark, PlainAtom, Role
from codegraph.extract.dataflow.rules import (
    Assignment,
    Branch,
    Child,
    ClausesFirst,
    CountedLoop,
    Declaration,
    Documentation,
    Field,
    GroupedDeclaration,
    Iteration,
    KeyedElement,
    Nth,
    PairedAssignment,
    Place,
    Relation,
    Repetition,
    Update,
)

MAX_NESTING = 100
"""Nodes with a rule inside each other; deeper code is not followed, for following its program is recursive."""

_ATOM, _SILENT, _DROPPED = Mark.ATOM, Mark.SILENT, Mark.DROPPED


class NestedTooDeep(Exception):
    """More nodes with a rule inside each other than MAX_NESTING."""


class Part(NamedTuple):
    """A node that was read: its variables and its steps."""

    node: Node
    variables: list[int]
    steps: list[Step]


class Reading:
    """What has been read of one function."""

    def __init__(self, grammar: FlowGrammar, *, literal_pairs: bool) -> None:
        """Begin. `literal_pairs`: a string is paired part by part, which fails."""
        self.tokens: list[str] = []
        self.variables: list[int] = []
        self.starts: list[int] = []
        """Where the variables start."""
        self.steps: list[Step] = []
        self.roles = grammar.roles
        self.replaced = grammar.table.replaced
        self.literal_pairs = literal_pairs
        self._depth = 0

    def entered(self, node: Node, role: Role) -> Iterator[Node] | None:
        """Return the nodes inside a node with a role, whose steps the role will see to; None if it is a token.

        Raises NestedTooDeep.
        """
        if role is _DROPPED or role is _SILENT:
            return iter(())
        if role is _ATOM or not node.child_count or (type(role) is PlainAtom and _is_plain(node, role)):
            return None
        if node.end_byte == node.start_byte:
            return iter(())
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise NestedTooDeep
        return _RULES.get(type(role), _inside)(self, node, role)

    def left(self, begin: int, step: Step) -> None:
        """Leave a node with a rule: put what it means into the place of all steps since `begin`."""
        self.steps[begin:] = (step,)
        self._depth -= 1

    def left_as_it_is(self) -> None:
        """Leave a node whose steps stay."""
        self._depth -= 1

    def children(self, node: Node) -> list[Node]:
        """Return the children that count: not dropped, not empty."""
        roles = self.roles
        return [
            child
            for child in node.children
            if roles[child.kind_id] is not _DROPPED and child.end_byte > child.start_byte
        ]

    def parts(self, nodes: Iterable[Node]) -> Generator[Node, None, list[Part]]:
        """Read nodes, each by itself."""
        variables, steps = self.variables, self.steps
        parts: list[Part] = []
        for child in nodes:
            first, begin = len(variables), len(steps)
            yield child
            parts.append(Part(child, variables[first:], steps[begin:]))
        return parts

    def sides(
        self, node: Node, left: Node | None, right: Node | None
    ) -> Generator[Node, None, tuple[list[int] | None, list[int] | None, list[Step]]]:
        """Read all children; return the variables of two of them (None for an empty one), and the right's steps."""
        variables, steps = self.variables, self.steps
        targets: list[int] | None = None
        values: list[int] | None = None
        kept: list[Step] = []
        for child in node.children:
            first, begin = len(variables), len(steps)
            yield child
            if child == right:
                kept += steps[begin:]
                if child.end_byte > child.start_byte:
                    values = variables[first:]
            elif child == left and child.end_byte > child.start_byte:
                targets = variables[first:]
        return targets, values, kept

    def node_at(self, place: Place, node: Node) -> Node | None:
        """Return the child at a place, if there is one that counts."""
        match place:
            case Field(name):
                child = node.child_by_field_name(name)
                return child if child is not None and child.end_byte > child.start_byte else None
            case Nth(type_, number):
                found = [child for child in self.children(node) if child.type == type_]
                return found[number] if number < len(found) else None
            case Child(number, type_):
                children = self.children(node)
                if not -len(children) <= number < len(children):
                    return None
                child = children[number]
                return child if not type_ or child.type == type_ else None

    def are_paired(self, left: Node | None, right: Node | None) -> bool:
        """Tell whether two sides have equally many direct children, and any at all."""
        if left is None or right is None or not left.child_count or not right.child_count:
            return False
        return self._counted(left) == self._counted(right) > 0

    def pairs(
        self, children: Sequence[Node], left: Node | None, right: Node | None
    ) -> Generator[Node, None, tuple[Operation, dict[int, list[Part]]]]:
        """Read all children, each as its parts: two as their children without commas, the others as themselves."""
        literal = any(side and self.roles[side.kind_id] is _ATOM for side in (left, right))
        parts: dict[int, list[Part]] = {}
        for child in children:
            if not literal and child in (left, right):
                inside = yield from self.parts(self.children(child))
                parts[child.id] = [part for part in inside if part.node.type != ","]
            else:
                parts[child.id] = yield from self.parts((child,))
        if left is None or right is None or (literal and self.literal_pairs):
            return FAIL, parts
        rights = parts[right.id]
        pairs = [(one.variables, other.variables) for one, other in zip(parts[left.id], rights, strict=True)]
        return Pair(pairs, [step for part in rights for step in part.steps]), parts

    def _counted(self, node: Node) -> int:
        """Return how many direct children are no commas; inside a string, as the grammar of 2021 had it."""
        count = 0
        for child in self.children(node):
            type_ = child.type
            if type_ in self.replaced:
                count += child.child_count
            elif type_ != ",":
                count += 1
        return count


def _inside(reading: Reading, node: Node, _rule: object) -> Iterator[Node]:
    """Read the children one after another."""
    yield from node.children
    reading.left_as_it_is()


def _documentation(reading: Reading, node: Node, rule: Documentation) -> Iterator[Node]:
    if not is_documentation(node, rule):
        yield from node.children
    reading.left_as_it_is()


def _declaration(reading: Reading, node: Node, rule: Declaration) -> Iterator[Node]:
    begin = len(reading.steps)
    name, value = node.child_by_field_name(rule.name.name), node.child_by_field_name(rule.value.name)
    names, values, steps = yield from reading.sides(node, name, value)
    if names is None:
        reading.left(begin, FAIL)
    else:
        reading.left(begin, Define(names) if values is None else Join(Relation.COMES_FROM, names, values, steps))


def _grouped_declaration(reading: Reading, node: Node, rule: GroupedDeclaration) -> Iterator[Node]:
    begin = len(reading.steps)
    parts = yield from reading.parts(reading.children(node))
    before = next((at for at, part in enumerate(parts) if part.node.type == rule.sign), len(parts))
    value = parts[before:]
    if before + bool(value) != 2:
        reading.left(begin, Define(parts[0].variables))
        return
    values = [variable for part in value for variable in part.variables]
    steps = [step for part in value for step in part.steps]
    reading.left(begin, Join(Relation.COMES_FROM, parts[0].variables, values, steps))


def _assignment(reading: Reading, node: Node, rule: Assignment) -> Iterator[Node]:
    begin = len(reading.steps)
    left, right = node.child_by_field_name(rule.left.name), node.child_by_field_name(rule.right.name)
    targets, values, steps = yield from reading.sides(node, left, right)
    failed = targets is None or values is None
    reading.left(begin, FAIL if failed else Join(Relation.COMPUTED_FROM, targets or [], values or [], steps))


def _paired_assignment(reading: Reading, node: Node, rule: PairedAssignment) -> Iterator[Node]:
    begin = len(reading.steps)
    left, right = reading.node_at(rule.left, node), reading.node_at(rule.right, node)
    if right is None and rule.optional:
        yield from node.children
        del reading.steps[begin:]
        reading.left_as_it_is()
    elif rule.in_pairs and reading.are_paired(left, right):
        operation, _ = yield from reading.pairs(reading.children(node), left, right)
        reading.left(begin, operation)
    else:
        targets, values, steps = yield from reading.sides(node, left, right)
        failed = targets is None or values is None
        reading.left(begin, FAIL if failed else Pair([(targets or [], values or [])], steps))


def _update(reading: Reading, node: Node, _rule: Update) -> Iterator[Node]:
    begin, first = len(reading.steps), len(reading.variables)
    yield from node.children
    variables = reading.variables[first:]
    reading.left(begin, Join(Relation.COMPUTED_FROM, variables, variables, []))


def _branch(reading: Reading, node: Node, rule: Branch) -> Iterator[Node]:
    steps = reading.steps
    begin = len(steps)
    elsewhere = False
    covered = "else" in node.type
    branches: list[tuple[bool, list[Step]]] = []
    for child in reading.children(node):
        at = len(steps)
        yield child
        type_ = child.type
        covered = covered or "else" in type_
        alternative = elsewhere or type_ in rule.alternatives
        elsewhere = alternative and rule.sticky
        if alternative or len(steps) > at:
            branches.append((alternative, steps[at:]))
    reading.left(begin, Alternatives(branches, rule.keeps or not covered))


def _repetition(reading: Reading, node: Node, _rule: Repetition) -> Iterator[Node]:
    begin = len(reading.steps)
    yield from node.children
    reading.left(begin, Loop([], reading.steps[begin:], True))


def _counted_loop(reading: Reading, node: Node, rule: CountedLoop) -> Iterator[Node]:
    steps = reading.steps
    begin = len(steps)
    head: list[Step] = []
    body: list[Step] = []
    part = head
    for child in reading.children(node):
        update: Node | None = None
        header = part is head and child.type == rule.header
        if header and rule.update:
            update = child.child_by_field_name(rule.update)
        for each in (child,) if update is None else reading.children(child):
            at = len(steps)
            yield each
            (body if each == update else part).extend(steps[at:])
        part = body if header else part
    reading.left(begin, Loop(head, body, part is body))


def _iteration(reading: Reading, node: Node, rule: Iteration) -> Iterator[Node]:
    begin = len(reading.steps)
    target, source = reading.node_at(rule.target, node), reading.node_at(rule.source, node)
    body = reading.node_at(rule.body, node)
    operation: Operation = FAIL
    if rule.in_pairs and reading.are_paired(target, source):
        operation, parts = yield from reading.pairs(reading.children(node), target, source)
    else:
        read = yield from reading.parts(reading.children(node))
        parts = {part.node.id: [part] for part in read}
        if target is not None and source is not None:
            (to,), (of,) = parts[target.id], parts[source.id]
            if rule.paired:
                operation = Pair([(to.variables, of.variables)], of.steps)
            else:
                operation = Join(Relation.COMPUTED_FROM, to.variables, of.variables, of.steps)
    steps: list[Step] = [operation]
    if body is not None:
        steps += parts[body.id][0].steps
    elif not isinstance(rule.body, Child):
        steps.append(FAIL)
    reading.left(begin, Loop([], steps, True))


def _clauses_first(reading: Reading, node: Node, rule: ClausesFirst) -> Iterator[Node]:
    steps = reading.steps
    begin = len(steps)
    first: list[Step] = []
    others: list[Step] = []
    for child in node.children:
        at = len(steps)
        yield child
        (first if child.type in rule.first else others).extend(steps[at:])
    reading.steps[begin:] = first + others
    reading.left_as_it_is()


def _keyed_element(reading: Reading, node: Node, rule: KeyedElement) -> Iterator[Node]:
    steps = reading.steps
    before = len(steps)
    for number, child in enumerate(node.children):
        yield child
        if number == 0 and child.type == rule.wrapper and child.child_count == 1:
            key, step = child.children[0], steps[before] if len(steps) > before else None
            if key.type == rule.key and isinstance(step, int) and step >= 0:
                steps[before] = ~step
    reading.left_as_it_is()


def _is_plain(node: Node, role: PlainAtom) -> bool:
    """Tell whether a string that may have variables inside has none."""
    return all(child.type in role.parts for child in node.children)


_RULES: Mapping[type[Role], Callable[[Reading, Node, Any], Iterator[Node]]] = MappingProxyType(
    {
        Declaration: _declaration,
        GroupedDeclaration: _grouped_declaration,
        Assignment: _assignment,
        PairedAssignment: _paired_assignment,
        Update: _update,
        Branch: _branch,
        Repetition: _repetition,
        CountedLoop: _counted_loop,
        Iteration: _iteration,
        ClausesFirst: _clauses_first,
        KeyedElement: _keyed_element,
        Documentation: _documentation,
    }
)
"""What reads a node with a rule, by the rule's type."""
