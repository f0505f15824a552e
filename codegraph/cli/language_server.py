"""codegraph for editors: a server of the Language Server Protocol on standard input and output.

It stands beside the language's own server and answers what that one does not: `workspace/symbol` searches by meaning,
call hierarchies, type hierarchies and implementations cross files and languages, and all is of one graph. Each request
is a question to the daemon of the project, which is started at the first one. A question waits until what was saved
before it is indexed. Text that is not saved is not known, but places are those of the editor's buffers: what is asked
there is looked up where that line is saved (`unsaved.py`), and what is answered stands where the buffer has it. The
protocol has no place for what may be missing from a list, so that is logged as a warning (`window/logMessage`); the
requests of our own in `editor_lists.py` have one.

Specification: LSP 3.17; the protocol itself is the package pygls's. Tests: tests/integration/test_language_server.py,
tests/unit/cli/test_cli_language_server.py.
"""

from __future__ import annotations

import logging
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from codegraph import __version__
from codegraph.cli.arguments import project_file
from codegraph.cli.editor_lists import FOUND, LISTS, status
from codegraph.cli.extents import is_around, is_within
from codegraph.cli.output import Output
from codegraph.cli.project import Session, find_root, open_session
from codegraph.cli.records import signature_text
from codegraph.cli.unsaved import LineMap
from codegraph.cli.words import width_at
from codegraph.core.symbols import DependencyKind, SymbolKind
from codegraph.daemon.messages import (
    Bound,
    CalleesParams,
    CallersParams,
    DefinitionParams,
    DependenciesParams,
    EdgeInfo,
    EdgesResult,
    LspRange,
    Position,
    Query,
    ReferencesParams,
    SearchParams,
    SymbolInfo,
    SymbolsParams,
    Wait,
)
from codegraph.errors import CodegraphError, ProjectError, SymbolNotFound, SyncTimeout, UsageError

try:
    from lsprotocol import types
    from pygls import uris
    from pygls.exceptions import JsonRpcException
    from pygls.lsp.server import LanguageServer
    from pygls.protocol import LanguageServerProtocol, lsp_method
    from pygls.workspace import Workspace
except ImportError as missing:
    advice = "pip install 'codegraph-daemon[lsp]'"
    raise UsageError(f"the command lsp needs a library that is not installed: {missing}", advice) from missing

ResultT = TypeVar("ResultT", bound=msgspec.Struct)

WAIT_SECONDS = 10.0
"""How long a question waits for the index before it is answered from what is there."""

REQUEST_FAILED = -32803
"""LSP's error code of a request that was right and could not be answered."""

_KINDS = {
    SymbolKind.MODULE: types.SymbolKind.Module,
    SymbolKind.CLASS: types.SymbolKind.Class,
    SymbolKind.INTERFACE: types.SymbolKind.Interface,
    SymbolKind.ENUM: types.SymbolKind.Enum,
    SymbolKind.FUNCTION: types.SymbolKind.Function,
    SymbolKind.METHOD: types.SymbolKind.Method,
    SymbolKind.CONSTANT: types.SymbolKind.Constant,
    SymbolKind.SECTION: types.SymbolKind.String,
}
_BASES = (DependencyKind.INHERITS, DependencyKind.IMPLEMENTS)
_IMPLEMENTED = (*_BASES, DependencyKind.OVERRIDES)
Log = Callable[[str], None]


class _Place(Protocol):
    """Where the cursor stands."""

    text_document: types.TextDocumentIdentifier
    position: types.Position


