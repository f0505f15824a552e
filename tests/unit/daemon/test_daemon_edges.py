"""Answers about edges: complete, in a fixed order, and honest about what may be missing."""

from __future__ import annotations

from typing import Any

import pytest

from codegraph.core.symbols import Confidence, DependencyKind, SymbolId
from codegraph.daemon.edges import CALL_KINDS, answer_edges, answer_impact, incoming, outgoing
from codegraph.daemon.messages import Bound, EdgesResult, EmptyReason, ImpactResult, Position
from codegraph.daemon.targets import existing
from codegraph.daemon.view import View

CHAIN = {
    "a.py": "from b import g\ndef f():\n    g()\n    return g()\n",
    "b.py": "def g(): return h()\ndef h(): return k()\ndef k(): return 1\ndef lonely(): return 1\n",
}


def callees(view: View, symbol: str, depth: int = 1, limit: int = 100) -> EdgesResult:
    """Ask what a symbol calls."""
    target = existing(view.snapshot, SymbolId(symbol))
    return answer_edges(view, [target], outgoing(view.snapshot, CALL_KINDS), depth, limit)


def callers(view: View, symbol: str, depth: int = 1, limit: int = 100) -> EdgesResult:
    """Ask who calls a symbol."""
    target = existing(view.snapshot, SymbolId(symbol))
    return answer_edges(view, [target], incoming(view.snapshot, CALL_KINDS), depth, limit)


def impact(view: View, symbol: str, depth: int | None = None, limit: int = 100) -> ImpactResult:
    """Ask what a change of a symbol may reach."""
    return answer_impact(view, [existing(view.snapshot, SymbolId(symbol))], depth, limit)


def test_callees_come_nearest_first_and_stop_at_the_depth(project_of: Any) -> None:
    """Distances count steps; nothing beyond the asked depth is listed."""
    view = project_of(CHAIN).view
    assert [(edge.symbol.id, edge.distance) for edge in callees(view, "a.py/f().", 2).edges] == [
        ("b.py/g().", 1),
        ("b.py/h().", 2),
    ]
    assert len(callees(view, "a.py/f().", 9).edges) == 3


def test_place_of_an_edge_lies_in_its_source(project_of: Any) -> None:
    """Asked from either end, an edge is shown where the first reference stands."""
    view = project_of(CHAIN).view
    forward, backward = callees(view, "a.py/f().").edges[0], callers(view, "b.py/g().").edges[0]
    assert forward.at == backward.at
    assert (forward.at.file, forward.at.position) == ("a.py", Position(2, 4))


LUA = {"git.lua": "local M = {}\nfunction M.target() end\nfunction M.pull() M.target() pcall(M.target) end\nreturn M\n"}


@pytest.mark.parametrize("ask", [callers, callees, impact])
def test_what_is_linked_by_names_is_never_all(ask: Any, project_of: Any) -> None:
    """Where a language has no rules of its own, nobody knows who else calls; the answer says so."""
    view = project_of(LUA).view
    for symbol in ("git.lua/M#target().", "git.lua/M#pull()."):
        answer = ask(view, symbol)
        assert answer.bound is Bound.LOWER_BOUND
        assert [cause.count for cause in answer.causes if cause.reason == "names_only"] == [
            1 + len(getattr(answer, "affected", ()))
        ]


@pytest.mark.parametrize("name", ["queue.c", "queue.cpp"])
def test_callers_of_what_a_macro_names_are_a_lower_bound(project_of: Any, name: str) -> None:
    """The macro may call it wherever it is used; what no macro names has all its callers, and no edge is made up."""
    text = "#define EACH(q) head(q)\nstatic int head(int q) { return q; }\nstatic int tail(int q) { return head(q); }\n"
    view = project_of({name: text}).view
    for function, bound in (("head", Bound.LOWER_BOUND), ("tail", Bound.EXACT)):
        answer = callers(view, f"{name}/{function}().")
        assert answer.bound is bound
        assert [edge.symbol.name for edge in answer.edges] == (["tail"] if function == "head" else [])


