"""How names come to have values in Python: forms of bindings.scm to `Binding`s.

What lambdas and comprehensions bind is bound nowhere else, and `global` and `nonlocal` names in the scope that they
mean (`scopes`).
`with open_thing() as f` binds f to the context manager's chain and ENTERED: what `__enter__` returns is for
resolution to say. `except E as e` binds an instance of E.
`self.x = value` binds x in the class; local names in `value` are replaced by what is known of them there,
because the class does not know the method's names.
Tests: tests/unit/extract/test_extract_python_bindings.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tree_sitter import Node

from codegraph.core.facts import BINDING, LITERAL, LOCAL, BindingKind, Chain
from codegraph.core.symbols import CALLABLE_KINDS, TYPE_KINDS
from codegraph.extract.languages.python.annotations import read_annotation
from codegraph.extract.languages.python.headers import Headers
from codegraph.extract.languages.python.scopes import SPLATS, Lookups, find_inner_scopes, iterated, targets_of
from codegraph.extract.languages.python.values import (
    COMPREHENSIONS,
    MAX_OPERANDS,
    SEQUENCES,
    WRITTEN_OUT,
    aliased,
    classes_of,
    elements,
    narrowed,
    operands,
    passed_on,
)
from codegraph.extract.view import FileView, Found, Match

ENTERED = "@enter"
"""The step of a chain from a context manager to what a `with` statement binds."""

_ENUMERATION = re.compile(r"(?:Enum|Flag)\b")
_OF_CLASS = re.compile(r"^(?:typing\.)?[tT]ype\[(\w+)\]$")


class Binder:
    """Adds the bindings of one file to its view."""

    def __init__(self, view: FileView) -> None:
        self._view = view
        self._elsewhere: dict[tuple[int, str], int] = {}
        """(Function, name) -> the scope that `global` or `nonlocal` say the name is bound in, -1 for the nearest."""
        self._known: dict[tuple[int, str], Chain] = {}
        """The first value of each name in a function, for `self.x = name`."""
        self._local: set[tuple[int, str]] = set()
        self._in_headers: dict[int, int] = {}
        """Where `:=` stands in the header of a definition -> the scope around that."""
        self._type_parameters: set[tuple[int, str]] = set()
        self._first: dict[tuple[int, str], tuple[int, int]] = {}
        """(Class, name) -> where the first assignment begins and ends that binds it in the body."""
        self._enumerations: dict[int, bool] = {}
        self._outer: list[tuple[int, int, int, str, BindingKind, Chain]] = []
        """Bound in another scope: offset, that scope, the function, name, kind, value as the function says it."""
        self._locals = {(found.container, found.name): found.descriptor for found in view.definitions if found.local}
        """The definitions inside functions: (function, name) -> descriptor."""
        self.headers = Headers(view)
        for found in view.forms("global"):
            name = found["target"][0]
            self._elsewhere[view.scope_of(name.start_byte), view.text.of(name)] = 0
        for found in view.forms("nonlocal"):
            name = found["target"][0]
            owner = view.scope_of(name.start_byte)
            self._elsewhere[owner, view.text.of(name)] = -1

    def bind_all(self) -> None:
        """Add every binding; those of other scopes last, because their values refer to names of the function."""
        find_inner_scopes(self._view)
        self._parameters()
        self._assignments()
        for offset, container, owner, name, kind, chain in self._outer:
            scope = self._nearest(owner, name) if container < 0 else container
            self._view.bind(offset, scope, name, kind, self._outside(chain, owner))
        bound = self._local - self._type_parameters
        self._view.outward = Lookups(self._view, bound, self._elsewhere, self._first)

    def _nearest(self, owner: int, name: str) -> int:
        """Return the function around one that binds a name which it declares `nonlocal`."""
        around = [each for each in self._view.functions_around(owner) if (each, name) not in self._elsewhere]
        binding = (each for each in around if (each, name) in self._local or (each, name) in self._locals)
        return next(binding, around[0] if around else 0)

    def _bind(self, node: Node, chain: Chain, kind: BindingKind = BindingKind.VARIABLE) -> None:
        """Bind the identifier `node` in its scope."""
        view = self._view
        offset = node.start_byte
        view.targets.add(offset)
        owner = self._in_headers.get(offset) if self._in_headers else None
        owner = view.scope_of(offset) if owner is None else owner
        name = view.text.of(node)
        if (owner, name) in self._elsewhere:
            self._outer.append((offset, self._elsewhere[owner, name], owner, name, kind, chain))
            return
        if view.definitions[owner].kind in TYPE_KINDS and kind is BINDING.VARIABLE:
            kind = BINDING.ATTRIBUTE
            if node.parent is not None and node.parent.type == "assignment":
                self._first.setdefault((owner, name), (offset, node.parent.end_byte))
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
        is_header = kind is BINDING.PARAMETER
        for value in read.values or ((),):
            chain = self._view.rebased(value, owner, node.start_byte)
            self._bind(node, self.headers.meant(chain, owner) if is_header else chain, kind)
        for element in read.elements:
            self._bind(node, self.headers.meant(element, owner) if is_header else element, BINDING.ELEMENT)

    def _parameters(self) -> None:
        view = self._view
        for found in view.forms("parameter"):
            self._bind(found["target"][0], (), BINDING.PARAMETER)
        for found in view.forms("defaulted"):
            target = found["target"][0]
            chain = self._value(found)
            self._bind(target, self.headers.meant(chain, view.scope_of(target.start_byte)), BINDING.PARAMETER)
        for found in view.forms("typed"):
            target, annotation = found["target"][0], view.text.of(found["type"][0])
            if target.type in SPLATS:
                name = target.named_child(0)
                self._bind(name, (), BINDING.PARAMETER)
                for element in read_annotation(annotation).values:
                    self._bind(name, element, BINDING.ELEMENT)
            else:
                self._annotate(target, annotation, BINDING.PARAMETER)
        for found in view.forms("type_parameter"):
            target = found["target"][0]
            bounds = classes_of(view.text.of(target).partition(":")[2])
            name = _innermost(target)
            self._type_parameters.add((view.scope_of(name.start_byte), view.text.of(name)))
            for bound in bounds or ((),):
                self._bind(name, bound, BINDING.VARIABLE)

    def _value(self, found: Match) -> Chain:
        value = found["value"][0]
        return self._view.chain(value, self._view.owner_of(value.start_byte))

    def _assignments(self) -> None:
        for found in self._view.forms("assignment"):
            self._assign_value(found["target"][0], found["value"][0])
        for found in self._view.forms("walrus"):
            start = found["target"][0].start_byte
            if self._view.inner.around(start, only_functions=True) is None:
                owner = self._view.scope_of(start)
                around = self._view.definitions[owner]
                if owner and start < around.header_end:
                    self._in_headers[start] = around.container
                self._assign_value(found["target"][0], found["value"][0])
        for each in self._view.imports:
            if self._view.definitions[each.owner].kind in TYPE_KINDS and each.alias:
                offset = self._view.definitions[each.owner].header_end
                self._view.bind(offset, each.owner, each.alias, BINDING.ATTRIBUTE, ())
        for found in self._view.forms("annotated"):
            self._assign_annotated(found)
        for found in self._view.forms("iteration"):
            for target, chain in iterated(self._view, found):
                self._assign(target, chain)
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
            is_inner = name in self._view.inner.names and self._view.inner.find(name, offset) is not None
            if self._view.definitions[owner := self._view.scope_of(offset)].kind in CALLABLE_KINDS and not is_inner:
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
        passed = passed_on(value, view.text) if in_function and name else None
        if passed is not None and (chain := view.chain(passed, owner)) and chain != (name,):
            self._bind(target, (*chain, "[]"), BINDING.ELEMENT)
        for made in elements(value):
            chain = view.chain(made, owner)
            is_function = value.type == "dictionary" and value.named_child_count <= MAX_OPERANDS
            is_passed = value.type in COMPREHENSIONS and chain[-1:] == ("[]",)
            is_known = (chain[-1:] == ("()",) or is_passed) and (in_function or chain[0].lstrip("_")[:1].isupper())
            if is_known or (is_function and chain and made.type in ("identifier", "attribute")):
                if name:
                    self._bind(target, chain, BINDING.ELEMENT)
                elif target.type == "attribute":
                    self._assign_attribute(target, chain, BINDING.ELEMENT)

    def _name_classes(self, target: Node, classes: Iterable[Chain]) -> None:
        for chain in classes:
            self._bind(target, chain)

    def _assign(self, target: Node, chain: Chain) -> None:
        kind = target.type
        if kind == "identifier":
            self._bind(target, chain)
        elif kind == "attribute":
            self._assign_attribute(target, chain, BINDING.ATTRIBUTE)
        elif kind in SEQUENCES or kind in SPLATS:
            for each in targets_of(target):
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


def _innermost(node: Node) -> Node:
    """Return the first name in a type parameter such as `T`, `T: Bound`, `*Ts`."""
    while node.type != "identifier" and node.named_child_count:
        node = node.named_child(0)
    return node


def bind_results(view: FileView, headers: Headers) -> None:
    """Bind what functions return or yield: by annotation, else by obvious `return Name(...)` or `return self`."""
    returned: dict[int, dict[Chain, None]] = {}
    yielded: dict[int, dict[Chain, None]] = {}
    for match in view.forms("yield"):
        value = match["value"][0]
        owner = view.owner_of(value.start_byte)
        if value.prev_sibling is None or value.prev_sibling.type != "from":
            yielded.setdefault(owner, {})[view.chain(value, owner)] = None
    for match in view.forms("return"):
        value = match["value"][0]
        owner = view.owner_of(value.start_byte)
        returned.setdefault(owner, {})[view.chain(value, owner)] = None
    for index, found in enumerate(view.definitions):
        if found.kind not in CALLABLE_KINDS or found.node is None:
            continue
        annotation = found.node.child_by_field_name("return_type")
        if annotation is not None and view.text.of(annotation) == _type_of_receiver(view, found.node):
            view.bind(found.name_start, index, "()", BINDING.RETURN, ("@self",))
        elif annotation is not None:
            read = read_annotation(view.text.of(annotation))
            for chain in read.values:
                view.bind(found.name_start, index, "()", BINDING.RETURN, headers.meant(chain, index))
            for element in read.elements:
                view.bind(found.name_start, index, "()", BINDING.ELEMENT, headers.meant(element, index))
        else:
            _bind_obvious(view, index, found, BINDING.RETURN, returned.get(index, ()))
            _bind_obvious(view, index, found, BINDING.ELEMENT, yielded.get(index, ()))


def _type_of_receiver(view: FileView, function: Node) -> str:
    """Return the T of a method's `self: T` or `cls: type[T]`, as it was written before there was `Self`."""
    parameters = function.child_by_field_name("parameters")
    first = parameters.named_children[0] if parameters is not None and parameters.named_child_count else None
    type_ = first.child_by_field_name("type") if first is not None and first.type == "typed_parameter" else None
    if first is None or type_ is None or view.text.of(first.named_children[0]) not in ("self", "cls"):
        return ""
    return _OF_CLASS.sub(r"\1", view.text.of(type_))


def _bind_obvious(view: FileView, index: int, found: Found, kind: BindingKind, chains: Iterable[Chain]) -> None:
    obvious = [each for each in chains if each and (each[-1] == "()" or each in (("@self",), ("@class",)))]
    for chain in obvious[:MAX_OPERANDS]:
        view.bind(found.name_start, index, "()", kind, chain)
