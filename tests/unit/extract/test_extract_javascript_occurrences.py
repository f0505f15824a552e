"""References and bindings of JavaScript and TypeScript: who mentions what, and what names stand for."""

from __future__ import annotations

from javascript_sources import bindings, facts_of, mentions


def test_members_mention_every_prefix() -> None:
    """`a.b.c()` calls the whole and reads what stands before."""
    assert mentions("a.b?.c()") == {("", "CALL", "a b c"), ("", "READ", "a b"), ("", "READ", "a")}


def test_roles() -> None:
    """Calls, constructions, decorators, heritage, types and JSX each have their role."""
    source = "@dec class C extends B implements I { p: T; m() { return new D() } }"
    found = mentions(source, "typescript")
    assert {("C#", "DECORATOR", "dec"), ("C#", "INHERIT", "B"), ("C#", "IMPLEMENT", "I")} <= found
    assert {("C#", "TYPE", "T"), ("C#m().", "CALL", "D")} <= found
    assert ("f().", "CALL", "Foo") in mentions("const f = () => <Foo a={b}><div/></Foo>")
    assert not any(chain == "div" for _, _, chain in mentions("const f = () => <div/>"))


def test_this_and_super() -> None:
    """`this` is the instance in methods and their arrows, the class in static members, unknown in other functions."""
    body = "this.a(); super.m(); [].map(() => this.b()); f(function () { this.c() })"
    source = f"class C extends B {{ m() {{ {body} }} static s() {{ this.d() }} }}"
    found = mentions(source)
    assert {("C#m().", "CALL", "@self a"), ("C#m().", "CALL", "@super m"), ("C#m().", "CALL", "@self b")} <= found
    assert {("C#m().", "CALL", " c"), ("C#s().", "CALL", "@class d")} <= found


def test_a_function_that_is_no_definition_needs_none() -> None:
    """A function that is assigned to an element, or declares its `this`, is read in a file that defines nothing."""
    assert ("", "CALL", "a c") in mentions("a[b] = function () { this.c() }")
    assert ("", "CALL", "this@@1 c") in mentions("f(function (this: T) { g(() => this.c()) })", "typescript")


def test_block_scopes_do_not_mix() -> None:
    """A name bound in a block shadows outer ones there and nowhere else."""
    source = "import x from './x'\nexport function f() { { const x = 1; x() } x() }"
    calls = {chain for owner, role, chain in mentions(source) if role == "CALL"}
    assert "x" in calls
    assert len(calls) == 2
    assert any(chain.startswith("x@") for chain in calls)


def test_hoisting() -> None:
    """Functions and `var` are known before they are written; plain reads of variables lead nowhere."""
    assert mentions("function f() { g; v; function g() {} var v }") == {("f().", "READ", "@=f().g().")}


def test_plain_reads_of_locals_are_left_out() -> None:
    """Reading a parameter or a local mentions nothing; calling it does."""
    assert mentions("function f(a) { return a }") == set()
    assert mentions("function f(a) { a() }") == {("f().", "CALL", "a")}


def test_type_parameters_are_local() -> None:
    """A type parameter is no mention of a type of that name."""
    assert not any(chain == "T" for _, role, chain in mentions("function f<T>(a: T): T { return a }", "typescript"))


def test_predefined_types_mention_nothing() -> None:
    """`bigint` is no mention of something that is called so."""
    assert mentions("function f(a: bigint, b: string) {}", "typescript") == set()


def test_bindings_of_variables() -> None:
    """Constructions, annotations, casts, alternatives, elements and destructuring tell what a name holds."""
    source = """
    function f(p: P, {a, b: c}: Q, ...rest: R[]) {
      const x = new X(), y = z as Y, w = one ?? two, [e] = many
      for (const item of rest) item
    }"""
    found = bindings(source, "typescript")
    assert {
        ("f().", "PARAMETER", "p", "P ()"),
        ("f().", "PARAMETER", "a", "Q () a"),
        ("f().", "PARAMETER", "c", "Q () b"),
        ("f().", "ELEMENT", "rest", "R ()"),
        ("f().", "VARIABLE", "x", "X ()"),
        ("f().", "VARIABLE", "y", "Y ()"),
        ("f().", "VARIABLE", "w", "one"),
        ("f().", "VARIABLE", "w", "two"),
        ("f().", "VARIABLE", "e", "many []"),
    } <= found
    assert any(kind == "VARIABLE" and chain == "rest []" for _, kind, _, chain in found)


