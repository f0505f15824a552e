"""Namespaces of definitions: runs over a file's top level, whatever form a language gives them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from codegraph.extract.extractor import Limits, extract

SOURCES = {
    "java": ("@NonNull package com . a;\nclass A { class B {} }\nclass C {}\n", [(1, "com.a")]),
    "kotlin": ("package com.a\nclass A\n", [(1, "com.a")]),
    "scala": ("package com.a\npackage b\nclass A\npackage c { class B }\nclass D\n", None),
    "go": ("// Package p.\npackage p\nfunc F() {}\n", [(1, "p")]),
    "c_sharp": ("class Before {}\nnamespace A.B { namespace C { class X {} }\nclass Y {} }\nclass Z {}\n", None),
    "php": ("<?php\nclass A {}\nnamespace B\\C;\nclass D {}\nfunction e() {}\nnamespace F;\nclass G {}\n", None),
    "cpp": (
        """namespace a::inline v1::b { struct X {}; namespace { struct Y {}; } inline namespace v2 { struct Z {}; } }
        extern "C" { namespace c { struct W {}; } }
        struct V {};""",
        None,
    ),
    "python": ("class A: ...\n", []),
    "c": ("int f(void) { return 0; }\n", []),
}

BY_NAME = {
    "scala": {"A": "com.a.b", "B": "com.a.b.c", "D": "com.a.b"},
    "c_sharp": {"Before": "", "X": "A.B.C", "Y": "A.B", "Z": ""},
    "php": {"A": "", "D": "B.C", "e": "B.C", "G": "F"},
    "cpp": {"X": "a.v1.b", "Y": "a.v1.b", "Z": "a.v1.b", "W": "c", "V": ""},
}


@pytest.mark.parametrize("language", SOURCES)
def test_definitions_know_their_namespace(language: str) -> None:
    """A run begins where the namespace changes, and no run is needed where it does not."""
    source, runs = SOURCES[language]
    outline = extract(source.encode(), language, Limits()).outline
    if runs is not None:
        assert list(outline.namespaces) == runs
        return
    found = {}
    for index, definition in enumerate(outline.definitions):
        if index and definition.container == 0:
            before = [name for start, name in outline.namespaces if start <= index]
            found[definition.name] = before[-1] if before else ""
    assert found == BY_NAME[language]
    names = [name for _, name in outline.namespaces]
    assert all(one != other for one, other in pairwise(names))


def test_deep_namespaces_do_not_overflow() -> None:
    """Many namespaces in each other are walked without recursion."""
    source = "namespace a { " * 300 + "struct X {}; " + "} " * 300
    outline = extract(source.encode(), "cpp", Limits()).outline
    assert outline.namespaces == ((1, ".".join("a" * 300)),)
