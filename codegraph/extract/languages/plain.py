"""What languages share that are told by queries alone: definitions, calls, types, documentation comments.

`plain_spec` makes a `LanguageSpec` of a folder with three or four query files and a few facts. Nothing is
imported: every call, type and base that the queries capture is a reference by name, and the plain scheme of
resolution says how sure it is of what it finds. `bindings.scm`, where there is one, has patterns of the form
"bound" whose @target is a local name. A language with a resolution scheme of its own outgrows all this.

Documentation stands in comments, see `comments`.
Tests: tests/unit/extract/test_extract_plain.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from tree_sitter import Node

from codegraph.core.facts import BINDING, Chain
from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages.comments import comment_before
from codegraph.extract.languages.spec import Find, LanguageSpec, Queries
from codegraph.extract.normalise import SPACE, WORD
from codegraph.extract.text import SourceText
from codegraph.extract.view import FileView, Found

WITH_ENUMS: Final = frozenset({SymbolKind.MODULE, SymbolKind.CLASS, SymbolKind.INTERFACE, SymbolKind.ENUM})
"""Containers of constants in languages whose enums have more members than their values."""

TOKEN: Final = re.compile(
    rf"[{SPACE}]*([A-Za-z_$@\x80-\xff][0-9A-Za-z_$\x80-\xff]*+"
    r"|[(){}\[\],;]"
    rf"|\.?[0-9](?:[eE][+-]|[{WORD}.])*"
    r"|=(?:==?|>)?|\.(?:\.[.=]?)?|-[>=-]?|:[:=]?|<(?:=>?|<=|[>-])?|!(?:==?)?|&[&=]?|\|[|>=]?|\*(?:\*=|=)?|\+[+=]?"
    rf"|\?[?.]?|[>/%^]=?|[^{SPACE}{WORD}])"
)

_SEPARATOR: Final = re.compile(r"\s*(?:\?\.|!!\.|\.|::|->|:|\\)\s*")
_PLAIN: Final = re.compile(
    r"[A-Za-z_$@\\\x80-\xff][\w$\x80-\xff]*[?!]?(?:\s*(?:\?\.|!!\.|\.|::|->|:|\\)\s*[A-Za-z_$@\x80-\xff][\w$\x80-\xff]*[?!]?)*\Z"
)
_LAST: Final = re.compile(r"([A-Za-z_$@\x80-\xff][\w$\x80-\xff]*[?!]?)\W*\Z")
_SELF: Final = frozenset({"self", "this", "$this", "Self", "static", "@self"})
_NO_RECEIVERS: Mapping[str, str] = MappingProxyType({})


def plain_spec(package: str, name: str, grammar: Callable[[], object], find: Find | None = None) -> LanguageSpec:
    """Make the spec of a language whose folder is `package` (its `__name__`); `dataclasses.replace` says what differs.

    `find`: finds the definitions, for what the query cannot tell. Without references.scm a `collect` finds mentions.
    """
    here = files(package)
    is_plain = (here / "references.scm").is_file()
    names = ["references.scm", "tokens.scm"] if is_plain or find is not None else []
    if find is not None:
        names.append("definitions.scm")
    return LanguageSpec(
        name=name,
        grammar=grammar,
        queries=Queries(
            definitions=() if find is not None else (here / "definitions.scm",),
            forms=(here / "bindings.scm",) if (here / "bindings.scm").is_file() else (),
            mentions=tuple(here / name for name in names if (here / name).is_file()),
            tokens=() if names else (here / "tokens.scm",),
        ),
        token_pattern=TOKEN,
        layout=list,
        chain=written_chain,
        receivers=_no_receivers,
        docstring=comment_before,
        collect=bind_names,
        header_end=frozenset({"{", "=", ":", "do", "=>"}),
        plain_member=re.compile(r"(?!)"),
        constants_in=frozenset({SymbolKind.MODULE, SymbolKind.CLASS, SymbolKind.INTERFACE}),
        find=find,
    )


LINE_REMARKS = re.compile(rb"[;\s]*((?://[^\n]*\n\s*)+)")
"""Comments of whole lines behind a definition, and at most semicolons before them."""


def written_chain(node: Node, text: SourceText) -> Chain:
    """Return the chain of a name or a member access as it is written.

    `a::b.c` gives ("a", "b", "c"); where what stands before the last name is more than names, "()" stands for it.
    """
    written = text.text[node.start_byte : min(node.end_byte, node.start_byte + 400)]
    if _PLAIN.match(written):
        parts = [part for part in _SEPARATOR.split(text.decode(written)) if part]
        if parts and parts[0] in _SELF:
            parts[0] = "@self"
        return tuple(parts)
    found = _LAST.search(text.of(node)[-200:])
    return ("()", found.group(1)) if found else ()


def _no_receivers(view: FileView, found: Found) -> Mapping[str, str]:  # noqa: ARG001  the interface's parameters
    return _NO_RECEIVERS


def bind_names(view: FileView) -> None:
    """Note the names that `bindings.scm` calls bound: reading one of them mentions no definition."""
    for match in view.forms("bound"):
        for target in match.get("target", ()):
            start = target.start_byte
            view.targets.add(start)
            view.bind(start, view.scope_of(start), view.text.of(target), BINDING.VARIABLE)