def test_callers_of_what_a_template_names_are_a_lower_bound(project_of: Any) -> None:
    """The answer says why and where; what no template names has all its callers."""
    model = "class Article:\n    def get_absolute_url(self): pass\n    def alone(self): pass\n"
    view = project_of({"m.py": model, "a.html": "<p>\n{{ article.get_absolute_url }} alone</p>"}).view
    assert callers(view, "m.py/Article#alone().").bound is Bound.EXACT
    answer = callers(view, "m.py/Article#get_absolute_url().")
    assert answer.bound is Bound.LOWER_BOUND
    [cause] = answer.causes
    assert cause.reason == "unparsed"
    assert [(each.file, each.position.line) for each in cause.examples] == [("a.html", 1)]


def test_callers_are_ordered_by_path_and_position(project_of: Any) -> None:
    """The order of an answer depends on the tree alone."""
    view = project_of(
        {
            "z.py": "from m import g\ndef b(): g()\ndef a(): g()\n",
            "c.py": "from m import g\ndef z(): g()\n",
            "m.py": "def g(): ...\n",
        }
    ).view
    found = [edge.symbol.id for edge in callers(view, "m.py/g().").edges]
    assert found == ["c.py/z().", "z.py/b().", "z.py/a()."]


def test_limit_is_told(project_of: Any) -> None:
    """An answer that was cut says so, and one that just fits does not."""
    view = project_of(CHAIN).view
    assert callees(view, "a.py/f().", 9, limit=2).truncated
    assert not callees(view, "a.py/f().", 9, limit=3).truncated


def test_cycle_ends(project_of: Any) -> None:
    """A walk around a cycle shows its closing edge once and ends."""
    view = project_of({"a.py": "def f(): return g()\ndef g(): return f()\n"}).view
    edges = callees(view, "a.py/f().", 64).edges
    assert [(edge.symbol.id, edge.distance) for edge in edges] == [("a.py/g().", 1), ("a.py/f().", 2)]


def test_empty_answer_says_why(project_of: Any) -> None:
    """No edges, or perhaps some that could not be resolved: two different answers."""
    view = project_of(
        {
            **CHAIN,
            "d.py": "def f(x, y): x.twice(); y.twice()\n",
            "e.py": "class A:\n    def twice(self): ...\nclass B:\n    def twice(self): ...\n",
        }
    ).view
    assert callers(view, "b.py/lonely().").reason is EmptyReason.NO_EDGES
    assert callers(view, "e.py/A#twice().").reason is EmptyReason.UNCERTAIN
    assert callers(view, "b.py/g().").reason is EmptyReason.NOT_EMPTY


def test_empty_answer_of_an_unfinished_index_says_so(project_of: Any) -> None:
    """Before the tree was compared, no edge means nothing."""
    bench = project_of(CHAIN)
    bench.restart()
    assert callers(bench.view, "b.py/lonely().").reason is EmptyReason.INDEXING
    assert "indexing" in [cause.reason for cause in impact(bench.view, "b.py/k().").causes]


def test_impact_is_the_closure_with_routes(project_of: Any) -> None:
    """Everything that reaches the target is affected, each with the steps that lead there."""
    view = project_of(CHAIN).view
    found = impact(view, "b.py/k().")
    by_id = {each.symbol.id: each for each in found.affected}
    assert by_id["a.py/f()."].route == ("a.py/f().", "b.py/g().", "b.py/h().", "b.py/k().")
    assert by_id["a.py/f()."].distance == 3
    assert found.files == ("a.py", "b.py")
    assert found.bound is Bound.EXACT
    assert found.causes == ()


def test_impact_counts_importers(project_of: Any) -> None:
    """A module that imports the target depends on it, even if none of its functions does."""
    view = project_of(CHAIN).view
    kinds = {each.symbol.id: each.kind for each in impact(view, "b.py/g().").affected}
    assert kinds == {"a.py/": DependencyKind.IMPORTS, "a.py/f().": DependencyKind.CALLS}


