"""Which entries of the tree are left out, and why.

Terms. A *layer* is one ignore file with the directory that it speaks for. The layers of a
directory are asked in this order, and the first that mentions an entry decides; inside a layer the
last matching line does:

    1  `source.ignore` from the configuration
    2  .codegraphignore, the deepest first
    3  the built-in list of dependency and cache directories (VENDORED)
    4  .gitignore, the deepest first, up to the top of the git worktree even above the project
    5  .git/info/exclude
    6  core.excludesFile, or ~/.config/git/ignore

so `!node_modules/` in .codegraphignore takes dependencies in. What git leaves out of a commit (4 to 6)
may still be tracked, and a file of settings such as package.json says what imports in its directory
mean, so only 1 and 2 leave such files out. Version control's own directories
can never be taken in. A directory that is left out is not entered, so nothing below it can be taken
in again: that is git's rule, and what makes ignoring cheap. A directory with a `pyvenv.cfg` or a
valid CACHEDIR.TAG counts as vendored whatever its name. What `git worktree add` made inside the project is
left out: it is all of a project once more, and one of its own. Any other repository inside the project is an
ordinary directory.

Ignore files are read when a directory is first asked about and compared by content each time it is
listed (`observe`), which says when some rule may have changed: then a full comparison of
tree and index is due. Safe for several threads: the watcher prunes while a scan runs.
Tests: tests/unit/source/test_source_ignore.py.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from codegraph.core.symbols import SETTING_LANGUAGES
from codegraph.source.git_directory import find_git_directory, global_excludes, is_linked_worktree, read_bounded
from codegraph.source.patterns import PatternSet

IGNORED = "ignored"
VENDORED_REASON = "vendored"
WORKTREE_REASON = "worktree"
MARKED = (VENDORED_REASON, WORKTREE_REASON)
"""Reasons that a file in the directory may give."""
TAKEN_IN = ""

GIT_IGNORE_FILE = ".gitignore"
OWN_IGNORE_FILE = ".codegraphignore"
IGNORE_FILES = (OWN_IGNORE_FILE, GIT_IGNORE_FILE)

ALWAYS_PRUNED = frozenset({".git", ".hg", ".svn", ".jj", ".bzr", "CVS"})

VENDORED = frozenset(
    {
        *("node_modules", "bower_components", "jspm_packages", ".yarn", ".pnpm-store", ".npm"),
        *(".venv", "site-packages", "dist-packages", "__pypackages__", "__pycache__", ".eggs"),
        *(".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".ipynb_checkpoints"),
        *(".next", ".nuxt", ".svelte-kit", ".parcel-cache", ".turbo", ".angular", ".gradle", ".terraform"),
        *(".bundle", ".dart_tool", ".direnv", ".cache", ".idea", ".vs"),
    }
)

_VIRTUAL_ENVIRONMENT = "pyvenv.cfg"
_CACHE_TAG = "CACHEDIR.TAG"
MARKERS = frozenset({_VIRTUAL_ENVIRONMENT, _CACHE_TAG, ".git"})
"""Files that keep the directory they stand in out; `.git` only in a linked worktree."""
_CACHE_SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"


class Layer(NamedTuple):
    """One ignore file: `lead` and `cut` turn a project-relative path into one relative to its directory."""

    patterns: PatternSet
    lead: str
    cut: int

    def decide(self, path: str, name: str, is_directory: bool) -> bool | None:
        """Ask the layer's patterns; None when no line mentions the entry."""
        return self.patterns.decide(self.lead + path[self.cut :], name, is_directory)


class DirectoryRules(NamedTuple):
    """The layers that speak for the entries of one directory, the deciding ones first."""

    own: tuple[Layer, ...]
    git: tuple[Layer, ...]

    def leaves_out(self, path: str, name: str, language: str | None) -> bool:
        """Say whether a file that `language` claims is left out."""
        rules = self._replace(git=()) if language in SETTING_LANGUAGES else self
        return bool(rules.reason(path, name, False))

    def reason(self, path: str, name: str, is_directory: bool) -> str | None:
        """Return IGNORED or VENDORED_REASON, TAKEN_IN where a negated line of ours says so, None when nobody does."""
        for layer in self.own:
            decision = layer.decide(path, name, is_directory)
            if decision is not None:
                return IGNORED if decision else TAKEN_IN
        if is_directory and name in VENDORED:
            return VENDORED_REASON
        for layer in self.git:
            decision = layer.decide(path, name, is_directory)
            if decision is not None:
                return IGNORED if decision else None
        return None


