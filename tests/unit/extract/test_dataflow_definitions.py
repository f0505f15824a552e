"""The data flow of a file's definitions: who has one, and that it says of canonical tokens what `dataflow` says."""

from __future__ import annotations

from textwrap import dedent

import pytest

from codegraph.config import ExtractConfig
from codegraph.core.dataflow import unpack
from codegraph.core.facts import FileFacts, FlowState, OwnInput, decode_own_input
from codegraph.extract.extractor import Limits, extract, limits_of

ON = Limits(data_flow=True)


def facts_of(source: str, language: str = "python", limits: Limits = ON) -> FileFacts:
    """Extract dedented source."""
    return extract(dedent(source).encode(), language, limits)


def own_of(facts: FileFacts, name: str) -> tuple[FlowState, OwnInput]:
    """Return a definition's state and own input."""
    definition = next(one for one in facts.outline.definitions if one.name == name)
    return definition.flow, decode_own_input(facts.inputs[definition.own])


def rows_of(facts: FileFacts, name: str) -> list[tuple[str, int, list[str]]]:
    """Return a definition's rows: token text, token, texts of the parents."""
    _, own = own_of(facts, name)
    rows = unpack(own.data_flow, len(own.tokens))
    texts = [own.tokens[row.token] for row in rows]
    return [(texts[at], row.token, [texts[parent] for parent in row.parents]) for at, row in enumerate(rows)]


def test_without_data_flow_facts_are_as_ever() -> None:
    """Off is the default: no rows, so own inputs and their digests, hence keys, do not depend on this module."""
    source = "def f(a):\n    b = a\n    return b\n"
    off, on = facts_of(source, limits=Limits()), facts_of(source)
    assert {one.flow for one in off.outline.definitions} == {FlowState.OFF}
    assert all(decode_own_input(own).data_flow == b"" for own in off.inputs.values())
    assert own_of(off, "f")[1].tokens == own_of(on, "f")[1].tokens
    assert own_of(on, "f")[0] is FlowState.PRESENT
    assert own_of(off, "")[1] == own_of(on, "")[1]


def test_facts_of_another_setting_are_another_version() -> None:
    """A switch extracts again; auto is somebody else's decision and counts as off here."""
    assert limits_of(ExtractConfig(data_flow="on")).data_flow
    assert not limits_of(ExtractConfig()).data_flow


def test_rows_name_canonical_tokens() -> None:
    """Decorator, spare commas, comments, docstring and line ends shift the leaves, not what rows stand for."""
    facts = facts_of(
        '''
        class Box:
            @traced(1)
            def fill(self, a, b=2,):
                """Fill it."""
                total = (a, b,)  # both
                return total
        '''
    )
    assert rows_of(facts, "fill") == [
        ("a", 11, []),
        ("b", 13, ["2"]),
        ("2", 15, []),
        ("total", 19, ["a", "b"]),
        ("a", 22, ["a"]),
        ("b", 24, ["b"]),
        ("total", 28, ["total"]),
    ]


def test_leaves_inside_an_opaque_token_stand_for_it() -> None:
    """Template strings are cut otherwise by the grammar than by the canonical tokens."""
    facts = facts_of("function f(a) { var s = `x ${a} y`; return s; }", "javascript")
    assert rows_of(facts, "f") == [("a", 3, []), ("s", 7, ["a"]), ("a", 13, ["a"]), ("s", 19, ["s"])]


@pytest.mark.parametrize(
    ("source", "language", "name", "state"),
    [
        ("class A:\n    pass\n", "python", "A", FlowState.NOT_CALLABLE),
        ("LIMIT = 3\n", "python", "LIMIT", FlowState.NOT_CALLABLE),
        ("def f():\n    pass\n", "python", "f", FlowState.EMPTY),
        ('def f(a):\n    a.b = f"{a}"\n', "python", "f", FlowState.FAILED),
        ('{"a": 1}', "json-config", "", FlowState.NO_LANGUAGE),
        ("type T = { a: string };", "typescript", "T", FlowState.NOT_CALLABLE),
        ("export const f = (a: T) => a;", "tsx", "f", FlowState.PRESENT),
        ("class A { int f(int a) { return a; } }", "java", "f", FlowState.PRESENT),
        ("fun f(a: Int): Int { return a }", "kotlin", "f", FlowState.NO_LANGUAGE),
    ],
)
def test_a_definition_without_data_flow_says_why(source: str, language: str, name: str, state: FlowState) -> None:
    """`status` counts these reasons; only PRESENT carries bytes."""
    found, own = own_of(facts_of(source, language), name)
    assert found is state
    assert bool(own.data_flow) == (state is FlowState.PRESENT)


def test_slow_code_costs_the_file_little() -> None:
    """Code that takes too long is given up, after a few such functions without a try; the file is extracted."""
    # Each loop swaps names of the loops around it, so that no second pass starts as the first one did.
    body = "".join(
        f"{'    ' * n}for v{n} in w:\n{'    ' * (n + 1)}a{n}, a{n - 1} = a{n - 1}, a{n}\n" for n in range(1, 30)
    )
    slow = "".join(f"def slow{number}(w, a0):\n{body}\n" for number in range(8))
    facts = facts_of(f"{slow}def g(a):\n    return a\n")
    assert [one.flow for one in facts.outline.definitions[1:]] == [FlowState.TIME] * 9
