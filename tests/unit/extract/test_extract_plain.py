"""Languages that are told by queries alone: `codegraph.extract.languages.plain` and the folders that use it."""

from __future__ import annotations

from pathlib import Path

import pytest
from damage import damaged

from codegraph.core.facts import PASTED, FileFacts, Role, decode_own_input
from codegraph.core.symbols import SymbolKind
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.languages import LANGUAGES, language_of

PLAIN = (
    "bash", "c", "elixir", "haskell",
    "kotlin", "lua", "php", "ruby", "scala", "swift", "zig",
)  # fmt: skip

HERE = Path(__file__).parent / "samples"

SAMPLES: dict[str, tuple[dict[str, tuple[SymbolKind, str]], set[str]]] = {
    "bash": (
        {
            "greet().": (SymbolKind.FUNCTION, "Greets."),
            "LIMIT.": (SymbolKind.CONSTANT, ""),
        },
        {"CALL say"},
    ),
    "c": (
        {
            "pair#": (SymbolKind.CLASS, "A pair."),
            "pair#a.": (SymbolKind.CONSTANT, ""),
            "TWICE().": (SymbolKind.FUNCTION, ""),
            "add().": (SymbolKind.FUNCTION, "Adds."),
            "later().": (SymbolKind.FUNCTION, ""),
        },
        {"CALL join", "TYPE cb_t", "TYPE pair"},
    ),
    "elixir": (
        {
            "`A.B`#": (SymbolKind.CLASS, "A box."),
            "`A.B`#fill().": (SymbolKind.METHOD, "Fills it."),
            "`A.B`#hide().": (SymbolKind.METHOD, ""),
        },
        {"CALL C.move", "CALL drop"},
    ),
    "haskell": (
        {
            "fill().": (SymbolKind.FUNCTION, "Fills it."),
            "Box#": (SymbolKind.CLASS, "A box."),
            "Filler#": (SymbolKind.INTERFACE, ""),
            "Filler#top().": (SymbolKind.METHOD, ""),
            "`Filler Box`#": (SymbolKind.CLASS, ""),
            "`Filler Box`#top().": (SymbolKind.METHOD, ""),
        },
        {"CALL drop", "TYPE Box"},
    ),
    "kotlin": (
        {
            "Box#": (SymbolKind.CLASS, "A box."),
            "Box#fill().": (SymbolKind.METHOD, "Fills it."),
            "cut().": (SymbolKind.FUNCTION, ""),
        },
        {"CALL Lid", "CALL i.move", "INHERIT Base", "TYPE Item"},
    ),
    "lua": (
        {
            "fill().": (SymbolKind.FUNCTION, "Fills it."),
            "M#": (SymbolKind.CLASS, ""),
            "M#empty().": (SymbolKind.METHOD, "Empties."),
            "M#shut().": (SymbolKind.FUNCTION, ""),
            "LIMIT.": (SymbolKind.CONSTANT, ""),
        },
        {"CALL @self.check", "CALL drop"},
    ),
    "php": (
        {
            "Box#": (SymbolKind.CLASS, "A box."),
            "Box#K.": (SymbolKind.CONSTANT, ""),
            "Box#fill().": (SymbolKind.METHOD, "Fills it."),
            "shut().": (SymbolKind.FUNCTION, ""),
        },
        {"CALL f?A\\drop", "IMPLEMENT \\A\\Thing", "INHERIT \\A\\Base", "TYPE \\A\\Item", "TYPE \\A\\Lid"},
    ),
    "ruby": (
        {
            "Box#": (SymbolKind.CLASS, "A box."),
            "Box#K.": (SymbolKind.CONSTANT, ""),
            "Box#fill().": (SymbolKind.METHOD, "Fills it."),
            "Box#make().": (SymbolKind.METHOD, ""),
        },
        {"CALL @self.drop()", "CALL Lid.<new>", "INHERIT Base", "READ Lid", "INHERIT Thing"},
    ),
    "scala": (
        {
            "Box#": (SymbolKind.CLASS, "A box."),
            "Box#fill().": (SymbolKind.METHOD, "Fills it."),
            "Tool#": (SymbolKind.CLASS, ""),
            "Tool#cut().": (SymbolKind.METHOD, ""),
        },
        {"CALL Lid", "CALL i.move", "INHERIT Base", "TYPE Item"},
    ),
    "swift": (
        {
            "Box#": (SymbolKind.CLASS, "A box."),
            "Box#size.": (SymbolKind.CONSTANT, ""),
            "Box#init().": (SymbolKind.METHOD, ""),
            "Box#fill().": (SymbolKind.METHOD, "Fills it."),
            "Box(+1)#": (SymbolKind.CLASS, ""),
            "Box(+1)#shut().": (SymbolKind.METHOD, ""),
        },
        {"CALL Lid", "CALL i.move", "INHERIT Base", "INHERIT Thing", "TYPE Item"},
    ),
    "zig": (
        {
            "std.": (SymbolKind.CONSTANT, ""),
            "fill().": (SymbolKind.FUNCTION, "Fills it."),
            "Box#": (SymbolKind.CLASS, ""),
            "Box#shut().": (SymbolKind.METHOD, ""),
        },
        {"CALL @self.check", "CALL Lid", "CALL drop", "CALL std.mem.eql", "TYPE Item"},
    ),
}
"""What the file `samples/<language>.txt` defines, with its documentation, and some of what it mentions."""


