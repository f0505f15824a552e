"""A piece of code that somebody pasted, as an encoder sees symbols: name, header, documentation, tokens.

The piece stands in no file and perhaps in no language that is known, so it is not parsed: parsing belongs to
extraction's own processes. It is cut into tokens by rules that most languages share. Where it begins like a definition,
the header is what stands before the body, and the name is the one that a word like `def` introduces, or that
stands before the parameters. A name of one letter tells nothing and is left out. Embedding code as code, not as a
question, is what `similar` rests on: see docs/search.md, "The twin in another library".
Pure. Tests: tests/unit/embed/test_embed_pasted.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from codegraph.core.facts import OwnInput
from codegraph.core.symbols import SymbolKind
from codegraph.embed.render import EncoderInput, render

MAX_HEADER_TOKENS = 400

_TOKEN = re.compile(
    r"""(?sx)
    (?P<block>   /\*.*?\*/ | (?:\"{3}.*?\"{3}) | (?:'{3}.*?'{3}) )
    | (?P<line>  //[^\n]* | \#(?=[\s!])[^\n]* )
    | (?P<end>   \n )
    | (?P<token> "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | `[^`]*`
               | <newline> | <indent> | <dedent>
               | [^\W\d][\w$]* | [$@][\w$]+ | \d[\w.]* | -> | => | :: | [^\w\s] )
    """
)
_INTRODUCING = frozenset(
    {"def", "func", "function", "fn", "fun", "sub", "class", "interface", "struct", "trait", "enum", "module", "type"}
)
_STEERING = frozenset(
    {"if", "for", "while", "switch", "catch", "match", "try", "else", "do", "with", "unless", "until"}
)
_NAME = re.compile(r"[^\W\d][\w$]*[?!]?|\$[\w$]+")
_OPENING, _CLOSING = frozenset("(["), frozenset(")]")
_STOPS = frozenset({"{", "<indent>", ":\n"})
_LINE_ENDS = frozenset({"\n", "<newline>"})


def read_pasted(text: str) -> EncoderInput:
    """Read a piece of code; never raises on content."""
    tokens, marked, documentation = _cut(text.encode("utf-8", "replace").decode("utf-8"))
    header = _header(marked)
    name = _name(header)
    own = OwnInput(
        kind=SymbolKind.FUNCTION,
        language="",
        name=name if len(name) > 1 else "",
        container="",
        signature=" ".join(header) if name else "",
        docstring=documentation,
        tokens=tuple(tokens),
    )
    return render(own, ())


def _cut(text: str) -> tuple[list[str], list[str], str]:
    """Return the tokens, the first of them with line ends, and the documentation at the beginning."""
    tokens: list[str] = []
    marked: list[str] = []
    documentation: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        if match.lastgroup == "token":
            tokens.append(token)
            marked.append(token)
        elif match.lastgroup == "end":
            if marked and marked[-1] == ":":
                marked[-1] = ":\n"
            marked.append("\n")
        elif not tokens or (match.lastgroup == "block" and tokens[-1] in (":", "<indent>", "<newline>")):
            documentation.append(token.strip("/*#!\"' \n"))
    return tokens, marked[:MAX_HEADER_TOKENS], "\n".join(documentation)


def _header(marked: Sequence[str]) -> list[str]:
    """Return what stands before the body of a definition; [] if there is no body or it is none of a definition."""
    header: list[str] = []
    depth = 0
    for token in marked:
        depth += (token in _OPENING) - (token in _CLOSING)
        if depth <= 0 and (token in _STOPS or token in _LINE_ENDS):
            if _introduced(header) or token not in _LINE_ENDS:
                return [] if _STEERING.intersection(header) else header
        elif token not in _LINE_ENDS:
            header.append(token.strip())
    return header if _introduced(header) else []


def _name(header: Sequence[str]) -> str:
    """Return the name of a definition with this header, "" if none can be told."""
    before = header[: header.index("(")] if "(" in header else ()
    if "=" in before:
        before = before[: before.index("=")]  # what is assigned
    return _introduced(header) or next((token for token in reversed(before) if _NAME.fullmatch(token)), "")


def _introduced(header: Sequence[str]) -> str:
    """Return the name after the word that introduces a definition, a receiver in brackets passed over."""
    for at, token in enumerate(header):
        if token in _INTRODUCING:
            rest = list(header[at + 1 :])
            if rest[:1] == ["("] and ")" in rest:
                rest = rest[rest.index(")") + 1 :]
            return rest[0] if rest and _NAME.fullmatch(rest[0]) else ""
    return ""
