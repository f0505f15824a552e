"""What a change of versions invalidates."""

from __future__ import annotations

import pytest

from codegraph.store.versions import VERSION_NAMES, compare_versions

_OLD = dict.fromkeys(VERSION_NAMES, "1")


def test_equal_versions_invalidate_nothing():
    """The same versions leave everything as it is."""
    assert compare_versions(_OLD, _OLD).outdated == ()
    assert compare_versions(_OLD, {}).tables == ()


@pytest.mark.parametrize("name", VERSION_NAMES)
def test_a_version_that_was_never_stored_counts_as_changed(name):
    """A state without a version was made by something else."""
    assert compare_versions({}, {name: "1"}).outdated == (name,)


def test_several_changes_add_up_without_repetition():
    """Tables are named once, in a fixed order, and the reason names every change."""
    change = compare_versions(_OLD, {"codec": "2", "linker": "2", "extractor": "2"})
    assert change.outdated == ("extractor", "linker", "codec")
    assert change.tables == ("outlines", "occurrences", "inputs", "layouts", "links", "vectors", "arrivals")
    assert change.clears_served
    assert change.reason(_OLD, dict.fromkeys(VERSION_NAMES, "2")) == "extractor 1 -> 2, linker 1 -> 2, codec 1 -> 2"


def test_the_reason_leaves_out_what_is_the_same():
    """Of the many parts of the extractor's version it names those that differ."""
    before, after = (f"codegraph {version}; tree-sitter 0.25; tree-sitter-c 0.24" for version in "12")
    change = compare_versions({"extractor": before}, {"extractor": after})
    assert change.reason({"extractor": before}, {"extractor": after}) == "extractor codegraph 1 -> codegraph 2"
    assert change.reason({}, {"extractor": "x; y"}) == "extractor none -> x; y"


def test_unknown_names_are_refused():
    """A version without known consequences is an error."""
    with pytest.raises(ValueError, match="no such version: a, b"):
        compare_versions({}, {"b": "1", "a": "1"})
