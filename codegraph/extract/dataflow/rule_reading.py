"""What the rules of a language's table make of a node, while a tree is read into a program.

Each rule is resolved once for its grammar into a generator function: it yields the nodes inside in source order,
each of which has been read when the generator goes on, and at its end puts what the rule makes of their steps into
their place. Fields and types are numbers of the grammar by then.
Tests: tests/unit/extract/test_dataflow_*.py.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tree_sitter import Node

from codegraph.extract.dataflow.documentation import is_documentation
from codegraph.extract.dataflow.following import FAIL, Operation, Step, alternatives, define, join, loop, pair
from codegraph.extract.dataflow.kinds import Kinds
from codegraph.extract.dataflow.parts import Paired, Part, Reading, parts, sides
from codegraph.extract.dataflow.rules import (
    Assignment,
    Branch,
    Child,
    ClausesFirst,
    Constructor,
    CountedLoop,
    Declaration,
    Documentation,
    Field,
    GroupedDeclaration,
    Iteration,
    KeyedElement,
    PairedAssignment,
    PlainAtom,
    Relation,
    Repetition,
    Rule,
    Update,
)

_COMES_FROM, _COMPUTED_FROM = Relation.COMES_FROM, Relation.COMPUTED_FROM
Inside = Generator[Node, None, None]
Entered = Callable[[Reading, Node], Iterator[Node] | None]
"""What reads the nodes inside one with a rule; None if that is one token all the same."""


def entered(rule: Rule, kinds: Kinds) -> Entered:
    """Return what reads a node with a rule."""
    made: Entered = _RULES[type(rule)](rule, kinds)
    return made


def _declaration(rule: Declaration, kinds: Kinds) -> Entered:
    name, value = kinds.field(rule.name), kinds.field(rule.value)

    def read(reading: Reading, node: Node) -> Iterator[Node]:
        right = node.child_by_field_id(value)
        if rule.optional and right is None:
            return iter(node.children)
        return sides(reading, node, node.child_by_field_id(name), right, _declared)

    return read


def _declared(names: list[int] | None, values: list[int] | None) -> Operation:
    if names is None:
        return FAIL
    return (define, None, names, None) if values is None else (join, _COMES_FROM, names, values)


def _grouped_declaration(rule: GroupedDeclaration, kinds: Kinds) -> Entered:
    signs = kinds.of({rule.sign})

    def read(reading: Reading, node: Node) -> Inside:
        begin, variables, steps = reading.enter(), reading.variables, reading.steps
        first, names, values, before = len(variables), None, None, 0
        for child in kinds.children(node):
            if values is None and child.kind_id in signs:
                values = len(variables)
                del steps[begin:]
            yield child
            before += values is None
            names = variables[first:] if names is None else names
        if before + (values is not None) == 2:
            end = begin if values is None else len(steps)
            reading.leave(end, (join, _COMES_FROM, names or [], [] if values is None else variables[values:]))
        else:
            reading.leave(begin, (define, None, names or [], None))

    return read


def _assignment(rule: Assignment, kinds: Kinds) -> Entered:
    left, right = kinds.field(rule.left), kinds.field(rule.right)

    def read(reading: Reading, node: Node) -> Inside:
        return sides(reading, node, node.child_by_field_id(left), node.child_by_field_id(right), _assigned)

    return read


def _assigned(targets: list[int] | None, values: list[int] | None) -> Operation:
    return FAIL if targets is None or values is None else (join, _COMPUTED_FROM, targets, values)


def _paired_assignment(rule: PairedAssignment, kinds: Kinds) -> Entered:
    find_left, find_right, paired = kinds.finder(rule.left), kinds.finder(rule.right), Paired(kinds)

    def read(reading: Reading, node: Node) -> Inside:
        left, right = find_left(node), find_right(node)
        if right is None and rule.optional:
            return _unfollowed(reading, node)
        if rule.in_pairs and left is not None and right is not None and paired.fits(left, right):
            return _in_pairs(reading, node, left, right)
        return sides(reading, node, left, right, _paired)

    def _in_pairs(reading: Reading, node: Node, left: Node, right: Node) -> Inside:
        begin = reading.enter()
        steps, _ = yield from paired.read(reading, kinds.children(node), left, right)
        reading.leave(begin, *steps)

    return read


def _unfollowed(reading: Reading, node: Node) -> Inside:
    begin = reading.enter()
    yield from node.children
    reading.leave(begin)


def _paired(targets: list[int] | None, values: list[int] | None) -> Operation:
    return FAIL if targets is None or values is None else (pair, None, targets, values)


def _update(_rule: Update, _kinds: Kinds) -> Entered:
    def read(reading: Reading, node: Node) -> Inside:
        begin, first = reading.enter(), len(reading.variables)
        yield from node.children
        variables = reading.variables[first:]
        reading.leave(begin, (join, _COMPUTED_FROM, variables, variables))

    return read


def _branch(rule: Branch, kinds: Kinds) -> Entered:
    others, otherwise = kinds.of(rule.alternatives), kinds.containing("else")

    def read(reading: Reading, node: Node) -> Inside:
        begin, steps = reading.enter(), reading.steps
        elsewhere = False
        covered = node.kind_id in otherwise
        branches: list[tuple[bool, list[Step]]] = []
        for child in node.children:
            at, kind = len(steps), child.kind_id
            yield child
            alternative = elsewhere or kind in others
            if alternative or kind in otherwise:
                if not kinds.counts(child):
                    continue
                covered = covered or kind in otherwise
                elsewhere = alternative and rule.sticky
            if alternative or len(steps) > at:
                branches.append((alternative, steps[at:]))
        reading.leave(begin, (alternatives, rule.keeps or not covered, branches, None))

    return read


def _repetition(_rule: Repetition, _kinds: Kinds) -> Entered:
    def read(reading: Reading, node: Node) -> Inside:
        begin = reading.enter()
        yield from node.children
        reading.leave(begin, (loop, True, [], reading.steps[begin:]))

    return read


def _counted_loop(rule: CountedLoop, kinds: Kinds) -> Entered:
    by_field = kinds.field(rule.header) if isinstance(rule.header, Field) else 0
    headers = kinds.of({rule.header}) if isinstance(rule.header, str) else frozenset()
    update_field = kinds.field(Field(rule.update)) if rule.update else 0

    def read(reading: Reading, node: Node) -> Inside:
        begin, steps = reading.enter(), reading.steps
        head: list[Step] = []
        body: list[Step] = []
        initial = node.child_by_field_id(by_field) if by_field else None
        part = body if by_field and initial is None else head
        for child in kinds.children(node):
            header = part is head and (child == initial or child.kind_id in headers)
            update = child.child_by_field_id(update_field) if header and update_field else None
            for each in (child,) if update is None else kinds.children(child):
                at = len(steps)
                yield each
                (body if each == update else part).extend(steps[at:])
            part = body if header else part
        reading.leave(begin, (loop, part is body, head, body))

    return read


def _iteration(rule: Iteration, kinds: Kinds) -> Entered:
    find_target, find_source, find_body = (kinds.finder(place) for place in (rule.target, rule.source, rule.body))
    paired, body_optional = Paired(kinds), isinstance(rule.body, Child)

    def read(reading: Reading, node: Node) -> Inside:
        begin = reading.enter()
        target, source, body = find_target(node), find_source(node), find_body(node)
        steps: list[Step] = [FAIL]
        if rule.in_pairs and target is not None and source is not None and paired.fits(target, source):
            steps, found = yield from paired.read(reading, kinds.children(node), target, source)
        else:
            read = yield from parts(reading, kinds.children(node))
            found = {part[0].id: [part] for part in read}
            if target is not None and source is not None:
                steps = _passed(rule, found[target.id][0], found[source.id][0])
        if body is not None:
            steps += found[body.id][0][2]
        elif not body_optional:
            steps.append(FAIL)
        reading.leave(begin, (loop, True, [], steps))

    return read


def _passed(rule: Iteration, to: Part, of: Part) -> list[Step]:
    """Return what gives a loop's target its value, taken as a whole."""
    given: Operation = (pair, None, to[1], of[1]) if rule.paired else (join, _COMPUTED_FROM, to[1], of[1])
    return [*of[2], given]


