"""Includes, namespaces, using, and types of C++ (see `cpp.walk`).

Tests: tests/unit/extract/test_extract_cpp.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import BindingKind, Chain, ImportKind, Role
from codegraph.core.symbols import CALLABLE_KINDS, SymbolKind
from codegraph.extract.languages.block_walk import TYPE, Scope, joined
from codegraph.extract.languages.cpp.definitions import declared_by, last_name
from codegraph.extract.languages.cpp.expressions import qualifiers
from codegraph.extract.languages.cpp.macros import names_in
from codegraph.extract.languages.cpp.openings import bind_opening

if TYPE_CHECKING:
    from codegraph.extract.languages.cpp.walk import CppWalk

IN = "@in"
HIDDEN = "@hidden"


def include(walk: CppWalk, node: Node, scope: Scope) -> None:  # noqa: ARG001
    """Add an import for an included file; its name keeps the bracket of `<a.h>`."""
    path = node.child_by_field_name("path")
    if path is not None and path.type in ("string_literal", "system_lib_string"):
        text = walk.text(path)
        module = text[1:-1]
        name = "<" if text[:1] == "<" else ""
        if module:
            walk.view.add_import(path, ImportKind.EFFECT, module, name, "", is_files=True)


def macro(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Mention what a macro's text names, bind how many arguments it takes, and which namespaces it opens."""
    index = walk.defined.get(node.id, 0)
    parameters, value = node.child_by_field_name("parameters"), node.child_by_field_name("value")
    for chain, at in names_in(value, parameters, walk.view.text) if value is not None else ():
        walk.view.references.add(index or scope.owner, chain, Role.CALL, at)
    if not index:
        return
    walk.place(node, index, Scope(scope.owner, None), flags="#")
    bind_opening(walk, node, index)
    if parameters is not None:
        names = parameters.named_children
        count = f"{len(names)}"
        if any(each.type == "..." for each in parameters.children):
            count = "0+"
        walk.bind(node, index, "@arity", (count, "", "d"), BindingKind.ATTRIBUTE)


