"""Which files and symbols are tests, examples or benchmarks, by their paths and names, and which queries ask for such.

Whoever asks how something works wants the code that does it before the code that tries it out, and tests say in plainer
words what the other only does. Names are those that test runners and build tools of the field look for. In Zig a test
stands beside what it tries out, with a sentence in quotes for a name, or none.
Pure. Tests: tests/unit/search/test_search_supporting.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from codegraph.core.symbols import DOCUMENT_LANGUAGES, SymbolId
from codegraph.extract.languages import language_of
from codegraph.search.analysis import query_terms

_FOLDER = re.compile(
    r"(?i:(?:^|[-_. ])(?:tests?|testing|testdata|testutils?|testsuite|specs?|examples?|samples?|bench|benchmarks?"
    r"|benches|fixtures|mocks|e2e)(?:$|[-_. ]))"
    r"|[a-z0-9](?:Tests?|TestSuite|TestUtils?|Benchmarks?)(?:$|[-_. ])|^testFixtures$"
)
_STEM = re.compile(
    r"(?i:^(?:tests?|conftest|benchmarks?)(?:$|[-_.])|[-_.](?:(?:perf)?tests?|test-d|specs?|bench|benchmarks?|stories)$)"
    r"|[A-Za-z0-9](?:Tests?|Benchmarks?)$|^(?:Test|Benchmark)[A-Z]"
)
_DOCUMENTS = "docs"
_ZIG = ".zig"
_ZIG_TEST = re.compile(r"[/#](?:`\"[^`]*`|test)\((?:\+\d+)?\)\.$")
_ASKING = frozenset(query_terms("test spec example sample benchmark bench mock fixture"))
"""Terms of a query that asks for them."""


@lru_cache(maxsize=16_384)
def is_supporting(path: str) -> bool:
    """Whether a file is a test, an example or a benchmark, or code that makes the project's documents."""
    *folders, name = path.split("/")
    if folders[:1] == [_DOCUMENTS] and language_of(path, b"") not in DOCUMENT_LANGUAGES:
        return True
    return any(map(_FOLDER.search, folders)) or _STEM.search(name.rpartition(".")[0] or name) is not None


def is_test(path: str, symbol: SymbolId) -> bool:
    """Whether a symbol of the file at `path` is a test by its own name, wherever that lies."""
    return path.endswith(_ZIG) and _ZIG_TEST.search(symbol, len(path)) is not None


def asks_for_supporting(terms: Iterable[str]) -> bool:
    """Whether a query's terms ask for such files."""
    return not _ASKING.isdisjoint(terms)
