"""The names of things: symbol identifiers, kinds, ranges, dependencies.

A *symbol* is a definition that can be searched for, depended on and embedded. Its identifier is
the path of its file, a slash, and a descriptor in SCIP's grammar (scip.proto, message `Symbol`):

    src/pkg/mod.py/                     the module itself (empty descriptor)
    src/pkg/mod.py/Cls#                 a class, interface or enum      (suffix `#`)
    src/pkg/mod.py/Cls#method().        a method or function            (suffix `().`)
    src/pkg/mod.py/Cls#method(+1).      the second definition of that name in that scope
    src/pkg/mod.py/LIMIT.               a constant                      (suffix `.`)
    src/pkg/mod.py/LIMIT.(+1)           the second constant of that name: SCIP numbers only methods, and
                                        LIMIT(+1). is the second method of that name
    docs/guide.md/first-steps:          a section of a document, by its heading's slug (suffix `:`), in the section
                                        around it; `first-steps:(+1)` is the second of that slug there

There are no lines and no bytes in an identifier, so it survives every edit that does not rename
the symbol or move its file. Names outside [A-Za-z0-9_+$-] are escaped with backticks, as in SCIP.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, StrEnum
from types import MappingProxyType, SimpleNamespace
from typing import NewType, TypeVar, cast

import msgspec

from codegraph.core.words import words

SymbolId = NewType("SymbolId", str)
"""Path, slash, descriptor. Unique in a project."""

OwnDigest = NewType("OwnDigest", bytes)
"""blake2b-128 of everything `render` reads from the definition itself. 16 bytes."""

SignatureDigest = NewType("SignatureDigest", bytes)
"""blake2b-128 of the canonical signature: the symbol's interface. 16 bytes."""

EmbeddingKey = NewType("EmbeddingKey", bytes)
"""blake2b-128 of everything the encoder consumes for one symbol. 16 bytes."""

NO_KEY = EmbeddingKey(b"")
"""Stands where no key was computed yet, and where nothing is wanted because the model is undecided."""

BlobDigest = NewType("BlobDigest", bytes)
"""blake2b-128 of a file's bytes. 16 bytes."""


_Members = TypeVar("_Members", bound=Enum)


def members_of(enumeration: type[_Members]) -> type[_Members]:
    """Return what has the members as attributes: Python 3.11 takes ten times as long to look one up in the class."""
    return cast(type[_Members], SimpleNamespace(**enumeration.__members__))


class SymbolKind(StrEnum):
    """What a definition is; a subset of LSP's SymbolKind."""

    MODULE = "module"
    CLASS = "class"
    INTERFACE = "interface"
    ENUM = "enum"
    FUNCTION = "function"
    METHOD = "method"
    CONSTANT = "constant"
    SECTION = "section"
    """Of a document: a heading with what stands below it. LSP calls it String (15)."""


CALLABLE_KINDS = frozenset({SymbolKind.FUNCTION, SymbolKind.METHOD})
TYPE_KINDS = frozenset({SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.ENUM})

DOCUMENT_LANGUAGES = frozenset({"markdown", "rst"})
"""Languages of documents: their files have sections, which refer to code; no code refers to them."""

COMPONENT_LANGUAGES = frozenset({"vue", "svelte", "astro"})
"""Languages of components: JavaScript or TypeScript between markup. A file that exports no default is one itself."""
SCRIPT_LANGUAGES = frozenset({"javascript", "typescript", "tsx"}) | COMPONENT_LANGUAGES

PYTHON_LANGUAGES = frozenset({"python", "jupyter"})
NOTEBOOK_LANGUAGES = frozenset({"jupyter"})
"""Their files hold results beside the code, in lines of any length."""

UNPARSED_LANGUAGES = words(
    """
    html jinja handlebars go-template ejs heex jsp freemarker velocity mako aspx razor haml slim pug xaml coffeescript
    groovy dart qml objective-c opencl yacc x-macros assembly cython clojure f_sharp ocaml visual_basic erlang julia r
    perl entry-points
    """
)
"""Templates, and languages without a grammar here: of their files only the words are read, see `Unresolved.reason`."""

TOLD_BY_CONTENTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {"c": frozenset({"cpp"}), "php": frozenset({"c", "cpp"})}
)
"""What a file may turn out to be, beside the language that its name claims: `.h` is C or C++, `.inc` PHP or these."""

SETTING_LANGUAGES = frozenset({"json-config", "go-mod", "cargo"})
"""Languages of files without symbols that only say what names in others mean."""


class DependencyKind(StrEnum):
    """How one symbol depends on another."""

    CALLS = "calls"
    INHERITS = "inherits"
    IMPLEMENTS = "implements"
    USES_TYPE = "uses_type"
    OVERRIDES = "overrides"
    REFERENCES = "references"
    IMPORTS = "imports"
    CONTAINS = "contains"


