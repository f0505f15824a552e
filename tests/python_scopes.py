"""Random Python programs of few names in many scopes, and where CPython's own symbol tables bind each mention."""

from __future__ import annotations

import ast
import symtable
import sys
from collections.abc import Iterable
from random import Random

NAMES = ("alpha", "beta", "gamma")
MODULE = 0
ANONYMOUS = -1
_MAX_LEVEL = 4
_TABLES = {ast.ListComp: "listcomp", ast.SetComp: "setcomp", ast.DictComp: "dictcomp", ast.GeneratorExp: "genexpr"}

_COMPREHENSIONS = (
    "[{made} for {name} in {made}]",
    "{{{made}: {made} for {name}, ({name}, *q) in {made} if {made}}}",
    "{{{made} for q in {made}}}",
)
_GENERATORS = (
    "run({made} for {name} in {made})",
    "run(({made}, {made}) for {name}, ({name}, *q) in {made} if {made})",
    "run({made} for q in {made})",
)
"""Stand for comprehensions since Python 3.12, whose tables have the names of those in the scope around (PEP 709)."""
_EXPRESSIONS = (
    *(_GENERATORS if sys.version_info >= (3, 12) else _COMPREHENSIONS),
    "(lambda {name}: {made})",
    "(lambda: {made})",
    "(lambda {name}={made}, *args: {made})",
    "run({made} for {name} in {made} for {name} in {made} if {made})",
    "({name} := {made})",
    "run({made}, {name}={made})",
    "{made}.go()",
)
_LINES = (
    "{made}",
    "keep = {made}",
    "def {name}(): pass",
    "class {name}: pass",
    "{name} = unknown()",
    "import {name}",
    "{name}, _ = unknown()",
    "from lib import q as {name}",
    "{name}: int = 1",
    "{name} += 1",
    "for {name} in {made}: pass",
)
_BLOCKS = (
    "def inner{n}():",
    "def inner{n}({name}):",
    "def inner{n}({name}=alpha(), *{name}):",
    "def inner{n}(q: {name} = {made}):",
    "@{name}\ndef inner{n}():",
    "class Inner{n}:",
    "class Inner{n}({name}):",
    "class Inner{n}(make({name}())):",
    "def {name}():",
    "class {name}:",
    "with {made} as {name}:",
    "try: pass\nexcept Bad as {name}:",
    "if {made}:",
    "while ({name} := {made}):",
    "match {made}:\n    case [{name}, *q] | {{'k': {name}, **q}}:",
    "match {made}:\n    case Point(x={name}, y=[{name}()]) as q:",
    "def inner{n}():\n    global {name}",
    "def inner{n}():\n    nonlocal {name}",
    "for {name} in {made}:",
)


class _Writer:
    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self.lines: list[str] = []

    def filled(self, form: str, depth: int = 0) -> str:
        while (at := form.find("{made}")) >= 0:
            form = form[:at] + self._expression(depth) + form[at + len("{made}") :]
        while "{name}" in form:
            form = form.replace("{name}", self._random.choice(NAMES), 1)
        return form.replace("{n}", str(self._random.randrange(10**6))).replace("{{", "{").replace("}}", "}")

    def _expression(self, depth: int) -> str:
        if depth > 1 or self._random.random() < 0.5:
            return f"{self._random.choice(NAMES)}()"
        return self.filled(self._random.choice(_EXPRESSIONS), depth + 1)

    def fill(self, indent: str, level: int) -> None:
        for _ in range(self._random.randint(1, 3)):
            if level > _MAX_LEVEL or self._random.random() < 0.3:
                self.lines.append(indent + self.filled(self._random.choice(_LINES)))
                continue
            opening = self.filled(self._random.choice(_BLOCKS)).split("\n")
            self.lines += [indent + each for each in opening]
            inside = indent + " " * (len(opening[-1]) - len(opening[-1].lstrip()))
            self.fill(inside + "    " * opening[-1].endswith(":"), level + 1)
        self.lines += [f"{indent}{name}()" for name in NAMES]


