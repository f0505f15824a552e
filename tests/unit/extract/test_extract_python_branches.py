"""Which branches are not taken: `codegraph.extract.languages.python.branches`."""

from __future__ import annotations

import pytest
from python_sources import facts_of

from codegraph.core.facts import BindingKind


def marked(source: str) -> list[str]:
    """Return the descriptors of the definitions in branches that are not taken."""
    bindings = facts_of(source).occurrences.bindings
    return [each.chain[0].removeprefix("@=") for each in bindings if each.kind is BindingKind.UNREACHABLE]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("TYPE_CHECKING", ["a(+1)."]),
        ("typing.TYPE_CHECKING", ["a(+1)."]),
        ("not TYPE_CHECKING", ["a()."]),
        ("sys.version_info >= (3, 8)", ["a(+1)."]),
        ("sys.version_info[:2] < (3, 10)", ["a()."]),
        ("sys.version_info >= (3, 14)", []),
        ("sys.version_info[0] < 3", ["a()."]),
        ("sys.platform == 'win32'", ["a()."]),
        ("sys.platform != 'win32'", ["a(+1)."]),
        ("TYPE_CHECKING or x", []),
        ("x", []),
    ],
)
def test_conditions(condition: str, expected: list[str]) -> None:
    """Type checking is on, Python is 3.11 on Linux; of any other condition nothing is known."""
    assert marked(f"if {condition}:\n    def a(): pass\nelse:\n    def a(): pass\n") == expected


def test_chains_of_branches() -> None:
    """What follows a branch that is taken is not; nested definitions share the fate of what is around them."""
    source = """
        if sys.platform == "win32":
            def a(): pass
        elif TYPE_CHECKING:
            class C:
                def m(self): pass
        elif x:
            B = 1
        else:
            class C:
                def m(self): pass
        def f():
            if TYPE_CHECKING:
                pass
            else:
                def g(): pass
    """
    assert marked(source) == ["a().", "B.", "C(+1)#", "C(+1)#m().", "f().g()."]
