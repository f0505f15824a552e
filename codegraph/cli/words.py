"""How wide a mention is: the index knows where one begins, an editor wants to know where it ends.

Columns and widths are in UTF-16 code units. Pure. Tests: tests/unit/cli/test_cli_words.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from codegraph.daemon.messages import Position

_WORD = re.compile(r"[#$@]*[\w$]+")
_QUALIFIED = r"(?:[\w$]+(?:\.|::|\\|#))*?"
"""What may stand before a name that is mentioned with all that it is in, as in documents."""


def width_at(lines: Sequence[str], place: Position, name: str) -> int:
    """Return the width of a mention of `name`, which may be called otherwise there; 0 if no word begins there."""
    line = lines[place.line] if place.line < len(lines) else ""
    rest = line.encode("utf-16-le", "surrogatepass")[2 * place.character :].decode("utf-16-le", "replace")
    found = re.match(rf"{_QUALIFIED}{re.escape(name)}(?![\w$])", rest) if name else None
    found = found or _WORD.match(rest)
    return len(found[0].encode("utf-16-le")) // 2 if found else 0
