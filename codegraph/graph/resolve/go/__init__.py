"""The scheme of Go: packages are directories, names are the package's, members are found by declared types.

`contributions.py` says what a file offers and `names.py` under which keys, `evaluator.py` what a chain stands for,
`linker.py` which edges follow. Tests: tests/unit/graph/test_graph_go.py.
"""

from __future__ import annotations

from posixpath import dirname

from codegraph.core.facts import COMPUTED, Chain, Occurrences
from codegraph.graph.resolve.go.contributions import contributions
from codegraph.graph.resolve.go.linker import GoLinker
from codegraph.graph.resolve.go.names import MODULES
from codegraph.graph.resolve.keys import top_key
from codegraph.graph.resolve.parts import PartedScheme
from codegraph.graph.resolve.scheme import Value
from codegraph.graph.resolve.settings import SettingsScheme


def _modules(path: str, occurrences: Occurrences) -> dict[str, Value]:
    """Offer the directory of a go.mod under the path of its module."""
    return {top_key(MODULES, each.chain[0]): ((dirname(path),),) for each in occurrences.exports}


def _heads(occurrences: Occurrences) -> list[Chain]:
    """Return what references begin with that may lead into an imported package: its name, and one in it."""
    chains = (each.chain for each in occurrences.references)
    return sorted({each[:2] for each in chains if len(each) > 1 and each[0] != "()" and each[-1] != COMPUTED})


SCHEMES = {"go": PartedScheme(contributions, GoLinker, _heads), "go-mod": SettingsScheme(_modules)}
