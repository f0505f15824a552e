"""Resolution of Go: `codegraph.graph.resolve.go`. A project is one file per part; edges are read back as text."""

from __future__ import annotations

import pytest
from projects import Project

TYPES = """package ast
type Node interface { Kind() string; Text() *Segment }
type Base struct { next *Block }
func (b *Base) Text() *Segment { return nil }
type Block struct { Base; lines []*Segment; byName map[string]Segment }
func (b *Block) Kind() string { return "" }
type Segment struct{}
func (s Segment) Trim() Segment { return s }
func Make() (*Block, error) { return nil, nil }
type Maker func(n int) *Block
var First = &Segment{}
"""


def linked(source: str, **others: str) -> Project:
    """Link `source` as app/main.go beside package ast, in the module example.com/lib; `a__b` stands for a/b.go."""
    files = {f"{name.replace('__', '/')}.go": text for name, text in others.items()}
    return Project({"go.mod": "module example.com/lib\n", "ast/types.go": TYPES, "app/main.go": source, **files})


def targets(source: str, symbol: str = "f().", **others: str) -> set[str]:
    """Return the edges of a function of app/main.go that lead to package ast or to others, imports left aside."""
    edges = linked(source, **others).edges(f"app/main.go/{symbol}")
    return {edge.replace("ast/types.go/", "") for edge in edges}


def body(code: str, parameters: str = "") -> set[str]:
    """Return the calls of a function with that body in a file that imports package ast."""
    source = f'package app\nimport "example.com/lib/ast"\nfunc f({parameters}) {{ {code} }}\n'
    return {edge for edge in targets(source) if edge.startswith("calls")}


def test_receivers_are_typed_by_what_they_were_made_of() -> None:
    """Literals, `new`, pointers, conversions, assertions, variables and results tell a receiver's type."""
    trim = {"calls Segment#Trim()."}
    assert body("s := ast.Segment{}; s.Trim()") == trim
    assert body("s := &ast.Segment{}; s.Trim()") == trim
    assert body("s := new(ast.Segment); s.Trim()") == trim
    assert body("var s *ast.Segment; s.Trim()") == trim
    assert body("(*ast.Segment)(x).Trim()", "x any") == trim
    assert body("s, ok := x.(ast.Segment); _ = ok; s.Trim()", "x any") == trim
    assert body("ast.First.Trim().Trim()") == trim


def test_results_of_functions_count_one_by_one() -> None:
    """Of a function with several results each name gets its own; calling a value gives what its type returns."""
    made = {"calls Make().", "calls Block#Kind()."}
    assert body("b, err := ast.Make(); _ = err; b.Kind()") == made
    assert body("_, b := ast.Make(); b.Kind()") == {"calls Make()."}
    assert body("make(1).Kind()", "make func(n int) *ast.Block") == {"calls Block#Kind()."}
    assert body("m(1).Kind()", "m ast.Maker") == {"calls Block#Kind()."}
    assert body("g := func() ast.Segment { return x }; g().Trim()") == {"calls Segment#Trim()."}


def test_elements_of_slices_maps_and_channels() -> None:
    """Indexing, ranging and receiving lead to elements, fields of fields included."""
    trim = {"calls Segment#Trim()."}
    assert body("b.lines[0].Trim()", "b *ast.Block") == trim
    assert body("for _, s := range b.lines { s.Trim() }", "b *ast.Block") == trim
    assert body('b.byName["x"].Trim()', "b *ast.Block") == trim
    assert body("(<-c).Trim()", "c chan ast.Segment") == trim
    assert body("for _, s := range more { s.Trim() }", "more ...ast.Segment") == trim


def test_names_are_scoped_by_block() -> None:
    """A type switch gives its name another type in each case; an inner variable hides outer ones and functions."""
    switch = "switch v := x.(type) { case *ast.Block: v.Kind(); case ast.Segment: v.Trim() }"
    assert body(switch, "x any") == {"calls Block#Kind().", "calls Segment#Trim()."}
    assert body("if s := other(); s != nil { s.Trim() }; s.Trim()", "s ast.Segment") == {"calls Segment#Trim()."}
    assert targets("package app\nfunc f(g func()) { g() }\nfunc g() {}\n") == set()


LOCAL = """package app
import "example.com/lib/ast"
type pair struct{}
func (p pair) left() {}
func f() {
	type pair struct { left *ast.Block; next *pair }
	type also = pair
	type mover interface { Move(p also) pair }
	type held struct { pair; *ast.Segment }
	p := pair{}
	%s
}
"""


