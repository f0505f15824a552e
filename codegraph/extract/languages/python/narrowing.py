"""Where `isinstance(x, C)` holds: in the body of an `if` that asks for it, alone or with more by `and`.

There a member of x is one of C, whatever x is elsewhere. A body in which x may be bound anew is left out.
Tests: tests/unit/extract/test_extract_python_references.py.
"""

from __future__ import annotations

import re

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
MAX_STRETCHES = 200
"""Of one name in one file."""


def narrow(view: FileView) -> None:
    """Note the stretches of a file in which names stand for instances of what they were tested for."""
    for match in _TEST.finditer(view.text.text):
        name = match[1]
        body = _body(view.root.descendant_for_byte_range(*match.span()))
        if body is None or re.search(_BOUND.format(name), view.text.text[body.start_byte : body.end_byte], re.M):
            continue
        stretches = view.narrowed.setdefault(view.text.decode(name), [])
        if len(stretches) < MAX_STRETCHES:
            stretches.insert(0, (body.start_byte, body.end_byte, f"{view.text.decode(match[2])}.()"))


def _body(node: Node | None) -> Node | None:
    """Return the block that is reached only if a test holds."""
    for _ in range(_MAX_CLIMB):
        parent = node.parent if node is not None else None
        if node is None or parent is None:
            return None
        if parent.type in _BRANCHES:
            is_condition = parent.child_by_field_name("condition") == node
            return parent.child_by_field_name("consequence") if is_condition else None
        operator = parent.child_by_field_name("operator") if parent.type == "boolean_operator" else None
        if parent.type != "parenthesized_expression" and (operator is None or operator.type != "and"):
            return None
        node = parent
    return None
