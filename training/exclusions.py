"""Which packages and directories may not be learnt from, because a benchmark is, or may be, made of them.

A name is cut into parts at everything that is not a letter or digit, in lower case, digits at a part's end and `lib` at
its start dropped; it is excluded when the parts of a name in `exclusions.txt` occur in it side by side. That keeps out
forks and companions, and some packages that have nothing to do with the project of that name.
Tests: tests/unit/training/test_training_exclusions.py.
"""

from __future__ import annotations

import re
from pathlib import Path

_BORDER = re.compile(r"[^a-z0-9]+")

VENDORED = frozenset(
    {"vendor", "_vendor", "vendored", "node_modules", "third_party", "thirdparty", "external", "extern"}
)
"""Directories with copies of other projects."""


class Exclusions:
    """The names of `exclusions.txt`."""

    def __init__(self, names: list[str]) -> None:
        self._names = {_parts(name) for name in names}
        self._longest = max(map(len, self._names), default=0)

    @classmethod
    def read(cls, file: Path | None = None) -> Exclusions:
        """Read the list; `#` starts a comment."""
        file = file or Path(__file__).with_name("exclusions.txt")
        lines = [line.partition("#")[0] for line in file.read_text(encoding="utf-8").splitlines()]
        return cls([name for line in lines for name in line.split()])

    def holds(self, name: str) -> bool:
        """Return whether a package, or a directory of that name, is to be left out."""
        parts = _parts(name)
        plain = tuple(part.removeprefix("lib") for part in parts)
        return any(
            some[start : start + length] in self._names
            for some in (parts, plain)
            for start in range(len(parts))
            for length in range(1, self._longest + 1)
        )

    def holds_path(self, path: str) -> bool:
        """Return whether a file lies in a directory to be left out, or in a copy of another project."""
        directories = path.split("/")[:-1]
        return any(part.lower() in VENDORED or self.holds(part) for part in directories)


def _parts(name: str) -> tuple[str, ...]:
    parts = (part for part in _BORDER.split(name.lower()) if part)
    return tuple(part.rstrip("0123456789") or part for part in parts)
