"""Resolution of Java: `codegraph.graph.resolve.java`. A project is one file per part; edges are read back as text."""

from __future__ import annotations

from projects import Project

BASE = """package lib;
public class Base<T> implements Runs {
  public static final int LIMIT = 3;
  protected T item;
  public Base() {}
  public Base(int size) {}
  public T get() { return item; }
  public Base<T> self() { return this; }
  public void run() {}
  public void run(int times) {}
  public static Part make() { return null; }
  public static class Nested { public void go() {} }
}
"""
OTHERS = {
    "lib/Runs.java": "package lib; public interface Runs { void run(); default void stop() {} }",
    "lib/Part.java": "package lib; public class Part { public Part next; public void use() {} }",
    "lib/Mode.java": "package lib; public enum Mode { FAST, SLOW { void m() {} }; void m() {} }",
    "lib/Mark.java": "package lib; public @interface Mark { String value(); }",
}
IMPORTS = "package app; import lib.*; import java.util.*; "


def linked(source: str, **others: str) -> Project:
    """Link `source` as app/A.java beside package lib; `a__B` stands for a/B.java."""
    files = {f"{name.replace('__', '/')}.java": text for name, text in others.items()}
    return Project({"lib/Base.java": BASE, "app/A.java": source, **OTHERS, **files})


def calls(code: str, parameters: str = "", **others: str) -> set[str]:
    """Return the calls of a method with that body in a class that imports package lib."""
    project = linked(f"{IMPORTS} class A {{ void f({parameters}) {{ {code} }} }}", **others)
    return {
        edge.removeprefix("calls lib/").replace(".java/", ":") for edge in project.edges("app/A.java/A#f().", "calls")
    }


def test_receivers_are_typed_by_declarations() -> None:
    """Parameters, locals, `var`, casts, patterns, loops, resources, fields and results tell a receiver's type."""
    use = {"Part:Part#use()."}
    assert calls("p.use();", "Part p") == use
    assert calls("Part p = null; p.next.next.use();") == use
    assert calls("((Part) o).use();", "Object o") == use
    assert calls("if (o instanceof Part p && true) p.use();", "Object o") == use
    assert calls("for (Part p : all) p.use();", "Part[] all") == use
    assert calls("all[0].use();", "Part... all") == use
    assert calls("var p = Base.make(); p.use();") == {*use, "Base:Base#make()."}
    assert calls("switch (o) { case Part p -> p.use(); default -> {} }", "Object o") == use


def test_type_arguments_are_followed() -> None:
    """Through fields, results and bases of generic classes, and through containers of the standard library."""
    use = {"Part:Part#use()."}
    assert calls("b.get().use();", "Base<Part> b") == {*use, "Base:Base#get()."}
    assert (
        calls("b.self().get().use();", "Own b", app__Own="package app; class Own extends lib.Base<lib.Part> {}") > use
    )
    assert calls("for (var p : all) p.use();", "List<Part> all") == use
    assert calls("all.get(0).use();", "List<? extends Part> all") == use
    assert calls("for (var e : all.entrySet()) e.getValue().use();", "Map<String, Part> all") == use


def test_overloads_are_told_apart() -> None:
    """By the number of arguments, then by types that can be seen; others are ambiguous, all named. `new` leads to a
    constructor, or to the type."""
    assert calls("b.run(1);", "Base b") == {"Base:Base#run(+1)."}
    assert calls("new Base(1); new Part();") == {"Base:Base#Base(+1).", "Part:Part#"}
    two = "package app; class Two { void g(int a) {} void g(String a) {} void g() {} }"
    assert calls("t.g(1);", "app.Two t", app__Two=two) == {"calls app/Two:Two#g()."}
    assert calls("t.g(s);", "app.Two t, String s", app__Two=two) == {"calls app/Two:Two#g(+1)."}
    three = "package app; class Three { void h(lib.Runs r) {} void h(Mode m) {} void h(Iterable<lib.Runs> all) {} }"
    assert calls("t.h(b);", "app.Three t, Base<Part> b", app__Three=three) == {"calls app/Three:Three#h()."}
    assert calls("new Two().g(a + b);", app__Two=two) == {
        "calls app/Two:Two#",
        "calls app/Two:Two#g().",
        "calls app/Two:Two#g(+1).",
    }