@pytest.mark.parametrize(
    ("code", "called"),
    [
        ("p.left.Kind()", ["ast/types.go/Block#Kind()."]),
        ("var a also; a.next.next.left.Kind()", ["ast/types.go/Block#Kind()."]),
        ("for _, each := range []pair{} { each.left.Kind() }", ["ast/types.go/Block#Kind()."]),
        ("h := held{}; h.Trim(); h.pair.left.Kind()", ["ast/types.go/Segment#Trim().", "ast/types.go/Block#Kind()."]),
        ("var m mover; m.Move(p).left.Kind()", ["app/main.go/f().mover#Move().", "ast/types.go/Block#Kind()."]),
        ("{ type pair struct { left ast.Segment }; pair{}.left.Trim() }", ["ast/types.go/Segment#Trim()."]),
        ("p.left()", []),
    ],
)
def test_types_inside_of_functions_are_found_by_scope(code: str, called: list[str]) -> None:
    """A local type has fields and what it embeds, hides the package's of its name, and takes none of its methods."""
    edges = linked(LOCAL % code).edges("app/main.go/f().")
    assert [each.removeprefix("calls ") for each in edges if each.startswith("calls ")] == called
    assert "uses_type app/main.go/f().pair#" in edges
    assert "uses_type app/main.go/pair#" not in edges


def test_local_types_are_nobody_elses() -> None:
    """A local type's own references are its own; no other function means it by its name, and it may embed another."""
    project = linked(LOCAL % "" + "func g() { var p pair; p.left(); var h held }\n")
    edges = project.edges("app/main.go/g().")
    assert edges == ["uses_type app/main.go/pair#", "calls app/main.go/pair#left()."]
    assert project.edges("app/main.go/f().held#") == [
        "inherits app/main.go/f().pair#",
        "inherits ast/types.go/Segment#",
    ]


def test_what_a_local_type_embeds_satisfies_interfaces_through_it() -> None:
    """A method that a local type takes from an embedded one overrides that of an interface which only it satisfies."""
    source = """package app
type both interface { a(); b() }
type one struct{}
func (o one) a() {}
type other struct{}
func (o other) b() {}
func f() { type inner struct { one }; type outer struct { inner; other } }
"""
    assert "overrides app/main.go/both#a()." in linked(source).edges("app/main.go/one#a().")


def test_parameters_hide_no_type_of_the_signature() -> None:
    """`func (item item) f(other item)`: what stands in a signature means what it means outside."""
    source = "package app\ntype item struct{}\nfunc (item item) f(other item) (more item) { item.g(); return }\n"
    assert targets(source, "item#f().") == {"uses_type app/main.go/item#"}


def test_the_only_variable_of_a_loop() -> None:
    """It is an element of a channel, also of one that has a name; of anything else it is an index or a key."""
    parameters = "c <-chan *ast.Segment, m map[ast.Segment]*ast.Block, s []*ast.Segment"
    assert body("for x := range c { x.Trim() }", parameters) == {"calls Segment#Trim()."}
    assert body("type ch chan *ast.Segment; var d ch; for x := range d { x.Trim() }") == {"calls Segment#Trim()."}
    assert body("for x := range m { x.Trim() }", parameters) == set()
    assert body("for x := range s { x.Trim() }", parameters) == set()


def test_of_a_functions_type_the_first_result_is_known() -> None:
    """What a function value gives second is not what it gives first."""
    value = "g := func() (*ast.Segment, error) { return nil, nil }; "
    assert body(value + "a, b := g(); a.Trim(); b.Trim()") == {"calls Segment#Trim()."}
    assert body(value + "_, b := g(); b.Trim()") == set()


def test_functions_with_the_names_of_younger_builtins() -> None:
    """A package's own `min` is what is called; elsewhere it is built in, and nothing is missing."""
    source = "package app\nfunc f() { min(1, 2) }\n"
    assert targets(source + "func min(a, b int) int { return a }\n") == {"calls app/main.go/min()."}
    missed = linked(source).index.snapshot.files["app/main.go"].links.unresolved()
    assert {(one.name, one.reason) for one in missed} == {("min", "builtin")}


