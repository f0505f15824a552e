"""From the tokens of code and prose to the terms of the lexical index.

A *token* is anything between blanks or a canonical token of code: `parse_requests`, `"%d items"`, `->`. Its *terms*
are the stemmed sub-tokens of its words (see `codegraph.embed.tokens`) and, for a word of several parts, the parts in
one piece: `parse_requests` gives `pars`, `request`, `parserequest`. The last one lets an identifier be found as a
whole, however it is written: `parseRequests`, `parse_request`.

A name that is *defined* has a term of its own, `defined("DiGraph.add_edge")`, which nothing else gives: whoever looks
for a definition finds it among all who mention it. It keeps every letter, but no case and no underscore.

Code repeats its tokens, so an `Analyser` remembers what it has seen (bounded; forgetting costs time only). Documents
and queries go through the same analysis. Pure: equal tokens give equal terms. Tests:
tests/unit/search/test_search_analysis.py.
"""

from __future__ import annotations

from functools import lru_cache

from codegraph.embed.tokens import MAX_WORD, split_word, stem, words

ANALYSIS_VERSION = 3
"""Raised whenever the same token gives other terms."""

MAX_REMEMBERED = 32_768
"""Tokens, and words, remembered before all of them are forgotten: about 7 MB each. Ten times as many are no faster."""

MAX_NAMES = 16_384
"""Names whose terms are remembered for the ranking."""

MAX_PARTS = 32_768
"""Parts of words whose roots are remembered: each stands in three words of a file, and in those of all others."""

MAX_TERMS = 512
"""Terms of one token (a long string literal has many words); the rest is dropped."""

MAX_QUERY_TERMS = 64
"""Distinct terms of a query; the rest is dropped."""


DEFINED = "\x01"
"""What the terms of definitions begin with."""


def defined(*names: str) -> str:
    """Return the term of a definition of this name, the last one, in a container of the name before it, if given."""
    return DEFINED + ".".join(map(_in_one_piece, names))


def _in_one_piece(name: str) -> str:
    """Join the parts of all words in a text, in lower case."""
    bare = name.replace("_", "")
    if len(name) <= MAX_WORD and bare.isascii() and bare.isalnum():  # nearly every name
        return bare.lower()
    return "".join(part for word in words(name) for part in split_word(word))


class Analyser:
    """Turns tokens into terms. One per thread: its memory is not locked."""

    def __init__(self) -> None:
        self._tokens: dict[str, tuple[str, ...]] = {}
        self._words: dict[str, tuple[str, ...]] = {}

    def terms(self, token: str) -> tuple[str, ...]:
        """Return a token's terms in order, at most MAX_TERMS, repetitions kept; none for punctuation."""
        known = (token,) if token.startswith(DEFINED) else self._tokens.get(token)
        if known is None:
            terms: list[str] = []
            for word in words(token):
                terms.extend(self._terms_of_word(word))
                if len(terms) >= MAX_TERMS:
                    break
            known = tuple(terms[:MAX_TERMS])
            if len(self._tokens) >= MAX_REMEMBERED:
                self._tokens.clear()
            self._tokens[token] = known
        return known

    def _terms_of_word(self, word: str) -> tuple[str, ...]:
        known = self._words.get(word)
        if known is None:
            if len(self._words) >= MAX_REMEMBERED:
                self._words.clear()
            known = self._words[word] = terms_of_word(word)
        return known


def terms_of_word(word: str) -> tuple[str, ...]:
    """Return the terms of one word: its stemmed parts and, if there are several, all of them in one."""
    parts = split_word(word)
    if len(parts) < 2:
        return tuple(map(root, parts))
    return (*map(root, parts), root("".join(parts)))


_DERIVATIONS = (
    (
        4,
        (
            "ation",
            "ition",
            "able",
            "abl",
            "ible",
            "ibl",
            "ance",
            "anc",
            "ence",
            "enc",
            "ator",
            "ion",
            "ity",
            "ize",
            "iz",
        ),
    ),
    (4, ("ate", "at", "er", "or", "ness")),
    (5, ("ment", "ent", "ive", "iv", "ful", "ic", "al", "ly", "ify", "ifi", "y", "i")),
    (6, ("ur",)),
)
"""How many letters must remain, and the endings that go, the longer of two first."""

_ENDINGS = tuple(ending for _, endings in _DERIVATIONS for ending in endings)


@lru_cache(maxsize=MAX_NAMES)
def part_terms(name: str) -> tuple[str, ...]:
    """Return the distinct terms of a name's parts, without the parts in one piece."""
    return tuple(dict.fromkeys(root(part) for word in words(name) for part in split_word(word)))


@lru_cache(maxsize=MAX_NAMES)
def whole_name(name: str) -> str:
    """Return a name in one piece: `parseRequests`, `parse_request` and `ParseRequest` are the same, `Parser` is not."""
    return stem(_in_one_piece(name)) or name


@lru_cache(maxsize=MAX_PARTS)
def root(part: str) -> str:
    """Remove, beyond `stem`, the endings that tell `connect`, `connector` and `connection` apart.

    Whoever looks for the validation of something is served by its validator. Endings go one after another, as in
    `serial-iz-ation`; the rules are few and know no dictionary, so `header` and `head` meet, too.
    """
    part = stem(part)
    if len(part) < 6 or not part.isascii() or not part.isalpha():
        return part
    while part.endswith(_ENDINGS):
        shorter = _without_derivation(part)
        if shorter == part:
            return part
        part = shorter
    return part


def _without_derivation(part: str) -> str:
    for shortest, endings in _DERIVATIONS:
        if not part.endswith(endings):
            continue
        for ending in endings:
            if part.endswith(ending) and len(part) - len(ending) >= shortest:
                return part[: -len(ending)]
    return part


_ENGLISH_FUNCTION_WORDS = (
    "a an and are as at be by can do does for from has have if in into is it its may not of on or should than "
    "that the their then there these this those to was were when where which will with would how what who why"
)

FUNCTION_WORDS = frozenset(map(root, _ENGLISH_FUNCTION_WORDS.split()))
"""Stemmed words that say nothing in a query; dropping them raised MRR@10 on docstring queries by 0.04."""


def query_terms(text: str) -> tuple[str, ...]:
    """Return the distinct terms of a query in order, at most MAX_QUERY_TERMS of them.

    Function words of English are left out unless there is nothing else.
    """
    distinct = tuple(dict.fromkeys(Analyser().terms(text)))
    telling = tuple(term for term in distinct if term not in FUNCTION_WORDS)
    return (telling or distinct)[:MAX_QUERY_TERMS]
