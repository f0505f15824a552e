"""Where results go: one file per machine and commit, readable again, without names of hosts."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

import msgspec

from benchmarks.figures import Figure
from benchmarks.machine import Machine, Report, commit, gathered, result_path, this_machine, write_report

MACHINE = Machine(
    system="Linux", architecture="x86_64", processor="Some CPU @ 2.0GHz", cores=2, memory_bytes=1, python="3.11.0"
)


def test_a_machine_is_named_by_what_it_is():
    """The directory of results says system, architecture, cores and processor, in characters that any disk takes."""
    assert MACHINE.slug == "linux-x86-64-2-cores-some-cpu-2-0ghz"
    assert result_path(MACHINE, "abc", Path("results")) == Path("results") / MACHINE.slug / "abc.json"


def test_the_host_is_not_named():
    """Results are published; the name of the host is nobody's business."""
    assert platform.node() not in msgspec.json.encode(this_machine()).decode() or len(platform.node()) < 4


def test_reports_can_be_read_again(tmp_path):
    """What is written is the whole report."""
    figure = Figure(name="a.b", value=1.5, unit="ms", target=2.0)
    report = gathered(("2026-01-01T00:00:00Z", (1.0, 2.0, 3.0)), {"files": 3}, [figure], {"peer": "absent"}, {})
    write_report(report, tmp_path / "machine" / "commit.json")
    assert msgspec.json.decode((tmp_path / "machine" / "commit.json").read_bytes(), type=Report) == report
    assert report.load[0] == (1.0, 2.0, 3.0)


def test_each_state_of_a_checkout_has_a_name_of_its_own(tmp_path):
    """Results of two states that nobody committed do not overwrite each other; an equal state has an equal name."""
    file = tmp_path / "codegraph" / "a.py"
    file.parent.mkdir()
    seen = []
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        file.write_text("one\n")
        who = ["-c", "user.name=x", "-c", "user.email=x@y"]
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True)
    for text in ("one\n", "two\n", "three\n", "two\n"):
        file.write_text(text)
        seen.append(commit(tmp_path))
    assert len(set(seen)) == 3
    assert seen[1] == seen[3]
    assert [name.startswith(f"{seen[0]}-modified-") for name in seen[1:]] == [True] * 3