def _clauses_first(rule: ClausesFirst, kinds: Kinds) -> Entered:
    clauses = kinds.of(rule.first)

    def read(reading: Reading, node: Node) -> Inside:
        begin, steps = reading.enter(), reading.steps
        first: list[Step] = []
        others: list[Step] = []
        for child in node.children:
            at = len(steps)
            yield child
            (first if child.kind_id in clauses else others).extend(steps[at:])
        reading.leave(begin, *first, *others)

    return read


def _keyed_element(rule: KeyedElement, kinds: Kinds) -> Entered:
    wrappers, keys = kinds.of({rule.wrapper}), kinds.of({rule.key})

    def read(reading: Reading, node: Node) -> Inside:
        steps = reading.steps
        before = len(steps)
        key, *others = node.children
        yield key
        if len(steps) > before and key.kind_id in wrappers and key.child_count == 1:
            step = steps[before]
            if key.children[0].kind_id in keys and isinstance(step, int) and step >= 0:
                steps[before] = ~step
        yield from others

    return read


def _constructor(rule: Constructor, kinds: Kinds) -> Entered:
    field = kinds.field(rule.type)

    def read(reading: Reading, node: Node) -> Inside:
        constructor = node.child_by_field_id(field)
        for child in node.children:
            first = len(reading.variables)
            yield child
            if child == constructor:
                del reading.variables[first:]

    return read


def _documentation(rule: Documentation, _kinds: Kinds) -> Entered:
    def read(_reading: Reading, node: Node) -> Iterator[Node]:
        return iter(()) if is_documentation(node, rule) else iter(node.children)

    return read


def _plain_atom(rule: PlainAtom, kinds: Kinds) -> Entered:
    """Read a string that may have variables inside: one token if it has none."""
    parts = kinds.of(rule.parts)

    def read(_reading: Reading, node: Node) -> Iterator[Node] | None:
        children = node.children
        return None if all(child.kind_id in parts for child in children) else iter(children)

    return read


_RULES: Mapping[type[Rule], Callable[[Any, Kinds], Entered]] = MappingProxyType(
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
        Constructor: _constructor,
        Documentation: _documentation,
        PlainAtom: _plain_atom,
    }
)
"""What makes the reader of a rule, by the rule's type."""
