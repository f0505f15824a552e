"""Readers and the writer together, while the map grows and the file is exchanged."""

from __future__ import annotations

import threading

from codegraph.store import schema
from codegraph.store.environment import Environment
from codegraph.store.gate import Gate


def test_readers_see_whole_commits_during_growth_and_compaction(tmp_path):
    """A thread that reads while the writer commits, grows the map and compacts always sees one commit."""
    environment = Environment(tmp_path, limit_bytes=1 << 30, sync=False, initial_map_bytes=1 << 16)
    keys = [bytes([number]) for number in range(1, 21)]
    done = threading.Event()
    seen: set[tuple[int, int]] = set()

    def write(body: bytes) -> None:
        environment.write(lambda transaction: transaction.put_many(schema.LINKS, [(key, body) for key in keys]))

    def read() -> None:
        last = False
        while not last:
            last = done.is_set()
            rows = environment.read(lambda transaction: transaction.items(schema.LINKS))
            seen.add((len(rows), len({value[:1] for _, value in rows})))

    write(b"0")
    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(1, 20):
            write(bytes([number]) * 5_000 * number)
            if number % 4 == 0:
                environment.compact()
    finally:
        done.set()
        reader.join()
    assert seen == {(20, 1)}
    assert environment.statistics().map_bytes > 1 << 16
    environment.close()


def test_gate_lets_nobody_in_beside_whoever_is_alone():
    """While one is alone inside, sharers wait; they pass when it has left."""
    gate, order = Gate(), []
    started = threading.Event()

    def share() -> None:
        started.set()
        with gate.shared():
            order.append("shared")

    with gate.alone():
        thread = threading.Thread(target=share)
        thread.start()
        started.wait()
        order.append("alone")
    thread.join()
    assert order == ["alone", "shared"]


def test_gate_opens_again_after_an_error():
    """An exception inside does not leave the gate closed."""
    gate = Gate()
    for passage in (gate.shared, gate.alone):
        try:
            with passage():
                raise KeyError
        except KeyError:
            pass
    with gate.alone():
        pass
