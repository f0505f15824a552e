"""Extraction of C#: definitions, chains and scopes (`languages.c_sharp`)."""

from __future__ import annotations

import pytest
from damage import damaged

from codegraph.core.facts import FileFacts, Role, decode_own_input
from codegraph.core.symbols import SymbolKind
from codegraph.extract.extractor import Limits, extract

SOURCE = """namespace A;
using Kit;
using static Kit.Tools;
using P = Kit.Part;
/// <summary>A box.</summary>
class Box<T> : Base, IThing<T> where T : Item {
  const int K = 1;
  readonly Part part = new(), other;
  public int Size { get; set; }
  // Fills it.
  void Fill(Item item, T t) { item.Move(); Check(1); new Lid(item) { Width = 2 }; this.part.Go(); t.Run(); }
}
enum Mode { Fast, Slow = Box<int>.K }
ref partial struct Reader { int this[int at] => at; }
"""


def facts(source: str) -> FileFacts:
    return extract(source.encode(), "c_sharp", Limits())


def mentions(source: str) -> set[str]:
    return {f"{one.role.name} {'.'.join(one.chain)}" for one in facts(source).occurrences.references}


def within(code: str, parameters: str = "") -> set[str]:
    """Return what a method with that body mentions."""
    return mentions(f"class A {{ void F({parameters}) {{ {code} }} }}")


TORN = """class C : A
#if ONE
  , B
#endif
#if TWO
  , D
#endif
{
  int size {
#if ONE
    get { return 1; }
#else
    get { return 2; }
#endif
  }
  int F(int x) {
#if ONE
    if (x == 1) { One(); } else
#endif
    { Two(); }
    switch (x) {
#if ONE
      case 1: Three(); break;
#endif
      case 2: Four(); break;
    }
    var y = Five()
#if !ONE
      .Six()
#else
      .Seven()
#endif
      ;
    float z = *(float*)&x;
  }
#if ONE
  void G() { Eight(); }
#else
  void H() { Nine(); }
#endif
}
enum E { P,
#if ONE
  Q,
#endif
  R }
"""


def test_conditions_that_cut_through_something() -> None:
    """Of #if inside of a list, a statement or a property the first branch is read; between members all are."""
    found = facts(TORN)
    assert found.outline.problems == ()
    assert [each.descriptor for each in found.outline.definitions[1:]] == [
        *("C#", "C#size().", "C#F().", "C#G().", "C#H().", "E#", "E#P.", "E#Q.", "E#R.")
    ]
    bases = {each.chain for each in found.occurrences.references if each.role is Role.INHERIT}
    assert {chain[0] for chain in bases} == {"A", "B", "D"}
    calls = {each.chain[-1] for each in found.occurrences.references if each.role is Role.CALL}
    assert calls == {f"{name}(0)" for name in ("One", "Two", "Three", "Four", "Five", "Six", "Eight", "Nine")}


MISREAD = {
    "F([property]);": "property",
    "F([type, field]);": "type",
    "F(1, async);": "async",
    "var x = async ? 1 : 2;": "async",
    "a.Go(async: false, async.It);": "async.It",
    "this.all?[0] = async;": "async",
    "this.one?.two = async;": "async",
}


@pytest.mark.parametrize("code", MISREAD)
def test_names_that_are_keywords_elsewhere(code: str) -> None:
    """What the grammar takes for attributes, modifiers and conditions is read as what it is, under its own name."""
    found = facts(f"class A {{ int async, property, type, field; void F() {{ {code} }} int G() => 1; }}")
    assert found.outline.problems == ()
    assert [each.name for each in found.outline.definitions[-2:]] == ["F", "G"]
    assert MISREAD[code] in {".".join(each.chain) for each in found.occurrences.references}
    kept = facts("[assembly: A] class B { [return: C] async Task F() { } Func<Task> f = async () => { x ??= 1; }; }")
    assert kept.outline.problems == ()


