"""Which models stay loaded: codegraph/embed/budget.py."""

from __future__ import annotations

from codegraph.embed.budget import ModelBudget


class Holder:
    """A model that can be told to be busy; it remembers whether it was unloaded."""

    def __init__(self, *, busy: bool = False) -> None:
        self.busy = busy
        self.unloads = 0

    def unload(self) -> bool:
        if self.busy:
            return False
        self.unloads += 1
        return True


def test_the_least_recently_used_goes_first() -> None:
    """Loading beyond the limit unloads just as many as must be, those unused for longest."""
    budget = ModelBudget(100)
    first, second, third = Holder(), Holder(), Holder()
    budget.loaded(first, 40)
    budget.loaded(second, 40)
    budget.used(first)
    budget.loaded(third, 40)
    assert [first.unloads, second.unloads, third.unloads] == [0, 1, 0]
    assert budget.used_bytes == 80
    budget.gone(second)
    budget.used(second)
    assert budget.used_bytes == 80


def test_a_busy_model_is_left_alone_until_it_has_time() -> None:
    """Work in hand is never lost to the budget; the next chance is the next answer of anybody."""
    budget = ModelBudget(100)
    busy, other = Holder(busy=True), Holder()
    budget.loaded(busy, 60)
    budget.loaded(other, 60)
    assert busy.unloads == 0
    busy.busy = False
    budget.used(other)
    assert busy.unloads == 1
    budget.used(other)
    assert busy.unloads == 1


def test_the_model_in_use_stays_however_large() -> None:
    """A limit too small for one model does not make it useless; a limit of 0 is none."""
    budget = ModelBudget(10)
    large = Holder()
    budget.loaded(large, 1_000)
    assert large.unloads == 0
    endless, holders = ModelBudget(0), [Holder() for _ in range(5)]
    for holder in holders:
        endless.loaded(holder, 1 << 40)
    assert not any(holder.unloads for holder in holders)


def test_a_reloaded_model_counts_once() -> None:
    """Loaded, ended, loaded again: its size is that of its last life."""
    budget = ModelBudget(100)
    holder = Holder()
    for size in (30, 50):
        budget.loaded(holder, size)
    assert budget.used_bytes == 50
