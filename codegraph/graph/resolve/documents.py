"""The scheme of documents: which code a name in a sentence means.

A document says names as people do: `Client.get` for a method that stands in `httpx/_client.py`, `client.get` for the
same method of some instance, `uv_run()` for a function that a header declares and a source defines. So names are
compared by their ends: the last one is the definition's own, the one before it that of the class around it, or, for a
definition that stands in no class, of a folder, the file or (Go) the package; earlier ones stand further out. The
nearest fit counts. A name alone is looked for in the class that a heading around it is about, then outside of classes;
as a member only if it is no plain word. Files whose names begin with an underscore come after others, what lies below
the document's own folder before; tests, examples and what was copied from elsewhere count only for documents there.

    one fits                  an edge `references`, `inferred`; a declaration in C, and another definition in the same
                              file where languages have no overloads, are the same one
    up to four fit            the same, `ambiguous`, if the document says what they are in, or calls them; of overloads
                              the first four
    more, or a bare word      no edge; a miss `ambiguous` where the document certainly means code
    none                      nothing: documents speak of much that is not of the project

Files (`src/pool.c`) and Python's modules (`httpx._client`) are found by path. Nobody refers to documents, so they
offer nothing. A bare word means no function that a JavaScript module keeps to itself: options are called like those.
What is read: `any` and `path` keys (`graph/defined.py`), Go's `unit`, what such a module exports.
Tests: tests/unit/graph/test_graph_documents.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from posixpath import dirname, join, normpath
from typing import Final, NamedTuple

from codegraph.core.changes import FileLinks
from codegraph.core.facts import Occurrences, Outline, Reference, Role
from codegraph.core.symbols import Confidence, DependencyKind, SymbolId, descriptor_parts, symbol_id
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.go.names import unit_key
from codegraph.graph.resolve.keys import export_key, export_list_key
from codegraph.graph.resolve.scheme import MANY, MAX_CANDIDATES, TableReader, Value

_ASIDE: Final = re.compile(
    r"(?:^|/)(?:tests?|specs?|__tests__|examples?|samples?|demos?|bench(?:es|marks?)?|fixtures?|testdata|docs?|docs_src"
    r"|vendor|third_party|node_modules)/|(?:^|/)(?:test_[^/]*|[^/]*(?:_test|_spec|\.test(?:-d)?|\.spec|Tests?))\.\w+\Z"
)
"""Paths of code that others than its authors hardly name."""
_PRIVATE: Final = re.compile(r"(?:^|/)_(?!_)")
_OVERLOADING: Final = re.compile(r"\.(?:java|cs|cc|cpp|cxx|hh|hpp|hxx|kts?|scala|swift)\Z")
_SCRIPT: Final = re.compile(r"\.[cm]?[jt]sx?\Z")
_C: Final = re.compile(r"\.(?:c|h|cc|hh|cpp|hpp|cxx|hxx)\Z")
_ABOUT: Final = re.compile(r"(?:[Cc]lass |[Tt]he )?(?:\w+(?:\.|::))*(\w+)(?:\(.*\)|(?: (?:[Cc]lass|[Oo]bjects?)))?")
"""A heading that is a class's name and hardly more."""
_CAPITALS: Final = re.compile(r"[A-Z]+\Z")
_WORDS: Final = re.compile(r"[^_]_+[^_]|[a-z][A-Z]|\A[A-Z]")
"""What no plain word has."""
_SEPARATOR: Final = re.compile(r"\.|::|\\\\")
_COMMON_FILE: Final = re.compile(r"(?:[^/]+/)?(?:config|setup|index|main|app|conf|settings|routes?|router)\.\w+\Z")
"""Paths that every project has: a guide may mean its reader's."""
_TYPE = "#"


class Candidate(NamedTuple):
    """A definition of the last name."""

    path: str
    descriptor: str
    names: tuple[str, ...]
    """Of the definitions around it and its own."""
    suffix: str
    """Of its descriptor: what it is."""


