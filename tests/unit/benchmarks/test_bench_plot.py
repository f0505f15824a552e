"""The plot of quality against speed: which points it has, and that it is well-formed."""

from __future__ import annotations

from xml.etree import ElementTree

from benchmarks.figures import Figure
from benchmarks.machine import Report, this_machine
from benchmarks.search.plot import Point, plot, points_of, published_points


def test_a_result_gives_a_point_for_each_manner() -> None:
    """The whole and each manner stand with their score and median; one signal less is none, nor are other figures."""
    values = {
        "search.ndcg10": 0.9, "search.query_cpu.p50": 2.0, "search.query_cpu.p95": 3.0, "search.query.p50": 9.0,
        "search.lexical_only.ndcg10": 0.8, "search.lexical_only.query_cpu.p50": 1.0,
        "search.without_size.ndcg10": 0.7, "search.without_size.query_cpu.p50": 2.0,
    }  # fmt: skip
    figures = tuple(Figure(name=name, value=value, unit="") for name, value in values.items())
    report = Report(
        machine=this_machine(),
        commit="",
        began="",
        load=((0, 0, 0), (0, 0, 0)),
        tree={"built": {"model": ""}},
        figures=figures,
    )

    assert points_of(report) == [
        Point("codegraph", 2.0, 0.9, True),
        Point("codegraph lexical only", 1.0, 0.8, True),
    ]


def test_published_methods_are_averaged_over_the_same_repositories() -> None:
    """A method stands in the plot if its time was published, with the mean of the repositories that we asked."""
    published = {"semble": {"a": 0.5, "b": 0.7, "c": 0.0}, "ripgrep": {"a": 0.1, "b": 0.1, "c": 0.1}}
    assert [(point.name, point.ndcg) for point in published_points(published, ["a", "b"])] == [
        ("semble (published)", 0.6)
    ]


def test_the_plot_is_well_formed_and_names_every_point() -> None:
    """Each point has a circle and a line in the legend, and lies inside."""
    drawn = plot([Point("one", 0.5, 0.8, True), Point("two", 20.0, 0.6, False)], "title")
    root = ElementTree.fromstring(drawn)
    circles = [each for each in root if each.tag.endswith("circle")]
    assert len(circles) == 2
    assert all(60 < float(each.attrib["cx"]) < 600 and 40 <= float(each.attrib["cy"]) <= 330 for each in circles)
    assert "one: 0.800, 0.5 ms" in drawn
    assert "two: 0.600, 20 ms" in drawn
