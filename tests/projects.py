"""An in-memory project for tests: text in, facts by the real extractor, one index over it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from codegraph.config import CascadeConfig
from codegraph.core.changes import ChangeSet, IndexDelta
from codegraph.core.facts import FileFacts, Occurrences
from codegraph.core.routes import Routes
from codegraph.core.symbols import BlobDigest, SymbolId
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.languages import language_of
from codegraph.graph.index import Index

MODEL = b"m" * 16
LANGUAGES = {
    ".py": "python",
    ".js": "javascript",
    ".ts": "typescript",
    ".tsx": "tsx",
    ".vue": "vue",
    ".svelte": "svelte",
    ".astro": "astro",
    ".json": "json-config",
    ".go": "go",
    ".mod": "go-mod",
    ".java": "java",
    ".php": "php",
    ".rb": "ruby",
    ".c": "c",
    ".inc": "c",
    ".h": "c",
    ".rs": "rust",
    ".toml": "cargo",
    ".cs": "c_sharp",
    ".cc": "cpp",
    ".hh": "cpp",
    ".md": "markdown",
    ".rst": "rst",
}

_facts: dict[tuple[bytes, str], FileFacts] = {}


def facts_of(path: str, text: str) -> FileFacts:
    """Extract one text; equal texts are extracted once in a test run."""
    data = text.encode()
    language = (
        "blade"
        if path.endswith(".blade.php")
        else LANGUAGES.get(path[path.rindex(".") :]) or language_of(path, data) or ""
    )
    if (data, language) not in _facts:
        _facts[data, language] = extract(data, language, Limits())
    return _facts[data, language]


class Project:
    """A tree of texts and the index that follows it, to two steps of context: from there on distances matter."""

    def __init__(self, files: Mapping[str, str] | None = None, **seams: Any) -> None:
        self.files: dict[str, str] = {}
        self.occurrences: dict[tuple[str, BlobDigest], Occurrences] = {}
        self.seams = {"cascade": CascadeConfig(depth=2), "routes": Routes(MODEL)} | seams
        self.index = self.new_index()
        self.delta = IndexDelta(0)
        if files:
            self.change(files)

    def new_index(self, **seams: Any) -> Index:
        """Return an empty index over the same store of occurrences."""
        return Index(**({"instance": "test", "load_occurrences": self.load} | self.seams | seams))

    def load(self, language: str, blob: BlobDigest) -> Occurrences:
        """Stand in for the store."""
        return self.occurrences[language, blob]

    def facts(self, path: str) -> FileFacts:
        """Return a file's facts, and store its occurrences."""
        found = facts_of(path, self.files[path])
        self.occurrences[found.outline.language, found.blob] = found.occurrences
        return found

    def change_set(self, changes: Mapping[str, str | None]) -> ChangeSet:
        """Write the files (None deletes) and return what came in."""
        for path, text in changes.items():
            if text is None:
                self.files.pop(path, None)
            else:
                self.files[path] = text
        return ChangeSet({path: None if text is None else self.facts(path) for path, text in changes.items()})

    def change(self, changes: Mapping[str, str | None]) -> IndexDelta:
        """Write the files (None deletes) and apply the change set."""
        self.delta = self.index.apply(self.change_set(changes))
        return self.delta

    def clean(self, **seams: Any) -> Index:
        """Build the present tree from nothing, without test seams."""
        index = self.new_index(**({"table": _default("table"), "marking": _default("marking")} | seams))
        index.apply(ChangeSet({path: self.facts(path) for path in self.files}))
        return index

    def edges(self, symbol: str, *kinds: str) -> list[str]:
        """Return a symbol's edges as text: "kind target", `contains` left out unless asked for."""
        found = self.index.snapshot.dependencies(SymbolId(symbol))
        wanted: Callable[[str], bool] = (lambda kind: kind in kinds) if kinds else (lambda kind: kind != "contains")
        return [f"{edge.kind} {edge.target}" for edge in found if wanted(edge.kind)]


def _default(name: str) -> Any:
    return Index.__init__.__kwdefaults__[name]
