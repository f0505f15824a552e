"""Crashes happen to a codegraph of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from installation import Installation, installed


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """An empty project, and no daemon yet."""
    with installed(monkeypatch) as home:
        yield home
