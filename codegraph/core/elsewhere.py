"""Symbols that only name what is defined elsewhere: aliases, and declarations of C and C++.

In Zig an import is a constant: `const Allocator = std.mem.Allocator;` stands in every second file, and `json.zig` has
one such line for each name that it passes on. Whoever looks for a name wants what it is the name of. A constant is an
alias if its value is a path of names, or an import, whose last name is its own; so is a type of C++, as in
`using string_t = typename Json::string_t;`. A function of C or C++ without a body is declared, unless it is purely
virtual, which is all that there is of it. Pure.
Tests: tests/unit/core/test_core_elsewhere.py.
"""

from __future__ import annotations

import re

from codegraph.core.facts import Definition
from codegraph.core.symbols import CALLABLE_KINDS, SymbolKind

_VALUE = re.compile(
    r"\s= (?:@import|require) \( [\"'](?:[^\"']*/)?(?P<file>\w+)(?:\.\w+)*[\"'] \)(?P<within>(?: \. \w+)*) ;?$"
    r"|\s= \w+(?P<path>(?: (?:\.|::) \w+)+) ;?$"
)
"""Of canonical tokens: what a constant's signature ends with."""
_USING = re.compile(r"using (\w+) = (?:typename )?(?:(?:\w+(?: <[^()]*>)? )?:: )+\1(?: <[^()]*>)?$")
_DECLARING = frozenset({"c", "cpp"})
NAMING_LANGUAGES = _DECLARING | {"zig"}
"""Languages with such symbols."""
_VIRTUAL = "= 0"


def is_alias(definition: Definition) -> bool:
    """Whether a definition is another name for what is called the same elsewhere."""
    if definition.kind is SymbolKind.CLASS:
        return _USING.match(definition.signature) is not None
    found = _VALUE.search(definition.signature) if definition.kind is SymbolKind.CONSTANT else None
    if found is None:
        return False
    names = (found["path"] or found["within"] or found["file"]).split()
    return names[-1] == definition.name


def is_declaration(language: str, definition: Definition) -> bool:
    """Whether a definition of this language is a declaration, whose definition may stand elsewhere."""
    if language not in _DECLARING or definition.kind not in CALLABLE_KINDS:
        return False
    return definition.is_prototype and not definition.signature.endswith(_VIRTUAL)
