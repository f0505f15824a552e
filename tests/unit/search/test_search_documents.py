"""Documents are made of the own input and the symbol's place."""

from __future__ import annotations

import pytest

from codegraph.core.facts import OwnInput
from codegraph.core.symbols import SymbolKind, descriptor_of
from codegraph.search.analysis import defined
from codegraph.search.documents import definitions, make_document, module_name, qualified_name


def test_a_document_has_what_the_input_has() -> None:
    """Every field comes from the own input, the path or the descriptor."""
    own = OwnInput(SymbolKind.METHOD, "python", "run", "class Job", "def run(self)", "Run it.", ("def", "run"))

    document = make_document("pkg/job.py", "Job#run().", own)

    assert document.symbol == "pkg/job.py/Job#run()."
    assert (document.kind, document.language, document.name) == (SymbolKind.METHOD, "python", "run")
    assert document.qualified_name == "Job.run"
    assert (document.signature, document.docstring, document.body) == ("def run(self)", "Run it.", ("def", "run"))


def test_a_module_is_named_after_its_file() -> None:
    """A module has no descriptor; its name is its file's stem, or its folder's."""
    own = OwnInput(SymbolKind.MODULE, "python", "", "", "", "", ())

    assert make_document("pkg/job.py", "", own).name == "job"
    assert module_name("pkg/__init__.py") == "pkg"
    assert module_name("index.ts") == "index"
    assert module_name("app/index.test.ts") == "app"


@pytest.mark.parametrize("name", ["plain", "with space", "tick`ed", "f()", "a.b#c", "(+1)", "#priv", "größe"])
@pytest.mark.parametrize("ordinal", [0, 2])
def test_qualified_names_undo_descriptors(name: str, ordinal: int) -> None:
    """Whatever a definition is called, its dotted name comes back from the descriptor."""
    outer = descriptor_of("", "Outer", SymbolKind.CLASS, ordinal)
    for kind in (SymbolKind.METHOD, SymbolKind.CLASS, SymbolKind.CONSTANT):
        assert qualified_name(descriptor_of(outer, name, kind, ordinal)) == f"Outer.{name}"


@pytest.mark.parametrize(
    ("path", "qualified", "names"),
    [
        ("a/b.py", "DiGraph.add_edge", [("add_edge",), ("DiGraph", "add_edge")]),
        ("a/b.py", "load", [("load",), ("b", "load"), ("a", "load")]),
        ("b/__init__.py", "load", [("load",), ("b", "load")]),
        ("b.py", "b", [("b",)]),
    ],
)
def test_a_symbol_is_defined_by_its_name_and_within_what_is_around_it(
    path: str, qualified: str, names: list[tuple[str, ...]]
) -> None:
    """A member stands in its class, a definition of the top level in its module and its folder."""
    assert definitions(path, qualified) == tuple(defined(*name) for name in names)
