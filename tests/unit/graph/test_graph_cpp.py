"""Resolution of C++: `codegraph.graph.resolve.cpp`. Edges are read back as text."""

from __future__ import annotations

from projects import Project

from codegraph.core.symbols import Confidence, SymbolId
from codegraph.extract.extractor import Limits, extract
from codegraph.graph.resolve.cpp.evaluator import CppEvaluator
from codegraph.graph.resolve.cpp.linker import CppLinker
from codegraph.graph.resolve.cpp.openings import Openings
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.parts import Part
from codegraph.graph.table import SymbolTable

HEADER = """#include <memory>
#include <vector>
namespace lib {
class Part {
 public:
  Part();
  explicit Part(int size);
  void use() const;
  void use(int times);
  Part* next();
  bool operator==(const Part& other) const;
  Part& operator=(const Part& other);
  static Part Make();
  static int limit;
};
bool operator<(const Part& one, const Part& other);
enum Mode { FAST, SLOW };
enum class Kind { BIG };
using Short = Part;
template <typename T> class Box {
 public:
  T get();
  T* operator->();
  T* begin();
  T item;
};
class Base {
 public:
  virtual ~Base();
  virtual void run();
  virtual void run(int times);
  void stop();
 protected:
  std::unique_ptr<Part> owned_;
  std::vector<Part*> parts_;
  Box<Part> box_;
  Part own_;
};
void help(const Part& part);
void help(int a, int b);
inline namespace v2 { void modern(); }
namespace detail { void deep(); struct Part { void odd(); }; }
}
"""
BODIES = """#include "lib.hh"
namespace lib {
namespace { void hidden() {} }
static void own() {}
Part::Part(int size) { own(); hidden(); }
void Part::use() const {}
Part* Part::next() { return this; }
void help(const Part& part) {}
Base::~Base() {}
}
"""


def linked(source: str, **others: str) -> Project:
    """Link `source` as app/a.cc beside the library; `a__b` stands for a/b.cc."""
    files = {f"{name.replace('__', '/')}.cc": text for name, text in others.items()}
    return Project(
        {"lib/lib.hh": HEADER, "lib/lib.cc": BODIES, "app/a.cc": '#include "lib/lib.hh"\n' + source, **files}
    )


def calls(code: str, parameters: str = "", **others: str) -> set[str]:
    """Return the calls of a function with that body that uses namespace lib."""
    project = linked(f"using namespace lib;\nvoid f({parameters}) {{ {code} }}\n", **others)
    edges = project.edges("app/a.cc/f().", "calls")
    return {edge.removeprefix("calls lib/") for edge in edges}


def test_receivers_are_typed() -> None:
    """By parameters, pointers, `auto`, casts, `new`, fields, results, smart pointers, loops, and names of types."""
    use = {"lib.cc/Part#use()."}
    assert calls("p.use();", "const Part& p") == use
    assert calls("(*p)->use();", "Part** p") == use
    assert calls("auto* p = new Part(1); p->use();") == {*use, "lib.cc/Part#Part()."}
    assert calls("static_cast<Part*>(o)->use();", "void* o") == use
    assert calls("auto p = std::make_unique<Part>(); p->use();") == use
    assert calls("for (auto* p : all) p->use();", "std::vector<Part*> all") == use
    assert calls("all[0].use();", "Part all[3]") == use
    assert calls("p.next()->next()->use();", "Short p") == {*use, "lib.cc/Part#next()."}
    assert calls("auto p = Part::Make(); p.use();") == {*use, "lib.hh/Part#Make()."}


def test_template_arguments_are_followed() -> None:
    """Through fields, results and operators of the project's templates, and through containers."""
    use = {"lib.cc/Part#use()."}
    assert calls("b.item.use();", "Box<Part>& b") == use
    assert calls("b.get().use();", "Box<Part>& b") == {*use, "lib.hh/Box#get()."}
    assert calls("b->use();", "Box<Part>& b") == {*use, "lib.hh/Box#`operator->`()."}
    assert calls("for (auto& p : b) p.use();", "Box<Part>& b") == use
    assert (
        calls("m.find(1)->second->use(); m[2]->use(); v.front().use();", "std::map<int, Part*> m, std::list<Part> v")
        == use
    )


