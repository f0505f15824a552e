"""Many clients at once, in a process of their own, so that asking does not slow down the asker's clock.

`python -m benchmarks.load` reads a plan from standard input and writes what happened to standard
output, both as JSON: that is how `query.py` starts it. Each client has its own connection and asks one
query after another, drawn from the plan with a fixed seed. *Paced* clients begin a query every
`interval` seconds, at moments spread evenly over all clients; without an interval each one asks as soon
as it has an answer. A latency is counted from the moment at which the query was due, so a late
answer cannot hide behind a late question. Tests: tests/unit/benchmarks/test_bench_load.py.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Sequence
from typing import Any

import msgspec

from codegraph.async_client import AsyncClient
from codegraph.daemon import messages, reports
from codegraph.daemon.messages import Params
from codegraph.errors import CodegraphError

METHODS: dict[str, type[Params[Any]]] = {
    params.method: params
    for params in (messages.SearchParams, messages.CallersParams, messages.ImpactParams, reports.StatusParams)
}


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What the clients do."""

    socket: str
    root: str
    clients: int
    seconds: float
    interval: float = 0.0
    """Seconds between two questions of one client; 0: no pause."""
    questions: tuple[tuple[str, dict[str, Any]], ...]
    """Method and parameters, drawn evenly."""
    timeout: float = 30.0
    seed: int = 7


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What happened."""

    milliseconds: dict[str, list[float]]
    """Latency of every answered question, by method."""
    failures: list[str]
    seconds: float

    @property
    def answered(self) -> int:
        """How many questions got an answer."""
        return sum(map(len, self.milliseconds.values()))

    @property
    def success(self) -> float:
        """The share of questions that got an answer; 1 if there was none."""
        asked = self.answered + len(self.failures)
        return self.answered / asked if asked else 1.0

    def latencies(self) -> list[float]:
        """All latencies in milliseconds."""
        return [value for values in self.milliseconds.values() for value in values]


async def carry_out(plan: Plan) -> Outcome:
    """Run all clients to the end of the plan."""
    outcome = Outcome(milliseconds={}, failures=[], seconds=plan.seconds)
    async with asyncio.TaskGroup() as group:
        for number in range(plan.clients):
            group.create_task(_client(plan, number, outcome))
    return outcome


async def _client(plan: Plan, number: int, outcome: Outcome) -> None:
    loop = asyncio.get_running_loop()
    choice = random.Random(plan.seed * 1_000_003 + number)
    began = loop.time()
    due = began + plan.interval * number / plan.clients
    async with AsyncClient(plan.socket, root=plan.root, timeout=plan.timeout) as client:
        while True:
            due = due if plan.interval else loop.time()
            if due - began >= plan.seconds:
                return
            await asyncio.sleep(max(0.0, due - loop.time()))
            method, parameters = choice.choice(plan.questions)
            try:
                await client.call(METHODS[method](**parameters))
            except (CodegraphError, OSError) as error:
                outcome.failures.append(f"{method}: {type(error).__name__}: {error}")
            else:
                outcome.milliseconds.setdefault(method, []).append(1e3 * (loop.time() - due))
            due += plan.interval


def merged(outcomes: Sequence[Outcome]) -> Outcome:
    """Put the outcomes of several processes together."""
    total = Outcome(milliseconds={}, failures=[], seconds=max(outcome.seconds for outcome in outcomes))
    for outcome in outcomes:
        total.failures.extend(outcome.failures)
        for method, values in outcome.milliseconds.items():
            total.milliseconds.setdefault(method, []).extend(values)
    return total


def main() -> int:
    """Carry out the plan on standard input."""
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(carry_out(plan))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
