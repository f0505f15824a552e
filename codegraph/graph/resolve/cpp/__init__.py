"""The scheme of C++: namespaces, classes with their bases, includes, receivers by declared types.

`contributions.py` says what a file offers and `names.py` under which keys, `scopes.py` what a name means in a scope,
`evaluator.py` what a chain stands for, `linker.py` which edges follow. Tests: tests/unit/graph/test_graph_cpp.py.
"""

from __future__ import annotations

from codegraph.core.facts import Occurrences, Outline
from codegraph.graph.resolve.cpp.contributions import contributions
from codegraph.graph.resolve.cpp.linker import CppLinker
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.parts import PartedScheme, PartLinker
from codegraph.graph.resolve.scheme import Value


class CppScheme(PartedScheme):
    """Links C++ files; see `ResolutionScheme`."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
        """Say what this file offers."""
        return contributions(path, outline, occurrences)

    def linker(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> PartLinker:
        """Return what links this file."""
        return CppLinker(path, outline, occurrences, collector)
