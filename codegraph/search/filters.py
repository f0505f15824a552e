"""Which symbols a query may return: kinds, languages, path patterns.

Patterns look like gitignore's. One without a slash matches a file or folder of that name anywhere; one with
a slash (but not only at its end) starts at the project's root; a slash at the end asks for a folder; `*` and
`?` stay within a name, `**` crosses folders, `[a-z]` and `[!a-z]` match one character. What lies in a matching
folder matches. A path passes if any `include` matches (or there is none) and no `exclude` does.

Patterns come from clients: their number, length and count of `**` are bounded, and a star gives nothing
back once the text behind it has matched, so no pattern can make matching explode.
A filter becomes a mask by symbol number, which both indexes apply before they rank.
Tests: tests/unit/search/test_search_filters.py.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from codegraph.core.symbols import SymbolKind
from codegraph.search.catalogue import KINDS, CatalogueView

MAX_PATTERNS = 64
MAX_PATTERN_LENGTH = 256
MAX_DOUBLE_STARS = 3
REMEMBERED_FILTERS = 32

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Filter:
    """What may be returned; an empty tuple sets no bound."""

    kinds: tuple[SymbolKind, ...] = ()
    languages: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the bounds; raises ValueError."""
        if len(self.include) + len(self.exclude) > MAX_PATTERNS:
            raise ValueError(f"a filter has at most {MAX_PATTERNS} path patterns")
        for pattern in (*self.include, *self.exclude):
            path_pattern(pattern)

    @property
    def allows_all(self) -> bool:
        """No bound is set."""
        return not (self.kinds or self.languages or self.include or self.exclude)

    def allows_path(self, path: str) -> bool:
        """Apply the path patterns to one path."""
        included = not self.include or any(path_pattern(one).fullmatch(path) for one in self.include)
        return included and not any(path_pattern(one).fullmatch(path) for one in self.exclude)


@lru_cache(maxsize=256)
def path_pattern(pattern: str) -> re.Pattern[str]:
    """Translate a path pattern for `fullmatch`; raises ValueError when it is empty or beyond a bound."""
    if len(pattern) > MAX_PATTERN_LENGTH:
        raise ValueError(f"a path pattern has at most {MAX_PATTERN_LENGTH} characters")
    names = [name for name in pattern.strip("/").split("/") if name]
    if not names:
        raise ValueError("a path pattern names something")
    if names.count("**") > MAX_DOUBLE_STARS:
        raise ValueError(f"a path pattern has at most {MAX_DOUBLE_STARS} double stars")
    anchored = "/" in pattern.rstrip("/")
    translated = "" if anchored else "(?:[^/]+/)*?"
    for position, name in enumerate(names):
        last = position == len(names) - 1
        if name == "**":
            translated += ".+" if last else "(?:[^/]+/)*?"
        else:
            translated += _name_pattern(name) + ("" if last else "/")
    return re.compile(translated + ("/.*" if pattern.endswith("/") else "(?:/.*)?"), re.DOTALL)


_GLOB_PART = re.compile(r"\*+|\?|\[[!^]?\]?[^\]/]*\]|\\?.", re.DOTALL)


def _name_pattern(name: str) -> str:
    """Translate one name of a pattern. Each star but the last takes as little as it can, for good."""
    pieces = [""]
    for part in _GLOB_PART.findall(name):
        if part.startswith("*"):
            pieces.append("")
        else:
            pieces[-1] += _character_pattern(part)
    if len(pieces) == 1:
        return pieces[0]
    middle = "".join(f"(?>[^/]*?{piece})" for piece in pieces[1:-1])
    return f"{pieces[0]}{middle}[^/]*{pieces[-1]}"


def _character_pattern(part: str) -> str:
    if part == "?":
        return "[^/]"
    if len(part) > 2 and part.startswith("["):
        negated = part[1] in "!^"
        inside = part[2 if negated else 1 : -1].replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
        guarded = f"(?!/)[{'^' if negated else ''}{inside}]"
        try:
            re.compile(guarded)
        except re.error as error:
            raise ValueError(f"{part}: {error}") from error
        return guarded
    return re.escape(part[1:] if len(part) == 2 and part[0] == "\\" else part)


class FilterMasks:
    """Turns filters into masks; remembers what the last ones said of each path. For any thread."""

    def __init__(self) -> None:
        self._paths: OrderedDict[tuple[tuple[str, ...], tuple[str, ...]], Mask] = OrderedDict()
        self._lock = threading.Lock()

    def mask(self, wanted: Filter, catalogue: CatalogueView) -> Mask | None:
        """Return, by symbol number, whether the filter lets it pass; None when it lets all pass."""
        if wanted.allows_all:
            return None
        mask = np.ones(catalogue.count, dtype=np.bool_)
        if wanted.kinds:
            mask &= np.array([kind in wanted.kinds for kind in KINDS], dtype=np.bool_)[catalogue.kinds]
        if wanted.languages:
            mask &= _chosen(catalogue.language_names, wanted.languages)[catalogue.languages]
        if wanted.include or wanted.exclude:
            mask &= self._path_mask(wanted, catalogue)[catalogue.paths]
        return mask

    def _path_mask(self, wanted: Filter, catalogue: CatalogueView) -> Mask:
        """Return, by path number, whether the patterns let it pass; numbers never change their path."""
        key = (wanted.include, wanted.exclude)
        with self._lock:
            known = self._paths.get(key, np.empty(0, dtype=np.bool_))
        if len(known) < catalogue.path_count:
            later = catalogue.path_names[len(known) : catalogue.path_count]
            known = np.concatenate((known, np.array([wanted.allows_path(path) for path in later], dtype=np.bool_)))
        with self._lock:
            self._paths[key] = known
            self._paths.move_to_end(key)
            if len(self._paths) > REMEMBERED_FILTERS:
                self._paths.popitem(last=False)
        return known[: catalogue.path_count]


def _chosen(names: Sequence[str], wanted: Sequence[str]) -> Mask:
    return np.array([name in wanted for name in names] or [False], dtype=np.bool_)
