"""What is refreshed after each kind of edit, in each language: one small project many times over, edited in many ways.

In every language `far` calls `middle`, `middle` calls `leaf`, each in a file of its own; `Derived` of the second file
has its base, `Base`, in the first (tests/refreshing.txt). An edit changes the first file, or what is beside it.
`observed` makes it in a real project and says what was embedded again and which files were linked again; `written`
puts all of it into the table that is docs/refreshed.md:

    python tests/refreshing.py > docs/refreshed.md

Tests: tests/integration/test_refreshed.py.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from workbench import Workbench

from codegraph.core.symbols import SymbolId


class Refreshed(NamedTuple):
    """What an edit led to."""

    embedded: tuple[str, ...]
    """Symbols that were embedded again or anew, files as <name>."""
    linked: tuple[str, ...]
    """Files that were linked again."""


@dataclass(frozen=True)
class Sources:
    """One language's project. The first file has what edits look for: `count`, 41, `Returns the answer.`, MEMBER."""

    texts: Mapping[str, str]
    names: tuple[str, str, str]
    """The paths of the three files."""
    member: str
    """What stands for MEMBER after a member was added to Base."""
    comment: str

    @property
    def first(self) -> str:
        """The first file before the edit."""
        return self.texts[self.names[0]].replace("MEMBER\n", "")

    def files(self) -> dict[str, str]:
        """Return the project before the edit."""
        return {**self.texts, self.names[0]: self.first}


Edit = Callable[[Workbench, Sources], None]


def _changed(old: str, new: str) -> Edit:
    def edit(bench: Workbench, sources: Sources) -> None:
        assert old in sources.first, f"{sources.names[0]} has no {old}"
        bench.write({sources.names[0]: sources.first.replace(old, new)})

    return edit


def _member(bench: Workbench, sources: Sources) -> None:
    name = sources.names[0]
    bench.write({name: sources.texts[name].replace("MEMBER\n", sources.member)})


def _comment(bench: Workbench, sources: Sources) -> None:
    bench.write({sources.names[0]: f"{sources.first}\n\n{sources.comment}nothing that anybody reads\n"})


def _delete(bench: Workbench, sources: Sources) -> None:
    bench.delete(sources.names[0])


def _namesake(bench: Workbench, sources: Sources) -> None:
    path = Path(sources.names[0])
    bench.write({f"elsewhere/deeper/{path.name}": sources.first.replace("shop", "yard")})


EDITS: Mapping[str, Edit] = {
    "a comment and blank lines are added": _comment,
    "the body of `leaf` changes": _changed("41", "40 + 2"),
    "the documentation of `leaf` changes": _changed("Returns the answer.", "Says what it is."),
    "a parameter of `leaf` is renamed": _changed("count", "amount"),
    "`leaf` is renamed": _changed("leaf", "root"),
    "a member is added to `Base`": _member,
    "`Base` is renamed": _changed("Base", "Ground"),
    "the file of `leaf` and `Base` is deleted": _delete,
    "a file with the same names appears in another folder": _namesake,
}


def _read(text: str) -> dict[str, Sources]:
    """Read the projects of all languages: sections that begin with `=== language path`, three source files first."""
    found: dict[str, dict[str, str]] = {}
    for section in text.split("\n=== ")[1:]:
        header, _, body = section.partition("\n")
        language, _, path = header.partition(" ")
        found.setdefault(language, {})[path] = body.rstrip("\n") + "\n"
    return {language: _sources(language, files) for language, files in found.items()}


def _sources(language: str, files: dict[str, str]) -> Sources:
    member = files.pop("MEMBER")
    first, second, third, *_ = files
    return Sources(files, (first, second, third), member, "# " if language in ("Python", "Ruby") else "// ")


