"""Both indexes behind one door: one revision per answer, with or without vectors."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from codegraph.config import SearchConfig
from codegraph.core.symbols import SymbolId, SymbolKind
from codegraph.search.documents import FileDocuments, LexicalDocument
from codegraph.search.filters import Filter
from codegraph.search.quantise import Floats, quantise
from codegraph.search.rank import RankWeights
from codegraph.search.search import Query, Searcher
from codegraph.search.signals import SIGNALS
from codegraph.search.vectors import Mask, Stretch

DIMENSIONS = 4
MODEL, OTHER = b"m" * 16, b"o" * 16
MEAN = np.zeros(DIMENSIONS, np.float32)
PLAIN = RankWeights(vector=1.0).without(*(name for name in SIGNALS if name not in ("lexical", "vector")))


def axis(place: int) -> Floats:
    unit: Floats = np.eye(DIMENSIONS, dtype=np.float32)[place]
    return unit


def file_of(path: str, *names: str, body: str = "", tag: bytes = b"") -> FileDocuments:
    documents = tuple(
        LexicalDocument(
            SymbolId(f"{path}/{name}()."), SymbolKind.FUNCTION, "python", name, name, "", "", tuple(body.split())
        )
        for name in names
    )
    return FileDocuments(path, tag, documents)


def opened(directory: Path | None, config: SearchConfig, weights: RankWeights | None = None) -> Searcher:
    target = Searcher.open(directory, identity="test", config=config, weights=weights)
    target.open_model(MODEL, MEAN)
    return target


def searcher(weights: RankWeights = PLAIN) -> Searcher:
    target = opened(None, SearchConfig(), weights)
    target.update([file_of("a.py", "load_table", "save_table"), file_of("b.py", "draw_chart")], (), 1)
    return target


def put(target: Searcher, **vectors: int) -> list[SymbolId]:
    symbols = [SymbolId(f"{'b' if name == 'draw_chart' else 'a'}.py/{name}().") for name in vectors]
    return target.put_vectors(MODEL, symbols, quantise(np.stack([axis(place) for place in vectors.values()]), MEAN))


def found(target: Searcher, query: Query) -> list[str]:
    return [result.symbol for result in target.search(query).results]


def test_words_alone_are_enough() -> None:
    """Without a vector the lexical ranking answers, and says so."""
    answer = searcher().search(Query("load the table"))

    assert [result.symbol for result in answer.results] == ["a.py/load_table().", "a.py/save_table()."]
    assert (answer.rankings, answer.revision, answer.reason) == (("lexical",), 1, "")
    assert set(answer.results[0].signals) == {"lexical", "bm25"}
    assert (answer.results[0].kind, answer.results[0].path) == (SymbolKind.FUNCTION, "a.py")


def test_vectors_find_what_words_do_not() -> None:
    """A symbol without a common word is found by its vector; signals tell which ranking knew what."""
    target = searcher()
    put(target, load_table=0, save_table=1, draw_chart=2)

    answer = target.search(Query("load plot", {MODEL: axis(2)}))

    assert answer.rankings == ("lexical", "vector")
    by_symbol = {result.symbol: result.signals for result in answer.results}
    assert set(by_symbol[SymbolId("b.py/draw_chart().")]) == {"vector", "cosine"}
    assert set(by_symbol[SymbolId("a.py/load_table().")]) >= {"lexical", "bm25"}
    assert by_symbol[SymbolId("b.py/draw_chart().")]["cosine"] == pytest.approx(1.0, abs=0.01)


def test_filters_apply_before_ranking() -> None:
    """With one candidate a ranking, a filtered query still finds what it may."""
    target = opened(None, config=SearchConfig(candidates=1))
    target.update([file_of("a.py", "load"), file_of("b.py", "load_more_and_more")], (), 1)
    target.put_vectors(MODEL, [SymbolId("a.py/load().")], quantise(axis(0)[None, :], MEAN))

    query = Query("load", {MODEL: axis(0)}, allowed=Filter(include=("b.py",)))

    assert found(target, query) == ["b.py/load_more_and_more()."]


def test_a_symbol_that_goes_takes_its_vector_along() -> None:
    """Vectors of symbols that are no longer in their file, or whose file is gone, are not found."""
    target = searcher()
    put(target, load_table=0, save_table=0, draw_chart=0)
    target.update([file_of("a.py", "save_table")], ["b.py"], 2)

    near = target.similar({MODEL: axis(0)}, 10)

    assert [result.symbol for result in near.results] == ["a.py/save_table()."]
    assert put(target, load_table=0, save_table=1) == ["a.py/load_table()."]
    assert target.view().vectors.live == 1
    assert target.vector_of(SymbolId("a.py/load_table().")) is None


def test_similar_leaves_out_the_asker() -> None:
    """Nearest neighbours by falling cosine, ties by symbol, without the excluded symbol."""
    target = searcher()
    put(target, load_table=0, save_table=0, draw_chart=1)

    answer = target.similar({MODEL: axis(0)}, 1, exclude=SymbolId("a.py/load_table()."))
    nobody = searcher().similar({MODEL: axis(0)}, 1)

    assert [result.symbol for result in answer.results] == ["a.py/save_table()."]
    assert (nobody.results, nobody.reason) == ((), "empty_index")


def test_no_likeness_is_more_than_one() -> None:
    """A vector of eight bits may be a little longer than 1; what it is said to be like is not."""
    target, symbol = searcher(), SymbolId("a.py/load_table().")
    for drawn in np.random.default_rng(1).standard_normal((20, DIMENSIONS)):
        vector = (drawn / np.linalg.norm(drawn)).astype(np.float32)
        target.put_vectors(MODEL, [symbol], quantise(vector[None], MEAN))
        (only,) = target.similar({MODEL: vector}, 1).results
        assert 0.99 < only.score == only.signals["cosine"] <= 1


def test_vectors_can_be_removed_and_a_model_closed() -> None:
    """Removing vectors, or a model with all of its vectors, leaves the words as they were."""
    target = searcher()
    put(target, load_table=0, draw_chart=1)
    target.remove_vectors([SymbolId("a.py/load_table()."), SymbolId("no.py/such().")])
    assert target.models() == {MODEL: 1}

    target.close_model(MODEL)

    assert target.view().vectors.live == 0
    assert found(target, Query("chart", {MODEL: axis(0)})) == ["b.py/draw_chart()."]
    assert (target.models(), target.mean(MODEL)) == ({}, None)


def test_models_of_other_dimensions_answer_together_and_every_symbol_once() -> None:
    """A symbol is found by the vector of the model that embedded it last; models without a query are not asked."""
    target = searcher()
    put(target, load_table=0, save_table=1, draw_chart=2)
    target.open_model(OTHER, np.zeros(2, np.float32))
    target.put_vectors(
        OTHER, [SymbolId("b.py/draw_chart().")], quantise(np.eye(2, dtype=np.float32)[:1], np.zeros(2, np.float32))
    )

    both = target.search(Query("zebra", {MODEL: axis(0), OTHER: np.eye(2, dtype=np.float32)[0]}))
    near = target.similar({MODEL: axis(0), OTHER: np.eye(2, dtype=np.float32)[0]}, 10)
    old = target.similar({MODEL: axis(2)}, 10)

    assert target.models() == {MODEL: 2, OTHER: 1}
    assert sorted(result.symbol for result in both.results) == sorted({result.symbol for result in both.results})
    assert {result.symbol for result in near.results} == {result.symbol for result in both.results}
    assert len(near.results) == 3
    assert "b.py/draw_chart()." not in [result.symbol for result in old.results]
    assert target.vector_of(SymbolId("b.py/draw_chart()."))[0] == OTHER  # type: ignore[index]


def test_an_empty_answer_has_a_reason() -> None:
    """Nothing found always says why."""
    target = searcher()
    empty = opened(None, config=SearchConfig())

    assert empty.search(Query("table")).reason == "empty_index"
    assert target.search(Query("->")).reason == "no_words"
    assert target.search(Query("zebra")).reason == "no_match"
    assert target.search(Query("table", allowed=Filter(languages=("ada",)))).reason == "nothing_allowed"


def test_the_reason_does_not_tell_what_was_there_before() -> None:
    """Filters that only symbols pass that are gone leave nothing, as if these had never been there."""
    target = searcher()
    only_there = Query("zebra", allowed=Filter(include=("b.py",)))

    assert target.search(only_there).reason == "no_match"
    target.update([], ["b.py"], 2)
    assert target.search(only_there).reason == "nothing_allowed"


def test_the_limit_is_kept() -> None:
    """The query's limit, or else the configured one."""
    target = opened(None, config=SearchConfig(limit=3))
    target.update([file_of("a.py", *(f"load_{chr(97 + i)}" for i in range(9)))], (), 1)

    assert len(found(target, Query("load"))) == 3
    assert len(found(target, Query("load", limit=5))) == 5


