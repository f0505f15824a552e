"""Components: files in which JavaScript or TypeScript stands between markup (Vue, Svelte, Astro).

The parser reads as many bytes as the file has: its scripts as they are, of the markup those stretches that are code
(`Piece`), each made a statement by what is written in the place of the brackets or quotes around it, and blanks. So
every offset is the file's own, and the grammar and the walk of JavaScript need not know of markup. What markup binds
(`v-for`, `{#each}`) is written as a declaration; a function without a name around all of it (`Markup.around`) keeps
such names to the markup. Styles and comments are comments.

A piece that the grammar cannot read is left out; its names are mentioned as members of something unknown. So are names
that no script of the file has: they may be methods of a component that is written as an object.
Tests: tests/unit/extract/test_extract_components.py.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from codegraph.core.facts import LOCAL, Chain, Role
from codegraph.core.words import words
from codegraph.extract.languages.embedded import Grammar, Markup, Span, legible
from codegraph.extract.languages.javascript.definition_nodes import DEFAULT
from codegraph.extract.languages.javascript.family import family_spec
from codegraph.extract.languages.javascript.places import NO_FORM, ObjectForm

if TYPE_CHECKING:
    from codegraph.extract.languages.spec import LanguageSpec
    from codegraph.extract.view import FileView

ATTRIBUTES: Final = rb"(?:[^>\"']|\"[^\"]{0,20000}\"|'[^']{0,20000}'){0,1000}"
"""What may stand between a tag's name and its end."""
_TAG: Final = re.compile(rb"<([A-Za-z][\w.-]{0,200})")
_NAME: Final = re.compile(rb"(?<![\w$.])[A-Za-z_$\x80-\xff][\w$\x80-\xff]*(?:\.[A-Za-z_$\x80-\xff][\w$\x80-\xff]*)*")
_QUOTED: Final = re.compile(rb"\"[^\"\n]*\"|'[^'\n]*'")
_UNKNOWN: Final = "()"
_PLATFORM: Final = words(
    """
    Array BigInt Boolean Date Error Infinity Intl JSON Map Math NaN Number Object Promise RegExp Set String Symbol
    clearTimeout console decodeURI decodeURIComponent document encodeURI encodeURIComponent globalThis isFinite isNaN
    location navigator parseFloat parseInt setTimeout structuredClone undefined window
    """
)


Reading = Callable[[bytes], Markup]


def component_spec(name: str, grammar: Grammar, read: Reading, form: ObjectForm = NO_FORM) -> LanguageSpec:
    """Return the spec of a language of components; `read` tells what stands where."""
    spec = family_spec(name, grammar, ("javascript", "typescript"), form=form)

    def collect(view: FileView) -> None:
        spec.collect(view)
        view.explicit_exports = True
        _mention(view, read(view.text.data))

    def prepare(data: bytes) -> bytes:
        return legible(data, read(data), grammar)

    return replace(
        spec,
        collect=collect,
        prepare=prepare,
        prepare_if_broken=False,
        hollow=b"",
        erasable=False,
        resumable=False,
    )


def _mention(view: FileView, markup: Markup) -> None:
    """Mention the components that elements stand for, and the names that only a component's members can be."""
    known = _names_of(view)
    data, table = view.text.data, view.references
    code = [(each.start, each.end) for each in markup.pieces]
    _doubt(view, known, code)
    for start, end in markup.tags:
        for tag in _TAG.finditer(data, start, end):
            chain = tuple(_in_capitals(tag.group(1).decode("utf-8", "replace")).split("."))
            if (chain[1:] or not chain[0][0].islower()) and chain[0] in known and "" not in chain:
                table.add(view.owner_of(tag.start()), chain, Role.CALL, tag.end() - len(chain[-1].encode()))
    read, first = view.root.text or b"", view.root.start_byte
    for start, end in code:
        if read[max(start - first, 0) : end - first].strip() or not data[start:end].strip():
            continue
        for name in _NAME.finditer(_QUOTED.sub(lambda each: b" " * len(each.group()), data[start:end])):
            names = name.group().decode("utf-8", "replace").split(".")
            at = start + name.end() - len(names[-1].encode())
            table.add(0, (_UNKNOWN, names[-1]), Role.CALL, at)


def _names_of(view: FileView) -> set[str]:
    """Return the names that a file's scripts declare outside of functions, and those of the platform."""
    names = set(_PLATFORM)
    names |= {each.name for each in view.definitions[1:] if each.container == 0 and not each.local}
    names.update(each.alias for each in view.imports)
    names.update(binding.name.partition("@")[0] for _, binding in view.placed_bindings() if binding.owner == 0)
    return names


def _doubt(view: FileView, known: set[str], code: Iterable[Span]) -> None:
    """Take names of the markup that no script declares for members: of the component if it has them, else unknown."""
    spans = sorted(code)
    number = next((i for i, each in enumerate(view.definitions) if i and each.name == DEFAULT), 0)
    own = {each.name for each in view.definitions[1:] if number and each.container == number and not each.local}
    component = f"{LOCAL}{view.definitions[number].descriptor}"
    table = view.references
    for key, offsets in list(table.offsets.items()):
        owner, spelling, role = key
        head = spelling.partition(".")[0]
        if owner or not head.isidentifier() or head in known:
            continue
        inside = [each for each in offsets if _is_in(each, spans)]
        if not inside:
            continue
        outside = [each for each in offsets if each not in inside]
        del table.offsets[key]
        if outside:
            table.offsets[key] = outside
        chain: Chain = (component if head in own else _UNKNOWN, *spelling.split("."))
        for each in inside:
            table.add(owner, chain, role, each)


def _is_in(offset: int, spans: Sequence[Span]) -> bool:
    at = bisect_right(spans, offset, key=itemgetter(0)) - 1
    return at >= 0 and offset < spans[at][1]


def _in_capitals(name: str) -> str:
    """Return the name of the component that an element in lower case stands for: `user-card` is `UserCard`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("-")) if "-" in name else name
