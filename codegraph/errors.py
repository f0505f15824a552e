"""Every error that codegraph raises on purpose.

    CodegraphError                  what happened, where, and what to do next
    ├── UsageError                  what was asked for cannot be: an unknown option, language, type of event
    ├── ConfigError                 a setting is unknown or has a bad value (file and line named)
    ├── ProjectError                no such directory, a path outside of it, nothing to index
    │   ├── FileNotIndexed          a file that the index does not have, and why
    │   ├── SymbolNotFound          an unknown symbol or position
    │   └── AmbiguousSymbol         a name that fits several symbols; all are listed
    ├── SourceError                 a file or directory could not be read
    ├── StoreError                  the project's state could not be read or written
    │   ├── StoreLocked             another process has it open
    │   ├── StoreFull               the disk or the map is full
    │   ├── StoreReadOnly           the state directory cannot be written
    │   └── StoreCorrupt            the file is not what was written; it is rebuilt
    ├── CacheError                  the cold tier failed; work goes on without it
    ├── EncoderError                a model could not be loaded or gave unusable vectors
    │   └── ModelMissing            the weights are not on this machine
    ├── DaemonError                 the daemon could not do what a client asked
    │   ├── DaemonNotRunning        nothing listens for this project
    │   ├── DaemonAlreadyRunning    somebody already does
    │   ├── VersionMismatch         client and daemon are of different versions
    │   └── SyncTimeout             the index did not get there in time
    ├── ProtocolError               bytes on the wire that are no valid message
    └── InternalError               an invariant is broken: please file a bug, run `codegraph verify`

A broken source file is none of these: it is data (`Outline.problems`).
Each class has the exit code that the command line ends with.
"""

from __future__ import annotations

from collections.abc import Iterable


class CodegraphError(Exception):
    """Base of all; `advice` says what to do next."""

    exit_code = 1

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    @property
    def explanation(self) -> str:
        """What happened and what to do next, in one line."""
        return f"{self.message}; {self.advice}" if self.advice else self.message


class UsageError(CodegraphError):
    """What was asked for cannot be: options that do not go together, or a name that means nothing."""

    exit_code = 2


class ConfigError(CodegraphError):
    """A setting is unknown or has a bad value."""

    exit_code = 3


class ProjectError(CodegraphError):
    """The project or a path in it is not what the command needs."""

    exit_code = 4


class FileNotIndexed(ProjectError):
    """The index does not have a file; `path` is relative to the project."""

    def __init__(self, message: str, advice: str = "", path: str = "") -> None:
        super().__init__(message, advice)
        self.path = path


class SymbolNotFound(ProjectError):
    """No symbol by that name, identifier or position."""

    exit_code = 5


class AmbiguousSymbol(ProjectError):
    """A name fits several symbols; the message lists them."""

    exit_code = 5


class SourceError(CodegraphError):
    """A file or directory could not be read."""

    exit_code = 4


class StoreError(CodegraphError):
    """The project's state could not be read or written."""

    exit_code = 6


class StoreLocked(StoreError):
    """Another process has the state open."""


class StoreFull(StoreError):
    """No room left for the state."""


class StoreReadOnly(StoreError):
    """The state directory cannot be written."""


class StoreCorrupt(StoreError):
    """The state on disk is damaged; it is set aside and rebuilt."""


class CacheError(CodegraphError):
    """The cold tier failed. Never fatal: vectors are computed again."""

    exit_code = 6


class EncoderError(CodegraphError):
    """A model could not be loaded, or gave vectors that cannot be used."""

    exit_code = 7


class ModelMissing(EncoderError):
    """The weights are not on this machine."""


class DaemonError(CodegraphError):
    """The daemon could not do what a client asked."""

    exit_code = 8


class DaemonNotRunning(DaemonError):
    """Nothing listens for this project."""


class DaemonAlreadyRunning(DaemonError):
    """A daemon for this project is running already."""


class VersionMismatch(DaemonError):
    """Client and daemon speak different versions."""


class SyncTimeout(DaemonError):
    """The index did not reach the asked-for state in time."""

    exit_code = 9


class ProtocolError(CodegraphError):
    """Bytes on the wire that are no valid message."""

    exit_code = 8


class InternalError(CodegraphError):
    """An invariant is broken."""

    exit_code = 70

    def __init__(self, message: str) -> None:
        super().__init__(message, "please file a bug; `codegraph verify` shows whether the index is affected")


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Return the question that an advice begins with, and a blank, if one of `words` is near; else ""."""
    from difflib import get_close_matches  # only after a mistake

    near = get_close_matches(word, list(words), 1)
    return f"did you mean {near[0]}? " if near else ""
