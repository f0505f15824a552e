"""Which definitions a Python file has, and what their digests depend on: `codegraph.extract.outline`."""

from __future__ import annotations

import pytest
from python_sources import digests_of, facts_of, own_input

from codegraph.core.facts import BLOCK_END, FileFacts
from codegraph.core.symbols import SymbolKind

SAMPLE = """
    "About."
    import a

    LIMIT: int = 1

    @decorated
    class C(Base):
        "About C."
        x = 1
        def m(self, y: int = 2) -> int:
            "About m."
            return helper(y)
    def f():
        def inner(): pass
        return inner
"""


def descriptors(source: str) -> list[str]:
    return [one.descriptor for one in facts_of(source).outline.definitions]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", []),
        ("def f(): pass\nasync def g(): pass", ["f().", "g()."]),
        (
            "class C:\n    def m(self): pass\n    class D:\n        def n(self): pass",
            ["C#", "C#m().", "C#D#", "C#D#n()."],
        ),
        ("def f():\n    def g(): pass\n    class C: pass\n    x = 1", ["f().", "f().g().", "f().C#"]),
        ("A = 1\nB: int\nC: int = 2\nd.e = 3\nf, g = 4\nH += 1\n__all__ = []", ["A.", "B.", "C."]),
        ("A = B = 1", ["A."]),
        ("class C:\n    x = 1\n    y: int", ["C#"]),
        (
            "if a:\n    X = 1\n    def f(): pass\nelse:\n    X = 2\n    def f(): pass",
            ["X.", "f().", "X.(+1)", "f(+1)."],
        ),
        (
            "try:\n    import x\n    Y = 1\nexcept E:\n    Y = 2\n    class C: pass\nfinally:\n    Z = 1",
            ["Y.", "Y.(+1)", "C#", "Z."],
        ),
        (
            "class C:\n    if a:\n        def m(self): pass\n    else:\n        def m(self): pass",
            ["C#", "C#m().", "C#m(+1)."],
        ),
        (
            "class C:\n    @property\n    def p(self): pass\n    @p.setter\n    def p(self, v): pass",
            ["C#", "C#p().", "C#p(+1)."],
        ),
        ("class a: pass\ndef a(): pass\na = 1", ["a#", "a().", "a."]),
        ("def é(): pass", ["`é`()."]),
        ("for x in y:\n    def f(): pass\nwith a:\n    class C: pass", ["f().", "C#"]),
        ("match a:\n    case 1:\n        def f(): pass", ["f()."]),
        ("def f[T](x: T): pass\nclass C[T]: pass\ntype X = int", ["f().", "C#"]),
    ],
)
def test_definitions(source: str, expected: list[str]) -> None:
    """Definitions stand in source order, under their module or class, with ordinals for repeated names."""
    assert descriptors(source) == ["", *expected]


def test_local_definitions() -> None:
    """What stands inside a function is local; its class's methods are methods; local ones take no other's ordinal."""
    source = """
        def f():
            def inner():
                class Local:
                    def m(self): pass
            if x:
                def inner(): pass
        class C:
            def m(self):
                @decorated
                def g(): pass
    """
    found = facts_of(source).outline.definitions[1:]
    assert [(one.descriptor, one.kind.value, one.local) for one in found] == [
        ("f().", "function", False),
        ("f().inner().", "function", True),
        ("f().inner().Local#", "class", True),
        ("f().inner().Local#m().", "method", False),
        ("f().inner(+1).", "function", True),
        ("C#", "class", False),
        ("C#m().", "method", False),
        ("C#m().g().", "function", True),
    ]


def test_ranges_and_kinds() -> None:
    """A range starts at the decorator and ends with the body; the selection is the name; columns count UTF-16."""
    found = facts_of('x = "😀"; y = 1\n@d\nasync def f():\n    pass\n\nclass C:\n    @d\n    def m(self): pass\n')
    by_name = {one.name: one for one in found.outline.definitions}
    assert [(one.name, one.kind, one.container) for one in found.outline.definitions] == [
        ("", SymbolKind.MODULE, -1),
        ("x", SymbolKind.CONSTANT, 0),
        ("y", SymbolKind.CONSTANT, 0),
        ("f", SymbolKind.FUNCTION, 0),
        ("C", SymbolKind.CLASS, 0),
        ("m", SymbolKind.METHOD, 4),
    ]
    function, constant = by_name["f"], by_name["y"]
    assert (function.range.start_line, function.range.end_line, function.range.end_column) == (1, 3, 8)
    assert (function.selection_range.start_line, function.selection_range.start_column) == (2, 10)
    assert (constant.range.start_column, constant.range.end_column) == (10, 15)
    module = found.outline.definitions[0]
    assert (module.range.start_byte, module.range.end_line) == (0, 8)
    assert module.selection_range.start_byte == module.selection_range.end_byte == 0


