"""How names come to have values in Python: forms of bindings.scm to `Binding`s.

What lambdas and comprehensions bind inside a function is bound in that function; outside of functions it is local
to their node (`FileView.hidden`). `global` and `nonlocal` names are bound in the scope that they mean.
`with open_thing() as f` binds f to the context manager's chain and ENTERED: what `__enter__` returns is for
resolution to say. `except E as e` binds an instance of E.
`self.x = value` binds x in the class; local names in `value` are replaced by what is known of them there,
because the class does not know the method's names.
Tests: tests/unit/extract/test_extract_python_bindings.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from codegraph.core.facts import BINDING, LITERAL, LOCAL, BindingKind, Chain
from codegraph.core.symbols import CALLABLE_KINDS, TYPE_KINDS
from codegraph.extract.languages.python.annotations import read_annotation
from codegraph.extract.languages.python.values import (
    MAX_OPERANDS,
    WRITTEN_OUT,
    aliased,
    classes_of,
    elements,
    iterations,
    narrowed,
    operands,
)
from codegraph.extract.view import FileView, Found, Match

ENTERED = "@enter"
"""The step of a chain from a context manager to what a `with` statement binds."""

_ENUMERATION = re.compile(r"(?:Enum|Flag)\b")
_OF_CLASS = re.compile(r"^(?:typing\.)?[tT]ype\[(\w+)\]$")

_SEQUENCES = frozenset({"pattern_list", "tuple_pattern", "list_pattern", "tuple", "list"})
_SPLATS = frozenset({"list_splat_pattern", "dictionary_splat_pattern", "list_splat"})


class Binder:
    """Adds the bindings of one file to its view."""

    def __init__(self, view: FileView) -> None:
        self._view = view
        self._elsewhere: dict[tuple[int, str], int] = {}
        """(Function, name) -> the scope that `global` or `nonlocal` say the name is bound in."""
        self._known: dict[tuple[int, str], Chain] = {}
        """The first value of each name in a function, for `self.x = name`."""
        self._local: set[tuple[int, str]] = set()
        self._enumerations: dict[int, bool] = {}
        self._outer: list[tuple[int, int, int, str, BindingKind, Chain]] = []
        """Bound in another scope: offset, that scope, the function, name, kind, value as the function says it."""
        self._locals = {(found.container, found.name): found.descriptor for found in view.definitions if found.local}
        """The definitions inside functions: (function, name) -> descriptor."""
        for found in view.forms("global"):
            name = found["target"][0]
            self._elsewhere[view.scope_of(name.start_byte), view.text.of(name)] = 0
        for found in view.forms("nonlocal"):
            name = found["target"][0]
            owner = view.scope_of(name.start_byte)
            self._elsewhere[owner, view.text.of(name)] = next(view.functions_around(owner), 0)

    def bind_all(self) -> None:
        """Add every binding; those of other scopes last, because their values refer to names of the function."""
        self._parameters()
        self._assignments()
        for offset, container, owner, name, kind, chain in self._outer:
            self._view.bind(offset, container, name, kind, self._outside(chain, owner))

    def _bind(self, node: Node, chain: Chain, kind: BindingKind = BindingKind.VARIABLE) -> None:
        """Bind the identifier `node` in its scope."""
        view = self._view
        offset = node.start_byte
        view.targets.add(offset)
        owner = view.scope_of(offset)
        name = view.text.of(node)
        if (owner, name) in self._elsewhere:
            self._outer.append((offset, self._elsewhere[owner, name], owner, name, kind, chain))
            return
        if view.definitions[owner].kind in TYPE_KINDS and kind is BINDING.VARIABLE:
            kind = BINDING.ATTRIBUTE
            if self._is_enumeration(owner) and name[0] != "_":
                chain = ("@self",)  # a member is an instance, whatever value it is given
        self._local.add((owner, name))
        if chain and kind is not BINDING.ELEMENT:
            self._known.setdefault((owner, name), chain)
        view.bind(offset, owner, name, kind, chain)

    def _is_enumeration(self, owner: int) -> bool:
        """Say whether a class has a base that is called like those of the standard library's enumerations."""
        known = self._enumerations.get(owner)
        if known is None:
            node = self._view.definitions[owner].node
            bases = node.child_by_field_name("superclasses") if node is not None else None
            written = self._view.text.of(bases) if bases is not None else ""
            known = self._enumerations[owner] = _ENUMERATION.search(written) is not None
        return known

    def _annotate(self, node: Node, annotation: str, kind: BindingKind) -> None:
        read = read_annotation(annotation)
        owner = self._view.scope_of(node.start_byte)
        for value in read.values or ((),):
            self._bind(node, self._view.rebased(value, owner), kind)
        for element in read.elements:
            self._bind(node, element, BINDING.ELEMENT)

    def _parameters(self) -> None:
        view = self._view
        for found in view.forms("parameter"):
            self._bind(found["target"][0], (), BINDING.PARAMETER)
        for found in view.forms("defaulted"):
            target = found["target"][0]
            self._bind(target, self._value(found), BINDING.PARAMETER)
        for found in view.forms("typed"):
            target, annotation = found["target"][0], view.text.of(found["type"][0])
            if target.type in _SPLATS:
                name = target.named_child(0)
                self._bind(name, (), BINDING.PARAMETER)
                for element in read_annotation(annotation).values:
                    self._bind(name, element, BINDING.ELEMENT)
            else:
                self._annotate(target, annotation, BINDING.PARAMETER)
        for found in view.forms("lambda"):
            node = found["target"][0]
            self._local_names(node.parent or node, node.named_children, ())
        for found in view.forms("type_parameter"):
            target = found["target"][0]
            bounds = classes_of(view.text.of(target).partition(":")[2])
            for bound in bounds or ((),):
                self._bind(_innermost(target), bound, BINDING.VARIABLE)

    def _value(self, found: Match) -> Chain:
        value = found["value"][0]
        return self._view.chain(value, self._view.owner_of(value.start_byte))

    def _assignments(self) -> None:
        for found in self._view.forms("assignment"):
            self._assign_value(found["target"][0], found["value"][0])
        for found in self._view.forms("annotated"):
            self._assign_annotated(found)
        for found in self._view.forms("iteration"):
            for target, chain in self._iterated(found):
                self._assign(target, chain)
        for found in self._view.forms("comprehension"):
            self._comprehension(found)
        for found in self._view.forms("entered"):
            chain = self._value(found)
            self._assign(found["target"][0], (*chain, ENTERED) if chain else ())
        for found in self._view.forms("except"):
            chain = self._value(found)
            self._assign(found["target"][0], (*chain, "()") if chain else ())
        for found in self._view.forms("matched"):
            chain, pattern = self._value(found), found["value"][0].named_children
            is_class = bool(chain and pattern and pattern[0].type == "class_pattern")
            self._assign(found["target"][0], (*chain, "()") if is_class else chain)
        for form in ("plain", "augmented"):
            for found in self._view.forms(form):
                self._bind(found["target"][0], ())
        self._view.targets.difference_update(  # `x += 1` reads x as well
            found["target"][0].start_byte for found in self._view.forms("augmented")
        )
        for found in self._view.forms("alias"):
            self._name_classes(found["target"][0], classes_of(self._view.text.of(found["value"][0])))
        for offset, name, chain in narrowed(self._view.text):
            if self._view.definitions[owner := self._view.scope_of(offset)].kind in CALLABLE_KINDS:
                self._view.bind(offset, owner, name, BINDING.NARROWED, chain)

    def _assign_value(self, target: Node, value: Node) -> None:
        """Bind what a value may be, what its elements are, or the classes that it is an alias of."""
        view = self._view
        owner = view.owner_of(value.start_byte)
        in_function = view.definitions[owner].kind in CALLABLE_KINDS
        name = view.text.of(target) if target.type == "identifier" else ""
        if name and view.scope_of(target.start_byte) == 0 and (classes := aliased(name, value, view.text)):
            self._name_classes(target, classes)
            return
        chains = dict.fromkeys(
            view.chain(each, owner) or (LITERAL if each.type in WRITTEN_OUT else ()) for each in operands(value)
        )
        known = [each for each in chains if each and each != LITERAL]
        for chain in known or ([LITERAL] if LITERAL in chains and () not in chains else [()]):
            self._assign(target, chain)
        for made in elements(value):
            chain = view.chain(made, owner)
            is_function = value.type == "dictionary" and value.named_child_count <= MAX_OPERANDS
            is_known = chain[-1:] == ("()",) and (in_function or chain[0].lstrip("_")[:1].isupper())
            if is_known or (is_function and chain and made.type in ("identifier", "attribute")):
                if name:
                    self._bind(target, chain, BINDING.ELEMENT)
                elif target.type == "attribute":
                    self._assign_attribute(target, chain, BINDING.ELEMENT)

    def _name_classes(self, target: Node, classes: Iterable[Chain]) -> None:
        for chain in classes:
            self._bind(target, chain)

    def _iterated(self, found: Match) -> Iterator[tuple[Node, Chain]]:
        """Walk the targets of a loop with the chains of what they are."""
        view = self._view
        target, value = found["target"][0], found["value"][0]
        owner = view.owner_of(value.start_byte)
        pairs = iterations(target, value, view.text)
        if all(each is not target for each, _, _ in pairs):
            yield target, ()
        for each, iterable, steps in pairs:
            chain = view.chain(iterable, owner)
            yield each, (*chain, *steps) if chain else ()

    def _assign(self, target: Node, chain: Chain) -> None:
        kind = target.type
        if kind == "identifier":
            self._bind(target, chain)
        elif kind == "attribute":
            self._assign_attribute(target, chain, BINDING.ATTRIBUTE)
        elif kind in _SEQUENCES or kind in _SPLATS:
            for each in _targets(target):
                self._assign(each, ())

    def _assign_attribute(self, target: Node, chain: Chain, kind: BindingKind) -> None:
        """Bind `x` of `self.x = ...` in the class around the method."""
        view = self._view
        owner = view.owner_of(target.start_byte)
        container = view.class_of(owner)
        spelled = view.chain(target, owner)
        if container is not None and len(spelled) == 2 and spelled[0] in ("@self", "@class"):
            self._outer.append((target.start_byte, container, owner, spelled[1], kind, chain))

    def _outside(self, chain: Chain, owner: int) -> Chain:
        """Say a chain of a method's scope in terms of its class's scope."""
        if not chain:
            return ()
        head = chain[0]
        for function in (owner, *self._view.functions_around(owner)):
            if (function, head) in self._locals:
                return (LOCAL + self._locals[function, head], *chain[1:])
            if (function, head) in self._known:
                return (*self._known[function, head], *chain[1:])
            if (function, head) in self._local:
                return ()
        return chain

    def _assign_annotated(self, found: Match) -> None:
        target, annotation = found["target"][0], self._view.text.of(found["type"][0])
        if target.type == "identifier":
            value = target.parent.child_by_field_name("right") if target.parent is not None else None
            if value is not None and annotation.rpartition(".")[2] == "TypeAlias":
                self._name_classes(target, classes_of(self._view.text.of(value)))
            else:
                self._annotate(target, annotation, BINDING.VARIABLE)
        elif target.type == "attribute":
            read = read_annotation(annotation)
            for chain in read.values or ((),):
                self._assign_attribute(target, chain, BINDING.ATTRIBUTE)
            for chain in read.elements:
                self._assign_attribute(target, chain, BINDING.ELEMENT)

    def _comprehension(self, found: Match) -> None:
        clause = found["target"][0].parent
        around = (clause.parent if clause is not None else None) or found["target"][0]
        for target, chain in self._iterated(found):
            self._local_names(around, [target], chain)

    def _local_names(self, around: Node, targets: Iterable[Node], chain: Chain) -> None:
        """Bind names of a lambda or comprehension: in the function, or hidden inside `around`."""
        view = self._view
        in_function = view.definitions[view.owner_of(around.start_byte)].kind in CALLABLE_KINDS
        for target in targets:
            for name in _targets(target):
                if name.type != "identifier":
                    continue
                if in_function:
                    self._bind(name, chain if target.type == "identifier" else ())
                else:
                    view.targets.add(name.start_byte)
                    view.hide(view.text.of(name), around.start_byte, around.end_byte)


