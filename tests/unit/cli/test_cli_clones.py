"""clones: what is asked, and the three ways in which groups are printed."""

from __future__ import annotations

import json
from typing import Any

from fake_project import LOAD, OTHER_LOAD

from codegraph.core.symbols import CloneKind


def test_everything_is_passed_on(console: Any) -> None:
    """Place, kinds, bounds, limit."""
    console.run(
        *("clones", "pkg", "--threshold", "0.85", "--kind", "near", "--kind", "exact", "--min-lines", "3"),
        *("--min-tokens", "20", "--limit", "7"),
    )
    params = console.daemon.service.calls[-1]
    assert (params.path, params.kinds, params.threshold) == ("pkg", (CloneKind.NEAR, CloneKind.EXACT), 0.85)
    assert (params.min_lines, params.min_tokens, params.limit) == (3, 20, 7)


def test_the_whole_project_is_the_default(console: Any) -> None:
    """Without a place, and with the project's own directory, nothing is narrowed."""
    for place in ((), (".",)):
        console.run("clones", *place)
        assert console.daemon.service.calls[-1].path == ""


def test_a_directory_above_the_project_is_not_made_one(console: Any) -> None:
    """Nothing tells that `..` is a project, and nobody asked to index it."""
    assert console.run("clones", "..") == 4
    assert "lies outside of the project" in console.err


def test_a_share_is_above_nothing_and_at_most_one(console: Any) -> None:
    """Anything else is wrong usage."""
    for share in ("0", "1.1", "nan", "x"):
        assert console.run("clones", "--threshold", share) == 2


def test_json(console: Any) -> None:
    """{"clock", "groups": [{kind, similarity, tokens, count, members}], "total", "bound", "causes", "reason"}."""
    found = console.json("clones")
    assert found.keys() == {"clock", "groups", "total", "bound", "causes", "reason"}
    members = found["groups"][0].pop("members")
    assert found["groups"] == [{"kind": "renamed", "similarity": 1.0, "tokens": 60, "count": 2}]
    assert [(each["symbol"]["id"], each["kind"]) for each in members] == [
        (OTHER_LOAD.id, "exact"),
        (LOAD.id, "renamed"),
    ]


def test_table(console: Any) -> None:
    """A line for each member, the group's figures on its first."""
    assert console.run("clones") == 0
    lines = console.out.splitlines()
    assert len(lines) == 3
    assert "renamed 100%, 60 tokens" in lines[1]
    assert "pkg/other.py:2" in lines[1]
    assert "pkg/store.py:9" in lines[2]


def test_sarif_has_what_the_schema_requires(console: Any) -> None:
    """Version, runs, tool, driver and name; a result has a message, its rule exists, places count from 1."""
    assert console.run("clones", "--format", "sarif") == 0
    log = json.loads(console.out)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "codegraph"
    (result,) = run["results"]
    assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "clone/renamed"
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
    assert result["level"] in ("none", "note", "warning", "error")
    assert "pkg.other.load" in result["message"]["text"]
    assert "[pkg.store.load](1)" in result["message"]["text"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "pkg/other.py"
    assert place["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
    assert run["originalUriBaseIds"]["PROJECT"]["uri"].startswith("file:///")
    assert run["originalUriBaseIds"]["PROJECT"]["uri"].endswith("/")
    assert place["region"] == {"startLine": 2, "startColumn": 1, "endLine": 4, "endColumn": 1}
    assert [each["id"] for each in result["relatedLocations"]] == [1]
    assert len(result["partialFingerprints"]["members/v1"]) == 32
