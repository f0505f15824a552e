"""Import and export forms: ES modules, CommonJS, and TypeScript's `import x = require()`.

Every function takes a node, its scope and the ledger to write to. A module required inside a larger
expression is imported under the alias `require("x")`, which `chains` uses as the first element.
Assignments to `module.exports` and `exports.x` are exports; the object literal assigned to
`module.exports` exports each of its properties, and "..." for what it spreads.

Tests: tests/unit/extract/test_extract_javascript_imports.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from tree_sitter import Node

from codegraph.core.facts import Chain, ImportKind, Role
from codegraph.extract.languages.javascript.chains import alternatives_of, chain_of, module_element, required_module
from codegraph.extract.languages.javascript.definition_nodes import DEFAULT, EXPORTS
from codegraph.extract.languages.javascript.nodes import nth, string_value, text_of
from codegraph.extract.languages.javascript.scopes import Ledger, Scope
from codegraph.extract.languages.javascript.shapes import (
    CLASSES,
    FUNCTIONS,
    assignment_targets,
    bound_identifiers,
    exported_name,
    property_name,
    unwrap,
)

Own: TypeAlias = "Callable[[Node, str], Chain]"
"""From the node of a definition and its name to the chain that leads to it."""
WHOLE = "export="
SPREAD = "..."
_RESERVED_ALIAS = re.compile(r"as\s+(\w+)")
"""What the grammar calls an error in `export {make as const}`."""


def import_statement(node: Node, scope: Scope, ledger: Ledger) -> None:
    """Record `import ... from "x"`, `import "x"` and `import x = require("x")`."""
    source = string_value(node.child_by_field_name("source"))
    clause = None
    for child in node.named_children:
        if child.type == "import_require_clause":
            name, module = nth(child, 0), string_value(child.child_by_field_name("source"))
            if name is not None and module is not None:
                _module(name, module, scope, ledger)
            return
        if child.type == "import_clause":
            clause = child
    if source is None:
        return
    if clause is None:
        ledger.bring(scope, ImportKind.EFFECT, source, "", "", node)
        return
    for child in clause.named_children:
        if child.type == "identifier":
            _name(child, source, DEFAULT, scope, ledger)
        elif child.type == "namespace_import":
            name = nth(child, 0)
            if name is not None:
                _module(name, source, scope, ledger)
        elif child.type == "named_imports":
            for specifier in child.named_children:
                imported = specifier.child_by_field_name("name")
                if imported is not None:
                    alias = specifier.child_by_field_name("alias") or imported
                    _name(alias, source, _word(imported), scope, ledger)


def export_statement(node: Node, scope: Scope, ledger: Ledger) -> None:
    """Record what `export` offers apart from declarations, which the walker meets by themselves."""
    ledger.explicit_exports = True
    source = string_value(node.child_by_field_name("source"))
    for child in node.named_children:
        if child.type == "export_clause":
            for specifier in child.named_children:
                typed = any(part.type == "type" for part in (*node.children, *specifier.children))
                _specifier(specifier, source, scope, ledger, typed=typed)
        elif child.type == "namespace_export" and source is not None:
            name = nth(child, 0)
            if name is not None:
                ledger.bring(scope, ImportKind.MODULE, source, "", _word(name), name, reexport=True)
    words = [child.type for child in node.children]
    if source is not None and "*" in words:
        ledger.bring(scope, ImportKind.STAR, source, "*", "", node, reexport=True)
    if "=" in words:
        value = nth(node, -1)
        if value is not None:
            export_whole(value, scope, ledger, node, lambda _, name: (name,))
    value = node.child_by_field_name("value")
    if value is not None:
        export_default(value, scope, ledger)


def export_default(value: Node, scope: Scope, ledger: Ledger) -> None:
    """Record `export default <expression>`: the definition named by it, or what the expression stands for."""
    inner = unwrap(value)
    if inner is None:
        return
    name = inner.child_by_field_name("name") if inner.type in FUNCTIONS or inner.type in CLASSES else None
    if name is not None:
        ledger.offer(scope, DEFAULT, (text_of(name),))
    elif inner.type in ("identifier", "member_expression"):
        for chain in alternatives_of(inner, ""):
            ledger.offer(scope, DEFAULT, chain)
    else:
        ledger.offer(scope, DEFAULT, (DEFAULT,))


def export_declaration(declaration: Node, is_default: bool, scope: Scope, ledger: Ledger) -> None:
    """Record the names of `export const a`, `export function f`, `export default class C`."""
    if declaration.type == "ambient_declaration":
        inner = next((child for child in declaration.named_children if child.type != "comment"), None)
        if inner is not None:
            export_declaration(inner, is_default, scope, ledger)
        return
    name = declaration.child_by_field_name("name")
    if name is None and declaration.type == "import_alias":
        name = nth(declaration, 0)
    if name is not None:
        ledger.offer(scope, DEFAULT if is_default else text_of(name), (text_of(name),))
    elif is_default:
        ledger.offer(scope, DEFAULT, (DEFAULT,))
    for declarator in declaration.named_children:
        pattern = declarator.child_by_field_name("name") if declarator.type == "variable_declarator" else None
        if pattern is not None:
            for identifier in bound_identifiers(pattern):
                ledger.offer(scope, text_of(identifier), (text_of(identifier),))


def require_declarator(pattern: Node, value: Node | None, scope: Scope, ledger: Ledger) -> bool:
    """Record `const x = require("y")`, `.z` behind it and destructuring; False for any other declarator."""
    node = value
    while node is not None and node.type in ("await_expression", "parenthesized_expression"):
        node = nth(node, 0)
    if node is None:
        return False
    member = ""
    if node.type == "member_expression":
        name, receiver = node.child_by_field_name("property"), node.child_by_field_name("object")
        while receiver is not None and receiver.type in ("await_expression", "parenthesized_expression"):
            receiver = nth(receiver, 0)
        if name is None or receiver is None or receiver.type != "call_expression":
            return False
        member, node = text_of(name), receiver
    required = required_module(node) if node.type == "call_expression" else None
    if required is None or (member and pattern.type != "identifier"):
        return False
    module = required[1]
    if pattern.type == "identifier":
        if member:
            _name(pattern, module, member, scope, ledger)
        else:
            _module(pattern, module, scope, ledger)
        return True
    return pattern.type == "object_pattern" and _destructured(pattern, module, scope, ledger)


def required_inside(call: Node, scope: Scope, ledger: Ledger) -> bool:
    """Record a module required inside an expression under its own alias; False for any other call."""
    required = required_module(call)
    if required is None:
        return False
    ledger.bring(scope, ImportKind.MODULE, required[1], "", module_element(*required), call)
    return True


def export_assignment(node: Node, scope: Scope, ledger: Ledger, own: Own) -> None:
    """Record `module.exports = value`, `exports.x = value` and chains of such assignments."""
    targets, value = assignment_targets(node)
    if value is None:
        return
    for target in targets:
        name = exported_name(target)
        if name == WHOLE:
            export_whole(value, scope, ledger, node, own)
        elif name is not None:
            inner = unwrap(value)
            if inner is not None and inner.type in ("identifier", "member_expression", "call_expression"):
                chains = alternatives_of(value, "")
                if inner.type == "call_expression" and not is_required(inner):
                    chains = (own(node, name),)
                for chain in chains:
                    ledger.offer(scope, name, chain)
            else:
                ledger.offer(scope, name, own(node, name))
            return


def export_variable(name: Node, value: Node, scope: Scope, ledger: Ledger) -> None:
    """Record `const name = module.exports`, `const name = module.exports = ...` and `const name = exports.x = ...`."""
    targets = assignment_targets(value)[0]
    for target in targets or [value]:
        exported = exported_name(target)
        if exported is not None and name.type == "identifier" and (targets or exported == WHOLE):
            ledger.offer(scope, exported, (text_of(name),))


def export_whole(value: Node, scope: Scope, ledger: Ledger, unit: Node, own: Own) -> None:
    """Record that the module itself is replaced by a value, in the definition `unit` if it is one."""
    inner = unwrap(value)
    if inner is None:
        return
    if inner.type == "object":
        _export_object(inner, scope, ledger, own)
        return
    if inner.type in FUNCTIONS or inner.type in CLASSES:
        name = inner.child_by_field_name("name")
        ledger.offer(scope, WHOLE, own(unit, text_of(name) if name is not None else EXPORTS))
        return
    if inner.type in ("call_expression", "new_expression") and not is_required(inner):
        ledger.offer(scope, WHOLE, (DEFAULT,))
        return
    for chain in alternatives_of(inner, ""):
        ledger.offer(scope, WHOLE, chain)


def is_required(call: Node) -> bool:
    """Tell whether a call is `require("x")` or `import("x")`."""
    return call.type == "call_expression" and required_module(call) is not None


def _export_object(node: Node, scope: Scope, ledger: Ledger, own: Own) -> None:
    for child in node.named_children:
        kind = child.type
        if kind == "shorthand_property_identifier":
            ledger.offer(scope, text_of(child), (text_of(child),))
        elif kind == "method_definition":
            name = property_name(child.child_by_field_name("name"))
            ledger.offer(scope, name, own(child, name))
        elif kind == "pair":
            name = property_name(child.child_by_field_name("key"))
            value = unwrap(child.child_by_field_name("value"))
            if value is not None and (value.type in FUNCTIONS or value.type == "class"):
                ledger.offer(scope, name, own(child, name))
            else:
                for chain in alternatives_of(value, "") or ((),):
                    ledger.offer(scope, name, chain)
        elif kind == "spread_element":
            chain = chain_of(nth(child, 0), "")
            if chain:
                ledger.offer(scope, SPREAD, chain)


def _destructured(pattern: Node, module: str, scope: Scope, ledger: Ledger) -> bool:
    for child in pattern.named_children:
        key: Node | None = child
        target: Node | None = child
        if child.type == "pair_pattern":
            key, target = child.child_by_field_name("key"), child.child_by_field_name("value")
        if target is not None and target.type in ("assignment_pattern", "object_assignment_pattern"):
            target = target.child_by_field_name("left")
            key = target if child.type == "object_assignment_pattern" else key
        if target is None or key is None:
            continue
        if target.type in ("identifier", "shorthand_property_identifier_pattern"):
            _taken(target, module, property_name(key), scope, ledger)
        else:
            for identifier in bound_identifiers(target):
                ledger.declare(scope, text_of(identifier))
    return True


def _specifier(node: Node, source: str | None, scope: Scope, ledger: Ledger, *, typed: bool) -> None:
    name = node.child_by_field_name("name")
    if name is None:
        return
    alias = _word(node.child_by_field_name("alias") or name)
    after = node.next_sibling
    if after is not None and after.type == "ERROR" and (reserved := _RESERVED_ALIAS.fullmatch(text_of(after))):
        alias = reserved[1]
    if source is None:
        ledger.offer(scope, alias, (_word(name),))
        if name.type == "identifier":
            ledger.refer(scope, (text_of(name),), Role.TYPE if typed else Role.READ, name)
    else:
        ledger.bring(scope, ImportKind.NAME, source, _word(name), alias, name, reexport=True)


def _module(alias: Node, module: str, scope: Scope, ledger: Ledger) -> None:
    word = text_of(alias)
    ledger.bring(scope, ImportKind.MODULE, module, "", ledger.declare(scope, word), alias)


def _name(alias: Node, module: str, name: str, scope: Scope, ledger: Ledger) -> None:
    word = text_of(alias)
    ledger.bring(scope, ImportKind.NAME, module, name, ledger.declare(scope, word), alias)


def _taken(alias: Node, module: str, name: str, scope: Scope, ledger: Ledger) -> None:
    word = text_of(alias)
    ledger.bring(scope, ImportKind.MEMBER, module, name, ledger.declare(scope, word), alias)


def _word(node: Node) -> str:
    """Return a name in an import or export clause; it may be written as a string."""
    value = string_value(node)
    return text_of(node) if value is None else value
