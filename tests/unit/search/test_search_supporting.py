"""Tests, examples and benchmarks are told by their paths, as runners and build tools find them."""

from __future__ import annotations

import pytest

from codegraph.core.symbols import symbol_id
from codegraph.search.analysis import query_terms
from codegraph.search.supporting import asks_for_supporting, is_supporting, is_test

SUPPORTING = """
tests/a.py  src/test/java/org/x/A.java  pkg/__tests__/a.ts  spec/models/a.rb  examples/basic/a.rs  test-shrinker/A.java
serde/test_suite/a.rs  benches/a.rs  tree_test.go  a.test.ts  a.spec.js  user_spec.rb  test_a.py  conftest.py
src/ATest.java  src/ArrayTests.cs  TestArray.java  benchmarks_test.go  src/ParseBenchmark.java
src/commonTest/kotlin/A.kt  src/jvmTest/A.kt  Core.UnitTests/A.cs  Tests/AppTests/A.swift  src/testFixtures/java/A.java
bench/a.js  internal/testutil/a.go  test/__mocks__/a.ts  e2e/a.ts  docs/conf.py  a.test-d.ts  Button.stories.tsx
"""
OTHERS = """
src/a.py  src/latest/a.py  contest/a.py  src/attestation.go  KeySpec.java  spectrum.py  testimonial.py
src/Testament.java  src/protest.py  inspector.rb  lib/specification.rb  src/greatest.c  harvest/a.py
fastest/a.rs  fixture/a.py  mocking/a.java  src/workbench/a.ts  latestTested/a.go  docs/guide.md  src/docs/a.py
"""


@pytest.mark.parametrize("path", SUPPORTING.split())
def test_what_tries_out_is_known(path: str) -> None:
    """By a folder or by the file's own name, in any language."""
    assert is_supporting(path)


@pytest.mark.parametrize("path", OTHERS.split())
def test_what_is_only_called_alike_is_not(path: str) -> None:
    """Part of a word is no word."""
    assert not is_supporting(path)


@pytest.mark.parametrize(
    ("query", "asks"),
    [("tests of the parser", True), ("TestParser", True), ("how to mock a clock", True), ("example of a plugin", True),
     ("how are routes matched", False), ("latest version", False)],
)  # fmt: skip
def test_a_query_that_asks_for_them_gets_them(query: str, asks: bool) -> None:
    """The words are read as terms, whatever their form."""
    assert asks_for_supporting(query_terms(query)) == asks


@pytest.mark.parametrize(
    ("path", "descriptor", "tests"),
    [
        ("a.zig", '`"parses a number"`().', True),
        ("a.zig", 'Reader#`"ends"`(+2).', True),
        ("a.zig", "test(+1).", True),
        ("a.zig", "latest().", False),
        ("a.zig", 'Reader#`@"type"`().', False),
        ("a.zig", 'Reader#`"ends"`().inner().', False),
        ("a.go", "test().", False),
    ],
)
def test_zig_has_tests_beside_what_they_try_out(path: str, descriptor: str, tests: bool) -> None:
    """Their names are texts, or none: no function can have such a name."""
    assert is_test(path, symbol_id(path, descriptor)) == tests
