"""What a first index has done beside the writer: links, and the segments of the lexical index.

Both are made of facts alone, by processes that get the files as they are extracted (`first_worker`), and are what the
writer would have made itself; whatever is missing it does make itself. A change to a tree that is indexed already
takes none of this. Tests: tests/integration/test_first_index.py.
"""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from codegraph.config import ExtractConfig
from codegraph.core.facts import EncodedFacts
from codegraph.daemon.first_documents import serve_documents
from codegraph.daemon.first_links import links_of, serve_links
from codegraph.daemon.first_worker import FirstWorker

MAX_LINKERS = 12
"""What is done once for all of them, filling the symbol table, takes a thirtieth of what linking does."""

MAX_INVERTERS = 4


def inverters(cores: int) -> int:
    """Return how many processes invert documents: that takes a quarter of what extracting them does."""
    return max(1, min(cores // 4, MAX_INVERTERS))


def for_linking(facts: EncodedFacts) -> EncodedFacts:
    """Leave out what linking does not read, most of them."""
    return replace(facts, inputs=b"", layout=b"")


def for_documents(facts: EncodedFacts) -> EncodedFacts:
    """Leave out what documents are not made of."""
    return replace(facts, occurrences=b"", layout=b"")


class FirstIndex:
    """The processes of one project's first index; they exist while there is one."""

    def __init__(self, config: ExtractConfig, directory: Path) -> None:
        """`directory` is for what is made until it is taken."""
        cores = config.workers or os.cpu_count() or 1
        self._links = FirstWorker("link", serve_links, min(cores, MAX_LINKERS), shown=for_linking)
        places = [directory / str(number) for number in range(inverters(cores))]
        self._documents = [
            (place, FirstWorker("documents", serve_documents, str(place), shown=for_documents)) for place in places
        ]
        self._directory = directory
        shutil.rmtree(directory, ignore_errors=True)

    def offer(self, path: str, facts: EncodedFacts) -> None:
        """Hand in a file of a first index as soon as its facts are there."""
        self._links.offer(path, facts)
        self._documents[self._share(path)][1].offer(path, facts)

    def linked(self, files: Mapping[str, EncodedFacts | None]) -> dict[str, bytes] | None:
        """These are all files: return their stored links by path, if somebody has made them."""
        present = {path: facts for path, facts in files.items() if facts is not None}
        self._links.ask(present)
        shares: list[dict[str, EncodedFacts]] = [{} for _ in self._documents]
        for path, facts in present.items():
            shares[self._share(path)][path] = facts
        for (_, process), share in zip(self._documents, shares, strict=True):
            process.ask(share)
        answers = self._links.answers()
        return None if answers is None else dict(map(links_of, answers))

    def segments(self) -> Sequence[Path]:
        """Return the files with segments of the same files' documents, as far as somebody has made them."""
        return [place / answer.decode() for place, process in self._documents for answer in process.answers() or ()]

    def close(self) -> None:
        """End the processes and remove what they left."""
        self._links.close()
        for _, process in self._documents:
            process.close()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _share(self, path: str) -> int:
        """Say which of the processes inverts a file's documents."""
        return zlib.crc32(path.encode("utf-8", "surrogateescape")) % len(self._documents)
