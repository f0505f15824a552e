"""The search benchmark: scores as defined, groups as defined, and answers that come from the real index."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from benchmarks.search import scoring
from benchmarks.search.__main__ import ablations, measure
from benchmarks.search.asking import Built, Manner
from benchmarks.search.propagation import blended
from benchmarks.search.report import ablation_table, figures, result_lines, table
from benchmarks.search.scoring import PLACES, Score, Scored, Span, grouped, hits, one_per_file, overall, score
from benchmarks.search.tasks import Repository, Task, at_hand, read_repositories, read_tasks
from benchmarks.search.tune import WEIGHTS, Sample, Scores, fitted, left_out
from codegraph.core.symbols import SymbolId
from codegraph.search.known import NothingKnown
from codegraph.search.rank import RankWeights, rank
from codegraph.search.shape import QueryKind, QueryShape
from codegraph.search.signals import SIGNALS, Candidates, signal_values


@pytest.mark.parametrize(
    ("result", "target", "expected"),
    [
        (Span("src/a.py", 1, 2), Span("src/a.py"), True),
        (Span("a.py", 1, 2), Span("src/a.py"), True),
        (Span("src/a.py", 1, 2), Span("a.py"), True),
        (Span("ba.py", 1, 2), Span("a.py"), False),
        (Span("a.py", 1, 9), Span("a.py", 9, 12), True),
        (Span("a.py", 1, 8), Span("a.py", 9, 12), False),
        (Span("a.py"), Span("a.py", 9, 12), True),
    ],
)
def test_a_hit_is_the_file_and_the_lines(result: Span, target: Span, expected: bool) -> None:
    """Paths agree up to a folder in front, whole names only; lines count where both sides have them."""
    assert hits(result, target) is expected


def test_a_place_gains_once_and_a_target_at_its_first_hit() -> None:
    """Gains are those of the distinct places at which targets are first hit, over the best possible."""
    results = [Span("x"), Span("a"), Span("a"), Span("b")]
    expected = (1 / math.log2(3) + 1 / math.log2(5)) / (1 + 1 / math.log2(3))

    found = score(results, [Span("a"), Span("b")])

    assert found.ndcg == pytest.approx(expected)
    assert (found.mrr, found.recall) == (0.5, 1.0)


def test_places_beyond_the_tenth_count_nothing() -> None:
    """A target at the eleventh place is not found."""
    results = [Span(f"{number}") for number in range(11)]
    assert score(results, [Span("10")]) == Score(0.0, 0.0, 0.0)
    assert score(results, [Span("9")]).recall == 1.0


def test_two_targets_in_one_result_gain_once() -> None:
    """One result that hits both targets is one gain of two possible."""
    found = score([Span("a", 1, 9)], [Span("a", 1, 2), Span("a", 8, 9)])
    assert found.ndcg == pytest.approx(1 / (1 + 1 / math.log2(3)))
    assert found.recall == 1.0


def test_one_per_file_keeps_the_first() -> None:
    """Of several results of a file the best one stays, in its place."""
    results = [Span("a", 1, 2), Span("b", 1, 2), Span("a", 5, 6), Span("c", 1, 2)]
    assert one_per_file(results) == [Span("a", 1, 2), Span("b", 1, 2), Span("c", 1, 2)]


def test_the_whole_is_the_mean_of_repositories() -> None:
    """A repository with many queries counts as much as one with few."""
    rows = [Scored("a", "go", "symbol", Score(value, 0, 0)) for value in (1.0, 0.0, 0.5)]
    rows.append(Scored("b", "c", "symbol", Score(0.0, 0, 0)))
    assert overall(rows).ndcg == pytest.approx(0.25)
    assert list(grouped(rows, lambda one: one.language)) == ["c", "go"]


def test_the_benchmark_is_read_as_it_is_written(tmp_path: Path) -> None:
    """Unknown fields are passed over, spans are optional, and what is not at hand is named."""
    line = {
        "id": "a/0",
        "repo": "a",
        "language": "go",
        "category": "symbol",
        "query": "Mux",
        "relevant": [{"path": "m"}],
    }
    (tmp_path / "queries").write_text(json.dumps(line) + "\n\n", encoding="utf-8")
    repositories = [
        {"name": "b", "language": "go", "benchmark_root": "lib"},
        {"name": "a", "language": "go", "url": ""},
    ]
    (tmp_path / "repos").write_text(json.dumps(repositories), encoding="utf-8")
    (tmp_path / "a").mkdir()

    found, left_out = at_hand(read_repositories(tmp_path / "repos"), tmp_path)

    assert [one.name for one in found] == ["a"]
    assert left_out == ["b"]
    assert read_tasks(tmp_path / "queries")["a"][0].targets == (Span("m", None, None),)


def test_a_run_asks_the_real_index_and_finds_it_again(tmp_path: Path) -> None:
    """Symbols are found with lines from 1, every ablation is asked, and a second run uses the first one's index."""
    corpus = tmp_path / "corpus"
    (corpus / "tiny" / "src").mkdir(parents=True)
    (corpus / "tiny" / "src" / "mux.py").write_text("\ndef route_request():\n    return 1\n", encoding="utf-8")
    (corpus / "tiny" / "outside.py").write_text("def route_request():\n    return 1\n", encoding="utf-8")
    task = msgspec.convert(
        {"repo": "tiny", "language": "python", "category": "symbol", "query": "route_request",
         "relevant": [{"path": "mux.py", "start_line": 2, "end_line": 2}]}, Task,
    )  # fmt: skip
    manners = {"": Manner(), **ablations()}
    repositories = [Repository("tiny", "python", "src")]

    runs = measure(repositories, {"tiny": [task]}, corpus, tmp_path / "state", manners)
    again = measure(repositories, {"tiny": [task]}, corpus, tmp_path / "state", {"": Manner()})[""]

    run = runs[""]
    assert run.answers[0].raw[0] == Span("mux.py", 2, 3)
    assert overall(run.raw).ndcg == 1.0
    assert {"lexical only", "vectors only", "propagated 0.3", *(f"without {name}" for name in SIGNALS[2:])} < set(runs)
    assert again.made == run.made
    assert json.loads(next(iter(result_lines(run))))["results"][0]["file"] == "mux.py"
    assert "mean of repositories" in table(run, {"semble": {"tiny": 0.5}}, ["gone"])
    assert "without stem" in ablation_table({"without stem": run}, run)
    assert {"search.ndcg10", "search.query.p50"} < {figure.name for figure in figures(run)}


