"""Constants that only stand for what has the same name elsewhere."""

from __future__ import annotations

import pytest

from codegraph.core.symbols import SymbolKind
from codegraph.extract.extractor import Limits, extract
from codegraph.search.aliases import is_alias

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


def test_only_constants_are_aliases() -> None:
    """A function whose default value is written so is none."""
    [_, function] = extract(b"def get(a=b.get): return a\n", "python", Limits()).outline.definitions
    assert not is_alias(function)
