"""Resolution of C: `codegraph.graph.resolve.c`."""

from __future__ import annotations

from projects import Project

from codegraph.core.symbols import Confidence, SymbolId


def test_a_declaration_gives_way_to_the_definition() -> None:
    """What a header declares is the definition in another file, and the declaration itself where there is none."""
    files = {"a.h": "int f(int);\nint only(void);\n", "b.c": "int f(int a) { return a; }\n"}
    project = Project({**files, "c.c": "int g(void) { only(); return f(1); }\n"})
    assert project.edges("c.c/g().") == ["calls a.h/only().", "calls b.c/f()."]


def test_static_functions_are_their_files_own() -> None:
    """A static function is found in its file and nowhere else, unless a header has it."""
    project = Project(
        {
            "a.c": "static int f(void) { return 1; }\nint g(void) { return f(); }\n",
            "b.c": "int h(void) { return f() + in(); }\n",
            "c.h": "static inline int in(void) { return 1; }\n",
        }
    )
    assert project.edges("a.c/g().") == ["calls a.c/f()."]
    assert project.edges("b.c/h().") == ["calls c.h/in()."]


def test_build_variants_are_ambiguous() -> None:
    """Of several definitions the nearest by directory is meant; equally near ones all are."""
    files = {f"{name}/os.c": "int os(void) { return 1; }\n" for name in ("unix", "win")}
    project = Project(
        {**files, "main.c": "int g(void) { return os(); }\n", "win/x.c": "int h(void) { return os(); }\n"}
    )
    assert project.edges("main.c/g().") == ["calls unix/os.c/os().", "calls win/os.c/os()."]
    assert project.edges("win/x.c/h().") == ["calls win/os.c/os()."]


def test_functions_as_values() -> None:
    """A function that is passed, stored or returned is referred to; locals and members are no functions."""
    source = (
        "void f(void);\nvoid g(void);\nstruct ops o = { .f = f };\nint h(int g) { on(f); s.f = f; s->g(); return g; }\n"
    )
    project = Project({"a.c": source})
    assert project.edges("a.c/h().") == ["references a.c/f()."]
    assert project.edges("a.c/o.") == ["references a.c/f()."]


def test_includes() -> None:
    """In quotes: beside the file, else the nearest file whose path ends so; in angle brackets not a standard one.

    What stands in no directory that builds know by itself is included in angle brackets if it is the only file of its
    name or the one beside, and no header that systems have.
    """
    included = ('"b.h"', '"lib/c.h"', '"gone.h"', "<stdio.h>", "<c.h>", "<d.h>", "<poll.h>", "<e.h>")
    project = Project(
        {
            "src/a.c": "".join(f"#include {each}\n" for each in included),
            "src/os/a.c": "#include <c.h>\n",
            "src/os/c.h": "\n",
            "compat/poll.h": "\n",
            "core/e.h": "\n",
            "include/d.h": "\n",
            "include/stdio.h": "\n",
            "src/b.h": "\n",
            "b.h": "\n",
            "include/lib/c.h": "\n",
        }
    )
    assert project.edges("src/a.c/") == [
        "imports src/b.h/",
        "imports include/lib/c.h/",
        "imports include/d.h/",
        "imports core/e.h/",
    ]
    assert project.edges("src/os/a.c/") == ["imports src/os/c.h/"]
    assert [each.name for each in project.index.snapshot.files["src/a.c"].links.unresolved()] == [
        "gone.h",
        "stdio.h",
        "c.h",
        "poll.h",
    ]


def test_fields_are_found_by_no_plain_name() -> None:
    """A name means no field; a field's own struct is no news to it; a type's name may be a variable's, too."""
    project = Project(
        {
            "a.h": "struct node { struct node *next; struct list *all; };\nstruct list { int next; };\n",
            "a.c": "int f(struct list list) { next(); return on(next); }\n",
        }
    )
    assert project.edges("a.h/node#next.") == []
    assert project.edges("a.h/node#all.") == ["uses_type a.h/list#"]
    assert project.edges("a.c/f().") == ["uses_type a.h/list#"]


def test_what_is_included_comes_first() -> None:
    """Of several names of types the one that can be seen is meant; a source file's own are nobody else's."""
    project = Project(
        {
            "lib/types.h": "typedef unsigned u32;\n",
            "app/types.h": "typedef unsigned u32;\n#define LIMIT 3\n",
            "app/private.c": "typedef long hidden;\n#define SECRET 1\nstruct box { int a; };\n",
            "app/a.c": '#include "../lib/types.h"\nstruct box;\nu32 f(hidden x, struct box *b) { return SECRET; }\n',
            "app/b.c": "u32 f(void) { return LIMIT; }\n",
        }
    )
    assert project.edges("app/a.c/f().") == ["uses_type lib/types.h/u32#", "uses_type app/private.c/box#"]
    found = project.index.snapshot.dependencies(SymbolId("app/b.c/f()."))
    assert [(str(each.target), each.confidence) for each in found] == [
        ("app/types.h/u32#", Confidence.INFERRED),
        ("app/types.h/LIMIT.", Confidence.INFERRED),
    ]
    assert project.edges("app/a.c/", "uses_type") == []


