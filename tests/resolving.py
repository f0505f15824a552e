"""What resolution finds and what it does not: small projects in each language, one for each construct.

`tests/resolving/<language>.txt` has the projects. In each a reference is marked, «so», and the definitions that it
truly means, ‹so›; none is marked where the language itself cannot say, or where it lies outside of the project.
`outcome` extracts and links a project, and says what became of the reference; `written` puts all of it into the table
that is docs/resolved.md:

    python tests/resolving.py > docs/resolved.md

A file of projects:

    == title of a construct             one of CONSTRUCTS; twice, if there are two forms of it
    -- path                             a file; without this line, the language's usual one
    text, with marks

Tests: tests/integration/test_resolved.py.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from projects import Project

from codegraph.core.changes import Dependency, Unresolved
from codegraph.core.symbols import Confidence, DependencyKind, SymbolId, symbol_id

USUAL_PATHS: Mapping[str, str] = {
    "Python": "main.py",
    "JavaScript": "main.js",
    "TypeScript": "main.ts",
    "Java": "Main.java",
    "Go": "main.go",
    "Rust": "src/lib.rs",
    "C": "main.c",
    "C++": "main.cc",
    "C#": "Main.cs",
    "Ruby": "main.rb",
    "PHP": "main.php",
}
"""Languages, in the order of the columns, and the file of a project that consists of one."""

NAMES, MEMBERS, CLASSES, LIMITS = "Names", "Members, by what the receiver is known from", "Classes", "Where to stop"
SEVERAL = "Which of several"

_HIDDEN = frozenset({DependencyKind.CONTAINS, DependencyKind.IMPORTS})
_REFERENCES = frozenset(DependencyKind) - _HIDDEN - {DependencyKind.OVERRIDES}
_BASES = frozenset({DependencyKind.INHERITS, DependencyKind.IMPLEMENTS})
_MARKS = re.compile(r"[«‹](.*?)[»›]")


class Construct(NamedTuple):
    """One row of the table."""

    section: str
    title: str
    kinds: frozenset[DependencyKind] = _REFERENCES
    """The kinds of edges that count."""
    is_a_guess: bool = False
    """Even the right definition must not be called exact: nothing in the language leads to it."""


CONSTRUCTS: tuple[Construct, ...] = (
    Construct(NAMES, "function of the same file"),
    Construct(NAMES, "function of another file, by import"),
    Construct(NAMES, "import under another name"),
    Construct(NAMES, "wildcard or dot import"),
    Construct(NAMES, "re-export through a second module"),
    Construct(NAMES, "package or namespace of several files"),
    Construct(NAMES, "nested or local function"),
    Construct(NAMES, "type declared in a function"),
    Construct(NAMES, "name shadowed by a local"),
    Construct(NAMES, "function passed as a value"),
    Construct(NAMES, "constant"),
    Construct(NAMES, "member of an enumeration"),
    Construct(NAMES, "type in a signature"),
    Construct(NAMES, "generic type argument"),
    Construct(NAMES, "decorator, attribute or annotation"),
    Construct(NAMES, "conditional definition"),
    Construct(NAMES, "macro"),
    Construct(NAMES, "name that a macro or a call makes"),
    Construct(MEMBERS, "self or this"),
    Construct(MEMBERS, "constructor"),
    Construct(MEMBERS, "declaration of a local"),
    Construct(MEMBERS, "parameter"),
    Construct(MEMBERS, "field"),
    Construct(MEMBERS, "result of a call"),
    Construct(MEMBERS, "chain of two calls"),
    Construct(MEMBERS, "element of a container, in a loop"),
    Construct(MEMBERS, "type argument of a container"),
    Construct(MEMBERS, "type argument of a type of one's own"),
    Construct(MEMBERS, "bound of a type parameter"),
    Construct(MEMBERS, "constant of an enumeration"),
    Construct(MEMBERS, "cast or type test"),
    Construct(MEMBERS, "parameter of a closure"),
    Construct(MEMBERS, "pattern or destructuring"),
    Construct(CLASSES, "constructor call"),
    Construct(CLASSES, "static or class method"),
    Construct(CLASSES, "field that is read"),
    Construct(CLASSES, "property or accessor"),
    Construct(CLASSES, "base of a class", _BASES),
    Construct(CLASSES, "method of the base"),
    Construct(CLASSES, "method of the base's base"),
    Construct(CLASSES, "nearest of several overrides"),
    Construct(CLASSES, "method of an interface, trait or abstract type"),
    Construct(CLASSES, "super"),
    Construct(CLASSES, "override", frozenset({DependencyKind.OVERRIDES})),
    Construct(CLASSES, "mixin, trait or embedded type"),
    Construct(CLASSES, "extension or trait method"),
    Construct(CLASSES, "overload by number of arguments"),
    Construct(CLASSES, "overload by types of arguments"),
    Construct(SEVERAL, "own definition and an imported one"),
    Construct(SEVERAL, "named import and a wildcard"),
    Construct(SEVERAL, "namesake in another package"),
    Construct(SEVERAL, "variable that is assigned anew"),
    Construct(SEVERAL, "variable of an inner scope"),
    Construct(SEVERAL, "member and an outer name"),
    Construct(SEVERAL, "member of two bases"),
    Construct(SEVERAL, "receiver of one of two types"),
    Construct(LIMITS, "type parameter with the name of a class"),
    Construct(LIMITS, "library's type, one class has the method"),
    Construct(LIMITS, "built-in name, another file defines it"),
    Construct(LIMITS, "library"),
    Construct(LIMITS, "dynamic call"),
    Construct(LIMITS, "name of two other files, not imported", is_a_guess=True),
    Construct(LIMITS, "unknown receiver, one class has the method", is_a_guess=True),
    Construct(LIMITS, "unknown receiver, two classes have the method", is_a_guess=True),
)
"""The rows, in order."""

_BY_TITLE = {each.title: each for each in CONSTRUCTS}


class Mark(NamedTuple):
    """A marked name, 0-based."""

    path: str
    line: int
    column: int
    end: int


@dataclass(frozen=True)
class Snippet:
    """One project with its marks, which are not part of the texts."""

    construct: Construct
    files: Mapping[str, str]
    reference: Mark
    definitions: tuple[Mark, ...]


def read_snippets(language: str) -> list[Snippet]:
    """Read the projects of a language."""
    path = Path(__file__).with_suffix("") / f"{file_name(language)}.txt"
    sections = re.split(r"^== ", path.read_text(encoding="utf-8"), flags=re.M)[1:]
    return [_snippet(section, USUAL_PATHS[language]) for section in sections]


def file_name(language: str) -> str:
    """Return what the file of a language is called."""
    return language.lower().replace("+", "p").replace("#", "_sharp")


def _snippet(section: str, usual: str) -> Snippet:
    title, _, body = section.partition("\n")
    parts = re.split(r"^-- (.*)\n", body, flags=re.M)
    texts = {usual: parts[0]} if parts[0].strip() else {}
    texts |= dict(zip(parts[1::2], parts[2::2], strict=True))
    marks = {sign: list(_marked(texts, sign)) for sign in "«‹"}
    assert len(marks["«"]) == 1, f"{title}: one reference must be marked"
    files = {path: _MARKS.sub(r"\1", text).rstrip("\n") + "\n" for path, text in texts.items()}
    return Snippet(_BY_TITLE[title.strip()], files, marks["«"][0], tuple(marks["‹"]))


def _marked(texts: Mapping[str, str], sign: str) -> Iterator[Mark]:
    for path, text in texts.items():
        for number, line in enumerate(text.splitlines()):
            for count, match in enumerate(_MARKS.finditer(line)):
                if match[0][0] == sign:
                    start = match.start() - 2 * count
                    yield Mark(path, number, start, start + len(match[1]))


def outcome(snippet: Snippet) -> str:
    """Extract and link a project; say what became of the marked reference.

    `WRONG` with the targets, if an edge leads to what is not marked, if none of several candidates is marked, or if an
    edge claims to be exact where nothing in the language leads.
    """
    project = Project(snippet.files)
    mark = snippet.reference
    edges = [edge for edge in _edges(project, mark.path) if edge.kind in snippet.construct.kinds and _is_at(mark, edge)]
    meant = {symbol for each in snippet.definitions for symbol in _defined(project, each)}
    if not edges:
        missed = [each for each in project.index.snapshot.unresolved(mark.path) if _is_at(mark, each)]
        if snippet.definitions and not meant:
            return "no symbol"
        return missed[0].reason if missed else "not seen"
    confidence = max(edges, key=lambda edge: list(Confidence).index(edge.confidence)).confidence
    targets = sorted({edge.target for edge in edges})
    others = [target for target in targets if target not in meant]
    wrong = len(others) == len(targets) if confidence is Confidence.AMBIGUOUS else bool(others)
    if wrong or (confidence is Confidence.EXACT and snippet.construct.is_a_guess):
        return f"WRONG {confidence}: {', '.join(targets)}"
    return f"{confidence} {len(targets)}" if confidence is Confidence.AMBIGUOUS else str(confidence)


def _edges(project: Project, path: str) -> Iterator[Dependency]:
    for definition in project.facts(path).outline.definitions:
        yield from project.index.snapshot.dependencies(symbol_id(path, definition.descriptor))


def _is_at(mark: Mark, found: Dependency | Unresolved) -> bool:
    return found.line == mark.line and mark.column <= found.column < mark.end


def _defined(project: Project, mark: Mark) -> Iterator[SymbolId]:
    for definition in project.facts(mark.path).outline.definitions:
        place = definition.selection_range
        if place.start_line == mark.line and mark.column <= place.start_column < mark.end:
            yield symbol_id(mark.path, definition.descriptor)


Found = Mapping[str, Mapping[str, str]]
"""Language -> title -> outcome; those of several forms with a slash between them."""


def outcomes(language: str) -> dict[str, str]:
    """Return what became of the references of all projects of a language."""
    found: dict[str, list[str]] = {}
    for snippet in read_snippets(language):
        found.setdefault(snippet.construct.title, []).append(outcome(snippet))
    return {title: " / ".join(dict.fromkeys(each)) for title, each in found.items()}


HEAD = """\
# What resolution finds and what it does not

