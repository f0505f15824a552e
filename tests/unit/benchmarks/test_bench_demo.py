"""The demonstration: its edits fit the library of this Python, and it shows them as a diff."""

from __future__ import annotations

import sysconfig
from pathlib import Path

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