def test_promoted_methods_and_interfaces() -> None:
    """Methods of embedded types are found through those that embed them; an interface's method is what is called."""
    assert body("b.Text().Trim(); b.next.Base.Text()", "b *ast.Block") == {
        "calls Base#Text().",
        "calls Segment#Trim().",
    }
    assert body("n.Text()", "n ast.Node") == {"calls Node#Text()."}


def test_a_type_that_satisfies_an_interface_overrides_its_methods() -> None:
    """Also by methods that are promoted; a method of another shape does not, nor one method of two."""
    project = linked("package app\nfunc (o *Odd) Kind() int { return 1 }\nfunc (o *Odd) Text() {}\ntype Odd struct{}\n")
    assert project.edges("ast/types.go/Block#Kind().", "overrides") == ["overrides ast/types.go/Node#Kind()."]
    assert project.edges("ast/types.go/Base#Text().", "overrides") == ["overrides ast/types.go/Node#Text()."]
    assert project.edges("ast/types.go/Block#", "implements") == ["implements ast/types.go/Node#"]
    assert project.edges("app/main.go/Odd#Kind().", "overrides") == []


def test_interfaces_with_foreign_ones_in_them() -> None:
    """Methods of the standard library's interfaces count; of one that nobody knows, two own methods must do."""
    project = linked(
        'package app\nimport "io"\nimport "other.org/x"\n'
        "type Sink interface { io.Writer; Sync() }\ntype Odd interface { x.Y; Sync() }\n"
        "type Two interface { x.Y; Sync(); Stop() }\n"
        "type File struct{}\nfunc (f *File) Write(b []byte) {}\nfunc (f *File) Sync() {}\n"
        "type Core struct{}\nfunc (c *Core) Sync() {}\nfunc (c *Core) Stop() {}\n"
    )
    assert project.edges("app/main.go/File#", "implements") == ["implements app/main.go/Sink#"]
    assert project.edges("app/main.go/Core#", "implements") == ["implements app/main.go/Two#"]


def test_shapes_are_compared_by_package() -> None:
    """Two packages with a type of the same name: a method of one does not satisfy an interface about the other."""
    other = "package other\ntype Segment struct{}\ntype Texter interface { Text() *Segment; Keys() <-chan string }\n"
    source = "package app\ntype keys struct{}\nfunc (k keys) Keys() (<-chan  string) { return nil }\n"
    project = linked(source, other__o=other, more__m="package more\ntype K interface { Keys() <-chan string }\n")
    assert project.edges("ast/types.go/Base#Text().", "overrides") == ["overrides ast/types.go/Node#Text()."]
    assert project.edges("app/main.go/keys#Keys().", "overrides") == ["overrides more/m.go/K#Keys()."]


def test_imports() -> None:
    """By the package's name, an alias, a dot; an import is an edge to the files that are used through it."""
    calls = {"calls Make()."}
    assert targets('package app\nimport a "example.com/lib/ast"\nfunc f() { a.Make() }\n') == calls
    assert targets('package app\nimport . "example.com/lib/ast"\nfunc f() { Make() }\n') == calls
    named = {"odd__x": "package name\nfunc G() {}\n"}
    assert targets('package app\nimport "example.com/lib/odd"\nfunc f() { name.G() }\n', **named) == {
        "calls odd/x.go/G()."
    }
    test = {"ast__some_test": "package ast\nfunc TestIt() {}\n"}
    project = linked('package app\nimport . "example.com/lib/ast"\n', **test)
    assert project.edges("app/main.go/", "imports") == ["imports ast/types.go/"]
    project = linked('package app\nimport "example.com/lib/ast"\nfunc f() { ast.Make() }\n', ast__more="package ast\n")
    assert project.edges("app/main.go/", "imports") == ["imports ast/types.go/"]


def test_a_package_is_all_files_of_a_directory() -> None:
    """Functions, types and methods of a package meet across files; a test package of another name is apart."""
    assert targets("package app\nfunc f() { g(T{}) }\n", app__b="package app\nfunc g(t T) {}\ntype T struct{}\n") == {
        "calls app/b.go/g().",
        "uses_type app/b.go/T#",
    }
    assert targets(
        "package app\nfunc f(t T) { t.m() }\ntype T struct{}\n", app__b="package app\nfunc (t T) m() {}\n"
    ) == {
        "calls app/b.go/T#m().",
        "uses_type app/main.go/T#",
    }
    assert targets("package app\nfunc f() { g() }\n", app__b_test="package app_test\nfunc g() {}\n") == set()


