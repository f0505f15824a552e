"""`go.mod`, of which one line matters: the path under which the packages below its directory are imported.

Go's own grammar reads it: only comments and brackets are asked for. Tests: tests/unit/extract/test_extract_go.py.
"""

from __future__ import annotations

import re
from typing import Final

import tree_sitter_go

from codegraph.core.facts import Chain
from codegraph.extract.languages.settings import settings_spec

_MODULE: Final = re.compile(rb"^[ \t]*module[ \t]+(?:\([ \t]*)?[\"`]?([^\s\"`()]{1,1000})", re.MULTILINE)


def _read(data: bytes) -> list[tuple[str, Chain]]:
    found = _MODULE.search(data)
    return [("module", (found[1].decode("utf-8", "replace"),))] if found else []


SPEC = settings_spec(__name__, "go-mod", tree_sitter_go.language, _read)
