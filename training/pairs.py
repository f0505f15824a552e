"""Turns collected packages into training pairs with codegraph's own pipeline: what the daemon would render, no other.

    python -m training.pairs SOURCES PAIRS

Each package is indexed as a project of its own; every symbol is rendered as for an encoder, context signatures
included, and written with the first sentence of its documentation, which is taken out. What follows the sentence
stays in `docstring`; who wants code without documentation drops it. Files of excluded projects and copies of others
inside a package are removed first, and of a large package so many files are kept as a fixed draw allows.
One file a package: `PAIRS/LANGUAGE/NAME.msgpack.zst`, a list of `Example`. What is there is not made again.
Tests: tests/unit/training/test_training_pairs.py.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np
import zstandard

from codegraph.config import Config
from codegraph.core.symbols import SymbolKind
from codegraph.daemon.makers import Makers
from codegraph.daemon.opening import open_project
from codegraph.daemon.project import Project
from codegraph.embed.embedder import InlineEmbedder
from codegraph.embed.encoder import FloatArray, RecordingEncoder
from codegraph.embed.render import EncoderInput, render
from codegraph.events import EventLog
from codegraph.extract.languages import language_of
from codegraph.extract.pool import InlineExtractor
from codegraph.locations import Locations
from training.collect import Package, read_packages
from training.exclusions import Exclusions
from training.sentences import split

CONTEXT_STEPS = 2
"""More than the daemon's default: the shipped table was trained so, before that was measured (docs/search.md)."""
MAX_FILES = 250
MAX_FILES_OF_STANDARD_LIBRARY = 1_500
STANDARD_LIBRARIES = frozenset(
    {"golang-1.19-src", "openjdk-17-source", "rust-src", "libpython3.11-stdlib", "libruby3.1", "scala", "kotlin"}
)
MAX_FILE_BYTES = 150_000
KINDS = frozenset({SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.ENUM, SymbolKind.FUNCTION, SymbolKind.METHOD})
_UNREAD = frozenset({"json-config", "bash"})
_TESTS = frozenset({"test", "tests", "testing", "testdata", "spec", "fixtures", "testsuite"})
_TEST = re.compile(r"^test_|[_.]test\.|[_.]spec\.")


class _NoEncoder(RecordingEncoder):
    """Has no vector for anything: only what would be embedded is wanted."""

    def encode(self, inputs: Sequence[EncoderInput]) -> FloatArray:
        return np.full((len(inputs), self.dimensions), np.nan, np.float32)


class Example(msgspec.Struct, frozen=True, array_like=True):
    """One symbol: what is asked and what is to be found."""

    sentence: str
    """First sentence of its documentation, "" if it has none."""
    source: EncoderInput
    """As the daemon renders it, save that the documentation lacks the sentence."""


def examples(directory: Path) -> list[Example]:
    """Index a directory in a place of its own and return every symbol that is something to look for."""
    config = Config()
    config = replace(
        config,
        extract=replace(config.extract, data_flow="off"),
        cascade=replace(config.cascade, depth=CONTEXT_STEPS),
    )
    makers = Makers(
        extractor=lambda settings, _: InlineExtractor(settings),
        embedder=lambda *_: InlineEmbedder(_NoEncoder(config.embedding.model)),
    )
    with tempfile.TemporaryDirectory(prefix="codegraph-pairs-") as place:
        environment = {f"CODEGRAPH_{name}_DIR": f"{place}/{name.lower()}" for name in ("STATE", "CACHE", "RUNTIME")}
        project = open_project(directory, config, EventLog(time.time), Locations.from_environment(environment), makers)
        try:
            project.run_once(False, False, lambda _: None)
            return list(_examples(project))
        finally:
            project.close()


def _examples(project: Project) -> Iterator[Example]:
    snapshot, inputs = project.parts.index.snapshot, project.own_inputs()
    for symbol in sorted(snapshot.places):
        source = snapshot.render_source(symbol)
        own = inputs.load(*snapshot.blob(symbol), source.own)
        if own is not None and own.kind in KINDS:
            sentence, rest = split(own.docstring)
            yield Example(sentence, render(msgspec.structs.replace(own, docstring=rest), source.signatures))


def prune(directory: Path, exclusions: Exclusions, files: int) -> None:
    """Remove files that are not to be learnt from, and keep a fixed draw of the rest."""
    kept: list[tuple[bytes, Path]] = []
    for folder, _, names in os.walk(directory):
        for name in names:
            file = Path(folder, name)
            path = file.relative_to(directory).as_posix()
            language = None if file.is_symlink() else language_of(path, b"")
            if language and language not in _UNREAD and not exclusions.holds_path(path) and _of_use(file, path):
                kept.append((sha256(path.encode("utf-8", "replace")).digest(), file))
            elif language or file.stat(follow_symlinks=False).st_size > MAX_FILE_BYTES:
                file.unlink()
    for _, file in sorted(kept)[files:]:
        file.unlink()


def _of_use(file: Path, path: str) -> bool:
    *directories, name = path.lower().split("/")
    return not _TESTS.intersection(directories) and not _TEST.search(name) and file.stat().st_size <= MAX_FILE_BYTES


def root_of(directory: Path) -> Path:
    """Return where a person would open the project: Debian's directory of Python packages is else left out."""
    python = directory / "usr/lib/python3/dist-packages"
    return python if python.exists() else directory


def read_examples(file: Path) -> list[Example]:
    """Read what one package gave."""
    return msgspec.msgpack.decode(zstandard.decompress(file.read_bytes()), type=list[Example])


def make(packages: Sequence[Package], sources: Path, pairs: Path) -> None:
    """Make the pairs of packages that have none, each package in its turn."""
    exclusions = Exclusions.read()
    for package in packages:
        directory = package.directory(sources)
        file = pairs / package.language / f"{directory.name}.msgpack.zst"
        if file.exists() or not directory.exists():
            continue
        standard = package.name in STANDARD_LIBRARIES
        prune(directory, exclusions, MAX_FILES_OF_STANDARD_LIBRARY if standard else MAX_FILES)
        found = examples(root_of(directory))
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(zstandard.compress(msgspec.msgpack.encode(found), 6))
        part.rename(file)
        print(f"{package.language} {package.name}: {len(found)} symbols, {sum(bool(e.sentence) for e in found)} pairs")


def main() -> None:
    """Make the pairs of all packages, in an order that mixes languages; `SHARE/OF` takes a share of them."""
    packages = sorted(read_packages(), key=lambda package: sha256(package.name.encode()).digest())
    share, of = map(int, sys.argv[3].split("/")) if len(sys.argv) > 3 else (0, 1)
    make(packages[share::of], Path(sys.argv[1]), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
