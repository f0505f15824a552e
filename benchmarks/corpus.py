"""The tree that benchmarks run on: a copy of real source code with about 100,000 symbols.

Either a directory that the caller names, or, so that anybody can run the benchmarks, one put together
from what is installed: Python's standard library, then installed packages in order of their names,
until the number of definitions reaches the goal. What went in is listed with versions in every result.
Definitions are counted by a pattern over lines, which is near enough to decide when to stop.
Tests: tests/unit/benchmarks/test_bench_corpus.py.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.sandbox import Sandbox

GOAL = 100_000
QUICK_GOAL = 10_000
SUFFIXES = (".py", ".pyi", ".js", ".jsx", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx")
LEFT_OUT = ("site-packages", "test", "tests", "idle_test", "config-*", "node_modules", "*.dist-info", "*.libs")

_DEFINITION = re.compile(rb"^[ \t]*(?:async[ \t]+)?(?:def|class|function|interface|enum)[ \t]+\w", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a corpus is made of."""

    name: str
    version: str
    place: Path


def tree_parser(description: str | None, goal: int = GOAL) -> argparse.ArgumentParser:
    """Return a parser of the arguments that `assemble` takes; `description` is a benchmark's docstring."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("--tree", type=Path, help="a directory; default: put together from installed packages")
    parser.add_argument("--symbols", type=int, default=goal, help="about how many, without --tree")
    return parser


def assemble(box: Sandbox, tree: Path | None, goal: int) -> dict[str, Any]:
    """Fill a sandbox's project and describe it: the parts with versions, files and bytes of known suffixes."""
    box.root.mkdir(exist_ok=True)
    if tree is not None:
        box.copy(tree, ignore=("node_modules", "*.dist-info", "*.libs"))
        parts = [Part(tree.name, "", tree)]
        names = {path.name: _version_beside(path) for path in sorted(tree.iterdir()) if path.is_dir()}
        listed = {name: version for name, version in names.items() if version}
    else:
        parts = list(_until(goal, installed_parts()))
        for part in parts:
            _copy(part, box.root / part.name)
        listed = {part.name: part.version for part in parts}
    files = list(source_files(box.root))
    return {
        "parts": listed or {part.name: part.version for part in parts},
        "files": len(files),
        "bytes": sum(path.stat().st_size for path in files),
    }


def source_files(root: Path) -> Iterator[Path]:
    """Yield the files below a directory whose suffix belongs to a known language, in order."""
    for path in sorted(root.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file() and not path.is_symlink():
            yield path


def definitions_in(place: Path) -> int:
    """Estimate how many definitions a directory or file holds."""
    files = source_files(place) if place.is_dir() else iter([place])
    return sum(len(_DEFINITION.findall(path.read_bytes())) for path in files)


def installed_parts() -> Iterator[Part]:
    """Yield the standard library, then the import packages of every installed distribution, by name."""
    yield Part("python", sys.version.split()[0], Path(sysconfig.get_path("stdlib")))
    site = Path(sysconfig.get_path("purelib"))
    versions = {name: found[0] for name, found in metadata.packages_distributions().items()}
    for name in sorted(versions):
        place = site / name
        if place.is_dir() and not name.startswith("_"):
            yield Part(name, metadata.version(versions[name]), place)


def _until(goal: int, parts: Iterator[Part]) -> Iterator[Part]:
    total = 0
    for part in parts:
        if total >= goal:
            return
        total += definitions_in(part.place) if part.name != "python" else _library_definitions(part.place)
        yield part


def _library_definitions(place: Path) -> int:
    outside = {"site-packages", "test", "tests", "idle_test"}
    return sum(
        len(_DEFINITION.findall(path.read_bytes()))
        for path in source_files(place)
        if outside.isdisjoint(path.relative_to(place).parts)
    )


def _copy(part: Part, target: Path) -> None:
    left_out = shutil.ignore_patterns("__pycache__", "*.pyc", "*.so", "*.a", *LEFT_OUT)
    shutil.copytree(part.place, target, ignore=left_out, symlinks=True)


def _version_beside(package: Path) -> str:
    found = sorted(package.parent.glob(f"{package.name}-*.dist-info"))
    return found[0].name.removesuffix(".dist-info").partition("-")[2] if found else ""
