"""Rewords sentences mechanically: words that programmers have other words for are replaced by those.

The list, `synonyms.txt`, was written by hand before any model was scored with it, and nothing is trained on it. A
person rewords better; the point is that the words which carry a question are not those of the documentation.
Tests: tests/unit/training/test_training_tasks.py.
"""

from __future__ import annotations

import re
from pathlib import Path

LEAST = 2
"""So many words must have been replaced, else a sentence counts as not reworded."""

_WORD = re.compile(r"[A-Za-z]+")


class Thesaurus:
    """What is said instead of a word."""

    def __init__(self, file: Path | None = None) -> None:
        """Read the list: a word, a colon, and what stands for it."""
        file = file or Path(__file__).with_name("synonyms.txt")
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        self._instead = dict(line.split(": ") for line in lines)

    def reworded(self, sentence: str) -> str:
        """Return the sentence in other words, "" if hardly any could be replaced; identifiers stay."""
        replaced = 0

        def other(match: re.Match[str]) -> str:
            nonlocal replaced
            word = match[0]
            found = self._instead.get(word.lower(), "") if word[1:].islower() else ""
            replaced += bool(found)
            return found or word

        text = _WORD.sub(other, sentence)
        return text if replaced >= LEAST else ""
