"""The index: what a delta says, failures, models, warm starts."""

from __future__ import annotations

from typing import Any

import pytest
from projects import MODEL, Project

from codegraph.config import CascadeConfig
from codegraph.core.changes import ChangeSet
from codegraph.core.facts import Occurrences, Role, encode
from codegraph.core.routes import Routes
from codegraph.core.symbols import BlobDigest, SymbolId
from codegraph.errors import InternalError, StoreCorrupt
from codegraph.graph.compare import differences, is_equal
from codegraph.graph.file_view import FileView, StoredFile, stored_file
from codegraph.graph.index import Index
from codegraph.graph.link import Linked, link_file
from codegraph.graph.stored import PackedLinks

FILES = {
    "a.py": "from b import g\n\ndef f():\n    return g()\n",
    "b.py": "def g():\n    return h()\n\ndef h():\n    return 1\n",
    "c.py": "class C:\n    def m(self):\n        return 2\n",
}


def stored(project: Project) -> list[StoredFile]:
    """Return what the store would give back."""
    links = project.index.stored_links
    return [stored_again(view, links(path)) for path, view in project.index.snapshot.files.items()]


def stored_again(view: FileView, links: bytes, keys: int = 0) -> StoredFile:
    """Return a file as the store would give it back; without its first `keys` keys."""
    return stored_file(view.path, view.blob, view.language, encode(view.outline), links, lambda: view.keys[keys:])


def test_a_first_change_set_adds_everything() -> None:
    """Every symbol is new, marked as such, and has a key."""
    delta = Project(FILES).delta
    assert delta.revision == 1
    assert delta.added == tuple(sorted(delta.keys)) == tuple(delta.marked)
    assert {cause.rule for cause in delta.marked.values()} == {"new"}
    assert list(delta.seconds) == ["table", "link", "graph", "mark", "key"]


def test_a_signature_goes_up_to_the_callers_and_stops_there() -> None:
    """h's signature reaches g (one step) and f (two); the delta names the route; C is left alone."""
    project = Project(FILES)
    delta = project.change({"b.py": FILES["b.py"].replace("def h()", "def h(x=0)")})
    assert delta.relinked == ("b.py",)
    assert delta.touched == ("b.py/h().",)
    assert delta.marked[SymbolId("a.py/f().")].route == ("a.py/f().", "b.py/g().", "b.py/h().")
    assert set(delta.keys) == {"a.py/f().", "b.py/g().", "b.py/h()."}


def test_a_body_goes_nowhere() -> None:
    """A body edit with the same edges marks the function and nobody else."""
    delta = Project(FILES).change({"b.py": FILES["b.py"].replace("return 1", "return 100")})
    assert delta.relinked == ("b.py",)
    assert [(name, cause.rule) for name, cause in delta.marked.items()] == [("b.py/h().", "own")]


def test_moved_lines_are_told_apart_from_edits() -> None:
    """A comment above moves what stands below: moved, not touched, and no key is even computed."""
    delta = Project(FILES).change({"b.py": "# above\n" + FILES["b.py"]})
    assert delta.moved == ("b.py/", "b.py/g().", "b.py/h().")
    assert (delta.touched, dict(delta.marked), dict(delta.keys)) == ((), {}, {})


def test_a_moved_file_keeps_its_keys() -> None:
    """Identifiers change, keys do not: the vectors are found again under the same keys."""
    project = Project(FILES)
    before = project.index.snapshot.wanted(SymbolId("c.py/C#m()."))
    delta = project.change({"c.py": None, "d/c.py": FILES["c.py"]})
    assert (delta.added[0], delta.removed[0]) == ("d/c.py/", "c.py/")
    assert delta.keys[SymbolId("d/c.py/C#m().")] == before


def test_equal_bytes_with_other_facts_are_a_change() -> None:
    """A file whose extraction failed once (time, crash) is taken again although its bytes are the same."""
    project = Project(FILES)
    facts = project.facts("c.py")
    poor = type(facts)(facts.blob, type(facts.outline)("python", facts.outline.definitions[:1]), Occurrences(), {})
    delta = project.index.apply(ChangeSet({"c.py": poor}))
    assert delta.removed == ("c.py/C#", "c.py/C#m().")
    assert project.index.apply(ChangeSet({"c.py": facts})).added == delta.removed


