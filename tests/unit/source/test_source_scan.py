"""The tree against what is known of it: every kind of change is found, and little else is looked at."""

from __future__ import annotations

import mmap
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegraph.config import SourceConfig
from codegraph.core.changes import Skipped, SourceFile
from codegraph.errors import SourceError
from codegraph.source.hints import Hint
from codegraph.source.listing import Changes
from codegraph.source.scan import Scanner
from codegraph.source.stamps import KnownFile

LATER_NS = 10**12
"""Far enough ahead for every stamp of a test to be trusted."""


def language_of(path: str, head: bytes) -> str | None:
    if path.endswith(".md"):
        return "markdown"
    return "python" if path.endswith(".py") or head.startswith(b"#!") else None


class Tree:
    """A project on disk, a scanner, and what an index would know after applying every Changes."""

    def __init__(self, root: Path, config: SourceConfig | None = None, ahead_ns: int = LATER_NS) -> None:
        self.root = root
        root.mkdir(exist_ok=True)
        self.scanner = Scanner(
            root,
            config or SourceConfig(),
            language_of,
            environment={},
            now_ns=lambda: time.time_ns() + ahead_ns,
        )
        self.known: dict[str, KnownFile] = {}
        self.content: dict[str, bytes] = {}

    def write(self, path: str, text: str = "x = 1\n") -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def apply(self, changes: Changes) -> Changes:
        for path in changes.deleted:
            self.known.pop(path, None)
            self.content.pop(path, None)
        for path in changes.written:
            read = self.scanner.read(path)
            if isinstance(read, SourceFile):
                self.known[path] = KnownFile(read.stamp, read.blob, read.trusted_after_ns)
                self.content[path] = read.data
            else:
                self.known.pop(path, None)
                self.content.pop(path, None)
        return changes

    def reconcile(self) -> Changes:
        return self.apply(self.scanner.reconcile(self.known))

    def verify(self, *hints: Hint) -> Changes:
        return self.apply(self.scanner.verify(hints, self.known))

    def on_disk(self) -> dict[str, bytes]:
        places = [place for place in self.root.rglob("*.py") if place.is_file() and not place.is_symlink()]
        return {place.relative_to(self.root).as_posix(): place.read_bytes() for place in places}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = Tree(tmp_path / "project")
    for path in ("a.py", "pkg/b.py", "pkg/sub/c.py", "other/d.py"):
        made.write(path)
    made.reconcile()
    return made


def test_first_look_finds_all_and_the_second_nothing(tmp_path: Path) -> None:
    """A reconcile of an unknown tree lists every candidate, sorted; of a known one, nothing."""
    tree = Tree(tmp_path / "project")
    for path in ("b/z.py", "a.py", "b/a.py", "b/readme.txt"):
        tree.write(path)
    assert tree.reconcile().written == ("a.py", "b/a.py", "b/z.py")
    again = tree.reconcile()
    assert (again.written, again.deleted, again.files, again.directories) == ((), (), 3, 2)


def test_verify_looks_only_where_the_hints_point(tree: Tree) -> None:
    """A hint for one file lists its directory and no other, and finds everything that changed in it."""
    tree.write("pkg/b.py", "x = 2\n")
    tree.write("pkg/new.py")
    tree.write("other/d.py", "x = 2\n")
    changes = tree.verify(Hint("pkg/b.py", False))
    assert (changes.written, changes.deleted, changes.directories) == (("pkg/b.py", "pkg/new.py"), (), 1)


def test_a_write_that_leaves_every_stamp_as_it_was_is_seen_when_it_is_reported(tree: Tree) -> None:
    """A page of mapped memory gives a file its times at the first write to it only, so a hint outweighs them."""
    with (tree.root / "pkg/b.py").open("r+b") as file, mmap.mmap(file.fileno(), 0) as page:
        page[4:5] = b"2"
        assert tree.verify(Hint("pkg/b.py", False)).written == ("pkg/b.py",)
        page[4:5] = b"3"
    tree.verify(Hint("pkg/b.py", False))
    assert tree.content == tree.on_disk()


def test_a_full_comparison_reads_what_was_reported(tree: Tree) -> None:
    """Hints that come with a reason to compare the whole tree are not lost in it."""
    changes = tree.scanner.reconcile(tree.known, [Hint("pkg/b.py", False)])
    assert (changes.written, changes.deleted) == (("pkg/b.py",), ())


