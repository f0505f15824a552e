"""The symbol table: what files offer each other, and who asked for what.

Terms. A *key* is a string made by `resolve.keys`; its *value* is merged from the contributions of
files. A *reader* of a key is a file whose linking asked for it, hit or miss. A *slot* is the small
integer that stands for a key while it has a value or a reader; slots are used again afterwards, so
the table does not grow with the history of edits.

Inputs: contributions per file (`update`) and reads per file (`set_reads`). Outputs: the keys whose
value differs after an update (symmetric difference by value, over the whole update), and their
readers, sorted. Invariant: the value of a key is a function of the present contributions, so neither
the order of files nor the past can be seen in it.

Tests: tests/unit/graph/test_graph_table.py.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from codegraph.graph.resolve.keys import ANY, PATH, SHARED_KINDS, kind_of, make_key, name_key
from codegraph.graph.resolve.scheme import MANY, Entry, Value

_Readers: TypeAlias = "array[int] | int | None"
"""File numbers: none, the only one, or several."""


Elsewhere: TypeAlias = Callable[[str], Value | None]
"""Key -> value, for keys whose values the table does not have."""


def nowhere(key: str) -> Value | None:  # noqa: ARG001  (the type's parameter)
    """Answer that nothing is defined."""
    return None


class SymbolTable:
    """Keys, values and readers of one index; used by the writer alone."""

    def __init__(self) -> None:
        self._slots: dict[str, int] = {}
        self._keys: list[str | None] = []
        self._values: list[Value | None] = []
        self._readers: list[_Readers] = []
        self._free: list[int] = []
        self._shared: dict[int, dict[Entry, int]] = {}
        self._offered: dict[str, array[int]] = {}
        self._offered_shared: dict[str, dict[int, Value]] = {}
        self._reads: dict[int, array[int]] = {}
        self._file_numbers: dict[str, int] = {}
        self._file_paths: list[str] = []

    def value(self, key: str) -> Value | None:
        """Return the present value of a key without remembering who asked."""
        slot = self._slots.get(key)
        return None if slot is None else self._values[slot]

    def slots(self) -> tuple[Callable[[str], int | None], Sequence[Value | None]]:
        """Return what finds the slot of a key, and the present values by slot."""
        return self._slots.get, self._values

    def reader(self, elsewhere: Elsewhere = nowhere) -> TracedReader:
        """Return a fresh reader for linking one file; `elsewhere` knows the values of `any` and `path` keys."""
        return TracedReader(self, elsewhere)

    def update(self, changes: Mapping[str, Mapping[str, Value] | None]) -> dict[str, Value | None]:
        """Replace the contributions of files (None: the file is gone); return the changed keys, sorted, and their old
        values.

        A key counts as changed when its value before the whole update differs from its value after it.
        """
        before: dict[int, Value | None] = {}
        changes = {path: now for path, now in changes.items() if now is None or not self._is_offered(path, now)}
        for path in changes:
            self._withdraw(path, before)
        for path, contributions in changes.items():
            if contributions is not None:
                self._offer(path, contributions, before)
        changed: dict[str, Value | None] = {}
        for slot, old in before.items():
            if slot in self._shared:
                self._values[slot] = self._merged(slot)
            key = self._keys[slot]
            if key is not None and self._values[slot] != old:
                changed[key] = old
        for slot in before:
            self._release(slot)
        return {key: changed[key] for key in sorted(changed)}

    def readers(self, keys: Iterable[str]) -> list[str]:
        """Return the files that asked for any of the keys, sorted."""
        found: dict[int, None] = {}
        for key in keys if self._reads else ():
            slot = self._slots.get(key)
            readers = None if slot is None else self._readers[slot]
            if isinstance(readers, int):
                found[readers] = None
            elif readers is not None:
                found.update(dict.fromkeys(readers))
        return sorted(self._file_paths[number] for number in found)

    def set_reads(self, path: str, keys: Iterable[str]) -> None:
        """Remember that linking `path` asked for exactly these keys; no keys forget the file."""
        known = self._slots.get
        found = [(known(key), key) for key in keys]
        old = frozenset(self._reads.get(self._number(path), ()))
        self._read(path, old, {self._slot(key) if slot is None else slot for slot, key in found})

    def change_reads(self, path: str, added: Iterable[str], removed: Iterable[str]) -> None:
        """Remember that linking `path` asks for some more keys than before, and no longer for others."""
        old = frozenset(self._reads.get(self._number(path), ()))
        gone = {slot for key in removed if (slot := self._slots.get(key)) is not None}
        self._read(path, old, (old - gone).union(map(self._slot, added)))

    def forget_reads(self, paths: Iterable[str]) -> None:
        """Forget that linking these files asked for anything; whatever many of them read is gone through once."""
        lost: dict[int, set[int]] = {}
        for path in paths:
            number = self._number(path)
            for slot in self._reads.pop(number, ()):
                lost.setdefault(slot, set()).add(number)
        for slot in sorted(lost):
            readers = self._readers[slot]
            left = [each for each in readers if each not in lost[slot]] if isinstance(readers, array) else []
            self._readers[slot] = self._as_readers(left)
            self._release(slot)

    def _read(self, path: str, old: AbstractSet[int], new: AbstractSet[int]) -> None:
        number = self._number(path)
        for slot in sorted(old - new):
            self._drop_reader(slot, number)
            self._release(slot)
        ordered = sorted(new)
        for slot in sorted(new - old) if old else ordered:
            self._add_reader(slot, number)
        if new:
            self._reads[number] = array("I", ordered)
        else:
            self._reads.pop(number, None)

    def reads(self, path: str) -> tuple[str, ...]:
        """Return the keys that linking `path` asked for, sorted."""
        number = self._file_numbers.get(path)
        slots = () if number is None else self._reads.get(number, ())
        return tuple(sorted(key for slot in slots if (key := self._keys[slot]) is not None))

    def contributions(self, path: str) -> dict[str, Value]:
        """Return what a file offers at present, keys sorted."""
        found: dict[str, Value] = {}
        shared = self._offered_shared.get(path, {})
        for slot in self._offered.get(path, ()):
            key, value = self._keys[slot], shared.get(slot, self._values[slot])
            if key is not None and value is not None:
                found[key] = value
        return dict(sorted(found.items()))

    def __len__(self) -> int:
        """How many keys have a value or a reader."""
        return len(self._slots)

    def _offer(self, path: str, contributions: Mapping[str, Value], before: dict[int, Value | None]) -> None:
        slots = array("I")
        for key, value in contributions.items():
            slot = self._slot(key)
            slots.append(slot)
            before.setdefault(slot, self._values[slot])
            if kind_of(key) in SHARED_KINDS:
                self._offered_shared.setdefault(path, {})[slot] = value
                counts = self._shared.setdefault(slot, {})
                for entry in value:
                    counts[entry] = counts.get(entry, 0) + 1
            else:
                self._values[slot] = value
        self._offered[path] = slots

    def _is_offered(self, path: str, contributions: Mapping[str, Value]) -> bool:
        """Tell whether this is what a file offers already."""
        present = self._offered.get(path)
        if present is None or len(present) != len(contributions):
            return False
        offered, shared, slots, values = set(present), self._offered_shared.get(path, {}), self._slots, self._values
        for key, value in contributions.items():
            slot = slots.get(key, -1)
            if slot not in offered or (shared[slot] if slot in shared else values[slot]) != value:
                return False
        return True

    def _withdraw(self, path: str, before: dict[int, Value | None]) -> None:
        shared = self._offered_shared.pop(path, {})
        for slot in self._offered.pop(path, ()):
            before.setdefault(slot, self._values[slot])
            if slot not in shared:
                self._values[slot] = None
                continue
            counts = self._shared[slot]
            for entry in shared[slot]:
                counts[entry] -= 1
                if not counts[entry]:
                    del counts[entry]

    def _merged(self, slot: int) -> Value | None:
        counts = self._shared[slot]
        if not counts:
            del self._shared[slot]
            return None
        if len(counts) > SHARED_KINDS[kind_of(self._keys[slot] or "")]:
            return MANY
        return tuple(sorted(counts))

    def _slot(self, key: str) -> int:
        slot = self._slots.get(key)
        if slot is None:
            if self._free:
                slot = self._free.pop()
                self._keys[slot] = key
            else:
                slot = len(self._keys)
                self._keys.append(key)
                self._values.append(None)
                self._readers.append(None)
            self._slots[key] = slot
        return slot

    def _release(self, slot: int) -> None:
        key = self._keys[slot]
        if key is not None and self._values[slot] is None and self._readers[slot] is None:
            del self._slots[key]
            self._keys[slot] = None
            self._free.append(slot)

    def _number(self, path: str) -> int:
        number = self._file_numbers.get(path)
        if number is None:
            number = self._file_numbers[path] = len(self._file_paths)
            self._file_paths.append(path)
        return number

    def _add_reader(self, slot: int, number: int) -> None:
        readers = self._readers[slot]
        if readers is None:
            self._readers[slot] = number
        elif isinstance(readers, int):
            self._readers[slot] = array("I", (readers, number))
        else:
            readers.append(number)

    def _drop_reader(self, slot: int, number: int) -> None:
        readers = self._readers[slot]
        if isinstance(readers, array):
            readers.remove(number)
            if len(readers) == 1:
                self._readers[slot] = self._as_readers(readers)
        else:
            self._readers[slot] = None

    def _as_readers(self, numbers: Sequence[int]) -> _Readers:
        """Return the readers of a slot as they are kept: one as the number that others share, too."""
        if len(numbers) < 2:
            return self._number(self._file_paths[numbers[0]]) if numbers else None
        return array("I", numbers)


class TracedReader:
    """A `TableReader` over a table: answers, and remembers every key asked for."""

    def __init__(self, table: SymbolTable, elsewhere: Elsewhere = nowhere) -> None:
        self._slot, self._values = table.slots()
        self._elsewhere = elsewhere
        self.log: dict[str, Value | None] = {}
        """Every key asked for, and the answer."""

    def get(self, key: str) -> Value | None:
        """Return the value of a key, or None; the question is logged either way."""
        log = self.log
        if key in log:
            return log[key]
        slot = self._slot(key)
        value = log[key] = None if slot is None else self._values[slot]
        return value

    def named(self, family: str, name: str) -> Value | None:
        """Return the sole definition of that name in the family, MANY, or None."""
        return self.get(name_key(family, name))

    def defined(self, name: str) -> Value | None:
        """Return all definitions of that name in code, MANY, or None."""
        return self._ask(make_key(ANY, name))

    def is_file(self, path: str) -> bool:
        """Say whether there is a file of code at that path."""
        return self._ask(make_key(PATH, path)) is not None

    def repeats(self, asked: Mapping[str, Value | None]) -> bool:
        """Ask all of these keys again if each has the value that it had; ask nothing if one has not."""
        slot_of, values = self._slot, self._values
        for key, known in asked.items():
            slot = slot_of(key)
            value = None if slot is None else values[slot]
            if value is not known and value != known:
                return False
        self.log.update(asked)
        return True

    def _ask(self, key: str) -> Value | None:
        log = self.log
        if key not in log:
            log[key] = self._elsewhere(key)
        return log[key]

    def reads(self) -> tuple[str, ...]:
        """Return every key asked for, sorted."""
        return tuple(sorted(self.log))
