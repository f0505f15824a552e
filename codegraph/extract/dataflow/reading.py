"""A syntax tree read once, into tokens and a short program that says how values flow between them.

Tokens are the leaves of the tree; strings are one token though they have parts. A *variable* is a token whose
text is not its type: names, literals, but neither operators nor keywords. The program is a list of steps: the
number of a variable (inverted, `~number`, if the token defines no name at first sight), or an operation of
`following`. Nodes without a rule leave no trace: their children's steps stand in their parent's list.
Every node is visited once, in source order, because the numbers of tokens depend on it; whether the reference
would look at a part, and how often, is said by the program.
Tests: tests/unit/extract/test_dataflow_*.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tree_sitter import Node

from codegraph.extract.dataflow.following import FAIL, Alternatives, Define, Join, Loop, Operation, Pair, Step
from codegraph.extract.dataflow.grammars import FlowGrammar, Mark, PlainAtom, Role
from codegraph.extract.dataflow.rules import (
    Assignment,
    Branch,
    Child,
    ClausesFirst,
    CountedLoop,
    Declaration,
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

MAX_NESTING = 150
"""Nodes with a rule inside each other; deeper code is not followed."""


class NestedTooDeep(Exception):
    """More nodes with a rule inside each other than MAX_NESTING."""


class Part(NamedTuple):
    """A node that was read: its variables, as a slice of all, and its steps."""

    node: Node
    first: int
    end: int
    steps: list[Step]


class Program(NamedTuple):
    """What a tree says."""

    tokens: list[str]
    spans: list[tuple[int, int]]
    """Where each token stands, in bytes."""
    steps: list[Step]


def read(
    nodes: Sequence[Node], grammar: FlowGrammar, text_of: Callable[[int, int], str], *, literal_pairs: bool
) -> Program:
    """Read neighbouring nodes. `text_of` gives the text between two byte offsets, without line ends.

    `literal_pairs`: a string is paired part by part, which fails, as in the reference. Raises NestedTooDeep.
    """
    reader = _Reader(grammar, text_of, literal_pairs=literal_pairs)
    steps: list[Step] = []
    for node in nodes:
        reader.read(node, steps)
    return Program(reader.tokens, reader.spans, steps)


class _Reader:
    """Reads the nodes of one function."""

    def __init__(self, grammar: FlowGrammar, text_of: Callable[[int, int], str], *, literal_pairs: bool) -> None:
        self.tokens: list[str] = []
        self.spans: list[tuple[int, int]] = []
        self._variables: list[int] = []
        self._grammar = grammar
        self._roles = grammar.roles
        self._types = grammar.types
        self._text_of = text_of
        self._literal_pairs = literal_pairs
        self._depth = 0

    def read(self, root: Node, steps: list[Step]) -> None:
        """Read a subtree: append its tokens and its steps."""
        role_of, types, identifiers = self._roles.get, self._types, self._grammar.identifiers
        text_of, tokens, spans = self._text_of, self.tokens, self.spans
        stack = [root]
        while stack:
            node = stack.pop()
            kind = node.kind_id
            role = role_of(kind)
            if role is None:
                if node.child_count:
                    stack += node.children[::-1]
                    continue
            elif role is Mark.DROPPED or role is Mark.SILENT:
                continue
            elif role is not Mark.ATOM and node.child_count and not self._is_plain(node, role):
                self._apply(node, role, steps)
                continue
            start, end = node.start_byte, node.end_byte
            if start == end:
                continue
            text = text_of(start, end)
            if text != types[kind] and role is not Mark.KEYWORD:
                self._variables.append(len(tokens))
                steps.append(len(tokens) if kind in identifiers else ~len(tokens))
            tokens.append(text)
            spans.append((start, end))

    def _is_plain(self, node: Node, role: Role) -> bool:
        """Tell whether a string that may have variables inside has none."""
        return isinstance(role, PlainAtom) and all(child.type in role.parts for child in node.children)

    def _apply(self, node: Node, role: Role, steps: list[Step]) -> None:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise NestedTooDeep
        steps += self._steps(node, role)
        self._depth -= 1

    def _steps(self, node: Node, role: Role) -> list[Step]:
        match role:
            case Declaration():
                return self._declaration(node, role)
            case GroupedDeclaration():
                return self._grouped_declaration(node, role)
            case Assignment():
                return self._assignment(node, role)
            case PairedAssignment():
                return self._paired_assignment(node, role)
            case Update():
                return self._update(node)
            case Branch():
                return self._branch(node, role)
            case Repetition():
                return [Loop([], self._inside(node), True)]
            case CountedLoop():
                return self._counted_loop(node, role)
            case Iteration():
                return self._iteration(node, role)
            case ClausesFirst():
                return self._clauses_first(node, role)
            case KeyedElement():
                return self._keyed_element(node, role)
            case _:
                return self._inside(node)

    def _inside(self, node: Node) -> list[Step]:
        """Read the children one after another."""
        steps: list[Step] = []
        for child in node.children:
            self.read(child, steps)
        return steps

    def _part(self, node: Node) -> Part:
        first = len(self._variables)
        steps: list[Step] = []
        self.read(node, steps)
        return Part(node, first, len(self._variables), steps)

    def _children(self, node: Node) -> list[Node]:
        """Return the children that count: not dropped, not empty."""
        role_of = self._roles.get
        return [
            child
            for child in node.children
            if role_of(child.kind_id) is not Mark.DROPPED and (child.end_byte > child.start_byte or child.child_count)
        ]

    def _parts(self, node: Node) -> list[Part]:
        return [self._part(child) for child in self._children(node)]

    def _of(self, *parts: Part) -> list[int]:
        """Return the numbers of the variables of neighbouring parts."""
        return self._variables[parts[0].first : parts[-1].end]

    def _declaration(self, node: Node, rule: Declaration) -> list[Step]:
        parts = self._parts(node)
        name, value = _at(rule.name, node, parts), _at(rule.value, node, parts)
        if name is None:
            return [FAIL]
        if value is None:
            return [Define(self._of(name))]
        return [Join(Relation.COMES_FROM, self._of(name), self._of(value), value.steps)]

    def _grouped_declaration(self, node: Node, rule: GroupedDeclaration) -> list[Step]:
        parts = self._parts(node)
        before = next((at for at, part in enumerate(parts) if part.node.type == rule.sign), len(parts))
        groups = [[part] for part in parts[:before]]
        if parts[before:]:
            groups.append(parts[before:])
        if len(groups) != 2:
            return [Define(self._of(parts[0]))]
        value = groups[1]
        steps = [step for part in value for step in part.steps]
        return [Join(Relation.COMES_FROM, self._of(parts[0]), self._of(*value), steps)]

    def _assignment(self, node: Node, rule: Assignment) -> list[Step]:
        parts = self._parts(node)
        left, right = _at(rule.left, node, parts), _at(rule.right, node, parts)
        if left is None or right is None:
            return [FAIL]
        return [Join(Relation.COMPUTED_FROM, self._of(left), self._of(right), right.steps)]

    def _paired_assignment(self, node: Node, rule: PairedAssignment) -> list[Step]:
        children = self._children(node)
        left, right = _node_at(rule.left, node, children), _node_at(rule.right, node, children)
        if right is None and rule.optional:
            self._inside(node)
            return []
        operation, _ = self._paired(children, left, right, in_pairs=rule.in_pairs)
        return [operation]

    def _paired(
        self, children: Sequence[Node], left: Node | None, right: Node | None, *, in_pairs: bool
    ) -> tuple[Operation, dict[int, list[Part]]]:
        """Read all children, each as its parts: itself or, where sides are paired, its children without commas."""
        split = literal = False
        if in_pairs and left is not None and right is not None and self._counted(left) == self._counted(right) > 0:
            literal = Mark.ATOM in (self._roles.get(left.kind_id), self._roles.get(right.kind_id))
            split = not literal
        parts: dict[int, list[Part]] = {}
        for child in children:
            if split and child in (left, right):
                parts[child.id] = [part for part in self._parts(child) if part.node.type != ","]
            else:
                parts[child.id] = [self._part(child)]
        if left is None or right is None or (literal and self._literal_pairs):
            return FAIL, parts
        rights = parts[right.id]
        pairs = [(self._of(one), self._of(other)) for one, other in zip(parts[left.id], rights, strict=True)]
        return Pair(pairs, [step for part in rights for step in part.steps]), parts

    def _counted(self, node: Node) -> int:
        """Return how many direct children are no commas; inside a string, as the grammar of 2021 had it."""
        count = 0
        for child in self._children(node):
            if child.type in self._grammar.table.replaced:
                count += child.child_count
            elif child.type != ",":
                count += 1
        return count

    def _update(self, node: Node) -> list[Step]:
        first = len(self._variables)
        self._inside(node)
        variables = self._variables[first:]
        return [Join(Relation.COMPUTED_FROM, variables, variables, [])]

    def _branch(self, node: Node, rule: Branch) -> list[Step]:
        elsewhere = False
        covered = "else" in node.type
        branches: list[tuple[bool, list[Step]]] = []
        for part in self._parts(node):
            type_ = part.node.type
            covered = covered or "else" in type_
            alternative = type_ in rule.alternatives or elsewhere
            elsewhere = alternative and rule.sticky
            if alternative or part.steps:
                branches.append((alternative, part.steps))
        return [Alternatives(branches, rule.keeps or not covered)]

    def _counted_loop(self, node: Node, rule: CountedLoop) -> list[Step]:
        head: list[Step] = []
        body: list[Step] = []
        counted = False
        for child in self._children(node):
            if counted:
                self.read(child, body)
            elif child.type == rule.header:
                counted = True
                update = child.child_by_field_name(rule.update) if rule.update else None
                if update is None:
                    self.read(child, head)
                    continue
                for each in self._children(child):
                    self.read(each, body if each == update else head)
            else:
                self.read(child, head)
        return [Loop(head, body, counted)]

    def _iteration(self, node: Node, rule: Iteration) -> list[Step]:
        children = self._children(node)
        target, source = _node_at(rule.target, node, children), _node_at(rule.source, node, children)
        body = _node_at(rule.body, node, children)
        operation, parts = self._paired(children, target, source, in_pairs=rule.paired and rule.in_pairs)
        if not rule.paired and isinstance(operation, Pair):
            ((targets, values),) = operation.pairs
            operation = Join(Relation.COMPUTED_FROM, targets, values, operation.steps)
        steps: list[Step] = [operation]
        if body is not None:
            steps += parts[body.id][0].steps
        elif not isinstance(rule.body, Child):
            steps.append(FAIL)
        return [Loop([], steps, True)]

    def _clauses_first(self, node: Node, rule: ClausesFirst) -> list[Step]:
        first: list[Step] = []
        others: list[Step] = []
        for child in node.children:
            self.read(child, first if child.type in rule.first else others)
        return first + others

    def _keyed_element(self, node: Node, rule: KeyedElement) -> list[Step]:
        steps: list[Step] = []
        for number, child in enumerate(node.children):
            before = len(steps)
            self.read(child, steps)
            if number == 0 and child.type == rule.wrapper and child.child_count == 1:
                key, step = child.children[0], steps[before] if len(steps) > before else None
                if key.type == rule.key and isinstance(step, int) and step >= 0:
                    steps[before] = ~step
        return steps


def _node_at(place: Place, node: Node, children: Sequence[Node]) -> Node | None:
    """Return the child at a place."""
    match place:
        case Field(name):
            child = node.child_by_field_name(name)
            return child if child in children else None
        case Nth(type_, number):
            found = [child for child in children if child.type == type_]
            return found[number] if number < len(found) else None
        case Child(number, type_):
            if not -len(children) <= number < len(children):
                return None
            child = children[number]
            return child if not type_ or child.type == type_ else None


def _at(place: Field, node: Node, parts: Sequence[Part]) -> Part | None:
    """Return the part that was read for the child under a field."""
    found = node.child_by_field_name(place.name)
    return None if found is None else next((part for part in parts if part.node == found), None)
