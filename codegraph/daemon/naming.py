"""What symbols are called by people: their qualified names, in the terms of their language.

A *qualified name* is dotted: what the definition stands in, then its name. Where a language has names that do
not come from paths (packages of Java, namespaces of C#, constants of Ruby, C) it starts with the package or
namespace that the file declares; elsewhere with the module's path without its extension, `__init__` and
`index` standing for their directory. A C++ function that is defined outside of its class has that in its
written name. In Go a package is called after its directory, in Rust a module after its path below `src`.
Tests: tests/unit/daemon/test_daemon_naming.py.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codegraph.core.facts import Outline
    from codegraph.graph.file_view import Symbol
    from codegraph.graph.snapshot import Snapshot

_INDEX_NAMES: Final = ("__init__", "index")
_BY_NAMESPACE: Final = frozenset({"c", "c_sharp", "cpp", "java", "kotlin", "php", "ruby", "scala"})
_SEPARATORS: Final = re.compile(r"::|(?<!operator)->|[\\#/]")
_CALL: Final = re.compile(r"(?<=\w)(?<!operator)\(\)$")
_RECEIVER: Final = re.compile(r"\(?[*&]?(\w+)\)?(?=\.)")


def module_name(path: str) -> str:
    """Return the dotted name of a file: `src/pkg/mod.py` is `src.pkg.mod`, `pkg/__init__.py` is `pkg`."""
    return ".".join(_module_parts(path))


def bare_name(symbol: Symbol) -> str:
    """Return the last part of a symbol's qualified name; a module is called by its path."""
    return symbol.definition.name or module_name(symbol.path).rpartition(".")[2]


def qualified_name(snapshot: Snapshot, symbol: Symbol) -> str:
    """Return the dotted name of a symbol; a module is called by its path in every language."""
    return _qualified(snapshot.files[symbol.path].outline, symbol.path, symbol.index)


def written_name(snapshot: Snapshot, symbol: Symbol) -> str:
    """Return the qualified name, with the class or namespace that a function of C++ is defined for outside of it."""
    name = qualified_name(snapshot, symbol)
    around = class_written(symbol)
    return f"{name.removesuffix(symbol.definition.name)}{around}.{symbol.definition.name}" if around else name


def class_written(symbol: Symbol) -> str:
    """Return what stands before the name of a C++ function that is defined outside of it: `Block.Iter`; else ""."""
    definition = symbol.definition
    if symbol.language != "cpp" or definition.container > 0 or " :: " not in definition.signature:
        return ""
    tokens = definition.signature.split(" ")
    bare = definition.name.removeprefix("~")
    called = bare if bare.isidentifier() else "operator"
    for at, token in enumerate(tokens):
        if token == called and (called != bare or tokens[at + 1 : at + 2] == ["("]):
            end = at - (tokens[at - 1] == "~")
            if found := _scopes_before(tokens, end):
                return ".".join(found)
    return ""


def _scopes_before(tokens: Sequence[str], end: int) -> list[str]:
    """Return the names that are written before a place, each with `::` behind it, without template arguments."""
    names: list[str] = []
    while end >= 2 and tokens[end - 1] == "::":
        end -= 2
        depth = 0
        while end > 0 and (depth := depth + tokens[end].count(">") - tokens[end].count("<")) > 0:
            end -= 1
        end -= tokens[end] == "<"
        names.insert(0, tokens[end])
    return names


def qualified_names(outline: Outline, path: str) -> list[str]:
    """Return `qualified_name` of each definition of a file, in a fraction of the time that it takes for each."""
    names: list[str] = []
    for index, definition in enumerate(outline.definitions):
        inside = 0 < definition.container < index
        names.append(f"{names[definition.container]}.{definition.name}" if inside else _qualified(outline, path, index))
    return names


def name_by_path(snapshot: Snapshot, symbol: Symbol) -> str:
    """Return what the name of a symbol would be if each file were a module."""
    return ".".join((module_name(symbol.path), *inner_names(snapshot.files[symbol.path].outline, symbol.index)))


def inner_names(outline: Outline, index: int) -> list[str]:
    """Return the names of the definitions that one stands in, the outermost first, and its own; none for a module."""
    return _inner(outline, index)[0]


def dotted(name: str) -> str:
    """Return a qualified name with dots in place of what languages write: `Rack::Utils#escape`, `App\\Kernel`.

    What is written of a call or of Go's receivers is left out: `Session.get()`, `(*Engine).Run`, `$log->info`.
    """
    plain = _SEPARATORS.sub(".", _CALL.sub("", name)).strip(".").removeprefix("crate.")
    return _RECEIVER.sub(r"\1", plain) if plain[:1] in ("(", "*", "&") else plain.removeprefix("$")


def _qualified(outline: Outline, path: str, index: int) -> str:
    inner, top = _inner(outline, index)
    return ".".join((*_outer(outline, path, top), *inner)) if inner else module_name(path)


def _inner(outline: Outline, index: int) -> tuple[list[str], int]:
    """Return the names of the definitions around one and its own, and the index of the outermost one."""
    definitions = outline.definitions
    names: list[str] = []
    top = index
    while index > 0:
        names.append(definitions[index].name)
        index, top = definitions[index].container, index
    return names[::-1], top


def _outer(outline: Outline, path: str, top: int) -> list[str]:
    """Return what a definition at the top level stands in."""
    namespace = _namespace(outline, top)
    if outline.language in _BY_NAMESPACE:
        return [namespace] if namespace else []
    if outline.language == "go":
        directory = path.split("/")[:-1]
        return directory if directory and directory[-1] == namespace else [*directory, *filter(None, [namespace])]
    parts = _module_parts(path)
    if outline.language == "rust":
        if "src" in parts:
            at = len(parts) - 1 - parts[::-1].index("src")
            parts = parts[max(at - 1, 0) : at] + parts[at + 1 :]
        return parts[:-1] if parts and parts[-1] in ("mod", "lib", "main") else parts
    return parts


def _namespace(outline: Outline, top: int) -> str:
    at = bisect_right(outline.namespaces, top, key=lambda run: run[0]) - 1
    return outline.namespaces[at][1] if at >= 0 else ""


def _module_parts(path: str) -> list[str]:
    stem = path.rpartition(".")[0] if "." in path.rpartition("/")[2] else path
    parts = stem.split("/")
    if len(parts) > 1 and parts[-1] in _INDEX_NAMES:
        parts.pop()
    return parts
