"""What holds for all Python modules: layout says nothing, everything else does, and nothing makes extraction fail.

Modules are generated as nested lists (a program's structure) and rendered in a style (its layout).
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from python_sources import digests_of, facts_of, positionless

from codegraph.core.facts import decode_compressed_occurrences, decode_inputs, decode_outline
from codegraph.extract.extractor import encode_facts

# --- structure ---

Statement = tuple[str, tuple["Statement", ...]]
"""A statement's tokens, joined by blanks, and its block."""

_EXPRESSIONS = st.sampled_from(
    [
        "a",
        "b . c",
        "f ( a , b )",
        "f ( a , k = 1 )",
        "[ a , b ]",
        "{ 'k' : a }",
        "( a , b )",
        "( a , )",
        "- a",
        "x [ a ]",
    ]
)
_SIMPLE = st.one_of(
    st.just("return"),
    st.just("pass"),
    _EXPRESSIONS,
    st.builds("return {}".format, _EXPRESSIONS),
    st.builds("v = {}".format, _EXPRESSIONS),
    st.builds("self . v = {}".format, _EXPRESSIONS),
)
_HEADS = st.one_of(
    st.builds("if {} :".format, _EXPRESSIONS),
    st.builds("for i in {} :".format, _EXPRESSIONS),
    st.just("def inner ( a ) :"),
)
_simple_statements: st.SearchStrategy[Statement] = _SIMPLE.map(lambda text: (text, ()))
_bodies: st.SearchStrategy[tuple[Statement, ...]] = st.recursive(
    st.lists(_simple_statements, min_size=1, max_size=3).map(tuple),
    lambda inner: st.lists(st.one_of(_simple_statements, st.tuples(_HEADS, inner)), min_size=1, max_size=3).map(tuple),
    max_leaves=6,
)
_PARAMETERS = st.sampled_from(["", "a", "a , b", "a : T", "a : T = 1 , * b", "self , a = f ( 1 )"])
_functions = st.builds(
    lambda name, parameters, body: (f"def {name} ( {parameters} ) :".replace("(  )", "( )"), body),
    st.sampled_from(["f", "g", "h"]),
    _PARAMETERS,
    _bodies,
)
_classes = st.builds(
    lambda name, base, members: (f"class {name} ( {base} ) :", tuple(members)),
    st.sampled_from(["C", "D"]),
    st.sampled_from(["B", "m . B"]),
    st.lists(st.one_of(_functions, st.just(("x = 1", ()))), min_size=1, max_size=3),
)
_modules: st.SearchStrategy[tuple[Statement, ...]] = st.lists(
    st.one_of(_functions, _classes, _simple_statements.filter(lambda one: not one[0].startswith("return"))), max_size=4
).map(tuple)

# --- layout ---


@dataclass(frozen=True, slots=True)
class Style:
    """How a structure is written down."""

    indent: str
    comments: bool
    blank_lines: int
    wrapped: bool
    tight: bool
    line_end: str


_styles = st.builds(
    Style,
    st.sampled_from(["  ", "    ", "\t"]),
    st.booleans(),
    st.integers(0, 2),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
)
PLAIN = Style("    ", comments=False, blank_lines=0, wrapped=False, tight=False, line_end="\n")


def render(body: tuple[Statement, ...], style: Style, depth: int = 0) -> str:
    lines: list[str] = []
    for text, inner in body:
        if style.comments:
            lines.append(style.indent * depth + "# a comment: def f(" + style.line_end)
        lines.append(style.indent * depth + _spelled(text, style, depth))
        lines[-1] += ("  # why" if style.comments else "") + style.line_end * (1 + style.blank_lines)
        if inner:
            lines.append(render(inner, style, depth + 1))
    return "".join(lines)


def _spelled(text: str, style: Style, depth: int) -> str:
    spelled: list[str] = []
    for token in text.split(" "):
        spelled.append(token)
        if style.wrapped and token in ("(", "["):
            spelled.append(style.line_end + style.indent * (depth + 2))
        elif not style.tight or (
            token.isidentifier() and text.split(" ")[0] in ("return", "def", "class", "if", "for")
        ):
            spelled.append(" ")
    return "".join(spelled).rstrip(" ")


# --- promises ---


@given(_modules, _styles)
def test_layout_changes_nothing(module: tuple[Statement, ...], style: Style) -> None:
    """Written in any style, a module has the same definitions, digests, signatures and occurrences."""
    plain, styled = facts_of(render(module, PLAIN).encode()), facts_of(render(module, style).encode())
    assert plain.outline.problems == styled.outline.problems == ()
    assert digests_of(plain) == digests_of(styled)
    assert positionless(plain) == positionless(styled)


@given(_bodies, _bodies)
def test_other_bodies_have_other_digests(first: tuple[Statement, ...], second: tuple[Statement, ...]) -> None:
    """Two functions have the same digest only if they are the same program."""
    digests = [
        digests_of(facts_of(render((("def f ( ) :", body),), PLAIN).encode()))["f()."][0] for body in (first, second)
    ]
    assert (digests[0] == digests[1]) == (first == second)


@given(
    st.permutations(["def f():\n    return 1\n", "class C:\n    def m(self): pass\n", "LIMIT = 1\n", "def g(): f()\n"])
)
def test_order_of_definitions_changes_nothing(parts: list[str]) -> None:
    """Moving top-level definitions about changes no digest."""
    assert digests_of(facts_of("".join(parts))) == digests_of(facts_of("".join(sorted(parts))))


@given(
    _modules, st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["(", ")", '"', "\n", "\x00", "def ", ":", "é"])))
)
@settings(max_examples=150)
def test_half_typed_files_give_facts(module: tuple[Statement, ...], damage: list[tuple[int, str]]) -> None:
    """However damaged a module is, extraction gives facts that survive encoding, and ranges that nest."""
    text = render(module, PLAIN)
    for place, inserted in damage:
        text = text[:place] + inserted + text[place:]
    _check(text.encode())


@given(st.binary(max_size=200))
def test_any_bytes_give_facts(data: bytes) -> None:
    """No bytes make extraction fail."""
    _check(data)


def _check(data: bytes) -> None:
    facts = facts_of(data)
    encoded = encode_facts(facts)
    assert decode_outline(encoded.outline) == facts.outline
    assert decode_compressed_occurrences(encoded.occurrences) == facts.occurrences
    assert decode_inputs(encoded.inputs) == facts.inputs
    assert facts == facts_of(data)
    definitions = facts.outline.definitions
    assert len({one.descriptor for one in definitions}) == len(definitions)
    for one in definitions[1:]:
        container = definitions[one.container].range
        assert container.start_byte <= one.range.start_byte <= one.range.end_byte <= container.end_byte
        assert one.own in facts.inputs
    found = facts.occurrences
    assert all(all(one.chain) for one in found.references)
    owners = [one.owner for one in found.references] + [one.owner for one in found.bindings]
    assert all(0 <= owner < len(definitions) for owner in owners)