def test_impact_has_the_weakest_confidence_of_its_route(project_of: Any) -> None:
    """One guessed step makes everything behind it a guess."""
    view = project_of(
        {
            "a.py": "def f(x): return x.compute_it()\ndef e(x): return f(x)\n",
            "b.py": "class B:\n    def compute_it(self): return k()\ndef k(): ...\n",
        }
    ).view
    found = {each.symbol.id: each.confidence for each in impact(view, "b.py/k().").affected}
    assert found["b.py/B#compute_it()."] is Confidence.EXACT
    assert found["a.py/f()."] is Confidence.INFERRED
    assert found["a.py/e()."] is Confidence.INFERRED


def test_impact_that_may_be_incomplete_is_a_lower_bound(project_of: Any) -> None:
    """Unresolved references by an affected name, parse errors and limits are named, with places."""
    files = {
        "a.py": "def f(x): return x.run_all()\n",
        "b.py": "class B:\n    def run_all(self): return k()\ndef k(): ...\n",
        "c.py": "class C:\n    def run_all(self): ...\n",
    }
    found = impact(project_of(files).view, "b.py/k().")
    assert found.bound is Bound.LOWER_BOUND
    assert [cause.reason for cause in found.causes] == ["unknown_receiver"]
    assert (found.causes[0].count, found.causes[0].examples[0].file) == (1, "a.py")


def test_impact_that_was_cut_is_a_lower_bound(project_of: Any) -> None:
    """A depth or a limit that leaves something out is a cause of its own; one that does not is none."""
    view = project_of(CHAIN).view
    assert [cause.reason for cause in impact(view, "b.py/k().", depth=1).causes] == ["depth"]
    assert [cause.reason for cause in impact(view, "b.py/k().", limit=1).causes] == ["limit"]
    assert impact(view, "b.py/k().", depth=4).bound is Bound.EXACT


def test_impact_through_a_broken_definition_is_a_lower_bound(project_of: Any) -> None:
    """What did not parse may hide more."""
    view = project_of({"a.py": "def f(:\n    return g()\n", "b.py": "def g(: return 1\n"}).view
    broken = [each for each in view.snapshot.symbols() if each.definition.parse_error and each.index]
    for symbol in broken:
        assert "parse_error" in [cause.reason for cause in impact(view, symbol.id).causes]
    assert broken


UNSURE = {
    "a.py": "from b import g\ndef f(x): return g(x.start_it())\ndef e(x): return x.start_it\n",
    "b.py": "class B:\n    def start_it(self): return 1\ndef g(x): return 1\n",
    "c.py": "class C:\n    def start_it(self): ...\n",
}


def test_callers_that_may_be_incomplete_are_a_lower_bound(project_of: Any) -> None:
    """A call by the name of the target that could not be resolved is a cause; a mention that is no call is none."""
    found = callers(project_of(UNSURE).view, "b.py/B#start_it().")
    assert (found.bound, found.reason) == (Bound.LOWER_BOUND, EmptyReason.UNCERTAIN)
    assert [(cause.reason, cause.count) for cause in found.causes] == [("unknown_receiver", 1)]
    assert found.causes[0].examples[0].position.line == 1


def test_callees_that_may_be_incomplete_are_a_lower_bound(project_of: Any) -> None:
    """So is a call in the target's own body, and nobody else's."""
    view = project_of(UNSURE).view
    found = callees(view, "a.py/f().")
    assert [edge.symbol.id for edge in found.edges] == ["b.py/g()."]
    assert (found.bound, [cause.reason for cause in found.causes]) == (Bound.LOWER_BOUND, ["unknown_receiver"])
    assert callees(view, "a.py/e().").bound is Bound.EXACT
    assert callees(view, "b.py/g().").bound is Bound.EXACT


