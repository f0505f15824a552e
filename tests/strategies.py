"""Hypothesis strategies that several tests share; each group says what it is for."""

from __future__ import annotations

from hypothesis import strategies as st
from libraries import BOTH

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

library_choices = st.fixed_dictionaries(
    {path: st.lists(st.integers(0, 3), min_size=size, max_size=size) for path, size in BOTH.sizes.items()}
)
"""Path -> variant of each part of the libraries of all languages."""

library_edits = st.sampled_from(BOTH.edits)
"""(path, part, variant): one part of one of its files becomes another."""
