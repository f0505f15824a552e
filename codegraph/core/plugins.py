"""Languages that other packages bring: found by entry point, loaded once a process.

A plug-in is an installed package with an entry point of the group `codegraph.languages` that names one of its modules.
The module has `LANGUAGES`, `KnownLanguage`s (`extract/languages/known.py`), and for each a `LanguageSpec`
(`extract/languages/spec.py`) in `SPECS`; it may have `SCHEMES`, a resolution scheme by
language name (`graph/resolve/scheme.py`). Its version is part of what facts and links are filed under, so a plug-in
that changes or goes has its files looked at again. One that cannot be loaded is left out, and `codegraph doctor` says
why; a language that codegraph has itself is not replaced.
Format: https://packaging.python.org/en/latest/specifications/entry-points/
Tests: tests/integration/test_plugins.py.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NamedTuple

logger = logging.getLogger(__name__)

GROUP = "codegraph.languages"


class Plugin(NamedTuple):
    """One package's languages."""

    name: str
    version: str
    languages: tuple[Any, ...]
    specs: tuple[Any, ...]
    schemes: Mapping[str, Any]


class Found(NamedTuple):
    """All plug-ins, and why others were left out."""

    plugins: tuple[Plugin, ...]
    failures: tuple[str, ...]

    @property
    def versions(self) -> tuple[str, ...]:
        """Name and version of each plug-in."""
        return tuple(f"{plugin.name} {plugin.version}" for plugin in self.plugins)


@cache
def found() -> Found:
    """Load every plug-in, in order of name."""
    plugins: list[Plugin] = []
    failures: list[str] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        try:
            plugins.append(_loaded(entry))
        except Exception as error:  # whatever somebody else's code raises must not end the daemon
            failures.append(f"{entry.name} ({entry.value}): {type(error).__name__}: {error}")
            logger.warning("the language plug-in %s is left out", failures[-1])
    return Found(tuple(plugins), tuple(failures))


def _loaded(entry: EntryPoint) -> Plugin:
    module = entry.load()
    languages, specs = tuple(module.LANGUAGES), tuple(module.SPECS)
    if sorted(each.name for each in languages) != sorted(spec.name for spec in specs):
        raise ValueError("LANGUAGES and SPECS do not name the same languages")
    version = entry.dist.version if entry.dist is not None else "unknown"
    return Plugin(entry.name, version, languages, specs, dict(getattr(module, "SCHEMES", {})))
