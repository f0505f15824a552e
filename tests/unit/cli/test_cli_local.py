"""What the command line does without a daemon: finding the project, settings, doctor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
from fake_daemon import FakeDaemon

import codegraph
from codegraph.cli import doctor as doctor_module
from codegraph.cli.main import main
from codegraph.cli.parser import build_parser
from codegraph.cli.project import find_root, start_daemon
from codegraph.daemon.model import STAND_INS
from codegraph.errors import ProjectError
from codegraph.locations import Locations


@pytest.fixture
def repository(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a package; the working directory is inside it."""
    root = home / "repository"
    (root / ".git").mkdir(parents=True)
    (root / "pkg").mkdir()
    monkeypatch.chdir(root / "pkg")
    return root.resolve()


def parsed(*argv: str) -> Namespace:
    return build_parser().parse_args(argv)


def test_the_project_is_found_from_inside(repository: Path) -> None:
    """From any directory inside, by --project and by PATH."""
    assert find_root(parsed("status")) == repository
    assert find_root(parsed("search", "x", "--project", str(repository / "pkg"))) == repository
    assert find_root(parsed("status", str(repository))) == repository


def test_a_named_root_is_the_root(repository: Path) -> None:
    """`index PATH` and `start PATH` mean exactly that directory, even inside a repository."""
    assert find_root(parsed("index", ".")) == repository / "pkg"
    assert find_root(parsed("start", str(repository / "pkg"))) == repository / "pkg"
    assert find_root(parsed("index")) == repository


