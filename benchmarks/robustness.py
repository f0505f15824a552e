"""Claim: no bytes crash extraction, make it hang, or give facts that contradict themselves.

    python -m benchmarks.robustness DIRECTORY... --mutants 10000 --data-flow

Real files of every language below the directories are damaged, in six ways in turn: cut off, two files spliced, a
piece repeated until it is nested too deep, bytes overwritten at random, lines in another order, a piece left out. Each
language runs in a process of its own: its death names the mutant, which is kept. An exception of ours counts as a crash
although the daemon would live with it. As in an extract worker, the system ends the process at a mutant that takes
more than a second of its processor time; that one is *given up*: its lines must give facts that are as well formed, and
the next process goes on behind it. A language of which no file is found is a target that was missed.
What is checked of the facts: `faults`. Tests: tests/unit/benchmarks/test_bench_robustness.py.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from benchmarks.figures import Figure, table
from benchmarks.machine import RESULTS, gathered, load, now, this_machine, write_report
from codegraph.core.facts import (
    FileFacts,
    Outline,
    SyntaxProblem,
    decode_compressed_occurrences,
    decode_inputs,
    decode_outline,
    decode_own_input,
)
from codegraph.core.symbols import Range
from codegraph.extract.extractor import Limits, encode_facts, extract, unread
from codegraph.extract.languages import LANGUAGES, language_of
from codegraph.extract.text import SourceText

SEED = 20
MUTANTS = 10_000
SECONDS = 1.0
"""Of the processor, for one file."""
MAX_BYTES = 12_000
"""Of the files that are damaged: the larger ones are no stranger, and slower."""
FILES = 200
DEEP = 2_000
WAYS = ("cut", "spliced", "nested", "overwritten", "shuffled", "left out")


class Found(msgspec.Struct):
    """What one language's process says at its end."""

    mutants: int
    worst: float
    """CPU seconds of the slowest file."""
    given_up: list[int]
    """Numbers of the mutants that took more than SECONDS, and were read by their lines."""
    broken: list[str]
    """What was wrong, with the number of the mutant."""


def real_files(directories: Sequence[Path], language: str) -> list[bytes]:
    """Return files of a language, in a fixed random order."""
    below = [path for directory in directories for path in sorted(directory.rglob("*"))]
    paths = [path for path in below if path.is_file() and not path.is_symlink()]
    random.Random(SEED).shuffle(paths)
    found: list[bytes] = []
    for path in paths:
        if len(found) == FILES:
            break
        if path.stat().st_size <= MAX_BYTES and language_of(path.name, b"") == language:
            found.append(path.read_bytes())
    return found


def mutants(files: Sequence[bytes], count: int, seed: int = SEED) -> Iterator[bytes]:
    """Damage files, in turns in each of the ways; always the same for the same seed."""
    chance = random.Random(seed)
    for number in range(count):
        yield _damaged(WAYS[number % len(WAYS)], chance.choice(files), chance.choice(files), chance)


