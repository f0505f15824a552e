"""From one state of the graph to the next: what differs per symbol, and the graph brought up to date.

Input: the last snapshot, the *drafts* of the files that were linked (again), and the files that are
gone. Output: the `Transition`, with the seeds of the staleness rule and the drafts that differ at all.
A file that was linked again with the same result is dropped here: everything after it is spared.

Tests: tests/unit/graph/test_graph_index.py, tests/model/.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from codegraph.core.facts import Definition, Outline
from codegraph.core.symbols import BlobDigest, SymbolId
from codegraph.graph.dependency_graph import DependencyGraph
from codegraph.graph.file_view import FileView
from codegraph.graph.snapshot import Snapshot
from codegraph.graph.staleness import Seeds
from codegraph.graph.stored import PackedLinks

logger = logging.getLogger(__name__)


class Draft(NamedTuple):
    """A file view without keys."""

    path: str
    blob: BlobDigest
    outline: Outline
    links: PackedLinks
    ids: tuple[SymbolId, ...]


@dataclass(slots=True)
class Transition:
    """What differs between two states, symbol by symbol; see `IndexDelta` for the terms."""

    views: dict[str, Draft | None] = field(default_factory=dict)
    added: list[SymbolId] = field(default_factory=list)
    removed: list[SymbolId] = field(default_factory=list)
    touched: list[SymbolId] = field(default_factory=list)
    moved: list[SymbolId] = field(default_factory=list)
    seeds: Seeds = field(default_factory=Seeds)


ModelRule = Callable[[Definition], bytes]
"""A definition -> the identity of the model that embeds it, a pure function."""


def transition(
    before: Snapshot, graph: DependencyGraph, drafts: Mapping[str, Draft], gone: Iterable[str], model_of: ModelRule
) -> Transition:
    """Bring the graph up to date and say what differs."""
    step = Transition()
    differing = [draft for path, draft in drafts.items() if _differs(before.files.get(path), draft)]
    for draft in differing:
        _note_digests(step, before.files.get(draft.path), draft, graph, model_of)
    for path in gone:
        step.views[path] = None
        step.removed.extend(before.files[path].ids)
    edges: dict[int, tuple[int, ...]] = {}
    removed = frozenset(step.removed)
    for draft in differing:
        numbers = graph.found(draft.links.targets)
        lost = [
            target
            for target, number in zip(draft.links.targets, numbers, strict=True)
            if number is None or target in removed
        ]
        if lost:
            draft = _without_lost(draft, lost)
            numbers = graph.found(draft.links.targets)
        targets = {graph.ids[number]: number for number in numbers if number is not None}
        packed = draft.links
        links = PackedLinks(tuple(targets), packed.starts, packed.edges, packed.names, packed.misses)
        draft = draft._replace(links=links)
        step.views[draft.path] = draft
        _note_edges(step, before.files.get(draft.path), draft, graph, edges, targets)
    graph.connect_all(edges)
    graph.remove_all(step.removed)
    return step


def _without_lost(draft: Draft, lost: list[SymbolId]) -> Draft:
    """Keep a defect of linking to the file that has it: nothing else would be indexed any more."""
    what = f"{draft.path} has edges to {len(lost)} symbols that do not exist, such as {lost[0]}; they are left out"
    logger.error(what)
    warnings.warn(what, RuntimeWarning, stacklevel=3)
    return draft._replace(links=draft.links.without(lost))


def _differs(view: FileView | None, draft: Draft) -> bool:
    return view is None or view.outline is not draft.outline or view.blob != draft.blob or view.links != draft.links


def _note_digests(
    step: Transition, view: FileView | None, draft: Draft, graph: DependencyGraph, model_of: ModelRule
) -> None:
    definitions = draft.outline.definitions
    if view is None:
        owns = [definition.own for definition in definitions]
        signatures = [definition.signature_digest for definition in definitions]
        step.seeds.new += graph.put_all(draft.ids, owns, signatures, list(map(model_of, definitions)))
        step.added += draft.ids
        return
    old = dict(zip(view.ids, view.outline.definitions, strict=True))
    for symbol, definition in zip(draft.ids, definitions, strict=True):
        previous = old.pop(symbol, None)
        if previous is not None and _said(previous) == _said(definition):
            continue
        model = model_of(definition)
        number = graph.put(symbol, definition.own, definition.signature_digest, model)
        if previous is None:
            step.added.append(graph.ids[number])
            step.seeds.new.append(number)
            continue
        if previous.own != definition.own:
            step.seeds.own.append(number)
        elif model_of(previous) != model:
            step.seeds.model.append(number)
        if previous.signature_digest != definition.signature_digest:
            step.seeds.signature.append(number)
    step.removed.extend(old)


def _said(one: Definition) -> tuple[object, ...]:
    """Return what the graph keeps of a definition, and what decides which model embeds it."""
    return one.own, one.signature_digest, one.kind, one.length, one.flow


def _note_edges(
    step: Transition,
    view: FileView | None,
    draft: Draft,
    graph: DependencyGraph,
    edges: dict[int, tuple[int, ...]],
    numbers_of: Mapping[SymbolId, int],
) -> None:
    links, language, definitions = draft.links, draft.outline.language, draft.outline.definitions
    if view is None:
        for number, targets in zip(graph.numbers_of(draft.ids), links.context_targets(language), strict=True):
            numbers = tuple(map(numbers_of.__getitem__, targets))
            if numbers != graph.out[number]:
                edges[number] = numbers
        return
    old_labels = dict(zip(view.ids, view.links.labels(), strict=True))
    old_definitions = dict(zip(view.ids, view.outline.definitions, strict=True))
    for index, (symbol, labels) in enumerate(zip(draft.ids, links.labels(), strict=True)):
        definition, previous = definitions[index], old_definitions.get(symbol)
        has_same_edges = previous is not None and old_labels[symbol] == labels
        if not has_same_edges:
            number = graph.number(symbol)
            numbers = tuple(map(numbers_of.__getitem__, dict.fromkeys(links.context_targets_of(index, language))))
            if numbers != graph.out[number]:
                edges[number] = numbers
                if previous is not None:
                    step.seeds.edges.append(number)
        if previous is None:
            continue
        same_digests = previous.own == definition.own and previous.signature_digest == definition.signature_digest
        if not same_digests or not has_same_edges:
            step.touched.append(symbol)
        elif previous.range != definition.range or previous.selection_range != definition.selection_range:
            step.moved.append(symbol)
