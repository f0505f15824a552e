"""Declarations and statements of PHP: which names they bind, and what is known of them (see `php.walk`).

Tests: tests/unit/extract/test_extract_php.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from codegraph.core.facts import BindingKind, Chain, ImportKind, Role
from codegraph.core.symbols import TYPE_KINDS, SymbolKind
from codegraph.extract.languages.block_walk import OF, Scope, close_branch, joined
from codegraph.extract.languages.php.names import Names
from codegraph.extract.languages.php.types import ARGUMENT, ELEMENTS, GUESS, NULL, Documented, united

if TYPE_CHECKING:
    from codegraph.extract.languages.php.walk import PhpWalk

CLOSURE = "@closure"
"""Bound in the scope of a closure: what it returns is not what the function around it returns."""

_BASES = {"base_clause": Role.INHERIT, "class_interface_clause": Role.IMPLEMENT}
_NAMES = ("name", "qualified_name", "relative_name")


def namespace(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Begin a namespace: for its braces, or for the rest of the file; in a definition, where PHP has none, never."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if scope.owner == 0:
        walk.chains.types.names = Names(walk.text(name) if name is not None else "")
    if body is not None:
        walk.push(body, scope.inner())


def use(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Add the imports of a `use` statement; the level is 1 for functions and 2 for constants. None in a definition."""
    if scope.owner != 0:
        return
    prefix = next((walk.text(each) + "\\" for each in node.named_children if each.type == "namespace_name"), "")
    group = node.child_by_field_name("body") or node
    outer = _kind_of_use(node)
    for clause in group.named_children:
        if clause.type != "namespace_use_clause" or not clause.named_child_count:
            continue
        alias = clause.child_by_field_name("alias")
        full = (prefix + walk.text(clause.named_children[0])).strip("\\")
        kind = outer or _kind_of_use(clause)
        module, _, name = full.rpartition("\\")
        bound = walk.text(alias) if alias is not None else name
        walk.chains.types.names.add(kind, bound, full)
        level = ("", "function", "const").index(kind)
        walk.view.add_import(clause, ImportKind.NAME, module, name, bound, level=level)


def _kind_of_use(node: Node) -> str:
    return next((each.type for each in node.children if each.type in ("function", "const")), "")


