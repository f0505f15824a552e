"""Filters: gitignore-like patterns, kinds and languages, bounded work."""

from __future__ import annotations

import pytest

from codegraph.core.symbols import SymbolId, SymbolKind
from codegraph.search.catalogue import Catalogue
from codegraph.search.filters import MAX_PATTERN_LENGTH, MAX_PATTERNS, Filter, FilterMasks, path_pattern


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("*.py", ["a.py", "x/y/b.py"], ["a.pyi", "py"]),
        ("tests", ["tests/a.py", "x/tests/b.py", "tests"], ["mytests/a.py", "tests.py"]),
        ("tests/", ["tests/a.py", "x/tests/b.py"], ["tests"]),
        ("src/*.py", ["src/a.py"], ["src/x/a.py", "x/src/a.py"]),
        ("/src", ["src/x/a.py"], ["x/src/a.py"]),
        ("src/**/test_*.py", ["src/test_a.py", "src/x/y/test_b.py"], ["src/x/a.py", "test_a.py"]),
        ("**/models/*", ["models/a.py", "x/models/b.py", "models/x/c.py"], ["a.py"]),
        ("src/**", ["src/a", "src/x/y"], ["src", "srcs/a"]),
        ("a?c.[jt]s", ["abc.js", "x/a-c.ts"], ["ac.js", "abc.rs", "a/c.js"]),
        ("[!a]*.py", ["b.py", "x/bc.py"], ["a.py"]),
        ("*a*b*c", ["xaybzc", "abc", "x/aabbcc"], ["acb", "abcd"]),
        ("a+b(c).py", ["a+b(c).py"], ["aab.py"]),
        ("x[", ["x["], ["x"]),
    ],
)
def test_patterns(pattern: str, matching: list[str], others: list[str]) -> None:
    """Each pattern matches these paths and not those."""
    compiled = path_pattern(pattern)

    assert [path for path in matching if not compiled.fullmatch(path)] == []
    assert [path for path in others if compiled.fullmatch(path)] == []


def test_no_pattern_explodes() -> None:
    """A pattern made for backtracking is answered at once (the test's time limit is the judge)."""
    path = "/".join(["a" * 200] * 20)

    assert not path_pattern("*a" * 60 + "b").fullmatch(path)
    assert not path_pattern("**/a*a*a/**/*a*a*a*/**/" + "*a" * 40 + "b").fullmatch(path)


@pytest.mark.parametrize("pattern", ["", "/", "a" * (MAX_PATTERN_LENGTH + 1), "**/**/**/**/a", "[z-a]"])
def test_patterns_beyond_bounds_are_refused(pattern: str) -> None:
    """A pattern that is empty, too long, has too many double stars or a backward range is an error."""
    with pytest.raises(ValueError):
        Filter(include=(pattern,))


def test_too_many_patterns_are_refused() -> None:
    """The number of patterns of a filter is bounded."""
    with pytest.raises(ValueError, match="at most"):
        Filter(include=("a",) * MAX_PATTERNS, exclude=("b",))


def admitted() -> Catalogue:
    catalogue = Catalogue()
    for path, kind, language in [
        ("src/a.py", SymbolKind.CLASS, "python"),
        ("src/b.ts", SymbolKind.CLASS, "typescript"),
        ("tests/a.py", SymbolKind.FUNCTION, "python"),
    ]:
        catalogue.admit(SymbolId(f"{path}/X"), kind, language, path)
    return catalogue


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Filter(kinds=(SymbolKind.CLASS,)), [0, 1]),
        (Filter(languages=("python",)), [0, 2]),
        (Filter(languages=("cobol",)), []),
        (Filter(include=("src",)), [0, 1]),
        (Filter(include=("src", "tests"), exclude=("*.ts",)), [0, 2]),
        (Filter(kinds=(SymbolKind.CLASS,), languages=("python",), exclude=("tests/",)), [0]),
    ],
)
def test_masks(wanted: Filter, numbers: list[int]) -> None:
    """All bounds of a filter hold together."""
    mask = FilterMasks().mask(wanted, admitted().view())

    assert mask is not None
    assert mask.nonzero()[0].tolist() == numbers


def test_a_remembered_filter_knows_later_paths() -> None:
    """What was remembered for older paths is right again when paths have been added; no filter, no mask."""
    catalogue, masks, wanted = admitted(), FilterMasks(), Filter(include=("src",))
    older = catalogue.view()
    masks.mask(wanted, older)
    catalogue.admit(SymbolId("lib/new.py/X"), SymbolKind.CLASS, "python", "lib/new.py")

    later, again = masks.mask(wanted, catalogue.view()), masks.mask(wanted, older)

    assert later is not None
    assert again is not None
    assert later.tolist() == [True, True, False, False]
    assert again.tolist() == [True, True, False]
    assert masks.mask(Filter(), older) is None


def test_an_empty_catalogue_has_an_empty_mask() -> None:
    """Filters may be asked before there is a symbol."""
    mask = FilterMasks().mask(Filter(languages=("python",), include=("a",)), Catalogue().view())

    assert mask is not None
    assert len(mask) == 0
