"""Type annotations of TypeScript, and of JSDoc comments, as chains.

`type_chains` gives two lists: what a value of the type *is* (`Foo` -> an instance of Foo) and what
iterating or indexing it *gives* (`Foo[]`, `Set<Foo>`, `Map<K, Foo>` -> an instance of Foo). Unions and
intersections give all their parts in source order; `null`, literals and predefined types give nothing.
`Promise<T>` and the mapped types that keep T's members (`Partial<T>`, `Readonly<T>`) are transparent,
as `await` is. The references that a type makes are not made here: the walker meets every name anyway.

`jsdoc_types` reads `@param`, `@returns` and `@type` of a comment, in the same two lists. They tell types
apart; being comments, they are no mentions.
Tests: tests/unit/extract/test_extract_javascript_chains.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from tree_sitter import Node

from codegraph.core.facts import Chain
from codegraph.extract.languages.javascript.nodes import nth, text_of

MAX_ALTERNATIVES: Final = 4
_MAX_NODES: Final = 64
"""A larger type is read in part."""

TypeChains = tuple[tuple[Chain, ...], tuple[Chain, ...]]
NOTHING: Final[TypeChains] = ((), ())

ELEMENT_ARGUMENT: Final[Mapping[str, int]] = MappingProxyType(
    {
        "Array": 0,
        "ReadonlyArray": 0,
        "Set": 0,
        "ReadonlySet": 0,
        "WeakSet": 0,
        "Iterable": 0,
        "Iterator": 0,
        "IterableIterator": 0,
        "AsyncIterable": 0,
        "AsyncIterator": 0,
        "AsyncIterableIterator": 0,
        "Generator": 0,
        "AsyncGenerator": 0,
        "ArrayLike": 0,
        "Map": 1,
        "ReadonlyMap": 1,
        "WeakMap": 1,
        "Record": 1,
    }
)
"""Built-in containers, and which of their type arguments iterating or indexing gives."""
TRANSPARENT_TYPES: Final = frozenset(
    {"Promise", "PromiseLike", "Awaited", "Readonly", "Partial", "Required", "NonNullable", "Pick", "Omit", "Exclude"}
    | {"Except", "Simplify", "SetOptional", "SetRequired", "ReadonlyDeep", "PartialDeep", "Writable", "Mutable"}
    | {"Extract", "ThisType", "WeakRef", "NoInfer"}
)
_WRAPPERS: Final = frozenset({"type_annotation", "parenthesized_type", "readonly_type", "optional_type", "constraint"})
_SEVERAL: Final = frozenset({"union_type", "intersection_type"})


class JsdocTypes(NamedTuple):
    """What a JSDoc comment says of types."""

    parameters: Mapping[str, TypeChains]
    returns: TypeChains
    value: TypeChains


NO_JSDOC: Final = JsdocTypes(MappingProxyType({}), NOTHING, NOTHING)


def type_chains(node: Node | None) -> TypeChains:
    """Return (chains of the value, chains of its elements) for a type node; at most four of each."""
    plain: dict[Chain, None] = {}
    elements: dict[Chain, None] = {}
    waiting: list[tuple[Node | None, bool]] = [(node, False)]
    budget = _MAX_NODES
    while waiting and budget:
        budget -= 1
        part, inside = waiting.pop()
        if part is None:
            continue
        kind = part.type
        if kind in _WRAPPERS:
            waiting.append((nth(part, 0), inside))
        elif kind in _SEVERAL:
            waiting.extend((child, inside) for child in reversed(part.named_children))
        elif kind == "array_type":
            waiting.append((nth(part, 0), True))
        elif kind == "tuple_type":
            waiting.extend((child, True) for child in reversed(part.named_children))
        elif kind == "generic_type":
            waiting.append(_generic(part, inside, plain, elements))
        else:
            chain = _simple(part)
            if chain:
                (elements if inside else plain)[chain] = None
    return tuple(plain)[:MAX_ALTERNATIVES], tuple(elements)[:MAX_ALTERNATIVES]


def function_type(node: Node | None) -> Node | None:
    """Return the function type in an annotation, also as one part of a union; None if there is none."""
    waiting = [node]
    budget = _MAX_NODES
    while waiting and budget:
        budget -= 1
        part = waiting.pop()
        if part is None:
            continue
        if part.type == "function_type":
            return part
        if part.type in _WRAPPERS or part.type == "union_type":
            waiting.extend(reversed(part.named_children))
    return None


def _generic(
    node: Node, inside: bool, plain: dict[Chain, None], elements: dict[Chain, None]
) -> tuple[Node | None, bool]:
    """Record a generic type that names something, or return the argument that it stands for."""
    name = node.child_by_field_name("name")
    arguments = node.child_by_field_name("type_arguments")
    if name is None:
        return None, inside
    word = text_of(name)
    if arguments is not None and word in TRANSPARENT_TYPES:
        return nth(arguments, 0), inside
    if arguments is not None and word in ELEMENT_ARGUMENT:
        return nth(arguments, ELEMENT_ARGUMENT[word]), True
    chain = _simple(name)
    if chain:
        (elements if inside else plain)[chain] = None
    return None, inside


def _simple(node: Node) -> Chain:
    """Read a type that is one name: `Foo`, `a.Foo`, `typeof x`, `this`, `Foo["key"]`, `import("x").Foo`."""
    kind = node.type
    if kind in ("type_identifier", "identifier"):
        return (text_of(node), "()")
    if kind in ("nested_type_identifier", "nested_identifier", "member_expression"):
        return _dotted(node, "()")
    if kind == "this_type":
        return ("@self",)
    if kind == "type_query":
        target = nth(node, 0)
        return () if target is None else _dotted(target)
    if kind == "lookup_type":
        target, key = nth(node, 0), nth(node, 1)
        inner = _simple(target) if target is not None else ()
        word = text_of(key).strip("'\"") if key is not None and key.type == "literal_type" else ""
        return (*inner, word) if inner and word else ()
    if kind == "predefined_type" or kind == "literal_type":
        return ()
    return ()


def _dotted(node: Node, *end: str) -> Chain:
    """Read `a.b.c` or `import("x").y`, however the grammar nests it."""
    names: list[str] = []
    part: Node | None = node
    while part is not None and len(names) < _MAX_NODES:
        if part.type == "call_expression":
            arguments = part.child_by_field_name("arguments")
            literal = nth(arguments, 0) if arguments is not None else None
            if literal is None or literal.type != "string" or not text_of(part).startswith("import"):
                return ()
            names.append(f'import("{text_of(literal)[1:-1]}")')
            return (*reversed(names), *end)
        name = part.child_by_field_name("property") or part.child_by_field_name("name")
        if name is None:
            return (text_of(part), *reversed(names), *end) if part.type in ("identifier", "type_identifier") else ()
        names.append(text_of(name))
        part = part.child_by_field_name("object") or part.child_by_field_name("module")
    return ()


_JSDOC_TAG = re.compile(r"@(param|arg|argument|returns?|type)\s*\{([^{}\n]{1,200})\}[ \t]*(\[?[\w$]+)?")
_JSDOC_IMPORT = re.compile(r"""import\(\s*['"]([^'"]+)['"]\s*\)""")
_JSDOC_NAME = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*\Z")
_JSDOC_GENERIC = re.compile(r"([A-Za-z_$][\w$]*)\.?<(.*)>\Z", re.DOTALL)
_JSDOC_PLAIN: Final = frozenset(
    [
        "string",
        "number",
        "boolean",
        "object",
        "function",
        "any",
        "void",
        "undefined",
        "null",
        "symbol",
        "bigint",
        "never",
        "unknown",
        "this",
        "String",
        "Number",
        "Boolean",
        "Object",
        "Function",
        "Error",
        "Date",
        "RegExp",
        "Symbol",
        "Array",
        "Promise",
    ]
)


_JSDOC_TYPEDEF = re.compile(r"""@typedef\s*\{\s*import\(\s*['"]([^'"\n]+)['"]\s*\)\.([\w$]+)[^}\n]*\}\s*([\w$]+)""")
_JSDOC_IMPORTS = re.compile(r"""@import\s*\{([^}]{1,2000})\}\s*from\s*['"]([^'"\n]+)['"]""")


def jsdoc_aliases(source: str) -> list[tuple[str, Chain]]:
    """Return the names that `@typedef {import("x").T} N` and `@import {T} from "x"` give to types of other files."""
    found: list[tuple[str, Chain]] = []
    if "@typedef" in source:
        for module, name, alias in _JSDOC_TYPEDEF.findall(source):
            found.append((alias, (f'import("{module}")', name)))
    if "@import" in source:
        for names, module in _JSDOC_IMPORTS.findall(source):
            for each in names.split(","):
                words = each.replace("*", " ").split()
                if words:
                    found.append((words[-1], (f'import("{module}")', words[0])))
    return found


def jsdoc_types(comment: str) -> JsdocTypes:
    """Read the types that a JSDoc comment declares; names of types only, no record or function types."""
    parameters: dict[str, TypeChains] = {}
    returns = value = NOTHING
    for tag, written, name in _JSDOC_TAG.findall(comment):
        chains = _jsdoc_type(written)
        if tag == "type":
            value = chains
        elif tag.startswith("return"):
            returns = chains
        elif name:
            parameters[name.lstrip("[")] = chains
    return JsdocTypes(parameters, returns, value)


def _jsdoc_type(written: str) -> TypeChains:
    plain: list[Chain] = []
    elements: list[Chain] = []
    for part in _JSDOC_IMPORT.sub(lambda found: f"import_{found.group(1).encode().hex()}", written).split("|"):
        word, inside = part.strip().strip("?!=").removeprefix("...").strip("()"), False
        generic = _JSDOC_GENERIC.match(word)
        while generic is not None:
            name, arguments = generic.groups()
            if name in TRANSPARENT_TYPES:
                word = arguments.strip()
            elif name in ELEMENT_ARGUMENT:
                word, inside = arguments.split(",")[-1].strip(), True
            else:
                word = name
            generic = _JSDOC_GENERIC.match(word)
        while word.endswith("[]"):
            word, inside = word[:-2], True
        if _JSDOC_NAME.match(word) and word not in _JSDOC_PLAIN:
            (elements if inside else plain).append((*map(_jsdoc_element, word.split(".")), "()"))
    return tuple(plain)[:MAX_ALTERNATIVES], tuple(elements)[:MAX_ALTERNATIVES]


def _jsdoc_element(word: str) -> str:
    if not word.startswith("import_"):
        return word
    return f'import("{bytes.fromhex(word.removeprefix("import_")).decode()}")'
