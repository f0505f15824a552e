"""Ruby, up to the syntax of 3.4: definitions, constants and mentions by walks in Python (`definitions`, `walk`)."""

from __future__ import annotations

from dataclasses import replace

import tree_sitter_ruby

from codegraph.extract.languages.plain import plain_spec
from codegraph.extract.languages.ruby.definitions import find_definitions
from codegraph.extract.languages.ruby.walk import collect

SPEC = replace(
    plain_spec(__name__, "ruby", tree_sitter_ruby.language, find=find_definitions),
    header_end=frozenset({"=", ";"}),
    hollow=b"()",
    erasable=True,
    resumable=True,
    collect=collect,
)
