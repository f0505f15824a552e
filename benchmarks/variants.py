"""Mechanical variants of real Python functions, whose relation to the original is known for certain.

`exact`: other layout, comments and docstring. `renamed`: all names that the function binds itself, and its own, become
others, consistently, and literals change. `reordered`: two neighbouring statements that do not depend on each other
change places. `inserted`: a guard and a message come in. `renamed and inserted`: both. Each is made from a syntax tree,
seeded; None where a function has no room for it. Tests: tests/unit/benchmarks/test_bench_clones.py.
"""

from __future__ import annotations

import ast
import copy
import random
import textwrap
from collections.abc import Callable, Mapping

Variant = Callable[[ast.FunctionDef, random.Random], ast.FunctionDef | None]

MIN_LINES = 8


def functions_of(text: str) -> list[ast.FunctionDef]:
    """Return the functions and methods of a file that are long enough, in source order; none if it does not parse."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    long_enough = [node for node in found if (node.end_lineno or 0) - node.lineno + 1 >= MIN_LINES]
    return sorted((_undecorated(node) for node in long_enough), key=lambda node: node.lineno)


def _undecorated(node: ast.FunctionDef) -> ast.FunctionDef:
    node = copy.deepcopy(node)
    node.decorator_list = []
    if _has_docstring(node):
        node.body = node.body[1:] or [ast.Pass()]
    return node


def _has_docstring(node: ast.FunctionDef) -> bool:
    return ast.get_docstring(node, clean=False) is not None


def text_of(node: ast.AST) -> str:
    """Write a function down."""
    return ast.unparse(ast.fix_missing_locations(node)) + "\n"


def laid_out_anew(text: str, choice: random.Random) -> str:
    """Return the same code with comments, blank lines, a docstring, and another indentation."""
    lines = text.rstrip("\n").splitlines()
    narrow = ["  " * ((len(line) - len(line.lstrip(" "))) // 4) + line.lstrip(" ") for line in lines]
    if any(quote in text for quote in ('"""', "'''")):
        narrow = lines  # a string over several lines would change with its indentation
    kept = []
    for number, line in enumerate(narrow):
        kept.append(line)
        if number and not line.endswith(("\\", ",", "(")) and choice.random() < 0.2:
            kept.append("" if choice.random() < 0.5 else "# and so on")
    return "# copied\n" + "\n".join(kept) + "\n"


def renamed(node: ast.FunctionDef, choice: random.Random) -> ast.FunctionDef | None:
    """Rename everything that the function binds, and change its literals."""
    names = _own_names(node)
    if not names:
        return None
    fresh = {
        name: f"{choice.choice(('item', 'entry', 'thing', 'piece'))}_{at}" for at, name in enumerate(sorted(names))
    }
    changed = _Renamer(fresh).visit(copy.deepcopy(node))
    changed.name = f"other_{choice.randrange(1000)}"
    return changed  # type: ignore[no-any-return]


def _own_names(node: ast.FunctionDef) -> set[str]:
    elsewhere = (ast.Global, ast.Nonlocal)
    barred = {name for inner in ast.walk(node) if isinstance(inner, elsewhere) for name in inner.names}
    names = {inner.arg for inner in ast.walk(node) if isinstance(inner, ast.arg)}
    names |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    keywords = {inner.arg for inner in ast.walk(node) if isinstance(inner, ast.keyword)}
    inner_names = {inner.name for inner in ast.walk(node) if isinstance(inner, ast.ExceptHandler) and inner.name}
    return names - barred - keywords - inner_names - {"self", "cls"}


class _Renamer(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        self.generic_visit(node)
        node.arg = self._names.get(node.arg, node.arg)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.JoinedStr:
        return node  # one string token, whatever is in it

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        if isinstance(node.value, str):
            return ast.Constant(node.value + "x")
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return ast.Constant(abs(node.value) + 1)
        return node


def reordered(node: ast.FunctionDef, choice: random.Random) -> ast.FunctionDef | None:
    """Exchange two neighbouring statements that neither read nor write what the other writes."""
    changed = copy.deepcopy(node)
    blocks = [body for each in ast.walk(changed) if isinstance(body := getattr(each, "body", None), list)]
    places = [(body, at) for body in blocks for at in range(len(body) - 1) if _independent(body[at], body[at + 1])]
    if not places:
        return None
    body, at = choice.choice(places)
    body[at], body[at + 1] = body[at + 1], body[at]
    return changed


def _independent(one: ast.stmt, other: ast.stmt) -> bool:
    plain = (ast.Assign, ast.AnnAssign)
    if not (isinstance(one, plain) and isinstance(other, plain)) or ast.dump(one) == ast.dump(other):
        return False
    effects = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Attribute, ast.Subscript)
    if all(any(isinstance(inner, effects) for inner in ast.walk(each)) for each in (one, other)):
        return False
    return not (_stored(one) & _mentioned(other) or _stored(other) & _mentioned(one))


def _mentioned(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _stored(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)}


def inserted(node: ast.FunctionDef, choice: random.Random) -> ast.FunctionDef | None:
    """Put a guard at the beginning and a message somewhere after it."""
    changed = copy.deepcopy(node)
    arguments = [each.arg for each in changed.args.args if each.arg not in ("self", "cls")]
    watched = choice.choice(arguments) if arguments else "None"
    guard = f"if {watched} is NotImplemented:\n    raise ValueError('missing')"
    changed.body[:0] = ast.parse(guard).body
    changed.body.insert(choice.randrange(1, len(changed.body)), ast.parse("print('so far')").body[0])
    return changed


def renamed_and_inserted(node: ast.FunctionDef, choice: random.Random) -> ast.FunctionDef | None:
    """Do both."""
    first = renamed(node, choice)
    return None if first is None else inserted(first, choice)


VARIANTS: Mapping[str, Variant] = {
    "exact": lambda node, _choice: node,
    "renamed": renamed,
    "reordered": reordered,
    "inserted": inserted,
    "renamed and inserted": renamed_and_inserted,
}


def written(kind: str, node: ast.FunctionDef, choice: random.Random) -> str | None:
    """Return the text of one variant, None where there is none."""
    made = VARIANTS[kind](node, choice)
    if made is None:
        return None
    text = textwrap.dedent(text_of(made))
    return laid_out_anew(text, choice) if kind == "exact" else text
