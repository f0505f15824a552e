"""What a function without a name holds that is handed to a call at file level is extracted alone, as functions are."""

from __future__ import annotations

import re

import pytest

from codegraph.core.facts import FileFacts, SyntaxProblem
from codegraph.extract import again, damaged, splice
from codegraph.extract.again import Memory
from codegraph.extract.extractor import Limits, Look, Reduced, extract, look
from codegraph.extract.view import FileView
from tests.unit.extract.test_extract_again import differing, seeds

LIMITS = Limits()
SUITE = """
import { Bar, Foo } from './bar';
let made = new Foo();
function setUp() { made = new Bar(); return made; }
describe('one', () => {
  let each;
  const helper = (a) => { const k = a.make(); return k.go(); };
  beforeEach(async () => { each = await setUp(); each.start(); });
  it('goes', () => { const q = helper(each); q.stop(); [1, 2].map((n) => { const z = q.at(n); z.end(); }); }, 5000);
  it('stops', function () {
    function helper(b) { return b.c; }
    const q = new Bar();
    for (const r of q.all()) { let s = helper(r); s.stop(); }
    class Local { run() { return helper(q); } }
    expect(new Local().run()).toBe(made.x);
  });
  describe('deeper', () => { it('is', () => { const q = each.deep(); q.stop(); }); });
});
describe('two', () => { const helper = () => { return 1; }; it('z', () => { helper(); Foo.count = new Bar(); }); });
export const all = run(() => { const k = made.go(); return k; });
"""

OBJECTS = """
import { Bar, Foo, define } from './bar';
let made = new Foo();
function Outgoing(a) { this.socket = a; return made; }
Outgoing.prototype.send = function (a) { const k = this.socket; k.go(a); return new Bar(); };
define(Outgoing.prototype, 'code', {
  __proto__: null,
  get() { const k = made.code; return k.value; },
  set(code) { made = new Bar(code); this.socket = code; },
  get [made.name]() { return this.socket; },
  async *all(n) { for (const each of made.all()) { yield each.go(n); } },
});
define(Outgoing.prototype, {
  one: { value: function one(a, b = 1) { function helper() { return a; } const q = helper(); return q.x; } },
  two: {
    value: async (a) => { const q = new Foo(); await q.stop(a); },
    enumerable: true,
  },
  three: function* () { yield made.three(); },
});
made.stop = function () { const q = new Foo(); this.x = q; q.stop(); };
made.inner.go = (a) => { let k = a.b; return k.c(); };
Foo.handlers['x'] = function named(a) { const named = a; return named.y; };
let later;
later = () => { const q = made.later(); q.go(); };
if (made instanceof Foo) { made.on = { go() { const k = made.go(); k.stop(); } }; made.go(); }
define({
  check: run((function () { const is = one(made); return function (a, b) { const k = is(a); k.go(b); }; })(), 1),
  other: (() => {
    const two = made.two();
    function helper(a) { return two.b(a); }
    return helper;
  })(),
});
export default { run(a) { const q = new Bar(a); return q.go(); }, stop: () => { made.stop(); } };
"""

BLOCKS = """
#include "bar.h"
static Bar made(1);
struct Foo { int run() { return made.x; } };
TEST_CASE("one") {
  Bar each = setUp();
  auto helper = [](Bar& a) { auto k = a.make(); return k.go(); };
  SECTION("goes") {
    auto q = helper(each);
    q.stop();
    for (auto& n : q.all()) { Bar z = q.at(n); z.end(); }
  }
  SECTION("stops")
  {
    struct Local { int run() { return helper(q); } };
    Foo helper = each.foo();
    helper();
    CHECK(Local().run() == made.x);
  }
  if (each.ok()) { using namespace foo; each.go(); }
}
TEST_CASE("two") { F helper = g(); helper(); { Foo::count = Bar(); } }
int f(Foo a) { if (a.run()) { return 1; } return helper(a); }
"""


def whole(text: str, language: str) -> FileFacts:
    return extract(text.encode(), language, LIMITS)


def after(memory: Memory, before: str, now: str, language: str) -> FileFacts:
    memory.extract("x", before.encode(), language, LIMITS)
    return memory.extract("x", now.encode(), language, LIMITS)


@pytest.mark.parametrize("language", ["javascript", "typescript", "tsx"])
@pytest.mark.parametrize("seed", seeds(3))
def test_facts_are_those_of_the_whole_file(language: str, seed: int) -> None:
    """After every edit of a row of random ones the facts are, byte for byte, what extraction from nothing gives."""
    assert not list(differing(SUITE, language, seed, 60))


@pytest.mark.parametrize("language", ["javascript", "typescript"])
@pytest.mark.parametrize("seed", seeds(3))
def test_facts_of_objects_are_those_of_the_whole_file(language: str, seed: int) -> None:
    """The same of functions that stand in objects outside of definitions, or are assigned to a member there."""
    assert not list(differing(OBJECTS, language, seed, 60))


