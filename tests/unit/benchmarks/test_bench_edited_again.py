"""The comparison of edited files: it compares, it helps, and it finds a difference if there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import edited_again
from benchmarks.edited_again import main
from codegraph.extract.again import Memory
from codegraph.extract.extractor import extract

HERE = Path(__file__).parent


def test_edits_of_real_files_make_no_difference(capsys: pytest.CaptureFixture[str]) -> None:
    """Some files of this package, some edits each; some of them extracted in part."""
    assert main([str(HERE), "--files", "3", "--edits", "25", "--seed", "4"]) == 0
    assert "different 0" in capsys.readouterr().out


def test_a_difference_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A memory that gives the facts of the text before is noticed, and both texts are kept."""

    class Forgetful(Memory):
        last = b""

        def extract(self, name: str, data: bytes, language: str, limits: object) -> object:  # type: ignore[override]
            before, self.last = self.last or data, data
            return extract(before, language, limits)  # type: ignore[arg-type]

    monkeypatch.setattr(edited_again, "Memory", Forgetful)
    assert main([str(HERE), "--files", "1", "--edits", "5", "--keep", str(tmp_path)]) == 1
    assert "DIFFERENT" in capsys.readouterr().out
    assert list(tmp_path.glob("*.after"))
