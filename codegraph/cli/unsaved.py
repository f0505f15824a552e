"""Where the lines of an editor's buffer stand in the saved file, and the other way round.

The index knows saved text, an editor speaks of the text on its screen. A line that is the same in both is found by a
diff; one that is not has no place in the other text. Pure. Tests: tests/unit/cli/test_cli_unsaved.py.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from difflib import SequenceMatcher
from operator import itemgetter

_LINE_END = re.compile(r"\r\n|\r|\n")


class LineMap:
    """Lines, from 0, of a buffer and of the file that it was read from."""

    def __init__(self, buffer: str, saved: str) -> None:
        """Compare the two texts, whatever their line ends."""
        self._saved = [(0, 0, buffer.count("\n") + 1)] if buffer == saved else _same(_lines(buffer), _lines(saved))
        self._shown = [(there, here, count) for here, there, count in self._saved]

    def saved(self, line: int) -> int | None:
        """Return where a line of the buffer is saved; None if it is not."""
        here, there, count = _last_before(line, self._saved)
        return there + line - here if line - here < count else None

    def shown(self, line: int) -> int:
        """Return where a saved line is in the buffer; if it is not there any more, where it would be."""
        there, here, count = _last_before(line, self._shown)
        return here + min(line - there, count)


def _same(buffer: Sequence[str], saved: Sequence[str]) -> list[tuple[int, int, int]]:
    """Return runs of equal lines in order: first line here, first line there, how many."""
    most = min(len(buffer), len(saved))
    head = next((at for at in range(most) if buffer[at] != saved[at]), most)
    tail = next((at for at in range(most - head) if buffer[-1 - at] != saved[-1 - at]), most - head)
    middle = SequenceMatcher(None, buffer[head : len(buffer) - tail], saved[head : len(saved) - tail])
    return [
        (0, 0, head),
        *((here + head, there + head, count) for here, there, count in middle.get_matching_blocks()),
        (len(buffer) - tail, len(saved) - tail, tail),
    ]


def _last_before(line: int, blocks: Sequence[tuple[int, int, int]]) -> tuple[int, int, int]:
    """Return the last block that begins at a line or above it; an empty one if there is none."""
    at = bisect_right(blocks, line, key=itemgetter(0))
    return blocks[at - 1] if at else (0, 0, 0)


def _lines(text: str) -> list[str]:
    return _LINE_END.split(text)