def test_an_answer_about_edges_that_was_cut_is_a_lower_bound(project_of: Any) -> None:
    """A limit always, a depth if more than the direct ones were asked for and some are left."""
    view = project_of(CHAIN).view
    assert [cause.reason for cause in callees(view, "a.py/f().", 9, limit=2).causes] == ["limit"]
    assert [cause.reason for cause in callees(view, "a.py/f().", 2).causes] == ["depth"]
    assert callees(view, "a.py/f().", 3).bound is Bound.EXACT
    assert callers(view, "b.py/k().", 1).bound is Bound.EXACT


def test_parse_errors_are_a_cause(project_of: Any) -> None:
    """What did not parse whole may call more than was seen."""
    view = project_of({"a.py": "def f():\n    g()\n    x = = 1\ndef g(): ...\n"}).view
    assert "parse_error" in [cause.reason for cause in callees(view, "a.py/f().").causes]


def test_edges_of_several_targets_are_those_of_all(project_of: Any) -> None:
    """Asked about overloads, the walk starts at each, and says so."""
    source = "class A {\n void a() {}\n void a(int x) {}\n void b() { a(); }\n void c() { a(1); }\n}\n"
    view = project_of({"A.java": source}).view
    targets = [existing(view.snapshot, SymbolId(f"A.java/A#a({number}).")) for number in ("", "+1")]
    found = answer_edges(view, targets, incoming(view.snapshot, CALL_KINDS), 1, 9)
    assert [edge.symbol.id for edge in found.edges] == ["A.java/A#b().", "A.java/A#c()."]
    assert [symbol.id for symbol in found.more_targets] == ["A.java/A#a(+1)."]
    affected = answer_impact(view, targets, None, 9)
    assert [each.symbol.id for each in affected.affected] == ["A.java/A#b().", "A.java/A#c()."]


def test_nobody_calls_what_is_only_mentioned(project_of: Any) -> None:
    """A function that is handed on has no callers, which is not all there is to say."""
    files = {"a.py": "def f(): ...\ndef g(): return [f]\ndef h(): ...\n"}
    view = project_of(files).view
    assert callers(view, "a.py/f().").reason is EmptyReason.OTHER_EDGES
    assert callers(view, "a.py/h().").reason is EmptyReason.NO_EDGES


def test_one_call_of_several_overloads_is_one_edge(project_of: Any) -> None:
    """Overloads share their callers; each call is listed once."""
    source = "class A {\n void a(B b) {}\n void a(C c) {}\n void b() { a(x.y().z()); }\n}\n"
    view = project_of({"A.java": source}).view
    targets = [existing(view.snapshot, SymbolId(f"A.java/A#a({number}).")) for number in ("", "+1")]
    way = incoming(view.snapshot, CALL_KINDS)
    assert [len(answer_edges(view, [each], way, 1, 9).edges) for each in targets] == [1, 1]
    assert [edge.symbol.id for edge in answer_edges(view, targets, way, 1, 9).edges] == ["A.java/A#b()."]


COMPUTED = {
    "a.py": "def f(x, n): getattr(x, n)()\ndef g(t): t[0]()\ndef h(back): back()\ndef k(): return 1\n",
    "a.js": "function f(x, n) { x[n](); }\nfunction g(t) { t(); }\nfunction k() { (() => 1)(); }\n",
    "a.c": "int f(int (*t[])(int)) { return t[0](1); }\nint g(int (*p)(int)) { return (*p)(1); }\nint k(void) {}\n",
    "A.java": "class A { void f(Runnable r) { r.run(); } void g(Runnable[] r) { r[0].run(); }\n void k() {} }",
    "a.go": "package a\nfunc f(t []func()) { t[0]() }\nfunc g(back func()) { back() }\nfunc k() { func() {}() }\n",
    "src/lib.rs": "fn f(t: Vec<fn()>) { t[0](); }\nfn g(b: impl Fn()) { b(); }\nfn k() { let c = || 1; c(); }\n",
    "a.cc": "void f(void (*t[])()) { t[0](); }\nvoid g(void (*p)()) { (*p)(); }\nvoid k() { auto c = [] {}; c(); }\n",
    "A.cs": "class A { void f(Action[] t) { t[0](); } void g(Action b) { b(); } void k() { int c() => 1; c(); } }\n",
    "a.rb": "def f(x, n) = x.send(n)\ndef g(back) = back.(1)\ndef k = 1\n",
    "a.php": "<?php function f($x, $n) { $x->$n(); } function g($f) { $f(); } function k() { $c = fn() => 1; $c(); }\n",
}
"""In each file f and g call what nobody knows, and k nothing but, perhaps, what stands in itself."""


