"""The scheme of languages without one of their own: a file's symbols exist and contain each other."""

from __future__ import annotations

from codegraph.core.changes import FileLinks
from codegraph.core.facts import Occurrences, Outline
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.keys import module_key
from codegraph.graph.resolve.scheme import TableReader, Value


class PlainScheme:
    """Resolves nothing; every definition still has its `contains` edges."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:  # noqa: ARG002
        """Offer the file's existence."""
        return {module_key(path): ((outline.language,),)}

    def link(self, path: str, outline: Outline, occurrences: Occurrences, table: TableReader) -> FileLinks:  # noqa: ARG002
        """Give the `contains` edges."""
        return EdgeCollector(path, outline).links()