def sample(language: str) -> bytes:
    return (HERE / f"{language}.txt").read_bytes()


def mentions(facts: FileFacts) -> set[str]:
    return {f"{each.role.name} {'.'.join(each.chain)}" for each in facts.occurrences.references}


@pytest.mark.parametrize("language", PLAIN)
def test_a_sample_of_each_language(language: str) -> None:
    """Definitions with kind and documentation, calls, types and bases are found in a sample of each language."""
    expected, references = SAMPLES[language]
    facts = extract(sample(language), language, Limits())
    assert facts.outline.problems == ()
    found = {
        each.descriptor: (each.kind, decode_own_input(facts.inputs[each.own]).docstring)
        for each in facts.outline.definitions
    }
    assert {name: found.get(name) for name in expected} == expected
    assert set(found) - set(expected) <= {""}
    assert references <= mentions(facts)


@pytest.mark.parametrize("language", PLAIN)
def test_comments_and_line_breaks_are_no_tokens(language: str) -> None:
    """A comment line put in front of a file moves definitions and changes none of their own inputs."""
    source = sample(language)
    mark = {"bash": b"#", "ruby": b"#", "elixir": b"#", "lua": b"--", "haskell": b"--"}.get(language, b"//")
    head, lines = (b"<?php\n", source.removeprefix(b"<?php\n")) if language == "php" else (b"", source)
    before = extract(head + b"\n\n" + lines, language, Limits())
    after = extract(head + mark + b" A remark of one's own.\n\n" + lines, language, Limits())
    assert [each.own for each in before.outline.definitions[1:]] == [each.own for each in after.outline.definitions[1:]]


@pytest.mark.parametrize("language", PLAIN)
def test_damaged_sources_are_data(language: str) -> None:
    """Cut, spliced and random sources raise nothing, and their definitions stay well-formed."""
    source = sample(language)
    for data in damaged(source, f"plain {language}", 60):
        definitions = extract(data, language, Limits()).outline.definitions
        assert len({each.descriptor for each in definitions}) == len(definitions)
        assert all(each.container < index for index, each in enumerate(definitions))
        assert all(0 <= each.range.start_byte <= each.range.end_byte <= len(data) for each in definitions)


