"""Which module a module's name in an import means.

Facts have one place of each import. In Python that is where the module begins in `import a.b`, and the name in
`from a import b`, in Go it is the whole line of the package; only these are read here. What such an import leads to
is what linking found: a module that the same definition imports, called so. Nothing is guessed from the path alone,
but for the packages around a module that was found. Tests: tests/unit/daemon/test_daemon_referenced.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import dirname

from codegraph.core.facts import Import, ImportKind
from codegraph.core.symbols import PYTHON_LANGUAGES, DependencyKind, SymbolId
from codegraph.daemon.naming import module_name
from codegraph.graph.file_view import FileView
from codegraph.graph.snapshot import Snapshot

_IMPORTS = frozenset({DependencyKind.IMPORTS})


def module_at(
    snapshot: Snapshot, view: FileView, imports: Iterable[Import], line: int, character: int
) -> tuple[SymbolId, ...]:
    """Return the modules that an import names at a place; none where no import does, or that is not of the project."""
    here = [each for each in imports if each.line == line and each.column <= character]
    if view.language == "go":
        found = (
            target for each in here if character <= _end_of_line(each) for target in _begun_at(snapshot, view, each)
        )
    elif view.language in PYTHON_LANGUAGES:
        found = (target for each in here for target in _named(snapshot, view, each, character - each.column))
    else:
        return ()
    return tuple(dict.fromkeys(found))


def _end_of_line(each: Import) -> int:
    """Return where `alias "path"` ends at most; behind it is a comment."""
    alias = 0 if each.module.endswith(each.alias) else len(each.alias) + 1
    return each.column + alias + len(each.module) + len('""')


def _begun_at(snapshot: Snapshot, view: FileView, each: Import) -> Iterator[SymbolId]:
    for edge in snapshot.dependencies(view.ids[each.owner], _IMPORTS):
        if (edge.line, edge.column) == (each.line, each.column) and edge.target.endswith("/"):
            yield edge.target


def _named(snapshot: Snapshot, view: FileView, each: Import, offset: int) -> Iterator[SymbolId]:
    """Yield what a part of `a.b.c` means, or the module that `from a import b` takes out of a package."""
    written = each.module if each.kind is ImportKind.MODULE else each.name
    if each.kind not in (ImportKind.MODULE, ImportKind.NAME) or offset > len(written):
        return
    whole = written if each.kind is ImportKind.MODULE else ".".join(filter(None, (_base(view, each), written)))
    above = written.count(".", offset)
    for edge in snapshot.dependencies(view.ids[each.owner], _IMPORTS):
        path = edge.target.removesuffix("/")
        called = module_name(path)
        is_here = (edge.line, edge.column) == (each.line, each.column)  # below a root that is not the project's
        if path == edge.target or not (called == whole or (is_here and called.endswith("." + whole))):
            continue
        package = path
        for _ in range(above):
            package = dirname(package.removesuffix("/__init__.py"))
            package = f"{package}/__init__.py"
        if (around := snapshot.files.get(package)) is not None:
            yield around.ids[0]


def _base(view: FileView, each: Import) -> str:
    """Return the dotted name of the package that a name is imported from; a relative one begins at the file."""
    if not each.level:
        return each.module
    package = view.path
    for _ in range(each.level):
        package = dirname(package)
    return ".".join(filter(None, (module_name(f"{package}/__init__.py") if package else "", each.module)))
