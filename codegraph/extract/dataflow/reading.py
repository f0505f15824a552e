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

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tree_sitter import Node

from codegraph.extract.dataflow.documentation import is_documentation
from codegraph.extract.dataflow.following import FAIL, Alternatives, Define, Join, Loop, Operation, Pair, Step
from codegraph.extract.dataflow.function_text import FunctionText
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
"""Nodes with a rule inside each other, at five frames each; deeper code is not followed."""


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
    starts: dict[int, int]
    """Where each variable starts, in bytes."""
    steps: list[Step]


def read(nodes: Sequence[Node], grammar: FlowGrammar, source: FunctionText, *, literal_pairs: bool) -> Program:
    """Read neighbouring nodes.

    `literal_pairs`: a string is paired part by part, which fails, as in the reference. Raises NestedTooDeep.
    """
    sound = not any(node.has_error for node in nodes)
    reader = _Reader(grammar, source, literal_pairs=literal_pairs, sound=sound)
    steps: list[Step] = []
    reader.read(nodes, steps)
    return Program(reader.tokens, reader.starts, steps)


class _Reader:
    """Reads the nodes of one function."""

    def __init__(self, grammar: FlowGrammar, source: FunctionText, *, literal_pairs: bool, sound: bool) -> None:
        self.tokens: list[str] = []
        self.starts: dict[int, int] = {}
        self._variables: list[int] = []
        self._grammar = grammar
        self._roles = grammar.roles
        self._literal_pairs = literal_pairs
        self._depth = 0
        roles = grammar.roles_and_fixed if sound and source.ascii else grammar.roles
        self._role_of = roles.get
        self._hot = (roles.get, grammar.types, grammar.identifiers, source.ascii, source.between, source.base)

    def read(self, nodes: Iterable[Node], steps: list[Step]) -> None:
        """Read subtrees: append their tokens and their steps."""
        role_of, types, identifiers, ascii_text, between, base = self._hot
        tokens, starts, variables = self.tokens, self.starts, self._variables
        outer: list[Iterator[Node]] = []
        level = iter(nodes)
        while True:
            for node in level:
                kind = node.kind_id
                role = role_of(kind)
                if role is None:
                    children = node.children
                    if children:
                        outer.append(level)
                        level = iter(children)
                        break
                elif isinstance(role, str):
                    tokens.append(role)
                    continue
                elif self._took(node, role, steps):
                    continue
                start, end = node.start_byte, node.end_byte
                if start == end:
                    continue
                text = ascii_text[start - base : end - base] if ascii_text else between(start, end)
                if "\n" in text:
                    text = text.replace("\n", "")
                if text != types[kind] and (role is None or role is not Mark.KEYWORD):
                    number = len(tokens)
                    variables.append(number)
                    starts[number] = start
                    steps.append(number if kind in identifiers else ~number)
                tokens.append(text)
            else:
                if not outer:
                    return
                level = outer.pop()

    def _took(self, node: Node, role: Role, steps: list[Step]) -> bool:
        """Do what a role asks for; False if the node is a token."""
        if role is Mark.DROPPED or role is Mark.SILENT:
            return True
        if role is Mark.ATOM or not node.child_count or self._is_plain(node, role):
            return False
        if node.end_byte > node.start_byte:
            self._depth += 1
            if self._depth > MAX_NESTING:
                raise NestedTooDeep
            steps += self._steps(node, role)
            self._depth -= 1
        return True

    def _is_plain(self, node: Node, role: Role) -> bool:
        """Tell whether a string that may have variables inside has none."""
        return isinstance(role, PlainAtom) and all(child.type in role.parts for child in node.children)

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
            case Documentation():
                return [] if is_documentation(node, role) else self._inside(node)
            case _:
                return self._inside(node)

    def _inside(self, node: Node) -> list[Step]:
        """Read the children one after another."""
        steps: list[Step] = []
        self.read(node.children, steps)
        return steps

    def _children(self, node: Node) -> list[Node]:
        """Return the children that count: not dropped, not empty."""
        role_of = self._roles.get
        return [
            child
            for child in node.children
            if role_of(child.kind_id) is not Mark.DROPPED and child.end_byte > child.start_byte
        ]

    def _parts(self, nodes: Iterable[Node]) -> list[Part]:
        """Read nodes, each by itself."""
        parts: list[Part] = []
        for child in nodes:
            first = len(self._variables)
            steps: list[Step] = []
            role = self._role_of(child.kind_id)
            if isinstance(role, str):
                self.tokens.append(role)
            else:
                self.read((child,), steps)
            parts.append(Part(child, first, len(self._variables), steps))
        return parts

    def _of(self, *parts: Part) -> list[int]:
        """Return the numbers of the variables of neighbouring parts."""
        return self._variables[parts[0].first : parts[-1].end]

    def _sides(
        self, node: Node, left: Node | None, right: Node | None
    ) -> tuple[list[int] | None, list[int] | None, list[Step]]:
        """Read all children; return the variables of two of them (None for an empty one), and the right's steps."""
        sides: list[list[int] | None] = [None, None]
        steps: list[Step] = []
        unused: list[Step] = []
        for child in node.children:
            first = len(self._variables)
            role = self._role_of(child.kind_id)
            if isinstance(role, str):
                self.tokens.append(role)
            else:
                self.read((child,), steps if child == right else unused)
            if child in (left, right) and child.end_byte > child.start_byte:
                sides[child == right] = self._variables[first:]
        return sides[0], sides[1], steps

    def _declaration(self, node: Node, rule: Declaration) -> list[Step]:
        name, value = node.child_by_field_name(rule.name.name), node.child_by_field_name(rule.value.name)
        names, values, steps = self._sides(node, name, value)
        if names is None:
            return [FAIL]
        return [Define(names) if values is None else Join(Relation.COMES_FROM, names, values, steps)]

    def _grouped_declaration(self, node: Node, rule: GroupedDeclaration) -> list[Step]:
        parts = self._parts(self._children(node))
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
        left, right = node.child_by_field_name(rule.left.name), node.child_by_field_name(rule.right.name)
        targets, values, steps = self._sides(node, left, right)
        if targets is None or values is None:
            return [FAIL]
        return [Join(Relation.COMPUTED_FROM, targets, values, steps)]

    def _paired_assignment(self, node: Node, rule: PairedAssignment) -> list[Step]:
        left, right = self._node_at(rule.left, node), self._node_at(rule.right, node)
        if right is None and rule.optional:
            self._inside(node)
            return []
        if rule.in_pairs and self._are_paired(left, right):
            return [self._pairs(self._children(node), left, right)[0]]
        lefts, rights, steps = self._sides(node, left, right)
        return [FAIL if lefts is None or rights is None else Pair([(lefts, rights)], steps)]

    def _are_paired(self, left: Node | None, right: Node | None) -> bool:
        """Tell whether two sides have equally many direct children, and any at all."""
        if left is None or right is None or not left.child_count or not right.child_count:
            return False
        return self._counted(left) == self._counted(right) > 0

    def _pairs(
        self, children: Sequence[Node], left: Node | None, right: Node | None
    ) -> tuple[Operation, dict[int, list[Part]]]:
        """Read all children, each as its parts: two as their children without commas, the others as themselves."""
        literal = any(side and self._roles.get(side.kind_id) is Mark.ATOM for side in (left, right))
        parts: dict[int, list[Part]] = {}
        for child in children:
            if not literal and child in (left, right):
                parts[child.id] = [part for part in self._parts(self._children(child)) if part.node.type != ","]
            else:
                parts[child.id] = self._parts((child,))
        if left is None or right is None or (literal and self._literal_pairs):
            return FAIL, parts
        rights = parts[right.id]
        pairs = [(self._of(one), self._of(other)) for one, other in zip(parts[left.id], rights, strict=True)]
        return Pair(pairs, [step for part in rights for step in part.steps]), parts

    def _counted(self, node: Node) -> int:
        """Return how many direct children are no commas; inside a string, as the grammar of 2021 had it."""
        count = 0
        for child in self._children(node) if node.child_count else ():
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
        for part in self._parts(self._children(node)):
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
                self.read((child,), body)
            elif child.type == rule.header:
                counted = True
                update = child.child_by_field_name(rule.update) if rule.update else None
                if update is None:
                    self.read((child,), head)
                    continue
                for each in self._children(child):
                    self.read((each,), body if each == update else head)
            else:
                self.read((child,), head)
        return [Loop(head, body, counted)]

    def _iteration(self, node: Node, rule: Iteration) -> list[Step]:
        target, source = self._node_at(rule.target, node), self._node_at(rule.source, node)
        body = self._node_at(rule.body, node)
        operation: Operation = FAIL
        if rule.in_pairs and self._are_paired(target, source):
            operation, parts = self._pairs(self._children(node), target, source)
        else:
            parts = {part.node.id: [part] for part in self._parts(self._children(node))}
            if target is not None and source is not None:
                (to,), (of,) = parts[target.id], parts[source.id]
                if rule.paired:
                    operation = Pair([(self._of(to), self._of(of))], of.steps)
                else:
                    operation = Join(Relation.COMPUTED_FROM, self._of(to), self._of(of), of.steps)
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
            self.read((child,), first if child.type in rule.first else others)
        return first + others

    def _keyed_element(self, node: Node, rule: KeyedElement) -> list[Step]:
        steps: list[Step] = []
        for number, child in enumerate(node.children):
            before = len(steps)
            self.read((child,), steps)
            if number == 0 and child.type == rule.wrapper and child.child_count == 1:
                key, step = child.children[0], steps[before] if len(steps) > before else None
                if key.type == rule.key and isinstance(step, int) and step >= 0:
                    steps[before] = ~step
        return steps

    def _node_at(self, place: Place, node: Node) -> Node | None:
        """Return the child at a place, if there is one that counts."""
        match place:
            case Field(name):
                child = node.child_by_field_name(name)
                return child if child is not None and child.end_byte > child.start_byte else None
            case Nth(type_, number):
                found = [child for child in self._children(node) if child.type == type_]
                return found[number] if number < len(found) else None
            case Child(number, type_):
                children = self._children(node)
                if not -len(children) <= number < len(children):
                    return None
                child = children[number]
                return child if not type_ or child.type == type_ else None