def program(seed: int) -> str:
    """Return a program that CPython accepts: lines that it refuses are replaced."""
    writer = _Writer(seed)
    writer.lines = [f"def {name}(): pass" for name in NAMES]
    for _ in range(3):
        writer.fill("", 0)
    lines = writer.lines
    while True:
        source = "\n".join(lines) + "\n"
        try:
            symtable.symtable(source, "program", "exec")
        except SyntaxError as error:
            at = (error.lineno or 1) - 1
            indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
            mended = indent + ("if 1:" if lines[at].endswith(":") else "pass")
            if lines[at] == mended:  # what is wrong stands elsewhere
                return program(seed + 1_000)
            lines[at] = mended
        else:
            return source


class Bound(ast.NodeVisitor):
    """What CPython makes of a program: `mentions`, and the lines of the `definitions` of each (scope, name).

    A scope is known by the line of its definition; MODULE and ANONYMOUS, a lambda or comprehension, have none.
    """

    def __init__(self, source: str) -> None:
        self.mentions: dict[tuple[int, int], tuple[int, str]] = {}
        """(Line, column) -> the scope that binds the name there, and the name."""
        self.definitions: dict[tuple[int, str], set[int]] = {}
        self.classes: set[int] = set()
        self._open = [(symtable.symtable(source, "program", "exec"), MODULE)]
        self._entered: set[int] = set()
        self.visit(ast.parse(source))

    def _scope(self, name: str) -> int:
        innermost = self._open[-1][0]
        for table, scope in reversed(self._open):
            if table is not innermost and table.get_type() == "class":
                continue
            if name in table.get_identifiers() and (symbol := table.lookup(name)):
                if symbol.is_global():
                    return MODULE
                if symbol.is_local():
                    return scope
        return MODULE

    def _enter(self, name: str, line: int, scope: int, inside: Iterable[ast.AST]) -> None:
        for table in self._open[-1][0].get_children():
            if table.get_id() not in self._entered and (table.get_name(), table.get_lineno()) == (name, line):
                self._entered.add(table.get_id())
                self._open.append((table, scope))
                for each in inside:
                    self.visit(each)
                self._open.pop()
                return
        raise AssertionError(f"no symbol table for {name} in line {line}")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Enter a function; what stands in its header belongs to the scope around."""
        self.definitions.setdefault((self._scope(node.name), node.name), set()).add(node.lineno)
        given = node.args
        parameters = [*given.posonlyargs, *given.args, *given.kwonlyargs]
        annotations = [each.annotation for each in parameters if each.annotation is not None]
        for each in (*node.decorator_list, *given.defaults, *annotations):
            self.visit(each)
        self._enter(node.name, node.lineno, node.lineno, node.body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Enter a class."""
        self.definitions.setdefault((self._scope(node.name), node.name), set()).add(node.lineno)
        self.classes.add(node.lineno)
        for each in (*node.decorator_list, *node.bases):
            self.visit(each)
        self._enter(node.name, node.lineno, node.lineno, node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Enter a lambda."""
        for each in node.args.defaults:
            self.visit(each)
        self._enter("lambda", node.lineno, ANONYMOUS, [node.body])

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        self.visit(node.generators[0].iter)
        inside = [part for each in node.generators[1:] for part in (each.target, each.iter)]
        inside += [test for each in node.generators for test in each.ifs]
        made = [node.value, node.key] if isinstance(node, ast.DictComp) else [node.elt]
        self._enter(_TABLES[type(node)], node.lineno, ANONYMOUS, [*inside, *made])

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _comprehension  # noqa: N815 (names of ast)

    def visit_Name(self, node: ast.Name) -> None:
        """Note a mention."""
        if isinstance(node.ctx, ast.Load):
            self.mentions[node.lineno, node.col_offset] = (self._scope(node.id), node.id)
