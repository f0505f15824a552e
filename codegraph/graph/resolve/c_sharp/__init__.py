"""The scheme of C#: namespaces and usings, partial types, members along bases, extension methods.

`contributions.py` says what a file offers and `names.py` under which keys, `evaluator.py` what a chain stands for,
`linker.py` which edges follow. Tests: tests/unit/graph/test_graph_c_sharp.py.
"""

from __future__ import annotations

from codegraph.core.facts import Occurrences, Outline
from codegraph.graph.resolve.c_sharp.contributions import contributions
from codegraph.graph.resolve.c_sharp.linker import CSharpLinker
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.parts import PartedScheme, PartLinker
from codegraph.graph.resolve.scheme import Value


class CSharpScheme(PartedScheme):
    """Links C# files; see `ResolutionScheme`."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
        """Say what this file offers."""
        return contributions(path, outline, occurrences)

    def linker(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> PartLinker:
        """Return what links this file."""
        return CSharpLinker(path, outline, occurrences, collector)
