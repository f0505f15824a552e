"""Resolution of PHP: `codegraph.graph.resolve.php`. A project is one file per part; edges are read back as text."""

from __future__ import annotations

from projects import Project

from codegraph.core.symbols import SymbolId

LIBRARY = {
    "lib/Base.php": r"""<?php
namespace Lib;
abstract class Base implements Runs {
  use Greets;
  const LIMIT = 3;
  public static ?Part $shared = null;
  protected Part $part;
  /** @var Part[] */
  protected $parts = [];
  protected $made;
  public function __construct(private Part $own) { $this->made = new Part; }
  public function get(): Part { return $this->part; }
  /** @return Part */
  public function told() {}
  public function same(): static { return $this; }
  public function itself() { return $this; }
  public function run() {}
  private function hidden() {}
  abstract function late();
}""",
    "lib/Runs.php": r"<?php namespace Lib; interface Runs { const FAST = 1; function run(); function stop(); }",
    "lib/Greets.php": r"<?php namespace Lib; trait Greets { function greet() { $this->run(); } function late() {} }",
    "lib/Part.php": r"<?php namespace Lib; "
    r"class Part { public Part $next; function use() {} static function of(): self {} }",
    "lib/Mode.php": r"<?php namespace Lib; enum Mode: int { case Fast = 1; case Slow = 2; function m() {} }",
    "lib/functions.php": r"<?php namespace Lib; const SIZE = 1; function make(): Part {} function unusual() {}",
    "global.php": r"<?php function helper() {} const GLOBAL_ONE = 1;",
}  # fmt: skip
HEAD = r"<?php namespace App; use Lib\{Base, Part, Mode, Runs}; use function Lib\make; use const Lib\SIZE; "


def linked(source: str, **others: str) -> Project:
    """Link `source` as app/A.php beside the library; `a__B` stands for a/B.php."""
    return Project(LIBRARY | {"app/A.php": source} | {f"{n.replace('__', '/')}.php": t for n, t in others.items()})


def edges(code: str, parameters: str = "", kind: str = "calls", **others: str) -> set[str]:
    """Return the edges of a method with that body in a subclass of Base, with their confidence unless it is exact."""
    project = linked(f"{HEAD} class A extends Base {{ function f({parameters}) {{ {code} }} }}", **others)
    found = project.index.snapshot.dependencies(SymbolId("app/A.php/A#f()."))
    return {
        f"{each.target.partition('.php/')[2]}{'' if each.confidence == 'exact' else ' ' + each.confidence}"
        for each in found
        if each.kind == kind
    }


USE, GET = "Part#use().", "Base#get()."


def test_receivers_are_typed_by_declarations() -> None:
    """Parameters, properties, promoted ones, results, `new`, conditions and catches tell a receiver's type."""
    assert edges("$p->use();", "Part $p") == {USE}
    assert edges("$p->next->next->use();", "?Part $p") == {USE}
    assert edges("$this->part->use(); self::$shared->use();") == {USE}
    assert edges("$this->get()->use();") == {GET, USE}
    assert edges("Part::of()->use();") == {"Part#of().", USE}
    assert edges("make()->use();") == {"make().", USE}
    assert edges("if ($p instanceof Part) { $p->use(); }", "$p") == {USE}
    assert edges("foreach (Mode::cases() as $m) { $m->m(); } Mode::from(1)->m(); Mode::Fast->m();") == {"Mode#m()."}


def test_what_nobody_declared_is_inferred() -> None:
    """Comments, assignments and returned values give types too; such edges are not exact."""
    assert edges("$p->use();", "Part $p") == {USE}
    assert edges("$this->told()->use();") == {"Base#told().", f"{USE} inferred"}
    assert edges("foreach ($this->parts as $p) { $p->use(); }") == {f"{USE} inferred"}
    assert edges("$this->made->use();") == {f"{USE} inferred"}
    assert edges("/** @var Part $p */ $p->use();", "$p") == {f"{USE} inferred"}
    assert edges("app(Part::class)->use();") == {f"{USE} inferred"}


