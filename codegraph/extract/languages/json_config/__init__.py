"""Project configuration that decides what JavaScript imports mean: `package.json`, `tsconfig.json`, `jsconfig.json`.

Such a file has no definitions and no tokens for the encoder. Its settings are exports, the name being the
setting and the chain its values, so that they reach resolution through the table like everything else:

    package.json                  name, main, module, source, types, typings; exports:<subpath>; imports:<pattern>
    tsconfig.json, jsconfig.json  extends, baseUrl, paths:<pattern>

Tests: tests/unit/extract/test_extract_json_config.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import tree_sitter_javascript
from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.extract.languages.json_config.settings import read_settings
from codegraph.extract.languages.spec import Docstring, LanguageSpec, Queries, Sighting

if TYPE_CHECKING:
    from codegraph.extract.text import SourceText
    from codegraph.extract.view import FileView, Found

_NO_TOKEN: Final = re.compile(r"(?!)")


def _find(root: Node, limit: int) -> list[Sighting]:  # noqa: ARG001  (nothing is defined here)
    return []


def _collect(view: FileView) -> None:
    for name, values in read_settings(view.text.data):
        view.add_export(name, values)


def _chain(node: Node, text: SourceText) -> Chain:  # noqa: ARG001
    return ()


def _receivers(view: FileView, found: Found) -> Mapping[str, str]:  # noqa: ARG001
    return {}


def _docstring(view: FileView, found: Found) -> Docstring | None:  # noqa: ARG001
    return None


SPEC = LanguageSpec(
    name="json-config",
    distribution="tree-sitter-javascript",
    grammar=tree_sitter_javascript.language,
    extensions=(),
    queries=Queries((), (), (files("codegraph.extract.languages") / "json_config" / "tokens.scm",)),
    token_pattern=_NO_TOKEN,
    layout=list,
    chain=_chain,
    receivers=_receivers,
    docstring=_docstring,
    collect=_collect,
    file_names=("package.json", "tsconfig.json", "jsconfig.json"),
    find=_find,
)