OUTLINES = {
    "elixir": (
        '''\
defmodule A do
  @doc """
  Says:

      code
  """
  def f, do: 1
end
''',
        [
            "A# class",
            "A#f(). method Says:\n\n    code",
        ],
    ),
    "haskell": (
        """\
{-# LANGUAGE A #-}
{- |
   Module : X
   Copyright : me

   All of it.
-}
module X where
f = 1
""",
        [
            " module All of it.",
            "f(). function",
        ],
    ),
    "kotlin": (
        """\
interface I {
  val p: Int
}
enum class E {
  A;
  val q = 1
}
class K {
  init {
    val no = 1
  }
  fun `a b`() {}
}
""",
        [
            "I# interface",
            "I#p. constant",
            "E# enum",
            "E#q. constant",
            "K# class",
            "K#`a b`(). method",
        ],
    ),
    "lua": (
        """\
local M = {
 -- F.
 f = function() end,
}
M.sub = {}
function M.sub.g() end
M['a b'] = function() local function no() end end
M['set'] = case()
M['set']['h'] = function() end
function Other.i() end
""",
        [
            "M# class",
            "M#f(). function F.",
            "M#sub# class",
            "M#sub#g(). function",
            "M#`a b`(). function",
            "M#set# class",
            "M#set#h(). function",
            "i(). function",
        ],
    ),
    "scala": (
        """\
object A:
  def f =
    1

  /** Of g. */
  def g =
    val no = 2
    no

/** Of B. */
trait B {
  val x: Int
  var y = 1
  test(1) { val no = 2 }
}
""",
        [
            "A# class",
            "A#f(). method",
            "A#g(). method Of g.",
            "B# interface Of B.",
            "B#x. constant",
            "B#y. constant",
        ],
    ),
    "swift": (
        """\
enum E { case a
 var x: Int { 1 }
}
protocol P { var z: Int { get }
}
extension E.G { }
func == (a: A, b: A) -> Bool { true }
""",
        [
            "E# enum",
            "E#x. constant",
            "P# interface",
            "P#z. constant",
            "G# class",
            "`==`(). function",
        ],
    ),
    "zig": (
        """\
test { const no = struct {}; }
fn f() void {}
test f { const no = struct {}; }
const E = error{A};
const N = enum { a, const z = 3; };
""",
        [
            "test(). function",
            "f(). function",
            "test(+1). function",
            "E# enum",
            "N# enum",
            "N#z. constant",
        ],
    ),
}
"""Per language what its grammar says in an odd way, and what is to be made of it: descriptor, kind, documentation."""


@pytest.mark.parametrize("language", OUTLINES)
def test_what_grammars_say_in_odd_ways(language: str) -> None:
    """Kinds, containers and documentation are those that the language means; values in functions are nobody's."""
    source, expected = OUTLINES[language]
    facts = extract(source.encode(), language, Limits())
    assert facts.outline.problems == ()
    found = [
        f"{each.descriptor} {each.kind.value} {decode_own_input(facts.inputs[each.own]).docstring}".rstrip()
        for each in facts.outline.definitions
    ]
    assert [each for each in found if each != " module"] == expected


def test_a_definition_ends_before_the_comment_of_the_next_one() -> None:
    """A block of Scala without braces goes on to the next token for its grammar; a definition does not."""
    source = b"class A {\n  def f =\n    1\n\n  /** Of g. */\n  def g = 2\n}\n"
    first = extract(source, "scala", Limits()).outline.definitions[2]
    assert source[first.range.start_byte : first.range.end_byte] == b"def f =\n    1"


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        ("swift", "class A { var x: Int { return f() }\n}", "var x : Int"),
        ("kotlin", "class A {\n  val x: Int\n    get() = f()\n  val y by lazy { 1 }\n}\n", "val x : Int"),
        ("zig", "const x: T = .{ .a = 1 };", "const x : T"),
    ],
)
def test_what_a_property_computes_is_no_part_of_its_signature(language: str, source: str, expected: str) -> None:
    """An edit of a getter or of a table of values changes nobody else's context."""
    definitions = extract(source.encode(), language, Limits()).outline.definitions
    assert next(each.signature for each in definitions if each.name == "x") == expected


def test_fields_of_c() -> None:
    """A field is a definition that owns its type; what is written out inside of a struct gives its fields to that."""
    source = (
        "typedef struct A { B *a, b; int (*call)(C c); union { D d; } u; } A;\n"
        "typedef void (take)(E *e);\nint (f)(void) { return sizeof(F); }\n"
    )
    found = extract(source.encode(), "c", Limits())
    names = [each.descriptor for each in found.outline.definitions]
    assert names == ["", "A#", "A#A#", "A#A#a.", "A#A#call.", "A#A#d.", "take#", "f()."]
    assert {(names[each.owner], each.chain[0]) for each in found.occurrences.references} == {
        ("A#A#a.", "B"), ("A#A#call.", "C"), ("A#A#d.", "D"), ("take#", "E"), ("f().", "F"),
    }  # fmt: skip


def test_a_struct_of_c_behind_a_macro() -> None:
    """`struct EXPORT A {` is a struct with fields where the grammar reads a function without parameters."""
    source = b"struct LIB_API A {\n  int a;\n  struct B *b;\n  int c[2];\n};\nunion LIB_API U { struct A a; };\n"
    found = extract(source, "c", Limits())
    names = [each.descriptor for each in found.outline.definitions]
    assert names == ["", "A#", "A#a.", "A#b.", "A#c.", "U#", "U#a."]
    used = {(names[each.owner], each.chain[0]) for each in found.occurrences.references if each.role is Role.TYPE}
    assert {("A#b.", "B"), ("U#a.", "A")} <= used


