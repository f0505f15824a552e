"""Why one path is not indexed, told from the disk as it is now.

The scanner remembers a reason for each candidate that it leaves out, and of the many entries that are no
candidates (ignored files, files in no language, links) only how many there are. Somebody who misses one
file asks here: the same rules, asked along the path from the top as a walk would, with a state of their
own, so that any thread may ask. Tests: tests/unit/source/test_source_left_out.py.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from codegraph.config import SourceConfig
from codegraph.core.changes import Skipped
from codegraph.core.symbols import DOCUMENT_LANGUAGES, TOLD_BY_CONTENTS
from codegraph.source.ignore import IGNORED, IgnoreRules
from codegraph.source.reading import UNKNOWN_LANGUAGE, FileReader

LanguageOf = Callable[[str, bytes], str | None]

MISSING = "missing"
DIRECTORY = "directory"
SYMLINK = "symlink"
SPECIAL = "special"


def claimed(config: SourceConfig, language_of: LanguageOf) -> LanguageOf:
    """Return `language_of` without the languages that the configuration leaves out.

    Asked with no bytes, it claims what may yet turn out to be in a wanted language.
    """
    wanted = frozenset(config.languages)
    unwanted = frozenset() if config.documents else DOCUMENT_LANGUAGES

    def claim(path: str, head: bytes) -> str | None:
        language = language_of(path, head)
        if language in unwanted:
            return None
        if not wanted or language in wanted:
            return language
        return language if not head and language and wanted & TOLD_BY_CONTENTS.get(language, frozenset()) else None

    return claim


def other_kind(mode: int) -> str:
    """Name what an entry is that is neither a directory nor a regular file."""
    return SYMLINK if stat.S_ISLNK(mode) else SPECIAL


def reason_of(
    root: Path, config: SourceConfig, language_of: LanguageOf, path: str, environment: Mapping[str, str] | None = None
) -> Skipped | None:
    """Return why a path, relative to the root, is left out; None for a file that nothing keeps out.

    A directory on the way that is left out is the reason, and stands in the detail. Raises SourceError for
    a path that is not below the root.
    """
    claim = claimed(config, language_of)
    rules = IgnoreRules(root, config.use_gitignore, config.ignore, environment)
    reader = FileReader(root, config, claim, time.time_ns)
    reader.check(path)
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        place = "/".join(parts[:depth])
        try:
            mode = os.lstat(root / place).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return Skipped(path, MISSING, place if depth < len(parts) else "")
        except OSError as error:
            return Skipped(path, "unreadable", error.strerror or "")
        detail = f"{place}/" if depth < len(parts) else ""
        if stat.S_ISDIR(mode):
            reason = rules.directory_reason(place)
            if reason is not None:
                return Skipped(path, reason, detail)
        elif detail or not stat.S_ISREG(mode):
            return Skipped(path, other_kind(mode), detail)
    if stat.S_ISDIR(mode):
        return Skipped(path, DIRECTORY, "only what is in it can be indexed")
    name = parts[-1]
    language = claim(path, b"")
    if language is None and "." in name[1:]:
        return Skipped(path, UNKNOWN_LANGUAGE)
    if rules.of("/".join(parts[:-1])).leaves_out(path, name, language):
        return Skipped(path, IGNORED)
    found = reader.read(path)
    if found is None:
        return Skipped(path, MISSING)
    return found if isinstance(found, Skipped) else None
