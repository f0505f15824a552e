"""Extraction of C++: definitions, chains, scopes, and what the parser does not get to read (`languages.cpp`)."""

from __future__ import annotations

import random

import pytest

from codegraph.core.facts import SPELLED, FileFacts, Role
from codegraph.core.symbols import SymbolKind
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.languages.cpp.masking import masked

SOURCE = """#include "a/b.h"
#include <c/d.h>
#define TWICE(x) ((x) * 2)
namespace a { inline namespace v1 {
using other::Thing;
/// A box.
template <typename T> class A_EXPORT Box : public Base<T>, private z::Other {
 public:
  explicit Box(int n = 0) : size_(n) { run(); }
  ~Box() override;
  bool operator==(const Box& other) const;
  virtual Item* get(const std::string& name, int more = 1) = 0;
  static int count;
  std::unique_ptr<Item> item_, *last_;
  enum class Mode { fast, slow };
  enum { one };
  union { int left; float right; };
  using Name = Item;
};
namespace { int hidden(); }
typedef struct { int x; } point;
} }
template <typename T> Item* a::Box<T>::get(const std::string& name, int more) {
  auto p = std::make_unique<Lid>(1); p->open(2)->close(); Item local(name); local.go();
  for (auto& each : item_->all()) { each.run("x"); } struct Own { int f() { return 1; } };
  auto f = [&local](int i) { local.again(i); }; return new Item{more}; }
"""


def facts(source: str) -> FileFacts:
    return extract(source.encode(), "cpp", Limits())


def bound(source: str) -> set[tuple[int, str, tuple[str, ...]]]:
    return {(one.owner, one.name, one.chain) for one in facts(source).occurrences.bindings}


def test_definitions() -> None:
    """Members, enumerators, names of types, those of nameless unions, and a member defined outside of its class."""
    result = facts(SOURCE)
    assert result.outline.problems == ()
    assert {each.descriptor: each.kind for each in result.outline.definitions[1:]} == {
        "TWICE().": SymbolKind.FUNCTION,
        "Box#": SymbolKind.CLASS,
        "Box#Box().": SymbolKind.METHOD,
        "Box#`~Box`().": SymbolKind.METHOD,
        "Box#`operator==`().": SymbolKind.METHOD,
        "Box#get().": SymbolKind.METHOD,
        "Box#count.": SymbolKind.CONSTANT,
        "Box#item_.": SymbolKind.CONSTANT,
        "Box#last_.": SymbolKind.CONSTANT,
        "Box#Mode#": SymbolKind.ENUM,
        "Box#Mode#fast.": SymbolKind.CONSTANT,
        "Box#Mode#slow.": SymbolKind.CONSTANT,
        "Box#one.": SymbolKind.CONSTANT,
        "Box#left.": SymbolKind.CONSTANT,
        "Box#right.": SymbolKind.CONSTANT,
        "Box#Name#": SymbolKind.CLASS,
        "hidden().": SymbolKind.FUNCTION,
        "point#": SymbolKind.CLASS,
        "point#x.": SymbolKind.CONSTANT,
        "Box#get(+1).": SymbolKind.METHOD,
        "Box#get(+1).Own#": SymbolKind.CLASS,
        "Box#get(+1).Own#f().": SymbolKind.METHOD,
    }


def test_mentions_start_at_members_and_types() -> None:
    """Local names are replaced by their types; a lambda's mentions are its function's; pointers are followed."""
    result = facts(SOURCE)
    owner = next(i for i, each in enumerate(result.outline.definitions) if each.descriptor == "Box#get(+1).")
    found = {f"{one.role.name} {'|'.join(one.chain)}" for one in result.occurrences.references if one.owner == owner}
    lid = "std|unique_ptr|()|<Lid/()>|->"
    assert found == {
        "TYPE @out|Item", "READ a|::", "READ a|Box|::", "TYPE std|string", "CALL std|make_unique(1:int)", "TYPE Lid",
        f"CALL {lid}|open(1:int)", f"CALL {lid}|open(1:int)|()|->|close(0)", "TYPE Item",
        "CALL Item|()|go(0)", "READ item_", "CALL item_|->|all(0)",
        "CALL item_|->|all(0)|()|[each]|run(1:char*)", "CALL Item|()|again(1)", "CALL Item|<new>(1)",
    }  # fmt: skip


def test_signals_and_slots_are_named_by_strings() -> None:
    """The macros of Qt make a string of what they are given: whoever gets it may call a method of that name."""
    source = "void f() { connect(a->x, SIGNAL(gone()), this, SLOT(goOn(int))); SLOT(x); }"
    named = [each.chain for each in facts(source).occurrences.references]
    assert [chain for chain in named if chain[0] == SPELLED] == [(SPELLED, "gone"), (SPELLED, "goOn")]