def test_an_object_gives_its_elements() -> None:
    """Where it is indexed or looped over: by `offsetGet`, by what it extends as its comment says, or an iterator."""
    held = {f"{USE} inferred"}
    loop, other = "foreach ($m as $each) { $each->use(); }", "<?php class Other { function use() {} }"
    for head, body, expected in (
        (r"/** @extends \SplFixedArray<\Lib\Part> */ class Many extends \SplFixedArray", "", held),
        (r"class Many implements \ArrayAccess", r"function offsetGet($at): \Lib\Part {}", {USE}),
        ("class Many", r"/** @return \Traversable<\Lib\Part> */ function getIterator() {}", held),
        ("class Many", "function use() {}", set()),
    ):
        many = f"<?php namespace App; {head} {{ {body} }}"
        assert edges(f"$m[0]->use(); {loop}", "Many $m", app__Many=many, x__Other=other) == expected


def test_an_array_holds_what_was_put_into_it() -> None:
    """What is put into an empty array is what it gives, unless it is of two kinds; an object stays what it is."""
    assert edges("$all = []; $all[] = $p; foreach ($all as $each) { $each->use(); }", "Part $p") == {USE}
    assert edges("$all = []; foreach ($x as $p) { $all[1] = make(); } $all[0]->use();") == {USE, "make()."}
    assert edges("$all = []; $all[] = $p; $all[] = $b; $all[0]->run();", "Part $p, Base $b") == set()
    assert edges("$all = []; $all[1][2] = $p; $all[1]->run();", "Base $p") == set()
    assert edges("$b[] = $p; $b->get();", "Base $b, Part $p") == {GET}


def test_static_is_the_class_of_the_receiver() -> None:
    """`static`, `$this` and a returned `$this` stand for the class that the call was made on."""
    own = "class B extends Base { function only() {} }"
    assert edges("$b->same()->only();", "B $b", x__B=f"<?php namespace App; use Lib\\Base; {own}") == {
        "Base#same().",
        "B#only().",
    }
    assert edges("$b->itself()->only();", "B $b", x__B=f"<?php namespace App; use Lib\\Base; {own}") == {
        "Base#itself().",
        "B#only(). inferred",
    }


def test_members_along_the_bases() -> None:
    """Own ones, those of traits, of the parent, of interfaces; a concrete method counts before an abstract one."""
    assert edges("$this->greet(); parent::run(); static::stop(); $this->late();") == {
        "Greets#greet().",
        "Base#run().",
        "Runs#stop().",
        "Greets#late().",
    }
    assert edges("self::LIMIT; static::FAST; parent::$shared; Mode::Slow; SIZE; GLOBAL_ONE;", kind="references") == {
        "Base#LIMIT.",
        "Runs#FAST.",
        "Base#$shared.",
        "Mode#Slow.",
        "SIZE.",
        "GLOBAL_ONE.",
    }


def test_names() -> None:
    """Namespaces, aliases and groups; functions and constants fall back to the global ones; cases do not matter."""
    assert edges("helper(); \\helper(); new \\lib\\PART; \\Lib\\unusual();") == {"helper().", "Part#", "unusual()."}
    assert edges("helper();", app__h="<?php namespace App; function helper() {}") == {"helper()."}
    project = linked(HEAD + "class A { function f(Runs $r): Part { } }")
    assert project.edges("app/A.php/", "imports") == [
        f"imports lib/{name}" for name in
        ("Base.php/Base#", "Part.php/Part#", "Mode.php/Mode#", "Runs.php/Runs#", "functions.php/make().",
         "functions.php/SIZE.")
    ]  # fmt: skip
    assert project.edges("app/A.php/A#f().") == ["uses_type lib/Runs.php/Runs#", "uses_type lib/Part.php/Part#"]


def test_constructors() -> None:
    """`new` calls the class's own constructor, or the class, as an anonymous class does its base."""
    source = "class B extends Base {} function f() { new B; new Part; new class extends B { }; }"
    assert linked(HEAD + source).edges("app/A.php/f().", "calls") == [
        "calls app/A.php/B#",
        "calls lib/Part.php/Part#",
    ]


def test_a_class_is_made_by_its_own_constructor_or_is_meant_itself() -> None:
    """`new` leads to the class where the constructor is inherited, so whoever makes one of that class is found."""
    source = "<?php class B { function __construct() {} } class C extends B { function m() {} } class D {} "
    project = Project({"a.php": source + "function f() { new B; (new C)->m(); new D; }"})
    assert project.edges("a.php/f().", "calls") == [
        "calls a.php/B#__construct().",
        "calls a.php/C#",
        "calls a.php/C#m().",
        "calls a.php/D#",
    ]


