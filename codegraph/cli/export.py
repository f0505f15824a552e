"""The export command: the whole graph, page by page, to standard output or a file; the data flow of one file.

Symbols and edges are JSON lines, printed as the daemon sends them; other programs read them. The
graph goes through networkx, which is imported only for it: a directed multigraph whose nodes carry
the symbols' fields and whose edges carry kind, confidence and place. `--measures` adds to each node
its in-degree centrality (`centrality`), its weakly connected component (`component`, the largest is
0) and the number of symbols in its dependency cycle (`cycle_size`, 1 outside of any).
Tests: tests/unit/cli/test_cli_export.py.
"""

from __future__ import annotations

import io
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import MappingProxyType
from typing import Any, BinaryIO, cast

import msgspec

from codegraph.cli.arguments import waiting_fields
from codegraph.cli.output import Output
from codegraph.cli.project import Session, open_session
from codegraph.daemon.operations import SyncParams
from codegraph.daemon.streams import ExportedEdge, ExportedSymbol
from codegraph.errors import ProjectError, UsageError

_OF_DATA_FLOW = ("language", "function_text", "revised")


def export(arguments: Namespace, output: Output) -> int:
    """Print all symbols, all edges, the graph, or the data flow of one file."""
    form = _format(arguments)
    if arguments.what == "dataflow":
        from codegraph.cli.dataflow import function_flows

        lines = function_flows(arguments)
        with _destination(arguments.output, output) as stream:
            _lines(stream, lines)
        return 0
    with open_session(arguments) as session, _destination(arguments.output, output) as stream:
        session.client.call(SyncParams(**waiting_fields(arguments)))
        if arguments.what == "symbols":
            _lines(stream, session.client.export_symbols())
        elif arguments.what == "edges":
            _lines(stream, session.client.export_edges())
        else:
            graph = build_graph(*_snapshot(session))
            if arguments.measures:
                measure(graph)
            _WRITERS[form](graph, stream)
    return 0


def _format(arguments: Namespace) -> str:
    lines = arguments.what != "graph"
    form = str(arguments.format or ("jsonl" if lines else "graphml"))
    if (form == "jsonl") != lines:
        forms = "jsonl" if lines else ", ".join(_WRITERS)
        raise UsageError(f"{arguments.what} cannot be written as {form}", f"choose --format {forms}")
    if arguments.measures and lines:
        raise UsageError("--measures belongs to the graph", "run `codegraph export graph --measures`")
    if (arguments.file is None) == (arguments.what == "dataflow"):
        raise UsageError("`export dataflow` takes a file, other exports do not", "run `codegraph export dataflow FILE`")
    given = [option for option in _OF_DATA_FLOW if getattr(arguments, option)]
    if given and arguments.what != "dataflow":
        option = f"--{given[0].replace('_', '-')}"
        raise UsageError(f"{option} belongs to the data flow of a file", "run `codegraph export dataflow FILE`")
    return form


@contextmanager
def _destination(path: str | None, output: Output) -> Iterator[BinaryIO]:
    """Open the file beside its place and move it there at the end, so that no half export is ever seen."""
    if path is None:
        output.flush()
        stream = getattr(output.stream, "buffer", None) or sys.stdout.buffer
        yield stream
        stream.flush()
        return
    target = Path(path)
    try:
        with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as stream:
            try:
                yield cast("BinaryIO", stream)
            except BaseException:
                Path(stream.name).unlink()
                raise
        os.chmod(stream.name, 0o666 & ~_umask())  # noqa: PTH101  # a name, not a path
        os.replace(stream.name, target)  # noqa: PTH105
    except OSError as error:
        raise ProjectError(f"{target}: cannot be written: {error.strerror}", "choose another --output") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _lines(stream: BinaryIO, records: Iterable[msgspec.Struct]) -> None:
    encoder = msgspec.json.Encoder()
    for record in records:
        stream.write(encoder.encode(record) + b"\n")


def _snapshot(session: Session) -> tuple[list[ExportedSymbol], list[ExportedEdge]]:
    return list(session.client.export_symbols()), list(session.client.export_edges())


def build_graph(symbols: Iterable[ExportedSymbol], edges: Iterable[ExportedEdge]) -> Any:
    """Return a networkx.MultiDiGraph over symbol ids; edges to symbols that are not listed are left out."""
    import networkx

    graph = networkx.MultiDiGraph()
    for symbol in symbols:
        fields = msgspec.to_builtins(symbol)
        graph.add_node(fields.pop("id"), **fields)
    for edge in edges:
        if edge.source.id in graph and edge.target.id in graph:
            graph.add_edge(
                edge.source.id,
                edge.target.id,
                kind=str(edge.kind),
                confidence=str(edge.confidence),
                file=edge.at.file,
                line=edge.at.line,
                column=edge.at.column,
            )
    return graph


def measure(graph: Any) -> None:
    """Add `centrality`, `component` and `cycle_size` to every node."""
    import networkx

    networkx.set_node_attributes(graph, networkx.in_degree_centrality(graph), "centrality")
    components = sorted(networkx.weakly_connected_components(graph), key=lambda nodes: (-len(nodes), min(nodes)))
    for number, nodes in enumerate(components):
        for node in nodes:
            graph.nodes[node]["component"] = number
    for nodes in networkx.strongly_connected_components(graph):
        for node in nodes:
            graph.nodes[node]["cycle_size"] = len(nodes)


def _write_graphml(graph: Any, stream: BinaryIO) -> None:
    import networkx

    networkx.write_graphml_xml(graph, stream)


def _write_gexf(graph: Any, stream: BinaryIO) -> None:
    import networkx

    networkx.write_gexf(graph, stream)


def _write_json(graph: Any, stream: BinaryIO) -> None:
    import networkx

    stream.write(msgspec.json.encode(networkx.node_link_data(graph, edges="edges")) + b"\n")


def _write_dot(graph: Any, stream: BinaryIO) -> None:
    text = io.TextIOWrapper(stream, encoding="utf-8", write_through=True)
    try:
        text.write("digraph codegraph {\n")
        for node, fields in graph.nodes(data=True):
            attributes = {"label": fields["qualified_name"], **_measures(fields)}
            text.write(f"  {_quoted(node)} [{_attributes(attributes)}];\n")
        for source, target, fields in graph.edges(data=True):
            text.write(f"  {_quoted(source)} -> {_quoted(target)} [{_attributes({'label': fields['kind']})}];\n")
        text.write("}\n")
    finally:
        text.detach()


def _measures(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in ("centrality", "component", "cycle_size") if name in fields}


def _attributes(fields: dict[str, Any]) -> str:
    return ", ".join(f"{name}={_quoted(str(value))}" for name, value in fields.items())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


_WRITERS: Mapping[str, Callable[[Any, BinaryIO], None]] = MappingProxyType(
    {
        "graphml": _write_graphml,
        "gexf": _write_gexf,
        "json": _write_json,
        "dot": _write_dot,
    }
)