def test_arguments_that_macros_of_c_paste() -> None:
    """Parameters that are pasted, made a text of or left away are noted, and whose arguments names are."""
    source = (
        b'#define A(a, b) a##_t *b\n#define B(a) f(#a, "a")\n#define C(a) 1\n#define D(a) a /* ## */\n'
        b"#define E(a, b) a \\\n ## b; g(a)\n"
        b"int f(int c) { A(d, c, /* x */ e); h(i); return sizeof(A(j) *); }\n"
    )
    found = extract(source, "c", Limits())
    names = [each.name for each in found.outline.definitions]
    pasted = [(names[each.owner], each.name) for each in found.occurrences.bindings if each.chain == PASTED]
    assert pasted == [("A", "0"), ("B", "0"), ("C", "0"), ("E", "1")]
    read = {each.chain for each in found.occurrences.references if names[each.owner] == "f"}
    assert read == {("A",), ("A(0", "d"), ("A(2", "e"), ("h",), ("i",), ("A(0", "j")}


def test_a_broken_file_is_prepared_only_if_that_mends_it() -> None:
    """C is read as it is where the grammar can; a macro that it cannot read is blanked out."""
    plain = "int f(void) {\n  LOG_IT\n  ;\n  return LIB_MAX\n    ;\n}\n"
    assert {each.chain[0] for each in extract(plain.encode(), "c", Limits()).occurrences.references} == {"LIB_MAX"}
    typed = extract(b"LIB_DECLARE(char *)\nname(void);\nLIB_DECLARE(int)\nsize(int a)\n{ return a; }\n", "c", Limits())
    assert [each.name for each in typed.outline.definitions[1:]] == ["name", "size"]
    broken = extract(b"LIB_API number f (state *s, int a) { return g(a); }\n", "c", Limits())
    assert [each.name for each in broken.outline.definitions[1:]] == ["f"]
    assert broken.outline.problems == ()


@pytest.mark.parametrize(
    ("path", "head", "expected"),
    [
        ("a.h", b"#include <stdio.h>\n", "c"),
        ("a.h", b"#pragma once\n#include <string>\n", "cpp"),
        ("a.h", b"namespace a {\n", "cpp"),
        ("a.h", b"/* the\n  class of those\n  using this */\nint class_of(int a);\n", "c"),
        ("a.h", b"struct A {\n private:\n  int a;\n};\n", "cpp"),
        ("a.h", b"// like std::sort\n/* or operator * */\nint a;\n", "c"),
        ("a.h", b"#ifdef __cplusplus\n#define C(a) static_cast<int>(a)\n#else\n#define C(a) a\n#endif\n", "c"),
        ("a.h", b'#ifdef __cplusplus\nextern "C" {\n#endif\nclass A;\n', "cpp"),
        ("a.h", b"#include <a.h>\n#define B \\\n  1\n#ifdef __cplusplus\nnamespace n { int b(); }\n#endif\n", "cpp"),
        ("a.h", b"int a;\n#ifdef __cplusplus\nnamespace n { int b(); }\n#endif\n", "c"),
        ("a.h", b"struct LIB_API A\n{\n  A()\n  {\n    a = 0;\n  }\n  int a;\n};\n", "cpp"),
        ("a.h", b"struct A { int a; };\nint A(int a);\n", "c"),
        ("a.h", b"struct B : A {\n", "cpp"),
        ("a.h", b"struct A {\n  int a : 3;\n};\n", "c"),
        ("a.h", b"int f(const A &a);\n", "cpp"),
        ("a.h", b"#define F(a, b) ((a) & (b))\nint f(int const_a, int b);\n", "c"),
        ("a.h", b"struct A {\n  virtual void f() = 0;\n};\n", "cpp"),
        ("a.c", b"#include <string>\n", "c"),
        ("run", b"#!/bin/sh\n", "bash"),
        ("Rakefile", b"", "ruby"),
    ],
)
def test_which_language(path: str, head: bytes, expected: str) -> None:
    """A header is C++ when something in it says so, not in comments, nor to C++ only where C is shown code as well."""
    assert language_of(path, head) == expected


def test_all_plain_languages_are_listed() -> None:
    """Every language without bindings and imports of its own has a sample here."""
    assert set(PLAIN) <= set(LANGUAGES)
    assert set(PLAIN) == set(SAMPLES)
