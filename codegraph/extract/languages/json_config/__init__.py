"""Project configuration that decides what JavaScript imports mean: `package.json`, `tsconfig.json`, `jsconfig.json`.

    package.json                  name, type, main, module, source, types, typings; exports:<subpath>; imports:<pattern>
                                  (required:<subpath>: what CommonJS modules get, if that is another file)
    tsconfig.json, jsconfig.json  extends, baseUrl, paths:<pattern>

Tests: tests/unit/extract/test_extract_json_config.py.
"""

from __future__ import annotations

import tree_sitter_javascript

from codegraph.extract.languages.json_config.settings import read_settings
from codegraph.extract.languages.settings import settings_spec

SPEC = settings_spec(
    __name__,
    "json-config",
    tree_sitter_javascript.language,
    read_settings,
)
