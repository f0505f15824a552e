"""Edges of a Ruby file: those of its references, of `require`, and overridden methods.

`X.new` is a call of `initialize`, of the class where there is none. A call of which only the name is known has an edge
(`inferred`) if the receiver is called like a class that has the method (`@site.config`); or if one method in the
project has that name, and Ruby itself has none: for a receiver of which nothing is known, and for `self` where the
method is in no ancestor (a module's, or a subclass's).
Tests: tests/unit/graph/test_graph_ruby.py.
"""

from __future__ import annotations

from posixpath import dirname, join, normpath

from codegraph.core.facts import ROLE, Chain, Import, Occurrences, Outline, Reference
from codegraph.core.symbols import KIND, Confidence, DependencyKind, symbol_id
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.keys import module_key, top_key
from codegraph.graph.resolve.nearness import shared_parts
from codegraph.graph.resolve.parts import Part
from codegraph.graph.resolve.ruby.contributions import FileClasses
from codegraph.graph.resolve.ruby.evaluator import RubyEvaluator
from codegraph.graph.resolve.ruby.names import CORE_METHODS, FAMILY, ROOTS, class_member_key
from codegraph.graph.resolve.scheme import MANY, MAX_CANDIDATES, TableReader
from codegraph.graph.resolve.typed.entities import FUNCTION, INSTANCE, TYPE, Candidates, Entity, is_foreign, merged
from codegraph.graph.resolve.typed.evaluator import Evaluator, Place
from codegraph.graph.resolve.typed.linker import Outcome, TypedLinker

_OWN = ("@self", "@class", "@block", "@file")


