"""Python's imports and exports: `codegraph.extract.languages.python.imports`."""

from __future__ import annotations

import pytest
from python_sources import facts_of

from codegraph.core.facts import ImportKind

FORMS = [
    ("import a", [(ImportKind.MODULE, "a", 0, "", "a")]),
    ("import a.b, c", [(ImportKind.MODULE, "a.b", 0, "", "a"), (ImportKind.MODULE, "c", 0, "", "c")]),
    ("import a.b as d", [(ImportKind.MODULE, "a.b", 0, "", "d")]),
    ("from a.b import c", [(ImportKind.NAME, "a.b", 0, "c", "c")]),
    ("from a import (b as c,\n  d)", [(ImportKind.NAME, "a", 0, "b", "c"), (ImportKind.NAME, "a", 0, "d", "d")]),
    ("from . import a", [(ImportKind.NAME, "", 1, "a", "a")]),
    ("from .. a . b import c", [(ImportKind.NAME, "a.b", 2, "c", "c")]),
    ("from ...a import *", [(ImportKind.STAR, "a", 3, "*", "")]),
    ("from __future__ import annotations", [(ImportKind.NAME, "__future__", 0, "annotations", "annotations")]),
]


@pytest.mark.parametrize(("source", "expected"), FORMS)
def test_forms(source: str, expected: list[tuple[object, ...]]) -> None:
    """Each form of import says what it imports and which name it binds."""
    found = facts_of(source).occurrences.imports
    assert [(one.kind, one.module, one.level, one.name, one.alias) for one in found] == expected


def test_imports_anywhere() -> None:
    """Imports in branches belong to the module, in functions and classes to these; they stand in source order."""
    source = """
        if TYPE_CHECKING:
            import a
        try:
            import b
        except ImportError:
            from x import b
        def f():
            import c
            def g():
                from y import d
        class C:
            import e
    """
    facts = facts_of(source)
    owners = [facts.outline.definitions[one.owner].descriptor for one in facts.occurrences.imports]
    assert [(one.alias, owner) for one, owner in zip(facts.occurrences.imports, owners, strict=True)] == [
        ("a", ""),
        ("b", ""),
        ("b", ""),
        ("c", "f()."),
        ("d", "f().g()."),
        ("e", "C#"),
    ]
    assert [(one.line, one.column) for one in facts.occurrences.imports][:2] == [(2, 11), (4, 11)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("__all__ = ['a', \"b\"]", ["a", "b"]),
        ("__all__ = ('a',)", ["a"]),
        ("__all__: list[str] = ['a']", ["a"]),
        ("__all__ = ['a'] + ['b'] + other.__all__", ["a", "b"]),
        ("__all__ = ['a']\n__all__ += ['b']", ["a", "b"]),
        ("__all__ = ['a']\n__all__.extend(['b', 'c'])\n__all__.append('d')", ["a", "b", "c", "d"]),
        ("if x:\n    __all__ = ['a']", ["a"]),
        ("__all__ = names()", []),
    ],
)
def test_exports(source: str, expected: list[str]) -> None:
    """`__all__` is read in its literal forms, and says that exports are explicit."""
    found = facts_of(source).occurrences
    assert ([one.name for one in found.exports], found.explicit_exports) == (expected, True)


@pytest.mark.parametrize(
    "source", ["a = ['b']", "def f():\n    __all__ = ['a']", "__all__.sort()", "print(__all__)", "a = __all__"]
)
def test_no_exports(source: str) -> None:
    """Elsewhere nothing is exported explicitly."""
    found = facts_of(source).occurrences
    assert (found.exports, found.explicit_exports) == ((), False)