def test_what_the_standard_library_leads_to() -> None:
    """Iterators by their type, containers of pairs of pointers, what is found in one, and functions that are held."""
    use = {"lib.cc/Part#use()."}
    assert calls("std::vector<Part*>::iterator i; (*i)->use();") == use
    assert calls("typename std::map<int, Part>::const_iterator i; i->second.use();") == use
    assert calls("for (auto& p : all) p.second->use();", "std::vector<std::pair<std::string, Part*>> all") == use
    assert calls("auto i = std::find_if(v.begin(), v.end(), ok); i->use();", "std::vector<Part>& v") == use
    assert calls("make()->use();", "std::function<Part*()> make") == use
    assert calls("std::dynamic_pointer_cast<Part>(b)->use();", "std::shared_ptr<Base> b") == use


def test_types_in_branches_are_all_meant() -> None:
    """A name for which each branch of an #if in a class has a type of its own means each of them."""
    source = (
        "class Set {\n#if A\n  using size = int;\n#else\n  using size = long;\n#endif\n  size count(size of);\n};\n"
    )
    edges = Project({"a.hh": source}).edges("a.hh/Set#count().", "uses_type")
    assert edges == ["uses_type a.hh/Set#size#", "uses_type a.hh/Set#size(+1)#"]


def test_a_macro_that_is_given_the_keyword_of_a_class() -> None:
    """`ALIGNED(class) Name {`, also over two lines, defines a class with members and bases."""
    source = "ALIGNED16(class)\nVec {\n public:\n  float dot(const Vec& v);\n};\n"
    source += "MY_ALIGNED(struct) Point : public Vec {\n  void go() { dot(*this); }\n};\n"
    project = Project({"a.hh": source})
    assert project.edges("a.hh/Point#", "inherits") == ["inherits a.hh/Vec#"]
    assert project.edges("a.hh/Point#go().", "calls") == ["calls a.hh/Vec#dot()."]


def test_names_of_namespaces() -> None:
    """Qualified names, other names of namespaces, using declarations, inline namespaces, and what is nearer."""
    edges = linked(
        "namespace l = lib;\nusing lib::help;\nvoid f() { help(1, 2); l::detail::deep(); ::lib::modern(); }\n"
    )
    assert sorted(edges.edges("app/a.cc/f().", "calls")) == [
        "calls lib/lib.hh/deep().",
        "calls lib/lib.hh/help(+1).",
        "calls lib/lib.hh/modern().",
    ]
    edges = linked("namespace lib { namespace detail { void f(Part p) { p.odd(); help(1, 2); } } }\n")
    assert sorted(edges.edges("app/a.cc/f().", "calls")) == [
        "calls lib/lib.hh/Part(+1)#odd().",
        "calls lib/lib.hh/help(+1).",
    ]


def test_declarations_give_way_to_definitions() -> None:
    """By number and types of parameters, in whichever file; what is static or nameless stays its file's."""
    assert calls("help(p); help(1, 2);", "Part p") == {"lib.cc/help().", "lib.hh/help(+1)."}
    assert calls("own(); hidden();") == set()
    project = linked("")
    assert sorted(project.edges("lib/lib.cc/Part#Part().", "calls")) == [
        "calls lib/lib.cc/hidden().",
        "calls lib/lib.cc/own().",
    ]


def test_overloads_and_constructors() -> None:
    """The number of arguments and the types that can be seen choose; a call of a type calls its constructor."""
    assert calls("p.use(3);", "Part p") == {"lib.hh/Part#use(+1)."}
    assert calls("Part(3); Part p; Part q(x); Part{};", "int x") == {"lib.cc/Part#Part().", "lib.hh/Part#Part()."}
    assert calls("Base b{};") == {"lib.hh/Base#"}


def test_operators_are_called() -> None:
    """Those of a class, and those beside it; none where pointers and numbers are compared."""
    equal, less = "lib.hh/Part#`operator==`().", "lib.hh/`operator<`()."
    assert calls("a == b; a < b;", "Part a, Part b") == {equal, less}
    assert calls("a == b; a < b; *a == *b;", "Part* a, Part* b") == {equal}
    assert calls("a = b;", "Part a, const Part& b") == {"lib.hh/Part#`operator=`()."}