Made by `python tests/resolving.py > docs/resolved.md`, from small projects of which every cell has one
(`tests/resolving/`): a reference and the definitions that it truly means. A test compares this page with what happens.

- `exact`, `inferred`: an edge leads to the definition; `ambiguous 2`: two edges, one of them does.
- `dynamic`, `unknown_receiver`, `missing`, `external`, `builtin`, `local`, `ambiguous` (more candidates than four): no
  edge, and `impact` and `callers` know this reason. `not seen`: no edge, and nothing says that there is a reference.
- `no symbol`: what is meant (a field, say) is part of a symbol in this language and none of its own.
- `-`: the language has no such construct. `a / b`: two forms of it end differently.

An edge to another definition would read `WRONG`; the test fails then.
How often edges are right, and how many are found, in code of real projects: [docs/resolution.md](resolution.md)."""

ABOUT: Mapping[str, str] = {
    NAMES: "Calls, where nothing else is said.",
    MEMBERS: "A call of a method. Another class of the project has a method of the same name.",
    CLASSES: "",
    SEVERAL: "There is another candidate, which is not meant; of one of two types, both are.",
    LIMITS: "Nothing here has an edge that is `exact`; no edge, with its reason, is right.",
}


def written(found: Found) -> str:
    """Write the page."""
    lines = [HEAD]
    for section, about in ABOUT.items():
        lines += ["", f"## {section}", "", *([about, ""] if about else [])]
        lines += [f"| | {' | '.join(found)} |", "|---" * (len(found) + 1) + "|"]
        for construct in CONSTRUCTS:
            if construct.section == section:
                cells = (rows.get(construct.title, "-") for rows in found.values())
                lines.append(f"| {construct.title} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main(languages: list[str]) -> None:
    """Print the page; of the named languages, their outcomes alone."""
    for language in languages:
        for title, each in outcomes(language).items():
            sys.stdout.write(f"{title}: {each}\n")
    if not languages:
        sys.stdout.write(written({language: outcomes(language) for language in USUAL_PATHS}))


if __name__ == "__main__":
    main(sys.argv[1:])
