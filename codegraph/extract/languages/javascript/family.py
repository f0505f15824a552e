"""What JavaScript, TypeScript and TSX share: one `LanguageSpec` but for grammar, extensions and JSDoc types.

Names are scoped by block here, and methods may be written far from their class, so definitions and mentions
are found by walks in Python (`definitions`, `occurrences`) and the query file only tells tokens apart.
Tests: tests/unit/extract/test_extract_javascript_spec.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import BindingKind, Chain
from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages.javascript.chains import chain_of
from codegraph.extract.languages.javascript.definition_nodes import DefinitionNodes
from codegraph.extract.languages.javascript.definitions import find_definitions
from codegraph.extract.languages.javascript.docstrings import documentation, module_documentation
from codegraph.extract.languages.javascript.layout import TOKEN, canonical
from codegraph.extract.languages.javascript.nested import add_nested
from codegraph.extract.languages.javascript.occurrences import collect_occurrences
from codegraph.extract.languages.javascript.places import NO_FORM, ObjectForm
from codegraph.extract.languages.javascript.scopes import known_values
from codegraph.extract.languages.spec import Docstring, LanguageSpec, Queries, Sighting

if TYPE_CHECKING:
    from codegraph.extract.text import SourceText
    from codegraph.extract.view import FileView, Found


def family_spec(
    name: str,
    grammar: Callable[[], object],
    definition_queries: tuple[str, ...],
    *,
    jsdoc: bool = False,
    repair: Callable[[bytes], bytes] | None = None,
    form: ObjectForm = NO_FORM,
) -> LanguageSpec:
    """Return the spec of one member of the family.

    `definition_queries`: the folders with candidates for `nested`; `jsdoc`: types are read from comments;
    `repair`: what is parsed in place of a file that the grammar cannot read; `form`: how components are written.
    """

    def collect(view: FileView) -> None:
        shapes = [each.detail for each in view.definitions[1:] if isinstance(each.detail, DefinitionNodes)]
        collect_occurrences(view, shapes, jsdoc=jsdoc)

    def find(root: Node, candidates: Sequence[Node], limit: int) -> list[Sighting]:
        return [_sighting(each) for each in add_nested(find_definitions(root, limit, form), candidates, limit)]

    folder = files("codegraph.extract.languages")
    definitions = (folder / each / "definitions.scm" for each in definition_queries)
    return LanguageSpec(
        name=name,
        grammar=grammar,
        queries=Queries((), (), (*definitions, folder / "javascript" / "tokens.scm")),
        token_pattern=TOKEN,
        layout=canonical,
        chain=_chain,
        receivers=_no_receivers,
        docstring=_docstring,
        collect=collect,
        header_end=frozenset({"=>", "=", "{", ":"}),
        find=find,
        prepare=repair,
        prepare_if_broken=True,
        resumable=True,
        hollow=b"{}",
        erasable=True,
        outer_mark="@@",
        outer_words=(b"@typedef", b"@import") if jsdoc else (),
        shared=frozenset({BindingKind.PARAMETER, BindingKind.VARIABLE}),
        settle=known_values,
    )


def _sighting(nodes: DefinitionNodes) -> Sighting:
    outer, name, body = nodes.outer, nodes.name_node, nodes.body
    start, end = outer.start_byte, outer.end_byte
    if nodes.decorators:
        start = min(start, nodes.decorators[0].start_byte)
    name_start, name_end = (name.start_byte, name.end_byte) if name is not None else (start, start)
    kind, container = nodes.kind, nodes.container
    return Sighting(kind, nodes.name, container, start, end, name_start, name_end, outer, body, nodes, nodes.local)


def _chain(node: Node, text: SourceText) -> Chain:  # noqa: ARG001  (nodes carry their text)
    return chain_of(node, "")


def _no_receivers(view: FileView, found: Found) -> Mapping[str, str]:  # noqa: ARG001  (`this` is no name)
    return {}


def _docstring(view: FileView, found: Found) -> Docstring | None:
    if found.kind is SymbolKind.MODULE:
        text = module_documentation(view.root)
    else:
        text = documentation(found.detail.comments) if isinstance(found.detail, DefinitionNodes) else ""
    return Docstring(text, 0, 0) if text else None
