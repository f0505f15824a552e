"""The scheme of JavaScript, TypeScript and TSX: how their imports, members and names lead to definitions.

`contributions.py` says what a file offers, `modules.py` which file a specifier means, `settings.py` what
project configuration says of that, `evaluator.py` what an expression stands for, `linker.py` which edges
follow. Tests: tests/unit/graph/test_graph_resolve_javascript.py.
"""

from __future__ import annotations

from codegraph.core.facts import Occurrences, Outline
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.javascript.contributions import contributions
from codegraph.graph.resolve.javascript.linker import FileLinker
from codegraph.graph.resolve.javascript.settings import SettingsScheme
from codegraph.graph.resolve.parts import PartedScheme, PartLinker
from codegraph.graph.resolve.scheme import Value

__all__ = ["JavaScriptScheme", "SettingsScheme"]


class JavaScriptScheme(PartedScheme):
    """Links JavaScript and TypeScript files; see `ResolutionScheme`."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
        """Say what this file offers."""
        return contributions(path, outline, occurrences)

    def linker(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> PartLinker:
        """Return what links this file."""
        return FileLinker(path, outline, occurrences, collector)
