"""Facts of short Python sources, in forms that tests can compare."""

from __future__ import annotations

from textwrap import dedent

from codegraph.core.facts import Binding, BindingKind, Chain, FileFacts, OwnInput, Role, decode_own_input
from codegraph.extract.extractor import Limits, extract


def facts_of(source: str | bytes, limits: Limits | None = None) -> FileFacts:
    """Extract a source; a string is dedented first."""
    data = source if isinstance(source, bytes) else dedent(source).encode("utf-8")
    return extract(data, "python", limits or Limits())


def digests_of(facts: FileFacts) -> dict[str, tuple[bytes, str]]:
    """Return own digest and signature by descriptor."""
    return {one.descriptor: (one.own, one.signature) for one in facts.outline.definitions}


def own_input(facts: FileFacts, descriptor: str) -> OwnInput:
    """Return what the encoder will read of one definition."""
    (own,) = [one.own for one in facts.outline.definitions if one.descriptor == descriptor]
    return decode_own_input(facts.inputs[own])


def tokens_of(source: str | bytes, descriptor: str) -> str:
    """Return one definition's canonical tokens, joined by blanks."""
    return " ".join(own_input(facts_of(source), descriptor).tokens)


def mentions(source: str, owner: str | None = None) -> dict[str, list[str]]:
    """Return spelled chains by role in the order of first mention, of one owner (a descriptor) or of all."""
    facts = facts_of(source)
    found: dict[str, list[str]] = {}
    for one in facts.occurrences.references:
        if owner is None or facts.outline.definitions[one.owner].descriptor == owner:
            found.setdefault(Role(one.role).name.lower(), []).append(".".join(one.chain))
    return found


def bindings(source: str, kind: BindingKind | None = None) -> list[tuple[str, str, Chain]]:
    """Return (owner's descriptor, name, chain) of the bindings of one kind, or of all."""
    facts = facts_of(source)
    return [
        (facts.outline.definitions[one.owner].descriptor, one.name, one.chain)
        for one in facts.occurrences.bindings
        if kind is None or one.kind is kind
    ]


def positionless(facts: FileFacts) -> tuple[object, ...]:
    """Return everything in the occurrences that has no position."""
    found = facts.occurrences
    bound: tuple[Binding, ...] = found.bindings
    return (
        [(one.owner, one.chain, one.role, len(one.positions)) for one in found.references],
        bound,
        [(one.owner, one.kind, one.module, one.level, one.name, one.alias) for one in found.imports],
        found.exports,
        found.explicit_exports,
    )
