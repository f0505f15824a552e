"""The scheme of Ruby: constants by nesting and ancestors, members of classes over all files that reopen them.

`contributions.py` says what a file offers and `names.py` under which keys, `evaluator.py` what a chain stands for,
`linker.py` which edges follow. Tests: tests/unit/graph/test_graph_ruby.py.
"""

from __future__ import annotations

from codegraph.graph.resolve.parts import PartedScheme
from codegraph.graph.resolve.ruby.contributions import contributions
from codegraph.graph.resolve.ruby.linker import RubyLinker

SCHEMES = dict.fromkeys(("ruby", "erb"), PartedScheme(contributions, RubyLinker))
