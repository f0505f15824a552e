"""index, start, stop, restart and the hidden daemon-run. Tests: tests/unit/cli/test_cli_local.py."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from codegraph.cli.output import Cell, Output, duration
from codegraph.cli.progress import progress_bar
from codegraph.cli.project import (
    check_settings,
    find_root,
    forget_project,
    indexed_by_itself,
    is_running,
    load_settings,
    open_session,
    run_daemon,
    start_daemon,
    stop_daemon,
    telling_starter,
    vanished_root,
)
from codegraph.daemon.operations import IndexParams, IndexResult
from codegraph.errors import DaemonNotRunning, ProjectError, UsageError


def index(arguments: Namespace, output: Output) -> int:
    """Bring the index up to date: through the daemon if one runs, in this process otherwise."""
    shown = sys.stderr.isatty() and not (arguments.quiet or arguments.json)
    params = IndexParams(rebuild=arguments.rebuild, embed=not arguments.no_embed)
    with progress_bar(sys.stderr, shown=shown) as progress:
        try:
            with open_session(arguments, start=False) as session:
                if arguments.set:
                    session.client.status()
                    raise _has_settings_of_its_own()
                result = session.client.call(params, progress)
        except DaemonNotRunning:
            from codegraph.daemon.oneshot import index as index_here

            result = index_here(
                find_root(arguments), load_settings(arguments), progress, rebuild=params.rebuild, embed=params.embed
            )
    _show_index(output, result)
    _warn_of_project_around(find_root(arguments))
    return 0


def _show_index(output: Output, result: IndexResult) -> None:
    if output.json:
        names = ("files", "symbols", "edges", "embedded", "reused", "seconds")
        record = {name: getattr(result, name) for name in names}
        output.record(record | ({"warnings": result.warnings} if result.warnings else {}))
        return
    output.line(f"{result.files:,} files, {result.symbols:,} symbols, {result.edges:,} edges")
    output.line(f"{result.embedded:,} vectors computed, {result.reused:,} reused")
    output.line(Cell(", ".join(f"{stage} {duration(taken)}" for stage, taken in result.seconds.items()), "dim"))
    output.warn(result.warnings)


def start(arguments: Namespace, output: Output) -> int:
    """Start the daemon, in the background unless told otherwise."""
    if arguments.foreground:
        return run_daemon(find_root(arguments), load_settings(arguments))
    load_settings(arguments)  # a wrong setting is reported here rather than in the daemon's log
    root = find_root(arguments)
    runs = is_running(root)
    if runs and arguments.set:
        raise _has_settings_of_its_own()
    process = start_daemon(root, arguments.set)
    _say_running(arguments, output, "running already" if runs else "started", process)
    return 0


def _has_settings_of_its_own() -> UsageError:
    return UsageError("the running daemon has settings of its own", "run `codegraph restart --set ...`")


def stop(arguments: Namespace, output: Output) -> int:
    """End the daemon; that none runs is fine, and so is that its project's directory is gone."""
    root = vanished_root(arguments) or find_root(arguments)
    stopped = stop_daemon(root, _warn)
    _say(output, "stopped" if stopped else "not running", str(root))
    return 0


def restart(arguments: Namespace, output: Output) -> int:
    """End the daemon if one runs, and start it; settings that no daemon could start with leave it alone."""
    settings = load_settings(arguments)
    root = find_root(arguments)
    check_settings(root, settings)
    stop_daemon(root, _warn)
    process = start_daemon(root, arguments.set)
    _say_running(arguments, output, "restarted", process)
    return 0


def forget(arguments: Namespace, output: Output) -> int:
    """End the daemon and remove the index, the log and the chosen model of a project."""
    root = vanished_root(arguments) or find_root(arguments)
    if not forget_project(root, _warn):
        raise ProjectError(f"{root} was never indexed by itself", "`codegraph doctor` says which project it is in")
    _say(output, "forgotten", str(root))
    return 0


def _warn_of_project_around(root: Path) -> None:
    for line in indexed_by_itself(root) or ():
        _warn(line)


def _warn(message: str) -> None:
    sys.stderr.write(f"codegraph: {message}\n")


def _say_running(arguments: Namespace, output: Output, state: str, process: int) -> None:
    """Say that a daemon runs, and what it warns of: a model that stands in for the one that was asked for."""
    with open_session(arguments, start=False) as session:
        _say(output, state, session.root, process, session.client.status().warnings)
        _warn_of_project_around(Path(session.root))


def _say(output: Output, state: str, root: str, process: int | None = None, warnings: tuple[str, ...] = ()) -> None:
    if output.json:
        output.record({"state": state, "root": root, "pid": process} | ({"warnings": warnings} if warnings else {}))
        return
    output.line(f"{state}: {root}" + (f" (process {process})" if process else ""))
    output.warn(warnings)


def daemon_run(arguments: Namespace, output: Output) -> int:
    """Be the daemon: what `start` runs in the background."""
    del output
    with telling_starter():
        return run_daemon(find_root(arguments), load_settings(arguments))
