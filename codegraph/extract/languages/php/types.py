"""Types as chains: declared ones, and those of documentation comments.

An instance of a class is `("\\A\\Foo", "()")`; of one of several classes `("|\\A\\Foo|\\A\\Bar",)`, be it
all or one of them; `static` is `("@static",)`, a container of it has "@of" behind it. Scalars, null
and what is not understood have the chain (). A chain out of a comment ends with "@guess".
Tests: tests/unit/extract/test_extract_php.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.core.words import words
from codegraph.extract.languages.block_walk import OF, joined
from codegraph.extract.languages.php.names import Names
from codegraph.extract.text import SourceText

NULL: Final = ("@null",)
"""The chain of null: nothing to follow, but no contradiction either."""

GUESS: Final = "@guess"
ARGUMENT: Final = ("@argument",)
"""What a function gives that is passed `Foo::class` and documented to make one: "@if" and the class follow the call."""
_RELATIVE: Final = {"self": ("@class", "()"), "static": ("@static",), "parent": ("@super", "()"), "$this": ("@static",)}


_SCALARS: Final = words(
    """
    array bool boolean callable closure double false float int integer iterable list mixed never null number numeric
    object resource scalar string true void array-key class-string callable-string numeric-string literal-string
    non-empty-string non-empty-array non-empty-list positive-int negative-int non-negative-int key-of value-of
    trait-string interface-string enum-string int-mask no-return unset
    """
)
_CONTAINERS: Final = words(
    "array list iterable non-empty-array non-empty-list traversable iterator iteratoraggregate arrayiterator generator "
    "arrayobject splobjectstorage"
)
_TAG: Final = re.compile(
    r"@(?:phpstan-|psalm-)?(var|param|return|property|property-read|(?:template-)?(?:extends|implements))[ \t]+"
)
ELEMENTS: Final = "elements"
"""The tag of what a class holds: the last type argument of what it extends or implements."""
_TOKEN: Final = re.compile(
    r"\s*(\\?[A-Za-z_\x80-\uffff](?:[\w\x80-\uffff\\]|-(?=[a-z]))*|\$this|\[\]|[<>(){}|&?,:=*]|\S)"
)
_PASSED: Final = re.compile(r"class-string<(\w+)>")
_VARIABLE: Final = re.compile(r"[ \t]*[&.]*(\$\w+)")
_MAX_TYPE: Final = 400
_MAX_DEPTH: Final = 12


class Documented(NamedTuple):
    """One tag of a documentation comment: its name, the chain of its type, the variable it speaks of or ""."""

    tag: str
    chain: Chain
    variable: str


def united(chains: Iterable[Chain]) -> Chain:
    """Return the chain of one of several values; () if one of them is unknown."""
    distinct = [each for each in dict.fromkeys(chains) if each != NULL]
    if not distinct:
        return NULL
    if len(distinct) == 1:
        return distinct[0]
    names: dict[str, None] = {}
    is_guess = False
    for chain in distinct:
        if chain and chain[-1] == GUESS:
            is_guess, chain = True, chain[:-1]
        if len(chain) == 2 and chain[0][0] == "\\" and chain[1] == "()":
            names[chain[0]] = None
        elif len(chain) == 1 and chain[0][0] == "|":
            names.update(dict.fromkeys(chain[0].replace("|\\", "\n\\").split("\n")[1:]))
        else:
            return ()
    if len(names) > 4:
        return ()
    found = (next(iter(names)), "()") if len(names) == 1 else ("|" + "|".join(names),)
    return (*found, GUESS) if is_guess else found


def _alternatives(chains: Iterable[Chain]) -> Chain:
    """Return the chain of a union of types, whose scalar parts have no members and do not count."""
    return united(each for each in chains if each) if (chains := list(chains)) and any(chains) else ()


class Types:
    """Reads types off the nodes and comments of one file."""

    def __init__(self, text: SourceText) -> None:
        self._of = text.of
        self.names = Names("")

    def declared(self, node: Node | None, depth: int = 0) -> Chain:
        """Return the chain of a declared type."""
        if node is None or depth > _MAX_DEPTH:
            return ()
        kind = node.type
        if kind == "named_type":
            return self.instance(self._of(node))
        if kind == "primitive_type":
            return ()
        return _alternatives([self.declared(each, depth + 1) for each in node.named_children])

    def instance(self, written: str) -> Chain:
        """Return the chain of an instance of a class."""
        relative = _RELATIVE.get(written.lower())
        if relative is not None:
            return relative
        return () if not written or written.lower() in _SCALARS else (self.names.class_name(written), "()")

    def documented(self, comment: str) -> list[Documented]:
        """Return what a documentation comment says of types."""
        found: list[Documented] = []
        passed = set(_PASSED.findall(comment)) if "class-string<" in comment else ()
        for match in _TAG.finditer(comment):
            text, end = _extent(comment, match.end())
            variable = _VARIABLE.match(comment, end)
            if match.group(1).endswith(("extends", "implements")):
                held = self._read(f"array{text[text.find('<') :]}") if "<" in text else ()
                found += [Documented(ELEMENTS, joined(held[:-1], GUESS), "[]")] if held[-1:] == (OF,) else []
                continue
            chain = ARGUMENT if text in passed else self._read(text)
            tag = "property" if match.group(1).startswith("property") else match.group(1)
            if chain and chain != NULL:
                found.append(Documented(tag, joined(chain, GUESS), variable.group(1) if variable else ""))
        return found

    def _read(self, text: str) -> Chain:
        tokens = [each for each in _TOKEN.findall(text) if each]
        return self._union(tokens, 0) if tokens and tokens[0] != "$" else ()

    def _union(self, tokens: list[str], depth: int) -> Chain:
        chains = [self._part(tokens, depth)]
        while tokens and tokens[0] in "|&":
            tokens.pop(0)
            chains.append(self._part(tokens, depth))
        return _alternatives(chains)

    def _part(self, tokens: list[str], depth: int) -> Chain:
        if not tokens or depth > _MAX_DEPTH:
            tokens.clear()
            return ()
        first = tokens.pop(0)
        if first == "?":
            return self._part(tokens, depth + 1)
        if first == "(":
            chain = self._union(tokens, depth + 1)
            if tokens and tokens[0] == ")":
                tokens.pop(0)
        else:
            given = self._arguments(tokens, depth)
            bare = first.lower().lstrip("\\")
            if bare in _CONTAINERS and given:
                chain = joined(given[-1] if bare != "generator" or len(given) < 2 else given[1], OF)
            else:
                chain = self.instance(first) if first[-1].isalnum() or first[-1] == "_" or first == "$this" else ()
        while tokens and tokens[0] == "[]":
            tokens.pop(0)
            chain = joined(chain, OF)
        return chain

    def _arguments(self, tokens: list[str], depth: int) -> list[Chain]:
        """Read what stands in angle brackets; pass over a shape in braces and the parameters of a callable."""
        given: list[Chain] = []
        if tokens and tokens[0] == "<":
            while tokens and tokens[0] in "<,":
                tokens.pop(0)
                given.append(self._union(tokens, depth + 1))
            while tokens and tokens.pop(0) != ">":
                pass
        elif tokens and tokens[0] in "{(":
            level = 0
            while tokens:
                first = tokens.pop(0)
                level += (first in "{(<") - (first in "})>")
                if not level:
                    break
            if tokens and tokens[0] == ":":
                tokens.pop(0)
                self._part(tokens, depth + 1)
        return given


def _extent(comment: str, start: int) -> tuple[str, int]:
    """Return the type that starts at an offset of a comment, and where it ends: at a blank outside of brackets."""
    level, at = 0, start
    end = min(len(comment), start + _MAX_TYPE)
    while at < end:
        character = comment[at]
        if character in "<({":
            level += 1
        elif character in ">)}":
            level -= 1
        elif (character.isspace() and level <= 0) or (character == "*" and comment[at : at + 2] == "*/"):
            break
        at += 1
    return comment[start:at], at
