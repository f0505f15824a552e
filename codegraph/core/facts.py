"""What extraction says of one file, before anybody knows the rest of the project.

`FileFacts` is a pure function of a file's bytes, its language and the extractor's version. It is
path-free, so identical files share it. It has two halves, because they have different readers:
`Outline` (definitions; kept in memory) and `Occurrences` (references, bindings, imports, exports;
needed only while the file is being linked). `OwnInput`, the third product, is what the encoder will
read of one definition; the daemon never decodes it, it only stores it under its digest.

*Expression chains.* A reference, the type of a variable and a base class are all written as one
chain of strings, outermost last: `client.session.get(url)` is `("client", "session", "get")` with
role call. Special elements:

    "()"      the result of calling what stands before (`make().run` is `("make", "()", "run")`;
              an annotation `x: Foo` says that x is `("Foo", "()")`, an instance of Foo);
              as first element anything of which nothing is known
    "[]"      an element of what stands before
    "@self"   first element only: the instance of the enclosing class (`self`, `this`)
    "@class"  first element only: the enclosing class itself (`cls`, `this` in a static method)
    "@super"  first element only: the next class along the bases of the enclosing class
    "@=..."   first element only: the definition of the same file whose descriptor follows (a *local* one)
    "@outer"  before the first element, once or more: that is looked up in the scope around the owner, or so much
              further out: what stands in a header, a lambda in the body of a class, a name declared `global` (Python)
    "@^..."   first element, of values only: the name of the file that follows, which the function hides from its body
    "@literal"  alone: a literal of a built-in type (Python)
    "@?"      last element, of calls only: what is called has no name, the value of what stands before is called;
              alone where nothing is known of that value (`table[i]()` is `("table", "[]", "@?")`)
    "@import a"  first element only: the module `a`, as an absolute import in this place would find it (Python)
    "@unparsed"  first element, of calls only: the name that follows stands in a part of the file that is not parsed

The first definition of every file is the module itself: index 0, kind module, empty descriptor.
Functions and types inside functions are definitions of their own, marked *local*, where the language's extraction says
so; elsewhere they belong to the enclosing definition.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TypeVar

import msgspec

from codegraph.core.frames import unpacked
from codegraph.core.symbols import BlobDigest, OwnDigest, Range, SignatureDigest, SymbolKind, members_of

Chain = tuple[str, ...]

LOCAL = "@="
"""Start of the element that stands for a local definition, before its descriptor."""

OUTER = "@outer"
"""Before the first element of a chain: that is looked up one scope further out."""

OUTSIDE = "@^"
"""Start of the element that stands for a name of the file which the function hides from its body, before that name."""

COMPUTED = "@?"
"""The last element of the chain of a call whose function is computed."""

IMPORTED = "@import "
"""Start of the first element of a chain that a string spells, before the name of a module."""

UNPARSED = "@unparsed"
"""The first element of a chain: the name behind it was read by the words of what is not parsed."""

SPELLED = "@spelled"
"""The first element of a chain: the name behind it is all that a string says, and a function's perhaps."""

LITERAL = ("@literal",)
"""The chain of a value of a built-in type that is written out."""

PASTED = ("@pasted",)
"""The chain of a macro's parameter, bound by its number, that the macro pastes into other names or leaves away."""

STATEMENT_END = "<newline>"
BLOCK_START = "<indent>"
BLOCK_END = "<dedent>"
"""Canonical tokens of languages whose line ends and indentation mean something; no source token equals them."""


class Role(IntEnum):
    """What a reference does with the name it mentions."""

    READ = 0
    CALL = 1
    TYPE = 2
    INHERIT = 3
    IMPLEMENT = 4
    DECORATOR = 5


class BindingKind(IntEnum):
    """How a name came to have a value in a scope."""

    PARAMETER = 0
    """A parameter; its chain comes from the annotation or the default."""
    VARIABLE = 1
    """An assignment, loop target, `with` target, walrus or similar in the owner's own scope."""
    ATTRIBUTE = 2
    """A member of the owning class: class-level assignment or annotation, or `self.x = ...` in a method."""
    RETURN = 3
    """The owner (a function) returns this; name is "()"."""
    ELEMENT = 4
    """Iterating or indexing `name` gives this (from `list[Foo]` and the like)."""
    UNREACHABLE = 5
    """The definition that the chain stands for (`@=...`) is in a branch that is not taken."""
    NARROWED = 6
    """Somewhere in the owner the name is tested for being this: it may be, where nothing else is known."""


