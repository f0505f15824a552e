"""What a watcher may say, and what it must offer: the seam between the file system's events and us.

Events are hints. A `Hint` names a place where something may have happened; truth is what the scan
then finds there. A `Loss` says that hints may be missing, so only a full comparison helps. A
`CookieSeen` says that everything that happened before the cookie was made has been reported. All of
them reach one sink in the order in which the watcher learned of them, from the watcher's own thread.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol


class Hint(NamedTuple):
    """Something happened to this file or directory."""

    path: str
    """Relative to the project's root, POSIX separators; "" is the root itself."""
    directory: bool
    """The path is a directory that appeared, vanished or changed as a whole: everything below it is in doubt."""


class Loss(NamedTuple):
    """Hints may be missing; `reason` is one of overflow, watch_limit, root_gone, unmounted, failed, too_many."""

    reason: str
    detail: str


class CookieSeen(NamedTuple):
    """The watcher's stream has come to the place where this cookie was made."""

    name: str


Sighting = Hint | Loss | CookieSeen
Sink = Callable[[Sighting], None]
Prune = Callable[[str], bool]


class WatcherHealth(NamedTuple):
    """How well a watcher watches."""

    mode: str
    """inotify, observer, poll or fake."""
    alive: bool
    directories: int
    """Directories that ought to be watched."""
    watches: int
    """Directories that are; fewer than `directories` when a limit was hit or some cannot be read."""
    limited: bool
    """The system's limit on watches was reached."""
    losses: int
    """How many times hints were lost since the start."""
    detail: str = ""
    """Why the watcher is not what was asked for, or "" if it is."""


RootIdentity = tuple[int, int]
"""Device and inode."""


def root_identity(root: str) -> RootIdentity | None:
    """Say which directory stands at a path now, None if there is none."""
    try:
        status = Path(root).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


class Watcher(Protocol):
    """Reports where the tree changes."""

    def start(self, root: Path, prune: Prune, sink: Sink) -> None:
        """Begin to watch the tree below `root`; all of it is watched only once `complete` has returned.

        `prune` says of a relative directory whether it is left out; it is called from the watcher's thread.
        Raises SourceError if the root cannot be watched at all.
        """

    def complete(self) -> None:
        """Watch what `start` has left: whatever happens after the return is reported. Called once, from any thread."""

    def refresh(self) -> None:
        """Ask `prune` again about every directory, and watch what stands at the root's path now.

        Due after ignore rules changed, and when `watches_root` denies; a full comparison must follow. Before `start`
        it does nothing. Raises SourceError.
        """

    def watches_root(self) -> bool:
        """Say whether the directory at the root's path is the one that is watched; True before `start`.

        It may have been replaced, by a directory that nobody watches.
        """

    def nudge(self) -> None:
        """Look now instead of at the next turn of the clock; nothing to do for watchers that are told by the system."""

    def stop(self) -> None:
        """End the watch; nothing reaches the sink afterwards."""

    def health(self) -> WatcherHealth:
        """Say how well it goes; callable from any thread."""
