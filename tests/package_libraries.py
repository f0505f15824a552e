"""Libraries as in `libraries`, of languages whose packages have many files."""

from __future__ import annotations

from libraries import Library

GO = Library(
    {
        "go.mod": [("module example.com/lib", "module example.com/lib", "module example.com/other", "")],
        "ast/node.go": [
            ("package ast", "package ast", "package ast", "package tree"),
            (
                "type Node interface {\n\tKind() string\n}",
                "type Node interface {\n\tKind() string\n\tText() Segment\n}",
                "type Node interface {\n\tOther\n\tKind() string\n}",
            ),
            ("type Other interface {\n\tText() Segment\n}", "type Other interface {\n\tText()\n}", ""),
            ("type Base struct {\n\tnext *Block\n}", "type Base struct {\n\tnext []Node\n\tSegment\n}", ""),
            (
                "func (b *Base) Text() Segment { return Segment{} }",
                "func (b *Base) Text() (s *Block) { return nil }",
                "",
            ),
        ],
        "ast/block.go": [
            ("package ast", "package ast", "package ast", "package tree"),
            ("type Block struct {\n\tBase\n}", "type Block struct {\n\tbase *Base\n}", "type Block = Segment", ""),
            (
                "func (b *Block) Kind() string { return b.next.Text().Trim() }",
                'func (b Base) Kind() string { return "" }',
                "",
            ),
            ("var First = NewBlock()", "var First Segment", ""),
        ],
        "ast/segment.go": [
            ("package ast", "package ast", "package ast_test", "package tree"),
            ("type Segment struct{}", "type Segment []Block", "type Segment []*Base"),
            ('func (s Segment) Trim() string { return "" }', "func (s Segment) Kind() int { return 1 }", ""),
            ("func NewBlock() *Block { return nil }", "func NewBlock() (Segment, error) { return nil, nil }", ""),
        ],
        "ast/source.go": [
            ("package ast",),
            ('import r "example.com/lib/util"', 'import r "example.com/lib/more"'),
            ("type Source struct{ reader *r.Reader }",),
            ("type Extra interface {\n\tExtra()\n\tText() Segment\n}",),
        ],
        "util/reader.go": [("package util",), ("type Reader struct{}\n\nfunc (r *Reader) Read() {}",)],
        "more/reader.go": [("package more",), ("type Reader struct{}\n\nfunc (r *Reader) Read() {}",)],
        "ast/extra.go": [
            ("package ast",),
            (
                "func g(s *Source) { s.reader.Read(); First.Kind(); First.Trim(); x := NewBlock(); x.Kind() }",
                "",
            ),
            ("type Named struct{ Base }", "type Named struct{ *Block }", "type Named struct{}"),
            ("func (n Named) Extra() {}",),
        ],
        "app/main.go": [
            ("package main",),
            ('import "example.com/lib/ast"', 'import a "example.com/lib/ast"', 'import . "example.com/lib/ast"', ""),
            (
                "func main() {\n\tb := ast.NewBlock()\n\tb.Kind()\n\tb.next.Text().Trim()\n}",
                "func run(n a.Node) {\n\tn.Text().Trim()\n\ta.First.Kind()\n}",
            ),
            (
                "func all(s ast.Segment) {\n\tfor _, b := range s {\n\t\tb.Text()\n\t}\n}",
                "type own struct{ *ast.Block }\n\nfunc (o own) Text() { o.Block.Kind(); First.Trim() }",
            ),
        ],
        "app/side.go": [("package main",), ('import _ "example.com/lib/ast"', 'import _ "example.com/lib/app"', "")],
    }
)