def _targets(target: Node) -> Iterator[Node]:
    """Walk the names and attributes that a target or a lambda's parameter binds, in source order."""
    pending = [target]
    while pending:
        node = pending.pop()
        kind = node.type
        if kind in ("identifier", "attribute"):
            yield node
        elif kind == "default_parameter":
            name = node.child_by_field_name("name")
            if name is not None:
                pending.append(name)
        elif kind in _SEQUENCES or kind in _SPLATS:
            pending.extend(reversed(node.named_children))


def _innermost(node: Node) -> Node:
    """Return the first name in a type parameter such as `T`, `T: Bound`, `*Ts`."""
    while node.type != "identifier" and node.named_child_count:
        node = node.named_child(0)
    return node


def bind_results(view: FileView) -> None:
    """Bind what functions return or yield: by annotation, else by one obvious `return Name(...)` or `return self`."""
    returned: dict[int, list[Chain]] = {}
    yielded: dict[int, dict[Chain, None]] = {}
    for match in view.forms("yield"):
        value = match["value"][0]
        owner = view.owner_of(value.start_byte)
        if value.prev_sibling is None or value.prev_sibling.type != "from":
            yielded.setdefault(owner, {})[view.chain(value, owner)] = None
    for match in view.forms("return"):
        value = match["value"][0]
        owner = view.owner_of(value.start_byte)
        returned.setdefault(owner, []).append(view.chain(value, owner))
    for index, found in enumerate(view.definitions):
        if found.kind not in CALLABLE_KINDS or found.node is None:
            continue
        annotation = found.node.child_by_field_name("return_type")
        if annotation is not None and view.text.of(annotation) == _type_of_receiver(view, found.node):
            view.bind(found.name_start, index, "()", BINDING.RETURN, ("@self",))
        elif annotation is not None:
            read = read_annotation(view.text.of(annotation))
            for chain in read.values:
                view.bind(found.name_start, index, "()", BINDING.RETURN, chain)
            for element in read.elements:
                view.bind(found.name_start, index, "()", BINDING.ELEMENT, element)
        else:
            chains = set(returned.get(index, ()))
            if len(chains) == 1:
                _bind_obvious(view, index, found, BINDING.RETURN, chains.pop())
            if len(yielded.get(index, ())) == 1:
                _bind_obvious(view, index, found, BINDING.ELEMENT, *yielded[index])


def _type_of_receiver(view: FileView, function: Node) -> str:
    """Return the T of a method's `self: T` or `cls: type[T]`, as it was written before there was `Self`."""
    parameters = function.child_by_field_name("parameters")
    first = parameters.named_children[0] if parameters is not None and parameters.named_child_count else None
    type_ = first.child_by_field_name("type") if first is not None and first.type == "typed_parameter" else None
    if first is None or type_ is None or view.text.of(first.named_children[0]) not in ("self", "cls"):
        return ""
    return _OF_CLASS.sub(r"\1", view.text.of(type_))


def _bind_obvious(view: FileView, index: int, found: Found, kind: BindingKind, chain: Chain) -> None:
    if chain and (chain[-1] == "()" or chain in (("@self",), ("@class",))):
        view.bind(found.name_start, index, "()", kind, chain)
