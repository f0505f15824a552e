"""The daemon process: one project behind one socket, until a signal, a request or idleness ends it.

Threads: the event loop (this one), the writer, the watcher's, four for queries, one for the worker's
pipe. `sys.setswitchinterval` is lowered so that the loop gets its turn beside a busy writer (measured
by the project: an echo's median beside a busy thread falls from 5.2 to 0.63 ms). What has lived for a
second is frozen, so that the collector, which stops every thread, does not walk it again and again.
Tests: tests/integration/test_daemon.py.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path

from codegraph.config import Config
from codegraph.config_layers import unknown_variables
from codegraph.daemon.handlers import Handlers
from codegraph.daemon.lifecycle import LOG_NAME, Notifier, project_lock, say_ready, writing_to
from codegraph.daemon.notice import own_notice
from codegraph.daemon.opening import open_project
from codegraph.daemon.project import Project
from codegraph.daemon.server import Server
from codegraph.daemon.statistics import RequestStatistics
from codegraph.errors import CodegraphError
from codegraph.events import EventLog
from codegraph.locations import Locations, private_directory
from codegraph.processes import PRIVATE, calm_collector, settle_collector, share_arenas

logger = logging.getLogger(__name__)

SWITCH_SECONDS = 0.0005
IDLE_LOOKS = 20
"""How often idleness is looked at during one idle period."""
TIDY_SECONDS = 1.0
"""Between two small collections of garbage, and two looks at the files of lock and socket."""

_LOG_BYTES = 1_000_000


def serve_project(root: Path, config: Config, locations: Locations) -> int:
    """Serve until the end and return the exit code. Raises what prevents it."""
    os.umask(PRIVATE)
    state = private_directory(locations.state_directory(root))
    private_directory(locations.runtime_directory)
    socket = locations.socket(root)
    private_directory(socket.parent)
    with project_lock(state, own_notice(socket)) as notifier:
        with writing_to(state):
            _set_up(config, state)
            project = open_project(root, config, EventLog(time.time), locations)
        try:
            asyncio.run(_serve(project, socket, notifier))
        finally:
            project.close()
    return 0


def _set_up(config: Config, state: Path) -> None:
    handler = RotatingFileHandler(state / LOG_NAME, maxBytes=_LOG_BYTES, backupCount=2, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=config.daemon.log_level.upper(), handlers=[handler])
    for name, question in unknown_variables(os.environ).items():
        logger.warning("the environment variable %s means nothing %s", name, question)
    sys.setswitchinterval(SWITCH_SECONDS)
    calm_collector()
    share_arenas()
    os.nice(config.daemon.nice)


async def _serve(project: Project, socket: Path, notifier: Notifier) -> None:
    statistics = RequestStatistics()
    loop = asyncio.get_running_loop()
    handlers = Handlers(project, statistics, notifier.remove)
    server = Server(handlers, project.config.daemon, statistics)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await server.listen_unix(socket)
    gc.freeze()
    gc.enable()
    project.start()
    say_ready()
    logger.info("serving %s on %s", project.root, socket)
    tasks = [asyncio.create_task(_end_when_idle(project, server)), asyncio.create_task(_tidy_up(server, notifier))]
    try:
        await server.serve()
    finally:
        for task in tasks:
            task.cancel()
        handlers.close()


async def _tidy_up(server: Server, notifier: Notifier) -> None:
    """Keep collections small, by never letting much gather; stay to be found, and end if that cannot be."""
    while True:
        await asyncio.sleep(TIDY_SECONDS)
        settle_collector()
        if notifier.is_lost():
            logger.error("the state of this project was removed: ending, so that the next question builds it again")
            server.stop()
            return
        try:
            await server.keep_listening()
        except (CodegraphError, OSError) as error:
            logger.error("nobody can connect: %s", error)


async def _end_when_idle(project: Project, server: Server) -> None:
    """Stop the server when nobody has asked and nothing has changed for the configured time."""
    limit = project.config.daemon.idle_exit_seconds
    if not limit:
        return
    while True:
        last = max(server.last_active, project.writer.last_activity)
        left = last + limit - time.monotonic()
        done = project.pipeline.view.reconciled and project.pipeline.idle
        if left <= 0 and not server.clients and done:
            logger.info("idle for %g seconds: ending", limit)
            server.stop()
            return
        await asyncio.sleep(max(limit / IDLE_LOOKS, left))
