"""Declarations and statements of Java: which names they bind, and what is known of them (see `java.walk`).

Tests: tests/unit/extract/test_extract_java.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import BindingKind, Chain, ImportKind, Role
from codegraph.core.symbols import TYPE_KINDS, SymbolKind
from codegraph.extract.languages.block_walk import OF, TYPE, Scope, joined
from codegraph.extract.languages.java.chains import ANONYMOUS, GIVEN
from codegraph.extract.languages.java.types import declare, declare_members, plain, spelled

if TYPE_CHECKING:
    from codegraph.extract.languages.java.walk import JavaWalk

_METHODS = ("method_declaration", "annotation_type_element_declaration")
_BASES = {"superclass": Role.INHERIT, "extends_interfaces": Role.INHERIT, "interfaces": Role.IMPLEMENT}


def package(walk: JavaWalk, node: Node, scope: Scope) -> None:  # noqa: ARG001
    """Export the name of the package."""
    name = next((each for each in node.named_children if each.type.endswith("identifier")), None)
    if name is not None:
        walk.view.add_export("package", ("".join(walk.text(name).split()),))


def import_declaration(walk: JavaWalk, node: Node, scope: Scope) -> None:  # noqa: ARG001
    """Add an import; the level is 1 for a static one."""
    name = next((each for each in node.named_children if each.type.endswith("identifier")), None)
    if name is None:
        return
    path = "".join(walk.text(name).split())
    level = int(any(each.type == "static" for each in node.children))
    if any(each.type == "asterisk" for each in node.children):
        walk.view.add_import(node, ImportKind.STAR, path, "*", "", level=level)
    else:
        module, _, last = path.rpartition(".")
        walk.view.add_import(node, ImportKind.NAME, module, last, last, level=level)


def type_declaration(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Visit a class, record, interface, annotation type or enum."""
    index = walk.defined.get(node.id, 0)
    name = node.child_by_field_name("name")
    own = Scope(index or scope.owner, scope)
    own.names[ANONYMOUS] = ("",)
    if (
        index
        and name is not None
        and walk.view.definitions[walk.view.definitions[index].container].kind is SymbolKind.METHOD
    ):
        scope.names[walk.text(name)] = (TYPE, "@here", walk.view.definitions[index].descriptor, "()")
    _type_parameters(walk, node, own, index)
    if index and node.type == "record_declaration":
        for each in _parameters(node):
            _bind_parameter(walk, each, own, index)
    body = node.child_by_field_name("body")
    if index:
        declare_members(walk.chains, body, index, own)
    walk.push(body, own)
    walk.push(node.child_by_field_name("parameters"), own.inner())
    for child in reversed(node.children):
        role = _BASES.get(child.type if child.type != "super_interfaces" else "interfaces")
        if role is not None:
            for base in reversed(child.named_children):
                for each in reversed(base.named_children if base.type == "type_list" else [base]):
                    walk.push(each, own, _INHERITING[role])
        elif child.type in ("modifiers", "type_parameters", "permits"):
            walk.push(child, own)


def _inherit(walk: JavaWalk, node: Node, scope: Scope) -> None:
    _base(walk, node, scope, Role.INHERIT)


def _implement(walk: JavaWalk, node: Node, scope: Scope) -> None:
    _base(walk, node, scope, Role.IMPLEMENT)


_INHERITING = {Role.INHERIT: _inherit, Role.IMPLEMENT: _implement}


def _base(walk: JavaWalk, node: Node, scope: Scope, role: Role) -> None:
    """Mention a base, its arguments as types; bind it with its arguments as an instance."""
    chain = walk.chains.type_name(node, scope)
    name = node
    while name.type in ("generic_type", "annotated_type", "scoped_type_identifier"):
        if name.type == "generic_type":
            arguments = next((each for each in name.named_children if each.type == "type_arguments"), None)
            walk.push(arguments, scope)
            name = name.named_child(0)
        else:
            name = name.named_child(name.named_child_count - 1)
    if chain:
        walk.mention(scope, chain, role, name)
        walk.bind(node, scope.owner, "@base", walk.chains.instance(node, scope), BindingKind.VARIABLE)


