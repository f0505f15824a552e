"""Elixir: its definitions are macro calls, so they are found by name."""

from __future__ import annotations

from dataclasses import replace

import tree_sitter_elixir

from codegraph.extract.languages.elixir.definitions import definitions, documentation
from codegraph.extract.languages.plain import plain_spec

SPEC = replace(
    plain_spec(__name__, "elixir", tree_sitter_elixir.language, find=definitions),
    docstring=documentation,
)
