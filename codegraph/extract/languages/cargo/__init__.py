"""`Cargo.toml`: a package's name, where its library begins, and under which names it knows other packages.

    package   (name,)                       as written
    lib       (name or "", path or "")      of the library
    depends   (name in code, package)       one for each dependency of any kind, both with underscores

The crate's names are the file's namespaces. What is inherited from a workspace is looked up by name like the rest.
Python's grammar reads the file: only comments and brackets are asked for.
Tests: tests/unit/extract/test_extract_rust.py.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import tree_sitter_python

from codegraph.core.facts import Chain
from codegraph.extract.languages.settings import settings_spec

if TYPE_CHECKING:
    from codegraph.extract.view import FileView

_MAX_TEXT = 1_000
_KINDS = ("dependencies", "dev-dependencies", "dev_dependencies", "build-dependencies", "build_dependencies")


def _read(data: bytes) -> Iterator[tuple[str, Chain]]:
    try:
        manifest = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):  # nothing can be said of a broken file
        return
    package, library = _table(manifest, "package"), _table(manifest, "lib")
    if _text(package, "name"):
        yield "package", (_text(package, "name"),)
        yield "lib", (_text(library, "name"), _text(library, "path"))
    tables = [manifest, *(each for each in _table(manifest, "target").values() if isinstance(each, dict))]
    for kind in _KINDS:
        for table in tables:
            for name, said in _table(table, kind).items():
                of = _text(said, "package") if isinstance(said, dict) else ""
                yield "depends", (underscored(name), underscored(of or name))


def underscored(name: str) -> str:
    """Return a package's name as it is written in code."""
    return name.replace("-", "_")


def _crates(view: FileView) -> list[str]:
    """Return what the package and its library are called in code: people say these, wherever the files are."""
    names = [each.chain[0] for each in view.exports if each.name in ("package", "lib")]
    return [underscored(each) for each in dict.fromkeys(names) if each]


def _table(of: dict[str, Any], name: str) -> dict[str, Any]:
    found = of.get(name)
    return found if isinstance(found, dict) else {}


def _text(of: dict[str, Any], name: str) -> str:
    found = of.get(name)
    return found if isinstance(found, str) and len(found) < _MAX_TEXT else ""


SPEC = settings_spec(__name__, "cargo", tree_sitter_python.language, _read, _crates)
