"""Claim: the rows of data flow are the reference's, function by function, on code that nobody chose.

The reference (`GraphCodeBERT/codesearch/parser` of a copy of microsoft/CodeBERT) runs unchanged over trees that are
shown to it as its grammars of 2021 would have given them: `Shown` stands before each node. Tokens and rows of both are
compared; a function on which the reference takes more than its time is counted and left out (it reads the body
of every loop twice, which doubles per level of nesting). With `--mutate`, tokens of each function are first deleted,
doubled or replaced, for trees with errors: there a rest of differences is expected, since a `;` that is the whole of
an error has no counterpart in 2021. Tests: tests/unit/benchmarks/test_bench_dataflow_rows.py.
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from tree_sitter import Language, Node, Parser

from benchmarks.dataflow import REFERENCE_FUNCTIONS, SourceFile, collect, load_reference
from benchmarks.figures import Figure, table
from codegraph.extract.dataflow import FLOW_TABLES, follow_text
from codegraph.extract.languages import LANGUAGES

SECONDS = 3
_RELATIONS = ("comesFrom", "computedFrom")
_ATOMS = {
    "java": {"string", "string_literal"},
    "c_sharp": {"string", "character_literal"},
    "go": {"string", "raw_string_literal"},
    "php": {"string", "heredoc", "nowdoc"},
}
_DROPPED = {
    "python": {";"},
    "c_sharp": {"string_literal_content"},
    "javascript": {"string_fragment"},
    "go": {"interpreted_string_literal_content"},
}
_RENAMED = {"c_sharp": {"foreach_statement": "for_each_statement", "implicit_parameter": "identifier"}}
_PLAIN = {"string_content", "escape_sequence", '"'}
_NOISE = ("(", ")", "{", "}", "=", ",", ";", "\\", "'", "é", "if", "else", "for", "#", "//", "\n", "$", "@")

Row = tuple[str, int, str, tuple[int, ...]]
Told = tuple[list[str], list[Row]]
"""Tokens and rows of one function."""


class Shown:
    """A node of today's grammar as the reference is to see it."""

    def __init__(
        self, node: Node, language: str, type_: str | None = None, children: list[Shown] | None = None
    ) -> None:
        self.node, self.language = node, language
        self.start_point, self.end_point = tuple(node.start_point), tuple(node.end_point)
        self.type = type_ or _RENAMED.get(language, {}).get(node.type, node.type)
        if language == "php" and node.type == "cast_type":
            self.type = (node.text or b"").decode()  # was a keyword
        self._children = children

    @property
    def children(self) -> list[Shown]:
        """The children of 2021: without what was not seen then, with what has become one node."""
        if self._children is None:
            self._children = [] if self._is_atom() else self._grouped(self._kept())
        return self._children

    def child_by_field_name(self, name: str) -> Shown | None:
        """As of tree-sitter."""
        found = self.node.child_by_field_name(name)
        if found is None:
            return None
        same = (one for one in self.children if one.node == found and one.type != "equals_value_clause")
        return next(same, None) or Shown(found, self.language)

    def _is_atom(self) -> bool:
        if self.language == "php" and self.node.type == "encapsed_string":
            return all(child.type in _PLAIN for child in self.node.children)
        return self.node.type in _ATOMS.get(self.language, ())

    def _kept(self) -> list[Shown]:
        kept: list[Shown] = []
        for at, child in enumerate(self.node.children):
            if child.type in _DROPPED.get(self.language, ()) or child.start_byte == child.end_byte:
                continue
            if self.language == "python" and child.type == "string_content":
                kept += (Shown(part, self.language) for part in child.children)
            elif (
                not at
                and self.node.type == "keyed_element"
                and [part.type for part in child.children] == ["identifier"]
            ):
                kept.append(Shown(child.children[0], self.language, "field_identifier"))
            else:
                kept.append(Shown(child, self.language))
        return kept

    def _grouped(self, children: list[Shown]) -> list[Shown]:
        """Return the children with `= value` of a C# declarator as one node."""
        if self.language != "c_sharp" or self.node.type != "variable_declarator":
            return children
        at = next((at for at, child in enumerate(children) if child.type == "="), None)
        if at is None:
            return children
        clause = Shown(children[at].node, self.language, "equals_value_clause", children[at:])
        clause.end_point = children[-1].end_point
        return [*children[:at], clause]


