"""The account of a cold index by stage: every stage is entered where it says, and counted once."""

from __future__ import annotations

import time

from benchmarks.ingest import CORES, FEEDING_EXTRACTION, FEEDING_MODEL, STAGES, Clock, figures, least_seconds, measure
from benchmarks.sandbox import Sandbox
from codegraph.daemon.first_index import MAX_LINKERS


def _work(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def test_a_stage_inside_another_counts_for_itself() -> None:
    """The sum over stages is what the thread spent; a generator's steps count, what its caller does does not."""
    clock = Clock()
    inner = clock.around(_work, "inner")

    def steps() -> object:
        for _ in range(2):
            _work(0.01)
            yield None

    def outer() -> None:
        _work(0.02)
        for _ in clock.around(steps, "steps")():
            inner(0.03)

    before = time.thread_time()
    clock.around(outer, "outer")()
    spent = time.thread_time() - before
    assert abs(sum(clock.seconds.values()) - spent) < 0.005
    for stage, seconds in {"outer": 0.02, "steps": 0.02, "inner": 0.06}.items():
        assert abs(clock.seconds[stage] - seconds) < 0.01


def test_the_limit_adds_what_cannot_overlap() -> None:
    """Workers that take longer than what feeds them are what is waited for; in the daemon everything adds up."""
    parts = {"graph": 1.0, "read": 0.5, "finish": 0.25, "cold_tier": 0.125}
    workers = {"extract": (CORES - 3) * 0.75, "link": MAX_LINKERS * 0.5, "documents": 1.0, "embed": 0.125}
    assert least_seconds(parts, workers) == 0.75 + 0.5 + 1.0 + 0.25
    assert least_seconds(parts, {**workers, "documents": 12.0, "embed": 1.0}) == 3.0 + 1.0 + 1.0
    found = {figure.name: figure.value for figure in figures(1000, 9.0, parts, 2.0, workers)}
    assert found["ingest.stage.rest"] == 125.0
    assert found["ingest.daemon"] == 2000.0


def test_a_small_tree_goes_all_the_way() -> None:
    """Real processes, real stages: what a cold index cannot do without has taken time."""
    known = {stage for _, _, stage in STAGES}
    assert known >= FEEDING_EXTRACTION | FEEDING_MODEL
    with Sandbox() as box:
        box.root.mkdir()
        for number in range(30):
            (box.root / f"m{number}.py").write_text(f"def f{number}(x):\n    return f{number}(x)\n")
        found = {figure.name: figure.value for figure in measure(box)}
    assert found["ingest.symbols"] > 0
    for stage in ("read", "link", "lexical", "embed_hand_over", "quantise", "store_vectors", "cold_tier"):
        assert found[f"ingest.stage.{stage}"] > 0, stage
    assert found["ingest.workers.embed"] > 0 < found["ingest.workers.extract"]
