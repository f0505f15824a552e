"""Rewrites of Python functions that keep what they do: the same operation as somebody else might have written it.

Each rewrite changes every place of a syntax tree that it fits, and only where the result is the same for all values
that such code is written for: an accumulating loop becomes a comprehension and the other way round, a `for` over a
range a `while`, branches change places, what follows an early return becomes its `else`, an argument gets a name, a
name that is used once is put in its place, De Morgan's laws are applied, a formatted string is formatted by a call.
`rewritten` applies one or all. Tests, which run what was rewritten: tests/unit/benchmarks/test_bench_rewrites.py.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Mapping
from itertools import pairwise

Block = list[ast.stmt]
Rewrite = Callable[[Block, str], Block]
"""(statements of a block, a name that is free in the function) -> what they become; inner blocks are done already."""

_OPPOSITE: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In
}  # fmt: skip
_FIELDS = ("body", "orelse", "finalbody")
_FORMATTED = {-1: "", 115: "!s", 114: "!r", 97: "!a"}


def rewritten(node: ast.FunctionDef, names: tuple[str, ...]) -> ast.FunctionDef | None:
    """Apply these rewrites, one after another; None if none of them fits anywhere."""
    changed = copy.deepcopy(node)
    before = ast.unparse(changed)
    for number, name in enumerate(names):
        _in_blocks(changed, REWRITES[name], _free_name(changed, number))
        if name in EXPRESSIONS:
            changed = ast.fix_missing_locations(EXPRESSIONS[name]().visit(changed))
    ast.fix_missing_locations(changed)
    return None if ast.unparse(changed) == before else changed


def _free_name(node: ast.FunctionDef, number: int) -> str:
    taken = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    taken |= {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    return next(name for name in (f"made{number}", f"made{number}_", f"made{number}__") if name not in taken)


def _in_blocks(node: ast.AST, rewrite: Rewrite, name: str) -> None:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            _in_blocks(child, rewrite, name)
    for field in _FIELDS:
        block = getattr(node, field, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            setattr(node, field, rewrite(block, name))


def negated(test: ast.expr) -> ast.expr:
    """Return what is true exactly when `test` is not."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in _OPPOSITE:
        return ast.Compare(test.left, [_OPPOSITE[type(test.ops[0])]()], test.comparators)
    return ast.UnaryOp(ast.Not(), test)