def test_unknown_files_may_be_deleted() -> None:
    """Deleting what is not indexed changes nothing and makes no revision."""
    project = Project(FILES)
    assert project.change({"nobody.py": None}).revision == 1


def test_a_large_closure_is_over_budget_and_complete() -> None:
    """Beyond the budget nothing is cut off; the delta only says so."""
    callers = "".join(f"def f{number}():\n    return hub()\n\n" for number in range(150))
    project = Project({"hub.py": "def hub():\n    return 1\n", "a.py": "from hub import hub\n\n" + callers})
    delta = project.change({"hub.py": "def hub(x=1):\n    return 1\n"})
    assert delta.over_budget
    assert len(delta.keys) == 151
    assert not project.change({"hub.py": "def hub(x=1):\n    return 2\n"}).over_budget


def test_a_failure_leaves_readers_alone_and_the_index_unusable() -> None:
    """If linking fails, the snapshot stays the last whole one and every further write is refused."""
    project = Project(FILES)
    before = project.index.snapshot
    project.occurrences.clear()
    with pytest.raises(InternalError, match="built again"):
        project.index.apply(project.change_set({"b.py": "def other():\n    pass\n"}))
    assert project.index.snapshot is before
    for attempt in (lambda: project.change({"c.py": None}), lambda: project.index.set_routes(Routes(b"n" * 16))):
        with pytest.raises(InternalError, match="KeyError"):
            attempt()


def test_another_model_gives_other_keys_for_everything() -> None:
    """Keys of two models never meet; going back gives the first ones again; the same model is no work."""
    project = Project(FILES)
    first = {symbol.id: project.index.snapshot.wanted(symbol.id) for symbol in project.index.snapshot.symbols()}
    delta = project.index.set_routes(Routes(b"n" * 16))
    assert set(delta.keys) == set(first)
    assert not set(delta.keys.values()) & set(first.values())
    assert delta.keys == {name: project.index.snapshot.wanted(name) for name in first}
    assert project.index.set_routes(Routes(b"n" * 16)).keys == {}
    assert project.index.set_routes(Routes(MODEL)).keys == first
    assert is_equal(differences(project.index, project.clean()))


def test_a_warm_start_answers_before_its_second_stage() -> None:
    """The first stage alone gives the whole snapshot, without asking for a single occurrence."""
    project = Project(FILES)
    warm = project.new_index(load_occurrences=None)
    warm.restore(stored(project), revision=7)
    assert is_equal(differences(project.index, warm))
    assert warm.snapshot.clock.revision == 7


def test_a_start_that_trusts_what_is_stored_decodes_what_is_asked_for() -> None:
    """With its counts given, a snapshot is there without a file being decoded, and answers as one that was checked."""
    project = Project(FILES)
    files, decoded = [], []
    for file in stored(project):
        load = file.view._load
        file.view._load = lambda load=load, path=file.view.path: decoded.append(path) or load()
        files.append(file)
    warm = project.new_index(load_occurrences=None)
    warm.restore(files, 7, project.index.snapshot.counts)
    assert not decoded
    assert [symbol.id for symbol in warm.snapshot.in_file("c.py")] == ["c.py/", "c.py/C#", "c.py/C#m()."]
    assert decoded == ["c.py"]
    assert is_equal(differences(project.index, warm))
    assert warm.snapshot.counts == project.index.snapshot.counts


def test_restored_files_share_the_names_of_symbols() -> None:
    """Once everything is restored a symbol is one string, however many files name it."""
    project = Project(FILES)
    warm = project.new_index()
    warm.restore(stored(project), 7, project.index.snapshot.counts)
    warm.complete_restore()
    view = warm.snapshot.files["b.py"]
    named = [target for other in warm.snapshot.files.values() for target in other.links.targets if target in view.ids]
    assert named
    assert all(any(target is symbol for symbol in view.ids) for target in named)


def test_a_restored_table_says_each_text_once() -> None:
    """Values come decoded from many files; equal texts in them are one string, or a table would be a third larger."""
    project = Project(FILES)
    warm = project.new_index()
    warm.restore(stored(project))
    warm.complete_restore()
    texts = [text for value in warm._table._values for entry in value or () for text in entry]
    assert len(texts) > len(set(texts)) == len(set(map(id, texts)))


