"""What the beginning of a sentence tells of the symbol that it describes: of its name, and of its kind.

"Parse a header" is said of `parse_header`, "Return the size" of `get_size`. A vector knows that words are alike, not
that both come first, which tells `set_size` from `get_size`. Pairs of different verbs are those that stand together
three times as often as chance would have it, in at least twelve of five hundred of the packages that the shipped model
was trained on, nouns left out.

"Create a subscription" is said of a function, "A subscription of a topic" of a type. Openings of types are the words
that in these packages begin what is said of a type more often than what is said of a function, in at least twelve.
Pure. Tests: tests/unit/search/test_search_beginnings.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from codegraph.core.symbols import CALLABLE_KINDS, TYPE_KINDS, SymbolKind
from codegraph.search.analysis import part_terms
from codegraph.search.shape import is_action

_LIKE = {
    "check": "is has",
    "construct": "new",
    "convert": "to into from",
    "create": "new initialize make from",
    "determine": "is",
    "initialize": "init",
    "parse": "from",
    "remove": "clear",
    "retrieve": "get",
    "return": "get to as",
    "test": "is",
    "validate": "is",
}
"""Verbs of sentences, and what names have for them."""
_LIKE_TERMS = {
    (said, named) for verb, names in _LIKE.items() for said in part_terms(verb) for named in part_terms(names)
}

_OF_TYPES = frozenset(
    {"a", "abstract", "an", "base", "cache", "class", "client", "common", "config", "context", "error", "exception"}
    | {"generic", "implementation", "interface", "iterator", "options", "raised", "reader", "represents", "server"}
    | {"trait", "utility", "writer"}
)
"""Openings of sentences that are said of types."""
_RETURNING = frozenset({"return", "returns"})


def begin_alike(terms: Sequence[str], name: str) -> bool:
    """Say whether a name begins as the terms of a sentence do."""
    parts = part_terms(name)
    return bool(terms and parts) and (terms[0] == parts[0] or (terms[0], parts[0]) in _LIKE_TERMS)


def described_kinds(words: Sequence[str]) -> frozenset[SymbolKind]:
    """Return the kinds of symbols that a sentence of these words is said of, by its opening; none if that is open."""
    opening = words[0].lower() if words else ""
    if is_action(opening) or opening in _RETURNING:
        return CALLABLE_KINDS
    return TYPE_KINDS if opening in _OF_TYPES else frozenset()
