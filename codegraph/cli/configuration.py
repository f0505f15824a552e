"""The config command: the settings as this shell sees them, without a daemon.

Tests: tests/unit/cli/test_cli_local.py.
"""

from __future__ import annotations

import dataclasses
import json
from argparse import Namespace
from typing import Any

from codegraph.cli.output import Cell, Output
from codegraph.cli.project import load_settings, user_locations
from codegraph.config import Config


def config(arguments: Namespace, output: Output) -> int:
    """Print every setting with its value, or where the user's file is."""
    path = user_locations().config_file
    if arguments.action == "path":
        if output.json:
            output.record({"path": str(path), "exists": path.exists()})
        else:
            output.line(str(path))
        return 0
    settings = dataclasses.asdict(load_settings(arguments))
    if output.json:
        output.record({"path": str(path), "exists": path.exists(), "settings": settings})
    else:
        _show(output, settings)
    return 0


def _show(output: Output, settings: dict[str, dict[str, Any]]) -> None:
    defaults = dataclasses.asdict(Config())
    for section, values in settings.items():
        output.line(Cell(f"[{section}]", "bold"))
        for name, value in values.items():
            changed = value != defaults[section][name]
            note = f"  # default: {_toml(defaults[section][name])}" if changed else ""
            output.line(Cell(f"{name} = {_toml(value)}{note}", "yellow" if changed else ""))


def _toml(value: Any) -> str:
    """Write a setting as the configuration file would."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
