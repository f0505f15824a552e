"""Resolution of Rust: `codegraph.graph.resolve.rust`. A project is one file per part; edges are read back as text."""

from __future__ import annotations

from projects import Project

from codegraph.core.symbols import Confidence, SymbolId

LIB = """pub mod part;
pub use part::{Part, Runs as Running};
pub fn make() -> Part { Part::new() }
pub const FIRST: Part = Part { next: None };
pub enum Mode { Fast, Slow(Part) }
pub type Alias = Part;
"""
PART = """use std::rc::Rc;
pub struct Part { pub next: Option<Rc<Part>> }
impl Part {
    pub fn new() -> Self { Self { next: None } }
    pub fn run(&self) -> Result<Self, String> { Ok(Part::new()) }
}
pub trait Base { fn base(&self) {} }
pub trait Runs: Base { type Out; fn stop(&self) -> Self; fn both(&self) {} }
impl Base for Part {}
"""
FILES = {
    "Cargo.toml": '[package]\nname = "app"\n[dependencies]\nmy-kit = { path = "kit" }\n',
    "kit/Cargo.toml": '[package]\nname = "my-kit"\n',
    "kit/src/lib.rs": LIB,
    "kit/src/part.rs": PART,
}


def linked(source: str, **others: str) -> Project:
    """Link `source` as src/main.rs of a package that depends on my-kit; `a__b` stands for src/a/b.rs."""
    files = {f"src/{name.replace('__', '/')}.rs": text for name, text in others.items()}
    return Project({**FILES, "src/main.rs": source, **files})


def edges(project: Project, symbol: str, kind: str) -> set[str]:
    return set(project.edges(symbol, kind))


def calls(code: str, parameters: str = "", head: str = "use my_kit::*;", **others: str) -> set[str]:
    """Return the calls of a function with that body."""
    project = linked(f"{head} fn f({parameters}) {{ {code} }}", **others)
    found = edges(project, "src/main.rs/f().", "calls")
    return {edge.removeprefix("calls ").replace("kit/src/", "").replace(".rs/", ":") for edge in found}


RUN = {"part:Part(+1)#run()."}
NEW = {"part:Part(+1)#new()."}


OWN = """pub struct Vault<A, T> { pub a: A, held: T, pub both: Vec<(u8, Part)> }
impl<B, U: Runs> Vault<B, U> { fn open(&self) { self.held.both() } }
impl<B> Vault<B, Part> { fn shut(&self) { self.held.run(); } }
pub struct Tight<T: Base> { base: T }
impl<U: Runs> Tight<U> { fn go(&self) { self.base.both(); self.base.base() } }
pub struct Lazy<T> { t: T }
impl<T> Lazy<T> { pub fn look(&self) {} }
pub trait Extra { fn extra(&self) {} fn push(&self) {} }
impl<T> Extra for T {}
impl Runs for Option<Part> { fn stop(&self) -> Self { self.both(); self.as_ref().unwrap().run(); None } }
#[cfg(unix)]
pub struct Twin<T> { t: T }
#[cfg(not(unix))]
pub struct Twin<T> { u: T }
impl<T> Twin<T> { pub fn only(&self) {} }
pub type Named = Vault<u8, Part>;
impl Named { pub fn of_alias(&self) {} }
impl Runs for Part { fn stop(&self) -> Self { self.run().unwrap(); Part::new() } fn both(&self) { self.base() } }
"""


OWN_USED = f"use my_kit::part::*; {OWN}"


def own(code: str, parameters: str) -> set[str]:
    return calls(code, parameters, "use own::*; mod own;", own=OWN_USED)


def inside(symbol: str) -> set[str]:
    """Return the names of what a function of that text calls."""
    project = linked("mod own;", own=OWN_USED)
    found = edges(project, f"src/own.rs/{symbol}", "calls")
    return {edge.rpartition("#")[2] for edge in found}


def test_a_field_of_a_type_parameter_is_what_an_impl_says_of_it() -> None:
    """By its place among the arguments, whatever it is called there; beside the bounds that the type has itself."""
    assert inside("Vault(+1)#open().") == {"both()."}
    assert inside("Vault(+2)#shut().") == {"run()."}
    assert inside("Tight(+1)#go().") == {"both().", "base()."}