JAVA = Library(
    {
        "lib/Base.java": [
            ("package lib;", "package lib;", "package lib;", "package other;"),
            (
                "public class Base<T> extends Root implements Runs {",
                "public class Base<T> extends Root {",
                "public class Base<T> {",
            ),
            ("  protected Part part;", "  protected T part;", "  protected java.util.List<Part> part;", ""),
            (
                "  public T get() { return null; }",
                "  public Part get() { return part; }",
                "  public T get(int at) { return null; }",
            ),
            ("  public void run() { part.use(); }", "  public void run(int times) {}", "  private void run() {}", ""),
            (
                "  public static class Nested { void go() {} }\n}",
                "  public static class Nested { void go(int a) {} }\n}",
                "}",
            ),
        ],
        "lib/Root.java": [("package lib;",), ("class Root {",), ("  public void root() {}\n}", "  Part root;\n}", "}")],
        "lib/Runs.java": [
            ("package lib;",),
            ("public interface Runs { void run(); default void stop() {} }", "interface Runs {}"),
        ],
        "lib/Part.java": [
            ("package lib;", "package lib;", "package lib;", "package more;"),
            (
                "public class Part { public void use() {} }",
                "public class Part { public Part(int a) {} void use(int a) {} }",
            ),
        ],
        "near/Part.java": [
            ("package app;", "package lib;", "package none;"),
            ("public class Part { public void use() {} }",),
        ],
        "lib/Holder.java": [
            ("package lib;",),
            ("import one.Helper;", "import two.Helper;"),
            ("public class Holder { public Helper helper; }",),
        ],
        "one/Helper.java": [("package one;",), ("public class Helper { public void help() {} }",)],
        "two/Helper.java": [("package two;",), ("public class Helper { public void help() {} }",)],
        "deep/Thing.java": [
            ("package deep.inner;", "package gone;"),
            ("public class Thing { public static void go() {} }",),
        ],
        "app/Use.java": [
            ("package app;",),
            ("class Use { void g(lib.Holder h) { h.helper.help(); deep.inner.Thing.go(); } }",),
        ],
        "app/Main.java": [
            ("package app;",),
            ("import lib.*;", "import lib.Base;\nimport lib.Part;", "import lib.Base.Nested;", ""),
            ("import static lib.Base.*;", ""),
            (
                "class Main extends Base<Part> {",
                "class Main {\n  Base<Part> base;",
                "class Main extends lib.Base<lib.Part> {",
            ),
            (
                "  void f() {\n    get().use();\n    run();\n    root();\n    stop();\n    new Part(1);\n  }",
                "  void f(Base<Part> b) {\n    b.get().use();\n    b.part.use();\n    new Nested().go();\n  }",
                "  void f() {\n    new Base<Part>() { public void run() { get().use(); stop(); } };\n  }",
            ),
            ("  public void run() {}\n}", "  public void root() {}\n}", "}"),
        ],
    }
)