LANGUAGES: Mapping[str, Sources] = _read(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8"))


def observed(sources: Sources, edit: Edit, directory: Path) -> Refreshed:
    """Make an edit in a fresh project, compare with a clean build, and say what was done again."""
    bench = Workbench(directory)
    try:
        bench.write(sources.files())
        bench.update()
        batches, deltas = len(bench.batches), len(bench.deltas)
        edit(bench, sources)
        bench.update()
        bench.check()
        embedded = set(bench.embedded(batches))
        snapshot = bench.view.snapshot
        symbols = [symbol for symbol in snapshot.places if snapshot.wanted(symbol) in embedded]
        linked = {Path(path).name for delta in bench.deltas[deltas:] for path in delta.relinked}
        return Refreshed(tuple(sorted(map(_shown, symbols))), tuple(sorted(linked)))
    finally:
        bench.close()


DOCUMENTS: Mapping[str, str] = {
    "README.md": "# Leaf\nUse `leaf()`.\n\n# Middle\nUse `middle()`.\n\n# Base\nUse `Base`.\n\n# Other\nText.\n",
    "guide.rst": "Leaf\n====\n:func:`leaf`\n\nMiddle\n======\n:func:`middle`\n\nBase\n====\n:class:`Base`\n",
}
"""Documents that stand beside the Python project for the second table."""


def documented(edit: Edit, directory: Path) -> tuple[str, ...]:
    """Make an edit of the Python project with documents beside it; say which of their sections were embedded again."""
    sources = LANGUAGES["Python"]
    beside = Sources({**sources.texts, **DOCUMENTS}, sources.names, sources.member, sources.comment)
    found = observed(beside, edit, directory)
    return tuple(name for name in found.embedded if name.endswith(":"))


def _document(bench: Workbench, sources: Sources) -> None:
    bench.write({name: text.replace("Leaf", "Leaves") for name, text in DOCUMENTS.items()})


def _wrapped(bench: Workbench, sources: Sources) -> None:
    bench.write({name: text.replace("Use ", "Use\n") + "\n" for name, text in DOCUMENTS.items()})


DOCUMENT_EDITS: Mapping[str, Edit] = {
    "lines of the documents are wrapped anew": _wrapped,
    "the heading `Leaf` becomes `Leaves`": _document,
}


def _shown(symbol: SymbolId) -> str:
    """Return a symbol's own name, a file's as <name>; the same in every language."""
    path, _, descriptor = symbol.rpartition("/")
    if not descriptor:
        return f"<{Path(path).stem.lower()}>"
    if descriptor.endswith(":"):
        return f"{Path(path).name} {descriptor}"
    return re.split(r"[#.]", descriptor.rstrip("#.()"))[-1].rstrip("()").lower()


HEAD = """\
# What is refreshed after an edit

Made by `python tests/refreshing.py > docs/refreshed.md`, from edits of real projects; a test compares it with what
happens. In every language `far` calls `middle` and `middle` calls `leaf`, each in a file of its own (`first`, `second`,
`third`); `Derived` in the second file has `Base` in the first as its base (in Go as a part, in C as the type of its
member `base`). The settings are the defaults, so a change of a signature is felt one step away. Whatever is not named
kept its vector. A name in angle brackets is a file as a whole. Every row was also compared with a clean build.

| after | embedded again | in |
|---|---|---|"""


DOCUMENTS_HEAD = """
## Documents

Beside the Python project `README.md` and `guide.rst` each have a section that names `leaf`, one that names `middle` and
one that names `Base`. A section goes stale as a caller would: with its own words, and with the interface of what it
names; not with its body. No edit of a document embeds any code again.

| after | sections embedded again |
|---|---|"""


def written(found: Mapping[str, Mapping[str, Refreshed]]) -> str:
    """Write the page: for every edit, what was embedded again, languages with the same answer together."""
    lines = [HEAD]
    for edit in EDITS:
        groups: dict[tuple[str, ...], list[str]] = {}
        for language, rows in found.items():
            groups.setdefault(rows[edit].embedded, []).append(language)
        for embedded, languages in groups.items():
            where = "every language" if len(groups) == 1 else ", ".join(languages)
            lines.append(f"| {edit} | {', '.join(embedded) or 'nothing'} | {where} |")
    return "\n".join(lines) + "\n"


def documents_written(found: Mapping[str, tuple[str, ...]]) -> str:
    """Write the second table: for every edit, which sections of documents were embedded again."""
    rows = (f"| {edit} | {', '.join(name.rstrip(':') for name in names) or 'none'} |" for edit, names in found.items())
    return "\n".join((DOCUMENTS_HEAD, *rows)) + "\n"


def main() -> None:
    """Make every edit in every language and print the page."""
    found: dict[str, dict[str, Refreshed]] = {}
    for language, sources in LANGUAGES.items():
        for name, edit in EDITS.items():
            with tempfile.TemporaryDirectory() as directory:
                found.setdefault(language, {})[name] = observed(sources, edit, Path(directory).resolve())
    sections: dict[str, tuple[str, ...]] = {}
    for name, edit in {**EDITS, **DOCUMENT_EDITS}.items():
        with tempfile.TemporaryDirectory() as directory:
            sections[name] = documented(edit, Path(directory).resolve())
    sys.stdout.write(written(found) + documents_written(sections))


if __name__ == "__main__":
    main()
