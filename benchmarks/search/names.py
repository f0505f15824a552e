"""A task of names: is the definition found that is called by its name? `python -m benchmarks.search.names --help`.

Symbols are drawn in a fixed order from each repository, and asked for in five ways, as people type names:

- `name`: as it is written, where one symbol only has it
- `lower`: in lower case, where one symbol only has it then
- `member`: `Container.name`, where several symbols share the name and one only the whole
- `words`: its parts with blanks between, where one symbol only has it
- `misspelt`: one letter left out, put in, or swapped with the next

Printed is MRR@10, by repository and as their mean; copies of results are not folded. Tests:
tests/unit/benchmarks/test_bench_names.py.
"""

from __future__ import annotations

import argparse
import random
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from benchmarks.search.asking import Asked, opened
from benchmarks.search.scoring import PLACES
from codegraph.core.symbols import SymbolId
from codegraph.daemon.messages import SearchParams
from codegraph.daemon.searching import answer_search
from codegraph.embed.tokens import split_word
from codegraph.search.documents import qualified_name

SEED = 5
QUERIES = 40
"""Of each way, at most."""
LEAST_LETTERS = 4
LEAST_MISSPELT = 7
"""Letters of a name that is misspelt; of a shorter one too little is left."""
WAYS = ("name", "lower", "member", "words", "misspelt")


class Named(NamedTuple):
    """A symbol and its dotted name within its file."""

    symbol: SymbolId
    qualified: str

    @property
    def name(self) -> str:
        """The last part."""
        return self.qualified.rpartition(".")[2]


def questions(symbols: Sequence[Named], way: str, draw: random.Random) -> Iterator[tuple[str, SymbolId]]:
    """Yield queries of one way, with the symbol that each asks for, in the order of `symbols`."""
    names = Counter(each.name for each in symbols)
    lower = Counter(_folded(each.name) for each in symbols)
    members = Counter(".".join(each.qualified.split(".")[-2:]) for each in symbols)
    for each in symbols:
        name = each.name
        member = ".".join(each.qualified.split(".")[-2:])
        if len(name) < LEAST_LETTERS or not name.isidentifier():
            continue
        if way == "member":
            if names[name] > 1 and members[member] == 1 and "." in member:
                yield member, each.symbol
        elif names[name] > 1 or (way == "lower" and lower[_folded(name)] > 1):
            continue
        elif way in ("name", "lower"):
            yield name if way == "name" else name.lower(), each.symbol
        elif way == "words" and len(split_word(name)) > 1:
            yield " ".join(split_word(name)), each.symbol
        elif way == "misspelt" and len(name) >= LEAST_MISSPELT:
            yield misspelt(name, draw), each.symbol


def _folded(name: str) -> str:
    return name.lower().replace("_", "")


def misspelt(name: str, draw: random.Random) -> str:
    """Leave a letter out, swap two neighbours, or put one in, neither at the beginning nor at the end."""
    at = draw.randrange(1, len(name) - 2)
    edited = (
        name[:at] + name[at + 1 :],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        name[:at] + draw.choice(string.ascii_lowercase) + name[at:],
    )
    return draw.choice(edited)


def asked(index: Asked, limit: int = QUERIES) -> dict[str, float]:
    """Return MRR@10 of each way for which the repository has questions."""
    snapshot = index.project.pipeline.view.snapshot
    symbols = [Named(each.id, qualified_name(each.id[len(each.path) + 1 :])) for each in snapshot.symbols()]
    random.Random(SEED).shuffle(symbols)
    found = {}
    for way in WAYS:
        draw = random.Random(SEED)
        some = list(islice(questions(symbols, way, draw), limit))
        if some:
            found[way] = fmean(_reciprocal_rank(index, text, symbol) for text, symbol in some)
    return found


def _reciprocal_rank(index: Asked, text: str, wanted: SymbolId) -> float:
    vectors = index.project.embed_query(text).result()
    params = SearchParams(query=text, limit=PLACES, fold=False)
    hits = answer_search(index.project, index.project.pipeline.view, params, vectors).results
    return next((1 / place for place, hit in enumerate(hits, 1) if hit.symbol.id == wanted), 0.0)


def main() -> int:
    """Ask repositories for their names, print what is found."""
    parser = argparse.ArgumentParser(prog="benchmarks.search.names", description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--state", type=Path, required=True, help="where indexes are kept from one run to the next")
    parser.add_argument("repositories", type=Path, nargs="+", help="directories with distinct names")
    arguments = parser.parse_args()
    rows: dict[str, dict[str, float]] = {}
    for repository in arguments.repositories:
        with opened(repository, repository.name, arguments.state) as index:
            rows[repository.name] = asked(index)
    rows["mean"] = {way: fmean(row[way] for row in rows.values() if way in row) for way in WAYS}
    print(f"{'MRR@10':32}" + "".join(f"{way:>10}" for way in WAYS))
    for name, row in rows.items():
        print(f"{name:32}" + "".join(f"{row[way]:10.3f}" if way in row else f"{'':10}" for way in WAYS))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
