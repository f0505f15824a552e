"""How many clones are found, how many are none, and how long it takes: `python -m benchmarks.clones DIRECTORY`.

Functions are drawn from the Python files of the directory, seeded, at most one of a name, and large enough to be looked
at. Of each, a variant is made by machine (`variants`), so the pair is a clone for certain; each kind of variant is put
into a project of all originals and its variants, and the groups are asked for. *Recall*: the pairs that stand in one
group. *Precision*: of all pairs in groups those that are a made pair, or of which a judge without
shingles agrees: difflib finds half of their canonical tokens in order. `elsewhere` is a fixed list: the same operation
in Python's own posixpath and ntpath; for these nobody promises anything. `--language javascript` does the same with
JavaScript's functions (`variants_javascript`). Then all files of the directory, in every
language, are timed. Tests: tests/unit/benchmarks/test_bench_clones.py.
"""

from __future__ import annotations

import argparse
import ast
import random
import resource
import sysconfig
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path
from typing import TypeVar

from benchmarks import variants_javascript
from benchmarks.rewrites import REWRITES, TOGETHER, rewritten
from benchmarks.variants import VARIANTS, functions_of, renamed, text_of, written
from codegraph.core.facts import FileFacts, OwnInput, decode_own_input, decode_own_tokens
from codegraph.core.symbols import CloneKind
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.languages import language_of
from codegraph.search.clones import USUAL_KINDS, CloneBounds, FileUnits, find_clones
from codegraph.search.fingerprints import FileTokens, fingerprints

REWRITTEN, ELSEWHERE_ALL = "all rewritten", "rewritten, renamed"
ELSEWHERE = ("join", "split", "normpath", "expandvars", "relpath", "commonpath", "expanduser", "abspath", "ismount")
AGREED = 0.5
"""Share of tokens in order from which on the judge takes two functions for clones."""
MAX_FILE_BYTES = 1 << 20
FORMS = {"python": (".py", "import a\n"), "javascript": (".js", 'import "a";\n')}
"""How files of a language are called, and a line that some begin with, so that no module is like another."""

Named = TypeVar("Named", ast.FunctionDef, variants_javascript.Function)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one kind of variants."""

    kind: str
    pairs: int
    found: int
    reported: int
    """Pairs in groups."""
    right: int
    """Of these."""
    told: Counter[str]
    """Kinds of the groups of found pairs."""

    @property
    def line(self) -> str:
        """One line of the table."""
        told = ", ".join(f"{count} {kind}" for kind, count in sorted(self.told.items()))
        recall, precision = self.found / max(1, self.pairs), self.right / max(1, self.reported)
        return f"{self.kind:22}{self.pairs:6}{recall:9.3f}{precision:11.3f}{self.reported:10}   {told}"


HEADER = f"{'made':22}{'N':>6}{'recall':>9}{'precision':>11}{'reported':>10}   told as"


def drawn(directory: Path, count: int, seed: int) -> list[ast.FunctionDef]:
    """Draw functions, at most one of a name."""
    return _drawn(directory, count, seed, "python", functions_of, text_of)


def drawn_javascript(directory: Path, count: int, seed: int) -> list[variants_javascript.Function]:
    """Draw functions of JavaScript, at most one of a name."""
    return _drawn(directory, count, seed, "javascript", variants_javascript.functions_of, lambda each: each.text)


def _drawn(
    directory: Path,
    count: int,
    seed: int,
    language: str,
    functions: Callable[[str], list[Named]],
    text: Callable[[Named], str],
) -> list[Named]:
    choice = random.Random(seed)
    paths = sorted(directory.rglob(f"*{FORMS[language][0]}"))
    choice.shuffle(paths)
    found: dict[str, Named] = {}
    for path in paths:
        if len(found) >= count:
            break
        here = functions(path.read_text("utf-8", "replace")) if path.is_file() else []
        for each in choice.sample(here, min(3, len(here))):
            if _large_enough(text(each), language):
                found.setdefault(each.name, each)
    return list(found.values())[:count]


def _large_enough(text: str, language: str) -> bool:
    bounds = CloneBounds()
    definition = extract(text.encode("utf-8", "replace"), language, Limits()).outline.definitions[-1]
    return definition.length >= bounds.min_tokens and text.count("\n") >= bounds.min_lines


def units_of(files: Mapping[str, FileFacts]) -> list[FileUnits]:
    """Return what groups are made of."""
    definitions = [facts.outline.definitions for facts in files.values()]
    prints = fingerprints(map(_tokens_of, files.values()))
    return [FileUnits(path, own, made) for path, own, made in zip(files, definitions, prints, strict=True) if made]


def _tokens_of(facts: FileFacts) -> FileTokens:
    owns = [decode_own_tokens(facts.inputs[each.own]) for each in facts.outline.definitions]
    return FileTokens([own.name for own in owns], [bytes(own.tokens) for own in owns])


def measure(
    kind: str,
    pairs: Sequence[tuple[str, str]],
    bounds: CloneBounds,
    others: Sequence[str] = (),
    language: str = "python",
) -> Outcome:
    """Look for the clones of a project of all the pairs' texts, and others, each in a file of its own."""
    files, owns = {}, {}
    ending, line = FORMS[language]
    known = {original for original, _ in pairs}
    for number, pair in enumerate([*pairs, *((other,) for other in others if other not in known)]):
        for side, text in enumerate(pair):
            path = f"{number}/{side}{ending}"
            facts = extract((line * side + text).encode("utf-8", "replace"), language, Limits())
            files[path] = facts
            largest = max(facts.outline.definitions[1:], key=lambda each: each.length)
            owns[path] = decode_own_input(facts.inputs[largest.own])
    reported = right = 0
    told: dict[str, str] = {}
    for group in find_clones(units_of(files), bounds).groups:
        for one, other in combinations(sorted({each.path for each in group.members}), 2):
            reported += 1
            made = one.partition("/")[0] == other.partition("/")[0]
            if made:
                told[one.partition("/")[0]] = group.kind
            right += made or _agreed(owns[one], owns[other])
    return Outcome(kind, len(pairs), len(told), reported, right, Counter(told.values()))


