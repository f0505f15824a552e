"""The width of what is mentioned at a place."""

from __future__ import annotations

import pytest

from codegraph.cli.words import width_at
from codegraph.daemon.messages import Position


@pytest.mark.parametrize(
    ("line", "column", "name", "width"),
    [
        ("return cart.price() + 1", 12, "price", 5),
        ("return summed(1)", 7, "total", 6),
        ("from shop import total as summed", 17, "total", 5),
        ("pricey()", 0, "price", 6),
        ('"𝔸", über𝔸()', 6, "über𝔸", 6),
        ("go; ok?", 4, "ok?", 3),
        ("this.#p()", 5, "#p", 2),
        ("r#match()", 0, "r#match", 7),
        ("See `shop.cart.total` there", 5, "total", 15),
        ("See `shop.cart.total` there", 5, "shop", 4),
        ("table[0]()", 8, "run", 0),
        ("short", 40, "run", 0),
        ("a b", 0, "", 1),
    ],
)
def test_a_mention_is_as_wide_as_what_is_written(line: str, column: int, name: str, width: int) -> None:
    """The name, with what qualifies it in a document, or the word that it is called by there; in UTF-16."""
    assert width_at(["above", line], Position(1, column), name) == width
    assert width_at(["above"], Position(1, column), name) == 0
