"""Scala 2 and 3."""

from __future__ import annotations

from dataclasses import replace

import tree_sitter_scala

from codegraph.extract.languages.plain import WITH_ENUMS, plain_spec
from codegraph.extract.languages.spec import Namespaces

SPEC = replace(
    plain_spec(__name__, "scala", tree_sitter_scala.language),
    hollow=b"{}",
    open_blocks=True,
    constants_in=WITH_ENUMS,
    namespaces=Namespaces(frozenset({"package_clause"}), chained=True),
)