OVERLOADED = """package app; public class Up<T> {
  public void m(Object a) {} public void m(byte[] a) {} public void m(String a) {} public void m(Object... all) {}
  public void n(Class<?> a) {} public void n(Class<?> a, Object... all) {} public void o(String... all) {}
  public void p(T a) {} public void p(Runnable a) {}
  public void q(int a, String b) {} public void q(int a, char... b) {}
}"""
LOWER = """package app; public class Low extends Up<String> { public void m(Object a) {} public void n(String a) {} }"""


def overloaded(code: str, parameters: str = "Low low") -> set[str]:
    """Return the calls of methods of the two classes above, without their file."""
    source = f"package app; class A {{ void f({parameters}) {{ {code} }} }}"
    project = linked(source, app__Up=OVERLOADED, app__Low=LOWER)
    return {edge.rpartition("/")[2] for edge in project.edges("app/A.java/A#f().", "calls") if "A.java" not in edge}


def test_overloads_of_bases_are_told_apart() -> None:
    """What fits the arguments best counts, wherever it stands; of equal ones the nearest, of two phases the first."""
    assert overloaded("low.m(x);", "Low low, byte[] x") == {"Up#m(+1)."}
    assert overloaded("low.m(x);", "Low low, Part x") == {"Low#m()."}
    assert overloaded('low.m("a" + 1);') == overloaded("low.m(low.toString());") == {"Up#m(+2)."}
    assert overloaded("low.n(String.class);") == {"Up#n()."}
    assert overloaded("low.n(getClass(), 1);") == {"Up#n(+1)."}
    assert overloaded("low.m();") == {"Up#m(+3)."}
    assert overloaded('low.o("a", "b");') == overloaded("low.o(x);", "Low low, String[] x") == {"Up#o()."}


def test_arguments_have_the_types_that_a_class_says() -> None:
    """Fields, primitive variables, own methods, operations, `null` and lambdas choose; what nobody knows does not."""
    two = "package app; class Two { void g(int a) {} void g(String a) {} void g(int[] a) {} void g(Runnable a) {} }"
    body = {
        "name": "+1",
        "this.many": "+2",
        "size()": "",
        "(n)": "",
        "-n": "",
        "(int) n": "",
        "() -> n": "+3",
        "name + n": "+1",
        "String.valueOf(n)": "+1",
        "new int[0]": "+2",
    }
    for written, number in body.items():
        source = f"""package app; class A {{ String name; int[] many; int size() {{ return 1; }}
        void f(Two t, int n) {{ t.g({written}); }} }}"""
        edges = linked(source, app__Two=two).edges("app/A.java/A#f().", "calls")
        assert [edge for edge in edges if "Two" in edge] == [f"calls app/Two.java/Two#g({number})."], written
    assert calls("t.g(null);", "app.Two t", app__Two=two) == {
        f"calls app/Two:Two#g({at})." for at in ("+1", "+2", "+3")
    }
    assert calls("t.g(unknown());", "app.Two t", app__Two=two) >= {"calls app/Two:Two#g().", "calls app/Two:Two#g(+3)."}


def test_an_unknown_argument_leaves_both_phases_open() -> None:
    """Unless both methods take the same there."""
    assert overloaded("low.q(1, s.made());", "Low low, Unknown s") == {"Up#q().", "Up#q(+1)."}
    assert overloaded("low.n(s.made());", "Up low, Unknown s") == {"Up#n()."}
    assert overloaded("low.p(() -> 1);") == {"Up#p(+1)."}


def test_a_method_overrides_the_one_with_its_parameters() -> None:
    """An overload of a base is none, what has a type parameter's place is; so is what stands further up."""
    source = """package app; interface Takes<S> { void take(S source); void take(String text, int[] more); }
    class Bytes implements Takes<byte[]> { public void take(byte[] source) {} public void take(String t, int[] m) {} }
    class Texts extends Bytes { public void take(int one) {} public void take(String t, int m) {} }"""
    project = linked(source)
    assert project.edges("app/A.java/Bytes#take().", "overrides") == ["overrides app/A.java/Takes#take()."]
    assert project.edges("app/A.java/Bytes#take(+1).", "overrides") == ["overrides app/A.java/Takes#take(+1)."]
    assert project.edges("app/A.java/Texts#take().", "overrides") == []
    assert project.edges("app/A.java/Texts#take(+1).", "overrides") == []


