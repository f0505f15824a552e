"""All of training, from the list of packages to the scores on held-out ones.

    python -m training PLACE [--share N]

Everything is kept under PLACE: `sources`, `pairs`, `data` and `model`. What is fetched and indexed already is not done
again. `--share N` takes a fixed draw of one package in N, to see within minutes that all of it runs here; what comes
out is a model, too, a worse one. Tests: tests/unit/training/test_training_main.py.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from training.collect import Package, collect, read_packages
from training.dataset import build
from training.distil import Teacher, distil, embed
from training.evaluate import BM25, report
from training.pairs import make
from training.rewording import Thesaurus
from training.tasks import held_out
from training.train import MEMBERS, Recipe, fit


def drawn(packages: Sequence[Package], share: int) -> list[Package]:
    """Return one package in `share`, the same ones every time, in an order that mixes languages."""
    mixed = sorted(packages, key=lambda package: sha256(package.name.encode()).digest())
    return mixed[::share]


def everything(
    place: Path, packages: Sequence[Package], ask: Teacher = embed, recipes: Sequence[Recipe] = MEMBERS
) -> str:
    """Fetch, index, train and score; return the SHA-256 of the model in `place / "model"`."""
    missing = collect(packages, place / "sources")
    print(f"{len(missing)} packages could not be had: {' '.join(package.name for package in missing)}", flush=True)
    make(packages, place / "sources", place / "pairs")
    build(place / "pairs", place / "data")
    distil(place / "data", ask=ask)
    checksum = fit(place / "data", place / "model", recipes)
    tasks = held_out(place / "pairs", "test", thesaurus=Thesaurus())
    if tasks:
        report(tasks, [BM25, "lexical", str(place / "model")], mix=True)
    return checksum


def main() -> None:
    """Make the model anew."""
    arguments = argparse.ArgumentParser(prog="python -m training")
    arguments.add_argument("place", type=Path)
    arguments.add_argument("--share", type=int, default=1, help="take one package in so many")
    given = arguments.parse_args()
    everything(given.place, drawn(read_packages(), given.share))


if __name__ == "__main__":
    main()