def sample(repository: str, held: dict[str, list[float]], files: list[int], hit: list[bool]) -> Sample:
    columns = [held.get(name, [0.0] * len(files)) for name in SIGNALS[:-1]]
    return Sample(repository, QueryKind.IDENTIFIER, np.array(columns).T, np.array(files), np.array(hit)[:, None])


def test_fitting_finds_the_signal_that_tells() -> None:
    """Weights move until the score gains nothing more, and a signal that helps everywhere helps on left-out ones."""
    samples = {
        name: [sample(name, {"lexical": [1.0, 0.9], "stem": [0.0, 1.0], "size": [0.5, 0.5]}, [0, 1], [False, True])]
        for name in "abcdef"
    }
    start = {name: float(name == "lexical") for name in WEIGHTS}
    scores = Scores(samples)

    best, weights = fitted(scores, start, ["stem", "size"])

    assert scores.value(start) == pytest.approx(1 / math.log2(3))
    assert (best, weights["size"]) == (1.0, 0.0)
    assert weights["stem"] > 0.1
    assert left_out(scores, list(samples), start, ["stem", "size"], 3) == dict.fromkeys("abcdef", 1.0)


def test_fitting_spreads_results_as_the_ranking_does() -> None:
    """With a weight on it, the second result of a file goes behind another file's first."""
    one = sample("a", {"lexical": [1.0, 0.9, 0.8]}, [0, 0, 1], [False, False, True])
    plain = {name: float(name == "lexical") for name in WEIGHTS}

    assert one.ndcg(plain) == pytest.approx(1 / math.log2(4))
    assert one.ndcg(plain | {"repeated": -0.5}) == pytest.approx(1 / math.log2(3))