def test_constructors_call_the_superclass() -> None:
    """`super(...)` means no interface; a constructor without such a call calls the superclass's all the same."""
    source = """package app; interface I {} class Up { Up() {} Up(int a) {} } class Bare {}
    class A extends Up implements I { A() { super(1); } A(int a) { this(); } A(String s) { } }
    class B extends Bare { B() { } } class C implements I { C() { super(); } }"""
    project = linked(source)
    calls = {
        name: project.edges(f"app/A.java/{name}", "calls") for name in ("A#A().", "A#A(+1).", "A#A(+2).", "B#B().")
    }
    assert calls == {
        "A#A().": ["calls app/A.java/Up#Up(+1)."],
        "A#A(+1).": ["calls app/A.java/A#A()."],
        "A#A(+2).": ["calls app/A.java/Up#Up()."],
        "B#B().": ["calls app/A.java/Bare#"],
    }
    assert project.edges("app/A.java/C#C().", "calls") == []


def test_members_are_found_along_the_bases() -> None:
    """Bare names are members of the type, of its bases, of the types around it, then static imports."""
    source = """package app; import static lib.Base.make;
    class A extends lib.Base<lib.Part> { void f() { run(); super.run(1); stop(); make(); item.use(); }
      class In { void g() { run(); Nested n; n.go(); A.this.get(); } } }"""
    project = linked(source)
    assert project.edges("app/A.java/A#f().", "calls") == [
        "calls lib/Base.java/Base#run().",
        "calls lib/Base.java/Base#run(+1).",
        "calls lib/Runs.java/Runs#stop().",
        "calls lib/Base.java/Base#make().",
        "calls lib/Part.java/Part#use().",
    ]
    assert project.edges("app/A.java/A#In#g().", "calls") == [
        "calls lib/Base.java/Base#run().",
        "calls lib/Base.java/Base#Nested#go().",
        "calls lib/Base.java/Base#get().",
    ]


def test_anonymous_classes() -> None:
    """Their methods override those of the base; bare calls are the base's, then those of the class around."""
    source = (
        f"{IMPORTS} class A {{ void f() {{ new Runs() {{ public void run() {{ stop(); g(); }} }}; }} void g() {{}} }}"
    )
    project = linked(source)
    assert project.edges("app/A.java/A#f().run().") == [
        "overrides lib/Runs.java/Runs#run().",
        "calls lib/Runs.java/Runs#stop().",
        "calls app/A.java/A#g().",
    ]


def test_overrides() -> None:
    """The nearest method of that name and number along each base, constructors, static and private ones left aside."""
    source = f"{IMPORTS} class A extends Base<Part> {{ public void run() {{}} static Part make() {{ return null; }} }}"
    assert linked(source).edges("app/A.java/A#run().", "overrides") == ["overrides lib/Base.java/Base#run()."]
    assert linked(source).edges("app/A.java/A#make().", "overrides") == []
    assert linked(source).edges("lib/Base.java/Base#run().", "overrides") == ["overrides lib/Runs.java/Runs#run()."]
    assert linked(source).edges("lib/Mode.java/Mode#m().", "overrides") == ["overrides lib/Mode.java/Mode#m(+1)."]


