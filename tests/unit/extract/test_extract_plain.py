"""Languages that are told by queries alone: `codegraph.extract.languages.plain` and the folders that use it."""

from __future__ import annotations

from pathlib import Path

import pytest
from damage import damaged

from codegraph.core.facts import FileFacts, decode_own_input
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
            "empty().": (SymbolKind.METHOD, "Empties."),
            "shut().": (SymbolKind.FUNCTION, ""),
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
        ("a.c", b"#include <string>\n", "c"),
        ("run", b"#!/bin/sh\n", "bash"),
        ("Rakefile", b"", "ruby"),
    ],
)
def test_which_language(path: str, head: bytes, expected: str) -> None:
    """A header is C++ when something in it says so, not counting comments and what is shown to C++ only."""
    assert language_of(path, head) == expected


def test_all_plain_languages_are_listed() -> None:
    """Every language without bindings and imports of its own has a sample here."""
    assert set(PLAIN) <= set(LANGUAGES)
    assert set(PLAIN) == set(SAMPLES)
