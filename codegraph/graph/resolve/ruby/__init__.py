"""The scheme of Ruby: constants by nesting and ancestors, members of classes over all files that reopen them.

`contributions.py` says what a file offers and `names.py` under which keys, `evaluator.py` what a chain stands for,
`linker.py` which edges follow. Tests: tests/unit/graph/test_graph_ruby.py.
"""

from __future__ import annotations

from codegraph.core.changes import FileLinks
from codegraph.core.facts import Occurrences, Outline
from codegraph.graph.resolve.ruby.contributions import contributions
from codegraph.graph.resolve.ruby.linker import RubyLinker
from codegraph.graph.resolve.scheme import TableReader, Value


class RubyScheme:
    """Links Ruby files; see `ResolutionScheme`."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
        """Say what this file offers."""
        return contributions(path, outline, occurrences)

    def link(self, path: str, outline: Outline, occurrences: Occurrences, table: TableReader) -> FileLinks:
        """Resolve the references of this file."""
        return RubyLinker(path, outline, occurrences, table).links()
