"""Every case, three ways: the index does exactly the promised work, and always equals a clean build.

After each step of each case (I1, I2, I4, I10 of ARCHITECTURE.md): graph, keys, vectors, search index and
store equal those of a project with an empty past; nothing is pending; nothing was embedded twice or
without a changed key; no key stood for two inputs. The three ways differ in what lies between the
steps: nothing; one restart before the first edit, after an end that vouches for nothing; a restart after a clean
end before every edit, which is made while nobody watches. All three must do the same work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from casefile import ALWAYS, Action, Case, read_cases, write_cases
from workbench import Renders, Workbench, fast_directory

from codegraph.core.symbols import EmbeddingKey, SymbolId
from codegraph.graph.snapshot import Snapshot

HERE = Path(__file__).parent
CASES = [case for file in sorted(HERE.glob("*.case")) for case in read_cases(file)]
WAYS = ["cold", "warm", "restart"]
ORDERS = [(case, way) for case in CASES for way in (WAYS if case.steps > 1 else WAYS[:1])]
"""A case of one step has no edit before which anything could be restarted."""
HIDDEN_KINDS = frozenset({"contains", "imports"})


@dataclass(frozen=True)
class Before:
    """What was so before a step."""

    keys: dict[SymbolId, EmbeddingKey]
    revision: int
    deltas: int
    batches: int


class CleanBuilds:
    """The clean builds of one case, one for each step: all ways lead to the same trees."""

    def __init__(self) -> None:
        self.renders = Renders()
        self._opened = ExitStack()
        self.directory = self._opened.enter_context(fast_directory())
        self._built: dict[int, Workbench] = {}

    def at(self, step: int, bench: Workbench) -> Workbench:
        """Return the clean build of a step, made over the tree of `bench` by the way that comes first."""
        if step not in self._built:
            self._built[step] = self._opened.enter_context(bench.clean())
        return self._built[step]

    def close(self) -> None:
        """End all of them."""
        self._opened.close()


@pytest.fixture(scope="module")
def clean_builds() -> Iterator[Callable[[Case], CleanBuilds]]:
    """Give the clean builds of a case; those of the one before are closed."""
    kept: dict[str, CleanBuilds] = {}

    def of(case: Case) -> CleanBuilds:
        if case.name not in kept:
            close()
            kept[case.name] = CleanBuilds()
        return kept[case.name]

    def close() -> None:
        for builds in kept.values():
            builds.close()
        kept.clear()

    yield of
    close()


@pytest.mark.parametrize(("case", "way"), ORDERS, ids=[f"{case.file.stem}: {case.name}-{way}" for case, way in ORDERS])
def test_case(
    case: Case, way: str, clean_builds: Callable[[Case], CleanBuilds], request: pytest.FixtureRequest
) -> None:
    """Each step has the stated effect, whatever restarts lie between the steps."""
    update = request.config.getoption("--update-cases", default=False)
    if update and way != "cold":
        pytest.skip("expectations are written by the cold way alone")
    seen: dict[tuple[str, int], list[str]] = {}
    clean = clean_builds(case)
    bench = Workbench(clean.directory / way, case.settings(1), renders=clean.renders)
    try:
        for step in range(1, case.steps + 1):
            before = _take_step(bench, case, step, way)
            bench.check(clean.at(step, bench))
            _check_work(bench, before)
            for section, lines in _observed(bench, case, before).items():
                seen[section, step] = lines
            if not update:
                _compare(case, step, seen)
    finally:
        bench.close()
    if update:
        _write_back(case, seen)


def test_names_of_cases_are_unique() -> None:
    """A failing case can be found by its name."""
    names = [case.name for case in CASES]
    assert sorted(set(names)) == sorted(names)


def _take_step(bench: Workbench, case: Case, step: int, way: str) -> Before:
    """Make the edits of a step and follow them; return what was before."""
    settings = case.settings(step)
    restarts = way == "restart" or (way == "warm" and step == 2) or settings is not None
    before = Before(
        _keys(bench.view.snapshot), bench.view.snapshot.clock.revision, len(bench.deltas), len(bench.batches)
    )
    if step > 1 and restarts:
        bench.close(cleanly=way != "warm")
    for action in case.edits(step):
        _edit(bench, action)
    if step > 1 and restarts:
        bench.forget()
        bench.settings.update(settings or {})
        bench.open()
    bench.update()
    if case.collects(step):
        bench.collect()
    return before


def _edit(bench: Workbench, action: Action) -> None:
    paths = action.arguments
    if action.kind == "file":
        bench.write({paths[0]: action.body})
    elif action.kind == "delete":
        bench.delete(paths[0])
    elif action.kind == "rename":
        bench.rename(*paths)
    elif action.kind == "touch":
        bench.touch(paths[0])
    elif action.kind == "binary":
        bench.write({paths[0]: bytes(range(256))})
    else:
        text = (bench.root / paths[0]).read_bytes()
        bench.write({paths[0]: text.replace(b"\n", b"\r\n")})


def _check_work(bench: Workbench, before: Before) -> None:
    """Nothing is embedded whose key did not change, and no key twice."""
    now = _keys(bench.view.snapshot)
    changed = {key for symbol, key in now.items() if before.keys.get(symbol) != key}
    embedded = bench.embedded(before.batches)
    earlier = set(bench.embedded()[: -len(embedded)]) if embedded else set()
    assert len(set(embedded)) == len(embedded), "a key was embedded twice in one step"
    assert set(embedded) <= changed, "a key was embedded that nobody newly wants"
    assert not set(embedded) & earlier - bench.swept, "a key was embedded that had a vector"


def _observed(bench: Workbench, case: Case, before: Before) -> dict[str, list[str]]:
    view, snapshot = bench.view, bench.view.snapshot
    keys = _keys(snapshot)
    embedded = set(bench.embedded(before.batches))
    deltas = bench.deltas[before.deltas :]
    changed = [symbol for symbol, key in keys.items() if before.keys.get(symbol) != key]
    verdicts = {
        symbol: view.verdicts[symbol] for delta in deltas for symbol in (*delta.marked, *delta.keys) if symbol in keys
    }
    context = ((symbol, snapshot.context(symbol)) for symbol in keys)
    missing = [(path, each) for path in sorted(snapshot.files) for each in snapshot.unresolved(path)]
    skipped = sorted(bench.project.pipeline.skipped.items())
    return {
        "edges": _edges(snapshot, HIDDEN_KINDS - case.shown),
        "context": [f"{symbol}: {' '.join(reached)}" for symbol, reached in context if reached],
        "symbols": sorted(keys),
        "removed": sorted(set(before.keys) - set(keys)),
        "relinked": sorted({path for delta in deltas for path in delta.relinked}),
        "marked": [
            f"{symbol} {verdict.cause.rule}" + (f" of {verdict.cause.origin}" if verdict.cause.route else "")
            for symbol, verdict in sorted(verdicts.items())
        ],
        "cut": [symbol for symbol, verdict in sorted(verdicts.items()) if not verdict.changed],
        "stale": sorted(symbol for symbol in changed if symbol in before.keys),
        "embedded": sorted(symbol for symbol, key in keys.items() if key in embedded),
        "reused": [symbol for symbol, verdict in sorted(verdicts.items()) if verdict.reused],
        "unresolved": [f"{path}:{each.line + 1} {each.name} {each.reason}" for path, each in missing],
        "skipped": [f"{path} {why.reason}" for path, why in skipped],
    }


def _edges(snapshot: Snapshot, hidden: frozenset[str]) -> list[str]:
    return [
        f"{symbol.id} -> {edge.target} {edge.kind} {edge.confidence}"
        for symbol in snapshot.symbols()
        for edge in snapshot.dependencies(symbol.id)
        if edge.kind not in hidden
    ]


def _keys(snapshot: Snapshot) -> dict[SymbolId, EmbeddingKey]:
    return {symbol.id: snapshot.wanted(symbol.id) for symbol in snapshot.symbols()}


def _compare(case: Case, step: int, seen: dict[tuple[str, int], list[str]]) -> None:
    for section in ALWAYS:
        if section == "edges" and step > 1:
            case.expected.setdefault((section, step), case.expected.get((section, step - 1), []))
        elif section == "edges" or step > 1:
            case.expected.setdefault((section, step), [])
    for (section, at), lines in case.expected.items():
        if at == step:
            assert seen[section, step] == lines, f"[{section}{step}] of {case.name!r}"


def _write_back(case: Case, seen: dict[tuple[str, int], list[str]]) -> None:
    """Put what was seen into the case file: what is written there already, and what is always compared."""
    expected = {}
    for (section, step), lines in seen.items():
        before = seen.get((section, step - 1), []) if section == "edges" else []
        always = section == "edges" or (section in ALWAYS and step > 1)
        if lines != before if always else (section, step) in case.expected:
            expected[section, step] = lines
    others = {other.name: other.text(other.expected) for other in read_cases(case.file)}
    others[case.name] = case.text(expected)
    write_cases(case.file, list(others.values()))
