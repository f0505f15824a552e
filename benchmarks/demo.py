"""`make demo`: the whole of codegraph on a tree that every machine with Python has, in about a minute.

Python's own standard library (the modules of this interpreter, without tests and installed packages)
is copied into a scratch directory, indexed, searched and edited there. Every command is shown as it
would be typed, followed by what it really printed. What the edits were to show: the body of a function
changes one vector; its signature is part of what its callers are embedded from, so they are looked at
again, and those whose encoder input came out equal are cut off; undoing costs nothing. Ends with exit
code 1 if that is not what happened. Tests: tests/unit/benchmarks/test_bench_demo.py.
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
    """Edit the body, then the signature, then undo both; return what did not come out as promised."""
    original = file.read_text(encoding="utf-8")
    wrong = []

    show.say(f"Edit 1: one statement is added to the body of {SYMBOL}. Its callers do not depend on it.")
    body = original.replace(HEADER, HEADER + BODY_EDIT, 1)
    change = _write(show, file, body)
    if (change["marked"], change["embedded"]) != (1, 1):
        wrong.append(f"a body edit marked {change['marked']} and embedded {change['embedded']}, not 1 and 1")
    show.run("explain", SYMBOL)

    show.say("Edit 2: its signature gets a parameter. Whoever reaches it in two steps is looked at again.")
    change = _write(show, file, body.replace(HEADER, SIGNATURE_EDIT, 1))
    if not change["marked"] > change["embedded"] > 1:
        wrong.append(f"a signature edit marked {change['marked']} and embedded {change['embedded']}")
    recomputed, cut = _examples(show)
    for symbol in (recomputed, cut):
        if symbol:
            show.run("explain", symbol)

    show.say("Undo both edits, as switching branches and back would.")
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


def _examples(show: Show) -> tuple[str, str]:
    """Return a symbol that the last change made embed again and one that it marked and cut off; "" if none."""
    found = {"recomputed": "", "cut_off": ""}
    for each in show.asked("impact", SYMBOL, "--depth", "2")["affected"]:
        outcome = show.asked("explain", each["symbol"]["id"])["outcome"]
        if found.get(outcome) == "":
            found[outcome] = each["symbol"]["id"]
        if all(found.values()):
            break
    return found["recomputed"], found["cut_off"]


if __name__ == "__main__":
    raise SystemExit(demonstrate())
