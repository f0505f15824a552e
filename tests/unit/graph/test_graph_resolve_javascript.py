"""Linking of JavaScript and TypeScript: modules, names, members, types, calls, and what is read on the way."""

from __future__ import annotations

import pytest
from javascript_sources import Linked, facts_of

from codegraph.core.facts import Export, Occurrences, Outline
from codegraph.graph.link import contributions_of, link_file
from codegraph.graph.resolve import scheme_of
from codegraph.graph.resolve.javascript.modules import ModuleFinder
from codegraph.graph.resolve.keys import export_key, module_key, top_key
from codegraph.graph.resolve.scheme import Value
from codegraph.graph.resolve.settings import configuration_key
from codegraph.graph.table import SymbolTable

CALLS, IMPORTS, TYPES, READS = "calls", "imports", "uses_type", "references"


class FakeTable:
    """A table with fixed values that remembers what it was asked."""

    def __init__(self, values: dict[str, Value]) -> None:
        self.values = values
        self.asked: list[str] = []

    def get(self, key: str) -> Value | None:
        """Answer and remember."""
        self.asked.append(key)
        return self.values.get(key)

    def named(self, family: str, name: str) -> Value | None:
        """Know nothing by name."""
        return None


def finder(*paths: str, settings: dict[str, dict[str, tuple[str, ...]]] | None = None) -> ModuleFinder:
    """Return a finder in a project with these files and configuration files."""
    values: dict[str, Value] = {module_key(path): (("typescript",),) for path in paths}
    for path, found in (settings or {}).items():
        exports = tuple(Export(name, chain) for name, chain in found.items())
        values[configuration_key(path)] = tuple((each.name, *each.chain) for each in exports)
        if "name" in found:
            directory = path.rpartition("/")[0]
            values[top_key("javascript", found["name"][0])] = ((directory,),)
    return ModuleFinder(FakeTable(values))


@pytest.mark.parametrize(
    ("importer", "specifier", "present", "expected"),
    [
        ("a/x.js", "./y", ["a/y.js"], "a/y.js"),
        ("a/x.js", "./y.js", ["a/y.js", "a/y.ts"], "a/y.js"),
        ("a/x.ts", "./y.js", ["a/y.js", "a/y.ts"], "a/y.ts"),
        ("a/x.ts", "./y.js", ["a/y.tsx"], "a/y.tsx"),
        ("a/x.ts", "./y", ["a/y.d.ts"], "a/y.d.ts"),
        ("a/x.js", "../y", ["y/index.mjs"], "y/index.mjs"),
        ("a/x.js", ".", ["a/index.js"], "a/index.js"),
        ("x.js", "./y.z", ["y.z.js"], "y.z.js"),
        ("x.js", "./y?raw", ["y.js"], "y.js"),
        ("x.js", "../../y", ["y.js"], None),
        ("x.js", "./y", [], None),
        ("x.js", "y", ["y.js"], None),
        ("x.js", "node:fs", ["node:fs.js"], None),
    ],
)
def test_relative_specifiers(importer: str, specifier: str, present: list[str], expected: str | None) -> None:
    """Extensions, TypeScript behind JavaScript names and index files are tried in the language's order."""
    assert finder(*present).find(importer, specifier) == expected


def test_paths_and_base_url() -> None:
    """The nearest configuration maps specifiers, the longest pattern first, also through what it extends."""
    found = finder(
        "src/a.ts",
        "src/lib/b.ts",
        "src/c.ts",
        settings={
            "base.json": {"paths:@/*": ("./src/*",), "paths:@/lib/*": ("./src/lib/*",), "baseUrl": (".",)},
            "src/tsconfig.json": {"extends": ("../base.json",)},
        },
    )
    assert found.find("src/x.ts", "@/a") == "src/a.ts"
    assert found.find("src/x.ts", "@/lib/b") == "src/lib/b.ts"
    assert found.find("src/x.ts", "src/c") == "src/c.ts"
    assert found.find("other/x.ts", "@/a") is None


