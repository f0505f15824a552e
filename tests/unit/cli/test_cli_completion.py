"""What a shell completes: bash is asked, with the script that the command prints."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest

from codegraph.cli.completion import fish_script_of, script_of
from codegraph.cli.manual import EXAMPLES
from codegraph.cli.parser import CLONE_KINDS, KINDS, build_parser

_ASK = 'eval "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _codegraph; printf "%s\\n" "${COMPREPLY[@]}"'


def offered(*typed: str) -> list[str]:
    """Return what bash offers for the last of these words."""
    command = ["bash", "--norc", "-c", _ASK, "bash", script_of(build_parser()), "codegraph", *typed]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["sta"], ["start", "status"]),
        (["--json", "--project", "there", "calle"], ["callers", "callees"]),
        (["search", "--li"], ["--limit"]),
        (["search", "x", "--kind", ""], list(KINDS)),
        (["clones", "--kind", "se"], [kind for kind in CLONE_KINDS if kind.startswith("se")]),
        (["export", "gr"], ["graph"]),
        (["search", "--path", ""], []),
        (["search", "--project", ""], []),
    ],
)
def test_bash_completes(typed: list[str], expected: list[str]) -> None:
    """Commands, also behind options; options and choices of the command; nothing of ours where a file is wanted."""
    assert offered(*typed) == expected


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_every_command_is_offered() -> None:
    """All that --help lists, and no other."""
    assert {word for word in offered("") if not word.startswith("-")} == EXAMPLES.keys() - {"daemon-run"}


def test_the_command_prints_the_script(console: Any) -> None:
    """As it is, with what zsh needs before it, or in JSON."""
    assert console.run("completion", "bash") == 0
    bash = console.out
    assert bash == script_of(build_parser())
    assert console.run("completion", "zsh") == 0
    assert console.out.endswith(bash)
    assert "bashcompinit" in console.out
    assert console.json("completion", "bash") == {"shell": "bash", "script": bash}
    assert console.run("completion", "fish") == 0
    assert console.out == fish_script_of(build_parser())
    assert console.run("completion", "csh") == 2


def test_fish_is_told_every_command_option_and_choice() -> None:
    """A line for each, with what the help says of it; what an apostrophe is quoted with does not end the text."""
    lines = fish_script_of(build_parser()).splitlines()
    assert sum(" -n __fish_use_subcommand -a " in line for line in lines) == len(EXAMPLES.keys() - {"daemon-run"})
    kinds = next(line for line in lines if "_from search'" in line and " -l kind " in line)
    assert f" -x -a '{' '.join(KINDS)}' " in kinds
    assert any("_from export'" in line and " -a 'symbols edges graph dataflow'" in line for line in lines)
    assert any("_from search'" in line and "-l path " in line and " -r " in line for line in lines)
    assert all(line.replace("\\'", "").count("'") % 2 == 0 for line in lines)


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish here")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("codegraph sta", ["start", "status"]),
        ("codegraph --json calle", ["callees", "callers"]),
        ("codegraph search --li", ["--limit"]),
        ("codegraph clones --kind se", ["semantic"]),
        ("codegraph config sh", ["show"]),
    ],
)
def test_fish_completes(typed: str, expected: list[str]) -> None:
    """What fish offers with the script that the command prints."""
    ask = f"{fish_script_of(build_parser())}\ncomplete -C '{typed}'"
    run = subprocess.run(["fish", "--no-config", "-c", ask], capture_output=True, text=True, check=True)
    assert [line.partition("\t")[0] for line in run.stdout.splitlines()] == expected
