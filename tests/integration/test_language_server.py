"""An editor's view of a real daemon: `codegraph lsp`, its standard streams, and saves between two requests.

The client here is the bare protocol (LSP 3.17: JSON-RPC 2.0 with headers), not the library of the server.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from installation import PATIENCE, Installation, installed

SHOP = """\
import os


class Base:
    def price(self):
        return 1


class Cart(Base):
    def price(self):
        return len(os.sep)

    def copy(self):
        return Cart()


def total(cart: Cart):
    return cart.price() + cart.price()


def later(thing):
    return thing.copy()
"""
CODE = {"shop/__init__.py": "", "shop/cart.py": SHOP, "notes.txt": "total\n"}


class Editor:
    """Speaks to `codegraph lsp` as editors do."""

    def __init__(self, home: Installation, capabilities: dict[str, Any]) -> None:
        command = [sys.executable, "-m", "codegraph", "lsp"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.root = home.root
        self.logged: list[str] = []
        self._number = 0
        folders = [{"uri": home.root.as_uri(), "name": "tree"}]
        self.abilities = self.ask(
            "initialize",
            processId=None,
            rootUri=home.root.as_uri(),
            workspaceFolders=folders,
            capabilities=capabilities,
        )["capabilities"]
        self._send(method="initialized", params={})

    def _send(self, **message: Any) -> None:
        assert self.process.stdin is not None
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.process.stdin.flush()

    def request(self, method: str, **params: Any) -> Any:
        """Send a request; return the whole answer."""
        assert self.process.stdout is not None
        self._number += 1
        self._send(id=self._number, method=method, params=params)
        while True:
            length = 0
            while header := self.process.stdout.readline().strip():
                name, _, value = header.partition(b": ")
                length = int(value) if name.lower() == b"content-length" else length
            answer = json.loads(self.process.stdout.read(length))
            if answer.get("method") == "window/logMessage":
                self.logged.append(answer["params"]["message"])
            elif answer.get("id") == self._number:
                return answer

    def tell(self, method: str, **params: Any) -> None:
        """Send a notification."""
        self._send(method=method, params=params)

    def ask(self, method: str, **params: Any) -> Any:
        """Send a request that must succeed; return its result."""
        return self.request(method, **params)["result"]

    def at(self, file: str, text: str, offset: int = 0) -> dict[str, Any]:
        """Name the place in a file where `text` begins."""
        before = Path(self.root, file).read_text().partition(text)[0]
        position = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2]) + offset}
        return {"textDocument": {"uri": (self.root / file).as_uri()}, "position": position}

    def lines(self, method: str, place: dict[str, Any], **more: Any) -> list[int]:
        """Ask for locations; return their lines, from 0."""
        return [found["range"]["start"]["line"] for found in self.ask(method, **place, **more)]

    def leave(self) -> int:
        """Say good-bye as editors do; return the server's exit code."""
        self.ask("shutdown")
        self._send(method="exit")
        return self.close()

    def close(self) -> int:
        """Close the streams and wait for the end."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return code


@contextmanager
def opened(home: Installation) -> Iterator[Editor]:
    """Give an editor in a project that no daemon knows yet."""
    home.write(CODE)
    editor = Editor(home, {"general": {"positionEncodings": ["utf-8", "utf-32", "utf-16"]}})
    yield editor
    if editor.process.poll() is None:
        editor.process.kill()
        editor.close()


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


def test_a_name_leads_to_its_definition_wherever_it_stands(reader: Editor) -> None:
    """The first mention, the second, a class named inside of itself, the name of a definition; not what is around."""
    go = "textDocument/definition"
    assert reader.lines(go, reader.at("shop/cart.py", "price() + ")) == [9]
    assert reader.lines(go, reader.at("shop/cart.py", "price()\n")) == [9]
    assert reader.lines(go, reader.at("shop/cart.py", "Cart()")) == [8]
    assert reader.lines(go, reader.at("shop/cart.py", "total(")) == [16]
    assert reader.lines(go, reader.at("shop/cart.py", "len(")) == []
    assert reader.lines(go, reader.at("shop/cart.py", "return len")) == []
    assert reader.lines(go, reader.at("notes.txt", "total")) == []


def test_calls_are_followed_in_both_directions(reader: Editor) -> None:
    """Who calls and what is called, with the place of the call; what may be missing is logged."""
    [item] = reader.ask(
        "textDocument/prepareCallHierarchy", **reader.at("shop/cart.py", "price(self):\n        return len")
    )
    assert item["detail"] == "shop.cart.Cart.price"
    [call] = reader.ask("callHierarchy/incomingCalls", item=item)
    assert call["from"]["name"] == "total"
    assert [each["start"] for each in call["fromRanges"]] == [{"line": 17, "character": at} for at in (16, 31)]
    assert [each["end"] for each in call["fromRanges"]] == [{"line": 17, "character": at} for at in (21, 36)]
    assert not reader.logged

    [total] = reader.ask("textDocument/prepareCallHierarchy", **reader.at("shop/cart.py", "total("))
    [called] = reader.ask("callHierarchy/outgoingCalls", item=total)
    assert called["to"]["detail"] == "shop.cart.Cart.price"
    assert called["fromRanges"] == call["fromRanges"]
    [copy] = reader.ask("textDocument/prepareCallHierarchy", **reader.at("shop/cart.py", "copy("))
    assert reader.ask("callHierarchy/incomingCalls", item=copy) == []
    assert reader.logged == ["callers of shop.cart.Cart.copy may not be all: unknown_receiver (1)"]


def test_types_and_what_overrides_are_found(reader: Editor) -> None:
    """Bases, subtypes, implementations of a class and of a method."""
    [cart] = reader.ask("textDocument/prepareTypeHierarchy", **reader.at("shop/cart.py", "Cart(Base)"))
    assert [each["name"] for each in reader.ask("typeHierarchy/supertypes", item=cart)] == ["Base"]
    [base] = reader.ask("textDocument/prepareTypeHierarchy", **reader.at("shop/cart.py", "Base:"))
    assert [each["name"] for each in reader.ask("typeHierarchy/subtypes", item=base)] == ["Cart"]
    assert reader.lines("textDocument/implementation", reader.at("shop/cart.py", "Base:")) == [8]
    assert reader.lines("textDocument/implementation", reader.at("shop/cart.py", "price(self)")) == [9]


def test_a_file_is_shown_as_a_tree(reader: Editor) -> None:
    """Methods stand in their classes."""
    found = reader.ask("textDocument/documentSymbol", textDocument={"uri": (reader.root / "shop/cart.py").as_uri()})
    assert [(each["name"], [child["name"] for child in each["children"]]) for each in found] == [
        ("Base", ["price"]),
        ("Cart", ["price", "copy"]),
        ("total", []),
        ("later", []),
    ]


def test_an_editor_sees_each_save_before_its_request(home: Installation, editor: Editor) -> None:
    """What was saved just now counts, and is found by what it does."""
    context = {"includeDeclaration": False}
    place = editor.at("shop/cart.py", "total(")
    assert editor.lines("textDocument/references", place, context=context) == []
    home.write({"shop/bill.py": "from shop.cart import total\n\n\ndef print_invoice(cart):\n    print(total(cart))\n"})
    assert editor.lines("textDocument/references", place, context=context) == [0, 4]
    found = editor.ask("workspace/symbol", query="print a bill")
    assert ("print_invoice", "shop.bill") in [(each["name"], each["containerName"]) for each in found]
    assert editor.ask("workspace/symbol", query=" ") == []


def test_places_are_those_of_a_buffer_that_is_not_saved(home: Installation, editor: Editor) -> None:
    """Lines above a place move it, in questions and answers; of a line that is not saved nothing is said but that."""
    go, context = "textDocument/definition", {"includeDeclaration": True}
    uri = (home.root / "shop/cart.py").as_uri()
    editor.tell("textDocument/didOpen", textDocument={"uri": uri, "languageId": "python", "version": 1, "text": SHOP})
    start = {"line": 0, "character": 0}
    editor.tell(
        "textDocument/didChange",
        textDocument={"uri": uri, "version": 2},
        contentChanges=[{"range": {"start": start, "end": start}, "text": "total = 1\n\n\n"}],
    )
    place = editor.at("shop/cart.py", "price() + ")
    place["position"]["line"] += 3
    assert editor.lines(go, place) == [12]
    assert editor.lines("textDocument/references", place, context=context) == [12, 20, 20]
    tree = editor.ask("textDocument/documentSymbol", textDocument={"uri": uri})
    assert [each["selectionRange"]["start"]["line"] for each in tree] == [6, 11, 19, 23]
    assert editor.lines(go, {"textDocument": {"uri": uri}, "position": start}) == []
    assert any("shop/cart.py:1 is not saved" in each for each in editor.logged)
    editor.tell("textDocument/didClose", textDocument={"uri": uri})
    assert editor.lines(go, editor.at("shop/cart.py", "price() + ")) == [9]


def test_columns_are_counted_in_utf_16_whatever_the_editor_prefers(home: Installation, editor: Editor) -> None:
    """An editor that offers UTF-8 first is told UTF-16, and a place behind an emoji is found and answered in it."""
    assert editor.abilities["positionEncoding"] == "utf-16"
    home.write({"shop/bill.py": "def bill():\n    return 1\n\n\ndef twice():\n    return '😀é', bill()\n"})
    uri = (home.root / "shop/bill.py").as_uri()
    place = {"textDocument": {"uri": uri}, "position": {"line": 5, "character": 18}}
    assert editor.lines("textDocument/definition", place) == [0]
    found = editor.ask("textDocument/references", **place, context={"includeDeclaration": False})
    here = {"start": {"line": 5, "character": 18}, "end": {"line": 5, "character": 22}}
    assert [each["range"] for each in found] == [here]


def test_a_place_is_listed_once(home: Installation, editor: Editor) -> None:
    """A name that is bound by what refers to it is its own declaration and a reference, at one place."""
    home.write({"a.js": "exports.charset = function charset(type) {\n  return type;\n};\n\ncharset(1);\n"})
    place = {"textDocument": {"uri": (home.root / "a.js").as_uri()}, "position": {"line": 0, "character": 10}}
    lines = editor.lines("textDocument/references", place, context={"includeDeclaration": True})
    assert lines.count(0) == 1


def test_an_error_is_told_and_the_session_goes_on(editor: Editor) -> None:
    """A foreign item and a bad filter are errors of their requests; the server lives until the editor says so."""
    item = editor.ask("textDocument/prepareCallHierarchy", **editor.at("shop/cart.py", "total("))[0]
    answer = editor.request("callHierarchy/incomingCalls", item=item | {"data": None})
    assert "not one of ours" in answer["error"]["message"]
    answer = editor.request("callHierarchy/incomingCalls", item=item | {"data": {"id": "gone.py/f()."}})
    assert "gone.py" in answer["error"]["message"]
    assert editor.abilities["callHierarchyProvider"]
    assert editor.leave() == 0


@pytest.mark.parametrize("arguments", [("lsp", "nowhere"), ("lsp", "--project", "nowhere"), ("mcp", "nowhere")])
def test_a_directory_that_is_not_there_is_refused_at_once(home: Installation, arguments: tuple[str, ...]) -> None:
    """As of every other command: the documented exit code and what is wrong, not a server that can answer nothing."""
    found = home.run(*arguments)
    assert (found.code, found.out) == (4, "")
    assert "nowhere: there is no such directory" in found.err


def test_the_server_ends_with_its_input(editor: Editor) -> None:
    """An editor that crashed leaves no process behind."""
    editor.close()
    assert editor.process.returncode is not None
