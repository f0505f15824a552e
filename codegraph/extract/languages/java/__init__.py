"""Java, up to the syntax of 21 (records, sealed types, patterns)."""

from __future__ import annotations

import tree_sitter_java

from codegraph.extract.languages.plain import plain_spec

SPEC = plain_spec(__name__, "java", "tree-sitter-java", tree_sitter_java.language, (".java",))
