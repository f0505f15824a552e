"""Extraction of Ruby: definitions, declarations, chains and branches (`languages.ruby`)."""

from __future__ import annotations

import random

import pytest

from codegraph.core.facts import FileFacts, Role
from codegraph.core.symbols import SymbolKind
from codegraph.extract.extractor import Limits, extract

SOURCE = r"""require 'set'
require_relative "../far/thing"
module Outer::Inner
  # A box.
  class Box < ::Far::Base
    include Things, Inner::Other
    extend self
    LIMIT = 3
    Point = Struct.new(:x, :y) do
      def length; x; end
    end
    attr_accessor :size, "kind"
    def initialize(size, other: nil, &block)
      @size = size
      @part ||= Part.new
      super
    end
    def fill(n)
      part = Part.new(n)
      part.run.go
      helper
      other = self.class.make
      other.stop(:a)
      @part.go
      n.unknown
      Far::Thing.build { |x| x.each; part.inside }
      self.size = 1
      send(:hidden)
      "text".strip_all
      part
    end
    class << self
      def make = new
      attr_reader :cache
    end
    def self.build; end
    alias_method :stuff, :fill
    alias other_fill fill
    define_method(:dynamic) { fill(1) }
    delegate :go, to: :part
    def_delegators :@part, :run
    private def hidden; end
  end
  Err = Class.new(StandardError)
end
def top; end
describe "x" do
  def inside; top; end
end
"""


def facts(source: str) -> FileFacts:
    return extract(source.encode(), "ruby", Limits())


def mentions(code: str) -> set[str]:
    """Return the mentions of the body of a method, as text."""
    found = facts(f"class A\ndef f(x)\n{code}\nend\nend").occurrences.references
    return {f"{one.role.name} {'|'.join(one.chain)}" for one in found}


def test_definitions() -> None:
    """Methods that declarations make are definitions; a constant that is given a new class is a class."""
    definitions = facts(SOURCE).outline.definitions
    methods = [each.descriptor for each in definitions if each.kind is SymbolKind.METHOD]
    assert [each.removeprefix("Outer#Inner#Box#") for each in methods] == [
        "Point#x().", "Point#y().", "Point#length().", "size().",
        "kind().", "initialize().", "fill().", "make().", "cache().",
        "build().", "stuff().", "other_fill().", "dynamic().",
        "go().", "run().", "hidden().",
    ]  # fmt: skip
    others = {each.descriptor: each.kind for each in definitions[1:] if each.kind is not SymbolKind.METHOD}
    assert others == {
        "Outer#Inner#": SymbolKind.CLASS,
        "Outer#Inner#Box#": SymbolKind.CLASS,
        "Outer#Inner#Box#LIMIT.": SymbolKind.CONSTANT,
        "Outer#Inner#Box#Point#": SymbolKind.CLASS,
        "Outer#Inner#Err#": SymbolKind.CLASS,
        "top().": SymbolKind.FUNCTION,
        "inside().": SymbolKind.FUNCTION,
    }


def test_only_an_assignment_defines_a_constant() -> None:
    """What stands to the left of another operator is mentioned."""
    facts = extract(b"A = 1\nB ||= 2\nC + 1\nD == 1\nE..F\n", "ruby", Limits())
    assert [each.name for each in facts.outline.definitions[1:]] == ["A", "B"]


def test_mentions() -> None:
    """Local names are replaced by what they hold; what nobody knows is an open receiver."""
    found = {f"{one.role.name} {'|'.join(one.chain)}" for one in facts(SOURCE).occurrences.references}
    expected = """
        READ Outer; INHERIT ::Far|::Base; READ ::Far; INHERIT Things; INHERIT Inner|::Other; READ Inner
        CALL @self|x(); CALL Part|<new>; READ Part; CALL @super|initialize(); CALL Part|<new>|()|run()
        CALL Part|<new>|()|run()|()|go(); CALL @self|helper(); CALL @self|class(); CALL @class|make()
        CALL @class|make()|()|stop(); CALL @self|$part|go(); CALL @called:n|unknown(); CALL Far|::Thing|build()
        READ Far|::Thing; READ Far; CALL @called:x|each(); CALL Part|<new>|()|inside(); CALL @self|size=()
        CALL @self|send(); CALL @self|hidden(); CALL ::String|()|strip_all(); CALL @class|<new>; READ @self|fill()
        CALL @self|fill(); CALL @self|part()|()|go(); CALL @self|$part|run(); INHERIT StandardError
        CALL @self|describe(); CALL @file|top()"""
    assert found == {each.strip() for line in expected.strip().splitlines() for each in line.split(";")}


def test_bindings_say_what_members_are() -> None:
    """Names as they are written, bases in order, whose method it is, what is assigned and returned."""
    bound = {(one.owner, one.name): one.chain for one in facts(SOURCE).occurrences.bindings}
    assert bound[1, "@name"] == ("Outer::Inner", "module")
    bases = [one.chain for one in facts(SOURCE).occurrences.bindings if one.name == "@base"]
    assert bases == [
        ("super", "::Far", "::Base"), ("include", "Things"), ("include", "Inner", "::Other"), ("extend", "@class"),
        ("super", "::Struct"), ("super", "StandardError"),
    ]  # fmt: skip
    assert bound[8, "@accessor"] == ("rw",)
    assert bound[8, "=()"] == ("@self", "$size")
    assert bound[10, "=$part"] == ("Part", "<new>", "()")
    assert bound[11, "=()"] == ("Part", "<new>", "()")
    assert {owner for owner, name in bound if name == "@own"} == {12, 13, 14}
    assert {owner for owner, name in bound if name == "@local"} == {23}