def type_declaration(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Visit a class, interface, trait or enum."""
    index = walk.defined.get(node.id, 0)
    own = Scope(index or scope.owner, None)
    name = node.child_by_field_name("name")
    if index and name is not None:
        walk.bind(node, index, "@name", (walk.chains.types.names.declared(walk.text(name)),), BindingKind.VARIABLE)
        walk.bind(node, index, "@kind", (node.type.partition("_")[0],), BindingKind.VARIABLE)
        for each in _documentation(walk, node):
            if each.tag in ("property", ELEMENTS) and each.variable:
                walk.bind(node, index, each.variable, each.chain, BindingKind.ATTRIBUTE)
    for child in reversed(node.named_children):
        if child.type in _BASES:
            bases(walk, child, own)
        elif child.type in ("attribute_list", "declaration_list", "enum_declaration_list"):
            walk.push(child, own)


def bases(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Mention and bind what a class extends or implements."""
    role = _BASES[node.type]
    for base in node.named_children:
        if base.type in _NAMES:
            chain = walk.chains.types.names.class_name(walk.text(base))
            walk.mention(scope, (chain,), role, last_name(base))
            if walk.view.definitions[scope.owner].kind in TYPE_KINDS:
                walk.bind(base, scope.owner, "@base", (role.name.lower(), chain), BindingKind.VARIABLE)


def last_name(node: Node) -> Node:
    """Return the last part of a qualified name."""
    last = node.named_child(node.named_child_count - 1) if node.named_child_count else None
    return last if last is not None and last.type == "name" else node


def use_traits(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Mention and bind the traits of a class, with what is left out of each and which methods have other names."""
    excluded: dict[str, list[str]] = {}
    names = walk.chains.types.names
    for clause in next((each.named_children for each in node.named_children if each.type == "use_list"), []):
        target = clause.named_child(0) if clause.named_child_count else None
        parts = (
            target.named_children if target is not None and target.type == "class_constant_access_expression" else []
        )
        if target is None:
            continue
        method = walk.text(parts[-1] if parts else target)
        if clause.type == "use_instead_of_clause":
            for trait in clause.named_children[1:]:
                excluded.setdefault(names.class_name(walk.text(trait)), []).append(f"{method}()")
        else:
            alias = clause.named_children[-1]
            if alias.type == "name" and alias.id != target.id:
                owner = names.class_name(walk.text(parts[0])) if parts else ""
                bound = (owner, f"{method}()")
                walk.bind(clause, scope.owner, f"@alias {walk.text(alias)}()", bound, BindingKind.VARIABLE)
        if len(parts) == 2:
            walk.mention(scope, (names.class_name(walk.text(parts[0])), f"{method}()"), Role.READ, parts[1])
    for trait in node.named_children:
        if trait.type in _NAMES:
            chain = names.class_name(walk.text(trait))
            walk.mention(scope, (chain,), Role.INHERIT, last_name(trait))
            if walk.view.definitions[scope.owner].kind in TYPE_KINDS:
                used = ("use", chain, *excluded.get(chain, ()))
                walk.bind(trait, scope.owner, "@base", used, BindingKind.VARIABLE)


def callable_declaration(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Visit a function or method."""
    index = walk.defined.get(node.id, 0)
    if not index:
        own = scope.inner()  # inside of a function, or of an anonymous class
        own.names[CLOSURE] = ("",)
    else:
        own = Scope(index, None)
    tags = _documentation(walk, node)
    name = node.child_by_field_name("name")
    if index and name is not None:
        if walk.view.definitions[index].kind is SymbolKind.FUNCTION:
            full = walk.chains.types.names.declared(walk.text(name))
            walk.bind(node, index, "@name", (full,), BindingKind.VARIABLE)
        chain = walk.chains.types.declared(node.child_by_field_name("return_type"))
        said = [each.chain for each in tags if each.tag == "return"]
        chain = (*ARGUMENT, GUESS) if (*ARGUMENT, GUESS) in said else chain or next(iter(said), ())
        if chain:
            walk.bind(node, index, "()", chain, BindingKind.RETURN)
    _enter(walk, node, own, tags)


def _enter(walk: PhpWalk, node: Node, own: Scope, tags: list[Documented]) -> None:
    """Declare the parameters of a function, and visit what it consists of."""
    listed = node.child_by_field_name("parameters")
    for each in listed.named_children if listed is not None else ():
        name = each.child_by_field_name("name")
        if name is None:
            continue
        text = walk.text(name)
        declared = walk.chains.types.declared(each.child_by_field_name("type"))
        chain = declared or next((tag.chain for tag in tags if tag.tag == "param" and tag.variable == text), ())
        own.names[text] = joined(chain, OF) if each.type == "variadic_parameter" else chain
        index = walk.defined.get(each.id, 0)
        if index:
            container = walk.view.definitions[index].container
            walk.bind(each, container, text, chain, BindingKind.ATTRIBUTE)
    for child in reversed(node.named_children):
        if child.type not in _NAMES:
            walk.push(child, own)


def closure(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Visit a closure; it sees the names around it, those of which it does not say `use` too."""
    own = scope.inner()
    walk.note_closure(scope, node)
    own.names[CLOSURE] = ("",)
    tags = _documentation(walk, node.parent) if node.parent is not None and node.parent.type == "argument" else []
    _enter(walk, node, own, tags)


def anonymous_class(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Visit an anonymous class: `$this` is an instance of its base, and what it declares itself is not known."""
    own = scope.inner()
    base = next((each for each in node.named_children if each.type == "base_clause"), None)
    kind = base.named_child(0) if base is not None and base.named_child_count else None
    chain: Chain = walk.chains.owner(kind, scope)
    own.names.update({"$this": joined(chain, "()"), "@class": chain, "@super": chain})
    body = node.child_by_field_name("body")
    for member in body.named_children if body is not None else ():
        name = member.child_by_field_name("name")
        if member.type == "method_declaration" and name is not None:
            own.names[f"$this->{walk.text(name)}()"] = ()
        for each in member.named_children if member.type == "property_declaration" else ():
            if each.type == "property_element" and each.named_child_count:
                own.names[f"$this->{walk.text(each.named_children[0])}"] = ()
    walk.push(body, own)
    for each in node.named_children:
        if each.type == "class_interface_clause":
            for base in each.named_children:
                walk.push(base, scope, _type_mention)
        elif each.type in ("arguments", "attribute_list"):
            walk.push(each, scope)


def _type_mention(walk: PhpWalk, node: Node, scope: Scope) -> None:
    if node.type in _NAMES:
        walk.mention(scope, (walk.chains.types.names.class_name(walk.text(node)),), Role.TYPE, last_name(node))


def properties(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Bind the properties of a class, with their types."""
    kind = node.child_by_field_name("type")
    declared = walk.chains.types.declared(kind)
    tags = () if declared else _documentation(walk, node)
    first = scope.owner
    for each in node.named_children:
        if each.type != "property_element" or not each.named_child_count:
            continue
        name = walk.text(each.named_children[0])
        index = walk.defined.get(each.id, 0)
        chain = declared or next((tag.chain for tag in tags if tag.tag == "var" and tag.variable in ("", name)), ())
        if index:
            first = index if first == scope.owner else first
            walk.bind(each, walk.view.definitions[index].container, name, chain, BindingKind.ATTRIBUTE)
        walk.push(each.child_by_field_name("default_value"), Scope(index or scope.owner, scope))
    own = Scope(first, scope)
    for each in node.named_children:
        if each.type in ("attribute_list", "property_hook_list"):
            walk.push(each, own)
    walk.push(kind, own)


def constants(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Name the constants of a declaration, and visit their values."""
    for each in reversed(node.named_children):
        if each.type != "const_element" or not each.named_child_count:
            walk.push(each, scope)
            continue
        index = walk.defined.get(each.id, 0)
        if index and not walk.view.definitions[index].container:
            full = walk.chains.types.names.declared(walk.text(each.named_children[0]))
            walk.bind(each, index, "@name", (full,), BindingKind.VARIABLE)
        own = Scope(index or scope.owner, scope)
        for value in reversed(each.named_children[1:]):
            walk.push(value, own)


def enum_case(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Bind an enum's case: an instance of the enum."""
    name = node.child_by_field_name("name")
    index = walk.defined.get(node.id, 0)
    if index and name is not None:
        container = walk.view.definitions[index].container
        walk.bind(node, container, walk.text(name), ("@class", "()"), BindingKind.ATTRIBUTE)
    walk.push(node.child_by_field_name("value"), Scope(index or scope.owner, scope))


def comment(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Take what `@var` says of a variable, or of the next assignment."""
    text = walk.text(node)
    if "@var" not in text:
        return
    for each in walk.chains.types.documented(text):
        if each.tag == "var":
            scope.names[each.variable or "@var"] = each.chain
            if each.variable:
                scope.names[f"@var {each.variable}"] = each.chain


def _documentation(walk: PhpWalk, node: Node) -> list[Documented]:
    """Return the tags of the comment before a declaration."""
    before = node.prev_named_sibling
    while before is not None and before.type == "attribute_list":
        before = before.prev_named_sibling
    if before is None or before.type != "comment":
        return []
    text = walk.text(before)
    return walk.chains.types.documented(text) if text.startswith("/**") and "@" in text else []


def declare(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Declare the variable that an assignment gives a value; what `@var` said of it counts more."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    if left.type == "variable_name":
        name = walk.text(left)
        said = scope.names.pop("@var", None) or scope.names.pop(f"@var {name}", None)
        chain = said or _assigned(walk, right, scope)
        if node.type == "augmented_assignment_expression":
            operator = node.child_by_field_name("operator")
            is_default = operator is not None and operator.type == "??="
            chain = united([scope.find(name) or (), chain]) if is_default else ()
        scope.names[name] = chain
    elif left.type == "member_access_expression" and scope.find("$this") is None:
        target, name_node = left.child_by_field_name("object"), left.child_by_field_name("name")
        found = walk.view.definitions[scope.owner]
        if target is not None and walk.text(target) == "$this" and name_node is not None and found.container > 0:
            chain = _assigned(walk, right, scope)
            walk.bind(left, found.container, f"=${walk.text(name_node)}", chain, BindingKind.VARIABLE)
    elif left.type in ("list_literal", "array_creation_expression"):
        _forget(walk, left, scope)
    elif left.type == "subscript_expression":
        _put(walk, left, right, scope)


def _put(walk: PhpWalk, left: Node, right: Node, scope: Scope) -> None:
    """Learn from `$x[] = $y` what an array holds that was empty; of one that is given two kinds nothing is known."""
    array = left.named_child(0)
    while array is not None and array.type == "subscript_expression":
        array = array.named_child(0)
    if array is None or array.type != "variable_name":
        return
    name = walk.text(array)
    known, is_direct = scope.find(name) or (), left.named_child(0) == array
    held = joined(_assigned(walk, right, scope), OF) if is_direct else ()
    if known == NULL:
        scope.names[name] = held
    elif known[-1:] == (OF,) and held and held != known:
        scope.names[name] = ()


def _assigned(walk: PhpWalk, node: Node, scope: Scope) -> Chain:
    if node.type == "array_creation_expression":
        return walk.chains.elements(node, scope) if node.named_child_count else NULL
    return walk.chains.value(node, scope)


def _forget(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Declare the variables of a destructuring pattern, of whose values nothing is known."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.type == "variable_name":
            scope.names[walk.text(each)] = ()
        else:
            waiting.extend(each.named_children)


def returned(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Bind what a function returns."""
    value = node.named_child(0) if node.named_child_count else None
    if value is not None and scope.owner and scope.find(CLOSURE) is None:
        walk.bind(node, scope.owner, "=()", _assigned(walk, value, scope), BindingKind.VARIABLE)
    walk.push(value, scope)


def loop(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Declare the variable of a loop over elements."""
    inner = scope.inner()
    parts = [each for each in node.named_children if each.type != "comment"]
    if len(parts) < 2:
        walk.push_children(node, scope)
        return
    target = parts[1]
    if target.type == "pair" and target.named_child_count == 2:
        _forget(walk, target.named_children[0], inner)
        target = target.named_children[1]
    if target.type == "by_ref" and target.named_child_count:
        target = target.named_children[0]
    said = scope.names.pop(f"@var {walk.text(target)}", None)
    if target.type == "variable_name":
        chain = said or joined(walk.chains.value(parts[0], scope), "[]")
        inner.names[walk.text(target)] = chain
    else:
        _forget(walk, target, inner)
    walk.push(node, inner, leave)
    for each in reversed(parts[2:]):
        walk.push(each, inner)
    walk.push(parts[0], scope)


def caught(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Declare what a catch clause catches."""
    inner = scope.inner()
    kind, name = node.child_by_field_name("type"), node.child_by_field_name("name")
    if name is not None:
        inner.names[walk.text(name)] = walk.chains.types.declared(kind)
    walk.push(node, inner, leave)
    walk.push(node.child_by_field_name("body"), inner)
    walk.push(kind, inner)


def branch(walk: PhpWalk, node: Node, scope: Scope) -> None:
    """Visit what may or may not run in a scope of its own."""
    inner = scope.inner()
    walk.push(node, inner, leave)
    walk.push_children(node, inner)


def leave(walk: PhpWalk, node: Node, scope: Scope) -> None:  # noqa: ARG001
    """Close a branch."""
    close_branch(scope, united)
