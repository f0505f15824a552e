"""Random nested scopes that declare functions under few names, or hide them: no edge may lead to one out of scope.

What a mention means is known by construction: every scope declares first and mentions afterwards, one mention per line.
In Rust an item sees the items around it, but no variable.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from benchmarks.resolution import Indexed
from codegraph.daemon.exporting import exported_edges

NAMES = ("alpha", "beta", "gamma")
MOST_MENTIONS = 60
MAX_DEPTH = 4


class Forms(NamedTuple):
    """How a language writes things.

    {name}: one of few names, {n}: a new one; BODY: a scope, HIDDEN: one that hides, ITEM: one that sees items only.
    """

    extension: str
    declare: list[str]
    hide: list[str]
    mention: list[str]
    scopes: list[str]
    tops: list[str]
    has_local_functions: bool = True
    opening: str = ""
    closing: str = ""
    elsewhere: tuple[str, str, str] = ("", "", "")
    """How a module begins and ends that has all names, and what imports one of them."""
    import_all: str = ""
    """What imports all of them."""


BLOCKS = ["{\nBODY\n}", "if (ready()) {\nBODY\n} else {\nBODY\n}", "while (ready()) {\nBODY\n}"]
JAVASCRIPT = Forms(
    "js",
    ["function {name}() {}", "const {name} = () => 1;", "let {name} = function inner() {};", "class {name} {}"],
    ["const {name} = unknown();", "let {name};", "const { {name} } = unknown();", "const [{name}] = unknown();"],
    ["{name}();", "new {name}();", "run({name}());", "{name}.call(this);"],
    [
        *BLOCKS,
        "(() => {\nBODY\n})();",
        "(function () {\nBODY\n}).call(this);",
        "[1].forEach(function () {\nBODY\n});",
        "function f{n}() {\nBODY\n}",
        "switch (ready) {\ncase 1: {\nBODY\n}\ndefault: {\nBODY\n}\n}",
        "class C{n} {\n{name}() {\nBODY\n}\n}",
        "const o{n} = {\n{name}() {\nBODY\n},\n{name}: function () {\nBODY\n},\n};",
        "try {\nBODY\n} catch ({hidden}) {\nHIDDEN\n}",
        "for (const {hidden} of things) {\nHIDDEN\n}",
        "handle(({ {hidden} = 1 }) => {\nHIDDEN\n});",
        "(function (root, factory) {\nroot.lib = factory(root);\n})(this, function ({hidden}) {\nHIDDEN\n});",
        "unknown.{name} = function () {\nBODY\n};",
    ],
    [
        "function go{n}() {\nBODY\n}",
        "(function () {\nBODY\n})();",
        "(() => {\nBODY\n})();",
        "!function () {\nBODY\n}();",
        "{\nBODY\n}",
        "(function ({hidden}) {\nHIDDEN\n})(1);",
        "exports.{name} = function () {\nBODY\n};",
    ],
)
C = Forms(
    "c",
    ["void {name}(void) {}"],
    ["void (*{name})(void) = unknown();", "fn_t {name} = unknown();", "handler *{name};"],
    ["{name}();"],
    [*BLOCKS, "for (fn_t {hidden} = first(); ready(); ) {\nHIDDEN\n}"],
    ["void go{n}(void) {\nBODY\n}", "void go{n}(void (*{hidden})(void)) {\nHIDDEN\n}"],
    has_local_functions=False,
)
CPP = C._replace(
    extension="cpp",
    hide=["void (*{name})() = unknown();", "auto {name} = [&]() {};", "std::function<void()> {name};"],
    scopes=[
        *BLOCKS,
        "run([&]() {\nBODY\n});",
        "run([&](auto {hidden}) {\nHIDDEN\n});",
        "for (auto &{hidden} : things()) {\nHIDDEN\n}",
    ],
)
GO = Forms(
    "go",
    ["func {name}() {}"],
    ["{name} := unknown()", "var {name} func()", "{name} := func() {}"],
    ["{name}()"],
    [
        "{\nBODY\n}",
        "if ready() {\nBODY\n} else {\nBODY\n}",
        "if {hidden} := unknown(); ready() {\nHIDDEN\n}",
        "for _, {hidden} := range things() {\nHIDDEN\n}",
        "func() {\nBODY\n}()",
        "run(func({hidden} func()) {\nHIDDEN\n})",
    ],
    ["func go{n}() {\nBODY\n}", "var v{n} = func() {\nBODY\n}"],
    has_local_functions=False,
    opening="package p",
)
RUST = Forms(
    "rs",
    ["fn {name}() {}", "const {name}: fn() = unknown();", "static {name}: fn() = unknown();"],
    ["let {name} = unknown();", "let ({name}, _) = unknown();"],
    ["{name}();", "run({name});", "run!({name}());", "let _ = [{name}()];"],
    [
        "{\nBODY\n}",
        "if ready() {\nBODY\n} else {\nBODY\n}",
        "run(|| {\nBODY\n});",
        "run(|{hidden}| {\nHIDDEN\n});",
        "match thing() {\nSome({hidden}) => {\nHIDDEN\n}\nNone => {\nBODY\n}\n}",
        "unsafe {\nBODY\n}",
        "fn f{n}() {\nITEM\n}",
        "fn f{n}({hidden}: fn()) {\nHIDDEN_ITEM\n}",
        "struct S{n};\nimpl S{n} {\nfn {name}(&self) {\nITEM\n}\n}",
        "trait T{n} {\nfn {name}(&self) {\nITEM\n}\n}",
        "const C{n}: u8 = {\nITEM\n};",
        "static S{n}: fn() = make(|{hidden}| {\nHIDDEN_ITEM\n});",
    ],
    [
        "fn go{n}() {\nBODY\n}",
        "struct S{n};\nimpl S{n} {\nfn {name}(&self) {\nBODY\n}\n}",
        "mod m{n} {\nuse super::*;\nfn go() {\nBODY\n}\n}",
        "const _: () = {\nBODY\n};",
        "static S{n}: fn() = make(|| {\nBODY\n});",
    ],
    elsewhere=("mod elsewhere {", "}", "use crate::elsewhere::{name};"),
    import_all="use crate::elsewhere::*;",
)
C_SHARP = Forms(
    "cs",
    ["void {name}() {}", "static int {name}() => 1;", "T {name}<T>() where T : new() { return new T(); }"],
    ["Action {name} = Unknown();", "var {name} = Unknown();"],
    ["{name}();", "Run({name});", "{name}<int>();"],
    [
        *BLOCKS,
        "Run(() => {\nBODY\n});",
        "Run((Action {hidden}) => {\nHIDDEN\n});",
        "foreach (var {hidden} in things) {\nHIDDEN\n}",
        "void F{n}() {\nBODY\n}",
        "int F{n}(Action {hidden}) {\nHIDDEN\nreturn 1;\n}",
        "switch (ready) {\ncase 1:\nBODY\nbreak;\n}",
    ],
    ["void Go{n}() {\nBODY\n}", "int Go{n} {\nget {\nBODY\n}\n}"],
    opening="class Main {",
    closing="}",
)
LANGUAGES = {"javascript": JAVASCRIPT, "typescript": JAVASCRIPT._replace(extension="ts")} | {
    "c": C,
    "cpp": CPP,
    "go": GO,
    "rust": RUST,
    "c_sharp": C_SHARP,
}


class Program:
    """One random program, and which line each mention means: 0 for none that is a definition."""

    def __init__(self, forms: Forms, seed: int) -> None:
        self.forms = forms
        self._random = Random(seed)
        self._new = ""
        self.lines = [forms.opening] if forms.opening else []
        self.meant: dict[int, int] = {}
        self.defined: set[int] = set()
        """The lines of definitions; what else is meant is a variable."""
        begin, end, _ = forms.elsewhere
        self._say(begin)
        self._elsewhere = {name: self._say("pub " * bool(begin) + forms.declare[0], name) for name in NAMES if begin}
        self._say(end)
        known = {name: self._say(self._random.choice(forms.declare), name) for name in NAMES}
        for _ in range(4):
            self._write(self._random.choice(forms.tops), known, known, 0)
        self.lines.append(forms.closing)

    def _say(self, form: str, name: str = "") -> int:
        line = form.replace("{name}", name).replace("{n}", self._new)
        self.lines.append(line)
        if form.removeprefix("pub ") in self.forms.declare:
            self.defined.add(len(self.lines))
        return len(self.lines)

    def _write(self, form: str, known: dict[str, int], items: dict[str, int], depth: int) -> None:
        hidden = self._random.choice(NAMES)
        new = str(self._random.randrange(10**6))
        for line in form.replace("{hidden}", hidden).split("\n"):
            visible = items if line.endswith("ITEM") else known
            if line in ("BODY", "ITEM"):
                self._fill(visible, items, depth, "")
            elif line in ("HIDDEN", "HIDDEN_ITEM"):
                self._fill({**visible, hidden: 0}, items, depth, hidden)
            else:
                self._new = new
                self._say(line, self._random.choice(NAMES))

    def _fill(self, visible: dict[str, int], around: dict[str, int], depth: int, taken: str) -> None:
        """Write a scope: declarations, then scopes and mentions; `taken` is declared by what opens it."""
        forms, known, items = self.forms, dict(visible), dict(around)
        if forms.import_all and self._random.random() < 0.15:
            self._say(forms.import_all)
            known |= {name: line for name, line in self._elsewhere.items() if known[name] in self.defined}
            items |= self._elsewhere
        for name in NAMES:
            roll = self._random.random()
            if name != taken and roll < 0.3 and forms.has_local_functions:
                if forms.import_all and roll < 0.1:
                    self._say(forms.elsewhere[2], name)
                    known[name] = items[name] = self._elsewhere[name]
                else:
                    known[name] = items[name] = self._say(self._random.choice(forms.declare), name)
            elif name != taken and 0.3 <= roll < 0.5:
                known[name] = self._say(self._random.choice(forms.hide), name)
        for _ in range(self._random.randint(1, 3)):
            if depth < MAX_DEPTH and len(self.meant) < MOST_MENTIONS:
                self._write(self._random.choice(forms.scopes), known, items, depth + 1)
        for name in NAMES:
            self.meant[self._say(self._random.choice(forms.mention), name)] = known[name]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_mention_leads_out_of_its_scope(language: str, tmp_path: Path) -> None:
    """An edge at a mention leads to the definition in scope, or there is none; in Rust there is one."""
    found = 0
    for seed in range(8):
        program = Program(LANGUAGES[language], seed)
        root = tmp_path / str(seed)
        root.mkdir()
        file = f"main.{LANGUAGES[language].extension}"
        (root / file).write_text("\n".join(program.lines) + "\n")
        edges = exported_edges(Indexed(root).snapshot, file)
        for edge in edges:
            meant = program.meant.get(edge.at.line)
            if edge.target.name.rpartition(".")[2] in NAMES and meant is not None and edge.kind.value != "contains":
                found += 1
                assert edge.target.line == meant, f"seed {seed}, line {edge.at.line}: {program.lines[edge.at.line - 1]}"
        if program.forms.elsewhere[0]:
            lines = {edge.target.line for edge in edges if edge.kind.value != "contains"}
            assert program.defined.intersection(program.meant.values()) <= lines, f"seed {seed}"
    assert found > 10
