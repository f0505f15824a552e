"""Where users register models of their own: `models.toml` beside their config.toml, or `[models.NAME]` inside it.

Both hold tables as the shipped registry does; a table with a shipped name changes single fields of that model,
say its path or its revision. A relative path is read from the file's own directory. Where both have a name,
config.toml wins.
Tests: tests/unit/embed/test_embed_registry.py.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from codegraph.errors import ConfigError
from codegraph.locations import Locations

MAX_BYTES = 1 << 20

Tables = dict[str, dict[str, Any]]


def read(config_file: Path | None = None) -> list[tuple[Path, Tables]]:
    """Return the user's tables with the file they stand in, later ones to win; raises ConfigError."""
    config = config_file or Locations.from_environment().config_file
    beside = config.with_name("models.toml")
    found = []
    if beside.is_file():
        found.append((beside, _of_tables(beside, _parse(beside))))
    if config.is_file() and (models := _parse(config).get("models")):
        found.append((config, _of_tables(config, models)))
    return found


def _parse(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ConfigError(f"{file} is too large for a configuration", "remove what does not belong there")
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file}: {error}", "mend the TOML syntax") from error


def _of_tables(file: Path, document: Any) -> Tables:
    if not isinstance(document, dict) or not all(isinstance(table, dict) for table in document.values()):
        raise ConfigError(f"{file}: models are tables", 'they look like [models.mine] engine = "transformer"')
    for table in document.values():
        if isinstance(table.get("path"), str):  # the daemon's working directory is none of the user's
            table["path"] = os.path.join(file.absolute().parent, Path(table["path"]).expanduser())  # noqa: PTH118
    return document
