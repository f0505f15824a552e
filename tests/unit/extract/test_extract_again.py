"""Extracting a file again gives what extracting it from nothing gives, whatever was edited, in every language."""

from __future__ import annotations

import inspect
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tree_sitter import Tree

from codegraph.core.facts import FileFacts, SyntaxProblem
from codegraph.extract import again, damaged, grammar, known, reduction
from codegraph.extract.again import Memory
from codegraph.extract.extractor import Limits, Look, Reduced, encode_facts, extract, look
from codegraph.extract.grammar import Reading, compiled
from codegraph.extract.known import Function, Known
from codegraph.extract.languages import LANGUAGES
from codegraph.extract.outline import broken_in
from codegraph.extract.splice import spliced
from codegraph.extract.worker import extract_encoded

HERE = Path(__file__).parent
LIMITS = Limits()

SOURCES = {
    "ruby": """
require 'bar'
# Holds things.
module Outer
  class Foo < Bar
    include Shape
    attr_reader :b, :size
    LIMIT = 3
    def initialize(a, b = Bar.new)
      @b = b
      @all = [a].map { |one| one.go(LIMIT) }
    end
    private def helper = @b.size
    def go(n)
      return unless n
      k = Bar.new(n)
      case n when 1 then k.stop else helper end
    rescue Baz => e
      e.go
    ensure
      @b.close
    end
    class << self
      def of(*all) all.map { new(_1) } end
      attr_accessor :made
    end
    def self.text(x) <<~A + x.to_s
      some #{x.go} text
    A
    end
    module_function
    def plain; Foo.of(1).first.go(2); end
    define_method(:late) { |z| z.b }
    alias again go
  end
end
def make(a) Outer::Foo.new(a).b end
make(2) do |x| def inner; x; end end
""",
    "javascript": """
import { Bar } from './bar';
/** Holds things. */
export class Foo extends Bar {
  field = (a) => { const q = new Bar(a); return q.go(); };
  constructor(a) { super(a); this.x = a; this.y = new Bar(); }
  /** Goes. */
  go(n) {
    for (const i of this.y.all()) { let k = new Bar(i); k.go(n); }
    function inner(z) { return this.x + z.q; }
    return inner(n);
  }
  stop() { this.x = new Foo(); if (this.x) { const k = this.go(); k.stop(); } return this; }
}
const shared = (() => {
  let y = null;
  return { a() { y = new Bar(); return y; }, b() { this.z = y; return y.go(); } };
})();
describe('x', () => { const m = new Foo(); it('y', () => { const k = m.go(); k.stop(); }); });
export default function make(a, b = 3) { const m = new Foo(a); return m.go(b); }
""",
    "typescript": """
import { Bar, type Baz } from './bar';
export interface Shape { area(): number; name: string }
export abstract class Foo<T extends Bar> implements Shape {
  private x: Map<string, T> = new Map();
  constructor(private readonly a: Baz, public name: string) { super(); this.y = new Bar(); }
  area(): number { const all = [...this.x.values()]; return all.reduce((s, one) => s + one.size, 0); }
  abstract go(n: number): T;
  static of<T extends Bar>(a: Baz): Foo<T> {
    type Local = Baz | null;
    const made = (b: Local) => { const k = new Bar(); return k.go(b); };
    return made(a);
  }
}
export const helper = async (n: number): Promise<Bar> => { const b = new Bar(); await b.go(n); return b; };
export function overload(a: string): void;
export function overload(a: number): void;
export function overload(a: any) { const k = helper(a); return k; }
""",
    "java": """
package a.b;
import java.util.List;
/** Holds things. */
public class Foo<T extends Bar> extends Base implements Shape {
    private final List<T> items = new Items<T>() { @Override public int size() { return count(); } };
    enum Kind { ONE { int go() { return 1; } }, TWO }
    public Foo(Bar bar) { super(bar); this.bar = bar; }
    /** Goes. */
    public T go(int n, String... more) {
        for (T each : items) { each.run(n); }
        Runnable r = () -> { Bar b = new Bar(); b.run(); };
        class Local { void m() { go(n); } }
        return new Local().m();
    }
    public T go(Bar b) { var x = b.make(); return x.go(); }
    static class Inner { int v; int v() { return v + new Foo<Bar>(null).go(1).size(); } }
}
""",
    "go": """
package a

import (
    "fmt"
    other "x/y"
)

// Foo holds.
type Foo struct { other.Base; items []Item; next *Foo }

type Shape interface { Area(n int) float64 }

func New(n int) (*Foo, error) { f := &Foo{}; f.items = make([]Item, n); return f, nil }

// Go goes.
func (f *Foo) Go(n int) error {
    for _, each := range f.items { each.Run(n) }
    if g, err := New(n); err == nil { g.Go(1) }
    inner := func(x *Foo) { x.Go(2) }
    inner(f)
    type pair struct { Foo; left *Foo; f func(n int) pair }
    type mover interface { Move(p pair) int }
    if p := (pair{left: f}); p.left != nil { type pair []mover; var q pair; q[0].Move(p) }
    return fmt.Errorf("no %d", n)
}

func (f *Foo) Stop() { switch x := f.any().(type) { case *Foo: x.Go(1) }; other.Call() }
""",
    "rust": """
use std::fmt;
use crate::bar::{Bar, Baz as Other};
/// Holds.
pub struct Foo<T> { items: Vec<T>, bar: Bar }
impl<T: fmt::Debug> Foo<T> {
    /// Makes.
    pub fn new(bar: Bar) -> Self { let items = Vec::new(); Self { items, bar } }
    #[inline]
    pub fn go(&self, n: usize) -> Option<&T> {
        let f = |x: &T| { self.bar.run(x); };
        for each in self.items.iter() { f(each); }
        fn inner(a: u8) -> u8 { use crate::baz::*; struct In { bar: Bar } let i: In = made(); i.bar.run(a) + 1 }
        { use fmt::Write as inner; enum Kind { One(Bar) } impl Kind { fn new() -> Self { Kind::One(inner()) } } }
        const MOST: usize = { macro_rules! two { () => { 2 } } two!() };
        self.items.get(inner(n) + MOST)
    }
}
impl fmt::Display for Other { fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result { write!(f, "{}", self.x) } }
mod tests { use super::*; #[test] fn works() { let f = Foo::new(Bar); assert!(f.go(1).is_some()); } }
""",
    "c": """
#include <stdio.h>
#include "bar.h"
#define LIMIT 3
struct foo { int x; struct bar *next; };
static int helper(int a) { return a + LIMIT; }
typedef void *move(struct foo *f);
static enum kind { ONE, TWO } first = ONE;
/* Goes. */
int go(struct foo *f, int n)
{
  struct bar *b = f->next;
  for(int i = 0; i < n; i++) { helper(b->x); }
#ifdef DEBUG
  printf("%d", n);
#endif
  return helper(f->x);
}
void stop(void) { struct pair { struct foo f; move *m; } p; typedef struct pair also; also q; go(&q.f, helper(1)); }
""",
    "cpp": """
#include "bar.h"
namespace a { namespace b {
/// Holds.
template <typename T> class Foo : public Base<T> {
 public:
  explicit Foo(int n) : n_(n), bar_(n) { bar_.run(); }
  int go(const T& t) const { auto f = [&](int q) { return t.size() + q; }; return f(n_); }
  Foo& operator=(const Foo& o) { n_ = o.n_; return *this; }
  virtual void stop() = 0;
 private:
  int n_; Bar bar_;
};
int helper(Bar& b) { for (auto& x : b.all()) { x.run(); } return b.size(); }
void Foo<int>::stop() { helper(bar_); go(n_); }
} }
""",
    "c_sharp": """
using System;
namespace A.B {
    /// <summary>Holds.</summary>
    public class Foo<T> : Base, IShape where T : Bar {
        private readonly List<T> items = new();
        public int Size { get { return items.Count; } set { items.Clear(); } }
        public Foo(Bar bar) : base(bar) { this.bar = bar; }
        public T Go(int n) {
            foreach (var each in items) { each.Run(n); }
            int Inner(int a) { return a; }
            return items[Inner(n)];
        }
        public T Go(string s) => items[0];
        public static Foo<Bar> Make() { var f = new Foo<Bar>(null); f.Go(1); return f; }
    }
}
""",
    "php": """<?php
namespace A\\B;
use C\\Bar;
/** Holds. */
class Foo extends Base implements Shape {
    use Helps;
    private Bar $bar;
    public function __construct(Bar $bar, private int $n = 3) { $this->bar = $bar; parent::__construct(); }
    /** @return Bar */
    public function go(int $n) {
        foreach ($this->all() as $each) { $each->run($n); }
        return $this->bar->go(fn($x) => $x->y);
    }
    public static function make(): static { $f = new Foo(new Bar()); $f->go(1); return $f; }
}
function helper(Foo $f) { $g = function () use ($f) { return $f->go(2); }; return $g(); }
function page(Foo $f) { ?><script>
  start(<?= $f->go(1) ?>)
<?php } ?>
<a onclick="helper(); <?php page(new Foo(new Bar())); ?>">end</a></script>
""",
}
STATEMENTS = (
    "probe = thing(1)",
    "self.x = Foo(2)",
    "this.x = new Foo();",
    "this.y = y;",
    "probe();",
    "return make(4);",
    "const g = (a) => { let k = a.b; return k.c(); };",
    "function inner(a) { return a; }",
    "def inner(): return q",
    "global g; g = 3",
    "from a.b import c",
    "class Inner { void m() { } }",
    "$this->a = new B();",
    "x := other.Call(1)",
    "let q = Foo::new(Bar);",
    "for x in y:",
    "    pass",
    "return;",
    "#if A",
    "#endif",
    "/* x",
    "*/",
    "{",
    "}",
    "(",
    "'",
    '"',
    "",
)


