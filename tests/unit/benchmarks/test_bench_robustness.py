"""Robustness: mutants are the same every time, and facts that contradict themselves are found."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from benchmarks import robustness
from benchmarks.robustness import WAYS, Found, attack, faults, mutants
from codegraph.core.symbols import Range
from codegraph.extract.extractor import Limits, extract

FILES = [b"class A:\n    def f(self):\n        return g()\n\n\ndef g():\n    return 1\n", b"x = [1, 2]\n"]


def test_mutants_are_the_same_every_time():
    """Equal seeds give equal files, each way to damage them has its turn, and other seeds give others."""
    first = list(mutants(FILES, 60))
    assert first == list(mutants(FILES, 60))
    assert first != list(mutants(FILES, 60, seed=1))
    assert max(map(len, first)) > robustness.DEEP
    assert len(WAYS) == 6


@pytest.mark.parametrize("language", ["python", "javascript", "c", "rust"])
def test_no_mutant_breaks_extraction(language):
    """Sixty files that no one language is for: no exception, no contradiction."""
    found = attack(language, FILES, 60, Limits(data_flow=True))
    assert (found.mutants, found.broken) == (60, [])
    assert found.worst > 0


ATTACK = """
import sys
from pathlib import Path
from benchmarks import robustness
from codegraph.extract.extractor import Limits
robustness.SECONDS = 0.1
robustness._damaged = lambda way, data, other, chance: data
stuck, kept = map(Path, sys.argv[1:])
found = robustness.attack("kotlin", [b"fun f() {}\\n"], 1, Limits())
robustness.attack("kotlin", [stuck.read_bytes()], 3, Limits(), found, kept)
"""


def test_a_mutant_that_is_never_finished_is_given_up(tmp_path):
    """The process ends at it; its lines are looked at, and the next process goes on with the one behind it."""
    stuck = Path(__file__).parents[1] / "extract" / "stuck" / "kotlin.txt"
    done = subprocess.run([sys.executable, "-c", ATTACK, stuck, tmp_path / "kotlin.mutant"], check=False)
    assert done.returncode == -signal.SIGPROF
    found = msgspec.json.decode((tmp_path / "kotlin.json").read_bytes(), type=Found)
    robustness.give_up("kotlin", (tmp_path / "kotlin.mutant").read_bytes(), Limits(), found)
    assert (found.mutants, found.given_up, found.broken) == (2, [1], [])
    assert [figure.met for figure in robustness.figures_of("kotlin", found, 2)] == [True, True, None, True]
    assert robustness.figures_of("zig", Found(0, 0.0, [], []), 2)[0].met is False


def test_contradictions_are_found():
    """A range outside of the file, half inside of its container, a container behind it, an input that nobody has."""
    facts = extract(FILES[0], "python", Limits())
    assert faults(facts, FILES[0]) == []
    definitions = facts.outline.definitions

    def changed(index, **fields):
        parts = list(definitions)
        parts[index] = msgspec.structs.replace(parts[index], **fields)
        return msgspec.structs.replace(facts, outline=msgspec.structs.replace(facts.outline, definitions=tuple(parts)))

    whole = definitions[1].range
    beyond = Range(whole.start_byte, whole.end_byte, 0, 0, 99, 0)
    assert "lines 0 to 99" in faults(changed(1, range=beyond), FILES[0])[0]
    half = Range(whole.start_byte + 3, whole.end_byte + 3, 1, 0, 4, 0)
    assert any("half inside" in what for what in faults(changed(2, range=half), FILES[0]))
    assert any("its container is 2" in what for what in faults(changed(2, container=2), FILES[0]))
    assert faults(changed(1, own=b"?" * 16), FILES[0]) == ["own inputs are not those of the definitions"]


@pytest.mark.parametrize("half", [b"class A<> {}\n", b"function f<>(a) {}\n", b"let {a:} = b\n", b"let [ , = 3] ;\n"])
@pytest.mark.parametrize("language", ["javascript", "typescript", "tsx"])
def test_a_name_that_is_still_to_be_typed(language, half):
    """The parser makes up an identifier without text; what stands behind it is still found."""
    data = half + b"function g() {}\n"
    facts = extract(data, language, Limits())
    assert "g" in [one.name for one in facts.outline.definitions]
    assert faults(facts, data) == []
