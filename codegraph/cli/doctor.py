"""The doctor command: what on this machine, or in this project, keeps codegraph from working well.

Every check is independent, changes nothing, and ends in one line with advice when something is wrong.
Exit 0 if nothing failed, 1 otherwise; a warning is no failure. Tests: tests/unit/cli/test_cli_local.py.
"""

from __future__ import annotations

import os
import platform
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from codegraph.cli.output import Cell, Output, Row
from codegraph.cli.project import find_root, indexed_by_itself, load_settings, open_session, socket_of, user_locations
from codegraph.errors import CodegraphError, DaemonNotRunning, ModelMissing

_LIBRARIES = (
    "diskcache",
    "immutables",
    "lmdb",
    "networkx",
    "numpy",
    "pathspec",
    "psutil",
    "simsimd",
    "tree_sitter",
    "tree_sitter_javascript",
    "tree_sitter_python",
    "tree_sitter_typescript",
    "watchdog",
    "zstandard",
)
_WATCHES = Path("/proc/sys/fs/inotify/max_user_watches")
_FEW_WATCHES = 65_536
_LONGEST_SOCKET_PATH = 104


class Check(NamedTuple):
    """One finding: `level` is ok, warning or failed."""

    name: str
    level: str
    detail: str
    advice: str = ""


def doctor(arguments: Namespace, output: Output) -> int:
    """Print every check."""
    checks = list(examine(arguments))
    if output.json:
        output.record([check._asdict() for check in checks])
    else:
        styles = {"ok": "green", "warning": "yellow", "failed": "red"}
        rows: list[Row] = [
            [Cell(check.level, styles[check.level]), Cell(check.name, "bold"), check.detail] for check in checks
        ]
        output.rows(rows)
        for check in checks:
            if check.advice:
                output.line(f"{check.name}: {check.advice}")
    return 1 if any(check.level == "failed" for check in checks) else 0


def examine(arguments: Namespace) -> Iterator[Check]:
    """Yield every check, in order of what depends on what."""
    yield Check("python", "ok", f"{platform.python_version()}, {sys.executable}, {platform.platform()}")
    yield _libraries()
    yield _languages()
    yield _attempt("configuration", lambda: _configuration(arguments))
    yield from _variables()
    yield _attempt("model", lambda: _model(arguments))
    yield from _directories()
    yield _attempt("project", lambda: _project(arguments))
    yield _attempt("socket", lambda: _socket(arguments))
    yield _watches()
    yield _attempt("daemon", lambda: _daemon(arguments))


def _attempt(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except CodegraphError as error:
        return Check(name, "failed", error.message, error.advice)


def _libraries() -> Check:
    missing = []
    for name in _LIBRARIES:
        try:
            import_module(name)
        except ImportError as error:
            missing.append(f"{name} ({error})")
    if missing:
        return Check(
            "libraries", "failed", f"cannot be imported: {', '.join(missing)}", "install codegraph-daemon again"
        )
    return Check("libraries", "ok", f"{len(_LIBRARIES)} imported")


def _languages() -> Check:
    from codegraph.core import plugins
    from codegraph.extract.languages import LANGUAGES

    found = plugins.found()
    detail = ", ".join((f"{len(LANGUAGES)} languages", *(f"plug-in {version}" for version in found.versions)))
    if found.failures:
        return Check(
            "languages", "warning", f"{detail}; left out: {'; '.join(found.failures)}", "repair or remove the plug-in"
        )
    return Check("languages", "ok", detail)


def _configuration(arguments: Namespace) -> Check:
    path = user_locations().config_file
    model = load_settings(arguments).embedding.model
    return Check("configuration", "ok", f"{path if path.exists() else 'no file, defaults'}; model {model}")


def _variables() -> Iterator[Check]:
    from codegraph.config_layers import unknown_variables

    for name, question in unknown_variables(os.environ).items():
        yield Check("environment", "warning", f"{name} means nothing to codegraph", question or "it may be misspelt")


def _model(arguments: Namespace) -> Check:
    from codegraph.daemon.model import STAND_INS
    from codegraph.daemon.model_report import model_info
    from codegraph.embed.registry import describe

    settings = load_settings(arguments).embedding
    try:
        found = model_info(describe(settings.model), settings, active=True)
    except ModelMissing as error:
        return Check("model", "warning", error.message, error.advice)
    if not found.available:
        stand_in = f"until then `{STAND_INS[found.name == STAND_INS[0]]}` stands in"
        advice = f"{found.obtain}; {stand_in}" if found.obtain else stand_in
        return Check("model", "warning", f"{found.name}: {found.detail}", advice)
    if found.leaves_machine:
        return Check("model", "warning", f"{found.name}: {found.leaves_machine}")
    return Check("model", "ok", f"{found.name}, on this machine; nothing leaves it")


def _directories() -> Iterator[Check]:
    locations = user_locations()
    for name, directory in (("state", locations.state_home), ("cache", locations.cache_directory)):
        nearest = next(path for path in (directory, *directory.parents) if path.exists())
        if os.access(nearest, os.W_OK | os.X_OK):
            yield Check(f"{name} directory", "ok", str(directory))
        else:
            trouble = "cannot be written" if nearest == directory else f"cannot be made: {nearest} cannot be written"
            advice = f"make it, writable for you, or set CODEGRAPH_{name.upper()}_DIR to a directory that is"
            yield Check(f"{name} directory", "failed", f"{directory} {trouble}", advice)


def _project(arguments: Namespace) -> Check:
    root = find_root(arguments)
    told = indexed_by_itself(root)
    return Check("project", "ok", str(root)) if told is None else Check("project", "warning", *told)


def _socket(arguments: Namespace) -> Check:
    path = socket_of(find_root(arguments))
    if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
        return Check("socket", "failed", f"{path} is too long a path", "set CODEGRAPH_RUNTIME_DIR to a short one")
    return Check("socket", "ok", str(path))


def _watches() -> Check:
    try:
        limit = int(_WATCHES.read_text())
    except (OSError, ValueError):
        return Check("watching", "ok", "no limit of inotify on this system")
    if limit < _FEW_WATCHES:
        return Check(
            "watching",
            "warning",
            f"only {limit:,} directories can be watched",
            f"sudo sysctl fs.inotify.max_user_watches={_FEW_WATCHES * 8}, or larger projects are polled",
        )
    return Check("watching", "ok", f"up to {limit:,} directories")


def _daemon(arguments: Namespace) -> Check:
    try:
        with open_session(arguments, start=False) as session:
            status = session.client.status()
    except DaemonNotRunning:
        return Check("daemon", "ok", "not running; any query starts it")
    if status.warnings:
        return Check("daemon", "warning", "; ".join(status.warnings), "see `codegraph status`")
    return Check("daemon", "ok", f"{status.phase}, process {status.pid}, {status.symbols:,} symbols")
