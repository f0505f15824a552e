"""The progress bar of `codegraph index`: stage, bar, rate and time left, on standard error.

Without a terminal, or with --quiet or --json, nothing is printed. Tests: tests/unit/cli/test_cli_output.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from codegraph.daemon.operations import Progress


@contextmanager
def progress_bar(stream: TextIO, *, shown: bool) -> Iterator[Callable[[Progress], None]]:
    """Give a function that takes progress reports; the bar is gone at the end."""
    if not shown:
        yield _ignore
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description:>8}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Bar(*columns, console=Console(file=stream, force_terminal=True), transient=True) as bar:

        def report(progress: Progress) -> None:
            if progress.stage not in tasks:
                tasks[progress.stage] = bar.add_task(progress.stage, total=progress.total, rate="")
            task = tasks[progress.stage]
            speed = bar.tasks[bar.task_ids.index(task)].speed
            rate = f"{speed:,.0f}/s" if speed else ""
            bar.update(task, completed=progress.done, total=progress.total, rate=rate)

        yield report


def _ignore(progress: Progress) -> None:
    """Print nothing."""
    del progress
