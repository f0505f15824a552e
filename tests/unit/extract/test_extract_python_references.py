"""Who mentions what in Python: `codegraph.extract.references` and the query file references.scm."""

from __future__ import annotations

import pytest
from python_sources import facts_of, mentions

from codegraph.core.facts import SPELLED, Role

MODULE = [
    ("a.b.c()", {"read": ["a", "a.b"], "call": ["a.b.c"]}),
    ("a()", {"call": ["a"]}),
    ("a().b().c", {"call": ["a", "a.().b"], "read": ["a.().b.().c"]}),
    ("a[0].b()", {"read": ["a"], "call": ["a.[].b"]}),
    ("(await a()).b", {"call": ["a"], "read": ["a.().b"]}),
    ("(a or c).b()", {"read": ["a", "c"], "call": ["a.b"]}),
    ("Box[int]().get()", {"read": ["Box", "int"], "call": ["Box.@?", "Box.().get"]}),
    ("a\\\n  .b\\\n  .c()", {"read": ["a", "a.b"], "call": ["a.b.c"]}),
    ("'x'.join(y)", {"read": ["y"]}),
    ("f'{a.b!r:>{w}}'", {"read": ["a", "a.b", "w"]}),
    ("f(k=v, *a, **b)", {"call": ["f"], "read": ["v", "a", "b"]}),
    ("x: int = y", {"type": ["int"], "read": ["y"]}),
    ("x: Optional[m.X]", {"type": ["Optional", "m.X"], "read": ["m"]}),
    ("x: A | list[B]", {"type": ["A", "list", "B"]}),
    ("x: 'A | m.B'", {"type": ["A", "m.B"], "read": ["m"]}),
    ("x: Optional['A']", {"type": ["Optional", "A"]}),
    ("x: t.Optional['A']", {"read": ["t"], "type": ["t.Optional", "A"]}),
    ("x: Literal['A', 'B']", {"type": ["Literal"]}),
    ("x: 'Literal[\"A\"] | C'", {"type": ["C"]}),
    ("x: Annotated[A, 'doc text']", {"type": ["Annotated", "A"]}),
    ("import a.b.c\nfrom x import y as z", {}),
    ("for i in xs: i", {"read": ["xs", "i"]}),
    ("[u.v for u in w if u]", {"read": ["w.[].v", "w"]}),
    ("lambda p, *q, r=d: p + q + s", {"read": ["d", "s"]}),
    ("try: pass\nexcept (m.E, F) as e: pass", {"read": ["m", "m.E", "F"]}),
    ("with open_it(p) as f: pass", {"call": ["open_it"], "read": ["p"]}),
    ("(n := a.b)", {"read": ["a", "a.b"]}),
    ("del a, b.c", {"read": ["b", "b.c"]}),
    ("x += y", {"read": ["x", "y"]}),
    ("a.b = c", {"read": ["a", "a.b", "c"]}),
    ("x, (y, *z) = w", {"read": ["w"]}),
    ("print(a if b else c)", {"call": ["print"], "read": ["a", "b", "c"]}),
]


@pytest.mark.parametrize(("source", "expected"), MODULE)
def test_module_level_mentions(source: str, expected: dict[str, list[str]]) -> None:
    """Each form gives its mentions, every prefix of a member access included, and no name that it binds."""
    assert mentions(source) == expected


def test_match_statements() -> None:
    """Class and value patterns mention; capture patterns bind."""
    source = """
        match subject:
            case Point(x=0, y=py) | m.Line(a): py
            case Color.RED | m.n.X: pass
            case {"k": v, **rest}: v
            case [first, *others] as whole if guard(first): pass
    """
    found = mentions(source)
    assert found["read"] == ["subject", "Point", "m", "m.Line", "py", "Color", "Color.RED", "m.n.X", "v", "first"]
    assert found["call"] == ["guard"]


def test_headers_belong_to_their_definition() -> None:
    """Decorators, defaults, annotations and bases are owned by the decorated definition."""
    source = """
        @m.register(key)
        @plain
        def f(a: A = default) -> R: pass
        class C(Base, m.Other, Generic[T], metaclass=Meta):
            x: X = made()
    """
    assert mentions(source, "f().") == {
        "read": ["m", "key", "default"],
        "decorator": ["m.register", "plain"],
        "type": ["A", "R"],
    }
    assert mentions(source, "C#") == {
        "inherit": ["Base", "m.Other", "Generic"],
        "read": ["m", "Meta"],
        "type": ["T", "X"],
        "call": ["made"],
    }
    assert mentions(source, "") == {}