def test_macros_open_namespaces() -> None:
    """What stands between such lines is in a namespace of the macro's name; a macro says what it opens."""
    source = (
        "#define LIB_NS_BEGIN \\\n  namespace lib { inline namespace v1 { namespace part {\n"
        "#define NAMESPACE_BEGIN(name) namespace name {\n"
        "LIB_NS_BEGIN // here\nnamespace a {\nint one();\n}\n  NAMESPACE_BEGIN(detail);\nint two();\n"
        "void three() {\nLIB_NS_END\n}\nint four();\n  NAMESPACE_END(detail);\nLIB_NS_END\nint five();\nLIB_BEGIN\n"
    )
    found = facts(source)
    assert found.outline.problems == ()
    names = [each.name for each in found.outline.definitions]
    assert [(names[owner], name, chain) for owner, name, chain in sorted(bound(source)) if name == "@opens"] == [
        ("LIB_NS_BEGIN", "@opens", ("()", "lib", "part")),
        ("NAMESPACE_BEGIN", "@opens", ("name", "name")),
    ]
    assert {names[owner]: chain[0] for owner, name, chain in bound(source) if name == "@in"} == {
        "LIB_NS_BEGIN": "",
        "NAMESPACE_BEGIN": "",
        "one": "$LIB_NS_BEGIN::a",
        "two": "$LIB_NS_BEGIN::$NAMESPACE_BEGIN(detail)",
        "three": "$LIB_NS_BEGIN::$NAMESPACE_BEGIN(detail)",
        "four": "$LIB_NS_BEGIN::$NAMESPACE_BEGIN(detail)",
        "five": "",
    }


def test_bindings_say_where_things_are_and_what_they_hold() -> None:
    """Scopes, arities with defaults, bases with arguments, results with pointers, names of types, using."""
    found = bound(SOURCE)
    assert {
        (2, "@in", ("a", "", "a")),
        (2, "@base", ("Base", "()", "<@param/0>")),
        (2, "@base", ("z", "Other", "()")),
        (3, "@arity", ("0-1", "int", "d")),
        (6, "@arity", ("1-2", "string,int", "v")),
        (6, "0", ("Item", "()", "@of")),
        (2, "item_", ("std", "unique_ptr", "()", "<Item/()>")),
        (2, "last_", ("std", "unique_ptr", "()", "<Item/()>", "@of")),
        (16, "@alias", ("Item", "()")),
        (17, "@in", ("a", "s", "a")),
        (0, "@use", ("a", "n", "Thing", "other", "Thing")),
    } <= found
    assert [(one.module, one.name) for one in facts(SOURCE).occurrences.imports] == [("a/b.h", ""), ("c/d.h", "<")]


def test_operators_are_mentioned() -> None:
    """What a class may have an operator for is a call of it; arithmetic with numbers is none."""
    result = facts("void f(A a, B* b) { a == *b; a[1]; b[0]; ++a; a++; *a; b + 1; a = b; a + 1; }")
    assert [one.chain for one in result.occurrences.references if one.role.name == "CALL"] == [
        ("A", "()", "operator==(1:)"),
        ("A", "()", "operator[](1:int)"),
        ("A", "()", "operator++(0)"),
        ("A", "()", "operator++(1)"),
        ("A", "()", "operator*(0)"),
        ("A", "()", "operator=(1:B*)"),
    ]


