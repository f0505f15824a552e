"""The languages that can be indexed, and how a file's language is told from its name and first bytes.

Adding one: a folder with a SPEC and its query files (see `spec`), one line here, and the grammar's wheel in
pyproject.toml; or a package of its own (`core/plugins.py`). Tests: tests/unit/extract/test_extract_languages.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from codegraph.core import plugins
from codegraph.extract.languages import (
    bash,
    c,
    c_sharp,
    cargo,
    cpp,
    elixir,
    go,
    go_mod,
    haskell,
    java,
    javascript,
    json_config,
    kotlin,
    lua,
    markdown,
    php,
    python,
    rst,
    ruby,
    rust,
    scala,
    swift,
    typescript,
    zig,
)
from codegraph.extract.languages.spec import LanguageSpec

_SPECS: tuple[LanguageSpec, ...] = (
    python.SPEC,
    javascript.SPEC,
    typescript.SPEC,
    typescript.TSX_SPEC,
    json_config.SPEC,
    java.SPEC,
    go.SPEC,
    go_mod.SPEC,
    rust.SPEC,
    cargo.SPEC,
    c.SPEC,
    cpp.SPEC,
    c_sharp.SPEC,
    ruby.SPEC,
    php.SPEC,
    kotlin.SPEC,
    swift.SPEC,
    scala.SPEC,
    lua.SPEC,
    bash.SPEC,
    haskell.SPEC,
    elixir.SPEC,
    zig.SPEC,
    markdown.SPEC,
    rst.SPEC,
)

_ALL: tuple[LanguageSpec, ...] = (*(spec for plugin in plugins.found().plugins for spec in plugin.specs), *_SPECS)
"""Those of plug-ins first: what both claim is ours."""

LANGUAGES: Mapping[str, LanguageSpec] = MappingProxyType({spec.name: spec for spec in _ALL})

_BY_EXTENSION = MappingProxyType({extension: spec.name for spec in _ALL for extension in spec.extensions})
_BY_FILE_NAME = MappingProxyType({name: spec.name for spec in _ALL for name in spec.file_names})
_BY_INTERPRETER = MappingProxyType({name: spec.name for spec in _ALL for name in spec.interpreters})
_CPP = re.compile(
    rb"^[ \t]*(?:class\s+(?:[A-Z_]+(?:\([^)\n]*\))?\s+)?\w+\s*(?:final\s*)?[{:;]"
    rb"|(?:inline\s+)?namespace\b[\w: \t]*[\n{]|template\s*<|using\s+(?:namespace\s+)?[\w:]+\s*[;=]"
    rb"|(?:public|protected|private)\s*:\s*$|#\s*include\s*<\w+>)"
    rb"|-\*-\s*C\+\+|\bstd::\w|\bstatic_cast<|\boperator\s*[=<>+\-*(\[!]",
    re.MULTILINE,
)
"""What a header says somewhere when it is C++: a standard header without ".h" is enough."""
_SILENT = re.compile(
    rb"/\*.*?\*/|//[^\n]*"
    rb"|^[ \t]*#[ \t]*if(?:def[ \t]+|[ \t(]*defined[ \t(]*)__cplusplus\b.*?^[ \t]*#[ \t]*(?:else|endif)\b",
    re.DOTALL | re.MULTILINE,
)
"""What says nothing of a header's language: comments, and what a header of C says to C++ only."""
_PREPROCESSED = re.compile(rb"^[ \t]*#[ \t]*(?:include|if|ifdef|ifndef|define)\b", re.MULTILINE)
"""What a file named `*.inc` that has no PHP in it says when C or C++ includes it."""
_INTERPRETER = re.compile(rb"#![ \t]*(?:\S*/)?([^/\s]+)(?:[ \t]+(?:-\S+[ \t]+)*([^/\s]+))?")


def language_of(path: str, head: bytes) -> str | None:
    """Tell a file's language: by its name, else by its extension, else by the `#!` line in its first bytes.

    A header is C++ if something in the bytes given says so, outside of comments and of what only C++ is shown.
    """
    name = path.rpartition("/")[2]
    if name in _BY_FILE_NAME:
        return _BY_FILE_NAME[name]
    stem, dot, extension = name.rpartition(".")
    if dot and stem:
        language = _BY_EXTENSION.get("." + extension.lower())
        if language == "php" and extension == "inc" and b"<?" not in head and _PREPROCESSED.search(head):
            language = "c"
        return "cpp" if language == "c" and extension != "c" and _is_cpp(head) else language
    return _of_interpreter(head)


def _is_cpp(head: bytes) -> bool:
    return _CPP.search(head) is not None and _CPP.search(_SILENT.sub(b" ", head)) is not None


def _of_interpreter(head: bytes) -> str | None:
    match = _INTERPRETER.match(head)
    if match is None:
        return None
    program, argument = match.group(1), match.group(2) or b""
    interpreter = (argument if program == b"env" else program).decode("ascii", "replace")
    return _BY_INTERPRETER.get(interpreter) or _BY_INTERPRETER.get(interpreter.rstrip("0123456789."))
