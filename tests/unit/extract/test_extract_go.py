"""Extraction of Go: definitions, chains and scopes (`languages.go`, `languages.block_walk`), and go.mod."""

from __future__ import annotations

import random

from codegraph.core.facts import FileFacts
from codegraph.core.symbols import SymbolKind
from codegraph.extract.extractor import Limits, extract

SOURCE = """package p

// Box is a box.
type Box struct { size Size; more []pkg.Item }
// Fill fills.
func (b *Box) Fill(i pkg.Item, f func()) (*Box, error) { f(); b.check(i); New(i).Run(); return b, nil }
type (
\t// Filler fills.
\tFiller interface { Fill(x ...pkg.Item) }
\tAlias = Box
)
const Limit, other = 3, 4
func (x *Elsewhere) Do() {}
"""


def facts(source: str, language: str = "go") -> FileFacts:
    return extract(source.encode(), language, Limits())


def mentions(source: str) -> set[str]:
    return {f"{one.role.name} {'.'.join(one.chain)}" for one in facts(source).occurrences.references}


def test_definitions() -> None:
    """A method belongs to its type if that stands above it, else it says its name; each type of a group is one."""
    definitions = facts(SOURCE).outline.definitions
    assert {each.descriptor: each.kind for each in definitions[1:]} == {
        "Box#": SymbolKind.CLASS,
        "Box#Fill().": SymbolKind.METHOD,
        "Filler#": SymbolKind.INTERFACE,
        "Filler#Fill().": SymbolKind.METHOD,
        "Alias#": SymbolKind.CLASS,
        "Limit.": SymbolKind.CONSTANT,
        "Elsewhere#Do().": SymbolKind.METHOD,
    }
    assert definitions[1].range.start_line == 3
    assert definitions[2].signature.startswith("func ( b * Box ) Fill (")


def test_types_inside_of_functions_are_local_definitions() -> None:
    """They belong to the function around them, as do their methods and fields; one of a group is one each."""
    source = """package p
func (b *Box) Fill() {
	type pair struct { left, right *Box }
	type (
		mover interface { Move(p pair) Size }
		Size = int
	)
	func() { type pair []mover }()
}
var run = func() { type pair struct{} }
type pair struct{}
"""
    found = facts(source)
    definitions = found.outline.definitions
    assert {each.descriptor: (definitions[each.container].descriptor, each.local) for each in definitions[1:]} == {
        "Box#Fill().": ("", False),
        "Box#Fill().pair#": ("Box#Fill().", True),
        "Box#Fill().mover#": ("Box#Fill().", True),
        "Box#Fill().mover#Move().": ("Box#Fill().mover#", False),
        "Box#Fill().Size#": ("Box#Fill().", True),
        "Box#Fill().pair(+1)#": ("Box#Fill().", True),
        "run.": ("", False),
        "run.pair#": ("run.", True),
        "pair#": ("", False),
    }
    bound = {(definitions[each.owner].descriptor, each.name): each.chain for each in found.occurrences.bindings}
    assert bound["Box#Fill().pair#", "left"] == ("Box", "()")
    assert bound["Box#Fill().pair(+1)#", "@under"] == ("@=Box#Fill().mover#", "()", "@of")
    assert {"TYPE @=Box#Fill().pair#", "TYPE @=Box#Fill().mover#"} <= mentions(source)


def test_mentions_start_at_names_of_the_package() -> None:
    """Local names are replaced by what is known of them; what only leads on and what is predeclared is no mention."""
    assert mentions(SOURCE) == {
        "TYPE Size", "TYPE pkg.Item", "TYPE Box", "TYPE Elsewhere", "CALL Box.().check", "CALL New", "CALL New.().Run",
        "CALL @?",
    }  # fmt: skip
    assert mentions("package p\nfunc f(x int) { x++; y := g(); y.z.h(); print(T{k: v, w: 1}) }\n") == {
        "CALL g", "CALL g.().z.h", "TYPE T", "READ v",
    }  # fmt: skip


def test_bindings_say_what_types_are_made_of() -> None:
    """Fields, results by number, receivers that stand elsewhere, shapes, and what an alias stands for."""
    bound = {(one.owner, one.name): one.chain for one in facts(SOURCE).occurrences.bindings}
    assert bound == {
        (1, "size"): ("Size", "()"),
        (1, "more"): ("pkg", "Item", "()", "@of"),
        (2, "0"): ("Box", "()"),
        (2, "1"): ("error", "()"),
        (2, "@shape"): ("pkg.Item,func(>)>*Box,error",),
        (4, "@shape"): ("...pkg.Item>",),
        (5, "@alias"): ("Box", "()"),
        (7, "@receiver"): ("Elsewhere",),
        (7, "@shape"): (">",),
    }


def test_long_and_deep_expressions_have_no_chain() -> None:
    """Chains and nesting are bounded: a long chain of calls and a tower of pointers cost little and raise nothing."""
    assert facts("package p\nfunc f() { a" + ".b()" * 3000 + " }\n").outline.definitions
    assert facts("package p\nfunc f() { x := " + "&" * 3000 + "a; x.b() }\n").outline.definitions
    assert facts("package p\nfunc f() { x := " + "a+" * 3000 + "a; x.b() }\n").outline.definitions


def test_damaged_sources_are_data() -> None:
    """Cut and spliced sources raise nothing, and their definitions stay well-formed."""
    draw, source = random.Random("go"), SOURCE.encode()
    for _ in range(150):
        data = bytearray(source)
        for _ in range(draw.randint(1, 4)):
            at, to = sorted((draw.randrange(len(data) + 1), draw.randrange(len(data) + 1)))
            data[at : to if draw.random() < 0.5 else at] = draw.choice([b"", source[at:to], draw.randbytes(3)])
        definitions = extract(bytes(data), "go", Limits()).outline.definitions
        assert len({each.descriptor for each in definitions}) == len(definitions)
        assert all(each.container < index for index, each in enumerate(definitions))


def test_go_mod() -> None:
    """Of a go.mod only the module's path is read, quoted or not; comments do not count."""
    for text in ("module a.b/c\n", '// module x\nmodule "a.b/c" // y\n\ngo 1.22\nrequire (\n\tx v1\n)\n'):
        assert [(one.name, one.chain) for one in facts(text, "go-mod").occurrences.exports] == [("module", ("a.b/c",))]
    assert facts("go 1.22\n", "go-mod").occurrences.exports == ()
