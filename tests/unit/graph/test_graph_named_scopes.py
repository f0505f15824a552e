"""Random nested namespaces, classes, functions and variables of few names in PHP and Ruby: no edge leads elsewhere.

In neither language does a block or a function hide a function: a name is looked up by the namespace or the class that
it stands in. What each mention means is known by construction: one mention per line, and 0 for what is no definition.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from benchmarks.resolution import Indexed
from codegraph.daemon.exporting import exported_edges

NAMES = ("alpha", "beta", "gamma")
PROGRAMS = 12
ASSIGNED = [
    "{n} = unknown",
    "{n}, _ = unknown",
    "_, *{n} = unknown",
    "(_, {n}), _ = unknown",
    "{n} ||= unknown",
    "for {n} in unknown do end",
    "for _, {n} in unknown do end",
    "{n} = 1 if unknown",
    "if unknown then {n} = 1 end",
    "while ({n} = unknown) do end",
    "begin; unknown; rescue => {n}; end",
    "case unknown; in [{n}, *] then 1; end",
    "case unknown; in {size: {n}} then 1; end",
    "case unknown; in Integer => {n} then 1; end",
    "unknown => {n}",
    "run({n} = unknown)",
    "/(?<{n}>x)/ =~ unknown",
]
"""What makes a name of Ruby a variable from there on."""
BLOCKS = [
    "run do |{n}|",
    "run do |_, {n}|",
    "run do |(_, {n}), *rest|",
    "run do |x; {n}|",
    "run do |x, {n}: 1|",
    "run do |x = 1, *{n}|",
    "run do |&{n}|",
    "f = lambda do |{n}|",
    "f = ->({n}) do",
]
"""What makes it one inside of a block."""


class Lines:
    """The lines of a program, and which line each mention means."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.lines: list[str] = []
        self.meant: dict[int, int] = {}

    def say(self, line: str) -> int:
        """Add a line; return its number."""
        self.lines.append(line)
        return len(self.lines)

    def mention(self, line: str, meant: int) -> None:
        """Add a line that mentions what another one defines."""
        self.meant[self.say(line)] = meant

    def some(self) -> list[str]:
        """Return some of the names."""
        return [name for name in NAMES if self.random.random() < 0.6]


