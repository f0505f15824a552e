"""Sources as no one would write them: cut, spliced, with bytes that mean nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator


def damaged(source: bytes, seed: str, count: int) -> Iterator[bytes]:
    """Damage a source in one to four places, so many times; always the same for the same seed."""
    draw = random.Random(seed)
    for _ in range(count):
        data = bytearray(source)
        for _ in range(draw.randint(1, 4)):
            at, to = sorted((draw.randrange(len(data) + 1), draw.randrange(len(data) + 1)))
            match draw.randrange(3):
                case 0:
                    del data[at:to]
                case 1:
                    data[at:at] = source[at:to]
                case _:
                    data[at:at] = draw.randbytes(3)
        yield bytes(data)
