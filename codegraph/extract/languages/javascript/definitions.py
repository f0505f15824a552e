"""Finds the definitions of a JavaScript or TypeScript file, in source order.

`nested` adds those inside functions. Here only what stands outside of them is looked at: statements of the
module (also inside blocks, `if`, `try`, namespaces and immediately called functions, which are module code by
another name) and the members of classes, interfaces and top-level object literals. What counts as a definition:

    function f() {}, const f = () => {}, module.exports = function f() {}, exports.f = ...     function
    class C {}, const C = class {}, namespace N {} (a container like a class)                  class
    interface I {}, type T = ...                                                               interface
    enum E {}                                                                                  enum
    members of classes, interfaces and object types; functions in object literals;
    C.prototype.m = function () {}, object.m = function () {}                                  method
    const x = ..., exports.x = ..., export default {...}                                       constant

`export default` without a name is called "default", a function or class that is assigned to `module.exports`
"exports". A name that only stands for
an import (`const x = require("y")`) is no definition. `export` and `default` belong to range and signature,
as modifiers do: whether others may use a thing is part of its interface.

Tests: tests/unit/extract/test_extract_javascript_definitions.py.
"""

from __future__ import annotations

from tree_sitter import Node

from codegraph.core.symbols import SymbolKind
from codegraph.extract.languages.javascript.definition_nodes import DEFAULT, EXPORTS, DefinitionNodes
from codegraph.extract.languages.javascript.nodes import nth, text_of
from codegraph.extract.languages.javascript.places import NO_FORM, Names, ObjectForm, Place
from codegraph.extract.languages.javascript.shapes import (
    ALIASES,
    BLOCKS,
    CLASSES,
    COPYING,
    DECLARATIONS,
    FIELDS,
    FUNCTION_DECLARATIONS,
    FUNCTIONS,
    MAX_NESTING,
    MEMBER_FUNCTIONS,
    NAMESPACES,
    assignment_targets,
    bound_identifiers,
    called_function,
    directly_before,
    exported_name,
    is_import,
    is_static,
    object_types,
    property_name,
    unwrap,
    without_prototype,
)


def find_definitions(root: Node, limit: int, form: ObjectForm = NO_FORM) -> list[DefinitionNodes]:
    """Return the definitions of a file without the module; at most `limit` of them."""
    finder = Finder(limit, form)
    finder.block(root, Place(0))
    return finder.found