def sources() -> Iterator[tuple[str, str]]:
    """Walk samples of all languages that have functions; of Python also some of our own modules."""
    yield from SOURCES.items()
    yield "tsx", SOURCES["typescript"]
    for path in sorted((HERE / "samples").iterdir()):
        yield path.stem, path.read_text(encoding="utf-8")
    yield "python", (HERE / "golden" / "sample.py.txt").read_text(encoding="utf-8")
    for module in (again, known, re):
        yield "python", inspect.getsource(module)


def edited(text: str, random_: random.Random) -> str:
    """Make one edit somewhere: insert, delete, copy or move lines, replace words, or type a character."""
    lines = text.split("\n")
    at, kind = random_.randrange(len(lines)), random_.random()
    if kind < 0.3:
        lines.insert(at, lines[at][: len(lines[at]) - len(lines[at].lstrip())] + random_.choice(STATEMENTS))
    elif kind < 0.4:
        del lines[at : at + random_.choice((1, 1, 2, 5))]
    elif kind < 0.5:
        lines[at:at] = lines[random_.randrange(len(lines)) :][: random_.randrange(1, 5)]
    elif kind < 0.6:
        moved = lines[at : at + 3]
        del lines[at : at + 3]
        to = random_.randrange(len(lines) + 1)
        lines[to:to] = moved
    elif kind < 0.85:
        words, others = re.findall(r"[^\W\d]\w*", lines[at]), re.findall(r"[^\W\d]\w*", text)
        if words:
            lines[at] = re.sub(rf"\b{random_.choice(words)}\b", random_.choice(others), lines[at], count=1)
    else:
        place = random_.randrange(len(text) + 1)
        return (
            text[:place]
            + random_.choice(("", "x", "(", ")", " ", "\n", "é", "=", ".", "{", "}", ";"))
            + text[place + 1 :]
        )
    return "\n".join(lines)


def whole(data: bytes, language: str) -> FileFacts:
    return extract(data, language, LIMITS)


def seeds(count: int) -> list[object]:
    """Return seeds of random edits: the first for every run of the tests, the others for the long one."""
    return [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, count))]


def differing(text: str, language: str, seed: int, steps: int) -> Iterator[tuple[str, str]]:
    """Walk (text before, text after) of edits after which the facts are not what they are from nothing.

    Once with the file remembered, once with nothing at hand but what was stored of the text before.
    """
    random_ = random.Random(seed)
    memory = Memory()
    memory.extract("x", text.encode(), language, LIMITS)
    before = Memory().encoded("", text.encode(), language, LIMITS)
    for _ in range(steps):
        after = edited(text, random_)
        now, expected = memory.extract("x", after.encode(), language, LIMITS), whole(after.encode(), language)
        stored = Memory().encoded("", after.encode(), language, LIMITS, before)
        if now != expected or not encode_facts(now) == encode_facts(expected) == replace(stored, layout=b""):
            yield text, after
        if expected.outline.problems and random_.random() < 0.7:  # go on from the text before
            memory.extract("x", text.encode(), language, LIMITS)
        else:
            text, before = after, stored


@pytest.mark.parametrize(("language", "text"), list(sources()), ids=lambda value: value if value in LANGUAGES else "")
def test_facts_are_those_of_the_whole_file(language: str, text: str) -> None:
    """After every edit of a row of random ones the facts are, byte for byte, what extraction from nothing gives."""
    assert not list(differing(text, language, 1, 60))


BODIES = {
    "python": ("    return 1\n", "    probe = thing(1)\n    return 1\n"),
    "javascript": ("return this;", "this.w = probe(); return this;"),
    "java": ("var x = b.make();", "var x = b.make(); probe(x);"),
    "go": ("other.Call()", "other.Call(); f.Go(3)"),
    "rust": ("let items = Vec::new();", "let items = Vec::new(); probe(items);"),
    "c": ("return a + LIMIT;", "probe(); return a + LIMIT;"),
    "cpp": ("return b.size();", "b.run(); return b.size();"),
    "c_sharp": ("var f = new Foo<Bar>(null);", "var f = new Foo<Bar>(null); f.Probe();"),
    "php": ("$f = new Foo(new Bar());", "$f = new Foo(new Bar()); $f->probe();"),
    "ruby": ("@b = b", "@b = b; probe(b)"),
}


