"""The lexical index: exact scores, no memory of its history, nothing lost at a restart."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegraph.core.symbols import SymbolId, SymbolKind
from codegraph.events import EventLog, Rebuilt
from codegraph.search import lexical, scoring
from codegraph.search.catalogue import Catalogue
from codegraph.search.documents import FileDocuments, LexicalDocument
from codegraph.search.lexical import LexicalIndex, MergeFiles
from codegraph.search.segment import FIELDS, SATURATION
from codegraph.search.segment_file import StoredSegment
from codegraph.search.segment_writer import merge_files

WORDS = ("alpha", "beta", "gamma", "delta", "parse_file", "HTTPServer", "x1", "self", "self", "self")
bodies = st.lists(st.lists(st.sampled_from(WORDS), max_size=6), max_size=4)
paths = st.sampled_from(["a.py", "b.py", "c/d.py", "e.py"])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("replace"), paths, bodies),
        st.tuples(st.just("remove"), paths, st.just([])),
        st.tuples(st.just("flush"), paths, st.just([])),
        st.tuples(st.just("reopen"), paths, st.just([])),
    ),
    max_size=14,
)
queries = st.lists(
    st.sampled_from(["alpha", "beta", "gamma", "delta", "pars", "httpserver", "x1", "self", "no"]), max_size=5
)


def documents_of(path: str, contents: Sequence[Sequence[str]]) -> tuple[LexicalDocument, ...]:
    return tuple(
        LexicalDocument(
            SymbolId(f"{path}/f{i}()."),
            SymbolKind.FUNCTION,
            "python",
            f"f{i}",
            f"f{i}",
            "",
            " ".join(words),
            tuple(words),
        )
        for i, words in enumerate(contents)
    )


def fresh(files: dict[str, Sequence[Sequence[str]]]) -> LexicalIndex:
    index = LexicalIndex.open(None, identity="test")
    index.update([FileDocuments(path, b"", documents_of(path, files[path])) for path in sorted(files)], (), 1)
    return index


@pytest.fixture(params=["here", "elsewhere", "never"])
def merge(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> MergeFiles | None:
    """Who merges: the flush itself; somebody else, file by file; or somebody who never does."""
    monkeypatch.setattr(lexical, "MERGE_HERE_DOCUMENTS", 0)

    def elsewhere(directory: Path, parts: Sequence[StoredSegment], name: str) -> bool:
        merge_files(directory, parts, name)
        return True

    def never(directory: Path, parts: Sequence[StoredSegment], name: str) -> bool:
        return False

    return {"here": None, "elsewhere": elsewhere, "never": never}[request.param]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])  # it is the same each time
@given(script=steps, query=queries, limit=st.integers(1, 6))
def test_history_and_restarts_leave_no_trace(
    tmp_path_factory: pytest.TempPathFactory,
    merge: MergeFiles | None,
    script: list[tuple[str, str, list[list[str]]]],
    query: list[str],
    limit: int,
) -> None:
    """After any edits, flushes and restarts the answers are those of an index built afresh, to the last bit."""
    directory = tmp_path_factory.mktemp("index")
    index = LexicalIndex.open(directory, identity="test", merge_files=merge)
    files: dict[str, Sequence[Sequence[str]]] = {}
    for action, path, contents in script:
        if action == "replace":
            index.replace(path, documents_of(path, contents), tag=b"t")
            files[path] = contents
        elif action == "remove":
            index.remove(path)
            files.pop(path, None)
        else:
            index.flush()
        if action == "reopen":
            index = LexicalIndex.open(directory, identity="test", merge_files=merge)

    assert index.search(query, limit) == fresh(files).search(query, limit)
    assert set(index.tags()) == set(files)
    assert index.view().live == sum(map(len, files.values()))


def test_a_long_history_leaves_no_trace(tmp_path: Path, merge: MergeFiles | None) -> None:
    """After each of many edits among many files, with flushes and restarts between, all scores are right."""
    random = np.random.default_rng(11)
    index = LexicalIndex.open(tmp_path, identity="test", merge_files=merge)
    files: dict[str, Sequence[Sequence[str]]] = {}
    half_dead = 0
    for _ in range(150):
        path, action = f"m{random.integers(10)}.py", random.random()
        if action < 0.6:
            files[path] = [random.choice(WORDS, size=random.integers(6)).tolist() for _ in range(random.integers(4))]
            index.replace(path, documents_of(path, files[path]))
        elif action < 0.8:
            index.remove(path)
            files.pop(path, None)
        elif action < 0.9:
            index.flush()
        else:
            index.flush()
            index = LexicalIndex.open(tmp_path, identity="test", merge_files=merge)
        half_dead += any(one.dead is not None for one in index.view().segments)
        expected = fresh(files)
        assert set(index.tags()) == set(files)
        for query in (["alpha", "self"], ["pars", "gamma", "x1"], ["httpserver"]):
            assert index.search(query, 5) == expected.search(query, 5)
    assert half_dead > 50


def corpus(files: int, seed: int) -> dict[str, Sequence[Sequence[str]]]:
    random = np.random.default_rng(seed)
    vocabulary = [f"w{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(200)]
    shares = 1 / np.arange(1, 201)
    shares /= shares.sum()
    return {
        f"m{i}.py": [random.choice(vocabulary, size=random.integers(1, 30), p=shares).tolist() for _ in range(20)]
        for i in range(files)
    }


def test_short_cuts_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaving out hopeless documents gives the scores of adding up everything, in every branch."""
    index = fresh(corpus(40, 1))
    for i in range(0, 40, 3):
        index.remove(f"m{i}.py")
    view = index.view()
    random = np.random.default_rng(2)
    terms = [term.decode() for term in view.segments[0].segment.terms.all()]
    total = sum(one.segment.documents for one in view.segments)
    for _ in range(60):
        query = random.choice(terms, size=random.integers(1, 8)).tolist()
        limit = int(random.integers(1, 20))
        allowed = random.random(total) < random.choice([0.02, 0.5, 1.0])
        monkeypatch.setattr(scoring, "LONG_LIST", 1 << 30)
        monkeypatch.setattr(scoring, "FEW_CANDIDATES", 0.0)
        plain = index.search(query, limit, allowed)
        monkeypatch.setattr(scoring, "LONG_LIST", 1)
        pruned = index.search(query, limit, allowed)
        monkeypatch.setattr(scoring, "FEW_CANDIDATES", 2.0)
        looked_up = index.search(query, limit, allowed)

        assert pruned == plain
        assert looked_up == plain


