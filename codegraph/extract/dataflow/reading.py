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

from collections.abc import Iterable, Iterator, Sequence

from tree_sitter import Node

from codegraph.extract.dataflow.function_text import FunctionText
from codegraph.extract.dataflow.grammars import FlowGrammar, Mark
from codegraph.extract.dataflow.parts import Reading

_ATOM, _SILENT, _DROPPED, _KEYWORD, _NAME = Mark


def read(nodes: Sequence[Node], grammar: FlowGrammar, source: FunctionText, reading: Reading) -> None:
    """Read subtrees: append their tokens, variables and steps. Raises NestedTooDeep."""
    _read(nodes, grammar, source, reading, sound=not any(node.has_error for node in nodes))


def _read(nodes: Sequence[Node], grammar: FlowGrammar, source: FunctionText, reading: Reading, *, sound: bool) -> None:
    types, identifiers, ascii_text = grammar.types, grammar.identifiers, source.ascii
    roles = grammar.roles_and_fixed if ascii_text else grammar.roles
    tokens, variables, starts, steps = reading.tokens, reading.variables, reading.starts, reading.steps
    outer: list[Iterator[Node]] = []
    level = iter(nodes)
    inner: Iterable[Node] | None
    while True:
        for node in level:
            kind = node.kind_id
            role = roles[kind]
            if role is None or (role is _NAME and node.child_count):
                if inside := node.children:
                    if not sound and not node.has_error:
                        _read(inside, grammar, source, reading, sound=True)
                        continue
                    outer.append(level)
                    level = iter(inside)
                    break
            elif role is _NAME:
                pass
            elif isinstance(role, str):
                if sound or node.end_byte > node.start_byte:
                    tokens.append(role)
                continue
            elif role is _DROPPED or role is _SILENT:
                continue
            elif role is not _ATOM and node.child_count:
                if node.end_byte == node.start_byte:
                    continue
                inner = node.children if isinstance(role, Mark) else role(reading, node)
                if inner is not None:
                    outer.append(level)
                    level = iter(inner)
                    break
            start = node.start_byte
            end = node.end_byte
            if start == end:
                continue
            text = ascii_text[start:end] if ascii_text else source.between(start, end)
            if role is _NAME:
                if text != types[kind]:
                    number = len(tokens)
                    variables.append(number)
                    starts[number] = start
                    steps.append(number)
            else:
                if "\n" in text:
                    text = text.replace("\n", "")
                if text != types[kind] and role is not _KEYWORD:
                    number = len(tokens)
                    variables.append(number)
                    starts[number] = start
                    steps.append(number if kind in identifiers else ~number)
            tokens.append(text)
        else:
            if not outer:
                return
            level = outer.pop()
