"""What the server sends unasked: progress of one request, events of a subscription.

Both begin in whatever thread the work runs in and are handed to the event loop. Progress is thinned
to the newest report every 50 ms; events are not thinned: a client that does not read them is
disconnected by its connection's bound. Tests: tests/unit/daemon/test_daemon_server.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import get_args

import msgspec

from codegraph.daemon.connection import Connection
from codegraph.daemon.operations import Progress
from codegraph.daemon.service import Service
from codegraph.daemon.streams import EventNotification, EventsParams, ProgressNotification
from codegraph.events import AnyEvent

_PROGRESS_SECONDS = 0.05


def event_tags() -> tuple[str, ...]:
    """Return the `type` of every event, sorted."""
    return tuple(sorted(str(kind.__struct_config__.tag) for kind in get_args(AnyEvent)))


class ProgressSender:
    """Callable with a Progress, from any thread; the newest goes out, the last one before the reply."""

    def __init__(self, connection: Connection, request_id: int | str | None) -> None:
        self._connection = connection
        self._request_id = request_id
        self._loop = asyncio.get_running_loop()
        self._newest: Progress | None = None
        self._scheduled = False

    def __call__(self, progress: Progress) -> None:
        """Remember the report and see to it that it is sent soon."""
        self._newest = progress
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon_threadsafe(self._loop.call_later, _PROGRESS_SECONDS, self.flush)

    def flush(self) -> None:
        """Send the newest report now, if there is one that was not sent. On the loop's thread only."""
        self._scheduled = False
        newest, self._newest = self._newest, None
        if newest is not None:
            self._connection.notify("progress", ProgressNotification(id=self._request_id, progress=newest))


def event_sender(connection: Connection, service: Service, params: EventsParams) -> int:
    """Subscribe the connection to events and return the subscription's number."""
    loop = asyncio.get_running_loop()
    wanted = frozenset(params.types or event_tags())

    def start(number: int) -> Callable[[], None]:
        def send(event: AnyEvent) -> None:
            raw = msgspec.Raw(msgspec.json.encode(event))
            connection.notify("event", EventNotification(subscription=number, event=raw))

        def publish(event: AnyEvent) -> None:
            if event.__struct_config__.tag in wanted:
                loop.call_soon_threadsafe(send, event)

        return service.subscribe(publish, params.recent)

    return connection.subscribe(start)
