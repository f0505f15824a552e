"""What a macro's text names is not lost."""

from __future__ import annotations

import pytest

from codegraph.core.facts import Reference
from codegraph.extract.extractor import Limits, extract

MACROS = b"""\
#define CALL(a) push(a, "text of it") + '(' + pull(&a) /* not this */
#define MAKE(name) \\
  void name##_start(int count) { return push(#name, 0x1fu, glue_##name, name##_ ## two); }
#define OTHER pull
#define FLAG 1
"""


def mentions(data: bytes, language: str) -> list[Reference]:
    """Return what is mentioned."""
    return list(extract(data, language, Limits()).occurrences.references)


@pytest.mark.parametrize("language", ["c", "cpp"])
def test_names_are_what_is_neither_given_nor_pasted_nor_quoted(language: str) -> None:
    """Once for each macro, where it stands first; no keywords, literals, comments, parameters or parts of names."""
    assert [(each.owner, each.chain[-1], each.positions) for each in mentions(MACROS, language)] == [
        (1, "push", (0, 16)),
        (1, "pull", (0, 46)),
        (2, "count", (2, 24)),
        (2, "push", (2, 40)),
        (3, "pull", (3, 14)),
    ]


@pytest.mark.parametrize("language", ["c", "cpp"])
def test_a_macro_inside_of_a_function_is_no_definition_and_mentions_all_the_same(language: str) -> None:
    """What it names is mentioned by the function around."""
    found = mentions(b"int f(int a)\n{\n#define FLUSH() push(a)\n  FLUSH();\n  return 0;\n}\n", language)
    assert [(each.owner, each.positions) for each in found if each.chain[-1] == "push"] == [(1, (2, 16))]
