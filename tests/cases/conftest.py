"""The suite's one flag."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/cases --update-cases` writes what it sees into the case files."""
    parser.addoption("--update-cases", action="store_true", help="rewrite the expectations of tests/cases/*.case")
