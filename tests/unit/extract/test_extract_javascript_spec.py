"""Tokens, signatures, documentation and robustness of the JavaScript family."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from javascript_sources import facts_of

from codegraph.core.facts import decode_own_input
from codegraph.extract.languages import language_of


def documentation(source: str, name: str) -> str:
    """Return the docstring of the definition of that name."""
    facts = facts_of(source)
    [own] = [each.own for each in facts.outline.definitions if each.name == name]
    return decode_own_input(facts.inputs[own]).docstring


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a.js", "javascript"),
        ("a.mjs", "javascript"),
        ("a.cjs", "javascript"),
        ("a.jsx", "javascript"),
        ("a.ts", "typescript"),
        ("a.mts", "typescript"),
        ("a.d.cts", "typescript"),
        ("a.tsx", "tsx"),
        ("x/package.json", "json-config"),
        ("tsconfig.json", "json-config"),
        ("tsconfig.base.json", "json-config"),
        ("x/tsconfig.app.json", "json-config"),
        ("other.json", None),
    ],
)
def test_languages_by_name(path: str, language: str | None) -> None:
    """Extensions and the names of configuration files decide the language."""
    assert language_of(path, b"") == language


def test_hashbang() -> None:
    """A script without extension is known by its interpreter, and the line is no token."""
    assert language_of("bin/run", b"#!/usr/bin/env node\n") == "javascript"
    assert facts_of("#!/usr/bin/env node\nf()").outline.problems == ()


def test_layout_is_no_token() -> None:
    """Comments, line breaks, trailing commas and closing semicolons change no digest."""
    plain = facts_of("function f(a, b) { return g({ a, b }) }")
    other = facts_of("function f(\n  a,\n  b, // y\n) {\n  return g({\n    a,\n    b,\n  });\n}\n")
    assert plain.outline.definitions[1].own == other.outline.definitions[1].own


def test_signatures() -> None:
    """A signature is the header up to the body, with modifiers, decorators and types."""
    method = "private async m(a: A = 1): Promise<T> { return 1 }"
    source = f"@d() export abstract class C<T> extends B<T> implements I {{ {method} }}"
    found = [each.signature for each in facts_of(source, "typescript").outline.definitions[1:]]
    assert found == [
        "@ d ( ) export abstract class C < T > extends B < T > implements I",
        "private async m ( a : A = 1 ) : Promise < T >",
    ]


def test_documentation() -> None:
    """The documentation comment directly before a definition is its docstring; other and distant comments are not."""
    assert (
        documentation("/**\n * Does it.\n *\n * @param a\n */\nexport function f(a) {}", "f") == "Does it.\n\n@param a"
    )
    assert documentation("// one\n// two\nconst f = () => 1", "f") == ""
    assert documentation("/** One. */\n// two\nconst f = () => 1", "f") == "One."
    assert documentation("/** Far. */\n\nfunction f() {}", "f") == ""
    assert documentation("class C {\n  /** Near. */\n\n  m() {}\n}", "m") == "Near."
    assert documentation("// eslint-disable-next-line\nfunction f() {}", "f") == ""
    assert documentation("class C {\n  /** Runs. */\n  @d m() {}\n}", "m") == "Runs."


def test_documentation_of_a_module() -> None:
    """The first comment of a file is its docstring, unless it is a licence or belongs to a definition."""
    assert documentation("/** All of it. */\n\nimport a from 'a'", "") == "All of it."
    assert documentation("/* Copyright me */\nimport a from 'a'", "") == ""
    assert documentation("/** Of f. */\nfunction f() {}", "") == ""
    assert documentation("/* A remark. */", "") == ""


@pytest.mark.parametrize("language", ["javascript", "typescript", "tsx"])
@pytest.mark.parametrize(
    "source",
    [
        b"(" * 3_000,
        b"a" + b".b()" * 3_000,
        b"x=" + b"+".join([b"a"] * 3_000),
        b"a=" * 3_000 + b"b",
        b"x=" + b"a?b:" * 3_000,
        b"`${" * 500,
        b"<a>" * 500,
        b"type A = " + b"B<" * 1_000,
        b"namespace A {" * 300,
        b"class A extends " * 500,
        b"// @flow\nfunction f(x: ?string): %checks { return (x: any) }",
        b"\xff\xfe\x00export class \xc3",
    ],
)
def test_odd_sources(source: bytes, language: str) -> None:
    """Deep, broken and foreign sources give facts and no exception."""
    assert facts_of(source, language).outline.definitions[0].descriptor == ""


def test_what_the_grammar_does_not_know() -> None:
    """Separators left to line ends, `export type *`, variance, escaped backticks do not cost what is behind them."""
    source = (
        "export type * from './a'\nexport type * as b from './b'\n"
        "interface I<in out K, out V = K> {\n  x: A\n  <T>(a: T): B // one\n  // two\n  <\n    U\n  >(a: U): C<U>\n\n"
        "  <V>(): D\n  m(): E\n}\n"
        "type T<A extends string> = `\\`${A}\\``\nconst text = `\\`${f()}\\\\`\n"
        "function f(): void {}\n"
    )
    facts = facts_of(source, "typescript")
    assert [each.name for each in facts.outline.definitions[1:]] == ["I", "m", "T", "text", "f"]
    assert {each.chain[0] for each in facts.occurrences.references if each.owner == 1} == set("ABCD")
    assert [each.module for each in facts.occurrences.imports] == ["./a", "./b"]


_TOKENS = """
    { } ( ) [ ] => class function export default import from 'x' ` ${ /* */ // < /> @ ... ?. async await get static
    #x : = exports module.exports this super new extends interface type enum namespace declare var const prototype
    require( import( for( catch( return yield a B . , ; é 😀 & | =1 of in
"""


@given(
    st.lists(st.sampled_from(_TOKENS.split()), max_size=60).map(" ".join),
    st.sampled_from(["javascript", "typescript", "tsx"]),
)
@settings(max_examples=150)
def test_any_sequence_of_tokens(source: str, language: str) -> None:
    """Whatever is typed, extraction gives facts whose owners and containers exist."""
    facts = facts_of(source, language)
    size = len(facts.outline.definitions)
    assert all(each.container < index for index, each in enumerate(facts.outline.definitions))
    assert all(0 <= each.owner < size for each in facts.occurrences.references)
    assert all(0 <= each.owner < size for each in facts.occurrences.bindings)
