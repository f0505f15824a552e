"""Documentation that stands in comments: at the top of a file, and before definitions that something is around."""

from __future__ import annotations

import pytest

from codegraph.core.facts import decode_own_input
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.languages import language_of


def _said(path: str, text: str, name: str = "") -> str:
    """Return the documentation of the module, or of the first definition of a name."""
    facts = extract(text.encode(), language_of(path, text.encode()) or "", Limits())
    found = next(each for each in facts.outline.definitions if each.name == name)
    return decode_own_input(facts.inputs[found.own]).docstring


MODULES = {
    "behind a #! line": (
        "run",
        "#!/usr/bin/env bash\n#\n# Prints the path of a command.\n\nset -e\n",
        "Prints the path of a command.",
    ),
    "directly before a package": (
        "a.go",
        "// Package a matches routes of a tree.\npackage a\n\nfunc F() {}\n",
        "Package a matches routes of a tree.",
    ),
    "behind a licence in its own comment": (
        "a.c",
        "/* Copyright (c) 2020 Somebody */\n\n/* Timers are kept in a heap of due times. */\n\nint a;\n",
        "Timers are kept in a heap of due times.",
    ),
    "around a licence": (
        "a.lua",
        "--- Moves the cursor to its last place\n---\n--- MIT License\n\n--- Keeps places in a ring.\n\nlocal M = {}\n",
        "Moves the cursor to its last place\n\nKeeps places in a ring.",
    ),
    "behind what speaks to tools": (
        "a.rb",
        "# frozen_string_literal: true\n\n# Matches routes.\n\nrequire 'set'\n",
        "Matches routes.",
    ),
    "of the file itself, though directly before a definition": (
        "a.zig",
        "//! Reads tokens of JSON.\nconst a = 1;\n",
        "Reads tokens of JSON.",
    ),
    "behind the fields of a Haddock comment": (
        "A.hs",
        "-----\n-- |\n-- Copyright: (c) One\n--   (c) Two\n-- License: BSD3\n--\n-- Keeps places.\n\nmodule A where\n",
        "Keeps places.",
    ),
}


@pytest.mark.parametrize("case", MODULES)
def test_the_comments_at_the_top_are_said_of_the_file(case: str) -> None:
    """Whatever stands before them that says nothing of it."""
    path, text, wanted = MODULES[case]
    assert _said(path, text) == wanted


NOTHING = {
    "a licence alone": ("a.c", "/*\n * zip.c\n *\n * Permission is hereby granted, free of charge.\n */\nint a;\n"),
    "before the first definition": ("a.c", "/* Adds one number to another one. */\nint add(int a) { return a + 1; }\n"),
    "a label": ("a.swift", "// Imports\nimport Foundation\n"),
    "only for tools": ("a.rb", "# frozen_string_literal: true\n\nclass A\nend\n"),
    "a picture": ("a.c", "/*\n *   __ _ _ __\n *  / _` | '_ \\\n */\n\nint a;\n"),
}  # fmt: skip


@pytest.mark.parametrize("case", NOTHING)
def test_what_is_not_said_of_the_file_is_no_documentation_of_it(case: str) -> None:
    """Licences, remarks to tools, labels, and what belongs to a definition."""
    assert _said(*NOTHING[case]) == ""


BEFORE = {
    "an attribute": ("a.rb", "class A\n  # As written.\n  attr_reader :name, :path\nend\n", "name"),
    "the second of two attributes": ("a.rb", "class A\n  # As written.\n  attr_reader :path, :name\nend\n", "name"),
    "a private method": ("a.rb", "class A\n  # As written.\n  private def name\n  end\nend\n", "name"),
    "an annotation with arguments": ("a.kt", '/** As written. */\n@Suppress("X")\ninterface Name<T> {\n}\n', "Name"),
    "a friend": ("a.cpp", "class A {\n  // As written.\n  friend int name(A a) { return 1; }\n};\n", "name"),
}


@pytest.mark.parametrize("case", BEFORE)
def test_documentation_stands_before_what_is_around_a_definition(case: str) -> None:
    """The comment before the whole line is said of what the line defines."""
    path, text, name = BEFORE[case]
    assert _said(path, text, name) == "As written."