def _damaged(way: str, data: bytes, other: bytes, chance: random.Random) -> bytes:
    first, last = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    match way:
        case "cut":
            return data[:last]
        case "spliced":
            return data[:first] + other[chance.randrange(len(other) + 1) :]
        case "nested":
            piece = data[first : min(last, first + chance.choice((1, 2, 8, 60)))] or b"("
            return data[:first] + piece * (DEEP // len(piece) + 1) + data[first:]
        case "overwritten":
            changed = bytearray(data)
            for _ in range(min(len(data), chance.choice((1, 10, 200)))):
                changed[chance.randrange(len(data))] = chance.randrange(256)
            return bytes(changed)
        case "shuffled":
            lines = data.splitlines(keepends=True)
            chance.shuffle(lines)
            return b"".join(lines)
        case _:
            return data[:first] + data[last:]


def faults(facts: FileFacts, data: bytes) -> list[str]:
    """Return what is wrong with facts: places outside of the file, parts outside of their wholes, unknown owners."""
    outline, occurrences = facts.outline, facts.occurrences
    definitions = outline.definitions
    found = _shape(outline, data.count(b"\n") + data.count(b"\r") + 1)
    owners = {one.owner for part in (occurrences.references, occurrences.bindings, occurrences.imports) for one in part}
    if not owners <= set(range(len(definitions))):
        found.append("an owner that is no definition")
    if any(len(one.positions) % 2 or not one.positions or not one.chain for one in occurrences.references):
        found.append("a reference without a place or a name")
    if {one.own for one in definitions} != set(facts.inputs):
        found.append("own inputs are not those of the definitions")
    encoded = encode_facts(facts)
    if decode_outline(encoded.outline) != outline or decode_compressed_occurrences(encoded.occurrences) != occurrences:
        found.append("facts that do not survive being written")
    for own in decode_inputs(encoded.inputs).values():
        decode_own_input(own)
    return found


def _shape(outline: Outline, lines: int) -> list[str]:
    found: list[str] = []
    definitions = outline.definitions
    if len({one.descriptor for one in definitions}) != len(definitions):
        found.append("two definitions of one descriptor")
    for index, one in enumerate(definitions):
        inside = one.range
        if not 0 <= inside.start_line <= inside.end_line <= lines:
            found.append(f"{one.descriptor}: lines {inside.start_line} to {inside.end_line} of {lines}")
        if index and not 0 <= one.container < index:
            found.append(f"{one.descriptor}: its container is {one.container}")
        elif index and _overlap(one.range, definitions[one.container].range):
            found.append(f"{one.descriptor}: is half inside of its container")
    return found


def _overlap(one: Range, other: Range) -> bool:
    """Tell ranges of which neither holds the other from nested and from disjoint ones: Go's methods are outside."""
    disjoint = one.end_byte <= other.start_byte or other.end_byte <= one.start_byte
    return not disjoint and not (other.start_byte <= one.start_byte and one.end_byte <= other.end_byte)


def attack(
    language: str,
    files: Sequence[bytes],
    count: int,
    limits: Limits,
    so_far: Found | None = None,
    kept: Path | None = None,
) -> Found:
    """Extract that many mutants of a language's files in this process, behind those that were found so far.

    `kept` is where the mutant at work lies, and beside it what was found before it: the process may end there.
    """
    found = so_far or Found(0, 0.0, [], [])
    for number, data in enumerate(mutants(files, count)):
        if number < found.mutants:
            continue
        if kept is not None:
            kept.write_bytes(data)
            kept.with_suffix(".json").write_bytes(msgspec.json.encode(found))
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
        began = time.process_time()
        try:
            facts = extract(data, language, limits)
            spent = time.process_time() - began
            signal.setitimer(signal.ITIMER_PROF, 0.0)
            wrong = faults(facts, data)
        except Exception as error:
            spent, wrong = time.process_time() - began, [f"{type(error).__name__}: {error}"]
        found.mutants += 1
        found.worst = max(found.worst, spent)
        found.broken += [f"{number} ({WAYS[number % len(WAYS)]}): {what}" for what in wrong]
    signal.setitimer(signal.ITIMER_PROF, 0.0)
    return found


def give_up(language: str, data: bytes, limits: Limits, found: Found) -> None:
    """Note that a mutant was not finished, and look at what its lines give."""
    number = found.mutants
    began = time.process_time()
    facts = unread(SourceText(data), language, SyntaxProblem("time", 0), limits)
    spent = time.process_time() - began
    wrong = faults(facts, data)
    if spent > SECONDS:
        wrong.append(f"its lines took {spent:.1f} s")
    found.mutants += 1
    found.given_up.append(number)
    found.broken += [f"{number} ({WAYS[number % len(WAYS)]}), by its lines: {what}" for what in wrong]


def figures_of(language: str, found: Found, asked: int) -> list[Figure]:
    """Say what happened to one language."""
    name = f"robustness.{language}"
    note = f"read by lines: {', '.join(map(str, found.given_up[:20]))}" if found.given_up else ""
    return [
        Figure(name=f"{name}.mutants", value=found.mutants, unit="files", target=asked, at_least=True),
        Figure(name=f"{name}.broken", value=len(found.broken), unit="mutants", target=0),
        Figure(name=f"{name}.given_up", value=len(found.given_up), unit="after a second", note=note),
        Figure(name=f"{name}.worst", value=found.worst * 1e3, unit="ms", target=SECONDS * 1e3, note="of the others"),
    ]


def _in_processes(chosen: argparse.Namespace, language: str) -> Found:
    """Attack a language in one process after the other until all mutants were met."""
    command = [sys.executable, "-m", "benchmarks.robustness", *map(str, chosen.directories), "--only", language]
    command += ["--mutants", str(chosen.mutants), *(["--data-flow"] if chosen.data_flow else [])]
    kept = _kept(language)
    progress = kept.with_suffix(".json")
    while True:
        done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
        if not done.returncode:
            progress.unlink(missing_ok=True)
            return msgspec.json.decode(done.stdout, type=Found)
        found = msgspec.json.decode(progress.read_bytes(), type=Found)
        if done.returncode != -signal.SIGPROF:
            found.broken.append(f"{found.mutants}: the process ended with {done.returncode} at {kept}")
            return found
        give_up(language, kept.read_bytes(), Limits(data_flow=chosen.data_flow), found)
        progress.write_bytes(msgspec.json.encode(found))


def _kept(language: str) -> Path:
    return Path(f"robustness-{language}.mutant").resolve()


def _only(chosen: argparse.Namespace) -> None:
    """Attack one language here, from where the last process ended; print what was found."""
    kept = _kept(chosen.only)
    progress = kept.with_suffix(".json")
    so_far = msgspec.json.decode(progress.read_bytes(), type=Found) if progress.exists() else None
    files = real_files(chosen.directories, chosen.only)
    count = chosen.mutants if files else 0
    found = attack(chosen.only, files, count, Limits(data_flow=chosen.data_flow), so_far, kept)
    sys.stdout.buffer.write(msgspec.json.encode(found))
    kept.unlink(missing_ok=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Attack every language, print the table, write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.robustness")
    parser.add_argument("directories", type=Path, nargs="+", help="real source code in many languages")
    parser.add_argument("--mutants", type=int, default=MUTANTS, help="of each language")
    parser.add_argument("--data-flow", action="store_true", help="follow data flow, too")
    parser.add_argument("--languages", nargs="*", choices=LANGUAGES, default=(), help="default: all")
    parser.add_argument("--only", default="", help="one language, in this process, as JSON")
    parser.add_argument("--out", type=Path, help="where the report goes; - for nowhere")
    chosen = parser.parse_args(arguments)
    if chosen.only:
        _only(chosen)
        return
    began = now(), load()
    figures: list[Figure] = []
    for language in chosen.languages or LANGUAGES:
        _kept(language).with_suffix(".json").unlink(missing_ok=True)
        found = _in_processes(chosen, language)
        figures += figures_of(language, found, chosen.mutants)
        for what in found.broken[:5]:
            print(f"{language}: {what}", file=sys.stderr)
    print(table(figures))
    report = gathered(began, {"seed": str(SEED)}, figures, {}, {"data flow": chosen.data_flow})
    path = chosen.out or RESULTS / this_machine().slug / "robustness.json"
    if str(path) != "-":
        write_report(report, path)


if __name__ == "__main__":
    main()
