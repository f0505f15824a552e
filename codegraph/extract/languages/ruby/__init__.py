"""Ruby, up to the syntax of 3.3."""

from __future__ import annotations

import tree_sitter_ruby

from codegraph.extract.languages.plain import plain_spec

SPEC = plain_spec(
    __name__,
    "ruby",
    "tree-sitter-ruby",
    tree_sitter_ruby.language,
    (".rb", ".rake", ".gemspec", ".ru"),
    interpreters=("ruby",),
    file_names=("Rakefile", "Gemfile"),
    header_end=frozenset({"=", ";"}),
)