class ImportKind(IntEnum):
    """Which form of import binds a name."""

    MODULE = 0
    """`import a.b` (binds "a"), `import a.b as c` (binds "c"), `import * as ns from`, `const x = require()`."""
    NAME = 1
    """`from m import n as alias`, `import {n as alias} from`, a default import (name "default")."""
    STAR = 2
    """`from m import *`; `export * from` (with `reexport`)."""
    EFFECT = 3
    """`import "./x"`: nothing is bound."""
    MEMBER = 4
    """`const {n: alias} = require("m")`: a name that destructuring takes out of a module."""


ROLE = members_of(Role)
BINDING = members_of(BindingKind)
IMPORT = members_of(ImportKind)


class FlowState(IntEnum):
    """Whether a definition's own input carries data flow, and if not, why not."""

    OFF = 0
    """Nobody asked for data flow when the file was extracted."""
    PRESENT = 1
    NO_LANGUAGE = 2
    """No table of node types describes the language."""
    NOT_CALLABLE = 3
    """Modules, classes and constants have none."""
    EMPTY = 4
    """It was followed, and no value flows from one token to another."""
    FAILED = 5
    """The code has a form that the analysis cannot follow."""
    TIME = 6
    """It took longer than it may."""
    SIZE = 7
    """The packed rows are larger than an encoder's input may hold, or the code nests too deep."""


