"""How Rust finds modules and names in them: `mod` trees, `use` trees, crates of the project.

A module in a file of its own is found from the file that declares it, and that one from it, by the same rule ("Module
Source Filenames", The Rust Reference); a file that nobody declares is the root of a crate. What another crate is called
stands in the nearest Cargo.toml above a file, and where it begins in its own.
Tests: tests/unit/graph/test_graph_rust.py.
"""

from __future__ import annotations

from collections import Counter
from posixpath import basename, dirname

from codegraph.core.facts import Chain
from codegraph.graph.resolve.keys import definition_key, import_key, module_key, top_key
from codegraph.graph.resolve.nearness import shared_parts
from codegraph.graph.resolve.rust.contributions import child_files
from codegraph.graph.resolve.rust.names import (
    CRATES,
    IMPORTING,
    MACROS,
    around_block,
    child_key,
    in_module,
    real_module,
)
from codegraph.graph.resolve.scheme import MANY, MAX_CANDIDATES, Entry, TableReader
from codegraph.graph.resolve.settings import configuration_key
from codegraph.graph.resolve.typed.entities import (
    FUNCTION,
    PACKAGE,
    TYPE,
    VALUE,
    Candidates,
    Entity,
    foreign,
    is_foreign,
    is_known,
    merged,
)
from codegraph.graph.resolve.typed.evaluator import EXTERNAL, MISSING, UNKNOWN_RECEIVER, Evaluator

_ROOTS = ("lib.rs", "main.rs", "mod.rs", "build.rs")
_ABOVE = ("lib.rs", "main.rs", "mod.rs")
_APART = ("tests", "examples", "benches", "bin")
_KINDS = {"t": TYPE, "f": FUNCTION, "c": VALUE}
VALUES = (FUNCTION, VALUE)
"""What may be called like a module: they are names of another kind."""
_STANDARD = ("std", "core", "alloc", "proc_macro", "test")
_HEADS = ("crate", "self", "super")
MAX_PARENTS = 40
_OPEN: Candidates = (MISSING[0],)
"""What is not answered yet; it is told from an answer by identity."""
SETTLED = 1 << 30
"""The depth of what depends on no open question."""
_MAX_AGAIN = 4
"""How often an answer is not kept that depends on an open question."""
Module = tuple[str, str]
"""File, and the inline modules in it."""


