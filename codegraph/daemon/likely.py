"""In which files symbols may be whose names begin with a text, or hold it: a few of a project's thousands.

A qualified name is what a file's symbols stand in, read off its path or declared as its namespace, and then names of
definitions, joined by dots (naming.py). So any part of a text between two of its dots stands, whole, in one of these:
the names, the namespaces and the paths that have it lead to files, and no file that is left out can have a symbol that
fits. Which of their symbols do, `targets` looks at one by one.
Tests: tests/unit/daemon/test_daemon_likely.py.
"""

from __future__ import annotations

from collections.abc import Iterable

from codegraph.core.symbols import SymbolId
from codegraph.daemon.naming import module_name
from codegraph.graph.snapshot import Snapshot

MOST_SYMBOLS = 20_000
"""Where more symbols have such names, looking through all files finds as many as an answer holds soon enough."""


def files_with(snapshot: Snapshot, text: str, is_prefix: bool) -> set[str] | None:
    """Return a superset of the paths of files with a symbol of such a name, path or id; None means all files.

    `is_prefix`: names begin with the text, in this case; else they hold it, in whatever case.
    """
    if not text.isascii():
        return None  # what is its lower case depends on what is around it
    found = _by_prefix(snapshot, text) if is_prefix else _by_part(snapshot, text)
    if found is not None:
        found.update(_of_symbols(snapshot, (SymbolId(text),)))
        found.update({text} if text in snapshot.files else ())
    return found


def _by_prefix(snapshot: Snapshot, text: str) -> set[str] | None:
    dots = [at for at, character in enumerate(text) if character == "."]
    named = _of_names(snapshot, (*snapshot.spellings.beginning(text), *(text[:at] for at in dots)))
    if named is None:
        return None
    for namespace, paths in snapshot.namespaces.items():
        if namespace.startswith(text) or text.startswith(namespace + "."):
            named.update(paths)
    first = text.partition(".")[0]
    named.update(path for path in snapshot.paths.holding(first) if _may_begin(path, text))
    return named


def _may_begin(path: str, text: str) -> bool:
    """Whether a module of this path, or what its path says of its symbols' names, may begin with a text or be begun."""
    module = module_name(path)
    around, _, bare = module.rpartition(".")
    if path.endswith((".hs", ".rs", ".py", ".pyi")):
        return True  # their names may begin below the path's beginning
    return module.startswith(text) or bare.startswith(text) or text.startswith(around)


def _by_part(snapshot: Snapshot, text: str) -> set[str] | None:
    part = max(text.lower().split("."), key=len)
    if not part:
        return None
    named = _of_names(snapshot, snapshot.spellings.holding(part))
    if named is not None:
        named.update(snapshot.paths.holding(part))
        named.update(path for name, paths in snapshot.namespaces.items() if part in name.lower() for path in paths)
    return named


def _of_names(snapshot: Snapshot, names: Iterable[str]) -> set[str] | None:
    """Return the files of the symbols of some names, None if these are too many."""
    symbols: list[SymbolId] = []
    for name in names:
        symbols += snapshot.names.get(name, ())
        if len(symbols) > MOST_SYMBOLS:
            return None
    return _of_symbols(snapshot, symbols)


def _of_symbols(snapshot: Snapshot, symbols: Iterable[SymbolId]) -> set[str]:
    """Return the files that symbols may be in, by what stands before a slash."""
    found: set[str] = set()
    for symbol in symbols:
        end = symbol.rfind("/")
        while end >= 0:
            if symbol[:end] in snapshot.files:
                found.add(symbol[:end])
            end = symbol.rfind("/", 0, end)
    return found
