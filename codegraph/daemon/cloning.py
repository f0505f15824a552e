"""Answers of clones: fingerprints are kept by content, groups are made of them anew for each revision.

Making fingerprints is the larger part of the work, and a file's depend on its bytes alone; so after an edit
only the changed file is read, and an answer after any sequence of edits is that of a clean build. They are made at the
first question (a project in which nobody asks pays nothing) out of the own inputs in the store, and dropped with
the last file of these bytes. The groups of the last questions are kept, too: a page after the first costs nothing.
Shared by all readers, guarded by a lock. Tests: tests/unit/daemon/test_daemon_cloning.py.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping

import msgspec

from codegraph.core.facts import decode_inputs, decode_own_tokens
from codegraph.core.symbols import DOCUMENT_LANGUAGES
from codegraph.daemon.clones import MEMBERS_SHOWN, CloneGroup, CloneMember, ClonesParams, ClonesResult
from codegraph.daemon.inputs import InputSource
from codegraph.daemon.messages import Bound, EmptyReason, Uncertainty
from codegraph.daemon.targets import describe
from codegraph.daemon.view import View
from codegraph.errors import ProjectError
from codegraph.graph.file_view import FileView
from codegraph.graph.snapshot import Snapshot
from codegraph.search import clones
from codegraph.search.clones import USUAL_KINDS, CloneBounds, Clones, FileUnits, find_clones
from codegraph.search.fingerprints import FileTokens, Fingerprints, fingerprints

ANSWERS_KEPT = 4

Content = tuple[bytes, str]
"""A file's blob and language."""


class CloneFinder:
    """Finds the clones of one project."""

    def __init__(self, source: InputSource, freed: Callable[[], None] = lambda: None) -> None:
        """`source` is asked from several threads; `freed` is called after groups were made, which takes much memory."""
        self._source = source
        self._freed = freed
        self._lock = threading.Lock()
        self._known: dict[Content, Fingerprints] = {}
        self._answers: OrderedDict[tuple[str, CloneBounds], tuple[Clones, int]] = OrderedDict()

    def answer(self, view: View, params: ClonesParams) -> ClonesResult:
        """Group the clones of a view. Raises ProjectError if nothing is indexed at the place that is asked about."""
        kinds = frozenset(params.kinds) or USUAL_KINDS
        bounds = CloneBounds(kinds, params.threshold, params.min_lines, params.min_tokens)
        found, missing = self.find(view.snapshot, bounds)
        groups = [group for group in found.groups if _touches(group, params.path)]
        causes = [Uncertainty(reason="missing", count=missing)] if missing else []
        if not found.complete:
            causes.append(Uncertainty(reason="similar", count=1))
        if not view.reconciled:
            causes.append(Uncertainty(reason="indexing", count=1))
        reason = EmptyReason.NOT_EMPTY
        if not groups:
            _require_place(view.snapshot, params.path)
            reason = EmptyReason.FILTERED if found.groups else _why_empty(view)
        return ClonesResult(
            clock=str(view.snapshot.clock),
            groups=tuple(_shown(view, group) for group in groups[: params.limit]),
            total=len(groups),
            bound=Bound.LOWER_BOUND if causes else Bound.EXACT,
            causes=tuple(causes),
            reason=reason,
        )

    def find(self, snapshot: Snapshot, bounds: CloneBounds) -> tuple[Clones, int]:
        """Return the groups of a snapshot, and how many files are not in it because the store has lost their tokens."""
        key = (str(snapshot.clock), bounds)
        with self._lock:
            answer = self._answers.get(key)
            is_new = answer is None
            if answer is None:
                files, missing = self._fingerprinted(snapshot)
                answer = self._answers[key] = (find_clones(files, bounds), missing)
                if len(self._answers) > ANSWERS_KEPT:
                    self._answers.popitem(last=False)
                del files
            self._answers.move_to_end(key)
        if is_new:
            self._freed()
        return answer

    def _fingerprinted(self, snapshot: Snapshot) -> tuple[list[FileUnits], int]:
        """Look at every file of the snapshot; forget what none of them needs."""
        # What is said twice in documents is no code that is there twice.
        files = [(path, view) for path, view in snapshot.files.items() if view.language not in DOCUMENT_LANGUAGES]
        contents = {_content(view): view for _, view in files}
        known = {content: self._known[content] for content in contents if content in self._known}
        read: deque[Content] = deque()
        for made in fingerprints(self._tokens({each: contents[each] for each in contents if each not in known}, read)):
            content = read.popleft()
            if made is not None:
                known[content] = made
        self._known = known
        found = [
            FileUnits(path, view.outline.definitions, known[content])
            for path, view in files
            if (content := _content(view)) in known
        ]
        return found, len(files) - len(found)

    def _tokens(self, contents: Mapping[Content, FileView], read: deque[Content]) -> Iterator[FileTokens]:
        """Read the tokens of files, and note which; leave out those with an own input that is lost or damaged."""
        for content, view in contents.items():
            frame = self._source.inputs(*content)
            try:
                inputs = {} if frame is None else decode_inputs(frame)
                owns = [decode_own_tokens(inputs[definition.own]) for definition in view.outline.definitions]
            except (KeyError, msgspec.DecodeError):
                continue
            read.append(content)
            yield FileTokens([own.name for own in owns], [bytes(own.tokens) for own in owns])


def _content(view: FileView) -> Content:
    return bytes(view.blob), view.language


def _touches(group: clones.CloneGroup, path: str) -> bool:
    return any(_lies_in(each.path, path.strip("/")) for each in group.members)


def _lies_in(path: str, place: str) -> bool:
    return not place or path == place or path.startswith(place + "/")


def _require_place(snapshot: Snapshot, path: str) -> None:
    place = path.strip("/")
    if place and not any(_lies_in(each, place) for each in snapshot.files):
        advice = f"paths are relative to the project; `codegraph skipped {place}` says what keeps a file out"
        raise ProjectError(f"nothing at {place} is indexed", advice)


def _why_empty(view: View) -> EmptyReason:
    if not view.reconciled:
        return EmptyReason.INDEXING
    return EmptyReason.NO_MATCH if view.snapshot.files else EmptyReason.NOTHING_INDEXED


def _shown(view: View, group: clones.CloneGroup) -> CloneGroup:
    files = view.snapshot.files
    return CloneGroup(
        kind=group.kind,
        similarity=group.similarity,
        tokens=group.tokens,
        count=len(group.members),
        members=tuple(
            CloneMember(symbol=describe(view, files[each.path].symbol(each.definition)), kind=each.kind)
            for each in group.members[:MEMBERS_SHOWN]
        ),
    )
