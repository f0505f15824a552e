"""Which file of the project an import specifier means.

Relative specifiers are tried as written, with the extensions that sources have, with the TypeScript
extension behind a written JavaScript one, and as directories: what the `package.json` in it names, then
`index`. Bare specifiers are tried through the `paths` and `baseUrl` of the nearest `tsconfig.json` or
`jsconfig.json` (with what it extends), the `imports` of the nearest `package.json`, and the packages of
the project by name ("workspaces"); what is left is external.

Every probe is a read of the table, hit or miss: a file that appears or a setting that changes links
exactly those again who asked. Settings are keys of kind `cfg` (see `resolve.settings`).
Tests: tests/unit/graph/test_graph_resolve_javascript.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import dirname, normpath
from types import MappingProxyType
from typing import Final

from codegraph.graph.resolve.javascript.names import COMPONENTS, FAMILY
from codegraph.graph.resolve.keys import module_key, top_key
from codegraph.graph.resolve.nearness import shared_parts
from codegraph.graph.resolve.scheme import MANY, TableReader
from codegraph.graph.resolve.settings import configuration_key

_SCRIPT: Final = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".d.ts", ".mts", ".cts", ".vue")
_TYPED: Final = (".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".vue")
_BEHIND: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        ".js": (".ts", ".tsx", ".d.ts"),
        ".jsx": (".tsx", ".d.ts"),
        ".mjs": (".mts", ".d.mts"),
        ".cjs": (".cts", ".d.cts"),
    }
)
"""The sources behind a written extension."""
_ENTRY_FIELDS: Final = ("source", "types", "typings", "module", "main")
_ENTRY_GUESSES: Final = ("src/index", "index", "lib/index", "src/main")
_PLACES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"@": ("src", "app", ""), "~": ("src", "app", ""), "@@": ("",), "~~": ("",), "$lib": ("src/lib",)}
)
"""Below the nearest package.json, what bundlers' templates (Vite, Nuxt, SvelteKit) let these names stand for."""
_ALIASES: Final = tuple(f"{each}/" for each in _PLACES)
_MAX_CONFIGURATIONS: Final = 8
"""How many are read of those that one extends, or that are its parts ("references" to files beside it)."""
_MAX_OUTPUT_FOLDERS: Final = 3
"""How deep a build may put its files: `dist/esm/x.js` is made of `src/x.ts`."""
_MAX_UP: Final = 24

Settings = dict[str, tuple[str, ...]]