def test_signals_decide_and_add_up() -> None:
    """An exact name comes before a longer text about it; what a result reports are the parts of its score."""
    target = searcher(RankWeights())
    target.update([file_of("c.py", "table", body="x " * 40), file_of("tests/t.py", "table_table")], (), 2)

    best = target.search(Query("table")).results[0]

    assert best.symbol == "c.py/table()."
    assert best.signals["exact_name"] > 0
    assert sum(best.signals[name] for name in SIGNALS if name in best.signals) == pytest.approx(best.score)


def test_a_symbol_that_only_vectors_know_has_its_files_evidence() -> None:
    """Words found elsewhere in its file speak for it."""
    target = searcher(RankWeights())
    put(target, save_table=0, draw_chart=0)
    target.update([file_of("a.py", "load_page", "save_table")], (), 2)

    answer = target.search(Query("load page", {MODEL: axis(0)}))

    by_symbol = {result.symbol: result.signals for result in answer.results}
    assert by_symbol[SymbolId("a.py/save_table().")]["file"] > 0
    assert "file" not in by_symbol[SymbolId("b.py/draw_chart().")]


def test_history_leaves_no_trace_in_answers() -> None:
    """Documents and vectors that came in another order, and some twice, give the same answer."""
    one, other = searcher(), searcher()
    put(one, load_table=0, save_table=0, draw_chart=1)
    put(other, draw_chart=3, save_table=2)
    other.update([file_of("b.py", "other")], (), 2)
    other.update([file_of("b.py", "draw_chart")], ["a.py"], 3)
    other.update([file_of("a.py", "load_table", "save_table")], (), 4)
    put(other, draw_chart=1)
    put(other, save_table=0, load_table=0)

    for query in (Query("table chart", {MODEL: axis(0)}), Query("save", {MODEL: axis(1)}, limit=2)):
        assert one.search(query).results == other.search(query).results


