"""What the server for editors asks of the editor's own texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pygls.workspace import TextDocument, Workspace

from codegraph.cli.language_server import Questions
from codegraph.cli.project import Session
from codegraph.client import Client


def test_only_the_buffer_that_is_asked_about_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request costs nothing for each other file that is open in the editor."""
    workspace = Workspace(tmp_path.as_uri())
    for number in range(3):
        file = tmp_path / f"m{number}.py"
        file.write_text("a\nb\n")
        workspace.put_text_document(types.TextDocumentItem(file.as_uri(), "python", 1, "new\na\nb\n"))
    read: list[str] = []

    def source(self: TextDocument) -> str:
        read.append(Path(self.path).name)
        return str(self._source)

    monkeypatch.setattr(TextDocument, "source", property(source))
    asked = Questions(Session(Client(tmp_path / "none"), str(tmp_path)), print, workspace)
    assert asked.saved("m1.py", types.Position(1, 0)) == types.Position(0, 0)
    assert asked.saved("m1.py", types.Position(2, 0)) == types.Position(1, 0)
    assert asked.saved("m9.py", types.Position(2, 0)) == types.Position(2, 0)
    assert read == ["m1.py"]
