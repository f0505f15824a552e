"""What editors ask codegraph for beside the Language Server Protocol: requests named `codegraph/...`.

Lists of symbols that show what LSP has no field for: the state of each vector, the score, how sure an edge is, and
below them, as notes, whatever limits the answer. `docs/cli.md` (Editors) describes them. A place that is asked about
means what it means to `codegraph callers FILE:LINE:COLUMN`. Tests: tests/integration/test_editor_lists.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from codegraph.cli.records import EXAMPLES_SHOWN, cause_text, reason_text, understood_notes
from codegraph.cli.status import lines
from codegraph.daemon.messages import (
    Bound,
    CallersParams,
    DefinitionParams,
    EdgesResult,
    ImpactParams,
    ImpactResult,
    Position,
    SearchParams,
    SearchResult,
    SimilarParams,
    SymbolInfo,
)
from codegraph.daemon.operations import VerifyParams
from codegraph.errors import DaemonNotRunning, ProjectError, UsageError

if TYPE_CHECKING:
    from codegraph.cli.language_server import Questions

TYPING_SECONDS = 1.0
"""How long a search waits that is asked at each key."""

FOUND = 50
"""How many symbols are ranked."""

Answer = dict[str, Any]
Notes = list[str]


class _Document(msgspec.Struct, frozen=True):
    uri: str


class _Asked(msgspec.Struct, frozen=True, rename="camel"):
    """The parameters of all requests here; which of them one reads is its own affair."""

    query: str = ""
    text_document: _Document | None = None
    position: Position | None = None


def search(questions: Questions, params: object) -> Answer:
    """Search by meaning and words, best first."""
    query, notes = _asked(params).query, Notes()
    if not query.strip():
        return _list("search", [], [], [])
    found = questions.ask(SearchParams(query=query, limit=FOUND), TYPING_SECONDS, notes.append)
    return _hits(f"search: {query}", questions, found, notes)


def similar(questions: Questions, params: object) -> Answer:
    """List the symbols nearest to the one at a place."""
    place, notes = _place(questions, params), Notes()
    meant = questions.ask(DefinitionParams(**place), log=notes.append).symbols
    if len(meant) == 1:
        place = {"symbol": meant[0].id}
    found = questions.ask(SimilarParams(**place, limit=FOUND), log=notes.append)
    return _hits(f"similar to {meant[0].qualified_name}" if meant else "similar code", questions, found, notes)


def callers(questions: Questions, params: object) -> Answer:
    """List who calls the symbol at a place: each place of each call."""
    place, notes = _place(questions, params), Notes()
    found = questions.ask(CallersParams(**place, places=True), log=notes.append)
    items = [
        _item(edge.symbol, f"{edge.kind}, {edge.confidence}", {"uri": questions.uri(edge.at.file), "range": at})
        for edge in found.edges
        for at in questions.places(edge, found.target.name)
    ]
    return _graph_list("callers", items, notes, found)


def impact(questions: Questions, params: object) -> Answer:
    """List what a change of the symbol at a place may reach, nearest first."""
    place, notes = _place(questions, params), Notes()
    found = questions.ask(ImpactParams(**place), log=notes.append)
    items = [
        _item(each.symbol, f"{each.kind}, {each.confidence}, {_steps(each.distance)}", questions.location(each.symbol))
        for each in found.affected
    ]
    return _graph_list("impact", items, notes, found)


def status(questions: Questions, _params: object) -> Answer:
    """Say how far the index is, in figures and as `codegraph status` does; no daemon is started for it."""
    try:
        found = questions.client.status()
    except DaemonNotRunning:
        return {"phase": "stopped", "lines": [["daemon", "does not run: the next question starts it"]], "warnings": []}
    return {
        "phase": found.phase,
        "filesRead": found.files_read,
        "filesToRead": found.files_to_read,
        "pending": sum(lane.pending for lane in found.lanes),
        "stale": sum(lane.stale for lane in found.lanes),
        "lines": [list(line) for line in lines(found)],
        "warnings": list(found.warnings),
    }


def verify(questions: Questions, _params: object) -> Answer:
    """Build the index a second time from the disk and compare."""
    found = questions.client.call(VerifyParams())
    return {"equal": found.equal, "differences": found.differences, "counts": found.counts}


LISTS: Mapping[str, Callable[[Questions, Any], Answer]] = MappingProxyType(
    {
        "codegraph/search": search,
        "codegraph/similar": similar,
        "codegraph/callers": callers,
        "codegraph/impact": impact,
        "codegraph/verify": verify,
    }
)
"""By method; they start a daemon where none runs. `codegraph/status` does not."""


def _asked(params: object) -> _Asked:
    """Read parameters as the protocol's library gives those of requests that it does not know: tuples with names."""
    try:
        return msgspec.convert({} if params is None else _plain(params), _Asked)
    except msgspec.ValidationError as error:
        raise UsageError(f"the parameters are not those of the request: {error}", "see docs/cli.md, Editors") from error


def _plain(value: Any) -> Any:
    return {name: _plain(each) for name, each in value._asdict().items()} if hasattr(value, "_asdict") else value


def _place(questions: Questions, params: object) -> dict[str, Any]:
    """Return the fields that name what stands at the place of the cursor. Raises UsageError, ProjectError."""
    asked = _asked(params)
    if asked.text_document is None or asked.position is None:
        raise UsageError("there is no place to ask about", "send textDocument and position")
    file = questions.file(asked.text_document.uri)
    if file is None:
        raise ProjectError(f"{asked.text_document.uri} lies outside of the project", "open the folder that it is in")
    place = questions.saved(file, asked.position)
    if place is None:
        raise ProjectError(f"line {asked.position.line + 1} is not saved as it stands", "save the file and ask again")
    return {"file": file, "line": place.line, "character": place.character}


def _hits(title: str, questions: Questions, found: SearchResult, told: Sequence[str]) -> Answer:
    items = [
        {**_item(hit.symbol, "", questions.location(hit.symbol)), "score": round(hit.score, 4)} for hit in found.results
    ]
    notes = [
        *told,
        *found.warnings,
        *understood_notes(found.understood),
        *([] if items else [reason_text(found.reason)]),
    ]
    below = [f"copies of these that are left out: {len(found.folded)}"] if found.folded else []
    return _list(title, items, notes, below)


def _item(symbol: SymbolInfo, note: str, location: object) -> Answer:
    return {
        "name": symbol.qualified_name,
        "kind": symbol.kind,
        "state": symbol.state,
        "file": symbol.file,
        "note": note,
        "location": location,
    }


def _graph_list(title: str, items: Sequence[Answer], told: Sequence[str], found: EdgesResult | ImpactResult) -> Answer:
    """Say what an answer is of, if of more than one definition, why it is empty, and what it may lack."""
    others = len(found.more_targets)
    notes = [f"of this and {others} other definitions of that name"] if others else []
    notes += [reason_text(found.reason)] if found.reason else []
    if found.bound is Bound.LOWER_BOUND:
        notes += [f"this may not be all: {', '.join(f'{each.reason} ({each.count})' for each in found.causes)}"]
    title = f"{title} of {found.target.qualified_name}"
    return _list(title, items, [*told, *notes], [cause_text(each, EXAMPLES_SHOWN) for each in found.causes])


def _list(title: str, items: Sequence[Answer], notes: Sequence[str], below: Sequence[str]) -> Answer:
    """Return a list; notes limit what it says and stand above it, what is `below` adds to them."""
    return {"title": title, "items": list(items), "notes": list(notes), "below": list(below)}


def _steps(distance: int) -> str:
    return "1 step" if distance == 1 else f"{distance} steps"
