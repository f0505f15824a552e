"""Linking a file in part gives what linking it whole gives, whatever was edited, in every language."""

from __future__ import annotations

import random
from collections.abc import Iterable

import numpy as np
import pytest
from projects import Project, facts_of
from resolving import USUAL_PATHS, read_snippets

from benchmarks.edited_again import edited
from benchmarks.edited_links import EditedLinks
from codegraph.core.facts import Definition, FileFacts
from codegraph.extract.extractor import Limits, extract
from codegraph.graph import relink
from codegraph.graph.compare import differences, is_equal
from codegraph.graph.resolve import includes, parts
from codegraph.graph.resolve.scheme import TableReader
from codegraph.graph.spliced import moved_lines
from codegraph.graph.table import SymbolTable, TracedReader

LANGUAGES = [*USUAL_PATHS]
FILE = """import other
from other import helper

class Box(other.Base):
    def first(self):
        return helper()

    def second(self):
        return self.first()

    def third(self):
        unknown_name()
        return [self.second(), helper()]

def tail():
    return Box().third()
"""
C_FILES = {
    "a.c": b"""#include "b.h"
#define TWICE(x) ((x) + (x))
#define LIMIT 3
static int helper(int a);
struct box { int size; struct box *next; };
static int helper(int a) {
    return TWICE(a) + shared(LIMIT);
}
int first(struct box *b) {
    int limit = helper(b->size);
    return limit > LIMIT ? second(b->next) : limit;
}
int second(struct box *b) {
    item_t one = { LIMIT };
    return first(b) + (*table[0])(one);
}
void third(void) {
    struct inner { int a; } held;
    held.a = helper(TWICE(LIMIT));
    printf("%d", held.a + missing(held.a));
}
""",
    "b.h": b"""#define LIMIT 4
typedef struct { int n; } item_t;
int shared(int a);
int second(struct box *b);
static inline int small(item_t one) {
    return one.n;
}
static inline int large(item_t one) {
    return small(one) + shared(LIMIT);
}
""",
    "c.c": b"""#include "b.h"
int shared(int a) {
    return large((item_t){a}) + LIMIT;
}
int missing(int a) {
    return shared(a);
}
int helper(int a) {
    return missing(a) + second(0);
}
""",
}
OTHER = "class Base:\n    def first(self): pass\n\ndef helper(): return 1\n\ndef unknown_name(): pass\n"


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every function be a part."""
    monkeypatch.setattr(parts, "FUNCTIONS_TOGETHER", 1)


def project() -> Project:
    """Return the two files above, and the importing one edited once."""
    made = Project({"file.py": FILE, "other.py": OTHER})
    made.change({"file.py": FILE + "\n"})
    return made


def links_after(made: Project, text: str) -> int:
    """Edit the importing file; return how many files were linked in part, having compared with a clean build."""
    before = made.index.relinker.in_part
    made.change({"file.py": text})
    assert is_equal(differences(made.index, made.clean()))
    return made.index.relinker.in_part - before


def texts(language: str) -> dict[str, bytes]:
    """Return the files of the small projects of a language, each project in a folder of its own; C's are too small."""
    if language == "C":
        return C_FILES
    snippets = enumerate(read_snippets(language))
    return {f"{at}/{path}": text.encode() for at, one in snippets for path, text in one.files.items()}


def found(path: str, data: bytes) -> FileFacts:
    """Extract a text in the language that its path says."""
    language = facts_of(path.rpartition("/")[2], "").outline.language
    return extract(data, language, Limits())


