"""Resolution: one scheme per language family, all of them behind `ResolutionScheme` (see `scheme`).

`scheme.py` holds the protocol and its rules, `keys.py` the keys of the symbol table, `edges.py` the
collector that every scheme fills. `scheme_of` is the registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from codegraph.core import plugins
from codegraph.graph.resolve.scheme import MANY, MAX_CANDIDATES, Entry, ResolutionScheme, TableReader, Value

__all__ = ["MANY", "MAX_CANDIDATES", "Entry", "ResolutionScheme", "TableReader", "Value", "scheme_of"]

_JAVASCRIPT = "javascript", "JavaScriptScheme"
_DOCUMENTS = "documents", "DocumentScheme"
_SCHEMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "python": ("python", "PythonScheme"),
        "javascript": _JAVASCRIPT,
        "typescript": _JAVASCRIPT,
        "tsx": _JAVASCRIPT,
        "json-config": ("javascript", "SettingsScheme"),
        "c": ("c", "CScheme"),
        "cpp": ("cpp", "CppScheme"),
        "c_sharp": ("c_sharp", "CSharpScheme"),
        "go": ("go", "GoScheme"),
        "java": ("java", "JavaScheme"),
        "php": ("php", "PhpScheme"),
        "ruby": ("ruby", "RubyScheme"),
        "go-mod": ("go", "GoModScheme"),
        "rust": ("rust", "RustScheme"),
        "cargo": ("rust", "CargoScheme"),
        "markdown": _DOCUMENTS,
        "rst": _DOCUMENTS,
    }
)
"""Module and class by language. Imported when a file is linked: a start that links nothing answers sooner."""


@cache
def scheme_of(language: str) -> ResolutionScheme:
    """Return the scheme that links files of `language`; a plain one if the language has none."""
    own = _SCHEMES.get(language)
    return _made(*own) if own else _brought().get(language) or _made("plain", "PlainScheme")


@cache
def _made(module: str, name: str) -> ResolutionScheme:
    scheme: ResolutionScheme = getattr(import_module(f"{__name__}.{module}"), name)()
    return scheme


@cache
def _brought() -> Mapping[str, ResolutionScheme]:
    """Return the schemes of plug-ins, whose modules import this one."""
    return {language: scheme for plugin in plugins.found().plugins for language, scheme in plugin.schemes.items()}
