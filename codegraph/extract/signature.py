"""A definition's interface: the canonical tokens of its header, decorators included, in one line.

Body, docstring, position and path have no part in it. Keys of dependents hash this text, so whatever is added
here makes edits cascade.
Tests: tests/unit/extract/test_extract_signature.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from codegraph.core.facts import STATEMENT_END


def signature_of(
    header: Sequence[str], layout: Callable[[Sequence[str]], list[str]], header_end: frozenset[str]
) -> str:
    """Join a header's tokens by one blank; statement ends (after decorators) and `header_end` tokens are dropped."""
    tokens = [token for token in layout(header) if token != STATEMENT_END]
    while tokens and tokens[-1] in header_end:
        tokens.pop()
    return " ".join(tokens)