class IgnoreRules:
    """All ignore rules of one project; paths are relative to `root`, POSIX, and "" is the root itself."""

    def __init__(
        self, root: Path, use_gitignore: bool, patterns: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        self._root = root
        self._place = os.fspath(root)
        self._use_gitignore = use_gitignore
        self._environment = os.environ if environment is None else environment
        self._configured = PatternSet(patterns)
        self._lock = threading.RLock()
        self._texts: dict[str, tuple[bytes, bytes]] = {}
        self._rules: dict[str, DirectoryRules] = {}
        self._compiled: dict[bytes, PatternSet] = {}
        self._shared_texts = self._read_shared()

    def of(self, directory: str) -> DirectoryRules:
        """Return the rules for the entries of a directory, reading the ignore files on the way to it once."""
        rules = self._rules.get(directory)
        if rules is not None:
            return rules
        with self._lock:
            missing = [directory]
            while missing[-1] and missing[-1] not in self._rules:
                missing.append(missing[-1].rpartition("/")[0])
            for each in reversed(missing):
                rules = self._rules.get(each)
                if rules is None:
                    rules = self._rules[each] = self._derive(each)
            assert rules is not None
            return rules

    def observe(self, directory: str, names: Collection[str]) -> bool:
        """Read the ignore files of a directory that was just listed; True if the rules for it changed.

        `names` is what the listing showed: an ignore file that is not in it is gone.
        """
        before = self._texts.get(directory)
        present = [name for name in IGNORE_FILES if name in names]
        if not present and before is None:
            with self._lock:
                self._texts.setdefault(directory, (b"", b""))
            return False
        if not present and before == (b"", b""):
            return False
        texts = self._read(directory, present)
        if texts == before:
            return False
        with self._lock:
            self._texts[directory] = texts
            if before is None and directory not in self._rules:
                return False
            self._changed()
            return True

    def shared_changed(self) -> bool:
        """Read the files outside of the project again, and say whether `observe_shared` would find a change."""
        return self._read_shared() != self._shared_texts

    def observe_shared(self) -> bool:
        """Read the files outside of the project again; True if the rules changed."""
        texts = self._read_shared()
        with self._lock:
            if texts == self._shared_texts:
                return False
            self._shared_texts = texts
            self._changed()
            return True

    def directory_reason(self, path: str) -> str | None:
        """Say why a directory, whose parents are not left out, is not entered; None if it is."""
        parent, _, name = path.rpartition("/")
        if name in ALWAYS_PRUNED:
            return IGNORED
        reason = self.of(parent).reason(path, name, True)
        return self.marked_reason(path) if reason is None else reason or None

    def marked_reason(self, path: str) -> str | None:
        """Return the reason to leave a directory out that a file in it gives; None if there is no such file."""
        place = f"{self._place}/{path}"
        return WORKTREE_REASON if is_linked_worktree(place) else VENDORED_REASON if _is_marked(place) else None

    def _changed(self) -> None:
        self._rules.clear()
        self._compiled.clear()

    def _derive(self, directory: str) -> DirectoryRules:
        base = self._base_rules() if not directory else self._rules[directory.rpartition("/")[0]]
        texts = self._texts.get(directory)
        if texts is None:
            texts = self._texts[directory] = self._read(directory, IGNORE_FILES)
        if texts == (b"", b""):
            return base
        cut = len(directory) + 1 if directory else 0
        own, git = (self._compile(text) for text in texts)
        after_configuration = 1 if self._configured else 0
        return DirectoryRules(
            (*base.own[:after_configuration], *_layer(own, "", cut), *base.own[after_configuration:]),
            (*_layer(git, "", cut), *base.git),
        )

    def _base_rules(self) -> DirectoryRules:
        shared = [layer for lead, text in self._shared_texts for layer in _layer(self._compile(text), lead, 0)]
        return DirectoryRules(_layer(self._configured, "", 0), tuple(shared))

    def _compile(self, text: bytes) -> PatternSet:
        compiled = self._compiled.get(text)
        if compiled is None:
            lines = text.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").split("\n")
            compiled = self._compiled[text] = PatternSet(lines)
        return compiled

    def _read(self, directory: str, names: Collection[str]) -> tuple[bytes, bytes]:
        folder = f"{self._place}/{directory}" if directory else self._place
        wanted = (OWN_IGNORE_FILE in names, GIT_IGNORE_FILE in names and self._use_gitignore)
        own, git = (
            read_bounded(f"{folder}/{name}") if want else b"" for name, want in zip(IGNORE_FILES, wanted, strict=True)
        )
        return own, git

    def _read_shared(self) -> tuple[tuple[str, bytes], ...]:
        """Return (project's place below the file's directory, content), the deciding file first."""
        if not self._use_gitignore:
            return ()
        repository = find_git_directory(self._root)
        found: list[tuple[str, bytes]] = []
        lead = ""
        if repository is not None:
            lead = self._root.relative_to(repository.worktree).as_posix().removeprefix(".")
            lead = f"{lead}/" if lead else ""
            place = self._root
            while place != repository.worktree:
                place = place.parent
                found.append((f"{self._root.relative_to(place).as_posix()}/", read_bounded(place / GIT_IGNORE_FILE)))
            found.append((lead, read_bounded(repository.exclude_file())))
        excludes = global_excludes(repository, self._environment)
        if excludes is not None:
            # The user's own file may well be a link into a directory of settings.
            found.append((lead, read_bounded(Path(os.path.realpath(excludes)))))
        return tuple(found)


def _is_marked(place: str) -> bool:
    """True for a virtual environment or a tagged cache, whatever its name."""
    if os.path.lexists(f"{place}/{_VIRTUAL_ENVIRONMENT}"):
        return True
    tag = f"{place}/{_CACHE_TAG}"
    return os.path.lexists(tag) and read_bounded(tag).startswith(_CACHE_SIGNATURE)


def _layer(patterns: PatternSet, lead: str, cut: int) -> tuple[Layer, ...]:
    return (Layer(patterns, lead, cut),) if patterns else ()
