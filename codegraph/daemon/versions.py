"""What stored things were made by: when one of these names changes, what depends on it is made again.

`store/versions.py` says which tables that are. Tests: tests/unit/daemon/test_daemon_restore.py.
"""

from __future__ import annotations

from codegraph.config import Config, ExtractConfig
from codegraph.core import plugins
from codegraph.core.dataflow import DATA_FLOW_SCHEMA
from codegraph.core.digests import KEY_SCHEMA, digest
from codegraph.extract.extractor import EXTRACTOR_VERSION

LINKER_VERSION = "89"
"""Bumped when the resolution schemes or the form of stored links change."""

CODEC_VERSION = "int8-2"
"""Bumped when the form of stored search vectors changes."""


def versions_of(config: Config) -> dict[str, str]:
    """Return the versions of extractor, linker, keys, codec and source that a project is filed under.

    Settings are part of them: facts hang on how deep a file may be nested, what is known of files on which are read.
    """
    depth = config.extract.max_depth
    limits = "" if depth == ExtractConfig().max_depth else f"; depth {depth}"
    key = f"{KEY_SCHEMA.decode()} depth={config.cascade.depth} context={config.cascade.max_context}"
    return {
        "extractor": f"{EXTRACTOR_VERSION}; data flow {DATA_FLOW_SCHEMA}{limits}",
        "linker": "; ".join((LINKER_VERSION, *plugins.found().versions)),
        "key": key,
        "codec": CODEC_VERSION,
        "source": digest(repr(config.source).encode("utf-8", "surrogatepass")).hex(),
    }
