"""The scheme of JavaScript, TypeScript and TSX: how their imports, members and names lead to definitions.

`contributions.py` says what a file offers, `modules.py` which file a specifier means, `evaluator.py` what an expression
stands for, `linker.py` which edges follow. `package.json`, `tsconfig.json` and `jsconfig.json` have a scheme for
settings. Tests: tests/unit/graph/test_graph_resolve_javascript.py.
"""

from __future__ import annotations

from posixpath import basename, dirname

from codegraph.core.facts import Occurrences
from codegraph.core.symbols import SCRIPT_LANGUAGES
from codegraph.graph.resolve.javascript.contributions import contributions
from codegraph.graph.resolve.javascript.linker import FileLinker
from codegraph.graph.resolve.javascript.names import FAMILY
from codegraph.graph.resolve.keys import top_key
from codegraph.graph.resolve.parts import PartedScheme
from codegraph.graph.resolve.scheme import Value
from codegraph.graph.resolve.settings import SettingsScheme


def _packages(path: str, occurrences: Occurrences) -> dict[str, Value]:
    """Offer the directory of a package.json under the package's name."""
    if basename(path) != "package.json":
        return {}
    names = [each.chain[0] for each in occurrences.exports if each.name == "name" and each.chain]
    return {top_key(FAMILY, name): ((dirname(path),),) for name in names}


_SCRIPTS = PartedScheme(contributions, FileLinker)
SCHEMES = {
    **dict.fromkeys(SCRIPT_LANGUAGES, _SCRIPTS),
    "json-config": SettingsScheme(_packages),
}
