"""What stored things were made by: when one of these names changes, what depends on it is made again.

`store/versions.py` says which tables that are. Tests: tests/unit/daemon/test_daemon_restore.py.
"""

from __future__ import annotations

from codegraph.config import Config
from codegraph.core import plugins
from codegraph.core.dataflow import DATA_FLOW_SCHEMA
from codegraph.core.digests import KEY_SCHEMA
from codegraph.extract.extractor import EXTRACTOR_VERSION

LINKER_VERSION = "59"
"""Bumped when the resolution schemes or the form of stored links change."""

CODEC_VERSION = "int8-2"
"""Bumped when the form of stored search vectors changes."""


def versions_of(config: Config) -> dict[str, str]:
    """Return the versions of extractor, linker, keys and codec that a project with these settings is filed under."""
    key = f"{KEY_SCHEMA.decode()} depth={config.cascade.depth} context={config.cascade.max_context}"
    return {
        "extractor": f"{EXTRACTOR_VERSION}; data flow {DATA_FLOW_SCHEMA}",
        "linker": "; ".join((LINKER_VERSION, *plugins.found().versions)),
        "key": key,
        "codec": CODEC_VERSION,
    }
