"""The scheme of C++: namespaces, classes with their bases, includes, receivers by declared types.

`contributions.py` says what a file offers and `names.py` under which keys, `scopes.py` what a name means in a scope,
`evaluator.py` what a chain stands for, `linker.py` which edges follow. Tests: tests/unit/graph/test_graph_cpp.py.
"""

from __future__ import annotations

from codegraph.core.changes import FileLinks
from codegraph.core.facts import Occurrences, Outline
from codegraph.graph.resolve.cpp.contributions import contributions
from codegraph.graph.resolve.cpp.linker import CppLinker
from codegraph.graph.resolve.scheme import TableReader, Value


class CppScheme:
    """Links C++ files; see `ResolutionScheme`."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
        """Say what this file offers."""
        return contributions(path, outline, occurrences)

    def link(self, path: str, outline: Outline, occurrences: Occurrences, table: TableReader) -> FileLinks:
        """Resolve the references of this file."""
        return CppLinker(path, outline, occurrences, table).links()