def test_members_along_bases_and_overrides() -> None:
    """Members of bases with their types; a virtual function of that name and those parameters is overridden."""
    project = linked(
        "class Own : public lib::Base {\n public:\n  ~Own();\n  void run() override;\n  void run(long times);\n"
        "  void stop();\n  void f() { owned_->use(); own_.use(2); box_->next();"
        " parts_[0]->use(); run(1); this->stop(); }\n};\n"
        "void Own::run() { lib::Base::run(); f(); }\n"
    )
    assert sorted(project.edges("app/a.cc/Own#f().", "calls")) == [
        "calls app/a.cc/Own#run(+1).",
        "calls app/a.cc/Own#stop().",
        "calls lib/lib.cc/Part#next().",
        "calls lib/lib.cc/Part#use().",
        "calls lib/lib.hh/Box#`operator->`().",
        "calls lib/lib.hh/Part#use(+1).",
    ]
    assert sorted(project.edges("app/a.cc/Own#run().", "overrides")) == ["overrides lib/lib.hh/Base#run()."]
    assert sorted(project.edges("app/a.cc/Own#`~Own`().", "overrides")) == ["overrides lib/lib.hh/Base#`~Base`()."]
    assert sorted(project.edges("app/a.cc/Own#run(+1).", "overrides")) == []
    assert sorted(project.edges("app/a.cc/Own#", "inherits")) == ["inherits lib/lib.hh/Base#"]
    assert sorted(project.edges("app/a.cc/Own#run(+2).", "calls")) == [
        "calls app/a.cc/Own#f().",
        "calls lib/lib.hh/Base#run().",
    ]


def test_values_types_and_macros() -> None:
    """Enumerators in and around their enum, static members, macros, and types in headers."""
    project = linked(
        "#define TWICE(x) x\nint f(lib::Kind k) { return lib::FAST + (int)lib::Kind::BIG + TWICE(lib::Part::limit); }\n"
    )
    assert sorted(project.edges("app/a.cc/f().")) == [
        "calls app/a.cc/TWICE().",
        "references lib/lib.hh/Kind#BIG.",
        "references lib/lib.hh/Mode#FAST.",
        "references lib/lib.hh/Part#limit.",
        "uses_type lib/lib.hh/Kind#",
        "uses_type lib/lib.hh/Part#",
    ]


def test_what_cannot_be_told_has_a_reason() -> None:
    """Calls through unknown templates, of the standard library, and of nothing."""
    project = linked("template <typename T> void f(T t) { t.go(); std::sort(1); none(); }\n")
    assert sorted((each.name, each.reason) for each in project.index.snapshot.unresolved("app/a.cc") if each.role) == [
        ("go", "unknown_receiver"),
        ("none", "missing"),
        ("sort", "external"),
    ]


def test_functions_of_type_parameters_are_not_known() -> None:
    """`T::make()` is a call, of a function of whatever type is given."""
    source = "template <typename T> int f() { return T::make() + T::Part::count(1); }\n"
    found = linked(source).index.snapshot.unresolved("app/a.cc")
    assert [(each.name, each.reason) for each in found if each.role] == [
        ("make", "unknown_receiver"),
        ("count", "unknown_receiver"),
    ]


def test_more_overloads_than_get_edges_are_said() -> None:
    """Of many functions that a call may mean four have an edge; that there are more is a reason for doubt."""
    types = ("A", "B", "C", "D", "E")
    free = " ".join(f"void five({each}* p);" for each in types)
    methods = " ".join(f"void four({each}* p);" for each in types[1:])
    source = f"class Box {{ public: {free} {methods} }}; {free}\n"
    project = linked(source + "void f(Box b) { b.five(x()); b.four(x()); }\nvoid g() { five(x()); }\n")
    assert len(project.edges("app/a.cc/f().", "calls")) == 8
    assert len(project.edges("app/a.cc/g().", "calls")) == 4
    found = project.index.snapshot.unresolved("app/a.cc")
    assert [(each.name, each.reason) for each in found if each.reason == "ambiguous"] == [("five", "ambiguous")] * 2