def test_paths_of_parts_and_of_several_bases() -> None:
    """A configuration has what the files it refers to say, and what all that it extends say, the last one first."""
    found = finder(
        "src/a.ts",
        "old/a.ts",
        "lib/b.ts",
        settings={
            "tsconfig.json": {"references": ("./tsconfig.app.json", "./packages/p")},
            "tsconfig.app.json": {"extends": ("./one.json", "./two.json")},
            "one.json": {"paths:@/*": ("./old/*",), "paths:#/*": ("./lib/*",)},
            "two.json": {"paths:@/*": ("./src/*",)},
        },
    )
    assert found.find("x.ts", "@/a") == "src/a.ts"
    assert found.find("x.ts", "#/b") == "lib/b.ts"


def test_packages_of_the_project() -> None:
    """A workspace's package is found by name, its subpaths through exports, built files through their source."""
    found = finder(
        "packages/p/src/index.ts",
        "packages/p/src/sub/thing.ts",
        "packages/q/main.js",
        settings={
            "packages/p/package.json": {
                "name": ("@s/p",),
                "main": ("./dist/index.js",),
                "exports:./*": ("./src/*.ts",),
            },
            "packages/q/package.json": {"name": ("q",), "main": ("main.js",), "imports:#in": ("./main.js",)},
        },
    )
    assert found.find("packages/q/main.js", "@s/p") == "packages/p/src/index.ts"
    assert found.find("packages/q/main.js", "@s/p/sub/thing") == "packages/p/src/sub/thing.ts"
    assert found.find("packages/p/src/index.ts", "q") == "packages/q/main.js"
    assert found.find("packages/q/main.js", "#in") == "packages/q/main.js"
    assert found.find("packages/q/main.js", "react") is None


def test_built_files_of_the_project_stand_for_their_sources() -> None:
    """What a package's own file says of files that a build makes, at whatever place, leads to what they are made of."""
    found = finder(
        "packages/h/src/h.ts",
        "packages/h/src/parts/one.ts",
        "packages/h/src/inner/index.ts",
        "app.ts",
        settings={
            "packages/h/package.json": {
                "name": ("h",),
                "main": ("h.js",),
                "exports:./inside": ("./dist/esm/inner/index.d.mts",),
                "exports:./parts/*": ("./development/parts/*.js",),
            },
        },
    )
    bundle = {"packages/p/package.json": {"name": ("p",), "main": ("index.js",), "exports:.": ("./dist/p.mjs",)}}
    assert found.find("app.ts", "h") == "packages/h/src/h.ts"
    in_one = finder("packages/p/src/index.ts", "packages/p/index.js", settings=bundle)
    assert in_one.find("app.ts", "p") == "packages/p/src/index.ts"
    assert found.find("app.ts", "h/inside") == "packages/h/src/inner/index.ts"
    assert found.find("app.ts", "h/parts/one") == "packages/h/src/parts/one.ts"
    assert found.find("app.ts", "h/parts/none") is None


def test_settings_are_contributions() -> None:
    """A configuration file offers its settings and its package's directory."""
    occurrences = Occurrences(exports=(Export("name", ("p",)), Export("main", ("./x.js",))))
    offered = scheme_of("json-config").contributions("a/package.json", Outline("json-config", ()), occurrences)
    assert offered == {
        configuration_key("a/package.json"): (("name", "p"), ("main", "./x.js")),
        top_key("javascript", "p"): (("a",),),
    }


def test_es_modules() -> None:
    """Named, default, namespace and re-exported names lead to their definitions."""
    linked = Linked(
        {
            "a.js": "export function f() {}\nexport default class D {}\nexport { f as g }",
            "b.js": "export * from './a.js'\nexport { default as E } from './a'\nexport * as all from './a'",
            "c.js": "import D, { g } from './a'\nimport * as b from './b'\n"
            "export function go() { g(); new D(); b.f(); new b.E(); b.all.f() }",
        }
    )
    assert linked.of("c.js/go().", CALLS) == {"a.js/f().", "a.js/D#"}
    assert linked.of("c.js/", IMPORTS) == {"a.js/", "a.js/D#", "a.js/f().", "b.js/"}
    assert linked.of("b.js/", IMPORTS) == {"a.js/", "a.js/D#"}
    assert not linked.misses


