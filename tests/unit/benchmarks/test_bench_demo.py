"""The demonstration: its edits fit the library of this Python, and it shows them as a diff."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from benchmarks.demo import BODY_EDIT, FILE, HEADER, SIGNATURE_EDIT, edited_lines


def test_the_edited_function_is_there():
    """Every Python that this runs on has the function with exactly this header, once."""
    text = (Path(sysconfig.get_path("stdlib")) / FILE).read_text(encoding="utf-8")
    assert text.count(HEADER) == 1
    edited = text.replace(HEADER, HEADER + BODY_EDIT)
    compile(edited, FILE, "exec")
    compile(edited.replace(HEADER, SIGNATURE_EDIT), FILE, "exec")


def test_edits_are_shown_as_a_diff():
    """Only the lines that differ, marked."""
    assert edited_lines("a\nb\nc\n", "a\nx\nc\n") == ["-b", "+x"]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_demonstration_keeps_its_promises():
    """On this Python's library the edits embed what the demonstration says, no more and no less."""
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.demo"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "As promised." in done.stdout
