"""Files that are read by their words: `codegraph.graph.resolve.unparsed`."""

from __future__ import annotations

from projects import Project

MODEL = "class Article:\n    def get_absolute_url(self): pass\n    def alone(self): pass\n"


def test_every_name_is_unresolved_and_nothing_is_asked() -> None:
    """A change elsewhere links no such file again, for it read no key."""
    project = Project({"m.py": MODEL, "a.html": "{{ article.get_absolute_url }}"})
    links = project.index.snapshot.files["a.html"].links
    assert [(each.name, each.reason) for each in links.unresolved()] == [
        ("article", "unparsed"),
        ("get_absolute_url", "unparsed"),
    ]
    assert not project.edges("a.html/")
    assert "a.html" not in project.change({"m.py": MODEL + "def article(): pass\n"}).relinked
