"""C#, up to the syntax of 12."""

from __future__ import annotations

import tree_sitter_c_sharp

from codegraph.extract.languages.plain import plain_spec

SPEC = plain_spec(__name__, "c_sharp", "tree-sitter-c-sharp", tree_sitter_c_sharp.language, (".cs", ".csx"))
