"""From what was typed to the parameters of a request: places, symbols, waiting, settings.

A place is FILE:LINE[:COLUMN] with lines from 1 and columns from 0, as all commands print it. FILE is
looked for from the working directory, then from the project's root. Tests: tests/unit/cli/test_cli_arguments.py.
"""

from __future__ import annotations

import os
import re
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from codegraph.daemon.messages import Wait
from codegraph.errors import ConfigError, ProjectError

_PLACE = re.compile(r"(?P<file>.+?):(?P<line>[0-9]{1,9})(?::(?P<column>[0-9]{1,9}))?\Z", re.DOTALL)

ELSEWHERE = "choose the project with --project"
"""What to do about a file of another project."""


def waiting_fields(arguments: Namespace) -> dict[str, Any]:
    """Return `wait` and `timeout` of a query."""
    return {"wait": Wait(arguments.wait), "timeout": arguments.timeout}


def target_fields(text: str, root: str) -> dict[str, Any]:
    """Return the fields that name one symbol: `symbol`, or `file`, `line` and `character`.

    Raises ProjectError for a place outside the project.
    """
    place = _PLACE.match(text)
    if place is None:
        return {"symbol": text}
    column = place["column"]
    return {
        "file": project_file(place["file"], root),
        "line": _line(place["line"], text),
        "character": None if column is None else int(column),
    }


def listed_fields(name: str, file: str, at: str, root: str) -> dict[str, Any]:
    """Return the fields of what is to be listed: `name`, and those of a file or of a place in one.

    A name that is a file or a place means it. Raises ProjectError.
    """
    if at:
        fields = target_fields(at, root)
        if "symbol" in fields:
            raise ProjectError(f"{at} is no place", "write FILE:LINE or FILE:LINE:COLUMN")
        return {"name": name, **fields}
    if file:
        return {"name": name, "file": project_file(file, root)}
    if _PLACE.match(name):
        return target_fields(name, root)
    if "." in name and any(Path(base, name).is_file() for base in ("", root)):
        return {"file": project_file(name, root)}
    return {"name": name}


def _line(text: str, whole: str) -> int:
    if int(text) == 0:
        raise ProjectError(f"{whole}: lines are counted from 1", "write FILE:LINE or FILE:LINE:COLUMN")
    return int(text) - 1


def project_file(text: str, root: str) -> str:
    """Return the path of a file relative to the project, with slashes. Raises ProjectError if it lies outside."""
    # abspath and not resolve(), which would follow symbolic links inside the project: those are not indexed
    here = Path(os.path.abspath(text))  # noqa: PTH100
    there = Path(os.path.abspath(os.path.join(root, text)))  # noqa: PTH100, PTH118
    candidate = here if here.exists() else there
    for path in (candidate, candidate.parent.resolve() / candidate.name):
        try:
            return path.relative_to(root).as_posix()
        except ValueError:
            continue
    raise ProjectError(f"{text} lies outside of the project {root}", ELSEWHERE)


def settings_of(assignments: list[str]) -> dict[str, Any]:
    """Read `--set NAME=VALUE`; values are written as in TOML, and plain words are strings. Raises ConfigError."""
    import tomllib  # most commands set nothing

    settings: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals or "." not in name:
            raise ConfigError(f"--set {assignment}: not SECTION.NAME=VALUE", "for example --set cascade.depth=3")
        try:
            value = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            value = text
        settings[name.strip()] = value
    return settings


def settings_from_here(assignments: Sequence[str]) -> list[str]:
    """Return `--set` options for a process that stands elsewhere: directories of models by their whole paths."""
    import json

    from codegraph.config import PATHS
    from codegraph.config_layers import absolute_setting

    return [
        f"{name}={json.dumps(absolute_setting(name, value), ensure_ascii=False)}" if name in PATHS else assignment
        for assignment in assignments
        for name, value in settings_of([assignment]).items()
    ]
