"""Extraction of Rust: definitions, chains, scopes, macros (`languages.rust`), and Cargo.toml (`languages.cargo`)."""

from __future__ import annotations

import pytest
from damage import damaged

from codegraph.core.facts import FileFacts, decode_own_input
from codegraph.core.symbols import SymbolKind
from codegraph.extract.extractor import Limits, extract

SOURCE = """//! A crate.

use std::io;
use crate::parts::{self, Part, deep::*};

/// A box.
pub struct Case { size: Size }

impl Thing for Case {
    /// Fills it.
    fn fill(&self, i: parts::Item, f: impl Fn() -> Part) -> io::Result<Self> {
        f().go(); self.check(i)?; Ok(Case::make()) }
}

pub trait Thing: Base { type Out; fn fill(&self) -> Self::Out; }
enum Mode { Fast, Slow(Part) }
const LIMIT: Size = Size { wide: 1 };
type Alias = Part;
macro_rules! grab { ($x:expr) => { $x } }
#[cfg(test)]
mod tests { use super::*; fn t() { grab!(Case::make().check(Mode::Fast)); } }
"""


def facts(source: str, language: str = "rust") -> FileFacts:
    return extract(source.encode(), language, Limits())


def mentions(source: str) -> set[str]:
    return {f"{one.role.name} {'.'.join(one.chain)}" for one in facts(source).occurrences.references}


def within(code: str, parameters: str = "") -> set[str]:
    """Return what a function with that body mentions."""
    return mentions(f"fn f({parameters}) {{ {code} }}")


def test_definitions() -> None:
    """An impl is a class of the type's name; variants, associated types and macros are definitions."""
    found = facts(SOURCE)
    assert {each.descriptor: each.kind for each in found.outline.definitions} == {
        "": SymbolKind.MODULE,
        "Case#": SymbolKind.CLASS,
        "Case(+1)#": SymbolKind.CLASS,
        "Case(+1)#fill().": SymbolKind.METHOD,
        "Thing#": SymbolKind.INTERFACE,
        "Thing#Out#": SymbolKind.CLASS,
        "Thing#fill().": SymbolKind.METHOD,
        "Mode#": SymbolKind.ENUM,
        "Mode#Fast.": SymbolKind.CONSTANT,
        "Mode#Slow.": SymbolKind.CONSTANT,
        "LIMIT.": SymbolKind.CONSTANT,
        "Alias#": SymbolKind.CLASS,
        "grab().": SymbolKind.FUNCTION,
        "t().": SymbolKind.FUNCTION,
    }
    texts = [decode_own_input(found.inputs[each.own]).docstring for each in found.outline.definitions[:4]]
    assert texts == ["A crate.", "A box.", "", "Fills it."]


def test_mentions_start_at_names_of_the_module() -> None:
    """Local names are replaced by what is known of them, and what a macro's tokens mention is marked."""
    assert mentions(SOURCE) == {
        "TYPE Size", "TYPE parts.Item", "IMPLEMENT Thing", "TYPE Case", "TYPE Part", "TYPE Fn",
        "TYPE io.Result", "CALL Part.().go", "CALL @Self.().check", "CALL Case.make", "INHERIT Base", "TYPE @Self.Out",
        "CALL grab!", "CALL @lex.Case.make", "TYPE @lex.Case", "CALL @lex.Case.make.().check", "READ @lex.Mode.Fast",
        "TYPE @lex.Mode", "CALL Part.().@call.@?",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "parameters", "expected"),
    [
        ("p.go()", "p: &mut Box<a::Part>", "CALL a.Part.().go"),
        ("p?.unwrap().go()", "p: Result<Option<Part>, E>", "CALL Part.().@of.unwrap.().go"),
        ("let p = Part::new(); p.go()", "", "CALL Part.new.().go"),
        ("let p: Part = x(); p.size.go()", "", "CALL Part.()..size.go"),
        ("if let Some(p) = all.get(0) { p.go() }", "all: Vec<Part>", "CALL Part.().@of.get.().[].go"),
        ("for (i, p) in all.iter().enumerate() { p.go() }", "all: &[Part]", None),
        ("match m { Mode::Slow(p) => p.go(), _ => {} }", "m: Mode", "CALL Mode.Slow..0.go"),
        ("let Case { size, .. } = c; size.go()", "c: Case", "CALL Case..size.go"),
        ("all.iter().map(|p| p.go());", "all: Vec<Part>", "CALL Part.().@of.iter.().[].go"),
        ("let (a, b) = (Part {}, 1); a.go()", "", "CALL Part.().go"),
        ("let (a, b) = pair(); b.go()", "", "CALL pair.().@second.go"),
        ("<Part as Thing>::go()", "", "CALL Part.go"),
        ("x.go()", "x: impl One + m::Two", "CALL @any:One&m::Two.().go"),
        ("p.1.go()", "p: (u8, Part)", "CALL Part.().go"),
        ("for (a, b) in all { a.go() }", "all: Vec<(Part, u8)>", "CALL Part.().go"),
        ("let p = (1, Part {}); p.1.go()", "", "CALL Part.().go"),
        ("for (k, v) in all { v.go() }", "all: HashMap<u8, Part, S>", "CALL Part.().@second.go"),
        ("c.get().go()", "c: x::Lazy<Part>", "CALL Part.().@of:x::Lazy.get.().go"),
        ("r.go()", "r: Ref<Part>", "CALL Part.().@as:Ref.go"),
        ("let Two(_, p) = x; p.go()", "", "CALL Two..1.go"),
        ("let (.., p) = x; p.go()", "x: (Part, u8)", "CALL ().go"),
    ],
)
def test_what_is_known_of_a_receiver(code: str, parameters: str, expected: str | None) -> None:
    """Declarations, patterns, loops and closures say what a name holds; pointers and containers are seen through."""
    found = within(code, parameters)
    assert (expected or "CALL Part.().@of.iter.().enumerate.().[].@second.go") in found


