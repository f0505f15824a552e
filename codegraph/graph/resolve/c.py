"""The scheme of C: names with external linkage meet across files, declarations give way to definitions.

A name is looked for in its own file, then in what that includes: the definition of a function, wherever it stands, is
what a declaration means; only where there is none does the declaration count. Of several definitions (build variants)
those nearest by directory are meant, all of them `ambiguous`. What no include leads to may be meant all the same, if
other files can mean it at all: what headers say and functions, `inferred`, and variables and structs, of which a file
that uses them may know the name only. A call through a member is dynamic, and no plain name means a field. What
includes mean stands in `includes`.

    cdef  c, name        (path, descriptor, kind, state, number, ...), static names left aside                 (shared)
                         state: "d" definition, "p" declaration, "n" name of a type (typedef), "m" macro
                         number: of a parameter that the macro pastes into other names, or leaves away
    top   c:file, name   paths of files of that name
    imp   path, ""       its includes: (file, "<" or "")

Tests: tests/unit/graph/test_graph_c.py.
"""

from __future__ import annotations

from codegraph.core.facts import COMPUTED, PASTED, ROLE, Definition, Occurrences, Outline, Reference, Role
from codegraph.core.symbols import KIND, SURE, TYPE_KINDS, SymbolKind, symbol_id
from codegraph.core.words import words
from codegraph.graph.resolve.edges import EdgeCollector
from codegraph.graph.resolve.includes import Included, file_name_key, link_include, shared_directories
from codegraph.graph.resolve.keys import import_key
from codegraph.graph.resolve.parts import Part, PartedScheme
from codegraph.graph.resolve.plain import EDGE_KINDS, PlainScheme, fits
from codegraph.graph.resolve.scheme import MANY, MAX_CANDIDATES, Entry, TableReader, Value

_SOURCES = (".c", ".cc", ".cpp", ".cxx", ".c++")
"""Files that are hardly ever included."""
_LIBRARY = words(
    """
    abort abs atexit atof atoi atol bsearch calloc close exit fclose fflush fgets fopen fprintf fputs fread free fseek
    ftell fwrite getchar getenv isalnum isalpha isdigit isspace isupper malloc memchr memcmp memcpy memmove memset open
    perror printf putchar puts qsort rand read realloc snprintf sprintf srand strcasecmp strcat strchr strcmp strcpy
    strdup strerror strlen strncat strncmp strncpy strndup strrchr strstr strtod strtok strtol strtoul time tolower
    toupper vfprintf vprintf vsnprintf write
    """
)
"""Functions of the standard library, which are a project's own only where that can be seen."""


def linkage_key(name: str) -> str:
    """Ask which files define or declare a name for others."""
    return f"cdef\x1fc\x1f{name}"


def _contributions(path: str, outline: Outline, occurrences: Occurrences) -> dict[str, Value]:
    """Offer what the plain scheme offers, the names with external linkage, and the file's own name."""
    offered = PlainScheme().contributions(path, outline, occurrences)
    offered[file_name_key(path)] = ((path,),)
    if occurrences.imports:
        offered[import_key(path, "")] = tuple(dict.fromkeys((each.module, each.name) for each in occurrences.imports))
    is_header = not path.endswith(_SOURCES)
    pasted: dict[int, list[str]] = {}
    for binding in occurrences.bindings:
        if binding.chain and binding.chain == PASTED:
            pasted.setdefault(binding.owner, []).append(binding.name)
    for index, definition in enumerate(outline.definitions[1:], 1):
        if not (_is_field(definition) or definition.local) and (is_header or "static " not in definition.signature):
            key = linkage_key(definition.name)
            offered[key] = (*offered.get(key, ()), (*_entry(path, definition), *pasted.get(index, ())))
    return offered


