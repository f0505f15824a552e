"""Claim: an edited file, extracted and linked in part, gives what it gives as a whole.

Real files are edited over and over, by insertions, deletions, lines of other files, renamed words and swapped
lines; each text is extracted by `again.Memory` and from nothing, and the facts compared. Then the file, and every other
one that read what the edit changed, is linked by `Relinker` and from nothing, and the links compared; `--together`: how
many functions make a part, few so that small files have several. A text that no longer parses is mostly taken back,
or else what breaks it would add up. Every difference is printed, with the two texts written where `--keep` says.
Exit code 1 if there is one.

    python -m benchmarks.edited_again DIRECTORY ... --languages python,typescript --files 60 --edits 30 --seed 1

Tests: tests/unit/benchmarks/test_bench_edited_again.py.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from benchmarks.edited_links import EditedLinks
from benchmarks.linking import sources
from codegraph.core.changes import SourceFile
from codegraph.extract.again import Memory
from codegraph.extract.extractor import Limits, extract
from codegraph.graph.resolve import parts

LIMITS = Limits()
SIZES = range(300, 40_000)
DONORS = 50
KEPT_SHARE = 0.7
"""How many of the texts without a syntax error are edited further; else an earlier one is."""
KEPT_BROKEN = 0.25
"""How many of the others are."""
PIECES = (
    *(b"self", b"this", b"return", b"{", b"}", b"(", b")", b";", b'"', b"'", b"//", b"#", b"/*", b"*/", b"\n", b"\t"),
    *(b"    ", b"\r\n", b"class A", b"def f(): pass\n", b"if (x) {}\n", b"new Foo()", b"global x\n", b"import os\n"),
    *(b"nonlocal y\n", b"var q = f();\n", b"let z = g(1);\n", b"namespace N;\n", b"use A\\B;\n", b"package p;\n"),
    *(b"yield", b"await ", b"=>", b":", b"...", b"@", b"$x = 1;\n", b"static ", b"\xc3\xa9", b"<<EOS\nhi\nEOS\n"),
)
_WORD = re.compile(rb"[A-Za-z_]\w+")


class Difference(NamedTuple):
    """A text whose facts, or whose links or those of another file, depend on what was remembered."""

    what: str
    path: str
    before: bytes
    after: bytes


def edited(data: bytes, donors: Sequence[bytes], chance: random.Random) -> bytes:
    """Edit a text once."""
    kind, at, lines = chance.random(), chance.randrange(len(data) + 1), data.splitlines(keepends=True)
    line = chance.randrange(len(lines))
    if kind < 0.25:
        return data[:at] + chance.choice(PIECES) + data[at:]
    if kind < 0.45:
        return b"".join(lines[:line] + lines[line + chance.choice((1, 1, 1, 2, 5)) :])
    if kind < 0.65:
        other = chance.choice(donors).splitlines(keepends=True)
        start = chance.randrange(len(other))
        return b"".join(lines[:line] + other[start : start + chance.choice((1, 2, 4))] + lines[line:])
    words = [match.span() for match in _WORD.finditer(data)]
    if kind < 0.8 and words:
        (start, end), (first, last) = chance.choice(words), chance.choice(words)
        return data[:start] + data[first:last] + data[end:]
    if kind < 0.9:
        return data[:at] + data[at + chance.randrange(1, 40) :]
    other_line = chance.randrange(len(lines))
    lines[line], lines[other_line] = lines[other_line], lines[line]
    return b"".join(lines)


def compared(
    file: SourceFile,
    edits: int,
    donors: Sequence[bytes],
    chance: random.Random,
    count: Counter[str],
    links: EditedLinks,
) -> Iterator[Difference]:
    """Edit one file many times, count what was compared and what was done in part, and yield the differences."""
    data, path, language = file.data, file.path, file.language
    memory = Memory()
    memory.extract(path, data, language, LIMITS)
    history = [data]
    for _ in range(edits):
        after = edited(data, donors, chance)
        if not after.strip():
            continue
        helped = memory.helped
        found, whole = memory.extract(path, after, language, LIMITS), extract(after, language, LIMITS)
        count["compared"] += 1
        count["in part"] += memory.helped - helped
        if found != whole:
            count["different"] += 1
            yield Difference("facts", path, data, after)
        linked = links.in_part
        for each in links.edit(path, whole):
            count["different"] += 1
            yield Difference(f"links of {each}", path, data, after)
        count["linked in part"] += links.in_part - linked
        if chance.random() < (KEPT_BROKEN if whole.outline.problems else KEPT_SHARE):
            data = after
            history += [] if whole.outline.problems else [data]
        else:
            data = history[-1]
            memory.extract(path, data, language, LIMITS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.edited_again", description=__doc__)
    parser.add_argument("directories", nargs="+", type=Path)
    parser.add_argument("--languages", default="python")
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--edits", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--together", type=int, default=2, help="functions in a part, and a quarter of the lines of a long one"
    )
    parser.add_argument("--keep", type=Path, help="a directory for the texts of differences")
    options = parser.parse_args(arguments)
    chance = random.Random(options.seed)
    languages = options.languages.split(",")
    found = (each for directory in options.directories for each in sources(directory) if each.language in languages)
    files = [each for each in found if len(each.data) in SIZES and each.data.strip()]
    chance.shuffle(files)
    donors = [each.data for each in files[:DONORS]]
    count: Counter[str] = Counter()
    together = options.together
    with patch.object(parts, "FUNCTIONS_TOGETHER", together), patch.object(parts, "LONG_LINES", 4 * together):
        links = EditedLinks({each.path: extract(each.data, each.language, LIMITS) for each in files})
        for file in files[: options.files]:
            for number, difference in enumerate(compared(file, options.edits, donors, chance, count, links)):
                print(f"DIFFERENT {difference.what}, after an edit of {difference.path}")
                if options.keep is not None:
                    options.keep.mkdir(parents=True, exist_ok=True)
                    for name, text in (("before", difference.before), ("after", difference.after)):
                        (options.keep / f"{Path(difference.path).stem}-{number}.{name}").write_bytes(text)
    print(", ".join(f"{name} {count[name]:,}" for name in ("compared", "in part", "linked in part", "different")))
    return 1 if count["different"] or not count["compared"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