def test_imports() -> None:
    """A path that is written out; the level is 1 from the directory of the file on."""
    found = [(one.module, one.level) for one in facts(SOURCE).occurrences.imports]
    assert found == [("set", 0), ("../far/thing", 1)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("y = B.new; y.go", "CALL B|<new>|()|go()"),
        ("y = B.new if q; y.go", "CALL B|<new>|()|go()"),
        ("if q then y = B.new else y = C.new end; y.go", "CALL ()|go()"),
        ("y = nil; if q then y = B.new end; y.go", "CALL B|<new>|()|go()"),
        ("y ||= B.new; y.go", "CALL B|<new>|()|go()"),
        ("y = q || B.new; y.go", "CALL ()|go()"),
        ("y = (B.new); y.go", "CALL B|<new>|()|go()"),
        ("begin; rescue B => e; e.go; end", "CALL B|()|go()"),
        ("y, z = B.new, C.new; z.go", "CALL C|<new>|()|go()"),
        ("y = B.new; each { |a| y = a }; y.go", "CALL ()|go()"),
        ("y = x.tap { }; y.go", "CALL @called:x|go()"),
        ("each { |a, (b, c), *d| c.go }", "CALL @called:c|go()"),
        ("each { |*d| d.go }", "CALL ()|go()"),
        ("go.run", "CALL @self|go()|()|run()"),
        ("x = go; x.run", "CALL @self|go()|()|run()"),
        ("method(:go)", "READ @self|go()"),
        ("B.new[1]", "READ B|<new>|()|[]()"),
        ("B.new[1] = 2", "READ B|<new>|()|[]=()"),
        ("B.new + 1", "READ B|<new>|()|+()"),
        ("instance_eval { go }", "CALL ()|go()"),
    ],
)
def test_simple_flow(code: str, expected: str) -> None:
    """Assignments, branches, blocks and rescues say what a local name is; where they differ, nothing is known."""
    assert expected in mentions(code)


def test_returned_values() -> None:
    """The last expressions of all branches and early returns are what a method gives; nil does not count."""
    code = "def f; return if q; if a; B.new; elsif b; nil; else; B.new; end; end"
    bound = facts(code).occurrences.bindings
    assert {one.chain for one in bound if one.name == "=()"} == {("@null",), ("B", "<new>", "()")}


def test_long_and_deep_expressions_have_no_chain() -> None:
    """Chains and nesting are bounded."""
    for text in ("a" + ".b" * 3000, "a" + " || a" * 3000, "(" * 300 + "a" + ")" * 300, "A" + "::B" * 3000):
        assert facts("def f(a)\nx = " + text + "\nx.go\nend").outline.definitions


def test_damaged_sources_are_data() -> None:
    """Cut and spliced sources raise nothing, and their definitions stay well-formed."""
    draw, source = random.Random("ruby"), SOURCE.encode()
    for _ in range(150):
        data = bytearray(source)
        for _ in range(draw.randint(1, 4)):
            at, to = sorted((draw.randrange(len(data) + 1), draw.randrange(len(data) + 1)))
            data[at : to if draw.random() < 0.5 else at] = draw.choice([b"", source[at:to], draw.randbytes(3)])
        definitions = extract(bytes(data), "ruby", Limits()).outline.definitions
        assert len({each.descriptor for each in definitions}) == len(definitions)
        assert all(each.container < index for index, each in enumerate(definitions))


def test_an_assignment_without_a_name_is_data() -> None:
    """A branch that assigns to what the parser had to invent, a name of no bytes, is extracted like any other."""
    for source in (b"if m\n=()", b"if m\n= nil\nelse\n=()\nend"):
        outline = extract(source, "ruby", Limits()).outline
        assert [each.descriptor for each in outline.definitions] == [""]
        assert outline.problems


def test_a_symbol_given_as_a_block_is_called() -> None:
    """`&:name` calls the method on whatever the block is given; a symbol among the arguments calls nothing."""
    found = facts("def run(list)\n  list.each(&:stop)\n  list.each(:other, &given)\nend\n")
    calls = [(each.chain, each.positions) for each in found.occurrences.references if "stop" in each.chain[-1]]
    assert calls == [(("()", "stop()"), (1, 13))]
    assert not any("other" in each.chain[-1] for each in found.occurrences.references)


def test_a_block_without_a_name_is_passed_on() -> None:
    """`each(&)` names nobody, and costs its file nothing."""
    found = facts("def run(list, &)\n  list.each(&)\nend\n")
    assert not found.outline.problems
    assert [each.chain[-1] for each in found.occurrences.references] == ["each()"]


def test_methods_that_a_class_body_names_are_mentioned() -> None:
    """Callbacks, `if:` and `with:` call what they name; other symbols mention methods that the file has."""
    found = facts(
        "class Posts < Base\n"
        "  before_action :load, :check, only: %i[show edit], if: :ready?\n"
        "  skip_before_action(:login)\n"
        "  rescue_from Error, with: :failed\n"
        "  has_many :replies\n"
        "  belongs_to :owner, counter: [:title]\n"
        "  def show; end\n"
        "  def title; other(:show); end\n"
        "end\n"
    )
    named = [(each.chain, each.role) for each in found.occurrences.references if each.chain[0] == "@self"]
    called = ["load()", "check()", "ready?()", "login()", "failed()", "other()"]
    read = ["show()", "title()"]
    expected = [(name, Role.CALL) for name in called] + [(name, Role.READ) for name in read]
    assert sorted(named) == sorted((("@self", name), role) for name, role in expected)


def test_try_calls_what_it_names() -> None:
    """`try(:name)` calls the method, like `send(:name)`."""
    found = facts("def run(user)\n  user&.try(:name)\n  user.try! :other\nend\n")
    assert {"name()", "other()"} <= {each.chain[-1] for each in found.occurrences.references}