def test_signatures() -> None:
    """A signature is the header in canonical tokens with decorators; a constant's is its name and annotation."""
    found = digests_of(facts_of(SAMPLE))
    assert {descriptor: signature for descriptor, (_, signature) in found.items()} == {
        "": "",
        "LIMIT.": "LIMIT : int",
        "C#": "@ decorated class C ( Base )",
        "C#m().": "def m ( self , y : int = 2 ) -> int",
        "f().": "def f ( )",
        "f().inner().": "def inner ( )",
    }


def test_own_inputs() -> None:
    """An own input has name, kind, the container's header, the docstring apart from the tokens, and no position."""
    found = facts_of(SAMPLE)
    method, module = own_input(found, "C#m()."), own_input(found, "")
    assert (method.kind, method.name, method.container) == (SymbolKind.METHOD, "m", "@ decorated class C ( Base )")
    assert (method.docstring, module.docstring) == ("About m.", "About.")
    assert own_input(found, "f().").tokens[-3:] == ("return", "inner", BLOCK_END)


def changed(before: FileFacts, after: FileFacts) -> tuple[set[str], set[str]]:
    """Return the descriptors whose own digest, and whose signature, differ."""
    first, second = digests_of(before), digests_of(after)
    assert first.keys() == second.keys()
    return (
        {one for one in first if first[one][0] != second[one][0]},
        {one for one in first if first[one][1] != second[one][1]},
    )


@pytest.mark.parametrize(
    ("old", "new", "own", "signatures"),
    [
        ("return helper(y)", "return helper(z)", {"C#m()."}, set()),
        ("y: int = 2", "y: int = 3", {"C#m().", "C#"}, {"C#m()."}),
        ("x = 1", "x = 2", {"C#"}, set()),
        ("C(Base)", "C(Other)", {"C#", "C#m()."}, {"C#"}),
        ("@decorated", "@other", {"C#", "C#m()."}, {"C#"}),
        ("About m.", "On m.", {"C#m()."}, set()),
        ("About C.", "On C.", {"C#"}, set()),
        ("About.", "On.", {""}, set()),
        ("import a", "import b", {""}, set()),
        ("LIMIT: int = 1", "LIMIT: int = 2", {"LIMIT."}, set()),
        ("LIMIT: int = 1", "LIMIT: str = 1", {"LIMIT."}, {"LIMIT."}),
        ("def inner(): pass", "def inner(): ...", {"f().", "f().inner()."}, set()),
        ("def inner(): pass", "def inner(): 'On inner.'", {"f().", "f().inner()."}, set()),
        ("def inner(): pass", "def inner(a): pass", {"f().", "f().inner()."}, {"f().inner()."}),
    ],
)
def test_what_an_edit_changes(old: str, new: str, own: set[str], signatures: set[str]) -> None:
    """An edit changes the digests of the definitions whose input it is, and of no other."""
    assert changed(facts_of(SAMPLE), facts_of(SAMPLE.replace(old, new))) == (own, signatures)


def test_moved_definition_changes_no_digest() -> None:
    """Moving a top-level definition, or indenting it under an `if`, changes no digest of it or of others."""
    one, two = "def f():\n    '''Doc\n    of f.'''\n    return 1\n", "class C:\n    x = 1\n"
    first, second = digests_of(facts_of(one + two)), digests_of(facts_of("\n\n" + two + "\n# moved\n" + one))
    assert first == second
    nested = digests_of(facts_of("if a:\n    def f():\n        '''Doc\n        of f.'''\n        return 1\n"))
    assert nested["f()."] == first["f()."]


def test_parse_errors_belong_to_the_innermost_definition() -> None:
    """A broken method is marked; its class, its neighbours and the module are not."""
    found = facts_of("class C:\n    def m(self):\n        return (1 +\n\n    def n(self): pass\n\ndef f(): pass\n")
    marked = {one.descriptor: one.parse_error for one in found.outline.definitions}
    assert marked["f()."] is False
    assert found.outline.problems
    whole = facts_of("class C:\n    def m(self):\n        x = = 1\n    def n(self): pass\n")
    assert [one.descriptor for one in whole.outline.definitions if one.parse_error] == ["C#m()."]
    assert {problem.reason for problem in whole.outline.problems} <= {"syntax", "missing"}


def test_problems_are_bounded() -> None:
    """However broken a file is, it names twenty places at most."""
    assert len(facts_of("x = = 1\n" * 500).outline.problems) == 20