RUST = Library(
    {
        "Cargo.toml": [
            ('[package]\nname = "app"',),
            ('[dependencies]\nkit = { path = "kit" }',) * 3 + ("[dependencies]\nserde = '1'",),
        ],
        "kit/Cargo.toml": [
            ('[package]\nname = "kit"',) * 3 + ('[package]\nname = "box"',),
            ("", "", "", '[lib]\npath = "src/odd.rs"'),
        ],
        "kit/src/lib.rs": [
            ("pub mod shape;\npub mod part;",) * 3 + ("mod none;",),
            ("pub use part::*;", "pub use shape::*;", "pub use part::{Base, Part, Runs};", "pub use shape::Part;"),
            ("pub fn make() -> Part { todo() }", "pub fn make() -> Option<Part> { None }", "pub fn make() {}"),
            ("pub const FIRST: part::Part = Part;", "pub const FIRST: shape::Part = Part;", ""),
            ("pub type Alias = part::Part;", "pub type Alias = shape::Part;"),
            ("macro_rules! grab { () => {} }", ""),
        ],
        "kit/src/odd.rs": [("pub struct Part;", "pub fn make() {}")],
        "kit/src/part.rs": [
            ("pub struct Part { pub next: Other }", "pub struct Part { pub next: Part }"),
            ("impl Part { pub fn run(&self) -> Self { self.next.run() } }", "impl Part { pub fn run(&self) {} }", ""),
            ("pub struct Other;", "pub struct Other;", "pub struct Another;"),
            ("impl Other { pub fn run(&self) {} }", "impl Base for Other { fn stop(&self) {} }", ""),
            ("pub trait Runs: Base { fn own(&self) -> Self; }", "pub trait Runs { fn own(&self) -> Self; }") * 4,
            ("pub trait Base { fn stop(&self) {} }",) * 3 + ("pub trait Base {}",),
        ],
        "kit/src/shape.rs": [
            ("pub struct Part;", "pub struct Part;", "pub trait Part { fn run(&self); }", ""),
            ("impl Part { pub fn run(&self) {} }", ""),
            ("pub use super::part::{Base, Runs};", ""),
        ],
        "kit/src/part/deep.rs": [("pub fn deep() { super::make(); }", "")],
        "src/main.rs": [
            ("use kit::{make, Part};", "use kit::*;"),
            ("mod more;\nmod use_it;", "mod more { pub fn go() {} }", '#[path = "odd.rs"]\nmod more;', ""),
        ],
        "src/use_it.rs": [
            ("fn f(p: kit::part::Part) { p.run(); p.next.run(); p.stop(); kit::FIRST.run(); }",),
            ("fn g<T: kit::part::Runs>(t: T) { t.stop() }",) * 3 + ("fn g() { kit::make().run(); grab!(); }",),
            ("fn h(a: kit::Alias) { a.run(); crate::more::go(); crate::make(); }", "fn h(a: kit::Part) { a.run(); }"),
        ],
        "src/more.rs": [
            ("use kit::part::Part;", "use kit::shape::Part;"),
            ("impl Part { pub fn stop(&self) {} }", "impl kit::part::Part { pub fn stop(&self) {} }", ""),
            ("impl kit::part::Base for Part {}", "impl kit::part::Base for kit::part::Part {}", ""),
            ("pub fn go() {}", "pub fn went() {}"),
        ],
        "src/odd.rs": [("pub fn go() {}", "pub fn gone() {}")],
    }
)

C_SHARP = Library(
    {
        "GlobalUsings.cs": [("global using Kit;", "global using Other;", "")],
        "Kit/Part.cs": [
            ("namespace Kit;", "namespace Kit;", "namespace Other;"),
            ("public partial class Part : Base {", "public partial class Part : Base {", "public partial class Part {"),
            ("public Part Next { get; }", "public Base Next { get; }", "public string Next;"),
            ("public Part Make(int a) { return null; } }", "public Base Make(int a) { return null; } }", "}"),
        ],
        "Kit/Part.More.cs": [
            ("namespace Kit;",),
            ("public partial class Part { public void Run() {} }", "public partial class Part { public void Go() {} }"),
        ],
        "Kit/Base.cs": [
            ("namespace Kit;",),
            ("public class Base : IBase {", "public class Base {"),
            ("public virtual void Stop() {}", "public virtual void Stop(int a) {}", ""),
            ("public void Run() {} }", "public class Nested { public void Go() {} } }", "}"),
        ],
        "Kit/IBase.cs": [
            ("namespace Kit;",),
            ("public interface IBase { void Stop(); }", "public interface IOther {}"),
        ],
        "Other/Thing.cs": [
            ("namespace Other;", "namespace Gone;"),
            ("public class Thing { public void Run() {} }",),
        ],
        "App/Only.cs": [("using Other;",), ("class Only { void F(Thing t) { t.Run(); } }",)],
        "One/Helper.cs": [("namespace One;",), ("public class Helper { public void Help() {} }",)],
        "Two/Helper.cs": [("namespace Two;",), ("public class Helper { public void Help() {} }",)],
        "Kit/Holder.cs": [
            ("using One;", "using Two;"),
            ("namespace Kit;",),
            ("public class Holder { public Helper helper; }",),
        ],
        "App/Held.cs": [("class Held { void F(Kit.Holder h) { h.helper.Help(); } }",)],
        "Kit/Extensions.cs": [
            ("namespace Kit;",),
            (
                "public static class Extensions { public static void Ext(this Part p) {} }",
                "public static class Extensions { public static void Ext(this Base p) {} }",
                "public static class Extensions { public static void Ext(this string p, int a) {} }",
            ),
        ],
        "App/Use.cs": [
            ("namespace App;",),
            ("using static Kit.Base;", "using Kit;", "using P = Kit.Part;", ""),
            ("class Use {",),
            ("void F(Part p) { p.Next.Run(); p.Stop(); p.Ext(); }", "void F(Kit.Part p) { p.Make(1).Run(); p.Go(); }"),
            ("void G() { new Nested().Go(); new Kit.Part().Next.Stop(); } }", "void G(P p) { p.Stop(); p.Ext(); } }"),
        ],
        "App/Sub.cs": [
            ("namespace App.Deep;",),
            ("class Sub : Kit.Part { public override void Stop() { base.Stop(); Run(); } }",),
        ],
    }
)

