"""Fully qualified names: what `namespace` and `use` make of a name as it is written (php.net, name resolution).

Nothing but the file decides it, so facts hold full names: a class is one element `\\A\\B\\Name`, a function
`f:A\\B\\name`, a constant `c:A\\B\\NAME`. Where PHP falls back to the global name, "?" stands in the place of ":".
Tests: tests/unit/extract/test_extract_php.py.
"""

from __future__ import annotations


class Names:
    """The namespace that a stretch of a file is in, and what it imports."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self.classes: dict[str, str] = {}
        """Alias in lower case -> full name, without a leading backslash."""
        self.functions: dict[str, str] = {}
        self.constants: dict[str, str] = {}

    def add(self, kind: str, alias: str, full: str) -> None:
        """Note an import; `kind` is "", "function" or "const"."""
        if kind == "function":
            self.functions[alias.lower()] = full
        elif kind == "const":
            self.constants[alias] = full
        else:
            self.classes[alias.lower()] = full

    def declared(self, name: str) -> str:
        """Return the full name of what is declared here."""
        return f"{self.namespace}\\{name}" if self.namespace else name

    def class_name(self, written: str) -> str:
        """Return the element of a class that is mentioned here."""
        return "\\" + (self._qualified(written) or self._imported(written))

    def function_name(self, written: str) -> str:
        """Return the element of a function that is called here."""
        if "\\" in written:
            return "f:" + (self._qualified(written) or self._imported(written))
        found = self.functions.get(written.lower())
        return f"f:{found}" if found else f"f?{self.declared(written)}"

    def constant_name(self, written: str) -> str:
        """Return the element of a constant that is read here."""
        if "\\" in written:
            return "c:" + (self._qualified(written) or self._imported(written))
        found = self.constants.get(written)
        return f"c:{found}" if found else f"c?{self.declared(written)}"

    def _qualified(self, written: str) -> str:
        if written.startswith("\\"):
            return written[1:]
        return self.declared(written[10:]) if written[:10].lower() == "namespace\\" else ""

    def _imported(self, written: str) -> str:
        first, backslash, rest = written.partition("\\")
        found = self.classes.get(first.lower())
        return f"{found}{backslash}{rest}" if found else self.declared(written)
