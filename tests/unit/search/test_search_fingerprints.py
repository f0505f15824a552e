"""Fingerprints: equal exactly when the tokens are, or are but for a consistent renaming."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from codegraph.extract.grammar import compiled
from codegraph.extract.languages import LANGUAGES
from codegraph.search.fingerprints import SHINGLE, FileTokens, Fingerprints, fingerprints, near_shingles
from codegraph.search.token_codes import KEYWORDS

NAMES = ["alpha", "beta", "gamma", "delta"]
TOKENS = st.lists(
    st.sampled_from([*NAMES, "if", "return", "(", ")", ".", "+", '"text"', "'x'", "1", "2.5"]), max_size=40
)


def file_of(names: Sequence[str], definitions: Sequence[Sequence[str]]) -> FileTokens:
    """Return what is read of a file."""
    return FileTokens(names, [msgspec.msgpack.encode(tokens) for tokens in definitions])


def prints_of(definitions: Sequence[Sequence[str]]) -> Fingerprints:
    """Return the fingerprints of a file whose definitions have no names."""
    made = next(fingerprints([file_of([""] * len(definitions), definitions)]))
    assert made is not None
    return made


def one(text: str, name: str = "") -> Fingerprints:
    """Return the fingerprints of one definition, its tokens divided by blanks."""
    made = next(fingerprints([file_of([name], [text.split()])]))
    assert made is not None
    return made


def reference_pattern(tokens: list[str]) -> list[object]:
    """Return what two definitions have in common exactly when one is a consistent renaming of the other."""
    seen: dict[tuple[bool, str], int] = {}
    kinds: dict[str, object] = {'"text"': "string", "'x'": "string", "1": "number", "2.5": "number"}
    members = [False, *(token == "." for token in tokens)]
    return [
        seen.setdefault((member, token), len(seen)) if token in NAMES else kinds.get(token, token)
        for member, token in zip(members, tokens, strict=False)
    ]


@given(TOKENS, TOKENS)
def test_renamed_is_equal_exactly_for_consistent_renamings(left: list[str], right: list[str]) -> None:
    """The digest is equal where first occurrences, in order, are the same, and nowhere else."""
    prints = prints_of([left, right])
    assert (prints.renamed[0] == prints.renamed[1]) == (reference_pattern(left) == reference_pattern(right))
    assert (prints.exact[0] == prints.exact[1]) == (left == right)


def test_a_member_is_another_thing_than_a_name() -> None:
    """Renaming a variable that is called like a member leaves the member alone."""
    assert one("name = a . name").renamed == one("x = a . name").renamed
    assert one("b . name = a . name").renamed != one("b . x = a . name").renamed


@given(TOKENS, st.permutations(NAMES))
def test_a_renaming_is_never_noticed(tokens: list[str], others: list[str]) -> None:
    """Whatever bijection of names: the renamed digest stays."""
    renaming = dict(zip(NAMES, others, strict=True))
    prints = prints_of([tokens, [renaming.get(token, token) for token in tokens]])
    assert prints.renamed[0] == prints.renamed[1]


@given(st.lists(TOKENS, max_size=5))
def test_definitions_do_not_see_each_other(definitions: list[list[str]]) -> None:
    """What stands beside a definition in its file changes nothing; shingles are ascending and distinct."""
    prints = prints_of(definitions)
    for index, tokens in enumerate(definitions):
        alone = prints_of([tokens])
        assert prints.exact[index] == alone.exact[0]
        assert prints.renamed[index] == alone.renamed[0]
        own = prints.shingles_of(index).tolist()
        assert own == alone.shingles.tolist() == sorted(set(own))
        assert len(own) <= max(0, len(tokens) - SHINGLE + 1)


@given(st.lists(st.lists(TOKENS, max_size=3), max_size=4))
def test_files_do_not_see_each_other(files: list[list[list[str]]]) -> None:
    """Files that are looked at in one go have the fingerprints that each has alone; a damaged one has none."""
    given_files = [file_of([""] * len(definitions), definitions) for definitions in files]
    damaged = FileTokens([""], [b"\x91\x01"])
    made = list(fingerprints([*given_files, damaged]))
    assert made.pop() is None
    for definitions, prints in zip(files, made, strict=True):
        alone = prints_of(definitions)
        assert prints is not None
        assert (prints.exact, prints.renamed, prints.tokens) == (alone.exact, alone.renamed, alone.tokens)
        assert prints.shingles.tolist() == alone.shingles.tolist()
        assert prints.starts.tolist() == alone.starts.tolist()
        assert prints.mentions.tolist() == alone.mentions.tolist()
        assert prints.mention_starts.tolist() == alone.mention_starts.tolist()


def test_shingles_keep_what_is_called_and_forget_what_is_named() -> None:
    """A local name, a literal and the definition's own name do not show; a member and a called name do."""
    base = one("def f ( a ) : return a . size + go ( 1 )", "f").shingles.tolist()
    assert one("def g ( b ) : return b . size + go ( 2 )", "g").shingles.tolist() == base
    assert one("def f ( a ) : return a . width + go ( 1 )", "f").shingles.tolist() != base
    assert one("def f ( a ) : return a . size + stop ( 1 )", "f").shingles.tolist() != base


def test_mentions_are_what_is_called_and_touched_in_no_order() -> None:
    """Each as often as it occurs; local names, the definition's own name and keywords are none."""
    base = one("def f ( a ) : return a . size + run ( a . size )", "f")
    assert len(base.mentions_of(0)) == 3
    assert (
        one("def g ( b ) : x = b . size ; return run ( b . size + x )", "g").mentions.tolist() == base.mentions.tolist()
    )
    assert one("def f ( a ) : return run ( a . size )", "f").mentions.tolist() != base.mentions.tolist()


def test_the_words_that_steer_are_known_for_what_they_are() -> None:
    """Each language's own words for choice, repetition, return and error are keywords, where its grammar has them."""
    steering = {"if", "else", "for", "while", "return", "break", "continue", "switch", "case", "match", "try", "throw"}
    steering |= {"catch", "raise", "except", "finally", "and", "or", "not", "in", "is", "do", "yield", "await", "loop"}
    assert steering <= KEYWORDS
    for language in (name for name, spec in LANGUAGES.items() if spec.read is None):
        grammar = compiled(language).parser.language
        assert grammar is not None
        words = {grammar.node_kind_for_id(number) for number in range(grammar.node_kind_count)}
        assert words & steering <= KEYWORDS


def test_hashes_are_the_same_in_every_process() -> None:
    """A golden value: fingerprints could be stored, and a test elsewhere relies on nothing but tokens."""
    assert one("return a . size + go ( 1 )").renamed[0].hex() == "938c850baa1a6695f5fb643120785fc8"


@given(st.lists(TOKENS, max_size=4))
def test_shingles_alone_are_those_of_the_fingerprints(definitions: list[list[str]]) -> None:
    """One definition by one or all in one go, and a definition that is no array of strings spoils its own only."""
    files = [file_of(["alpha"], [tokens]) for tokens in definitions]
    expected = [made.shingles.tolist() for made in fingerprints(files) if made is not None]
    assert [found.tolist() for found in near_shingles(files) if found is not None] == expected
    broken = near_shingles([*files, FileTokens(["alpha"], [b"\x01"])])
    assert broken[-1] is None
    assert [found.tolist() for found in broken if found is not None] == expected
