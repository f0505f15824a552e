"""A symbol as text, for models that read plain text: what it is called and said to do, its code, what it uses.

`Passage` keeps the three parts apart, because they are cut one by one: code may use what the others leave, prose
and context have a share each. Canonical tokens are set with blanks between them; layout tokens become line ends and
indentation. The text is a pure function of the `EncoderInput`, and `TEXT_SCHEMA` says which function.
Tests: tests/unit/embed/test_embed_text.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from codegraph.core.facts import BLOCK_END, BLOCK_START, STATEMENT_END
from codegraph.embed.render import EncoderInput
from codegraph.embed.tokens import split_word, words

TEXT_SCHEMA = 2
"""Bumped whenever the same input would give another text; part of the identity of the models that read it."""

PROSE_SHARE = 4
CONTEXT_SHARE = 4
"""Prose and context may each take one part in so many of the room; what they leave is code's."""

INDENT = "    "


class Passage(NamedTuple):
    """The text of one symbol in three parts, most important first within each."""

    prose: str
    code: str
    context: str

    def within(self, characters: int) -> str:
        """Return one text of at most so many characters, every part cut to its share."""
        context = self.context[: characters // CONTEXT_SHARE]
        prose = self.prose[: characters // PROSE_SHARE]
        parts = [prose, self.code[: max(0, characters - len(prose) - len(context) - 2)], context]
        return "\n".join(part for part in parts if part)


def passage(source: EncoderInput) -> Passage:
    """Return the text of a symbol; one of which nothing is known is called what it is, for no model reads nothing."""
    name = " ".join(part for word in words(source.name) for part in split_word(word))
    prose = f"{name}: {source.docstring}" if source.docstring else name
    code = "\n".join(part for part in (source.container, set_out(source.tokens)) if part)
    context = "\n".join(source.context)
    return Passage(prose if prose or code or context else f"{source.language} {source.kind.value}", code, context)


def set_out(tokens: Sequence[str]) -> str:
    """Return canonical tokens as lines of text."""
    return "\n".join(line for line in _lines(tokens) if line.strip())


def _lines(tokens: Sequence[str]) -> Iterator[str]:
    depth = 0
    line: list[str] = []
    for token in tokens:
        if token not in (STATEMENT_END, BLOCK_START, BLOCK_END):
            line.append(token)
            continue
        yield INDENT * depth + " ".join(line)
        line = []
        depth = max(0, depth + (token == BLOCK_START) - (token == BLOCK_END))
    yield INDENT * depth + " ".join(line)


def shares(prose: int, code: int, context: int, room: int) -> tuple[int, int, int]:
    """Return how many of each part's tokens are kept when there is room for so many in all."""
    prose = min(prose, max(room // PROSE_SHARE, room - code - context))
    context = min(context, max(room // CONTEXT_SHARE, room - code - prose))
    return prose, min(code, room - prose - context), context
