"""Which of several functions with one number of parameters a call means: the ones whose parameters are nearest.

An entry is (descriptor, arity, flags, types of parameters); types are bare names, commas apart, "" where nobody knows.
How near an argument's type is to a parameter's is the language's to say, as a number: negative rules a function out.
Tests: tests/unit/graph/test_graph_java.py, test_graph_cpp.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from codegraph.graph.resolve.scheme import Entry


def best_of(entries: Sequence[Entry], given: str, level: Callable[[str, str], int]) -> list[Entry]:
    """Return the entries of the highest score for arguments of these types, "" for those that nobody knows."""
    if len(entries) < 2 or not given:
        return list(entries)
    scores: list[int] = []
    for entry in entries:
        parameters = entry[3].split(",")
        scores.append(0)
        for number, one in enumerate(given.split(",")):
            parameter = parameters[min(number, len(parameters) - 1)]
            near = level(one, parameter) if one else 0
            scores[-1] = -1 if near < 0 or scores[-1] < 0 else scores[-1] + near
    best = max(scores)
    return [entry for entry, score in zip(entries, scores, strict=True) if score == best]
