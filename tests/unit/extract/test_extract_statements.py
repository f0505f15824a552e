"""Tables, variables and announced functions that an edited function does not name are no part of what is parsed."""

from __future__ import annotations

import pytest

from codegraph.core.facts import SyntaxProblem
from codegraph.extract import damaged
from codegraph.extract.again import Memory
from codegraph.extract.extractor import Limits, Look, Reduced, extract, look
from codegraph.extract.statements import statements_of
from tests.unit.extract.test_extract_again import differing, seeds

LIMITS = Limits()
HEADER = """
#ifndef FOO_H
#define FOO_H
#include <bar.h>
#define LIMIT 3
#define TWICE(a) do { \\
    run(a); run(a); \\
  } while(0)
#ifdef __cplusplus
extern "C" {
#endif
int begin(void);
LIB_API int first(int a);
LIB_API struct foo *second(struct foo *f,
                           int (*call)(int));
typedef int (*call_type)(struct foo *f);
struct foo { int x; struct bar *next; };
static const struct testcase {
  const char *in;
  int out;
} cases[] = {
  { "one", LIMIT },
  { "two", first(2) },
};
static const struct foo others[] = { { 1, 0 }, /* { */
  { 2, 0 } };
int count, *places[LIMIT];
extern struct foo *all;
static int helper(int a) { return first(a) + LIMIT; }
#ifdef DEBUG
static int made = 1;
int third(void);
#endif
int go(struct foo *f, int n)
{
  for(int i = 0; i < n; i++) { helper(cases[i].out); }
  call_type c = f->next;
  return c(all) + count;
}
void stop(void) { struct foo f; TWICE(go(&f, 1)); }
#ifdef __cplusplus
}
#endif
#endif
"""
SPACES = """
#include "bar.h"
namespace a {
template <typename T> struct Foo { T run() { return made.x; } int size; };
static Bar made(1);
auto other = Foo<Bar>{1};
constexpr int sizes[] = {
  1, 2,
  Foo<int>().size,
};
template <> const char* show<Bar>(Bar value);
template <>
const char* show<Foo<int>>(Foo<int> value);
int helper(Bar& b);
namespace {
Bar* last = nullptr;
int count = helper(made), more;
}
int helper(Bar& b) { for (auto& x : b.all()) { x.run(); } return other.size + sizes[0]; }
int stop(Foo<Bar>& f) { auto q = last; q->run(); return helper(made) + f.run(); }
}
"""


@pytest.mark.parametrize("seed", seeds(4))
@pytest.mark.parametrize(("language", "text"), [("c", HEADER), ("cpp", HEADER), ("cpp", SPACES)])
def test_facts_are_those_of_the_whole_file(language: str, text: str, seed: int) -> None:
    """After every edit of a row of random ones the facts are, byte for byte, what extraction from nothing gives."""
    assert not list(differing(text, language, seed, 80))


def test_what_is_not_named_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the parser reads of an edited file has nothing in it of tables and announced functions without a mention."""
    read: list[bytes] = []

    def watched(data: bytes, language: str, limits: Limits, reduced: Reduced | None = None) -> Look | SyntaxProblem:
        read.append(reduced.read if reduced else b"")
        return look(data, language, limits, reduced)

    monkeypatch.setattr(damaged, "look", watched)
    memory = Memory()
    memory.extract("x", HEADER.encode(), "c", LIMITS)
    for old, new in (("return c(all)", "c(0); return c(all)"), ("TWICE(go", "TWICE(helper")):
        text = HEADER.replace(old, new).encode()
        assert memory.extract("x", text, "c", LIMITS) == extract(text, "c", LIMITS)
        memory.extract("x", HEADER.encode(), "c", LIMITS)
    assert memory.helped == 4
    named, unnamed = read[0], read[-1]
    assert b"int first" not in named
    assert b"cases[] = {" in named
    assert b"extern struct foo *all" in named
    assert b"others" not in named
    assert b"second" not in named
    assert b"do {" not in named
    assert b"others" not in unnamed
    assert b"count" not in unnamed
    assert b"do {" in unnamed


def test_what_was_found_is_what_a_whole_look_finds() -> None:
    """Statements of a file that was extracted in part stand where they do in the file as it is."""
    memory, text = Memory(), HEADER
    for edit in ("", "helper(0);\n  ", "/* more */ "):
        text = text.replace("return c(all)", f"{edit}return c(all)")
        memory.extract("x", text.encode(), "c", LIMITS)
        seen = look(text.encode(), "c", LIMITS)
        assert not isinstance(seen, SyntaxProblem)
        (known,) = memory._files.values()
        assert known.statements == statements_of(seen)
    assert memory.helped == 2
    assert {word for each in statements_of(seen) for word in each.words} >= {b"count", b"others", b"all"}