def test_type_parameters_are_their_bounds() -> None:
    """Bounds stand in front or behind; those of an impl serve the fields of a type without any."""
    assert "CALL Thing.().go" in mentions("fn f<T: Thing + Clone>(t: T) { t.go() }")
    assert "CALL Thing.make" in mentions("fn f<T>() where T: Thing { T::make() }")
    found = facts("struct Of<T> { held: T }\nimpl<T: Thing> Of<T> { fn f(&self) {} }").occurrences.bindings
    assert [(each.name, each.chain) for each in found] == [
        (".held", ("@param:0", "()")),
        ("@bound:0", ("Thing", "()")),
        ("@self", ("Of", "()")),
    ]


def test_imports_are_one_for_each_name() -> None:
    """Lists nest, inline modules stand in front, and `mod name;` is an import for its effect."""
    source = 'use a::{b::{self as c, d}, e::*};\nmod inner { pub use super::x; }\n#[path = "other.rs"]\nmod far;\n'
    found = [(each.kind.name, each.module, each.name, each.alias) for each in facts(source).occurrences.imports]
    assert found == [
        ("NAME", "a", "b", "c"),
        ("NAME", "a::b", "d", "d"),
        ("STAR", "a::e", "*", ""),
        ("NAME", "inner>super", "x", "x"),
        ("EFFECT", "other.rs", "far", ""),
    ]


def test_items_of_functions_are_local() -> None:
    """What a function, or a constant's value, defines inside is a definition of its own, known in its block only."""
    items = "fn helper() {} struct Part; impl Part { fn new() {} } enum E { A } const C: u8 = 1;"
    items += " macro_rules! m { () => {} }"
    assert within(f"{items} helper(); Part::new(); E::A; C; m!(); other();") == {
        "CALL other", "CALL @=f().helper().", "CALL @=f().Part#.new", "TYPE @=f().Part#", "READ @=f().E#.A",
        "TYPE @=f().E#", "READ @=f().C.", "CALL @=f().m().",
    }  # fmt: skip
    assert within(f"{{ {items} }} helper(); m!(); C;") == {"CALL helper", "CALL m!", "READ C", "TYPE @=f().Part#"}
    found = facts(f"const _: () = {{ {items} }};").outline.definitions
    assert [each.descriptor for each in found if each.local] == [
        "_.helper().", "_.Part#", "_.Part(+1)#", "_.E#", "_.C.", "_.m().",
    ]  # fmt: skip


def test_items_see_no_variables() -> None:
    """A variable hides an item in its block, but not in the items of the block; type parameters and `Self` end, too."""
    assert within("let go = 1; go(); fn inner() { go() }", "") == {"CALL go", "CALL @?"}
    assert mentions("fn f<T>(t: T) { fn inner(t: T) { T::go() } }") == {"TYPE T", "CALL T.go"}
    assert "TYPE @=f().T#" in mentions("fn f<T>() { struct T; fn inner(t: T) {} }")


def test_what_a_body_imports_is_known_there() -> None:
    """A name that a block imports stands behind the block, and whatever no scope declares if it imports everything."""
    assert within("{ use a::b as c; c(); } c();") == {"CALL @in:f().1.c", "CALL c"}
    assert within("use E::*; go(); fn inner() { more(); }") == {"CALL @in:f().1.go", "CALL @in:f().1.more"}
    imports = facts("mod m { fn f() { use a::b; { use super::c; } } }").occurrences.imports
    assert [(each.owner, each.module, each.name) for each in imports] == [
        (1, "m::{f().1}>a", "b"),
        (1, "m::{f().1/f().2}>super", "c"),
    ]


def test_settings_of_cargo() -> None:
    """Names of package and library, and of dependencies as code has them; a broken file says nothing."""
    source = '[package]\nname = "a-b"\n[lib]\npath = "x.rs"\n[dependencies]\nc-d = "1"\n'
    more = '[target."cfg(unix)".dev-dependencies]\ne = { package = "f-g", path = "../f" }\n'
    assert [(each.name, each.chain) for each in facts(source + more, "cargo").occurrences.exports] == [
        ("package", ("a-b",)),
        ("lib", ("", "x.rs")),
        ("depends", ("c_d", "c_d")),
        ("depends", ("e", "f_g")),
    ]
    assert facts("[package", "cargo").occurrences.exports == ()


def test_damaged_sources_are_data() -> None:
    """Cut, spliced and random sources raise nothing, and their definitions stay well-formed."""
    for data in damaged(SOURCE.encode(), "rust", 150):
        found = extract(data, "rust", Limits())
        assert len({each.descriptor for each in found.outline.definitions}) == len(found.outline.definitions)
        assert all("" not in each.chain for each in found.occurrences.references)


def test_what_a_macro_writes_is_called_by_whoever_uses_it() -> None:
    """In rules and quoted code, a name before a bracket is a call on something unknown: nobody knows who calls it."""
    source = """
macro_rules! twice { ($e:expr) => { fn made() { helper($e); helper(2); $e(3) } }; }
fn written() { let code = quote! { call(#given(1)); fn new(x: u8) {} }; stringify!(never(1)); }
"""
    found = facts(source)
    names = [definition.name for definition in found.outline.definitions]
    assert [(names[each.owner], each.chain[-1]) for each in found.occurrences.references if each.chain[0] == "()"] == [
        ("twice", "helper"),
        ("written", "call"),
    ]