class Rising(NothingKnown):
    """Of symbols that are asked about together each next one is mentioned by one file more."""

    def mentioning(self, symbols: Sequence[SymbolId]) -> Sequence[int]:
        return range(len(symbols))


@pytest.mark.parametrize("kind", list(QueryKind))
def test_fitting_scores_as_the_ranking_does(kind: QueryKind) -> None:
    """Under the shipped weights the order of a sample is that of the ranking itself."""
    drawn = np.random.default_rng(3)
    columns = {name: drawn.random(12) for name in ("lexical", "vector", "file_vector", "file", "document")}
    columns["document"] = np.round(columns["document"])  # a document has no name
    paths = [f"{'abc'[at % 3]}/m.py" for at in range(12)]
    rows = Candidates(
        [SymbolId(f"{path}/{'fg'[at % 2]}{at // 2}().") for at, path in enumerate(paths)],
        paths,
        lines=np.ones(12),
        kinds=np.zeros(12, dtype=np.uint8),
        known=Rising(),
        **columns,
    )
    shape = QueryShape(("f", "2"), ("f2",), kind, written=("f2",))
    held = signal_values(shape, {}, rows, SIGNALS[:-1])
    order = rank(shape, {}, rows, RankWeights()).order
    table = np.stack([held[name] for name in SIGNALS[:-1]], axis=1)

    for place, index in enumerate(order[:PLACES], 1):
        wanted = Sample("a", kind, table, np.arange(12) % 3, (np.arange(12) == index)[:, None])
        assert wanted.ndcg(dataclasses.asdict(RankWeights())) == pytest.approx(1 / math.log2(1 + place))


def test_an_exact_query_is_answered_by_its_own_lines_only() -> None:
    """The class around a definition is no answer to a question for the definition."""
    target = Span("a.py", 4, 6)
    assert score([Span("a.py", 1, 9), target], [target], exact=True).mrr == 0.5
    assert score([Span("a.py", 1, 9), target], [target]).mrr == 1.0


def test_vectors_are_averaged_with_those_of_neighbours() -> None:
    """An edge counts once and both ways, one to itself not at all, and who has no neighbour keeps its vector."""
    vectors = np.eye(3, dtype=np.float32)
    edges = np.array([[0, 1], [0, 1], [2, 2]])

    found = blended(vectors, edges, 0.25)

    length = math.sqrt(0.75**2 + 0.25**2)
    assert found[0] == pytest.approx(np.array([0.75, 0.25, 0]) / length)
    assert found[1] == pytest.approx(np.array([0.25, 0.75, 0]) / length)
    assert found[2] == pytest.approx(vectors[2])


def test_indexes_that_are_built_in_other_ways_lie_apart() -> None:
    """Each way of building has a directory of its own, and its configuration says what its name says."""
    ways = [Built(), Built("minilm"), Built(depth=0), Built(data_flow=True), Built("minilm", 1, True)]
    assert len({way.name for way in ways}) == len(ways)
    assert ways[2].config.cascade.depth == 0
    assert ways[4].config.embedding.model == "minilm"
    assert ways[3].config.extract.data_flow == "on"


def test_kept_questions_are_about_the_repositories_beside_them() -> None:
    """Each question that is kept has an answer below the folder of a repository that is listed with its commit."""
    kept = Path(scoring.__file__).with_name("blind")
    folders = {one.name: one.folder for one in read_repositories(kept / "repos.json")}
    tasks = read_tasks(kept / "queries.jsonl")
    assert tasks.keys() == folders.keys()
    for name, own in tasks.items():
        for task in own:
            assert task.relevant
            assert all(each.path.startswith(folders[name] or "") for each in task.relevant)
