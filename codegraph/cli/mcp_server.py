"""codegraph for coding agents: a server of the Model Context Protocol on standard input and output.

Each tool is one question to the daemon of the project, which is started at the first one. A question waits until what
was saved before it is indexed; where that takes too long, the answer is of what is there and says so. Tools only read.
An error is an answer, too: what happened and what to do next, for the agent to act on.

Specification: modelcontextprotocol.io; the protocol itself is the `mcp` package's. Tests:
tests/integration/test_mcp.py, tests/unit/cli/test_cli_mcp.py.
"""

from __future__ import annotations

import inspect
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, TypeVar

import msgspec

from codegraph import __version__
from codegraph.cli.arguments import listed_fields, target_fields
from codegraph.cli.mcp_text import edges_text, for_agents, hits_text, impact_text, symbols_text
from codegraph.cli.output import Output
from codegraph.cli.project import find_root, open_session
from codegraph.cli.status import lines
from codegraph.daemon.messages import (
    CalleesParams,
    CallersParams,
    DefinitionParams,
    ImpactParams,
    Query,
    ReferencesParams,
    SearchParams,
    SimilarParams,
    SymbolsParams,
    Wait,
)
from codegraph.errors import CodegraphError, SyncTimeout, UsageError

try:
    from mcp.server.mcpserver import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp_types import ToolAnnotations
    from pydantic import Field
except ImportError as missing:
    raise UsageError(
        f"the command mcp needs the package mcp: {missing}", "pip install 'codegraph-daemon[mcp]'"
    ) from missing

ResultT = TypeVar("ResultT", bound=msgspec.Struct)

INSTRUCTIONS = """\
Ask codegraph before you read files or search with grep: it knows every definition of this project and what refers \
to what, and every answer counts what was saved before the question. Lines are counted from 1. A symbol may be named \
by its qualified name (`pkg.mod.Class.method`, or an end of it), its bare name, or a place: FILE:LINE is what is \
defined around it, FILE:LINE:COLUMN (columns from 0) what the name there refers to. The first word of a line is the \
state of the symbol's vector (fresh, stale, pending); the graph is up to date in any case. `exact` edges were found \
by the language's own lookup, `inferred` by types, `ambiguous` ones are one of several candidates. Where an answer \
says "this may not be all", check the named causes before you conclude that there is nothing else."""

WAIT_SECONDS = 20.0
"""How long a question waits for the index before it is answered from what is there."""

NOT_YET = "what was saved lately is not indexed yet: this is of an older state (ask `status` how far it is)\n"

Symbol = Annotated[str, Field(description="Qualified name, bare name, id, FILE:LINE or FILE:LINE:COLUMN")]
Limit = Annotated[int, Field(description="The most results", ge=1, le=200)]
Depth = Annotated[int, Field(description="Steps to follow", ge=1, le=64)]


class Tools:
    """The tools: one method each, whose docstring and annotations are what agents are told."""

    def __init__(self, arguments: Namespace) -> None:
        """`arguments` are those of the command; they name the project."""
        self._arguments = arguments
        self._root = str(find_root(arguments))

    def search(
        self,
        query: Annotated[str, Field(description="A sentence, a name or a piece of code, with or without filters")],
        limit: Limit = 10,
    ) -> str:
        """Find functions, classes and documentation by meaning and by words, best first.

        Filters may stand in the query: lang:python kind:class,function path:src/** -path:tests/ in:ClassOrFile
        calls:name "exact words".
        """
        return self._ask(SearchParams(query=query, limit=limit), hits_text)

    def similar(
        self,
        symbol: Annotated[str, Field(description="A symbol, or nothing where code is given")] = "",
        code: Annotated[str, Field(description="A piece of code")] = "",
        limit: Limit = 10,
    ) -> str:
        """Find symbols like another one, or like a piece of code, nearest first."""
        if bool(symbol) == bool(code):
            raise ToolError("give one of the two: symbol, or code")
        named = self._named(symbol) if symbol else {"text": code}
        return self._ask(SimilarParams(limit=limit, **named), hits_text)

    def symbols(
        self,
        name: Annotated[str, Field(description="A name, or a file: then all that it defines")] = "",
        file: Annotated[str, Field(description="Only in this file")] = "",
        limit: Limit = 100,
    ) -> str:
        """List definitions by name or in a file, with their signatures, in order of place."""
        fields = listed_fields(name, file, "", self._root)
        return self._ask(SymbolsParams(limit=limit, **fields), symbols_text)

    def definition(self, symbol: Symbol) -> str:
        """Find where a name, or what stands at FILE:LINE:COLUMN, is defined."""
        return self._ask(DefinitionParams(**self._named(symbol)), symbols_text)

    def callers(self, symbol: Symbol, depth: Depth = 1, limit: Limit = 100) -> str:
        """List who calls a function, method or class, with the places of all calls, and whether that is all."""
        return self._ask(CallersParams(**self._named(symbol), depth=depth, limit=limit, places=True), edges_text)

    def callees(self, symbol: Symbol, depth: Depth = 1, limit: Limit = 100) -> str:
        """List what a function calls, and whether that is all."""
        return self._ask(CalleesParams(**self._named(symbol), depth=depth, limit=limit, places=True), edges_text)

    def references(self, symbol: Symbol, limit: Limit = 100) -> str:
        """List everything that refers to a symbol in any way: calls, types, imports, overrides, documentation."""
        return self._ask(ReferencesParams(**self._named(symbol), limit=limit, places=True), edges_text)

    def impact(self, symbol: Symbol, depth: Depth = 3, limit: Limit = 100) -> str:
        """List what a change of a symbol may reach, directly or through others. Ask before you change an interface."""
        return self._ask(ImpactParams(**self._named(symbol), depth=depth, limit=limit), impact_text)

    def status(self) -> str:
        """Say how far the index is, what it leaves out, and what is uncertain."""
        with open_session(self._arguments) as session:
            return "\n".join(f"{name}: {value}" for name, value in lines(session.client.status()))

    def _named(self, symbol: str) -> dict[str, Any]:
        return target_fields(symbol, self._root)

    def _ask(self, params: Query[ResultT], show: Callable[[ResultT], str]) -> str:
        """Ask over a connection of its own, so that an idle agent keeps no daemon from ending."""
        with open_session(self._arguments) as session:
            try:
                waiting = msgspec.structs.replace(params, wait=Wait.INDEXED, timeout=WAIT_SECONDS)
                return show(session.client.call(waiting))
            except SyncTimeout:
                return NOT_YET + show(session.client.call(params))


@contextmanager
def _told() -> Iterator[None]:
    """Turn an error into an answer that the agent reads."""
    try:
        yield
    except CodegraphError as error:
        raise ToolError(
            f"{error.message}\nnext: {for_agents(error.advice)}" if error.advice else error.message
        ) from error


def make_server(arguments: Namespace) -> MCPServer[None]:
    """Return a server with all tools. Raises ProjectError if `arguments` name no project."""
    server: MCPServer[None] = MCPServer(
        "codegraph", version=__version__, instructions=INSTRUCTIONS, log_level="WARNING"
    )
    tools = Tools(arguments)
    for tool in (
        tools.search,
        tools.similar,
        tools.symbols,
        tools.definition,
        tools.callers,
        tools.callees,
        tools.references,
        tools.impact,
        tools.status,
    ):
        server.add_tool(
            _told()(tool),
            description=inspect.getdoc(tool),
            annotations=ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False),
            structured_output=False,
        )
    return server


def serve(arguments: Namespace, _output: Output) -> int:
    """Serve until standard input ends."""
    make_server(arguments).run("stdio")
    return 0