def test_macros_that_are_no_syntax_are_blank_to_the_parser() -> None:
    """Export macros, attributes and lines of macros do not cost the definitions behind them; offsets stay."""
    source = (
        "LIB_BEGIN_NAMESPACE\nnamespace n {\nclass LIB_API(1) A final {\n LIB_MOVABLE(A)\n"
        " int x_ GUARDED_BY(mu_);\n"
        ' void f() const REQUIRES(mu_);\n LIB_OLD("say; (no)") int g();\n LIB_INLINE A();\n};\n'
        "LIB_API Status Make(const A& a);\n#ifdef ONE\nvoid h(int a) {\n#else\nvoid h() {\n#endif\n}\n"
        "int keep = LIB_MAX;\nvoid k() { if (x) LIB_CALL(1); }\n}\nLIB_END_NAMESPACE\n"
    )
    seen = masked(source.encode())
    assert (len(seen), seen.count(b"\n")) == (len(source), source.count("\n"))
    assert b"LIB_MAX" in seen
    assert b"LIB_CALL(1)" in seen
    assert b"void h()" not in seen
    result = facts(source)
    assert result.outline.problems == ()
    assert [each.descriptor for each in result.outline.definitions[1:]] == [
        "A#", "A#x_.", "A#f().", "A#g().", "A#A().", "Make().", "h().", "keep.", "k().",
    ]  # fmt: skip
    assert result.outline.definitions[1].signature.startswith("class LIB_API ( 1 ) A final")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("enum a {\n#define X(n) A_##n,\n  A_MAP(X)\n#undef X\n  A_LAST\n};\n", ["a#", "a#A_LAST."]),
        ("enum a {\n  A_ONE,\n  /* the\n  last */\n  A_TWO\n};\n", ["a#", "a#A_ONE.", "a#A_TWO."]),
        ("enum a {\n  A_ONE [[b(\"c\")]] = 1,\n  A_TWO [[b]],\n  A_3\n};\n", ["a#", "a#A_ONE.", "a#A_TWO.", "a#A_3."]),
        ("typedef char *(*take) OF((char *a));\nint f OF((int a));\n", ["take#", "f()."]),
        ("#define X \\\n /* a */ \\\n int a; /* b \\\n */ \\\n LIB_ALL \\\n\nstruct a { LIB_ALL };\n", ["a#"]),
        ("struct a {\n  LIB_ONE\n  LIB_TWO\n  LIB_THREE\n  LIB_FOUR\n};\nint f();\n", ["a#", "f()."]),
        ("#define X(a) \\\n  LIB_MAKE(a)\nstruct a { int b; };\nint f(void);\n", ["a#", "a#b.", "f()."]),
        ("typedef int (LIB_CALL *take)(char *a);\n", ["take#"]),
        ("LIB_OFF(c++98-compat) // why\nint f(void);\n", ["f()."]),
        ("enum a {\n  A_ONE,\n  A_LAST // last\n};\n", ["a#", "a#A_ONE.", "a#A_LAST."]),
        ("static LIB_INLINE LIB_BOOL f(\n    int a, int b) {\n  return a;\n}\n", ["f()."]),
        ("typedef struct b *LIB_RESTRICT c;\nint f(void);\n", ["c#", "f()."]),
        ("typedef int **c;\ntypedef int ***d;\n", ["c#", "d#"]),
        ("typedef LIB_CALLBACK(void, *take, (a *b,\n  int c));\nint f(void);\n", ["take#", "f()."]),
        ("LIB_FUNCTION(a *,LIB_API\ng,(int a, int b),LIB_PURE)\n{\n  return 0;\n}\nint f(void);\n", ["g().", "f()."]),
        ("void LIB_API\nf(int a)\n{\n}\n", ["f()."]),
        ("int f(int a) {\n  if (a) {\n  }\n#ifdef B\n  else if (g()) {\n  }\n#endif\n}\nint h();\n", ["f().", "h()."]),
        ("int f(int a) {\n#ifdef B\n  if (a)\n#endif\n    g();\n}\nint h();\n", ["f().", "h()."]),
        ("int f(int a) {\n#ifdef B\n end:\n#endif\n  g();\n}\nint h();\n", ["f().", "h()."]),
        ("int f(){\n#ifdef B\n return 1;\n#else\n return 2;\n}\nint g(){\n#endif\n}\nint h();\n", ["f().", "h()."]),
        ("int f() {\n#if A\n  if (1) {\n#else /* not\n A */\n  if (0) {\n#endif\n  }\n}\nint g();\n", ["f().", "g()."]),
    ],
)  # fmt: skip
def test_idioms_of_c_that_are_no_syntax(source: str, expected: list[str]) -> None:
    """Macros that fill an enum, give a function's type or wrap its parameters cost no definition around them."""
    for language, all_of_it in (("c", [each for each in expected if "#A_" not in each]), ("cpp", expected)):
        found = extract(source.encode(), language, Limits()).outline.definitions
        assert [each.descriptor for each in found[1:] if each.name != "X"] == all_of_it


@pytest.mark.parametrize("language", ["c", "cpp"])
@pytest.mark.parametrize(
    "source",
    [
        "LIB_API int *(*take)(int) LIB_ATTR;\nLIB_API a *(*give)(int) LIB_A LIB_B;\n",
        "static const int\n  a = {\n  1\n},\n  /* old */\n  __attribute__ ((unused))\n  b = {\n  2\n};\n",
    ],
)
def test_declarations_of_which_nothing_is_broken(language: str, source: str) -> None:
    """Pointers to functions behind a macro, and attributes within a list of variables."""
    assert extract(source.encode(), language, Limits()).outline.problems == ()


