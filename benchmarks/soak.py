"""The claim: after any edits a project equals a clean build, and taking them back costs no embedding.

    python -m benchmarks.soak DIRECTORY [--edits 200] [--seed 1] [--ignore NAME] [--json]

A copy of the directory is indexed by a real daemon; then files are edited at random, one edit at a time,
each seen by the daemon before the next: a function added, a line changed, removed or doubled, a parameter
added, a text cut in the middle (half typed), a file emptied, copied, renamed or deleted. `verify` compares
with a clean build after the index, after the edits, and after everything was taken back; the vectors
computed on the way back are counted and must be none. Exit status 1 if anything differs.
Tests: tests/unit/benchmarks/test_bench_soak.py.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.history import git
from benchmarks.machine import this_machine
from benchmarks.sandbox import FIRST_INDEX_SECONDS, Sandbox, wait_until_embedded
from codegraph.client import Client
from codegraph.daemon.operations import SyncParams, VerifyParams

SUFFIXES = (".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".mts")
MAX_BYTES = 200_000

_PARAMETERS = re.compile(rb"\b(def|function)\s+\w+\s*\(")

Edit = Callable[[bytes, random.Random, int], bytes]


def add_function(text: bytes, draw: random.Random, number: int, python: bool = True) -> bytes:
    """Add a function at the end."""
    del draw
    code = (
        f"\n\ndef added_{number}(x):\n    return x\n" if python else f"\nfunction added_{number}(x) {{ return x; }}\n"
    )
    return text + code.encode()


def change_line(text: bytes, draw: random.Random, number: int) -> bytes:
    """Change one line in the middle of its text."""
    return _with_line(text, draw, lambda line: [line[: len(line) // 2] + str(number).encode() + line[len(line) // 2 :]])


def remove_line(text: bytes, draw: random.Random, number: int) -> bytes:
    """Remove one line."""
    del number
    return _with_line(text, draw, lambda _: [])


def double_line(text: bytes, draw: random.Random, number: int) -> bytes:
    """Write one line twice."""
    del number
    return _with_line(text, draw, lambda line: [line, line])


def add_parameter(text: bytes, draw: random.Random, number: int) -> bytes:
    """Add a parameter to some function; a file without functions stays as it is."""
    places = [match.end() for match in _PARAMETERS.finditer(text)]
    if not places:
        return text
    place = draw.choice(places)
    return text[:place] + f"added_{number}, ".encode() + text[place:]


def cut(text: bytes, draw: random.Random, number: int) -> bytes:
    """Cut a stretch out, anywhere: a half-typed file."""
    del number
    first = draw.randrange(len(text) + 1)
    return text[:first] + text[first + draw.randrange(400) :]


def empty(text: bytes, draw: random.Random, number: int) -> bytes:
    """Leave nothing."""
    del text, draw, number
    return b""


EDITS: tuple[Edit, ...] = (change_line, remove_line, double_line, add_parameter, add_parameter, cut, empty)


def _with_line(text: bytes, draw: random.Random, change: Callable[[bytes], list[bytes]]) -> bytes:
    lines = text.split(b"\n")
    at = draw.randrange(len(lines))
    lines[at : at + 1] = change(lines[at])
    return b"\n".join(lines)


class Soaked:
    """A tree under edit, with what is needed to take every edit back."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self._draw = random.Random(seed)
        self._files = sorted(path for path in root.rglob("*") if _is_source(path))
        self._original: dict[Path, bytes] = {}
        self._made: list[Path] = []

    def edit(self, number: int) -> str:
        """Make one edit and name it."""
        draw = self._draw
        path = draw.choice([path for path in self._files if path.exists()])
        text = path.read_bytes()
        self._original.setdefault(path, text)
        kind = draw.randrange(10)
        if kind == 0:
            path.unlink()
            return "delete"
        if kind in (1, 2):
            target = path.with_name(f"made_{number}{path.suffix}")
            shutil.copyfile(path, target)
            self._made.append(target)
            if kind == 1:
                path.unlink()
            return "rename" if kind == 1 else "copy"
        if kind == 3:
            path.write_bytes(add_function(text, draw, number, path.suffix == ".py"))
            return "add_function"
        change = draw.choice(EDITS)
        path.write_bytes(change(text, draw, number))
        return change.__name__

    def take_back(self) -> None:
        """Restore every file as it was at the start, under git's index lock."""
        lock = self.root / ".git" / "index.lock"
        lock.touch()
        for path in self._made:
            path.unlink(missing_ok=True)
        for path, text in self._original.items():
            path.write_bytes(text)
        lock.unlink()


def _is_source(path: Path) -> bool:
    return path.suffix in SUFFIXES and path.is_file() and path.stat().st_size <= MAX_BYTES


def soak(
    directory: Path, edits: int, seed: int, say: Callable[[str], None], ignore: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Run the whole; the result is the JSON record."""
    with Sandbox() as box:
        box.copy(directory, ignore=ignore)
        git(box.root, "init", "--quiet")
        with box.daemon() as client:
            wait_until_embedded(client)
            status = client.status()
            say(f"{status.files} files, {status.symbols} symbols, {status.edges} edges")
            checks = {"after_index": _verified(client, say, "after the index")}
            tree = Soaked(box.root, seed)
            counts: dict[str, int] = {}
            seconds = []
            for number in range(edits):
                kind = tree.edit(number)
                counts[kind] = counts.get(kind, 0) + 1
                started = time.perf_counter()
                client.call(SyncParams(timeout=FIRST_INDEX_SECONDS))
                seconds.append(time.perf_counter() - started)
            wait_until_embedded(client)
            embedded_by_edits = client.status().embedded - status.embedded
            checks["after_edits"] = _verified(client, say, f"after {edits} edits")
            before = client.status().embedded
            tree.take_back()
            wait_until_embedded(client)
            embedded_back = client.status().embedded - before
            checks["after_revert"] = _verified(client, say, "after the revert")
            say(f"{embedded_by_edits} vectors computed for the edits, {embedded_back} for taking them back")
    seconds.sort()
    return {
        "directory": directory.name,
        "machine": this_machine(),
        "files": status.files,
        "symbols": status.symbols,
        "edges": status.edges,
        "edits": counts,
        "seed": seed,
        "equal": checks,
        "embedded_by_edits": embedded_by_edits,
        "embedded_on_revert": embedded_back,
        "seconds_to_indexed": {"p50": seconds[len(seconds) // 2], "p95": seconds[int(len(seconds) * 0.95)]},
    }


def _verified(client: Client, say: Callable[[str], None], when: str) -> bool:
    result = client.call(VerifyParams(timeout=FIRST_INDEX_SECONDS))
    say(f"{when}: {'equal' if result.equal else 'DIFFERENT'}, compared {dict(result.counts)}")
    for line in _lines(result.differences):
        say(f"  {line}")
    return result.equal


def _lines(differences: dict[str, tuple[str, ...]]) -> Iterator[str]:
    for part, lines in sorted(differences.items()):
        yield from (f"{part}: {line}" for line in lines[:10])


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ignore", action="append", default=[], help="a name that is not copied; may be repeated")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result = soak(
        arguments.directory,
        arguments.edits,
        arguments.seed,
        lambda line: print(line, file=sys.stderr),
        tuple(arguments.ignore),
    )
    if arguments.json:
        import msgspec

        print(json.dumps(msgspec.to_builtins(result)))
    return 0 if all(result["equal"].values()) and not result["embedded_on_revert"] else 1


if __name__ == "__main__":
    sys.exit(main())
