"""What the lines of a file say when no parser reads it: `codegraph.extract.skim`."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.robustness import faults, mutants
from codegraph.core.facts import FileFacts, FlowState, SyntaxProblem, decode_own_input
from codegraph.core.symbols import SymbolKind
from codegraph.extract.extractor import Limits, extract, unread
from codegraph.extract.languages import LANGUAGES
from codegraph.extract.text import SourceText

HERE = Path(__file__).parent
PROBLEM = SyntaxProblem("time", 0, "more than 1 s")

SOURCES = {
    "python": (
        """\
'''Shop.'''
import os

class Order(Base):
    async def pay(self):
        def inner(): pass

def total(): ...
""",
        ["Order#", "Order#pay().", "total()."],
    ),
    "javascript": (
        """\
export class Order extends Base {
  pay(amount) {
    if (amount) {
    }
  }
}
async function total() {
}
""",
        ["Order#", "Order#pay().", "total()."],
    ),
    "typescript": (
        """\
export interface Order {
  pay(amount: number): void;
}
export type Price = number
""",
        ["Order#", "Order#pay().", "Price#"],
    ),
    "java": (
        """\
package a.b;
public final class Order<T> implements Base {
    @Override
    public List<T> pay(int amount,
            int more) throws IOException {
        return check(amount);
    }
    abstract void check();
}
""",
        ["Order#", "Order#pay().", "Order#check()."],
    ),
    "c": (
        """\
struct order {
  int a;
};

static int
pay(struct order *one)
{
  check(one);
}
""",
        ["order#", "pay()."],
    ),
    "cpp": (
        """\
namespace a {
class Order : public Base {
  void pay(int a);
};
void Order::pay(int a) {
}
}
""",
        ["Order#", "Order#pay().", "pay()."],
    ),
    "c_sharp": (
        """\
namespace A.B;
public record struct Order
{
    public int Pay(int amount)
    {
    }
}
""",
        ["Order#", "Order#Pay()."],
    ),
    "go": (
        """\
package shop

func (o *Order) Pay() error {
}

type Order struct {
}
""",
        ["Pay().", "Order#"],
    ),
    "rust": (
        """\
pub struct Order;
impl<T> fmt::Display for Order {
    pub(crate) unsafe fn pay<T>(&self) {
    }
}
""",
        ["Order#", "Order(+1)#", "Order(+1)#pay()."],
    ),
    "ruby": (
        """\
module Shop
  class Order < Base
    def pay!
    end
  end
end
""",
        ["Shop#", "Shop#Order#", "Shop#Order#`pay!`()."],
    ),
    "php": (
        """\
<?php
final class Order {
    public function pay(): int {
    }
}
""",
        ["Order#", "Order#pay()."],
    ),
    "kotlin": (
        """\
data class Order(val a: Int)
enum class Way {
}
fun <T> List<T>.pay(): Int = 1
""",
        ["Order#", "Way#", "pay()."],
    ),
    "swift": (
        """\
extension Order: Base {
    func pay() -> Int {
    }
}
""",
        ["Order#", "Order#pay()."],
    ),
    "scala": (
        """\
case object Order extends Base {
  def pay: Int = 1
}
trait Base
""",
        ["Order#", "Order#pay().", "Base#"],
    ),
    "elixir": (
        """\
defmodule Shop.Order do
  defp pay(a), do: a
end
""",
        ["`Shop.Order`#", "`Shop.Order`#pay()."],
    ),
    "lua": (
        """\
local function total(a)
end
function M.pay(a)
end
""",
        ["total().", "pay()."],
    ),
    "bash": (
        """\
function total {
}
function pay() {
}
""",
        ["total().", "pay()."],
    ),
    "haskell": (
        """\
data Order = Order
pay :: Order -> Int
pay = 1
""",
        ["Order#", "pay()."],
    ),
    "zig": (
        """\
