"""Resolution: one scheme per language family, all of them behind `ResolutionScheme` (see `scheme`).

`scheme.py` holds the protocol and its rules, `keys.py` the keys of the symbol table, `edges.py` the
collector that every scheme fills. `scheme_of` is the registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from codegraph.core import plugins
from codegraph.graph.resolve.c import CScheme
from codegraph.graph.resolve.c_sharp import CSharpScheme
from codegraph.graph.resolve.cpp import CppScheme
from codegraph.graph.resolve.documents import DocumentScheme
from codegraph.graph.resolve.go import GoModScheme, GoScheme
from codegraph.graph.resolve.java import JavaScheme
from codegraph.graph.resolve.javascript import JavaScriptScheme, SettingsScheme
from codegraph.graph.resolve.php import PhpScheme
from codegraph.graph.resolve.plain import PlainScheme
from codegraph.graph.resolve.python import PythonScheme
from codegraph.graph.resolve.ruby import RubyScheme
from codegraph.graph.resolve.rust import CargoScheme, RustScheme
from codegraph.graph.resolve.scheme import MANY, MAX_CANDIDATES, Entry, ResolutionScheme, TableReader, Value

__all__ = ["MANY", "MAX_CANDIDATES", "Entry", "ResolutionScheme", "TableReader", "Value", "scheme_of"]

_PLAIN = PlainScheme()
_JAVASCRIPT = JavaScriptScheme()
_DOCUMENTS = DocumentScheme()
_SCHEMES: Mapping[str, ResolutionScheme] = MappingProxyType(
    {
        "python": PythonScheme(),
        "javascript": _JAVASCRIPT,
        "typescript": _JAVASCRIPT,
        "tsx": _JAVASCRIPT,
        "json-config": SettingsScheme(),
        "c": CScheme(),
        "cpp": CppScheme(),
        "c_sharp": CSharpScheme(),
        "go": GoScheme(),
        "java": JavaScheme(),
        "php": PhpScheme(),
        "ruby": RubyScheme(),
        "go-mod": GoModScheme(),
        "rust": RustScheme(),
        "cargo": CargoScheme(),
        "markdown": _DOCUMENTS,
        "rst": _DOCUMENTS,
    }
)


def scheme_of(language: str) -> ResolutionScheme:
    """Return the scheme that links files of `language`; a plain one if the language has none."""
    return _SCHEMES.get(language) or _brought().get(language, _PLAIN)


@cache
def _brought() -> Mapping[str, ResolutionScheme]:
    """Return the schemes of plug-ins, whose modules import this one."""
    return {language: scheme for plugin in plugins.found().plugins for language, scheme in plugin.schemes.items()}
