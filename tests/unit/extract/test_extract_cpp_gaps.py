"""What the grammar of C++ lacks is read all the same, and mentions what the true text does (`languages.cpp.gaps`)."""

from __future__ import annotations

import random

import pytest

from codegraph.core.facts import Role
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.grammar import compiled
from codegraph.extract.languages.cpp import gaps
from codegraph.extract.languages.cpp.gaps import readable
from codegraph.extract.languages.cpp.masking import masked

GAPS = [
    ("void f() { (this->*step)(one); }", {"CALL @?", "READ one", "READ step"}),
    ("void f() { (box.*step)(one); }", {"CALL @?", "READ box", "READ one", "READ step"}),
    ("using step_t = bool (ns::Box::*)(Lid *);", {"TYPE ns.Box", "TYPE Lid"}),
    ("typedef void (ns::Box::*step_t)(Lid);", {"TYPE Lid"}),
    ("struct S { void (Box::*step)(Lid); };", {"TYPE Lid"}),
    ("template class Box<Lid>;\nextern template struct Tin<Lid>;", {"TYPE Box", "TYPE Lid", "TYPE Tin"}),
    ("void f() { auto all = new ns::Lid *[size(of)]; }", {"TYPE ns.Lid", "CALL size", "READ of"}),
    ("void f() { box.operator++(); box->operator()(1); }", {"CALL box.operator++", "CALL box.->.operator"}),
    ("struct S { S *f() { return &operator*(); } };", {"CALL operator*"}),
    ("bool f() { return lock.operator bool(); }", {"CALL lock.operator bool"}),
    ("void f() { box.~Box<Lid>(); }", {"READ box"}),
    ("struct S { S(const char* const = nullptr, Lid* = 0) : a(one) {} };", {"TYPE Lid", "READ one"}),
    ("struct S { template <class T> void g(Lid) = delete; };", {"TYPE Lid"}),
    ("struct S { friend Lid operator&& (Lid const&, S const&) = delete; };", {"TYPE Lid", "TYPE S"}),
    ("enum : int { A };\nclass C { enum : unsigned\n{ B }; };", set()),
    ("struct S {\n  Lid a : 3;\n  Lid : 2;\n};", {"TYPE Lid"}),
    ("void f(Lid __restrict a, const Box* _Nonnull b, Tin* absl_nullable c);", {"TYPE Lid", "TYPE Box", "TYPE Tin"}),
    ("extern \"C\" Lid __stdcall f(_In_ Box a, _In_opt_ Tin b);", {"TYPE Lid", "TYPE Box", "TYPE Tin"}),
    ("static Lid lid __attribute__((section(\"a\"))) = one;", {"TYPE Lid", "READ one"}),
    ("struct S { [[deprecated(\"a\"\n\"b\")]] LIB_API Lid f(); };", {"TYPE Lid"}),
    ("void f() { emit gone(one); emit lost(); Q_EMIT box->torn(two); }", {
        "CALL gone", "CALL lost", "CALL box.->.torn", "READ one", "READ two"}),
    ("void f() { connect(a, SIGNAL(gone(int, Lid*)), SLOT(lost(QString))); }", {
        "CALL connect", "READ a", "CALL @spelled.gone", "CALL @spelled.lost"}),
    ("TEST_CASE(\"a title\",\n          \"[tags]\") {\n  run(one);\n}\n", {"CALL run", "READ one"}),
    ("void f() { scan(\"%\" SCNd64 \" %\" SCNd64, one, \"a\" MORE_TEXT); }", {
        "CALL scan", "READ one", "READ MORE_TEXT", "READ SCNd64"}),
    ("auto f() { return typename ns::Box<Lid>::Tin(one); }", {"READ one"}),
    ("int f() { return offsetof(Box, lid.size); }", {"TYPE Box"}),
    ("void f() {\n  LIB_FETCH(bool, one);\n  LIB_GET(\"a\", &two, const char *);\n  LIB_D(const Box);\n}", {
        "READ one", "READ two", "READ Box"}),
    ("void f() { invoke(a, Q_ARG(int, one)); }", {"CALL invoke", "READ a", "READ one"}),
    ("void f() { Lid *a = va_arg(all, Lid *); int b = va_arg(all, int); }", {"TYPE Lid", "READ all"}),
    ("void f() {\n  LIB_TAIL return run(one);\n}", {"CALL run", "READ one"}),
]  # fmt: skip
"""What the grammar does not read, and what at least is mentioned."""


