"""The house itself: floors, sizes, docstrings, and a client that stays light (invariant I11)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

_ROOT = Path(__file__).parents[2]
_PACKAGE = _ROOT / "codegraph"

_FLOORS = {
    "core": 0,
    "errors": 0,
    "events": 0,
    "processes": 0,
    "config": 1,
    "config_layers": 1,
    "locations": 1,
    "source": 1,
    "extract": 1,
    "version": 2,
    "graph": 2,
    "embed": 2,
    "cache": 2,
    "store": 2,
    "search": 3,
    "daemon": 4,
    "conversation": 4,
    "client": 4,
    "async_client": 4,
    "cli": 5,
    "__init__": 5,  # the public face: it imports what it needs when it is called
    "__main__": 6,
}
"""Top-level module or package -> floor. A module imports from lower floors and from its own package only."""

_NEIGHBOURS = {
    ("config_layers", "config"): "it reads what settings there are",
    ("source", "config"): "each part is handed its section of the settings",
    ("extract", "config"): "each part is handed its section of the settings",
    ("locations", "source"): "a linked worktree is a project of its own, and left out of the one around it",
    ("client", "daemon"): "the client speaks in the daemon's message types",
    ("async_client", "daemon"): "the client speaks in the daemon's message types",
    ("conversation", "daemon"): "the client speaks in the daemon's message types",
    ("client", "conversation"): "the two clients share it",
    ("async_client", "conversation"): "the two clients share it",
    ("daemon", "client"): "stopping a daemon is asking it over its socket",
}
"""Pairs on one floor that may meet nevertheless, and why."""

_WIRE = frozenset({"clones", "messages", "operations", "protocol", "reports", "streams"})
"""The daemon's modules that clients may import: types, no behaviour."""

_GRAPH_MAY_IMPORT = frozenset({"core", "config", "errors", "graph"})
_EFFECTS = frozenset({"io", "os", "pathlib", "random", "secrets", "socket", "subprocess", "threading", "time"})
_MAX_MODULE_LINES = 400
_MAX_FUNCTION_LINES = 60
_HEAVY_NAMES = """
diskcache lmdb networkx numpy prometheus_client psutil rich simsimd tantivy tokenizers torch transformers
tree_sitter typer watchdog zstandard
"""
_HEAVY = frozenset(_HEAVY_NAMES.split())


class _Import(NamedTuple):
    module: str
    line: int
    target: str
    """Dotted name below codegraph, "" for the package itself."""


