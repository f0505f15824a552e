"""Resolution of Ruby: `codegraph.graph.resolve.ruby`. A project is one file per part; edges are read back as text."""

from __future__ import annotations

from projects import Project

from codegraph.core.symbols import SymbolId

LIBRARY = {
    "lib/kit.rb": "require 'kit/base'\nrequire_relative 'kit/part'\n"
    "module Kit\n  LIMIT = 3\n  def self.start; end\nend",
    "lib/kit/base.rb": """module Kit
  class Base
    include Greets
    extend Makes
    SIZE = 1
    attr_reader :part
    attr_writer :title
    def initialize; @part = Part.new; end
    def get; @got ||= Part.new; end
    def itself_too; self; end
    def run; end
    def call_all; only_in_subclass; end
    def self.build; new; end
    class << self
      def second; end
    end
  end
end""",
    "lib/kit/part.rb": "module Kit\n  class Part\n    def use; end\n    def [](key); end\n  end\nend",
    "lib/kit/greets.rb": "module Kit\n  module Greets\n    def greet; run; end\n    def run; end\n  end\nend",
    "lib/kit/makes.rb": "module Kit\n  module Makes\n    def make_one; end\n  end\nend",
    "lib/kit/tools.rb": "module Kit\n  module Tools\n    module_function\n    def sharpen; end\n  end\nend",
    "lib/helpers.rb": "def everywhere; end",
}


def linked(source: str, **others: str) -> Project:
    """Link `source` as app.rb beside the library; `a__b` stands for a/b.rb."""
    return Project(LIBRARY | {"app.rb": source} | {f"{n.replace('__', '/')}.rb": t for n, t in others.items()})


def edges(code: str, kind: str = "calls", **others: str) -> set[str]:
    """Return the edges of a method with that body in a subclass of Base, with their confidence unless it is exact."""
    source = f"module Kit\n  class A < Base\n    def f(x)\n{code}\n    end\n  end\nend"
    found = linked(source, **others).index.snapshot.dependencies(SymbolId("app.rb/Kit#A#f()."))
    return {
        f"{each.target.rpartition('#')[2]}{'' if each.confidence == 'exact' else ' ' + each.confidence}"
        for each in found
        if each.kind == kind
    }


def test_a_value_may_be_of_the_class_that_it_is_called_like() -> None:
    """A parameter, an instance variable and a result tell what they give in turn; all of it is inferred.

    A guess whose class has no such method is none to guess further from.
    """
    part = {"use(). inferred"}
    assert edges("each { |part| part.use; part.absent }") == part
    assert edges("@held = x; each { |part, rest| @part = part }; @part.use") == part
    assert edges("each { |base| base.get.use }") == {"get(). inferred", *part}
    assert edges("each { |part| part.base.run }") == set()
    assert edges("each { |part| part = unknown; part.use }") == {"use(). inferred"}
    assert edges("each { |*base| base.run }") == set()


def test_own_and_inherited_methods() -> None:
    """Bare names and `self` find the class, its modules, its superclass, and what is defined outside of classes."""
    assert edges("run; self.greet; everywhere; part") == {
        "run().",
        "greet().",
        "lib/helpers.rb/everywhere(). inferred",
        "part().",
    }
    assert edges("self.title = 1") == {"title()."}
    assert edges("A.second; self.class.build; Base.make_one; Tools.sharpen; Kit.start") == {
        "second().", "build().", "make_one().", "sharpen().", "start().",
    }  # fmt: skip


def test_receivers_are_typed() -> None:
    """By `new`; by instance variables, memoised results and readers, which are guesses."""
    assert edges("p = Part.new; p.use; Part.new.use", "calls") == {"", "use()."}
    assert "use(). inferred" in edges("get.use")
    assert "use(). inferred" in edges("part.use")
    assert edges("Part.new[1]", "references") == {"`[]`()."}
    assert "greet(). inferred" in edges("itself_too.greet")
    assert "greet(). inferred" in edges("A.build.greet")


def test_constructors() -> None:
    """`new` calls the `initialize` that it finds, or the class."""
    assert linked("class B < Kit::Base; end\ndef f; B.new; Kit::Part.new; end").edges("app.rb/f().", "calls") == [
        "calls lib/kit/base.rb/Kit#Base#initialize().",
        "calls lib/kit/part.rb/Kit#Part#",
    ]


