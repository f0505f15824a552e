"""Canonical signatures: `codegraph.extract.signature`."""

from __future__ import annotations

from codegraph.core.facts import STATEMENT_END
from codegraph.extract.signature import signature_of


def test_header_tokens_in_one_line() -> None:
    """Layout goes through the language; statement ends and the header's own end go."""
    header = ["@", "d", STATEMENT_END, "def", "f", "(", ")", ":", STATEMENT_END]
    assert signature_of(header, list, frozenset({":"})) == "@ d def f ( )"