def test_traits_with_other_names() -> None:
    """`insteadof` takes a method away, `as` gives it another name."""
    traits = "trait T { function hi() {} } trait S { function hi() {} }"
    source = f"<?php {traits} class A {{ use T, S {{ S::hi insteadof T; T::hi as other; }} function f() {{"
    project = Project({"a.php": source + " $this->hi(); $this->other(); } }"})
    assert project.edges("a.php/A#f().", "calls") == ["calls a.php/S#hi().", "calls a.php/T#hi()."]


def test_overrides() -> None:
    """The nearest method along parents and traits, that of each interface; private ones are left aside."""
    source = HEAD + "class A extends Base { function run() {} private function hidden() {} function late() {} }"
    assert linked(source).edges("app/A.php/A#run().", "overrides") == [
        "overrides lib/Base.php/Base#run().",
        "overrides lib/Runs.php/Runs#run().",
    ]
    assert linked(source).edges("app/A.php/A#hidden().", "overrides") == []
    assert linked(source).edges("app/A.php/A#late().", "overrides") == ["overrides lib/Base.php/Base#late()."]


def test_included_files() -> None:
    """A path that is written out, from the directory of the file, is an import of that file."""
    source = "<?php require __DIR__ . '/../global.php'; include 'lost.php'; require $x;"
    assert linked(source).edges("app/A.php/", "imports") == ["imports global.php/"]


def test_unknown_receivers() -> None:
    """Of a method that has its name alone the edge is inferred, of others and of PHP's own names there is none."""
    assert edges("$x->greet(); $x->use(); $x->run(); $x->get();", "$x") == {
        "Greets#greet(). inferred",
        "Part#use(). inferred",
    }
    project = linked(HEAD + "class A { function f(\\Far $y, $x) { $y->greet(); $x->run(); $x->none(); strlen(1); } }")
    reasons = {(one.name, one.reason) for one in project.index.snapshot.files["app/A.php"].links.unresolved()}
    assert reasons == {
        ("\\Far", "external"), ("greet", "unknown_receiver"), ("run", "ambiguous"), ("none", "unknown_receiver"),
        ("f?App\\strlen", "external"),
    }  # fmt: skip


def test_two_classes_of_one_name() -> None:
    """Of two classes with one full name the nearer one counts."""
    twin = "<?php class Part { function use() {} }"
    files = {"one/src/Part.php": twin, "two/src/Part.php": twin, "two/t.php": "<?php function f(Part $p) {}"}
    assert Project(files).edges("two/t.php/f().") == ["uses_type two/src/Part.php/Part#"]


def test_circles_end() -> None:
    """Classes and traits that extend one another lead nowhere; nothing hangs."""
    source = (
        "class A extends B { use T; function f() { $this->lost(); return $this->f()->lost(); } } class B extends A {}"
    )
    assert Project({"a.php": f"<?php {source} trait T {{ use T; }}"}).edges("a.php/A#f().", "calls") == [
        "calls a.php/A#f()."
    ]


def test_circles_of_other_names_end() -> None:
    """A trait that takes a method under another name from itself costs that method, not the links of its file."""
    traits = "trait A { use B { run as run; } } trait B { use A { run as run; go as other; } function go() {} }"
    source = f"<?php {traits} class C {{ use B; function f() {{ $this->run(); $this->other(); $this->go(); }} }}"
    project = Project({"a.php": source})
    assert [miss.reason for miss in project.index.snapshot.files["a.php"].links.unresolved()] == ["dynamic"]
    assert project.edges("a.php/C#f().", "calls") == ["calls a.php/B#go()."]


def test_functions_and_classes_inside_of_functions_are_the_namespaces() -> None:
    """What a function declares is a definition where it stands, and its name leads there from anywhere."""
    source = r"""<?php namespace App;
function outer() {
  function inner() { helper(); }
  class Local { public function go() { return inner(); } }
  inner();
  $x = new Local(); $x->go();
}
function helper() {}
class C { function m() { function deep() {} } }"""
    project = Project({"a.php": source, "b.php": r"<?php namespace App; function later() { inner(); deep(); }"})
    outer = "a.php/outer()."
    assert set(project.edges(outer, "calls")) == {
        f"calls {outer}inner().",
        f"calls {outer}Local#",
        f"calls {outer}Local#go().",
    }
    assert set(project.edges(f"{outer}inner().", "calls")) == {"calls a.php/helper()."}
    assert set(project.edges(f"{outer}Local#go().", "calls")) == {f"calls {outer}inner()."}
    assert set(project.edges("b.php/later().", "calls")) == {f"calls {outer}inner().", "calls a.php/C#m().deep()."}