def test_the_library_is_not_the_projects() -> None:
    """A function of the standard library is the project's own only where that can be seen."""
    project = Project(
        {
            "own.c": "void *memcpy(void *a, void *b) { return a; }\nint log_it(void) { return 1; }\n",
            "own.h": "void *memcpy(void *a, void *b);\n",
            "a.c": "int f(void) { memcpy(0, 0); return log_it(); }\n",
            "b.c": '#include "own.h"\nint f(void) { memcpy(0, 0); return 0; }\n',
        }
    )
    assert project.edges("a.c/f().") == ["calls own.c/log_it()."]
    assert project.edges("b.c/f().") == ["calls own.c/memcpy()."]


def test_a_macro_may_stand_for_a_type_or_a_function() -> None:
    """Where a macro has the name too, either may be meant."""
    header = "#define Byte lib_Byte\n#define fill lib_fill\ntypedef char Byte;\nint fill(Byte b);\n"
    project = Project(
        {"a.h": header, "b.c": '#include "a.h"\nint g(Byte b) { return fill(b); }\nint fill(Byte b) { return 0; }\n'}
    )
    found = project.index.snapshot.dependencies(SymbolId("b.c/g()."))
    assert [(each.target, each.confidence.value) for each in found] == [
        ("a.h/Byte#", "ambiguous"),
        ("a.h/Byte.", "ambiguous"),
        ("b.c/fill().", "exact"),
    ]


def test_includes_are_the_files_own() -> None:
    """An include inside of a function or a table is the file's."""
    project = Project(
        {"a.c": 'int table[] = {\n#include "data.h"\n};\nint f(void) {\n#include "data.h"\n}\n', "data.h": "1\n"}
    )
    assert project.edges("a.c/") == ["imports data.h/"]


def test_types_inside_of_functions_and_variables() -> None:
    """A struct in a function is that function's alone; one in a variable's declaration, or a header, is the file's."""
    source = """
struct pair { int a; };
void f(void) { struct pair { struct pair *next; int b; }; struct pair p; { typedef struct pair also; also q; } }
void g(void) { struct pair p; also q; }
static struct row { int a; } first = { 1 };
struct made { int a; } make(void) { struct row r; return f(); }
struct made *last(void) { return 0; }
"""
    project = Project({"a.c": source})
    assert project.edges("a.c/f().") == ["uses_type a.c/f().pair#", "uses_type a.c/f().also#"]
    assert project.edges("a.c/g().") == ["uses_type a.c/pair#"]
    assert project.edges("a.c/make().") == ["uses_type a.c/row#", "calls a.c/f()."]
    assert project.edges("a.c/last().") == ["uses_type a.c/made#"]


def test_types_of_functions_and_what_is_cast() -> None:
    """`typedef void *f(int)` is a type; `(t)f`, and `(t)&f`, which looks like an operation, mention both."""
    source = "typedef void *fn(int);\ntypedef char *(gn)(int);\nint f(int);\nint g(int);\n"
    source += "void h(fn *a) { x = (fn *)f; s->y != (gn)&g; }\n"
    assert set(Project({"a.c": source}).edges("a.c/h().")) == {
        "uses_type a.c/fn#",
        "references a.c/f().",
        "references a.c/gn#",
        "references a.c/g().",
    }


def test_what_is_included_under_another_name() -> None:
    """Static functions of an included `.inc` file are those of the file that includes it."""
    files = {"a.inc": "#include <stdio.h>\nstatic int f(void) { return 1; }\n"}
    project = Project({**files, "a.c": '#include "a.inc"\nint g(void) { return f(); }\n'})
    assert project.edges("a.c/g().") == ["calls a.inc/f()."]


def test_a_type_and_a_function_of_one_name_are_two() -> None:
    """What is called is the function, what is a type is no macro with parameters."""
    header = "enum range { A };\nenum range range(int);\ntypedef int flag;\n#define flag(o) ((o) != 0)\n"
    files = {"a.h": header, "b.c": "enum range range(int a) { return A; }\n"}
    project = Project({**files, "c.c": '#include "a.h"\nflag g(void) { return range(1); }\n'})
    assert project.edges("c.c/g().") == ["uses_type a.h/flag#", "calls b.c/range()."]


def test_an_inline_function_may_give_way_to_another() -> None:
    """A header that defines a function in one branch and declares it in the other means both, `ambiguous`."""
    header = "#ifdef FAST\nstatic inline int f(void) { return 1; }\n#else\nint f(void);\n#endif\n"
    files = {"a.h": header, "b.c": '#include "a.h"\nint f(void) { return 2; }\n'}
    project = Project({**files, "c.c": '#include "a.h"\nint g(void) { return f(); }\n'})
    assert project.edges("c.c/g().") == ["calls a.h/f().", "calls b.c/f()."]


def test_as_many_files_as_candidates_may_define_a_type_twice() -> None:
    """A struct and the typedef of its name are one choice of a build."""
    files = {f"{each}.h": "typedef struct value { int a; } value;\n" for each in "abc"}
    includes = "".join(f'#include "{each}.h"\n' for each in "abc")
    project = Project({**files, "m.c": f"{includes}int g(value a) {{ return 1; }}\n"})
    assert {edge[:14] for edge in project.edges("m.c/g().")} == {f"uses_type {each}.h/" for each in "abc"}


def test_a_neighbour_is_no_nearer() -> None:
    """Of several definitions one in another branch of the same directory is no more likely than any other."""
    files = dict.fromkeys(("gems/tool/t.c", "src/gc.c"), "int f(void) { return 1; }\n")
    project = Project({**files, "gems/text/s.c": "int g(void) { return f(); }\n"})
    assert project.edges("gems/text/s.c/g().") == ["calls gems/tool/t.c/f().", "calls src/gc.c/f()."]
