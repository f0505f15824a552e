"""The scheme of Python: how its imports, classes and names lead to definitions.

Lookup order of a name: the function's own names, the class body's (in the body and in headers only),
the file's definitions, its imports (the last that leads into the project wins), its star imports (last
wins), builtins. `contributions.py` says what a file offers, `modules.py` which file an import means,
`evaluator.py` what an expression stands for, `linker.py` which edges follow.

Tests: tests/unit/graph/test_graph_python.py and test_graph_python_modules.py.
"""

from __future__ import annotations

from codegraph.core.symbols import PYTHON_LANGUAGES
from codegraph.graph.resolve.parts import PartedScheme
from codegraph.graph.resolve.python.contributions import contributions
from codegraph.graph.resolve.python.linker import FileLinker

SCHEMES = dict.fromkeys(PYTHON_LANGUAGES, PartedScheme(contributions, FileLinker))
