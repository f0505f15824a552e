"""Python's imports and `__all__`.

`import a.b` binds "a"; `import a.b as c` binds c to a.b; `from m import *` binds nothing by name. Imports in
functions, branches and `TYPE_CHECKING` blocks count like any other; their owner is the scope they stand in.
`__all__` is read in its literal forms: `=`, `+=`, `.extend([...])`, `.append("...")`, and sums of lists.
Tests: tests/unit/extract/test_extract_python_imports.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from codegraph.core.facts import ImportKind
from codegraph.core.symbols import SymbolKind
from codegraph.extract.text import SourceText
from codegraph.extract.view import FileView

_BLANKS = re.compile(r"[\s\\]+")
_STRING = re.compile(r"[rRuU]?(\"\"\"|'''|\"|')(.*)\1\Z", re.DOTALL)
_ALL = re.compile(r"__all__\b")
_ADDING = frozenset({"__all__.extend", "__all__.append"})
_LISTS = frozenset({"argument_list", "list", "tuple", "set", "binary_operator", "parenthesized_expression"})
MAX_EXPORTS = 20_000


def collect_imports(view: FileView) -> None:
    """Add the imports and exports of a file to its view."""
    for found in view.forms("import"):
        statement = found["import"][0]
        for name in statement.children_by_field_name("name"):
            _import_module(view, name)
    for found in view.forms("import_from"):
        _import_from(view, found["import"][0])
    for found in view.forms("future"):
        for name in found["import"][0].children_by_field_name("name"):
            imported, alias = _names(view.text, name)
            view.add_import(name, ImportKind.NAME, "__future__", imported, alias or imported)
    for match in _ALL.finditer(view.text.text):
        _exports(view, match.start())


def _import_module(view: FileView, node: Node) -> None:
    module, alias = _names(view.text, node)
    if module:
        view.add_import(node, ImportKind.MODULE, module, "", alias or module.partition(".")[0])


def _import_from(view: FileView, statement: Node) -> None:
    source = statement.child_by_field_name("module_name")
    if source is None:
        return
    written = _BLANKS.sub("", view.text.of(source))
    module = written.lstrip(".")
    level = len(written) - len(module)
    names = statement.children_by_field_name("name")
    for node in names:
        name, alias = _names(view.text, node)
        if name:
            view.add_import(node, ImportKind.NAME, module, name, alias or name, level=level)
    if not names and any(child.type == "wildcard_import" for child in statement.named_children):
        view.add_import(source, ImportKind.STAR, module, "*", "", level=level)


def _names(text: SourceText, node: Node) -> tuple[str, str]:
    """Return the imported dotted name and its alias ("" if none)."""
    if node.type != "aliased_import":
        return _BLANKS.sub("", text.of(node)), ""
    name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
    return (
        _BLANKS.sub("", text.of(name)) if name is not None else "",
        text.of(alias) if alias is not None else "",
    )


def _exports(view: FileView, offset: int) -> None:
    """Add what the statement with `__all__` at `offset` lists, if it is one of the literal forms."""
    if view.definitions[view.scope_of(offset)].kind is not SymbolKind.MODULE:
        return
    name = view.root.descendant_for_byte_range(offset, offset + len("__all__"))
    statement = name.parent if name is not None and name.type == "identifier" else None
    value = None
    if statement is not None and statement.type in ("assignment", "augmented_assignment"):
        value = statement.child_by_field_name("right") if statement.start_byte == offset else None
    elif statement is not None and statement.type == "attribute" and view.text.of(statement) in _ADDING:
        call = statement.parent
        value = call.child_by_field_name("arguments") if call is not None and call.type == "call" else None
    if value is not None:
        view.explicit_exports = True
        for exported in _literal_names(value, view.text):
            view.add_export(exported, (exported,))


def _literal_names(node: Node, text: SourceText) -> Iterator[str]:
    """Walk the plain strings of a literal list, tuple or sum of such."""
    pending = [node]
    given = 0
    while pending and given < MAX_EXPORTS:
        current = pending.pop()
        if current.type == "string":
            match = _STRING.match(text.of(current))
            if match is not None:
                given += 1
                yield match.group(2)
        elif current.type in _LISTS:
            pending.extend(reversed(current.named_children))
