"""The scheme of C++: namespaces, classes with their bases, includes, receivers by declared types.

`contributions.py` says what a file offers and `names.py` under which keys, `scopes.py` what a name means in a scope,
`evaluator.py` what a chain stands for, `linker.py` which edges follow. Tests: tests/unit/graph/test_graph_cpp.py.
"""

from __future__ import annotations

from codegraph.graph.resolve.cpp.contributions import contributions
from codegraph.graph.resolve.cpp.linker import CppLinker
from codegraph.graph.resolve.parts import PartedScheme

SCHEMES = {"cpp": PartedScheme(contributions, CppLinker)}
