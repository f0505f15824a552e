"""Resolution of C#: `codegraph.graph.resolve.c_sharp`. A project is one file per part; edges are read back as text."""

from __future__ import annotations

from projects import Project

FILES = {
    "Kit/Part.cs": """namespace Kit;
public partial class Part : Base, IRuns {
  public Part Next { get; set; }
  public Part(int size) {}
  public void Run() {}
  public void Run(string text) {}
  public void Run(int number) {}
  public void Log(string text, params object[] rest) {}
  public void Log(string text) {}
  public override void Stop() {}
}
""",
    "Kit/Part.More.cs": "namespace Kit; partial class Part { public Part Far() => this; }",
    "Kit/Base.cs": """namespace Kit;
public class Base { public virtual void Stop() {} protected int held; public static Part Make() => null;
  public class Nested { public void Go() {} } }
public interface IRuns { void Run(); }
public enum Mode { Fast }
public delegate Part Maker(int a);
""",
    "Kit/Extensions.cs": """namespace Kit;
public static class Extensions {
  public static void Ext(this Base it, int a) {}
  public static T Any<T>(this T it) => it;
}
""",
}


def linked(source: str, **others: str) -> Project:
    """Link `source` as App/A.cs beside the namespace Kit; `a__B` stands for a/B.cs."""
    files = {f"{name.replace('__', '/')}.cs": text for name, text in others.items()}
    return Project({**FILES, "App/A.cs": source, **files})


def calls(code: str, parameters: str = "", kind: str = "calls", using: str = "using Kit;", **others: str) -> set[str]:
    """Return the calls of a method with that body in a class of another namespace."""
    project = linked(f"{using} namespace App {{ class A {{ void F({parameters}) {{ {code} }} }} }}", **others)
    found = project.edges("App/A.cs/A#F().", kind)
    return {edge.removeprefix(f"{kind} Kit/").replace(".cs/", ":") for edge in found}


RUN = {"Part:Part#Run()."}


def test_members_of_all_parts_and_bases() -> None:
    """A partial type is one; members are found along bases, through properties, results and delegates."""
    assert calls("p.Run();", "Part p") == RUN
    assert calls("p.Next.Far().Run();", "Part p") == {*RUN, "Part.More:Part#Far()."}
    assert calls("p.Stop();", "Part p") == {"Part:Part#Stop()."}
    assert calls("var p = Base.Make(); p.Run();") == {*RUN, "Base:Base#Make()."}
    assert calls("m(1).Run();", "Maker m") == RUN
    assert calls("new Part.Nested().Go();") == {"Base:Base#Nested#", "Base:Base#Nested#Go()."}
    assert calls("var x = Mode.Fast; p.Next.Next = null;", "Part p", "references") == {
        "Base:Mode#Fast.",
        "Part:Part#Next().",
    }


def test_overloads_by_number_and_type_of_arguments() -> None:
    """Of methods with one number of parameters the types that can be seen decide; rest arguments come last."""
    assert calls('p.Run("a");', "Part p") == {"Part:Part#Run(+1)."}
    assert calls("p.Run(1);", "Part p") == {"Part:Part#Run(+2)."}
    assert calls('p.Log("a");', "Part p") == {"Part:Part#Log(+1)."}
    assert calls('p.Log("a", 1);', "Part p") == {"Part:Part#Log()."}
    assert calls("new Part(1);") == {"Part:Part#Part()."}


def test_extension_methods() -> None:
    """A method that no type has extends the receiver's type or a base of it, or anything."""
    assert calls("p.Ext(1);", "Part p") == {"Extensions:Extensions#Ext()."}
    assert calls("p.Any();", "Part p") == {"Extensions:Extensions#Any()."}
    assert calls("p.Ext(1);", "string p") == set()


def test_type_arguments_tell_methods_apart_that_nothing_else_does() -> None:
    """A call with type arguments means a method with so many; without, none whose parameters cannot tell them."""
    kit = """namespace Kit; public interface IItems { object Get(int id); T Get<T>(int id); T Same<T>(T it); }
public class Items : IItems { public object Get(int id) => null; public T Get<T>(int id) => default;
  public T Same<T>(T it) => it; }
public static class More { public static T As<T>(this IItems it, int id) => default;
  public static object As(this IItems it, int id) => null; }"""
    for code, expected in (
        ("i.Get(id);", "Kit:IItems#Get()."),
        ("i.Get<string>(id);", "Kit:IItems#Get(+1)."),
        ("i.Same(id);", "Kit:IItems#Same()."),
        ("i.As(id);", "Kit:More#As(+1)."),
        ("i.As<string>(id);", "Kit:More#As()."),
    ):
        assert calls(code, "IItems i, int id", Kit__Kit=kit) == {expected}, code
    project = linked("", Kit__Kit=kit)
    for number in ("", "+1"):
        edges = project.edges(f"Kit/Kit.cs/Items#Get({number}).", "overrides")
        assert edges == [f"overrides Kit/Kit.cs/IItems#Get({number})."]


def test_the_arguments_of_extension_methods_are_those_behind_the_receiver() -> None:
    """What can be seen of arguments is compared with the parameters behind the first; text is seen, too."""
    kit = """namespace Kit; public static class More { public static void Has(this Base it, string name) {}
  public static void Has(this Base it, Mode mode) {} }"""
    for argument in ('"a"', "nameof(b)", "b.ToString()", "b?.ToString()"):
        assert calls(f"b.Has({argument});", "Base b", Kit__Kit=kit) == {"Kit:More#Has()."}, argument
    assert calls("b.Has(Mode.Fast);", "Base b", Kit__Kit=kit) == {"Kit:More#Has(+1)."}


