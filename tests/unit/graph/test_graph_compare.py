"""The comparison of two indexes: equal ones differ in nothing, each kind of difference is told."""

from __future__ import annotations

from projects import Project

from codegraph.core.routes import Routes
from codegraph.graph.compare import differences, is_equal, snapshot_differences

FILES = {"a.py": "from b import g\n\ndef f():\n    g()\n", "b.py": "def g():\n    pass\n"}


def test_equal_trees_give_equal_indexes() -> None:
    """Another history with the same end shows no difference."""
    other = Project({"b.py": FILES["b.py"], "c.py": ""})
    other.change({"a.py": FILES["a.py"], "c.py": None})
    assert is_equal(differences(Project(FILES).index, other.index))


def test_each_difference_is_told_by_name() -> None:
    """Files, definitions, edges with positions, unresolved references and keys are compared."""
    one, other = Project(FILES), Project({**FILES, "b.py": "def h():\n    pass\n", "c.py": ""})
    found = differences(one.index, other.index)
    assert "c.py: only in the right" in found["files"]
    assert found["definitions"][:2] == ["b.py/g().: only in the left", "b.py/h().: only in the right"]
    assert "a.py/f().: only in the left: calls b.py/g(). exact 3:4" in found["edges"]
    assert "a.py: only in the right: missing call g 3:4 in definition 1" in found["unresolved"]
    assert any(line.startswith("a.py/f().") for line in found["keys"])


def test_a_moved_reference_is_a_difference() -> None:
    """Edges to the same target at another line differ."""
    moved = Project({**FILES, "a.py": FILES["a.py"].replace("    g()", "    pass\n    g()")})
    assert any("4:4" in line for line in differences(Project(FILES).index, moved.index)["edges"])


def test_only_what_differs_is_told() -> None:
    """Of a definition the fields that differ are named, with both values; what is equal is left out."""
    longer = Project({**FILES, "b.py": "def g(x):\n    pass\n"})
    found = snapshot_differences(Project(FILES).index.snapshot, longer.index.snapshot, ("index", "clean build"))
    told = [line for line in found["definitions"] if line.startswith("b.py/g().: ")]
    assert "b.py/g().: signature 'def g ( )' != 'def g ( x )'" in told
    assert not any("name " in line or "kind " in line for line in told)
    assert found["edges"] == []


def test_another_model_differs_in_keys_alone() -> None:
    """Everything but the keys is the same."""
    found = differences(Project(FILES).index, Project(FILES, routes=Routes(b"n" * 16)).index)
    assert [name for name, lines in found.items() if lines] == ["keys"]