class DocumentScheme:
    """Links documents; see `ResolutionScheme`."""

    def contributions(self, path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:  # noqa: ARG002
        """Offer nothing."""
        return {}

    def link(self, path: str, outline: Outline, occurrences: Occurrences, table: TableReader) -> FileLinks:
        """Give the `contains` edges, and an edge for every name that can be told."""
        linker = _Linker(path, outline, table)
        for reference in occurrences.references:
            linker.resolve(reference)
        return linker.collector.links()


class _Linker:
    def __init__(self, path: str, outline: Outline, table: TableReader) -> None:
        self.collector = EdgeCollector(path, outline)
        self._table = table
        self._definitions = outline.definitions
        self._directory = dirname(path)
        aside = _ASIDE.search(path)
        self._aside = path[: aside.end()] if aside is not None and aside.group().endswith("/") else ""

    def resolve(self, reference: Reference) -> None:
        """Add the edges of a name."""
        owner, role, (line, column) = reference.owner, reference.role, reference.positions[:2]
        found, sure = self._targets(owner, reference.chain, role)
        for target in found:
            self.collector.add(owner, target, DependencyKind.REFERENCES, sure, line, column)
        if not found and sure is Confidence.AMBIGUOUS:
            self.collector.miss(owner, reference.chain[-1], Role.READ, "ambiguous", line, column)

    def _targets(self, owner: int, chain: Sequence[str], role: Role) -> tuple[list[SymbolId], Confidence]:
        if chain[0] == "@path":
            return self._file(chain[1]), Confidence.INFERRED
        is_member = chain[0] == "@member"
        *outer, name = chain[1:] if is_member else chain
        value = self._table.defined(name)
        if value == MANY:
            return [], Confidence.AMBIGUOUS if outer else Confidence.INFERRED
        candidates = [_candidate(path, descriptor) for path, descriptor in value or ()]
        if role is Role.TYPE or _CAPITALS.match(name):
            candidates = [each for each in candidates if each.suffix == _TYPE]
        about = [] if outer else self._of_heading(owner, candidates)
        if is_member:
            candidates = [each for each in candidates if len(each.names) > 1]
        elif not outer:
            candidates = [each for each in candidates if len(each.names) == 1 or _is_telling(name, each)]
            if role is Role.READ:
                candidates = [each for each in candidates if not self._is_kept_back(each)]
        if outer:
            candidates = self._within(candidates, outer)
            if not candidates:
                return self._module(chain), Confidence.INFERRED
        else:
            candidates = about or (candidates if is_member else _outermost(candidates))
        return _chosen(self._near(candidates), bool(outer) or role is not Role.READ)

    def _of_heading(self, owner: int, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return the members of the class that a heading around the name is about."""
        while owner > 0:
            named = _ABOUT.fullmatch(self._definitions[owner].name)
            found = [each for each in candidates if named and each.names[-2:-1] == (named[1],)]
            if found:
                return found
            owner = self._definitions[owner].container
        return []

    def _file(self, written: str) -> list[SymbolId]:
        """Return the file that is meant, seen from the document or from the project's root."""
        for place in dict.fromkeys((normpath(join(self._directory, written)), normpath(written))):
            if not _COMMON_FILE.match(place) and not self._is_aside(place) and self._table.is_file(place):
                return [symbol_id(place, "")]
        return []

    def _module(self, chain: Sequence[str]) -> list[SymbolId]:
        """Return the Python module of that dotted name."""
        below = "/".join(chain)
        for place in (f"{below}.py", f"{below}/__init__.py", f"src/{below}.py", f"src/{below}/__init__.py"):
            if self._table.is_file(place):
                return [symbol_id(place, "")]
        return []

    def _within(self, candidates: Sequence[Candidate], outer: Sequence[str]) -> list[Candidate]:
        """Return those nearest within something of these names, else of the class that an instance is named by."""
        exact = [(gap, each) for each in candidates if (gap := self._gap(each, outer)) is not None]
        if exact:
            least = min(gap for gap, _ in exact)
            return [each for gap, each in exact if gap == least]
        if not outer[-1][:1].islower():
            return []
        instance = outer[-1].replace("_", "").lower()
        return [each for each in candidates if len(each.names) > 1 and each.names[-2].lower() == instance]

    def _gap(self, candidate: Candidate, outer: Sequence[str]) -> int | None:
        """Return how many places there are between a definition and what it is said to be within; None if it is not."""
        around = candidate.names[:-1]
        if around and around[-1] != outer[-1]:
            return None
        places = [*self._places(candidate.path), *around]
        at = len(places)
        for name in reversed(outer):
            while at and places[at - 1] != name:
                at -= 1
            if not at:
                return None
            at -= 1
        return len(places) - at - len(outer)

    def _places(self, path: str) -> list[str]:
        """Return the names of the folders around a file, its package's and its own."""
        *folders, file = path.split("/")
        packages = self._table.get(unit_key(dirname(path))) if file.endswith(".go") else None
        return [*folders, *(name for (name, *_) in packages or ()), file.partition(".")[0]]

    def _near(self, candidates: list[Candidate]) -> list[Candidate]:
        """Return those that are not aside, of these the public ones and those below the document's folder, if any."""
        shown = [each for each in candidates if not self._is_aside(each.path)]
        shown = [each for each in shown if not _PRIVATE.search(each.path)] or shown
        below = [each for each in shown if self._directory and each.path.startswith(f"{self._directory}/")]
        return below or shown

    def _is_kept_back(self, candidate: Candidate) -> bool:
        """Tell a function that its JavaScript module does not export: a word of that name is more likely an option."""
        path, names = candidate.path, candidate.names
        if len(names) > 1 or candidate.suffix[:1] != "(" or not _SCRIPT.search(path):
            return False
        read = [self._table.get(export_key(path, each)) or () for each in ("export=", "default")]
        if not any(read) and self._table.get(export_list_key(path)) is None:
            return False  # a script, or nobody knows
        named = any(entry[1:] == names for value in read for entry in value)
        return not named and self._table.get(export_key(path, names[0])) is None

    def _is_aside(self, path: str) -> bool:
        """Tell code of tests, examples and the like, unless the document lies there, too."""
        return _ASIDE.search(path) is not None and not (self._aside and path.startswith(self._aside))


def _candidate(path: str, descriptor: str) -> Candidate:
    parts = descriptor_parts(descriptor)
    around = [name for container, _ in parts[:-1] for name in _SEPARATOR.split(container)]
    return Candidate(path, descriptor, (*around, parts[-1][0]), parts[-1][1])


def _is_telling(name: str, candidate: Candidate) -> bool:
    """Tell a member whose name alone says that it is meant: no plain word, no value in capitals of some enumeration."""
    return _WORDS.search(name) is not None and (candidate.suffix != "." or "_" in name)


def _outermost(candidates: list[Candidate]) -> list[Candidate]:
    """Return what stands in no class, or everything if nothing does."""
    return [each for each in candidates if len(each.names) == 1] or candidates


def _chosen(candidates: Sequence[Candidate], is_certain: bool) -> tuple[list[SymbolId], Confidence]:
    """Return the targets among definitions that fit; `is_certain`: it is code that is named, not a word."""
    ordered = sorted(
        candidates, key=lambda each: (each.path, len(each.descriptor), each.descriptor)
    )  # (+10) after (+2)
    ids = [symbol_id(each.path, each.descriptor) for each in ordered]
    overloaded = [each.path for each in candidates if _OVERLOADING.search(each.path)]
    different = {(("c", *each.names) if _C.search(each.path) else (each.path, *each.names)) for each in candidates}
    if len(different) <= 1:
        is_one = len(overloaded) == len(set(overloaded))
        return ids[:MAX_CANDIDATES], Confidence.INFERRED if is_one else Confidence.AMBIGUOUS
    if not is_certain:
        return [], Confidence.INFERRED
    members = all(len(each.names) > 1 for each in candidates)
    return ([] if members or len(different) > MAX_CANDIDATES else ids[:MAX_CANDIDATES]), Confidence.AMBIGUOUS


SCHEMES = dict.fromkeys(("markdown", "rst"), DocumentScheme())