def test_short_cuts_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rare word before a common one narrows the search (else the test above would test nothing)."""
    taken = []
    original = scoring._looked_up

    def noted(terms: Sequence[scoring._Term], places: scoring.Places, scores: scoring.Floats) -> object:
        taken.append(len(terms))
        return original(terms, places, scores)

    monkeypatch.setattr(scoring, "LONG_LIST", 1)
    monkeypatch.setattr(scoring, "_looked_up", noted)
    index = fresh(corpus(20, 3) | {"r.py": [["rare", "rare"]] * 3})

    index.search(["rar", "waa"], 1)

    assert taken == [1]


def test_scores_are_bm25() -> None:
    """A score is the formula's: idf over live documents times saturated, weighted frequency."""
    index = fresh({"a.py": [["alpha", "alpha"], ["beta"]], "b.py": [["beta"]]})
    index.remove("b.py")

    (symbol, score), *others = index.search(["alpha"], 5)

    per_field = {field.name: field for field in FIELDS}
    weight = 0.0
    for name in ("docstring", "body"):
        field = per_field[name]
        weight += field.weight * 2 / (1 - field.length_share + field.length_share * 2 / field.pivot)
    impact = (SATURATION + 1) * weight / (SATURATION + weight)
    assert (symbol, others) == ("a.py/f0().", [])
    assert score == pytest.approx(math.log(1 + 1.5 / 1.5) * impact, rel=1e-3)


def test_equal_scores_are_ordered_by_symbol() -> None:
    """Ties do not depend on who came first, not even at the cut."""
    index = LexicalIndex.open(None, identity="test")
    for path in ("z.py", "b.py", "m.py", "a.py"):
        index.replace(path, documents_of(path, [["alpha"]])[:1])

    found = [symbol for symbol, _ in index.search(["alpha"], 2)]

    assert found == ["a.py/f0().", "b.py/f0()."]


def test_nothing_asked_nothing_found() -> None:
    """No terms, unknown terms, no documents or no limit give no results."""
    index = fresh({"a.py": [["alpha"]]})

    assert index.search([], 5) == []
    assert index.search(["unknown"], 5) == []
    assert index.search(["alpha"], 0) == []
    assert fresh({}).search(["alpha"], 5) == []


