"""What languages of documents share: their spec, and what a piece of code in a sentence names.

Documents have no grammar. tree-sitter's for reStructuredText (0.2.0) takes a time that grows with the square of the
text (20 kB of blank lines 1.9 s), and headings, fences and code spans, all that is asked for here, are matters of
single lines.

`named_by` reads what stands between backticks. A *naming* is the chain of what is named, its role how it is written:

    `Client.get`, `uv::Loop#run`, `httpx.get(url)`     dotted, with what calls give left aside
    `.get()`, `#get`                                   ("@member", "get"): a member of whatever class
    `parse()`, `def parse(text)`                       role CALL: something to call
    `class Parser`                                     role TYPE
    `HTTPServer`, `raise_for_status`                   a word that is written like an identifier
    `src/pool.c`                                       ("@path", "src/pool.c"): a file

Everything else is none: plain words, flags, values, commands, whole expressions. Whether anything of that name exists
is for linking to say. Tests: tests/unit/extract/test_extract_documents.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from codegraph.core.facts import Chain, Role
from codegraph.errors import InternalError
from codegraph.extract.languages.settings import NO_TOKEN, no_chain, no_docstring, no_receivers
from codegraph.extract.languages.spec import Document, LanguageSpec, Queries

if TYPE_CHECKING:
    from codegraph.extract.text import SourceText
    from codegraph.extract.view import FileView

MEMBER: Final = "@member"
PATH: Final = "@path"

MAX_CODE = 200
"""Characters of a piece of code that can be a name."""
MAX_TITLE = 200

_NAME = r"[^\W\d]\w*[?!]?"
_SEPARATOR = r"(?:\.|::|\#|->|\\|\?\.)"
_BEFORE = r"(?:(?P<word>await|new|def|class|function|func|fn|interface|struct|enum|trait|type|exception|async)\s+)*"
_CODE: Final = re.compile(
    rf"{_BEFORE}(?P<head>@|\.|\#|::|->|\\|&|\*)?(?P<names>{_NAME}(?:(?:\(\))?{_SEPARATOR}{_NAME})*)"
    r"(?:<[\w\s,.&'<>\[\]:?]*>|\[[\w\s,.'\"|\[\]]*\])?(?P<call>\(.*\)|/\d+)?(?P<rest>.*)",
    re.DOTALL,
)
_AFTER_CALL: Final = re.compile(r"\s*(?:(?:->|:|=>).*|[{;:])?\s*\Z", re.DOTALL)
_SPLIT: Final = re.compile(rf"(?:\(\))?{_SEPARATOR}")
_PATH: Final = re.compile(r"(?:\.{1,2}/)*(?:[\w@+-][\w.@+-]*/)*[\w@+-][\w@+.-]*\.[A-Za-z][A-Za-z0-9+]{0,5}\Z")
_EXTENSION: Final = re.compile(
    r"\.(?:py|pyi|js|jsx|mjs|cjs|ts|tsx|mts|java|go|rs|c|h|cc|cpp|cxx|hh|hpp|cs|rb|php|kt|kts|swift|scala|lua|sh|hs|ex|exs|zig)\Z"
)
_LIKE_A_NAME: Final = re.compile(r"[^\W_]_+[^\W_]|[a-z][A-Z]|\A[A-Z]\w*[a-z]|\A[A-Z]{2,}\Z")
_TYPE_WORDS: Final = frozenset({"new", "class", "interface", "struct", "enum", "trait", "type", "exception"})
_CALL_WORDS: Final = frozenset({"def", "function", "func", "fn"})
_NO_NAMES: Final = frozenset({"True", "False", "None", "NULL", "Null", "Nil", "NaN", "Self"})
_INSTANCES: Final = frozenset({"self", "this", "cls", "super", "Self", "static"})

_CALLS: Final = frozenset(
    {"func", "function", "meth", "method", "macro", "autofunction", "automethod", "staticmethod", "classmethod"}
    | {"decorator", "autodecorator"}
)
_TYPES: Final = frozenset(
    {"class", "exc", "exception", "type", "struct", "enum", "interface", "trait", "union", "autoclass", "autoexception"}
)
_VALUES: Final = frozenset({"attr", "data", "const", "obj", "member", "var", "property", "prop", "any", "enumerator"})
ROLES: Final = _CALLS | _TYPES | _VALUES
"""Roles and directives of Sphinx that name code, without their domain."""
MEMBER_ROLES: Final = frozenset({"meth", "method", "automethod", "attr", "classmethod", "staticmethod"})

_TARGET: Final = re.compile(r"<([^<>]*)>\Z")
_LINK: Final = re.compile(r"!?\[([^\[\]]*)\](?:\([^()\s]*(?:\s+\"[^\"]*\")?\)|\[[^\[\]]*\])")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,300}>")
_ROLE: Final = re.compile(r":[a-z:+-]{1,20}:(?=`)")
_MARKUP: Final = re.compile(r"[`*]|(?<!\w)_+|_+(?!\w)|\{[#:][^{}]*\}|\\(?=[^\w\s])")


def named_by(code: str) -> tuple[Chain, Role] | None:
    """Return what a piece of code in a sentence names, None where it can name nothing."""
    code = code.strip()
    if not code or len(code) > MAX_CODE:
        return None
    if "/" in code and _PATH.match(code):
        return ((PATH, code), Role.READ) if _EXTENSION.search(code) else None
    found = _CODE.match(code)
    if found is None:
        return None
    names, word, called = _SPLIT.split(found["names"]), found["word"], found["call"] is not None
    if not _AFTER_CALL.match(found["rest"]) if called or word in _CALL_WORDS | _TYPE_WORDS else found["rest"]:
        return None
    member = found["head"] in (".", "#", "->") or names[0] in _INSTANCES
    names = names[1:] if names[0] in _INSTANCES else names
    role = Role.TYPE if word in _TYPE_WORDS else Role.CALL if called or word in _CALL_WORDS else Role.READ
    if not names or (len(names) == 1 and names[0] in _NO_NAMES):
        return None
    if role is Role.READ and len(names) == 1 and not _LIKE_A_NAME.search(names[0]):
        return None
    return ((MEMBER, *names) if member else tuple(names)), role


def role_of(kind: str) -> Role:
    """Return what a role or directive does with the name it mentions."""
    return Role.CALL if kind in _CALLS else Role.TYPE if kind in _TYPES else Role.READ


def named_by_role(kind: str, written: str) -> tuple[Chain, Role] | None:
    """Return what the text of a role names: its target if it has a title, too."""
    if kind not in ROLES or written.startswith("!"):
        return None
    explicit = _TARGET.search(written)
    target = (explicit[1] if explicit else written).strip().lstrip("~")
    named = named_by(target if "(" in target or kind not in _CALLS else f"{target}()")
    if named is None and kind in _TYPES:
        named = named_by(f"class {target}")
    if named is None:
        return None
    chain = (MEMBER, *named[0]) if len(named[0]) == 1 and kind in MEMBER_ROLES else named[0]
    return chain, role_of(kind)


def plain_title(written: str) -> str:
    """Return a heading without markup, on one line."""
    text = _TAG.sub("", _LINK.sub(r"\1", written[: 4 * MAX_TITLE]))
    return " ".join(_MARKUP.sub("", _ROLE.sub("", text)).split())[:MAX_TITLE].strip()


def plain_text(written: str) -> str:
    """Return a text without tags and what links lead to."""
    return _TAG.sub(" ", _LINK.sub(r"\1", written))


def document_spec(name: str, read: Callable[[SourceText], Document]) -> LanguageSpec:
    """Make the spec of a language whose files are read by `read` alone."""
    return LanguageSpec(
        name=name,
        grammar=_no_grammar,
        queries=Queries((), (), ()),
        token_pattern=NO_TOKEN,
        layout=list,
        chain=no_chain,
        receivers=no_receivers,
        docstring=no_docstring,
        collect=_collect,
        read=read,
    )


def _no_grammar() -> object:
    raise InternalError("documents have no grammar")


def _collect(view: FileView) -> None:  # noqa: ARG001
    return None
