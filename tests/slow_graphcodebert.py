"""GraphCodeBERT by the letter of its paper and of the code released with it, in plain loops and float64.

The yardstick for `codegraph.embed`: it shares no code with it, takes one symbol at a time and pads nothing. A row
of the mask that sees nothing attends to all positions alike: that is what adding one large number to all of
its scores comes to.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

START, PADDING, END, NODE = 0, 1, 2, 3


class Assembled(NamedTuple):
    """One sequence: token numbers, positions (0 for nodes), and who sees whom."""

    ids: list[int]
    positions: list[int]
    sees: list[list[bool]]


def sequence(
    subtokens: Sequence[Sequence[int]],
    rows: Sequence[tuple[int, Sequence[int]]],
    *,
    limit: int,
    reserved: int,
    prose: Sequence[int] = (),
) -> Assembled:
    """Build the input of one symbol; `rows` are (token, parent tokens)."""
    before = [START, *prose, END] if prose else [START]
    spans, flat = [], []
    for pieces in subtokens:
        spans.append((len(before) + len(flat), len(before) + len(flat) + len(pieces)))
        flat.extend(pieces)
    code = flat[: limit - len(before) - 1 - min(len(rows), reserved)]
    ids = [*before, *code, END]
    size = len(ids)
    kept = list(rows)[: limit - size]
    last = {token: number for number, (token, _) in enumerate(kept)}
    total = size + len(kept)
    sees = [[False] * total for _ in range(total)]
    for one in range(size):
        for other in range(total):
            sees[one][other] = other < size or ids[one] in (START, END)
    for number, (token, parents) in enumerate(kept):
        start, end = spans[token]
        if start < size and end < size:
            for position in range(start, end):
                sees[size + number][position] = sees[position][size + number] = True
        for parent in parents:
            if parent in last:
                sees[size + number][size + last[parent]] = True
    positions = [index + PADDING + 1 for index in range(size)] + [0] * len(kept)
    return Assembled(ids + [NODE] * len(kept), positions, sees)


def states(weights: Mapping[str, Any], heads: int, source: Assembled) -> np.ndarray:
    """Return the last hidden states, one row per position."""
    table = {name: np.asarray(value, np.float64) for name, value in weights.items()}
    words = table["embeddings.word_embeddings.weight"]
    rows = []
    for index, (token, position) in enumerate(zip(source.ids, source.positions, strict=True)):
        word = words[token]
        if position == 0:
            own = [
                words[source.ids[other]]
                for other, seen in enumerate(source.sees[index])
                if seen and source.positions[other] >= 2
            ]
            word = sum(own) / len(own) if own else np.zeros(words.shape[1])
        place = table["embeddings.position_embeddings.weight"][position]
        rows.append(_norm(word + place + table["embeddings.token_type_embeddings.weight"][0], table, "embeddings."))
    number = 0
    while f"encoder.layer.{number}.output.dense.weight" in table:
        rows = _layer(rows, table, f"encoder.layer.{number}.", heads, source.sees)
        number += 1
    return np.stack(rows)


def _layer(rows: list[Any], table: Mapping[str, Any], prefix: str, heads: int, sees: list[list[bool]]) -> list[Any]:
    query, key, value = (
        [_dense(row, table, f"{prefix}attention.self.{name}") for row in rows] for name in ("query", "key", "value")
    )
    size = len(rows[0]) // heads
    found = []
    for index, row in enumerate(rows):
        visible = [other for other in range(len(rows)) if sees[index][other]]
        parts = []
        for head in range(heads):
            part = slice(head * size, (head + 1) * size)
            scores = [query[index][part] @ key[other][part] / math.sqrt(size) for other in visible]
            weights = [math.exp(score - max(scores)) for score in scores]
            if not visible:
                weights = [1.0] * len(rows)
            seen = [value[other][part] for other in visible or range(len(rows))]
            total = sum(weights)
            parts.append(sum(weight / total * state for weight, state in zip(weights, seen, strict=True)))
        attended = _dense(np.concatenate(parts), table, prefix + "attention.output.dense")
        middle = _norm(row + attended, table, prefix + "attention.output.")
        inner = _dense(middle, table, prefix + "intermediate.dense")
        inner = np.array([0.5 * x * (1 + math.erf(x / math.sqrt(2))) for x in inner])
        found.append(_norm(middle + _dense(inner, table, prefix + "output.dense"), table, prefix + "output."))
    return found


def _dense(row: Any, table: Mapping[str, Any], name: str) -> Any:
    return table[f"{name}.weight"] @ row + table[f"{name}.bias"]


def _norm(row: Any, table: Mapping[str, Any], prefix: str) -> Any:
    spread = (row - row.mean()) / math.sqrt(row.var() + 1e-5)
    return spread * table[f"{prefix}LayerNorm.weight"] + table[f"{prefix}LayerNorm.bias"]
