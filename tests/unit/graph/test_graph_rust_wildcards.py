"""What Rust's wildcard imports give: `codegraph.graph.resolve.rust.wildcards`."""

from __future__ import annotations

import pytest
from projects import Project

from codegraph.graph.resolve.rust.modules import ModuleEvaluator
from codegraph.graph.resolve.rust.wildcards import WildcardEvaluator


def tree(**modules: str) -> Project:
    """Return a crate with these modules of the root; `a__b` stands for src/a/b.rs, `lib` for the root itself."""
    files = {f"src/{name.replace('__', '/')}.rs": text for name, text in modules.items()}
    return Project({"Cargo.toml": '[package]\nname = "app"\n', **files})


def calls(project: Project, symbol: str) -> list[str]:
    """Return what a function calls."""
    return project.edges(symbol, "calls")


def test_private_wildcards_and_imports_give_names_to_the_modules_inside_only() -> None:
    """What a module uses for itself is nobody's who imports everything of it, but of those that stand in it."""
    for visibility, expected in (("", ["calls src/b.rs/go()."]), ("pub ", ["calls src/c.rs/go()."])):
        for imported in ("use crate::c::*;", "use crate::c::go;"):
            project = tree(
                lib="mod a; mod b; mod c; mod user;",
                a=f"{visibility}{imported}\npub mod inside;",
                a__inside="use super::*; fn f() { go(); }",
                b="pub fn go() {}",
                c="pub fn go() {}",
                user="use crate::a::*; use crate::b::*; fn f() { go(); }",
            )
            assert calls(project, "src/user.rs/f().") == expected, (visibility, imported)
            assert calls(project, "src/a/inside.rs/f().") == ["calls src/c.rs/go()."]


def test_a_wildcard_may_need_what_another_gives() -> None:
    """In whichever order they stand."""
    for head in ("use inner::*; use crate::a::*;", "use crate::a::*; use inner::*;"):
        project = tree(lib="mod a; mod user;", a="pub mod inner { pub fn go() {} }", user=f"{head} fn f() {{ go(); }}")
        assert calls(project, "src/user.rs/f().") == ["calls src/a.rs/go()."]


def test_modules_that_import_everything_of_each_other_have_all_names_of_both() -> None:
    """Whoever is asked first, nothing is lost in the circle."""
    for asked in ("a();\nb();", "b();\na();"):
        project = tree(
            lib="mod a; mod b; mod user;",
            a="pub use crate::b::*; pub fn a() {} fn f() { b(); }",
            b="pub use crate::a::*; pub fn b() {} fn f() { a(); }",
            user=f"use crate::a::*; fn f() {{ {asked} }} mod other {{ use crate::b::*; fn g() {{ {asked} }} }}",
        )
        both = {"calls src/a.rs/a().", "calls src/b.rs/b()."}
        assert set(calls(project, "src/user.rs/f().")) == set(calls(project, "src/user.rs/g().")) == both
        assert calls(project, "src/a.rs/f().") == ["calls src/b.rs/b()."]


def test_an_enum_imported_in_a_block_by_its_name_gives_its_variants_to_functions_inside() -> None:
    """The wildcard's path begins with a name of the module around, which is asked through the block itself."""
    project = tree(
        lib="mod kinds; mod user;",
        kinds="pub enum Kind { One(One), Two } pub struct One; impl One { pub fn go(&self) {} }",
        user="use crate::kinds::Kind; fn f() { use Kind::*; fn g(k: &Kind) { match k { One(_) => (), Two => () } } }",
    )
    found = project.edges("src/user.rs/f().g().", "references", "calls")
    assert "references src/kinds.rs/Kind#One." in found
    assert "references src/kinds.rs/Kind#Two." in found


def test_what_changes_in_a_module_that_wildcards_reach_reaches_those_who_ask_for_it() -> None:
    """A name, an import, or a wildcard that comes or goes is seen through two preludes; it equals a clean index."""
    project = tree(
        lib="mod a; mod b; mod user; pub mod prelude { pub use crate::a::*; }",
        a="pub mod deep; pub use deep::prelude::*;",
        a__deep="pub mod prelude { pub use super::*; }",
        b="pub fn go() {}",
        user="use crate::prelude::*; fn f() { go(); }",
    )
    for deep, expected in (
        ("pub mod prelude { pub use super::*; } pub fn go() {}", ["calls src/a/deep.rs/go()."]),
        ("pub mod prelude { pub use crate::b::go; }", ["calls src/b.rs/go()."]),
        ("pub mod prelude { pub use crate::b::*; }", ["calls src/b.rs/go()."]),
        ("pub mod prelude { use crate::b::*; }", []),
    ):
        project.change({"src/a/deep.rs": deep})
        assert calls(project, "src/user.rs/f().") == expected, deep
        assert project.clean().snapshot.dependencies("src/user.rs/f().") == project.index.snapshot.dependencies(
            "src/user.rs/f()."
        )


def test_a_prelude_of_many_modules_is_followed_once_for_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not once for each name: of hundreds of modules that a prelude reaches, those are asked that offer the name."""
    asked: list[str] = []
    followed: list[str] = []
    declared, starred = ModuleEvaluator.declared, WildcardEvaluator.starred
    monkeypatch.setattr(
        ModuleEvaluator, "declared", lambda self, *given, **how: asked.append("") or declared(self, *given, **how)
    )
    monkeypatch.setattr(WildcardEvaluator, "starred", lambda self, *given: followed.append("") or starred(self, *given))
    many = 40
    modules = {f"m{n}": f"pub fn go{n}() {{}} pub mod prelude {{ pub use super::*; }}" for n in range(many)}
    reexports = "".join(f"pub use crate::m{n}::prelude::*;" for n in range(many))
    names = "".join(f"go{n}(); unknown{n}();" for n in range(many))
    declarations = "".join(f"pub mod m{n};" for n in range(many))
    project = tree(lib=f"{declarations} mod user; pub mod prelude {{ {reexports} }}", user="", **modules)
    asked.clear()
    followed.clear()
    project.change({"src/user.rs": f"use crate::prelude::*; fn f() {{ {names} }}"})
    assert len(calls(project, "src/user.rs/f().")) == many
    assert len(followed) < 5 * many
    assert len(asked) < 20 * many