def branch(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Visit what a condition of the preprocessor guards: all branches, no condition."""
    left_out = [node.child_by_field_name("condition"), node.child_by_field_name("name")]
    ids = {each.id for each in left_out if each is not None}
    for child in reversed(node.named_children):
        if child.id not in ids:
            walk.push(child, scope)


def namespace(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Visit a namespace: an inline one is the one around it, what a nameless one holds is the file's alone."""
    name = node.child_by_field_name("name")
    inner = scope.inner()
    around = walk.around(scope)
    if name is None:
        inner.names[HIDDEN] = ("s",)
    elif any(each.type == "inline" for each in node.children):
        _use(walk, node, scope, "a", walk.text(name), ("::", *around))
    else:
        parts = "".join(walk.text(name).split()).replace("::inline", "::").split("::")
        inner.names[IN] = (*around, *(each for each in parts if each))
    walk.push(node.child_by_field_name("body"), inner)


def namespace_alias(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Bind another name of a namespace."""
    name = node.child_by_field_name("name")
    parts = node.named_children
    if name is not None and len(parts) > 1:
        target = tuple(each for each in "".join(walk.text(parts[-1]).split()).split("::") if each)
        _use(walk, node, scope, "a", walk.text(name), target)


def using(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Bind what a using declaration or directive makes known, and mention it."""
    target = node.named_child(node.named_child_count - 1) if node.named_child_count else None
    if target is None:
        return
    chain = walk.chains.type_name(target, scope)
    if any(each.type == "namespace" for each in node.children):
        _use(walk, node, scope, "*", "*", chain)
        return
    if len(chain) > 1:
        if walk.view.definitions[scope.owner].kind is not SymbolKind.CLASS:
            _use(walk, node, scope, "n", chain[-1], chain)
        if chain[0] != "std":
            walk.mention(scope, chain, Role.READ, last_name(target))


def _use(walk: CppWalk, node: Node, scope: Scope, form: str, name: str, target: Chain) -> None:
    if target:
        around = "::".join(walk.around(scope))
        walk.bind(node, 0, "@use", (around, form, name, *target), BindingKind.ATTRIBUTE)


def type_declaration(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Visit a class, struct, union or enum; without a body it is the mention of one, or announces it."""
    index = walk.defined.get(node.id, 0)
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if body is None:
        parent = node.parent
        announced = parent is not None and parent.type in (
            "translation_unit",
            "declaration_list",
            "field_declaration_list",
            "template_declaration",
            "preproc_ifdef",
            "preproc_if",
            "preproc_else",
        )
        if not announced and node.next_named_sibling is None and parent is not None:
            announced = parent.type in ("declaration", "field_declaration")
        if name is not None and name.type == "template_type" and parent is not None:
            announced = announced and parent.type == "template_declaration"  # `template class A<int>;` makes one
        walk.push(name if not announced else None, scope)
        return
    own = Scope(index or scope.owner, scope)
    if index and name is not None:
        _name_type(walk, node, name, index, scope)
        if name.type == "template_type":
            walk.push(name.child_by_field_name("arguments"), own)
        elif name.type == "qualified_identifier":  # `struct A::B<C> {`
            qualifiers(walk, name, own)
    elif index:
        walk.place(node, index, scope)
    walk.push(body, own)
    base = node.child_by_field_name("base")
    walk.push(base, own)
    for child in reversed(node.named_children):
        if child.type == "base_class_clause":
            _bases(walk, child, own, index)


def _name_type(walk: CppWalk, node: Node, name: Node, index: int, scope: Scope) -> None:
    view = walk.view
    path: list[str] = []
    part = name
    while part.type == "qualified_identifier":
        outer, inner = part.child_by_field_name("scope"), part.child_by_field_name("name")
        if outer is not None:
            path.append(walk.chains.bare(outer))
        if inner is None:
            break
        part = inner
    walk.place(node, index, scope, tuple(path), "x" if part.type == "template_type" else "")
    if view.definitions[view.definitions[index].container].kind in CALLABLE_KINDS:
        scope.names[walk.text(last_name(name))] = (TYPE, "@here", view.definitions[index].descriptor, "()")


def _bases(walk: CppWalk, node: Node, scope: Scope, index: int) -> None:
    for base in reversed(node.named_children):
        if base.type in ("type_identifier", "template_type", "qualified_identifier"):
            walk.push(base, scope, _base)
    for base in node.named_children:
        chain = walk.chains.instance(base, scope)
        if chain and index:
            walk.bind(base, index, "@base", chain, BindingKind.ATTRIBUTE)


def _base(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Mention a base; its template arguments as types."""
    part: Node | None = node
    while part is not None and part.type in ("qualified_identifier", "template_type", "dependent_type"):
        walk.push(part.child_by_field_name("arguments"), scope)
        part = part.child_by_field_name("name")
    if node.type == "qualified_identifier":
        qualifiers(walk, node, scope)
    chain = walk.chains.type_name(node, scope)
    if chain:
        walk.mention(scope, chain, Role.INHERIT, last_name(node))


def enumerator(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Bind an enumerator: its type is the enum."""
    index = walk.defined.get(node.id, 0)
    if index:
        container = walk.view.definitions[index].container
        if walk.view.definitions[container].kind is not SymbolKind.ENUM:
            walk.place(node, index, scope)
    walk.push(node.child_by_field_name("value"), Scope(index or scope.owner, scope))


def alias(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Bind `using A = B`."""
    index = walk.defined.get(node.id, 0)
    name, kind = node.child_by_field_name("name"), node.child_by_field_name("type")
    own = Scope(index or scope.owner, scope)
    _bind_alias(walk, node, index, name, walk.chains.instance(kind, scope), scope)
    walk.push(kind, own)


def typedef(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Bind the names of a typedef."""
    kind = node.child_by_field_name("type")
    declarators = node.children_by_field_name("declarator")
    own = scope
    for each in reversed(declarators):
        declared = declared_by(each)
        if declared is None:
            continue
        index = walk.defined.get(node.id, 0) or walk.defined.get(each.id, 0)
        own = Scope(index or scope.owner, scope) if len(declarators) == 1 else scope
        chain = () if each.type == "function_declarator" else walk.chains.declared(kind, each, scope)
        if (
            kind is not None
            and kind.child_by_field_name("name") is None
            and kind.child_by_field_name("body") is not None
        ):
            chain = (walk.text(declared.name), "()") if each.id != declarators[0].id else ()
        _bind_alias(walk, node, index, declared.name, chain, scope)
        push_declarator(walk, each, own)
    walk.push(kind, own if kind is None or kind.child_by_field_name("body") is None else scope)


def push_declarator(walk: CppWalk, declarator: Node | None, scope: Scope) -> None:
    """Visit the types and sizes inside of a declarator."""
    for _ in range(20):
        if declarator is None:
            break
        if declarator.type.endswith("function_declarator"):
            walk.push(declarator.child_by_field_name("parameters"), scope.inner())
        elif declarator.type.endswith("array_declarator"):
            walk.push(declarator.child_by_field_name("size"), scope)
        inner = declarator.child_by_field_name("declarator")
        if inner is None and declarator.type in ("parenthesized_declarator", "reference_declarator"):
            inner = declarator.named_children[-1] if declarator.named_children else None
        declarator = inner


def _bind_alias(walk: CppWalk, node: Node, index: int, name: Node | None, chain: Chain, scope: Scope) -> None:
    if index:
        walk.place(node, index, scope)
        walk.bind(node, index, "@alias", chain or ("()",), BindingKind.ATTRIBUTE)
        definition = walk.view.definitions[index]
        if name is not None and walk.view.definitions[definition.container].kind in CALLABLE_KINDS:
            scope.names[walk.text(name)] = (TYPE, "@here", definition.descriptor, "()")
    elif name is not None:
        scope.names[walk.text(name)] = joined((TYPE,), *chain) if chain else (TYPE,)


def concept(walk: CppWalk, node: Node, scope: Scope) -> None:
    """Visit a concept."""
    index = walk.defined.get(node.id, 0)
    if index:
        walk.place(node, index, scope)
    own = Scope(index or scope.owner, scope)
    for child in reversed(node.named_children[1:]):
        walk.push(child, own)
