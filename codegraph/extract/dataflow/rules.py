"""What a language's table says: which node types mean something for data flow, and what.

A node type without a rule means "visit the children in order". A rule finds the children that it needs by a
place: a `Field` of the grammar, the `Nth` child of a type, or a `Child` by number. A `Field` or `Nth` that is
not there makes the whole function's data flow FAILED, as it does in the reference; a `Child` that is not there
is left out.
Tests: tests/unit/extract/test_dataflow_*.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType


class Relation(IntEnum):
    """How a row's parents became its value."""

    COMES_FROM = 0
    """A use of a definition, or a declaration with its value."""
    COMPUTED_FROM = 1
    """An assignment."""


RELATION_NAMES: Mapping[Relation, str] = MappingProxyType(
    {Relation.COMES_FROM: "comesFrom", Relation.COMPUTED_FROM: "computedFrom"}
)


@dataclass(frozen=True, slots=True)
class Field:
    """The child under a field of the grammar."""

    name: str


@dataclass(frozen=True, slots=True)
class Nth:
    """The n-th child (from 0) of a type."""

    type: str
    number: int


@dataclass(frozen=True, slots=True)
class Child:
    """The child at a position, if it has the type ("" for any)."""

    number: int
    type: str = ""


Place = Field | Nth | Child


@dataclass(frozen=True, slots=True)
class Declaration:
    """`name = value`: each token of the name comes from each token of the value, a row for each pair."""

    name: Field
    value: Field
    optional: bool = False
    """Without a value it is as if it had no rule; else its names are defined by nothing."""


@dataclass(frozen=True, slots=True)
class GroupedDeclaration:
    """C#'s declarator: the first child is the name; from `sign` on it is the value, if just one child is before it."""

    sign: str = "="


@dataclass(frozen=True, slots=True)
class Assignment:
    """`left = right`: each token of the left is computed from each token of the right, a row for each pair."""

    left: Field
    right: Field


@dataclass(frozen=True, slots=True)
class PairedAssignment:
    """`a, b = x, y`: as `Assignment`, but a row for each left token with all its parents.

    If both sides have equally many direct children, commas not counted, these are taken in pairs (`in_pairs`),
    whatever they are: `self.x = a.b` gives `self` from `a` and `x` from `b`. That is the reference's rule.
    """

    left: Place
    right: Place
    in_pairs: bool = True
    optional: bool = False
    """Without a right side nothing of it is looked at, not even the type; else it is FAILED."""


@dataclass(frozen=True, slots=True)
class Update:
    """`i++`: each token inside is computed from each token inside."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Alternatives: each starts from what held before, and afterwards all of them may hold.

    Children that are no alternative are visited one after another. After an alternative all other children
    are alternatives, too (`sticky`). What held before still may hold afterwards if no type among the node and
    its children contains "else", or always (`keeps`).
    """

    alternatives: frozenset[str]
    sticky: bool
    keeps: bool


@dataclass(frozen=True, slots=True)
class Repetition:
    """A loop whose children are all visited twice."""


@dataclass(frozen=True, slots=True)
class CountedLoop:
    """A `for` with a head: what follows the header is visited a second time.

    The header is the first child of a type, without which nothing is, or a field, without which everything is.
    With `update`, that field of the header comes first in the second pass.
    """

    header: str | Field
    update: str = ""


@dataclass(frozen=True, slots=True)
class Iteration:
    """A loop over the elements of something: source, target, body, in that order, twice.

    `paired`: rows as of `PairedAssignment`, in pairs if `in_pairs`; otherwise as of `Assignment`.
    """

    target: Place
    source: Place
    body: Place
    paired: bool = False
    in_pairs: bool = False


@dataclass(frozen=True, slots=True)
class ClausesFirst:
    """Children of the types in `first` are visited before their siblings."""

    first: frozenset[str]


@dataclass(frozen=True, slots=True)
class KeyedElement:
    """Go's `key: value` in a literal: a plain key is a field's name and defines nothing."""

    wrapper: str
    key: str


@dataclass(frozen=True, slots=True)
class Constructor:
    """Rust's `Some(name)` on the left: what is under the field gets no value, and gives none."""

    type: Field


@dataclass(frozen=True, slots=True)
class Documentation:
    """A statement that is left out if it is a string: what taking docstrings out of the text does, in a file's tree.

    The reference goes by tokens: a string on a line of its own, first in its block or right below a simple statement.
    """

    string: str
    comment: str
    block: str


@dataclass(frozen=True, slots=True)
class PlainAtom:
    """One token if all children are of these types."""

    parts: frozenset[str]


Rule = (
    Declaration
    | GroupedDeclaration
    | Assignment
    | PairedAssignment
    | Update
    | Branch
    | Repetition
    | CountedLoop
    | Iteration
    | ClausesFirst
    | KeyedElement
    | Constructor
    | Documentation
    | PlainAtom
)


class Comments(IntEnum):
    """How the reference takes comments out of a function's text."""

    PYTHON = 0
    """By Python's tokenizer, docstrings too."""
    C_LIKE = 1
    """By one regular expression."""
    NONE = 2
    BY_TREE = 3
    """Not out of the text, but passed over in the tree: languages that the reference does not know."""


@dataclass(frozen=True, slots=True)
class FlowTable:
    """One language."""

    language: str
    """Its name in `extract.languages`, which knows the grammar."""
    functions: frozenset[str]
    """Node types that are functions, where a whole file is looked at."""
    rules: Mapping[str, Rule]
    comments: Comments = Comments.C_LIKE
    atoms: frozenset[str] = frozenset({"string"})
    """Nodes with children that are one token all the same."""
    plain_atoms: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    """Types that are one token if they have no children of other types than these."""
    dropped: frozenset[str] = frozenset()
    """Nodes that are no token, and not counted among their parent's children."""
    replaced: frozenset[str] = frozenset()
    """Nodes inside an atom that count as their children do."""
    keywords: frozenset[str] = frozenset()
    """Types whose tokens are never variables."""
    identifiers: frozenset[str] = frozenset({"identifier"})
    """Types whose tokens define their name at first sight."""
    varying: str = ""
    """Operators and keywords whose type has one of these characters may be written otherwise than their type."""
    prefix: str = ""
    suffix: str = ""
    """Around a function's text, so that the grammar reads it as code."""
    in_file: Mapping[str, Rule] = field(default_factory=lambda: MappingProxyType({}))
    """Rules for the tree of a file, whose text has not been stripped."""
    revised: Mapping[str, Rule] = field(default_factory=lambda: MappingProxyType({}))
    """Rules that replace others where the reference's defects are mended (`Reading.REVISED`)."""
