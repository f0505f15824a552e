"""What the header of a Python function says of values: what the names in it mean around the function.

`def load(stream, Loader=Loader)` and `def create() -> Validator` with a class `Validator` inside name what stands
outside, which the function hides from its body. The head of such a chain begins with OUTSIDE. A function inside a
function is left as it is: what is around that is not only the file.
Tests: tests/unit/extract/test_extract_python_headers.py.
"""

from __future__ import annotations

from codegraph.core.facts import OUTSIDE, Chain
from codegraph.core.symbols import CALLABLE_KINDS
from codegraph.extract.view import FileView


class Headers:
    """The names that functions of one file hide from their bodies: their parameters and what is defined inside."""

    def __init__(self, view: FileView) -> None:
        names: dict[int, set[str]] = {}
        members: set[tuple[int, str]] = set()
        for found in view.definitions:
            if found.local:
                names.setdefault(found.container, set()).add(found.name)
            else:
                members.add((found.container, found.name))
        for form in ("parameter", "defaulted", "typed"):
            for match in view.forms(form):
                target = match["target"][0]
                names.setdefault(view.scope_of(target.start_byte), set()).add(view.text.of(target))
        self._hidden: dict[int, set[str]] = {}
        for owner, each in names.items():
            found = view.definitions[owner]
            if found.kind in CALLABLE_KINDS and not found.local:
                within = found.container  # a class's own names come first, and no mark stands for these
                self._hidden[owner] = {name for name in each if not within or (within, name) not in members}

    def meant(self, chain: Chain, owner: int) -> Chain:
        """Say a chain of a function's header as its body has to read it."""
        if chain and chain[0] in self._hidden.get(owner, ()):
            return (OUTSIDE + chain[0], *chain[1:])
        return chain
