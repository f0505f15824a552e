"""The scheme of Java: packages, imports, members along the bases, receivers by declared types.

`contributions.py` says what a file offers and `names.py` under which keys, `evaluator.py` what a chain stands for,
`linker.py` which edges follow. Tests: tests/unit/graph/test_graph_java.py.
"""

from __future__ import annotations

from codegraph.graph.resolve.java.contributions import contributions
from codegraph.graph.resolve.java.linker import JavaLinker
from codegraph.graph.resolve.parts import PartedScheme

SCHEMES = {"java": PartedScheme(contributions, JavaLinker)}