@pytest.mark.parametrize("is_trusted", [True, False])
@pytest.mark.parametrize("explicitly", [True, False])
def test_a_warm_index_goes_on_like_the_one_that_was_stored(explicitly: bool, is_trusted: bool) -> None:
    """After the second stage (called, or made up for by `apply`) changes have the same effect."""
    project = Project(FILES)
    warm = project.new_index()
    warm.restore(stored(project), 1, project.index.snapshot.counts if is_trusted else None)
    if explicitly:
        warm.complete_restore()
    changes = project.change_set({"b.py": "def h(x):\n    return 1\n", "c.py": None})
    ours, theirs = project.index.apply(changes), warm.apply(changes)
    assert (ours.keys, ours.marked, ours.relinked) == (theirs.keys, theirs.marked, theirs.relinked)
    assert is_equal(differences(warm, project.clean()))
    assert all(warm.stored_links(path) == project.index.stored_links(path) for path in project.files)


def test_an_index_that_was_restored_by_half_is_not_gone_on_with() -> None:
    """A second stage that fails leaves a table with holes: the index refuses everything from then on."""
    project = Project(FILES)
    files = [StoredFile(file.view, b"") for file in stored(project)]
    warm = project.new_index()
    warm.restore(stored(project))
    warm._to_restore = tuple(files)
    with pytest.raises(InternalError):
        warm.complete_restore()
    with pytest.raises(InternalError, match="built again"):
        warm.apply(ChangeSet({path: project.facts(path) for path in project.files}))


def test_parts_that_do_not_fit_are_corrupt() -> None:
    """Foreign links, too few keys or an edge to nothing raise StoreCorrupt; the index stays empty."""
    project = Project(FILES)
    files = stored(project)
    good = files[0]
    for bad in (
        [stored_again(good.view, b"foreign")],
        [stored_again(good.view, good.links, keys=1)],
        [file for file in files if file.view.path == "a.py"],
    ):
        warm = project.new_index()
        with pytest.raises(StoreCorrupt):
            warm.restore(bad)
        assert not warm.snapshot.files
        warm.apply(ChangeSet({path: project.facts(path) for path in project.files}))
        assert is_equal(differences(warm, project.index))


def test_only_an_empty_index_can_be_restored() -> None:
    """Restoring over present files would mix two states."""
    project = Project(FILES)
    with pytest.raises(InternalError):
        project.index.restore(stored(project))


def test_occurrences_are_asked_for_by_language_and_blob() -> None:
    """Only a file that is linked again without having changed has its occurrences loaded."""
    asked: list[tuple[str, BlobDigest]] = []
    project = Project()

    def load(language: str, blob: BlobDigest) -> Occurrences:
        asked.append((language, blob))
        return project.load(language, blob)

    project.index = Index(instance="test", cascade=CascadeConfig(), routes=Routes(MODEL), load_occurrences=load)
    project.change(FILES)
    assert asked == []
    project.change({"b.py": None})
    assert asked == [("python", project.facts("a.py").blob)]


def test_an_edge_to_nothing_stays_with_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A linker that makes up a target loses that edge, said as `failed`; all else is indexed, and edits go on."""
    from codegraph.graph import relink

    def linked(path: str, *arguments: Any) -> Linked:
        true = link_file(path, *arguments)
        return true._replace(links=made_up(true.links)) if path == "a.py" else true

    def made_up(links: PackedLinks) -> PackedLinks:
        targets = tuple(SymbolId("b.py/none().") if each == "b.py/g()." else each for each in links.targets)
        return PackedLinks(targets, links.starts, links.edges, links.names, links.misses)

    monkeypatch.setattr(relink, "link_file", linked)
    with pytest.warns(RuntimeWarning, match=r"a\.py has edges to 1 symbols that do not exist, such as b\.py/none"):
        project = Project(FILES)
    snapshot = project.index.snapshot
    assert [edge.target for edge in snapshot.dependencies(SymbolId("b.py/g()."))] == ["b.py/h()."]
    misses = snapshot.unresolved("a.py")
    assert {(miss.name, miss.reason) for miss in misses} == {("none", "failed")}
    assert Role.CALL in {miss.role for miss in misses}
    monkeypatch.undo()
    project.change({"a.py": FILES["a.py"] + "\n"})
    assert [edge.target for edge in project.index.snapshot.dependencies(SymbolId("a.py/f()."))] == ["b.py/g()."]
