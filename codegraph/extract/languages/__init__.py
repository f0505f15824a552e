"""The languages that can be indexed, and how a file's language is told from its name and first bytes.

A language's folder is loaded when its spec is first asked for: a start waits for none of them, and a process that
extracts for those alone that it meets.

Adding one: a folder with a SPEC and its query files (see `spec`), one line in `known`, and the grammar's wheel in
pyproject.toml; or a package of its own (`core/plugins.py`). Tests: tests/unit/extract/test_extract_languages.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from codegraph.core import plugins
from codegraph.errors import ConfigError
from codegraph.extract.languages.known import OWN_LANGUAGES, KnownLanguage

if TYPE_CHECKING:
    from codegraph.extract.languages.spec import LanguageSpec

KNOWN: Mapping[str, KnownLanguage] = MappingProxyType(
    {
        each.name: each
        for each in (*(each for plugin in plugins.found().plugins for each in plugin.languages), *OWN_LANGUAGES)
    }
)
"""Those of plug-ins first: what both claim is ours."""


class _Specs(Mapping[str, "LanguageSpec"]):
    """The spec of each language, loaded at the first question."""

    def __getitem__(self, name: str) -> LanguageSpec:
        return _loaded(name)

    def __iter__(self) -> Iterator[str]:
        return iter(KNOWN)

    def __len__(self) -> int:
        return len(KNOWN)


@cache
def _loaded(name: str) -> LanguageSpec:
    known = KNOWN[name]
    if known in OWN_LANGUAGES:
        module = import_module(f"{__name__}.{known.folder or name.replace('-', '_')}")
        spec: LanguageSpec = module.SPECS[name] if known.folder else module.SPEC
        return spec
    of_plugins: Iterator[LanguageSpec] = (spec for plugin in plugins.found().plugins for spec in plugin.specs)
    return next(spec for spec in of_plugins if spec.name == name)


LANGUAGES: Mapping[str, LanguageSpec] = _Specs()

_BY_EXTENSION = MappingProxyType({extension: each.name for each in KNOWN.values() for extension in each.extensions})
_BY_FILE_NAME = MappingProxyType({name: each.name for each in KNOWN.values() for name in each.file_names})
_BY_PATTERN = tuple((pattern, each.name) for each in KNOWN.values() for pattern in each.name_patterns)
_BY_INTERPRETER = MappingProxyType({name: each.name for each in KNOWN.values() for name in each.interpreters})
_CPP = re.compile(
    rb"^[ \t]*(?:enum\s+(?:(?:class|struct)\s+)?\w+\s*:\s*[A-Za-z_]"
    rb"|class\s+(?:[A-Z_]+(?:\([^)\n]*\))?\s+)?\w+\s*(?:final\s*)?[{:;]"
    rb"|(?:inline\s+)?namespace\b[\w: \t]*[\n{]|template\s*<|using\s+(?:namespace\s+)?[\w:]+\s*[;=]"
    rb"|(?:public|protected|private)\s*:\s*$|#\s*include\s*<\w+>|virtual\s+[\w~]"
    rb"|struct\s+(?:[A-Z_][A-Z_0-9]*(?:\([^)\n]*\))?\s+)?(\w+)\s*(?::\s*[A-Za-z_]|\{[^{}]*?[;{\s]\1\s*\())"
    rb"|-\*-\s*C\+\+|\bstd::\w|\b(?:static|const|reinterpret)_cast<|\bconst\s+[A-Za-z_][\w:]*\s*&\s*\w"
    rb"|\boperator\s*[=<>+\-*(\[!]",
    re.MULTILINE,
)
"""What a header says somewhere when it is C++: a standard header without ".h" is enough."""
_SILENT = re.compile(
    rb"/\*.*?\*/|//[^\n]*"
    rb"|^[ \t]*#[ \t]*if(?:def[ \t]+|[ \t(]*defined[ \t(]*)__cplusplus\b.*?^[ \t]*#[ \t]*(?:else|endif)\b",
    re.DOTALL | re.MULTILINE,
)
"""What says nothing of a header's language: comments, and what a header of C says to C++ only."""
_DIRECTIVE = re.compile(rb"/\*.*?\*/|//[^\n]*|^[ \t]*#(?:[^\\\n]|\\\r?\n|\\.)*", re.DOTALL | re.MULTILINE)
_PREPROCESSED = re.compile(rb"^[ \t]*#[ \t]*(?:include|if|ifdef|ifndef|define)\b", re.MULTILINE)
"""What a file named `*.inc` that has no PHP in it says when C or C++ includes it."""
_INTERPRETER = re.compile(rb"#![ \t]*(?:\S*/)?([^/\s]+)(?:[ \t]+(?:-\S+[ \t]+)*([^/\s]+))?")


def check_languages(names: Iterable[str]) -> None:
    """Raise ConfigError at a name of `source.languages` that is no language, for which every file would be left out."""
    for name in names:
        if name not in KNOWN:
            raise ConfigError(f"source.languages: there is no language {name!r}", f"one of: {', '.join(KNOWN)}")


def language_of(path: str, head: bytes) -> str | None:
    """Tell a file's language: by its name, else by its extension, else by the `#!` line in its first bytes.

    The last two extensions count before the last one: `.blade.php`.
    A header is C++ if something in the bytes given says so, outside of comments and of what only C++ is shown; there,
    too, if it shows C nothing but directives.
    """
    name = path.rpartition("/")[2]
    if name in _BY_FILE_NAME:
        return _BY_FILE_NAME[name]
    stem, dot, extension = name.rpartition(".")
    if dot and stem:
        language = _BY_EXTENSION.get(name[stem.rfind(".") :].lower()) if "." in stem else None
        language = language or _BY_EXTENSION.get("." + extension.lower())
        if language is None:
            return next((known for pattern, known in _BY_PATTERN if fnmatchcase(name, pattern)), None)
        if language == "php" and extension == "inc" and b"<?" not in head and _PREPROCESSED.search(head):
            language = "c"
        return "cpp" if language == "c" and extension != "c" and _is_cpp(head) else language
    return _of_interpreter(head)


def _is_cpp(head: bytes) -> bool:
    if _CPP.search(head) is None:
        return False
    for_both = _SILENT.sub(b" ", head)
    if _CPP.search(for_both) is None:  # C++ all the same, if nothing but directives is left for C
        return not _DIRECTIVE.sub(b"", for_both).strip() and _CPP.search(_DIRECTIVE.sub(b"", head)) is not None
    return True


def _of_interpreter(head: bytes) -> str | None:
    match = _INTERPRETER.match(head)
    if match is None:
        return None
    program, argument = match.group(1), match.group(2) or b""
    interpreter = (argument if program == b"env" else program).decode("ascii", "replace")
    return _BY_INTERPRETER.get(interpreter) or _BY_INTERPRETER.get(interpreter.rstrip("0123456789."))
