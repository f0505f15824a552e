"""Cold index: shares are of all stages, and the limit parses exactly what is indexed."""

from __future__ import annotations

from benchmarks.cold_index import parse_files, parse_limit, shares, sources


def test_shares_add_up():
    """The total that a summary carries is no stage."""
    figures = shares({"extract": 3.0, "embed": 1.0, "total": 9.0})
    assert {figure.name: figure.value for figure in figures} == {
        "cold_index.share.extract": 75.0,
        "cold_index.share.embed": 25.0,
    }
    assert shares({"total": 0.0}) == []


def test_the_limit_reads_what_is_indexed(tmp_path):
    """Files that the index leaves out are not parsed for the limit either."""
    (tmp_path / "a.py").write_text("def f(): ...\n")
    (tmp_path / "b.txt").write_text("no code\n")
    (tmp_path / ".gitignore").write_text("c.py\n")
    (tmp_path / "c.py").write_text("def g(): ...\n")
    found = list(sources(tmp_path))
    assert [source.path for source in found] == ["a.py"]
    assert parse_files([(str(tmp_path / "a.py"), "python", 13)]) >= 0


def test_what_has_no_grammar_is_no_part_of_the_limit(tmp_path):
    """Documents and templates are indexed, but no parser reads them."""
    (tmp_path / "a.py").write_text("def f(): ...\n")
    (tmp_path / "README.md").write_text("# Title\n")
    (tmp_path / "page.html").write_text("<p>{{ f }}</p>\n")
    assert len(list(sources(tmp_path))) == 3
    limit = parse_limit(tmp_path)
    assert (limit.files, limit.bytes) == (1, 13)