@pytest.mark.parametrize("language", ["javascript", "typescript"])
@pytest.mark.parametrize(
    "edit",
    [
        ("return k.value;", "return k.other(1);"),
        ("made = new Bar(code);", "made = new Foo(code); const k = made; k.go();"),
        ("return q.x;", "return q.y(a);"),
        ("await q.stop(a);", "await q.stop(a); await made;"),
        ("yield made.three();", ""),
        ("let k = a.b;", "let k = a.b, n = k;"),
        ("return named.y;", "return named.z();"),
        ("q.go(); };", "q.go(); q.stop(); };"),
        ("k.go(b);", "k.stop(b);"),
        ("return two.b(a);", "return two.c(a, made);"),
        ("return helper;\n", "two.go(); return helper;\n"),
    ],
)
def test_an_edit_of_what_stands_in_an_object_is_looked_at_alone(edit: tuple[str, str], language: str) -> None:
    """An edit of a getter, a method or a function in an object or of one that is assigned is extracted in part."""
    memory, text = Memory(), OBJECTS
    for old, new in (edit, edit[::-1], ("made.later();", "made.later(2);")):
        if old:
            memory.extract("x", text.encode(), language, LIMITS)
            text = text.replace(old, new, 1)
            assert memory.extract("x", text.encode(), language, LIMITS) == whole(text, language)
    assert memory.helped == 2 + bool(edit[1])


def test_a_method_that_is_a_function_without_its_class_matters_to_nobody_else() -> None:
    """Where a class is left out, its methods that stand elsewhere are functions: of one alone that is not seen."""
    text = "class Foo {\n}\nFoo.prototype.go = function () { return 1; };\nFoo.prototype.go();\n" + "".join(
        f"function f{n}(a) {{\n  return a.b{n};\n}}\nq.g{n} = () => {{ return {n}; }};\n" for n in range(4)
    )
    memory = Memory()
    for changed in (text.replace("a.b2", "a.c"), text.replace("return 1", "return new Foo()")):
        assert after(memory, text, changed, "typescript") == whole(changed, "typescript")
    assert memory.helped == 3  # and back once


@pytest.mark.parametrize("seed", seeds(4))
def test_facts_of_blocks_are_those_of_the_whole_file(seed: int) -> None:
    """The same of C++, where blocks outside of functions, as the macros of tests have them, are such callbacks."""
    assert not list(differing(BLOCKS, "cpp", seed, 60))


def test_an_edit_of_a_block_is_looked_at_alone() -> None:
    """An edit inside of a block of a test is extracted in part; so is one in a function beside it."""
    memory, text = Memory(), BLOCKS
    memory.extract("x", text.encode(), "cpp", LIMITS)
    edits = [("q.stop();", "q.stop(); made.x();"), ("return 1;", "return made.x;"), ("z.end();", "z..end();")]
    for helped, (old, new) in enumerate(edits, 1):
        text = text.replace(old, new)
        assert memory.extract("x", text.encode(), "cpp", LIMITS) == whole(text, "cpp")
        assert memory.helped == helped


def test_an_edit_of_a_block_counts_nothing_that_is_broken_elsewhere() -> None:
    """In C, too, an edit of a test's block is extracted in part, though something else of the module is broken."""
    text = "int one[ = 1;\n" + "".join(
        f"TEST_IMPL(t{n}) {{\n  int r = make({n});\n  return use(r);\n}}\n\n" for n in range(6)
    )
    memory = Memory()
    for now in (text, text.replace("make(3)", "make(3) + other(4)"), text):
        assert memory.extract("x", now.encode(), "c", LIMITS) == whole(now, "c")
    assert memory.helped == 2


