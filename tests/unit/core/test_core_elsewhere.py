"""Symbols that only name what is defined elsewhere."""

from __future__ import annotations

import pytest

from codegraph.core.elsewhere import is_alias, is_declaration
from codegraph.core.symbols import SymbolKind
from codegraph.extract.extractor import Limits, extract

ALIASES = """
const std = @import("std");
pub const json = @import("json.zig");
const Scanner = @import("json/Scanner.zig");
pub const parse = @import("json/static.zig").parse;
const Allocator = std.mem.Allocator;
"""
OTHERS = """
const Router = @This();
const testing = std.mem;
const limit = 3;
const first = list.first();
const eql = mem.eql(u8);
const Alloc = std.mem.Allocator;
"""


def _found(line: str) -> bool:
    [_, constant] = extract(line.encode(), "zig", Limits()).outline.definitions
    assert constant.kind is SymbolKind.CONSTANT
    return is_alias(constant)


@pytest.mark.parametrize("line", ALIASES.strip().splitlines())
def test_an_import_or_a_path_of_names_that_ends_with_its_own_name_is_an_alias(line: str) -> None:
    """As Zig imports, and passes names on."""
    assert _found(line)


@pytest.mark.parametrize("line", OTHERS.strip().splitlines())
def test_a_value_of_its_own_or_a_new_name_is_a_definition(line: str) -> None:
    """Another name for something is worth finding."""
    assert not _found(line)


@pytest.mark.parametrize(
    ("line", "is_other_name"),
    [("using string_t = typename Json::string_t;", True), ("using reader = ::io::basic<char, 2>::reader<T>;", True),
     ("using Text = std::string;", False), ("using text = basic<char>;", False), ("struct a::b { int c; };", False)],
)  # fmt: skip
def test_a_type_of_cpp_that_is_called_as_what_it_stands_for_is_an_alias(line: str, is_other_name: bool) -> None:
    """Template arguments and namespaces around the name do not matter."""
    _, type_, *_ = extract(line.encode(), "cpp", Limits()).outline.definitions
    assert is_alias(type_) == is_other_name


def test_only_constants_are_aliases() -> None:
    """A function whose default value is written so is none."""
    [_, function] = extract(b"def get(a=b.get): return a\n", "python", Limits()).outline.definitions
    assert not is_alias(function)


@pytest.mark.parametrize(
    ("line", "declares"),
    [("int add(int a, int b);", True), ("static inline void stop(void);", True), ("class A { A(); };", True),
     ("int add(int a) { return a; }", False), ("class A { virtual int add(int a) = 0; };", False)],
)  # fmt: skip
def test_a_function_without_a_body_is_declared_unless_it_is_purely_virtual(line: str, declares: bool) -> None:
    """In C++, and so in C."""
    *_, function = extract(line.encode(), "cpp", Limits()).outline.definitions
    assert is_declaration("cpp", function) == declares


def test_functions_without_a_body_in_other_languages_are_what_there_is_of_them() -> None:
    """Members of interfaces."""
    *_, method = extract(b"interface A { int add(int a); }", "java", Limits()).outline.definitions
    assert not is_declaration("java", method)
