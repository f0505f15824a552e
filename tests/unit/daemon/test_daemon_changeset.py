"""Change sets of encoded facts: the same as decoded ones, at a fraction of the memory."""

from __future__ import annotations

import msgspec
import pytest
from projects import Project

from codegraph.core.changes import ChangeSet
from codegraph.core.facts import EncodedFacts
from codegraph.daemon.changeset import change_set
from codegraph.extract.extractor import Limits, encode_facts, extract
from codegraph.graph.compare import differences, is_equal

TEXTS = {"b.py": "def g(): return 1\n", "a.py": "from b import g\ndef f(): return g()\n"}


def encoded(text: str) -> EncodedFacts:
    """Extract and encode one text."""
    return encode_facts(extract(text.encode(), "python", Limits()))


def test_index_cannot_tell_encoded_facts_from_decoded_ones() -> None:
    """Both give the same files, edges and keys."""
    project = Project(TEXTS)
    other = project.new_index()
    other.apply(change_set({path: encoded(text) for path, text in TEXTS.items()}))
    assert is_equal(differences(project.index, other))


def test_files_are_ordered_by_path_and_deletions_kept() -> None:
    """The order of arrival cannot show."""
    files = change_set({"b.py": None, "a.py": encoded(TEXTS["a.py"])}).files
    assert list(files) == ["a.py", "b.py"]
    assert files["b.py"] is None


def test_occurrences_are_decoded_at_each_look() -> None:
    """Nothing of the large half is kept."""
    facts = change_set({"a.py": encoded(TEXTS["a.py"])}).files["a.py"]
    assert facts is not None
    assert facts.occurrences == facts.occurrences
    assert facts.occurrences is not facts.occurrences
    assert facts.outline is facts.outline


def test_empty_change_set_changes_nothing() -> None:
    """No files, no revision."""
    project = Project(TEXTS)
    assert change_set({}) == ChangeSet({})
    assert project.index.apply(change_set({})).revision == project.index.snapshot.clock.revision


def test_foreign_bytes_are_refused() -> None:
    """What is no outline raises before anything is changed."""
    broken = msgspec.structs.replace(encoded(TEXTS["a.py"]), outline=b"\xc1")
    with pytest.raises(msgspec.DecodeError):
        change_set({"a.py": broken})
