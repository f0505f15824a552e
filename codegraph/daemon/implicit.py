"""Who calls a method without writing its name: whoever makes an instance of its type, and the language itself.

A call of a type has an edge to the type alone where the type has no constructor of its own, and in some languages
always; what runs is the constructor of the type, or of the nearest base that has one. Operators, loops, conversions to
text and the ends of blocks call methods by names that stand nowhere: of such a method nobody knows all callers. A name
decides, and in Rust that it is implemented for a trait, for nothing else is said of it where it is defined. What C++
marks `override` though nothing of the project is overridden is called by the library that has it.
Tests: tests/unit/daemon/test_daemon_edges.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from codegraph.core.symbols import CALLABLE_KINDS, PYTHON_LANGUAGES, SCRIPT_LANGUAGES, DependencyKind, SymbolId
from codegraph.core.words import words
from codegraph.daemon.targets import CONSTRUCTORS, existing
from codegraph.graph.file_view import Symbol
from codegraph.graph.snapshot import Snapshot

_INHERITS = frozenset({DependencyKind.INHERITS})
_OVERRIDES = frozenset({DependencyKind.OVERRIDES})
_OVERLOADING = frozenset({"java", "c_sharp"})
"""Languages that name a constructor like its type; without a word to say otherwise the one without parameters runs."""
_MAX_DERIVED = 1_000


_SCRIPT = words("next return then throw toString valueOf")
_UNWRITTEN: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "java": words("close finalize hasNext iterator next toString"),
        "c_sharp": words(
            """
            Add Deconstruct Dispose DisposeAsync Finalize GetAsyncEnumerator GetAwaiter GetEnumerator MoveNext
            MoveNextAsync ToString operator this
            """
        ),
        "rust": words(
            """
            add add_assign bitand bitand_assign bitor bitor_assign bitxor bitxor_assign call call_mut call_once cmp
            deref deref_mut div div_assign drop eq fmt from ge gt index index_mut into_future into_iter le lt mul
            mul_assign ne neg next not partial_cmp poll rem rem_assign shl shl_assign shr shr_assign sub sub_assign
            """
        ),
        "php": words("current getIterator key next offsetExists offsetGet offsetSet offsetUnset rewind valid"),
        "ruby": words(
            """
            < <= <=> == === =~ > >= call coerce const_missing each extended included inherited initialize_copy
            method_added method_missing prepended respond_to_missing? to_a to_ary to_hash to_proc to_s to_str
            """
        ),
        **dict.fromkeys(SCRIPT_LANGUAGES, _SCRIPT),
        "cpp": words("begin end"),
    }
)
"""Language -> the methods that it calls by itself."""
_MARKED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "php": ("__",),
        **dict.fromkeys(SCRIPT_LANGUAGES, ("[Symbol.",)),
        "cpp": ("operator", "~"),
        "c_sharp": ("operator", "~"),
    }
)
"""Language -> how the names of such methods begin."""


def is_called_unwritten(snapshot: Snapshot, symbol: Symbol) -> bool:
    """Say whether the language may call a method where its name is not written; constructors are told by their type."""
    language, name = symbol.language, symbol.definition.name
    if symbol.kind not in CALLABLE_KINDS or name in CONSTRUCTORS:
        return False
    if language in PYTHON_LANGUAGES:
        return name.startswith("__") and name.endswith("__")
    if symbol.definition.container <= 0:
        return False
    container = snapshot.files[symbol.path].outline.definitions[symbol.definition.container]
    if language == "cpp" and (name == container.name or _overrides_another(snapshot, symbol)):
        return True
    if language == "rust" and " for " not in container.signature:
        return False
    return name in _UNWRITTEN.get(language, ()) or name.startswith(_MARKED.get(language, ("\0",)))


def _overrides_another(snapshot: Snapshot, symbol: Symbol) -> bool:
    """Say whether a method, or one that it overrides, is marked to override what is not of the project."""
    seen = {symbol.id: None}
    waiting = [symbol]
    while waiting:
        each = waiting.pop()
        above = [edge.target for edge in snapshot.dependencies(each.id, _OVERRIDES)]
        words_behind = each.definition.signature.partition("{")[0].rpartition(")")[2].split()
        if not above and "override" in words_behind:
            return True
        waiting.extend(existing(snapshot, target) for target in above if target not in seen)
        seen.update(dict.fromkeys(above))
    return False


def made_by(snapshot: Snapshot, constructor: SymbolId) -> tuple[SymbolId, ...]:
    """Return the types a call of which runs a constructor: its own, and those derived from it that have none."""
    end = constructor.rfind("#") + 1
    name = constructor[end:].partition("(")[0]
    if not end or not (name in CONSTRUCTORS or constructor[:end].endswith((f"/{name}#", f"#{name}#"))):
        return ()
    symbol, own = existing(snapshot, constructor), SymbolId(constructor[:end])
    is_overloaded = symbol.language in _OVERLOADING
    if snapshot.symbol(own) is None or (is_overloaded and not symbol.definition.signature.endswith("( )")):
        return ()
    found = {own: None}
    waiting = [own]
    while waiting and len(found) < _MAX_DERIVED:
        for source, _ in snapshot.each_dependent(waiting.pop(), _INHERITS):
            if source not in found and not _has_constructor(snapshot, existing(snapshot, source)):
                found[source] = None
                waiting.append(source)
    return tuple(found)


def _has_constructor(snapshot: Snapshot, owner: Symbol) -> bool:
    names = (owner.definition.name, *CONSTRUCTORS)
    members = snapshot.files[owner.path].outline.definitions
    return any(each.container == owner.index and each.kind in CALLABLE_KINDS and each.name in names for each in members)
