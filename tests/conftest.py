"""What holds for all tests: hypothesis judges promises, never speed."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("codegraph", parent=settings.default, deadline=None)
settings.load_profile("codegraph")