def test_common_js() -> None:
    """`module.exports` in all its forms is followed through `require`."""
    linked = Linked(
        {
            "f.js": "module.exports = function make() {}\nmodule.exports.help = function () {}",
            "o.js": "const f = require('./f')\nmodule.exports = { f, g() {}, h: f, ...require('./x') }",
            "x.js": "exports.deep = function () {}",
            "i.js": "module.exports = require('./f')",
            "u.js": "const make = require('./i'), o = require('./o'), { g } = require('./o')\n"
            "function go() { make(); make.help(); o.f(); g(); o.h(); o.deep(); require('./x').deep() }",
        }
    )
    assert linked.of("u.js/go().", CALLS) == {"f.js/make().", "f.js/help().", "o.js/g().", "x.js/deep()."}
    assert not linked.misses


def test_cycles_of_exports_end() -> None:
    """Modules that export each other are linked, and what is nowhere is missing."""
    linked = Linked(
        {
            "a.js": "export * from './b'\nexport const x = 1",
            "b.js": "export * from './a'\nimport { y } from './a'\ny()",
        }
    )
    assert ("y", "missing") in linked.misses


def test_members_along_bases() -> None:
    """`this`, `super`, fields, getters and results are followed along classes of several files."""
    linked = Linked(
        {
            "base.ts": "export class Base { run(): void {} self() { return this }\n"
            "static make() { return new Base() } }",
            "c.ts": "import { Base } from './base'\n"
            "class Part { go() {} }\n"
            "export class C extends Base {\n"
            "  part = new Part()\n"
            "  get other(): Part { return this.part }\n"
            "  run() { super.run(); this.part.go(); this.other.go(); this.self().last() }\n"
            "  last() { Base.make().run() }\n"
            "}\n"
            "function use(c: C) { c.run(); c.part.go() }",
        }
    )
    assert linked.of("c.ts/C#run().", CALLS) == {
        "base.ts/Base#run().",
        "base.ts/Base#self().",
        "c.ts/Part#go().",
        "c.ts/C#last().",
    }
    assert linked.of("c.ts/C#last().", CALLS) == {"base.ts/Base#make().", "base.ts/Base#run()."}
    assert linked.of("c.ts/use().", CALLS) == {"c.ts/C#run().", "c.ts/Part#go()."}
    assert linked.of("c.ts/C#", "inherits") == {"base.ts/Base#"}
    assert linked.of("c.ts/C#run().", "overrides") == {"base.ts/Base#run()."}


def test_interfaces() -> None:
    """Interfaces are implemented and extended; their members are targets, and overridden by classes."""
    linked = Linked(
        {
            "i.ts": "export interface I { m(): J }\nexport interface J { n(): void }\nexport type T = I",
            "c.ts": "import type { I, T } from './i'\n"
            "class C implements I { m() { return null } }\n"
            "function f(i: I, t: T, list: I[], map: Map<string, I>) {\n"
            "  i.m().n(); t.m(); for (const one of list) one.m(); map.get('x')!.m(); list.filter(g)[0].m()\n"
            "}",
        }
    )
    assert linked.of("c.ts/C#", "implements") == {"i.ts/I#"}
    assert linked.of("c.ts/C#m().", "overrides") == {"i.ts/I#m()."}
    assert linked.of("c.ts/f().", CALLS) == {"i.ts/I#m().", "i.ts/J#n()."}
    assert linked.of("c.ts/f().", TYPES) == {"i.ts/I#", "i.ts/T#"}


