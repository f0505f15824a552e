"""What the ranking reads of a query's text: its terms, the names in it, and what kind of question it is.

There are three kinds. An *identifier* is one name, dotted or not: its definition is wanted. A *sentence* says what one
symbol does, as documentation has it ("Return the number of a page", "Parse options"): it begins with a capital or ends
with a full stop, begins with the verb of an action, has an article or a pronoun, and has no question word in front. All
others, "session storage", "how requests are routed" or "parse the options of a command", as people type them who have
no documentation at hand, name a *subject*, which a file rather than a symbol is about.
Pure. Tests: tests/unit/search/test_search_shape.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice

from codegraph.embed.tokens import words
from codegraph.extract.languages import language_of
from codegraph.search.analysis import defined, query_terms

MAX_WORDS = 64
"""Words of a query that are looked at."""

MOST_PARTS = 4
"""Words that may be the parts of one name."""

_ONE_NAME = re.compile(r"[\w$]+(?:(?:\.|::|#|->|/)[\w$]+)*")
_DOTTED = re.compile(r"\w+(?:(?:\.|::|#|->)\w+)+")
_PATH = re.compile(r"[\w$.@+/-]{1,400}")
_MARKS = " \t\r\n*&@`'\",;:!?()[]{}<>"
"""What may stand around a name that was copied from somewhere."""
_WRITTEN_AS_CODE = re.compile(r"_|[a-z][A-Z]|\d|[A-Z]{2}")
_OF_QUESTIONS = frozenset({"how", "where", "what", "which", "why", "when", "who"})
_OF_SENTENCES = frozenset(
    {"a", "an", "the", "this", "that", "these", "its", "it", "all", "each", "every", "any", "given"}
    | {"whether", "if", "is", "are", "was", "be", "return", "returns"}
)
_OF_LISTS = frozenset({"and", "or"})
_ACTIONS = frozenset(
    {"add", "append", "build", "calculate", "check", "clear", "close", "compare", "compute", "construct", "convert"}
    | {"create", "decode", "delete", "determine", "encode", "execute", "extract", "find", "generate", "get", "handle"}
    | {"initialize", "insert", "iterate", "load", "make", "merge", "move", "open", "parse", "perform", "print"}
    | {"provide", "read", "register", "remove", "render", "replace", "reset", "retrieve", "run", "send", "serialize"}
    | {"set", "start", "update", "validate", "write"}
)
"""Verbs that documentation often begins with, in the imperative and in the third person."""


class QueryKind(Enum):
    """What is asked for."""

    IDENTIFIER = "identifier"
    """The whole query is one name, dotted or not."""
    SENTENCE = "sentence"
    """It says what one symbol does."""
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class QueryShape:
    """What the ranking reads of a query."""

    terms: tuple[str, ...]
    words: tuple[str, ...]
    """As written, from which the terms were made."""
    kind: QueryKind
    defined: tuple[str, ...] = ()
    """Terms of the definitions that may be meant."""
    written: tuple[str, ...] = ()
    """An identifier's names, as written, the last one being what is looked for."""
    path: str = ""
    """The end of a file's path, if the whole query is one."""
    opening: str = ""
    """The first word of a subject, if it has a capital that may begin a sentence."""
    nowhere: tuple[str, ...] = ()
    """Words that no document has; see `spelling`."""
    read_as: Mapping[str, str] = field(default_factory=dict)
    """Words that no document has, and the name or the roots that were looked for instead."""

    def kind_among(self, names: Sequence[str]) -> QueryKind:
        """Return the kind, given the names of what was found: a capital is that of a sentence or that of a name."""
        return QueryKind.SENTENCE if self.opening and self.opening not in names else self.kind


def shape_of(text: str) -> QueryShape:
    """Read a query's shape."""
    bare = text.strip(_MARKS)
    found = words(text)[:MAX_WORDS]
    path = bare if _is_path(bare) else ""
    is_identifier = bool(found) and (bool(path) or _ONE_NAME.fullmatch(bare) is not None)
    as_code = [word for word in found if _WRITTEN_AS_CODE.search(word)]
    kind = QueryKind.IDENTIFIER if is_identifier else _kind(found, text.strip())
    opens = kind is QueryKind.SUBJECT and _begins_a_sentence(found)
    return QueryShape(
        terms=query_terms(text),
        words=tuple(found),
        kind=kind,
        defined=tuple(dict.fromkeys(_definitions(bare, found, as_code, is_identifier))),
        written=tuple(found) if is_identifier else (),
        path=path,
        opening=found[0] if opens else "",
    )


def _is_path(text: str) -> bool:
    return _PATH.fullmatch(text) is not None and language_of(text, b"") is not None


def _definitions(text: str, found: list[str], as_code: list[str], is_identifier: bool) -> Iterator[str]:
    """Yield the terms of what may be meant: a dotted name, a name in prose, or all of a few words in one name."""
    for dotted in islice(_DOTTED.finditer(text), MAX_WORDS):
        yield defined(*words(dotted[0])[-2:])
    if is_identifier:
        yield defined(found[-1])
    else:
        yield from map(defined, as_code)
        if 1 < len(found) <= MOST_PARTS:
            yield defined("_".join(found))


def _begins_a_sentence(found: list[str]) -> bool:
    if len(found) < 2 or found[0].lower() in _OF_QUESTIONS or found[1] in _OF_LISTS:
        return False
    return len(found[0]) > 1 and found[0].istitle() and not found[0].endswith("ing")


def _kind(found: list[str], text: str) -> QueryKind:
    stops = text.endswith(".")
    is_typed = text[:1].islower() and not stops
    is_sentence = not is_typed and _is_sentence([word.lower() for word in found], stops)
    return QueryKind.SENTENCE if is_sentence else QueryKind.SUBJECT


def _is_sentence(found: list[str], stops: bool) -> bool:
    if len(found) < 2 or found[0] in _OF_QUESTIONS:
        return False
    if stops or (is_action(found[0]) and found[1] not in _OF_LISTS and not is_action(found[1])):
        return True
    return not found[0].endswith("ing") and not _OF_SENTENCES.isdisjoint(found)


def is_action(word: str) -> bool:
    """Whether a word in lower case is a verb that documentation of what acts often begins with."""
    return word in _ACTIONS or word.removesuffix("s") in _ACTIONS
