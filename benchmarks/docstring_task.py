"""A retrieval task made from real code: find the function by the first sentence of its own documentation.

The documentation is taken out of what the encoder sees; names, code and the signatures of the context stay. The
corpus is every class, function and method of a tree, drawn in a fixed order; queries are the first sentences of
four to thirty words. Instead of itself a symbol's callees may be asked for (`Ask`): what context could tell and the
symbol's own text need not. `mrr` and `recall` score a ranking: one right answer a query, the first ten places count.
"""

from __future__ import annotations

import random
import re
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from codegraph.config import Config
from codegraph.core.symbols import DependencyKind, SymbolId, SymbolKind
from codegraph.daemon.opening import open_project
from codegraph.daemon.project import Project
from codegraph.embed.encoder import Encoder
from codegraph.embed.render import EncoderInput, render
from codegraph.embed.tokens import subtokens
from codegraph.events import EventLog
from codegraph.locations import Locations

SEED = 7
BATCH = 128
PLACES = 10
_KINDS = frozenset({SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.FUNCTION, SymbolKind.METHOD})
_END = re.compile(r"(?<=[.!?])\s|\n\s*\n")

Ask = Literal["own", "callees", "callees' names"]
"""What a query is made of: the own first sentence, those of callees, or callees' names, as separate words."""

LENGTHS: Mapping[Ask, tuple[int, int]] = {"own": (4, 30), "callees": (4, 100), "callees' names": (2, 30)}
"""The fewest and the most words of a query."""

CALLEES = (2, 4)
"""The fewest callees that a symbol is asked for by, and the most."""

Floats = npt.NDArray[np.float32]
Known = dict[EncoderInput, Floats]


@dataclass(frozen=True)
class Task:
    """Inputs without documentation, and queries with the row of their answer."""

    inputs: tuple[EncoderInput, ...]
    queries: tuple[str, ...]
    answers: tuple[int, ...]
    rests: tuple[str, ...]
    """Per input, what its documentation says after the first sentence."""


def make_task(
    directory: Path,
    symbols: int,
    queries: int,
    depth: int | None = None,
    *,
    data_flow: bool = False,
    ask: Ask = "own",
) -> Task:
    """Index a tree in a place of its own and draw the task from it. `depth`: steps of context; None: the default."""
    config = Config()
    config = replace(config, extract=replace(config.extract, data_flow="on" if data_flow else "off"))
    if depth is not None:
        config = replace(config, cascade=replace(config.cascade, depth=depth))
    with tempfile.TemporaryDirectory(prefix="codegraph-task-") as place:
        environment = {f"CODEGRAPH_{name}_DIR": f"{place}/{name.lower()}" for name in ("STATE", "CACHE", "RUNTIME")}
        project = open_project(directory, config, EventLog(time.time), Locations.from_environment(environment))
        try:
            project.run_once(False, False, lambda _: None)
            return _drawn(project, symbols, queries, ask)
        finally:
            project.close()


def _drawn(project: Project, symbols: int, queries: int, ask: Ask) -> Task:
    snapshot, inputs = project.parts.index.snapshot, project.own_inputs()
    ids = sorted(snapshot.places)
    draw = random.Random(SEED)
    draw.shuffle(ids)
    found: list[EncoderInput] = []
    sentences: list[tuple[str, int]] = []
    rests: list[str] = []
    for symbol in ids:
        if len(found) == symbols:
            break
        source = snapshot.render_source(symbol)
        own = inputs.load(*snapshot.blob(symbol), source.own)
        if own is None or own.kind not in _KINDS:
            continue
        sentence, rest = _split(own.docstring)
        rests.append(rest)
        if ask != "own":
            sentence = _of_callees(project, symbol, ask)
        if LENGTHS[ask][0] <= len(sentence.split()) <= LENGTHS[ask][1]:
            sentences.append((sentence, len(found)))
        found.append(render(msgspec.structs.replace(own, docstring=""), source.signatures))
    draw.shuffle(sentences)
    chosen = sentences[:queries]
    return Task(tuple(found), tuple(text for text, _ in chosen), tuple(row for _, row in chosen), tuple(rests))


def _split(documentation: str) -> tuple[str, str]:
    first, *rest = _END.split(documentation.strip(), maxsplit=1)
    return " ".join(first.split()), "".join(rest).strip()


def _of_callees(project: Project, symbol: SymbolId, ask: Ask) -> str:
    """Return a question made of a symbol's callees in the order of its calls; "" if too few have what is asked."""
    snapshot, inputs = project.parts.index.snapshot, project.own_inputs()
    edges = snapshot.dependencies(symbol)
    callees = dict.fromkeys(
        edge.target for edge in edges if edge.kind is DependencyKind.CALLS and edge.target != symbol
    )
    parts = []
    for callee in callees:
        own = inputs.load(*snapshot.blob(callee), snapshot.render_source(callee).own)
        if own is not None:
            parts.append(_split(own.docstring)[0] if ask == "callees" else " ".join(subtokens(own.name)))
    found = [part for part in parts if part]
    return " ".join(found[: CALLEES[1]]) if len(found) >= CALLEES[0] else ""


def embed(encoder: Encoder, inputs: Sequence[EncoderInput], known: Known | None = None) -> Floats:
    """Embed inputs in batches of like length, equal ones once; rows in the order of the inputs.

    Vectors that are `known` are not made again, and those that are made are put there.
    """
    vectors = {} if known is None else known
    wanted = [source for source in dict.fromkeys(inputs) if source not in vectors]
    order = sorted(wanted, key=lambda source: len(source.tokens))
    for start in range(0, len(order), BATCH):
        some = order[start : start + BATCH]
        vectors.update(zip(some, encoder.encode(some), strict=True))
    return np.stack([vectors[source] for source in inputs])


def ranks(scores: Floats, answer: int) -> int:
    """Return the place of the answer, 1 for the first; ties count against it."""
    return int((scores >= scores[answer]).sum())


def mrr(places: Sequence[int]) -> float:
    """Mean reciprocal rank, places beyond the tenth counting nothing."""
    return float(np.mean([1 / place if place <= PLACES else 0.0 for place in places]))
