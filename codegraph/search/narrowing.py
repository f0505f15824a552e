"""What narrows the candidates of a query besides kind, language and path: containers, terms, sets of symbols.

All of it becomes one mask by symbol number that both indexes apply before they rank, so no result is lost because
better ones were filtered out afterwards. Tests: tests/unit/search/test_search_narrowing.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from codegraph.core.symbols import SymbolId
from codegraph.search.analysis import Analyser
from codegraph.search.catalogue import CatalogueView
from codegraph.search.documents import module_name, qualified_name
from codegraph.search.filters import Filter, Mask
from codegraph.search.lexical import LexicalView


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Bounds all of which hold; None and empty tuples set none."""

    filter: Filter = field(default_factory=Filter)
    containers: tuple[str, ...] = ()
    """Names of classes, modules or files; a symbol stands in one of them."""
    terms: tuple[str, ...] = ()
    """Of the lexical index; a symbol's document has all of them."""
    symbols: Collection[SymbolId] | None = None
    """Only these."""

    def mask(
        self, catalogue: CatalogueView, lexical: LexicalView, number: Callable[[SymbolId], int | None]
    ) -> Mask | None:
        """Return, by symbol number, whether the bounds besides `filter` let it pass; None when they let all pass."""
        masks: list[Mask] = []
        if self.containers:
            masks.append(_inside(catalogue, self.containers))
        masks += [_with_term(lexical, term, catalogue.count) for term in self.terms]
        if self.symbols is not None:
            chosen = np.zeros(catalogue.count, dtype=np.bool_)
            numbers = [found for symbol in self.symbols if (found := number(symbol)) is not None]
            chosen[[found for found in numbers if found < catalogue.count]] = True
            masks.append(chosen)
        return np.logical_and.reduce(masks) if masks else None


def phrase_terms(phrases: Sequence[str]) -> tuple[str, ...]:
    """Return the terms that a document has in which all of these phrases occur word by word."""
    analyser = Analyser()
    return tuple(dict.fromkeys(term for phrase in phrases for term in analyser.terms(phrase)))


def live(lexical: LexicalView, count: int) -> Mask:
    """Return, by symbol number, whether a symbol has a document."""
    mask = np.zeros(count, dtype=np.bool_)
    for view in lexical.segments:
        mask[view.segment.numbers if view.dead is None else view.segment.numbers[~view.dead]] = True
    return mask


def _with_term(lexical: LexicalView, term: str, count: int) -> Mask:
    mask = np.zeros(count, dtype=np.bool_)
    encoded = term.encode("utf-8", "surrogatepass")
    for view in lexical.segments:
        segment = view.segment
        index = segment.terms.find(encoded)
        if index >= 0:
            documents = segment.postings[int(segment.offsets[index]) : int(segment.offsets[index + 1])]
            if view.dead is not None:
                documents = documents[~view.dead[documents]]
            mask[segment.numbers[documents]] = True
    return mask


def _inside(catalogue: CatalogueView, containers: Sequence[str]) -> Mask:
    """Mark the symbols that stand in a file, module or definition of one of these names."""
    wanted = [name.replace("::", ".").replace("#", ".") for name in containers]
    paths = catalogue.path_names[: catalogue.path_count]
    mask = np.array([_is_file(path, containers) for path in paths] or [False], dtype=np.bool_)[catalogue.paths]
    symbols = catalogue.symbols[: catalogue.count]
    for name in wanted:
        last = name.rpartition(".")[2]
        for number in [number for number, symbol in enumerate(symbols) if last in symbol]:
            around = qualified_name(symbols[number][len(catalogue.path(number)) + 1 :]).rpartition(".")[0]
            if f".{name}." in f".{around}.":
                mask[number] = True
    return mask


def _is_file(path: str, names: Sequence[str]) -> bool:
    return any(path == name or path.endswith("/" + name) or module_name(path) == name for name in names)