def test_imports_and_types() -> None:
    """Single, on demand, static, qualified in place, of nested types; what is imported decides before the package."""
    source = """package app; import lib.Part; import lib.Base.Nested; import static lib.Base.LIMIT;
    import java.util.List;
    @lib.Mark("x") class A extends lib.Base<Part> implements lib.Runs { Nested n; List<Part> all; int k = LIMIT; }"""
    project = linked(source, app__Part="package app; class Part {}")
    assert project.edges("app/A.java/", "imports") == [
        "imports lib/Part.java/Part#",
        "imports lib/Base.java/Base#Nested#",
        "imports lib/Base.java/Base#",
    ]
    assert sorted(project.edges("app/A.java/A#")) == [
        "implements lib/Runs.java/Runs#",
        "inherits lib/Base.java/Base#",
        "uses_type lib/Mark.java/Mark#",
        "uses_type lib/Part.java/Part#",
    ]
    assert project.edges("app/A.java/A#k.") == ["references lib/Base.java/Base#LIMIT."]


def test_two_classes_of_one_name() -> None:
    """Of the same type in two source trees the nearer one counts."""
    twin = "package lib; public class Part { public void use() {} }"
    project = Project(
        {
            "one/src/lib/Part.java": twin,
            "two/src/lib/Part.java": twin,
            "two/test/lib/T.java": "package lib; class T { Part p; }",
        }
    )
    assert project.edges("two/test/lib/T.java/T#p.") == ["uses_type two/src/lib/Part.java/Part#"]


def test_what_is_not_known_is_said() -> None:
    """The standard library, values without a type and missing names are told apart."""
    project = linked(
        "package app; class A { void f() { String s; s.trim(); each(x -> x.go()); lost(); } void each(Object o) {} }"
    )
    reasons = {(one.name, one.reason) for one in project.index.snapshot.files["app/A.java"].links.unresolved()}
    assert reasons == {
        ("String", "external"), ("trim", "external"), ("go", "unknown_receiver"), ("lost", "missing"),
        ("Object", "external"),
    }  # fmt: skip


def test_circles_end() -> None:
    """Classes that extend one another, or themselves through a member or an argument, lead nowhere; nothing hangs."""
    source = "class A extends B<A> { void f() { lost(); get().x.lost(); } } class B<T extends B<T>> extends A.C { } "
    project = linked(source + "class D extends D.E { class E extends D {} void g() { this.lost(); } }")
    assert project.edges("app/A.java/A#f().", "calls") == []


def test_a_generic_library_class_is_the_base_of_an_anonymous_one() -> None:
    """A name inside of it may be that base's, which is not in the project, or one around: the file is linked."""
    source = """package app; import java.util.Iterator;
    class Part { void use() {} } class Own extends Part { Part next() { return null; } }
    class A { Object f() { return new Iterator<Part>() { public boolean go() { next().use(); return true; } }; } }"""
    project = linked(source)
    assert "failed" not in [miss.reason for miss in project.index.snapshot.unresolved("app/A.java")]


def test_an_import_without_static_that_means_a_field_is_a_miss() -> None:
    """It names no type; so it is for a while where a nested type becomes a constant."""
    project = linked(
        "package app; import lib.T.B; class A { B b; }", lib__T="package lib; public class T { static int B = 1; }"
    )
    found = [(miss.name, miss.reason) for miss in project.index.snapshot.unresolved("app/A.java")]
    assert ("B", "missing") in found


def test_a_method_gives_what_class_it_is_handed() -> None:
    """`<T> T get(Class<T> type)` gives an instance of the class written in the call, its bound for any other."""
    config = "package lib; public interface Config { void shared(); }"
    own = "package lib; public class Own implements Config { public void shared() {} public void mine() {} }"
    source = """package lib; public class Registry {
      public <C extends Config> C get(int more, Class<C> type) { return null; }
      public <C extends Config> C some(Class<? extends C> type) { return null; }
      public <C extends Config> C other(Class<?> type) { return null; } }"""
    others = {"lib__Config": config, "lib__Own": own, "lib__Registry": source}
    mine, shared = "Own:Own#mine().", "Config:Config#shared()."
    for code, expected in [
        ("r.get(1, Own.class).mine();", mine),
        ("var own = r.some(Own.class); own.mine();", mine),
        ("r.get(1, lib.Own.class).mine();", mine),
        ("Class<Own> own = null; r.get(1, own).shared();", shared),
        ("r.other(Own.class).shared();", shared),
    ]:
        assert expected in calls(code, "Registry r", **others), code
    assert mine not in calls("r.other(Own.class).mine();", "Registry r", **others)
