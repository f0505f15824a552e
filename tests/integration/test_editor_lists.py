"""Requests of codegraph's own to `codegraph lsp`: lists with states, scores and what may be missing, status, verify."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from installation import Installation, installed
from test_language_server import Editor, opened


@pytest.fixture
def editor(home: Installation) -> Iterator[Editor]:
    """An editor of one test."""
    with opened(home) as editor:
        yield editor


@pytest.fixture(scope="module")
def reader() -> Iterator[Editor]:
    """An editor for tests that only read."""
    with pytest.MonkeyPatch.context() as patch, installed(patch) as home, opened(home) as editor:
        yield editor


def names(found: dict[str, Any]) -> list[str]:
    """Return what a list names."""
    return [item["name"] for item in found["items"]]


def test_callers_say_each_place_and_whether_that_is_all(reader: Editor) -> None:
    """Each call is an item at its own place; references that may be more are a note with a place to look at."""
    found = reader.ask("codegraph/callers", **reader.at("shop/cart.py", "price(self):\n        return len"))
    assert found["title"] == "callers of shop.cart.Cart.price"
    assert names(found) == ["shop.cart.total", "shop.cart.total"]
    assert [item["location"]["range"]["start"]["character"] for item in found["items"]] == [16, 31]
    assert {item["state"] for item in found["items"]} <= {"fresh", "pending"}
    assert found["notes"] == []
    found = reader.ask("codegraph/callers", **reader.at("shop/cart.py", "copy("))
    assert found["items"] == []
    assert "this may not be all: unknown_receiver (1)" in found["notes"]
    assert [each.endswith("for example at shop/cart.py:22") for each in found["below"]] == [True]


def test_impact_and_similar_code_name_what_they_are_of(reader: Editor) -> None:
    """The symbol at the place, each affected one with its distance; the nearest by vector, with scores."""
    found = reader.ask("codegraph/impact", **reader.at("shop/cart.py", "price(self):\n        return len"))
    assert found["title"] == "impact of shop.cart.Cart.price"
    assert ("shop.cart.total", "calls, inferred, 1 step") in [(each["name"], each["note"]) for each in found["items"]]
    reader.ask("codegraph/verify")
    found = reader.ask("codegraph/similar", **reader.at("shop/cart.py", "price(self):\n        return len"))
    assert found["title"] == "similar to shop.cart.Cart.price"
    assert found["items"] or found["notes"]


def test_a_search_has_scores_and_says_how_it_was_read(reader: Editor) -> None:
    """A word that stands nowhere is noted, an empty question finds nothing, an empty answer says why."""
    reader.ask("codegraph/verify")
    found = reader.ask("codegraph/search", query="price of a cart zyxgrommet")
    assert "shop.cart.Cart.price" in names(found)
    scores = [item["score"] for item in found["items"]]
    assert scores == sorted(scores, reverse=True)
    assert any("zyxgrommet" in each for each in found["notes"])
    assert reader.ask("codegraph/search", query=" ")["items"] == []
    assert reader.ask("codegraph/search", query="path:nowhere/ price")["notes"] != []


def test_status_is_asked_without_starting_a_daemon(editor: Editor) -> None:
    """Before the first question it says that none runs; afterwards in figures how many vectors are missing or old."""
    assert editor.ask("codegraph/status")["phase"] == "stopped"
    editor.ask("codegraph/search", query="price")
    assert editor.ask("codegraph/verify")["equal"]
    found = editor.ask("codegraph/status")
    assert found["phase"] in {"starting", "indexing", "embedding", "idle"}
    assert (found["stale"], ["project", str(editor.root)] in found["lines"]) == (0, True)


def test_what_cannot_be_answered_is_an_error_that_says_why(home: Installation, editor: Editor) -> None:
    """No place, a file outside, a line that is not saved, parameters of another shape."""
    go = "codegraph/callers"
    outside = {"textDocument": {"uri": Path("/nowhere.py").as_uri()}, "position": {"line": 0, "character": 0}}
    assert "no place" in editor.request(go)["error"]["message"]
    assert "outside" in editor.request(go, **outside)["error"]["message"]
    assert "not those of the request" in editor.request("codegraph/search", query=1)["error"]["message"]
    uri = (home.root / "shop/cart.py").as_uri()
    editor.tell(
        "textDocument/didOpen", textDocument={"uri": uri, "languageId": "python", "version": 1, "text": "new\n"}
    )
    answer = editor.request(go, textDocument={"uri": uri}, position={"line": 0, "character": 0})
    assert "not saved" in answer["error"]["message"]


def test_a_home_directory_that_an_editor_has_open_is_no_project(
    home: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody asked for an index of it: requests fail with that, and no daemon is started."""
    monkeypatch.setenv("HOME", str(home.root))
    (home.root / "a.py").write_text("")
    with opened(home) as editor:
        assert "does not look like a project" in editor.request("codegraph/search", query="a")["error"]["message"]