def test_constructor_functions_and_objects() -> None:
    """Methods written on a prototype, on an object and in a literal are found through `this` and by name."""
    linked = Linked(
        {
            "v.js": "function View() { this.look() }\nView.prototype.look = function () { this.look() }\n"
            "const app = {}\napp.use = function () { this.set() }\napp.set = function () {}\n"
            "const tools = { a() { this.b() }, b: helper }\n"
            "function helper() { new View().look(); app.use(); tools.a() }",
        }
    )
    assert linked.of("v.js/View().", CALLS) == {"v.js/View().look()."}
    assert linked.of("v.js/View().look().", CALLS) == {"v.js/View().look()."}
    assert linked.of("v.js/app.use().", CALLS) == {"v.js/app.set()."}
    assert linked.of("v.js/tools.a().", CALLS) == {"v.js/helper()."}
    assert linked.of("v.js/helper().", CALLS) == {
        "v.js/View().",
        "v.js/View().look().",
        "v.js/app.use().",
        "v.js/tools.a().",
    }


def test_callbacks() -> None:
    """A callback's parameters have the types that the called function declares."""
    linked = Linked(
        {
            "a.ts": "export class S { next() {} }\nexport class O { constructor(run: (s: S) => void) {} }\n"
            "export function on(name: string, run: (this: O, s: S) => void) {}",
            "b.ts": "import { O, on } from './a'\nfunction f() { new O((s) => s.next()) }\n"
            "function g() { on('x', s => { s.next() }) }",
        }
    )
    assert "a.ts/S#next()." in linked.of("b.ts/f().", CALLS)
    assert "a.ts/S#next()." in linked.of("b.ts/g().", CALLS)


def test_namespaces_enums_and_components() -> None:
    """Names of namespaces, enums and JSX components lead to what they name."""
    linked = Linked(
        {
            "a.tsx": "namespace N { export function f() {} export function g() { f() } }\nenum E { A }\n"
            "const Button = () => <b/>\nfunction View() { N.f(); return <Button kind={E.A}/> }",
        }
    )
    assert linked.of("a.tsx/N#g().", CALLS) == {"a.tsx/N#f()."}
    assert linked.of("a.tsx/View().", CALLS) == {"a.tsx/N#f().", "a.tsx/Button()."}
    assert "a.tsx/E#" in linked.of("a.tsx/View().", READS)


def test_shadowing() -> None:
    """A local of the same name hides an import; the outer name is still found elsewhere."""
    linked = Linked(
        {
            "a.js": "export function f() {}",
            "b.js": "import { f } from './a'\nfunction one(f) { f() }\nfunction two() { { let f = 1; f() } f() }",
        }
    )
    assert linked.of("b.js/one().", CALLS) == set()
    assert linked.of("b.js/two().", CALLS) == {"a.js/f()."}


def test_only_method_of_a_name() -> None:
    """A call on an unknown receiver goes to the project's only method of that name, if built-in types have none."""
    linked = Linked(
        {
            "a.js": "class A { frobnicate() {} map() {} }",
            "b.js": "export function f(x) { x.frobnicate(); x.map() }",
        }
    )
    edge = ("b.js/f().", CALLS, "a.js/A#frobnicate().")
    assert linked.of("b.js/f().", CALLS) == {edge[2]}
    assert linked.confidence[edge] == "inferred"
    assert ("map", "unknown_receiver") in linked.misses


def test_confidence() -> None:
    """Names and members of classes are exact, what a variable's value tells is inferred."""
    linked = Linked({"a.ts": "class C { m() { this.n() } n() {} }\nfunction f() { const c = new C(); c.m() }"})
    assert linked.confidence["a.ts/C#m().", CALLS, "a.ts/C#n()."] == "exact"
    assert linked.confidence["a.ts/f().", CALLS, "a.ts/C#"] == "exact"
    assert linked.confidence["a.ts/f().", CALLS, "a.ts/C#m()."] == "inferred"


def test_reasons() -> None:
    """What has no edge says why."""
    linked = Linked({"a.js": "import x from 'x'\nimport y from './y'\nx(); console.log(); gone(); (1 + a).b()"})
    assert {("x", "external"), ("default", "missing"), ("log", "builtin"), ("gone", "missing")} <= linked.misses
    assert ("b", "unknown_receiver") in linked.misses


