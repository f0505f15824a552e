"""What the engine must be told about a language: a `LanguageSpec` and four query files.

A language is a folder beside this file: `__init__.py` with `SPEC`, query files, and pure modules for what
queries cannot say. The engine knows no node type of any grammar; it understands captures only.

*definitions.scm* (run with `matches`; one definition a match; the first pattern wins where two match a node)
    @definition          the node
    @name                the name; without it the pattern's `(#set! name "default")` is used
    @body                where the header ends; without it the whole node is the header
    (#set! kind "...")   a value of SymbolKind; a function directly inside a class becomes a method by itself
*bindings.scm*, *imports.scm* (run with `matches`)
    each pattern says `(#set! form "...")`; `FileView.forms(...)` hands the matches to `LanguageSpec.collect`
*references.scm* (run with `captures`)
    @name                an identifier that may be a mention (all of them; the rest is taken away)
    @member              a member access `a.b` whose last child is the member's name
    @call @construct @decorator @inherit @implement @type
                         the very node (an @name or @member) that has this role; @construct is a call of a type
    @computed            what is called, where that has no name
    @region.type         all mentions inside are types
    @region.skip         no mention inside counts
    @skip                this identifier is no mention (a target, a parameter, a keyword)
*tokens.scm* (run with `captures`)
    @comment             no token at all
    @string              one token, verbatim
    @error @missing      (ERROR) and (MISSING): broken places
    @apart               a function without a name whose inside says nothing of what is outside (see `extract.apart`)
    @block               gives BLOCK_START and BLOCK_END tokens (languages whose blocks are layout)

No pattern may have `#set!` and another predicate: the binding (0.26.1) frees such a query's memory wrongly.
Patterns of one folder may stand in another's too: `queries` names the files in order, so TypeScript can
put JavaScript's in front of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, NamedTuple

from tree_sitter import Node

from codegraph.core.facts import Binding, BindingKind, Chain, Role
from codegraph.core.symbols import SymbolKind

if TYPE_CHECKING:
    from codegraph.extract.text import SourceText
    from codegraph.extract.view import FileView, Found


class Sighting(NamedTuple):
    """A definition as a language's own finder reports it. Ranges nest or are disjoint; offsets are bytes."""

    kind: SymbolKind
    name: str
    container: int
    """Index of the container among the definitions, the module being 0; it comes before its members."""
    start: int
    end: int
    name_start: int
    name_end: int
    node: Node
    body: Node | None
    """Where the header ends; None if all of it is the header."""
    detail: object = None
    """For the language's own use, found again as `Found.detail`."""
    local: bool = False
    """See `Definition.local`."""
    within: tuple[str, ...] = ()
    """Names that its own text says it stands in, which its container is not: `A` of C++'s `void A::f() {}`."""


Find = Callable[[Node, Sequence[Node], int], Sequence[Sighting]]
"""(root, captures of @definition, at most so many) to sightings in source order, without the module. The candidates
are in no particular order; definitions.scm, if there is one, is one of `Queries.mentions` then: one pass gives all."""


class Docstring(NamedTuple):
    """A definition's documentation, cleaned, and the bytes that are no token because they hold it."""

    text: str
    start: int
    end: int


class Heading(NamedTuple):
    """A heading of a document; its section goes on to the next one of its level or a higher one. Offsets are bytes."""

    level: int
    """From 1, the highest; levels may be left out."""
    title: str
    """Without markup."""
    start: int
    name_start: int
    name_end: int
    end: int
    """Where its lines end, and what stands below it begins."""


class Naming(NamedTuple):
    """A place where a document names a piece of code."""

    start: int
    chain: Chain
    role: Role


class Document(NamedTuple):
    """What a reader of documents finds."""

    headings: Sequence[Heading]
    """In source order."""
    namings: Sequence[Naming]
    silent: Sequence[tuple[int, int]] = ()
    """Stretches of bytes that nobody reads: comments, front matter; in source order."""
    title: str = ""
    """What the document says of itself elsewhere than in a heading."""


class Statements(NamedTuple):
    """Declarations at file level that bind no name but those that they declare, in a grammar's node types."""

    nodes: frozenset[str]
    """What one declares is in the field `declarator`, and a value in the field `value` of that."""
    around: frozenset[str]
    """Nodes that one may stand in."""


class Namespaces(NamedTuple):
    """How a language opens namespaces or says the package of a file, in its grammar's node types."""

    nodes: frozenset[str]
    """Their name is the field `name`, else the first identifier in them; their body, if any, the field `body`."""
    around: frozenset[str] = frozenset()
    """Nodes that a namespace may stand in."""
    chained: bool = False
    """Whether one without a body adds to the one before it; else it replaces that."""


@dataclass(frozen=True, slots=True)
class Queries:
    """The query files of a language; each tuple is concatenated in order."""

    definitions: tuple[Traversable, ...]
    forms: tuple[Traversable, ...]
    """Bindings and imports."""
    mentions: tuple[Traversable, ...]
    """References and tokens."""
    tokens: tuple[Traversable, ...] = ()
    """Tokens, for a language with definitions and without references: they are matched together."""