@pytest.mark.parametrize("language", BODIES)
def test_an_edit_of_a_body_is_looked_at_alone(language: str) -> None:
    """An edit inside one function is extracted in part, and what was added inside is found where it stands."""
    text = SOURCES.get(
        language, "class C:\n    def a(self):\n        return 0\n\n\ndef f(x):\n    return 1\n\n\nlast = f(2)\n"
    )
    before, after = BODIES[language]
    memory = Memory()
    for now in (text, text.replace(before, after), text, "\n" + text):
        data = now.encode()
        assert memory.extract("x", data, language, LIMITS) == whole(data, language)
    assert memory.helped == 2  # there and back; a line in front of everything is in nobody's body


@pytest.mark.parametrize("language", BODIES)
def test_what_was_stored_of_a_file_does_for_its_first_edit(language: str) -> None:
    """Somebody who has never seen a file extracts an edit of it in part, out of what the store has."""
    text = SOURCES.get(language, "def f(x):\n    return 1\n\n\nlast = f(2)\n")
    edited_text = text.replace(*BODIES[language]).encode()
    before = Memory().encoded("", text.encode(), language, LIMITS)
    memory = Memory()
    now = memory.encoded("x", edited_text, language, LIMITS, before)
    assert replace(now, layout=b"") == encode_facts(whole(edited_text, language))
    assert memory.helped == 1
    again_now = memory.encoded("x", text.encode(), language, LIMITS, before)  # remembered is another text than `before`
    assert replace(again_now, layout=b"") == encode_facts(whole(text.encode(), language))


@pytest.mark.parametrize("damage", ["layout", "outline", "occurrences", "inputs", "limits", "language"])
def test_what_was_stored_may_be_anything(damage: str) -> None:
    """Damaged parts, other limits and another language cost time only: the file is extracted whole."""
    text, now = b"def f(x):\n    return 1\n", b"def f(x):\n    return 1 + x\n"
    limits = Limits(max_depth=7) if damage == "limits" else LIMITS
    before = Memory().encoded("", text, "python", limits)
    if damage == "language":
        before = replace(before, language="javascript")
    elif damage != "limits":
        before = replace(before, **{damage: b"\x28\xb5"})
    memory = Memory()
    facts = extract_encoded(now, "python", LIMITS, memory, "x", before)
    assert replace(facts, layout=b"") == encode_facts(whole(now, "python"))
    assert memory.helped == 0