def test_revision_and_tags_survive_a_restart(tmp_path: Path) -> None:
    """What flush said is on disk is what the next start finds; later edits are not."""
    index = LexicalIndex.open(tmp_path / "x", identity="test")
    index.update([FileDocuments("a.py", b"one", documents_of("a.py", [["alpha"]]))], (), 5)
    assert index.flush() == 5
    index.update([FileDocuments("b.py", b"two", documents_of("b.py", [["beta"]]))], ["a.py"], 6)

    reopened = LexicalIndex.open(tmp_path / "x", identity="test")

    assert (reopened.revision, dict(reopened.tags())) == (5, {"a.py": b"one"})
    assert (index.revision, dict(index.tags())) == (6, {"b.py": b"two"})


@pytest.mark.parametrize("damage", ["manifest", "segment", "missing", "identity", "foreign"])
def test_what_cannot_be_used_is_rebuilt_and_said(tmp_path: Path, damage: str) -> None:
    """A damaged or foreign index is dropped with an event, the directory is cleaned, and work goes on."""
    index = LexicalIndex.open(tmp_path, identity="test")
    index.update([FileDocuments("a.py", b"1", documents_of("a.py", [["alpha"]]))], (), 5)
    index.flush()
    segment = next(file for file in tmp_path.iterdir() if file.name.startswith("segment"))
    if damage == "manifest":
        (tmp_path / "manifest").write_bytes(b"nonsense")
    elif damage == "segment":
        segment.write_bytes(segment.read_bytes()[:-3] + b"xyz")
    elif damage == "missing":
        segment.unlink()
    elif damage == "foreign":
        segment.write_bytes(b"")
    events = EventLog(lambda: 0.0)

    reopened = LexicalIndex.open(tmp_path, identity="other" if damage == "identity" else "test", events=events)

    assert (reopened.revision, dict(reopened.tags()), reopened.search(["alpha"], 5)) == (-1, {}, [])
    (event,) = events.recent()
    assert isinstance(event, Rebuilt)
    assert (event.what, bool(event.reason), event.upgraded) == ("lexical index", True, damage == "identity")
    reopened.update([FileDocuments("a.py", b"1", documents_of("a.py", [["alpha"]]))], (), 6)
    reopened.flush()
    again = LexicalIndex.open(tmp_path, identity="other" if damage == "identity" else "test", events=events)
    assert again.search(["alpha"], 5) == reopened.search(["alpha"], 5) != []
    assert len(events.recent()) == 1


def test_what_was_written_is_read_through_the_file(tmp_path: Path) -> None:
    """After a flush the postings are the system's memory, not ours, and the answers the same."""
    index = LexicalIndex.open(tmp_path, identity="test")
    index.replace("a.py", documents_of("a.py", [["alpha", "beta"], ["beta"]]))
    before = index.search(["beta"], 10)
    assert len(before) == 2
    assert all(entry.segment.postings.flags.owndata for entry in index._entries)
    index.flush()
    assert not any(entry.segment.postings.flags.owndata for entry in index._entries)
    assert index.search(["beta"], 10) == before


