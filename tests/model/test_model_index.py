"""Invariants I1, I2, I3: after any edits the index equals a clean build, marks enough, embeds nothing in vain.

A machine edits an in-memory tree of Python texts through the real extractor. After every step it
compares with a clean build (files, definitions, edges with positions, unresolved references, keys and
all lookups), checks that every changed key had been marked, and lets a recording fake encoder embed
what is wanted.
"""

from __future__ import annotations

from typing import Any

import pytest
from checked_project import CheckedProject
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from libraries import BOTH, formatted
from strategies import library_choices, library_edits, module_texts, project_paths

from codegraph.config import CascadeConfig


class IndexMachine(RuleBasedStateMachine):
    """Edits a project; the invariants hold after every step."""

    seams: dict[str, Any] = {}  # noqa: RUF012 (overridden by subclasses, never modified)

    def __init__(self) -> None:
        super().__init__()
        self.checked = CheckedProject(**self.seams)
        self.project = self.checked.project
        self.encoder = self.checked.encoder
        self.change = self.checked.change
        self.choices: dict[str, list[int]] = {}

    @initialize(choices=library_choices, others=st.dictionaries(project_paths, module_texts, max_size=2))
    def start(self, choices: dict[str, list[int]], others: dict[str, str]) -> None:
        """Begin with a library and some other files."""
        self.choices = choices
        self.change({**{path: BOTH.text(path, choice) for path, choice in choices.items()}, **others})

    @rule(edit=library_edits)
    def write_part(self, edit: tuple[str, int, int]) -> None:
        """Change one part of one file: a body, a signature, a member, a base, an import, a star import."""
        path, place, variant = edit
        self.choices[path][place] = variant
        self.change({path: BOTH.text(path, self.choices[path])})

    @rule(path=project_paths, text=module_texts)
    def write(self, path: str, text: str) -> None:
        """Write any file, new or not."""
        self.change({path: text})

    @rule(files=st.dictionaries(project_paths, st.none() | module_texts, min_size=2, max_size=4))
    def write_several(self, files: dict[str, str | None]) -> None:
        """Write and delete several files at once."""
        self.change(files)

    @precondition(lambda self: self.project.files)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """Delete a file."""
        self.change({data.draw(st.sampled_from(sorted(self.project.files))): None})

    @precondition(lambda self: self.project.files)
    @rule(data=st.data(), place=project_paths)
    def move(self, data: st.DataObject, place: str) -> None:
        """Move a file: new identifiers, and nothing to embed but what has another context."""
        path = data.draw(st.sampled_from(sorted(self.project.files)))
        place = place.rpartition(".")[0] + path[path.rindex(".") :]
        self.change({path: None, place: self.project.files[path]} if place != path else {})

    @rule(directory=st.sampled_from(["pkg", "lib", "src"]), name=st.sampled_from(["pkg", "lib", "src/lib"]))
    def move_directory(self, directory: str, name: str) -> None:
        """Move a whole directory."""
        inside = {path: text for path, text in self.project.files.items() if path.startswith(directory + "/")}
        gone = dict.fromkeys(inside)
        self.change({**gone, **{name + path[len(directory) :]: text for path, text in inside.items()}})

    @precondition(lambda self: self.project.files)
    @rule(data=st.data())
    def edit_signature(self, data: st.DataObject) -> None:
        """Add a parameter to every function of a file (in some languages; in others it is broken text)."""
        path = data.draw(st.sampled_from(sorted(self.project.files)))
        self.change({path: self.project.files[path].replace("):", ", extra=None):").replace("(, ", "(")})

    @precondition(lambda self: self.project.files)
    @rule(data=st.data())
    def edit_body(self, data: st.DataObject) -> None:
        """Change bodies only: without another edge nobody but the symbols themselves may be marked."""
        path = data.draw(st.sampled_from(sorted(self.project.files)))
        delta = self.change({path: self.project.files[path].replace("pass", "pass; number = 1")})
        causes = {cause.rule for cause in delta.marked.values()}
        assert causes <= {"own"}, "an edit of bodies went further"

    @precondition(lambda self: self.project.files)
    @rule(data=st.data())
    def format(self, data: st.DataObject) -> None:
        """Move lines and add comments: positions follow, keys stay, nothing is embedded."""
        path = data.draw(st.sampled_from(sorted(self.project.files)))
        calls = self.encoder.calls
        delta = self.change({path: formatted(path, self.project.files[path])})
        assert not delta.keys
        assert self.encoder.calls == calls

    @precondition(lambda self: self.project.files)
    @rule(data=st.data())
    def touch(self, data: st.DataObject) -> None:
        """Write the same bytes again: no revision, no work."""
        path = data.draw(st.sampled_from(sorted(self.project.files)))
        revision = self.project.index.snapshot.clock.revision
        delta = self.change({path: self.project.files[path]})
        assert (delta.revision, delta.relinked, dict(delta.marked)) == (revision, (), {})

    @rule(data=st.data())
    def revert(self, data: st.DataObject) -> None:
        """Go back to an earlier tree: every key is known, nothing is embedded."""
        earlier = data.draw(st.sampled_from(self.checked.history))
        calls = self.encoder.calls
        self.change({**dict.fromkeys(self.project.files), **earlier})
        assert self.encoder.calls == calls

    @invariant()
    def equals_a_clean_build(self) -> None:
        """I1."""
        self.checked.compare()


def run(machine: type[IndexMachine], examples: int, steps: int, *, shrink: bool = True) -> None:
    """Run a machine with a fixed sequence of examples."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=True,
            database=None,
            phases=tuple(Phase) if shrink else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_incremental_equals_clean() -> None:
    """I1, I2, I3 over random histories."""
    run(IndexMachine, 60, 15)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_incremental_equals_clean_at_length() -> None:
    """The same, many more and longer histories."""
    run(IndexMachine, 2000, 40)


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_other_depths(depth: int) -> None:
    """I1 to I3 hold for every depth, and with a context that is cut short."""

    class Machine(IndexMachine):
        seams = {"cascade": CascadeConfig(depth=depth, max_context=2)}  # noqa: RUF012

    run(Machine, 15, 12)