def test_after_a_restart_only_the_differences_are_asked_for(tmp_path: Path) -> None:
    """`outdated` names files whose tag differs or is new, and files that should go; answers are the same."""
    target = opened(tmp_path, config=SearchConfig())
    target.update(
        [file_of("a.py", "load", tag=b"1"), file_of("b.py", "save", tag=b"2"), file_of("c.py", "x", tag=b"3")], (), 7
    )
    assert target.flush() == 7

    restarted = opened(tmp_path, config=SearchConfig())

    assert restarted.revision == 7
    assert restarted.outdated({"a.py": b"1", "b.py": b"9", "d.py": b"4"}) == (["b.py", "d.py"], ["c.py"])
    assert restarted.search(Query("load")) == target.search(Query("load"))
    assert restarted.put_vectors(MODEL, [SymbolId("a.py/load().")], quantise(axis(0)[None, :], MEAN)) == []


def test_a_reader_sees_one_revision() -> None:
    """Beside a writer that swaps two files' names and vectors, no view mixes two revisions."""
    target = searcher()
    stop, torn = threading.Event(), list[object]()

    def read() -> None:
        while not stop.is_set():
            view = target.view()
            vectors = {
                int(n) for stretch in view.vectors.spaces[MODEL].stretches for n in stretch.numbers[_shown(stretch)]
            }
            documents = {
                int(n)
                for one in view.lexical.segments
                for n in (one.segment.numbers if one.dead is None else one.segment.numbers[~one.dead])
            }
            if not vectors <= documents or max(documents) >= view.catalogue.count:
                torn.append((vectors, documents))
            target.search(Query("table chart", {MODEL: axis(0)}))

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(150):
        if turn % 2:
            target.update([file_of("a.py", "load_table", "save_table")], ["b.py"], turn)
            put(target, load_table=0, save_table=1)
        else:
            target.update([file_of("b.py", "draw_chart")], ["a.py"], turn)
            put(target, draw_chart=2)
    stop.set()
    reader.join()

    assert torn == []


def _shown(stretch: Stretch) -> Mask:
    return np.ones(len(stretch.numbers), np.bool_) if stretch.buried is None else ~stretch.buried
