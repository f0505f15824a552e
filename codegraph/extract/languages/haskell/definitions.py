"""What a Haskell module defines: types, classes, instances, and functions with all their equations.

The grammar has a node for each equation and one for the type signature; here the signature and the equations
that follow it are one definition. Tests: tests/unit/extract/test_extract_plain.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from inspect import cleandoc

from tree_sitter import Node

from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages.comments import cleaned, comment_before
from codegraph.extract.languages.spec import Docstring, Sighting
from codegraph.extract.view import FileView, Found

_TYPES = {
    "data_type": SymbolKind.CLASS,
    "newtype": SymbolKind.CLASS,
    "type_synomym": SymbolKind.CLASS,
    "type_synonym": SymbolKind.CLASS,
    "type_family": SymbolKind.CLASS,
    "data_family": SymbolKind.CLASS,
    "class": SymbolKind.INTERFACE,
    "instance": SymbolKind.CLASS,
    "pattern_synonym": SymbolKind.FUNCTION,
}
_EQUATIONS = frozenset({"signature", "function", "bind"})
_MEMBERS = frozenset({"class_declarations", "instance_declarations"})


_HADDOCK = re.compile(r"^(?:--|\{-)[ \t]*\|.*", re.MULTILINE | re.DOTALL)
"""Where the grammar counts a line of hyphens to the comment, documentation begins behind that."""
_HEADER = re.compile(
    r"^[ \t]*(?:Module|Copyright|\(c\)|Licen[sc]e|SPDX[\w-]*|Maintainer|Stability|Portability|Language)[ \t]*:.*\n?"
    r"|^[ \t]*\(c\).*\n?|^[ \t]*Description[ \t]*:[ \t]*",
    re.MULTILINE | re.IGNORECASE,
)
"""What a module says of itself beside its documentation."""


def documentation(view: FileView, found: Found) -> Docstring | None:
    """Return the comment before a definition, or what the Haddock comment before `module` says."""
    if found.node is not None:
        return comment_before(view, found)
    for child in view.root.children:
        said = _HADDOCK.search(view.text.of(child)) if child.type in ("haddock", "comment") else None
        if said is not None:
            text = cleandoc(_HEADER.sub("", cleaned([said[0]]) + "\n")).strip()
            return Docstring(text, 0, 0) if text else None
        if child.type not in ("pragma", "comment"):
            break
    return None


def definitions(root: Node, _candidates: Sequence[Node], limit: int) -> Sequence[Sighting]:
    """Return the definitions of a module in source order, the members of classes and instances inside them."""
    found: list[Sighting] = []
    for child in root.named_children:
        if child.type in ("declarations", "class_declarations"):
            _scan(child.named_children, 0, found, limit)
    return found


def _scan(nodes: Iterable[Node], container: int, found: list[Sighting], limit: int) -> None:
    last: tuple[bytes, int] | None = None  # the name of the function above, and where it stands in `found`
    for node in nodes:
        if len(found) >= limit:
            return
        if node.type in _EQUATIONS:
            last = _equation(node, container, found, last)
        elif node.type in _TYPES:
            last = None
            _type(node, container, found, limit)
        elif node.type not in ("comment", "haddock", "pragma"):
            last = None


def _equation(
    node: Node, container: int, found: list[Sighting], last: tuple[bytes, int] | None
) -> tuple[bytes, int] | None:
    name = _name(node)
    if name is None or name.text is None:
        return None
    if last is not None and last[0] == name.text:
        before = found[last[1]]
        body = before.body or (node if node.type != "signature" else None)
        found[last[1]] = before._replace(end=node.end_byte, body=body)
        return last
    kind = SymbolKind.METHOD if container else SymbolKind.FUNCTION
    body = None if node.type == "signature" else node.child_by_field_name("match")
    text = name.text.decode("utf-8", "replace")
    place = (node.start_byte, node.end_byte, name.start_byte, name.end_byte)
    found.append(Sighting(kind, text, container, *place, node, body))
    return name.text, len(found) - 1


def _name(node: Node) -> Node | None:
    name = node.child_by_field_name("name")
    if name is None:
        infix = next((child for child in node.named_children if child.type == "infix"), None)
        name = infix.child_by_field_name("operator") if infix is not None else None
    if name is not None and name.type == "prefix_id" and name.named_child_count:
        name = name.named_child(0)
    if name is not None and name.type == "binding_list":
        name = name.named_child(0)
    return name


def _type(node: Node, container: int, found: list[Sighting], limit: int) -> None:
    name = node.child_by_field_name("name")
    if name is None or name.text is None:
        return
    text = name.text.decode("utf-8", "replace")
    if node.type == "instance":
        patterns = node.child_by_field_name("patterns")
        head = patterns.text.decode("utf-8", "replace") if patterns is not None and patterns.text else ""
        text = " ".join(f"{text} {head}".split())[:200]
    members = node.child_by_field_name("declarations")
    place = (node.start_byte, node.end_byte, name.start_byte, name.end_byte)
    found.append(Sighting(_TYPES[node.type], text, container, *place, node, members))
    if members is not None and members.type in _MEMBERS:
        _scan(members.named_children, len(found), found, limit)
