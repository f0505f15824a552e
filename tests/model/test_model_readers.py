"""Invariant I6: a reader in another thread sees one revision, whole, while the writer goes on."""

from __future__ import annotations

import threading

from projects import Project

from codegraph.core.symbols import SymbolId

CALLERS = 20
ROUNDS = 60


def files(number: int) -> dict[str, str | None]:
    """Return revision `number`: a function named after it, and files that all call it."""
    found: dict[str, str | None] = {"hub.py": f"def hub{number}(): pass\n"}
    for caller in range(CALLERS):
        found[f"c{caller}.py"] = f"from hub import hub{number}\ndef call(): hub{number}()\n"
    return found


def test_readers_see_one_revision() -> None:
    """In every snapshot all callers call the hub of one and the same revision, from both ends of the edges."""
    project = Project()
    project.change(files(0))
    troubles: list[str] = []
    seen: set[int] = set()
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            snapshot = project.index.snapshot
            seen.add(snapshot.clock.revision)
            called = {
                edge.target
                for caller in range(CALLERS)
                for edge in snapshot.dependencies(SymbolId(f"c{caller}.py/call()."))
            }
            hubs = [symbol.id for symbol in snapshot.in_file("hub.py")[1:]]
            dependents = snapshot.dependents(hubs[0])
            calls = [source for source, edge in dependents if edge.kind == "calls"]
            if list(called) != hubs or len(calls) != CALLERS or snapshot.counts.symbols != 2 + 2 * CALLERS:
                troubles.append(f"{snapshot.clock}: {called} {hubs} {len(calls)}")

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(1, ROUNDS):
        project.change(files(number))
    is_over.set()
    for reader in readers:
        reader.join()
    assert troubles == []
    assert seen
