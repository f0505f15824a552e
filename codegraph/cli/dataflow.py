"""`export dataflow FILE`: the data flow of a file's functions as JSON lines, without a daemon.

Each function on its own line: `{"name","language","start_line","tokens","rows"}`, a row being `[token, index,
relation, [indices of its parents]]`. The functions are those that stand in no other function, read in the tree
of the file. With `--function-text` the file is the text of one function, and goes the whole way that the
reference goes, comments and all. `--revised` mends what the reference gets wrong.
Tests: tests/unit/cli/test_cli_dataflow.py.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import msgspec

from codegraph.errors import ProjectError, SourceError, UsageError
from codegraph.extract.dataflow import FLOW_TABLES, RELATION_NAMES, Flow, follow_nodes, follow_text
from codegraph.extract.dataflow.functions import functions_of
from codegraph.extract.languages import language_of

MAX_BYTES = 1 << 26
HEAD_BYTES = 256


class FunctionFlow(msgspec.Struct, frozen=True):
    """One line."""

    name: str
    language: str
    start_line: int
    """From 1."""
    tokens: list[str]
    rows: list[tuple[str, int, str, tuple[int, ...]]]


def function_flows(arguments: Namespace) -> Iterator[FunctionFlow]:
    """Yield the lines. Raises UsageError for a language without a table, SourceError for a file that is not read."""
    path = Path(arguments.file)
    data = _read(path)
    language = str(arguments.language or language_of(path.name, data[:HEAD_BYTES]))
    if language not in FLOW_TABLES:
        known = ", ".join(FLOW_TABLES)
        raise UsageError(f"{path}: no data flow is known for this language", f"choose --language {known}")
    table = FLOW_TABLES[language]
    if arguments.function_text:
        text = data.decode("utf-8", "replace")
        names = (found.name for found in functions_of((table.prefix + text + table.suffix).encode(), language))
        yield _line(next(names, ""), language, 1, follow_text(text, language, revised=arguments.revised))
        return
    for found in functions_of(data, language):
        flow = follow_nodes([found.node], data, language, revised=arguments.revised)
        yield _line(found.name, language, found.line, flow)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceError(f"{path}: is larger than {MAX_BYTES} bytes", "choose a smaller file")
        return path.read_bytes()
    except OSError as error:
        raise ProjectError(f"{path}: cannot be read: {error.strerror}", "check the name and its permissions") from error


def _line(name: str, language: str, start_line: int, flow: Flow) -> FunctionFlow:
    rows = [(flow.tokens[token], token, RELATION_NAMES[relation], parents) for token, relation, parents in flow.rows]
    return FunctionFlow(name, language, start_line, flow.tokens, rows)
