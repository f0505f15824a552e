"""Inverting the documents of a first index in a process beside the writer, segment by segment.

A segment is written to a file of its own, as `search.segment_file` has it, and the answer is the file's name.
Tests: tests/integration/test_first_index.py.
"""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

from codegraph.core.facts import EncodedFacts, decode_inputs, decode_outline, decode_own_input
from codegraph.daemon.first_worker import DONE, Offer, received
from codegraph.search.documents import FileDocuments, make_document
from codegraph.search.segment_writer import SegmentWriter


def serve_documents(connection: Connection, directory: str) -> None:
    """Answer with the names of segment files in `directory`; the process's main function."""
    place = Path(directory)
    place.mkdir(parents=True)
    writer = SegmentWriter(place)
    for message in received(connection):
        if isinstance(message, Offer):
            writer.add(_documents(message.path, message.facts))
            continue
        for file in writer.finished():
            connection.send_bytes(file.encode())
        connection.send_bytes(DONE)
        return


def _documents(path: str, facts: EncodedFacts) -> FileDocuments:
    inputs = decode_inputs(facts.inputs)
    definitions = decode_outline(facts.outline).definitions
    documents = [make_document(path, each.descriptor, decode_own_input(inputs[each.own])) for each in definitions]
    return FileDocuments(path, bytes(facts.blob), tuple(documents))