pub fn pay(a: u8) void {
}
""",
        ["pay()."],
    ),
}


def skim(source: bytes, language: str, limits: Limits | None = None) -> FileFacts:
    return unread(SourceText(source), language, PROBLEM, limits or Limits())


def descriptors(facts: FileFacts) -> list[str]:
    return [one.descriptor for one in facts.outline.definitions[1:]]


@pytest.mark.parametrize("language", SOURCES)
def test_definitions_of_all_languages(language: str) -> None:
    """Classes, functions and what is in them are found by their lines, inside of functions nothing is."""
    source, expected = SOURCES[language]
    facts = skim(source.encode(), language)
    assert descriptors(facts) == expected
    assert facts.outline.problems == (PROBLEM,)
    assert all(one.parse_error for one in facts.outline.definitions)
    assert facts.occurrences.references == ()


def test_definitions_end_where_they_end() -> None:
    """A definition goes on to its closing brace, or to the last line that stands further right."""
    source = "class A {\n  int a() {\n    x\n  }\n\n  // b\n  int b()\n  {\n  }\n}\n\n"
    source += "def f(a,\n  b)\n  c\n\n# g\ndef g(): d\n"
    text = SourceText(source.encode())
    found = unread(text, "java", PROBLEM, Limits()).outline.definitions[1:]
    written = {one.name: text.slice(one.range.start_byte, one.range.end_byte) for one in found}
    assert written == {
        "A": source[: source.index("\n\ndef")],
        "a": "int a() {\n    x\n  }",
        "b": "int b()\n  {\n  }",
        "f": "def f(a,\n  b)\n  c",
        "g": "def g(): d",
    }


def test_a_file_that_no_parser_ends() -> None:
    """What a user sees of a file that its parser is stuck in: names, signatures, documentation, text, package."""
    facts = skim((HERE / "stuck" / "kotlin.txt").read_bytes(), "kotlin")
    assert descriptors(facts) == [
        "OrderReader#",
        "OrderReader#ordersOf().",
        "OrderReader#parsed().",
        "Order#",
        "total().",
    ]
    assert facts.outline.namespaces == ((1, "shop.orders"),)
    reader, orders_of = facts.outline.definitions[1:3]
    assert orders_of.signature == "fun ordersOf ( customer : String ) : List < Order >"
    assert orders_of.kind is SymbolKind.METHOD
    own = decode_own_input(facts.inputs[orders_of.own])
    assert own.docstring == "The orders of one customer."
    assert own.tokens[-4:] == ("}", "return", "found", "}")
    assert decode_own_input(facts.inputs[reader.own]).docstring == "Reads orders, one line each."


def test_prose_defines_nothing() -> None:
    """Sentences and comments that begin with such a word are no definitions."""
    prose = (
        "class of things\n# class A:\n// fun f() {\n * def g():\ntype of it\nfunction that is called\nreturn f(a) {\n"
    )
    assert descriptors(skim(prose.encode(), "ruby")) == []


def test_bounds() -> None:
    """Too many definitions, too long lines and too deep nesting give fewer symbols, not slower answers."""
    assert len(descriptors(skim(b"def f(): pass\n" * 50, "python", Limits(max_definitions=10)))) == 10
    assert descriptors(skim(b"def f(): " + b"a" * 500 + b"\ndef g(): pass\n", "python")) == ["g()."]
    deep = "".join(f"{' ' * depth}class A{depth}:\n" for depth in range(100))
    assert len(descriptors(skim(deep.encode(), "python"))) == 8


def test_data_flow_is_said_to_be_unknown() -> None:
    """With data flow nothing waits to be extracted again: the state of every definition is decided."""
    source = SOURCES["python"][0].encode()
    assert {one.flow for one in skim(source, "python").outline.definitions} == {FlowState.OFF}
    followed = skim(source, "python", Limits(data_flow=True)).outline.definitions
    assert {one.flow for one in followed} == {FlowState.NO_LANGUAGE}


@given(st.sampled_from(sorted(SOURCES)), st.binary(max_size=300))
def test_any_bytes_give_facts(language: str, data: bytes) -> None:
    """Whatever the bytes, facts contradict neither themselves nor the file."""
    assert faults(skim(data, language), data) == []


def test_damaged_samples_give_facts() -> None:
    """The same holds for damaged code of all languages that have a grammar."""
    for path in sorted((HERE / "samples").iterdir()):
        for data in mutants([path.read_bytes()], 30):
            assert faults(skim(data, path.stem), data) == []


def test_documents_are_modules() -> None:
    """What is no code has no definitions by lines."""
    assert LANGUAGES["markdown"].read is not None
    assert descriptors(skim(b"# class A:\nclass A:\n", "markdown")) == []


def test_signatures_are_those_of_the_parser() -> None:
    """A signature that stands in one line is what the parser would give, so dependents keep their vectors."""
    source = textwrap.dedent(SOURCES["kotlin"][0]).encode()
    parsed = {one.descriptor: one.signature for one in extract(source, "kotlin", Limits()).outline.definitions}
    found = {one.descriptor: one.signature for one in skim(source, "kotlin").outline.definitions}
    assert found["Way#"] == parsed["Way#"]
