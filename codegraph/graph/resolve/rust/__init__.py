"""The scheme of Rust: crates, `mod` and `use` trees, members of types by impls and traits wherever these stand.

`contributions.py` says what a file offers and `names.py` under which keys, `modules.py` and `evaluator.py` what a chain
stands for, `linker.py` which edges follow. Tests: tests/unit/graph/test_graph_rust.py.
"""

from __future__ import annotations

from posixpath import dirname

from codegraph.core.changes import FileLinks
from codegraph.core.facts import Occurrences, Outline
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.keys import top_key
from codegraph.graph.resolve.parts import PartedScheme, PartLinker
from codegraph.graph.resolve.rust.contributions import contributions
from codegraph.graph.resolve.rust.linker import RustLinker
from codegraph.graph.resolve.rust.names import CRATES, configuration_key
from codegraph.graph.resolve.scheme import Entry, TableReader, Value


class RustScheme(PartedScheme):
    """Links Rust files; see `ResolutionScheme`."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
        """Say what this file offers."""
        return contributions(path, outline, occurrences)

    def linker(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> PartLinker:
        """Return what links this file."""
        return RustLinker(path, outline, occurrences, collector)


class CargoScheme:
    """Links Cargo.toml files: they offer the name and the library of their package and refer to nothing."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:  # noqa: ARG002
        """Offer the settings, and under the library's name where it begins."""
        settings: dict[str, Entry] = {each.name: each.chain for each in occurrences.exports}
        offered: dict[str, Value] = {
            configuration_key(path): tuple((each.name, *each.chain) for each in occurrences.exports)
        }
        if "package" in settings:
            name, library = settings.get("lib", ("", ""))
            for each in dict.fromkeys((settings["package"][0], name or settings["package"][0])):
                offered[top_key(CRATES, each.replace("-", "_"))] = ((dirname(path), library),)
        return offered

    def link(self, path: str, outline: Outline, occurrences: Occurrences, table: TableReader) -> FileLinks:  # noqa: ARG002
        """Give the `contains` edges, of which there are none."""
        return EdgeCollector(path, outline).links()
