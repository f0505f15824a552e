"""The order in which the bases of a class are searched: the C3 linearisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


def linearise(own: Item, orders: Sequence[tuple[Item, ...]]) -> tuple[Item, ...]:
    """Merge the orders of the direct bases behind `own`; depth first where C3 has no solution.

    Each order starts with its base. The direct bases keep their own order, as C3 demands.
    """
    pending = [list(order) for order in orders]
    pending.append([order[0] for order in orders])
    merged = [own]
    while pending := [order for order in pending if order]:
        head = next((each[0] for each in pending if not any(each[0] in other[1:] for other in pending)), None)
        if head is None:
            return tuple(dict.fromkeys([own, *(each for order in orders for each in order)]))
        merged.append(head)
        pending = [order[1:] if order[0] == head else order for order in pending]
    return tuple(merged)