def _type_parameters(walk: JavaWalk, node: Node, own: Scope, index: int) -> None:
    listed = node.child_by_field_name("type_parameters")
    names: list[str] = []
    for each in listed.named_children if listed is not None else ():
        name = _type_parameter_name(each)
        bound = next((child for child in each.named_children if child.type == "type_bound"), None)
        if name is None:
            continue
        text = walk.text(name)
        limit = walk.chains.instance(bound.named_child(0), own) if bound is not None and bound.named_child_count else ()
        limit = limit or ("Object", "()")
        own.names[text] = (TYPE, "@param", str(len(names)), *limit) if index else (TYPE, *limit)
        names.append(text)


def _type_parameter_name(node: Node) -> Node | None:
    """Return the name of a type parameter, behind its annotations; None if the node is a comment or broken."""
    if node.type != "type_parameter":
        return None
    return next((child for child in node.named_children if child.type in ("type_identifier", "identifier")), None)


def enum_constant(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Bind an enum's constant: an instance made by one of its constructors, with a body of its own or without."""
    name, arguments = node.child_by_field_name("name"), node.child_by_field_name("arguments")
    enum = walk.view.definitions[scope.owner]
    if name is not None and enum.kind in TYPE_KINDS:
        walk.bind(node, scope.owner, walk.text(name), ("@here", enum.descriptor, "()"), BindingKind.ATTRIBUTE)
        if arguments is not None:
            made = ("@here", enum.descriptor, f"<new>{walk.chains.arguments(arguments, scope)}")
            walk.mention(scope, made, Role.CALL, name)
    walk.push(node.child_by_field_name("body"), anonymous(walk, node, ("@here", enum.descriptor, "()"), scope))
    walk.push(arguments, scope)
    walk.push(next((each for each in node.named_children if each.type == "modifiers"), None), scope)


def anonymous(walk: JavaWalk, node: Node, base: Chain, scope: Scope) -> Scope:
    """Return the scope of an anonymous class's body, with its methods."""
    own = scope.inner()
    own.names[ANONYMOUS] = base or ("()",)
    body = next((each for each in node.named_children if each.type == "class_body"), None)
    for member in body.named_children if body is not None else ():
        index = walk.defined.get(member.id, 0)
        if index and member.type == "method_declaration":
            found = walk.view.definitions[index]
            own.names[f"{found.name}()"] = ("@here", found.descriptor)
            walk.bind(member, index, "@within", base, BindingKind.VARIABLE)
    return own


def method(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Visit a method or constructor."""
    index = walk.defined.get(node.id, 0)
    own = Scope(index or scope.owner, scope)
    _type_parameters(walk, node, own, 0)
    kind = node.child_by_field_name("type")
    if index:
        if node.type in _METHODS:
            chain = walk.chains.instance(kind, own)
            if chain:
                walk.bind(node, index, "0", (*_given(walk, node, kind), *chain), BindingKind.RETURN)
        listed = _parameters(node)
        more = "+" if listed and listed[-1].type == "spread_parameter" else ""
        types = ",".join(_spelled(walk, each, own) for each in listed)
        walk.bind(node, index, "@arity", (f"{len(listed)}{more}", types), BindingKind.VARIABLE)
    if node.type == "compact_constructor_declaration" and node.parent is not None and node.parent.parent is not None:
        for each in _parameters(node.parent.parent):
            _declare_parameter(walk, each, own)
    for child in reversed(node.children):
        if child.is_named and child.type != "identifier":
            walk.push(child, own)


def _given(walk: JavaWalk, node: Node, kind: Node | None) -> Chain:
    """Return ("@given", place) of a method that gives an instance of the class at that place of its parameters."""
    declared = node.child_by_field_name("type_parameters")
    result = walk.text(kind) if kind is not None else ""
    names = map(_type_parameter_name, declared.named_children if declared is not None else ())
    if result not in [walk.text(name) for name in names if name is not None]:
        return ()
    for place, each in enumerate(_parameters(node)):
        taken = each.child_by_field_name("type")
        written = "".join(walk.text(taken).split()) if taken is not None else ""
        if written in (f"Class<{result}>", f"Class<?extends{result}>"):
            return (GIVEN, str(place))
    return ()


def _parameters(node: Node) -> list[Node]:
    listed = node.child_by_field_name("parameters")
    return (
        [each for each in listed.named_children if each.type in ("formal_parameter", "spread_parameter")]
        if listed is not None
        else []
    )


def _parameter_parts(walk: JavaWalk, node: Node, scope: Scope) -> tuple[str, Chain, Node | None]:
    """Return a parameter's name, the chain of its value, and its type."""
    name, kind = node.child_by_field_name("name"), node.child_by_field_name("type")
    if node.type == "spread_parameter":
        kind = next(
            (each for each in node.named_children if each.type not in ("modifiers", "variable_declarator")), None
        )
        declarator = next((each for each in node.named_children if each.type == "variable_declarator"), None)
        name = declarator.child_by_field_name("name") if declarator is not None else None
        return (walk.text(name) if name is not None else ""), joined(walk.chains.instance(kind, scope), OF), kind
    chain = _dimensioned(walk, node, walk.chains.instance(kind, scope))
    return (walk.text(name) if name is not None else ""), chain, kind


def _spelled(walk: JavaWalk, node: Node, scope: Scope) -> str:
    """Return a parameter's type as overloads are told apart by it."""
    return spelled(_written(walk, node, _parameter_parts(walk, node, scope)[2]), scope)


def _written(walk: JavaWalk, node: Node, kind: Node | None) -> str:
    """Return the type of a variable as it is written, without blanks, with the brackets behind the variable's name."""
    dimensions = node.child_by_field_name("dimensions")
    behind = walk.text(dimensions) if dimensions is not None else ""
    return plain(f"{walk.text(kind)}{behind}") if kind is not None else ""


def _dimensioned(walk: JavaWalk, node: Node, chain: Chain) -> Chain:
    dimensions = node.child_by_field_name("dimensions")
    return joined(chain, *[OF] * walk.text(dimensions).count("[")) if dimensions is not None else chain


def _bind_parameter(walk: JavaWalk, node: Node, scope: Scope, index: int) -> None:
    name, chain, _ = _parameter_parts(walk, node, scope)
    walk.bind(node, index, name, chain, BindingKind.ATTRIBUTE)


def _declare_parameter(walk: JavaWalk, node: Node, scope: Scope) -> None:
    name, chain, kind = _parameter_parts(walk, node, scope)
    more = "[]" if node.type == "spread_parameter" else ""
    declare(scope, name, chain, "" if chain else _written(walk, node, kind) + more)


def parameter(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Declare a parameter."""
    _declare_parameter(walk, node, scope)
    walk.push(_parameter_parts(walk, node, scope)[2], scope)
    walk.push(next((each for each in node.named_children if each.type == "modifiers"), None), scope)


def field(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Bind a type's fields; those of an anonymous class are names of its scope."""
    index = walk.defined.get(node.id, 0)
    kind = node.child_by_field_name("type")
    declared = walk.chains.instance(kind, scope)
    own = Scope(index, scope) if index else scope
    for each in node.children_by_field_name("declarator"):
        name = each.child_by_field_name("name")
        if name is None:
            continue
        chain = _dimensioned(walk, each, declared)
        if index:
            walk.bind(name, walk.view.definitions[index].container, walk.text(name), chain, BindingKind.ATTRIBUTE)
        else:
            scope.names[walk.text(name)] = chain
    for each in reversed(node.children_by_field_name("declarator")):
        other = walk.defined.get(each.id, 0)
        walk.push(each.child_by_field_name("value"), Scope(other, scope) if other else own)
    walk.push(kind, own)
    walk.push(next((each for each in node.named_children if each.type == "modifiers"), None), own)


def caught(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Declare what a catch clause catches: of several types the first is taken."""
    name = node.child_by_field_name("name")
    kinds = next((each for each in node.named_children if each.type == "catch_type"), None)
    if name is not None and kinds is not None and kinds.named_child_count:
        only = kinds.named_child_count == 1
        declare(scope, walk.text(name), walk.chains.instance(kinds.named_child(0), scope) if only else ())
    walk.push(kinds, scope)


def local(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Declare local variables, each once its value was visited."""
    kind = node.child_by_field_name("type")
    is_inferred = kind is not None and kind.type == "type_identifier" and walk.text(kind) == "var"
    for each in reversed(node.children_by_field_name("declarator")):
        walk.push(each, scope, _declare_inferred if is_inferred else _declare_typed)
        walk.push(each.child_by_field_name("value"), scope)
    if not is_inferred:
        walk.push(kind, scope)
    walk.push(next((each for each in node.named_children if each.type == "modifiers"), None), scope)


def _declare_inferred(walk: JavaWalk, node: Node, scope: Scope) -> None:
    name = node.child_by_field_name("name")
    if name is not None:
        declare(scope, walk.text(name), walk.chains.value(node.child_by_field_name("value"), scope))


def _declare_typed(walk: JavaWalk, node: Node, scope: Scope) -> None:
    name, parent = node.child_by_field_name("name"), node.parent
    if name is not None and parent is not None:
        kind = parent.child_by_field_name("type")
        chain = _dimensioned(walk, node, walk.chains.instance(kind, scope))
        declare(scope, walk.text(name), chain, "" if chain else _written(walk, node, kind))


def loop(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Declare the variable of a loop over elements."""
    inner = scope.inner()
    kind, name, value = (node.child_by_field_name(field) for field in ("type", "name", "value"))
    is_inferred = kind is not None and walk.text(kind) == "var"
    chain = joined(walk.chains.value(value, scope), "[]") if is_inferred else walk.chains.instance(kind, scope)
    if name is not None:
        declare(inner, walk.text(name), chain, "" if chain else _written(walk, node, kind))
    walk.push(node.child_by_field_name("body"), inner)
    walk.push(value, scope)
    if not is_inferred:
        walk.push(kind, scope)


def resource(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Declare a resource of a try statement."""
    name, kind, value = (node.child_by_field_name(field) for field in ("name", "type", "value"))
    if name is None:
        walk.push_children(node, scope)
        return
    is_inferred = kind is not None and walk.text(kind) == "var"
    chain = walk.chains.value(value, scope) if is_inferred else walk.chains.instance(kind, scope)
    declare(scope, walk.text(name), chain)
    walk.push(value, scope)
    if not is_inferred:
        walk.push(kind, scope)


def function(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Visit a lambda; of parameters without types is known what a container hands to them."""
    inner = scope.inner()
    given = walk.given.get(node.id, ())
    parameters = node.child_by_field_name("parameters")
    walk.push(node.child_by_field_name("body"), inner)
    if parameters is None:
        return
    names = [parameters] if parameters.type == "identifier" else parameters.named_children
    for number, name in enumerate(names):
        if name.type == "identifier":
            declare(inner, walk.text(name), given[number] if number < len(given) else ())
        else:
            walk.push(name, inner)


def instance_of(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Declare the name that `x instanceof T name` binds: from here on, which is more than Java says."""
    name, kind = node.child_by_field_name("name"), node.child_by_field_name("right")
    if name is not None:
        declare(scope, walk.text(name), walk.chains.instance(kind, scope))
    walk.push(node.child_by_field_name("pattern"), scope)
    walk.push(kind, scope)
    walk.push(node.child_by_field_name("left"), scope)


def pattern(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Declare the name of a pattern with a type."""
    parts = node.named_children
    if len(parts) > 1 and parts[-1].type == "identifier":
        declare(scope, walk.text(parts[-1]), walk.chains.instance(parts[-2], scope))
        parts = parts[:-1]
    for each in reversed(parts):
        walk.push(each, scope)


def label(walk: JavaWalk, node: Node, scope: Scope) -> None:
    """Visit a case: a bare name is most often an enum's constant, whose enum nobody wrote down."""
    for child in reversed(node.named_children):
        if child.type != "identifier":
            walk.push(child, scope)