@pytest.mark.parametrize(
    "access", ["API_PRIVATE:", "API_PRIVATE_UNLESS_TESTED : // why", "Q_SIGNALS:", "signals:", "public Q_SLOTS:",
               "private slots:"],
)  # fmt: skip
def test_macros_that_say_who_may_see_what_follows(access: str) -> None:
    """They stand in a class as labels, or behind a keyword, and cost none of its members."""
    source = f"class A {{\n  B f() {{ g(); }}\n  {access}\n  B* b = nullptr;\n  int c;\n}};\nint d;\n"
    result = facts(source)
    assert result.outline.problems == ()
    assert [each.descriptor for each in result.outline.definitions[1:]] == ["A#", "A#f().", "A#b.", "A#c.", "d."]
    kept = b"int f(int a) {\n  return a ? b(a)\n  : LIB_C\n;\n switch (a) {\n case\n LIB_D:\n  g(); }\n}\n"
    assert masked(kept) == kept


def test_declarations_in_macros() -> None:
    """What a macro declares is defined elsewhere; in C the types in it are mentioned."""
    source = b"LIB_EXPORT(7, b, g, (struct a *x), LIB_PURE);\nLIB_EXPORT(8, void, h,(c x))\nint f(void);\n"
    found = extract(source, "c", Limits())
    assert [each.descriptor for each in found.outline.definitions[1:]] == ["f()."]
    assert [each.chain[0] for each in found.occurrences.references if each.role is Role.TYPE] == ["b", "a", "c"]


@pytest.mark.parametrize(("language", "others"), [("c", ["d#e#", "d#g#", "d#h#"]), ("cpp", ["e#", "g#", "h#"])])
def test_further_names_of_one_typedef(language: str, others: list[str]) -> None:
    """`typedef struct { } d, *e, **g, h[2];` gives four names."""
    found = extract(b"typedef struct { int x; } d, *e, **g, h[2];\n", language, Limits()).outline.definitions
    assert [each.descriptor for each in found[1:]] == ["d#", "d#x.", *others]


def test_blocks_of_tests_are_statements() -> None:
    """A macro with a title in front of a block is a call, as is one that names a type whose reference is caught."""
    source = (
        'TEST_CASE("all, of \\"it\\"", "[tag]")\n{\n  SECTION("one" + name(1)) {\n    A a;\n    a.run();\n'
        '    CHECK_THROWS_AS(a.take("x"),\n                    b::Error&);\n    CHECK_THROWS_AS(x = a.go(), Error&);\n'
        "  }\n}\nvoid f(int, A&);\n"
    )
    seen = masked(source.encode()).decode()
    assert [(at, new) for at, (old, new) in enumerate(zip(source, seen, strict=True)) if old != new] == [
        (source.index("\n{"), ";"),
        (source.index(" {\n    A"), ";"),
        (source.index("&);"), " "),
        (source.index("&);\n  }"), " "),
    ]
    assert facts(source).outline.problems == ()


def test_a_closure_is_that_of_its_block() -> None:
    """In code outside of functions a name that holds a function without a name says nothing of that name elsewhere."""
    source = 'TEST_CASE("one") { auto f = [] {}; f(); }\nTEST_CASE("two") { for (auto& f : all) { f(); } }\n'
    called = [each.chain for each in facts(source).occurrences.references if each.chain[-1] == "@?"]
    assert called == [("all", "[each]", "operator()(0)", "@?")]


def test_names_in_capitals_are_no_macros() -> None:
    """A class, enum or union in capitals keeps its name, alone, as a member's type and as what a function gives."""
    source = (
        "struct POINT { int x; };\nunion VALUE { int a; };\nenum COLORS { RED };\nstruct POINT make(struct POINT p);\n"
        "struct s { enum COLORS c : 2; struct POINT d; };\nconst POINT *at(int i);\n"
    )
    for language in ("c", "cpp"):
        found = extract(source.encode(), language, Limits())
        names = [each.descriptor for each in found.outline.definitions[1:] if "#" not in each.descriptor[:-1]]
        assert names == ["POINT#", "VALUE#", "COLORS#", "make().", "s#", "at()."]
        types = {each.chain[0] for each in found.occurrences.references if each.role is Role.TYPE}
        assert types >= {"POINT", "COLORS"}
    source = (
        'class A_B C_D final : public POINT {};\nclass LIB_API LIB_OLD(\n  "gone") Later\n  : POINT {};\n'
        "class LIB_API some;\n"
        "class V { virtual HTTP get(); unsigned LIB_CALL run(int b); enum class MODE { A }; };\n"
    )
    found = facts(source)
    assert [each.descriptor for each in found.outline.definitions[1:]] == [
        "C_D#", "Later#", "V#", "V#get().", "V#run().", "V#MODE#", "V#MODE#A.",
    ]  # fmt: skip