@pytest.mark.parametrize(
    "edit",
    [
        ("q.stop();", "q.stop(); made.x();"),
        ("each.start();", "const a = each;\n    a.start();\n"),
        ("q = new Bar()", "q = new Bar(), w = q.go()"),
        ("z.end();", ""),
        ("each.deep()", "helper(each).é()"),
        ("Foo.count = new Bar()", "Foo.size = new Foo()"),
    ],
)
def test_an_edit_of_a_callback_is_looked_at_alone(edit: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser reads nothing of what stands in the callbacks beside it, and the facts are those of the whole file."""
    read: list[bytes] = []

    def watched(data: bytes, language: str, limits: Limits, reduced: Reduced | None = None) -> Look | SyntaxProblem:
        read.append(reduced.read if reduced else b"")
        return look(data, language, limits, reduced)

    text = SUITE + "".join(f"it('{n}', () => {{\n  const v = made.m{n}();\n  v.stop();\n}});\n" for n in range(9))
    memory = Memory()
    memory.extract("x", text.encode(), "typescript", LIMITS)
    monkeypatch.setattr(damaged, "look", watched)
    for old, new in (edit, edit[::-1], ("made.m4();", "made.m4();\n  v.again();")):
        text = text.replace(old, new, 1) if old else text
        assert memory.extract("x", text.encode(), "typescript", LIMITS) == whole(text, "typescript")
    assert memory.helped == 2 + bool(edit[1])
    assert re.findall(rb"\bm\d", read[-1]) == [b"m4"]


def test_local_functions_keep_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Functions of one name are numbered through the file; what is left out of it counts."""
    text = "".join(f"it('{n}', () => {{ const h = () => {{ return {n}; }}; q.a(); h(); }});\n" for n in range(3))
    changed = text.replace("return 2; }; q.a()", "return 2; }; q.bb()")
    memory = Memory()
    assert after(memory, text, changed, "typescript") == whole(changed, "typescript")
    assert memory.helped == 1
    monkeypatch.setattr(again, "named_now", lambda *_: None)
    monkeypatch.setattr("codegraph.extract.reduction._words", lambda *_: frozenset())
    assert after(Memory(), text, changed, "typescript") != whole(changed, "typescript")


def test_what_was_tested_around_a_callback_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """An assignment in a callback ends what a test around it says of a name elsewhere, so the file is whole then."""
    text = "let a = b;\nif (a instanceof Foo) {\n  f(() => { g(); });\n  const h = () => { g(); };\n  a.go();\n}\n"
    assigned = text.replace("g();", "a = 1;", 1)
    for changed in (assigned, text.replace("{ g(); };", "{ a = 1; };")):
        memory = Memory()
        assert after(memory, text, changed, "typescript") == whole(changed, "typescript")
        assert after(memory, changed, text, "typescript") == whole(text, "typescript")
        assert memory.helped == 0
    with monkeypatch.context() as patch:
        patch.setattr(FileView, "is_entangled", property(lambda _: False, lambda *_: None), raising=False)
        assert after(Memory(), text, assigned, "typescript") != whole(assigned, "typescript")


def test_what_comments_say_of_the_file_counts() -> None:
    """A comment may give a name to a type of another file wherever it stands, in JavaScript."""
    text = "function f() {\n  return 1;\n}\nf(() => {\n  g();\n});\n"
    comment = "/** @typedef {import('./x').T} N */"
    for place in ("return 1;", "g();"):
        changed = text.replace(place, f"{comment} {place}")
        for before, now in ((text, changed), (changed, text)):
            assert after(Memory(), before, now, "javascript") == whole(now, "javascript")


def test_the_tokens_of_the_module_are_those_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the module's own input has of a callback is what stands there now."""
    changed = SUITE.replace("each.start()", "each.begin(1, 2)")
    assert after(Memory(), SUITE, changed, "typescript") == whole(changed, "typescript")
    with_tokens = splice.with_tokens
    monkeypatch.setattr(splice, "with_tokens", lambda one, own, was, _: with_tokens(one, own, was, ()))
    assert after(Memory(), SUITE, changed, "typescript") != whole(changed, "typescript")


def test_what_is_bound_inside_counts_for_parameters() -> None:
    """A callback's parameters and body are one scope: a name bound in the body is that name before it, too."""
    text = "import { run } from 'r';\nrun('a', (one, other = run) => {\n  const a = one.b();\n});\n"
    memory = Memory()
    changed = text.replace("const a", "const run")
    for before, now in ((text, changed), (changed, text)):
        assert after(memory, before, now, "typescript") == whole(now, "typescript")
    assert memory.helped == 2


def test_a_callback_that_offers_something_is_no_affair_of_its_own() -> None:
    """What stands in a callback may be what the file offers."""
    text = "define((require, exports) => {\n  exports.a = b;\n  c();\n});\n"
    memory = Memory()
    for now in (text, text.replace("c();", "c(); exports.d = e;"), text):
        assert memory.extract("x", now.encode(), "javascript", LIMITS) == whole(now, "javascript")
    assert memory.helped == 0


def test_edits_that_end_a_callback_elsewhere_are_looked_at_as_a_whole() -> None:
    """Where a brace, a quote or a comment moves the end of a callback, the file is extracted whole."""
    text = "it('a', () => {\n  b();\n});\nit('c', () => {\n  d(`x`); /* e */\n});\n"
    for typed in ("});\nit('z', () => {", "}", "{", "`", "/*", "'", "//", "`${"):
        memory = Memory()
        changed = text.replace("b();", f"b(); {typed}")
        assert after(memory, text, changed, "typescript") == whole(changed, "typescript")
        assert memory.helped == (typed in ("//", "'", "`${"))


SEMICOLONS = [
    "run(() => { q(); });",
    "run(() => { q(); p => { r(); } });",
    "run(() => { q(); p => { s(); } });",
    "test(output=>{appRouter,{client({ httpUrl }) {}>inferRouterOutputs})",
    "test(output=>{appRouter,{cpackage p;\nlient({ httpUrl }) {}>inferRouterOutputs})",
]


@pytest.mark.parametrize("language", ["javascript", "typescript", "tsx"])
def test_a_semicolon_before_a_callback_stays(language: str) -> None:
    """At the end of all tokens it is dropped; before a function inside of the edited one it is in the middle."""
    memory = Memory()
    for text in SEMICOLONS:
        assert memory.extract("a", text.encode(), language, LIMITS) == extract(text.encode(), language, LIMITS)
    assert memory.helped
