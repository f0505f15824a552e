"""A file of which some documents are kept has the segment that inverting all of them gives, to the last bit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegraph.core.symbols import SymbolId, SymbolKind
from codegraph.search import edited as edited_files
from codegraph.search.analysis import Analyser
from codegraph.search.catalogue import Catalogue
from codegraph.search.documents import FileDocuments, KeptDocument, LexicalDocument
from codegraph.search.edited import MOST, EditedFiles
from codegraph.search.lexical import LexicalIndex
from codegraph.search.merging import of_file
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


def test_a_file_is_recalled_from_the_whole_index(tmp_path: Path) -> None:
    """The first edit after a start keeps what did not change too, and the segment is that of the file as it is now."""
    before = {"f": ["alpha", "beta"], "g": ["gamma"], "h": ["alpha", "gamma"], "i": []}
    after = {"h": ["alpha", "gamma"], "f": ["beta"], "k": ["gamma"], "i": []}
    others = [whole({"f": ["alpha", "größe"], "x": ["gamma"]}, path) for path in ("a/a.py", "z.py")]
    index = LexicalIndex.open(tmp_path, identity="test")
    index.update([each._replace(sources=()) for each in (others[0], whole(before), others[1])], (), 1)
    index.flush()
    index = LexicalIndex.open(tmp_path, identity="test")
    file = whole(before)
    made_of = dict(zip((each.symbol for each in file.documents), file.sources, strict=True))
    index.recall(PATH, file.tag, made_of)
    assert index.sources(PATH) == made_of
    update = kept(whole(after), index)
    assert [type(each) for each in update.documents] == [KeptDocument, LexicalDocument, LexicalDocument, KeptDocument]
    index.update([update], (), 2)
    fresh = LexicalIndex.open(None, identity="test")
    fresh.update([others[0], whole(after), others[1]], (), 2)
    for term in ("alpha", "beta", "gamma"):
        assert index.search([term], 9) == fresh.search([term], 9) != []


@pytest.mark.parametrize("change", ["tag", "another symbol", "other order", "one less"])
def test_only_the_documents_that_are_meant_are_recalled(change: str) -> None:
    """If the index has documents of another content, or of other symbols, of that file nothing is kept."""
    index = LexicalIndex.open(None, identity="test")
    file = whole({"f": ["alpha"], "g": ["beta"]})
    index.update([file._replace(sources=())], (), 1)
    symbols = [each.symbol for each in file.documents]
    other = {"another symbol": [symbols[0], SymbolId("x")], "other order": symbols[::-1], "one less": symbols[:1]}
    made_of = dict.fromkeys(other.get(change, symbols), b"digest")
    index.recall(PATH, b"other" if change == "tag" else file.tag, made_of)
    assert index.sources(PATH) == {}
    index.recall(PATH, file.tag, dict.fromkeys(symbols, b"digest"))
    assert index.sources(PATH) == dict.fromkeys(symbols, b"digest")


def test_a_small_file_of_a_large_index_is_inverted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """To look for a file's postings among all others is left when that is more work."""
    monkeypatch.setattr(edited_files, "POSTINGS_TO_READ", 4)
    index = LexicalIndex.open(None, identity="test")
    small, large = whole({"f": ["alpha"]}), whole({f"f{n}": ["alpha"] for n in range(9)}, "b.py")
    index.update([each._replace(sources=()) for each in (small, large)], (), 1)
    index.recall(PATH, small.tag, {small.documents[0].symbol: b"digest"})
    assert not index.sources(PATH)


@given(st.lists(versions.map(lambda history: history[0]), min_size=1, max_size=4), st.data())
def test_a_file_taken_out_of_a_segment_is_as_if_it_were_inverted_alone(
    files: list[dict[str, list[str]]], data: st.DataObject
) -> None:
    """Whatever stands around it, to the last bit."""
    catalogue, made = Catalogue(), [whole(functions, f"{at}.py") for at, functions in enumerate(files)]

    def build(*some: FileDocuments) -> Segment:
        return build_segment(
            some, Analyser(), lambda path, one: catalogue.admit(one.symbol, one.kind, one.language, path)
        )

    together, place = build(*made), data.draw(st.integers(0, len(made) - 1))
    assert as_lists(of_file(together, place)) == as_lists(build(made[place]))


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