def test_receivers() -> None:
    """The first parameter of a method is its instance or its class, whatever its name; a static method has none."""
    source = """
        class C:
            def m(this): this.a.b()
            @classmethod
            def c(cls): return cls(cls.x)
            @staticmethod
            def s(self): self.go()
            def __new__(cls): super().__new__(cls)
            def n(self):
                def inner(): self.deep()
                def other(self): self.free()
                return lambda: self
        def f(self): self.free()
    """
    assert mentions(source, "C#m().") == {"read": ["@self.a"], "call": ["@self.a.b"]}
    assert mentions(source, "C#c().") == {"decorator": ["classmethod"], "call": ["@class"], "read": ["@class.x"]}
    assert mentions(source, "C#s().") == {"decorator": ["staticmethod"], "call": ["self.go"]}
    assert mentions(source, "C#__new__().")["call"] == ["super", "@super.__new__"]
    assert mentions(source, "C#n().inner().") == {"call": ["@self.deep"]}
    assert mentions(source, "C#n().other().") == {"call": ["self.free"]}
    assert mentions(source, "f().") == {"call": ["self.free"]}


def test_unknown_locals_are_not_mentioned() -> None:
    """Reading a local variable of which nothing is known mentions nothing; calls and typed ones stay."""
    source = """
        def f(p, t: T, *rest):
            x = 1
            y = make()
            import m
            p.go(p.attribute, x, rest)
            return y.z, t.u, m.v, g
    """
    assert mentions(source, "f().") == {
        "type": ["T"],
        "call": ["make", "p.go"],
        "read": ["y", "y.z", "t", "t.u", "m", "m.v", "g"],
    }


def test_global_names_are_no_locals() -> None:
    """A name declared global is the module's."""
    assert mentions("def f():\n    global g\n    g = 1\n    return g\n", "f().") == {"read": ["g"]}


def test_comprehension_names_are_local() -> None:
    """Outside of functions the names of a comprehension count inside it only."""
    assert mentions("[x for x in y]\nx\n") == {"read": ["y", "x"]}


def test_equal_mentions_are_merged() -> None:
    """Equal mentions of one owner are one reference with all positions, in source order and UTF-16."""
    (reference,) = facts_of("a()\n'😀', a()\n").occurrences.references
    assert (reference.chain, reference.role, reference.positions) == (("a",), Role.CALL, (0, 0, 1, 6))


def test_positions_are_of_the_last_name() -> None:
    """A member access stands where its last name starts."""
    found = {one.chain: one.positions for one in facts_of("aa.bb .cc()\n").occurrences.references}
    assert found == {("aa",): (0, 0), ("aa", "bb"): (0, 3), ("aa", "bb", "cc"): (0, 7)}


def test_chains_are_bounded() -> None:
    """Chains longer than the bound give no reference, shorter prefixes do."""
    chains = [one.chain for one in facts_of("a" + ".b" * 100 + "\n").occurrences.references]
    assert max(map(len, chains)) == 24
    assert len(chains) == 24


def test_strings_that_spell_a_name_of_several_words_may_be_called() -> None:
    """As arguments and as values of dictionaries; not as keys, names of files, single words, constants or replaced."""
    facts = facts_of(
        "def f(x):\n"
        "    run('act_now', x['no_key'], 'act', 'GET_IT', method='_actLater')\n"
        "    return {'no_key': 'act_last', 'get': ['no_list']} == 'no_value'\n"
        '    patch.object(x, \'no_patch\'); """act_not""", run(\'act_no.py\')\n'
    )
    spelled = [
        (each.owner, each.chain[-1], each.role) for each in facts.occurrences.references if each.chain[0] == SPELLED
    ]
    assert spelled == [(1, name, Role.CALL) for name in ("act_now", "_actLater", "act_last")]


def test_a_name_that_the_parser_made_up_is_no_mention() -> None:
    """Half-typed `. v = a` has a missing name before the dot; nothing is mentioned by an empty name."""
    facts = facts_of("self \n. v = a\n")
    assert all(all(each.chain) for each in facts.occurrences.references)


@pytest.mark.parametrize(
    ("body", "chain"),
    [
        ("if isinstance(x, m.C): x.run()", "m.C.().run"),
        ("if y and (isinstance(x, C)): x.run()", "C.().run"),
        ("if y: pass\n    elif isinstance(x, C): x.run()", "C.().run"),
        ("if isinstance(x, C): pass\n    else: x.run()", "x.run"),
        ("if isinstance(x, C) or y: x.run()", "x.run"),
        ("if not isinstance(x, C): x.run()", "x.run"),
        ("if isinstance(x, C):\n        x = y\n        x.run()", "x.run"),
        ("if isinstance(x, C):\n        for x in y: x.run()", "x.run"),
    ],
)
def test_isinstance_says_what_a_name_stands_for(body, chain):
    """It does where the test holds, unless the name may be bound anew there."""
    calls = mentions(f"def f(x, y):\n    {body}\n", owner="f().")["call"]
    assert [each for each in calls if each.endswith("run")] == [chain]
