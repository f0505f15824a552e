"""Strings that spell a name of several words: whoever is given one may call the function that is called so.

`method="filter_revoked"`, `createAndTrigger('HEADERS', $data, 'act_send')`: what calls it is a library, or a call of
what a variable holds. Nothing is resolved. The name makes an answer about its callers a lower bound (`dynamic`). A name
of one word (`"name"`, `"GET"`) says too little.
Tests: tests/unit/extract/test_extract_python_references.py, test_extract_php.py.
"""

from __future__ import annotations

import re
from typing import Final

SPELLED_NAME: Final = r"_{0,2}(?=[A-Za-z0-9_]{5,60}\b)(?:[a-z][a-z0-9]*(?:_[a-z0-9]+)+|[a-z]+[A-Z][A-Za-z0-9]*)"
"""A name of several words, not in capitals only."""
_NAME: Final = re.compile(SPELLED_NAME)


def is_spelled(text: str) -> bool:
    """Tell whether a string is nothing but such a name."""
    return _NAME.fullmatch(text) is not None