def test_c_and_cpp_call_each_other() -> None:
    """A header that is read as C serves C++, and C calls what C++ defines for it."""
    project = Project(
        {
            "c.h": "int low(int a);\nint high(int a);\n",
            "c.c": '#include "c.h"\nint low(int a) { return high(a); }\n',
            "a.cc": '#include "c.h"\nextern "C" int high(int a) { return low(a); }\n',
        }
    )
    assert sorted(project.edges("a.cc/high().", "calls")) == ["calls c.c/low()."]
    assert sorted(project.edges("c.c/low().", "calls")) == ["calls a.cc/high()."]


def test_circles_end() -> None:
    """Bases, names of types, using directives and template arguments that lead back to themselves are followed once."""
    project = linked(
        "namespace a { using namespace b; }\nnamespace b { using namespace a; void f() { none(); } }\n"
        "struct A : B { };\nstruct B : A { void g() { none(); } };\nusing X = Y; using Y = X;\n"
        "template <typename T> struct D : D<D<T>> { T t; void h() { t.t.none(); X x; x.none(); } };\n"
    )
    assert sorted(project.edges("app/a.cc/B#g().", "calls")) == []


def test_a_namespace_that_a_macro_opens() -> None:
    """What an included file defines there is found by its qualified name, and `inferred`."""
    project = Project(
        {
            "fmt.hh": "FMT_BEGIN_NAMESPACE\nnamespace detail { void deep(); }\n"
            "class Writer { public: void put(); };\nFMT_END_NAMESPACE\n",
            "own.hh": "namespace fmt { void other(); }\n",
            "a.cc": '#include "fmt.hh"\nvoid f(fmt::Writer& w) { w.put(); fmt::detail::deep(); std::put(); }\n',
        }
    )
    assert sorted(project.edges("a.cc/f().")) == [
        "calls fmt.hh/Writer#put().",
        "calls fmt.hh/deep().",
        "uses_type fmt.hh/Writer#",
    ]


def test_a_namespace_is_the_one_that_the_macro_opens() -> None:
    """Names of both sides meet, exactly, whichever file says what the macro opens, and in nested ones."""
    project = Project(
        {
            "config.hh": "#define SHOP_NS shop\n#define SHOP_NS_BEGIN namespace SHOP_NS { inline namespace v2 {\n"
            "#define SHOP_NS_END }}\n#define NAMESPACE_BEGIN(name) namespace name {\n#define NAMESPACE_END(name) }\n",
            "shop.hh": '#include "config.hh"\nnamespace shop { class Till { void open(); }; }\nSHOP_NS_BEGIN\n'
            "void sell(Till& t);\nNAMESPACE_BEGIN(detail)\nvoid count(Till& t);\nNAMESPACE_END(detail)\n"
            "SHOP_NS_END\nvoid outside(Till& t);\n",
            "shop.cc": '#include "shop.hh"\nnamespace shop {\nvoid sell(Till& t) { detail::count(t); t.open(); }\n'
            "namespace detail { void count(Till& t) { sell(t); } }\n}\n",
            "a.cc": '#include "shop.hh"\nvoid f(shop::Till& t) { shop::sell(t); shop::detail::count(t); sell(t); }\n',
        }
    )
    assert sorted(project.edges("a.cc/f().")) == [
        "calls shop.cc/count().",
        "calls shop.cc/sell().",
        "uses_type shop.hh/Till#",
    ]
    assert sorted(project.edges("shop.cc/sell().", "calls")) == ["calls shop.cc/count().", "calls shop.hh/Till#open()."]
    assert project.edges("shop.hh/sell().") == ["uses_type shop.hh/Till#"]
    found = project.index.snapshot.dependencies(SymbolId("a.cc/f()."))
    assert {each.confidence for each in found} == {Confidence.EXACT}
    project.change({"config.hh": project.files["config.hh"].replace("namespace SHOP_NS", "namespace other")})
    assert project.index.snapshot.dependencies(SymbolId("a.cc/f().")) == (
        project.clean().snapshot.dependencies(SymbolId("a.cc/f()."))
    )


