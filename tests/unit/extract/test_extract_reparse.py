"""A tree that takes over what no broken place touches is the tree that parsing from nothing gives."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

import pytest
from tree_sitter import Node

from benchmarks.edited_again import edited
from codegraph.extract import damaged, reparse
from codegraph.extract.again import Memory
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.grammar import compiled
from codegraph.extract.outline import Broken, broken_in

C = b"""int f(int a) { int x[ = { 1 }; return a; }
static int g(int b) { if (b) { return b + 1; } return (b) * 2; }
API int (*made)(int a) API_ATTR;
int h(int c) { a * b; c(d)(e); return g(c) + f(sizeof(int) * 2); }
#if LATER
else if (x) { y(); }
#endif
int i(int d) { for (;;) { d++; } return d; }
struct s { int a; API_ALIGN(8) int b; } API_PACKED;
int j(int e) { switch (e) { CASE(1) x(); default: y(); } return 0; }
int k(int *p) { return *p * 2; }
"""
CPP = (
    C.replace(b"API_PACKED;", b";")
    + b"""template <typename T, typename = decltype(a < b, c > d)> struct A : B<(x > y)> {
  A(int a) : a(a), b<T>{a} IS_SET {}
  bool operator<(const A& o) const noexcept(x < y) { return a < o.a && b > (o.b); }
  int a<b, c<d>::e;
  auto m() { return [this](auto x) -> int { return x < a; }; }
};
namespace n { EXPECT(a, (b), { c }, d) { e(); }
template <> inline int q<int>(int a) { return a<b>(c) > d; }
}
"""
)
C_SHARP = b"""namespace N;
class A<T> : B where T : new() {
  int F(int a) { int[] x = [ { 1 }; return a; }
  public int G(int b) { if (b is > 1 and < 3) { return b + 1; } return (b) * 2; }
  int H(int c) => c switch { 1 => G(c), _ => F(c) };
  void I() { var s = $"{a:x} {G(1)}" + @"c"; x = y < z, w > (v); }
  #if LATER
  else if (x) { y(); }
  #endif
  int J(int d) { for (;;) { d++; } return d; }
  int K { get { return a < b ? c : d; } set; = 3 }
  async Task L(int e) { await foreach (var f in g) { h(f); } using var i = new J<K>(l => l); }
  int M(int n) { return n * 2; }
}
"""
GO = b"""package a
func f(a int) int { x := new(true); if a > 0 { return a + x }; return a }
func g(b []int) (n int) { for _, each := range b { n += each }; return n * 2 }
var made = [...]int{1, 2,, 3}
func h(c map[string]int) { s := `a /*`; _ = s; switch c["a"] { case 1: g(nil); default: f(2) } }
type t struct { a int; b int int; c func(int) string }
func (one *t) i(d int) func() int { return func() int { return d*one.a - h[int](2) } }
func j(e chan<- int) { go func() { e <- 1 }(); select { case e <- 2: default: } }
"""
RUST = b"""fn f(a: i32) -> i32 { let x[ = 1; if a > 0 { return a; } a * 2 }
impl<'a> S<'a> { fn g(&self, b: &str) -> Option<&str> { match b { "x" => None, r#"y"# => Some(self.b), _ => None } } }
struct S { a: i32 b: Vec<Vec<i32>>, }
fn h<T: Into<u8>>(c: T) -> u8 { let d = |x| x + 1; println!("{} /*", d(1)); c.into() << 2 }
macro_rules! m { ($a:expr) => { $a + 1 } }
fn i() { for each in 0..10 { if each < 3 && (each > 1) { continue; } h::<u8>(each as u8); } }
const X: fn(i32) -> = f;
fn j(e: [u8; 4]) -> u8 { loop { break e[0]; } }
"""
SCRIPT = b"""function f(a) { const x[ = { b: 1 }; return a }
function g(b) { if (b) { return `x ${b + 1} /*` } return /a[/*]b/.test(b) }
class A { h(c) { return c ? g(c) : f(c) } i = ; get j() { return this.h(1) } }
function k(d, ...e) { for (const each of e) { d(each) }
  return async () => { await d } }
const made = { a: 1, b c, d() { return 2 } }
function l(e) { let x = e
  ;[1, 2].forEach((y) => y * x)
  return <any>(e) }
function m(p) { switch (p) { case 1: return () => ({}); default: throw p } }
"""
RUBY = b"""def f(a)
  x = (1 2)
end
class A
  def g(b); b.each { |x| x + 1 }; "a #{b} /*"; end
  def h(c) [c, , 1] end
  def i(d) d ? d : :e end
  C = {a: , 1}
end
def j(e)
  case e when 1 then g(2) else <<~X end
    text #{e}
  X
end
D = (1 2)
def k(*a, **b) a.map(&:c) || b[:d] / 2 end
"""
SOURCES = {"c": C, "cpp": CPP, "c_sharp": C_SHARP, "go": GO, "rust": RUST}
SOURCES |= {"javascript": SCRIPT, "typescript": SCRIPT, "ruby": RUBY}
FUNCTIONS = {"function_definition", "function_declaration", "method_declaration", "method_definition", "function_item"}
FUNCTIONS |= {"method"}
BODIES = {"compound_statement", "block", "statement_block", "body_statement"}


def nodes(root: Node) -> list[tuple[int, int, int, bool, bool]]:
    """Return what a tree consists of."""
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        found.append((node.kind_id, node.start_byte, node.end_byte, node.is_missing, node.is_error))
        waiting.extend(node.children)
    return found


def bodies(root: Node) -> list[Node]:
    """Return the bodies of functions."""
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        body = node.child_by_field_name("body") if node.type in FUNCTIONS else None
        if body is not None and body.type in BODIES:
            found.append(body)
        elif not node.type.endswith("statement"):
            waiting.extend(node.children)
    return found


def outside(places: Iterable[Broken], start: int, end: int) -> list[Broken]:
    """Return the broken places that do not stand between two offsets."""
    return [each for each in places if not (start < each.start and each.end < end)]


def resumed(language: str, seed: int, edits: int) -> Iterator[bool]:
    """Edit functions of a broken file; tell of each text whose rest is broken as before if its tree is the same."""
    parser, chance = compiled(language).parser, random.Random(seed)
    text = SOURCES[language]
    tree = parser.parse(text)
    for _ in range(edits):
        body = chance.choice(bodies(tree.root_node))
        start, end = body.parent.start_byte, body.parent.end_byte  # type: ignore[union-attr]
        inside = edited(text[body.start_byte + 1 : body.end_byte - 1] + b" ", [text], chance)
        now = text[: body.start_byte + 1] + inside + text[body.end_byte - 1 :]
        moved = len(now) - len(text)
        before = outside(broken_in(tree.root_node), body.start_byte, end)
        again, fresh = reparse.reparsed(parser, tree, now, (start, end), moved), parser.parse(now)
        behind = [each._replace(start=each.start + moved, end=each.end + moved) for each in before]
        if outside(broken_in(again.root_node), body.start_byte, end + moved) == [
            old if old.end <= body.start_byte else new for old, new in zip(before, behind, strict=True)
        ]:
            yield nodes(again.root_node) == nodes(fresh.root_node)
            text, tree = now, again


@pytest.mark.parametrize("language", SOURCES)
def test_a_resumed_tree_is_the_one_that_parsing_from_nothing_gives(language: str) -> None:
    """Node by node, after each of many edits of functions that leave the rest as broken as it was."""
    found = [same for seed in range(4) for same in resumed(language, seed, 25)]
    assert len(found) > 40
    assert all(found)


@pytest.mark.parametrize("language", SOURCES)
def test_a_broken_place_counts_as_edited_to_where_one_reading_is_left(language: str) -> None:
    """What is read anew begins where something is broken, and ends with a node that only one reading closed."""
    root = compiled(language).parser.parse(SOURCES[language]).root_node
    marks = {mark.start: mark for mark in reparse._broken(root)}
    ends = {node.end_byte for node in inner(root) if node.parse_state != 0xFFFF or node.parent is None}
    for place in broken_in(root):
        mark = next(each for start, each in sorted(marks.items(), reverse=True) if start <= place.start)
        assert mark.end >= place.end
        assert mark.end in ends


def inner(root: Node) -> Iterator[Node]:
    """Yield the nodes that have children."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.children:
            yield node
            waiting.extend(node.children)


def test_trees_may_be_deeper_than_calls_may_nest() -> None:
    """A sum of thousands of terms behind the edited function is as deep a tree."""
    total = b" + ".join(b"x%d" % each for each in range(4_000))
    text = b"int a(int x) { return x; }\nint b( ;\nint c(int x) { return x; }\nint d = " + total + b";\n"
    parser = compiled("c").parser
    before = parser.parse(text)
    start = text.index(b"int c")
    read = text.replace(b"int c(int x) { return x;", b"int c(int x) { return x + 1;")
    edited = start, text.index(b"\n", start)
    tree = reparse.reparsed(parser, before, read, edited, len(read) - len(text))
    assert nodes(tree.root_node) == nodes(parser.parse(read).root_node)


def shape(node: Node) -> list[tuple[int, int, int, bool, bool]]:
    """Return what a node consists of, wherever it stands."""
    start = node.start_byte
    return [(kind, first - start, last - start, *rest) for kind, first, last, *rest in nodes(node)]  # type: ignore[misc]


@pytest.mark.parametrize("language", ["c", "cpp", "c_sharp"])
def test_a_resumed_tree_is_compared_where_it_was_read_anew(language: str) -> None:
    """Nodes are alike that hold the same, be they taken over, read anew or moved, and no others."""
    parser, text = compiled(language).parser, SOURCES[language]
    before = parser.parse(text)
    found = []
    for old, new in (
        (b"return b + 1;", b"return b(1) ;"),
        (b"return b + 1;", b"return b;"),
        (b"{ d++; }", b"{ d--; }"),
    ):
        start = text.index(old)
        now, edited = text.replace(old, new, 1), (start, start + len(old))
        after = reparse.reparsed(parser, before, now, edited, len(now) - len(text))
        pairs = zip(members(before.root_node), members(after.root_node), strict=True)
        for one, other in pairs:
            if one.kind_id == other.kind_id and one.end_byte - one.start_byte == other.end_byte - other.start_byte:
                found.append(damaged._is_alike(one, other))
                assert found[-1] == (shape(one) == shape(other)), (one, other)
    assert {True, False} == set(found)


def members(root: Node) -> list[Node]:
    """Return what stands at the top of a file or in a class."""
    return [each for one in root.children for each in (one.children[-1].children if "class" in one.type else [one])]


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One more number whenever a tree is resumed."""
    found: list[int] = []
    true = damaged.reparsed

    def counted(*arguments: object) -> object:
        found.append(1)
        return true(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(damaged, "reparsed", counted)
    return found


def test_a_tree_with_many_broken_places_is_not_resumed(taken: list[int]) -> None:
    """To read each place anew would cost more than to parse the file."""
    function = b"int f%d(int a) { return a + %d; }\n"
    for places, is_resumed in ((1, True), (30, False)):
        text = b"".join(b"int x = 1 2;\n" * (each < places) + function % (each, each) for each in range(200))
        now = text.replace(b"a + 77;", b"a + f1(3);")
        memory = Memory()
        memory.extract("x", text, "c", Limits())
        taken.clear()
        assert memory.extract("x", now, "c", Limits()) == extract(now, "c", Limits())
        assert (bool(taken), memory.helped) == (is_resumed, 1)


@pytest.mark.parametrize("language", ["c", "go"])
def test_the_first_edit_of_a_stored_file_goes_on_from_a_tree_of_its_earlier_text(
    language: str, taken: list[int]
) -> None:
    """That text is parsed to compare with, in any case: so the file is parsed once from nothing, not twice."""
    beginning, function = {
        "c": (b"int x = 1 2;\n", b"int f%d(int a) { return a + %d; }\n"),
        "go": (b"package p\nvar x = []int{1 2}\n", b"func f%d(a int) int { return a + %d }\n"),
    }[language]
    text = beginning + b"".join(function % (each, each) for each in range(200))
    now = text.replace(b"a + 77", b"a + f1(3)")
    before = Memory().encoded("x", text, language, Limits())
    memory = Memory()
    found = memory.encoded("x", now, language, Limits(), before)
    clean = Memory().encoded("x", now, language, Limits())
    assert (found.outline, found.occurrences, found.inputs) == (clean.outline, clean.occurrences, clean.inputs)
    assert (len(taken), memory.helped) == (1, 1)
