"""Claim: a saved edit is in the index, with its new vector served, before the hand is back on the keyboard.

A daemon runs over the tree. A function is edited (edits.py: leaf, median symbol, biggest hub; its body,
its signature), the file is written in place, and the clock runs from before the write

    all     until `sync wait=embedded` answers: everything that the edit reached has its vector
    served  until the edited symbol's new key is first seen to be served, asked in a tight loop

Each in a pass of its own, so that neither disturbs the other. Afterwards the original text is put back.
The limit that `all` is compared with is tree-sitter's parse of the same file, in the same run.
Milliseconds by stage are medians over the samples, as the daemon gives them.
Tests: tests/unit/benchmarks/test_bench_edits.py.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import count, cycle
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.corpus import assemble, tree_parser
from benchmarks.edits import SEED, Exported, Target, body_edit, choose, load, save, signature_edit
from benchmarks.figures import Figure, percentile, sampled, table
from benchmarks.sandbox import Sandbox, wait_until_embedded
from codegraph.client import Client
from codegraph.errors import SymbolNotFound
from codegraph.extract.grammar import compiled

SAMPLES = 30
QUICK_SAMPLES = 5
TARGETS = {"p50": 50.0, "p95": 100.0}
PAUSE_SECONDS = (0.02, 0.1)
"""Between two edits, drawn at random, so that no timer of the daemon runs in step with them."""
LOOK_SECONDS = 0.0005
GIVE_UP_SECONDS = 120.0

Edit = Callable[[str, Target, int], str | None]
EDITS: dict[str, Edit] = {"body": body_edit, "signature": signature_edit}


def measure(client: Client, graph: Exported, root: Path, samples: int) -> tuple[list[Figure], dict[str, Any]]:
    """Edit and measure; return figures, and what each kind of edit did, by name."""
    chosen = choose(graph, root, samples)
    limits = {place: parse_milliseconds(root, targets) for place, targets in chosen.items()}
    numbers = count(1)
    figures: list[Figure] = []
    details: dict[str, Any] = {}
    for place, targets in chosen.items():
        for what, edit in EDITS.items():
            if not targets:
                continue
            name = f"edit_to_fresh.{place}.{what}"
            editing = Editing(client, root, edit, numbers)
            everything = editing.run(targets, samples, editing.until_all)
            details[name] = editing.account(targets)
            served = editing.run(targets, samples, editing.until_served)
            figures += sampled(f"{name}.served", served, "ms", TARGETS)
            targeted = {} if (place, what) == ("hub", "signature") else TARGETS
            figures += [
                msgspec.structs.replace(figure, baseline=limits[place], baseline_name="parsing the file")
                for figure in sampled(f"{name}.all", everything, "ms", targeted)
            ]
    return figures, details


def parse_milliseconds(root: Path, targets: Iterable[Target]) -> float:
    """Return the median time that tree-sitter takes for the files of the targets."""
    parser = compiled("python").parser
    taken = []
    for target in targets:
        data = (root / target.path).read_bytes()
        started = time.perf_counter()
        parser.parse(data)
        taken.append(1e3 * (time.perf_counter() - started))
    return percentile(sorted(taken), 0.5) if taken else 0.0


class Editing:
    """Makes edits of one kind and measures them."""

    def __init__(self, client: Client, root: Path, edit: Edit, numbers: Iterable[int]) -> None:
        self._client = client
        self._root = root
        self._edit = edit
        self._numbers = iter(numbers)
        self._pause = random.Random(SEED)
        self._changes: list[Mapping[str, Any]] = []

    def run(self, targets: Iterable[Target], samples: int, until: Callable[[Target, Path, str], float]) -> list[float]:
        """Edit the targets in turn until there are enough samples; return milliseconds, and restore the tree."""
        originals: dict[Path, str] = {}
        taken: list[float] = []
        for target in cycle(targets):
            if len(taken) == samples:
                break
            path = self._root / target.path
            original = originals.setdefault(path, load(path))
            text = self._edit(original, target, next(self._numbers))
            assert text is not None, f"{target.id} was chosen because it can be edited"
            time.sleep(self._pause.uniform(*PAUSE_SECONDS))
            taken.append(1e3 * until(target, path, text))
        for path, original in originals.items():
            save(path, original)
        wait_until_embedded(self._client)
        return taken

    def until_all(self, target: Target, path: Path, text: str) -> float:
        """Write, and wait until everything is fresh; return the seconds."""
        del target
        embedded = self._client.status().embedded
        started = time.perf_counter()
        save(path, text)
        wait_until_embedded(self._client)
        seconds = time.perf_counter() - started
        status = self._client.status()
        if status.last_change is not None:
            change = status.last_change
            self._changes.append(
                {
                    "touched": change.touched,
                    "marked": change.marked,
                    "cut_off": change.cut_off,
                    "embedded": status.embedded - embedded,
                    **{f"{stage}_ms": value for stage, value in change.milliseconds.items()},
                }
            )
        return seconds

    def until_served(self, target: Target, path: Path, text: str) -> float:
        """Write, and look until the symbol's new key is served; return the seconds, then wait for the rest."""
        old = self._client.explain(target.id).served
        started = time.perf_counter()
        save(path, text)
        while True:
            fresh = self._is_fresh(target, old)
            seconds = time.perf_counter() - started
            if fresh:
                break
            if seconds > GIVE_UP_SECONDS:
                raise TimeoutError(f"{target.id} was edited and its new vector never served")
            time.sleep(LOOK_SECONDS)
        wait_until_embedded(self._client)
        return seconds

    def _is_fresh(self, target: Target, old: str) -> bool:
        try:
            seen = self._client.explain(target.id)
        except SymbolNotFound:
            return False  # the file was read while it was being written: there is no such symbol in half a file
        return seen.served not in ("", old) and seen.served == seen.wanted

    def account(self, targets: Iterable[Target]) -> dict[str, Any]:
        """Return the medians of what the daemon said of each edit, and what was edited."""
        listed = list(targets)
        names = dict.fromkeys(name for change in self._changes for name in change)
        medians = {
            name: round(percentile(sorted(change.get(name, 0.0) for change in self._changes), 0.5), 3) for name in names
        }
        sizes = sorted((self._root / target.path).stat().st_size for target in listed)
        return {
            "file_bytes": percentile(sizes, 0.5),
            "dependents": listed[0].dependents,
            "first": listed[0].id,
            "targets": len(listed),
            "median": medians,
        }


def main() -> int:
    """Measure one tree and print the figures."""
    parser = tree_parser(__doc__)
    parser.add_argument("--samples", type=int, default=SAMPLES)
    arguments = parser.parse_args()
    with Sandbox() as box:
        assemble(box, arguments.tree, arguments.symbols)
        with box.daemon() as client:
            wait_until_embedded(client)
            figures, details = measure(client, Exported.of(client), box.root, arguments.samples)
        print(table(figures))
        for name, detail in details.items():
            print(name, detail)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
