"""The index: facts in, graph and keys out. One writer; readers take snapshots.

`apply` takes a change set through five stages, each of which stops where its output is as before:

    table   the files' contributions are replaced; the keys whose value changed
    link    the changed files, and every file that had read one of those keys
    graph   per symbol: new, gone, digests changed, ordered out-edges changed
    mark    the symbols whose key may differ (`staleness`)
    key     their keys, computed and compared; the new snapshot

All table updates precede all linking, so the order of files cannot matter. A clean build is the same
code with an empty past, and the state after any history equals it (invariant I1; `differences` in
`compare.py` is how that is checked, here and by `codegraph verify`).

A change set takes effect as a whole: readers see the snapshot before or the one after. If a stage
raises, the tables may be half changed: the index keeps its last snapshot, and refuses every further
call with InternalError until the caller builds a new one.

A warm start has two stages: `restore` gives the snapshot, so that queries can be answered;
`complete_restore` fills the table and the graph that only `apply` needs. Neither decodes occurrences.

Tests: tests/unit/graph/test_graph_index.py, tests/model/.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter

from codegraph.config import CascadeConfig
from codegraph.core.changes import Cause, ChangeSet, Clock, Facts, IndexDelta
from codegraph.core.digests import embedding_key
from codegraph.core.facts import Occurrences
from codegraph.core.routes import UNDECIDED, Routes
from codegraph.core.symbols import NO_KEY, BlobDigest, EmbeddingKey, SymbolId
from codegraph.errors import InternalError
from codegraph.graph.context import context
from codegraph.graph.deferred import AT_ONCE, SLICE, DeferredKeys
from codegraph.graph.defined import DefinedNames
from codegraph.graph.dependency_graph import DependencyGraph
from codegraph.graph.file_view import FileParts, FileView, StoredFile, ids_of, share_names
from codegraph.graph.link import contributions_of
from codegraph.graph.relink import EDITED_TOGETHER, Relinker, opened
from codegraph.graph.remembered import MANY_FILES
from codegraph.graph.resolve.scheme import Value
from codegraph.graph.revise import empty_snapshot, revise
from codegraph.graph.snapshot import Counts, Snapshot
from codegraph.graph.staleness import Marking, MarkingRule, mark
from codegraph.graph.stored import Sharer, Trace, decode_links, decode_trace, encode_links
from codegraph.graph.table import SymbolTable
from codegraph.graph.transition import Draft, Transition, transition

_SMALL_CLOSURE = 100
"""A closure of so few symbols is never over budget, however small the project."""

_COMPLETED_TOGETHER = 256
"""Files whose share of the table is decoded at once: decoded, that of all is twice what the table takes."""


class Index:
    """The semantic index of one project, in memory.

    `load_occurrences(language, blob)` gives the stored occurrences of a file that has to be linked
    again although it did not change. If more than `at_once` symbols are marked, the keys of those that are reached
    from others are left to `compute_keys`. `table`, `marking` and `timer` are seams for tests.
    """

    def __init__(
        self,
        *,
        instance: str,
        cascade: CascadeConfig,
        routes: Routes,
        load_occurrences: Callable[[str, BlobDigest], Occurrences],
        table: Callable[[], SymbolTable] = SymbolTable,
        marking: MarkingRule = mark,
        at_once: int = AT_ONCE,
        timer: Callable[[], float] = perf_counter,
    ) -> None:
        self._cascade = cascade
        self._routes = routes
        self._table = table()
        self.relinker = Relinker(self._table, load_occurrences)
        """Only for whoever writes."""
        self._marking = marking
        self._timer = timer
        self._at_once = at_once
        self._deferred = DeferredKeys()
        self._graph = DependencyGraph()
        self._broken = ""
        self._to_restore: tuple[StoredFile, ...] = ()
        self._traces: dict[str, bytes] = {}
        """Files whose share of the table is not in it yet, and that share as it is stored."""
        self._snapshot = empty_snapshot(Clock(instance, 0), cascade.depth, cascade.max_context, routes)

    @property
    def snapshot(self) -> Snapshot:
        """The present revision; safe to take from any thread and to keep."""
        return self._snapshot

    def apply(self, changes: ChangeSet, linked: Mapping[str, bytes] | None = None) -> IndexDelta:
        """Make one change set a revision.

        `linked`: the stored links of all files of a first index, if they were linked elsewhere, by the same functions
        over the same facts; what is no first index is linked here. A change set that changes nothing gives an empty
        delta of the present revision. Raises InternalError if an invariant is broken; the index is unusable from
        then on.
        """
        with self._writing():
            return self._apply(changes, linked or {})

    def set_routes(self, routes: Routes) -> IndexDelta:
        """Let other models embed the symbols; `keys` of the delta holds every symbol whose key differs."""
        with self._writing():
            if routes == self._routes:
                return IndexDelta(self._snapshot.clock.revision)
            self._routes = routes
            started = self._timer()
            for view in self._snapshot.files.values():
                for symbol, definition in zip(view.ids, view.outline.definitions, strict=True):
                    self._graph.model[self._graph.number(symbol)] = routes.model_of(definition)
            changed = self._recompute(self._graph.numbers())
            self._deferred.clear()
            self.relinker.memory.clear()
            self._snapshot = self._revised({}, changed)
            seconds = {"key": self._timer() - started}
            return IndexDelta(self._snapshot.clock.revision, keys=self._keys_of(changed), seconds=seconds)

    def compute_keys(self, limit: int = SLICE) -> IndexDelta:
        """Compute some of the keys that revisions left for later; what comes of it belongs to the present revision."""
        with self._writing():
            started = self._timer()
            causes, over_budget = self._deferred.take(limit), self._deferred.over_budget
            changed = self._recompute(map(self._graph.number, causes))
            self._deferred.discard(causes)
            self._snapshot = self._revised({}, changed, self._snapshot.clock.revision)
            keys = self._keys_of(changed)
            return IndexDelta(
                revision=self._snapshot.clock.revision,
                marked=causes,
                cut=tuple(symbol for symbol in causes if symbol not in keys),
                keys=keys,
                over_budget=over_budget,
                seconds={"key": self._timer() - started},
            )

    def rename(self, instance: str) -> None:
        """Let the present revision, and those that follow, be of another instance."""
        with self._writing():
            clock = Clock(instance, self._snapshot.clock.revision)
            self._snapshot = replace(self._snapshot, clock=clock)

    def prefer_keys(self, symbols: Iterable[SymbolId]) -> None:
        """Let `compute_keys` begin with those of these symbols whose keys are owed."""
        self._deferred.prefer(symbols)

    def restore(self, files: Iterable[StoredFile], revision: int = 0, counts: Counts | None = None) -> None:
        """First stage of a warm start: the snapshot, out of what was stored. The index must be empty.

        `counts`, where they are known, vouch for the files: these are then decoded when somebody asks for them.
        Otherwise all are decoded now; raises StoreCorrupt if the parts of one do not fit each other.
        """
        if self._snapshot.files or self._to_restore:
            raise InternalError("only an empty index can be restored")
        stored = tuple(files)
        views: dict[str, FileView | None] = {each.view.path: each.view for each in stored}
        if counts is None:
            share_names([each.view for each in stored])
        clock = Clock(self._snapshot.clock.instance, revision)
        self._snapshot = revise(self._snapshot, clock, views, counts=counts)
        self._to_restore = stored

    def complete_restore(self) -> None:
        """Second stage of a warm start: table, readers, graph and the snapshot's maps. `apply` does it when nobody did.

        Raises InternalError if what was stored does not fit together; the index is unusable from then on.
        """
        with self._writing():
            self._complete_table()
            self._snapshot.complete()

    def recall(self, paths: Collection[str]) -> None:
        """Prepare what `apply` needs of these files as they are; it does so itself where nobody did."""
        with self._writing():
            self._complete_table()
            for view in filter(None, map(self._snapshot.files.get, paths if len(paths) <= EDITED_TOGETHER else ())):
                self.relinker.recall(view)

    def _complete_table(self) -> None:
        packed, self._traces = tuple(self._traces.items()), {}
        sharer = Sharer()
        for start in range(0, len(packed), _COMPLETED_TOGETHER):
            traces = {path: decode_trace(trace) for path, trace in packed[start : start + _COMPLETED_TOGETHER]}
            self._table.update(
                {
                    path: {key: sharer.value(value) for key, value in trace.contributions.items()}
                    for path, trace in traces.items()
                }
            )
            for path, trace in traces.items():
                self._table.set_reads(path, trace.reads)

    def _complete_graph(self) -> None:
        stored, self._to_restore = self._to_restore, ()
        self._traces = {each.view.path: decode_links(each.links).trace for each in stored}
        views = [each.view for each in stored]
        share_names(views)
        graph = self._graph
        for view in views:
            for symbol, definition, key in zip(view.ids, view.outline.definitions, view.keys, strict=True):
                model = self._routes.model_of(definition)
                graph.key[graph.put(symbol, definition.own, definition.signature_digest, model)] = key
        graph.connect_all(
            {
                graph.number(symbol): tuple(map(graph.number, targets))
                for view in views
                for symbol, targets in zip(view.ids, view.links.context_targets(view.language), strict=True)
                if targets
            }
        )

    def stored_links(self, path: str) -> bytes:
        """Return what the store keeps of a file's links; KeyError if the file is not indexed."""
        packed = self._snapshot.files[path].links
        trace = self._traces.get(path)
        return encode_links(packed, trace or Trace(self._table.contributions(path), self._table.reads(path)))

    def _apply(self, changes: ChangeSet, linked: Mapping[str, bytes]) -> IndexDelta:
        files = {path: facts for path, facts in sorted(changes.files.items()) if self._differs(path, facts)}
        if len(files) <= EDITED_TOGETHER:
            files = {path: None if facts is None else opened(facts) for path, facts in files.items()}
        if not files:
            return IndexDelta(self._snapshot.clock.revision)
        times = [self._timer()]
        if not self._snapshot.files and files.keys() == linked.keys():
            times.append(times[0])
            drafts = self._linked_elsewhere(files, linked)
        else:
            self._complete_table()
            names = DefinedNames(self._snapshot, files)
            keys = self._replace(files, names)
            times.append(self._timer())
            drafts = self._relink(files, names, keys)
        times.append(self._timer())
        self._deferred.settle_causes()
        gone = [path for path in files if files[path] is None]
        step = transition(self._snapshot, self._graph, drafts, gone, self._routes.model_of)
        times.append(self._timer())
        marking = self._marking(self._graph, step.seeds, self._cascade.depth)
        times.append(self._timer())
        at_once, over_budget = marking.numbers, self._over_budget(marking)
        if len(at_once) > self._at_once:
            at_once = marking.direct
        changed = self._recompute(at_once)
        marked = marking.causes(at_once)
        self._defer(marking, marked, step.removed, over_budget)
        self._snapshot = self._revised(step.views, changed)
        times.append(self._timer())
        stages = ("table", "link", "graph", "mark", "key")
        seconds = {stage: times[at + 1] - times[at] for at, stage in enumerate(stages)}
        later = len(marking) - len(marked)
        return self._delta(tuple(files), tuple(drafts), step, marked, later, over_budget, changed, seconds)

    def _over_budget(self, marking: Marking) -> bool:
        return marking.cascaded > max(_SMALL_CLOSURE, self._cascade.budget * len(self._graph))

    def _defer(
        self, marking: Marking, done: Mapping[SymbolId, Cause], removed: Iterable[SymbolId], over_budget: bool
    ) -> None:
        """Leave the marked that are not done for later."""
        self._deferred.discard((*done, *removed))
        if len(marking) > len(done):
            ids = (self._graph.ids[number] for number in marking.numbers)
            self._deferred.defer(marking, [symbol for symbol in ids if symbol not in done], over_budget)

    def _delta(
        self,
        files: tuple[str, ...],
        relinked: tuple[str, ...],
        step: Transition,
        marked: dict[SymbolId, Cause],
        later: int,
        over_budget: bool,
        changed: list[int],
        seconds: dict[str, float],
    ) -> IndexDelta:
        keys = self._keys_of(changed)
        return IndexDelta(
            revision=self._snapshot.clock.revision,
            files=files,
            relinked=relinked,
            added=tuple(sorted(step.added)),
            removed=tuple(sorted(step.removed)),
            touched=tuple(sorted(step.touched)),
            marked=marked,
            cut=tuple(symbol for symbol in marked if symbol not in keys),
            keys=keys,
            moved=tuple(sorted(step.moved)),
            later=later,
            over_budget=over_budget,
            seconds=seconds,
        )

    def _differs(self, path: str, facts: Facts | None) -> bool:
        view = self._snapshot.files.get(path)
        if view is None or facts is None:
            return view is not None or facts is not None
        return view.blob != facts.blob or view.outline != facts.outline

    def _replace(self, files: dict[str, Facts | None], names: DefinedNames) -> dict[str, Value | None]:
        """Replace what files offer; return the keys that have changed, and of those of the table the old values."""
        contributions = {
            path: None if facts is None else contributions_of(path, facts.outline, facts.occurrences)
            for path, facts in files.items()
        }
        return self._table.update(contributions) | dict.fromkeys(names.changed_keys())

    def _relink(
        self, files: Mapping[str, Facts | None], names: DefinedNames, keys: Mapping[str, Value | None]
    ) -> dict[str, Draft]:
        """Link the changed files, and those that read one of the changed keys, of which the old values are given."""
        views, link, is_edit = self._snapshot.files, self.relinker.link, len(files) <= EDITED_TOGETHER
        again = {*files, *self._table.readers(keys)}
        if len(again) > MANY_FILES:
            self.relinker.memory.keep(filter(None, map(views.get, sorted(again))), keys)
        gone = {path for path, facts in files.items() if facts is None}
        self.relinker.forget(gone)
        paths = sorted(again - gone)
        return {path: link(path, files.get(path), views.get(path), keys, names.value, is_edit) for path in paths}

    def _linked_elsewhere(self, files: Mapping[str, Facts | None], linked: Mapping[str, bytes]) -> dict[str, Draft]:
        """Take links that were made elsewhere; the table is filled when a change needs it."""
        drafts = {}
        for path, facts in files.items():
            if facts is not None:
                stored = decode_links(linked[path])
                self._traces[path] = stored.trace
                drafts[path] = Draft(path, facts.blob, facts.outline, stored.packed, ids_of(path, facts.outline))
        return drafts

    def _recompute(self, numbers: Iterable[int]) -> list[int]:
        """Compute keys, NO_KEY where the model is undecided; return the numbers of those that differ."""
        graph, depth, limit = self._graph, self._cascade.depth, self._cascade.max_context
        neighbours, signatures = graph.out.__getitem__, graph.signature
        changed = []
        for number in numbers:
            model = graph.model[number]
            key = NO_KEY
            if model != UNDECIDED:
                reached = context(number, neighbours, depth, limit)
                key = embedding_key(model, limit, graph.own[number], [signatures[each] for each in reached])
            if key != graph.key[number]:
                graph.key[number] = key
                changed.append(number)
        return changed

    def _keys_of(self, numbers: Iterable[int]) -> dict[SymbolId, EmbeddingKey]:
        return dict(sorted((self._graph.ids[n], self._graph.key[n]) for n in numbers))

    def _revised(
        self, drafts: dict[str, Draft | None], changed: Iterable[int], revision: int | None = None
    ) -> Snapshot:
        before, graph = self._snapshot, self._graph
        before.mentioned.get()  # made once after a restore; from then on each revision changes the last one's
        before.named.get()
        views: dict[str, FileView | None] = {}
        for path, draft in drafts.items():
            if draft is None:
                views[path] = None
            else:
                keys = tuple(map(graph.key.__getitem__, graph.numbers_of(draft.ids)))
                parts = FileParts(draft.outline, draft.links, draft.ids, keys)
                views[path] = FileView(path, draft.blob, draft.outline.language, parts)
        elsewhere = before.places.find_each([graph.ids[number] for number in changed]) if before.files else ()
        others = {place[0] for place in elsewhere if place is not None}
        for path in sorted(others.difference(views)):
            view = before.files[path]
            keys = tuple(map(graph.key.__getitem__, graph.numbers_of(view.ids)))
            views[path] = FileView(path, view.blob, view.language, view.parts._replace(keys=keys))
        clock = Clock(before.clock.instance, before.clock.revision + 1 if revision is None else revision)
        return revise(before, clock, views, routes=self._routes, unkeyed=self._deferred.symbols)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if self._broken:
            raise InternalError(f"the index failed earlier and has to be built again: {self._broken}")
        try:
            if self._to_restore:
                self._complete_graph()
            yield
        except Exception as error:
            self._broken = f"{type(error).__name__}: {error}"
            raise InternalError(f"the index has to be built again: {self._broken}") from error
