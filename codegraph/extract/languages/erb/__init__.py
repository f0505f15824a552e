"""ERB: text with Ruby in it, as Rails' views are written.

The parser reads the code between the tags as it stands, a line end in place of each end of a tag, and blanks for the
text: so blocks go on from one tag to another. Tests: tests/unit/extract/test_extract_embedded.py.
"""

from __future__ import annotations

import re
from typing import Final

from codegraph.extract.languages.embedded import blanked, embedded_spec
from codegraph.extract.languages.ruby import SPEC as RUBY

_TAG: Final = re.compile(rb"<%(?:%|#(?:[^%]|%(?!>))*+(?:%>|\Z)|(?:[=-]{1,2}|\|=?)?(?P<code>(?:[^%]|%(?!>))*+)%>)")


def _written(data: bytes) -> bytes:
    """Return what the parser reads."""
    read = bytearray(blanked(data))
    for found in _TAG.finditer(data):
        if found["code"] is not None:
            start, end = found.span("code")
            read[start:end] = found["code"].removesuffix(b"-").ljust(end - start)
            read[end] = ord("\n")
    return bytes(read)


SPEC: Final = embedded_spec("erb", RUBY, _written)
