"""What the ranking reads of a query's text: its terms, its identifiers, and what kind of question it is.

There are three kinds. An *identifier* is one name, dotted or not: its definition is wanted. A *sentence* has an
article or a pronoun and no question word in front, as documentation has it ("Return the number of a page"): it says
what one symbol does. All others, "session storage" or "how requests are routed", name a *subject*, and subjects are
spread over the symbols of a file. Pure. Tests: tests/unit/search/test_search_shape.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from codegraph.embed.tokens import words
from codegraph.search.analysis import query_terms, whole_name

MAX_WORDS = 64
"""Words of a query that are looked at."""

_ONE_NAME = re.compile(r"[\w$]+(?:(?:\.|::|#|->|/)[\w$]+)*(?:\(\))?")
_WRITTEN_AS_CODE = re.compile(r"_|[a-z][A-Z]|\d|[A-Z]{2}")
_TEST_TERMS = frozenset({"test", "spec", "fixtur", "mock"})
_OF_QUESTIONS = frozenset({"how", "where", "what", "which", "why", "when", "who"})
_OF_SENTENCES = frozenset(
    {"a", "an", "the", "this", "that", "these", "its", "it", "all", "each", "every", "any", "given"}
    | {"whether", "if", "is", "are", "was", "be", "return", "returns"}
)


@dataclass(frozen=True, slots=True)
class QueryShape:
    """What the ranking reads of a query."""

    terms: tuple[str, ...]
    identifiers: frozenset[str]
    """Words that are written like identifiers, each as one term; membership only."""
    is_identifier: bool
    """The whole query is one name, dotted or not."""
    is_sentence: bool
    """It says what one symbol does."""
    asks_for_tests: bool


def shape_of(text: str) -> QueryShape:
    """Read a query's shape."""
    is_identifier = _ONE_NAME.fullmatch(text.strip()) is not None
    found = words(text)[:MAX_WORDS]
    as_code = [word for word in found if is_identifier or _WRITTEN_AS_CODE.search(word)]
    terms = query_terms(text)
    return QueryShape(
        terms=terms,
        identifiers=frozenset(whole_name(word) for word in as_code),
        is_identifier=is_identifier,
        is_sentence=not is_identifier and _is_sentence([word.lower() for word in found]),
        asks_for_tests=not _TEST_TERMS.isdisjoint(terms),
    )


def _is_sentence(found: list[str]) -> bool:
    if not found or found[0] in _OF_QUESTIONS or found[0].endswith("ing"):
        return False
    return not _OF_SENTENCES.isdisjoint(found)