def test_what_implements_an_interface_by_its_name_is_seen_through_that_only() -> None:
    """A member of the same name is meant by what has the class, and by what has the interface that of the interface."""
    kit = """namespace Kit; public interface IHas { Base Held { get; } void Go(); }
public class Has : IHas { public Part Held { get; } Base IHas.Held => Held;
  public void Go() {} void IHas.Go() => Go(); }
public class Had : Has { }"""
    assert calls("h.Held.Run();", "Had h", Kit__Kit=kit) == RUN
    assert calls("h.Go();", "Had h", Kit__Kit=kit) == {"Kit:Has#Go()."}
    assert calls("h.Go();", "IHas h", Kit__Kit=kit) == {"Kit:IHas#Go()."}
    assert linked("", Kit__Kit=kit).edges("Kit/Kit.cs/Has#Go(+1).", "calls") == ["calls Kit/Kit.cs/Has#Go()."]


def test_a_constructor_calls_that_of_its_base_class_and_no_interface() -> None:
    """`base` is an instance of the class, whichever interfaces stand beside it."""
    source = "class A : IRuns2, IRuns { public A(int a) : base(a) {} } class B : Part, IRuns { B() : base(1) {} }"
    project = linked(f"using Kit; {source}", Kit__Kit="namespace Kit; public interface IRuns2 { }")
    assert project.edges("App/A.cs/A#A().", "calls") == []
    assert project.edges("App/A.cs/B#B().", "calls") == ["calls Kit/Part.cs/Part#Part()."]


def test_where_types_are_found() -> None:
    """By usings, aliases, full names, the namespaces around, and global usings above; not without any."""
    code, parameters = "p.Run();", "Part p"
    assert calls(code, parameters, using="") == set()
    assert calls(code, parameters, using="", App__GlobalUsings="global using Kit;") == RUN
    assert calls(code, parameters, using="", Elsewhere__GlobalUsings="global using Kit;") == set()
    assert calls(code, "P p", using="using P = Kit.Part;") == RUN
    assert calls(code, "Kit.Part p", using="") == RUN
    assert calls("Make().Run();", using="using static Kit.Base;") == {*RUN, "Base:Base#Make()."}
    project = linked("namespace Kit.Deep; class A { void F(Part p) { p.Run(); } }")
    assert project.edges("App/A.cs/A#F().", "calls") == ["calls Kit/Part.cs/Part#Run()."]


def test_overrides_and_bases() -> None:
    """A member overrides that of its base if it says so, and implements that of an interface."""
    project = linked("")
    assert project.edges("Kit/Part.cs/Part#", "inherits", "implements") == [
        "inherits Kit/Base.cs/Base#",
        "implements Kit/Base.cs/IRuns#",
    ]
    assert project.edges("Kit/Part.cs/Part#Stop().", "overrides") == ["overrides Kit/Base.cs/Base#Stop()."]
    assert project.edges("Kit/Part.cs/Part#Run().", "overrides") == ["overrides Kit/Base.cs/IRuns#Run()."]
    assert project.edges("Kit/Part.cs/Part#Run(+1).", "overrides") == []


def test_a_name_is_a_member_before_it_is_a_type() -> None:
    """What has the name of its type is either, as the place demands."""
    source = "using Kit; class A { Part Part { get; } void F() { Part.Run(); Part.Make(); Part p = null; } }"
    found = linked(source).edges("App/A.cs/A#F().")
    assert sorted(found) == [
        "calls Kit/Base.cs/Base#Make().",
        "calls Kit/Part.cs/Part#Run().",
        "references App/A.cs/A#Part().",
        "uses_type Kit/Part.cs/Part#",
    ]


def test_local_functions_are_definitions_of_their_own() -> None:
    """A local function is what its name means in the block, before and behind it, and what it gives is known."""
    source = """class Item { public void Go() {} }
class Main {
  void Run() {
    Inner(1).Go();
    Item Inner(int x) { Helper(); return new Item(); void Helper() {} }
    int Two<T>(T t) => 1;
    Two<int>(2);
    Use(Inner);
    { void Build() { } Build(); }
    Build();
  }
  void Helper() { Inner(2); }
  void Inner(int z) { }
  void Build() { }
  System.Func<int> field = () => { int Helper() => 1; return Helper(); };
}"""
    project = Project({"A.cs": source})
    run = "A.cs/Main#Run()."
    assert {edge.rpartition(" ")[2] for edge in project.edges(run, "calls")} == {
        f"{run}Inner().",
        f"{run}Two().",
        f"{run}Build().",
        "A.cs/Main#Build().",
        "A.cs/Item#Go().",
    }
    assert set(project.edges(run, "references")) == {f"references {run}Inner()."}
    assert set(project.edges(f"{run}Inner().", "calls")) == {f"calls {run}Inner().Helper().", "calls A.cs/Item#"}
    assert set(project.edges("A.cs/Main#Helper().", "calls")) == {"calls A.cs/Main#Inner()."}
    assert project.edges("A.cs/Main#field.", "calls") == []