def _leaves(block: Block) -> bool:
    return isinstance(block[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def _uses(node: ast.AST, name: str) -> int:
    return sum(isinstance(each, ast.Name) and each.id == name for each in ast.walk(node))


def _has(block: Block, *kinds: type[ast.AST]) -> bool:
    return any(isinstance(each, kinds) for one in block for each in ast.walk(one))


def _name_of(target: ast.stmt) -> str:
    """Return the one name that a statement assigns to, or ""."""
    if isinstance(target, ast.Assign) and len(target.targets) == 1 and isinstance(target.targets[0], ast.Name):
        return target.targets[0].id
    return ""


def to_comprehension(block: Block, _name: str) -> Block:
    """`x = []` and a loop that appends to it become a list comprehension."""
    found: Block = []
    for statement in block:
        last = found[-1] if found else None
        made = _collected(last, statement) if isinstance(last, ast.Assign) and isinstance(statement, ast.For) else None
        if made is None:
            found.append(statement)
        else:
            found[-1] = made
    return found


def _collected(start: ast.Assign, loop: ast.For) -> ast.Assign | None:
    name = _name_of(start)
    if not name or not isinstance(start.value, ast.List) or start.value.elts or loop.orelse or len(loop.body) != 1:
        return None
    inner, tests = loop.body[0], []
    while isinstance(inner, ast.If) and len(inner.body) == 1 and not inner.orelse:
        tests.append(inner.test)
        inner = inner.body[0]
    call = inner.value if isinstance(inner, ast.Expr) else None
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "append"):
        return None
    if ast.unparse(call.func.value) != name or len(call.args) != 1 or call.keywords or _uses(loop, name) != 1:
        return None
    if _has([loop], ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr):
        return None
    parts = [ast.comprehension(loop.target, loop.iter, tests, 0)]
    return ast.Assign(start.targets, ast.ListComp(call.args[0], parts))


def to_loop(block: Block, name: str) -> Block:
    """A list comprehension that is assigned or returned becomes a loop that appends."""
    found: Block = []
    for statement in block:
        own = _name_of(statement) or (name if isinstance(statement, ast.Return) else "")
        value = statement.value if isinstance(statement, ast.Assign | ast.Return) else None
        if not (own and isinstance(value, ast.ListComp) and len(value.generators) == 1) or _uses(value, own):
            found.append(statement)
            continue
        part = value.generators[0]
        call = ast.Call(ast.Attribute(ast.Name(own, ast.Load()), "append", ast.Load()), [value.elt], [])
        inner: Block = [ast.Expr(call)]
        for test in reversed(part.ifs):
            inner = [ast.If(test, inner, [])]
        found.append(ast.Assign([ast.Name(own, ast.Store())], ast.List([], ast.Load())))
        found.append(ast.For(part.target, part.iter, inner, []))
        if isinstance(statement, ast.Return):
            found.append(ast.Return(ast.Name(own, ast.Load())))
    return found


def to_while(block: Block, _name: str) -> Block:
    """A `for` over a range from zero becomes a `while` that counts."""
    found: Block = []
    for statement in block:
        if not (isinstance(statement, ast.For) and not statement.orelse and isinstance(statement.target, ast.Name)):
            found.append(statement)
            continue
        call, counter = statement.iter, statement.target.id
        plain = isinstance(call, ast.Call) and ast.unparse(call.func) == "range" and len(call.args) == 1
        stores = sum(
            isinstance(each, ast.Name) and each.id == counter and isinstance(each.ctx, ast.Store)
            for each in ast.walk(statement)
        )
        if not plain or stores != 1 or _has(statement.body, ast.Continue):
            found.append(statement)
            continue
        assert isinstance(call, ast.Call)
        test = ast.Compare(ast.Name(counter, ast.Load()), [ast.Lt()], [call.args[0]])
        step = ast.AugAssign(ast.Name(counter, ast.Store()), ast.Add(), ast.Constant(1))
        found.append(ast.Assign([ast.Name(counter, ast.Store())], ast.Constant(0)))
        found.append(ast.While(test, [*statement.body, step], []))
    return found


def exchange_branches(block: Block, _name: str) -> Block:
    """The branches of an `if` with an `else` change places, unless it is a chain."""
    for statement in block:
        if isinstance(statement, ast.If) and statement.orelse and not isinstance(statement.orelse[0], ast.If):
            statement.test = negated(statement.test)
            statement.body, statement.orelse = statement.orelse, statement.body
    return block


def nest_rest(block: Block, _name: str) -> Block:
    """What follows a branch that leaves becomes its `else`; an `else` after such a branch is no longer nested."""
    for at, statement in enumerate(block):
        if isinstance(statement, ast.If) and _leaves(statement.body):
            if statement.orelse:
                rest, statement.orelse = statement.orelse, []
                return [*block[: at + 1], *rest, *block[at + 1 :]]
            if block[at + 1 :]:
                statement.orelse = block[at + 1 :]
                return block[: at + 1]
    return block


def name_arguments(block: Block, name: str) -> Block:
    """The first argument of a call that is returned or assigned gets a name if it is a call itself."""
    found: Block = []
    for number, statement in enumerate(block):
        call = statement.value if isinstance(statement, ast.Return | ast.Assign | ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.args:
            argument = call.args[0]
            if isinstance(argument, ast.Call | ast.BinOp | ast.Subscript):
                own = f"{name}_{number}"
                found.append(ast.Assign([ast.Name(own, ast.Store())], argument))
                call.args[0] = ast.Name(own, ast.Load())
        found.append(statement)
    return found


def inline_names(block: Block, _name: str) -> Block:
    """A name that is assigned and in the next statement returned is left out."""
    for one, other in pairwise(block):
        name = _name_of(one)
        returned = other.value if isinstance(other, ast.Return) else None
        if name and isinstance(one, ast.Assign) and isinstance(returned, ast.Name) and returned.id == name:
            return inline_names(
                [ast.Return(one.value) if each is other else each for each in block if each is not one], ""
            )
    return block


def spell_conditions(block: Block, _name: str) -> Block:
    """`x = a if c else b` becomes a statement; so does what returns it."""
    found: Block = []
    for statement in block:
        value = statement.value if isinstance(statement, ast.Assign | ast.Return) else None
        if not isinstance(value, ast.IfExp) or (isinstance(statement, ast.Assign) and not _name_of(statement)):
            found.append(statement)
            continue
        targets = statement.targets if isinstance(statement, ast.Assign) else None
        branches: list[Block] = [
            [ast.Return(chosen) if targets is None else ast.Assign(targets, chosen)]
            for chosen in (value.body, value.orelse)
        ]
        found.append(ast.If(value.test, *branches))
    return found


def _nothing(block: Block, _name: str) -> Block:
    return block


class _DeMorgan(ast.NodeTransformer):
    """`not (a and b)` becomes `not a or not b`, and the test of an `if`, `a and b`, `not (not a or not b)`."""

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not) and isinstance(node.operand, ast.BoolOp):
            return self._turned(node.operand)
        return node

    def visit_If(self, node: ast.If) -> ast.If:
        whole = isinstance(node.test, ast.BoolOp)
        self.generic_visit(node)
        if whole and isinstance(node.test, ast.BoolOp):
            node.test = ast.UnaryOp(ast.Not(), self._turned(node.test))
        return node

    @staticmethod
    def _turned(node: ast.BoolOp) -> ast.BoolOp:
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return ast.BoolOp(other, [negated(value) for value in node.values])


class _Formats(ast.NodeTransformer):
    """A formatted string becomes a call of `format`."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        text, values = "", []
        for part in node.values:
            if isinstance(part, ast.Constant):
                text += str(part.value).replace("{", "{{").replace("}", "}}")
            elif isinstance(part, ast.FormattedValue) and part.format_spec is None:
                text += "{" + _FORMATTED[part.conversion] + "}"
                values.append(part.value)
            else:
                return node
        return ast.Call(ast.Attribute(ast.Constant(text), "format", ast.Load()), values, []) if values else node


EXPRESSIONS: Mapping[str, Callable[[], ast.NodeTransformer]] = {"de Morgan": _DeMorgan, "format for f-string": _Formats}

REWRITES: Mapping[str, Rewrite] = {
    "comprehension for loop": to_comprehension,
    "loop for comprehension": to_loop,
    "while for for": to_while,
    "branches exchanged": exchange_branches,
    "else after return": nest_rest,
    "arguments named": name_arguments,
    "names inlined": inline_names,
    "if for expression": spell_conditions,
    "de Morgan": _nothing,
    "format for f-string": _nothing,
}
"""By what is written for what."""

TOGETHER = tuple(name for name in REWRITES if name != "comprehension for loop")
"""All that do not undo each other."""