def test_a_file_that_was_left_out_is_read_again_when_it_is_reported(tree: Tree) -> None:
    """What keeps a file out is believed as little as what was read of one that is in."""
    tree.write("pkg/b.py", "\0 = 1\n")
    tree.verify(Hint("pkg/b.py", False))
    with (tree.root / "pkg/b.py").open("r+b") as file, mmap.mmap(file.fileno(), 0) as page:
        page[0:1] = b"\1"
        tree.verify(Hint("pkg/b.py", False))
        page[0:1] = b"x"
    tree.verify(Hint("pkg/b.py", False))
    assert tree.content == tree.on_disk()


def test_deletion_is_known_minus_seen(tree: Tree) -> None:
    """A vanished file, and everything below a vanished directory, is reported, by either way of looking."""
    (tree.root / "a.py").unlink()
    assert tree.verify(Hint("a.py", False)).deleted == ("a.py",)
    shutil.rmtree(tree.root / "pkg")
    assert tree.verify(Hint("pkg", True)).deleted == ("pkg/b.py", "pkg/sub/c.py")
    shutil.rmtree(tree.root / "other")
    assert tree.reconcile().deleted == ("other/d.py",)
    assert tree.known == {}


def test_new_directories_are_walked(tree: Tree) -> None:
    """One hint for a directory never seen, or for something deep inside, finds all files below it."""
    tree.write("new/one/two/e.py")
    tree.write("new/f.py")
    assert tree.verify(Hint("new/one/two/e.py", False)).written == ("new/f.py", "new/one/two/e.py")


def test_directory_renamed_and_replaced(tree: Tree) -> None:
    """A renamed directory moves its files; one that takes the place of another is walked as a whole."""
    (tree.root / "pkg").rename(tree.root / "moved")
    changes = tree.verify(Hint("pkg", True), Hint("moved", True))
    assert changes.written == ("moved/b.py", "moved/sub/c.py")
    assert changes.deleted == ("pkg/b.py", "pkg/sub/c.py")
    tree.write("fresh/sub/other.py")
    shutil.rmtree(tree.root / "moved")
    (tree.root / "fresh").rename(tree.root / "moved")
    tree.verify(Hint("moved", True))
    assert tree.content == tree.on_disk()


def test_file_and_directory_change_places(tree: Tree) -> None:
    """A file that became a directory, and the reverse, is a deletion and a new file."""
    (tree.root / "a.py").unlink()
    tree.write("a.py/inner.py")
    shutil.rmtree(tree.root / "pkg")
    (tree.root / "other/d.py").rename(tree.root / "pkg")
    changes = tree.verify(Hint("a.py", True), Hint("pkg", False), Hint("other/d.py", False))
    assert changes.deleted == ("a.py", "other/d.py", "pkg/b.py", "pkg/sub/c.py")
    assert changes.written == ("a.py/inner.py", "pkg")


def test_rename_of_case_only(tree: Tree) -> None:
    """Names are taken as listed: another case is another path."""
    (tree.root / "a.py").rename(tree.root / "A.py")
    changes = tree.verify(Hint("a.py", False), Hint("A.py", False))
    assert (changes.written, changes.deleted) == (("A.py",), ("a.py",))


def test_same_size_same_time(tree: Tree) -> None:
    """A write that keeps size and modification time is found, because the change time cannot be kept."""
    place = tree.root / "a.py"
    status = place.stat()
    place.write_text("x = 9\n")
    os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert tree.verify(Hint("a.py", False)).written == ("a.py",)


def test_recent_stamps_are_not_trusted(tmp_path: Path) -> None:
    """A file written just before its read stays a candidate until a later read vouches for it."""
    tree = Tree(tmp_path / "project", ahead_ns=0)
    tree.write("a.py")
    os.utime(tree.root / "a.py", ns=(0, 0))
    tree.reconcile()
    assert tree.reconcile().written == ("a.py",)


def test_hard_links_are_ordinary_and_change_together(tree: Tree) -> None:
    """Both names are indexed, and a hint for one finds the change under the other, in another directory."""
    os.link(tree.root / "a.py", tree.root / "other/linked.py")
    tree.verify(Hint("other/linked.py", False), Hint("a.py", False))
    assert tree.content == tree.on_disk()
    tree.write("a.py", "x = 2\n")
    assert tree.verify(Hint("a.py", False)).written == ("a.py", "other/linked.py")


