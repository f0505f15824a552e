"""The scheme of Ruby: constants by nesting and ancestors, members of classes over all files that reopen them.

`contributions.py` says what a file offers and `names.py` under which keys, `evaluator.py` what a chain stands for,
`linker.py` which edges follow. Tests: tests/unit/graph/test_graph_ruby.py.
"""

from __future__ import annotations

from codegraph.core.facts import Occurrences, Outline
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.parts import PartedScheme, PartLinker
from codegraph.graph.resolve.ruby.contributions import contributions
from codegraph.graph.resolve.ruby.linker import RubyLinker
from codegraph.graph.resolve.scheme import Value


class RubyScheme(PartedScheme):
    """Links Ruby files; see `ResolutionScheme`."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
        """Say what this file offers."""
        return contributions(path, outline, occurrences)

    def linker(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> PartLinker:
        """Return what links this file."""
        return RubyLinker(path, outline, occurrences, collector)