class Finder:
    """Collects definitions; `found[i]` has the index i + 1."""

    def __init__(self, limit: int, form: ObjectForm = NO_FORM) -> None:
        self.found: list[DefinitionNodes] = []
        self._limit = limit
        self._form = form
        self._names = Names()

    def block(self, node: Node, place: Place) -> None:
        """Go through the statements of a block, keeping the comments before each."""
        if place.depth > MAX_NESTING:
            return
        comments: list[Node] = []
        for child in node.named_children:
            if child.type == "comment":
                comments.append(child)
                continue
            before = directly_before(comments, child) if comments else ()
            inner = place._replace(outer=None, decorators=(), comments=before, depth=place.depth + 1)
            self.statement(child, inner)
            if comments:
                comments = []

    def statement(self, node: Node, place: Place) -> None:
        """Record what one statement of module code defines."""
        kind = node.type
        if kind == "expression_statement":
            self._expression(nth(node, 0), place._replace(outer=node))
        elif kind in DECLARATIONS:
            self._declaration(node, place)
        elif kind in FUNCTION_DECLARATIONS:
            body = node.child_by_field_name("body")
            each = place._replace(is_hoisted=True)
            self.add(SymbolKind.FUNCTION, node.child_by_field_name("name"), node, node, body, each)
        elif kind in CLASSES:
            self.class_(node, node, place, node.child_by_field_name("name"))
        elif kind == "export_statement":
            self._export(node, place)
        elif kind == "interface_declaration" or kind == "type_alias_declaration":
            self.interface(node, place)
        elif kind == "enum_declaration":
            body = node.child_by_field_name("body")
            self.add(SymbolKind.ENUM, node.child_by_field_name("name"), node, node, body, place)
        elif kind == "ambient_declaration":
            self._ambient(node, place)
        elif kind in NAMESPACES:
            self._namespace(node, place)
        elif kind in BLOCKS:
            self.block(node, self._names.inner(place) if kind == "statement_block" else place)

    def add(
        self,
        kind: SymbolKind,
        name_node: Node | None,
        unit: Node,
        value: Node | None,
        body: Node | None,
        place: Place,
        *,
        name: str = "",
        static: bool = False,
        local: bool = False,
    ) -> int:
        """Record a definition and return its index, 0 if there is no room or no name for it."""
        word = name or property_name(name_node)
        if not word or len(self.found) >= self._limit:
            return 0
        self.found.append(
            DefinitionNodes(
                kind,
                word,
                place.container,
                place.outer or unit,
                unit,
                name_node,
                body,
                value,
                static,
                place.decorators,
                place.comments,
                local,
            )
        )
        if not local:
            self._names.declare(place, name_node, word, len(self.found))
        return len(self.found)

    def _export(self, node: Node, place: Place) -> None:
        decorators = tuple(child for child in node.children_by_field_name("decorator"))
        inner = place._replace(outer=node, decorators=decorators)
        declaration = node.child_by_field_name("declaration")
        if declaration is not None:
            is_default = any(child.type == "default" for child in node.children)
            if is_default and declaration.child_by_field_name("name") is None:
                self._value(declaration, declaration, None, DEFAULT, inner)
            else:
                self.statement(declaration, inner)
            return
        value = node.child_by_field_name("value")
        inside = unwrap(value)
        if value is None or inside is None or inside.type in ALIASES:
            return
        if inside.type == "call_expression" and self._form.makers:
            inside = self._given(inside)
        name = inside.child_by_field_name("name") if inside.type in FUNCTIONS or inside.type in CLASSES else None
        self._value(value, inside, name, DEFAULT if name is None else "", inner)

    def _given(self, call: Node) -> Node:
        """Return the object that a component is made of, or the call if it makes none."""
        function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
        name = None if function is None else function.child_by_field_name("property") or function
        if name is not None and arguments is not None and text_of(name) in self._form.makers:
            return next((each for each in arguments.named_children if each.type == "object"), call)
        return call

    def _ambient(self, node: Node, place: Place) -> None:
        for child in node.named_children:
            if child.type == "statement_block":
                self.block(child, place)
            elif child.type != "comment":
                self.statement(child, place._replace(outer=place.outer or node))

    def _namespace(self, node: Node, place: Place) -> None:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is not None and name.type == "string":  # what another module has besides
            self.block(body or node, self._names.inner(place, function=True))
            return
        index = self.add(SymbolKind.CLASS, name, node, node, body, place)
        if index and body is not None:
            self.block(body, self._names.inner(Place(index, depth=place.depth + 1, scopes=place.scopes), function=True))

    def interface(self, node: Node, place: Place, *, local: bool = False) -> None:
        """Record an interface or type alias with its members."""
        is_alias = node.type == "type_alias_declaration"
        body = node.child_by_field_name("value" if is_alias else "body")
        bodies = object_types(body)
        name = node.child_by_field_name("name")
        first = bodies[0] if bodies else None
        index = self.add(SymbolKind.INTERFACE, name, node, node, first, place, local=local)
        for each in bodies if index else ():
            self.members(each, index)

    def _declaration(self, node: Node, place: Place) -> None:
        declarators = [child for child in node.named_children if child.type == "variable_declarator"]
        alone = (place.outer or node) if len(declarators) == 1 else None
        place = place._replace(is_hoisted=node.type == "variable_declaration")
        for position, declarator in enumerate(declarators):
            each = place._replace(outer=alone, decorators=(), comments=place.comments if position == 0 else ())
            name = declarator.child_by_field_name("name")
            written = declarator.child_by_field_name("value")
            if name is None or is_import(written):
                continue
            if name.type == "identifier":
                self._value(declarator, unwrap(written), name, "", each)
            else:
                for identifier in bound_identifiers(name):
                    inner = each._replace(outer=None)
                    self.add(SymbolKind.CONSTANT, identifier, identifier, None, None, inner)

    def _value(self, unit: Node, value: Node | None, name_node: Node | None, name: str, place: Place) -> int:
        """Record a named value as what it is: function, class, object or something else."""
        if value is not None and (value.type in FUNCTIONS or value.type in FUNCTION_DECLARATIONS):
            kind = SymbolKind.FUNCTION
            if place.container and self.found[place.container - 1].kind != SymbolKind.CLASS:
                kind = SymbolKind.METHOD
            body = value.child_by_field_name("body")
            return self.add(kind, name_node, unit, value, body, place, name=name)
        if value is not None and value.type in CLASSES:
            return self.class_(unit, value, place, name_node, name)
        index = self.add(SymbolKind.CONSTANT, name_node, unit, value, value, place, name=name)
        if index and value is not None and value.type == "object":
            self.members(value, index)
        return index

    def class_(
        self, unit: Node, node: Node, place: Place, name_node: Node | None, name: str = "", *, local: bool = False
    ) -> int:
        """Record a class with its members."""
        own = tuple(node.children_by_field_name("decorator"))
        if own:
            place = place._replace(decorators=place.decorators + own)
        body = node.child_by_field_name("body")
        index = self.add(SymbolKind.CLASS, name_node, unit, node, body, place, name=name, local=local)
        if index and body is not None:
            self.members(body, index)
        return index

    def members(self, body: Node, container: int) -> None:
        """Record the methods of a class body, an interface body or an object literal."""
        comments: list[Node] = []
        decorators: list[Node] = []
        for child in body.named_children:
            kind = child.type
            if kind == "comment":
                comments.append(child)
                continue
            if kind == "decorator":
                decorators.append(child)
                continue
            own = (*decorators, *child.children_by_field_name("decorator"))
            before = directly_before(comments, own[0] if decorators else child, member=True) if comments else ()
            place = Place(container, None, own, before)
            comments, decorators = [], []
            if kind in MEMBER_FUNCTIONS:
                static = is_static(child)
                body_of = child.child_by_field_name("body")
                name = child.child_by_field_name("name")
                self.add(SymbolKind.METHOD, name, child, child, body_of, place, static=static)
            elif kind in FIELDS or kind == "pair":
                self._field(child, place)

    def _field(self, node: Node, place: Place) -> None:
        """Record a field or property whose value is a function or a class."""
        value = unwrap(node.child_by_field_name("value"))
        name = (
            node.child_by_field_name("key") or node.child_by_field_name("name") or node.child_by_field_name("property")
        )
        if value is None:
            return
        if value.type in FUNCTIONS:
            body = value.child_by_field_name("body")
            static = node.type != "pair" and is_static(node)
            self.add(SymbolKind.METHOD, name, node, value, body, place, static=static)
        elif value.type == "class":
            self.class_(node, value, place, name)
        elif value.type == "object" and self._form.groups and property_name(name) in self._form.groups:
            self.members(value, place.container)

    def _expression(self, node: Node | None, place: Place) -> None:
        """Record what an expression statement defines: assignments, namespaces, called functions, mix-ins."""
        if node is None:
            return
        kind = node.type
        if kind == "assignment_expression":
            self._assignment(node, place)
        elif kind == "internal_module":
            self._namespace(node, place)
        elif kind in ("call_expression", "unary_expression", "parenthesized_expression"):
            function = called_function(node)
            body = function.child_by_field_name("body") if function is not None else None
            if function is not None and body is not None and body.type == "statement_block":
                self.block(body, self._names.called(function, place))
            elif function is None and kind == "call_expression":
                self._mixin(node, place)

    def _mixin(self, call: Node, place: Place) -> None:
        """Record the methods in `Object.assign(C.prototype, {...})`."""
        function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
        if function is None or arguments is None or arguments.named_child_count < 2:
            return
        name = function.child_by_field_name("property") or function
        target, members = nth(arguments, 0), nth(arguments, 1)
        if target is None or members is None or members.type != "object" or text_of(name) not in COPYING:
            return
        container = self._names.find(without_prototype(target), place)
        if container:
            self.members(members, container)

    def _assignment(self, node: Node, place: Place) -> None:
        targets, value = assignment_targets(node)
        value = unwrap(value)
        if value is None or is_import(value):
            return
        for target in reversed(targets):  # the name next to the value
            exported = exported_name(target)
            if exported == "export=":
                self._exported_whole(node, value, place)
                return
            if exported is not None:
                if value.type not in ALIASES:
                    name = target.child_by_field_name("property")
                    self._value(node, value, name, "", place)
                return
        for target in reversed(targets):
            if target.type == "member_expression" and self._member_assignment(node, target, value, place):
                return

    def _exported_whole(self, node: Node, value: Node, place: Place) -> None:
        """Record `module.exports = value`."""
        if value.type in FUNCTIONS or value.type in CLASSES:
            name = value.child_by_field_name("name")
            self._value(node, value, name, "" if name is not None else EXPORTS, place)
        elif value.type == "object":
            self._members_of_module(value, place)
        elif value.type in ("call_expression", "new_expression"):
            self.add(SymbolKind.CONSTANT, None, node, value, value, place, name=DEFAULT)

    def _members_of_module(self, value: Node, place: Place) -> None:
        """Record the functions written inside `module.exports = {...}` as functions of the module."""
        comments: list[Node] = []
        for child in value.named_children:
            if child.type == "comment":
                comments.append(child)
                continue
            before = directly_before(comments, child) if comments else ()
            comments = []
            each = Place(place.container, None, (), before, place.depth)
            if child.type == "method_definition":
                body = child.child_by_field_name("body")
                self.add(SymbolKind.FUNCTION, child.child_by_field_name("name"), child, child, body, each)
            elif child.type == "pair":
                inner = unwrap(child.child_by_field_name("value"))
                if inner is not None and (inner.type in FUNCTIONS or inner.type == "class"):
                    self._value(child, inner, child.child_by_field_name("key"), "", each)

    def _member_assignment(self, node: Node, target: Node, value: Node, place: Place) -> bool:
        """Record `C.prototype.m = function () {}`, `C.prototype = {...}` and `object.m = function () {}`."""
        receiver, name = target.child_by_field_name("object"), target.child_by_field_name("property")
        if receiver is None or name is None:
            return False
        if name.text == b"prototype":
            container = self._names.find(receiver, place) if value.type == "object" else 0
            if container:
                self.members(value, container)
            return bool(container)
        if value.type not in FUNCTIONS and value.type != "class":
            return False
        owner = without_prototype(receiver)
        if owner.type != "identifier":
            return False
        container = self._names.find(owner, place)
        inner = place._replace(container=container or place.container)
        if container and value.type in FUNCTIONS:
            body = value.child_by_field_name("body")
            static = owner is receiver and self.found[container - 1].kind == SymbolKind.CLASS
            self.add(SymbolKind.METHOD, name, node, value, body, inner, static=static)
        else:
            self._value(node, value, name, "", inner)
        return True
