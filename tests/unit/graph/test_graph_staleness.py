"""The rule of staleness on random graphs: no changed key is missed, each half of the rule is needed."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from codegraph.core.digests import digest, embedding_key
from codegraph.core.symbols import EmbeddingKey, OwnDigest, SignatureDigest, SymbolId
from codegraph.graph.context import context
from codegraph.graph.dependency_graph import DependencyGraph
from codegraph.graph.staleness import Marking, Seeds, mark

Rule = Callable[[DependencyGraph, Seeds, int], Marking]
MODEL = b"m" * 16
LIMIT = 3


class RandomGraph:
    """A graph that is edited at random, with the keys that it should have."""

    def __init__(self, seed: int) -> None:
        self.choose = random.Random(seed)
        self.graph = DependencyGraph()
        self.names = [SymbolId(f"s{number}") for number in range(14)]
        self.depth = self.choose.randrange(4)
        self.limit = self.choose.choice([LIMIT, 16])
        for name in self.names[:8]:
            self.add(name)

    def bytes(self) -> bytes:
        return digest(self.choose.randbytes(8))

    def add(self, name: SymbolId) -> int:
        return self.graph.put(name, OwnDigest(self.bytes()), SignatureDigest(self.bytes()), MODEL)

    def keys(self) -> dict[SymbolId, EmbeddingKey]:
        graph = self.graph
        found = {}
        for number in graph.numbers():
            reached = context(number, graph.out.__getitem__, self.depth, self.limit)
            signatures = [graph.signature[each] for each in reached]
            found[graph.ids[number]] = embedding_key(MODEL, self.limit, graph.own[number], signatures)
        return found

    def edit(self) -> Seeds:
        """Change something: a body, a signature, edges, symbols that come and go; return what was touched."""
        graph, choose, seeds = self.graph, self.choose, Seeds()
        old_out = {graph.ids[n]: [graph.ids[t] for t in graph.out[n]] for n in graph.numbers()}
        present = sorted(old_out)
        gone = [SymbolId(choose.choice(present))] if choose.random() < 0.3 and len(present) > 4 else []
        come = [name for name in self.names if name not in present and choose.random() < 0.2]
        for name in come:
            seeds.new.append(self.add(name))
        edges = {}
        for name in [*present, *come]:
            targets = [t for t in old_out.get(name, []) if t not in gone]
            if choose.random() < 0.25 or name in come:
                every = [n for n in [*present, *come] if n not in gone]
                targets = choose.sample(every, min(len(every), choose.randrange(4)))
            if name not in gone and targets != old_out.get(name):
                edges[graph.number(name)] = tuple(map(graph.number, targets))
                if name in old_out:
                    seeds.edges.append(graph.number(name))
        for name in present:
            number = graph.number(name)
            if name in gone or choose.random() > 0.2:
                continue
            signature = graph.signature[number]
            if choose.random() < 0.5:
                signature = SignatureDigest(self.bytes())
                seeds.signature.append(number)
            graph.put(name, OwnDigest(self.bytes()), signature, MODEL)
            seeds.own.append(number)
        graph.connect_all(edges)
        graph.remove_all(gone)
        return seeds


def misses(rule: Rule, trials: int) -> int:
    """Count the random edits after which a changed key was not marked."""
    found = 0
    for seed in range(trials):
        world = RandomGraph(seed)
        for _ in range(6):
            before = world.keys()
            marked = set(rule(world.graph, world.edit(), world.depth))
            found += any(key != before.get(name) and name not in marked for name, key in world.keys().items())
    return found


def without(name: str) -> Rule:
    """Return the rule with one kind of seed left out."""

    def weakened(graph: DependencyGraph, seeds: Seeds, depth: int) -> Marking:
        setattr(seeds, name, [])
        return mark(graph, seeds, depth)

    return weakened


def one_step_less(graph: DependencyGraph, seeds: Seeds, depth: int) -> Marking:
    """Search one step less than the rule says."""
    return mark(graph, seeds, max(0, depth - 1))


def test_every_changed_key_is_marked() -> None:
    """3,000 random edits, depths 0 to 3, with and without truncation: the rule misses none."""
    assert misses(mark, 500) == 0


@pytest.mark.parametrize(
    "rule", [without("own"), without("signature"), without("edges"), without("new"), one_step_less]
)
def test_a_weakened_rule_is_caught(rule: Rule) -> None:
    """The test above has teeth: with any part of the rule missing it fails within 60 trials."""
    assert misses(rule, 60) > 0


def test_the_rule_is_nearly_tight() -> None:
    """Few symbols are marked in vain: the marked are less than one and a half times the changed."""
    marked = changed = 0
    for seed in range(200):
        world = RandomGraph(seed)
        world.limit = 16
        for _ in range(6):
            before = world.keys()
            marked += len(mark(world.graph, world.edit(), world.depth))
            changed += sum(key != before.get(name) for name, key in world.keys().items())
    assert changed <= marked < 1.5 * changed


def chain() -> tuple[DependencyGraph, dict[str, int]]:
    """Return the graph a -> b -> c -> d, a -> x -> c."""
    graph = DependencyGraph()
    numbers = {name: graph.put(SymbolId(name), OwnDigest(b"o"), SignatureDigest(b"s"), MODEL) for name in "abcdx"}
    for name, targets in {"a": "bx", "b": "c", "c": "d", "x": "c"}.items():
        graph.connect(numbers[name], tuple(numbers[target] for target in targets))
    return graph, numbers


def test_a_signature_reaches_d_steps_and_says_by_which_route() -> None:
    """Rule 2 marks callers to distance d; the route takes the first edge in source order."""
    graph, numbers = chain()
    marking = mark(graph, Seeds(own=[numbers["d"]], signature=[numbers["d"]]), 3)
    causes = marking.causes(marking.numbers)
    assert list(causes) == ["a", "b", "c", "d", "x"]
    assert (causes["a"].rule, causes["a"].origin, causes["a"].route) == ("signature", "d", ("a", "b", "c", "d"))
    assert causes["d"].rule == "own"
    assert list(mark(graph, Seeds(signature=[numbers["d"]]), 1)) == ["c", "d"]


def test_edges_reach_one_step_less() -> None:
    """Rule 3 marks the symbol and its callers to distance d - 1; nothing at depth 0."""
    graph, numbers = chain()
    assert list(mark(graph, Seeds(edges=[numbers["c"]]), 1)) == ["c"]
    assert list(mark(graph, Seeds(edges=[numbers["c"]]), 2)) == ["b", "c", "x"]
    assert list(mark(graph, Seeds(edges=[numbers["c"]]), 0)) == []
    assert mark(graph, Seeds(edges=[numbers["c"]]), 2)[SymbolId("x")].rule == "edges"


def test_an_unmarked_symbol_has_no_cause() -> None:
    """Asking for the cause of a symbol that is not marked, or does not exist, is a KeyError."""
    graph, numbers = chain()
    marking = mark(graph, Seeds(signature=[numbers["d"]]), 1)
    for name in ("a", "nobody"):
        with pytest.raises(KeyError):
            marking[SymbolId(name)]