def test_constants() -> None:
    """Nesting from the inside out, then the ancestors of the innermost class, then the top."""
    assert edges("LIMIT; SIZE; Kit::LIMIT; ::Kit::Base::SIZE", "references") == {"LIMIT.", "SIZE."}
    project = linked("class Kit::Other\n  def f; LIMIT; Part; end\nend")
    assert project.edges("app.rb/Kit#Other#f().") == []
    project = linked("LIMIT = 9\nmodule Kit\n  def self.f; LIMIT; ::LIMIT; end\nend")
    assert project.edges("app.rb/Kit#f().") == ["references lib/kit.rb/Kit#LIMIT.", "references app.rb/LIMIT."]
    project = linked("Short = Kit::Part\nclass B < Short; def f; use; Short.new; end; end")
    assert project.edges("app.rb/B#f().", "calls") == [
        "calls lib/kit/part.rb/Kit#Part#use().",
        "calls lib/kit/part.rb/Kit#Part#",
    ]


def test_reopened_classes_are_one() -> None:
    """Members that another file adds are found; the class is where its name says, or where its members are."""
    assert edges("added", lib__patch="module Kit\n class Base\n  def added; end\n end\nend") == {"added()."}
    project = linked("def f; Kit::Base; end", lib__patch="class Kit::Base\n  def added; end\nend")
    assert project.edges("app.rb/f().") == ["uses_type lib/kit.rb/Kit#", "uses_type lib/kit/base.rb/Kit#Base#"]


def test_super_and_overrides() -> None:
    """`super` calls what the method overrides: a method of the nearest ancestor that has one."""
    project = linked("class B < Kit::Base\n  def run; super; end\n  def self.build; super(); end\nend")
    assert project.edges("app.rb/B#run().") == [
        "overrides lib/kit/base.rb/Kit#Base#run().",
        "calls lib/kit/base.rb/Kit#Base#run().",
    ]
    assert project.edges("app.rb/B#build().", "overrides") == ["overrides lib/kit/base.rb/Kit#Base#build()."]
    assert project.edges("lib/kit/base.rb/Kit#Base#run().", "overrides") == [
        "overrides lib/kit/greets.rb/Kit#Greets#run()."
    ]


def test_prepended_modules_come_first() -> None:
    """A prepended module's method counts before the class's own."""
    source = "module P; def go; end; end\nclass B; prepend P; def go; end; def f; go; end; end"
    assert linked(source).edges("app.rb/B#f().", "calls") == ["calls app.rb/P#go()."]


def test_declared_methods() -> None:
    """Aliases, delegations and accessors are methods, and lead to what they stand for."""
    source = """class B < Kit::Base
  alias_method :again, :run
  def_delegators :@part, :use
  def f; again; use; end
end"""
    project = linked(source)
    assert project.edges("app.rb/B#f().", "calls") == ["calls app.rb/B#again().", "calls app.rb/B#use()."]
    assert project.edges("app.rb/B#again().", "references") == ["references lib/kit/base.rb/Kit#Base#run()."]
    assert project.edges("app.rb/B#use().", "calls") == ["calls lib/kit/part.rb/Kit#Part#use()."]


def test_required_files() -> None:
    """By path from this file on, or as a feature below a load path."""
    assert linked("").edges("lib/kit.rb/", "imports") == ["imports lib/kit/base.rb/", "imports lib/kit/part.rb/"]


def test_receivers_called_like_a_class() -> None:
    """Of several methods the one of the class is meant that the receiver is called like; not within that class."""
    more = "module Kit\n  class BigTool\n    def run; end\n    def go; @big_tool.run; end\n  end\nend"
    assert edges("@big_tool.run", lib__tool=more) == {"run(). inferred"}
    assert edges("self.big_tool.run", lib__tool=more) == {"run(). inferred"}
    assert edges("@big_toy.run; x.run; @part.run", lib__tool=more) == set()
    assert linked("", lib__tool=more).edges("lib/tool.rb/Kit#BigTool#go().", "calls") == []


def test_unknown_receivers() -> None:
    """The only method of its name is inferred; names of Ruby's own and names of several methods have no edge."""
    assert edges("x.sharpen; x.run; x.map; x.none") == {"sharpen(). inferred"}
    source = "class B < Kit::Base; def only_in_subclass; end; end"
    assert linked(source).edges("lib/kit/base.rb/Kit#Base#call_all().") == ["calls app.rb/B#only_in_subclass()."]
    project = linked("class B < Far; def f(x); x.second; x.none; lost; x.map; 'a'.sharpen; end; def second; end; end")
    reasons = {(one.name, one.reason) for one in project.index.snapshot.files["app.rb"].links.unresolved()}
    assert reasons == {
        ("Far", "external"), ("second", "ambiguous"), ("none", "unknown_receiver"), ("lost", "external"),
        ("map", "unknown_receiver"), ("sharpen", "external"),
    }  # fmt: skip


