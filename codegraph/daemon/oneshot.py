"""`codegraph index` without a daemon: the same project, the same path, in this process, once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from codegraph.config import Config
from codegraph.daemon.indexing import nothing_to_do
from codegraph.daemon.makers import ONCE
from codegraph.daemon.opening import open_project
from codegraph.daemon.operations import IndexResult, Progress
from codegraph.events import EventLog
from codegraph.locations import Locations
from codegraph.processes import PRIVATE, calm_collector, share_arenas


def index(
    root: Path,
    config: Config,
    progress: Callable[[Progress], None],
    *,
    rebuild: bool = False,
    embed: bool = True,
) -> IndexResult:
    """Bring the index of `root` up to date and return the summary.

    Raises StoreLocked while a daemon (or another run) has the project, and what `open_project` raises.
    """
    os.umask(PRIVATE)
    os.nice(config.daemon.nice)
    calm_collector()
    share_arenas()
    project = open_project(root, config, EventLog(time.time), Locations.from_environment(), ONCE)
    try:
        done = None if rebuild else nothing_to_do(project)
        return done or project.run_once(rebuild, embed, progress)
    finally:
        project.close()