def test_parts_of_tuples_keep_their_types() -> None:
    """In fields, parameters, results and elements, and behind the number that `enumerate` gives."""
    assert calls("p.1.run();", "p: (u8, Part)") == RUN
    assert calls("for (_, p) in v.both.iter() { p.run(); }", "v: &own::Vault<u8, u8>", "mod own;", own=OWN_USED) == RUN
    assert calls("for (_, (_, p)) in all.iter().enumerate() { p.run(); }", "all: &[(u8, Part)]") == RUN
    assert calls("for (_, p) in all.iter().enumerate() { p.run(); }", "all: &[Part]") == RUN
    assert (
        calls("let (_, p) = two(); p.run();", "", "use my_kit::*; use my_kit::part::*; fn two() -> (u8, Part) { x() }")
        >= RUN
    )
    assert calls("for (_, p) in all { p.run(); }", "all: &HashMap<u8, Part>") == RUN


def test_a_type_of_the_project_called_like_a_container_is_none() -> None:
    """What is imported or defined tells; a name of the standard library otherwise holds what it is given."""
    assert own("x.look();", "x: &Lazy<my_kit::Part>") == {"src/own:Lazy(+1)#look()."}
    assert calls("x.force().run();", "x: &Lazy<Part>") == RUN


def test_the_trait_in_scope_gives_a_method_to_a_value_of_which_nothing_is_known() -> None:
    """Unless it is not in scope, or the standard library has a method of that name; the edge is inferred."""
    extra = {"src/own:Extra#extra()."}
    assert own("let x = y(); x.extra(); x.push();", "") == extra
    project = linked("mod own; use own::Extra; fn f() { y().extra(); }", own=OWN_USED)
    (edge,) = project.index.snapshot.dependencies(SymbolId("src/main.rs/f()."))
    assert (edge.target, edge.confidence) == ("src/own.rs/Extra#extra().", Confidence.INFERRED)
    assert own("for y in x.iter().zip(z) { y.extra(); }", "x: &[u8]") == extra
    assert calls("let x = y(); x.extra();", "", "mod own;", own=OWN_USED) == set()


def test_an_impl_for_a_container_has_its_trait_and_what_is_inside() -> None:
    """`self` in `impl Trait for Option<T>` has the trait's methods, and gives an inner T."""
    assert inside("Option#stop().") == {"both().", "run()."}


def test_a_type_defined_under_two_conditions_has_its_methods_once() -> None:
    """Two `struct` under `cfg` are one to their impls; an impl for an alias is one for what that stands for."""
    assert own("x.only();", "x: &Twin<u8>") == {"src/own:Twin(+2)#only()."}
    assert own("x.of_alias();", "x: &Vault<u8, my_kit::Part>") == {"src/own:Named(+1)#of_alias()."}


def test_a_method_of_the_type_comes_before_one_of_the_trait_around() -> None:
    """In an impl of a trait, too, `self.run()` is the type's own method first."""
    text = "impl Go for Part { fn run(&self) -> u8 { self.run(); 1 } } trait Go { fn run(&self) -> u8; }"
    found = edges(linked(f"use my_kit::*; {text}"), "src/main.rs/Part#run().", "calls")
    assert {each.replace("kit/src/", "").replace(".rs/", ":") for each in found} == {"calls part:Part(+1)#run()."}


def test_receivers_are_typed() -> None:
    """Parameters, constants, results, patterns and fields tell a receiver's type, through containers and aliases."""
    assert calls("p.run();", "p: &Part") == RUN
    assert calls("p.run();", "p: Alias") == RUN
    assert calls("FIRST.run();") == RUN
    assert calls("make().run();") == {*RUN, "lib:make()."}
    assert calls("p.run()?.run().unwrap().run();", "p: Part") == RUN
    assert calls("if let Some(n) = &p.next { n.run(); }", "p: Part") == RUN
    assert calls("match m { Mode::Slow(p) => { p.run(); } _ => {} }", "m: Mode") == RUN
    assert calls("for p in all { p.run(); }", "all: Vec<Part>") == RUN
    assert calls("all.iter().filter(|p| p.run().is_ok());", "all: Vec<Part>") == RUN
    assert calls("let p = Part::new(); p.clone().run();") == {*RUN, *NEW}


def test_traits_give_their_methods() -> None:
    """To types that implement them, to what is bound by them, and with `Self` for what it is then."""
    head = "use my_kit::part::*; impl Runs for Part { type Out = Part; fn stop(&self) -> Self { Part::new() } } "
    stop, both, base = "src/main:Part#stop().", "part:Runs#both().", "part:Base#base()."
    assert calls("p.stop().run(); p.both(); p.base();", "p: Part", head) == {stop, both, base, *RUN}
    assert calls("p.both(); p.base();", "p: &dyn Runs", "use my_kit::part::*;") == {both, base}
    assert calls("p.both();", "p: impl Running + Clone") == {both}
    project = linked(head)
    assert edges(project, "src/main.rs/Part#stop().", "overrides") == {"overrides kit/src/part.rs/Runs#stop()."}
    assert edges(project, "src/main.rs/Part#", "implements") == {"implements kit/src/part.rs/Runs#"}
    assert edges(project, "kit/src/part.rs/Runs#", "inherits") == {"inherits kit/src/part.rs/Base#"}


