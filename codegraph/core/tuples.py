"""Tuples of Rust as one element of a chain, "@tuple:[Part ()][...]", with what is known of each part.

The elements of a part's chain are divided by blanks; a part of which nothing is known is empty. Extraction makes such
elements, linking takes them apart. Tests: tests/unit/extract/test_extract_rust.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from codegraph.core.facts import Chain

TUPLE = "@tuple:"
SECOND = "@second"
"""What is behind an element of a container: the second of its two parts, or a map's value."""
_MAX_LENGTH = 300
"""A tuple whose element would be longer counts as unknown."""


def tuple_of(parts: Sequence[Chain]) -> Chain:
    """Return the chain of a tuple; () if nothing is known of any part."""
    if not any(parts):
        return ()
    element = TUPLE + "".join([f"[{' '.join(each)}]" for each in parts])
    return (element,) if len(element) <= _MAX_LENGTH else ()


def is_tuple(chain: Chain) -> bool:
    """Tell the chain of a tuple from others."""
    return len(chain) == 1 and chain[0].startswith(TUPLE)


def parts_of(element: str) -> list[Chain]:
    """Return the chains of the parts of a tuple's element."""
    parts: list[Chain] = []
    depth = start = 0
    for place, letter in enumerate(element):
        if letter == "[":
            start = start if depth else place + 1
            depth += 1
        elif letter == "]":
            depth -= 1
            if not depth:
                parts.append(tuple(element[start:place].split()))
    return parts
