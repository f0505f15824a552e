"""A daemon whose model is a server: it indexes and searches, and survives the server's absence."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from embedding_server import serving
from installation import PATIENCE, Installation

from codegraph.core.symbols import Freshness
from codegraph.daemon.messages import Wait

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("httpx") is None, reason="the extra endpoint is not installed"),
]


def test_a_server_that_fails_costs_nothing_but_time(home: Installation) -> None:
    """Nothing is sent before it is allowed; what could not be embedded comes later, and then no trouble is told of."""
    home.write({"a.py": "from b import g\ndef f():\n    return g()\n", "b.py": "def g():\n    return 1\n"})
    with serving() as server:
        config = home.directory / "config.toml"
        config.write_text(
            '[embedding]\nmodel = "served"\nretry_seconds = 0.05\n'
            '[models.served]\nengine = "endpoint"\ndimensions = 8\n'
            f'endpoint = {{url = "{server.url}", model = "tiny", attempts = 1}}\n'
        )
        assert home.run("start").code == 0
        with home.client() as client:
            client.sync(Wait.EMBEDDED, timeout=PATIENCE)
            status = client.status()
            assert status.model.name == "codegraph-static"
            assert any("allow_endpoints" in warning for warning in status.warnings)
        for command in (("index",), ("search", "g")):
            assert "served cannot be used, codegraph-static stands in" in home.run(*command).out
        assert not server.requests

        config.write_text(config.read_text().replace("[models", "allow_endpoints = true\n[models", 1))
        server.behaviours += [lambda handler, _: handler.reply(503, b"loading")] * 3
        assert home.run("restart").code == 0
        with home.client() as client:
            client.sync(Wait.EMBEDDED, timeout=PATIENCE)
            status = client.status()
            assert (status.model.name, status.model.dimensions, status.embedded) == ("served", 8, 4)
            assert any(server.url in warning and "sent" in warning for warning in status.warnings)
            assert client.search("g").results
            assert client.verify().equal
        sent = [text for request in server.requests for text in request["input"]]
        assert all(str(home.root) not in text for text in sent)

        server.behaviours += [lambda handler, _: handler.reply(503, b"busy")] * 1_000
        home.write({"b.py": "def g():\n    return 2\n\n\ndef late():\n    return 3\n"})
        with home.client() as client:
            client.sync(Wait.INDEXED, timeout=PATIENCE)
            found = {hit.symbol.id: hit.symbol.state for hit in client.search("late").results}
            assert found["b.py/late()."] is Freshness.PENDING
            server.behaviours.clear()
            client.sync(Wait.EMBEDDED, timeout=PATIENCE)
            assert client.status().worker.detail == ""
            assert client.search("late").results[0].symbol.state is Freshness.FRESH
            assert client.verify().equal