def _agreed(one: OwnInput, other: OwnInput) -> bool:
    return SequenceMatcher(None, one.tokens, other.tokens, autojunk=False).ratio() >= AGREED


def made_pairs(kind: str, functions: Sequence[ast.FunctionDef], seed: int) -> list[tuple[str, str]]:
    """Return original and variant of each function that has one."""
    choice = random.Random(f"{seed} {kind}")
    made = [(text_of(node), _variant(kind, node, choice)) for node in functions]
    return [(original, variant) for original, variant in made if variant is not None]


def _variant(kind: str, node: ast.FunctionDef, choice: random.Random) -> str | None:
    if kind in VARIANTS:
        return written(kind, node, choice)
    made = rewritten(node, (kind,) if kind in REWRITES else TOGETHER)
    if made is not None and kind == ELSEWHERE_ALL:
        made = renamed(made, choice)
    return None if made is None else text_of(made)


def pairs_elsewhere() -> list[tuple[str, str]]:
    """Return the same operations in posixpath and ntpath."""
    library = Path(sysconfig.get_path("stdlib"))
    one, other = (
        {
            node.name: text_of(node)
            for node in ast.walk(ast.parse((library / name).read_text("utf-8")))
            if isinstance(node, ast.FunctionDef)
        }
        for name in ("posixpath.py", "ntpath.py")
    )
    return [(one[name], other[name]) for name in ELSEWHERE if name in one and name in other]


def extracted(directory: Path) -> Iterator[tuple[str, FileFacts]]:
    """Extract every file of a known language."""
    for path in sorted(directory.rglob("*")):
        if path.is_file() and path.stat().st_size <= MAX_FILE_BYTES:
            data = path.read_bytes()
            language = language_of(path.name, data[:200])
            if language is not None:
                yield path.relative_to(directory).as_posix(), extract(data, language, Limits())


def timed(directory: Path, bounds: CloneBounds) -> str:
    """Fingerprint and group everything in a directory; return what that took, in seconds of this process."""
    facts = dict(extracted(directory))
    began = time.process_time()
    files = units_of(facts)
    printing = time.process_time() - began
    symbols = sum(len(file.definitions) for file in files)
    kept = sum(file.fingerprints.shingles.nbytes for file in files)
    began = time.process_time()
    found = find_clones(files, bounds)
    grouping = time.process_time() - began
    kinds = Counter(group.kind for group in found.groups)
    shown = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{len(files)} files, {symbols} symbols: fingerprints {printing:.2f} s ({kept / 2**20:.0f} MiB of shingles), "
        f"groups {grouping:.2f} s; {shown}{'' if found.complete else ', not all compared'}; peak {peak:.0f} MiB"
    )


def _made(language: str, directory: Path, count: int, seed: int) -> tuple[dict[str, list[tuple[str, str]]], list[str]]:
    """Return the pairs by kind, and all originals."""
    if language == "python":
        nodes = drawn(directory, count, seed)
        kinds = (*VARIANTS, *REWRITES, REWRITTEN, ELSEWHERE_ALL)
        return {kind: made_pairs(kind, nodes, seed) for kind in kinds}, [text_of(node) for node in nodes]
    originals = [each.text for each in drawn_javascript(directory, count, seed)]
    made = {}
    for kind, variant in variants_javascript.VARIANTS.items():
        choice = random.Random(f"{seed} {kind}")
        pairs = [(text, variant(text, choice)) for text in originals]
        made[kind] = [(text, other) for text, other in pairs if other is not None]
    return made, originals


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clones", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--functions", type=int, default=500, help="originals (default: 500)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threshold", type=float, default=CloneBounds().threshold)
    parser.add_argument("--language", default="python", choices=FORMS)
    parser.add_argument("--no-speed", action="store_true", help="do not time the whole directory")
    chosen = parser.parse_args(arguments)
    bounds = CloneBounds(threshold=chosen.threshold)
    made, others = _made(chosen.language, chosen.directory, chosen.functions, chosen.seed)
    print(
        f"{len(others)} functions, seed {chosen.seed}, threshold {bounds.threshold}, lines >= {bounds.min_lines}, "
        f"tokens >= {bounds.min_tokens}\n{HEADER}"
    )
    for kinds in (USUAL_KINDS, frozenset(CloneKind)):
        print("with semantic clones" if CloneKind.SEMANTIC in kinds else "as asked by default")
        asked = replace(bounds, kinds=kinds)
        for kind, pairs in made.items():
            print(measure(kind, pairs, asked, others, chosen.language).line, flush=True)
        if chosen.language == "python":
            print(measure("elsewhere", pairs_elsewhere(), asked).line)
    if not chosen.no_speed:
        print(timed(chosen.directory, bounds))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
