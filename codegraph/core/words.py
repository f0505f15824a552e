"""Sets of words that are written as text, which is easier to read and to edit than eighty quoted strings."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return what white space divides."""
    return frozenset(text.split())
