"""What the parser steps over is nothing but blank lines, and the tree is that of the whole text."""

from __future__ import annotations

import random

import pytest
from test_extract_again import SOURCES
from tree_sitter import Node

from codegraph.extract.grammar import compiled
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