def test_impls_of_other_files_count() -> None:
    """A type's members stand in impls wherever these are, of the very type and not of one of its name."""
    assert calls("p.far();", "p: Part", "mod far; use my_kit::Part;", far="impl crate::Part { fn far(&self) {} }") == {
        "src/far:Part#far()."
    }
    assert (
        calls("p.far();", "p: Part", "mod far; use my_kit::Part;", far="struct Part; impl Part { fn far(&self) {} }")
        == set()
    )


def test_type_parameters_of_fields() -> None:
    """A field of an unbound type parameter is what the impl around says of it."""
    source = "use my_kit::part::Runs; struct Of<T> { held: T } impl<T: Runs> Of<T> { fn f(&self) { self.held.both() } }"
    assert edges(linked(source), "src/main.rs/Of(+1)#f().", "calls") == {"calls kit/src/part.rs/Runs#both()."}


def test_modules() -> None:
    """Files by name, by path and inline; `self`, `super` and `crate`; a file that a macro declares is found too."""
    assert calls(
        "a::go(); a::b::go();", "", "mod a;", a="pub mod b; pub fn go() { super::f(); }", a__b="pub fn go() {}"
    ) == {
        "src/a:go().",
        "src/a/b:go().",
    }
    assert calls("x::go();", "", '#[path = "odd/y.rs"] mod x;', odd__y="pub fn go() {}") == {"src/odd/y:go()."}
    assert calls("a::up();", "", "mod a { pub fn up() { super::f(); self::own(); } fn own() {} }") == {"src/main:up()."}
    assert calls("a::go();", "", "declare!(a);", a="pub fn go() {}") == {"src/a:go()."}
    project = linked("mod a; fn f() {}", a="mod b { fn g() { super::super::f(); crate::f(); } }")
    assert edges(project, "src/a.rs/g().", "calls") == {"calls src/main.rs/f()."}
    assert edges(project, "src/main.rs/", "imports") == {"imports src/a.rs/"}


def test_imports_and_reexports() -> None:
    """An import leads to what it names through re-exports; to a file where that is a module."""
    project = linked("use my_kit::{self, make, Running, part};")
    assert edges(project, "src/main.rs/", "imports") == {
        "imports kit/src/lib.rs/",
        "imports kit/src/lib.rs/make().",
        "imports kit/src/part.rs/",
        "imports kit/src/part.rs/Runs#",
    }
    assert calls("make();", "", "use other::make;") == set()
    assert calls("make();", "", "mod inner { pub use my_kit::make; } use inner::*;") == {"lib:make()."}


def test_macros() -> None:
    """A macro is found above and by its name in the crate; what stands in it is inferred."""
    head = "macro_rules! grab { ($x:expr) => { $x } } mod a;"
    assert calls("grab!(go())", "", head + " fn go() {}", a="") == {"src/main:grab().", "src/main:go()."}
    project = linked(head, a="fn g() { grab!(g()); }")
    assert edges(project, "src/a.rs/g().", "calls") == {"calls src/a.rs/g().", "calls src/main.rs/grab()."}
    sure = {each.target: each.confidence for each in project.index.snapshot.dependencies(SymbolId("src/a.rs/g()."))}
    assert sure == {"src/a.rs/g().": Confidence.INFERRED, "src/main.rs/grab().": Confidence.EXACT}
    items = "macro_rules! items { () => { pub use my_kit::make; } } items!();"
    assert calls("make();", "", items) == {"lib:make()."}
    other = "mod a; use a::*; macro_rules! none { () => {} } none!();"
    assert calls("make();", "", other, a="#[macro_use] mod b; items!(); none!();", a__b=items) == {"lib:make()."}
    project = linked("none!(); fn f() { make(); }", a=items)
    assert "calls kit/src/lib.rs/make()." not in project.edges("src/main.rs/f().")


def test_variants_are_members_of_their_enum() -> None:
    """A variant is named through its enum, its alias, or alone where all variants are imported."""
    fast = {"references kit/src/lib.rs/Mode#Fast."}
    for code in ("let x = Mode::Fast;", "use my_kit::Mode::*; let x = Fast;"):
        assert edges(linked(f"use my_kit::*; fn f() {{ {code} }}"), "src/main.rs/f().", "references") == fast