C = Library(
    {
        "include/box.h": [
            ("typedef struct box box_t;", "typedef struct crate box_t;", "struct box { int size; };"),
            ("int fill(box_t *box);", "int empty(box_t *box);", ""),
            ('#include "sub/part.h"', ""),
        ],
        "include/sub/part.h": [("struct part { int size; };", "")],
        "src/sub/part.h": [("struct part { int odd; };", ""), ("static int small(void) { return 1; }", "")],
        "src/box.c": [
            ('#include "box.h"', '#include "sub/part.h"', '#include "none.h"'),
            ("int fill(box_t *box) { return 1; }", "static int fill(box_t *box) { return 1; }", ""),
            ("int empty(box_t *box) { return fill(box); }", "struct part part;", ""),
        ],
        "src/main.c": [
            ('#include "../include/box.h"', '#include "part.h"', ""),
            ("int run(box_t *box) { return fill(box); }", "int run(box_t *box) { each(box, empty); return small(); }"),
            ("int fill(box_t *box) { return 2; }", "", "", ""),
        ],
        "win/box.c": [("int fill(void *box) { return 3; }", "int empty(void *box) { return 3; }", "")],
    }
)

PHP = Library(
    {
        "lib/Base.php": [
            ("<?php namespace Lib;", "<?php namespace Lib;", "<?php namespace Lib;", "<?php namespace Other;"),
            (
                "abstract class Base extends Root implements Runs {\n  use Greets;",
                "class Base implements Runs {\n  use Greets { greet as hello; }",
                "class Base {",
            ),
            ("  protected Part $part;", "  /** @var Part */ protected $part;", "  protected $part;", ""),
            (
                "  public function get(): Part {}",
                "  public function get(): static {}",
                "  function get() { return $this->part; }",
            ),
            (
                "  public function run() { $this->part->use(); }",
                "  function run(int $n) {}",
                "  private function run() {}",
                "",
            ),
            ("  const LIMIT = 1;\n}", "  const OTHER = 1;\n}", "}"),
        ],
        "lib/Root.php": [
            ("<?php namespace Lib;",),
            ("class Root {", "class Root implements Runs {"),
            ("  function root() {}\n}", "  public Part $root;\n}", "}"),
        ],
        "lib/Runs.php": [
            ("<?php namespace Lib;",),
            (
                "interface Runs { function run(); function stop(); }",
                "interface Runs {}",
                "trait Runs { function run() {} }",
            ),
        ],
        "lib/Greets.php": [
            ("<?php namespace Lib;",),
            ("trait Greets { function greet(): Part {} }", "trait Greets { function greet() {} function run() {} }"),
        ],
        "lib/Part.php": [
            ("<?php namespace Lib;", "<?php namespace More;"),
            ("class Part { function use() {} }", "class Part { function __construct() {} function used() {} }"),
        ],
        "near/Part.php": [
            ("<?php namespace Lib;", "<?php namespace None;"),
            ("class Part { function use() {} }",),
        ],
        "lib/functions.php": [
            ("<?php namespace Lib;", "<?php"),
            ("function make(): Part {}", "function make(): Base {}", "function unmade() {}"),
            ("const SIZE = 1;", ""),
        ],
        "app/own.php": [
            ("<?php namespace App;",),
            ("function make() {}", "function rare() {}", "class Odd { function special() {} }"),
        ],
        "app/main.php": [
            ("<?php namespace App;",),
            ("use Lib\\{Base, Part};", "use Lib\\Base; use More\\Part;", "use Lib\\Root as Base;", ""),
            ("use function Lib\\make;", "use const Lib\\SIZE;", ""),
            ("require __DIR__ . '/../lib/functions.php';", "require 'own.php';", ""),
            ("class Main extends Base {", "class Main {\n  private Base $base;"),
            (
                (
                    "  function f($x) {\n    $this->get()->use();\n    $this->run();\n    $this->hello()->use();\n"
                    "    $x->special();\n  }"
                ),
                "  function f(Base $b) {\n    $b->get()->part->use();\n    make()->use();\n    self::LIMIT; SIZE;\n  }",
                (
                    "  function f() {\n    new Part;\n    parent::root();\n    $this->greet()->use();\n"
                    "    $this->stop();\n  }"
                ),
            ),
            ("  function run() {}\n}", "  function root() {}\n}", "}"),
        ],
    }
)