def test_segments_and_files_stay_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand edits leave a handful of segments in memory, and a handful of files on disk."""
    monkeypatch.setattr(lexical, "EDIT_MERGE_DOCUMENTS", 64)
    index = LexicalIndex.open(tmp_path, identity="test")
    for i in range(300):
        index.replace(f"m{i % 60}.py", documents_of(f"m{i % 60}.py", [["alpha"], ["beta"]]))
        if i % 10 == 9:
            index.flush()
    assert len(index.view().segments) <= 12
    assert len(list(tmp_path.iterdir())) <= 12
    assert index.view().live == 120


def test_what_edits_leave_apart_is_merged_when_nobody_waits() -> None:
    """A save merges nothing up to a bound; `merge_young` does, says so, and changes no answer."""
    index = LexicalIndex.open(None, identity="test")
    for i in range(lexical.MOST_APART):
        index.replace(f"m{i}.py", documents_of(f"m{i}.py", [["alpha"], ["beta"]]))
    assert len(index.view().segments) == lexical.MOST_APART
    before = index.search(["beta"], 50)
    assert index.merge_young()
    assert len(index.view().segments) == 1
    assert index.search(["beta"], 50) == before
    assert not index.merge_young()
    for i in range(3 * lexical.MOST_APART):
        index.replace(f"n{i}.py", documents_of(f"n{i}.py", [["alpha"], ["beta"]]))
        assert len(index.view().segments) <= lexical.MOST_APART + 1


def test_a_flush_beside_edits_loses_nothing(tmp_path: Path, merge: MergeFiles | None) -> None:
    """While one thread flushes all the time, another edits; in the end all is as built afresh, on disk too."""
    index = LexicalIndex.open(tmp_path, identity="test", merge_files=merge)
    stop, failures = threading.Event(), list[BaseException]()

    def flush() -> None:
        try:
            while not stop.is_set():
                index.flush()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=flush)
    thread.start()
    files: dict[str, Sequence[Sequence[str]]] = {}
    random = np.random.default_rng(5)
    for i in range(250):
        path = f"m{random.integers(12)}.py"
        if i % 9 == 8:
            index.remove(path)
            files.pop(path, None)
        else:
            files[path] = [random.choice(WORDS, size=5).tolist() for _ in range(3)]
            index.replace(path, documents_of(path, files[path]))
    stop.set()
    thread.join()
    index.flush()

    assert failures == []
    expected = fresh(files)
    for query in (["alpha"], ["self", "beta"], ["pars", "x1", "gamma"]):
        assert index.search(query, 50) == expected.search(query, 50)
        assert LexicalIndex.open(tmp_path, identity="test").search(query, 50) == expected.search(query, 50)


def test_what_was_not_merged_is_on_disk_and_merged_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A merge that fails leaves the segments stored as they are; the next flush has them merged to a few."""
    monkeypatch.setattr(lexical, "MERGE_HERE_DOCUMENTS", 0)
    monkeypatch.setattr(lexical, "EDIT_MERGE_DOCUMENTS", 0)
    merges: list[int] = []

    def second_time(directory: Path, parts: Sequence[StoredSegment], name: str) -> bool:
        merges.append(len(parts))
        if len(merges) > 1:
            merge_files(directory, parts, name)
        return len(merges) > 1

    index = LexicalIndex.open(tmp_path, identity="test", merge_files=second_time)
    files = {f"m{number}.py": [["alpha", WORDS[number % len(WORDS)]]] for number in range(9)}
    for path, contents in files.items():
        index.replace(path, documents_of(path, contents))
    index.flush()
    assert len(index.view().segments) == 9
    stored = LexicalIndex.open(tmp_path, identity="test")
    assert stored.search(["alpha"], 50) == index.search(["alpha"], 50) == fresh(files).search(["alpha"], 50)
    files["m9.py"] = [["alpha"]]
    index.replace("m9.py", documents_of("m9.py", files["m9.py"]))
    index.flush()
    assert merges == [9, 10]
    assert len(index.view().segments) == 1
    assert index.search(["alpha"], 50) == fresh(files).search(["alpha"], 50)


def test_what_an_end_left_in_parts_is_merged_without_any_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever opens an index of many stored segments and flushes it has few, with the same answers."""
    monkeypatch.setattr(lexical, "MERGE_HERE_DOCUMENTS", 0)
    monkeypatch.setattr(lexical, "EDIT_MERGE_DOCUMENTS", 0)
    ended = LexicalIndex.open(tmp_path, identity="test", merge_files=lambda *_: False)
    for number in range(9):
        contents = [["alpha", WORDS[number % len(WORDS)]]] * (3 if number else 1)
        ended.replace(f"m{number}.py", documents_of(f"m{number}.py", contents))
    ended.flush()
    index = LexicalIndex.open(tmp_path, identity="test")
    assert len(index.view().segments) == 9
    index.flush()
    assert len(index.view().segments) == 1
    assert index.search(["alpha"], 50) == ended.search(["alpha"], 50)


def test_a_reader_sees_an_update_whole() -> None:
    """Two files that change together are seen together, by every view."""
    index = LexicalIndex.open(None, identity="test")
    stop, torn = threading.Event(), list[object]()

    def read() -> None:
        while not stop.is_set():
            view = index.view()
            ones, twos = (len(view.search([word], 10).numbers) for word in ("alpha", "beta"))
            if (ones, twos) not in ((0, 0), (2, 0), (0, 2)):
                torn.append((ones, twos))

    reader = threading.Thread(target=read)
    reader.start()
    for i in range(200):
        word = ("alpha", "beta")[i % 2]
        both = [FileDocuments(path, b"", documents_of(path, [[word]])) for path in ("a.py", "b.py")]
        index.update(both, (), i)
    stop.set()
    reader.join()

    assert torn == []


def test_an_empty_catalogue_is_shared() -> None:
    """The index fills the catalogue that it is given, empty as it may be."""
    catalogue = Catalogue()
    index = LexicalIndex.open(None, identity="test", catalogue=catalogue)
    index.replace("a.py", documents_of("a.py", [["alpha"]]))

    assert catalogue.number(SymbolId("a.py/f0().")) == 0