CONTEXT_KINDS = frozenset(
    {
        DependencyKind.CALLS,
        DependencyKind.INHERITS,
        DependencyKind.IMPLEMENTS,
        DependencyKind.USES_TYPE,
    }
)
"""The kinds whose targets' signatures enter the embedding of the source; from a document, `references` does, too."""


class Confidence(StrEnum):
    """How sure linking is of an edge."""

    EXACT = "exact"
    """Found by the language's own lookup rules."""
    INFERRED = "inferred"
    """Found through an inferred type, or as the only definition of that name in the project."""
    AMBIGUOUS = "ambiguous"
    """One of several candidates; all of them (at most four) have an edge."""


KIND = members_of(SymbolKind)
EDGE = members_of(DependencyKind)
SURE = members_of(Confidence)


class Freshness(StrEnum):
    """What a reader may believe of a symbol's vector."""

    FRESH = "fresh"
    """The served vector has the wanted key."""
    STALE = "stale"
    """A vector is served, but of an older key (or of another model); the wanted one is on its way."""
    PENDING = "pending"
    """No vector yet: only lexical and graph answers hold."""


class CloneKind(StrEnum):
    """How much two clones have in common, the closest first."""

    EXACT = "exact"
    """Equal canonical tokens: only comments, layout and docstrings differ (type 1)."""
    RENAMED = "renamed"
    """Equal but for a consistent renaming, and for literals (type 2)."""
    NEAR = "near"
    """So many equal runs of tokens as the threshold says (type 3)."""
    SEMANTIC = "semantic"
    """Functions that call the same and touch the same members, as often, however they are written (type 4)."""


class Range(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A stretch of a file. Bytes are offsets; lines are 0-based; columns are UTF-16 code units (LSP 3.17)."""

    start_byte: int
    end_byte: int
    start_line: int
    start_column: int
    end_line: int
    end_column: int


_PLAIN_NAME = re.compile(r"[A-Za-z0-9_+$-]+\Z")
_SUFFIX = {
    SymbolKind.CLASS: "#",
    SymbolKind.INTERFACE: "#",
    SymbolKind.ENUM: "#",
    SymbolKind.FUNCTION: "().",
    SymbolKind.METHOD: "().",
    SymbolKind.CONSTANT: ".",
    SymbolKind.SECTION: ":",
}
_PART = re.compile(r"(?:`((?:[^`]|``)*)`|([\w+$-]+))(\(\+\d+\))?(\(\)\.|[#.:])(?:\(\+\d+\))?")


def descriptor_of(container: str, name: str, kind: SymbolKind, ordinal: int) -> str:
    """Return the SCIP descriptor of a definition inside `container` (itself a descriptor, or "").

    `ordinal` is 0 for the first definition of `name` with that suffix in its scope, 1 for the next.
    Raises KeyError for a module, which has the empty descriptor.
    """
    escaped = name if _PLAIN_NAME.match(name) else "`" + name.replace("`", "``") + "`"
    suffix = _SUFFIX[kind]
    if ordinal:
        number = f"(+{ordinal})"
        suffix = suffix + number if suffix in (".", ":") else number + suffix.removeprefix("()")
    return f"{container}{escaped}{suffix}"


def descriptor_parts(descriptor: str) -> list[tuple[str, str]]:
    """Return the names that a descriptor spells, outermost first, each with its suffix: "#", ".", "().", ":"."""
    return [
        (escaped.replace("``", "`") if escaped else plain, "()." if numbered and suffix == "." else suffix)
        for escaped, plain, numbered, suffix in _PART.findall(descriptor)
    ]


def names_between(container: str, descriptor: str) -> list[str]:
    """Return the names that a descriptor has between that of its container and its own: those its own text says.

    C++'s `void A::f() {}` in a file without the class A has the container "" and the descriptor "A#f().".
    """
    own = descriptor[len(container) :] if descriptor.startswith(container) else ""
    return [name for name, _ in descriptor_parts(own)[:-1]] if "#" in own[:-1] else []


def container_of(descriptor: str) -> tuple[str, str]:
    """Return the descriptor of what a definition stands in, "" for the module, and the definition's name."""
    *_, last = [each.start() for each in _PART.finditer(descriptor)] or [0]
    parts = descriptor_parts(descriptor[last:])
    return descriptor[:last], parts[0][0] if parts else ""


def symbol_id(path: str, descriptor: str) -> SymbolId:
    """Join a project-relative POSIX path and a descriptor."""
    return SymbolId(f"{path}/{descriptor}")
