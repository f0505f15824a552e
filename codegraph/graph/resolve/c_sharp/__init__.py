"""The scheme of C#: namespaces and usings, partial types, members along bases, extension methods.

`contributions.py` says what a file offers and `names.py` under which keys, `evaluator.py` what a chain stands for,
`linker.py` which edges follow. Tests: tests/unit/graph/test_graph_c_sharp.py.
"""

from __future__ import annotations

from codegraph.core.changes import FileLinks
from codegraph.core.facts import Occurrences, Outline
from codegraph.graph.resolve.c_sharp.contributions import contributions
from codegraph.graph.resolve.c_sharp.linker import CSharpLinker
from codegraph.graph.resolve.scheme import TableReader, Value


class CSharpScheme:
    """Links C# files; see `ResolutionScheme`."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
        """Say what this file offers."""
        return contributions(path, outline, occurrences)

    def link(self, path: str, outline: Outline, occurrences: Occurrences, table: TableReader) -> FileLinks:
        """Resolve the references of this file."""
        return CSharpLinker(path, outline, occurrences, table).links()
