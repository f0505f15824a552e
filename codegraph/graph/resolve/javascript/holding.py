"""What JavaScript variables, fields, constants, getters and modules hold.

Pure functions of an entity and the evaluator that asks; they read the keys `def` and `mem`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegraph.graph.resolve.javascript.calls import returned
from codegraph.graph.resolve.javascript.entities import (
    DEFINITION,
    FIELD,
    INSTANCE,
    MODULE,
    VARIABLE,
    Candidates,
    Entity,
    is_known,
    merged,
    unknown,
    unsure,
)
from codegraph.graph.resolve.javascript.scopes import Home, Scope
from codegraph.graph.resolve.keys import definition_key, member_key
from codegraph.graph.resolve.scheme import MAX_CANDIDATES, Value

if TYPE_CHECKING:
    from codegraph.graph.resolve.javascript.evaluator import Evaluator


def held(evaluator: Evaluator, entity: Entity) -> Candidates:
    """Return what an entity holds; one that holds nothing stands for itself."""
    kind = entity.kind
    if kind is VARIABLE:
        entries = evaluator.locals.entries(entity.local, entity.name) or ()
        return _evaluated(evaluator, evaluator.scopes[entity.local], entries, sure=False)
    if kind is FIELD:
        entries = field_entries(evaluator, entity)
        scope = evaluator.scope_of_file(entity.path, Home(entity.path, entity.descriptor, entity.form))
        sure = entity.sure and entity.form in ("constant", "module", "function")
        return _evaluated(evaluator, scope, entries, sure=sure)
    if kind is MODULE:
        return evaluator.whole(entity)
    if kind is DEFINITION and entity.form == "constant":
        found = held_by(evaluator, entity)
        return found if is_known(found) else (entity,)  # a plain object
    if kind is DEFINITION and "g" in entity.flags:
        return unsure(returned(evaluator, entity))
    if kind is INSTANCE and entity.form == "interface":
        above = evaluator.bases(Home(entity.path, entity.descriptor, entity.form))
        return tuple(each for each in above if each.kind is INSTANCE) or (entity,)
    return (entity,)


def field_entries(evaluator: Evaluator, entity: Entity) -> Value:
    """Return the entries of a field."""
    path, name = entity.path, entity.name
    return evaluator.read(
        definition_key(path, name) if entity.form == "module" else member_key(path, entity.descriptor, name)
    )


def held_by(evaluator: Evaluator, entity: Entity) -> Candidates:
    """Return what a constant holds, or why nobody knows."""
    container, _, _ = entity.descriptor.rpartition(f"{entity.name}.")
    name = entity.name
    entries = evaluator.read(
        member_key(entity.path, container, name) if container else definition_key(entity.path, name)
    )
    scope = evaluator.scope_of_file(entity.path)
    return _evaluated(evaluator, scope, tuple(entry for entry in entries if entry[0] == "v"), sure=False)


def _evaluated(evaluator: Evaluator, scope: Scope, entries: Value, *, sure: bool) -> Candidates:
    """Evaluate the ("v", *chain) entries of a name, and what they hold in turn."""
    groups: list[Candidates] = []
    for entry in entries:
        if len(entry) > 1 and entry[0] == "v":
            for each in evaluator.evaluate(scope, entry[1:]):
                groups.append(evaluator.values(each) if each.kind is not MODULE else (each,))
    if not groups:
        return unknown("local")
    found = merged(groups, MAX_CANDIDATES)
    return found if sure else unsure(found)
