"""Stores to test, and short ways to say what goes into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from codegraph.config import StoreConfig
from codegraph.core.changes import Stamp
from codegraph.core.digests import digest
from codegraph.core.facts import EncodedFacts
from codegraph.core.symbols import BlobDigest, EmbeddingKey
from codegraph.events import EventLog
from codegraph.store import opening
from codegraph.store.memory import MemoryStore
from codegraph.store.opening import open_store
from codegraph.store.protocol import StateStore
from codegraph.store.schema import FileRecord, SymbolState
from codegraph.store.store import Store

VERSIONS = {"extractor": "1", "linker": "1", "key": "1", "codec": "int8", "source": "1"}


class Samples:
    """Makes records out of short names."""

    @staticmethod
    def key(name: str) -> EmbeddingKey:
        """An embedding key."""
        return EmbeddingKey(digest(name.encode()))

    @staticmethod
    def file(content: str, language: str = "python") -> FileRecord:
        """A file with that content."""
        return FileRecord(Stamp(1, 2, len(content), 3), BlobDigest(digest(content.encode())), language, 4)

    @staticmethod
    def facts(content: str, language: str = "python", size: int = 0) -> EncodedFacts:
        """Facts of a file with that content; `size` adds bytes."""
        padding = b"." * size
        return EncodedFacts(
            BlobDigest(digest(content.encode())),
            language,
            b"outline " + content.encode() + padding,
            b"occurrences " + content.encode(),
            b"inputs " + content.encode(),
            b"layout " + content.encode(),
        )

    @classmethod
    def state(cls, descriptor: str, wanted: str, served: str = "") -> SymbolState:
        """A symbol that wants one key and is served another."""
        return SymbolState(descriptor, cls.key(wanted), cls.key(served) if served else b"")


@pytest.fixture
def samples() -> Samples:
    """Makes records out of short names."""
    return Samples()


@pytest.fixture
def events() -> EventLog:
    """An event log whose clock stands still."""
    return EventLog(lambda: 0.0)


@pytest.fixture
def reopen(tmp_path: Path, events: EventLog, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Store]]:
    """Open the state in this test's directory, closing the one that was open before; new ones are numbered."""
    opened: list[Store] = []
    names = map("instance-{}".format, count())
    monkeypatch.setattr(opening, "new_instance_name", lambda: next(names))

    def open_again(config: StoreConfig | None = None, **versions: str) -> Store:
        for store in opened:
            store.close()
        settings = config or StoreConfig(sync=False)
        opened.append(open_store(tmp_path / "state", settings, VERSIONS | versions, events))
        return opened[-1]

    yield open_again
    for store in opened:
        store.close()


@pytest.fixture(params=["lmdb", "memory"])
def store(request: pytest.FixtureRequest, reopen: Callable[..., Store]) -> Iterator[StateStore]:
    """A fresh store of either kind."""
    made: StateStore = reopen() if request.param == "lmdb" else MemoryStore()
    yield made
    made.close()