def test_headers_read_as_c_lead_on_to_what_they_include() -> None:
    """A header that says nothing of its language counts among the includes of C++."""
    project = Project(
        {
            "all.h": '#include "b.hh"\n',
            "b.hh": "namespace n { class A {}; }\n",
            "x/b.hh": "namespace n { class A {}; }\n",
            "x/c.cc": '#include "../all.h"\nn::A f() { return n::A(); }\n',
        }
    )
    assert project.edges("x/c.cc/f().") == ["uses_type b.hh/A#", "calls b.hh/A#"]


def test_what_stands_before_two_colons_is_a_type_or_a_namespace() -> None:
    """No function and no field hides a namespace or a type there."""
    files = {
        "a.hh": "namespace level { enum kind { off, on }; }\nstruct Sink { level::kind level() const; int part; };\n",
        "b.cc": '#include "a.hh"\nstruct Log : Sink { level::kind level; level::kind f(); };\n'
        "level::kind Log::f() { return level::off; }\n",
    }
    project = Project(files)
    assert project.edges("b.cc/Log#f(+1).") == [
        "uses_type a.hh/kind#", "uses_type b.cc/Log#", "references a.hh/kind#off.",
    ]  # fmt: skip
    assert project.edges("b.cc/Log#level.") == ["uses_type a.hh/kind#"]


def test_what_the_parameters_of_a_template_mention() -> None:
    """Defaults of template parameters belong to the function or class."""
    project = Project(
        {
            "a.cc": "struct Maker { };\ntemplate <typename T = Maker> T f() { return T(); }\n"
            "template <class T, class U = Maker> class Box { T t; };\n"
        }
    )
    assert project.edges("a.cc/") == []
    assert project.edges("a.cc/f().") == ["uses_type a.cc/Maker#"]
    assert project.edges("a.cc/Box#") == ["uses_type a.cc/Maker#"]


def test_a_scope_in_a_class_inside_a_function_is_that_of_its_own_members() -> None:
    """What a broken place makes of one (`impl::other`) is no class; an edge to it would lead nowhere."""
    reader = SymbolTable().reader()
    evaluator = CppEvaluator(reader, Openings(reader, "a.cc"))
    found = evaluator.class_at("a.cc", "::@f().impl#")
    assert found is not None
    assert found.descriptor == "f().impl#"
    assert evaluator.class_at("a.cc", "::@f().impl#::other") is None


def test_each_reader_is_asked_for_all_that_its_part_rests_on() -> None:
    """What parts with one reader share is not kept for the next reader, which must know what the part read."""
    data = b'#include "lib.hh"\nusing namespace lib;\nLIB_BEGIN\nint f() { return leaf(1); }\nLIB_END\n'
    facts = extract(data, "cpp", Limits())
    linker = CppLinker("a.cc", facts.outline, facts.occurrences, EdgeCollector("a.cc", facts.outline))
    definitions, occurrences = facts.outline.definitions, facts.occurrences
    part = Part(range(len(definitions)), occurrences.references, occurrences.imports)
    readers = [SymbolTable().reader(), SymbolTable().reader()]
    for each in readers:
        linker.link(part, each)
    first, second = (list(each.log) for each in readers)
    assert first == second
    assert first


def test_a_namespace_of_using_declarations_alone() -> None:
    """A namespace that defines nothing hands on what it uses."""
    project = Project(
        {
            "a.hh": "namespace shop { inline int leaf() { return 1; } }\n",
            "b.hh": '#include "a.hh"\nnamespace yard::front { using shop::leaf; }\n',
            "c.cc": '#include "b.hh"\nint f() { return yard::front::leaf(); }\n',
        }
    )
    assert project.edges("c.cc/f().") == ["calls a.hh/leaf()."]


