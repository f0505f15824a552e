"""PHP, up to the syntax of 8.4: definitions, types and mentions by walks in Python (`definitions`, `walk`)."""

from __future__ import annotations

from dataclasses import replace

import tree_sitter_php

from codegraph.extract.languages.php.definitions import find_definitions
from codegraph.extract.languages.php.walk import collect
from codegraph.extract.languages.plain import plain_spec
from codegraph.extract.languages.spec import Namespaces

SPEC = replace(
    plain_spec(__name__, "php", tree_sitter_php.language_php, find=find_definitions),
    collect=collect,
    hollow=b"{}",
    erasable=True,
    namespaces=Namespaces(frozenset({"namespace_definition"})),
)
