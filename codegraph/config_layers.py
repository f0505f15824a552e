"""A Config from its layers: defaults < the user's file < what was chosen for the project < the environment < flags.

Values are checked against the type of the default and against `LIMITS`; a wrong one raises ConfigError with the file
and line (or the variable, or the flag) it came from. Environment variables are CODEGRAPH_<SECTION>_<NAME>;
CODEGRAPH_EMBEDDING_MODEL is one of them. Tests: tests/unit/test_config.py.
"""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from codegraph.config import CHOICES, LIMITS, PATHS, Config
from codegraph.errors import ConfigError, did_you_mean

MODELS = "models"
"""A section of the user's file that holds no settings but models of the user's own."""

_PREFIX = "CODEGRAPH_"
OTHER_VARIABLES = frozenset(
    f"{_PREFIX}{name}" for name in ("STATE_DIR", "CACHE_DIR", "RUNTIME_DIR", "CONFIG", "READY_DESCRIPTOR")
)
"""Variables that are no settings: `locations` and `daemon.lifecycle` read them."""

_ALL = "`codegraph config show` lists all settings"

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


def load_config(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
    project: Path | None = None,
) -> Config:
    """Build the Config from its layers; `flags` maps "section.name" to a value.

    `file` and `project`, the user's and the project's, may be None or absent. Raises ConfigError.
    """
    values: dict[str, tuple[Any, str]] = {}
    for layer in (file, project):
        if layer is not None:
            values.update(_read_file(layer))
    variables = absolute_variables(os.environ if environment is None else environment)
    values.update(_read_environment(variables))
    for name, value in (flags or {}).items():
        values[name] = (absolute_setting(name, value), f"flag for {name}")
    defaults = Config()
    sections: dict[str, Any] = {}
    for section in dataclasses.fields(Config):
        current = getattr(defaults, section.name)
        changed = {
            name: _checked(f"{section.name}.{name}", value, getattr(current, name), where)
            for key, (value, where) in values.items()
            for prefix, _, name in [key.partition(".")]
            if prefix == section.name and _known(current, section.name, name, where)
        }
        sections[section.name] = dataclasses.replace(current, **changed)
    unknown = sorted({key.partition(".")[0] for key in values} - set(sections))
    if unknown:
        where = next(w for key, (_, w) in values.items() if key.partition(".")[0] == unknown[0])
        advice = did_you_mean(unknown[0], sections) + _ALL
        raise ConfigError(f"{where}: there is no section [{unknown[0]}]", advice)
    return Config(**sections)


def _known(current: Any, section: str, name: str, where: str) -> bool:
    names = [f.name for f in dataclasses.fields(current)]
    if name in names:
        return True
    raise ConfigError(f"{where}: there is no setting {section}.{name}", did_you_mean(name, names) + _ALL)


def absolute_setting(name: str, value: Any, base: Path | None = None) -> Any:
    """Return the value of a setting; one that is a directory is made absolute, for a process that stands elsewhere.

    Relative ones are read from `base`, the working directory if there is none.
    """
    if name not in PATHS or not isinstance(value, str) or "/" not in value:
        return value
    place = Path(base or "").absolute() / Path(value).expanduser()
    if value.startswith(("./", "../", "~")) or place.is_dir():
        return os.path.normpath(place)
    return value  # a repository: owner/name


