"""C, up to the syntax of C23."""

from __future__ import annotations

import re
from dataclasses import replace

import tree_sitter_c
from tree_sitter import Node

from codegraph.core.facts import BINDING, PASTED, Chain, ImportKind, Role
from codegraph.core.symbols import TYPE_KINDS
from codegraph.extract.languages.c.gaps import readable_c
from codegraph.extract.languages.cpp import CONDITIONS
from codegraph.extract.languages.cpp.macros import names_in
from codegraph.extract.languages.plain import plain_spec
from codegraph.extract.languages.spec import Statements
from codegraph.extract.text import SourceText
from codegraph.extract.view import FileView

_WORD = re.compile(r"[A-Za-z_]\w*")
_LITERAL = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|/\*.*?\*/|//.*", re.DOTALL)


def _collect(view: FileView) -> None:
    """Add the local names, and an import for each included file; its name keeps the bracket of `<a.h>`.

    `struct a;` alone mentions nothing.
    """
    _bind(view)
    _paste(view)
    for match in view.forms("announced"):
        view.targets.update(target.start_byte for target in match.get("target", ()))
    for match in view.forms("include"):
        for target in match.get("target", ()):
            text = view.text.of(target)
            view.add_import(target, ImportKind.EFFECT, text[1:-1], "<" if text[:1] == "<" else "", "", is_files=True)


def _bind(view: FileView) -> None:
    """Note the parameters and variables of functions: what they are called means no definition there.

    `extern int a;` and `int f(int);` in a function mean what other places define.
    """
    for form in ("parameter", "variable"):
        for match in view.forms(form):
            for declarator in match.get("target", ()):
                name = _declared(declarator, is_parameter=form == "parameter")
                owner = view.scope_of(name.start_byte) if name is not None else 0
                if name is not None and owner and not _is_external(declarator.parent, view.text):
                    view.targets.add(name.start_byte)
                    view.bind(name.start_byte, owner, view.text.of(name), BINDING.VARIABLE)


def _paste(view: FileView) -> None:
    """Note what a macro's text names, by their numbers which parameters it pastes or leaves away, and which names are
    arguments of macros.

    `#define CLASS(a) a##_class` makes another name of what it is given. A function's name has hardly ever a capital.
    """
    for match in view.forms("macro"):
        (name,) = match["name"]
        owner = view.owner_of(name.start_byte)
        for value in match.get("value", ()):
            for chain, at in names_in(value, match["target"][0] if "target" in match else None, view.text):
                view.references.add(owner, chain, Role.CALL, at)
        if view.definitions[owner].name_start == name.start_byte:
            body = _LITERAL.sub(" ", "".join(view.text.of(each) for each in match.get("value", ())))
            parameters = [word for each in match.get("target", ()) for word in _WORD.findall(view.text.of(each))]
            for number, each in enumerate(parameters):
                if not _is_mentioned(each, body):
                    view.bind(name.start_byte, owner, str(number), BINDING.PARAMETER, PASTED)
    for match in view.forms("argument"):
        (name,), (target,) = match["name"], match["target"]
        listed = [each for arguments in match.get("list", ()) for each in arguments.named_children]
        number = sum(each.type != "comment" and each.start_byte < target.start_byte for each in listed)
        view.behind[target.start_byte] = f"{view.text.of(name)}({number}"


def _is_mentioned(parameter: str, body: str) -> bool:
    """Say whether a macro's text has a parameter anywhere but beside `##` and behind `#`."""
    found = re.finditer(rf"(?:#[\s\\]*)?\b{parameter}\b(?:[\s\\]*##)?", body)
    return any("#" not in match.group() for match in found)


def _declared(declarator: Node, *, is_parameter: bool) -> Node | None:
    """Return the name that a declarator declares, however it is wrapped; that of a function is a parameter's only."""
    node: Node | None = declarator
    while node is not None and node.type != "identifier":
        inner = node.child_by_field_name("declarator")
        if inner is None and node.type == "parenthesized_declarator" and node.named_child_count:
            inner = node.named_child(node.named_child_count - 1)
        if inner is not None and inner.type == "identifier" and node.type == "function_declarator":
            return inner if is_parameter else None
        node = inner
    return node


def _is_external(declaration: Node | None, text: SourceText) -> bool:
    first = declaration.named_child(0) if declaration is not None else None
    return first is not None and first.type == "storage_class_specifier" and text.of(first) == "extern"


def _callees(called: Node, text: SourceText) -> tuple[Chain, ...]:
    """Return the names in `(*f)(x)` and `(which ? f : g)(x)`; of `(f)(x)` the query says that f is called."""
    inner, found = called, list[Chain]()
    while inner.type == "parenthesized_expression" and inner.named_child_count:
        inner = inner.named_children[0]
    if inner.type == "identifier":
        return ()
    parts = inner.named_children[1:] if inner.type == "conditional_expression" else [inner]
    for part in parts:
        argument = part.child_by_field_name("argument") if part.type == "pointer_expression" else part
        is_name = argument is not None and argument.type == "identifier"
        found.append((text.of(argument),) if is_name and argument is not None else ())
    return tuple(dict.fromkeys(found))


SPEC = replace(
    plain_spec(__name__, "c", tree_sitter_c.language),
    header_end=frozenset({"{", "=", ";"}),
    collect=_collect,
    hollow=b"{}",
    erasable=True,
    nested=TYPE_KINDS,
    prepare=readable_c,
    prepare_if_broken=True,
    resumable=True,
    statements=Statements(
        frozenset({"declaration"}), frozenset({"linkage_specification", "declaration_list", *CONDITIONS})
    ),
    callees=_callees,
)
