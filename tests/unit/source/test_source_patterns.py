"""What one ignore file decides, held against git itself."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegraph.source.patterns import PatternSet

CASES = [
    (["build"], "build", True, True),
    (["build"], "src/build", False, True),
    (["build/"], "build", False, None),
    (["build/"], "build", True, True),
    (["/build"], "src/build", True, None),
    (["docs/out"], "docs/out", False, True),
    (["docs/out"], "x/docs/out", False, None),
    (["*.pyc"], "a/b.pyc", False, True),
    (["*.py[co]"], "a/b.pyo", False, True),
    (["*.py", "!keep.py"], "keep.py", False, False),
    (["!keep.py", "*.py"], "keep.py", False, True),
    (["a/**"], "a", True, None),
    (["a/**"], "a/b/c", False, True),
    (["**/cache/*.bin"], "x/y/cache/d.bin", False, True),
    (["a/**/z"], "a/z", False, True),
    (["*"], "x", False, True),
    (["*", "!*/", "!*.py"], "src", True, False),
    (["*", "!*/", "!*.py"], "src/x.txt", False, True),
    (["*", "!*/", "!*.py"], "src/x.py", False, False),
    (["# comment", "", "\\#literal"], "#literal", False, True),
    (["!#kept", "\\!bang"], "!bang", False, True),
    (["trailing   "], "trailing", False, True),
    (["carriage\r"], "carriage", False, True),
    (["["], "[", False, None),
]


@pytest.mark.parametrize(("lines", "path", "is_directory", "expected"), CASES)
def test_each_form_of_line(lines: list[str], path: str, is_directory: bool, expected: bool | None) -> None:
    """Every form in gitignore's manual decides as the manual says, for the entry itself and not for its parents."""
    assert PatternSet(lines).decide(path, path.rpartition("/")[2], is_directory) is expected


def test_hostile_patterns_take_bounded_time() -> None:
    """A pattern made of stars cannot make a scan hang: it is matched without backtracking, or left out."""
    hostile = PatternSet(["*a" * 40 + "b", "x/" + "*a" * 40 + "b", "/**".join("abcdefg")])
    name = "a" * 250
    before = time.process_time()
    assert hostile.decide(name, name, False) is None
    assert hostile.decide(f"x/{name}", name, False) is None
    assert hostile.decide("a/" * 60 + "z", "z", False) is None
    assert time.process_time() - before < 5


def test_a_star_pattern_made_atomic_still_matches() -> None:
    """Making stars atomic changes the time, never the answer."""
    patterns = PatternSet(["a*b*c*d", "k/*x*y*z"])
    assert patterns.decide("a-bb-cbc-d", "a-bb-cbc-d", False) is True
    assert patterns.decide("a-bb-cbc-e", "a-bb-cbc-e", False) is None
    assert patterns.decide("k/xxyxyz", "xxyxyz", False) is True


NAMES = st.sampled_from(["a", "b", "ab", "a.py", "b.txt", "build", "x.tmp"])
LINES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "!"]),
    st.one_of(
        NAMES,
        st.sampled_from(
            ["*.py", "*", "a*", "[ab]", "/a", "/*", "a/b", "a/*", "**/b", "a/**", "/a/**/b", "?", "*.t?t", "/**/ab"]
        ),
    ),
    st.sampled_from(["", "", "/"]),
)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty git repository without the user's own excludes."""
    place = tmp_path_factory.mktemp("patterns")
    subprocess.run(["git", "init", "-q", "."], cwd=place, check=True)
    subprocess.run(["git", "config", "core.excludesFile", "/dev/null"], cwd=place, check=True)
    return place


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, max_size=4), path=st.lists(NAMES, min_size=1, max_size=3))
def test_agrees_with_git(repository: Path, lines: list[str], path: list[str]) -> None:
    """For any small ignore file and path, walking down by our decisions ends where `git check-ignore` does."""
    (repository / ".gitignore").write_text("\n".join(lines) + "\n")
    full = "/".join(path)
    answer = subprocess.run(["git", "check-ignore", "-q", "--no-index", full], cwd=repository, check=False)
    patterns = PatternSet(lines)
    ours = False
    for depth in range(1, len(path) + 1):
        if patterns.decide("/".join(path[:depth]), path[depth - 1], depth < len(path)):
            ours = True
            break
    assert ours == (answer.returncode == 0)
