"""What the lexical index reads of a symbol: one document, seven fields.

name, qualified name, signature, docstring, path, body, and what it defines. Documents carry tokens, not terms: the
split into terms happens once per distinct token when the index takes them (see `analysis`). Documents are made of
`OwnInput` and the symbol's place, and of nothing else, so they change exactly when one of these does.
Pure. Tests: tests/unit/search/test_search_documents.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from codegraph.core.facts import OwnInput
from codegraph.core.symbols import SymbolId, SymbolKind, descriptor_parts, symbol_id
from codegraph.search.analysis import defined


class LexicalDocument(NamedTuple):
    """One symbol as the lexical index sees it."""

    symbol: SymbolId
    kind: SymbolKind
    language: str
    name: str
    qualified_name: str
    """Dotted: `Class.method`."""
    signature: str
    docstring: str
    body: tuple[str, ...]
    """Canonical tokens."""


class KeptDocument(NamedTuple):
    """Stands for a document that is as it was when its file's documents were handed in last."""

    symbol: SymbolId


class FileDocuments(NamedTuple):
    """All documents of one file; they are replaced together."""

    path: str
    tag: bytes
    """Whatever tells the owner whether these documents are still right: the digest of the file's bytes."""
    documents: tuple[LexicalDocument | KeptDocument, ...]
    sources: tuple[bytes, ...] = ()
    """What each document was made of, by digest; () if nobody will ask for that (see `edited.EditedFiles`)."""


def make_document(path: str, descriptor: str, own: OwnInput) -> LexicalDocument:
    """Make the document of one definition of the file at `path`."""
    qualified = qualified_name(descriptor) or module_name(path)
    return LexicalDocument(
        symbol=symbol_id(path, descriptor),
        kind=own.kind,
        language=own.language,
        name=own.name or qualified,
        qualified_name=qualified,
        signature=own.signature,
        docstring=own.docstring,
        body=own.tokens,
    )


def definitions(path: str, qualified: str) -> tuple[str, ...]:
    """Return the terms that say what a symbol is the definition of: its name, alone and within what is around it.

    Around a symbol of the top level are its module and its folder, which some languages call the package.
    """
    *around, name = qualified.split(".")
    containers = around[-1:] or dict.fromkeys((module_name(path), path.rpartition("/")[0].rpartition("/")[2]))
    return (defined(name), *(defined(container, name) for container in containers if container not in ("", name)))


def qualified_name(descriptor: str) -> str:
    """Return the dotted name that a descriptor spells: `Cls#method(+1).` is `Cls.method`; "" for a module."""
    if "`" in descriptor or "(+" in descriptor:
        return ".".join(name for name, _ in descriptor_parts(descriptor))
    return descriptor.replace("().", ".").replace("#", ".").replace(":", ".")[:-1]


def file_stem(path: str) -> str:
    """Return a file's name without its last ending, `Client.Json` of `Client.Json.cs`; for an index file its folder."""
    folder, _, name = path.rpartition("/")
    if name.partition(".")[0] in INDEX_FILES and folder:
        return folder.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def module_name(path: str) -> str:
    """Return what a file is called by those who import it: its stem, or its folder's for an index file."""
    parts = path.split("/")
    name = parts[-1].partition(".")[0]
    if name in INDEX_FILES and len(parts) > 1:
        return parts[-2]
    return name


INDEX_FILES = frozenset({"__init__", "__main__", "index", "mod"})
"""Stems of files that stand for their folder."""


def portions(files: Sequence[FileDocuments], most: int) -> list[list[FileDocuments]]:
    """Cut files into portions of at most so many documents, a larger file alone."""
    portions: list[list[FileDocuments]] = []
    room = 0
    for file in files:
        if not portions or len(file.documents) > room:
            portions.append([])
            room = most
        portions[-1].append(file)
        room -= len(file.documents)
    return portions
