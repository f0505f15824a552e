"""Where symbols of a name that is known in part may be: no file is missed, and few are looked at."""

from __future__ import annotations

from typing import Any

import pytest

from codegraph.daemon import likely, targets
from codegraph.daemon.messages import Match, SymbolsParams
from codegraph.daemon.naming import qualified_name
from codegraph.daemon.view import View

FILES = {
    "pkg/__init__.py": "class Init: pass\n",
    "pkg/store.v2.py": "class Store:\n    def getItem(self):\n        def inner(): pass\n        return inner\n",
    "web/index.js": "export class Page { render() {} }\nexport function straße() {}\n",
    "main.go": "package main\n\nfunc Serve() {}\n",
    "net/http/client.go": "package wire\n\ntype Client struct{}\n\nfunc (c Client) Get() {}\n",
    "java/A.java": "package org.acme.core;\n\nclass Alpha { void run() {} class Beta { void stop() {} } }\n",
    "lib/kernel.rb": "module Acme\n  class Kernel\n    def boot; end\n  end\nend\n",
    "c/list.c": "int list_push(int n) { return n; }\n",
    "cpp/space.cpp": "namespace outer { namespace deep { class Node { void walk(); }; } }\n",
    "net/http/close.go": "package wire\n\nfunc (c *Client) Close() {}\n",
    "cpp/walk.cpp": "namespace outer { namespace deep {\nvoid Node::walk() {}\n} }\nvoid Loose::fall() {}\n",
    "lib/extra.rb": "module Outside\n  class Acme::Extra\n    def more; end\n  end\nend\n",
    "crates/core/src/parse/mod.rs": "pub struct Parser;\nimpl Parser { pub fn next(&self) {} }\n",
    "docs/1.2 Use.md": "# 2.1 Install it\n\n## Then v1.x\n",
}


def parts(word: str) -> set[str]:
    """Return beginnings and parts of a name, as they are and in the other case."""
    starts = range(0, len(word), 3)
    found = {word[start:end] for start in starts for end in range(start + 1, len(word) + 1)}
    return found | {each.swapcase() for each in found}


@pytest.mark.parametrize("match", [Match.PREFIX, Match.SUBSTRING])
def test_no_symbol_is_missed(project_of: Any, match: Match, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever part of whatever name is asked for, the answer is that of a look through every file."""
    view: View = project_of(FILES).view
    names = {*FILES}
    for each in view.snapshot.symbols():
        names |= {each.id, qualified_name(view.snapshot, each)}
    asked = sorted({".", "..", "nowhere", *(part for name in names for part in parts(name))})

    def answers() -> list[list[str]]:
        questions = [SymbolsParams(name=text, match=match) for text in asked]
        return [[each.id for each in targets.list_symbols(view, question)] for question in questions]

    narrowed = answers()
    monkeypatch.setattr(targets, "files_with", lambda *_: None)
    assert narrowed == answers()
    assert sum(map(len, narrowed)) > 500


@pytest.mark.parametrize(
    ("text", "is_prefix", "expected"),
    [
        ("getI", True, {"pkg/store.v2.py"}),
        ("tite", False, {"pkg/store.v2.py"}),
        ("org.acme.core.Al", True, {"java/A.java"}),
        ("main.S", True, {"main.go"}),
        ("nowhere", False, set()),
    ],
)
def test_few_files_are_looked_at(project_of: Any, text: str, is_prefix: bool, expected: set[str]) -> None:
    """A rare name leads to the files that have it, and to no others."""
    assert likely.files_with(project_of(FILES).view.snapshot, text, is_prefix) == expected


def test_a_name_of_many_symbols_means_all_files(project_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where names with a text are common, no list of their files is made."""
    snapshot = project_of(FILES).view.snapshot
    monkeypatch.setattr(likely, "MOST_SYMBOLS", 1)
    assert likely.files_with(snapshot, "e", False) is None
    assert likely.files_with(snapshot, "getI", True) == {"pkg/store.v2.py"}
