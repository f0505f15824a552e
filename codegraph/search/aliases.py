"""Definitions that only give what is defined elsewhere the name that it has there already.

In Zig an import is a constant: `const Allocator = std.mem.Allocator;` stands in every second file, and `json.zig` has
one such line for each name that it passes on. Whoever looks for a name wants what it is the name of. A constant is an
alias if its value is a path of names, or an import, whose last name is its own. Pure.
Tests: tests/unit/search/test_search_aliases.py.
"""

from __future__ import annotations

import re

from codegraph.core.facts import Definition
from codegraph.core.symbols import SymbolKind

_VALUE = re.compile(
    r"\s= (?:@import|require) \( [\"'](?:[^\"']*/)?(?P<file>\w+)(?:\.\w+)*[\"'] \)(?P<within>(?: \. \w+)*) ;?$"
    r"|\s= \w+(?P<path>(?: (?:\.|::) \w+)+) ;?$"
)
"""Of canonical tokens: what a constant's signature ends with."""


def is_alias(definition: Definition) -> bool:
    """Whether a definition is another name for what is called the same elsewhere."""
    found = _VALUE.search(definition.signature) if definition.kind is SymbolKind.CONSTANT else None
    if found is None:
        return False
    names = (found["path"] or found["within"] or found["file"]).split()
    return names[-1] == definition.name
