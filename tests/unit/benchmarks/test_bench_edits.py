"""Edits: each changes what it says and nothing else, and only what can be edited is chosen."""

from __future__ import annotations

import ast

import pytest

from benchmarks.edits import Exported, Target, body_edit, choose, load, save, signature_edit
from codegraph.core.symbols import SymbolKind
from codegraph.daemon.streams import ExportedSymbol


def _target(name: str, line: int) -> Target:
    return Target(f"a.py/{name}().", "a.py", name, line, 0)


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("def f(a):\n    return a\n", 1, "def f(a):\n    probe_7 = 7\n    return a\n"),
        (
            'def f():\n    """Docs."""\n\n    return 1\n',
            1,
            'def f():\n    """Docs."""\n\n    probe_7 = 7\n    return 1\n',
        ),
        ("class C:\n\tasync def f(self):\n\t\tpass", 2, "class C:\n\tasync def f(self):\n\t\tprobe_7 = 7\n\t\tpass"),
        ("x = '\x0c'\ndef f():\r\n    pass\r\n", 2, "x = '\x0c'\ndef f():\r\n    probe_7 = 7\n    pass\r\n"),
    ],
)
def test_body_edits_add_a_first_statement(text, line, expected):
    """After the docstring, in the body's own indentation; form feeds and line endings do not shift lines."""
    assert body_edit(text, _target("f", line), 7) == expected
    ast.parse(expected)


@pytest.mark.parametrize(
    "text", ["def f(): return 1\n", 'def f():\n    """Docs."""\n', "def f(:\n", "def g():\n  pass\n"]
)
def test_bodies_that_cannot_be_edited_are_refused(text):
    """A body on the line of the header, a body that is only a docstring, a broken file, another function."""
    assert body_edit(text, _target("f", 1), 7) is None


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("def f():", "def f(probe_7, ):"),
        ("def f(a, *, b=1) -> int:", "def f(probe_7, a, *, b=1) -> int:"),
        ("def f(self):", "def f(self, probe_7):"),
        ("def f(self, a):", "def f(self, probe_7, a):"),
        ("async def f(cls, a):", "async def f(cls, probe_7, a):"),
        ("def f(selfish):", "def f(probe_7, selfish):"),
        ("def f(", "def f(probe_7, "),
    ],
)
def test_signature_edits_add_a_parameter(header, expected):
    """In front, but after self and cls."""
    assert signature_edit(header + "\n", _target("f", 1), 7) == expected + "\n"


@pytest.mark.parametrize("header", ["def f[T](a):", "f = lambda: 1", "def g():"])
def test_signatures_that_cannot_be_edited_are_refused(header):
    """Nothing is guessed about parameters that do not follow the name."""
    assert signature_edit(header, _target("f", 1), 7) is None


def test_files_come_back_byte_for_byte(tmp_path):
    """Whatever stands in a file, reading and saving it changes nothing."""
    data = b"a = '\xff'\r\nb = 1\n"
    (tmp_path / "a.py").write_bytes(data)
    save(tmp_path / "a.py", load(tmp_path / "a.py"))
    assert (tmp_path / "a.py").read_bytes() == data


def _symbol(name: str, line: int, kind: SymbolKind = SymbolKind.FUNCTION) -> ExportedSymbol:
    return ExportedSymbol(
        id=f"a.py/{name}().",
        name=name,
        qualified_name=f"a.{name}",
        kind=kind,
        language="python",
        file="a.py",
        line=line,
        column=4,
        end_line=line + 1,
    )


def test_leaf_median_and_hub_are_told_by_dependents(tmp_path):
    """Leaves have no dependents, the hub has the most, and what cannot be edited is passed over."""
    names = ["leaf", "one", "two", "nine", "flat"]
    bodies = [f"def {name}():\n    return 1\n" for name in names[:-1]] + ["def flat(): return 1\n"]
    (tmp_path / "a.py").write_text("".join(bodies))
    symbols = [_symbol(name, 2 * number + 1) for number, name in enumerate(names)]
    symbols.append(_symbol("Class", 1, SymbolKind.CLASS))
    counts = {"one": 1, "two": 2, "nine": 9, "flat": 10}
    edges = [(f"b.py/f{number}().", f"a.py/{name}().") for name, count in counts.items() for number in range(count)]
    chosen = choose(Exported(tuple(symbols), tuple(edges)), tmp_path, 5)
    assert {place: [target.name for target in targets] for place, targets in chosen.items()} == {
        "leaf": ["leaf"],
        "median": ["nine"],
        "hub": ["nine"],
    }