RUBY = Library(
    {
        "lib/kit/base.rb": [
            ("module Kit", "module Kit", "module Other"),
            ("class Base < Root\n  include Greets", "class Base\n  extend Greets", "class Base\n  prepend Greets"),
            ("  def initialize; @part = Part.new; end", "  def initialize; @part = Tool.new; end", ""),
            ("  def get; @part; end", "  def get; Part.new; end", "  attr_reader :get"),
            ("  def run; get.use; end", "  def self.run; new.get.use; end", ""),
            ("  LIMIT = 1\nend\nend", "  LIMIT = Part.new\nend\nend", "end\nend"),
        ],
        "lib/kit/root.rb": [
            ("module Kit\nclass Root",),
            ("  def root; end\nend\nend", "  ROOT = 1\nend\nend", "end\nend"),
        ],
        "lib/kit/greets.rb": [
            ("module Kit\nmodule Greets", "module Kit\nmodule Greets\n  extend self"),
            ("  def greet; Part.new; end\nend\nend", "  def run; end\n  def greet; end\nend\nend"),
        ],
        "lib/kit/part.rb": [
            ("module Kit\n  class Part; def use; end; end\nend", "class Part; def use; end; end", "Part = Kit::Base"),
        ],
        "lib/kit/tool.rb": [
            ("module Kit\n  class Tool; def use; end; end\nend", "module Kit\n  module Tool\n  end\nend")
        ],
        "lib/patch.rb": [
            ("class Kit::Base\n  def root; end\nend", "module Kit\n  class Base\n    include Greets\n  end\nend", ""),
            ("def everywhere; end", "def rare; end", ""),
        ],
        "app/main.rb": [
            ("require 'kit/base'", "require_relative '../lib/patch'", "require 'kit/none'"),
            ("class Main < Kit::Base", "class Main\n  include Kit::Greets", "module Kit\nend\nclass Main < Kit::Tool"),
            (
                "  def f(x); get.use; run; root; everywhere; x.rare; end",
                "  def f; Kit::Base.new.get.use; Kit::Base.run; Kit::Base::LIMIT.use; greet.use; end",
                "  def f; self.class.run; Kit::Greets.greet; Kit::Tool; Kit::Root::ROOT; Part.new.use; end",
            ),
            ("  def run; super; end\nend", "  def root; super; end\nend", "end"),
        ],
    }
)
