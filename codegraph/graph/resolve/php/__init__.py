"""The scheme of PHP: full names, members along bases and traits, receivers by declared, documented and assigned types.

`contributions.py` says what a file offers and `names.py` under which keys, `evaluator.py` what a chain stands for,
`linker.py` which edges follow. Tests: tests/unit/graph/test_graph_php.py.
"""

from __future__ import annotations

from codegraph.core.facts import Occurrences, Outline
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.parts import PartedScheme, PartLinker
from codegraph.graph.resolve.php.contributions import contributions
from codegraph.graph.resolve.php.linker import PhpLinker
from codegraph.graph.resolve.scheme import Value


class PhpScheme(PartedScheme):
    """Links PHP files; see `ResolutionScheme`."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
        """Say what this file offers."""
        return contributions(path, outline, occurrences)

    def linker(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> PartLinker:
        """Return what links this file."""
        return PhpLinker(path, outline, occurrences, collector)
