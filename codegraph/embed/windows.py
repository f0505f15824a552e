"""Where to cut a symbol that is longer than its model's limit.

A *window* is a stretch of canonical tokens, (first, last + 1), that fits. Cuts are made where a statement or
a block ends: at the canonical layout tokens in languages that have them, else behind `;`, `{` and `}`. All
windows are about equally long, because a short last one would be embedded as well as a long one and say less.
What does not fit into the most windows allowed is left out. Tests: tests/unit/embed/test_embed_windows.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from codegraph.core.facts import BLOCK_END, BLOCK_START, STATEMENT_END

Window = tuple[int, int]

WINDOW_SCHEME = 4
"""Bumped whenever the same input would be cut elsewhere; part of the identity of models that cut."""

LAYOUT_ENDS = frozenset({STATEMENT_END, BLOCK_START, BLOCK_END})
_MARK_ENDS = frozenset({";", "{", "}"})


def cut(tokens: Sequence[str], lengths: Sequence[int], room: int, most: int) -> list[Window]:
    """Cut tokens that have so many sub-tokens into at most `most` windows of at most `room` sub-tokens each.

    A single token longer than `room` is a window of its own; whoever reads it cuts its end off.
    """
    ends = LAYOUT_ENDS if STATEMENT_END in tokens else _MARK_ENDS
    before = [0, *accumulate(lengths)]
    windows: list[Window] = []
    start = 0
    while before[start] < before[-1] and len(windows) < most:
        left = before[-1] - before[start]
        share = left / -(-left // room)
        last = boundary = start
        while last < len(tokens) and before[last + 1] - before[start] <= room:
            last += 1
            if tokens[last - 1] in ends:
                boundary = last
                if before[last] - before[start] >= share:
                    break
        if last == len(tokens) or before[boundary] - before[start] < share / 2:
            boundary = max(last, start + 1)
        windows.append((start, boundary))
        start = boundary
    return windows
