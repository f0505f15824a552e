"""Kotlin, as far as its grammar goes (some one-line classes are syntax errors to it)."""

from __future__ import annotations

from dataclasses import replace

import tree_sitter_kotlin

from codegraph.extract.languages.plain import WITH_ENUMS, plain_spec
from codegraph.extract.languages.spec import Namespaces


def ended(data: bytes) -> bytes:
    """Return what the parser can read to its end.

    The scanner of tree-sitter-kotlin 1.1.0 never returns from a last line that begins with an annotation and has no
    end, nor from one that a NUL byte ends: `val a = {}`, and `@A` in the next line. It does not return from some broken
    texts either; as few of them as can be are made, so no body is hollow.
    """
    return data.replace(b"\0", b" ") + (b"" if data.endswith(b"\n") else b"\n")


SPEC = replace(
    plain_spec(__name__, "kotlin", tree_sitter_kotlin.language),
    constants_in=WITH_ENUMS,
    namespaces=Namespaces(frozenset({"package_header"})),
    prepare=ended,
)