@pytest.mark.parametrize("path", COMPUTED)
def test_computed_calls_make_callees_a_lower_bound(project_of: Any, path: str) -> None:
    """A function that calls what no name tells has callees that nobody knows, and says so; a closure is its own."""
    view = project_of({path: COMPUTED[path]}).view
    found = {each.name: callees(view, each.id) for each in view.snapshot.symbols() if each.name in ("f", "g", "k")}
    assert [cause.reason for cause in found["f"].causes if cause.reason == "dynamic"] == ["dynamic"]
    assert [cause.reason for cause in found["g"].causes if cause.reason == "dynamic"] == ["dynamic"]
    assert found["k"].bound is Bound.EXACT


def test_functions_that_are_handed_on_have_unknown_callers(project_of: Any) -> None:
    """Whoever is handed a function may call it; a property is only read, and a list of exports hands nothing on."""
    view = project_of(
        {
            "a.py": "class A:\n    @property\n    def size(self): ...\ndef f(): ...\ndef g(a: A): return [f, a.size]\n",
            "a.js": "function f() {}\nfunction g() {}\nmodule.exports = { f, g };\nfunction h() { return [g]; }\n",
            "b.js": "function f() {}\nfunction g() {}\nrun(f);\nmodule.exports = { f, made: g };\nexports.g = g;\n",
        }
    ).view
    causes = {
        symbol: [(cause.reason, cause.count) for cause in callers(view, symbol).causes]
        for symbol in ("a.py/f().", "a.py/A#size().", "a.js/f().", "a.js/g().", "b.js/f().", "b.js/g().")
    }
    assert causes == {
        "a.py/f().": [("dynamic", 1)],
        "a.py/A#size().": [("accessor", 1)],
        "a.js/f().": [],
        "a.js/g().": [("dynamic", 1)],
        "b.js/f().": [("dynamic", 1)],
        "b.js/g().": [],
    }
    assert impact(view, "a.py/f().").bound is Bound.LOWER_BOUND


def test_what_is_called_get_is_no_accessor(project_of: Any) -> None:
    """A function of that name, or with such a parameter or decorator, is handed on; accessors are not."""
    view = project_of(
        {
            "a.py": "def get(key): ...\ndef f(set): ...\n"
            "class A:\n    @cache(1)\n    @property\n    def size(self): ...\n    @size.setter\n"
            "    def size(self, value): ...\ndef g(a: A): return [get, f, a.size]\n",
            "a.ts": "export class A {\n  @get('/x') all() {}\n  get<T>(key: T) { return key; }\n"
            "  @Says('x') get first() { return 1; }\n}\nfunction h(a: A) { return [a.all, a.get, a.first]; }\n",
        }
    ).view
    handed = ["a.py/get().", "a.py/f().", "a.ts/A#all().", "a.ts/A#get()."]
    read = ["a.py/A#size().", "a.py/A#size(+1).", "a.ts/A#first()."]
    for symbol in (*handed, *read):
        causes = {cause.reason for cause in callers(view, symbol).causes}
        assert ("dynamic" in causes) is (symbol in handed), symbol


ACCESSORS = {
    "a.py": "class A:\n    @property\n    def size(self): ...\ndef one(a: A): return a.size\ndef two(a): a.size\n",
    "a.ts": "export class A {\n  get size() { return 1 }\n}\nfunction one(a: A) { return a.size }\n"
    "class B { size = 1 }\nfunction two(a: any) { return a.size }\n",
}


