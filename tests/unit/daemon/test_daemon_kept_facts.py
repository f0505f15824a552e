"""Facts are found by a file's bytes, in the store or in memory."""

from __future__ import annotations

from msgspec.structs import replace

from codegraph.core.facts import EncodedFacts
from codegraph.core.symbols import BlobDigest
from codegraph.daemon.kept_facts import KeptFacts
from codegraph.store.memory import MemoryStore
from codegraph.store.schema import RevisionRecord

FACTS = EncodedFacts(BlobDigest(b"b" * 16), "python", b"o", b"c", b"i", b"l")


def test_there_is_nothing_only_while_neither_store_nor_memory_has_facts() -> None:
    """Whoever is told that there are none looks none up: what a broken-off index has stored must count."""
    store = MemoryStore()
    assert KeptFacts(store).nothing()
    in_memory = KeptFacts(store)
    in_memory.keep([FACTS])
    assert not in_memory.nothing()
    store.commit(RevisionRecord(store.revision + 1, facts=(FACTS,)))
    assert not KeptFacts(store).nothing()
    assert KeptFacts(store).with_layout(FACTS.blob, "python") == FACTS
    assert KeptFacts(store).get(FACTS.blob, "python") == replace(FACTS, layout=b"")