class ModuleEvaluator(Evaluator):
    """Finds modules, and names in modules."""

    def __init__(self, table: TableReader) -> None:
        super().__init__(table)
        self._parents: dict[str, Module | None] = {}
        self._found: dict[tuple[str, str, str, bool], Candidates] = {}
        self._stars: dict[tuple[Module, Chain], Candidates] = {}
        self._depths: dict[tuple[str, str, str, bool], int] = {}
        """Question that is being answered -> how many are open with it."""
        self._again: Counter[tuple[str, str, str, bool]] = Counter()
        self.depth = 0
        self.lowest = SETTLED
        """The depth of the outermost open question that came up inside of itself since this was set, and was answered
        with nothing there. What was found then is an answer only to whoever began that question, or one around it."""
        self._manifests: dict[str, tuple[str, tuple[Entry, ...]]] = {}

    def parent(self, path: str) -> Module | None:
        """Return the module that declares a file's, None for the root of a crate."""
        if path not in self._parents:
            self._parents[path] = None
            self._parents[path] = self._find_parent(path)
        return self._parents[path]

    def _find_parent(self, path: str) -> Module | None:
        value = self.get(child_key(path))
        for declaring, module, _, style in value if value and value != MANY else ():
            if declaring != path and (style == "p" or (style == "r") == self._is_root_like(declaring)):
                return declaring, module
        return self._conventional(path)

    def _conventional(self, path: str) -> Module | None:
        """Return where a file would be declared that no `mod` is seen to declare: a macro may have made it."""
        directory, name = dirname(path), basename(path)
        if name == "mod.rs":
            directory, name = dirname(directory), basename(directory)
        if name in _ROOTS or basename(directory) in _APART:
            return None
        for above in (*(f"{directory}/{each}" if directory else each for each in _ABOVE), f"{directory}.rs"):
            if above != path and self.get(module_key(above)) is not None:
                return above, ""
        return None

    def _is_root_like(self, path: str) -> bool:
        return basename(path) in _ROOTS or self.parent(path) is None

    def root(self, path: str) -> str:
        """Return the root of the crate that a file belongs to."""
        for _ in range(MAX_PARENTS):
            above = self.parent(path)
            if above is None:
                break
            path = above[0]
        return path

    def _child(self, path: str, module: str, name: str, attribute: str) -> Candidates:
        wanted = "r" if self._is_root_like(path) else "n"
        for style, target in child_files(path, module, name, attribute):
            if style in (wanted, "p") and self.get(module_key(target)) is not None:
                return (package(target, ""),)
        return MISSING

    def head(self, module: Module, name: str) -> Candidates:
        """Return what the first name of a path means in a module."""
        if name == "crate":
            return (package(self.root(module[0]), ""),)
        if name == "self":
            return (package(module[0], real_module(module[1])),)
        if name == "super":
            return self.above(module)
        if name.endswith("!"):
            return self.macro(module, name[:-1])
        found = self.lookup(module, name)
        return found if found != MISSING else self._crate(module[0], name)

    def above(self, module: Module) -> Candidates:
        """Return the module around a module."""
        path, inline = module[0], real_module(module[1])
        if inline:
            return (package(path, inline.rpartition("::")[0]),)
        found = self.parent(path)
        return (package(*found),) if found is not None else MISSING

    def lookup(self, module: Module, name: str, *, own: bool = False) -> Candidates:
        """Return what a module has under a name, by definition, import or wildcard; by definition only if `own`."""
        question = (*module, name, own)
        found = self._found.get(question)
        if found is None:
            self._found[question] = _OPEN
            before, self.lowest = self.lowest, SETTLED
            self.depth += 1
            self._depths[question] = self.depth
            found = self._found[question] = self._look_up(module, name, own)
            if self.lowest < self.depth and not is_known(found) and self._again[question] < _MAX_AGAIN:
                self._again[question] += 1
                del self._found[question]
            self.close(before)
        elif found is _OPEN:
            self.lowest = min(self.lowest, self._depths[question])
            return MISSING
        return found

    def close(self, before: int) -> None:
        """Leave a question; its answer stands if nothing around it came up in it. `before` is `lowest` from outside."""
        self.lowest = min(before, self.lowest) if self.lowest < self.depth else before
        self.depth -= 1

    def _look_up(self, module: Module, name: str, own: bool) -> Candidates:
        path, inline = module
        found = self.declared(module, name, own=own)
        if found is not None:
            return found
        inside = MISSING if own else self.through_wildcards(module, name)
        if is_known(inside):
            return inside
        outer = around_block(inline) if inline else None
        if outer is not None:
            return self.lookup((path, outer), name, own=own)
        found = self._child(path, inline, name, "") if name.islower() else MISSING
        if is_known(found) or inline or self.parent(path) is not None:
            return found
        macro = self.exported_macro(path, name)
        return macro if is_known(macro) else found

    def declared(self, module: Module, name: str, *, own: bool = False) -> Candidates | None:
        """Return what a module defines under a name, or imports by it; None if nothing is said here."""
        path, inline = module
        items: list[Candidates] = []
        for kind, rest in self.get(definition_key(path, in_module(inline, name))) or ():
            if kind == "M":
                items.append(self._child(path, inline, name, rest))
            elif kind == "m":
                items.append((package(path, rest),))
            else:
                items.append((Entity(_KINDS[kind], path, rest, name),))
        found = merged(items, MAX_CANDIDATES) if items else MISSING
        if own:
            return found if is_known(found) or not inline or around_block(inline) is None else None
        if is_known(found):
            is_module = all(each.kind is PACKAGE for each in found)
            return self._with_values(module, name, found) if is_module else found
        ways = self.get(import_key(path, in_module(inline, name))) or ()
        if not ways:
            return None
        found = merged([self.imported(module, parts, name) for parts in ways], MAX_CANDIDATES)
        return found if found != MISSING else UNKNOWN_RECEIVER  # it is something, wherever it is

    def through_wildcards(self, module: Module, name: str, *, as_value: bool = False) -> Candidates:  # noqa: ARG002  (the next class)
        """Return what a module has under a name by importing everything of another; no module or type if `as_value`."""
        return MISSING

    def _with_values(self, module: Module, name: str, modules: Candidates) -> Candidates:
        """Add functions and values that are imported under a module's name: `mod commit; pub use commit::commit;`."""
        path, inline = module
        self._found[path, inline, name, False] = modules  # what is asked on the way, for a wildcard leads through it
        ways = self.get(import_key(path, in_module(inline, name))) or ()
        groups = [self.imported(module, parts, name) for parts in ways]
        groups = groups or [self.through_wildcards(module, name, as_value=True)]
        values = [tuple(each for each in group if each.kind in VALUES) for group in groups]
        found = self._found[path, inline, name, False] = merged([modules, *values], MAX_CANDIDATES)
        return found

    def starred(self, module: Module, parts: Chain) -> Candidates:
        """Return what gives its names to a module that imports everything of this path."""
        found = self._stars.get((module, parts))
        if found is None:
            before, self.lowest = self.lowest, SETTLED
            may_give = not parts[-1:] or parts[-1][-1] != "!" or self._may_import(parts[-1][:-1])
            found = self.imported(module, parts, "") if may_give else ()
            if self.lowest > self.depth or is_known(found):
                self._stars[module, parts] = found
            self.lowest = min(before, self.lowest)
        return found

    def _may_import(self, macro: str) -> bool:
        """Say whether a macro of this name imports anything where it is invoked."""
        value = self.get(top_key(MACROS, macro)) or ()
        return value == MANY or any(IMPORTING in each for each in value)

    def variant(self, owner: Entity, name: str) -> Candidates:  # noqa: ARG002  (the next class knows types)
        """Return what a wildcard import of a type gives."""
        return MISSING

    def imported(self, module: Module, parts: Chain, alias: str) -> Candidates:
        """Return what an imported path leads to."""
        head, rest = parts[0] if parts else "crate", parts[1:]
        found = self._modules(module, head) if (rest or not alias) and head not in _HEADS else MISSING
        if not is_known(found):
            found = self.head(module, head) if head != alias or head in _HEADS else MISSING
        if not is_known(found):
            own = self.lookup(module, head, own=True) if rest else MISSING
            found = own if is_known(own) else self._crate(module[0], head)
        if not is_known(found) and not is_foreign(found) and rest:
            found = self.lookup((self.root(module[0]), ""), head, own=True)  # a path of the edition of 2015
        for number, part in enumerate(rest, 2):
            is_last = number == len(parts) and alias != ""
            step = self._step if is_last else self._within
            found = merged([step(each, part) for each in found], MAX_CANDIDATES)
        return found

    def _within(self, owner: Entity, name: str) -> Candidates:
        """Return what a name is where something of it follows: a module before all else."""
        found = self._modules((owner.path, owner.descriptor), name) if owner.kind is PACKAGE else MISSING
        return found if is_known(found) else self._step(owner, name)

    def _modules(self, module: Module, name: str) -> Candidates:
        """Return the modules that a module declares under a name; what else has that name is another question."""
        found = self.lookup(module, name, own=True)
        return found if is_known(found) and all(each.kind is PACKAGE for each in found) else MISSING

    def packaged(self, package: Entity, name: str) -> Candidates:
        """Return what a module has under a name."""
        module = (package.path, package.descriptor)
        if name == "super":
            return self.above(module)
        if name.endswith("!"):
            is_block = around_block(module[1]) is not None
            return self.macro(module, name[:-1]) if is_block else self._function(module, name[:-1])
        return (package,) if name == "self" else self.lookup(module, name)

    def _function(self, module: Module, name: str) -> Candidates:
        return tuple(each for each in self.lookup(module, name) if each.kind is FUNCTION) or MISSING

    def macro(self, module: Module, name: str) -> Candidates:
        """Return the macro that a bare name means: of the files above, imported, or the only one of the crate."""
        above: Module | None = module
        for _ in range(MAX_PARENTS):
            if above is None:
                break
            entries = self.get(definition_key(above[0], "!" + name)) or ()
            if entries:
                return tuple(Entity(FUNCTION, above[0], each[1], name) for each in entries[:MAX_CANDIDATES])
            above = self.parent(above[0])
        found = self._function(module, name)
        return found if is_known(found) else self.exported_macro(self.root(module[0]), name)

    def exported_macro(self, root: str, name: str) -> Candidates:
        """Return the macro of that name that stands anywhere in the crate with this root."""
        value = self.get(top_key(MACROS, name))
        near = [each for each in value if self.root(each[0]) == root] if value and value != MANY else []
        return tuple(Entity(FUNCTION, each[0], each[1], name) for each in near[:MAX_CANDIDATES]) or EXTERNAL

    def _manifest(self, directory: str) -> tuple[str, tuple[Entry, ...]]:
        """Return the directory of the nearest package above, and its settings."""
        found = self._manifests.get(directory)
        if found is None:
            settings = self.get(configuration_key(f"{directory}/Cargo.toml" if directory else "Cargo.toml")) or ()
            if any(each[0] == "package" for each in settings) or not directory:
                found = (directory, settings)
            else:
                found = self._manifest(dirname(directory))
            self._manifests[directory] = found
        return found

    def _crate(self, path: str, name: str) -> Candidates:
        """Return the root of another crate, or of the package's own library."""
        if name in _STANDARD:
            return foreign(name)
        _, settings = self._manifest(dirname(path))
        wanted = ""
        for setting in settings:
            is_own = setting[0] == "package" and setting[1].replace("-", "_") == name
            if is_own or (setting[0] == "lib" and setting[1].replace("-", "_") == name):
                wanted = name
            elif setting[0] == "depends" and setting[1] == name:
                wanted = setting[2]
        value = self.get(top_key(CRATES, wanted)) if wanted else None
        if not value or value == MANY:
            return foreign(name)
        directory, library = max(value, key=lambda each: (shared_parts(each[0], path), -len(each[0])))
        place = "/".join(part for part in (directory, library or "src/lib.rs") if part)
        return (package(place, ""),) if self.get(module_key(place)) is not None else foreign(name)


def package(path: str, inline: str) -> Entity:
    """Return a module as a candidate."""
    return Entity(PACKAGE, path, inline)