def test_a_write_through_a_name_outside_is_found_by_whoever_asks(tree: Tree, tmp_path: Path) -> None:
    """No hint tells of it; names that are all inside, and files that are as they were, are not looked at again."""
    os.link(tree.root / "a.py", tmp_path / "outside.py")
    os.link(tree.root / "other/d.py", tree.root / "other/e.py")
    tree.reconcile()
    assert tree.scanner.changed_elsewhere(tree.known) == []
    tree.write("other/e.py", "x = 2\n")
    (tmp_path / "outside.py").write_text("x = 3\n")
    hints = tree.scanner.changed_elsewhere(tree.known)
    assert hints == [Hint("a.py", False)]
    assert tree.verify(*hints).written == ("a.py",)
    assert tree.scanner.changed_elsewhere(tree.known) == []


@pytest.mark.parametrize("text", ["x = '\0'\n", "x" * 101])
def test_what_is_left_out_is_let_in_by_a_write_through_a_name_outside(tmp_path: Path, text: str) -> None:
    """A file that was binary or too large has an outside name, too; it is looked at again only once it changed."""
    tree = Tree(tmp_path / "project", SourceConfig(max_file_bytes=100))
    tree.write("a.py", text)
    os.link(tree.root / "a.py", tmp_path / "outside.py")
    tree.reconcile()
    assert tree.content == {}
    assert tree.scanner.changed_elsewhere(tree.known) == []
    (tmp_path / "outside.py").write_text("x = 3\n")
    assert tree.verify(*tree.scanner.changed_elsewhere(tree.known)).written == ("a.py",)
    (tmp_path / "outside.py").write_text(text)
    tree.verify(*tree.scanner.changed_elsewhere(tree.known))
    assert tree.content == {}


def test_names_that_are_gone_do_not_hide_one_outside(tree: Tree, tmp_path: Path) -> None:
    """As many names as were ever seen inside, but one of them is outside by now."""
    os.link(tree.root / "a.py", tree.root / "b.py")
    tree.reconcile()
    (tree.root / "b.py").rename(tmp_path / "outside.py")
    tree.verify(Hint("b.py", False))
    (tmp_path / "outside.py").write_text("x = 3\n")
    assert tree.scanner.changed_elsewhere(tree.known) == [Hint("a.py", False)]


@pytest.mark.parametrize("text", ["x = 1\n", "x = '\0'\n"])
def test_a_write_by_a_name_that_is_gone_since(tmp_path: Path, text: str) -> None:
    """The file is looked at under its other name, at once if it was indexed, else by whoever asks."""
    tree = Tree(tmp_path / "project")
    tree.write("one/a.py", text)
    (tree.root / "two").mkdir()
    os.link(tree.root / "one/a.py", tree.root / "two/b.py")
    tree.reconcile()
    tree.write("two/b.py", "x = 2\n")
    shutil.rmtree(tree.root / "two")
    tree.verify(Hint("two", True))
    if "\0" in text:
        tree.verify(*tree.scanner.changed_elsewhere(tree.known))
    assert tree.content == {"one/a.py": b"x = 2\n"}
    assert tree.scanner.changed_elsewhere(tree.known) == []


def test_hard_links_grow_and_shrink_together(tmp_path: Path) -> None:
    """A write through one name that makes the file too large, or no longer so, is found under the other name."""
    tree = Tree(tmp_path / "project", SourceConfig(max_file_bytes=100))
    tree.write("one/a.py")
    (tree.root / "two").mkdir()
    os.link(tree.root / "one/a.py", tree.root / "two/b.py")
    tree.reconcile()
    tree.write("one/a.py", "x" * 101)
    assert tree.verify(Hint("one/a.py", False)).deleted == ("one/a.py", "two/b.py")
    tree.write("two/b.py", "x = 2\n")
    assert tree.verify(Hint("two/b.py", False)).written == ("one/a.py", "two/b.py")


def test_links_and_odd_entries_are_not_followed(tree: Tree) -> None:
    """Symbolic links to files and directories, and pipes, are counted and left alone."""
    (tree.root / "link.py").symlink_to(tree.root / "a.py")
    (tree.root / "loop").symlink_to(tree.root)
    os.mkfifo(tree.root / "pipe.py")
    assert tree.reconcile().written == ()
    assert tree.scanner.counts() == {"special": 1, "symlink": 2}


def test_documents_can_be_left_out(tmp_path: Path) -> None:
    """With `documents` off they are files of no known language."""
    for documents, expected in ((True, ["README.md", "a.py"]), (False, ["a.py"])):
        tree = Tree(tmp_path / str(documents), SourceConfig(documents=documents))
        tree.write("README.md", "# Read")
        tree.write("a.py")
        assert sorted(tree.reconcile().written) == expected


