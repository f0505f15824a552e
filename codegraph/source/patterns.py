"""One ignore file as a decision procedure: its lines in, "ignored", "kept" or "not mine" out.

Terms. A *pattern* is one line in gitignore's grammar. It is *floating* when it has no slash but a
trailing one, and is then held against the last name of a path; otherwise it is *anchored* to the
directory of its file and held against the whole relative path. The last line that matches wins.

Git asks about an entry only after all of its parents were let in, so a pattern is held against the
entry itself and never against its parents: `build` matches the directory, not `build/main.py`.
pathspec writes the regular expression of a pattern; this module cuts off the part that would match
below the entry, and gives names, suffixes and literal paths a lane of their own, because a scan
asks once per file: three look-ups answer for most lines.

Patterns come from repositories that nobody vouches for. Stars are therefore made atomic, so that a
pattern cannot take exponential time, and a pattern that would still backtrack too much is left out
with a warning in the log. Tests: tests/unit/source/test_source_patterns.py, which compares with git.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterable
from typing import NamedTuple

logger = logging.getLogger(__name__)

MAX_PATTERNS = 10_000
MAX_PATTERN_CHARACTERS = 1_000
MAX_OPEN_WILDCARDS = 4

_SPECIAL = re.compile(r"[*?\[\]\\]")
_FLOATING_LEAD = "^(?:.+/)?"
_AT_ENTRY = "(?:(?P<ps_d>/)|$)"
_STAR = "[^/]*"
_STAR_RUN = re.compile(r"\[\^/\]\*((?:(?!\[\^/\]\*)(?:\\.|[^/()\\]))+)(?=\[\^/\]\*)", re.DOTALL)
_INNER_DIRECTORIES = "(?:/.+)?"


class _Glob(NamedTuple):
    code: int
    directories_only: bool
    expression: re.Pattern[str]


class PatternSet:
    """The compiled lines of one ignore file.

    A match is coded as twice its line's number, plus one if the line ignores: the largest code is
    the last matching line, and its lowest bit is the answer.
    """

    __slots__ = (
        "_anchored",
        "_directories",
        "_directory_paths",
        "_floating",
        "_names",
        "_paths",
        "_suffixes",
        "_tails",
    )

    def __init__(self, lines: Iterable[str]) -> None:
        self._names: dict[str, int] = {}
        self._directories: dict[str, int] = {}
        self._paths: dict[str, int] = {}
        self._directory_paths: dict[str, int] = {}
        self._suffixes: list[tuple[str, int]] = []
        self._floating: list[_Glob] = []
        self._anchored: list[_Glob] = []
        for number, line in enumerate(lines):
            if number >= MAX_PATTERNS:
                break
            self._add(line, 2 * number)
        self._tails = tuple(suffix for suffix, _ in self._suffixes)
        for globs in (self._floating, self._anchored):
            globs.reverse()

    def __bool__(self) -> bool:
        return bool(
            self._names
            or self._directories
            or self._paths
            or self._directory_paths
            or self._suffixes
            or self._floating
            or self._anchored
        )

    def decide(self, path: str, name: str, is_directory: bool) -> bool | None:
        """Say whether the entry is ignored (True), kept by a negated line (False), or not mentioned (None).

        `path` is relative to the directory of the ignore file, `name` its last part.
        """
        best = self._names.get(name, -1)
        if is_directory:
            best = max(best, self._directories.get(name, -1), self._directory_paths.get(path, -1))
        if self._paths:
            best = max(best, self._paths.get(path, -1))
        if self._tails and name.endswith(self._tails):
            best = max(best, *(code for suffix, code in self._suffixes if name.endswith(suffix)))
        if self._floating:
            best = _last_match(self._floating, name, is_directory, best)
        if self._anchored:
            best = _last_match(self._anchored, path, is_directory, best)
        return None if best < 0 else bool(best & 1)

    def _add(self, line: str, code: int) -> None:
        text = line if line.endswith("\\ ") else line.rstrip(" \t\r")
        if not text or text.startswith("#") or len(text) > MAX_PATTERN_CHARACTERS:
            return
        if text.startswith("!"):
            text = text[1:]
        else:
            code += 1
        directories_only = text.endswith("/")
        core = text[:-1] if directories_only else text
        if core.startswith("**/") and "/" not in core[3:]:
            core = core[3:]
        if not core or core.endswith("/"):
            return
        self._file(core, code, directories_only)

    def _file(self, core: str, code: int, directories_only: bool) -> None:
        """Put one pattern, without its negation and trailing slash, into the lane that answers fastest."""
        floating = "/" not in core
        if (
            floating
            and core.startswith("*")
            and len(core) > 1
            and not _SPECIAL.search(core, 1)
            and not directories_only
        ):
            self._suffixes.append((core[1:], code))
        elif not _SPECIAL.search(core):
            if floating:
                (self._directories if directories_only else self._names)[core] = code
            else:
                (self._directory_paths if directories_only else self._paths)[core.removeprefix("/")] = code
        else:
            expression = _expression(core, floating)
            if expression is not None:
                (self._floating if floating else self._anchored).append(_Glob(code, directories_only, expression))


def _last_match(globs: list[_Glob], subject: str, is_directory: bool, best: int) -> int:
    for code, directories_only, expression in globs:
        if code < best:
            break
        if (is_directory or not directories_only) and expression.fullmatch(subject):
            return code
    return best


def _expression(core: str, floating: bool) -> re.Pattern[str] | None:
    """Return the expression that matches exactly the entries meant by `core`, None if git would discard it too."""
    from pathspec.patterns.gitignore.base import GitIgnorePatternError  # a tenth of what a start imports, and no
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern  # first answer needs it

    try:
        text, include = GitIgnoreSpecPattern.pattern_to_regex("\\" + core if core[0] in "#!" else core)
    except GitIgnorePatternError:
        return None
    if text is None or include is None:
        return None
    if text == ".":
        return re.compile(".+", re.DOTALL)
    if text.endswith(_AT_ENTRY):
        text = text[: -len(_AT_ENTRY)]
    elif text.endswith("/"):
        text += ".+"
    if floating:
        text = text.removeprefix(_FLOATING_LEAD)
    text = _STAR_RUN.sub(r"(?>[^/]*?\1)", text)
    if text.count(_STAR) + 2 * text.count(_INNER_DIRECTORIES) > MAX_OPEN_WILDCARDS:
        logger.warning("an ignore pattern has too many wildcards and is left out: %s", core)
        return None
    try:
        with warnings.catch_warnings():
            # A bracket inside brackets is plain text to git; Python only announces that it may change its mind.
            warnings.simplefilter("ignore", FutureWarning)
            return re.compile(text, re.DOTALL)
    except re.error:
        return None
