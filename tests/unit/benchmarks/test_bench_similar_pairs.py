"""The measure of vectors as a judge of equal operations: which pairs are counted, and as what."""

from __future__ import annotations

from benchmarks.search.twins import Function
from benchmarks.similar_pairs import near, table, vectors_of
from codegraph.core.symbols import SymbolKind
from codegraph.embed.lexical import LexicalEncoder
from codegraph.embed.render import EncoderInput
from training.pairs import Example


def function(package: str, name: str, sentence: str, code: str) -> Function:
    """Return a function whose code is a few words."""
    source = EncoderInput("python", SymbolKind.FUNCTION, name, "", name, sentence, tuple(code.split()))
    return Function(package, Example(sentence, source))


FUNCTIONS = [
    function("a-b", "parse_url", "Parse a URL.", "split scheme host port path query of this url string"),
    function("c-d", "parse_url", "Take addresses apart.", "query path port host scheme of the url string split"),
    function("e-f", "url_parse", "Parse an URL.", "url string path query split port host this of scheme"),
    function("a-x", "close_window", "Close a window.", "window handle shut destroy event frame"),
    function("g-h", "parse_url", "Parse a URL.", "split scheme host port path query of this url string"),
    function("a-b-c", "parse_url", "Parse a URL.", "url query path port host scheme string split take of"),
]


def test_pairs_are_near_of_other_authors_and_no_copies() -> None:
    """Each pair once; names or documentations say whether both do the same; documentation is not embedded."""
    vectors = vectors_of(FUNCTIONS, LexicalEncoder(512))
    found = {(each.one.package, each.other.package): each.agreed for each in near(FUNCTIONS, vectors)}
    assert found[("a-b", "c-d")]  # one name
    assert found[("a-b", "e-f")]  # like documentation
    assert not found[("c-d", "e-f")]  # neither: a lower bound
    assert ("a-b", "g-h") not in found
    assert ("a-b", "a-b-c") not in found
    assert not any("a-x" in pair for pair in found)


def test_the_table_counts_what_is_as_near() -> None:
    """Twins are found from their cosine on."""
    pairs = list(near(FUNCTIONS, vectors_of(FUNCTIONS, LexicalEncoder(512))))
    rows = [line.split() for line in table(pairs, [0.55, 0.72]).splitlines()[1:]]
    assert int(rows[0][1]) == len(pairs)
    assert [row[3] for row in rows[:4]] == ["1.000", "0.500", "0.500", "0.000"]