def test_reads_are_logged_hit_and_miss() -> None:
    """An importer asks for the module, for its export, and for every place where the module could have been."""
    linked = Linked({"a.js": "import { f } from './lib'\nf()", "lib/index.js": "export const g = 1"})
    reads = linked.reads["a.js"]
    assert {module_key("lib.js"), module_key("lib/index.js"), export_key("lib/index.js", "f")} <= set(reads)
    assert configuration_key("lib/package.json") in reads
    assert list(reads) == sorted(reads)


def test_a_file_does_not_ask_about_itself() -> None:
    """What it reads of itself are private keys, which linking leaves out: they change only when it does."""
    facts = facts_of("export class A { m() { this.n() } n() {} }\nconst a = new A(); a.m()")
    table = SymbolTable()
    table.update({"a.js": contributions_of("a.js", facts.outline, facts.occurrences)})
    assert link_file("a.js", facts.outline, facts.occurrences, table).reads == ()


def test_a_parameter_may_declare_this() -> None:
    """`this` of a function with a parameter of that name is what its type says, in arrow functions inside as well."""
    linked = Linked(
        {
            "a.ts": "class O { m() {} }\nclass C { m() {} n() {} }\n"
            "function f(this: C, x: O) { this.m(); [1].map(() => this.n()); this.extra = x }",
        }
    )
    assert linked.of("a.ts/f().", CALLS) == {"a.ts/C#m().", "a.ts/C#n()."}
    assert linked.confidence["a.ts/f().", CALLS, "a.ts/C#m()."] == "inferred"


def test_members_under_symbols() -> None:
    """What a member under a symbol `kName` holds is followed; other computed indices give elements."""
    linked = Linked(
        {
            "a.js": "const { kQueue } = require('./symbols')\nclass Q { put() {} }\nclass O { put() {} }\n"
            "class C { constructor() { this[kQueue] = new Q() } m() { this[kQueue].put() } }",
        }
    )
    assert linked.of("a.js/C#m().", CALLS) == {"a.js/Q#put()."}


def test_scripts_share_their_names() -> None:
    """What one file without imports and exports defines is found in others; what two define, or a module, is not."""
    linked = Linked(
        {
            "a.js": "function only() {}\nfunction twice() {}",
            "b.js": "function twice() {}",
            "c.js": "export function closed() {}",
            "d.js": "function far() { only(); twice(); closed() }",
        }
    )
    assert linked.of("d.js/far().", CALLS) == {"a.js/only()."}
    assert {("twice", "missing"), ("closed", "missing")} <= linked.misses


def test_static_methods_override_nothing() -> None:
    """A static method of the name of a base's is another one, which nobody calls through an instance."""
    linked = Linked({"a.ts": "class A { static m() {} n() {} }\nclass B extends A { static m() {} n() {} }"})
    assert linked.of("a.ts/B#n().", "overrides") == {"a.ts/A#n()."}
    assert linked.of("a.ts/B#m().", "overrides") == set()


def test_local_definitions_of_other_files() -> None:
    """What a function returns is followed to a definition inside it; its name alone is not found from outside."""
    linked = Linked(
        {
            "a.ts": "import { make, Inner } from './b'\nfunction f() { make().use() }\nfunction g() { new Inner() }",
            "b.ts": "export function make() { class Inner { use() {} } return new Inner() }",
        }
    )
    assert linked.of("a.ts/f().", CALLS) == {"b.ts/make().", "b.ts/make().Inner#use()."}
    assert linked.of("a.ts/g().", CALLS) == set()


def test_what_a_module_exports_is_mentioned_by_it() -> None:
    """An export clause and an assignment to `exports` are references of the module."""
    linked = Linked({"a.ts": "function f() {}\nexport { f as g }", "b.js": "exports.h = function () {}"})
    assert linked.of("a.ts/", READS) == {"a.ts/f()."}
    assert linked.of("b.js/", READS) == {"b.js/h()."}


