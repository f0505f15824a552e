"""What the grammar of C lacks is read all the same, and mentions what the true text does (`languages.c.gaps`)."""

from __future__ import annotations

import random

import pytest

from codegraph.core.facts import Role
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.grammar import compiled
from codegraph.extract.languages.c.gaps import readable_c
from codegraph.extract.languages.cpp.masking import masked_c

GAPS = [
    ("void f(va_list all) { struct lid *a = va_arg(all, struct lid *); g(a); }", {"TYPE lid", "CALL g"}),
    ("void f(va_list all) { a = g(va_arg(all, const char *)); h(1, va_arg(all, tin_t*)); }", {"CALL g", "CALL h"}),
    ("struct box *f(void *p) { return g(container_of(p, struct box, lid)); }", {"TYPE box", "CALL g"}),
    ("struct box *f(void *p) {\n  return container_of(p,\n              const struct box, lid);\n}", {"TYPE box"}),
    ("static void f(struct lid *a, void *data UNUSED) { g(a); }", {"TYPE lid", "CALL g"}),
    ("static void f(int a, size_t b LIB_UNUSED(b)) { g(a); }", {"CALL g"}),
    ("static ssize_t __must_check f(char __user *to);\nstatic int __init g(void) { return h(); }", {"CALL h"}),
    ("static int a __initdata = 1;\nint f(void) { return a; }", {"READ a"}),
    ("void f(void) {\n  struct lid *a;\n  for_each_lid(a, lids()) {\n    g(a);\n  }\n}", {"CALL lids", "CALL g"}),
    ("void f(void) {\n  for_each_lid(a, &b) /* all */\n    g(a);\n  h();\n}", {"CALL g", "CALL h"}),
    ("void f(void) {\n  LIB_SET(a,\n    one(b))\n  g(a);\n  LIB_GET(c, &b, int);\n}", {"CALL one", "CALL g"}),
]  # fmt: skip
"""What the grammar does not read, and what at least is mentioned."""

KEPT = """
int f(int, char *, struct lid *, const struct box *);
int g(a, b)
  int a; char b;
{
  int x = sizeof(struct lid), y = one(a)
    + two(b);
  if (LIB_IS(a))
    h(a);
  while (more(a)) {
    call(LIB_ONE, x * LIB_TWO, (struct lid *)LIB_THREE);
  }
  switch (a) { case LIB_FOUR: return; }
  enum mode MODE = 1;
}
void h(unsigned LIB_SIZE);
enum { LIB_FIRST, LIB_LAST };
"""


def said(source: str) -> set[str]:
    """Return what a source mentions: its role and its chain."""
    found = extract(source.encode(), "c", Limits()).occurrences.references
    return {f"{Role(one.role).name} {'.'.join(part.partition('(')[0] for part in one.chain)}" for one in found}


@pytest.mark.parametrize(("source", "expected"), GAPS)
def test_what_the_grammar_lacks_is_read(source: str, expected: set[str]) -> None:
    """Without it the parser is lost; with it, nothing is broken and what is called and named is mentioned."""
    assert not compiled("c").read(source.encode()).has_error
    assert expected <= said(source)
    assert compiled("c").parser.parse(masked_c(source.encode())).root_node.has_error


def test_a_call_that_looks_like_a_type_is_one() -> None:
    """The grammar reads it without an error, as what a macro writes."""
    source = "void f(va_list all) { g(va_arg(all, const char *)); h(va_arg(all, lid_t *)); }"
    assert {"CALL g", "CALL h"} <= said(source)


def test_what_is_read_already_stays() -> None:
    """Prototypes without names, old heads of functions, expressions over lines, arguments and enumerators."""
    assert readable_c(KEPT.encode()) == masked_c(KEPT.encode()) == KEPT.encode()


def test_lines_and_offsets_stay() -> None:
    """Whatever is put together or cut off, there are as many bytes, and lines end where they did."""
    choose = random.Random(3)
    texts = [source for source, _ in GAPS] + [KEPT]
    for _ in range(300):
        text = "\n".join(choose.sample(texts, 3))
        data = text[choose.randrange(20) : len(text) - choose.randrange(20)].encode()
        read = readable_c(data)
        assert len(read) == len(data)
        assert [at for at, byte in enumerate(read) if byte == 10] == [at for at, byte in enumerate(data) if byte == 10]
