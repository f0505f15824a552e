"""The scheme of Rust: crates, `mod` and `use` trees, members of types by impls and traits wherever these stand.

`contributions.py` says what a file offers and `names.py` under which keys, `modules.py` and `evaluator.py` what a chain
stands for, `linker.py` which edges follow. Tests: tests/unit/graph/test_graph_rust.py.
"""

from __future__ import annotations

from posixpath import dirname

from codegraph.core.facts import Occurrences
from codegraph.graph.resolve.keys import top_key
from codegraph.graph.resolve.parts import PartedScheme
from codegraph.graph.resolve.rust.contributions import contributions
from codegraph.graph.resolve.rust.linker import RustLinker
from codegraph.graph.resolve.rust.names import CRATES
from codegraph.graph.resolve.scheme import Entry, Value
from codegraph.graph.resolve.settings import SettingsScheme


def _crates(path: str, occurrences: Occurrences) -> dict[str, Value]:
    """Offer what a Cargo.toml says of the library's place under the names that others know it by."""
    settings: dict[str, Entry] = {each.name: each.chain for each in occurrences.exports}
    if "package" not in settings:
        return {}
    name, library = settings.get("lib", ("", ""))
    names = (settings["package"][0], name or settings["package"][0])
    return {top_key(CRATES, each.replace("-", "_")): ((dirname(path), library),) for each in names}


SCHEMES = {"rust": PartedScheme(contributions, RustLinker), "cargo": SettingsScheme(_crates)}