def told_by_reference(reference: Any, text: str, language: str, parser: Parser) -> Told:
    """Return what the reference says of one function's text, by its own steps."""
    flow = FLOW_TABLES[language]
    try:
        text = reference.remove_comments_and_docstrings(text, language)
    except TimeoutError:
        raise
    except Exception:  # whatever it raises, it goes on with the text as it is
        pass
    text = flow.prefix + text + flow.suffix
    root = Shown(parser.parse(text.encode()).root_node, language)
    places = reference.tree_to_token_index(root)
    lines = text.split("\n")
    tokens = [reference.index_to_code_token(place, lines) for place in places]
    try:
        follow = getattr(reference, REFERENCE_FUNCTIONS[language])
        rows, _ = follow(root, {place: (at, tokens[at]) for at, place in enumerate(places)}, {})
    except TimeoutError:
        raise
    except Exception:  # it leaves such a function without rows
        rows = []
    used = {row[1] for row in rows if row[4]}.union(*(row[4] for row in rows))
    kept = [row for row in sorted(rows, key=lambda row: row[1]) if row[1] in used]
    return tokens, [(row[0], row[1], row[2], tuple(sorted(set(row[4])))) for row in kept]


def told_by_us(text: str, language: str) -> Told:
    """Return what we say of it."""
    flow = follow_text(text, language)
    rows = [(flow.tokens[at], at, _RELATIONS[relation], tuple(sorted(set(of)))) for at, relation, of in flow.rows]
    return list(flow.tokens), rows


def mutated(text: str, chance: random.Random) -> str:
    """Return a function's text with one to three tokens deleted, doubled or replaced."""
    tokens = re.findall(r"\w+|\s+|.", text) or [" "]
    for _ in range(chance.randrange(1, 4)):
        at, way = chance.randrange(len(tokens)), chance.random()
        if way < 0.5 and len(tokens) > 1:
            del tokens[at]
        elif way < 0.75:
            tokens.insert(at, chance.choice(tokens))
        else:
            tokens[at] = chance.choice(_NOISE)
    return "".join(tokens)


def compare(
    files: Mapping[str, Sequence[SourceFile]],
    reference: Any,
    chance: random.Random | None,
    *,
    seconds: int = 0,
    show: int = 0,
) -> list[Figure]:
    """Compare every function; the figure of a language is how many differ.

    `seconds`: that the reference may take for one, by the alarm of the process; 0: as long as it likes.
    `show`: print so many that differ, of each language.
    """
    figures: list[Figure] = []
    for language, sources in files.items():
        if language not in REFERENCE_FUNCTIONS:
            continue
        parser = Parser(Language(LANGUAGES[language].grammar()))
        count = differ = slow = 0
        for text in (text for source in sources for text in source.texts):
            text = mutated(text, chance) if chance is not None else text
            signal.alarm(seconds)
            try:
                expected = told_by_reference(reference, text, language, parser)
            except TimeoutError:
                slow += 1
                continue
            finally:
                signal.alarm(0)
            count += 1
            if told_by_us(text, language) != expected:
                differ += 1
                if differ <= show:
                    print(f"--- {language}\n{text}")
        note = f"of {count} functions; the reference gave up on {slow} after {seconds} s"
        target = 0.0 if chance is None else None
        figures.append(
            Figure(name=f"dataflow.rows.{language}.differ", value=differ, unit="functions", target=target, note=note)
        )
    return figures


def _too_slow(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError


def main() -> int:
    """Compare a directory; the exit status is 1 if a function of it, as it stands, differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("directory", type=Path, help="real source code, in any of the languages")
    parser.add_argument(
        "--reference", type=Path, required=True, help="GraphCodeBERT/codesearch/parser of microsoft/CodeBERT"
    )
    parser.add_argument("--functions", type=int, default=500, help="about so many of each language")
    parser.add_argument("--mutate", type=int, metavar="SEED", help="break each function first")
    parser.add_argument("--show", type=int, default=0, help="print so many that differ, of each language")
    arguments = parser.parse_args()
    sys.setrecursionlimit(20_000)  # the reference recurses
    signal.signal(signal.SIGALRM, _too_slow)
    chance = random.Random(arguments.mutate) if arguments.mutate is not None else None
    files = collect(arguments.directory, arguments.functions)
    figures = compare(files, load_reference(arguments.reference), chance, seconds=SECONDS, show=arguments.show)
    print(table(figures))
    return int(any(figure.met is False for figure in figures))


if __name__ == "__main__":
    raise SystemExit(main())
