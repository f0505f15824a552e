"""What the parser steps over is nothing but blank lines, and the tree is that of the whole text."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from test_extract_again import SOURCES
from tree_sitter import Node

from codegraph.errors import InternalError
from codegraph.extract import grammar
from codegraph.extract.grammar import compiled
from codegraph.extract.languages import LANGUAGES
from codegraph.extract.languages.spec import LanguageSpec
from codegraph.extract.normalise import Span

BLANK = (" " * 70 + "\n") * 3


def nodes_of(root: Node) -> list[tuple[str, int, int, tuple[int, int], bool]]:
    """Return every node with its place, but for line ends that bodies in Ruby end with, in the order of the tree."""
    found, waiting = [], [root]
    text = root.text or b""
    while waiting:
        node = waiting.pop()
        end = root.start_byte + len(text[: node.end_byte - root.start_byte].rstrip())
        found.append((node.type, node.start_byte, max(node.start_byte, end), tuple(node.start_point), node.is_missing))
        waiting.extend(reversed(node.children))
    return found[1:]  # the file itself ends where the parser's text does


def spaced(text: str, choose: random.Random) -> tuple[bytes, list[Span]]:
    """Put blank lines between some lines of a text; return where they stand."""
    parts: list[bytes] = []
    blank: list[Span] = []
    for line in text.splitlines(keepends=True):
        parts.append(line.encode())
        if choose.random() < 0.3 and line.endswith("\n"):
            start = sum(map(len, parts))
            parts.append(BLANK.encode() * choose.randrange(1, 3))
            blank.append((start - 1, start + len(parts[-1])))
    return b"".join(parts), blank


@pytest.mark.parametrize("language", sorted(SOURCES))
def test_the_tree_is_that_of_the_whole_text(language: str) -> None:
    """Wherever blank lines are left out, each node stands where it does if the parser reads them."""
    grammar, choose = compiled(language), random.Random(5)
    for _ in range(40):
        read, blank = spaced(SOURCES[language], choose)
        expected = nodes_of(grammar.parser.parse(read).root_node)
        tree = grammar.parsed_without(read, blank)
        assert nodes_of(tree.root_node) == expected
        assert len(tree.included_ranges) > 1 or not blank
    assert nodes_of(grammar.parser.parse(read).root_node) == expected  # the next text is read as a whole


def test_only_whole_blank_lines_are_left_out() -> None:
    """What is said to be blank but holds something is read, and so is what is too short to pay."""
    grammar = compiled("python")
    read = b"a = 1\n" + b" " * 300 + b"\n# c\n" + b" " * 300 + b"\nb = 2\n \n \nc = 3\n"
    parsed = grammar.parsed_without(read, [(5, read.index(b"b")), (read.index(b"2") + 1, read.index(b"c = 3"))])
    assert [each.type for each in parsed.root_node.children] == [
        "expression_statement",
        "comment",
        "expression_statement",
        "expression_statement",
    ]
    assert len(parsed.included_ranges) == 1


def test_stretches_with_nothing_between_them_are_one() -> None:
    """Many short ones in a row are worth a step."""
    grammar = compiled("c")
    read = b"int a;\n" + b" " * 20 * 20 + b"\nint b;\n"
    lines = bytearray(read)
    for at in range(26, 400, 20):
        lines[at] = ord("\n")
    blank = [(at + 1, at + 20) for at in range(6, 386, 20)]
    tree = grammar.parsed_without(bytes(lines), blank)
    assert len(tree.included_ranges) == 2
    assert nodes_of(tree.root_node) == nodes_of(grammar.parser.parse(bytes(lines)).root_node)


@pytest.fixture
def _threads_change_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_threads_change_often")
def test_threads_do_not_disturb_one_another() -> None:
    """While one thread has blank lines left out, another one's texts are read as a whole."""
    python, times, start = compiled("python"), 3_000, Barrier(2)
    text = b"a = 1\n" + b" " * 400 + b"\nb = 2\n"

    def with_gaps() -> int:
        start.wait()
        return sum(len(python.parsed_without(text, [(5, 407)]).included_ranges) == 2 for _ in range(times))

    def whole() -> int:
        start.wait()
        return sum(len(python.parser.parse(text).included_ranges) == 1 for _ in range(times))

    with ThreadPoolExecutor(2) as threads:
        assert [each.result() for each in (threads.submit(with_gaps), threads.submit(whole))] == [times, times]


def test_a_language_is_compiled_once() -> None:
    """However many threads ask for a language at first, they get the same one: a query thrown away may end badly."""
    said = (
        "import sys; sys.setswitchinterval(1e-6)\n"
        "from concurrent.futures import ThreadPoolExecutor; from threading import Barrier\n"
        "from codegraph.extract.grammar import compiled\n"
        "start = Barrier(4)\n"
        "def first(_): start.wait(); return compiled('c')\n"
        "print(len({id(each) for each in ThreadPoolExecutor(4).map(first, range(4))}))\n"
    )
    assert subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout == "1\n"


@pytest.mark.parametrize("language", ["c", "cpp", "elixir", "php", "ruby"])
def test_queries_may_be_thrown_away(language: str) -> None:
    """Compiling a language with predicates again and again leaves the memory whole."""
    said = (
        "from codegraph.extract import grammar\n"
        f"for _ in range(20): grammar._compiled.__wrapped__({language!r})\n"
        "print('whole')\n"
    )
    assert subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout == "whole\n"


def changed(directory: Path, query: str) -> LanguageSpec:
    """Return Lua with another query for what it mentions."""
    (directory / "mentions.scm").write_text(query, encoding="utf-8")
    lua = LANGUAGES["lua"]
    return replace(lua, name="other", queries=replace(lua.queries, mentions=(directory / "mentions.scm",)))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ('((identifier) @a (#eq? @a ")") ; why\n (#set! form "x"))', "put it before: (#eq? @a ) "),
        ("((identifier) @a", "do not compile"),
    ],
)
def test_a_broken_query_is_refused(query: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So is one whose directive follows a predicate: the binding would free that predicate twice."""
    monkeypatch.setattr(grammar, "LANGUAGES", {"other": changed(tmp_path, query)})
    with pytest.raises(InternalError) as refused:
        compiled("other")
    assert said in str(refused.value)
