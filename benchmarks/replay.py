"""Real history against a clean build: `python -m benchmarks.replay REPOSITORY --commits N [--every K] [--json]`.

A daemon runs over a scratch clone. N successive commits are checked out one after another, and each is
followed the way any change is: the watcher notices, the index follows, vectors are computed. After
every K-th one `verify` builds everything a second time from the disk and compares files, definitions,
edges, keys and vectors. The promise: no difference, ever. At the end the last commit is compared once
more with what a second process with an empty past exports, and the first commit is checked out and
left again, which must not embed anything: its vectors are still there.

Printed per commit: files changed, symbols touched, marked, cut off, reused, embedded, milliseconds by
stage; then totals. Rates, over all commits: `avoided` is the share of marked symbols that needed no
computation, `reused` the share of changed keys whose vector was already there, `kept` the share of
vectors that were served on without being computed. Exit code 1 if anything differed.
Tests: tests/unit/benchmarks/test_bench_replay.py.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from benchmarks.history import History, clone, history
from benchmarks.machine import commit, load, this_machine
from benchmarks.sandbox import Sandbox, wait_until_embedded
from codegraph.client import Client
from codegraph.events import Committed


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What one commit did."""

    commit: str
    files_changed: int
    """By git, whatever their language."""
    files: int
    """Those of them that the index follows."""
    touched: int
    marked: int
    cut_off: int
    reused: int
    embedded: int
    symbols: int
    """In the index, after the commit."""
    revisions: int
    """A checkout may be noticed in several portions."""
    milliseconds: dict[str, float]
    """By stage; `total` is from the start of the checkout until every vector is there."""
    differences: int | None
    """Lines by which the index differs from a clean build; None: not compared."""


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """All commits together."""

    commits: int
    compared: int
    differences: int
    files_changed: int
    files: int
    touched: int
    marked: int
    cut_off: int
    reused: int
    embedded: int
    avoided_rate: float | None
    reused_rate: float | None
    kept_rate: float | None
    milliseconds: dict[str, float]
    independent_differences: int
    """Symbols and edges of the last commit against those of a second process."""
    switch_embedded: int
    """Vectors computed for switching to the first commit and back."""
    switch_seconds: tuple[float, float]


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run."""

    repository: str
    program: str
    """The commit of codegraph that ran."""
    machine: str
    load: tuple[float, float, float]
    total: Totals
    commits: tuple[Step, ...]
    examples: tuple[str, ...]
    """The first differences, if any."""

    @property
    def equal(self) -> bool:
        """Nothing differed and switching back cost nothing."""
        return not (self.total.differences or self.total.independent_differences or self.total.switch_embedded)


class Follower:
    """Drives a daemon over a history and keeps the account."""

    def __init__(self, client: Client, commits: History) -> None:
        self.examples: list[str] = []
        self._client = client
        self._history = commits
        self._revision = self._account()[0]

    def step(self, old: str, new: str, compare: bool) -> Step:
        """Check a commit out, wait until everything is fresh, and say what happened."""
        embedded_before = self._account()[1]
        seconds = self.switch(new)
        status = self._client.status()
        events = list(self._committed_since())
        milliseconds = _summed(event.milliseconds for event in events)
        last = status.last_change
        if last is not None and events:
            milliseconds["embed"] = last.milliseconds.get("embed", 0.0)
        milliseconds["total"] = 1e3 * seconds
        return Step(
            commit=new,
            files_changed=self._history.changed_files(old, new),
            files=sum(event.files for event in events),
            touched=sum(event.touched for event in events),
            marked=sum(event.marked for event in events),
            cut_off=sum(event.cut for event in events),
            reused=sum(event.reused for event in events),
            embedded=status.embedded - embedded_before,
            symbols=status.symbols,
            revisions=len(events),
            milliseconds={stage: round(value, 3) for stage, value in milliseconds.items()},
            differences=self._differences(new) if compare else None,
        )

    def switch(self, to: str) -> float:
        """Check a commit out and wait until every vector is there; return the seconds."""
        started = time.perf_counter()
        self._history.check_out(to)
        wait_until_embedded(self._client)
        return time.perf_counter() - started

    def there_and_back(self) -> tuple[int, tuple[float, float]]:
        """Switch from the last commit to the first and back; return the vectors computed and the seconds."""
        before = self._account()[1]
        seconds = (self.switch(self._history.commits[0]), self.switch(self._history.commits[-1]))
        return self._account()[1] - before, seconds

    def _account(self) -> tuple[int, int]:
        status = self._client.status()
        return status.last_change.revision if status.last_change else 0, status.embedded

    def _committed_since(self) -> Iterator[Committed]:
        """Yield the change sets since the last question, read from the events that the daemon remembers."""
        since, self._revision = self._revision, self._account()[0]
        if self._revision == since:
            return
        for event in self._client.events("committed", recent=True):
            if isinstance(event, Committed):
                if event.revision > since:
                    yield event
                if event.revision >= self._revision:
                    return

    def _differences(self, at: str) -> int:
        result = self._client.verify()
        lines = [f"{part}: {line}" for part, found in result.differences.items() for line in found]
        self.examples += [f"{at[:12]} {line}" for line in lines[: max(0, 50 - len(self.examples))]]
        return len(lines) if lines else int(not result.equal)


def replay(repository: Path, count: int, every: int, seed: int | None, report: Sequence[str] = ()) -> Replay:
    """Replay `count` commits and compare after every `every`-th one and after the last. `report` names the fields
    that are shown on standard error as they come."""
    with Sandbox() as box:
        clone(repository, box.root)
        commits = history(box.root, count, seed)
        commits.check_out(commits.commits[0])
        with box.daemon() as client:
            wait_until_embedded(client)
            follower = Follower(client, commits)
            steps = []
            pairs = list(zip(commits.commits, commits.commits[1:], strict=False))
            for number, (old, new) in enumerate(pairs, 1):
                step = follower.step(old, new, number % every == 0 or number == len(pairs))
                steps.append(step)
                _show(number, len(pairs), step, report)
            independent = _independent_differences(box, client)
            switched, seconds = follower.there_and_back()
        return Replay(
            repository=repository.name if repository.name != "repo" else repository.parent.name,
            program=commit(),
            machine=this_machine().slug,
            load=load(),
            total=totals(steps, len(independent), switched, seconds),
            commits=tuple(steps),
            examples=(*follower.examples, *independent[:50]),
        )


def totals(steps: Iterable[Step], independent: int, switched: int, seconds: tuple[float, float]) -> Totals:
    """Sum the commits up; a rate without a denominator is None."""
    steps = list(steps)

    def total(name: str) -> int:
        return sum(getattr(step, name) for step in steps)

    reused, embedded = total("reused"), total("embedded")
    return Totals(
        commits=len(steps),
        compared=sum(step.differences is not None for step in steps),
        differences=sum(step.differences or 0 for step in steps),
        files_changed=total("files_changed"),
        files=total("files"),
        touched=total("touched"),
        marked=total("marked"),
        cut_off=total("cut_off"),
        reused=reused,
        embedded=embedded,
        avoided_rate=_rate(total("cut_off") + reused, total("marked")),
        reused_rate=_rate(reused, reused + embedded),
        kept_rate=_rate(total("symbols") - embedded, total("symbols")),
        milliseconds={stage: round(value, 1) for stage, value in _summed(step.milliseconds for step in steps).items()},
        independent_differences=independent,
        switch_embedded=switched,
        switch_seconds=seconds,
    )


def _summed(parts: Iterable[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for part in parts:
        for stage, value in part.items():
            total[stage] = total.get(stage, 0.0) + value
    return total


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _independent_differences(box: Sandbox, client: Client) -> list[str]:
    """Index the same tree in another process with an empty past and compare what both export."""
    ours = exported(client)
    with Sandbox() as other:
        other.root = box.root
        with other.daemon() as second:
            wait_until_embedded(second)
            theirs = exported(second)
    return unequal(ours, theirs)


def exported(client: Client) -> dict[str, set[bytes]]:
    """Return the lines of both exports."""
    return {
        "symbol": {msgspec.json.encode(symbol) for symbol in client.export_symbols()},
        "edge": {msgspec.json.encode(edge) for edge in client.export_edges()},
    }


def unequal(ours: Mapping[str, set[bytes]], theirs: Mapping[str, set[bytes]]) -> list[str]:
    """Return one line for each record that only one side has."""
    return [
        f"{kind} only {side}: {line.decode()}"
        for kind in sorted({*ours, *theirs})
        for side, lines in (
            ("incremental", ours.get(kind, set()) - theirs.get(kind, set())),
            ("clean", theirs.get(kind, set()) - ours.get(kind, set())),
        )
        for line in sorted(lines)
    ]


def _show(number: int, count: int, step: Step, fields: Sequence[str]) -> None:
    if fields:
        shown = ", ".join(f"{name.replace('_', ' ')} {getattr(step, name)}" for name in fields)
        print(f"{number}/{count} {step.commit[:12]}  {shown}, {step.milliseconds['total']:.0f} ms", file=sys.stderr)


_SHOWN = ("files_changed", "files", "touched", "marked", "cut_off", "reused", "embedded", "differences")


def main() -> int:
    """Replay a repository and print the account."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("repository", type=Path, help="a git repository, bare or with a work tree")
    parser.add_argument("--commits", type=int, default=100, metavar="N")
    parser.add_argument("--every", type=int, default=1, metavar="K", help="compare after every K-th commit")
    parser.add_argument("--seed", type=int, help="draw the stretch of history; without it, the newest commits")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--output", type=Path, help="write the JSON document there too")
    arguments = parser.parse_args()
    shown = () if arguments.json else _SHOWN
    result = replay(arguments.repository.resolve(), arguments.commits, max(1, arguments.every), arguments.seed, shown)
    encoded = msgspec.json.encode(result)
    if arguments.output is not None:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_bytes(msgspec.json.format(encoded, indent=1) + b"\n")
    if arguments.json:
        print(encoded.decode())
    else:
        for name, value in msgspec.to_builtins(result.total).items():
            print(f"{name:24} {value}")
        print(*result.examples, sep="\n", end="\n" if result.examples else "")
    return 0 if result.equal else 1


if __name__ == "__main__":
    raise SystemExit(main())
