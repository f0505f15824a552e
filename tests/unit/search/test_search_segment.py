"""Segments: merging is copying, and what is written is what is read."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegraph.core.symbols import SymbolId, SymbolKind
from codegraph.errors import StoreCorrupt
from codegraph.search.analysis import Analyser
from codegraph.search.catalogue import Catalogue
from codegraph.search.documents import FileDocuments, LexicalDocument
from codegraph.search.merging import merge_segments
from codegraph.search.segment import Segment, build_segment
from codegraph.search.segment_file import (
    Manifest,
    StoredSegment,
    read_manifest,
    read_segment,
    write_manifest,
    write_segment,
)

words = st.sampled_from(["alpha", "beta", "gamma", "parse_file", "HTTPServer", "größe", "(", "x1"])
texts = st.lists(words, max_size=6)


def file_of(path: str, bodies: list[list[str]]) -> FileDocuments:
    documents = tuple(
        LexicalDocument(
            SymbolId(f"{path}/f{i}()."),
            SymbolKind.FUNCTION,
            "python",
            f"f{i}",
            f"f{i}",
            " ".join(body),
            "",
            tuple(body),
        )
        for i, body in enumerate(bodies)
    )
    return FileDocuments(path, path.encode(), documents)


def built(files: list[FileDocuments], catalogue: Catalogue) -> Segment:
    return build_segment(files, Analyser(), lambda path, one: catalogue.admit(one.symbol, one.kind, one.language, path))


def content(segment: Segment, catalogue: Catalogue) -> dict[str, object]:
    """All that a segment says, in terms that do not depend on numbering."""
    symbols = catalogue.view().symbols
    postings = {}
    for index, term in enumerate(segment.terms.all()):
        rows = slice(int(segment.offsets[index]), int(segment.offsets[index + 1]))
        documents = [symbols[segment.numbers[place]] for place in segment.postings[rows]]
        postings[term] = dict(zip(documents, segment.impacts[rows].tolist(), strict=True))
        assert float(segment.peaks[index]) == max(segment.impacts[rows].tolist())
    paths = dict(zip(segment.paths, segment.tags, strict=True))
    return {"postings": postings, "paths": paths, "symbols": sorted(symbols[n] for n in segment.numbers)}


@settings(max_examples=40)
@given(st.lists(st.lists(texts, max_size=4), min_size=1, max_size=6), st.data())
def test_merging_equals_building(files: list[list[list[str]]], data: st.DataObject) -> None:
    """Segments merged without their dead paths say what a segment built from the live files says."""
    catalogue = Catalogue()
    sources = [file_of(f"p{i}.py", bodies) for i, bodies in enumerate(files)]
    cut = data.draw(st.integers(0, len(sources)))
    dead = [data.draw(st.booleans()) for _ in sources]
    parts = [(sources[:cut], dead[:cut]), (sources[cut:], dead[cut:])]

    merged = merge_segments([(built(part, catalogue), np.array(marks, np.bool_)) for part, marks in parts])

    live = [source for source, is_dead in zip(sources, dead, strict=True) if not is_dead]
    assert content(merged, catalogue) == content(built(live, catalogue), catalogue)


def test_terms_are_found_by_bisection() -> None:
    """Every term is found at its place, and nothing else is."""
    segment = built([file_of("a.py", [["alpha", "beta", "größe", "parse_file"], ["zeta"]])], Catalogue())
    terms = segment.terms.all()

    assert terms == sorted(terms)
    assert [segment.terms.find(term) for term in terms] == list(range(len(terms)))
    assert [segment.terms.find(term) for term in (b"", b"al", b"alphaa", b"zzz", "größe".encode())] == [-1] * 5


def test_a_stored_segment_comes_back(tmp_path: Path) -> None:
    """Reading gives all that was written, under the numbers of another process."""
    catalogue, other = Catalogue(), Catalogue()
    other.admit(SymbolId("first.py/x."), SymbolKind.CONSTANT, "rust", "first.py")
    segment = built(
        [file_of("a.py", [["alpha"], ["HTTPServer"]]), file_of("empty.py", []), file_of("b.py", [["x1"]])], catalogue
    )
    write_segment(tmp_path / "segment-0", segment, catalogue.view())

    back = read_segment(tmp_path / "segment-0", other.admit_stored)

    assert content(back, other) == content(segment, catalogue)
    assert back.paths == ("a.py", "empty.py", "b.py")
    assert (other.view().language(1), other.view().path(1), other.view().kind(1)) == (
        "python",
        "a.py",
        SymbolKind.FUNCTION,
    )


def test_an_empty_segment_can_be_stored(tmp_path: Path) -> None:
    """A segment without documents is written and read."""
    catalogue = Catalogue()
    write_segment(tmp_path / "s", built([file_of("empty.py", [])], catalogue), catalogue.view())

    assert read_segment(tmp_path / "s", catalogue.admit_stored).documents == 0


def test_damage_is_noticed(tmp_path: Path) -> None:
    """A changed, missing or added byte anywhere that matters, or a foreign file, raises StoreCorrupt."""
    catalogue = Catalogue()
    file = tmp_path / "s"
    write_segment(file, built([file_of("a.py", [["alpha"], ["HTTPServer", "beta"]])], catalogue), catalogue.view())
    good = file.read_bytes()
    start = len(good) - len(good) // 2
    damaged = [b"", b"CGLEX", good[: len(good) // 2], good[:-1], good + b"x", b"\xff" * 100, b"Z" + good[1:]]
    damaged += [good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :] for at in range(start, len(good), 7)]
    damaged += [good[:at] + b"\xc1" + good[at + 1 :] for at in range(8, 60, 5)]
    for content_ in damaged:
        file.write_bytes(content_)
        with pytest.raises(StoreCorrupt):
            read_segment(file, Catalogue().admit_stored)
    with pytest.raises(StoreCorrupt):
        read_segment(tmp_path / "absent", Catalogue().admit)


def test_a_manifest_comes_back_or_is_refused(tmp_path: Path) -> None:
    """None before the first, equal after writing, StoreCorrupt when damaged or of another shape."""
    manifest = Manifest("identity", 7, (StoredSegment("segment-0", (1, 2)),))
    assert read_manifest(tmp_path) is None
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path) == manifest

    file = tmp_path / "manifest"
    good = file.read_bytes()
    for damaged in (b"", good[:-1], good[:6] + b"\0" + good[7:]):
        file.write_bytes(damaged)
        with pytest.raises((StoreCorrupt, msgspec.DecodeError)):
            read_manifest(tmp_path)
