"""What files say of a query, whatever happened to the index before."""

from __future__ import annotations

import math

import numpy as np
import pytest

from codegraph.core.symbols import SymbolId, SymbolKind
from codegraph.search.documents import FileDocuments, LexicalDocument
from codegraph.search.lexical import LexicalIndex
from codegraph.search.terms import FILE_LENGTH_SHARE, FILE_PIVOT, FILE_SATURATION


def file_of(path: str, *bodies: str) -> FileDocuments:
    documents = tuple(
        LexicalDocument(
            SymbolId(f"{path}/f{i}()."), SymbolKind.FUNCTION, "python", f"f{i}", f"f{i}", "", "", tuple(body.split())
        )
        for i, body in enumerate(bodies)
    )
    return FileDocuments(path, b"", documents)


def evidence(index: LexicalIndex, *terms: str) -> list[float]:
    return sorted(set(index.view().search(terms, 50).files.tolist()), reverse=True)


def test_a_file_gathers_what_its_symbols_say() -> None:
    """Terms of different symbols count together, each with its weight, saturated and by the file's length."""
    index = LexicalIndex.open(None, identity="test")
    index.update([file_of("a.py", "alpha", "beta", "alpha"), file_of("b.py", "alpha")], (), 1)
    found = index.view().search(["alpha", "beta"], 50)
    impact = {int(number): float(score) for number, score in zip(found.numbers, found.scores, strict=True)}
    length = 1 - FILE_LENGTH_SHARE + FILE_LENGTH_SHARE * 3 / FILE_PIVOT
    sums = {"alpha": (impact[0] + impact[2]) / length, "beta": impact[1] / length}
    expected = sum(
        found.idf[term] * (total / found.idf[term]) / (total / found.idf[term] + FILE_SATURATION)
        for term, total in sums.items()
    )

    of_symbol = dict(zip(found.numbers.tolist(), found.files.tolist(), strict=True))
    assert of_symbol[0] == of_symbol[1] == of_symbol[2] == pytest.approx(expected, rel=1e-3)
    assert of_symbol[3] < of_symbol[0]
    assert found.idf["alpha"] == pytest.approx(math.log(1 + (4 - 3 + 0.5) / 3.5))


def test_history_leaves_no_trace_in_evidence() -> None:
    """After edits, removals and merges the evidence is that of an index built afresh, to the last bit."""
    random = np.random.default_rng(3)
    words = ["alpha", "beta", "gamma", "delta"]
    edited, files = LexicalIndex.open(None, identity="test"), {}
    for step in range(80):
        path = f"m{random.integers(9)}.py"
        if random.random() < 0.2:
            edited.remove(path)
            files.pop(path, None)
        else:
            files[path] = file_of(path, *(" ".join(random.choice(words, size=4)) for _ in range(random.integers(1, 5))))
            edited.update([files[path]], (), step)
        fresh = LexicalIndex.open(None, identity="test")
        fresh.update([files[name] for name in sorted(files)], (), 1)
        assert evidence(edited, "alpha", "delta") == evidence(fresh, "alpha", "delta")
    assert len(evidence(edited, "alpha", "delta")) > 3
