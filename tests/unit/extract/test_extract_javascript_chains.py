"""Expressions and types of JavaScript and TypeScript as chains."""

from __future__ import annotations

import pytest
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from codegraph.extract.languages.javascript.annotations import jsdoc_types, type_chains
from codegraph.extract.languages.javascript.chains import alternatives_of, chain_of

_PARSER = Parser(Language(tree_sitter_typescript.language_typescript()))


def value(source: str) -> Node | None:
    """Parse an expression."""
    declarator = _PARSER.parse(f"x = {source}".encode()).root_node.named_children[0].named_children[0]
    return declarator.child_by_field_name("right")


def annotation(source: str) -> Node | None:
    """Parse a type."""
    alias = _PARSER.parse(f"type X = {source}".encode()).root_node.named_children[0]
    return alias.child_by_field_name("value")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a", "a"),
        ("a.b.c", "a b c"),
        ("a?.b!.c", "a b c"),
        ("a['b'][0]", "a b []"),
        ("a().b", "a () b"),
        ("new A.B(1).c", "A B () c"),
        ("(await a).b", "a b"),
        ("this.a", "@self a"),
        ("super.a", "@super a"),
        ("(a as B).c", "B () c"),
        ("<B>a", "B ()"),
        ("a as const", "a"),
        ("a satisfies B", "a"),
        ("a.b.bind(this)", "a b"),
        ("Object.freeze(a)", "a"),
        ("(1, a)", "a"),
        ("b = a", "a"),
        ("a && b", "b"),
        ("require('./x').y", 'require("./x") y'),
        ("import('./x')", 'import("./x")'),
        ("'a'.b", ""),
        ("[].b", ""),
        ("(-a).b", ""),
        ("(a + b).c", " c"),
    ],
)
def test_chains(source: str, expected: str) -> None:
    """What hands a value through unchanged is transparent; an unknown receiver is an empty element."""
    assert " ".join(chain_of(value(source), "@self")) == expected


def test_alternatives() -> None:
    """A choice stands for all its branches, in source order."""
    assert alternatives_of(value("a ? b : c || d ?? e"), "") == (("b",), ("c",), ("d",), ("e",))
    assert alternatives_of(value("1"), "") == ()


def test_long_chains_end() -> None:
    """A chain of many calls is read from an unknown receiver on."""
    chain = chain_of(value("a" + ".b()" * 100), "")
    assert chain[0] == ""
    assert len(chain) < 40


@pytest.mark.parametrize(
    ("source", "plain", "elements"),
    [
        ("A", ["A ()"], []),
        ("a.B", ["a B ()"], []),
        ("A | null | undefined", ["A ()"], []),
        ("A & B", ["A ()", "B ()"], []),
        ("A[]", [], ["A ()"]),
        ("readonly A[]", [], ["A ()"]),
        ("Array<A>", [], ["A ()"]),
        ("Map<string, A>", [], ["A ()"]),
        ("[A, B]", [], ["A ()", "B ()"]),
        ("Promise<A>", ["A ()"], []),
        ("Promise<A[]>", [], ["A ()"]),
        ("Partial<A>", ["A ()"], []),
        ("G<A>", ["G ()"], []),
        ("typeof a", ["a"], []),
        ("this", ["@self"], []),
        ("A['b']", ["A () b"], []),
        ("import('./x').A", ['import("./x") A ()'], []),
        ("string | 'a' | 1", [], []),
        ("(a: A) => B", [], []),
    ],
)
def test_types(source: str, plain: list[str], elements: list[str]) -> None:
    """A type says what its values are, and what iterating or indexing them gives."""
    found = type_chains(annotation(source))
    assert [[" ".join(chain) for chain in part] for part in found] == [plain, elements]


def test_jsdoc() -> None:
    """Names, unions, arrays, promises and imports are read from comments; other types are left out."""
    found = jsdoc_types(
        "/** @param {A|null} a\n @param {Array<B>} [b]\n @param {import('./x').C} c\n"
        " @param {{d: D}} d\n @return {Promise<E>} */"
    )
    assert found.parameters == {
        "a": ((("A", "()"),), ()),
        "b": ((), (("B", "()"),)),
        "c": ((('import("./x")', "C", "()"),), ()),
    }
    assert found.returns == ((("E", "()"),), ())