class ModuleFinder:
    """Finds modules for one linked file; remembers answers within that one call only."""

    def __init__(self, table: TableReader) -> None:
        self._get = table.get
        self._asked: dict[tuple[str, str], str | None] = {}
        self._found: dict[tuple[str, str], str | None] = {}
        """The same by directory, for files that import alike."""
        self._settings: dict[str, Settings | None] = {}

    def find(self, importer: str, specifier: str) -> str | None:
        """Return the path of the file that `specifier` means in the file `importer`; None if it is external."""
        asked = (importer, specifier)
        if asked not in self._asked:
            key = (f"{dirname(importer)}\0{importer.rpartition('.')[2]}", specifier)
            if key not in self._found:
                self._found[key] = self._find(importer, specifier)
            self._asked[asked] = self._found[key]
        return self._asked[asked]

    def _find(self, importer: str, specifier: str) -> str | None:
        extensions = _TYPED if _is_typed(importer) else _SCRIPT
        specifier = specifier.partition("?")[0]
        if specifier.startswith((".", "/")):
            place = _joined(dirname(importer), specifier) if specifier[0] == "." else specifier.strip("/")
            return None if place is None else self._at(place, extensions)
        if not specifier or specifier.startswith(("node:", "data:", "http:", "https:", "bun:", "npm:")):
            return None
        found = self._mapped(dirname(importer), specifier, extensions)
        if found is None and specifier.startswith(_ALIASES):
            found = self._aliased(dirname(importer), specifier, extensions)
        return found if found is not None else self._package(specifier, importer, extensions)

    def _aliased(self, directory: str, specifier: str, extensions: tuple[str, ...]) -> str | None:
        """Try the places that a name which no package can have stands for by custom."""
        nearest = self._nearest(directory, "package.json")
        head, _, rest = specifier.partition("/")
        if nearest is None:
            return None
        places = (_in(_in(dirname(nearest[0]), base), rest) for base in _PLACES[head])
        return next((found for place in places if (found := self._at(place, extensions)) is not None), None)

    def _at(self, place: str, extensions: tuple[str, ...], *, directories: bool = True) -> str | None:
        """Return the source at a path without, or with, its extension, or the entry of a directory."""
        stem, dot, ending = place.rpartition(".")
        written = f".{ending}" if dot and "/" not in ending else ""
        if written in _SCRIPT or written in COMPONENTS:
            behind = _BEHIND.get(written, ())
            endings = (*behind, written) if extensions is _TYPED else (written, *behind)
            for each in endings:
                if self._exists(stem + each):
                    return stem + each
        for each in extensions if place else ():
            if self._exists(place + each):
                return place + each
        return self._directory(place, extensions) if directories else None

    def _directory(self, place: str, extensions: tuple[str, ...]) -> str | None:
        settings = self._read(_in(place, "package.json"))
        if settings is not None:
            found = self._entry(place, settings, extensions)
            if found is not None:
                return found
        return self._at(_in(place, "index"), extensions, directories=False)

    def _entry(
        self, directory: str, settings: Settings, extensions: tuple[str, ...], *, required: bool = False
    ) -> str | None:
        """Return the source that a package's own file names as its entry."""
        targets = [*(settings.get("required:.", ()) if required else ()), *settings.get("exports:.", ())]
        for field in _ENTRY_FIELDS:
            targets += settings.get(field, ())
        for target in dict.fromkeys(targets):
            place = _joined(directory, target)
            found = self._built(place, directory, extensions) if place is not None else None
            if found is None and place is not None and dirname(place) != directory:  # built, and not here
                found = self._at(_in(directory, "src/index"), extensions, directories=False)
            if found is not None:
                return found
        return None

    def _built(self, place: str, directory: str, extensions: tuple[str, ...]) -> str | None:
        """Return the source at a place in a package, or the one in its `src` that a built file there comes from."""
        found = self._at(place, extensions, directories=False)
        inside = place[len(directory) :].strip("/")
        for _ in range(_MAX_OUTPUT_FOLDERS if found is None else 0):
            above, _, name = inside.rpartition("/")
            source = _in(_in(directory, "src"), _in(above, name.partition(".")[0]))
            found = self._at(source, extensions, directories=False)
            if found is not None or not above:
                break
            inside = inside.partition("/")[2]  # the folder that the build writes to
        return found

    def _mapped(self, directory: str, specifier: str, extensions: tuple[str, ...]) -> str | None:
        """Try `paths` and `baseUrl` of the nearest configuration, `imports` of the nearest package."""
        for name in ("tsconfig.json", "jsconfig.json"):
            nearest = self._nearest(directory, name)
            if nearest is not None:
                found = self._by_paths(*nearest, specifier, extensions)
                if found is not None:
                    return found
                break
        if specifier.startswith("#"):
            nearest = self._nearest(directory, "package.json")
            if nearest is not None:
                return self._by_patterns(dirname(nearest[0]), nearest[1], "imports:", specifier, extensions)
        return None

    def _by_paths(self, path: str, settings: Settings, specifier: str, extensions: tuple[str, ...]) -> str | None:
        waiting = [(path, settings)]
        for _ in range(_MAX_CONFIGURATIONS):
            if not waiting:
                break
            path, settings = waiting.pop()
            base = _joined(dirname(path), (settings.get("baseUrl") or (".",))[0]) or ""
            found = self._by_patterns(base, settings, "paths:", specifier, extensions)
            if found is None and "baseUrl" in settings:
                found = self._at(_in(base, specifier), extensions)
            if found is not None:
                return found
            parts = [each for each in reversed(settings.get("references", ())) if each.endswith(".json")]
            for each in (*parts, *(each for each in settings.get("extends", ()) if each.startswith("."))):
                target = _joined(dirname(path), each if each.endswith(".json") else each + ".json")
                read = self._read(target) if target is not None else None
                if target is not None and read is not None:
                    waiting.append((target, read))
        return None

    def _by_patterns(
        self, base: str, settings: Settings, prefix: str, specifier: str, extensions: tuple[str, ...]
    ) -> str | None:
        """Try the patterns that match a specifier, the longest first."""
        matching = []
        for key, targets in settings.items():
            if key.startswith(prefix):
                head, star, tail = key[len(prefix) :].partition("*")
                if specifier == head if not star else specifier.startswith(head) and specifier.endswith(tail):
                    middle = specifier[len(head) : len(specifier) - len(tail)] if star else ""
                    matching.append((-len(head), key, middle, targets))
        for _, _, middle, targets in sorted(matching):
            for target in targets:
                place = _joined(base, target.replace("*", middle, 1))
                if place is None:
                    continue
                is_built = prefix in ("exports:", "required:")
                found = self._built(place, base, extensions) if is_built else self._at(place, extensions)
                if found is not None:
                    return found
        return None

    def _package(self, specifier: str, importer: str, extensions: tuple[str, ...]) -> str | None:
        """Try the project's own packages by name."""
        directory = dirname(importer)
        parts = specifier.split("/")
        size = 2 if specifier.startswith("@") else 1
        name, inside = "/".join(parts[:size]), "/".join(parts[size:])
        value = self._get(top_key(FAMILY, name))
        if value is None or value == MANY:
            return None
        roots = sorted((each[0] for each in value), key=lambda root: (-shared_parts(root, directory), root))
        for root in roots:
            settings = self._read(_in(root, "package.json")) or {}
            required = any(key.startswith("required:") for key in settings) and self._is_common(importer)
            if inside:
                form = "required:" if required and f"required:./{inside}" in settings else "exports:"
                found = self._by_patterns(root, settings, form, f"./{inside}", extensions)
                places: tuple[str, ...] = (_in(root, inside), _in(root, f"src/{inside}"))
            else:
                found = self._entry(root, settings, extensions, required=required)
                places = tuple(_in(root, each) for each in _ENTRY_GUESSES)
            for place in places:
                found = found or self._at(place, extensions)
            if found is not None:
                return found
        return None

    def _is_common(self, importer: str) -> bool:
        """Say whether a file is a CommonJS module, as Node sees it."""
        if not importer.endswith(".js"):
            return importer.endswith(".cjs")
        nearest = self._nearest(dirname(importer), "package.json")
        return nearest is None or nearest[1].get("type") != ("module",)

    def _nearest(self, directory: str, name: str) -> tuple[str, Settings] | None:
        for _ in range(_MAX_UP):
            path = _in(directory, name)
            settings = self._read(path)
            if settings is not None:
                return path, settings
            if not directory:
                return None
            directory = dirname(directory)
        return None

    def _read(self, path: str) -> Settings | None:
        if path not in self._settings:
            value = self._get(configuration_key(path))
            self._settings[path] = None if value is None else {entry[0]: entry[1:] for entry in value if entry}
        return self._settings[path]

    def _exists(self, path: str) -> bool:
        return self._get(module_key(path)) is not None


def _is_typed(path: str) -> bool:
    return path.endswith((".ts", ".tsx", ".mts", ".cts", *COMPONENTS))


def _in(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory and name else directory or name


def _joined(directory: str, relative: str) -> str | None:
    """Join and normalise; None for a path that leads out of the project."""
    place = normpath(_in(directory, relative))
    if place == ".":
        return ""
    return None if place.startswith("..") else place.lstrip("/")