def test_modules_are_told_by_go_mod() -> None:
    """Without any go.mod the tail of an import's path decides; with one, other modules are external."""
    source = 'package app\nimport "other.org/x/ast"\nfunc f() { ast.Make() }\n'
    assert targets(source) == set()
    project = Project({"ast/types.go": TYPES, "app/main.go": source})
    assert project.edges("app/main.go/f().") == ["calls ast/types.go/Make()."]


def test_types_are_used_by_those_who_write_them() -> None:
    """Parameters, fields, embedded types and method sets; the types in an interface's methods are the interface's."""
    source = """package app
import "example.com/lib/ast"
type Own struct { *ast.Block; field map[string][]ast.Segment }
type Reader interface { ast.Node; Read(s ast.Segment) error }
"""
    assert targets(source, "Own#") == {"inherits Block#", "uses_type Segment#"}
    assert targets(source, "Reader#") == {"inherits Node#", "uses_type Segment#"}


def test_what_is_not_known_is_said() -> None:
    """A receiver without a type, another module and a missing name are told apart."""
    project = linked('package app\nimport "fmt"\nfunc f(x any) { g := fmt.Sprint(); g.Do(); x.Run(); lost() }\n')
    reasons = {(one.name, one.reason) for one in project.index.snapshot.files["app/main.go"].links.unresolved()}
    assert reasons == {
        ("Sprint", "external"),
        ("Do", "external"),
        ("Run", "builtin"),
        ("lost", "missing"),
        ("fmt", "external"),
    }


@pytest.mark.parametrize(
    "source",
    [
        "type Box[T any] struct{ item T }\nfunc f(b Box[*Leaf]) { b.item.run() }\n",
        "type Box[T any] struct{}\nfunc (b Box[T]) get() T { panic(0) }\nfunc f(b Box[*Leaf]) { b.get().run() }\n",
        "func id[T any](x T) T { return x }\nfunc f(b *Leaf) { id(b).run() }\n",
    ],
)
def test_a_type_parameter_is_not_its_constraint_where_it_is_used(source: str) -> None:
    """Nothing has methods by being `any`: what is called there may be a method of the project."""
    leaf = "package app\ntype Leaf struct{}\nfunc (l *Leaf) run() {}\n"
    missed = linked(leaf + source).index.snapshot.files["app/main.go"].links.unresolved()
    assert ("run", "unknown_receiver") in {(one.name, one.reason) for one in missed}


def test_circles_end() -> None:
    """Types made of one another, embedding one another or variables of one another lead nowhere, and nothing hangs."""
    source = """package app
type A B
type B A
type S struct{ *T }
type T struct{ *S }
type I interface { J; M() }
type J interface { I }
var x, y = y, x
var p = q
var q = p
func f(a A, s S, i I) { a[0].go(); a().run(); s.lost(); i.lost(); x.lost(); y(); p.lost(); q() }
func g() { for x := range p { x.lost() } }
func (s S) M() {}
"""
    calls = linked(source).edges("app/main.go/f().", "calls")
    assert calls == []


@pytest.mark.parametrize(
    ("caller", "met"),
    [
        ("open_linux", {"linux", "plain"}),
        ("open_android", {"linux", "plain"}),
        ("open_linux_arm64", {"linux", "plain"}),
        ("open_windows_test", {"plain", "windows_amd64"}),
        ("open_windows_arm64", {"plain"}),
        ("open_amd64", {"linux", "plain", "windows_amd64"}),
        ("open", {"linux", "plain", "windows_amd64"}),
        ("linux", {"linux", "plain", "windows_amd64"}),
    ],
)
def test_files_for_other_platforms_are_not_seen(caller: str, met: set[str]) -> None:
    """A file sees no definition in a file that its name gives to another system or processor; the first word is none.

    Where that leaves nothing, all stay.
    """
    others = {f"app/errors_{name}.go": "package app\nfunc fail() {}\n" for name in ("linux", "plain", "windows_amd64")}
    project = Project({f"app/{caller}.go": "package app\nfunc f() { fail() }\n", **others})
    found = project.edges(f"app/{caller}.go/f().")
    assert {edge.partition("errors_")[2].partition(".go")[0] for edge in found} == met
    alone = Project(
        {"app/a_linux.go": "package app\nfunc f() { g() }\n", "app/b_darwin.go": "package app\nfunc g() {}"}
    )
    assert len(alone.edges("app/a_linux.go/f().")) == 1
