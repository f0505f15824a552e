"""Reads the settings of a configuration file: bytes to (name, values), in a fixed order.

Comments and trailing commas are allowed, as TypeScript allows them. What is not as expected is left out;
nothing raises. Tests: tests/unit/extract/test_extract_json_config.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

Setting = tuple[str, tuple[str, ...]]

MAX_SETTINGS: Final = 400
_MAX_TARGETS: Final = 8
_MAX_DEPTH: Final = 8
_FIELDS: Final = ("name", "type", "main", "module", "source", "types", "typings")
_CONDITIONS: Final = ("source", "types", "import", "module", "require", "default", "node", "browser")
"""Tried in this order, then all others by name."""
_REQUIRING: Final = ("source", "require", "node", "default")
"""The first that are tried where a CommonJS module asks."""
_COMMENT: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"?|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_TRAILING_COMMA: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"?|,(?=\s*[}\]])')


def read_settings(data: bytes) -> list[Setting]:
    """Return the settings of one file, at most MAX_SETTINGS."""
    text = data.decode("utf-8-sig", "replace")
    try:
        document = json.loads(_TRAILING_COMMA.sub(_string_only, _COMMENT.sub(_string_only, text)))
    except (ValueError, RecursionError):
        return []
    if not isinstance(document, dict):
        return []
    found: list[Setting] = []
    for name, values in _settings(document):
        found.append((_text(name), tuple(map(_text, values))))
        if len(found) == MAX_SETTINGS:
            break
    return found


def _text(value: str) -> str:
    """Return a string without halves of characters, which an escape can write and UTF-8 cannot."""
    return value.encode("utf-8", "replace").decode("utf-8")


def _string_only(found: re.Match[str]) -> str:
    """Keep a string, drop what else was matched."""
    return found[0] if found[0].startswith('"') else ""


def _settings(document: dict[str, object]) -> Iterator[Setting]:
    for field in _FIELDS:
        value = document.get(field)
        if isinstance(value, str):
            yield field, (value,)
    exports = document.get("exports")
    if isinstance(exports, dict) and any(key.startswith(".") for key in exports):
        for key, value in exports.items():
            yield from _exported(key, value)
    elif exports is not None:
        yield from _exported(".", exports)
    imports = document.get("imports")
    if isinstance(imports, dict):
        for key, value in imports.items():
            yield f"imports:{key}", _targets(value)
    for field, found in (("extends", document.get("extends")), ("references", _referenced(document))):
        names = tuple(each for each in (found if isinstance(found, list) else [found]) if isinstance(each, str))
        if names:
            yield field, names[-_MAX_TARGETS:]
    options = document.get("compilerOptions")
    if isinstance(options, dict):
        base = options.get("baseUrl")
        if isinstance(base, str):
            yield "baseUrl", (base,)
        paths = options.get("paths")
        for key, value in paths.items() if isinstance(paths, dict) else ():
            yield f"paths:{key}", _targets(value)


def _exported(key: str, value: object) -> Iterator[Setting]:
    """Yield the files of one entry point, apart for those who require it if they get others."""
    targets, required = _targets(value), _targets(value, _REQUIRING)
    yield f"exports:{key}", targets
    if required != targets:
        yield f"required:{key}", required


def _referenced(document: dict[str, object]) -> list[object]:
    """Return the paths of the projects that a configuration refers to."""
    references = document.get("references")
    listed = references if isinstance(references, list) else []
    return [each.get("path") for each in listed if isinstance(each, dict)]


def _targets(value: object, first: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the files that a target names, through conditions and alternatives."""
    found: dict[str, None] = {}
    waiting = [(value, 0)]
    while waiting and len(found) < _MAX_TARGETS:
        part, depth = waiting.pop()
        if isinstance(part, str):
            found[part] = None
        elif isinstance(part, list) and depth < _MAX_DEPTH:
            waiting.extend((each, depth + 1) for each in reversed(part))
        elif isinstance(part, dict) and depth < _MAX_DEPTH:
            keys = [key for key in dict.fromkeys(first + _CONDITIONS) if key in part] + sorted(
                key for key in part if key not in _CONDITIONS
            )
            waiting.extend((part[key], depth + 1) for key in reversed(keys))
    return tuple(found)
