"""Bash and the shells that read its grammar."""

from __future__ import annotations

import tree_sitter_bash

from codegraph.extract.languages.plain import plain_spec

SPEC = plain_spec(__name__, "bash", tree_sitter_bash.language)
