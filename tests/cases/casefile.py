"""Case files: versions of source files, and what each version does to the index.

A file holds many cases. A case is a name, a sentence or two that says what is promised, and sections:

    [case callee's signature reaches its callers]
    Only those who reach it in at most `depth` steps are embedded again.
    [config depth=1 show=imports]     settings of the cascade, others by section.name; see OPTIONS
    [file a.py]                       the file in step 1
    [file a.py.2]                     the file in step 2; files that are not named stay as they are
    [delete a.py.3] [rename a.py b.py.3] [touch a.py.3] [crlf a.py.3] [binary a.py.3]
    [collect.3] [config3 depth=2]
    [edges]                           what is so after step 1
    [stale2]                          what step 2 did

After the steps of a case stand the expectations. These are always compared, and absent means what it
says: `edges` (absent: as after the step before), and for every step but the first `stale` (symbols that
were there before and have another key now), `embedded` and `reused` (absent: none). The others are compared
where they are written: marked, cut, relinked, removed, unresolved, skipped, symbols, context.

`Case.text` writes a case back in one layout, with other expectations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from codegraph.config import Config

Setting = int | float | str | list[str]

ACTIONS = ("file", "delete", "rename", "touch", "crlf", "binary", "collect", "config")
ALWAYS = ("edges", "stale", "embedded", "reused")
EXPECTATIONS = (
    *("edges", "context", "symbols", "removed", "relinked", "marked", "cut", "stale", "embedded", "reused"),
    *("unresolved", "skipped"),
)
"""In the order in which they are written."""

OPTIONS = {
    "depth": "cascade.depth",
    "max_context": "cascade.max_context",
    "budget": "cascade.budget",
}

_HEADER = re.compile(rf"\[(case|{'|'.join((*ACTIONS, *EXPECTATIONS))})(\d*)((?:[ .][^\]]*)?)\]\s*\Z")


@dataclass(frozen=True)
class Action:
    """Something done to the tree, or to the settings, in one step."""

    kind: str
    step: int
    arguments: tuple[str, ...]
    body: str
    """The text of a file, its last line ended."""

    @property
    def header(self) -> str:
        """The line that the section begins with."""
        words = " ".join(self.arguments)
        if self.kind == "config":
            return f"[config{'' if self.step == 1 else self.step} {words}]"
        step = "" if self.step == 1 else f".{self.step}"
        return f"[{self.kind}{' ' if words else ''}{words}{step}]"


@dataclass
class Case:
    """One case: steps count from 1."""

    file: Path
    name: str
    about: list[str] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    expected: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    """(section, step) -> its lines."""

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return max([1, *(action.step for action in self.actions), *(step for _, step in self.expected)])

    def settings(self, step: int) -> dict[str, Setting] | None:
        """Return what the `config` sections of a step set, None if it has none."""
        words = [word for action in self._of_step(step) if action.kind == "config" for word in action.arguments]
        pairs = [word.partition("=")[::2] for word in words if not word.startswith("show=")]
        if not words:
            return None
        return {name: _value(name, text) for name, text in ((OPTIONS.get(name, name), text) for name, text in pairs)}

    @property
    def shown(self) -> frozenset[str]:
        """The kinds of edges that the case asks for beside the usual ones."""
        words = [word for action in self.actions if action.kind == "config" for word in action.arguments]
        return frozenset(kind for word in words if word.startswith("show=") for kind in word[5:].split(","))

    def edits(self, step: int) -> list[Action]:
        """Return what is done to the tree in a step, in order."""
        return [action for action in self._of_step(step) if action.kind not in ("config", "collect")]

    def collects(self, step: int) -> bool:
        """Is garbage collected at the end of the step?"""
        return any(action.kind == "collect" for action in self._of_step(step))

    def text(self, expected: dict[tuple[str, int], list[str]]) -> str:
        """Write the case with these expectations, in the usual layout."""
        lines = [f"[case {self.name}]", *self.about]
        for step in range(1, self.steps + 1):
            for action in self._of_step(step):
                lines += [action.header, *action.body.splitlines()]
            for section in EXPECTATIONS:
                if (section, step) in expected:
                    lines += [f"[{section}{'' if step == 1 else step}]", *expected[section, step]]
        return "\n".join(lines) + "\n"

    def _of_step(self, step: int) -> list[Action]:
        return [action for action in self.actions if action.step == step]


def read_cases(file: Path) -> list[Case]:
    """Read a case file; raises ValueError with the line of a section that makes no sense."""
    cases: list[Case] = []
    header: tuple[str, str, str] | None = None
    body: list[str] = []

    def finish() -> None:
        if header is not None:
            _add(cases, file, header, body)

    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        match = _HEADER.match(line)
        if match is None:
            body.append(line)
            continue
        finish()
        header, body = (match.group(1), match.group(2), match.group(3)), []
        if header[0] != "case" and not cases:
            raise ValueError(f"{file}:{number}: a section before the first case")
    finish()
    return cases


def write_cases(file: Path, texts: list[str]) -> None:
    """Write the texts of all cases of a file, one blank line between two."""
    file.write_text("\n".join(texts), encoding="utf-8")


def _add(cases: list[Case], file: Path, header: tuple[str, str, str], body: list[str]) -> None:
    kind, number, rest = header
    lines = _without_blank_end(body)
    if kind == "case":
        cases.append(Case(file, rest.strip(), lines))
        return
    case = cases[-1]
    if kind in EXPECTATIONS:
        case.expected[kind, int(number or 1)] = lines
        return
    step = int(number or 1)
    if kind != "config" and (match := re.search(r"\.(\d+)\s*\Z", rest)):
        step, rest = int(match.group(1)), rest[: match.start()]
    text = "\n".join(lines) + "\n" if lines else ""
    case.actions.append(Action(kind, step, tuple(rest.split()), text))


def _without_blank_end(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end]


def _value(name: str, text: str) -> Setting:
    """Read a value as the type that the setting's default has."""
    section, _, setting = name.partition(".")
    default = getattr(getattr(Config(), section), setting)
    if isinstance(default, tuple):
        return [word for word in text.split(",") if word]
    if isinstance(default, bool):
        return text == "true"
    value: Setting = type(default)(text)
    return value