def test_members_of_classes_and_objects() -> None:
    """Fields, assignments to `this`, constructor parameters and object literals are members."""
    source = "class C { a: A; constructor(private b: B, d: D) { this.c = d } }"
    found = bindings(source, "typescript")
    assert {
        ("C#", "ATTRIBUTE", "a", "A ()"),
        ("C#", "ATTRIBUTE", "b", "B ()"),
        ("C#", "ATTRIBUTE", "c", "D ()"),
    } <= found
    assert {
        ("o.", "ATTRIBUTE", "a", "f"),
        ("o.", "ATTRIBUTE", "b.c", "g"),
        ("o.", "ATTRIBUTE", "...", "p"),
    } <= bindings("const o = { a: f, b: { c: g }, ...p }")


def test_results() -> None:
    """An annotation tells a function's result, else its own return statements; `await` is transparent."""
    assert ("f().", "RETURN", "()", "A ()") in bindings("function f(): Promise<A> { return x }", "typescript")
    assert ("f().", "ELEMENT", "()", "A ()") in bindings("function f(): A[] { return x }", "typescript")
    found = bindings("async function f() { const a = new A(); g(() => { return b }); return a }")
    assert [row for row in found if row[1] == "RETURN"] == [("f().", "RETURN", "()", "A ()")]


def test_jsdoc_types() -> None:
    """In plain JavaScript, comments tell types; they are no mentions."""
    source = "/**\n * @param {Foo} a\n * @param {Bar[]} b\n * @returns {?ns.Baz}\n */\nfunction f(a, b) {}"
    assert {
        ("f().", "PARAMETER", "a", "Foo ()"),
        ("f().", "ELEMENT", "b", "Bar ()"),
        ("f().", "RETURN", "()", "ns Baz ()"),
    } <= bindings(source)
    assert mentions(source) == set()


def test_callbacks_get_what_the_callee_hands_them() -> None:
    """The element "(i:j)" is parameter j of the callback that is argument i."""
    assert any(chain == "app get (1:0)" for *_, chain in bindings("app.get('/', (req) => req.x())"))
    declared = bindings("function on(name: string, run: (event: E) => void) {}", "typescript")
    assert ("on().", "ELEMENT", "(1:0)", "E ()") in declared
    assert any(chain == "xs []" for *_, chain in bindings("xs.map((x) => x.y())"))


def test_instanceof_says_what_a_name_stands_for() -> None:
    """It does where the test must hold, unless the name is assigned or bound anew there."""
    for source in ("if (x instanceof C && y) { x.m() }", "x instanceof C ? x.m() : 0", "x instanceof C && x.m()"):
        assert ("f().", "CALL", "C () m") in mentions(f"function f(x, y) {{ {source} }}"), source
    for source in ("if (x instanceof C) {} else x.m()", "x instanceof C || x.m()", "if (!(x instanceof C)) x.m()"):
        assert ("f().", "CALL", "x m") in mentions(f"function f(x) {{ {source} }}"), source
    assert ("f().", "CALL", "x m") in mentions("function f(x, y) { if (x instanceof C) { x = y; x.m() } }")
    found = mentions("function f(x, ys) { if (x instanceof C) ys.map((x) => x.m()) }")
    assert ("f().", "CALL", "C () m") not in found


def test_positions_are_utf16_and_ascending() -> None:
    """Equal mentions are merged; columns count UTF-16 units of the last name."""
    [reference] = [each for each in facts_of("'😀'; a.f(); a.f()").occurrences.references if len(each.chain) == 2]
    assert reference.positions == (0, 8, 0, 15)


def test_missing_names_mention_nothing() -> None:
    """Where the parser made up a name, there is no mention and no empty chain."""
    for source in ("var a = ;\nf(", "new ;", "a.b. ;", "<>"):
        assert all(chain.strip() for _, _, chain in mentions(source)), source
