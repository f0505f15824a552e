"""codegraph: a fresh semantic index of your code, beside your editor."""

from __future__ import annotations

__version__ = "0.1.0"
