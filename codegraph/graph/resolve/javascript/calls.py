"""What comes out of functions and containers: results, instances, elements, arguments of callbacks.

Pure functions of an entity and the evaluator that asks; they read the keys `ret` and `elem`. What a
function gives depends on the object it was reached through, so `this` follows the receiver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegraph.core.facts import Chain
from codegraph.graph.resolve.javascript.entities import (
    CONTAINER_METHOD,
    DEFINITION,
    ELEMENTS,
    FIELD,
    FOREIGN,
    HANDED_BACK,
    INSTANCE,
    UNKNOWN,
    VARIABLE,
    Candidates,
    Entity,
    is_known,
    merged,
    unknown,
    unsure,
)
from codegraph.graph.resolve.javascript.names import BUILTINS
from codegraph.graph.resolve.javascript.scopes import Home, Scope
from codegraph.graph.resolve.keys import element_key, return_key
from codegraph.graph.resolve.scheme import MAX_CANDIDATES

if TYPE_CHECKING:
    from codegraph.graph.resolve.javascript.evaluator import Evaluator

_MAX_TYPES = 8
_TYPES = frozenset({"class", "interface", "enum"})


def called(evaluator: Evaluator, entity: Entity) -> Candidates:
    """Return what calling or constructing an entity gives."""
    if entity.kind is CONTAINER_METHOD and isinstance(entity.receiver, Entity):
        return (entity.receiver,) if entity.flags == "keep" else element_of(evaluator, entity.receiver)
    if entity.kind is DEFINITION:
        if entity.form in _TYPES:
            return (entity._replace(kind=INSTANCE, receiver=None),)
        if entity.form in ("function", "method") and "g" not in entity.flags:
            found = returned(evaluator, entity)
            return unsure(found) if is_known(found) else _constructed(entity, found)
    held = evaluator.values(entity)
    if held == (entity,) or not is_known(held):
        return unknown("unknown_receiver")
    return merged([called(evaluator, each) for each in held], MAX_CANDIDATES)


def _constructed(entity: Entity, found: Candidates) -> Candidates:
    """A function without known results may be a constructor: `new View()`."""
    if entity.form == "function":
        return (entity._replace(kind=INSTANCE, receiver=None, sure=False),)
    return found


def _receiver_of(entity: Entity) -> Home:
    """Return what `this` is in a function: the object it was reached through, its class, or itevaluator."""
    if isinstance(entity.receiver, Home):
        return entity.receiver
    container, hash_sign, _ = entity.descriptor.rpartition("#")
    if entity.form == "method" and hash_sign:
        return Home(entity.path, container + hash_sign, "class")
    return Home(entity.path, entity.descriptor, entity.form)


def returned(evaluator: Evaluator, entity: Entity) -> Candidates:
    """Return what a function gives back, as its annotation or its return statements say."""
    scope = evaluator.scope_of_file(entity.path, _receiver_of(entity))
    entries = evaluator.read(return_key(entity.path, entity.descriptor))
    groups: list[Candidates] = []
    for entry in entries:
        groups.extend(evaluator.values(each) for each in evaluator.evaluate(scope, entry))
    elements = evaluator.read(element_key(entity.path, entity.descriptor, "()"))
    if elements:
        groups.append((entity._replace(kind=ELEMENTS),))
    return merged(groups, MAX_CANDIDATES) if groups else unknown("unknown_receiver")


def handed(evaluator: Evaluator, entity: Entity, element: str, depth: int = 0) -> Candidates:
    """Return what a function hands to a parameter of its callback, as its signature, or that of its type, says."""
    if depth > _MAX_TYPES:
        return unknown("unknown_receiver")
    if entity.kind is DEFINITION and entity.form == "class":
        constructors = evaluator.inherited(Home(entity.path, entity.descriptor, entity.form), "constructor")
        functions = tuple(each for each in constructors if each.form == "method")
        return _all_handed(evaluator, functions, element, depth)
    is_function = entity.kind is DEFINITION and entity.form in ("function", "method")
    if is_function or (entity.kind is INSTANCE and entity.form == "interface"):
        found = _declared(evaluator, entity, element)
        if is_known(found):
            return unsure(merged([evaluator.values(each) for each in found], MAX_CANDIDATES))
        argument, _, position = element[1:-1].partition(":")
        types = _declared(evaluator, entity, f"(:{argument})") if argument else found
        if is_known(types):
            return _all_handed(evaluator, types, f"(:{position})", depth)
        if is_function:
            return types
    held = evaluator.values(entity)
    if held == (entity,) or not is_known(held):
        return unknown("unknown_receiver")
    return _all_handed(evaluator, held, element, depth)


def _all_handed(evaluator: Evaluator, entities: Candidates, element: str, depth: int) -> Candidates:
    found = [handed(evaluator, each, element, depth + 1) for each in entities]
    return merged(found, MAX_CANDIDATES) if found else unknown("unknown_receiver")


def _declared(evaluator: Evaluator, entity: Entity, element: str) -> Candidates:
    """Return instances of the types that a signature declares for a parameter, or for one of a callback."""
    chains = evaluator.read(element_key(entity.path, entity.descriptor, element))
    scope = evaluator.scope_of_file(entity.path, _receiver_of(entity))
    found = [evaluator.evaluate(scope, chain) for chain in chains]
    return merged(found, MAX_CANDIDATES) if found else unknown("unknown_receiver")


def element_of(evaluator: Evaluator, entity: Entity) -> Candidates:
    """Return what iterating or indexing an entity gives."""
    chains, scope = _element_chains(evaluator, entity)
    if chains:
        found = [evaluator.values(each) for chain in chains for each in evaluator.evaluate(scope, chain)]
        return unsure(merged(found, MAX_CANDIDATES))
    held = evaluator.values(entity)
    if held == (entity,) or not is_known(held):
        return unknown("unknown_receiver")
    groups = [element_of(evaluator, each) for each in held if each != entity]
    return merged(groups, MAX_CANDIDATES) if groups else unknown("unknown_receiver")


def keyed(evaluator: Evaluator, entity: Entity, element: str) -> Candidates:
    """Return what `x[i]` ("[]") or `x[kName]` ("[kName]", a member if there is one of that key) gives."""
    found = evaluator.member(entity, element) if element != "[]" else ()
    return found if is_known(found) else element_of(evaluator, entity)


def handed_back(chain: Chain, found: Candidates) -> Candidates:
    """Return what a chain's last step gave, or that a library may have handed the project's own back."""
    is_foreign = bool(found) and found[0].kind is UNKNOWN and found[0].name in FOREIGN
    return unknown(HANDED_BACK) if is_foreign and _takes(chain) else found


def _takes(chain: Chain) -> bool:
    """Say whether the last step may take the project's own out of what a library made: `lib.jobs[0]`, `lib.next()`."""
    if chain[-1] != "()":
        return chain[-1] == "[]"
    return not (chain[-2][:1].isupper() or (len(chain) == 2 and chain[-2] in BUILTINS))


def _element_chains(evaluator: Evaluator, entity: Entity) -> tuple[tuple[Chain, ...], Scope]:
    kind, path = entity.kind, entity.path
    home = Home(path, entity.descriptor, entity.form)
    scope = evaluator.scope_of_file(path, home)
    if kind is VARIABLE:
        return evaluator.locals.elements(entity.local, entity.name), evaluator.scopes[entity.local]
    if kind is FIELD:
        return evaluator.read(element_key(path, entity.descriptor, entity.name)), scope
    if kind is DEFINITION and entity.form == "constant":
        container, _, _ = entity.descriptor.rpartition(f"{entity.name}.")
        return evaluator.read(element_key(path, container, entity.name)), scope
    if kind is ELEMENTS or (kind is INSTANCE and entity.form == "interface"):
        return evaluator.read(element_key(path, entity.descriptor, "()")), scope
    return (), scope