class RubyLinker(TypedLinker):
    """Links one Ruby file."""

    called_type = DependencyKind.CALLS

    def __init__(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> None:
        super().__init__(path, outline, occurrences, collector)
        self._classes = FileClasses(outline, occurrences)
        self._is_view = outline.language == "erb"

    def begin(self, table: TableReader) -> Evaluator:
        """Return the evaluator of the next part."""
        self._table = table
        self._ruby = RubyEvaluator(table, self.path)
        return self._ruby

    def place_of(self, reference: Reference) -> Place:
        """Return the nesting around a reference; a superclass is written outside of its class."""
        owner = reference.owner
        definition = self.definitions[owner]
        if reference.role is ROLE.INHERIT and definition.kind is KIND.CLASS:
            written = ("super", *reference.chain)
            if written in self._classes.bases.get(owner, ()):
                return Place(self.path, self._classes.outer(owner))
        return Place(self.path, self._classes.nestings[owner])

    def candidates(self, reference: Reference) -> Candidates:
        """Return what a reference stands for, classes where they are defined."""
        found = super().candidates(reference)
        located = [self._ruby.located(each) if each.kind is TYPE else (each,) for each in found]
        return merged(located, MAX_CANDIDATES)

    def outcome(self, found: Candidates, reference: Reference) -> Outcome:
        """Return the edges; a method of which only the name is known may be the only one of that name."""
        edges, reason = super().outcome(found, reference)
        chain = reference.chain
        name = chain[-1].removesuffix("()")
        if reason not in ("unknown_receiver", "missing") or reference.role is not ROLE.CALL or name == chain[-1]:
            return edges, reason
        if name in CORE_METHODS or not (name[0].isalpha() or name[0] == "_"):
            return (), "builtin" if reason == "missing" else reason
        if reason == "missing" and (len(chain) != 2 or chain[0] not in _OWN):
            return edges, reason
        value = self._table.named(FAMILY, chain[-1])
        if value == MANY:
            return (), "ambiguous"
        if value is None or not self._ruby.is_visible(value[0][0]):
            return (), "external" if chain[0] in ("@file", "@block") else reason
        if self._is_action(value[0], chain) or (self._is_view and not self._is_helper(value[0], chain)):
            return (), reason
        target = symbol_id(value[0][0], value[0][1])
        if target == self.collector.ids[reference.owner]:
            return (), reason  # what passes a call on seldom passes it on to itself
        return ((target, DependencyKind.CALLS, Confidence.INFERRED),), ""

    @staticmethod
    def _is_action(found: tuple[str, ...], chain: Chain) -> bool:
        """Say whether a method is one of a controller, which nobody calls on another object."""
        return _around(found[1]).endswith("Controller") and (len(chain) != 2 or chain[0] not in _OWN)

    @staticmethod
    def _is_helper(found: tuple[str, ...], chain: Chain) -> bool:
        """Say whether a view may call a method so: what it calls on nobody is a helper, else a local of the view."""
        around = _around(found[1])
        is_bare = len(chain) == 2 and chain[0] in _OWN
        return not is_bare or not around or around.endswith("Helper") or "helpers/" in found[0]

    def may_be_own(self, found: Candidates, reference: Reference) -> bool:
        """Say whether a method of the project of that name may be meant.

        A value that a library gave may have any, `self` one of a class derived from its own or of whoever runs the
        block; not so a library's constant, what is made of one, and `super`.
        """
        chain = reference.chain
        if not is_foreign(found) or not chain[-1].endswith("()") or chain[0] == "@super":
            return False
        *before, _ = found[0].descriptor.split(" ")
        if before == ["@own", "()"]:
            is_own = chain[0] in _OWN and len(chain) == 2
        else:
            made = before[:-1] if before[-1:] == ["()"] else before
            is_own = not before or any(each[-1] == ")" for each in made)
        if not is_own:  # it is an object, still; what stands outside of classes is private
            common = [each for root in ROOTS for each in self._table.get(class_member_key(root, chain[-1])) or ()]
            return any(each == MANY[0] or "#" in each[1] for each in common)
        return self._table.named(FAMILY, chain[-1]) is not None

    def finish(self, part: Part) -> None:
        """Add imports and overrides."""
        for each in part.imports:
            self._link_import(each)
        for index in part.owners:
            if self.definitions[index].kind is KIND.METHOD:
                self._link_override(index)

    def _link_import(self, each: Import) -> None:
        path = each.module
        if each.level or path.startswith("."):
            path = normpath(join(dirname(self.path), path))
            path = path if path.endswith(".rb") else f"{path}.rb"
            found = [path] if self._table.get(module_key(path)) is not None else []
        else:
            value = self._table.get(top_key(FAMILY, path.removesuffix(".rb")))
            known = [entry[0] for entry in value] if value and value != MANY else []
            shared = [shared_parts(self.path, one) for one in known]
            found = [one for one, count in zip(known, shared, strict=True) if count == max(shared)]
        sure = Confidence.EXACT if len(found) == 1 else Confidence.AMBIGUOUS
        for target in found[:MAX_CANDIDATES]:
            self.collector.add(each.owner, symbol_id(target, ""), DependencyKind.IMPORTS, sure, each.line, each.column)
        if not found:
            self.collector.miss(each.owner, each.module, ROLE.READ, "external", each.line, each.column)

    def _link_override(self, index: int) -> None:
        definition = self.definitions[index]
        if not self._classes.said.get(index, {}).keys().isdisjoint(("@local", "@hidden")):
            return
        place = definition.selection_range
        for form in self._classes.forms(index)[:1]:
            kind = TYPE if form[0] == "." else INSTANCE
            owner = Entity(kind, "", self._classes.full(index), "super")
            found = [each for each in self._ruby.inherited(owner, form.removeprefix(".")) if each.kind is FUNCTION]
            sure = Confidence.EXACT if len(found) == 1 else Confidence.AMBIGUOUS
            for each in found:
                target = symbol_id(each.path, each.descriptor)
                self.collector.add(index, target, DependencyKind.OVERRIDES, sure, place.start_line, place.start_column)


def _around(descriptor: str) -> str:
    """Return the name of the class or module that a method stands in, "" for none."""
    return descriptor.rpartition("#")[0].rpartition("#")[2]
