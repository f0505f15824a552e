"""Invariants I1, I2, I4 and I6 with several models: edits, changes of routes and restarts in any order.

A real project over a real tree, with one recording encoder per identity, each of its own width. After
every step each symbol is served by at most one model, with a vector that is that of the key it is served
with; a search asks every model and finds each symbol once, all from one view. At the end the state equals
a clean build, and no key was ever embedded twice.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from workbench import Workbench, fast_directory

from codegraph.core.routes import Routes
from codegraph.daemon.messages import SearchParams
from codegraph.daemon.searching import answer_search
from codegraph.embed.encoder import RecordingEncoder

ONE, TWO, THREE = (RecordingEncoder(name, width) for name, width in (("one", 16), ("two", 24), ("three", 32)))
SETS = (
    Routes(ONE.identity),
    Routes(TWO.identity),
    Routes(ONE.identity, text=TWO.identity),
    Routes(TWO.identity, long=THREE.identity, long_tokens=12),
    Routes(THREE.identity, ONE.identity, reads_data_flow=True, expects_data_flow=True),
    Routes(THREE.identity, text=TWO.identity, reads_data_flow=True, expects_data_flow=True),
)
BODIES = ("return 1", "return g(2)", "y = x\n    return y", "z = [x]\n    z.append(x)\n    return z", "pass")
FILES = ("a.py", "b.py", "pkg/c.py")


def text(body: int, other: int) -> str:
    """Return a module that calls another one, with one short and one longer function."""
    importing = f"from {('a', 'b', 'pkg.c')[other]} import g\n"
    return f'"""Module {other}."""\n{importing}def f{body}(x):\n    {BODIES[body]}\ndef g(x):\n    return x\n'


class RoutesMachine(RuleBasedStateMachine):
    """Edits a tree and changes models; encoders answer now and then."""

    def __init__(self) -> None:
        super().__init__()
        self._place = fast_directory()
        encoders = [RecordingEncoder(each.name, each.dimensions) for each in (ONE, TWO, THREE)]
        self.bench = Workbench(
            self._place.__enter__(),
            {"embedding.batch_symbols": 2},
            encoder=encoders[0],
            others=encoders[1:],
            routes=SETS[0],
        )
        self.bench.write({path: text(0, at) for at, path in enumerate(FILES)})
        self.bench.update()

    @rule(path=st.sampled_from(FILES), body=st.integers(0, len(BODIES) - 1), other=st.integers(0, 2))
    def write(self, path: str, body: int, other: int) -> None:
        """Write a file."""
        self.bench.write({path: text(body, other)})
        self.bench.apply()

    @precondition(lambda self: any((self.bench.root / path).exists() for path in FILES))
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """Delete a file."""
        self.bench.delete(data.draw(st.sampled_from([path for path in FILES if (self.bench.root / path).exists()])))
        self.bench.apply()

    @rule(routes=st.sampled_from(SETS))
    def use(self, routes: Routes) -> None:
        """Change the models while the project runs."""
        self.bench.use(routes=routes)

    @rule(routes=st.sampled_from(SETS))
    def restart(self, routes: Routes) -> None:
        """Close, and open with these models; what was with the encoders is lost."""
        self.bench.restart(routes=routes)
        self.bench.apply()

    @rule(count=st.integers(1, 4))
    def answer(self, count: int) -> None:
        """Let the encoders answer some batches."""
        for _ in range(count):
            self.bench.answer()
            self.bench.turn()

    @invariant()
    def served_vectors_are_those_of_their_keys(self) -> None:
        """I4: whichever model made it and however old it is, a vector is that of the key that it is served under."""
        view, bench = self.bench.view, self.bench
        for symbol, key in view.served.items():
            found = bench.project.parts.searcher.vector_of(symbol, view.search)
            assert found is not None
            model, vector = found
            encoder = bench.encoders[model]
            expected = RecordingEncoder(encoder.name, encoder.dimensions).encode([bench.renders.inputs[key]])[0]
            assert float(vector @ expected) > 0.97 * float(np.linalg.norm(vector))
        spaces = bench.project.parts.searcher.models()
        assert sum(spaces.values()) == len(view.served)

    @invariant()
    def search_finds_each_symbol_once(self) -> None:
        """I6: every model that serves is asked, and no symbol is found twice."""
        vectors = self.bench.project.embed_query("g").result(0)
        found = answer_search(
            self.bench.project, self.bench.view, SearchParams(query="g", limit=100, fold=False), vectors
        ).results
        symbols = [hit.symbol.id for hit in found]
        assert len(symbols) == len(set(symbols))
        assert set(symbols) >= set(self.bench.view.served)

    def teardown(self) -> None:
        """I1, I2: drained, everything equals a clean build, and nothing was embedded twice."""
        try:
            self.bench.drain()
            self.bench.check()
            keys = self.bench.embedded()
            assert len(keys) == len(set(keys)), "a key was embedded twice"
        finally:
            self.bench.close()
            self._place.__exit__(None, None, None)


@pytest.mark.parametrize("steps", [12])
def test_any_order_of_edits_and_models(steps: int) -> None:
    """Edits, deletions, changes of models and restarts, with answers in between."""
    run_state_machine_as_test(
        RoutesMachine,
        settings=settings(max_examples=20, stateful_step_count=steps, suppress_health_check=list(HealthCheck)),
    )
