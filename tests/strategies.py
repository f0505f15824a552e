"""Hypothesis strategies that several tests share; each group says what it is for."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

# --- Python projects for the model tests of the graph ---

_CLASS_NAMES = st.sampled_from(["Base", "Box", "Item"])
_FUNCTION_NAMES = st.sampled_from(["run", "load", "make", "helper"])
_MODULES = st.sampled_from(
    ["a", "b", "pkg", "pkg.a", "pkg.sub", "pkg.sub.c", "json", ".", ".a", ".sub", "..a", "other.a"]
)
_NAMES = st.one_of(_CLASS_NAMES, _FUNCTION_NAMES, st.sampled_from(["a", "sub", "LIMIT"]))

project_paths = st.sampled_from(
    ["a.py", "b.py", "json.py", "pkg/__init__.py", "pkg/a.py", "pkg/sub/__init__.py", "pkg/sub/c.py", "src/b.py"]
)
"""Paths of small Python projects: packages with and without `__init__`, a source root, a standard name."""

_imports = st.one_of(
    st.builds("from {} import {}".format, _MODULES, _NAMES),
    st.builds("from {} import {} as {}".format, _MODULES, _NAMES, _NAMES),
    st.builds("from {} import *".format, _MODULES),
    st.builds("import {}".format, _MODULES.filter(lambda name: not name.startswith("."))),
    st.builds("import {} as {}".format, _MODULES.filter(lambda name: not name.startswith(".")), _NAMES),
)
_expressions = st.one_of(
    st.builds("{}()".format, _NAMES),
    st.builds("{}.{}()".format, _NAMES, _NAMES),
    st.builds("{}().{}()".format, _CLASS_NAMES, _FUNCTION_NAMES),
    st.builds("{}.{}.{}()".format, st.sampled_from(["pkg", "a"]), _NAMES, _NAMES),
    st.builds("item.{}()".format, _FUNCTION_NAMES),
    st.builds("unknown.{}()".format, _FUNCTION_NAMES),
    st.builds("{}".format, _NAMES),
)


def _function(name: str, annotation: str, lines: list[str], result: str, indent: str = "") -> str:
    head = f"{indent}def {name}({'self, ' if indent else ''}item: {annotation} = None):"
    body = [f"{indent}    {line}" for line in [*lines, "pass", f"return {result}"]]
    return "\n".join([head, *body])


_functions = st.builds(_function, _FUNCTION_NAMES, _CLASS_NAMES, st.lists(_expressions, max_size=3), _expressions)
_methods = st.builds(
    _function,
    _FUNCTION_NAMES,
    _CLASS_NAMES,
    st.lists(
        st.one_of(
            _expressions,
            st.builds("self.{}()".format, _FUNCTION_NAMES),
            st.builds("self.part.{}()".format, _FUNCTION_NAMES),
            st.builds("super().{}()".format, _FUNCTION_NAMES),
            st.builds("self.part = {}".format, _expressions),
        ),
        max_size=3,
    ),
    _expressions,
    st.just("    "),
)
_classes = st.builds(
    lambda name, base, methods: "\n".join([f"class {name}({base}):", "    pass", *methods]),
    _CLASS_NAMES,
    st.one_of(st.just("object"), _CLASS_NAMES, st.builds("{}.{}".format, st.sampled_from(["a", "pkg"]), _CLASS_NAMES)),
    st.lists(_methods, max_size=3),
)
_constants = st.builds("LIMIT = {}".format, _expressions) | st.builds("__all__ = ['{}']".format, _NAMES)

module_texts = st.lists(st.one_of(_imports, _functions, _classes, _constants), max_size=5).map(
    lambda parts: "\n\n".join(parts) + "\n"
)
"""Python modules full of imports, calls, members and inheritance between few names, so that they meet."""

_PARTS: dict[str, list[tuple[str, ...]]] = {
    "lib/__init__.py": [
        ("from .core import *", "from .core import Box, make", "from .extra import *", ""),
        ("from . import extra", "from .extra import helper as make", ""),
        ("__all__ = ['make', 'extra']", "__all__ = ['Box', 'Crate']", ""),
    ],
    "lib/core.py": [
        ("from .extra import Crate", "from .extra import *", ""),
        ("__all__ = ['Box', 'make', 'items']", "__all__ = ['make']", ""),
        ("class Box:\n    part: Crate", "class Box:\n    part = make()", "class Box(Crate):\n    pass"),
        ("    def run(self):\n        self.part.run()", "    def run(self, now):\n        pass", ""),
        ("    def start(self) -> 'Crate':\n        return self.run()", "    def start(self):\n        pass", ""),
        ("def make() -> Box:\n    pass", "def make() -> Crate:\n    pass", "def make(size):\n    return Box()", ""),
        ("items: list[Box] = []", "items: list[Crate] = []", ""),
        ("def middle():\n    helper()\n    deep()", "def middle():\n    deep()", ""),
    ],
    "lib/extra.py": [
        ("class Crate:\n    pass", "class Crate(Shape):\n    pass", "from .shape import Shape as Crate", ""),
        ("def helper():\n    pass", "def helper(size):\n    special()", ""),
        ("def deep():\n    pass", "def deep(size):\n    pass", ""),
        ("class Shape:\n    def run(self):\n        pass", "class Shape:\n    def start(self):\n        pass", ""),
        ("def special():\n    pass", "class Odd:\n    def special_member(self):\n        pass", ""),
    ],
    "app.py": [
        ("from lib import *", "from lib.core import *", "import lib", "from lib.core import Box, make, items"),
        ("from lib.extra import deep, Crate", "from lib.core import middle", ""),
        (
            "def main(box: Box):\n    make().run()\n    for each in items:\n        each.run()\n    box.start().run()",
            "def main():\n    Crate().run()\n    make().part.start()\n    items[0].start()\n    middle()",
            "def main():\n    lib.make()\n    lib.extra.helper()\n    lib.core.Box().run()\n    odd.special_member()",
        ),
        ("class Own(Crate):\n    def run(self):\n        super().start()", "class Own(Box):\n    pass", ""),
    ],
    "lib/tests/check.py": [
        ("import tools\nimport json", "from tools import saw", "from lib import app"),
        ("def check():\n    tools.saw()\n    special()\n    json.dump()", "def check():\n    saw()"),
        ("from lib.core import *", "from lib import *"),
        ("def pick():\n    Box()\n    make()\n    middle()\n    Crate()", ""),
        ("import ns.inner.leaf\n\ndef fall():\n    ns.inner.leaf.run()", ""),
    ],
    "ns/first.py": [("def first():\n    pass", "")],
    "ns/inner/leaf.py": [("def run():\n    pass", "def run(size):\n    pass")],
    "src/tools/__init__.py": [("def saw():\n    pass", "")],
    "tools.py": [("def saw(size):\n    pass", "")],
    "lib/tests/json.py": [("def dump():\n    pass", "")],
}


def library_text(path: str, choice: Sequence[int]) -> str:
    """Return a file of the library, one variant of each of its parts."""
    parts = [variants[number % len(variants)] for variants, number in zip(_PARTS[path], choice, strict=True)]
    return "\n\n".join(filter(None, parts)) + "\n"


library_choices = st.fixed_dictionaries(
    {path: st.lists(st.integers(0, 3), min_size=len(parts), max_size=len(parts)) for path, parts in _PARTS.items()}
)
"""Path -> variant of each part: a small library and its users, in which every part says something of another."""

LIBRARY_SIZES = {path: len(parts) for path, parts in _PARTS.items()}
"""Path -> number of parts."""

LIBRARY_EDITS = [
    (path, place, variant)
    for path, parts in _PARTS.items()
    for place, variants in enumerate(parts)
    for variant in range(len(variants))
]
"""(path, part, variant): one part of one of those files becomes another."""

library_edits = st.sampled_from(LIBRARY_EDITS)
"""One of those edits."""
