"""A process killed while it commits: what was acknowledged is there, whole, and nothing needs repair."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from codegraph.config import StoreConfig
from codegraph.core.digests import digest
from codegraph.core.symbols import EmbeddingKey
from codegraph.events import EventLog, Rebuilt
from codegraph.store.opening import open_store
from codegraph.store.store import Store

_FILES = 7

_WRITE = """
import sys
from pathlib import Path
from codegraph.config import StoreConfig
from codegraph.core.changes import Stamp
from codegraph.core.digests import digest
from codegraph.core.facts import EncodedFacts
from codegraph.events import EventLog
from codegraph.store.opening import open_store
from codegraph.store.schema import FileRecord, RevisionRecord, SymbolState

store = open_store(Path(sys.argv[1]), StoreConfig(), {}, EventLog(lambda: 0.0))
while True:
    revision = store.revision + 1
    text = str(revision).encode()
    blob, key = digest(b"file" + text), digest(b"key" + text)
    paths = [f"{number}.py" for number in range(7)]
    states = {path: (SymbolState("f().", key),) for path in paths}
    store.commit(RevisionRecord(
        revision,
        files={path: FileRecord(Stamp(revision, 0, 0, 0), blob, "python", 0) for path in paths},
        facts=(EncodedFacts(blob, "python", text * 3000, text, text),),
        links={path: text * 1000 for path in paths},
        symbols=states,
    ))
    print("revision", revision, flush=True)
    served = {path: (SymbolState("f().", key, key),) for path in paths}
    store.put_vectors({key: text.ljust(772)}, served)
    print("vectors", revision, flush=True)
    if revision % 5 == 0:
        store.collect_garbage(orphan_bytes=100_000)
    if revision % 11 == 0:
        store.compact()
"""


def _run_and_kill(directory: Path, lines: int) -> tuple[int, int]:
    """Let a child commit, kill it after that many acknowledgements, and return the last of each kind."""
    last = {"revision": 0, "vectors": 0}
    with subprocess.Popen([sys.executable, "-c", _WRITE, str(directory)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for _ in range(lines):
            kind, revision = child.stdout.readline().split()
            last[kind] = int(revision)
        child.kill()
        for line in child.stdout:  # acknowledged before the signal arrived
            if line.endswith("\n"):
                kind, revision = line.split()
                last[kind] = int(revision)
    return last["revision"], last["vectors"]


def _check_whole(store: Store, acknowledged: int, vectors: int) -> None:
    assert store.revision >= acknowledged
    text = str(store.revision).encode()
    blob, key = digest(b"file" + text), EmbeddingKey(digest(b"key" + text))
    files = store.files()
    assert len(files) == _FILES
    assert {file.blob for file in files.values()} == {blob}
    assert dict(store.links()) == dict.fromkeys(files, text * 1000)
    assert store.outline(blob, "python") == text * 3000
    states = dict(store.symbols())
    assert {state.wanted for (state,) in states.values()} == {key}
    if store.revision == vectors:
        assert store.vectors([key]) == {key: text.ljust(772)}
    for (state,) in states.values():
        assert not state.served or store.vectors([EmbeddingKey(state.served)])


@pytest.mark.parametrize("lines", [1, 2, 9, 10, 21, 22, 23, 44])
def test_killed_writer_loses_nothing_acknowledged(tmp_path, lines):
    """SIGKILL at any moment: the last acknowledged revision or a later one is there, whole, without a rebuild."""
    events = EventLog(lambda: 0.0)
    acknowledged, vectors = _run_and_kill(tmp_path, lines)
    store = open_store(tmp_path, StoreConfig(), {}, events)
    try:
        _check_whole(store, acknowledged, vectors)
        assert not [event for event in events.recent() if isinstance(event, Rebuilt)]
    finally:
        store.close()
