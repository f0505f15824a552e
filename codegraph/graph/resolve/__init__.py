"""Resolution: one scheme per language family, all of them behind `ResolutionScheme` (see `scheme`).

`scheme.py` holds the protocol and its rules, `keys.py` the keys of the symbol table, `edges.py` the
collector that every scheme fills. `scheme_of` is the registry. The module of a language has `SCHEMES`, a scheme by
language name, as the module of a plug-in has.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from codegraph.core import plugins
from codegraph.core.symbols import UNPARSED_LANGUAGES
from codegraph.graph.resolve.scheme import ResolutionScheme

_MODULES: Mapping[str, str] = MappingProxyType(
    {
        "python": "python",
        "jupyter": "python",
        "javascript": "javascript",
        "typescript": "javascript",
        "tsx": "javascript",
        "vue": "javascript",
        "svelte": "javascript",
        "astro": "javascript",
        "json-config": "javascript",
        "c": "c",
        "cpp": "cpp",
        "c_sharp": "c_sharp",
        "go": "go",
        "go-mod": "go",
        "java": "java",
        "php": "php",
        "blade": "php",
        "ruby": "ruby",
        "erb": "ruby",
        "rust": "rust",
        "cargo": "rust",
        "markdown": "documents",
        "rst": "documents",
        **dict.fromkeys(sorted(UNPARSED_LANGUAGES), "unparsed"),
    }
)
"""Module by language. Imported when a file is linked: a start that links nothing answers sooner."""


@cache
def scheme_of(language: str) -> ResolutionScheme:
    """Return the scheme that links files of `language`; a plain one if the language has none."""
    if language in _MODULES:
        scheme: ResolutionScheme = import_module(f"{__name__}.{_MODULES[language]}").SCHEMES[language]
        return scheme
    return _brought().get(language) or _plain()


def has_scheme(language: str) -> bool:
    """Tell whether `language` has a scheme of its own, so that its rules and not only names say what is meant."""
    return language in _MODULES or language in _brought()


@cache
def _plain() -> ResolutionScheme:
    from codegraph.graph.resolve.plain import PlainScheme

    return PlainScheme()


@cache
def _brought() -> Mapping[str, ResolutionScheme]:
    """Return the schemes of plug-ins, whose modules import this one."""
    return {language: scheme for plugin in plugins.found().plugins for language, scheme in plugin.schemes.items()}
