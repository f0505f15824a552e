"""The scheme of C#: namespaces and usings, partial types, members along bases, extension methods.

`contributions.py` says what a file offers and `names.py` under which keys, `evaluator.py` what a chain stands for,
`linker.py` which edges follow. Tests: tests/unit/graph/test_graph_c_sharp.py.
"""

from __future__ import annotations

from codegraph.graph.resolve.c_sharp.contributions import contributions
from codegraph.graph.resolve.c_sharp.linker import CSharpLinker
from codegraph.graph.resolve.parts import PartedScheme

SCHEMES = {"c_sharp": PartedScheme(contributions, CSharpLinker)}