class Php(Lines):
    """Namespaces with functions, constants and classes, imported by one another; classes with methods."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.functions: dict[str, int] = {}
        self.classes: dict[str, int] = {}
        self.say("<?php")
        spaces = ["", "One", "One\\Two", "Three"]
        for space in spaces:
            self.say(f"namespace {space} {{".replace("  ", " "))
            for name in self.some():
                self.functions[f"{space}\\{name}"] = self.say(f"function {name}() {{}}")
            for name in self.some():
                self.classes[f"{space}\\{name.title()}"] = self.say(f"class {name.title()} {{}}")
            self.say("}")
        for space in spaces:
            self._use(space)

    def _use(self, space: str) -> None:
        self.say(f"namespace {space} {{".replace("  ", " "))
        functions: dict[str, str] = {}
        classes: dict[str, str] = {}
        for known, imported, word in ((self.functions, functions, "function "), (self.classes, classes, "")):
            for full in self.random.sample(sorted(known), min(2, len(known))):
                alias = self.random.choice(NAMES)
                alias = alias if word else alias.title()
                taken = {*imported, *(each.rpartition("\\")[2] for each in known if each.rpartition("\\")[0] == space)}
                if alias not in taken:
                    imported[alias] = full
                    self.say(f"use {word}{full.removeprefix(chr(92))} as {alias};")

        def function(name: str) -> int:
            return self.functions.get(functions.get(name, f"{space}\\{name}")) or (
                0 if name in functions else self.functions.get(f"\\{name}", 0)
            )

        def kind(name: str) -> int:
            return self.classes.get(classes.get(name, f"{space}\\{name}"), 0)

        self._function(space, function, kind)
        self._class(space, function, kind)
        self.say("}")

    def _function(self, space: str, function, kind) -> None:  # type: ignore[no-untyped-def]
        self.say(f"function go{len(self.lines)}() {{")
        self._mentions(space, function, kind)
        self.say("run(function () {")
        self._mentions(space, function, kind)
        self.say("});")
        self.say("}")

    def _mentions(self, space: str, function, kind) -> None:  # type: ignore[no-untyped-def]
        for name in NAMES:
            form = self.random.choice(["{n}();", "\\{n}();", "namespace\\{n}();", "${n}();", "$x->{n}();", "C::{n}();"])
            own = self.functions.get(f"{space}\\{name}", 0)
            meant = {"{": function(name), "\\": self.functions.get(f"\\{name}", 0), "n": own}.get(form[0], 0)
            if self.random.random() < 0.3:
                self.say(f"${name} = unknown();")
            self.mention(form.replace("{n}", name), meant)
            title = name.title()
            form = self.random.choice(["new {n}();", "{n}::class;", "fn({n} $x) => 1;", "new \\{n}();"])
            self.mention(form.replace("{n}", title), self.classes.get(f"\\{title}", 0) if "\\" in form else kind(title))

    def _class(self, space: str, function, kind) -> None:  # type: ignore[no-untyped-def]
        base: dict[str, int] = {}
        number = len(self.lines)
        self.say(f"class Base{number} {{")
        for name in self.some():
            base[name] = self.say(f"public static function {name}() {{}}")
        self.say("}")
        self.say(f"class Derived{number} extends Base{number} {{")
        own = {name: self.say(f"public static function {name}() {{}}") for name in self.some()}
        self.say("function run() {")
        self._mentions(space, function, kind)
        for name in NAMES:
            self.mention(f"$this->{name}();", own.get(name, base.get(name, 0)))
            self.mention(f"self::{name}();", own.get(name, base.get(name, 0)))
            self.mention(f"parent::{name}();", base.get(name, 0))
            self.mention(f"(new class {{ function {name}() {{}} }})->run();", 0)
        self.say("}")
        self.say("}")


class Ruby(Lines):
    """Modules and classes in one another, with methods, constants and variables."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.top = {name: self.say(f"def {name}; end") for name in self.some()}
        constants = {name: self.say(f"class {name.title()}; end") for name in self.some()}
        for _ in range(3):
            self._type([constants], 0)

    def _type(self, around: list[dict[str, int]], depth: int) -> None:
        base: dict[str, dict[str, int]] = {"constants": {}, "methods": {}}
        number = len(self.lines)
        word = self.random.choice(["class", "module"])
        head = f"{word} T{number}"
        if word == "class" and self.random.random() < 0.5:
            self.say(f"class B{number}")
            base["constants"] = {name: self.say(f"class {name.title()}; end") for name in self.some()}
            base["methods"] = {name: self.say(f"def {name}; end") for name in self.some()}
            self.say("end")
            head += f" < B{number}"
        self.say(head)
        constants: dict[str, int] = {}
        for name in self.some():
            form = self.random.choice(["class {n}; end", "module {n}; end", "{n} = unknown", "{n} = 1"])
            constants[name] = self.say(form.replace("{n}", name.title()))
        methods = {name: self.say(f"def {name}; end") for name in self.some()}
        if self.random.random() < 0.5:
            self.say("class << self")
            own = {name: self.say(f"def {name}; end") for name in self.some()}
            self.say("end")
        else:
            own = {name: self.say(f"def self.{name}; end") for name in self.some()}
        scopes = [constants, *around]
        found = {**around[-1], **base["constants"]}
        for scope in reversed(scopes[:-1]):
            found |= scope
        if depth < 2:
            self._type(scopes, depth + 1)
        self.say(f"def run{number}")
        self._mentions({**self.top, **base["methods"], **methods}, found, "self.")
        self.say("end")
        self.say(f"def self.go{number}")
        self._mentions({**self.top, **own}, found, "self.")
        self.say("end")
        self.say("end")
        # of what a nested type says nothing is known here
        outer = dict(around[-1])
        for scope in reversed(around[:-1]):
            outer |= scope
        self.say(f"def far{number}") if not depth else None
        if not depth:
            for name in NAMES:
                self.mention(f"T{number}::{name.title()}", constants.get(name, base["constants"].get(name, 0)))
                self.mention(f"T{number}.{name}", own.get(name, self.top.get(name, 0) and -1))
            self.say("end")

    def _mentions(self, methods: dict[str, int], constants: dict[str, int], receiver: str) -> None:
        for name in NAMES:
            method, constant = methods.get(name, 0), constants.get(name, 0)
            self.mention(f"{name}()", method)
            self.mention(f"{receiver}{name}", method)
            self.mention(name.title(), constant)
            for _ in range(2):
                self.say(self.random.choice(BLOCKS).replace("{n}", name))
                self.mention(name, 0)
                self.mention(f"{name}()", method)
                self.say("end")
                self.mention(name, method)
                self.say("run do")
                self.say(self.random.choice(ASSIGNED).replace("{n}", name))
                self.mention(name, 0)
                self.say("end")
                self.mention(name, method)
            self.say(self.random.choice(ASSIGNED).replace("{n}", name))
            self.mention(name, 0)
            self.mention(f"{name}()", method)
            self.mention(f"run {{ {name} }}", 0)


@pytest.mark.parametrize(("make", "extension"), [(Php, "php"), (Ruby, "rb")])
def test_a_name_means_what_its_namespace_or_class_has(make: type[Php | Ruby], extension: str, tmp_path: Path) -> None:
    """An edge at a mention leads to the definition that the language looks up, or there is none."""
    found = missing = 0
    for seed in range(PROGRAMS):
        program = make(seed)
        root = tmp_path / str(seed)
        root.mkdir()
        file = f"main.{extension}"
        (root / file).write_text("\n".join(program.lines) + "\n")
        reached = set()
        for edge in exported_edges(Indexed(root).snapshot, file):
            meant = program.meant.get(edge.at.line)
            named = edge.target.name.rpartition(".")[2].lower() in NAMES
            if named and meant is not None and meant >= 0 and edge.kind.value != "contains":
                found += 1
                reached.add(edge.target.line)
                said = f"seed {seed}, line {edge.at.line}: {program.lines[edge.at.line - 1]} -> {edge.target.line}"
                assert edge.target.line == meant, said
        missing += len({each for each in program.meant.values() if each > 0} - reached)
    assert found > 100
    assert missing == 0
