"""A file of which some documents are kept has the segment that inverting all of them gives, to the last bit."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegraph.core.symbols import SymbolId, SymbolKind
from codegraph.search.analysis import Analyser
from codegraph.search.catalogue import Catalogue
from codegraph.search.documents import FileDocuments, KeptDocument, LexicalDocument
from codegraph.search.edited import MOST, EditedFiles
from codegraph.search.lexical import LexicalIndex
from codegraph.search.segment import Segment, build_segment

PATH = "a/file.py"
words = st.sampled_from(["alpha", "beta", "gamma", "parse_file", "HTTPServer", "größe", "(", "x1"])
versions = st.lists(st.dictionaries(st.sampled_from("fghijk"), st.lists(words, max_size=6)), min_size=1, max_size=5)


def document(name: str, body: Sequence[str], path: str = PATH) -> LexicalDocument:
    symbol = SymbolId(f"{path}/{name}().")
    return LexicalDocument(symbol, SymbolKind.FUNCTION, "python", name, name, f"def {name}", "", tuple(body))


def whole(functions: dict[str, list[str]], path: str = PATH) -> FileDocuments:
    documents = tuple(document(name, body, path) for name, body in functions.items())
    sources = tuple(" ".join(body).encode() for body in functions.values())
    return FileDocuments(path, repr(functions).encode(), documents, sources)


def kept(file: FileDocuments, index: EditedFiles | LexicalIndex) -> FileDocuments:
    """Return the documents with those left out that are made of what they were made of before."""
    known = index.sources(file.path)
    pairs = zip(file.documents, file.sources, strict=True)
    return file._replace(
        documents=tuple(KeptDocument(one.symbol) if known.get(one.symbol) == made else one for one, made in pairs)
    )


def as_lists(segment: Segment) -> tuple[object, ...]:
    columns = (segment.starts, segment.numbers, segment.offsets, segment.postings, segment.impacts, segment.peaks)
    return segment.paths, segment.tags, segment.terms.all(), [(each.dtype, each.tolist()) for each in columns]


@settings(max_examples=60, deadline=None)
@given(versions)
def test_a_segment_does_not_depend_on_what_is_kept(history: list[dict[str, list[str]]]) -> None:
    """Whatever is added, removed, changed or moved, the segment is that of the file as it is now."""
    catalogue, edited = Catalogue(), EditedFiles()

    def build(file: FileDocuments) -> Segment:
        return build_segment(
            [file], Analyser(), lambda path, one: catalogue.admit(one.symbol, one.kind, one.language, path)
        )

    for functions in history:
        file = whole(functions)
        assert as_lists(edited.segments([kept(file, edited)], build)[0]) == as_lists(build(file))


def test_an_index_keeps_what_is_said_to_be_kept() -> None:
    """Only documents that differ are handed in again, and searching finds what it finds in an index made afresh."""
    index = LexicalIndex.open(None, identity="test")
    before = {"f": ["alpha", "beta"], "g": ["gamma"], "h": ["alpha", "gamma"]}
    after = {"h": ["alpha", "gamma"], "f": ["beta"], "k": ["gamma"]}
    index.update([whole(before)], (), 1)
    update = kept(whole(after), index)
    assert [type(each) for each in update.documents] == [KeptDocument, LexicalDocument, LexicalDocument]
    index.update([update], (), 2)
    fresh = LexicalIndex.open(None, identity="test")
    fresh.update([whole(after)], (), 2)
    for term in ("alpha", "beta", "gamma"):
        assert index.search([term], 9) == fresh.search([term], 9) != []


def test_a_file_that_is_removed_or_long_gone_is_forgotten() -> None:
    """What is not remembered cannot be kept: its owner is told nothing of it, and claims are refused."""
    index = LexicalIndex.open(None, identity="test")
    index.update([whole({"f": ["alpha"]})], (), 1)
    assert index.sources(PATH)
    index.update([], [PATH], 2)
    assert not index.sources(PATH)
    with pytest.raises(KeyError):
        index.update([FileDocuments(PATH, b"", (KeptDocument(SymbolId("x")),), (b"",))], (), 3)
    for number in range(MOST + 1):
        index.update([whole({"f": ["alpha"]}, f"{number}.py")], (), 4 + number)
    assert not index.sources("0.py")
    assert index.sources("1.py")
    index.update([whole({"f": ["beta"]}, "1.py")._replace(sources=())], (), 99)
    assert not index.sources("1.py")


def test_files_of_one_change_do_not_push_each_other_out() -> None:
    """As many files as are remembered, all of them edited again behind a new one: what they keep is still there."""
    index, expected = (LexicalIndex(Catalogue(), None, "test") for _ in range(2))
    paths = [f"a/{number}.py" for number in range(MOST)]
    before = {"f": ["alpha"], "g": ["beta"]}
    index.update([whole(before, path) for path in paths], (), 1)
    after = [whole({"f": ["alpha"], "g": ["gamma"]}, path) for path in ("a/new.py", *paths)]
    index.update([kept(file, index) for file in after], (), 2)
    expected.update(after, (), 2)
    for term in ("alpha", "beta", "gamma"):
        assert index.search([term], 50) == expected.search([term], 50)
