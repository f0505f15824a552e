"""A language's table, resolved to the numbers of its grammar, once per process.

`FlowGrammar.roles` says by a node's `kind_id` what is special about it; most kinds have None.
Tests: tests/unit/extract/test_dataflow_*.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache

from tree_sitter import Language, Parser

from codegraph.extract.dataflow.kinds import COMMENTS, Kinds
from codegraph.extract.dataflow.languages import FLOW_TABLES
from codegraph.extract.dataflow.rule_reading import Entered, entered
from codegraph.extract.dataflow.rules import FlowTable, PlainAtom, Rule
from codegraph.extract.languages import LANGUAGES


class Mark(Enum):
    """What is special about a kind of node that has no rule."""

    ATOM = 0
    """One token, whatever it has inside."""
    SILENT = 1
    """No token, but counted among its parent's children."""
    DROPPED = 2
    KEYWORD = 3
    """Its tokens are no variables."""
    NAME = 4
    """Its tokens define their name at first sight."""


Role = Entered | Mark


@dataclass(frozen=True, slots=True)
class FlowGrammar:
    """One language, ready to be read. Revised grammars follow the mended rules, see `FlowTable.revised`."""

    table: FlowTable
    parser: Parser
    types: Mapping[int, str]
    """The type of each kind."""
    roles: Mapping[int, Role | None]
    """Of each kind."""
    roles_and_fixed: Mapping[int, Role | str | None]
    """Also the text of the kinds whose tokens, where they are not empty, always have their type as text."""
    identifiers: frozenset[int]


@cache
def flow_grammar(name: str, *, revised: bool, in_file: bool) -> FlowGrammar:
    """Return a language's grammar. Raises KeyError for one without a table.

    `in_file`: comments have not been taken out of the text; no comment is counted among a node's children.
    """
    table = FLOW_TABLES[name]
    language = Language(LANGUAGES[name].grammar())
    kinds = Kinds(language, table, in_file=in_file)
    by_type = _roles(table, revised=revised, in_file=in_file)
    readers = {type_: role if isinstance(role, Mark) else entered(role, kinds) for type_, role in by_type.items()}
    roles: dict[int, Role | None] = dict.fromkeys(kinds.types)
    fixed: dict[int, str] = {}
    for kind, type_ in kinds.types.items():
        named = kinds.named(kind)
        if type_ in readers and (named or readers[type_] is Mark.DROPPED):
            roles[kind] = readers[type_]
        elif not named and not _has_parts(type_) and not set(type_) & set(table.varying):
            fixed[kind] = type_
        elif named and type_ in table.identifiers:
            roles[kind] = Mark.NAME
    identifiers = frozenset(kind for kind in kinds.of(table.identifiers) if kinds.named(kind))
    return FlowGrammar(table, Parser(language), kinds.types, roles, {**roles, **fixed}, identifiers)


def _has_parts(type_: str) -> bool:
    """Tell whether a token of this type may have parts or be empty: "is not", line ends, hidden ones."""
    return not type_ or type_[0] == "_" or any(character.isspace() for character in type_)


def _roles(table: FlowTable, *, revised: bool, in_file: bool) -> dict[str, Rule | Mark]:
    """Return the roles by type; rules first, so that a type is not listed twice."""
    roles: dict[str, Rule | Mark] = dict(table.rules)
    if revised:
        roles.update(table.revised)
    roles.update(dict.fromkeys(table.atoms, Mark.ATOM))
    roles.update({name: PlainAtom(parts) for name, parts in table.plain_atoms.items()})
    roles.update(dict.fromkeys(table.keywords, Mark.KEYWORD))
    roles["comment"] = Mark.SILENT
    if in_file:
        roles.update(table.in_file)
        roles.update(dict.fromkeys(COMMENTS, Mark.DROPPED))
    roles.update(dict.fromkeys(table.dropped, Mark.DROPPED))
    return roles
