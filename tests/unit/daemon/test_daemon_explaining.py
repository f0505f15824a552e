"""Explanations: each outcome is told with its rule, its origin and the steps between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from workbench import Workbench

from codegraph.core.symbols import SymbolId
from codegraph.daemon import served
from codegraph.daemon.explaining import explain
from codegraph.daemon.operations import ExplainResult
from codegraph.daemon.targets import existing
from codegraph.embed.encoder import RecordingEncoder

FILES = {
    "a.py": "from b import g\ndef f(): return g()\n",
    "b.py": "from c import h\ndef g(): return h()\n",
    "c.py": "def h(): return 1\ndef other(): return 2\n",
}
EDITED = {"c.py": "def h(x=0): return 1\ndef other(): return 2\n"}
F, G, H = "a.py/f().", "b.py/g().", "c.py/h()."


@pytest.fixture
def bench(project_of: Any) -> Workbench:
    """A chain of three calls, up to date; context reaches two steps."""
    found: Workbench = project_of(FILES, cascade__depth=2)
    return found


def explained(bench: Workbench, symbol: str) -> ExplainResult:
    """Explain one symbol of the newest view."""
    return explain(bench.view, existing(bench.view.snapshot, SymbolId(symbol)), bench.project.name_of)


def test_own_change(bench: Workbench) -> None:
    """The edited symbol changed by itself."""
    bench.write(EDITED)
    bench.update()
    found = explained(bench, H)
    assert (found.outcome, found.rule, found.origin, found.differed) == ("recomputed", "own", H, ("own",))
    assert found.wanted == found.served != ""
    assert found.model == bench.project.models.code.spec.name != ""


def test_context_change_names_the_route(bench: Workbench) -> None:
    """Who reaches the change is told how."""
    bench.write(EDITED)
    bench.update()
    found = explained(bench, F)
    assert (found.outcome, found.rule, found.origin) == ("recomputed", "signature", H)
    assert found.route == (F, G, H)
    assert found.context == (G, H)
    assert found.differed == ("context",)
    assert H in found.summary
    assert "2 steps away" in found.summary


def test_pending_before_the_vector_comes(bench: Workbench) -> None:
    """Between edit and answer the old key is served and the new one wanted."""
    bench.write(EDITED)
    bench.apply()
    found = explained(bench, G)
    assert found.outcome == "pending"
    assert found.wanted != found.served != ""


def test_reused_after_an_undo(bench: Workbench) -> None:
    """A vector that was there already is told as such."""
    bench.write(EDITED)
    bench.update()
    bench.write({"c.py": FILES["c.py"]})
    bench.update()
    assert explained(bench, H).outcome == "reused"


def test_cut_off(project_of: Any) -> None:
    """A symbol that was looked at for nothing kept its vector, and nothing differed."""
    bench = project_of(FILES, cascade__depth=2, cascade__max_context=0)
    bench.write(EDITED)
    bench.update()
    found = explained(bench, F)
    assert (found.outcome, found.rule, found.differed) == ("cut_off", "signature", ())
    assert "kept" in found.summary


def test_untouched_symbol_keeps_the_story_of_its_first_index(bench: Workbench) -> None:
    """A change elsewhere does not rewrite why a symbol was computed."""
    before = explained(bench, "c.py/other().")
    bench.write({"a.py": "def f(): return 1\n"})
    bench.update()
    after = explained(bench, "c.py/other().")
    assert (after.outcome, after.rule, after.revision) == (before.outcome, before.rule, before.revision)


def test_change_of_the_model(bench: Workbench) -> None:
    """After a change of model every symbol says so."""
    bench.restart(encoder=RecordingEncoder("another"))
    bench.update()
    found = explained(bench, F)
    assert (found.rule, found.differed, found.outcome) == ("model", ("model",), "recomputed")


def test_symbol_without_a_verdict_is_explained(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To have come with a large first index is no verdict; a symbol of it that has no vector yet waits."""
    monkeypatch.setattr(served, "FIRST_INDEX_SYMBOLS", 0)
    first = Workbench(tmp_path, root=bench.root)
    first.apply()
    found = explained(first, F)
    first.close()
    assert (found.outcome, found.rule, found.served, found.revision) == ("pending", "", "", 0)
    assert "waits" in found.summary