def test_items_of_functions_are_found_by_scope() -> None:
    """Local types have fields, methods and traits of their own, and take none of the module's of their names."""
    source = """use my_kit::part::{Part, Runs};
struct Pair; impl Pair { fn left(&self) {} }
fn f() {
    struct Pair { part: Part, mode: Mode }
    enum Mode { One(Part), Two }
    trait Local { fn both(&self) {} fn go(&self) -> Part; }
    impl Pair { fn new() -> Self { helper() } }
    impl Local for Pair { fn go(&self) -> Part { self.part.clone() } }
    fn helper() -> Pair { MOST; loop {} }
    const MOST: usize = 1;
    let p = Pair::new();
    p.go().run(); p.both(); p.left(); helper().part.run();
    if let Mode::One(part) = p.mode { part.run(); }
}
fn g(p: Pair) { p.left(); p.go(); helper(); }
"""
    project = linked(source)
    at = "src/main.rs/f()."
    assert edges(project, at, "calls") == {
        f"calls {at}Pair(+1)#new().", f"calls {at}Pair(+2)#go().", f"calls {at}Local#both().", f"calls {at}helper().",
        "calls kit/src/part.rs/Part(+1)#run().",
    }  # fmt: skip
    assert edges(project, at, "references") == {f"references {at}Mode#One."}
    assert set(project.edges(f"{at}helper().")) == {f"uses_type {at}Pair#", f"references {at}MOST."}
    assert edges(project, f"{at}Pair(+2)#", "implements") == {f"implements {at}Local#"}
    assert edges(project, f"{at}Pair(+2)#go().", "overrides") == {f"overrides {at}Local#go()."}
    assert edges(project, "src/main.rs/g().", "calls") == {"calls src/main.rs/Pair(+1)#left()."}


def test_what_a_body_imports_binds_there_only() -> None:
    """An import of a block is known in it, and in the items of it; everything of a local enum can be imported, too."""
    source = """mod a { pub fn go() {} pub fn more() {} }
fn f() { { use a::go as it; use self::a::more; it(); fn inner() { more() } } it(); more(); }
fn g() { enum E { One } use E::*; let x = One; { use super::a::*; go(); } }
fn h() { mod b { pub fn in_b() { super::f() } } b::in_b(); use b::in_b as other; other(); }
fn it() {}
"""
    project = linked(source)
    assert edges(project, "src/main.rs/f().", "calls") == {"calls src/main.rs/go().", "calls src/main.rs/it()."}
    assert edges(project, "src/main.rs/f().inner().", "calls") == {"calls src/main.rs/more()."}
    assert edges(project, "src/main.rs/g().", "references") == {"references src/main.rs/g().E#One."}
    assert edges(project, "src/main.rs/h().", "calls") == {"calls src/main.rs/h().in_b()."}
    assert edges(project, "src/main.rs/h().in_b().", "calls") == {"calls src/main.rs/f()."}


def test_impls_and_macros_of_bodies() -> None:
    """An impl in a function counts everywhere; a macro in one is known behind its definition, also in macros."""
    source = """struct S;
fn f(s: S) { impl S { fn far(&self) {} } m!(); macro_rules! m { () => {} } m!(); fn inner() { run!(m!()) } }
const _: () = { impl S { fn more(&self) {} } fn own() { own() } };
fn g(s: S) { s.far(); s.more(); m!(); own(); }
"""
    project = linked(source)
    assert edges(project, "src/main.rs/g().", "calls") == {
        "calls src/main.rs/f().S#far().", "calls src/main.rs/_.S#more()."
    }  # fmt: skip
    assert edges(project, "src/main.rs/f().", "calls") == {"calls src/main.rs/f().m()."}
    assert edges(project, "src/main.rs/f().inner().", "calls") == {"calls src/main.rs/f().m()."}
    assert edges(project, "src/main.rs/_.own().", "calls") == {"calls src/main.rs/_.own()."}


def test_a_function_may_be_called_like_its_module() -> None:
    """A module hides no function that is imported under its name, and stays what paths lead through."""
    others = {
        "sync__mod": "pub mod commit;\nmod tag;\npub use commit::{amend, commit};\npub use self::tag::*;\n",
        "sync__commit": "pub fn commit() {}\npub fn amend() { commit() }\n",
        "sync__tag": "pub fn tag() {}\n",
    }
    head = "mod sync; use crate::sync::{self, commit, tag};"
    commit, tag = "src/sync/commit:commit().", "src/sync/tag:tag()."
    for code, expected in {
        "commit()": {commit},
        "sync::commit()": {commit},
        "crate::sync::commit()": {commit},
        "commit::commit()": {commit},
        "sync::commit::amend()": {"src/sync/commit:amend()."},
        "tag()": {tag},
        "sync::tag()": {tag},
    }.items():
        assert calls(code, head=head, **others) == expected, code