def test_every_file_left_out_has_a_reason(tmp_path: Path) -> None:
    """What is left out is listed with its reason, or counted where listing would only repeat the tree."""
    tree = Tree(tmp_path / "project", SourceConfig(max_file_bytes=100, ignore=("secret.py", "out/"), generated=False))
    (tree.root / "sub").mkdir(parents=True)
    (tree.root / "binary.py").write_bytes(b"\0")
    tree.write("generated.py", "# @generated\n")
    tree.write("large.py", "x" * 101)
    tree.write("secret.py")
    tree.write("out/x.py")
    tree.write("node_modules/x.py")
    tree.write("picture.png")
    tree.write("LICENSE")
    (tree.root / os.fsdecode(b"bad\xff.py")).touch()
    first = tree.reconcile()
    assert {path: skipped.reason for path, skipped in first.skipped.items() if skipped} == {
        "bad\\xff.py": "undecodable",
        "large.py": "too_large",
        "node_modules": "vendored",
        "out": "ignored",
    }
    assert tree.known == {}
    again = tree.reconcile()
    assert again.written == ()
    assert [path for path in again.skipped if path not in first.skipped] == ["LICENSE", "binary.py", "generated.py"]
    reasons = ("binary", "generated", "too_large", "undecodable", "vendored")
    assert tree.scanner.counts() == {**dict.fromkeys(reasons, 1), "ignored": 2, "unknown_language": 2}


def test_reasons_come_and_go(tmp_path: Path) -> None:
    """A file that loses its reason is read again and its entry withdrawn; one that gains a reason is deleted."""
    tree = Tree(tmp_path / "project", SourceConfig(max_file_bytes=100, generated=False))
    tree.write("a.py", "x" * 101)
    tree.write("b.py", "# @generated\n")
    tree.write("c.py")
    tree.reconcile()
    tree.reconcile()
    tree.write("a.py", "x = 1\n")
    tree.write("b.py", "x = 1\n")
    tree.write("c.py", "x" * 101)
    changes = tree.verify(Hint("a.py", False))
    assert changes.written == ("a.py", "b.py")
    assert changes.deleted == ("c.py",)
    assert {path: skipped and skipped.reason for path, skipped in changes.skipped.items()} == {
        "a.py": None,
        "b.py": None,
        "c.py": "too_large",
    }
    shutil.rmtree(tree.root / "nothing", ignore_errors=True)
    (tree.root / "c.py").unlink()
    assert tree.verify(Hint("c.py", False)).skipped == {"c.py": None}


def test_scripts_without_an_extension(tmp_path: Path) -> None:
    """A file whose name says nothing is claimed by its first line."""
    tree = Tree(tmp_path / "project")
    tree.write("run", "#!/usr/bin/env python\n")
    tree.write("NOTES", "text\n")
    tree.reconcile()
    assert sorted(tree.known) == ["run"]
    assert tree.reconcile().written == ()


def test_only_the_languages_asked_for(tmp_path: Path) -> None:
    """`source.languages` limits what is claimed."""
    tree = Tree(tmp_path / "project", SourceConfig(languages=("rust",)))
    tree.write("a.py")
    assert tree.reconcile().written == ()


def test_changed_ignore_file_asks_for_a_reconcile(tree: Tree) -> None:
    """A new, changed or removed ignore file, and a marker, say so once; then the rules hold everywhere."""
    tree.write(".gitignore", "sub/\n")
    assert tree.verify(Hint(".gitignore", False)).reconcile_due
    assert tree.reconcile().deleted == ("pkg/sub/c.py",)
    assert tree.scanner.prune("pkg/sub")
    (tree.root / ".gitignore").unlink()
    assert tree.verify(Hint(".gitignore", False)).reconcile_due
    assert tree.reconcile().written == ("pkg/sub/c.py",)
    assert not tree.verify(Hint("a.py", False)).reconcile_due
    tree.write("other/pyvenv.cfg", "")
    assert tree.verify(Hint("other/pyvenv.cfg", False)).reconcile_due
    assert tree.reconcile().deleted == ("other/d.py",)
    tree.write("pkg/sub/.git", "gitdir: /elsewhere/.git/worktrees/sub\n")
    assert tree.verify(Hint("pkg/sub/.git", False)).reconcile_due
    assert tree.reconcile().deleted == ("pkg/sub/c.py",)


