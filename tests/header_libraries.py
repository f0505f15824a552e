"""Libraries as in `libraries`, of languages whose files include others."""

from __future__ import annotations

from libraries import Library

CPP = Library(
    {
        "lib/base.hh": [
            ('#include "part.hh"', '#include "more/part.hh"', ""),
            ("namespace lib {", "namespace lib { inline namespace v1 {", "namespace other {"),
            ("class Base : public Root {\n public:", "class Base {\n public:", "class Base;\nclass Crate {\n public:"),
            ("  virtual void run();", "  virtual void run(int times);", "  void run();", ""),
            ("  Part* get();", "  Name get();", "  static Part make();", ""),
            ("  Part part_;", "  std::unique_ptr<Part> part_;", "  enum Mode { FAST, SLOW };", ""),
            ("};", "};\nusing Name = Part;", "};\ntypedef Base Name;"),
            ("}", "} }", "}"),
        ],
        "lib/root.hh": [
            ("namespace lib {", ""),
            ("class Root { public: void root(); virtual void run(); };", "struct Root { int root; };", ""),
            ("void help(int a);", "static void help(int a) {}", "#define help(a) a"),
            ("}", ""),
        ],
        "lib/part.hh": [
            ("namespace lib {", "namespace more {"),
            (
                "class Part { public: Part(int a); void use(); Part& operator=(int a); };",
                "struct Part { int use; };",
                "",
            ),
            ("Part* pick();", "Other* pick();", "struct Other { void use(); };\nOther* pick();", ""),
            ("}",),
        ],
        "lib/more/part.hh": [("namespace lib {", "namespace {"), ("struct Part { void use(); };", ""), ("}",)],
        "lib/base.cc": [
            ('#include "base.hh"', '#include "lib/base.hh"', '#include "none.hh"', ""),
            ("namespace lib {", "using namespace lib;\nnamespace {", "namespace l = lib;\nnamespace other {"),
            (
                "void Base::run() { part_.use(); part_->use(); root(); }",
                "void Base::run(int times) { get()->use(); }",
                "",
            ),
            ("Part* Base::get() { return 0; }", "void help(int a) { l::Base b; b.run(); }", ""),
            ("}",),
        ],
        "app/main.cc": [
            ('#include "lib/base.hh"\n#include <lib/root.hh>', '#include "base.hh"', ""),
            ("using namespace lib;", "using lib::Base;\nusing lib::Name;", "namespace lib {", ""),
            (
                "void f(Base* b) {\n  b->run(); b->get()->use(); b->root(); help(1); low(2); pick()->use();\n}",
                "void f(Name n) {\n  n.run(); n.use(); auto p = Base::make(); p.use(); p = Base::FAST;\n}",
                "void f() {\n  lib::Base b; b.part_.use(); b.part_->use(); new lib::Part(1); lib::pick()->use();\n}",
            ),
            (
                "class Own : public Base { void run() override; };",
                "class Own : public Name { void g() { run(1); } };",
                "",
            ),
            ("", "}", ""),
        ],
        "c/low.h": [("int low(int a);", "")],
        "c/low.c": [("int low(int a) { return a; }", "static int low(int a) { return a; }", "")],
    }
)