def test_definitions() -> None:
    """Types, members, members of enums; `ref partial struct`, which the grammar cannot read, is a struct."""
    found = facts(SOURCE)
    assert {each.descriptor: each.kind for each in found.outline.definitions[1:]} == {
        "Box#": SymbolKind.CLASS,
        "Box#K.": SymbolKind.CONSTANT,
        "Box#part.": SymbolKind.CONSTANT,
        "Box#Size().": SymbolKind.METHOD,
        "Box#Fill().": SymbolKind.METHOD,
        "Mode#": SymbolKind.ENUM,
        "Mode#Fast.": SymbolKind.CONSTANT,
        "Mode#Slow.": SymbolKind.CONSTANT,
        "Reader#": SymbolKind.CLASS,
        "Reader#this().": SymbolKind.METHOD,
    }
    assert found.outline.problems == ()
    texts = [decode_own_input(found.inputs[each.own]).docstring for each in found.outline.definitions]
    assert (texts[1], texts[5]) == ("A box.", "Fills it.")


def test_mentions_start_at_names_that_are_not_local() -> None:
    """Local names are replaced by what is known of them, methods have their number of arguments."""
    assert mentions(SOURCE) == {
        "INHERIT Base", "INHERIT IThing`1", "TYPE Item", "TYPE Part", "CALL Part.<new>(0)", "CALL Item.().Move(0)",
        "CALL Check(1:int)", "TYPE Lid", "CALL Lid.<new>(1:Item)", "READ Lid.().Width", "CALL @self.part.Go(0)",
        "READ @self.part", "CALL Item.().Run(0)", "READ Box`1", "READ Box`1.K",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "parameters", "expected"),
    [
        ("p.Go();", "Part? p", "CALL Part.().Go(0)"),
        ("p[0].Go();", "List<Part> p", "CALL Part.().Go(0)"),
        ("(await p).Go();", "Task<Part> p", "CALL Part.().Go(0)"),
        ("foreach (var p in all) p.Go();", "Dictionary<string, Part> all", "CALL Part.().Go(0)"),
        ("if (o is Part p) p.Go();", "object o", "CALL Part.().Go(0)"),
        ("switch (o) { case Part p: p.Go(); break; }", "object o", "CALL Part.().Go(0)"),
        ("((Part)o).Go();", "object o", "CALL Part.().Go(0)"),
        ("var p = o as Part; p?.Go();", "object o", "CALL Part.().Go(0)"),
        ("var p = Make(1); p.Go();", "", "CALL Make(1:int).().Go(0)"),
        ("all.Where(p => p.Go());", "IEnumerable<Part> all", "CALL Part.().Go(0)"),
        ("all.TryGetValue(1, out var p); p.Go();", "Dictionary<int, Part> all", "CALL Part.().Go(0)"),
        ("p().Go();", "Func<int, Part> p", "CALL Part.().Go(0)"),
        ("base.Go<int>(p.Length, Mode.Fast);", "string p", "CALL @super.Go`1(2:int,~Mode)"),
        ("global::N.Part.Go();", "", "CALL global::.N.Part.Go(0)"),
    ],
)
def test_what_is_known_of_a_receiver(code: str, parameters: str, expected: str) -> None:
    """Declarations, patterns, loops and lambdas say what a name holds; containers and tasks are seen through."""
    assert expected in within(code, parameters)


def test_imports_of_each_form() -> None:
    """A using of a namespace, of a type, an alias, and a global one."""
    found = facts("global using A.B;\nusing static C.D;\nusing E = global::F.G<int>;\n").occurrences.imports
    assert [(each.kind.name, each.module, each.alias, each.level, each.reexport) for each in found] == [
        ("STAR", "A.B", "", 0, True),
        ("STAR", "C.D", "", 1, False),
        ("MODULE", "F.G`1", "E", 0, False),
    ]


def test_full_names_and_shapes() -> None:
    """Types know their namespace and what is around them, methods how many arguments they take."""
    source = (
        "namespace A.B { partial class C<T> { class D { static void F(this D d, int a = 1, params int[] b) {} } } }"
    )
    found = {(each.owner, each.name): each.chain for each in facts(source).occurrences.bindings}
    assert found[1, "@type"] == ("A.B.C`1", "partial", "A.B")
    assert found[2, "@type"] == ("A.B.C`1.D", "", "A.B")
    assert found[3, "@method"] == ("1", "*", "s", "D,int,*int[]")
    assert found[3, "@this"] == ("D",)


def test_damaged_sources_are_data() -> None:
    """Cut, spliced and random sources raise nothing, and their definitions stay well-formed."""
    for data in damaged(SOURCE.encode(), "c_sharp", 150):
        found = extract(data, "c_sharp", Limits())
        assert len({each.descriptor for each in found.outline.definitions}) == len(found.outline.definitions)
        assert all("" not in each.chain for each in found.occurrences.references)