class _Linker:
    """Links one file, a `PartLinker`: includes, and an edge for every name that can be told."""

    def __init__(self, path: str, outline: Outline, occurrences: Occurrences, collector: EdgeCollector) -> None:
        self.collector = collector
        self._path = path
        self._included: Included | None = None
        self._bound = {(binding.owner, binding.name) for binding in occurrences.bindings}
        self._around = [self.collector.ids[each.container] if _is_field(each) else None for each in outline.definitions]
        """The struct of a field: that a field points to one like it says nothing."""
        self._known: dict[tuple[str, Role, bool], tuple[list[Entry], str, bool]] = {}
        """What names mean for one reader: the functions of a file mention the same ones."""
        self._here: dict[str, list[Entry]] = {}
        self._local: dict[tuple[int, str], list[Entry]] = {}
        """What is defined inside a function, by its index and the name."""
        self._macros: dict[str, int] = {}
        """The line of the first macro of a name: what stands before it is something else."""
        self._definitions = outline.definitions
        for definition in outline.definitions[1:]:
            if definition.local:
                self._local.setdefault((definition.container, definition.name), []).append(_entry(path, definition))
            elif not _is_field(definition):
                entry = _entry(path, definition)
                self._here.setdefault(definition.name, []).append(entry)
                if entry[3] == "m":
                    self._macros.setdefault(definition.name, definition.range.start_line)

    def link(self, part: Part, table: TableReader) -> None:
        """Resolve one part; what a file sees by its includes holds for all with one reader."""
        if self._included is None or self._included.table is not table:
            self._table, self._included = table, Included(table, self._path)
            self._known.clear()
        self._sees = self._included.sees
        for reference in part.references:
            self._resolve(reference)
        for each in part.imports:
            link_include(self.collector, table, self._path, each)

    def _resolve(self, reference: Reference) -> None:
        """Add the edges of a reference, or say why it has none."""
        owner, name, role = reference.owner, reference.chain[-1], reference.role
        line, column = reference.positions[:2]
        if name == COMPUTED:
            self._call_computed(reference)
            return
        is_argument = False
        if len(reference.chain) > 1:
            macro, _, number = reference.chain[0].partition("(")
            is_argument = macro != "" and number != ""
            if is_argument and self._is_pasted(macro, number):
                return
        if (len(reference.chain) > 1 and not is_argument) or ((owner, name) in self._bound and role is not ROLE.TYPE):
            if role is not ROLE.READ:
                reason = "dynamic" if len(reference.chain) > 1 else "local"
                self.collector.miss(owner, name, role, reason, line, column)
            return
        local = self._local_types(owner, name) if role is ROLE.TYPE else None
        found, reason, is_seen = (
            (local, "", True)
            if local
            else self._candidates(name, role, name in self._macros and self._is_before(reference))
        )
        sure = SURE.EXACT if is_seen else SURE.INFERRED
        sure = sure if len(found) == 1 else SURE.AMBIGUOUS
        for entry in found:
            target = symbol_id(entry[0], entry[1])
            if target != self._around[owner]:
                self.collector.add(owner, target, EDGE_KINDS[role], sure, line, column)
        if not found and role is not ROLE.READ:
            self.collector.miss(owner, name, role, reason, line, column)

    def _is_pasted(self, macro: str, number: str) -> bool:
        """Say whether all that the name of a macro may mean here pastes an argument, or leaves it away."""
        value = self._table.get(linkage_key(macro))
        seen = [entry for entry in value or () if value != MANY and self._sees(entry[0])]
        return bool(seen) and all(number in entry[4:] for entry in seen)

    def _local_types(self, owner: int, name: str) -> list[Entry] | None:
        """Return the types of a name in the functions around a definition, the innermost first."""
        while self._local and owner > 0:
            found = self._local.get((owner, name))
            if found:
                return found
            owner = self._definitions[owner].container
        return None

    def _call_computed(self, reference: Reference) -> None:
        """Add the edge of `(*f)(x)`, unless f is a variable."""
        owner, name = reference.owner, reference.chain[0]
        found = [] if name == COMPUTED or (owner, name) in self._bound else self._candidates(name, ROLE.CALL)[0]
        functions = [entry for entry in found if entry[2] == KIND.FUNCTION.value]
        sure = SURE.EXACT if len(functions) == 1 else SURE.AMBIGUOUS
        for entry in functions:
            target = symbol_id(entry[0], entry[1])
            self.collector.add(owner, target, EDGE_KINDS[ROLE.CALL], sure, *reference.positions[:2])
        if not functions:
            self.collector.computed(reference)

    def _is_before(self, reference: Reference) -> bool:
        """Say whether all of a mention stands in front of the file's own macros of its name, and in no macro."""
        line = self._macros[reference.chain[-1]]
        return reference.positions[-2] < line and _state(self._definitions[reference.owner]) != "m"

    def _candidates(self, name: str, role: Role, is_before: bool = False) -> tuple[list[Entry], str, bool]:
        """Return what a name may mean, why it means nothing, and whether that can be seen."""
        known = self._known.get((name, role, is_before))
        if known is None:
            known = self._known[name, role, is_before] = self._found(name, role, is_before)
        return known

    def _found(self, name: str, role: Role, is_before: bool) -> tuple[list[Entry], str, bool]:
        own = [entry for entry in self._here.get(name, ()) if fits(SymbolKind(entry[2]), role)]
        own = [entry for entry in own if entry[3] != "m"] if is_before else own
        own = _callable(own) if role is ROLE.CALL else own
        defined = [entry for entry in own if entry[3] != "p"]
        is_macro = bool(defined) and all(entry[3] == "m" for entry in defined)
        if defined and not (is_macro and role is ROLE.CALL):
            return defined[:MAX_CANDIDATES], "", True
        value = self._table.get(linkage_key(name))
        if value == MANY:
            return (defined or own)[:1], "ambiguous", True
        fitting = [entry for entry in value or () if _means(entry, role)]
        fitting = [entry for entry in fitting if entry[0] != self._path or entry[3] != "m"] if is_before else fitting
        if is_macro:
            return self._unless_macro(defined, fitting), "", True
        fitting = _callable(fitting) if role is ROLE.CALL else fitting
        seen = own or [entry for entry in fitting if self._sees(entry[0])]
        found = [entry for entry in seen if entry[3] != "p"]
        found = [entry for entry in found if not entry[0].endswith(_SOURCES)] or found
        if seen and all(entry[3] == "m" or _is_declared_beside(entry, seen) for entry in found):
            found += [entry for entry in fitting if entry[3] == "d" and entry not in found]
            found = found or seen[:1]
        elif not seen:
            known = [entry for entry in fitting if _is_for_others(entry) and fits(SymbolKind(entry[2]), role)]
            known = [] if name in _LIBRARY else known
            found = [entry for entry in known if entry[3] != "p"] or known[:1]
        if not found:
            return [], "missing", True
        macros = [entry for entry in found if entry[3] == "m"] if seen else []
        found = [*self._nearest(macros), *self._nearest([entry for entry in found if entry not in macros])]
        is_sure = bool(seen) or (found[0][3] == "d" and SymbolKind(found[0][2]) is not KIND.FUNCTION)
        is_told = len({entry[0] for entry in found}) <= MAX_CANDIDATES and len(found) <= 4 * MAX_CANDIDATES
        return (found, "", is_sure) if is_told else ([], "ambiguous", True)

    def _nearest(self, found: list[Entry]) -> list[Entry]:
        """Return the definitions nearest by directory; macros that a file sees stand for no function elsewhere."""
        shared = [shared_directories(entry[0], self._path) for entry in found]
        near = [entry for entry, depth in zip(found, shared, strict=True) if depth == max(shared)]
        is_beside = all(_is_beside(entry[0], self._path) for entry in near)
        return found if is_beside and len(found) <= MAX_CANDIDATES else near

    def _unless_macro(self, own: list[Entry], fitting: list[Entry]) -> list[Entry]:
        """Return a file's own macros, and the function that includes declare: a macro may be in one branch of #if."""
        others = [entry for entry in fitting if entry[3] != "m" and entry[0] != self._path]
        seen = [entry for entry in others if self._sees(entry[0])]
        defined = [entry for entry in others if entry[3] == "d"] if seen else []
        return [*own, *(defined or seen[:1])][:MAX_CANDIDATES]