@cache
def _sources() -> dict[str, ast.Module]:
    """Every module of the package, parsed, by its path relative to it."""
    files = sorted(_PACKAGE.rglob("*.py"))
    return {file.relative_to(_PACKAGE).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def _imports() -> Iterator[_Import]:
    for module, tree in _sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{module}:{node.lineno}: imports are absolute"
                if node.module == "codegraph":
                    known = [alias.name for alias in node.names if alias.name in _FLOORS]
                    yield from (_Import(module, node.lineno, name) for name in known)
                elif node.module and node.module.startswith("codegraph."):
                    names = [f"{node.module}.{alias.name}" for alias in node.names]
                    yield from (_Import(module, node.lineno, name.removeprefix("codegraph.")) for name in names)
            elif isinstance(node, ast.Import):
                ours = [alias.name for alias in node.names if alias.name.startswith("codegraph.")]
                yield from (_Import(module, node.lineno, name.removeprefix("codegraph.")) for name in ours)


def _top(dotted: str) -> str:
    return dotted.removesuffix(".py").replace("/", ".").partition(".")[0]


def test_every_part_has_a_floor():
    """A new top-level module or package cannot appear without somebody deciding where it stands."""
    assert {_top(module) for module in _sources()} <= set(_FLOORS)


def test_imports_run_downward_only():
    """No module imports from its own floor or a higher one, except within its package and the named neighbours."""
    wrong = []
    for found in _imports():
        source, target = _top(found.module), _top(found.target)
        downward = _FLOORS[target] < _FLOORS[source]
        if not downward and source != target and (source, target) not in _NEIGHBOURS:
            wrong.append(f"{found.module}:{found.line} imports {found.target}")
    assert wrong == []


def test_imports_are_really_read():
    """The check above sees imports inside of functions and under TYPE_CHECKING too."""
    seen = {(found.module, _top(found.target)) for found in _imports()}
    assert ("__init__.py", "client") in seen
    assert ("store/store.py", "core") in seen
    assert len(seen) > 100


def test_clients_know_only_the_wire_types_of_the_daemon():
    """A client does not reach into the daemon."""
    targets = {
        found.target.split(".")[1]
        for found in _imports()
        if _top(found.module) in {"client", "async_client", "conversation"} and _top(found.target) == "daemon"
    }
    assert targets <= _WIRE


def test_graph_is_pure():
    """The graph floor imports only data, settings and errors of ours: no store, no files, no events."""
    targets = {_top(found.target) for found in _imports() if _top(found.module) == "graph"}
    assert targets <= _GRAPH_MAY_IMPORT


def _imported_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_graph_and_core_have_no_effects():
    """Neither the vocabulary nor the graph can touch the disk, the clock or another process.

    `perf_counter` is allowed as the default of a timer that is passed in, `local` to keep a tool for each thread.
    """
    users = [
        f"{module} imports {name}"
        for module, tree in _sources().items()
        if _top(module) in {"graph", "core"}
        for name in _imported_names(tree)
        if name.partition(".")[0] in _EFFECTS and name not in {"time.perf_counter", "threading.local"}
    ]
    assert users == []


def test_modules_are_short():
    """No module has more than 400 lines."""
    lengths = {name: len((_PACKAGE / name).read_text(encoding="utf-8").splitlines()) for name in _sources()}
    assert {name: length for name, length in lengths.items() if length > _MAX_MODULE_LINES} == {}


def test_functions_are_short():
    """No function has more than 60 lines, docstring and decorators included."""
    long = []
    for name, tree in _sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
                length = (node.end_lineno or first) - first + 1
                if length > _MAX_FUNCTION_LINES:
                    long.append(f"{name}:{node.lineno} {node.name}: {length} lines")
    assert long == []


def test_every_module_tells_its_story():
    """Every module begins with a docstring, and with a sentence."""
    bare = [name for name, tree in _sources().items() if not (ast.get_docstring(tree) or "").split("\n\n")[0].strip()]
    assert bare == []


def _is_declaration(node: ast.stmt) -> bool:
    """Tell whether a function is only declared: its body is `...`."""
    body = getattr(node, "body", [])
    return len(body) == 1 and isinstance(body[0], ast.Expr) and ast.unparse(body[0]) == "..."


def test_everything_public_is_documented():
    """Every public class, function and method has a docstring, unless it is only declared."""
    bare = []
    for name, tree in _sources().items():
        for parent in ast.walk(tree):
            if not isinstance(parent, ast.Module | ast.ClassDef) or (
                isinstance(parent, ast.ClassDef) and parent.name.startswith("_")
            ):
                continue
            bare += [
                f"{name}:{node.lineno} {node.name}"
                for node in parent.body
                if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
                and not node.name.startswith("_")
                and ast.get_docstring(node) is None
                and not _is_declaration(node)
            ]
    assert bare == []


def test_tests_named_in_docstrings_exist():
    """A docstring that says where a module's tests are is right."""
    missing = []
    for name, tree in _sources().items():
        words = (ast.get_docstring(tree) or "").replace(",", " ").split()
        named = [word.strip(".;:()`") for word in words if word.startswith(("tests/", "`tests/", "(tests/"))]
        missing += [f"{name}: {path}" for path in named if not any(_ROOT.glob(path))]
    assert missing == []


_LIGHT = {
    "client": "import codegraph.client",
    "asyncio client": "import codegraph.async_client",
    "command line": "import codegraph.cli.main",
    "project": "import codegraph.locations, codegraph.cli.project",
    "help": "from codegraph.cli.main import main\ntry: main(['status', '--help'])\nexcept SystemExit: pass",
}


@pytest.mark.parametrize("what", _LIGHT)
def test_client_is_light(what):
    """Asking a daemon imports no engine, no array library, no parser, no terminal framework."""
    code = f"import sys\n{_LIGHT[what]}\nprint('MODULES', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=_ROOT)
    loaded = {name.partition(".")[0] for name in done.stdout.partition("MODULES ")[2].split()}
    assert "codegraph" in loaded
    assert sorted(loaded & _HEAVY) == []


def test_a_daemon_imports_no_resolution_before_it_links():
    """Neither the schemes of languages nor ignore patterns are imported by what a first answer needs."""
    code = "import sys, codegraph.daemon.process; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=_ROOT)
    loaded = set(done.stdout.split())
    assert "codegraph.graph.resolve" in loaded
    assert loaded.isdisjoint({"pathspec", "codegraph.graph.resolve.java", "codegraph.graph.resolve.python"})