def test_the_home_directory_is_no_project(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command in the home directory does not index all of it unasked; a named one is believed."""
    monkeypatch.setenv("HOME", str(home.resolve()))
    monkeypatch.chdir(home)
    with pytest.raises(ProjectError, match="does not look like a project"):
        find_root(parsed("search", "x"))
    assert find_root(parsed("search", "x", "--project", ".")) == home.resolve()


def test_no_such_directory(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 4 with the path."""
    assert main(["status", "--project", str(home / "nowhere")]) == 4
    assert "nowhere" in capsys.readouterr().err


def test_a_file_is_no_root(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`index FILE` does not make a project of the file's directory, which would hide the one around it."""
    (repository / "pkg" / "a.py").write_text("x = 1\n")
    assert main(["index", "a.py"]) == 4
    assert "a.py: is no directory" in capsys.readouterr().err


def test_config_shows_every_setting(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Settings come from the file, the environment and --set; those that differ from the default say so."""
    (home / "config.toml").write_text("[cascade]\ndepth = 3\n")
    assert main(["config", "show", "--set", "watch.mode=poll"]) == 0
    text = capsys.readouterr().out
    assert "[cascade]\ndepth = 3  # default: 1\n" in text
    assert 'mode = "poll"  # default: "auto"' in text
    assert main(["config", "show", "--json"]) == 0
    printed = capsys.readouterr().out
    shown = json.loads(printed)
    assert shown["settings"]["cascade"]["depth"] == 3
    assert shown["exists"] is True
    assert main(["config", "--json"]) == 0
    assert capsys.readouterr().out == printed
    assert main(["config", "path"]) == 0
    assert capsys.readouterr().out == f"{home}/config.toml\n"


def test_a_bad_setting_is_reported_with_its_place(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 3 with file and line, before any daemon is started."""
    (home / "config.toml").write_text("\n[cascade]\ndepth = -1\n")
    assert main(["start", str(home)]) == 3
    assert "config.toml:3" in capsys.readouterr().err
    assert not (home / "state").exists()
    assert main(["config", "show", "--set", "cascade.depth=x"]) == 3


def test_doctor_on_a_healthy_machine(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every check has a line; nothing failed; a daemon that does not run is no problem."""
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    for name in ("python", "libraries", "configuration", "state directory", "project", "socket", "watching", "daemon"):
        assert name in text
    assert "not running; any query starts it" in text


def test_doctor_finds_problems(
    repository: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing library, a bad setting and a low limit are found together, each with advice; exit 1."""
    monkeypatch.setattr(doctor_module, "_LIBRARIES", ("numpy", "no_such_library"))
    limit = home / "limit"
    limit.write_text("8192\n")
    monkeypatch.setattr(doctor_module, "_WATCHES", limit)
    (home / "config.toml").write_text("[cascade]\ndepht = 1\n")
    assert main(["doctor", "--json"]) == 1
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)}
    assert checks["libraries"]["level"] == "failed"
    assert "no_such_library" in checks["libraries"]["detail"]
    assert checks["configuration"]["level"] == "failed"
    assert "config.toml:2" in checks["configuration"]["detail"]
    assert checks["watching"]["level"] == "warning"
    assert all(check["advice"] for check in checks.values() if check["level"] != "ok")


def test_doctor_names_the_directory_that_cannot_be_made(
    repository: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where nothing may be written above it, that is said of the directory that is wanted, not of the root alone."""
    refused = home / "home"
    refused.mkdir()
    monkeypatch.setenv("CODEGRAPH_STATE_DIR", str(refused / "deep" / "state"))
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != refused)
    assert main(["doctor", "--json"]) == 1
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)}
    assert checks["state directory"]["detail"] == f"{refused}/deep/state cannot be made: {refused} cannot be written"
    assert "CODEGRAPH_STATE_DIR" in checks["state directory"]["advice"]


def test_a_misspelt_variable_is_said(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command names a variable that is nearly one of ours; doctor names those of other programs, too."""
    monkeypatch.setenv("CODEGRAPH_EMBEDING_MODEL", "minilm")
    monkeypatch.setenv("CODEGRAPH_TELEMETRY", "0")
    assert main(["config", "path", "--json"]) == 0
    said = capsys.readouterr()
    assert "CODEGRAPH_EMBEDING_MODEL means nothing" in said.err
    assert "did you mean CODEGRAPH_EMBEDDING_MODEL?" in said.err
    assert "TELEMETRY" not in said.err
    assert json.loads(said.out)
    assert main(["doctor", "--json"]) == 0
    found = [check for check in json.loads(capsys.readouterr().out) if check["name"] == "environment"]
    assert [check["detail"].split()[0] for check in found] == ["CODEGRAPH_EMBEDING_MODEL", "CODEGRAPH_TELEMETRY"]
    assert {check["level"] for check in found} == {"warning"}


def test_doctor_says_which_model_stands_in(
    repository: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the weights of a chosen model are missing, the one that a daemon would use meanwhile is named."""
    monkeypatch.setenv("HF_HOME", str(home))
    (home / "config.toml").write_text('[embedding]\nmodel = "codebert"\n')
    main(["doctor", "--json"])
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)}
    assert checks["model"]["level"] == "warning"
    assert f"until then `{STAND_INS[0]}` stands in" in checks["model"]["advice"]


def test_doctor_sees_the_daemon(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a daemon its state and its warnings are shown."""
    with FakeDaemon(Locations.from_environment().socket(repository), str(repository)):
        assert main(["doctor"]) == 0
    assert "watching by polling" in capsys.readouterr().out


def test_commands_as_processes(repository: Path) -> None:
    """A process in any directory of the project finds the daemon by itself."""
    with FakeDaemon(Locations.from_environment().socket(repository), str(repository)):
        command = [sys.executable, "-m", "codegraph"]
        done = subprocess.run([*command, "search", "x", "--json"], capture_output=True, text=True, check=True)
        assert [hit["name"] for hit in json.loads(done.stdout)["results"]] == ["get", "load", "Store"]
        assert done.stderr == ""
        done = subprocess.run([*command, "callers", "nobody"], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (5, "")
        environment = os.environ | {"PYTHONIOENCODING": "ascii"}
        done = subprocess.run([*command, "status"], capture_output=True, text=True, check=True, env=environment)
        assert str(repository) in done.stdout


def test_connect(repository: Path) -> None:
    """`codegraph.connect` finds the project and its daemon from any directory inside."""
    with FakeDaemon(Locations.from_environment().socket(repository), str(repository)), codegraph.connect() as client:
        assert client.status().root == str(repository)


def test_starting_is_left_to_the_lifecycle(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """start, restart and stop reach the lifecycle with root and settings, and say what happened and is to be known."""
    from codegraph.daemon import lifecycle

    done: list[tuple[str, str, tuple[str, ...]]] = []

    def start(root: Path, locations: object, settings: tuple[str, ...] = ()) -> int:
        done.append(("start", str(root), tuple(settings)))
        return 42

    def stop(root: Path, locations: object, say: object) -> bool:
        done.append(("stop", str(root), ()))
        return True

    def run(root: Path, config: object, locations: object) -> int:
        done.append(("run", str(root), ()))
        return 0

    monkeypatch.setattr(lifecycle, "start_daemon", start)
    monkeypatch.setattr(lifecycle, "stop_daemon", stop)
    monkeypatch.setattr(lifecycle, "run_daemon", run)
    root = str(repository)
    warning = "watching by polling: the inotify limit is reached"
    with FakeDaemon(Locations.from_environment().socket(repository), root):
        assert main(["start", "--set", "cascade.depth=1"]) == 0
        assert capsys.readouterr().out == f"started: {root} (process 42)\n! {warning}\n"
        assert main(["restart", "--json"]) == 0
        said = {"state": "restarted", "root": root, "pid": 42, "warnings": [warning]}
        assert json.loads(capsys.readouterr().out) == said
    assert main(["stop"]) == 0
    assert capsys.readouterr().out == f"stopped: {root}\n"
    assert main(["start", "--foreground"]) == 0
    assert main(["daemon-run", "--project", root]) == 0
    assert [step for step, _, _ in done] == ["start", "stop", "start", "stop", "run", "run"]
    assert done[0] == ("start", root, ("cascade.depth=1",))
    assert start_daemon(repository) == 42


def test_start_beside_a_running_daemon(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says that one runs; settings, which that one would not get, are refused."""
    from codegraph.daemon import lifecycle

    monkeypatch.setattr(lifecycle, "running_daemon", lambda root, locations: object())
    monkeypatch.setattr(lifecycle, "start_daemon", lambda root, locations, settings: 42)
    with FakeDaemon(Locations.from_environment().socket(repository), str(repository)):
        assert main(["start"]) == 0
    assert capsys.readouterr().out.startswith(f"running already: {repository} (process 42)\n! watching by polling")
    assert main(["start", "--set", "cascade.depth=1"]) == 2
    assert "codegraph restart" in capsys.readouterr().err


@pytest.mark.parametrize("setting", ["embedding.model=nosuch", "embedding.text=nosuch", "source.languages=['x']"])
def test_a_restart_that_cannot_be_leaves_the_daemon(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], setting: str
) -> None:
    """Settings with which no daemon could start are refused before the one that runs is ended."""
    from codegraph.daemon import lifecycle

    stopped: list[Path] = []
    monkeypatch.setattr(lifecycle, "stop_daemon", lambda root, locations, say: stopped.append(root))
    assert main(["restart", "--set", setting]) == 3
    assert stopped == []
    assert "codegraph: " in capsys.readouterr().err


def test_index_without_a_daemon(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The index is built in this process, with the settings of this command."""
    from codegraph.daemon import oneshot
    from codegraph.daemon.operations import IndexResult

    def index(root: Path, config: codegraph.config.Config, progress: object, *, rebuild: bool, embed: bool) -> object:
        assert (root, config.cascade.depth, rebuild, embed) == (repository, 1, True, False)
        return IndexResult(clock="i:1", files=1, symbols=2, edges=0, embedded=0, reused=0, seconds={"total": 0.5})

    monkeypatch.setattr(oneshot, "index", index)
    assert main(["index", "--rebuild", "--no-embed", "--set", "cascade.depth=1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["symbols"] == 2
