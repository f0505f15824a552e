"""A syntax tree read once, into tokens and a short program that says how values flow between them.

Tokens are the leaves of the tree; strings are one token though they have parts. A *variable* is a token whose
text is not its type: names, literals, but neither operators nor keywords. The program is a list of steps: the
number of a variable (inverted, `~number`, if the token defines no name at first sight), or an operation of
`following`. Nodes without a rule leave no trace: their children's steps stand in their parent's list.
Every node is visited once, in source order, because the numbers of tokens depend on it; whether the reference
would look at a part, and how often, is said by the program. There is one loop and no recursion: what a node with
a rule has inside comes from a generator of `rule_reading`.
Tests: tests/unit/extract/test_dataflow_*.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tree_sitter import Node

from codegraph.extract.dataflow.following import Step
from codegraph.extract.dataflow.function_text import FunctionText
from codegraph.extract.dataflow.grammars import FlowGrammar, Mark, Role
from codegraph.extract.dataflow.rule_reading import Reading

_NAME, _KEYWORD = Mark.NAME, Mark.KEYWORD


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
    sound = bool(source.ascii) and not any(node.has_error for node in nodes)
    reading = Reading(grammar, literal_pairs=literal_pairs)
    _read(nodes, source, grammar, grammar.roles_and_fixed if sound else grammar.roles, reading)
    return Program(reading.tokens, dict(zip(reading.variables, reading.starts, strict=True)), reading.steps)


def _read(
    nodes: Sequence[Node],
    source: FunctionText,
    grammar: FlowGrammar,
    roles: Mapping[int, Role | str | None],
    reading: Reading,
) -> None:
    """Read subtrees: append their tokens, variables and steps."""
    types, identifiers = grammar.types, grammar.identifiers
    ascii_text, base, between = source.ascii, source.base, source.between
    tokens, variables, starts, steps = reading.tokens, reading.variables, reading.starts, reading.steps
    outer: list[Iterator[Node]] = []
    level = iter(nodes)
    while True:
        for node in level:
            kind = node.kind_id
            role = roles[kind]
            if isinstance(role, str):
                tokens.append(role)
                continue
            inner: Iterator[Node] | None = None
            if role is None:
                children = node.children
                if children:
                    inner = iter(children)
            elif role is not _NAME:
                inner = reading.entered(node, role)
            elif node.child_count:
                inner = iter(node.children)
            if inner is not None:
                outer.append(level)
                level = inner
                break
            start, end = node.start_byte, node.end_byte
            if start == end:
                continue
            text = ascii_text[start - base : end - base] if ascii_text else between(start, end)
            if "\n" in text:
                text = text.replace("\n", "")
            if text != types[kind] and role is not _KEYWORD:
                number = len(tokens)
                variables.append(number)
                starts.append(start)
                steps.append(number if role is _NAME or kind in identifiers else ~number)
            tokens.append(text)
        else:
            if not outer:
                return
            level = outer.pop()
