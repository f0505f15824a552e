"""Finds the symbol that a client means, and shows symbols the way clients see them.

A target is named by id, by qualified name (naming.py; or a dotted end of it, with any language's separators),
by bare name, or by a place. A name that fits several symbols is an error that lists them: picking one would
be confidently wrong. Tests: tests/unit/daemon/test_daemon_targets.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from posixpath import dirname
from typing import Any

from codegraph.core.symbols import CALLABLE_KINDS, TYPE_KINDS, DependencyKind, SymbolId, SymbolKind
from codegraph.daemon.declared import are_joined, is_declared, with_joined
from codegraph.daemon.likely import files_with
from codegraph.daemon.messages import EmptyReason, Match, SymbolInfo, SymbolsParams, Target, lsp_range
from codegraph.daemon.naming import (
    bare_name,
    dotted,
    inner_names,
    module_name,
    name_by_path,
    qualified_name,
    qualified_names,
)
from codegraph.daemon.places import around, check_line, in_file
from codegraph.daemon.referenced import Meaning, meaning_at
from codegraph.daemon.view import View
from codegraph.errors import AmbiguousSymbol, SymbolNotFound
from codegraph.graph.file_view import Symbol
from codegraph.graph.snapshot import Snapshot

CONSTRUCTORS = ("__init__", "__construct", "constructor", "initialize")
"""What a constructor is called where it is not called like its type."""
_OPENED_ANYWHERE = frozenset({"c_sharp", "ruby"})
"""Languages in which a type of one name may be written in parts, in several files."""

_BASES = frozenset({DependencyKind.INHERITS, DependencyKind.IMPLEMENTS})

_UNKNOWN = {
    EmptyReason.EXTERNAL: "is defined outside of the project",
    EmptyReason.UNRESOLVED: "could not be resolved",
}

SPELLING_SLACK = 2
"""By how many characters a name that may have been meant is longer or shorter."""
SPELLING_LIKENESS = 0.75
"""How like it is (difflib's ratio)."""
LISTED = 20
"""How many candidates an AmbiguousSymbol error lists."""


def describe(view: View, symbol: Symbol) -> SymbolInfo:
    """Show a symbol with its state."""
    definition = symbol.definition
    return SymbolInfo(
        id=symbol.id,
        name=bare_name(symbol),
        qualified_name=qualified_name(view.snapshot, symbol),
        kind=definition.kind,
        language=symbol.language,
        file=symbol.path,
        range=lsp_range(definition.range),
        selection_range=lsp_range(definition.selection_range),
        state=view.freshness(symbol.id),
        signature=definition.signature,
        parse_error=definition.parse_error,
    )


def existing(snapshot: Snapshot, symbol: SymbolId) -> Symbol:
    """Return a symbol of this snapshot. Raises SymbolNotFound."""
    found = snapshot.symbol(symbol)
    if found is None:
        raise SymbolNotFound(f"there is no symbol {symbol}", "`codegraph symbols NAME` lists symbols by name")
    return found


def find_target(view: View, target: Target[Any]) -> Symbol:
    """Return the one symbol that a target means. Raises SymbolNotFound, AmbiguousSymbol or ProjectError."""
    found = _meant(view, target)
    if len(found) > 1 and _is_one_thing(view.snapshot, found):
        found = [each for each in found if not is_declared(each)] or found
    return _only(view, target, found)


def find_targets(view: View, target: Target[Any]) -> list[Symbol]:
    """Return what a target means: one symbol, or several that are one thing by their name. Raises as `find_target`.

    These are overloads, which stand in one container, the parts of a type that is opened in several places, and a
    function's declaration and definitions, also where one of them is named by its id or its place.
    """
    found = _meant(view, target)
    if len(found) > 1 and _is_one_thing(view.snapshot, found):
        found.sort(key=lambda each: (is_declared(each), each.path, each.index))
    else:
        found = [_only(view, target, found)]
    return with_joined(view.snapshot, found)


def find_definitions(view: View, target: Target[Any]) -> list[Symbol]:
    """Return all that a target fits, by path and place. Raises SymbolNotFound and ProjectError."""
    found = _meant(view, target) or [_only(view, target, [])]
    return sorted(found, key=lambda each: (each.path, each.index))


def reference_at(view: View, target: Target[Any]) -> Meaning | None:
    """Return what a reference at a place with a character means; None for other targets, or without a reference."""
    if target.symbol or target.line is None or target.character is None:
        return None
    return meaning_at(view.snapshot, view.facts, target.file, target.line, target.character)


def _meant(view: View, target: Target[Any]) -> list[Symbol]:
    """Return what a target fits; a heading gives way to code that is called like it, for nothing refers to headings."""
    if not target.symbol:
        return _at_place(view, target)
    found = named(view.snapshot, target.symbol)
    return [each for each in found if each.kind is not SymbolKind.SECTION] or found


def _at_place(view: View, target: Target[Any]) -> list[Symbol]:
    if not target.file:
        raise SymbolNotFound("no symbol was named", "give a name, an id, or FILE:LINE")
    if target.line is None:
        return [in_file(view.snapshot, target.file)[0]]
    meaning = reference_at(view, target)
    if meaning is None:
        return [around(view.snapshot, target.file, target.line, target.character)]
    if not meaning.targets:
        raise SymbolNotFound(f"what {_spelled(target)} refers to {_UNKNOWN[meaning.reason]}", "name a symbol")
    return [existing(view.snapshot, each) for each in meaning.targets]


def _spelled(target: Target[Any]) -> str:
    """Return what a target was called by."""
    if target.symbol or target.line is None:
        return target.symbol
    column = "" if target.character is None else f":{target.character}"
    return f"{target.file}:{target.line + 1}{column}"


def with_constructors(snapshot: Snapshot, symbols: Sequence[Symbol]) -> list[Symbol]:
    """Add the constructors of the types among `symbols`: in most languages it is them that a call of a type means."""
    found: list[Symbol] = []
    for each in symbols:
        if each.kind in TYPE_KINDS:
            members = enumerate(snapshot.files[each.path].outline.definitions)
            names = (each.definition.name, *CONSTRUCTORS)
            found += (
                snapshot.files[each.path].symbol(index)
                for index, member in members
                if member.container == each.index and member.kind in CALLABLE_KINDS and member.name in names
            )
    return [*symbols, *with_joined(snapshot, found)]


def _is_one_thing(snapshot: Snapshot, symbols: Sequence[Symbol]) -> bool:
    first = symbols[0]
    group = CALLABLE_KINDS if first.kind in CALLABLE_KINDS else TYPE_KINDS
    opened = first.language in _OPENED_ANYWHERE and group is TYPE_KINDS
    return (  # a common name has thousands; what costs least and tells most comes first
        (opened or all(each.path == first.path for each in symbols) or are_joined(symbols))
        and all(each.kind in group for each in symbols)
        and all(qualified_name(snapshot, each) == qualified_name(snapshot, first) for each in symbols)
    )


def named(snapshot: Snapshot, name: str) -> list[Symbol]:
    """Return the symbols that a name fits, by the first reading that finds any; the last one bears gaps in the name."""
    found = snapshot.symbol(SymbolId(name))
    if found is not None:
        return [found]
    if name in snapshot.files:
        return [snapshot.in_file(name)[0]]
    if exact := snapshot.by_name(name):
        return _without_constructors(snapshot, exact)
    name = dotted(name)
    parts = name.split(".")
    ends = (".".join(parts[at:]) for at in range(len(parts)))  # names themselves may have dots: instances of Haskell
    candidates = [each for end in ends for each in snapshot.by_name(end)]
    for called in (qualified_name, name_by_path):
        if fitting := [each for each in candidates if _ends_with(called(snapshot, each), name)]:
            modules = _modules(snapshot, name) if "." in name else []
            return _called(snapshot, name, fitting) or _called(snapshot, name, modules) or fitting
    if by_path := _modules(snapshot, name):
        return _called(snapshot, name, by_path) or by_path
    if of_crate := _of_crate(snapshot, name, candidates):
        return of_crate
    several = candidates if len(parts) > 1 else ()
    gapped = [each for each in several if _has_in_order(qualified_name(snapshot, each).split("."), parts)]
    whole = [each for each in gapped if _lacks_modules_only(snapshot, each, parts)]
    return whole or _inherited(snapshot, parts, candidates) or gapped


def _called(snapshot: Snapshot, name: str, fitting: Sequence[Symbol]) -> list[Symbol]:
    """Return those of which this is the whole qualified name: what is printed finds what it was printed for."""
    whole = (each for each in fitting if qualified_name(snapshot, each) == name)
    return [each for each in whole if each.kind is not SymbolKind.SECTION]


def _of_crate(snapshot: Snapshot, name: str, candidates: Sequence[Symbol]) -> list[Symbol]:
    """Return those of a name that begins with what Cargo.toml calls a crate, which need not be its directory's name.

    What a crate hands on may be deeper in it: the fewest modules between win.
    """
    crate, _, rest = name.partition(".")
    manifests = [each for each in snapshot.namespaces.get(crate, ()) if snapshot.files[each].language == "cargo"]
    parts = rest.split(".")
    fitting: dict[int, list[Symbol]] = {}
    for each in candidates if manifests and rest else ():
        if each.language == "rust" and _manifest_of(snapshot, each.path) in manifests:
            around = qualified_name(snapshot, each).split(".")
            if _has_in_order(around, parts) and _lacks_modules_only(snapshot, each, parts):
                fitting.setdefault(len(around), []).append(each)
    return fitting[min(fitting)] if fitting else []


def _manifest_of(snapshot: Snapshot, path: str) -> str:
    """Return the nearest Cargo.toml of a package above a file, "" if there is none."""
    while path:
        path = dirname(path)
        manifest = f"{path}/Cargo.toml" if path else "Cargo.toml"
        view = snapshot.files.get(manifest)
        if view is not None and view.outline.namespaces:
            return manifest
    return ""


def _inherited(snapshot: Snapshot, parts: Sequence[str], candidates: Sequence[Symbol]) -> list[Symbol]:
    """Return those of a member's name that a type has of the nearest above it: `Flask.route` is one of its base's."""
    above = named(snapshot, ".".join(parts[:-1])) if len(parts) > 1 and candidates else []
    seen = {each.id for each in above}
    while above:
        bases = [edge.target for each in above for edge in snapshot.dependencies(each.id, _BASES)]
        above = [each for each in map(snapshot.symbol, dict.fromkeys(bases)) if each and each.id not in seen]
        seen.update(each.id for each in above)
        names = {f"{qualified_name(snapshot, each)}.{parts[-1]}" for each in above}
        if found := [each for each in candidates if qualified_name(snapshot, each) in names]:
            return found
    return []


def _has_in_order(whole: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether all parts are there in this order: `pkg.Class.method` for a `pkg.core.Class.method` that pkg hands on."""
    left = iter(whole)
    return all(part in left for part in parts)


def _lacks_modules_only(snapshot: Snapshot, symbol: Symbol, parts: Sequence[str]) -> bool:
    """Whether a name says all that a symbol stands in inside of its file, so that its gaps are those of a re-export."""
    inner = inner_names(snapshot.files[symbol.path].outline, symbol.index)
    return list(parts[-len(inner) :]) == inner


def _without_constructors(snapshot: Snapshot, symbols: Sequence[Symbol]) -> list[Symbol]:
    """Leave out members that are called like the type that they stand in, if that is there too."""
    types = {qualified_name(snapshot, each) for each in symbols if each.kind in TYPE_KINDS}
    return [
        each
        for each in symbols
        if each.kind in TYPE_KINDS or not types or qualified_name(snapshot, each).rpartition(".")[0] not in types
    ]


def near_names(snapshot: Snapshot, name: str) -> list[str]:
    """Return up to three names of symbols that are spelled nearly so, the nearest first."""
    folded = name.lower()
    alike = (each for each in snapshot.spellings.near(name, SPELLING_SLACK) if each != name)
    shared = str.maketrans("", "", folded)
    by_folded: dict[str, str] = {}
    for each in sorted(alike):
        spelled = each.lower()
        common = len(spelled) - len(spelled.translate(shared))  # no more characters than that can match
        if 2 * common >= SPELLING_LIKENESS * (len(spelled) + len(folded)):
            by_folded.setdefault(spelled, each)
    return [by_folded[each] for each in get_close_matches(folded, by_folded, 3, SPELLING_LIKENESS)]


def list_symbols(view: View, params: SymbolsParams) -> Iterator[Symbol]:
    """Yield the symbols that name, file and place leave, by path and position (around a place: outermost first)."""
    snapshot = view.snapshot
    anywhere = not params.file and params.name and params.match is not Match.EXACT
    found = _spelled_so(snapshot, params) if anywhere else _in_scope(snapshot, params)
    for symbol in found:
        if params.kinds and symbol.kind not in params.kinds:
            continue
        if anywhere or _fits(snapshot, symbol, params.name, params.match):
            yield symbol


def _spelled_so(snapshot: Snapshot, params: SymbolsParams) -> Iterator[Symbol]:
    """Yield the symbols anywhere whose names begin with a name, or hold it, in whatever case; file by file."""
    likely = files_with(snapshot, params.name, params.match is Match.PREFIX)
    for path in sorted(snapshot.files if likely is None else likely):
        view = snapshot.files[path]
        for index, qualified in enumerate(qualified_names(snapshot, path)):
            bare = view.outline.definitions[index].name or qualified.rpartition(".")[2]
            if _is_spelled(bare, qualified, params.name, params.match) or params.name in (path, view.ids[index]):
                yield view.symbol(index)


def _in_scope(snapshot: Snapshot, params: SymbolsParams) -> Iterable[Symbol]:
    if params.file:
        here = in_file(snapshot, params.file)
        if params.line is None:
            return here
        check_line(here[0], params.line)
        place = (params.line, 1 << 30 if params.character is None else params.character)
        start = (params.line, 0 if params.character is None else params.character)
        return [each for each in here if _covers(each, start, place)]
    if params.match is Match.EXACT and params.name:
        found = {each.id: each for each in named(snapshot, params.name)}
        return sorted(found.values(), key=lambda each: (each.path, each.index))
    return snapshot.symbols()


def _covers(symbol: Symbol, start: tuple[int, int], end: tuple[int, int]) -> bool:
    extent = symbol.definition.range
    first, last = (extent.start_line, extent.start_column), (extent.end_line, extent.end_column)
    return first <= end and start <= last


def _fits(snapshot: Snapshot, symbol: Symbol, name: str, match: Match) -> bool:
    if not name or symbol.id == name or symbol.path == name:
        return True
    bare = bare_name(symbol)
    if bare == name:
        return True
    qualified = qualified_name(snapshot, symbol)
    if match is Match.EXACT:
        spelled = dotted(name)
        return _ends_with(qualified, spelled) or _ends_with(name_by_path(snapshot, symbol), spelled)
    return _is_spelled(bare, qualified, name, match)


def _is_spelled(bare: str, qualified: str, name: str, match: Match) -> bool:
    if match is Match.PREFIX:
        return bare.startswith(name) or qualified.startswith(name)
    return name.lower() in qualified.lower()


def _ends_with(whole: str, name: str) -> bool:
    return whole == name or whole.endswith("." + name)


def _modules(snapshot: Snapshot, name: str) -> list[Symbol]:
    """Return the modules of a name, by path; no other file is decoded."""
    last = name.rpartition(".")[2]  # stands in the path as it is
    paths = [path for path in snapshot.paths.holding(last) if _ends_with(module_name(path), name)]
    return [snapshot.files[path].symbol(0) for path in sorted(paths)]


def _only(view: View, target: Target[Any], found: list[Symbol]) -> Symbol:
    snapshot, name = view.snapshot, _spelled(target)
    if not found and not view.reconciled:
        raise SymbolNotFound(f"there is no symbol {name} so far: the index is not complete", "ask again with `wait`")
    if not found:
        near = near_names(snapshot, dotted(name).rpartition(".")[2])
        advice = f"did you mean {' or '.join(near)}? " if near else ""
        raise SymbolNotFound(f"there is no symbol {name}", f"{advice}`codegraph search` finds symbols by words")
    if len(found) > 1:
        ordered = sorted(found, key=lambda each: (each.path, each.index))
        lines = [f"  {each.id}  ({qualified_name(snapshot, each)})" for each in ordered[:LISTED]]
        if len(found) > LISTED:
            lines.append(f"  and {len(found) - LISTED} more")
        listed = "\n".join(lines)
        raise AmbiguousSymbol(f"{name} fits {len(found)} symbols:\n{listed}", "give one of these ids")
    return found[0]
