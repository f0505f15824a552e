"""Variants of JavaScript functions say what they are called, and parse."""

from __future__ import annotations

import random
import shutil
import subprocess

import pytest

from benchmarks.clones import measure
from benchmarks.variants_javascript import VARIANTS, functions_of
from codegraph.extract.grammar import compiled
from codegraph.search.clones import CloneBounds

SOURCE = """
class Shelf {
  collect(rows, { width = 2, other }) {
    const found = [];
    let total = 0;
    for (const row of rows) {
      if (row.size > width) {
        found.push(`${row.name}: ${row.size}`);
      } else {
        total += row.size * 3;
      }
    }
    const names = found.map(each => each.toUpperCase());
    return names.concat(total, other);
  }
  get short() {
    return 1;
  }
}
"""
COLLECT = functions_of(SOURCE)[0]
CALL = 'collect([{size: 1, name: "a"}, {size: 5, name: "b"}, {size: 2, name: "c"}], {other: "z"})'


def variant(kind: str) -> str:
    made = VARIANTS[kind](COLLECT.text, random.Random(1))
    assert made is not None
    return made


def test_functions_are_those_of_some_length() -> None:
    """A method is written down as a function; accessors and short ones are left out, and all of a broken file."""
    assert [each.name for each in functions_of(SOURCE)] == ["collect"]
    assert COLLECT.text.startswith("function collect(rows")
    assert functions_of(SOURCE + "class {") == []


@pytest.mark.parametrize("kind", [kind for kind in VARIANTS if kind != "exact"])
def test_variants_parse_and_differ(kind: str) -> None:
    """What is made is JavaScript, and not the original."""
    assert variant(kind) != COLLECT.text
    assert not compiled("javascript").parser.parse(variant(kind).encode()).root_node.has_error


def test_a_renaming_reaches_every_place() -> None:
    """No bound name is left, short properties keep their keys, members their names."""
    text = variant("renamed")
    assert not any(name in text for name in ("rows", "found", "total", "each", "collect"))
    assert "{ width: " in text
    assert ".size" in text


def test_every_rewrite_is_applied() -> None:
    """Loop, branches, arrow, template, assignment and result are said in other words."""
    text = variant("all rewritten")
    assert not any(part in text for part in (" of ", "`", "+=", "=> each", "return names"))
    assert "if (!(row.size > width))" in text


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
@pytest.mark.parametrize("kind", ["inserted", "all rewritten"])
def test_variants_do_the_same(kind: str) -> None:
    """The variant returns what the original returns."""
    said = [
        subprocess.run(
            ["node", "-e", f"console.debug = () => {{}}; {text}; console.log(JSON.stringify({CALL}))"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for text in (COLLECT.text, variant(kind))
    ]
    assert said[0] == said[1] == '["B: 5",9,"z"]\n'


def test_figures_count_javascript_too() -> None:
    """A renamed function is found; its short properties have become long, so it is near."""
    found = measure("renamed", [(COLLECT.text, variant("renamed"))], CloneBounds(), language="javascript")
    assert (found.pairs, found.found, dict(found.told)) == (1, 1, {"near": 1})