def test_destructured_modules() -> None:
    """Using a name that was taken out of a module is an edge to it; taking it is one to the module alone."""
    linked = Linked({"a.js": "const { f } = require('./b')\nfunction g() { f() }", "b.js": "exports.f = () => 1"})
    assert linked.of("a.js/", IMPORTS) == {"b.js/"}
    assert linked.of("a.js/g().", CALLS) == {"b.js/f()."}


def test_types_of_comments_from_other_files() -> None:
    """`@typedef {import("./b").B} B` and `@import` name types of other files."""
    uses = "/** @param {B} b */\nfunction f(b) { b.m() }"
    for alias in ("/** @typedef { import('./b.js').B } B */", "/** @import { A as B } from './b.js' */"):
        linked = Linked({"a.js": f"{alias}\n\n{uses}", "b.js": "class B { m() {} }\nexports.B = B\nexports.A = B"})
        assert linked.of("a.js/f().", CALLS) == {"b.js/B#m()."}


def test_objects_that_copy_a_namespace() -> None:
    """`{...ns}` has what the module exports; `Object.assign(x, ...)` is x."""
    linked = Linked(
        {
            "a.ts": "import * as ns from './b'\nconst all = { ...ns }\nfunction f() { all.g() }\n"
            "class C { m() {} }\nfunction h() { Object.assign(new C(), {}).m() }",
            "b.ts": "export function g() {}",
        }
    )
    assert linked.of("a.ts/f().", CALLS) == {"b.ts/g()."}
    assert "a.ts/C#m()." in linked.of("a.ts/h().", CALLS)


def test_replaced_modules_without_a_name() -> None:
    """A nameless function that replaces its module is called `exports` and found by those who require it."""
    linked = Linked({"a.js": "const b = require('./b')\nfunction f() { b() }", "b.js": "module.exports = (x) => x"})
    assert linked.of("a.js/f().", CALLS) == {"b.js/exports()."}


def test_local_definitions_behind_variables() -> None:
    """A method made by assignment is called by its name; a variable that holds a local function is no call of it."""
    source = "class C { constructor() { this.m = () => 1 } }\nfunction f(c: C) { c.m() }\n"
    source += "function g(o) { const h = () => 1; const v = o.v || h; v() }"
    linked = Linked({"a.ts": source})
    assert linked.of("a.ts/f().", CALLS) == {"a.ts/C#constructor().m()."}
    assert linked.of("a.ts/g().", CALLS) == set()


def test_an_instance_has_no_static_members() -> None:
    """A static method of a field's name is found on the class only, and hides nothing of the instance or its bases."""
    linked = Linked(
        {
            "a.ts": "class B { m() {} }\nexport class C extends B {\n  static m() {}\n  static async make() {}\n"
            "  get ok() { return this.make }\n  f() { this.m() }\n  static g() { this.m(); C.make() }\n}"
        }
    )
    assert linked.of("a.ts/C#f().", CALLS) == {"a.ts/B#m()."}
    assert linked.of("a.ts/C#g().", CALLS) == {"a.ts/C#m().", "a.ts/C#make()."}


def test_bases_in_brackets() -> None:
    """`extends (N.Template)`, as formatters break long lines, is `extends N.Template`."""
    base = "class N {}\nN.Template = class NT { apply() {} }\nmodule.exports = N"
    linked = Linked({"a.js": base, "b.js": "const N = require('./a')\nclass T extends (N.Template) { apply() {} }"})
    assert linked.of("b.js/T#", "inherits") == {"a.js/N#Template#"}
    assert linked.of("b.js/T#apply().", "overrides") == {"a.js/N#Template#apply()."}


def test_a_call_of_a_constant_is_the_constants() -> None:
    """What a constant holds is called through it, and what that gives is known all the same."""
    linked = Linked(
        {
            "a.ts": "export class C { static create() { return new C() }\n m() {} }\nexport const MADE = C.create\n",
            "b.ts": "import { MADE } from './a'\nexport function use() { MADE().m() }\n",
        }
    )
    assert linked.of("b.ts/use().", CALLS) == {"a.ts/C#m()."}
    assert linked.of("b.ts/use().", READS) == {"a.ts/MADE."}
