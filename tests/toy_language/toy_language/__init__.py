"""Toy: Lua's syntax in `.toy` files, where a name means what the same folder defines by that name, and no other."""

from __future__ import annotations

import tree_sitter_lua

from codegraph.core.changes import FileLinks
from codegraph.core.facts import Occurrences, Outline
from codegraph.core.symbols import Confidence, DependencyKind, symbol_id
from codegraph.extract.languages.known import KnownLanguage
from codegraph.extract.languages.plain import plain_spec
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.keys import name_key
from codegraph.graph.resolve.scheme import MANY, TableReader, Value

LANGUAGES = (KnownLanguage("toy", "tree-sitter-lua", (".toy",)),)
SPECS = (plain_spec(__name__, "toy", tree_sitter_lua.language),)


class ToyScheme:
    """Resolves by folder and name."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
        """Offer every definition under its folder."""
        return {_key(path, definition.name): ((path, definition.descriptor),) for definition in outline.definitions[1:]}

    def link(self, path: str, outline: Outline, occurrences: Occurrences, table: TableReader) -> FileLinks:
        """Link every call to the one definition of its name in the folder."""
        collector = EdgeCollector(path, outline)
        for reference in occurrences.references:
            owner, name = reference.owner, reference.chain[-1]
            line, column = reference.positions[:2]
            value = table.get(_key(path, name))
            if value is None or value == MANY or len(value) > 1:
                collector.miss(owner, name, reference.role, "ambiguous" if value else "missing", line, column)
            else:
                target = symbol_id(*value[0])
                collector.add(owner, target, DependencyKind.CALLS, Confidence.EXACT, line, column)
        return collector.links()


def _key(path: str, name: str) -> str:
    return name_key("toy", f"{path.rpartition('/')[0]}:{name}")


SCHEMES = {"toy": ToyScheme()}
