"""C, up to the syntax of C23."""

from __future__ import annotations

from dataclasses import replace

import tree_sitter_c
from tree_sitter import Node

from codegraph.core.facts import Chain, ImportKind
from codegraph.extract.languages.cpp.masking import masked_c
from codegraph.extract.languages.plain import bind_names, plain_spec
from codegraph.extract.text import SourceText
from codegraph.extract.view import FileView


def _collect(view: FileView) -> None:
    """Add the local names, and an import for each included file; its name keeps the bracket of `<a.h>`.

    `struct a;` alone mentions nothing.
    """
    bind_names(view)
    for match in view.forms("announced"):
        view.targets.update(target.start_byte for target in match.get("target", ()))
    for match in view.forms("include"):
        for target in match.get("target", ()):
            text = view.text.of(target)
            view.add_import(target, ImportKind.EFFECT, text[1:-1], "<" if text[:1] == "<" else "", "", is_files=True)


def _callees(called: Node, text: SourceText) -> tuple[Chain, ...]:
    """Return the names in `(*f)(x)` and `(which ? f : g)(x)`; of `(f)(x)` the query says that f is called."""
    inner, found = called, list[Chain]()
    while inner.type == "parenthesized_expression" and inner.named_child_count:
        inner = inner.named_children[0]
    if inner.type == "identifier":
        return ()
    parts = inner.named_children[1:] if inner.type == "conditional_expression" else [inner]
    for part in parts:
        argument = part.child_by_field_name("argument") if part.type == "pointer_expression" else part
        is_name = argument is not None and argument.type == "identifier"
        found.append((text.of(argument),) if is_name and argument is not None else ())
    return tuple(dict.fromkeys(found))


SPEC = replace(
    plain_spec(
        __name__,
        "c",
        "tree-sitter-c",
        tree_sitter_c.language,
        (".c", ".h"),
        header_end=frozenset({"{", "=", ";"}),
        collect=_collect,
        hollow=b"{}",
        erasable=True,
    ),
    prepare=masked_c,
    prepare_if_broken=True,
    callees=_callees,
)
