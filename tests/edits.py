"""A programmer at work, repeatable from a seed: edits to the Python files of a real tree.

Each step is one of: a body edited, a signature edited, a function renamed, a file written, deleted or
moved, a directory moved, an edit taken back. What is written always parses, and a third of the tree
always stays. `Edits.step` changes the tree and returns in words what it did.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_KEPT = 3
"""Of the files that were there at first, at least one in so many stays."""


class _Function(NamedTuple):
    name: str
    line: int
    """0-based line of the `def`."""
    column: int
    body_line: int
    body_column: int


class Edits:
    """A seeded script of edits to the tree at `root`."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.random = random.Random(seed)
        self.number = 0
        self._fewest = max(2, len(self.files()) // _KEPT)
        self._before: tuple[Path, bytes] | None = None

    def files(self) -> list[Path]:
        """Return the Python files that are there now, sorted."""
        return sorted(self.root.rglob("*.py"))

    def step(self) -> str:
        """Make one edit."""
        self.number += 1
        choices: list[tuple[Callable[[], str], int]] = [
            (self._edit_body, 8),
            (self._edit_signature, 5),
            (self._rename_function, 3),
            (self._new_file, 3),
            (self._delete_file, 2),
            (self._move_file, 2),
            (self._move_directory, 1),
            (self._take_back, 2),
        ]
        kinds, weights = zip(*choices, strict=True)
        (edit,) = self.random.choices(kinds, weights)
        return f"{self.number}: {edit()}"

    def _edit_body(self) -> str:
        def change(lines: list[str], found: _Function) -> None:
            lines.insert(found.body_line, " " * found.body_column + f"noted_{self.number} = {self.number}")

        return self._edit_function("body", change)

    def _edit_signature(self) -> str:
        def change(lines: list[str], found: _Function) -> None:
            _replace(lines, found, "(", f"(added_{self.number}, ")

        return self._edit_function("signature", change)

    def _rename_function(self) -> str:
        def change(lines: list[str], found: _Function) -> None:
            _replace(lines, found, f"def {found.name}(", f"def renamed_{self.number}(")

        return self._edit_function("name", change)

    def _edit_function(self, what: str, change: Callable[[list[str], _Function], None]) -> str:
        for place in self.random.sample(self.files(), len(self.files())):
            data = place.read_bytes()
            functions = _functions(data.decode())
            if functions:
                found = self.random.choice(functions)
                lines = data.decode().split("\n")
                change(lines, found)
                self._before = (place, data)
                place.write_text("\n".join(lines))
                return f"{what} of {found.name} in {self._name(place)}"
        return self._new_file()

    def _new_file(self) -> str:
        model = self.random.choice(self.files())
        functions = _functions(model.read_text()) if model.exists() else []
        called = self.random.choice(functions).name if functions else "print"
        place = model.parent / f"written_{self.number}.py"
        text = f"from .{model.stem} import *\n\n\ndef made_{self.number}(value):\n    return {called}(value)\n"
        place.write_text(text)
        return f"new file {self._name(place)}"

    def _delete_file(self) -> str:
        files = self.files()
        if len(files) <= self._fewest:
            return self._new_file()
        place = self.random.choice(files)
        self._before = (place, place.read_bytes())
        place.unlink()
        return f"deleted {self._name(place)}"

    def _move_file(self) -> str:
        place = self.random.choice(self.files())
        target = place.with_name(f"moved_{self.number}.py")
        place.rename(target)
        return f"moved {self._name(place)} to {self._name(target)}"

    def _move_directory(self) -> str:
        directories = sorted({place.parent for place in self.files()} - {self.root})
        if not directories:
            return self._new_file()
        place = self.random.choice(directories)
        target = place.with_name(f"directory_{self.number}")
        place.rename(target)
        return f"moved {self._name(place)} to {self._name(target)}"

    def _take_back(self) -> str:
        if self._before is None or not self._before[0].parent.is_dir():
            return self._edit_body()
        place, data = self._before
        place.write_bytes(data)
        return f"took back {self._name(place)}"

    def _name(self, place: Path) -> str:
        return place.relative_to(self.root).as_posix()


def _functions(text: str) -> list[_Function]:
    """Return the functions that can be edited line by line: plain header, body on lines of its own."""
    lines = text.split("\n")
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            first = node.body[0]
            header = lines[node.lineno - 1][node.col_offset :]
            on_its_own = lines[first.lineno - 1][: first.col_offset].isspace()
            if header.startswith(f"def {node.name}(") and on_its_own and first.lineno > node.lineno:
                found.append(_Function(node.name, node.lineno - 1, node.col_offset, first.lineno - 1, first.col_offset))
    return sorted(found, key=lambda one: one.line)


def _replace(lines: list[str], found: _Function, old: str, new: str) -> None:
    head, rest = lines[found.line][: found.column], lines[found.line][found.column :]
    lines[found.line] = head + rest.replace(old, new, 1)
