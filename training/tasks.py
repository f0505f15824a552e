"""Tasks made of held-out packages: find the function by the first sentence of its documentation, which is removed.

A task is a package; its corpus is every class, function and method, thinned out to a bound, and a query is a sentence
that one function only has. *Hard* queries share no sub-token with the name of their answer. With a thesaurus every
sentence is asked a second time in other words, where there are any.
Tests: tests/unit/training/test_training_tasks.py.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from benchmarks.docstring_task import Task
from codegraph.embed.tokens import subtokens
from training.dataset import key_of, packages, part_of
from training.pairs import Example, read_examples
from training.rewording import Thesaurus

LANGUAGES = ("go", "java", "javascript", "php", "python", "ruby", "rust")
MAX_SYMBOLS, MAX_QUERIES = 2_000, 120
MIN_QUERIES = 15
SEED = 7


Kind = Literal["plain", "hard", "reworded"]


class HeldOutTask(NamedTuple):
    """One package's task."""

    language: str
    package: str
    task: Task
    kinds: tuple[Kind, ...]
    """Of the queries, in their order."""


def held_out(
    pairs: Path, part: str, per_language: int = 100, symbols: int = MAX_SYMBOLS, thesaurus: Thesaurus | None = None
) -> list[HeldOutTask]:
    """Return the tasks of a part, at most so many packages a language (those with most queries) and symbols each."""
    found = []
    for language, name, file in packages(pairs):
        if language in LANGUAGES and part_of(name) == part:
            task = _task(language, name, file, symbols, thesaurus)
            if len(task.task.queries) >= MIN_QUERIES:
                found.append(task)
    found.sort(key=lambda task: -sum(kind != "reworded" for kind in task.kinds))
    kept: Counter[str] = Counter()
    chosen = []
    for task in found:
        kept[task.language] += 1
        if kept[task.language] <= per_language:
            chosen.append(task)
    return sorted(chosen, key=lambda task: (task.language, task.package))


def _task(language: str, name: str, file: Path, symbols: int, thesaurus: Thesaurus | None) -> HeldOutTask:
    examples = read_examples(file)
    draw = random.Random(SEED)
    if len(examples) > symbols:
        examples = draw.sample(examples, symbols)
    times = Counter(key_of(example.sentence) for example in examples)
    asked = [
        row
        for row, example in enumerate(examples)
        if example.sentence and times[key_of(example.sentence)] == 1 and len(example.source.tokens) > 3
    ]
    asked = sorted(draw.sample(asked, min(MAX_QUERIES, len(asked))))
    queries = [(examples[row].sentence, row, _kind(examples[row])) for row in asked]
    if thesaurus is not None:
        others = ((thesaurus.reworded(examples[row].sentence), row) for row in asked)
        queries += [(sentence, row, "reworded") for sentence, row in others if sentence]
    task = Task(
        inputs=tuple(msgspec.structs.replace(example.source, docstring="") for example in examples),
        queries=tuple(sentence for sentence, _, _ in queries),
        answers=tuple(row for _, row, _ in queries),
        rests=tuple(example.source.docstring for example in examples),
    )
    return HeldOutTask(language, name, task, tuple(kind for _, _, kind in queries))


def _kind(example: Example) -> Kind:
    shared = set(subtokens(example.sentence)) & set(subtokens(example.source.name))
    return "plain" if shared else "hard"
