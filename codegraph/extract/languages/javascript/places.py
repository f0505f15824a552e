"""Where a statement of module code stands, and which definition a name means there.

Names are known by scope, because blocks and immediately called functions have their own: `C.prototype.m = ...` makes a
method of the C that is declared in the same function. Tests: tests/unit/extract/test_extract_javascript_definitions.py.
"""

from __future__ import annotations

from typing import NamedTuple

from tree_sitter import Node

from codegraph.extract.languages.javascript.nodes import text_of
from codegraph.extract.languages.javascript.shapes import bound_identifiers

_DECLARING = ("identifier", "type_identifier")


class Place(NamedTuple):
    """Where a statement stands: its container, what was written before it, and how deep it is nested."""

    container: int
    outer: Node | None = None
    decorators: tuple[Node, ...] = ()
    comments: tuple[Node, ...] = ()
    depth: int = 0
    scopes: tuple[int, ...] = (0,)
    """Numbers of the lexical scopes around, the innermost first."""
    function: int = 0
    """The scope of the called function around, in which `var` binds."""
    is_hoisted: bool = False


class ObjectForm(NamedTuple):
    """How a language of components writes one as an object that the file exports."""

    groups: frozenset[str] = frozenset()
    """Properties whose values are objects with methods of the component: `methods: {...}`."""
    makers: frozenset[str] = frozenset()
    """Functions that are given the object: `defineComponent({...})`."""


NO_FORM = ObjectForm()


class Names:
    """The definitions outside of functions that names stand for, by scope."""

    def __init__(self) -> None:
        self._scopes = 0
        self._named: dict[tuple[int, str], int] = {}
        """Scope and name -> index of a definition, 0 for what is none."""

    def inner(self, place: Place, *, function: bool = False) -> Place:
        """Return the place of what stands in a scope of its own."""
        self._scopes += 1
        around = self._scopes if function else place.function
        return place._replace(scopes=(self._scopes, *place.scopes), function=around)

    def called(self, function: Node, place: Place) -> Place:
        """Return the place of what stands in a called function; its parameters are no definitions."""
        inner = self.inner(place, function=True)
        parameters = function.child_by_field_name("parameters")
        for each in parameters.named_children if parameters is not None else ():
            for name in bound_identifiers(each.child_by_field_name("pattern") or each):
                self._named[inner.function, text_of(name)] = 0
        return inner

    def declare(self, place: Place, name: Node | None, word: str, index: int) -> None:
        """Let a name stand for the definition `index`, unless only a property is called so."""
        if place.container == 0 and name is not None and name.type in _DECLARING:
            self._named.setdefault((place.scopes[0], word), index)
            if place.is_hoisted:
                self._named.setdefault((place.function, word), index)

    def find(self, node: Node, place: Place) -> int:
        """Return the index of the definition that an identifier names, 0 if there is none."""
        word = text_of(node) if node.type == "identifier" else ""
        return next((self._named[each, word] for each in place.scopes if (each, word) in self._named), 0)
