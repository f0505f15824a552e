"""Notebooks: which of their lines are Python, and that every place is the file's own."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from projects import Project

from codegraph.core.facts import UNPARSED, FileFacts, decode_own_input
from codegraph.core.symbols import SymbolId
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.languages.jupyter import rewritten
from codegraph.extract.text import SourceText

CELLS: list[tuple[str, str]] = [
    ("markdown", "# Title with hidden()\n"),
    ("code", "%matplotlib inline\n!pip install \\\n  thing --now()\nimport tools\nfrom tools import load\ntools?\n"),
    (
        "code",
        'def train(data, name="a\\t"):\n    """Trains.\n\n    Well."""\n    return load(f"{data}", \'\\n\')\n',
    ),
    ("code", "%%bash\nfor x in load(); do echo; done\n"),
    (
        "code",
        "%%time\nresult = train(1) \\\n    + load(2)\nclass Model:\n    def fit(self):\n        return self.fit()",
    ),
]


def notebook(cells: list[tuple[str, str]] = CELLS, language: str = "python", **how: Any) -> bytes:
    """Write a notebook as Jupyter does."""
    written = [
        {
            "cell_type": kind,
            "metadata": {"source": ["no()"]},
            **({"execution_count": 1, "outputs": [{"data": {"text/plain": ["hidden()"]}}]} if kind == "code" else {}),
            "source": text.splitlines(keepends=True),
        }
        for kind, text in cells
    ]
    metadata = {"kernelspec": {"display_name": "x", "language": language}}
    content = {"cells": written, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, **({"indent": 1, "ensure_ascii": False} | how)).encode() + b"\n"


def facts_of(data: bytes) -> FileFacts:
    """Extract a notebook."""
    return extract(data, "jupyter", Limits())


def test_cells_are_one_python_file() -> None:
    """Definitions, imports and calls of all cells; commands of IPython, text, results and other languages are none."""
    facts = facts_of(notebook())
    assert not facts.outline.problems
    assert [each.name for each in facts.outline.definitions] == ["", "train", "result", "Model", "fit"]
    assert [each.module for each in facts.occurrences.imports] == ["tools", "tools"]
    chains = {each.chain for each in facts.occurrences.references}
    assert {("load",), ("train",), ("@self", "fit")} <= chains
    assert not {"hidden", "no", "now", "thing"} & {name for chain in chains for name in chain}


def test_a_function_is_what_it_would_be_in_a_file() -> None:
    """Its tokens are those of the source that JSON holds, but for blanks in strings with escapes."""
    facts = facts_of(notebook([("code", "def f(x):\n    if x:\n        return g(x)\n    return x\n")]))
    plain = extract(b"if 1:\n  def f(x):\n    if x:\n        return g(x)\n    return x\n", "python", Limits())
    mine, other = (decode_own_input(each.inputs[each.outline.definitions[1].own]) for each in (facts, plain))
    assert (mine.tokens, mine.signature) == (other.tokens, other.signature)


def test_places_are_those_of_the_notebook() -> None:
    """An editor that shows the file as text finds each name there."""
    data = notebook()
    lines = data.decode().splitlines()
    facts = facts_of(data)
    for each in facts.occurrences.references:
        line, column = each.positions[:2]
        assert lines[line][column:].startswith(each.chain[-1])
    for definition in facts.outline.definitions[1:]:
        place = definition.selection_range
        assert lines[place.start_line][place.start_column : place.end_column] == definition.name


@pytest.mark.parametrize(
    "data",
    [
        notebook(indent=None),
        notebook(language="R"),
        notebook().replace(b'"return', b'"a\\nreturn').replace(b'"    return', b'"a\\n    return'),
    ],
)
def test_what_is_not_written_so_is_read_by_its_words(data: bytes) -> None:
    """On one line, in another language, several lines in one: nothing is defined, and calls are said to be unparsed."""
    facts = facts_of(data)
    assert len(facts.outline.definitions) == 1
    found = {each.chain for each in facts.occurrences.references}
    assert {(UNPARSED, "load"), (UNPARSED, "train")} <= found
    assert all(chain[0] == UNPARSED for chain in found)


def test_notebooks_call_the_project() -> None:
    """Edges lead from cells to modules; what was only read by words is a reason for doubt."""
    tools = "def load(data): return data\ndef other(): pass\n"
    project = Project({"tools.py": tools, "a.ipynb": notebook().decode(), "b.ipynb": notebook(language="R").decode()})
    assert project.edges("a.ipynb/train().", "calls") == ["calls tools.py/load()."]
    assert "calls a.ipynb/train()." in project.edges("a.ipynb/result.", "calls")
    assert project.edges("b.ipynb/") == []
    misses = {(each.name, each.reason) for each in project.index.snapshot.unresolved("b.ipynb")}
    assert ("load", "unparsed") in misses
    symbol = SymbolId("a.ipynb/Model#fit().")
    assert [edge.target for edge in project.index.snapshot.dependencies(symbol)] == [symbol]


@given(st.integers(0, 1 << 30))
def test_damaged_notebooks_give_facts(seed: int) -> None:
    """Whatever is cut out or put in, what is read has as many bytes and the same line ends."""
    chance = random.Random(seed)
    data = bytearray(notebook())
    for _ in range(chance.randint(1, 5)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.randrange(40))
        data[start:end] = chance.choice([b"", b"[", b"}", b'"', b"\\", b"\n", b"\xff\x00", bytes(data[start:end]) * 2])
    found = rewritten(SourceText(bytes(data)))
    if isinstance(found, bytes):
        assert len(found) == len(data)
        assert [at for at, byte in enumerate(found) if byte in b"\r\n"] == [
            at for at, byte in enumerate(data) if byte in b"\r\n"
        ]
    facts_of(bytes(data))
