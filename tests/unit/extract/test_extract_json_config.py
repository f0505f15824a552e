"""Project configuration files: which settings are read, and what odd files give."""

from __future__ import annotations

import pytest
from javascript_sources import facts_of

from codegraph.core.facts import encode
from codegraph.extract.languages.json_config.settings import MAX_SETTINGS, read_settings


def test_package() -> None:
    """A package's name, entries, subpaths and private imports are settings, the preferred condition first."""
    source = b"""{"name": "@a/b", "main": "./lib.js", "version": "1",
      "exports": {".": {"require": "./r.cjs", "import": "./i.mjs"}, "./x/*": "./src/x/*.js"},
      "imports": {"#y": ["./y.js", "./z.js"]}}"""
    assert read_settings(source) == [
        ("name", ("@a/b",)),
        ("main", ("./lib.js",)),
        ("exports:.", ("./i.mjs", "./r.cjs")),
        ("required:.", ("./r.cjs", "./i.mjs")),
        ("exports:./x/*", ("./src/x/*.js",)),
        ("imports:#y", ("./y.js", "./z.js")),
    ]


def test_tsconfig() -> None:
    """Comments and trailing commas are allowed, and strings that look like them are kept."""
    source = b"""{ // c
      "extends": "./base", /* "x" */
      "compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["./src/*",],"a//b": ["c/*d*/,]"]}, },
    }"""
    assert read_settings(source) == [
        ("extends", ("./base",)),
        ("baseUrl", (".",)),
        ("paths:@/*", ("./src/*",)),
        ("paths:a//b", ("c/*d*/,]",)),
    ]


def test_half_a_character() -> None:
    """An escape that is half a character costs no other setting."""
    facts = facts_of(r'{"name": "\ud800", "main": "a.js", "imports": {"#\udc00": "./\ud83d\ude00.js"}}', "json-config")
    assert not facts.outline.problems
    assert encode(facts)
    assert [(each.name, each.chain) for each in facts.occurrences.exports] == [
        ("name", ("?",)),
        ("main", ("a.js",)),
        ("imports:#?", ("./\U0001f600.js",)),
    ]


def test_configurations_that_others_are_part_of() -> None:
    """All that a configuration extends and all files that it refers to are settings, in their order."""
    source = b'{"extends": ["./a", 1, "./b"], "references": [{"path": "./tsconfig.app.json"}, {"x": 1}, 2]}'
    assert read_settings(source) == [("extends", ("./a", "./b")), ("references", ("./tsconfig.app.json",))]


@pytest.mark.parametrize(
    "source", [b"", b"[]", b"null", b"{", b'{"name": 1, "exports": 2}', b"\xff", b'"' * 999, b"/*" * 999]
)
def test_odd_files(source: bytes) -> None:
    """What is not as expected is left out."""
    assert read_settings(source) in ([], [("exports:.", ())])


def test_settings_are_bounded() -> None:
    """A huge file gives at most so many settings."""
    many = ", ".join(f'"./{number}": "./x"' for number in range(2 * MAX_SETTINGS))
    assert len(read_settings(f'{{"exports": {{{many}}}}}'.encode())) == MAX_SETTINGS


def test_facts() -> None:
    """A configuration file is one module without tokens whose exports are its settings."""
    facts = facts_of('{"name": "a"}', "json-config")
    assert [each.descriptor for each in facts.outline.definitions] == [""]
    assert [(each.name, each.chain) for each in facts.occurrences.exports] == [("name", ("a",))]
    other = facts_of('{"name": "b", "version": "2"}', "json-config")
    assert facts.outline.definitions[0].own == other.outline.definitions[0].own
