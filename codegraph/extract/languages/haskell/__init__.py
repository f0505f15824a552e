"""Haskell 2010 and GHC's extensions, as far as its grammar goes."""

from __future__ import annotations

from dataclasses import replace

import tree_sitter_haskell

from codegraph.extract.languages.haskell.definitions import definitions, documentation
from codegraph.extract.languages.plain import plain_spec

SPEC = replace(
    plain_spec(__name__, "haskell", tree_sitter_haskell.language, find=definitions),
    header_end=frozenset({"=", "where"}),
    docstring=documentation,
)
