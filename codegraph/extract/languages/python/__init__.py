"""Python, up to the syntax of 3.13."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

import tree_sitter_python

from codegraph.core.symbols import CALLABLE_KINDS, TYPE_KINDS, SymbolKind
from codegraph.extract.languages.python.bindings import Binder, bind_results
from codegraph.extract.languages.python.branches import mark_unreachable
from codegraph.extract.languages.python.chains import callees, expression_chain
from codegraph.extract.languages.python.docstrings import docstring_of
from codegraph.extract.languages.python.imports import collect_imports
from codegraph.extract.languages.python.layout import TOKEN, canonical
from codegraph.extract.languages.python.narrowing import MAX_STRETCHES, narrow
from codegraph.extract.languages.python.strings import mention_in_strings, mention_paths
from codegraph.extract.languages.spec import LanguageSpec, Queries
from codegraph.extract.view import FileView, Found

_CLASS_RECEIVERS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})
_NO_RECEIVER: Mapping[str, str] = MappingProxyType({})
_NAME = re.compile(r"\w+")
_DECORATOR = re.compile(r"@\s*(?:\w+\s*\.\s*)*(staticmethod|classmethod)\b")


def _collect(view: FileView) -> None:
    collect_imports(view)
    binder = Binder(view)
    binder.bind_all()
    bind_results(view, binder.headers)
    mark_unreachable(view)
    narrow(view)
    mention_in_strings(view)
    mention_paths(view)


def _receivers(view: FileView, found: Found) -> Mapping[str, str]:
    """Return what the first parameter of a method stands for; functions and static methods have none.

    A function inside a method knows the method's, unless it has a parameter of that name.
    """
    if found.node is None:
        return _NO_RECEIVER
    parameters = found.node.child_by_field_name("parameters")
    if found.kind is not SymbolKind.METHOD:
        around = view.heads.get(found.container, _NO_RECEIVER) if found.local else _NO_RECEIVER
        own = _NAME.findall(view.text.of(parameters)) if around and parameters is not None else ()
        return {name: head for name, head in around.items() if name not in own}
    first = parameters.named_child(0) if parameters is not None and parameters.named_child_count else None
    if first is not None and first.type in ("typed_parameter", "default_parameter", "typed_default_parameter"):
        first = first.named_child(0)
    if first is None or first.type != "identifier":
        return _NO_RECEIVER
    head = "@class" if found.name in _CLASS_RECEIVERS else "@self"
    if found.start < found.node.start_byte:
        decorated = set(_DECORATOR.findall(view.text.slice(found.start, found.node.start_byte)))
        if "staticmethod" in decorated:
            return _NO_RECEIVER
        head = "@class" if "classmethod" in decorated else head
    return {view.text.of(first): head}


_HERE = files(__name__)

SPEC = LanguageSpec(
    name="python",
    grammar=tree_sitter_python.language,
    queries=Queries(
        definitions=(_HERE / "definitions.scm",),
        forms=(_HERE / "bindings.scm", _HERE / "imports.scm"),
        mentions=(_HERE / "references.scm", _HERE / "tokens.scm"),
    ),
    token_pattern=TOKEN,
    layout=canonical,
    chain=expression_chain,
    callees=callees,
    receivers=_receivers,
    docstring=docstring_of,
    collect=_collect,
    wrappers=frozenset({"decorated_definition"}),
    header_end=frozenset({":", "="}),
    no_constants=frozenset({"__all__"}),
    hollow=b"()",
    erasable=True,
    nested=CALLABLE_KINDS | TYPE_KINDS,
    heeded=(b"isinstance", MAX_STRETCHES),
)
