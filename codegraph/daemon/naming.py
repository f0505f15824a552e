"""What symbols are called by people: their qualified names, in the terms of their language.

A *qualified name* is dotted: what the definition stands in, then its name. Where a language has names that do not come
from paths (packages of Java, namespaces of C#, constants of Ruby, modules of Elixir, C, Swift) it starts with the
package or namespace that the file declares, if any; elsewhere with the module's path without its extension, `__init__`
and `index` standing for their directory. What a definition itself says that it stands in, as a method outside of its
class does, is part of its name. In Go a package is called after its directory, in Rust and Python a module after its
path below `src`, in Haskell after the end of its path that has capitals: what is imported as `flask.app` is not called
`src.flask.app`.
Tests: tests/unit/daemon/test_daemon_naming.py.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from codegraph.core.symbols import names_between

if TYPE_CHECKING:
    from codegraph.core.facts import Outline
    from codegraph.graph.file_view import Symbol
    from codegraph.graph.snapshot import Snapshot

_INDEX_NAMES: Final = ("__init__", "index")
_BY_NAMESPACE: Final = frozenset({"c", "c_sharp", "cpp", "elixir", "java", "kotlin", "php", "ruby", "scala", "swift"})
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
    """Return the dotted name of a symbol; a module is called by its path, or by what imports say."""
    return _qualified(snapshot, symbol.path, symbol.index)


def qualified_names(snapshot: Snapshot, path: str) -> list[str]:
    """Return `qualified_name` of each definition of a file, in a fraction of the time that it takes for each."""
    outline = snapshot.files[path].outline
    names: list[str] = []
    for index, definition in enumerate(outline.definitions):
        inside = 0 < definition.container < index
        if inside:
            names.append(".".join((names[definition.container], *_said(outline, index), definition.name)))
        else:
            names.append(_qualified(snapshot, path, index))
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


def _qualified(snapshot: Snapshot, path: str, index: int) -> str:
    outline = snapshot.files[path].outline
    if outline.language in ("haskell", "python"):
        parts = _below_src(snapshot, path) if outline.language == "python" else _capitals(path)
        return ".".join((*parts, *_inner(outline, index)[0]))
    inner, top = _inner(outline, index)
    return ".".join((*_outer(outline, path, top), *inner)) if inner else module_name(path)


def _inner(outline: Outline, index: int) -> tuple[list[str], int]:
    """Return the names of what is around a definition and its own, and the index of the outermost one around it."""
    definitions = outline.definitions
    names: list[str] = []
    top = index
    while index > 0:
        names += (definitions[index].name, *reversed(_said(outline, index)))
        index, top = definitions[index].container, index
    return names[::-1], top


def _said(outline: Outline, index: int) -> list[str]:
    """Return what a definition itself says that it stands in: the type of a method, where that is in another file."""
    definition = outline.definitions[index]
    return names_between(outline.definitions[definition.container].descriptor, definition.descriptor)


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


def _capitals(path: str) -> list[str]:
    """Return what Haskell imports a module by: the end of its path that begins with capitals."""
    parts = _module_parts(path)
    return [*takewhile(lambda part: part[:1].isupper(), reversed(parts))][::-1] or parts


def _below_src(snapshot: Snapshot, path: str) -> list[str]:
    """Return what Python imports a module by: all of its path below the last `src` that is no package itself."""
    above, src, below = f"/{path}".rpartition("/src/")
    is_root = src and f"{above}/src/__init__.py"[1:] not in snapshot.files
    return _module_parts(below if is_root else path)


def _module_parts(path: str) -> list[str]:
    stem = path.rpartition(".")[0] if "." in path.rpartition("/")[2] else path
    parts = stem.split("/")
    if len(parts) > 1 and parts[-1] in _INDEX_NAMES:
        parts.pop()
    return parts
