"""What the text of a query asks for: words to rank by, filters, and strings that must occur.

    lang:NAME  kind:KIND  path:GLOB  -path:GLOB  in:NAME  calls:NAME  "exact words"

A filter stands by itself, between blanks. `lang` and `kind` take several values with commas. A value with blanks
stands in quotes. Whatever is not understood, an unknown name before a colon, a kind or language that there is none
of, a glob that is none, a quote that nothing closes, is ordinary text: pasted code is data, never an error.
Parsing takes time in proportion to the text, and what it gives is bounded.

Invariant: a text without filters and quotes is ranked by exactly as it is. Pure. See docs/query_language.md.
Tests: tests/unit/search/test_search_query_language.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages import LANGUAGES
from codegraph.search.filters import Filter, path_pattern

MAX_FILTERS = 32
"""Filters and quoted strings of one query; further ones are ordinary text."""

MAX_VALUE = 256
"""Characters of one filter's value or one quoted string."""

_PARTS = re.compile(
    r"""(?<!\S)(?:
        "(?P<phrase>[^"]*[^"\s][^"]*)"
      | (?P<negated>-?)(?P<filter>lang|language|kind|path|in|calls):(?:"(?P<quoted>[^"]+)"|(?P<value>[^\s"]\S*))
    )(?!\S)""",
    re.VERBOSE,
)
_NAME = re.compile(r"[^\W\d][\w$]*(?:(?:\.|::|\#)[\w$]+)*")
_FILE_OR_NAME = re.compile(r"[^\s\"*?\[]+")
_ALIASES = {
    "c#": "c_sharp",
    "c++": "cpp",
    "cs": "c_sharp",
    "csharp": "c_sharp",
    "ex": "elixir",
    "golang": "go",
    "hs": "haskell",
    "js": "javascript",
    "kt": "kotlin",
    "py": "python",
    "rb": "ruby",
    "rs": "rust",
    "sh": "bash",
    "shell": "bash",
    "ts": "typescript",
}
"""Other names of languages."""


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query as it was understood. Values of one filter: any of them; different filters: all of them."""

    text: str
    """What is ranked by: the rest of the query, and what stood in quotes."""
    kinds: tuple[SymbolKind, ...] = ()
    languages: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    not_paths: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    """Classes, modules or files that the symbols stand in."""
    calls: tuple[str, ...] = ()
    """Names one of which is called."""
    phrases: tuple[str, ...] = ()
    """Strings all of which occur."""
    not_filters: tuple[str, ...] = ()
    """What is written as a filter and is none, for its value means nothing: ranked by like other words."""

    @property
    def filter(self) -> Filter:
        """The part that looks at kind, language and path only."""
        return Filter(self.kinds, self.languages, self.paths, self.not_paths)


def parse_query(text: str) -> ParsedQuery:
    """Read a query. Raises nothing on any text."""
    found: dict[str, list[str]] = {}
    rest: list[str] = []
    unread: list[str] = []
    end = taken = 0
    for part in _PARTS.finditer(text):
        name, values = _read(part)
        if not values or taken == MAX_FILTERS:
            if part["filter"] and len(part[0]) <= MAX_VALUE and len(unread) < MAX_FILTERS:
                unread.append(part[0])
            continue
        taken += 1
        found.setdefault(name, []).extend(values)
        rest.append(text[end : part.start()])
        if name == "phrases":
            rest.append(values[0])
        end = part.end()
    not_filters = tuple(dict.fromkeys(unread))
    if not found:
        return ParsedQuery(text, not_filters=not_filters)
    rest.append(text[end:])
    distinct = {name: tuple(dict.fromkeys(values)) for name, values in found.items()}
    return ParsedQuery(
        text=" ".join(filter(None, (piece.strip() for piece in rest))),
        kinds=tuple(map(SymbolKind, distinct.pop("kinds", ()))),
        not_filters=not_filters,
        **distinct,
    )


def _read(part: re.Match[str]) -> tuple[str, list[str]]:
    """Return which field a part goes to, and with which values; no value if it is ordinary text."""
    phrase, name = part["phrase"], part["filter"]
    value = phrase or part["quoted"] or part["value"]
    if len(value) > MAX_VALUE:
        return "", []
    if phrase is not None:
        return "phrases", [phrase]
    if name == "path":
        return "not_paths" if part["negated"] else "paths", [value] if _is_pattern(value) else []
    if part["negated"]:
        return "", []
    if name == "in":
        return "containers", [value] if _FILE_OR_NAME.fullmatch(value) else []
    if name == "calls":
        return "calls", [value] if _NAME.fullmatch(value) else []
    if name == "kind":
        return "kinds", _all_of(value.split(","), {kind.value: kind.value for kind in SymbolKind})
    return "languages", _all_of(value.lower().split(","), _known_languages())


def languages_named(names: Sequence[str]) -> tuple[str, ...]:
    """Return the languages that names or short names, in any case, stand for. Raises ValueError at an unknown one."""
    known = _known_languages()
    unknown = [name for name in names if name.lower() not in known]
    if unknown:
        raise ValueError(f"there is no language {unknown[0]!r}; one of: {', '.join(LANGUAGES)}")
    return tuple(known[name.lower()] for name in names)


def _known_languages() -> dict[str, str]:
    return {**{language: language for language in LANGUAGES}, **_ALIASES}


def _all_of(values: list[str], known: dict[str, str]) -> list[str]:
    """Return what the values stand for; nothing if one of them stands for nothing."""
    return [known[value] for value in values] if all(value in known for value in values) else []


def _is_pattern(value: str) -> bool:
    try:
        path_pattern(value)
    except ValueError:
        return False
    return True
