"""Which orphans go, and when compaction is due."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codegraph.store.gc import FACTS, VECTOR, Orphan, choose_doomed, compaction_is_due, tally
from codegraph.store.schema import StoreStatistics

_ORPHANS = st.lists(
    st.builds(
        Orphan,
        st.integers(0, 5),
        st.sampled_from([FACTS, VECTOR]),
        st.binary(min_size=1, max_size=2),
        st.integers(1, 50),
    ),
    unique_by=lambda orphan: (orphan.kind, orphan.key),
)


@given(_ORPHANS, st.integers(0, 300))
def test_the_latest_are_kept_within_the_budget(orphans, budget):
    """Kept ones fit the budget, no doomed one is later than a kept one, and one more would not have fitted."""
    doomed, kept = choose_doomed(orphans, budget)
    assert sorted(doomed + kept) == sorted(orphans)
    filled = sum(orphan.size for orphan in kept)
    assert filled <= budget
    if doomed:
        assert not kept or max(doomed) < min(kept)
        assert filled + max(doomed).size > budget


@given(_ORPHANS, st.integers(0, 300), st.randoms())
def test_the_order_of_discovery_does_not_matter(orphans, budget, random):
    """The same orphans in another order give the same choice."""
    shuffled = list(orphans)
    random.shuffle(shuffled)
    assert choose_doomed(shuffled, budget) == choose_doomed(orphans, budget)


def test_tally_counts_by_kind():
    """A collection reports vectors and facts apart, and all bytes."""
    vector, facts, kept = Orphan(1, VECTOR, b"a", 10), Orphan(2, FACTS, b"b", 20), Orphan(3, FACTS, b"c", 5)
    swept = tally([vector, facts], [kept])
    assert (swept.vectors, swept.facts, swept.bytes, swept.kept_orphans, swept.kept_bytes) == (1, 1, 30, 1, 5)


def test_compaction_waits_until_it_pays():
    """A small file, or one that is mostly in use, is left alone."""
    mega = 1 << 20

    def due(file_bytes: int, used_bytes: int) -> bool:
        return compaction_is_due(StoreStatistics({}, file_bytes * mega, used_bytes * mega, 0))

    assert not due(60, 1)
    assert not due(200, 120)
    assert due(200, 80)
