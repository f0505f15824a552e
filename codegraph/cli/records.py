"""Answers of the daemon as the command line shows them: lines from 1, columns from 0.

The JSON shapes here are read by other programs: they are only ever added to.
Tests: tests/unit/cli/test_cli_commands.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from codegraph.cli.output import MARKS, Cell, Output
from codegraph.daemon.messages import EdgeInfo, EmptyReason, Place, SearchHit, SymbolInfo, Uncertainty
from codegraph.daemon.understanding import Understood

Record = dict[str, Any]

_PLAIN = re.compile(r"[A-Za-z0-9_./~-]*")

_REASONS = MappingProxyType(
    {
        EmptyReason.NOTHING_INDEXED: "nothing is indexed: `codegraph skipped` lists files that are left out, and why",
        EmptyReason.INDEXING: "the index is not complete yet, `codegraph status` says why and how far it is: try again,"
        " or give --wait indexed a longer --timeout",
        EmptyReason.NO_MATCH: "nothing matches",
        EmptyReason.FILTERED: "something matches, but the filters leave nothing of it",
        EmptyReason.NO_EDGES: "none in this project",
        EmptyReason.OTHER_EDGES: "none in this project; `codegraph references` and `dependencies` show other edges",
        EmptyReason.UNCERTAIN: "none was found, but some references could not be resolved: there may be one",
        EmptyReason.EXTERNAL: "it is defined outside the project",
        EmptyReason.UNRESOLVED: "it could not be resolved",
        EmptyReason.NO_VECTOR: "it has no vector yet: try --wait embedded",
    }
)

CAUSES = MappingProxyType(
    {
        "ambiguous": "references of that name that fit too many definitions",
        "unknown_receiver": "references of that name on something whose type is not known",
        "dynamic": "calls of what is computed or handed on as a value",
        "missing": "references of that name to what was not found",
        "failed": "references of that name in files that could not be looked through",
        "unparsed": "files with that name that are not parsed: templates, and languages without a grammar",
        "overridden": "calls of a method that others override: which one runs is known only then",
        "names_only": "symbols in a language that is linked by names: values handed on and imports are not followed",
        "implicit": "what the language or a library calls without its name being written",
        "accessor": "accessors: who reads one of something whose type is not known is not counted",
        "parse_error": "definitions with a syntax error",
        "limit": "--limit cut the list off",
        "depth": "--depth cut the walk off",
        "indexing": "the index is not complete yet",
    }
)
EXAMPLES_SHOWN = 2
"""How many places of a cause people are shown; programs and agents get all that the daemon gives."""


_SPACED = re.compile(
    r"""(?P<kept>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')   # a string stays as it is
        | \ (?P<joint>\.|::)\                             # a member
        | \ (?=[,)\];:])                                 # an end
        | (?<=[(\[@])\                                   # a beginning
        | (?<=[\w\]])\ (?=[(\[])                         # parameters behind their name
    """,
    re.VERBOSE,
)
_STARRED = re.compile(r"(\(|, )(\*\*?) (?=\w)")


def signature_text(signature: str) -> str:
    """Return a signature, which is tokens with blanks between, about as people write it."""
    tight = _SPACED.sub(lambda found: found["kept"] or found["joint"] or "", signature)
    return _STARRED.sub(r"\1\2", tight)


def reason_text(reason: EmptyReason) -> str:
    """Say for people why an answer is empty."""
    return _REASONS.get(reason, str(reason))


def understood_notes(understood: Understood) -> list[str]:
    """Say what of a query was read otherwise than it may have been meant, and what stands nowhere."""
    notes = [f"{each} is no filter, it was read as words" for each in understood.not_filters]
    notes += [f"{word} was read as {meant}" for word, meant in understood.read_as.items()]
    if understood.nowhere:
        notes.append(f"in no name, string or documentation: {', '.join(understood.nowhere)}")
    return notes


def symbol_record(symbol: SymbolInfo) -> Record:
    """Show a symbol for programs."""
    return {
        "id": symbol.id,
        "name": symbol.name,
        "qualified_name": symbol.qualified_name,
        "kind": symbol.kind,
        "language": symbol.language,
        "file": symbol.file,
        "line": symbol.selection_range.start.line + 1,
        "column": symbol.selection_range.start.character,
        "start_line": symbol.range.start.line + 1,
        "end_line": symbol.range.end.line + 1,
        "state": symbol.state,
        "signature": symbol.signature,
        "parse_error": symbol.parse_error,
    }


def hit_record(hit: SearchHit) -> Record:
    """Show a search result for programs."""
    symbol = hit.symbol
    return {
        "id": symbol.id,
        "name": symbol.name,
        "kind": symbol.kind,
        "file": symbol.file,
        "start_line": symbol.range.start.line + 1,
        "end_line": symbol.range.end.line + 1,
        "score": hit.score,
        "state": symbol.state,
        "signals": hit.signals,
    }


def place_record(place: Place) -> Record:
    """Show a place for programs."""
    return {"file": place.file, "line": place.position.line + 1, "column": place.position.character}


def cause_record(cause: Uncertainty) -> Record:
    """Show for programs why an answer may be incomplete."""
    return {"reason": cause.reason, "count": cause.count, "examples": [place_record(each) for each in cause.examples]}


def show_causes(output: Output, causes: Iterable[Uncertainty], words: Mapping[str, str] = CAUSES) -> None:
    """Say for people why an answer may be incomplete, and where they could look."""
    output.line(Cell("this may not be all:", "yellow"))
    texts = [cause_text(cause, EXAMPLES_SHOWN, words) for cause in causes]
    output.rows([("  ", Cell(text, "yellow")) for text in texts])


def cause_text(cause: Uncertainty, examples: int, words: Mapping[str, str] = CAUSES) -> str:
    """Say in one line why an answer may be incomplete, with up to so many places, FILE:LINE."""
    places = ", ".join(f"{each.file}:{each.position.line + 1}" for each in cause.examples[:examples])
    meaning = f": {words[cause.reason]}" if cause.reason in words else ""
    return f"{cause.reason} ({cause.count}){meaning}" + (f", for example at {places}" if places else "")


def edge_record(edge: EdgeInfo) -> Record:
    """Show an edge for programs."""
    more = [{"line": place.line + 1, "column": place.character} for place in edge.more]
    return {
        "symbol": symbol_record(edge.symbol),
        "kind": edge.kind,
        "confidence": edge.confidence,
        "at": place_record(edge.at),
        "distance": edge.distance,
    } | ({"more": more} if more else {})


def place_cell(root: str, file: str, line: int) -> Cell:
    """Show `file:line` (1-based), on terminals as a link."""
    return Cell(f"{file}:{line}", "cyan", f"file://{_quoted(f'{root}/{file}')}#{line}")


def places_cell(root: str, edge: EdgeInfo) -> Cell:
    """Show where the references of an edge stand: `file:line`, and the further lines that are known."""
    first = place_cell(root, edge.at.file, edge.at.position.line + 1)
    return first._replace(text=", ".join([first.text, *(str(place.line + 1) for place in edge.more)]))


def _quoted(path: str) -> str:
    """Write a path as a part of a URL (RFC 3986); paths of plain letters, nearly all, need no library for it."""
    if path.isascii() and _PLAIN.fullmatch(path):
        return path
    from urllib.parse import quote

    return quote(path)


def symbol_cells(output: Output, root: str, symbol: SymbolInfo) -> list[Cell]:
    """Show a symbol for people: state, kind, qualified name, place."""
    mark, style = MARKS[symbol.state]
    return [
        Cell(mark if output.terminal else symbol.state, style),
        Cell(symbol.kind, "dim"),
        Cell(symbol.qualified_name, "bold"),
        place_cell(root, symbol.file, symbol.selection_range.start.line + 1),
    ]


SYMBOL_COLUMNS = ("state", "kind", "symbol", "place")
"""The columns of `symbol_cells`."""
