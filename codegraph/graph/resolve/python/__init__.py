"""The scheme of Python: how its imports, classes and names lead to definitions.

Lookup order of a name: the function's own names, the class body's (in the body and in headers only),
the file's definitions, its imports (the last that leads into the project wins), its star imports (last
wins), builtins. `contributions.py` says what a file offers, `modules.py` which file an import means,
`evaluator.py` what an expression stands for, `linker.py` which edges follow.

Tests: tests/unit/graph/test_graph_python.py and test_graph_python_modules.py.
"""

from __future__ import annotations

from codegraph.core.facts import Occurrences, Outline
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.parts import PartedScheme, PartLinker
from codegraph.graph.resolve.python.contributions import contributions
from codegraph.graph.resolve.python.linker import FileLinker
from codegraph.graph.resolve.scheme import Value


class PythonScheme(PartedScheme):
    """Links Python files; see `ResolutionScheme`."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
        """Say what this file offers."""
        return contributions(path, outline, occurrences)

    def linker(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> PartLinker:
        """Return what links this file."""
        return FileLinker(path, outline, occurrences, collector)
