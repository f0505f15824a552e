"""Which directories inotify watches, and where they are now. Tests: tests/unit/source/test_source_inotify.py."""

from __future__ import annotations

from watchdog.observers.inotify_c import WatchDescriptor


class WatchTable:
    """Where each watch's directory is now. A directory has one watch, a watch one directory."""

    def __init__(self) -> None:
        self.path_of: dict[WatchDescriptor, str] = {}
        self._watch_of: dict[str, WatchDescriptor] = {}
        self._children: dict[str, set[str]] = {}

    def __len__(self) -> int:
        return len(self._watch_of)

    def __contains__(self, path: object) -> bool:
        return path in self._watch_of

    def put(self, descriptor: WatchDescriptor, path: str) -> WatchDescriptor | None:
        """Record a watch; return the one that this path had before, if it must be ended."""
        former_path = self.path_of.get(descriptor)
        if former_path == path:
            return None
        if former_path is not None:
            self._unlist(former_path)
        former = self._watch_of.get(path)
        if former is not None:
            self.path_of.pop(former, None)
        self.path_of[descriptor] = path
        self._watch_of[path] = descriptor
        if path:
            parent, _, name = path.rpartition("/")
            self._children.setdefault(parent, set()).add(name)
        return former

    def forget(self, descriptor: WatchDescriptor) -> str | None:
        """Drop a watch that the kernel ended; return where its directory was."""
        path = self.path_of.pop(descriptor, None)
        if path is not None and self._watch_of.get(path) == descriptor:
            self._unlist(path)
        return path

    def forget_below(self, path: str) -> list[WatchDescriptor]:
        """Drop a directory and all below it; return the watches to end."""
        ended: list[WatchDescriptor] = []
        pending = [path]
        while pending:
            place = pending.pop()
            pending.extend(f"{place}/{name}" for name in self._children.pop(place, ()))
            descriptor = self._watch_of.get(place)
            if descriptor is not None:
                self._unlist(place)
                self.path_of.pop(descriptor, None)
                ended.append(descriptor)
        return ended

    def _unlist(self, path: str) -> None:
        self._watch_of.pop(path, None)
        parent, _, name = path.rpartition("/")
        siblings = self._children.get(parent)
        if siblings is not None and path:
            siblings.discard(name)
            if not siblings:
                del self._children[parent]