@pytest.mark.parametrize("path", ACCESSORS)
def test_an_accessor_is_called_by_whoever_reads_it(project_of: Any, path: str) -> None:
    """Readers are its callers, and it is among their callees; who reads it of something unknown is not known.

    What a document mentions calls nothing.
    """
    view = project_of({path: ACCESSORS[path], "README.md": "# About\n\n`A.size`\n"}).view
    answer = callers(view, f"{path}/A#size().")
    assert [(each.symbol.id, str(each.kind)) for each in answer.edges] == [(f"{path}/one().", "references")]
    assert [(each.reason, each.count) for each in answer.causes] == [("accessor", 1)]
    assert [each.symbol.id for each in callees(view, f"{path}/one().").edges] == [f"{path}/A#size()."]


INHERITED = {
    "base.py": "from lib import Base\nclass Page(Base):\n    def show(self):\n        self.prepare()\n"
    "        self.model.load()\n        return self.fetch(1).store()\n",
    "own.py": "from base import Page\nclass Own(Page):\n    def prepare(self): ...\n"
    "class Mixed:\n    def prepare(self): ...\nclass Both(Page, Mixed): ...\n"
    "class Other:\n    def prepare(self): ...\nclass Model:\n    def load(self): ...\n    def store(self): ...\n",
}


def test_a_method_of_a_librarys_base_may_be_one_of_a_derived_class(project_of: Any) -> None:
    """What `self` has of a base outside of the project may be defined below, or beside it; what that gives may be."""
    view = project_of(INHERITED).view
    causes = {
        name: [
            (each.reason, each.count, each.examples[0].position.line) for each in callers(view, f"own.py/{name}").causes
        ]
        for name in ("Own#prepare().", "Mixed#prepare().", "Other#prepare().", "Model#load().", "Model#store().")
    }
    assert causes == {
        "Own#prepare().": [("overridden", 1, 3)],
        "Mixed#prepare().": [("overridden", 1, 3)],
        "Other#prepare().": [],
        "Model#load().": [("unknown_receiver", 1, 4)],
        "Model#store().": [("unknown_receiver", 1, 5)],
    }


BESIDE = {
    "a.py": "class Notifier:\n    def go(self): self.send()\n    def send(self): ...\n"
    "class Mixed:\n    def send(self): ...\nclass Both(Mixed, Notifier): ...\n"
    "class Own(Notifier):\n    def send(self): ...\nclass Other:\n    def send(self): ...\n",
    "A.java": "class Mixed {\n  void send() {}\n}\n"
    "interface Notifier {\n  void send();\n  default void go() { send(); }\n}\n"
    "class Both extends Mixed implements Notifier {}\nclass Other {\n  void send() {}\n}\n",
}


@pytest.mark.parametrize("path", BESIDE)
def test_a_call_may_run_what_a_derived_type_has_from_another_base(project_of: Any, path: str) -> None:
    """A class that is mixed in stands before the one that is called, or does what an interface asks for."""
    view = project_of({path: BESIDE[path]}).view
    causes = {
        name: [(each.reason, each.count) for each in callers(view, f"{path}/{name}#send().").causes]
        for name in ("Notifier", "Mixed", "Other")
    }
    assert causes == {"Notifier": [], "Mixed": [("overridden", 1)], "Other": []}


