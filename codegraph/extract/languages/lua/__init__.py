"""Lua, 5.1 to 5.4."""

from __future__ import annotations

from dataclasses import replace

import tree_sitter_lua

from codegraph.extract.languages.lua.definitions import definitions
from codegraph.extract.languages.plain import plain_spec

SPEC = replace(
    plain_spec(__name__, "lua", tree_sitter_lua.language, find=definitions),
    wrappers=frozenset({"variable_declaration"}),
)