def test_typedefs_by_macros_and_of_pointers_to_members() -> None:
    """`typedef PLAIN(T) own;` names own, `typedef void (A::*Send)();` Send."""
    found = facts("typedef LIB_PLAIN(T) own;\ntypedef void (A::*Send)(int);\ntypedef int A::*Field;\n")
    assert [each.descriptor for each in found.outline.definitions[1:]] == ["own#", "Send#", "Field#"]


def test_types_and_values_as_arguments_of_one_macro() -> None:
    """A list of `MACRO(bool, false);` costs no definition behind it."""
    made = "".join(f"LIB_MAKE({each});  // made\n" for each in ("void, ", "unsigned long long, 0", "char, '\\0'"))
    found = facts(made + "template <typename A, typename... B>\nstruct C : D<bool(A::x), B...>::type {};\nint f();\n")
    assert [each.descriptor for each in found.outline.definitions[1:] if each.name != "LIB_MAKE"] == ["C#", "f()."]


def test_macros_behind_the_name_of_a_class() -> None:
    """`class A LIB_FINAL : public B` is a class with a base, and a line of a macro may have a blank in front of `(`."""
    found = facts("class A LIB_FINAL : public B {\n  void f ();\n  LIB_FIXED (A)\n};\nstruct C LIB_PACKED (1) {};\n")
    assert [each.descriptor for each in found.outline.definitions[1:]] == ["A#", "A#f().", "C#"]
    assert next((each.chain, each.role) for each in found.occurrences.references) == (("B",), Role.INHERIT)


def test_casts_in_front_of_macros_are_no_declarators() -> None:
    """`(char *)LIB_BACK(a);` calls, `void f(int a) LIB_PURE(1);` does not."""
    source = b"int f() { s = (char *)LIB_BACK(a); return 0; }\nvoid g(int a) LIB_PURE(1);\n"
    assert masked(source) == source.replace(b"LIB_PURE(1)", b" " * 11)


def test_long_and_deep_sources_end() -> None:
    """Chains, nesting and runs of macros are bounded."""
    for text in ("a" + ".b()" * 3000, "a" + "+a" * 3000, "(" * 300 + "a" + ")" * 300, "a" + "[0]" * 3000):
        assert facts("void f() { auto x = " + text + "; x.go(); }").outline.definitions
    for text in ("MACRO_A " * 5000, "A<" * 300 + "X" + ">" * 300 + " m;", "#if A\n" * 500, "X_Y(" * 5000, "a " * 20000):
        assert facts(text).outline.definitions


def test_damaged_sources_are_data() -> None:
    """Cut and spliced sources raise nothing, and their definitions stay well-formed."""
    draw, source = random.Random("cpp"), SOURCE.encode()
    for _ in range(150):
        data = bytearray(source)
        for _ in range(draw.randint(1, 4)):
            at, to = sorted((draw.randrange(len(data) + 1), draw.randrange(len(data) + 1)))
            data[at : to if draw.random() < 0.5 else at] = draw.choice([b"", source[at:to], draw.randbytes(3)])
        definitions = extract(bytes(data), "cpp", Limits()).outline.definitions
        assert len({each.descriptor for each in definitions}) == len(definitions)
        assert all(each.container < index for index, each in enumerate(definitions))


@pytest.mark.parametrize("word", ["A", "A1", "A_", "a::", "A ", "a "])
def test_long_words_are_looked_at_once(word: str) -> None:
    """A line of a hundred thousand capitals is no macro; trying every part of it would take minutes."""
    data = word.encode() * 100_000
    assert masked(b"int f() { return 0; }\n" + data + b"x") == b"int f() { return 0; }\n" + data + b"x"


@pytest.mark.parametrize(
    ("language", "source"),
    [
        (
            "cpp",
            "#if FAST\ntemplate <class T>\n#else\ntemplate <class T, bool B>\n#endif\nvoid f(T a) {}\nint g();\n",
        ),
        (
            "c",
            "int f() {\n  int a[][2] = {\n# ifdef B\n    { A, B },\n# endif\n    { A, C }\n  };\n}\nint g() {}\n",
        ),
    ],
)
def test_heads_of_templates_and_lists_of_values_are_read_in_one_configuration(language: str, source: str) -> None:
    """An #if that chooses the head of a template, or an element of a list of values, does not cost the file."""
    facts = extract(source.encode(), language, Limits())
    assert not facts.outline.problems
    assert {each.name for each in facts.outline.definitions} >= {"f", "g"}