OVERRIDDEN = {
    "a.py": "class Base:\n    def __init__(self): ...\n    def run(self): ...\n"
    "class Derived(Base):\n    def __init__(self): super().__init__()\n    def run(self): ...\n    def own(self): ...\n"
    "def f(b: Base): b.run()\ndef g(d: Derived): d.own()\n",
    "a.ts": "export class Base { run() {} }\nexport class Derived extends Base { run() {} own() {} }\n"
    "function f(b: Base) { b.run(); }\nfunction g(d: Derived) { d.own(); }\n",
    "A.java": "class Base { void run() {} }\nclass Derived extends Base { void run() {} void own() {} }\n"
    "class User { void f(Base b) { b.run(); } void g(Derived d) { d.own(); } }\n",
    "A.cs": "class Base { public virtual void run() {} }\nclass Derived : Base {\n"
    " public override void run() {} public void own() {} }\n"
    "class User { void f(Base b) { b.run(); } void g(Derived d) { d.own(); } }\n",
    "a.go": "package a\ntype Base interface { run() }\ntype Derived struct{}\nfunc (Derived) run() {}\n"
    "func (Derived) own() {}\nfunc f(b Base) { b.run() }\nfunc g(d Derived) { d.own() }\n",
    "src/lib.rs": "trait Base { fn run(&self); }\nstruct Derived;\nimpl Base for Derived { fn run(&self) {} }\n"
    "impl Derived { fn own(&self) {} }\nfn f(b: &dyn Base) { b.run(); }\nfn g(d: &Derived) { d.own(); }\n",
    "a.php": "<?php class Base { function run() {} }\nclass Derived extends Base {\n"
    " function run() {} function own() {} }\nfunction f(Base $b) { $b->run(); }\n"
    "function g(Derived $d) { $d->own(); }\n",
    "a.cc": "struct Base { virtual void run(); };\nstruct Derived : Base { void run() override; void own(); };\n"
    "void f(Base* b) { b->run(); }\nvoid g(Derived* d) { d->own(); }\n",
}
"""In each file f calls run of a Base that may be a Derived, and g a method that nothing overrides."""


@pytest.mark.parametrize("path", OVERRIDDEN)
def test_calls_of_an_overridden_method_may_run_the_overriding_one(project_of: Any, path: str) -> None:
    """Who overrides a method may be called where that is: its callers and impact say so, and so do the callees."""
    view = project_of({path: OVERRIDDEN[path]}).view
    ids = {each.id.rpartition("/")[2]: each.id for each in view.snapshot.symbols()}
    of = {name: next(ids[each] for each in ids if each.endswith(name)) for name in ("f().", "g().", "own().")}
    base, derived = sorted(ids[each] for each in ids if each.endswith("run()."))
    for found in (callers(view, derived), impact(view, derived)):
        assert [(cause.reason, cause.count) for cause in found.causes] == [("overridden", 1)]
        assert found.causes[0].examples[0].file == path
    assert callers(view, derived).reason is EmptyReason.UNCERTAIN
    assert [cause.reason for cause in callees(view, of["f()."]).causes] == ["overridden"]
    for exact in (callers(view, base), impact(view, base), callers(view, of["own()."]), callees(view, of["g()."])):
        assert (exact.bound, exact.causes) == (Bound.EXACT, ())


def test_a_call_that_may_run_several_of_the_targets_is_counted_once(project_of: Any) -> None:
    """Two methods override one: who asks what both of them reach is told of each call of that one once."""
    source = "class Base:\n    def run(self): ...\n"
    source += "".join(f"class {name}(Base):\n    def run(self): ...\n" for name in ("One", "Two"))
    view = project_of({"a.py": source + "def f(base: Base): base.run()\n"}).view
    targets = [existing(view.snapshot, SymbolId(f"a.py/{name}#run().")) for name in ("One", "Two")]
    found = answer_impact(view, targets, None, 100)
    assert [(cause.reason, cause.count) for cause in found.causes] == [("overridden", 1)]


def test_constructors_are_not_called_in_place_of_each_other(project_of: Any) -> None:
    """A constructor has the name of its base's, but `super().__init__()` runs the base's."""
    view = project_of(OVERRIDDEN).view
    derived = "a.py/Derived#__init__()."
    assert callers(view, derived).bound is Bound.EXACT
    assert callees(view, derived).bound is Bound.EXACT


