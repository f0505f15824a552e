"""A coding agent's view of a real daemon: the command, its standard streams, and saves between two questions.

The client here is the bare protocol (JSON-RPC 2.0, a message a line), not the library that the server is made with.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from installation import PATIENCE, Installation

CODE = {
    "shop/__init__.py": "",
    "shop/prices.py": "def price(item):\n    return item.cost\n",
    "shop/cart.py": "from shop.prices import price\n\n\ndef total(items):\n    return sum(price(i) for i in items)\n",
}


class Agent:
    """Speaks to `codegraph mcp` over its standard streams."""

    def __init__(self, home: Installation) -> None:
        command = [sys.executable, "-m", "codegraph", "mcp", os.fspath(home.root)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._number = 0
        client = {"name": "agent", "version": "1"}
        self.greeting = self.request("initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo=client)
        self._send(method="notifications/initialized")

    def _send(self, **message: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.process.stdin.flush()

    def request(self, method: str, **params: Any) -> Any:
        """Send a request and return its result."""
        assert self.process.stdout is not None
        self._number += 1
        self._send(id=self._number, method=method, params=params)
        while True:
            answer = json.loads(self.process.stdout.readline())
            if answer.get("id") == self._number:
                return answer["result"]

    def ask(self, tool: str, **arguments: Any) -> str:
        """Call a tool that must succeed; return its text."""
        result = self.request("tools/call", name=tool, arguments=arguments)
        assert not result.get("isError"), result
        return "\n".join(part["text"] for part in result["content"])

    def leave(self) -> int:
        """Close the streams; return the server's exit code."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return code


@pytest.fixture
def agent(home: Installation) -> Iterator[Agent]:
    """An agent in a project that no daemon knows yet."""
    home.write(CODE)
    agent = Agent(home)
    yield agent
    if agent.process.poll() is None:
        agent.process.kill()
        agent.leave()


def test_an_agent_sees_each_save_before_its_question(home: Installation, agent: Agent) -> None:
    """The first question starts the daemon and waits for the index; the next one counts what was saved between."""
    assert agent.greeting["serverInfo"]["name"] == "codegraph"
    assert "this may not be all" in agent.greeting["instructions"]
    assert "shop.cart.total" in agent.ask("callers", symbol="shop.prices.price")
    assert home.running() is not None

    home.write({"shop/gift.py": "from shop.prices import price\n\n\ndef wrap(item):\n    return price(item) + 1\n"})
    assert "shop.gift.wrap" in agent.ask("callers", symbol="shop.prices.price")
    assert "shop/gift.py:4-5" in agent.ask("search", query="wrap a gift")

    (home.root / "shop/gift.py").unlink()
    assert "shop.gift.wrap" not in agent.ask("callers", symbol="shop.prices.price")


def test_a_daemon_that_dies_is_started_again_by_the_next_question(home: Installation, agent: Agent) -> None:
    """An agent's session is longer than a daemon's life."""
    assert "shop.prices.price" in agent.ask("symbols", name="price")
    home.kill()
    assert "shop.prices.price" in agent.ask("symbols", name="price")


def test_the_server_ends_with_its_input_and_keeps_no_connection(home: Installation, agent: Agent) -> None:
    """No process is left behind, and an agent that asks nothing keeps no daemon from ending."""
    agent.ask("definition", symbol="total")
    with home.client() as client:
        assert client.status().requests.clients == 1  # the one that asks this
    assert agent.leave() == 0


def test_an_error_is_an_answer_and_the_session_goes_on(agent: Agent) -> None:
    """What happened and what to do next, marked as an error."""
    result = agent.request("tools/call", name="callers", arguments={"symbol": "nobody"})
    assert result["isError"]
    assert "nobody" in result["content"][0]["text"]
    assert "next: " in result["content"][0]["text"]
    assert "shop.cart.total" in agent.ask("callers", symbol="price")
