"""Mechanical variants of real JavaScript functions: those of `variants` and `rewrites`, made from tree-sitter's tree.

`exact`: other layout and comments. `renamed`: all names that the function binds itself, and its own, become others,
consistently, and literals change. `inserted`: a guard and a message come in. `all rewritten`: a `for ... of` over a
name counts, branches change places, an arrow's expression becomes a body, a template a sum, `+=` a sum that is
assigned, what is returned of a call gets a name first; the result is the same for arrays and strings, which such code
is written for. Methods are written down as functions. Each variant is None where a function has no room for it.
Tests: tests/unit/benchmarks/test_bench_variants_javascript.py.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import NamedTuple

from tree_sitter import Node

from benchmarks.variants import MIN_LINES
from codegraph.extract.grammar import compiled

Rewrite = Callable[["_Writer", Node], str | None]

_BINDING = frozenset({"formal_parameters", "variable_declarator", "catch_clause"})
_NAMES = frozenset({"identifier", "shorthand_property_identifier_pattern"})
_PATTERNS = frozenset({"object_pattern", "array_pattern", "rest_pattern", "assignment_pattern", "pair_pattern"})


class Function(NamedTuple):
    """A function by itself."""

    name: str
    text: str


def functions_of(text: str) -> list[Function]:
    """Return the functions and methods of a file that are long enough, in source order; none if it does not parse."""
    root = _parsed(text)
    if root.has_error:
        return []
    found = []
    for node in _walked(root):
        name = node.child_by_field_name("name")
        if name is None or node.end_point[0] - node.start_point[0] + 1 < MIN_LINES:
            continue
        written = _text(node)
        if (
            node.type == "method_definition"
            and node.start_byte == name.start_byte
            and name.type != "computed_property_name"
        ):
            written = f"function {written}"
        elif node.type != "function_declaration":
            continue
        if "super" not in written and not _parsed(written).has_error:
            found.append(Function(_text(name), written + "\n"))
    return found


def laid_out_anew(text: str, choice: random.Random) -> str | None:
    """Return the same code with comments, blank lines, and another indentation."""
    if "`" in text or "/*" in text:
        return None  # a text over several lines would change with its indentation
    kept = ["// copied"]
    for line in text.splitlines():
        kept.append("\t" * ((len(line) - len(line.lstrip())) // 2) + line.lstrip())
        if line.endswith((";", "{")) and choice.random() < 0.2:
            kept.append("" if choice.random() < 0.5 else "// and so on")
    return "\n".join(kept) + "\n"


def renamed(text: str, choice: random.Random) -> str | None:
    """Rename everything that the function binds, and change its literals."""
    root = _parsed(text)
    names = sorted(_bound(root))
    words = ("item", "entry", "thing", "piece")
    fresh = {name: f"{choice.choice(words)}{at}" for at, name in enumerate(names)}
    return None if not names else _Writer(_renaming(fresh)).written(root)


def inserted(text: str, _choice: random.Random) -> str | None:
    """Put a guard and a message in."""
    body = _body(_parsed(text))
    guard = '\n  if (arguments.length > 99) {\n    return null;\n  }\n  console.debug("entered", arguments.length);'
    data = text.encode()
    at = body.start_byte + 1
    return (data[:at] + guard.encode() + data[at:]).decode()


def rewritten(text: str, _choice: random.Random) -> str | None:
    """Say the same in other words, wherever one of the rewrites fits."""
    made = _Writer(_REWRITES).written(_parsed(text))
    return None if made == text or _parsed(made).has_error else made


def _elsewhere(text: str, choice: random.Random) -> str | None:
    made = rewritten(text, choice)
    return None if made is None else renamed(made, choice)


VARIANTS: Mapping[str, Callable[[str, random.Random], str | None]] = {
    "exact": laid_out_anew,
    "renamed": renamed,
    "inserted": inserted,
    "renamed and inserted": lambda text, choice: inserted(renamed(text, choice) or text, choice),
    "all rewritten": rewritten,
    "rewritten, renamed": _elsewhere,
}


class _Writer:
    """Writes a tree down, some kinds of nodes in another way."""

    def __init__(self, rewrites: Mapping[str, Rewrite]) -> None:
        self._rewrites = rewrites
        self._made = count()

    def fresh(self) -> str:
        """Return a name that no code has."""
        return f"made{next(self._made)}"

    def written(self, node: Node) -> str:
        """Write a node."""
        rewrite = self._rewrites.get(node.type)
        made = None if rewrite is None else rewrite(self, node)
        return self.as_it_is(node) if made is None else made

    def as_it_is(self, node: Node) -> str:
        """Write a node as it stands, what lies in it perhaps in another way."""
        if not node.children:
            return _text(node)
        data, parts, at = node.text or b"", [], node.start_byte
        for child in node.children:
            parts += [data[at - node.start_byte : child.start_byte - node.start_byte].decode(), self.written(child)]
            at = child.end_byte
        return "".join([*parts, data[at - node.start_byte :].decode()])

    def field(self, node: Node, name: str) -> str | None:
        """Write the child of that field; None if there is none."""
        child = node.child_by_field_name(name)
        return None if child is None else self.written(child)


def _counting_loop(writer: _Writer, node: Node) -> str | None:
    left, right, body = (node.child_by_field_name(name) for name in ("left", "right", "body"))
    if left is None or right is None or body is None or body.type != "statement_block":
        return None
    kind = node.child_by_field_name("kind")
    if kind is None or _text(node.child_by_field_name("operator")) != "of" or right.type != "identifier":
        return None
    place, several = writer.fresh(), writer.written(right)
    inside = writer.written(body)[1:]
    head = f"for (let {place} = 0; {place} < {several}.length; {place}++)"
    return f"{head} {{\n  {_text(kind)} {writer.written(left)} = {several}[{place}];{inside}"


def _swapped_branches(writer: _Writer, node: Node) -> str | None:
    otherwise = node.child_by_field_name("alternative")
    condition, yes = writer.field(node, "condition"), writer.field(node, "consequence")
    block = None if otherwise is None else otherwise.named_children[0]
    if block is None or block.type != "statement_block" or not (yes or "").startswith("{"):
        return None
    return f"if (!{condition}) {writer.written(block)} else {yes}"


def _arrow_with_body(writer: _Writer, node: Node) -> str | None:
    body = node.child_by_field_name("body")
    if body is None or body.type == "statement_block":
        return None
    head = (node.text or b"")[: body.start_byte - node.start_byte].decode()
    return f"{head}{{ return {writer.written(body)}; }}"


def _template_as_sum(writer: _Writer, node: Node) -> str | None:
    parts = ['""']
    for child in node.children[1:-1]:
        if child.type == "template_substitution":
            parts.append(f"({writer.written(child.named_children[0])})")
        elif child.type == "string_fragment" and not set(_text(child)) & set('"\\\n'):
            parts.append(f'"{_text(child)}"')
        else:
            return None
    return f"({' + '.join(parts)})" if _is_value(node) else None


def _is_value(node: Node) -> bool:
    return node.parent is not None and node.parent.type != "call_expression"


def _plain_assignment(writer: _Writer, node: Node) -> str | None:
    left, right = node.child_by_field_name("left"), writer.field(node, "right")
    if left is None or left.type != "identifier" or _text(node.child_by_field_name("operator")) != "+=":
        return None
    name = writer.written(left)
    return f"{name} = {name} + ({right})"


def _named_result(writer: _Writer, node: Node) -> str | None:
    value = node.named_children[0] if node.named_children else None
    if value is None or value.type != "call_expression" or node.parent is None or node.parent.type != "statement_block":
        return None
    name = writer.fresh()
    return f"const {name} = {writer.written(value)};\n  return {name};"


_REWRITES: Mapping[str, Rewrite] = {
    "for_in_statement": _counting_loop,
    "if_statement": _swapped_branches,
    "arrow_function": _arrow_with_body,
    "template_string": _template_as_sum,
    "augmented_assignment_expression": _plain_assignment,
    "return_statement": _named_result,
}


def _renaming(fresh: Mapping[str, str]) -> Mapping[str, Rewrite]:
    def name(_writer: _Writer, node: Node) -> str:
        return fresh.get(_text(node), _text(node))

    def short(_writer: _Writer, node: Node) -> str:
        text = _text(node)
        return f"{text}: {fresh[text]}" if text in fresh else text

    def number(_writer: _Writer, node: Node) -> str:
        return str(int(_text(node)) + 1) if _text(node).isdecimal() else _text(node)

    def string(_writer: _Writer, node: Node) -> str:
        return _text(node) if node.parent is None or node.parent.type == "template_string" else _text(node) + "x"

    shorts = dict.fromkeys(("shorthand_property_identifier", "shorthand_property_identifier_pattern"), short)
    return {"identifier": name, "number": number, "string_fragment": string, **shorts}


def _bound(root: Node) -> set[str]:
    """Return the names of the function itself, of parameters and variables."""
    names = {_text(root.named_children[-1].child_by_field_name("name"))}
    for node in _walked(root):
        if node.type in _BINDING:
            names |= set(_names_of_pattern(node))
        elif node.type == "for_in_statement" and node.child_by_field_name("kind") is not None:
            names |= set(_names_in(node.child_by_field_name("left")))
        elif node.type == "arrow_function":
            names |= set(_names_in(node.child_by_field_name("parameter")))
    return names


def _names_of_pattern(node: Node) -> Iterator[str]:
    inside = node.named_children if node.type == "formal_parameters" else node.children_by_field_name("name")
    for each in inside or node.children_by_field_name("parameter"):
        yield from _names_in(each)


def _names_in(pattern: Node | None) -> Iterator[str]:
    if pattern is None:
        return
    if pattern.type in _NAMES:
        yield _text(pattern)
    elif pattern.type == "object_assignment_pattern" or pattern.type == "assignment_pattern":
        yield from _names_in(pattern.child_by_field_name("left"))
    elif pattern.type == "pair_pattern":
        yield from _names_in(pattern.child_by_field_name("value"))
    elif pattern.type in _PATTERNS:
        for child in pattern.named_children:
            yield from _names_in(child)


def _body(root: Node) -> Node:
    return next(node for node in _walked(root) if node.type == "statement_block")


def _walked(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walked(child)


def _parsed(text: str) -> Node:
    return compiled("javascript").parser.parse(text.encode("utf-8", "replace")).root_node


def _text(node: Node | None) -> str:
    return "" if node is None else (node.text or b"").decode("utf-8", "replace")