def test_methods_in_blocks_are_those_of_the_file() -> None:
    """What a block outside of classes defines is found by the blocks of that file, not by others."""
    block = "describe 'x' do\n  def aid; end\n  it { aid }\nend"
    assert linked(block, other="def g; aid; end").edges("app.rb/", "calls") == ["calls app.rb/aid()."]
    assert linked(block, other="def g; aid; end").edges("other.rb/g().", "calls") == []


def test_methods_of_nameless_classes_are_nobodys() -> None:
    """What a block of `Class.new` defines is not found from elsewhere, and a test's helpers only from tests."""
    nameless = "x = Class.new do\n  def each; end\nend\ndef helping; end"
    project = linked("def f; each; helping; end", test__one=nameless, test__two="def f; helping; end")
    assert project.edges("app.rb/f().", "calls") == []
    assert project.edges("test/two.rb/f().", "calls") == ["calls test/one.rb/helping()."]


def test_what_tests_include_is_included_for_tests() -> None:
    """A module that is included outside of classes gives its constants to the files that see the including one."""
    project = linked("class B < Part; end", test__one="include Kit\ndef f; Part; end", test__two="def g; Part; end")
    assert project.edges("app.rb/B#") == []
    assert project.edges("test/one.rb/f().") == ["uses_type lib/kit/part.rb/Kit#Part#"]
    assert project.edges("test/two.rb/g().") == ["uses_type lib/kit/part.rb/Kit#Part#"]


def test_passing_a_call_on_is_no_recursion() -> None:
    """A method that calls another one of its own name, on a receiver that nobody knows, has no edge to itself."""
    assert linked("class B; def authors; spec.authors; end; end").edges("app.rb/B#authors().", "calls") == []


def test_circles_end() -> None:
    """Classes and modules that are their own ancestors, and methods that return each other, lead nowhere."""
    source = (
        "class A < B; include M; def f; lost; g.h; end; def g; f; end; end\nclass B < A; end\nmodule M; include M; end"
    )
    assert linked(source).edges("app.rb/A#f().", "calls") == ["calls app.rb/A#g()."]


def test_all_values_have_to_agree() -> None:
    """Several assignments, or results, of one class are that class; of two classes they are nothing."""
    source = "class B; def f; @p = Kit::Part.new; @p[1]; end; def g; @p = h; end; def h; Kit::Part.new; end; end"
    assert linked(source).edges("app.rb/B#f().", "references") == ["references lib/kit/part.rb/Kit#Part#`[]`()."]
    source = source.replace("def h; Kit::Part.new", "def h; Kit::Base.new")
    assert linked(source).edges("app.rb/B#f().", "references") == []


def test_variables_of_blocks() -> None:
    """Blocks of a class share the variables of its instances, those outside of classes share the file's."""
    block = "describe 'x' do\n  before { @p = Kit::Part.new }\n  it { @p[1] }\nend"
    assert "references lib/kit/part.rb/Kit#Part#`[]`()." in linked(block).edges("app.rb/", "references")
    block = "class B\n  setup { @p = Kit::Part.new }\n  should { @p[1] }\nend"
    assert "references lib/kit/part.rb/Kit#Part#`[]`()." in linked(block).edges("app.rb/B#", "references")


def test_a_name_is_local_as_soon_as_it_is_assigned() -> None:
    """In the value of its own assignment a name is a variable already."""
    assert linked("def f; x = lambda { x }; end\ndef x; end").edges("app.rb/f().", "calls") == []


def test_a_module_calls_methods_of_the_classes_that_include_it() -> None:
    """What a module's method calls on itself may be the including class's, or another of its modules'."""
    files = {
        "helpers.rb": "module Kit\n module Request\n  module Helpers\n"
        "   def host; header; body; lost; end\n  end\n end\nend",
        "request.rb": "module Kit\n module Request\n  module Env\n   def header; end\n  end\n"
        "  class Full\n   include Env\n   include Helpers\n   def body; end\n  end\n end\nend",
        "other.rb": "module Other\n module Helpers; end\n class A\n  include Helpers\n"
        "  def header; end\n  def body; end\n end\nend",
    }
    found = Project(files).index.snapshot.dependencies(SymbolId("helpers.rb/Kit#Request#Helpers#host()."))
    assert {(each.target, each.confidence.value) for each in found} == {
        ("request.rb/Kit#Request#Env#header().", "inferred"),
        ("request.rb/Kit#Request#Full#body().", "inferred"),
    }
