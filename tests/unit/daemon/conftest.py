"""Real projects over small trees, for tests of everything that reads a view."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from workbench import Workbench, fast_directory

ProjectOf = Callable[..., Workbench]


@pytest.fixture
def memory_path() -> Iterator[Path]:
    """Like tmp_path, in memory if possible."""
    with fast_directory() as path:
        yield path


@pytest.fixture
def project_of(memory_path: Path) -> Iterator[ProjectOf]:
    """Make up-to-date projects of the given files (and settings); they are closed at the end."""
    benches: list[Workbench] = []

    def make(files: Mapping[str, str], **settings: Any) -> Workbench:
        named = {name.replace("__", "."): value for name, value in settings.items()}
        bench = Workbench(memory_path / f"project-{len(benches)}", named)
        benches.append(bench)
        bench.write(files)
        bench.update()
        return bench

    yield make
    for bench in benches:
        bench.close()
