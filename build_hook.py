"""Puts the version of a build into it, so that two builds of one release can be told apart (codegraph/version.py)."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class VersionHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds `codegraph/version.txt` to wheels and source distributions; an editable install asks its checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the file beside the tree, and name it to the builder."""
        if version != "editable":
            self._directory = TemporaryDirectory()
            file = Path(self._directory.name, "version.txt")
            file.write_text(f"{self.metadata.version}\n", encoding="ascii")
            build_data["force_include"][str(file)] = "codegraph/version.txt"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove it again."""
        del build_data, artifact_path
        if version != "editable":
            self._directory.cleanup()
