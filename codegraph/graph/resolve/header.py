"""The words of a definition's header that stand before its parameters, where modifiers are.

An annotation may stand before these, and what it is given may say anything: `@Summary("to get all") findAll()` is no
getter. Tests: tests/unit/graph/test_graph_header.py.
"""

from __future__ import annotations

import re

from codegraph.core.facts import Definition

_TOKEN = re.compile(r"""(["'`])(?:\\.|(?!\1).)*\1|\S+""", re.DOTALL)
_OPEN, _CLOSE = ("(", "["), (")", "]")
_OF_DECORATOR = (["@"], ["."])
"""What stands before a decorator's name."""


def header_words(definition: Definition) -> list[str]:
    """Return the words up to the parameters, the name included, without what is in brackets before them."""
    if "@" not in definition.signature and "[" not in definition.signature:
        return definition.signature.partition("(")[0].split()
    words: list[str] = []
    depth = 0
    for match in _TOKEN.finditer(definition.signature):
        word = match.group()
        if word in _OPEN:
            if word == "(" and not depth and words[-1:] == [definition.name] and words[-2:-1] not in _OF_DECORATOR:
                break
            if word == "[" and not depth:
                words.append(word)
            depth += 1
        elif word in _CLOSE:
            depth -= 1
        elif not depth:
            words.append(word)
    return words