def said(source: str) -> set[str]:
    """Return what a source mentions: its role and its chain, without what stands for calls."""
    found = extract(source.encode(), "cpp", Limits()).occurrences.references
    return {f"{Role(one.role).name} {'.'.join(part.partition('(')[0] for part in one.chain)}" for one in found}


@pytest.mark.parametrize(("source", "expected"), GAPS)
def test_what_the_grammar_lacks_is_read(source: str, expected: set[str]) -> None:
    """Without it the parser is lost or takes a call for a declaration; with it, nothing is broken."""
    root = compiled("cpp").read(source.encode())
    assert not root.has_error
    assert expected <= said(source)
    without = masked(source.encode())
    is_broken = compiled("cpp").parser.parse(without).root_node.has_error
    assert is_broken or any(word in source for word in (".*", "emit", "LIB_TAIL"))


KEPT = """
struct Box { Lid operator->*(int); bool operator()(int); Box& operator++(); operator bool() const; Box& operator=(Box);
  int a : 3; Lid b = nullptr; Lid* c = nullptr; ~Box(); template <class T> Box(T) noexcept(false); Box() = default; };
// "a text"
void f() { x = y ? A : 2; double d = 1.*e; emit(1); int emit = 2; g("a", NAME); switch (x) { case A : 3; } }
enum Mode : int { B };
// says "name"
NAME_OF_TYPE h(int *__restrict a);
LIB_DECLARE(void, name, (int, char));
void LIB_OLD(int, char);
LIB_DEATH((void)run(), "a");
"""


def test_a_class_calls_the_accessors_of_its_properties() -> None:
    """Qt's meta-object does so for it; a macro in a comment says nothing."""
    source = (
        "class Box : public Lid {\n  Q_OBJECT\n  Q_PROPERTY(int size READ size WRITE resize NOTIFY resized)\n"
        "  Q_PROPERTY(bool isOpen MEMBER open_ READ\n             isOpen RESET close)\n"
        "  // Q_PROPERTY(int lost READ lost)\n public:\n  int size() const;\n};\n"
    )
    assert not compiled("cpp").read(source.encode()).has_error
    assert said(source) == {
        "INHERIT Lid", "CALL size", "CALL resize", "READ resized", "READ open_", "CALL isOpen", "CALL close"
    }  # fmt: skip


def test_an_array_of_pointers_constructs_nothing() -> None:
    """`new Lid *[2]` makes no Lid; `new Lid[2]` does."""
    assert "CALL Lid.<new>" in said("void f() { new Lid[2]; }")
    assert "CALL Lid.<new>" not in said("void f() { new Lid *[2]; }")


def test_what_is_read_already_stays() -> None:
    """Declarations of operators, fields and defaults of names, comments, and macros that declare."""
    kept = KEPT.replace("__restrict", "          ")
    assert gaps.readable(kept.encode()) == masked(kept.encode())


def test_lines_and_offsets_stay() -> None:
    """Whatever is put together or cut off, there are as many bytes, and lines end where they did."""
    choose = random.Random(3)
    texts = [source for source, _ in GAPS] + [KEPT]
    for _ in range(300):
        text = "\n".join(choose.sample(texts, 3))
        data = text[choose.randrange(20) : len(text) - choose.randrange(20)].encode()
        read = readable(data)
        assert len(read) == len(data)
        assert [at for at, byte in enumerate(read) if byte == 10] == [at for at, byte in enumerate(data) if byte == 10]
