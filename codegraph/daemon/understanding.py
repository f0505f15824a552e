"""How the text of a query was understood, as answers tell it. The language: docs/query_language.md."""

from __future__ import annotations

import msgspec

from codegraph.core.symbols import SymbolKind


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """What a query's own text asked for; all else in it was ordinary words."""

    text: str = ""
    """What was ranked by."""
    kinds: tuple[SymbolKind, ...] = ()
    languages: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    """Globs, of which one fits."""
    not_paths: tuple[str, ...] = ()
    """Globs, of which none fits."""
    containers: tuple[str, ...] = ()
    """From `in:`."""
    calls: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    """What stood in quotes."""
    not_filters: tuple[str, ...] = ()
    """What was written as a filter and was read as words, because its value means nothing: `lang:klingon`."""
    nowhere: tuple[str, ...] = ()
    """Words that stand in no name, string, documentation or path of the index: results have the others, or are near
    in meaning."""
    read_as: dict[str, str] = msgspec.field(default_factory=dict)
    """Words that stand nowhere, and the name that was looked for instead, in lower case, or the roots of words."""