def test_a_name_outside_of_a_namespace_that_a_macro_opens() -> None:
    """Where scopes know nothing of a name, the only type of that name that can be seen is meant."""
    project = Project(
        {
            "a.hh": "namespace n { class Part {}; int make(); }\n",
            "b.cc": '#include "a.hh"\nN_BEGIN\nPart* f(lost x) { make(); lost(); return 0; }\nN_END\n',
            "c.cc": "Part* f();\n",
        }
    )
    assert project.edges("b.cc/f().") == ["uses_type a.hh/Part#"]
    assert project.edges("c.cc/f().") == []


def test_many_files_use_a_namespace() -> None:
    """However many files say so, each finds what it uses."""
    files = {f"{number}.cc": '#include "a.hh"\nusing namespace n;\nusing m::late;\n' for number in range(70)}
    files["0.cc"] += "int f() { return early() + late(); }\n"
    project = Project({"a.hh": "namespace n { int early(); }\nnamespace m { int late(); }\n", **files})
    assert project.edges("0.cc/f().") == ["calls a.hh/early().", "calls a.hh/late()."]


def test_a_macro_opens_what_the_nearest_definition_says() -> None:
    """Where several files define a macro, this file's own definition counts, then one that it includes."""
    project = Project(
        {
            "config.hh": "#define N_NS_BEGIN namespace n {\n#define N_NS_END }\n",
            "a.hh": '#include "config.hh"\nN_NS_BEGIN\nint f();\nN_NS_END\n',
            "other.cc": "#define N_NS_BEGIN namespace far { namespace away {\n#define N_NS_END }}\n"
            '#include "a.hh"\nint g() { return far::away::f(); }\n',
            "b.cc": '#include "a.hh"\nint g() { return n::f(); }\n',
        }
    )
    assert project.edges("b.cc/g().") == ["calls a.hh/f()."]
    assert project.edges("other.cc/g().") == ["calls a.hh/f()."]


def test_parameters_of_a_templates_own_type_are_overridden() -> None:
    """Where the base is a template, its type parameter stands for whatever the derived class wrote."""
    project = Project(
        {
            "a.cc": "template <typename T> class Walker { public: virtual T visit(int n, T* t);\n"
            " virtual void end(int n); };\n"
            "class Own : public Walker<char> { char visit(int n, char* t); char visit(long n, char* t);\n"
            " void end(long n); };\n"
        }
    )
    assert project.edges("a.cc/Own#visit().", "overrides") == ["overrides a.cc/Walker#visit()."]
    assert project.edges("a.cc/Own#visit(+1).", "overrides") == []
    assert project.edges("a.cc/Own#end().", "overrides") == []


def test_each_branch_has_its_own_class() -> None:
    """Where branches of an #if define a class of one name, what stands in one means that one, not the first."""
    one = "class Lock {\n public:\n  Lock(const Lock& other);\n  void take() { enter(); }\n"
    one += "  void enter();\n  struct In {};\n"
    other = one + "  In in_;\n};\n"
    project = Project({"a.hh": f"namespace n {{\n#if A\n{one}}};\n#else\n{other}#endif\n}}\n"})
    assert project.edges("a.hh/Lock#take().", "calls") == ["calls a.hh/Lock#enter()."]
    assert project.edges("a.hh/Lock(+1)#take().", "calls") == ["calls a.hh/Lock(+1)#enter()."]
    assert project.edges("a.hh/Lock(+1)#Lock().") == ["uses_type a.hh/Lock(+1)#"]
    assert project.edges("a.hh/Lock(+1)#in_.") == ["uses_type a.hh/Lock(+1)#In#"]


def test_inline_namespaces_have_names() -> None:
    """What stands in an inline namespace is found by that name, too, where it is the outermost as well."""
    header = "inline namespace top { void far(); }\nnamespace a { inline namespace v1 { void near(); class C {}; } }\n"
    source = '#include "a.hh"\nnamespace a {\nvoid f() { v1::near(); top::far(); v1::C c; }\n}\n'
    source += "void g() { a::v1::near(); }\n"
    project = Project({"a.hh": header, "a.cc": source})
    found = project.edges("a.cc/f().")
    assert {"calls a.hh/near().", "calls a.hh/far().", "uses_type a.hh/C#"} <= set(found)
    assert project.edges("a.cc/g().") == ["calls a.hh/near()."]