class Questions:
    """Answers of one request, over one connection."""

    def __init__(self, session: Session, log: Log, workspace: Workspace) -> None:
        """`log` tells the user what limits an answer; `workspace` has the buffers of the editor."""
        self.client = session.client
        self._session = session
        self._log = log
        self._workspace = workspace
        self._maps: dict[str, LineMap | None] = {}
        self._texts: dict[str, str | None] = {}

    def workspace_symbol(self, params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
        """Search by meaning and words, best first; filters may stand in the query."""
        if not params.query.strip():
            return []
        found = self.ask(SearchParams(query=params.query, limit=FOUND))
        for each in found.warnings:
            self._log(each)
        return [
            types.SymbolInformation(
                name=hit.symbol.name,
                kind=_KINDS[hit.symbol.kind],
                location=self.location(hit.symbol),
                container_name=hit.symbol.qualified_name.removesuffix(hit.symbol.name).rstrip("."),
            )
            for hit in found.results
        ]

    def document_symbol(self, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        """Show what a file defines as a tree."""
        file = self.file(params.text_document.uri)
        if file is None:
            return []
        tops: list[types.DocumentSymbol] = []
        around: list[tuple[LspRange, list[types.DocumentSymbol]]] = []
        found = self.ask(SymbolsParams(file=file, limit=1_000))
        if found.truncated:
            self._log(f"{file} defines more than the {len(found.symbols):,} symbols that are shown")
        for symbol in found.symbols:
            if symbol.kind is SymbolKind.MODULE:
                continue
            children: list[types.DocumentSymbol] = []
            while around and not is_within(symbol.range, around[-1][0]):
                around.pop()
            siblings = around[-1][1] if around else tops
            siblings.append(
                types.DocumentSymbol(
                    name=symbol.name,
                    kind=_KINDS[symbol.kind],
                    range=self._range(file, symbol.range),
                    selection_range=self._range(file, symbol.selection_range),
                    detail=signature_text(symbol.signature),
                    children=children,
                )
            )
            around.append((symbol.range, children))
        return tops

    def definition(self, params: types.DefinitionParams) -> list[types.Location]:
        """Find what a name means; a name of something outside of the project means nothing here."""
        return [self.location(symbol) for symbol in self._at(params)]

    def references(self, params: types.ReferenceParams) -> list[types.Location]:
        """List who refers to a symbol, with all places; what overrides it refers to it at its own name."""
        found: dict[tuple[str, int, int], types.Location] = {}
        for symbol in self._at(params):
            edges = self._edges(ReferencesParams(symbol=symbol.id, places=True))
            places = [self.location(symbol)] if params.context.include_declaration else []
            places += [
                types.Location(self.uri(edge.at.file), at) for edge in edges for at in self.places(edge, symbol.name)
            ]
            for each in places:
                found.setdefault((each.uri, each.range.start.line, each.range.start.character), each)
        return list(found.values())

    def implementation(self, params: types.ImplementationParams) -> list[types.Location]:
        """List the types that inherit one, and the methods that override one."""
        return [
            self.location(edge.symbol)
            for symbol in self._at(params)
            for edge in self._edges(DependenciesParams(symbol=symbol.id, reverse=True, kinds=_IMPLEMENTED))
        ]

    def prepare_calls(self, params: types.CallHierarchyPrepareParams) -> list[types.CallHierarchyItem]:
        """Return the symbol whose calls are asked for."""
        return [types.CallHierarchyItem(**self._item(symbol)) for symbol in self._at(params)]

    def incoming(self, params: types.CallHierarchyIncomingCallsParams) -> list[types.CallHierarchyIncomingCall]:
        """List who calls a symbol."""
        edges, name = self._edges(CallersParams(symbol=_id(params.item), places=True)), params.item.name
        return [types.CallHierarchyIncomingCall(self._call(edge), self.places(edge, name)) for edge in edges]

    def outgoing(self, params: types.CallHierarchyOutgoingCallsParams) -> list[types.CallHierarchyOutgoingCall]:
        """List what a symbol calls."""
        edges = self._edges(CalleesParams(symbol=_id(params.item), places=True))
        return [
            types.CallHierarchyOutgoingCall(self._call(edge), self.places(edge, edge.symbol.name)) for edge in edges
        ]

    def _call(self, edge: EdgeInfo) -> types.CallHierarchyItem:
        return types.CallHierarchyItem(**self._item(edge.symbol))

    def prepare_types(self, params: types.TypeHierarchyPrepareParams) -> list[types.TypeHierarchyItem]:
        """Return the type whose bases or subtypes are asked for."""
        return [types.TypeHierarchyItem(**self._item(symbol)) for symbol in self._at(params)]

    def supertypes(self, params: types.TypeHierarchySupertypesParams) -> list[types.TypeHierarchyItem]:
        """List the bases of a type."""
        return self._types(self._edges(DependenciesParams(symbol=_id(params.item), kinds=_BASES)))

    def subtypes(self, params: types.TypeHierarchySubtypesParams) -> list[types.TypeHierarchyItem]:
        """List the types that inherit a type."""
        return self._types(self._edges(DependenciesParams(symbol=_id(params.item), reverse=True, kinds=_BASES)))

    def _types(self, edges: Iterable[EdgeInfo]) -> list[types.TypeHierarchyItem]:
        return [types.TypeHierarchyItem(**self._item(edge.symbol)) for edge in edges]

    def _at(self, params: _Place) -> Sequence[SymbolInfo]:
        """Return what the place of the cursor names: by a reference, or where it is defined; nothing elsewhere."""
        file = self.file(params.text_document.uri)
        place = None if file is None else self.saved(file, params.position)
        if file is None or place is None:
            return ()
        try:
            found = self.ask(DefinitionParams(file=file, line=place.line, character=place.character)).symbols
        except (SymbolNotFound, ProjectError):
            return ()  # editors ask at every place, also in files that are not indexed
        return [
            each
            for each in found
            if not is_around(each, file, Position(place.line, place.character)) or self._word(params) == each.name
        ]

    def _word(self, place: _Place) -> str:
        return self._workspace.get_text_document(place.text_document.uri).word_at_position(place.position)

    def saved(self, file: str, place: types.Position | Position) -> types.Position | None:
        """Return where a place of a buffer is in the saved file; None, and a word about it, if its line is not."""
        lines = self._lines(file)
        line = place.line if lines is None else lines.saved(place.line)
        if line is None:
            self._log(f"{file}:{place.line + 1} is not saved as it stands, so nothing is known of it")
            return None
        return types.Position(line, place.character)

    def _lines(self, file: str) -> LineMap | None:
        """Compare the buffer of a file with what is saved; None if it is not open, or not there."""
        if file not in self._maps:
            buffer, saved = self._buffer(file), self._saved_text(file)
            self._maps[file] = None if buffer is None or saved is None else LineMap(buffer, saved)
        return self._maps[file]

    def _saved_text(self, file: str) -> str | None:
        """Return the text of a file on the disk; None if it is not there."""
        if file not in self._texts:
            try:
                self._texts[file] = Path(self._session.root, file).read_bytes().decode("utf-8", "replace")
            except OSError:
                self._texts[file] = None
        return self._texts[file]

    def _buffer(self, file: str) -> str | None:
        """Return the text of a file as the editor has it; None if it is not open."""
        for each in list(self._workspace.text_documents.values()):
            if each.filename == Path(file).name and self.file(each.uri) == file:
                return str(each.source)
        return None

    def _edges(self, params: Query[EdgesResult]) -> Sequence[EdgeInfo]:
        found = self.ask(params)
        if found.bound is Bound.LOWER_BOUND:
            what = f"{params.method} of {found.target.qualified_name}"
            self._log(f"{what} may not be all: {', '.join(f'{each.reason} ({each.count})' for each in found.causes)}")
        return found.edges

    def ask(self, params: Query[ResultT], seconds: float = WAIT_SECONDS, log: Log | None = None) -> ResultT:
        """Ask the daemon about what is saved by now, or say that it is about an older state."""
        try:
            return self.client.call(msgspec.structs.replace(params, wait=Wait.INDEXED, timeout=seconds))
        except SyncTimeout as error:
            (log or self._log)(f"{params.method} is answered from an older state: {error.message}")
            return self.client.call(params)

    def file(self, uri: str) -> str | None:
        """Return the path of a document in the project; None if it is not one."""
        path = uris.to_fs_path(uri)
        try:
            return None if path is None else project_file(path, self._session.root)
        except ProjectError:
            return None

    def uri(self, file: str) -> str:
        """Return the URI of a file of the project."""
        return Path(self._session.root, file).as_uri()

    def location(self, symbol: SymbolInfo) -> types.Location:
        """Return where a symbol's name stands in the editor."""
        return types.Location(self.uri(symbol.file), self._range(symbol.file, symbol.selection_range))

    def _item(self, symbol: SymbolInfo) -> dict[str, Any]:
        return {
            "name": symbol.name,
            "kind": _KINDS[symbol.kind],
            "uri": self.uri(symbol.file),
            "range": self._range(symbol.file, symbol.range),
            "selection_range": self._range(symbol.file, symbol.selection_range),
            "detail": symbol.qualified_name,
            "data": {"id": symbol.id},
        }

    def places(self, edge: EdgeInfo, name: str) -> list[types.Range]:
        """Return where an edge's references to what is called `name` stand."""
        file, lines = edge.at.file, (self._saved_text(edge.at.file) or "").split("\n")
        starts = (edge.at.position, *edge.more)
        ends = (msgspec.structs.replace(at, character=at.character + width_at(lines, at, name)) for at in starts)
        return [self._range(file, LspRange(*both)) for both in zip(starts, ends, strict=True)]

    def _range(self, file: str, place: LspRange) -> types.Range:
        return types.Range(self._position(file, place.start), self._position(file, place.end))

    def _position(self, file: str, place: Position) -> types.Position:
        lines = self._lines(file)
        return types.Position(place.line if lines is None else lines.shown(place.line), place.character)


REQUESTS: dict[str, Callable[[Questions, Any], object]] = {
    types.WORKSPACE_SYMBOL: Questions.workspace_symbol,
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: Questions.document_symbol,
    types.TEXT_DOCUMENT_DEFINITION: Questions.definition,
    types.TEXT_DOCUMENT_REFERENCES: Questions.references,
    types.TEXT_DOCUMENT_IMPLEMENTATION: Questions.implementation,
    types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY: Questions.prepare_calls,
    types.CALL_HIERARCHY_INCOMING_CALLS: Questions.incoming,
    types.CALL_HIERARCHY_OUTGOING_CALLS: Questions.outgoing,
    types.TEXT_DOCUMENT_PREPARE_TYPE_HIERARCHY: Questions.prepare_types,
    types.TYPE_HIERARCHY_SUPERTYPES: Questions.supertypes,
    types.TYPE_HIERARCHY_SUBTYPES: Questions.subtypes,
}
"""By method of LSP."""


class _Protocol(LanguageServerProtocol):
    """The protocol with columns in UTF-16 code units, as the daemon counts them, whatever an editor prefers."""

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Generator[Any, Any, types.InitializeResult]:
        """Take no other encoding; every editor must know this one."""
        if params.capabilities.general is not None:
            params.capabilities.general.position_encodings = None
        return (yield from super().lsp_initialize(params))


def make_server(directory: str | None) -> LanguageServer:
    """Return a server for the project around `directory`; None: around the folder that the editor names."""
    server = LanguageServer("codegraph", __version__, types.TextDocumentSyncKind.Incremental, protocol_cls=_Protocol)

    def log(message: str) -> None:
        server.window_log_message(types.LogMessageParams(types.MessageType.Warning, message))

    def answering(answer: Callable[[Questions, Any], object], *, start: bool = True) -> Callable[[Any], object]:
        def handle(params: Any) -> object:
            project = Namespace(project=directory or server.workspace.root_path, guessed=directory is None)
            try:
                with open_session(project, start=start) as session:
                    return answer(Questions(session, log, server.workspace), params)
            except CodegraphError as error:
                text = f"{error.message}; {error.advice}" if error.advice else error.message
                raise JsonRpcException(text, REQUEST_FAILED) from error

        return handle

    for method, answer in REQUESTS.items():
        server.feature(method)(server.thread()(answering(answer)))
    for method, listed in LISTS.items():
        server.feature(method)(server.thread()(answering(listed)))
    server.feature("codegraph/status")(server.thread()(answering(status, start=False)))
    return server


def serve(arguments: Namespace, _output: Output) -> int:
    """Serve until the editor says `exit`, or standard input ends. Raises ProjectError if there is no such directory."""
    if named := arguments.directory or arguments.project:
        find_root(arguments)
    logging.getLogger("pygls.protocol.json_rpc").addFilter(_is_unexpected)
    server = make_server(named)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output:  # the server closes what it is given
        server.start_io(stdout=output)
    return 0


def _is_unexpected(record: logging.LogRecord) -> bool:
    """Whether a record is worth a trace; a request that fails for a known reason is answered with it."""
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, JsonRpcException) and error.code == REQUEST_FAILED)


def _id(item: types.CallHierarchyItem | types.TypeHierarchyItem) -> str:
    data = item.data
    if not isinstance(data, dict) or not isinstance(data.get("id"), str):
        raise UsageError("the item is not one of ours", "ask for it with a prepare request")
    return str(data["id"])
