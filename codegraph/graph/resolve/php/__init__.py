"""The scheme of PHP: full names, members along bases and traits, receivers by declared, documented and assigned types.

`contributions.py` says what a file offers and `names.py` under which keys, `evaluator.py` what a chain stands for,
`linker.py` which edges follow. Tests: tests/unit/graph/test_graph_php.py.
"""

from __future__ import annotations

from codegraph.graph.resolve.parts import PartedScheme
from codegraph.graph.resolve.php.contributions import contributions
from codegraph.graph.resolve.php.linker import PhpLinker

SCHEMES = dict.fromkeys(("php", "blade"), PartedScheme(contributions, PhpLinker))
