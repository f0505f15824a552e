"""Extraction of Java: definitions, chains and scopes (`languages.java`)."""

from __future__ import annotations

import random

from codegraph.core.facts import FileFacts
from codegraph.core.symbols import SymbolKind
from codegraph.extract.extractor import Limits, extract

SOURCE = """package p.q;
import a.b.Item;
import static a.b.Tool.*;
/** A box. */
public class Box<T extends Item> extends Base<T> implements Thing {
  static final int K = 1, L = 2;
  List<Item> items;
  /** Makes one. */
  Box(int n, Item... more) { super(n); }
  /** Fills it. */
  @Override Item fill(final Item i) {
    Lid l = new Lid(); i.move(1).go(); return new Thing() { void m() { fill(i); } }.x; }
  enum E { A, B(1) { void m() {} }; E(int i) {} }
  record R(int a) { R { } }
}
"""


def facts(source: str) -> FileFacts:
    return extract(source.encode(), "java", Limits())


def test_definitions() -> None:
    """Constructors, records, enums, each name of a field; what an anonymous class has is of the method around it."""
    definitions = facts(SOURCE).outline.definitions
    assert {each.descriptor: each.kind for each in definitions[1:]} == {
        "Box#": SymbolKind.CLASS,
        "Box#K.": SymbolKind.CONSTANT,
        "Box#L.": SymbolKind.CONSTANT,
        "Box#items.": SymbolKind.CONSTANT,
        "Box#Box().": SymbolKind.METHOD,
        "Box#fill().": SymbolKind.METHOD,
        "Box#fill().m().": SymbolKind.METHOD,
        "Box#E#": SymbolKind.ENUM,
        "Box#E#m().": SymbolKind.METHOD,
        "Box#E#E().": SymbolKind.METHOD,
        "Box#R#": SymbolKind.CLASS,
        "Box#R#R().": SymbolKind.METHOD,
    }
    assert definitions[1].range.start_line == 4


def test_mentions_start_at_members_and_types() -> None:
    """Local names are replaced by their types; a method carries its number of arguments and their types."""
    found = {f"{one.role.name} {'|'.join(one.chain)}" for one in facts(SOURCE).occurrences.references}
    assert found == {
        "TYPE Item", "INHERIT Base", "IMPLEMENT Thing", "TYPE List", "CALL @super|<new>(1:int)", "DECORATOR Override",
        "TYPE Lid", "CALL Lid|<new>(0)", "CALL Item|()|move(1:int)", "CALL Item|()|move(1:int)|()|go(0)",
        "CALL Thing|<new>(0)", "CALL Thing|()|@or|fill(1:Item)", "READ Thing|()|x", "CALL @here|Box#E#|<new>(1:int)",
    }  # fmt: skip


def test_bindings_say_what_members_are() -> None:
    """Fields of every declarator, results, arities, bases with their arguments, and the base of an anonymous class."""
    bound = {(one.owner, one.name): one.chain for one in facts(SOURCE).occurrences.bindings}
    assert bound[1, "items"] == ("List", "()", "<Item/()>")
    assert bound[1, "L"] == ()
    assert bound[5, "@arity"] == ("2+", "int,Item")
    assert bound[6, "0"] == ("Item", "()")
    assert bound[7, "@within"] == ("Thing", "()")
    assert bound[1, "@base"] in {("Base", "()", "<@param/0/Item/()>"), ("Thing", "()")}
    assert bound[8, "A"] == ("@here", "Box#E#", "()")


def test_a_type_parameter_is_known_behind_a_comment_or_an_annotation() -> None:
    """What stands between the brackets beside it costs the file nothing: neither its definitions nor what it gives."""
    for before in ("", "/* kept */ ", "@Kept "):
        found = facts("class A { <" + before + "T> T get(Class<T> type) { return null; } }")
        assert [each.name for each in found.outline.definitions[1:]] == ["A", "get"]
        assert ("@given", "0") in [each.chain[:2] for each in found.occurrences.bindings if each.name == "0"], before


def test_long_and_deep_expressions_have_no_chain() -> None:
    """Chains and nesting are bounded: long chains of calls and towers of brackets raise nothing."""
    for text in ("a" + ".b()" * 3000, "a" + "+a" * 3000, "(" * 300 + "a" + ")" * 300, "a" + "[0]" * 3000):
        assert facts("class A { void f() { var x = " + text + "; x.go(); } }").outline.definitions
    assert facts("class A { " + "Map<" * 300 + "X" + ">" * 300 + " m; }").outline.definitions


def test_damaged_sources_are_data() -> None:
    """Cut and spliced sources raise nothing, and their definitions stay well-formed."""
    draw, source = random.Random("java"), SOURCE.encode()
    for _ in range(150):
        data = bytearray(source)
        for _ in range(draw.randint(1, 4)):
            at, to = sorted((draw.randrange(len(data) + 1), draw.randrange(len(data) + 1)))
            data[at : to if draw.random() < 0.5 else at] = draw.choice([b"", source[at:to], draw.randbytes(3)])
        definitions = extract(bytes(data), "java", Limits()).outline.definitions
        assert len({each.descriptor for each in definitions}) == len(definitions)
        assert all(each.container < index for index, each in enumerate(definitions))
