"""Says why a symbol's vector was last computed again, or why it was not.

Everything is read off the view: the verdict that the last marking left (the rule, the symbol where it
started, the path of edges), the keys that are wanted and served, and the context that enters the key.
Tests: tests/unit/daemon/test_daemon_explaining.py.
"""

from __future__ import annotations

from collections.abc import Callable

from codegraph.core.changes import Verdict
from codegraph.core.symbols import Freshness
from codegraph.daemon.operations import ExplainResult
from codegraph.daemon.targets import describe
from codegraph.daemon.view import View
from codegraph.graph.file_view import Symbol

_RULES = {
    "own": "its own code, docstring or container changed",
    "new": "it is new",
    "signature": "the interface of {origin} changed",
    "edges": "the dependencies of {origin} changed",
    "model": "the model changed",
}
_DIFFERED = {"own": ("own",), "new": (), "signature": ("context",), "edges": ("context",), "model": ("model",)}


def explain(view: View, symbol: Symbol, name_of: Callable[[bytes], str]) -> ExplainResult:
    """Explain the state of one symbol's vector; `name_of` gives a model's name by its identity."""
    verdict = view.verdicts.get(symbol.id)
    state = view.freshness(symbol.id)
    wanted = view.snapshot.wanted(symbol.id)
    outcome = _outcome(verdict, state)
    return ExplainResult(
        clock=str(view.snapshot.clock),
        symbol=describe(view, symbol),
        outcome=outcome,
        summary=_summary(symbol, verdict, outcome),
        rule=verdict.cause.rule if verdict else "",
        origin=verdict.cause.origin if verdict else "",
        route=verdict.cause.route if verdict else (),
        differed=_DIFFERED[verdict.cause.rule] if verdict and verdict.changed else (),
        revision=verdict.revision if verdict else 0,
        wanted=wanted.hex(),
        served=(view.served.get(symbol.id) or b"").hex(),
        context=view.snapshot.context(symbol.id),
        model=name_of(view.snapshot.model_of(symbol.id)),
    )


def _outcome(verdict: Verdict | None, state: Freshness) -> str:
    if state is not Freshness.FRESH:
        return "pending"
    if verdict is None:
        return "untouched"
    if not verdict.changed:
        return "cut_off"
    return "reused" if verdict.reused else "recomputed"


def _summary(symbol: Symbol, verdict: Verdict | None, outcome: str) -> str:
    if verdict is None:
        if outcome == "pending":
            return f"{symbol.name} has no vector yet: it was never marked by a change and waits in the queue."
        return f"No change has reached {symbol.name} since it was first indexed."
    because = _RULES[verdict.cause.rule].format(origin=verdict.cause.origin)
    steps = len(verdict.cause.route) - 1
    far = f", {steps} step{'s' if steps > 1 else ''} away" if steps > 0 else ""
    if outcome == "cut_off":
        return (
            f"In revision {verdict.revision} {because}{far}, so the key was computed again; it came out equal, "
            "because nothing that the encoder reads of this symbol differs. The vector was kept."
        )
    tail = {
        "pending": "The new vector is on its way.",
        "reused": "The vector of the new key was there already and is in use.",
        "recomputed": "The vector in use was computed for the new key.",
    }[outcome]
    return f"In revision {verdict.revision} {because}{far}, and that changed the key. {tail}"
