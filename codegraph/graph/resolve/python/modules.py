"""Which file a Python import means, found without an interpreter and without a search path.

A *root* is a directory that imports start from. The importer's own root is the first directory above
it that is no package; the directories above that one count too, nearest first. Failing those, a
package elsewhere may be meant (a `src` layout, a sibling project): its root must be no package itself,
must not lie in a directory of test data, examples or vendored code that the importer is outside of,
and a plain module or a namespace package counts only in a directory that is named like a source root.
The nearest root wins; equally near ones are all candidates. Modules of the standard library are only
shadowed from the importer's own root. What is not found is external.

A package wins over a module of the same name, and both over a namespace package (a directory without
`__init__.py`), as in Python. Everything is asked of the table, so a file that appears or vanishes
links the importers again. Tests: tests/unit/graph/test_graph_python_modules.py.
"""

from __future__ import annotations

from posixpath import dirname

from codegraph.graph.resolve.keys import directory_key, module_key, top_key
from codegraph.graph.resolve.python.entities import MODULE, Candidates, Entity, is_known, merged, unknown
from codegraph.graph.resolve.python.names import FAMILY, STANDARD_LIBRARY
from codegraph.graph.resolve.scheme import MANY, MAX_CANDIDATES, TableReader

_SOURCE_ROOTS = frozenset({"src", "lib", "python", "py", "source", "sources"})
_APART = frozenset(
    {
        *("test", "tests", "testing", "testdata", "test_data", "fixtures", "data", "example", "examples", "sample"),
        *("samples", "docs", "vendor", "_vendor", "vendored", "third_party", "thirdparty", "node_modules"),
        *("site-packages", "build", "dist"),
    }
)


class ModuleFinder:
    """Finds modules for the imports of any file; one per call of `link`."""

    def __init__(self, table: TableReader) -> None:
        self._get = table.get
        self._roots: dict[str, tuple[str, ...]] = {}
        self._found: dict[tuple[str, str], Candidates] = {}

    def find(self, importer: str, module: str, level: int) -> Candidates:
        """Return the MODULE entities that an import of `importer` may mean, or why there is none."""
        if level == 0:
            return self._absolute(importer, module)
        directory = dirname(importer)
        for _ in range(level - 1):
            if not directory:
                return unknown("missing")
            directory = dirname(directory)
        found = self.package(directory)
        return self.inside(found, module.split(".")) if module else found

    def package(self, directory: str) -> Candidates:
        """Return the package that lives in a directory, with or without `__init__.py`."""
        path = _join(directory, "__init__.py")
        if self._get(module_key(path)) is not None:
            return (Entity(MODULE, path, name=directory),)
        if self._get(directory_key(FAMILY, directory)) is not None:
            return (Entity(MODULE, "", name=directory),)
        return unknown("missing")

    def submodule(self, parent: Entity, name: str) -> Candidates:
        """Return the module `name` inside a package; a plain module has none."""
        if parent.path and not parent.path.endswith("__init__.py"):
            return unknown("missing")
        place = _join(parent.name, name)
        for path in (f"{place}/__init__.py", f"{place}.py"):
            if self._get(module_key(path)) is not None:
                return (Entity(MODULE, path, name=place),)
        if self._get(directory_key(FAMILY, place)) is not None:
            return (Entity(MODULE, "", name=place),)
        return unknown("missing")

    def inside(self, found: Candidates, parts: list[str]) -> Candidates:
        """Follow dotted parts downwards from packages; only whole paths count."""
        for part in parts:
            following: list[Entity] = []
            for each in found:
                following.extend(e for e in self.submodule(each, part) if e.kind is MODULE)
            if not following:
                return unknown("missing")
            found = tuple(following)
        return found

    def _absolute(self, importer: str, module: str) -> Candidates:
        key = (importer, module)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._search(importer, module.split("."))
        return found

    def _search(self, importer: str, parts: list[str]) -> Candidates:
        value = self._get(top_key(FAMILY, parts[0]))
        if value is None:
            return unknown("external")
        roots = self._own_roots(dirname(importer))
        if parts[0] in STANDARD_LIBRARY:
            roots = roots[:1]
        forms = {} if value == MANY else _forms(value)
        own = [root for root in roots if value == MANY or root in forms]
        tops = [self.submodule(Entity(MODULE, name=root), parts[0]) for root in own]
        for top in tops:
            if top[0].path:
                return self.inside(top, parts[1:])
        if parts[0] not in STANDARD_LIBRARY:
            found = [
                self.inside(self.submodule(Entity(MODULE, name=root), parts[0]), parts[1:])
                for root in self._elsewhere(roots, forms, dirname(importer))
            ]
            if is_known(elsewhere := merged(found, MAX_CANDIDATES)):
                return elsewhere
        for top in tops:
            if is_known(whole := self.inside(top, parts[1:])):
                return whole
        return unknown("external")

    def _elsewhere(self, roots: tuple[str, ...], forms: dict[str, str], directory: str) -> list[str]:
        """Return the nearest acceptable roots beside the importer's own ones."""
        near: list[tuple[int, str]] = []
        for root, form in forms.items():
            if root in roots or (form != "p" and root.rpartition("/")[2] not in _SOURCE_ROOTS):
                continue
            shared = _shared_parts(root, directory)
            apart = root.split("/")[shared:]
            if _APART.intersection(apart) or self._get(module_key(_join(root, "__init__.py"))) is not None:
                continue
            near.append((-shared, root))
        best = min((distance for distance, _ in near), default=0)
        return sorted(root for distance, root in near if distance == best)

    def _own_roots(self, directory: str) -> tuple[str, ...]:
        """Return the importer's own root and the directories above it, nearest first."""
        roots = self._roots.get(directory)
        if roots is None:
            above = directory
            while above and self._get(module_key(f"{above}/__init__.py")) is not None:
                above = dirname(above)
            found = [above]
            while above:
                above = dirname(above)
                found.append(above)
            roots = self._roots[directory] = tuple(found)
        return roots


def _forms(value: tuple[tuple[str, ...], ...]) -> dict[str, str]:
    """Return the best form by directory: a package before a module before a namespace."""
    forms: dict[str, str] = {}
    for directory, form in value:
        if directory not in forms or "pmn".index(form) < "pmn".index(forms[directory]):
            forms[directory] = form
    return forms


def _shared_parts(one: str, other: str) -> int:
    shared = 0
    for left, right in zip(one.split("/") if one else [], other.split("/") if other else [], strict=False):
        if left != right:
            break
        shared += 1
    return shared


def _join(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name
