"""Where and on what a benchmark ran, and the file that its figures go to.

A result lies at benchmarks/results/<machine>/<commit>.json, where the machine is named by system,
architecture, cores and processor, never by host name. A run on uncommitted code says so in its
commit. Tests: tests/unit/benchmarks/test_bench_machine.py.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import psutil

from benchmarks.figures import Figure

REPOSITORY = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).resolve().parent / "results"


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What the figures were measured on."""

    system: str
    architecture: str
    processor: str
    cores: int
    """Those that this process may use."""
    memory_bytes: int
    python: str

    @property
    def slug(self) -> str:
        """A name for a directory."""
        text = f"{self.system}-{self.architecture}-{self.cores}-cores-{self.processor}".lower()
        return re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:80]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One run of benchmarks."""

    machine: Machine
    commit: str
    began: str
    """UTC, ISO 8601."""
    load: tuple[tuple[float, float, float], tuple[float, float, float]]
    """The load averages over 1, 5 and 15 minutes, at the beginning and at the end."""
    tree: dict[str, Any]
    """What was measured: size, and the parts with their versions."""
    figures: tuple[Figure, ...]
    skipped: dict[str, str] = {}
    """What was not measured, and why."""
    details: dict[str, Any] = {}


def this_machine() -> Machine:
    """Describe the machine that this runs on."""
    return Machine(
        system=platform.system(),
        architecture=platform.machine(),
        processor=_processor(),
        cores=cores(),
        memory_bytes=psutil.virtual_memory().total,
        python=platform.python_version(),
    )


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        return platform.processor() or "unknown"  # no Linux
    return platform.processor() or "unknown"


def commit(repository: Path = REPOSITORY) -> str:
    """Return the short id of the commit that runs, with "-modified-" and a digest of how tracked files differ from it.

    So two states of one checkout have two names; what git does not track is in neither.
    """
    try:
        found = _git(repository, "rev-parse", "--short=12", "HEAD").decode().strip()
        changed = _git(repository, "diff", "--binary", "HEAD", "--", "codegraph", "benchmarks/*.py")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"  # an installed copy without its history
    return f"{found}-modified-{hashlib.sha256(changed).hexdigest()[:8]}" if changed else found


def _git(repository: Path, *arguments: str) -> bytes:
    return subprocess.run(
        ["git", "-C", os.fspath(repository), *arguments], capture_output=True, check=True, timeout=30
    ).stdout


def load() -> tuple[float, float, float]:
    """Return the load averages over 1, 5 and 15 minutes."""
    return os.getloadavg()


def now() -> str:
    """Return the time in UTC, ISO 8601, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def result_path(machine: Machine, commit_id: str, directory: Path = RESULTS) -> Path:
    """Return where the report of a run belongs."""
    return directory / machine.slug / f"{commit_id}.json"


def write_report(report: Report, path: Path) -> None:
    """Write a report as indented JSON with sorted keys, so that two of them can be compared line by line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report, order="sorted"), indent=2) + b"\n")


def gathered(
    began: tuple[str, tuple[float, float, float]],
    tree: Mapping[str, Any],
    figures: Sequence[Figure],
    skipped: Mapping[str, str],
    details: Mapping[str, Any],
) -> Report:
    """Put a report together; `began` is what `now` and `load` said at the beginning."""
    return Report(
        machine=this_machine(),
        commit=commit(),
        began=began[0],
        load=(began[1], load()),
        tree=dict(tree),
        figures=tuple(figures),
        skipped=dict(skipped),
        details=dict(details),
    )
