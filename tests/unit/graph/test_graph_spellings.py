"""Names by first letter, length and parts: what is found is what a look at every name finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codegraph.graph.spellings import Spellings

NAMES = st.sets(st.text("abAB_\nß", max_size=5).filter(bool), max_size=12)


@given(before=NAMES, after=NAMES, part=st.text("abAB_ß", min_size=1, max_size=3), slack=st.integers(0, 2))
def test_what_is_found_is_what_is_there(before: set[str], after: set[str], part: str, slack: int) -> None:
    """After any change the spellings are those made anew, and each way to look finds the names that fit, once."""
    changed = Spellings.of(before).changed(before - after, after - before)
    assert changed == Spellings.of(after)
    assert (changed == Spellings.of(before)) is (before == after)
    assert sorted(changed.beginning(part)) == sorted(name for name in after if name.startswith(part))
    assert sorted(changed.holding(part)) == sorted(name for name in after if part.lower() in name.lower())
    assert sorted(changed.near(part, slack)) == sorted(
        name for name in after if name[0].lower() == part[0].lower() and abs(len(name) - len(part)) <= slack
    )
