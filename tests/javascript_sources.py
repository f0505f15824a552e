"""What tests of JavaScript and TypeScript ask of small sources: their facts, and the edges between them."""

from __future__ import annotations

from collections.abc import Mapping

from codegraph.core.facts import Binding, BindingKind, FileFacts, Role
from codegraph.core.symbols import DependencyKind
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.languages import language_of
from codegraph.graph.resolve import scheme_of
from codegraph.graph.table import SymbolTable, TracedReader


def facts_of(text: str | bytes, language: str = "javascript") -> FileFacts:
    """Extract one source."""
    return extract(text.encode() if isinstance(text, str) else text, language, Limits())


def descriptors(text: str | bytes, language: str = "javascript") -> list[str]:
    """Return the descriptors of a source's definitions, the module left out."""
    return [each.descriptor for each in facts_of(text, language).outline.definitions[1:]]


def mentions(text: str, language: str = "javascript") -> set[tuple[str, str, str]]:
    """Return (owner's descriptor, role, chain joined by blanks) of a source's references."""
    facts = facts_of(text, language)
    names = [each.descriptor for each in facts.outline.definitions]
    return {(names[each.owner], Role(each.role).name, " ".join(each.chain)) for each in facts.occurrences.references}


def bindings(text: str, language: str = "javascript") -> set[tuple[str, str, str, str]]:
    """Return (owner's descriptor, kind, name, chain joined by blanks) of a source's bindings."""
    facts = facts_of(text, language)
    names = [each.descriptor for each in facts.outline.definitions]

    def row(each: Binding) -> tuple[str, str, str, str]:
        return names[each.owner], BindingKind(each.kind).name, each.name, " ".join(each.chain)

    return {row(each) for each in facts.occurrences.bindings}


class Linked:
    """A small project, extracted and linked once: its edges, misses and reads."""

    def __init__(self, files: Mapping[str, str]) -> None:
        facts = {path: facts_of(text, language_of(path, b"") or "") for path, text in files.items()}
        table = SymbolTable()
        table.update(
            {
                path: scheme_of(each.outline.language).contributions(path, each.outline, each.occurrences)
                for path, each in facts.items()
            }
        )
        self.edges: set[tuple[str, str, str]] = set()
        self.confidence: dict[tuple[str, str, str], str] = {}
        self.misses: set[tuple[str, str]] = set()
        self.reads: dict[str, tuple[str, ...]] = {}
        for path, each in facts.items():
            reader = TracedReader(table)
            links = scheme_of(each.outline.language).link(path, each.outline, each.occurrences, reader)
            self.reads[path] = reader.reads()
            for definition, dependencies in zip(each.outline.definitions, links.dependencies, strict=True):
                for one in dependencies:
                    if one.kind is not DependencyKind.CONTAINS:
                        edge = (f"{path}/{definition.descriptor}", one.kind.value, str(one.target))
                        self.edges.add(edge)
                        self.confidence[edge] = one.confidence.value
            self.misses |= {(missed.name, missed.reason) for missed in links.unresolved}

    def of(self, source: str, kind: str) -> set[str]:
        """Return the targets of a symbol's edges of one kind."""
        return {target for owner, found, target in self.edges if (owner, found) == (source, kind)}