@pytest.mark.parametrize("mark", ["pyvenv.cfg", ".git"])
def test_a_mark_that_is_gone_lets_the_directory_in(tree: Tree, mark: str) -> None:
    """Nobody watches what is left out, so whoever asks is told; and what is let in has to be watched from then on."""
    tree.write(f"pkg/sub/{mark}", "gitdir: /elsewhere/.git/worktrees/sub\n")
    tree.write(".venv/pyvenv.cfg", "")
    tree.reconcile()
    assert not tree.scanner.rules_outside_changed()
    (tree.root / "pkg/sub" / mark).unlink()
    (tree.root / ".venv/pyvenv.cfg").unlink()
    assert tree.scanner.rules_outside_changed()
    changes = tree.reconcile()
    assert (changes.written, changes.reconcile_due) == (("pkg/sub/c.py",), True)
    assert not tree.reconcile().reconcile_due
    assert not tree.scanner.rules_outside_changed()


def test_another_mark_is_another_reason(tree: Tree) -> None:
    """A directory that was left out as an environment, and is a worktree by now, is said to be left out as that."""
    tree.write("pkg/sub/pyvenv.cfg", "")
    tree.reconcile()
    tree.write("pkg/sub/.git", "gitdir: /elsewhere/.git/worktrees/sub\n")
    assert tree.scanner.rules_outside_changed()
    assert tree.reconcile().skipped == {"pkg/sub": Skipped("pkg/sub", "worktree")}
    assert not tree.scanner.rules_outside_changed()


def test_a_file_that_could_not_be_read_is_no_longer_said_to_be_left_out(tree: Tree) -> None:
    """Its reason is remembered by whoever was told, not here: so that it is gone is said."""
    (tree.root / "a.py").unlink()
    assert tree.verify(Hint("a.py", False)).skipped == {"a.py": None}


def test_root_gone(tree: Tree) -> None:
    """A vanished root is an error, never an empty project."""
    shutil.rmtree(tree.root)
    with pytest.raises(SourceError):
        tree.scanner.reconcile(tree.known)
    with pytest.raises(SourceError):
        tree.scanner.verify([Hint("a.py", False)], tree.known)


def test_verify_without_a_reconcile_before(tree: Tree) -> None:
    """A scanner that starts with stored records needs no full look to follow hints."""
    scanner = Scanner(tree.root, SourceConfig(), language_of, environment={})
    (tree.root / "pkg/sub/c.py").unlink()
    tree.write("pkg/x/y.py")
    changes = scanner.verify([Hint("pkg/sub/c.py", False), Hint("pkg/x", True)], tree.known)
    assert (changes.written, changes.deleted) == (("pkg/x/y.py",), ("pkg/sub/c.py",))


FOLDERS = st.sampled_from(["", "p", "q", "p/r", "p/r/s"])
FILES = st.sampled_from(["a.py", "b.py", "r"])
STEPS = st.tuples(st.sampled_from(["write", "delete", "remove tree", "rename", "link"]), FOLDERS, FILES, FOLDERS, FILES)


def step(root: Path, kind: str, source: str, target: str) -> list[Hint]:
    """Do one thing to the tree, as far as it can be done; return honest hints."""
    hints = [Hint(path, (root / path).is_dir()) for path in (source, target)]
    actions: dict[str, Callable[[], object]] = {
        "write": lambda: (
            (root / source).parent.mkdir(parents=True, exist_ok=True),
            (root / source).write_text(str(time.time_ns())),
        ),
        "delete": lambda: (root / source).unlink(),
        "remove tree": lambda: shutil.rmtree((root / source).parent) if "/" in source else None,
        "rename": lambda: (root / source).rename(root / target),
        "link": lambda: os.link(root / source, root / target),
    }
    try:
        actions[kind]()
    except OSError:
        hints.append(Hint("", False))  # it could not be done: a hint more does no harm
    hints += [Hint(path, (root / path).is_dir()) for path in (source, target)]
    parent = source.rpartition("/")[0]
    return [*hints, Hint(parent, True)] if parent and kind == "remove tree" else hints


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(STEPS, min_size=1, max_size=3), max_size=6))
def test_following_hints_equals_looking_at_everything(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[str, str, str, str, str]]]
) -> None:
    """After any edits, known paths and bytes equal the tree, and a reconcile changes neither."""
    tree = Tree(tmp_path_factory.mktemp("scan") / "project")
    tree.reconcile()
    for batch in batches:
        hints: list[Hint] = []
        for kind, folder, file, other_folder, other_file in batch:
            source, target = f"{folder}/{file}".lstrip("/"), f"{other_folder}/{other_file}".lstrip("/")
            hints += step(tree.root, kind, source, target)
        tree.verify(*hints)
        assert {path: data for path, data in tree.content.items() if path.endswith(".py")} == tree.on_disk()
    # A removed hard link moves the change time of the other names: read again, the same bytes.
    content = dict(tree.content)
    assert tree.reconcile().deleted == ()
    assert tree.content == content
