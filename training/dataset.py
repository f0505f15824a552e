"""From pairs of packages to the arrays that training reads: vocabulary, split by package, bags of sub-tokens.

    python -m training.dataset PAIRS DATASET

Packages are drawn into training, validation and test by a hash of their name. Out of training go pairs whose sentence
or code occurs in a held-out package, and functions most of whose 10-grams do; of pairs that are alike only a few
stay. The vocabulary is what occurs in most packages of the training part. The bags are those of `codegraph.embed`.
Tests: tests/unit/training/test_training_dataset.py.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np

from codegraph.embed.bags import FIELDS, Bags, bags, query_bag
from codegraph.embed.pieces import Pieces
from codegraph.embed.tokens import split_word, words
from training.pairs import STANDARD_LIBRARIES, Example, read_examples

TEST, VALIDATION = 8, 14
"""Of a hundred packages the first 8 are test, the next 6 validation."""
WORDS = 40_000
MIN_PACKAGES = 3
MAX_PAIRS_OF_PACKAGE = 4_000
MAX_PAIRS_OF_STANDARD_LIBRARY = 20_000
MAX_ALIKE = 8
GRAM = 10
CHUNK = 1_000


class Packed(NamedTuple):
    """Bags of many rows, one after another: row i has the entries starts[i] to starts[i + 1]."""

    starts: np.ndarray
    numbers: np.ndarray
    fields: np.ndarray
    counts: np.ndarray


def part_of(name: str) -> str:
    """Return the part a package belongs to: test, validation or train."""
    place = int.from_bytes(sha256(f"split:{name}".encode()).digest()[:4], "little") % 100
    return "test" if place < TEST else "validation" if place < VALIDATION else "train"


def packages(pairs: Path) -> Iterator[tuple[str, str, Path]]:
    """Yield (language, name, file) of all packages, sorted."""
    for file in sorted(pairs.glob("*/*.msgpack.zst")):
        yield file.parent.name, file.name.removesuffix(".msgpack.zst"), file


def key_of(sentence: str) -> str:
    """Return what two sentences that say the same in other case or punctuation have in common."""
    return " ".join(words(sentence.lower()))


def grams(example: Example) -> set[int]:
    """Return hashes of every 10 tokens in a row, stable in one process."""
    tokens = example.source.tokens
    return {hash(tokens[at : at + GRAM]) for at in range(max(1, len(tokens) - GRAM + 1))}


class HeldOut:
    """What is in test and validation, and must not be in training."""

    def __init__(self, examples: Iterable[Example]) -> None:
        self._sentences: set[str] = set()
        self._grams: set[int] = set()
        for example in examples:
            if example.sentence:
                self._sentences.add(key_of(example.sentence))
                self._grams |= grams(example)

    def knows(self, example: Example) -> bool:
        """Return whether a held-out function has the sentence, or is nearly the same code."""
        if key_of(example.sentence) in self._sentences:
            return True
        found = grams(example)
        return len(found & self._grams) > len(found) / 2


def training_pairs(pairs: Path) -> Iterator[tuple[str, list[Example]]]:
    """Yield (package, its pairs to train on); a package without any is left out."""
    held = HeldOut(
        example for _, name, file in packages(pairs) if part_of(name) != "train" for example in read_examples(file)
    )
    alike: Counter[str] = Counter()
    draw = random.Random(7)
    for language, name, file in packages(pairs):
        if part_of(name) != "train":
            continue
        chosen = []
        for example in read_examples(file):
            if example.sentence and len(example.source.tokens) > 3 and not held.knows(example):
                key = key_of(example.sentence)
                alike[key] += 1
                if alike[key] <= MAX_ALIKE:
                    chosen.append(example)
        most = MAX_PAIRS_OF_STANDARD_LIBRARY if name in STANDARD_LIBRARIES else MAX_PAIRS_OF_PACKAGE
        if len(chosen) > most:
            chosen = draw.sample(chosen, most)
        if chosen:
            yield f"{language}/{name}", chosen


def vocabulary(examples: Iterable[Sequence[Example]]) -> list[str]:
    """Return the sub-tokens that occur in most packages, the empty one first."""
    spread: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for package in examples:
        seen: Counter[str] = Counter()
        for example in package:
            source = example.source
            for text in (example.sentence, source.docstring, source.name, source.container, *source.context):
                seen.update(words(text))
            seen.update(source.tokens)
        parts: Counter[str] = Counter()
        for token, count in seen.items():
            for word in words(token):
                for part in split_word(word):
                    parts[part] += count
        spread.update(parts.keys())
        total.update(parts)
    known = [part for part, count in spread.items() if count >= MIN_PACKAGES and len(part) <= 24]
    known.sort(key=lambda part: (-spread[part], -total[part], part))
    return ["", *sorted(known[: WORDS - 1])]


def packed(parts: Sequence[tuple[Bags, int]]) -> Packed:
    """Put bags of several chunks of rows one after another."""
    counts = [np.bincount(bag.rows, minlength=rows) for bag, rows in parts]
    starts = np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int64)
    numbers, fields, times = (np.concatenate([getattr(bag, name) for bag, _ in parts]) for name in Bags._fields[1:])
    return Packed(starts, numbers.astype(np.int32), fields.astype(np.int8), np.minimum(times, 30_000).astype(np.int16))


def build(pairs: Path, dataset: Path) -> None:
    """Write `words.txt`, `packages.json` and `train.npz`, and the sentences for the teacher."""
    dataset.mkdir(parents=True, exist_ok=True)
    known = vocabulary(examples for _, examples in training_pairs(pairs))
    (dataset / "words.txt").write_text("\n".join(known), encoding="utf-8")
    pieces = Pieces({word: number for number, word in enumerate(known) if word})
    code: list[tuple[Bags, int]] = []
    query: list[tuple[Bags, int]] = []
    names: list[str] = []
    package: list[int] = []
    sentences: list[str] = []
    codes: list[int] = []
    for name, examples in training_pairs(pairs):
        for at in range(0, len(examples), CHUNK):
            some = examples[at : at + CHUNK]
            pieces.forget_if_full()
            code.append((bags(pieces, [example.source for example in some]), len(some)))
            query += [(query_bag(pieces, example.sentence), 1) for example in some]
        package += [len(names)] * len(examples)
        names.append(f"{name} {len(examples)}")
        sentences += [example.sentence for example in examples]
        codes += [hash(example.source.tokens) for example in examples]
    keys = np.unique([key_of(sentence) for sentence in sentences], return_inverse=True)[1]
    arrays = {f"code_{key}": value for key, value in packed(code)._asdict().items()}
    arrays |= {f"query_{key}": value for key, value in packed(query)._asdict().items()}
    np.savez(
        dataset / "train.npz",
        package=np.array(package),
        sentence=keys,
        same=np.unique(codes, return_inverse=True)[1],
        **arrays,
    )
    (dataset / "sentences.txt").write_text("\n".join(sentences), encoding="utf-8")
    (dataset / "packages.json").write_text(json.dumps(names, indent=0), encoding="utf-8")
    print(f"{len(sentences)} pairs of {len(names)} packages, {len(known)} words, fields {FIELDS}")


def main() -> None:
    """Build the data set."""
    build(Path(sys.argv[1]), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
