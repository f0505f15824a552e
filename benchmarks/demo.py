"""`make demo`: the whole of codegraph on a tree that every machine with Python has, in about a minute.

Python's own standard library (the modules of this interpreter, without tests and installed packages)
is copied into a scratch directory, indexed, searched and edited there. Every command is shown as it
would be typed, followed by what it really printed. What the edits were to show: the body of a function
changes one vector; its signature is part of what its users are embedded from, so theirs change too, and
nobody else's; empty lines move what stands below them and change no vector; undoing costs nothing. Ends
with exit code 1 if that is not what happened. Tests: tests/unit/benchmarks/test_bench_demo.py.
"""

from __future__ import annotations

import difflib
import json
import shlex
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import Any

from benchmarks.sandbox import Sandbox

FILE = "textwrap.py"
SYMBOL = "textwrap.dedent"
HEADER = "def dedent(text):"
BODY_EDIT = "\n    edited_by_demo = len(text)"
EMPTY_LINES = "\n\n"
SIGNATURE_EDIT = "def dedent(text, tab_size=8):"
LEFT_OUT = ("site-packages", "test", "tests", "idlelib", "idle_test", "lib2to3", "config-*", "ensurepip")
"""Of the standard library: what is no library code, or is not part of every version of Python."""


class Show:
    """Runs commands in a sandbox and shows them with their output."""

    def __init__(self, box: Sandbox) -> None:
        self._box = box

    def say(self, text: str) -> None:
        """Print a remark."""
        print(f"\n# {text}", flush=True)

    def run(self, *arguments: str, lines: int = 40) -> str:
        """Run a command, show it and at most `lines` lines of its output, and return the output."""
        print(f"\n$ codegraph {shlex.join(arguments)}", flush=True)
        started = time.perf_counter()
        try:
            output = self._box.command(*arguments).stdout
        except subprocess.CalledProcessError as error:
            print(error.stdout, error.stderr, flush=True)
            raise
        seconds = time.perf_counter() - started
        shown = output.rstrip().splitlines()
        print(*shown[:lines], sep="\n")
        if len(shown) > lines:
            print(f"... {len(shown) - lines} more lines")
        print(f"  ({seconds:.2f} s)", flush=True)
        return output

    def asked(self, *arguments: str) -> Any:
        """Run a command quietly and return its JSON."""
        return json.loads(self._box.command(*arguments, "--json").stdout)


def demonstrate() -> int:
    """Play the whole demo; return the exit code."""
    with Sandbox() as box:
        show = Show(box)
        show.say(f"A scratch copy of Python {sys.version.split()[0]}'s standard library: {box.root}")
        box.copy(Path(sysconfig.get_path("stdlib")), ignore=LEFT_OUT)
        show.run("index")
        show.run("start")
        _ask(show)
        wrong = _edit(show, box.root / FILE)
        show.say("How the daemon fares, and the proof: everything built a second time from the disk, and compared.")
        show.run("status")
        show.run("verify")
        show.run("stop")
        print(f"\n# {'Not as promised: ' + '; '.join(wrong) if wrong else 'As promised. The scratch copy is removed.'}")
    return 1 if wrong else 0


def _ask(show: Show) -> None:
    show.say("Search by meaning and words. Every hit says what its score came from.")
    show.run("search", "remove common leading whitespace", "--limit", "5")
    show.run("search", "parse command line arguments", "--kind", "class", "--limit", "3")
    show.say("The graph: who calls a function, and what may be affected if it changes.")
    show.run("callers", SYMBOL, lines=8)
    show.run("impact", SYMBOL, "--depth", "2", lines=12)


def _edit(show: Show, file: Path) -> list[str]:
    """Edit the body, the signature, and no code at all; undo it; return what did not come out as promised."""
    original = file.read_text(encoding="utf-8")
    wrong = []

    show.say(f"Edit 1: one statement is added to the body of {SYMBOL}. Its callers do not depend on it.")
    body = original.replace(HEADER, HEADER + BODY_EDIT, 1)
    change = _write(show, file, body)
    if (change["marked"], change["embedded"]) != (1, 1):
        wrong.append(f"a body edit marked {change['marked']} and embedded {change['embedded']}, not 1 and 1")
    show.run("explain", SYMBOL)

    show.say("Edit 2: its signature gets a parameter. Whoever uses it is embedded from that, nobody else is.")
    users = {each["symbol"]["id"] for each in show.asked("impact", SYMBOL, "--depth", "1")["affected"]}
    signature = body.replace(HEADER, SIGNATURE_EDIT, 1)
    change = _write(show, file, signature)
    if not 1 < change["embedded"] <= change["marked"] <= 1 + len(users):
        wrong.append(f"a signature edit, {len(users)} users: marked {change['marked']}, embedded {change['embedded']}")
    if user := _recomputed(show, users):
        show.run("explain", user)
    else:
        wrong.append("no user of the signature was embedded again")

    show.say("Edit 3: empty lines at the top. Everything in the file moves, and nothing is embedded.")
    change = _write(show, file, EMPTY_LINES + signature)
    if change["embedded"]:
        wrong.append(f"empty lines embedded {change['embedded']}")

    show.say("Undo all edits, as switching branches and back would.")
    embedded = show.asked("status")["embedded"]
    file.write_text(original, encoding="utf-8")
    show.run("sync", "--wait", "embedded")
    again = show.asked("status")["embedded"] - embedded
    print(f"\n{again} vectors computed: those of the old text are still there.")
    if again:
        wrong.append(f"undoing embedded {again}")
    return wrong


def _write(show: Show, file: Path, text: str) -> Any:
    """Save, wait until every vector is fresh, and show what the change did."""
    before = show.asked("status")["embedded"]
    old = file.read_text(encoding="utf-8")
    print(*edited_lines(old, text), sep="\n")
    file.write_text(text, encoding="utf-8")
    show.run("sync", "--wait", "embedded")
    status = show.asked("status")
    change = {**status["last_change"], "embedded": status["embedded"] - before}
    names = ("touched", "marked", "cut_off", "reused", "embedded")
    print("\nlast change: " + ", ".join(f"{name.replace('_', ' ')} {change[name]}" for name in names))
    stages = ", ".join(f"{stage} {value:.1f}" for stage, value in change["milliseconds"].items() if value >= 0.05)
    print(f"milliseconds by stage: {stages}")
    return change


def edited_lines(old: str, new: str) -> list[str]:
    """Return the lines that an edit removed and added, marked as in a diff."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def _recomputed(show: Show, users: set[str]) -> str:
    """Return one of the symbols that was embedded again, the first by name; "" if none was."""
    outcomes = ((user, show.asked("explain", user)["outcome"]) for user in sorted(users))
    return next((user for user, outcome in outcomes if outcome == "recomputed"), "")


if __name__ == "__main__":
    raise SystemExit(demonstrate())