class Definition(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One definition: what tree-sitter tags call `@definition.*`."""

    descriptor: str
    kind: SymbolKind
    name: str
    container: int
    """Index of the enclosing definition; -1 for the module."""
    range: Range
    """From the first decorator or modifier to the end of the body."""
    selection_range: Range
    """The name. For a module: empty, at the start of the file."""
    own: OwnDigest
    signature: str
    """Canonical tokens of the header up to the body, decorators included, joined by one blank."""
    signature_digest: SignatureDigest
    parse_error: bool = False
    length: int = 0
    """How many canonical tokens its own input has; decides, with `flow`, which model embeds it."""
    flow: FlowState = FlowState.OFF
    local: bool = False
    """It stands inside a function: only the code around it can name it."""

    @property
    def is_prototype(self) -> bool:
        """Whether there is hardly more of it than its signature: a function that is declared, and has no body."""
        return self.length <= self.signature.count(" ") + 2


class Reference(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A name mentioned inside a definition; equal mentions (owner, chain, role) are merged."""

    owner: int
    """Index of the innermost enclosing definition. Decorators, defaults, annotations and bases of a
    definition are owned by that definition."""
    chain: Chain
    role: Role
    positions: tuple[int, ...]
    """(line, column) of the last name of the chain, one pair after another, in source order; columns UTF-16."""


class Binding(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A name bound in a scope, with what is known of its value."""

    owner: int
    """Whose scope: module, class, or function (with the functions nested in it)."""
    name: str
    kind: BindingKind
    chain: Chain
    """The value, or () when nothing is known; the name still shadows outer ones."""


class Import(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One imported name (one statement may give several)."""

    owner: int
    kind: ImportKind
    module: str
    """As written, without leading dots in Python: "pkg.mod", "", "./x", "react"."""
    level: int
    """Leading dots of a relative Python import; 0 elsewhere."""
    name: str
    """The imported name; "" for a module, "*" for a star, "default" for a default import."""
    alias: str
    """The name bound in the owner's scope; "" if none."""
    line: int
    column: int
    reexport: bool = False
    """The name is exported again and not bound locally (`export {a} from "./x"`)."""


class Export(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A name that other files may import, where the language says so explicitly.

    Python: one per entry of `__all__`. JavaScript: `export` forms and assignments to `module.exports`
    (name "export=" when the whole module is replaced) and to `exports.x`.
    """

    name: str
    chain: Chain


class SyntaxProblem(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A place where the grammar could not follow, or a limit that extraction ran into."""

    reason: str
    """One of: syntax, missing, depth, time, size, encoding, symbols, crash."""
    line: int
    detail: str = ""


NamespaceRun = tuple[int, str]
"""(index of a definition at the top level, dotted namespace or package of it and of those after it)."""


class Outline(msgspec.Struct, frozen=True, array_like=True):
    """The half of the facts that stays in memory."""

    language: str
    definitions: tuple[Definition, ...]
    problems: tuple[SyntaxProblem, ...] = ()
    namespaces: tuple[NamespaceRun, ...] = ()
    generated: bool = False
    """The file says that a tool wrote it."""


UNREAD = frozenset({"size", "depth", "time", "crash"})
"""Reasons of problems with which a file was not parsed: its definitions are what its lines say, and mention nothing."""

READ_IN_PART = UNREAD | {"symbols"}
"""Those, and the reason with which definitions beyond a bound were left out: users are told of such files."""

UNREPEATABLE = frozenset({"time", "crash"})
"""Reasons of problems that say something of the machine at that moment, not of the file's bytes."""


def is_repeatable(outline: Outline) -> bool:
    """Whether extracting the same bytes again would say the same; other facts are not reused for equal bytes."""
    return all(problem.reason not in UNREPEATABLE for problem in outline.problems)


class Occurrences(msgspec.Struct, frozen=True, array_like=True):
    """The half of the facts that only linking reads."""

    references: tuple[Reference, ...] = ()
    bindings: tuple[Binding, ...] = ()
    imports: tuple[Import, ...] = ()
    exports: tuple[Export, ...] = ()
    explicit_exports: bool = False
    """True when the file lists its public names (`__all__`, any ES export)."""


class OwnInput(msgspec.Struct, frozen=True, array_like=True):
    """All that `render` may read of a definition itself. No path, no position."""

    kind: SymbolKind
    language: str
    name: str
    container: str
    """The container's header (its signature), "" at module level."""
    signature: str
    docstring: str
    tokens: tuple[str, ...]
    """Canonical tokens: a function's whole text, a class's outline, a module's top-level statements."""
    data_flow: bytes = b""
    """Packed data-flow rows, empty where the language has none."""


class OwnTokens(msgspec.Struct, frozen=True, array_like=True):
    """An own input whose tokens are left encoded, a msgpack array of strings: making strings is what takes time."""

    kind: msgspec.Raw
    language: str
    name: str
    container: str
    signature: str
    docstring: str
    tokens: msgspec.Raw


class FileFacts(msgspec.Struct, frozen=True):
    """Everything extraction says of one file."""

    blob: BlobDigest
    outline: Outline
    occurrences: Occurrences
    inputs: dict[bytes, bytes]
    """OwnDigest -> encoded OwnInput, one for each distinct `own` in the outline."""


_Decoded = TypeVar("_Decoded")

_encoder = msgspec.msgpack.Encoder()
_outline_decoder = msgspec.msgpack.Decoder(Outline)
_occurrences_decoder = msgspec.msgpack.Decoder(Occurrences)
_own_input_decoder = msgspec.msgpack.Decoder(OwnInput)
_own_tokens_decoder = msgspec.msgpack.Decoder(OwnTokens)
_inputs_decoder = msgspec.msgpack.Decoder(dict[bytes, bytes])


def encode(value: Outline | Occurrences | OwnInput | FileFacts) -> bytes:
    """Encode facts as msgpack. Equal values give equal bytes."""
    return _encoder.encode(value)


def _decoded(decoder: msgspec.msgpack.Decoder[_Decoded], data: bytes) -> _Decoded:
    """Decode; text that is not UTF-8 is damage like any other, though msgspec raises UnicodeDecodeError for it."""
    try:
        return decoder.decode(data)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(f"text that is not UTF-8: {error.reason}") from error


def decode_outline(data: bytes) -> Outline:
    """Decode an outline; raises msgspec.DecodeError on foreign bytes."""
    return _decoded(_outline_decoder, data)


def decode_occurrences(data: bytes) -> Occurrences:
    """Decode occurrences; raises msgspec.DecodeError on foreign bytes."""
    return _decoded(_occurrences_decoder, data)


def decode_own_input(data: bytes) -> OwnInput:
    """Decode an own input; raises msgspec.DecodeError on foreign bytes."""
    return _decoded(_own_input_decoder, data)


def decode_own_tokens(data: bytes) -> OwnTokens:
    """Decode an own input but for its tokens; raises msgspec.DecodeError on foreign bytes."""
    return _decoded(_own_tokens_decoder, data)


class EncodedFacts(msgspec.Struct, frozen=True, array_like=True):
    """Facts as a worker sends them and the store keeps them: parts with different readers."""

    blob: BlobDigest
    language: str
    outline: bytes
    """msgpack of Outline."""
    occurrences: bytes
    """zstd frame of the msgpack of Occurrences."""
    inputs: bytes
    """zstd frame of the msgpack of {OwnDigest: encoded OwnInput}."""
    layout: bytes = b""
    """zstd frame of what the next extraction of the file may take over (`extract.known.Layout`); b"" if nothing."""


def encode_inputs(inputs: dict[bytes, bytes]) -> bytes:
    """Encode {OwnDigest: encoded OwnInput} as msgpack, before compression; equal mappings in equal order."""
    return _encoder.encode(inputs)


def decode_compressed_occurrences(frame: bytes) -> Occurrences:
    """Decode `EncodedFacts.occurrences`; raises msgspec.DecodeError on foreign or oversized bytes."""
    return decode_occurrences(unpacked(frame))


def decode_inputs(frame: bytes) -> dict[bytes, bytes]:
    """Decode `EncodedFacts.inputs`: OwnDigest -> encoded OwnInput; raises msgspec.DecodeError on foreign bytes."""
    return _decoded(_inputs_decoder, unpacked(frame))