@pytest.mark.parametrize("language", LANGUAGES)
def test_random_edits_make_no_difference(language: str) -> None:
    """Files are edited over and over, with lines of others; after each edit all that it concerns is compared."""
    files, chance = texts(language), random.Random(11)
    long = [path for path, data in files.items() if data.count(b"\n") > 4]
    links = EditedLinks({path: found(path, data) for path, data in files.items()})
    compared = 0
    chosen = chance.sample(long, min(8, len(long)))
    for path in chosen:
        data = files[path]
        for _ in range(48 // len(chosen)):
            after = edited(data, [*files.values()], chance)
            if after.strip():
                assert not [*links.edit(path, found(path, after))], after.decode()
                compared += 1
                data = after if chance.random() < 0.8 else data
    assert compared > 20
    assert links.in_part > 2


PARAMETERS = (
    b"more",
    b"more, ",
    b"Box more, ",
    b"more: Box, ",
    b"more Box, ",
    b"&more, ",
    b"*more, ",
    b"$more, ",
    b")",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_edits_of_parameters_make_no_difference(language: str) -> None:
    """What stands between the brackets of a definition may say what its overloads, overrides and results are."""
    files, chance = texts(language), random.Random(12)
    facts = {path: found(path, data) for path, data in files.items()}
    links = EditedLinks(facts)
    places = [
        (path, place)
        for path, each in facts.items()
        for definition in each.outline.definitions
        if (place := files[path].find(b"(", _offset(files[path], definition)) + 1)
    ]
    for path, place in chance.sample(places, min(24, len(places))):
        for text in (files[path][:place] + chance.choice(PARAMETERS) + files[path][place:], files[path]):
            assert not [*links.edit(path, found(path, text))], text.decode()
    assert links.in_part > 2


def _offset(data: bytes, definition: Definition) -> int:
    """Return where a definition's name stands, roughly: the columns of most lines count bytes."""
    at = definition.selection_range
    return sum(map(len, data.splitlines(keepends=True)[: at.start_line])) + at.start_column


@pytest.mark.parametrize("rule", ["frame", "keys", "outline", "lines"])
def test_the_comparison_notices_a_rule_that_is_switched_off(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the reasons to link again is needed: without it one of these edits is linked wrong."""
    if rule == "frame":
        monkeypatch.setattr(relink, "_is_same_frame", lambda *_: True)
    elif rule == "outline":
        monkeypatch.setattr(
            relink, "_is_same_outline", lambda one, other: len(one.definitions) == len(other.definitions)
        )
    elif rule == "lines":
        monkeypatch.setattr(relink, "_has_moved", lambda *_: False)
    else:
        true = relink._link_in_part
        monkeypatch.setattr(relink, "_link_in_part", lambda *arguments: true(*arguments[:-1], ()))
    links = EditedLinks({"file.py": facts_of("file.py", FILE), "other.py": facts_of("other.py", OTHER)})
    wrong: list[str] = []
    for text in (
        FILE.replace("    def first(self):\n", "    def first(self):\n        pass\n"),
        FILE.replace("return helper()", "return Box()").replace("Box().third()", "Box().first().third()"),
        FILE.replace("def second", "def renamed"),
        FILE.replace("helper\n\nclass", "helper\nfrom other import *\nclass"),
    ):
        wrong += links.edit("file.py", facts_of("file.py", text))
        wrong += links.edit("other.py", facts_of("other.py", OTHER.replace("def helper", "def other")))
        wrong += links.edit("other.py", facts_of("other.py", OTHER))
        wrong += links.edit("file.py", facts_of("file.py", FILE))
    assert wrong


def test_an_edit_of_a_body_links_its_part_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The references of other functions are not resolved, whether the file is remembered or not; lines move."""
    asked: list[int] = []
    true = relink._link_parts

    def counted(*arguments: object) -> object:
        asked.append(sum(len(part.references) for part in arguments[3]))  # type: ignore[attr-defined]
        return true(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(relink, "_link_parts", counted)
    made = Project({"file.py": FILE, "other.py": OTHER})
    longer = FILE.replace("        return helper()", "        tail()\n        return helper()")
    asked.clear()
    made.change({"file.py": longer})
    made.change({"file.py": FILE})
    assert asked == [2, 1]
    assert is_equal(differences(made.index, made.clean()))


def test_a_long_function_is_a_part_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several functions that make a part a long one is linked alone; the file is, once, if one becomes long."""
    monkeypatch.setattr(parts, "FUNCTIONS_TOGETHER", 2)
    monkeypatch.setattr(parts, "LONG_LINES", 2)
    made = project()
    numbers = parts.part_numbers(facts_of("file.py", FILE).outline)
    assert numbers == [0, 0, 1, 1, 2, 3]  # the module, Box, first and second, third, tail
    assert links_after(made, FILE.replace("unknown_name()", "helper()")) == 1
    longer = FILE.replace("        return self.first()", "        helper()\n        return self.first()")
    assert links_after(made, longer) == 0


@pytest.mark.parametrize(
    "edit",
    [
        ("from other import helper", "from other import Base as helper"),
        ("class Box(other.Base)", "class Box(other.helper)"),
        ("def second", "def last"),
        ("def tail():", "def more(): pass\n\ndef tail():"),
    ],
)
def test_an_edit_that_all_may_rest_on_links_the_whole_file(edit: tuple[str, str]) -> None:
    """An import, a base, a name, one more definition."""
    assert links_after(project(), FILE.replace(*edit)) == 0


@pytest.mark.parametrize("header", ["def second(self, more=None):", "def second(self, more: other.Base):"])
def test_an_edit_of_parameters_links_its_part_alone(header: str) -> None:
    """Nothing else in the file rests on what a function's parameters are called."""
    assert links_after(project(), FILE.replace("def second(self):", header)) == 1


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a.ts", "class A { m() {} }\nclass B extends A { @S('x') $ m() {} }\nfunction f() {}\nfunction g() {}\n"),
        ("A.java", 'class A { void m() {} }\nclass B extends A { @S("x") $ void m() {} void f() {} void g() {} }\n'),
        ("A.php", "<?php class A { function m() {} }\nclass B extends A { #[S('x')] $ function m() {} }\n"),
    ],
)
def test_a_modifier_behind_an_annotation_counts_where_no_column_moves(path: str, code: str) -> None:
    """Such a method overrides what the other one did not, and nothing of the file's mentions differs."""
    open_text, closed = (code.replace("$", word) for word in ("public ", "private" if "php" in path else "static "))
    made = Project({path: open_text})
    made.change({path: open_text + "// edited\n"})  # whose parts are remembered
    for text in (closed, open_text):
        made.change({path: text})
        assert is_equal(differences(made.index, made.clean()))


def test_a_body_that_a_declaration_gets_counts_everywhere_in_its_file() -> None:
    """A static function is what its file's calls mean once it has a body, and offers nothing that would say so."""
    text = "static int helper(void);\n\nint f(void) { return helper(); }\n\nint g(void) { return f(); }\n"
    made = Project({"a.c": text, "b.c": "int helper(void) { return 1; }\n"})
    for now in (text + "\n", text.replace("(void);", "(void) { return 2; }"), text):
        made.change({"a.c": now})
        assert is_equal(differences(made.index, made.clean())), now
    before = made.index.relinker.in_part
    made.change({"a.c": text.replace("return f()", "return f() + 1")})
    assert made.index.relinker.in_part == before + 1


def test_includes_are_looked_up_again_when_what_they_lead_to_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit that changes no include looks up none, and a new file its own; a new include counts at once."""
    asked: list[str] = []
    true = includes.included_file

    def watched(table: TableReader, path: str, module: str, *, is_angled: bool) -> str | None:
        if isinstance(table, includes._Asked):
            asked.append(path)
        return true(table, path, module, is_angled=is_angled)

    monkeypatch.setattr(includes, "included_file", watched)
    files = {
        "far/a.c": '#include "b.h"\nint f(void) { return one(); }\nint g(void) { return two(); }\n',
        "far/b.h": '#include "e.h"\nint one(void);\n',
        "x/c.h": "static inline int two(void) { return 1; }\n",
        "far/d.h": "static inline int two(void) { return 1; }\n",
        "far/e.c": "int one(void) { return 3; }\n",
    }
    made = Project(files)
    made.change({"far/a.c": files["far/a.c"].replace("two()", "two() + 1")})
    asked.clear()
    made.change({"far/a.c": files["far/a.c"].replace("two()", "two() + 2")})
    assert not asked
    made.change({"far/new.c": files["far/a.c"]})
    assert set(asked) == {"far/new.c"}
    for text in ('int one(void);\n#include "x/c.h"\n', 'int one(void);\n#include "d.h"\n', "int one(void);\n"):
        asked.clear()
        made.change({"far/b.h": text})
        assert ("far/b.h" in asked) == ("#include" in text)
        assert is_equal(differences(made.index, made.clean())), text
    monkeypatch.setattr(TracedReader, "repeats", lambda *_: True)
    made.change({"far/b.h": '#include "x/c.h"\n'})
    monkeypatch.setattr(includes, "_remembered", {})
    assert not is_equal(differences(made.index, made.clean()))


def test_a_part_is_linked_again_for_what_it_read() -> None:
    """What a function returns is a key that a caller in another part read; so is a name of another file."""
    made = project()
    assert links_after(made, FILE.replace("return helper()", "return Box()")) == 1
    made.change({"other.py": OTHER.replace("def helper", "def other")})
    assert is_equal(differences(made.index, made.clean()))
    assert made.index.relinker.in_part == 3


def test_the_first_edit_of_a_file_notes_only_what_is_read_besides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows which part read what of a file that was linked long ago, but all that it read is noted already."""
    many = {f"m{number}.py": "" for number in range(relink.EDITED_TOGETHER)}  # so many are no edit
    made = Project({"file.py": FILE, "other.py": OTHER, **many})
    noted: list[str] = []
    true = SymbolTable.set_reads

    def counted(table: SymbolTable, path: str, keys: Iterable[str]) -> None:
        noted.append(path)
        true(table, path, keys)

    monkeypatch.setattr(SymbolTable, "set_reads", counted)
    made.change({"file.py": FILE.replace("        return helper()", "        later()\n        return helper()")})
    assert noted == []
    made.change({"other.py": OTHER + "\n\ndef later(): pass\n"})
    assert is_equal(differences(made.index, made.clean()))


def test_a_file_that_is_gone_is_forgotten() -> None:
    """A file that comes back is linked as a new one."""
    made = project()
    made.change({"file.py": None})
    assert links_after(made, FILE) == 0


def test_lines_keep_their_order() -> None:
    """Mentions of one line stay on one line, and lines in order; a line without a mention is unknown."""
    lines = moved_lines(np.array([1, 4, 4]), np.array([1, 6, 6]))
    assert lines is not None
    assert lines.tolist() == [-1, 1, -1, -1, 6]
    assert moved_lines(np.array([1, 4, 4]), np.array([1, 6, 7])) is None
    assert moved_lines(np.array([1, 4]), np.array([5, 5])) is None


GO_FILE = """package a

import "m/b"

type one struct{}

func (o one) Run(n int) { }

func two() { b.First() }

func three() { }
"""
GO_FILES = {
    "go.mod": "module m\n",
    "a/a.go": GO_FILE,
    "b/first.go": "package b\n\nfunc First() { }\n",
    "b/second.go": "package b\n\ntype Runner interface { Run(n int) }\n\nfunc Second() { }\n",
}


@pytest.mark.parametrize(
    "edit",
    [
        ("func three() { }", "func three() { b.Second() }"),
        ("b.First()", "two()"),
        ("Run(n int)", "Run(n string)"),
    ],
)
def test_what_a_go_file_imports_and_implements_is_found_wherever_its_parts_say_it(edit: tuple[str, str]) -> None:
    """A file of a package that one function alone uses, and a method that the type has no more."""
    made = Project(GO_FILES)
    made.change({"a/a.go": GO_FILE + "\n"})
    before = made.index.relinker.in_part
    for text in (GO_FILE.replace(*edit), GO_FILE):
        made.change({"a/a.go": text})
        assert is_equal(differences(made.index, made.clean()))
    assert made.index.relinker.in_part == before + 2
