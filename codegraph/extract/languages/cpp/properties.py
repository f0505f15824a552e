"""Accessors of properties of Qt: `Q_PROPERTY(int size READ size WRITE resize NOTIFY resized)` in a class.

The macro is blank to the parser; what it names is called by the class's meta-object, so the class mentions it.
Source: https://doc.qt.io/qt-6/properties.html. Tests: tests/unit/extract/test_extract_cpp_gaps.py.
"""

from __future__ import annotations

import re
from typing import Final

from codegraph.core.facts import ROLE
from codegraph.core.symbols import TYPE_KINDS
from codegraph.extract.view import FileView

PROPERTY: Final = re.compile(rb"\bQ_PROPERTY[ \t]*+\(((?:[^()]++|\([^()]*+\))*+)\)")
_ACCESSOR: Final = re.compile(rb"\b(READ|WRITE|RESET|NOTIFY|MEMBER|BINDABLE)\s++([A-Za-z_]\w*+)")
_CALLED: Final = {b"READ": "(0)", b"RESET": "(0)", b"BINDABLE": "(0)", b"WRITE": "(1)"}
"""With how many arguments; the others are read."""


def add_accessors(view: FileView) -> None:
    """Mention what the properties of a file's classes name."""
    data = view.text.data
    if b"Q_PROPERTY" not in data:
        return
    for found in PROPERTY.finditer(data):
        start, end = found.span()
        owner = view.owner_of(start)
        around = view.root.descendant_for_byte_range(start, end)
        if view.definitions[owner].kind not in TYPE_KINDS or (around is not None and around.type == "comment"):
            continue
        for each in _ACCESSOR.finditer(data, *found.span(1)):
            count = _CALLED.get(each.group(1), "")
            chain = (each.group(2).decode("ascii", "replace") + count,)
            view.references.add(owner, chain, ROLE.CALL if count else ROLE.READ, each.start(2))