def watched_parser(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Return a list to which is added what the parser reads of an edited file; b"" where it reads all of it."""
    read: list[bytes] = []

    def watched(data: bytes, language: str, limits: Limits, reduced: Reduced | None = None) -> Look | SyntaxProblem:
        read.append(reduced.read if reduced else b"")
        return look(data, language, limits, reduced)

    monkeypatch.setattr(damaged, "look", watched)
    return read


def test_other_functions_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the parser reads of an edited file has nothing in it of functions that were not edited."""
    read = watched_parser(monkeypatch)
    text = b"".join(b"def f%d(a):\n    return a.b%d\n\n\n" % (n, n) for n in range(9))
    memory = Memory()
    memory.extract("x", text, "python", LIMITS)
    memory.extract("x", text.replace(b"a.b4", b"a.c"), "python", LIMITS)
    assert b"a.c" in read[-1]
    assert re.findall(rb"f\d|b\d", read[-1]) == [b"f3", b"f4", b"f5"]  # neighbours keep their headers


def test_an_edit_of_an_indexer_is_looked_at_alone() -> None:
    """The accessors of an indexer are its body, as those of a property are."""
    text = b"class A {\n  int F() { return a(); }\n  public int this[int at]\n  {\n    get\n    {\n      return b();\n"
    text += b"    }\n  }\n  public int this[A at] => at.c();\n}\n"
    memory = Memory()
    for now in (text, text.replace(b"b()", b"d(1)"), text):
        facts = memory.extract("x", now, "c_sharp", LIMITS)
        assert facts == whole(now, "c_sharp")
        assert facts.outline.definitions[3].signature == "public int this [ int at ]"
    assert memory.helped == 2


REMARKED = {
    "c_sharp": ("class A {\n%s}\n", "  /// note%d\n  void F%d() {\n    a%d();\n  }\n\n"),
    "rust": ("impl A {\n%s}\n", "    /// note%d\n    #[inline]\n    fn f%d() {\n        a%d();\n    }\n\n"),
}


def test_what_members_are_initialised_with_is_part_of_a_constructors_body(monkeypatch: pytest.MonkeyPatch) -> None:
    """In C++ an edit of a constructor is looked at alone, and those of others are left out, lists and all."""
    first = b"struct One : Base {\n  One(int a) : Base(a), left(own(a)) {\n    go(left);\n  }\n  int left;\n};\n"
    second = b"Two::Two(int b)\n    : Base(b), right{other(b)} {\n  stop(right);\n}\n"
    caught = b"Three::Three(int c) try : x(c) {\n  left(c);\n} catch (...) {\n  right(c);\n}\n"
    text = first + second + caught + b"int last() { return 1; }\n"
    looked_at = watched_parser(monkeypatch)
    for old, new in ((b"go(left)", b"gone(left)"), (b"own(a)", b"owned(a, 1)"), (b"stop(right)", b"stopped(right)")):
        memory = Memory()
        memory.extract("a.cpp", text, "cpp", LIMITS)
        now = text.replace(old, new)
        assert memory.extract("a.cpp", now, "cpp", LIMITS) == whole(now, "cpp")
        assert memory.helped == 1, old
        assert (b"stop" in looked_at[-1]) == (b"other" in looked_at[-1]) == (old == b"stop(right)"), looked_at[-1]
    memory = Memory()
    for header in (b"void f(int a)", b"void f(long a)"):  # what the class has of its constructors is what it had
        now = text.replace(b"int left;", header + b" {}\n  int left;")
        assert memory.extract("a.cpp", now, "cpp", LIMITS) == whole(now, "cpp")
    assert memory.helped == 1
    now = text.replace(b"return 1", b"return 2")
    memory.extract("a.cpp", now, "cpp", LIMITS)
    assert memory.extract("a.cpp", text, "cpp", LIMITS) == whole(text, "cpp")


@pytest.mark.parametrize("language", REMARKED)
def test_comments_of_other_functions_are_not_looked_at(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser reads of comments before functions those of the edited one and its neighbours."""
    read = watched_parser(monkeypatch)
    frame, one = REMARKED[language]
    text = (frame % "".join(one % (number, number, number) for number in range(9))).encode()
    header = b"4(c: C)" if language == "rust" else b"4(C c)"
    memory = Memory()
    for now in (text, text.replace(b"a4", b"b4"), text.replace(b"4()", header, 1), text.replace(b"note4", b"said4")):
        assert memory.extract("x", now, language, LIMITS) == whole(now, language)
        if now != text and b"said" not in now:
            assert re.findall(rb"note\d", read[-1])[-3:] == [b"note3", b"note4", b"note5"]
            assert b"note2" not in read[-1]
    assert memory.helped == 2


def test_what_only_looks_like_a_comment_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines of a string that begin like comments stay: between functions only what begins as one is a comment."""
    made = '  public static implicit operator string(A a) => @"\n// note\n";\n'
    text = f"class A {{\n  void F() {{ a(); }}\n{made}  void G() {{ b(); }}\n  void I() {{ }}\n".encode()
    text += b"  void H() { c(); }\n}\n"
    now = text.replace(b"c()", b"d()")

    def helped() -> int:
        memory = Memory()
        for each in (text, now):
            assert memory.extract("x", each, "c_sharp", LIMITS) == whole(each, "c_sharp")
        return memory.helped

    assert helped() == 1
    anywhere = re.compile(rb"\n((?://[^\n]*\n\s*)(?:\".*\s*)?)")

    def wrong(read: bytes, begin: int, end: int, _: object) -> tuple[int, int]:
        found = anywhere.search(read, begin, end)
        return found.span(1) if found else (0, 0)

    monkeypatch.setattr(reduction, "_remarks", wrong)
    assert helped() == 0


@pytest.mark.parametrize(
    "kind", ["  int F%d(A a) => a.b%d();\n", "  public static C operator +(C a, C b) => a.b%d(%d);\n"]
)
def test_a_body_behind_an_arrow_is_a_body(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member of C# with an expression for a body is extracted alone, and left out where another one was edited."""
    read = watched_parser(monkeypatch)
    text = ("class C {\n" + "".join(kind % (number, number) for number in range(9)) + "}\n").encode()
    memory = Memory()
    memory.extract("x", text, "c_sharp", LIMITS)
    for now in (text.replace(b"a.b4(", b"b.b4("), text):
        assert memory.extract("x", now, "c_sharp", LIMITS) == whole(now, "c_sharp")
        assert re.findall(rb"a\.b\d", read[-1].replace(b"b.b4", b"a.b4")) == [b"a.b4"]
    assert memory.helped == 2


BUNDLE = b"""var shared = (cb, mod) => function load() { return mod || cb(mod); };
const twice = (a) => a.both(a);
var one = shared({
  "one.js"(exports) {
    exports.first = first;
    function first(a) { return a.b; }
    class Kept { last(a) { return a.c; } }
    exports.Kept = Kept;
  }
});
var two = shared({ "two.js"(exports) { exports.second = second; function second(a) { return a.d; } } });
module.exports = { twice, second: (a) => (a.e) };
"""
IN_BUNDLE = (b"mod || cb", b"a.both", b"return a.b", b"return a.c", b"return a.d")


@pytest.mark.parametrize("language", ["javascript", "typescript"])
@pytest.mark.parametrize("edit", IN_BUNDLE)
def test_an_edit_in_a_bundle_is_looked_at_alone(language: str, edit: bytes) -> None:
    """So is one behind an arrow, and one in a file where other functions offer something by a name of their own."""
    memory = Memory()
    for now in (BUNDLE, BUNDLE.replace(edit, edit[:-1] + b"b.go()." + edit[-1:]), BUNDLE):
        assert memory.extract("x", now, language, LIMITS) == whole(now, language)
    assert memory.helped == 2


def test_the_context_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """If an edit of a header passed for one of the body, facts would come out wrong, and the test above notices."""
    text = b"class C:\n    def go(self, a):\n        return a\n\n    def stop(self, b):\n        return b\n"
    changed = text.replace(b"self, a", b"self, zz")

    def found(memory: Memory) -> FileFacts:
        memory.extract("x", text, "python", LIMITS)
        return memory.extract("x", changed, "python", LIMITS)

    memory = Memory()
    assert found(memory) == whole(changed, "python")
    assert memory.helped == 1
    monkeypatch.setattr(
        again, "spliced", lambda file, part, what, limit: spliced(file, part, what._replace(in_header=False), limit)
    )
    assert found(Memory()) != whole(changed, "python")

    def wrong(file: Known, begin: int, _: int) -> Function | None:
        return file.functions[begin > file.functions[0].end] if file.functions[1:] else None

    monkeypatch.setattr(again, "_function_around", wrong)
    assert list(differing(SOURCES["rust"], "rust", 1, 60))


def test_names_of_scopes_around_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where functions share the variables of a scope around them, none is extracted alone, and that matters."""
    text = "namespace N {\n  let y = null;\n  export function a() {\n    y = new Bar();\n  }\n"
    text += "  export function b() {\n    return y.go();\n  }\n}\n"

    def same() -> bool:
        memory = Memory()
        memory.extract("x", text.encode(), "typescript", LIMITS)
        data = text.replace("Bar", "Qux").encode()
        return memory.extract("x", data, "typescript", LIMITS) == whole(data, "typescript")

    assert same()
    monkeypatch.setattr(known, "is_shared", lambda *_: False)
    monkeypatch.setattr("codegraph.extract.splice.is_shared", lambda *_: False)
    assert not same()


def test_several_functions_are_looked_at_one_by_one() -> None:
    """Edits of two functions are taken in one after the other; of more than a few the file is extracted whole."""
    text = "".join(f"def f{n}(a):\n    x = a.b{n}\n    return x\n\n\n" for n in range(9))
    for edited, helped in (((2, 7), 1), ((0, 4, 8), 1), ((1, 2, 3, 4), 0)):
        memory = Memory()
        memory.extract("x", text.encode(), "python", LIMITS)
        data = text
        for number in edited:
            data = data.replace(f"a.b{number}", f"a.call({number}, c)\n    del a")
        assert memory.extract("x", data.encode(), "python", LIMITS) == whole(data.encode(), "python")
        assert memory.helped == helped


def test_two_edited_functions_are_told_apart_where_a_blank_line_is_all_between_them() -> None:
    """What stands between two functions may stand inside one, too: an edit of two of them is still two edits."""
    methods = "".join(f"    def f{n}(self):\n        x = self.b{n}\n\n        return x\n\n" for n in range(9))
    text = f"class C:\n{methods}"
    memory = Memory()
    memory.extract("x", text.encode(), "python", LIMITS)
    for first, last in ((2, 7), (2, 3), (0, 8)):
        data = text
        for number in (first, last):
            data = data.replace(f"self.b{number}", f"call({number})\n\n        self.c{first}{last}")
        assert memory.extract("x", data.encode(), "python", LIMITS) == whole(data.encode(), "python")
        assert memory.extract("x", text.encode(), "python", LIMITS) == whole(text.encode(), "python")
    assert memory.helped == 6


def test_a_defect_of_what_is_remembered_costs_time_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """If taking over what is known fails, the file is extracted whole."""

    def fail(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr(again, "step_by_step", fail)
    memory = Memory()
    for text in (b"def f(a):\n    return a\n", b"def f(a):\n    return a.b\n"):
        facts = extract_encoded(text, "python", LIMITS, memory, "x")
        assert replace(facts, layout=b"") == encode_facts(whole(text, "python"))


BROKEN = {
    "cpp": b"int f(A a) { if IS_SET (a) { a.run(); } return 1; }\nint g(B b) { return b.size(); }\nint h();\n",
    "c": b"int f(int a) { int x[ = { 1 }; return a; }\nint g(int b) { return b + 1; }\nint h(void);\n",
    "java": b"class A { int f(B b) { b..run(); return 1; } int g(B b) { return b.size(); }\n int h; }\n",
}


@pytest.mark.parametrize("language", BROKEN)
def test_an_edit_of_a_broken_file_is_looked_at_alone(language: str) -> None:
    """Where the parser cannot read a place, an edit elsewhere is still extracted in part, and the place stays known."""
    text = BROKEN[language]
    memory = Memory()
    for now in (text, text.replace(b"return b", b"probe(b);\n return b"), text):
        facts = memory.extract("x", now, language, LIMITS)
        assert facts == whole(now, language)
        assert facts.outline.problems
    assert memory.helped == 2


TORN = b"""int f(A a) { return 1; }
TEST_F(Kind, Value) {
  auto one = make();
  OK(Datum out, Call("in", {input}, &options));
  use(one, out);
}
template <typename T> static int g(const T& a) { return use(a, 1); }
static int g(const B& a, int b = sizeof(int)) { return use(a, 2); }
struct Held {
  int size() { return 3; }
};
class Other {
  int count() { return 4; }
};
int h(B b) { return b.size(); }
"""


@pytest.mark.parametrize("edit", [b"return 1", b"return b", b"return 4"])
def test_what_is_left_out_beside_a_broken_place_is_left_out_as_it_stands(edit: bytes) -> None:
    """A body that a broken place touches stays, and no semicolon of a class stays without it."""
    memory = Memory()
    for now in (TORN, TORN.replace(edit, b"probe(1); " + edit), TORN):
        assert memory.extract("x", now, "cpp", LIMITS) == whole(now, "cpp")
    assert memory.helped == 2


HALF_TYPED = {
    "cpp": (BROKEN["cpp"], [(b"b.size()", b"b..size()"), (b"IS_SET ", b"")]),
    "rust": (
        b"fn f(a: A) -> u8 { match a { A::B => 1, _ => 2 } }\nfn g(b: B) -> u8 { b.size() }\nstruct H;\n",
        [(b"_ => 2", b"_ => call(); return 2"), (b"b.size()", b"b.(); b.size()")],
    ),
    "typescript": (
        b"function f(a: A) { return a.run(); }\nclass B { g(b: B) { return b.size(); } }\nlet h = 1;\n",
        [(b"a.run()", b"a.(1); a.run()"), (b"return b", b"b.; return b")],
    ),
    "python": (
        b"def f(a):\n    return a.run()\n\n\ndef g(b):\n    return b.size()\n\n\nh = 1\n",
        [(b"return a", b"a.(b)\n    return a")],
    ),
}


@pytest.mark.parametrize("language", HALF_TYPED)
def test_an_edit_that_breaks_or_mends_a_function_is_looked_at_alone(language: str) -> None:
    """What breaks a function, and what mends it, is extracted in part if the rest of the file is broken as before."""
    text, edits = HALF_TYPED[language]
    memory = Memory()
    memory.extract("x", text, language, LIMITS)
    for count, (old, new) in enumerate(edits, 1):
        now = text.replace(old, new)
        assert memory.extract("x", now, language, LIMITS) == whole(now, language)
        assert memory.extract("x", text, language, LIMITS) == whole(text, language)
        assert memory.helped == 2 * count, (old, new)


def test_an_edit_that_breaks_more_than_a_function_is_looked_at_as_a_whole() -> None:
    """Where a broken function takes in text behind it, the file is extracted whole."""
    text = BROKEN["cpp"]
    memory = Memory()
    memory.extract("x", text, "cpp", LIMITS)
    now = text.replace(b"b.size()", b"b.size(); {")
    assert memory.extract("x", now, "cpp", LIMITS) == whole(now, "cpp")
    assert memory.helped == 0


AMBIGUOUS = b"""
                m_it.object_iterator = typename object_t::iterator();
    /*!
    */
    iter_impl& operator=(const iter_impl<typename std::remove_const<BasicJsonType>::type>& other) noexcept // NOLINT
            {
    @pre The iterator is initialized; i.e. `m_object != nullptr`.
        }
    }
    /*!
    */
    template < class IterImpl, detail::enable_if_t < (std::is_same<IterImpl, SAME<IterImpl, other_iter_impl>::value), \
int > = 0 >
    bool operator!=(const IterImpl& other) const
    {
    }"""


def test_which_of_two_readings_is_taken_may_hang_on_a_broken_place_before() -> None:
    """`a<b, c<d>::e` is two things in C++: behind a broken place the parser's choice needs all the text between."""
    before = AMBIGUOUS.replace(b"SAME", b"iter_impl>::value || std::is_same")
    now = AMBIGUOUS.replace(b"SAME", b"iter_i::is_same")
    memory = Memory()
    memory.extract("x", before, "cpp", LIMITS)
    assert memory.extract("x", now, "cpp", LIMITS) == whole(now, "cpp")


READ_OTHERWISE = b"""func f() {
    let request = session.request(.default).response { resp in
    }
    wait(timeout: timeout)
}
func g() {
    let session = session(using: Cacher.none)
    let expectation = expectation(description: "a request")
}
"""


def test_what_stands_behind_a_function_that_breaks_may_be_read_otherwise() -> None:
    """Swift: of `session(using: ...)` behind a broken place another reading wins, and nothing there is broken."""
    now = READ_OTHERWISE.replace(b".default", b'.default#"')
    memory = Memory()
    memory.extract("x", READ_OTHERWISE, "swift", LIMITS)
    assert memory.extract("x", now, "swift", LIMITS) == whole(now, "swift")


@pytest.mark.parametrize("language", ["c", "cpp", "java", "typescript", "go"])
def test_a_comment_without_an_end_takes_in_what_stands_behind(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What begins a comment is two operators where nothing ends it; what ends it may stand in another function."""
    frame = {"go": b"package a\nfunc f(a int) { g(a/b) }\nfunc h() { i() /* j */ }\nvar k = l()\n"}
    frame |= {"java": b"class A { void f(int a) { g(a/b); }\nvoid h() { i(); /* j */ }\nint k = l(); }\n"}
    frame |= {"typescript": b"function f(a) { g(a/b); }\nfunction h() { i(); /* j */ }\nlet k = l();\n"}
    before = frame.get(language, b"void f(int a) { g(a/b); }\nvoid h() { i(); /* j */ }\nint k;\n")
    after = before.replace(b"a/b", b"a/*b")

    def found() -> FileFacts:
        memory = Memory()
        memory.extract("x", before, language, LIMITS)
        return memory.extract("x", after, language, LIMITS)

    assert found() == whole(after, language)
    if language in ("c", "cpp"):
        monkeypatch.setattr(damaged, "_may_run_on", lambda *_: False)
        assert found() != whole(after, language)


SPANNED = {
    "javascript": b"function %s(b) {\n  return a * 1; // two\n}\n\n",
    "typescript": b"function %s(b) {\n  return a * 1; // two\n}\n\n",
    "c": b"int %s(int *b) {\n  return a * 1; // two\n}\n\n",
    "go": b"func %s(b *int) {\n  x = a * 1 // two\n}\n\n",
    "swift": b"func %s(b: Int) {\n  let x = a * 1 // two\n}\n\n",
}


@pytest.mark.parametrize("language", SPANNED)
@pytest.mark.parametrize("saves", [1, 2])
def test_a_comment_may_begin_in_one_function_and_end_in_another(language: str, saves: int) -> None:
    """What begins a comment is no mistake where nothing ends it; the end may come with it or later."""
    first, between, last = (SPANNED[language] % name for name in (b"one", b"two", b"three"))
    begun = first.replace(*((b"a *", b"/*b") if language in ("javascript", "typescript") else (b"* 1", b"/*b")))
    texts = [first + between + last, begun + between + last]
    texts.append(begun + between + last.replace(b"// two", b"// */"))
    memory = Memory()
    for text in (texts[0], *texts[-saves:]):
        assert memory.extract("x", text, language, LIMITS) == whole(text, language)
    assert len(whole(texts[2], language).outline.definitions) < len(whole(texts[1], language).outline.definitions)


GLOBS = {
    "go": b'package a\nfunc %s(a int) { return g("/api/*", a, "BAR") /* b */ }\n',
    "javascript": b'function %s(a) { return g(`/api/*`, a, "BAR", /[/*]/); /** b */ }\n',
    "python": b'def %s(a):\n    return g("/api/*", a, "BAR")\n',
    "rust": b'fn %s(a: i32) { return g("/api/*", a, "BAR"); /* b /* c */ */ }\n',
    "cpp": b'int %s(int a) { return g("/api/*", a, "BAR", R"(x)"); /* b */ }\n',
}


@pytest.mark.parametrize("language", GLOBS)
def test_what_would_begin_a_comment_in_a_string_begins_none(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does what would begin a raw string; so the file is not parsed as a whole, as a broken one is."""
    before = b"".join(GLOBS[language] % name for name in (b"one", b"two", b"three", b"four"))
    at = before.index(b"a,", before.index(b"two"))
    after = before[:at] + b"h(a)" + before[at + 1 :]
    memory = Memory()
    memory.extract("x", before, language, LIMITS)
    monkeypatch.setattr(damaged, "_looked_at_broken", lambda *_: None)
    assert memory.extract("x", after, language, LIMITS) == whole(after, language)
    assert memory.helped == 1


BROKEN_BESIDE = {
    "go": (b"var x = []int{1,, 2}\n", b"func %s(a int) int { return a }\n"),
    "rust": (b"const X: fn(i32) -> = f;\n", b"fn %s(a: i32) -> i32 { return a; }\n"),
    "javascript": (b"const made = { a: 1, b c };\n", b"function %s(a) { return a; }\n"),
    "typescript": (b"const made = { a: 1, b c };\n", b"function %s(a: number) { return a; }\n"),
    "ruby": (b"D = (1 2)\n", b"def %s(a)\n  return a\nend\n"),
    "c": (b"int x[ = 1;\n", b"int %s(int a) { return a; }\n"),
}


@pytest.mark.parametrize("edit", [b"return g(a)", b"a. + ; return g(a)"])
@pytest.mark.parametrize("language", BROKEN_BESIDE)
def test_a_file_with_a_broken_place_is_parsed_from_its_last_tree(
    language: str, edit: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is edited beside a broken place, or breaks a function, is no reason to parse the file from nothing."""
    broken, function = BROKEN_BESIDE[language]
    before = b"".join(function % name for name in (b"one", b"two", b"three", b"four")) + broken
    before += b"".join(function % (b"f%d" % number) for number in range(300))
    after = before.replace(b"return a", edit, 1)
    memory, readings = Memory(), list[Reading | None]()
    memory.extract("x", before, language, LIMITS)
    resumed = damaged._resumed

    def noted(*given: Any) -> Reading | None:
        readings.append(resumed(*given))
        return readings[-1]

    monkeypatch.setattr(damaged, "_resumed", noted)
    for count, now in enumerate((after, before), 1):
        assert memory.extract("x", now, language, LIMITS) == whole(now, language)
        assert memory.helped == count
        assert [each is not None for each in readings] == [True] * count


def test_what_headers_define_is_numbered_through_the_class() -> None:
    """Parameters of several methods may be properties of one name: an edit of one method renames none of them."""
    method = b"  public function %s(public $code) {\n    return %s();\n  }\n\n"
    names = (b"one", b"two", b"three", b"four")
    before = b"<?php\nclass A {\n" + b"".join(method % (name, name) for name in names) + b"}\n"
    memory = Memory()
    memory.extract("x", before, "php", LIMITS)
    for name in names:
        after = before.replace(b"return %s" % name, b"go(); return %s" % name)
        assert memory.extract("x", after, "php", LIMITS) == whole(after, "php")
    assert memory.helped > 0


def test_what_a_broken_function_takes_in_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit of a broken function is looked at in part only if its tree is the one that it has in the whole file."""
    before = (
        b"int f(int l) {\n  l:oop[1] = -1;\n  each(q, &l) {\n    T* h = d(q, u_t, q);\n    s;\n  }\n  return l;\n}\n"
        b"void g(int l) {\n  S* q;\n  /* x */\n  each(q, &l) {\n    u();\n  }\n}\n"
    )
    after = before.replace(b"u_t", b"u_/*t")

    def found() -> tuple[FileFacts, int]:
        memory = Memory()
        memory.extract("x", before, "c", LIMITS)
        return memory.extract("x", after, "c", LIMITS), memory.helped

    assert found() == (whole(after, "c"), 0)
    places = broken_in(compiled("c").read(before))
    at = before.index(b"u_t")
    moved = tuple(each._replace(start=each.start + 2, end=each.end + 2) if each.start > at else each for each in places)
    monkeypatch.setattr(damaged, "_nodes_within", lambda *_: [])
    monkeypatch.setattr(damaged, "_is_same_elsewhere", lambda *_: True)
    monkeypatch.setattr(damaged, "broken_in", lambda _: moved)
    assert found() != (whole(after, "c"), 0)


def declared(number: int) -> bytes:
    """Return a declaration behind a macro, which the parser cannot read as it is."""
    return b"LIB_API int (*name%d)(int a) LIB_ATTR;\n" % number


def test_what_broken_places_before_a_function_prove_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """That the bytes as they are cannot be read is not looked at again if three such places stand before the function.

    The parser fails at the first of them whatever follows. With fewer, or behind what was edited itself, it is.
    """
    kinds: list[bool] = []
    parsed = grammar.Compiled.parsed_without

    def counted(self: grammar.Compiled, read: bytes, blank: list[tuple[int, int]]) -> Tree:
        tree = parsed(self, read, blank)
        kinds.append(tree.root_node.has_error)
        return tree

    monkeypatch.setattr(grammar.Compiled, "parsed_without", counted)
    last = b"int last(int l) {\n  return one(l);\n}\n\n"
    first = last.replace(b"last", b"first")

    def edited(*texts: bytes) -> list[bool]:
        memory = Memory()
        memory.extract("a.h", texts[0], "c", LIMITS)
        for text in texts[1:]:
            kinds.clear()
            assert memory.extract("a.h", text, "c", LIMITS) == whole(text, "c")
        assert memory.helped == len(texts) - 1
        return [*kinds]

    three = b"".join(map(declared, range(3)))
    assert compiled("c").parser.parse(three + last).root_node.has_error
    assert not compiled("c").read(three + last).has_error
    assert edited(three + last, three + last.replace(b"one", b"two")) == [False]
    assert edited(last + three, last.replace(b"one", b"two") + three) == [True, False]
    assert edited(declared(0) + last, declared(0) + last.replace(b"one", b"two")) == [True, False]
    above = first.replace(b"one", b"two") + three
    assert edited(first + three + last, above + last, above + last.replace(b"one", b"two")) == [True, False]


def test_memory_is_bounded() -> None:
    """The files seen last are kept up to a size; those seen longest ago are forgotten first."""
    text = b"".join(b"def f%d(a):\n    return a.b\n\n\n" % n for n in range(20))
    memory = Memory(20_000)
    for name in ("one", "two", "three", "one"):
        memory.extract(name, text, "python", LIMITS)
        assert 0 < memory.size <= 20_000
    memory.extract("one", text.replace(b"a.b", b"a.c", 1), "python", LIMITS)
    assert memory.helped == 1
    memory.extract("two", text.replace(b"a.b", b"a.c", 1), "python", LIMITS)
    assert memory.helped == 1


@pytest.mark.parametrize("statement", ["namespace Other;", "namespace Other { }", "use Other\\Bar;"])
def test_what_php_has_at_the_top_only_changes_nothing_from_within_a_function(statement: str) -> None:
    """The grammar reads a namespace or an import in a body; the rest of the file must not depend on it."""
    source = "<?php\nnamespace Here;\nfunction f() { BODY }\nfunction g(Bar $b) { return new Bar(); }\n"
    memory = Memory()
    memory.extract("a.php", source.replace("BODY", "return 1;").encode(), "php", LIMITS)
    edited = source.replace("BODY", f"{statement} return 1;").encode()
    found = memory.extract("a.php", edited, "php", LIMITS)
    assert memory.helped == 1
    assert found == extract(edited, "php", LIMITS)
    assert not found.occurrences.imports
    assert ("\\Here\\Bar",) in {each.chain for each in found.occurrences.references}


def test_a_function_within_a_header_stays_whole() -> None:
    """A field's header holds the methods of an anonymous class; the class around shows it when a header is edited."""
    before = (
        b"class A {\n  Object f = new Object() { void g() { h(); } };\n  @Override\n  public void k() { m(); }\n}\n"
    )
    after = before.replace(b"  @Override\n", b"")
    memory = Memory()
    memory.extract("A.java", before, "java", LIMITS)
    assert memory.extract("A.java", after, "java", LIMITS) == extract(after, "java", LIMITS)


TYPES = {
    "typescript": (
        b'import { Bar } from "./bar";\n%sexport function f(a: T4) {\n  return a.b;\n}\n',
        b"export interface T%d { m%d(): Bar }\n",
    ),
    "cpp": (b'#include "bar.h"\n%sint f(T4& a) {\n  return a.b();\n}\n', b"struct T%d {\n  Bar m%d();\n};\n"),
    "java": (
        b"class Outer {\n%s  int f(T4 a) {\n    return a.b();\n  }\n}\n",
        b"  static class T%d {\n    Bar m%d;\n  }\n",
    ),
    "rust": (b"use bar::Bar;\n%spub fn f(a: T4) -> i32 {\n    a.b()\n}\n", b"pub struct T%d {\n    m%d: Bar,\n}\n"),
    "c": (b'#include "bar.h"\n%sint f(struct T4 *a) {\n  return a->b();\n}\n', b"struct T%d {\n  Bar m%d;\n};\n"),
    "python": (b"from bar import Bar\n%sdef f(a: T4):\n    return a.b()\n", b"class T%d:\n    m%d = Bar()\n"),
    "ruby": (b"require 'bar'\n%sdef f(a)\n  a.b(T4)\nend\n", b"class T%d\n  attr_reader :m%d\nend\n"),
    "go": (b"package a\n%sfunc f(a T4) int {\n    return a.b()\n}\n", b"type T%d struct {\n    m%d Bar\n}\n"),
}


@pytest.mark.parametrize("language", TYPES)
def test_types_that_are_not_named_are_not_looked_at(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser reads of other definitions those that the edited function names, and its neighbours."""
    read = watched_parser(monkeypatch)
    frame, one = TYPES[language]
    text = frame % b"".join(one % (number, number) for number in range(9))
    memory = Memory()
    for now in (text, text.replace(b"a.b", b"a.c").replace(b"a->b", b"a->c")):
        assert memory.extract("x", now, language, LIMITS) == whole(now, language)
    assert memory.helped == 1
    assert sorted(set(re.findall(rb"m\d", read[-1]))) == [b"m4", b"m8"]


@pytest.mark.parametrize("language", sorted(TYPES.keys() - {"java", "typescript"}))
def test_types_that_an_edited_header_does_not_name_are_not_looked_at(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same holds if the header was edited, but what names the function is looked at, too."""
    read = watched_parser(monkeypatch)
    frame, one = TYPES[language]
    text = frame.replace(b" f(", b" make(") % b"".join(one % (number, number) for number in range(9))
    text = text.replace(b"m6", b"m6make")
    now = re.sub(rb"(make\(.*)\ba\b", rb"\1z", text, count=1)
    assert now != text
    memory = Memory()
    for each in (text, now):
        assert memory.extract("x", each, language, LIMITS) == whole(each, language)
    assert memory.helped == 1
    assert sorted(set(re.findall(rb"m\d", read[-1]))) == [b"m4", b"m6", b"m8"]


MEMBERS = {
    "java": ("class Outer {\n%s  int go(A a) {\n    return a.b();\n  }\n}\n", "  int m%d() {\n    return 1;\n  }\n"),
    "python": ("class Outer:\n%s    def go(self, A):\n        return 1\n", "    def m%d(self):\n        return 1\n\n"),
    "cpp": ("class Outer {\n%s  int go(A a) {\n    return a.b();\n  }\n};\n", "  int m%d() {\n    return 1;\n  }\n"),
}


@pytest.mark.parametrize("language", MEMBERS)
def test_a_class_has_the_headers_of_all_members(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a header was edited, the own input of its class is made anew, of the headers of all of its members."""
    frame, one = MEMBERS[language]
    text = (frame % "".join(one % number for number in range(5))).encode()
    now = text.replace(b"A", b"B")

    def found() -> FileFacts:
        memory = Memory()
        memory.extract("x", text, language, LIMITS)
        facts = memory.extract("x", now, language, LIMITS)
        assert memory.helped == 1
        return facts

    assert found() == whole(now, language)
    monkeypatch.setattr(reduction._Bound, "has", lambda *_: False)
    assert found() != whole(now, language)


def test_a_heredoc_behind_the_line_that_begins_it_is_no_affair_of_one_method() -> None:
    """The text of a heredoc stands behind its line: behind the method, if that is the method's last line."""
    text = b"class A\n  def go(a) a.b end\n  def made; 1; end\nT\nend\n"
    memory = Memory()
    for now in (text, text.replace(b"a.b", b"a.b(<<T)"), text, text.replace(b"; 1;", b"; <<-T;"), text):
        assert memory.extract("x", now, "ruby", LIMITS) == whole(now, "ruby")
    assert memory.helped == 0


def test_names_of_types_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """A type that the edited function names is looked at: a function may say what members it has."""
    text = b"export class A {}\n" + b"".join(b"export class B%d {}\n" % number for number in range(3))
    text += b"export function f() {\n  return 1;\n}\n"
    changed = text.replace(b"return 1;", b"A.made = new Bar();")

    def found() -> FileFacts:
        memory = Memory()
        memory.extract("x", text, "javascript", LIMITS)
        facts = memory.extract("x", changed, "javascript", LIMITS)
        assert memory.helped == 1
        return facts

    assert found() == whole(changed, "javascript")
    monkeypatch.setattr(reduction, "_said", lambda *_: set())
    assert found() != whole(changed, "javascript")


def test_what_is_numbered_through_the_file_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables of blocks outside of functions are numbered; a function that mentions one needs all of the file."""
    text = b"{\n  let y = new Bar();\n  function f() {\n    return 1;\n  }\n}\n"
    text += b"".join(b"const c%d = { all: [(a) => { let q = a.b; return q.c(); }] };\n" % n for n in range(3))
    changed = text.replace(b"return 1;", b"return y.go();")
    again_changed = changed.replace(b"y.go()", b"y.stop()")

    def is_same() -> bool:
        memory = Memory()
        memory.extract("x", text, "javascript", LIMITS)
        return all(
            memory.extract("x", each, "javascript", LIMITS) == whole(each, "javascript")
            for each in (changed, again_changed, text)
        )

    assert is_same()
    monkeypatch.setattr(again, "_has_mark", lambda *_: False)
    assert not is_same()


def test_an_edit_of_a_file_that_is_prepared_is_looked_at_alone() -> None:
    """That a file is not readable as it is may follow from a function that is left out otherwise."""
    text = b"".join(b"int f%d(int a) { return g(a); }\n" % number for number in range(4))
    text += b"EXPORT_API(int, h, (int a), NULL);\nstatic int k(int a) {\n  return a;\n}\n"
    memory = Memory()
    for now in (text, text.replace(b"return a;", b"return g(a);"), text):
        assert memory.extract("x", now, "c", LIMITS) == whole(now, "c")
    assert memory.helped == 2


def test_what_a_linkage_is_said_of_stays() -> None:
    """A function that `extern "C"` stands before is not left out as a whole: the linkage would take in what follows."""
    for gap in (b" ", b"\n", b" /* ; */ __attribute__((used))\n"):
        text = b'extern "C"' + gap + b"void first() {}\nnamespace n {\nvoid second() {}\n"
        text += b"int third(int a) {\n  return a;\n}\n}\n"
        memory = Memory()
        for now in (text, text.replace(b"return a", b"return b(a)")):
            assert memory.extract("x", now, "cpp", LIMITS) == whole(now, "cpp")
        assert memory.helped == 1


def test_a_name_that_is_tested_elsewhere_is_nothing_here() -> None:
    """Whether a member of an unknown local counts as a mention follows from its own function, not from another one."""
    text = b"class A:\n" + b"".join(
        b"    def f%d(self, one):\n        return one.x\n\n" % number for number in range(5)
    )
    text += b"    def g(self, one):\n        if isinstance(one, A):\n            return one.y\n        return None\n"
    memory = Memory()
    for now in (text, text.replace(b"one.x", b"one.z", 1)):
        facts = memory.extract("x", now, "python", LIMITS)
        assert facts == whole(now, "python")
        assert not [each for each in facts.occurrences.references if each.chain[-1] in "xz"]
    assert memory.helped == 1


@pytest.mark.parametrize(
    ("language", "start", "filled", "function"),
    [
        ("rust", "fn all(b: B) {{\n{}}}\n", "    m!(b);\n", "fn f%d(a: T) {\n    m!(a.g(), T::h());\n}\n"),
        ("python", "class A: pass\n", "", "def f%d(a, b):\n    if isinstance(a, A):\n        a.g(b)\n"),
    ],
)
def test_what_is_heeded_up_to_a_number_counts(language: str, start: str, filled: str, function: str) -> None:
    """A file with more of something than extraction heeds is looked at as a whole, one with as much in part."""
    most = LANGUAGES[language].heeded[1]
    before = most - 9 if filled else 0
    for number in (most, most + 1):
        text = "".join([start.format(filled * before), *(function % each for each in range(number - before))])
        memory = Memory()
        for now in (text, text.replace("(a: T) {\n", "(a: T) {\n    b.z();\n", 1).replace("a.g(", "b.z();a.g(", 1)):
            assert memory.extract("x", now.encode(), language, LIMITS) == whole(now.encode(), language)
        assert memory.helped == (number == most)


@pytest.mark.parametrize(
    "edit", [("Bar", "Baz"), ("private b", "private c"), ("private b", "b"), (", private b: Bar", "")]
)
def test_attributes_that_a_header_makes_are_those_of_now(edit: tuple[str, str]) -> None:
    """A parameter of a constructor that is an attribute as well stands in its header, and is bound in the class."""
    text = "class Foo {\n  s = '';\n  constructor(private a: X, private b: Bar) { this.s = 'a'; }\n"
    text += "  go(n: Foo) { return this.b.go(n); }\n}\n"
    memory = Memory()
    for now in (text, text.replace(*edit, 1), text.replace("n: Foo", "n: X"), text.replace("n: Foo", "n")):
        assert memory.extract("x", now.encode(), "typescript", LIMITS) == whole(now.encode(), "typescript")
    assert memory.helped == 1
