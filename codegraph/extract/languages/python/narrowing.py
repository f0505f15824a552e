"""Where `isinstance(x, C)` holds: in the body of an `if` that asks for it, alone or with more by `and`.

So it does behind that `and`, in the first operand of `a if test else b`, and in what a comprehension makes of the
elements that pass. There a member of x is one of C, whatever x is elsewhere. Where x may be bound anew is left out.
Tests: tests/unit/extract/test_extract_python_references.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from codegraph.extract.view import FileView

_TEST = re.compile(
    r"isinstance(?<=\bisinstance)\(\s{0,9}([^\W\d]\w*)\s{0,9},\s{0,9}((?:[^\W\d]\w*\.){0,4}_*[A-Z]\w*)\s{0,9}\)"
)  # a search for letters takes a twentieth of one for `\b`
_BOUND = (
    r"^[ \t]{{0,80}}[\[(]?(?:[^\n=(]{{0,80}},[ \t]{{0,9}})?\*?{0}[ \t]{{0,9}}(?:,[^\n=(]{{0,80}})?"
    r"(?::[^\n=]{{0,80}})?[^\s\w.(),:]{{0,2}}=(?!=)"
    r"|\b{0}[ \t]{{0,9}}:=|\b(?:as|for|del|lambda|def|class|case)\b[^\n]{{0,80}}\b{0}\b"
)
"""Text that may bind a name anew; what it takes too much for one costs an edge at most."""
_BRANCHES = frozenset({"if_statement", "elif_clause"})
_MAX_CLIMB = 8
_OPERANDS = 3
MAX_STRETCHES = 200
"""So many tests of one name in one file are heeded."""


def narrow(view: FileView) -> None:
    """Note the stretches of a file in which names stand for instances of what they were tested for."""
    tests: dict[str | bytes, int] = {}
    for match in _TEST.finditer(view.text.text):
        name = match[1]
        tests[name] = tests.get(name, 0) + 1
        if tests[name] > MAX_STRETCHES:
            continue
        spelling = f"{view.text.decode(match[2])}.()"
        for node in _where(view.root.descendant_for_byte_range(*match.span())):
            span = node.start_byte, node.end_byte
            if not re.search(_BOUND.format(name), view.text.text[span[0] : span[1]], re.M):
                view.narrowed.setdefault(view.text.decode(name), []).insert(0, (*span, spelling))


def _where(node: Node | None) -> Iterator[Node]:
    """Walk the parts of a file that are reached only if a test holds."""
    for _ in range(_MAX_CLIMB):
        parent = node.parent if node is not None else None
        if node is None or parent is None:
            return
        kind = parent.type
        if kind in _BRANCHES or kind == "if_clause" or kind == "conditional_expression":
            yield from _taken(parent, node)
            return
        if kind == "boolean_operator" and parent.children[1].type == "and":
            left, right = parent.named_children[0], parent.named_children[-1]
            if left == node and right != node:
                yield right
        elif kind != "parenthesized_expression":
            return
        node = parent


def _taken(branch: Node, condition: Node) -> Iterator[Node]:
    """Walk what a branch does if its condition holds."""
    if branch.type == "conditional_expression":
        operands = [each for each in branch.named_children if each.type != "comment"]
        if len(operands) == _OPERANDS and operands[1] == condition:
            yield operands[0]
        return
    made = branch.parent if branch.type == "if_clause" else branch
    is_condition = made is not branch or branch.child_by_field_name("condition") == condition
    body = made.child_by_field_name("body" if made is not branch else "consequence") if made is not None else None
    if body is not None and is_condition:
        yield body