def _is_field(definition: Definition) -> bool:
    """Say whether a definition is a field, which no plain name means."""
    return definition.kind is KIND.CONSTANT and definition.container > 0


def _means(entry: Entry, role: Role) -> bool:
    """Say whether a mention can mean what an entry is; a macro with parameters is no type."""
    return fits(SymbolKind(entry[2]), role) or (entry[3] == "m" and entry[2] != KIND.FUNCTION.value)


def _callable(entries: list[Entry]) -> list[Entry]:
    """Leave types aside where anything else may be called: `enum f` and `f()` are two."""
    return [entry for entry in entries if SymbolKind(entry[2]) not in TYPE_KINDS] or entries


def _is_declared_beside(entry: Entry, seen: list[Entry]) -> bool:
    """Say whether a header defines a function in one branch of an #if and declares it in another."""
    return not entry[0].endswith(_SOURCES) and any(each[3] == "p" and each[0] == entry[0] for each in seen)


def _is_beside(one: str, other: str) -> bool:
    """Say whether neither of two files lies below the directory of the other: such a neighbour is no nearer kin."""
    depths = one.count("/"), other.count("/")
    return shared_directories(one, other) < min(depths)


def _is_for_others(entry: Entry) -> bool:
    """Say whether a file may mean a definition without including a file that has or declares it."""
    return entry[3] == "d" or not entry[0].endswith(_SOURCES)


def _entry(path: str, definition: Definition) -> Entry:
    return (path, definition.descriptor, definition.kind.value, _state(definition))


def _state(definition: Definition) -> str:
    if definition.signature.startswith("# define"):
        return "m"
    if definition.kind is KIND.FUNCTION:
        return "p" if definition.is_prototype else "d"
    return "n" if definition.signature.startswith("typedef ") else "d"


SCHEMES = {"c": PartedScheme(_contributions, _Linker)}
