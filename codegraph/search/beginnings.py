"""Whether a sentence and a symbol's name begin alike: with the same verb, or with what names have for it.

"Parse a header" is said of `parse_header`, "Return the size" of `get_size`. A vector knows that words are alike, not
that both come first, which tells `set_size` from `get_size`. Pairs of different verbs are those that stand together
three times as often as chance would have it, in at least twelve of five hundred of the packages that the shipped model
was trained on, nouns left out. Pure. Tests: tests/unit/search/test_search_beginnings.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from codegraph.search.analysis import part_terms

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


def begin_alike(terms: Sequence[str], name: str) -> bool:
    """Say whether a name begins as the terms of a sentence do."""
    parts = part_terms(name)
    return bool(terms and parts) and (terms[0] == parts[0] or (terms[0], parts[0]) in _LIKE_TERMS)