UNWRITTEN = {
    "a.py": "class C:\n    def __getitem__(self, i): ...\n    def __own(self): ...\ndef f(c: C): c[0]\n",
    "a.ts": "class C { toString() { return ''; } own() {} }\nfunction f(c: C) { return `${c}`; }\n",
    "A.java": "class C implements AutoCloseable { public void close() {} void own() {} }\n"
    "class U { void f() { try (C c = new C()) {} } }\n",
    "A.cs": "class C { public void Dispose() {} void own() {} }\nclass U { void f(C c) { using (c) {} } }\n",
    "src/lib.rs": "struct C;\nimpl Drop for C { fn drop(&mut self) {} }\n"
    "impl C { fn own(&self) {} fn next(&self) {} }\n",
    "a.php": "<?php class C { function __toString() { return ''; } function own() {} }\nfunction f(C $c) { \"$c\"; }\n",
    "a.rb": 'class C\n def to_s; end\n def own; end\nend\ndef f(c) = "#{c}"\n',
    "a.cc": "struct C { ~C(); void own(); };\nvoid f() { C c; }\n",
    "b.cc": "struct B : public Lib { void go() noexcept(true) override; };\n"
    "struct C : public B { void go(); void own(int override); };\n"
    "struct E { virtual void go(); };\nstruct OfC : public E { void go() override; };\n",
}
"""In each file the language itself calls the first method of C, or a library whose method it overrides; not `own`, what
overrides one of the project, and what Rust has for no trait."""


@pytest.mark.parametrize("path", UNWRITTEN)
def test_nobody_knows_who_calls_what_the_language_calls_itself(project_of: Any, path: str) -> None:
    """Operators, loops, conversions and the ends of blocks call methods that nobody names: a cause, where they are."""
    view = project_of({path: UNWRITTEN[path]}).view
    first, *others = [each for each in view.snapshot.symbols() if "C" in each.id and each.kind.value == "method"]
    for found in (callers(view, first.id), impact(view, first.id)):
        assert [(cause.reason, cause.count) for cause in found.causes] == [("implicit", 1)]
        assert found.causes[0].examples[0].position.line == first.definition.selection_range.start_line
    assert [callers(view, each.id).bound for each in others] == [Bound.EXACT] * len(others)


MADE = {
    "a.py": "class Base:\n    def __init__(self): g()\nclass Sub(Base): ...\n"
    "class Own(Base):\n    def __init__(self): ...\ndef g(): ...\n\n"
    "def f(): Sub()\ndef h(): Base()\ndef k(): Own()\n",
    "a.js": "class Base { constructor() { g(); } }\nclass Sub extends Base {}\n"
    "class Own extends Base { constructor() {} }\nfunction g() {}\n"
    "function f() { new Sub(); }\nfunction h() { new Base(); }\nfunction k() { new Own(); }\n",
    "a.php": "<?php class Base { function __construct() { g(); } }\nclass Sub extends Base {}\n"
    "class Own extends Base { function __construct() {} }\nfunction g() {}\n"
    "function f() { new Sub(); }\nfunction h() { new Base(); }\nfunction k() { new Own(); }\n",
    "A.java": "class Base { Base() { U.g(); } Base(int x) {} }\nclass Sub extends Base {}\n"
    "class Own extends Base { Own() { super(1); } }\nclass U { static void g() {}\n"
    " void f() { new Sub(); } void h() { new Base(); } void k() { new Own(); } }\n",
}
"""In each file f makes an instance of a class that has its base's constructor, h one of the base, k one of neither."""


@pytest.mark.parametrize("path", MADE)
def test_making_an_instance_calls_the_constructor(project_of: Any, path: str) -> None:
    """Who calls a type calls its constructor, and that of the base where it has none; a change of it reaches them."""
    view = project_of({path: MADE[path]}).view
    ids = [each.id for each in view.snapshot.symbols()]
    made = next(each for each in ids if "Base#" in each and each.endswith("()."))
    found = callers(view, made)
    assert [name for name in "fhk" for each in found.edges if each.symbol.name.rpartition(".")[2] == name] == ["f", "h"]
    assert found.bound is Bound.EXACT
    for symbol in (made, next(each for each in ids if each.endswith("g()."))):
        reached = {each.symbol.name.rpartition(".")[2] for each in impact(view, symbol).affected}
        assert {"f", "h"} <= reached