def _unknown(called: Node, text: SourceText) -> Sequence[Chain]:  # noqa: ARG001  the interface's parameters
    return ((),)


@dataclass(frozen=True, slots=True)
class LanguageSpec:
    """One language, as the engine sees it. All callables are pure and bounded, and raise nothing on odd trees."""

    name: str
    grammar: Callable[[], object]
    """Returns the capsule for tree_sitter.Language."""
    queries: Queries
    token_pattern: re.Pattern[str]
    """Finds the tokens between comments and strings, in Latin-1 text: letters are [A-Za-z_\\x80-\\xff]. Its group, if
    it has one, is the token: a pattern that also eats the blanks before it is a third faster."""
    layout: Callable[[Sequence[str]], list[str]]
    """Raw tokens of one stretch to canonical ones: what is only layout disappears here."""
    chain: Callable[[Node, SourceText], Chain]
    """The chain of an expression; () when it has none."""
    receivers: Callable[[FileView, Found], Mapping[str, str]]
    """For a function: names that stand for a special head, e.g. {"self": "@self"}."""
    docstring: Callable[[FileView, Found], Docstring | None]
    collect: Callable[[FileView], None]
    """Adds bindings, imports, exports and the references that queries cannot express."""
    callees: Callable[[Node, SourceText], Sequence[Chain]] = _unknown
    """For what is called without having a name: the chains of which one is called, () for an unknown one."""
    wrappers: frozenset[str] = frozenset()
    """Types of parent nodes that belong to the definition (decorated_definition, export_statement)."""
    header_end: frozenset[str] = frozenset()
    """Tokens dropped from the end of a signature (":", "{", "=>")."""
    plain_member: re.Pattern[str] = re.compile(
        r"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*(?:\.[A-Za-z_$\x80-\xff][\w$\x80-\xff]*)+\Z"
    )
    """Member accesses whose chain is their text split at dots; all others go through `chain`."""
    constants_in: frozenset[SymbolKind] = frozenset({SymbolKind.MODULE})
    """Kinds of containers in which a constant is a definition."""
    no_constants: frozenset[str] = frozenset()
    """Names that are never constants (`__all__`)."""
    hollow: bytes = b""
    """Two brackets that make a function's body with nothing inside (braces: of a body in braces), if nothing but the
    function depends on its body: an edit costs what it changes then (see `extract.again`). b"": files are whole."""
    open_blocks: bool = False
    """Whether the grammar counts comments behind a block without a closing bracket to the block."""
    erasable: bool = False
    """Whether such brackets, or nothing in place of braces, may stand for a whole function as well: but for its
    documentation nothing of it stands outside of its range."""
    remarks: re.Pattern[bytes] | None = None
    """What stands between two definitions and says nothing of another one than the second: comments, its first group,
    with all before them (`extract.reduction`)."""
    statements: Statements | None = None
    """What may be left out like a definition that is not named; so may functions without a body then."""
    outer_mark: str = ""
    """What is in names that are numbered through all that stands outside of functions, if there are such; a language
    with such a mark says "export" where a function offers something."""
    heeded: tuple[bytes, int] = (b"", 0)
    """What stands in all that extraction heeds only up to a number per file, and that number (0: there is no such
    thing). A file that has more of it is whole: what is heeded in a function depends on the others then."""
    outer_words: tuple[bytes, ...] = ()
    """What says something of the whole file wherever it stands."""
    shared: frozenset[BindingKind] = frozenset()
    """Kinds of bindings that extraction looks at in other functions than in the one which binds a name around both."""
    settle: Callable[[Iterable[Binding]], Iterable[Binding]] = dict.fromkeys
    """Leaves out of all bindings of a file, in source order, those that say nothing beside the others."""
    nested: frozenset[SymbolKind] = frozenset()
    """What is a definition, marked local, inside functions too, where definitions.scm finds it, and in the values of
    constants if these are among it. In other constants, or in a header, it belongs to what is around that."""
    find: Find | None = None
    """Finds the definitions, for languages whose members may stand outside of their container's range."""
    namespaces: Namespaces | None = None
    """How namespaces are opened, if the language has names that do not come from a file's path."""
    packages: Callable[[FileView], Iterable[str]] | None = None
    """Gives what a file of settings says that its package is called in code, once they are collected."""
    prepare: Callable[[bytes], bytes] | None = None
    """Gives what the parser reads in place of the bytes: as many, and perhaps a last line end; all else
    is read from the true ones."""
    prepare_if_broken: bool = False
    """Whether that is for files only that the grammar cannot read as they are: the reading with less damage counts."""
    resumable: bool = False
    """Whether of a file with a broken place the tree may be kept for its next edit (`reparse`)."""
    sparse: bool = False
    """Whether much of what the parser reads of such a file may be blank lines, which it steps over then."""
    rewritten: Callable[[SourceText], bytes | Document] | None = None
    """Gives what everyone reads in place of a file's bytes: as many, with the same line ends; or, where it cannot be
    read so, what it names. Such a language has no `hollow`."""
    read: Callable[[SourceText], Document] | None = None
    """Reads a document instead: neither grammar nor queries are asked then (`languages/documents.py`)."""
