"""Which files are which language, and that every language is complete: `codegraph.extract.languages`."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import msgspec
import pytest
import zstandard

from codegraph.core.facts import decode_compressed_occurrences, decode_inputs
from codegraph.extract.extractor import EXTRACTOR_VERSION, Limits, extract
from codegraph.extract.grammar import compiled
from codegraph.extract.languages import KNOWN, LANGUAGES, language_of


@pytest.mark.parametrize(
    ("path", "head", "expected"),
    [
        ("a/b.py", b"", "python"),
        ("a/b.PYI", b"", "python"),
        ("a.py/b", b"", None),
        (".py", b"", None),
        ("a.unknown", b"#!/usr/bin/python", None),
        ("README.md", b"", "markdown"),
        ("a.inc", b"<?php\n#if x\n", "php"),
        ("a.inc", b"/* x */\n# include <a.h>\n", "c"),
        ("a.inc", b"#include <vector>\n", "cpp"),
        ("a.h", b"enum Exit : EXIT_TYPE {\n", "cpp"),
        ("a.h", b"struct s {\n  enum mode m : 3;\n  enum mode : 4;\n};\n", "c"),
        ("docs/index.rst", b"", "rst"),
        ("README", b"# Read me", None),
        ("tool", b"#!/usr/bin/env python3\n", "python"),
        ("tool", b"#!/usr/bin/env -S python3.11 -I\n", "python"),
        ("tool", b"#! /usr/local/bin/pypy3\n", "python"),
        ("tool", b"#!/bin/sh\n", "bash"),
        ("tool", b"#!/usr/bin/perl\n", None),
        ("tool", b"#!", None),
        ("tool", b"", None),
    ],
)
def test_language_of(path: str, head: bytes, expected: str | None) -> None:
    """A file's language follows from its extension, else from its `#!` line."""
    assert language_of(path, head) == expected


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_extracts(language: str) -> None:
    """The queries of every language compile, and an empty file gives its module."""
    if LANGUAGES[language].read is None:
        assert compiled(language).spec.name == language
    facts = extract(b"", language, Limits())
    assert [one.descriptor for one in facts.outline.definitions] == [""]
    assert facts.outline.language == language


def test_a_start_loads_no_language() -> None:
    """What a daemon imports before it serves holds no grammar and no language; the first file brings its own."""
    said = (
        "import sys, codegraph.daemon.process\n"
        "from codegraph.extract.languages import KNOWN, LANGUAGES\n"
        "loaded = lambda: {name for name in KNOWN if f'codegraph.extract.languages.{name}' in sys.modules}\n"
        "print(sorted(loaded()), any(name.startswith('tree_sitter_') for name in sys.modules))\n"
        "LANGUAGES['lua']\n"
        "print(sorted(loaded()))\n"
    )
    out = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout
    assert out.splitlines() == ["[] False", "['lua']"]


def test_version_names_every_grammar() -> None:
    """The extractor's version changes with any grammar's."""
    for known in (each for each in KNOWN.values() if LANGUAGES[each.name].read is None):
        assert f"{known.distribution} {version(known.distribution)}" in EXTRACTOR_VERSION


@pytest.mark.parametrize("decode", [decode_compressed_occurrences, decode_inputs])
def test_foreign_frames_are_refused(decode: object) -> None:
    """Bytes that are no frame, or a frame that would unpack to gigabytes, raise DecodeError."""
    assert callable(decode)
    bomb = zstandard.ZstdCompressor().compress(bytes(1 << 28))
    streamed = zstandard.ZstdCompressor(write_content_size=False).compress(b"\x90")
    for frame in (b"", b"nonsense", bomb, streamed, zstandard.compress(b"\xc1")):
        with pytest.raises(msgspec.DecodeError):
            decode(frame)