def absolute_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return environment variables; those that name a directory of a model are made absolute."""
    names = {f"{_PREFIX}{name}".upper().replace(".", "_"): name for name in PATHS}
    return {key: absolute_setting(names[key], text) if key in names else text for key, text in environment.items()}


def _read_file(file: Path) -> dict[str, tuple[Any, str]]:
    try:
        text = file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read: {error}", "mend or remove the file") from error
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: {error}", "mend the TOML syntax") from error
    values: dict[str, tuple[Any, str]] = {}
    for section, content in document.items():
        if section == MODELS:
            continue  # embed/own_models.py reads these
        if not isinstance(content, dict):
            where = f"{file}:{_line_of(text, '', section)}"
            raise ConfigError(f"{where}: {section} stands outside of a section", "write [cascade], then depth = 2")
        for name, value in content.items():
            key = f"{section}.{name}"
            values[key] = (absolute_setting(key, value, file.parent), f"{file}:{_line_of(text, section, name)}")
        if not content:
            values.setdefault(f"{section}.", (None, f"{file}:{_line_of(text, section, '')}"))
    return {key: value for key, value in values.items() if not key.endswith(".")}


def _line_of(text: str, section: str, name: str) -> int:
    """Find the 1-based line of a setting; 1 when it is written in an unusual form."""
    current = ""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        header = re.match(r"\[\s*([\w.-]+)\s*\]", stripped)
        if header:
            current = header.group(1)
            if current == section and not name:
                return number
        elif current == section and name and re.match(rf"[\"']?{re.escape(name)}[\"']?\s*=", stripped):
            return number
    return 1


def _setting_variables() -> dict[str, str]:
    return {
        f"{_PREFIX}{section.name}_{setting.name}".upper(): f"{section.name}.{setting.name}"
        for section in dataclasses.fields(Config)
        for setting in dataclasses.fields(getattr(Config(), section.name))
    }


def unknown_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that begin as ours do and mean nothing, each with the question what was meant, or ""."""
    known = sorted(name.removeprefix(_PREFIX) for name in (*_setting_variables(), *OTHER_VARIABLES))
    unknown = (name.removeprefix(_PREFIX) for name in sorted(environment) if name.startswith(_PREFIX))
    asked = {name: did_you_mean(name, known).strip() for name in unknown if name not in known}
    return {f"{_PREFIX}{name}": text.replace("mean ", f"mean {_PREFIX}") for name, text in asked.items()}


def _read_environment(environment: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    names = _setting_variables()
    sections = tuple(f"{_PREFIX}{section.name}_".upper() for section in dataclasses.fields(Config))
    for variable in environment:
        if variable.startswith(sections) and variable not in names and variable not in OTHER_VARIABLES:
            where = f"environment variable {variable}"
            raise ConfigError(f"{where}: there is no such setting", did_you_mean(variable, names) + _ALL)
    return {
        names[variable]: (_Text(text), f"environment variable {variable}")
        for variable, text in environment.items()
        if variable in names
    }


class _Text(str):
    """A value from the environment: still to be converted to the type of the default."""

    __slots__ = ()


def _converted(text: str, default: Any) -> Any:
    if isinstance(default, bool):
        lowered = text.strip().lower()
        if lowered in _TRUE | _FALSE:
            return lowered in _TRUE
        raise ValueError("is neither true nor false")
    if isinstance(default, int | float):
        kind = type(default)
        try:
            return kind(text.replace("_", ""))
        except ValueError:
            raise ValueError(f"must be a {'whole ' if kind is int else ''}number") from None
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return str(text)


def _checked(key: str, value: Any, default: Any, where: str) -> Any:
    try:
        if isinstance(value, _Text):
            value = _converted(value, default)
        value = _typed(value, default)
    except ValueError as error:
        raise ConfigError(f"{where}: {key} = {value!r}: {error}", _ALL) from error
    if key in CHOICES and value not in CHOICES[key]:
        raise ConfigError(f"{where}: {key} = {value!r}", f"one of: {', '.join(CHOICES[key])}")
    if key in LIMITS:
        low, high = LIMITS[key]
        if not low <= value <= high:
            raise ConfigError(f"{where}: {key} = {value!r}", f"a number from {low:g} to {high:g}")
    if key == "embedding.model" and not value.strip():
        raise ConfigError(f"{where}: {key} = {value!r}", "name a model, or leave the setting out")
    return value


_EXPECTED: tuple[tuple[type, Any, str], ...] = (
    (bool, bool, "true or false"),
    (int, int, "a whole number"),
    (float, int | float, "a number"),
    (tuple, list | tuple, "a list of strings"),
    (str, str, "a string"),
)
"""The type of a default, what is taken for it, and what that is called; bool comes first, for it is an int, too."""


def _typed(value: Any, default: Any) -> Any:
    kind, accepted, wanted = next(row for row in _EXPECTED if isinstance(default, row[0]))
    fits = isinstance(value, accepted) and isinstance(value, bool) == (kind is bool)
    if not fits or (kind is tuple and not all(isinstance(part, str) for part in value)):
        raise ValueError(f"must be {wanted}")
    return kind(value)
