"""The command line as a process: start-up, exit codes, pipes, and what it does not import."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import msgspec
import pytest

from codegraph import errors
from codegraph.cli.main import main
from codegraph.cli.manual import EPILOG, EXAMPLES
from codegraph.cli.parser import CLONE_KINDS, DEPENDENCY_KINDS, KINDS, build_parser
from codegraph.core.symbols import CloneKind, DependencyKind, SymbolKind
from codegraph.daemon.messages import Match, Wait
from codegraph.errors import CodegraphError


def commands() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command."""
    (group,) = (action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction))
    for parser in group.choices.values():
        parser.complete()
    return dict(group.choices)


def test_every_command_can_be_carried_out() -> None:
    """Each command names a function that exists, takes --project and --json, and explains the exit codes."""
    for name, parser in commands().items():
        module, _, function = parser.get_default("run").partition(":")
        assert callable(getattr(import_module(module), function)), name
        options = {option for action in parser._actions for option in action.option_strings}
        assert {"--project", "--json"} <= options
        assert "exit codes" in str(parser.epilog)


def test_every_command_of_the_issue_is_there() -> None:
    """The commands, and daemon-run that is not listed."""
    names = "index start stop restart status search similar symbols definition callers callees dependencies references"
    names += " impact explain events verify export embed cache config doctor models clones"
    assert set(names.split()) <= set(commands())
    assert "daemon-run" in commands()
    assert "daemon-run" not in build_parser().format_help()


def test_choices_are_those_of_the_messages() -> None:
    """The parser repeats a few enums so that it need not import them; they must not drift apart."""
    assert tuple(SymbolKind) == KINDS
    assert tuple(DependencyKind) == DEPENDENCY_KINDS
    assert tuple(CloneKind) == CLONE_KINDS
    choices = {tuple(a.choices) for p in commands().values() for a in p._actions if a.choices is not None}
    assert tuple(Wait) in choices
    assert tuple(Match) in choices


def test_no_command_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    """A first run without arguments says what to type, not what the parser lacks."""
    assert main([]) == 2
    said = capsys.readouterr().err
    assert said.startswith("codegraph: no command was given\n  next: `codegraph --help` lists all")


def test_every_exit_code_is_documented() -> None:
    """--help lists every code that an error class has."""
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, CodegraphError) and kind is not CodegraphError:
            assert f" {kind.exit_code}  " in EPILOG, kind


def python(*argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *argv], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("streams", "code", "said"), [(">&-", 0, ""), (">/dev/full", 141, "No space left"), ("2>&-", 0, "")]
)
def test_output_that_goes_nowhere(streams: str, code: int, said: str) -> None:
    """A stream that was closed is done without; one that takes nothing more is said, and is no bug."""
    command = f'"{sys.executable}" -m codegraph config path {streams}'
    run = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert run.returncode == code
    assert said in run.stderr
    assert "Traceback" not in run.stderr


def test_as_a_process() -> None:
    """`python -m codegraph` ends with the exit code of the command."""
    assert python("-m", "codegraph", "--version").stdout.startswith("codegraph ")
    wrong = python("-m", "codegraph", "frobnicate")
    assert wrong.returncode == 2
    assert wrong.stderr == ("codegraph: there is no command frobnicate\n  next: `codegraph --help` lists all\n")


def test_wrong_usage_is_an_error_like_any_other(capsys: pytest.CaptureFixture[str]) -> None:
    """It says what is wrong and what to do next, and with --json is an object, too."""
    assert main(["serach", "x", "--json"]) == 2
    told = capsys.readouterr()
    assert (
        told.err == "codegraph: there is no command serach\n  next: did you mean search? `codegraph --help` lists all\n"
    )
    assert msgspec.json.decode(told.out)["error"]["kind"] == "UsageError"
    assert main(["search", "x", "--limit", "0"]) == 2
    assert capsys.readouterr().err.endswith("next: `codegraph search --help` lists what it takes\n")


def test_examples_can_be_typed() -> None:
    """Each command's help has examples, and each of them is one of that command which its parser takes."""
    assert set(EXAMPLES) == set(commands())
    for name, parser in commands().items():
        lines = EXAMPLES[name].splitlines()
        assert (name == "daemon-run") == (not lines)
        for line in lines:
            assert f"  {line}\n" in str(parser.epilog)
            typed = shlex.split(re.split(r" {3,}|; | && | >", line.rpartition("| ")[2])[0])
            assert build_parser().parse_args(typed[1:]).command == name, line


def test_what_all_commands_take_stands_before_or_behind_them() -> None:
    """`codegraph --json status` is `codegraph status --json`."""
    for typed in (["--json", "--project", "x", "status"], ["status", "--json", "--project", "x"]):
        parsed = build_parser().parse_args(typed)
        assert (parsed.json, parsed.project) == (True, "x")
    assert (build_parser().parse_args(["status"]).json, build_parser().parse_args(["status"]).project) == (False, None)


