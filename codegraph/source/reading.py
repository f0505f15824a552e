"""One consistent read of one file: bytes, fingerprint and stamp that belong together.

Stat before and after the read must agree, and the name must still lead to the file that was opened;
otherwise the read is made again, a bounded number of times. A file whose content keeps it out gets a
*verdict*, remembered with the stamp that it was given for, so that it is not read again until it
changes. Reading opens without following a symbolic link and never blocks on a pipe.
Tests: tests/unit/source/test_source_reading.py.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

from codegraph.config import SourceConfig
from codegraph.core.changes import Skipped, SourceFile, Stamp
from codegraph.core.digests import blob_digest
from codegraph.core.symbols import NOTEBOOK_LANGUAGES, BlobDigest
from codegraph.errors import SourceError
from codegraph.source.content import as_utf8, judge_content, most_bytes
from codegraph.source.stamps import KnownFile, stamp_of

ATTEMPTS = 5
UNKNOWN_LANGUAGE = "unknown_language"
HEAD_BYTES = 256
"""How much of a file is shown to whoever tells its language."""
SMALL_BYTES = 1 << 16
"""A file below this size is read at once, before its language is known."""

_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class _Verdict(NamedTuple):
    record: KnownFile
    skipped: Skipped


class _Unsettled(Exception):
    """The file changed during the read."""


class FileReader:
    """Reads candidates below `root`; `language_of(path, bytes)` gives None for files to leave out.

    It is asked with the first bytes, and again with all of a file that it claims: a header is C or C++ by its contents.
    """

    def __init__(
        self,
        root: Path,
        config: SourceConfig,
        language_of: Callable[[str, bytes], str | None],
        now_ns: Callable[[], int],
    ) -> None:
        self._root = root
        self._config = config
        self._language_of = language_of
        self._now_ns = now_ns
        self._verdicts: dict[str, _Verdict] = {}

    def read(self, path: str) -> SourceFile | Skipped | None:
        """Return the file, why it is left out, or None if there is no regular file by that name."""
        self.check(path)
        for _ in range(ATTEMPTS):
            self._verdicts.pop(path, None)
            try:
                return self._attempt(path)
            except (FileNotFoundError, NotADirectoryError):
                return None
            except _Unsettled:
                continue
            except OSError as error:
                if error.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
                    return None
                return Skipped(path, "unreadable", error.strerror or type(error).__name__)
        return Skipped(path, "unreadable", f"changed during each of {ATTEMPTS} reads")

    @staticmethod
    def check(path: str) -> None:
        """Raise SourceError unless the path, relative and with slashes, lies below the root."""
        if not _is_inside(path):
            raise SourceError(f"{path!r} is not a path below the project's root", "give paths relative to the root")

    def verdict(self, path: str, stamp: Stamp) -> Skipped | None:
        """Return the remembered reason for leaving a file out, if a file with this stamp still deserves it."""
        verdict = self._verdicts.get(path)
        return verdict.skipped if verdict is not None and verdict.record.vouches_for(stamp) else None

    def forget(self, path: str) -> bool:
        """Drop a remembered reason; True if there was one."""
        return self._verdicts.pop(path, None) is not None

    def forget_all_but(self, paths: Collection[str]) -> None:
        """Drop the reasons of all files that are not in `paths`."""
        self._verdicts = {path: verdict for path, verdict in self._verdicts.items() if path in paths}

    def reasons(self) -> list[str]:
        """Return the remembered reasons, one for each file. Safe from any thread."""
        return [verdict.skipped.reason for verdict in list(self._verdicts.values())]

    def _attempt(self, path: str) -> SourceFile | Skipped | None:
        place = f"{self._root}/{path}"
        since = self._now_ns()
        limit = most_bytes(path, self._config.max_file_bytes)
        descriptor = os.open(place, _FLAGS)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return None
            if status.st_size > limit:
                return Skipped(path, "too_large", f"{status.st_size} bytes")
            wanted = status.st_size + 1
            data = _read(descriptor, wanted if wanted <= SMALL_BYTES else HEAD_BYTES)
            language = self._language_of(path, data[:HEAD_BYTES])
            if language is not None and wanted > SMALL_BYTES:
                data += _read(descriptor, wanted - len(data))
            if language is not None and len(data) > HEAD_BYTES:
                language = self._language_of(path, data)
            after = stamp_of(os.fstat(descriptor))
        finally:
            os.close(descriptor)
        stamp = stamp_of(status)
        if stamp != after or stamp != stamp_of(os.lstat(place)):
            raise _Unsettled
        if language is None:
            return self._leave_out(stamp, since, Skipped(path, UNKNOWN_LANGUAGE))
        if len(data) != stamp.size:
            raise _Unsettled
        longest = len(data) if language in NOTEBOOK_LANGUAGES else self._config.max_line_bytes
        judged = judge_content(data, longest, self._config.generated)
        if judged is not None:
            return self._leave_out(stamp, since, Skipped(path, judged.reason, judged.detail))
        text = as_utf8(data)
        return SourceFile(path, text, blob_digest(text), stamp, language, since)

    def _leave_out(self, stamp: Stamp, since: int, skipped: Skipped) -> Skipped:
        self._verdicts[skipped.path] = _Verdict(KnownFile(stamp, BlobDigest(b""), since), skipped)
        return skipped


def _read(descriptor: int, limit: int) -> bytes:
    """Read up to so many bytes; fewer mean that the file ends there."""
    data = os.read(descriptor, limit)
    while data and len(data) < limit and (more := os.read(descriptor, limit - len(data))):
        data += more
    return data


def _is_inside(path: str) -> bool:
    parts = path.split("/")
    return "\0" not in path and not any(part in ("", ".", "..") for part in parts)
