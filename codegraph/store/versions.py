"""Which versions the state was made with, and what is left of it when one of them changes.

A cache has versions, not migrations: what a change invalidates is dropped, the rest stays.

    version     names                                             a change drops
    extractor   our extraction code and every grammar             facts, links, wanted keys
    linker      the resolution schemes and the form of links      links, wanted keys
    key         key schema, cascade depth, max_context            wanted keys
    codec       the form of a search vector                       vectors, served keys, wanted keys
    source      the settings that say which files are read        trust in the stamps of files

Files whose stamps are not trusted are read again by the reconcile that follows every start: what the new settings
leave out goes, and of the rest nothing is done twice.
Served keys outlive all but the codec: an old vector is served as stale until the wanted one is there.
Wanted keys are cleared in the transaction that writes the new version, so that a crash between the
two cannot leave keys of the old version that look wanted. Models are no version: they change while the
store is open, and what was computed with another one stays servable (codegraph.daemon.restore).
Tests: tests/unit/store/test_store_versions.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from codegraph.store.schema import ARRIVALS, FACTS_TABLES, LINKS, VECTORS, SymbolState

SOURCE = "source"
VERSION_NAMES = ("extractor", "linker", "key", "codec", SOURCE)

_DROPS: Mapping[str, tuple[str, ...]] = {
    "extractor": (*FACTS_TABLES, LINKS),
    "linker": (LINKS,),
    "key": (),
    "codec": (VECTORS, ARRIVALS),
    SOURCE: (),
}


@dataclass(frozen=True, slots=True)
class Invalidation:
    """What has to go before the state can be used with other versions."""

    outdated: tuple[str, ...] = ()
    """Names of the versions that differ, in the order of VERSION_NAMES."""
    tables: tuple[str, ...] = ()
    """Tables to empty, in the order of first mention."""

    @property
    def contents(self) -> tuple[str, ...]:
        """Names of the versions for which something stored is dropped."""
        return tuple(name for name in self.outdated if name != SOURCE)

    @property
    def doubts_files(self) -> bool:
        """Whether every file is to be read again."""
        return SOURCE in self.outdated

    @property
    def clears_served(self) -> bool:
        """Served keys name vectors that are dropped."""
        return VECTORS in self.tables

    def reason(self, stored: Mapping[str, str], current: Mapping[str, str]) -> str:
        """Say which versions changed, from what to what; of what a version is made of, only what differs."""
        return ", ".join(f"{name} {_difference(stored.get(name, 'none'), current[name])}" for name in self.contents)


def compare_versions(stored: Mapping[str, str], current: Mapping[str, str]) -> Invalidation:
    """Say what a state made with `stored` loses under `current`; versions that are not given are not compared.

    Raises ValueError on a name that is not in VERSION_NAMES.
    """
    unknown = sorted(current.keys() - set(VERSION_NAMES))
    if unknown:
        raise ValueError(f"no such version: {', '.join(unknown)}")
    outdated = tuple(name for name in VERSION_NAMES if name in current and stored.get(name) != current[name])
    return Invalidation(outdated, tuple(dict.fromkeys(table for name in outdated for table in _DROPS[name])))


def _difference(before: str, after: str) -> str:
    old, new = before.split("; "), after.split("; ")
    gone, come = ([part for part in one if part not in other] for one, other in ((old, new), (new, old)))
    return f"{'; '.join(gone) or 'none'} -> {'; '.join(come) or 'none'}"


def without_outdated(states: tuple[SymbolState, ...], invalidation: Invalidation) -> tuple[SymbolState, ...]:
    """Clear what no longer holds of a file's symbols."""
    return tuple(
        msgspec.structs.replace(
            state, wanted=b"", served=b"" if invalidation.clears_served else state.served, verdict=None
        )
        for state in states
    )