def test_help_imports_next_to_nothing() -> None:
    """The parser needs the standard library only, and status nothing heavy."""
    code = """
import sys, codegraph.cli.parser
assert "msgspec" not in sys.modules
import codegraph.cli.status, codegraph.cli.queries, codegraph.cli.graph
heavy = {"numpy", "torch", "networkx", "lmdb", "tantivy", "rich", "typer", "asyncio", "diskcache", "tree_sitter"}
print(sorted(heavy & set(sys.modules)))
"""
    done = python("-c", code)
    assert done.stdout == "[]\n", done.stderr


def test_a_closed_pipe_is_no_error() -> None:
    """`codegraph ... | head` ends without a traceback."""
    code = """
import sys
import codegraph.cli.queries as queries
from codegraph.cli.main import main
def endless(arguments, output):
    while True:
        output.line("x" * 1000)
queries.search = endless
sys.exit(main(["search", "x"]))
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait() == 141
    assert process.stderr.read() == ""
    process.stderr.close()


def test_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends with 130 and no traceback."""

    def interrupted(arguments: object, output: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("codegraph.cli.queries.search", interrupted)
    assert main(["search", "x"]) == 130


@pytest.mark.parametrize("moment", ["codegraph.cli.parser", "codegraph.cli.queries"])
def test_interruption_while_modules_are_imported(moment: str, tmp_path: Path) -> None:
    """Ctrl-C ends a command by the signal and without a traceback, also in the middle of the first imports."""
    code = f"""
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # tests may run where it is ignored
class Finder:
    def find_spec(name, path, target=None):
        if name == {moment!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder)
sys.argv[1:] = ["search", "x"]
from codegraph.__main__ import main
main()
"""
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert (process.returncode, process.stdout, process.stderr) == (-signal.SIGINT, "", "")


@pytest.mark.parametrize(
    ("command", "module", "handler"),
    [
        ("search x", "codegraph.cli.queries", "SIG_DFL"),
        ("callers x", "codegraph.cli.graph", "SIG_DFL"),
        ("index", "codegraph.cli.daemon_commands", "default_int_handler"),
        ("start", "codegraph.cli.daemon_commands", "default_int_handler"),
    ],
)
def test_what_only_reads_is_ended_at_once(command: str, module: str, handler: str, tmp_path: Path) -> None:
    """The system ends a question at whatever point it is; a command that writes is told, and tidies up."""
    code = f"""
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
class Finder:
    def find_spec(name, path, target=None):
        if name == {module!r}:
            print(signal.getsignal(signal.SIGINT) is signal.{handler}, flush=True)
            raise SystemExit
sys.meta_path.insert(0, Finder)
sys.argv[1:] = {command.split()!r}
from codegraph.__main__ import main
main()
"""
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert (process.stdout, process.stderr) == ("True\n", "")


def test_an_ignored_interruption_stays_ignored(tmp_path: Path) -> None:
    """Who started the command with Ctrl-C ignored (`nohup`, `&`) finds it ignored by it."""
    code = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
sys.argv[1:] = ["--version"]
from codegraph.__main__ import main
try:
    main()
finally:
    os.kill(os.getpid(), signal.SIGINT)
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=tmp_path).returncode == 0


def test_a_bug_has_its_own_exit_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What nobody foresaw ends with 70 and its trace, not with 1, which says that `verify` found a difference."""

    def broken(arguments: object, output: object) -> int:
        raise ZeroDivisionError("no way")

    monkeypatch.setattr("codegraph.cli.upkeep.verify", broken)
    assert main(["verify"]) == 70
    told = capsys.readouterr().err
    assert "in broken" in told
    assert "ZeroDivisionError: no way\n  next: this is a bug" in told


@pytest.mark.parametrize("typed", [["search", "a\udcff"], ["--project", "/\udcff", "status"], ["index", "\udcff"]])
def test_an_argument_that_is_no_text_is_wrong_usage(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What is not UTF-8 can neither be asked for nor be said in JSON; the answer shows its bytes."""
    assert main([*typed, "--json"]) == 2
    told = capsys.readouterr()
    assert "\\xff: an argument is not UTF-8" in json.loads(told.out)["error"]["message"]
    assert "\\xff" in told.err


def test_an_error_moves_no_cursor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An error quotes names of files: its lines stay lines, and control characters never reach the terminal."""

    def refused(arguments: object, output: object) -> int:
        raise CodegraphError("two fit:\n  a\x1b[2J.py", "choose\x07")

    monkeypatch.setattr("codegraph.cli.queries.search", refused)
    assert main(["search", "x"]) == 1
    assert capsys.readouterr().err == "codegraph: two fit:\n  a\ufffd[2J.py\n  next: choose\ufffd\n"


def test_the_manual_lists_the_same_exit_codes() -> None:
    """docs/cli.md and --help do not drift apart."""
    manual = (Path(__file__).parents[3] / "docs" / "cli.md").read_text(encoding="utf-8")
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, CodegraphError):
            assert f"\n| {kind.exit_code} | " in manual, kind
    assert set(re.findall(r"^ {2,3}(\d+) ", EPILOG, re.MULTILINE)) <= set(
        re.findall(r"^\| (\d+) \|", manual, re.MULTILINE)
    )
