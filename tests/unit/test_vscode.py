"""The extension for VS Code in editors/vscode: its manifest against its code, and the tests of its pure part."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from codegraph.cli.editor_lists import LISTS
from codegraph.cli.parser import build_parser
from codegraph.core.symbols import UNPARSED_LANGUAGES
from codegraph.extract.languages.known import OWN_LANGUAGES

EXTENSION = Path(__file__).parents[2] / "editors" / "vscode"
CODE = "\n".join(path.read_text("utf-8") for path in sorted(EXTENSION.glob("*.js")))


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    """What VS Code reads of the extension."""
    return dict(json.loads((EXTENSION / "package.json").read_text("utf-8")))


def test_commands_are_declared_and_registered(manifest: dict[str, Any]) -> None:
    """VS Code shows exactly what there is code for."""
    declared = [each["command"] for each in manifest["contributes"]["commands"]]
    assert sorted(declared) == sorted(f"codegraph.{name}" for name in re.findall(r"\bcommand\('(\w+)'", CODE))
    shown = [each["command"] for each in manifest["contributes"]["menus"]["commandPalette"]]
    assert set(shown) <= set(declared)


def test_settings_are_declared_and_read(manifest: dict[str, Any]) -> None:
    """No setting is without effect, none is read that nobody can find."""
    declared = manifest["contributes"]["configuration"]["properties"]
    assert sorted(declared) == sorted({f"codegraph.{name}" for name in re.findall(r"_settings\.get\('(\w+)'\)", CODE)})
    assert manifest["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"] == ["codegraph.command"]


def test_the_server_is_one_that_codegraph_has(manifest: dict[str, Any]) -> None:
    """The command line that is started exists, and so does each request that is sent."""
    [words] = re.findall(r"spawn\(this\._command, (\[.*?\])", CODE)
    assert build_parser().parse_args(json.loads(words.replace("'", '"'))).command == "lsp"
    asked = set(re.findall(r"'(codegraph/\w+)'", CODE))
    assert asked == {*LISTS, "codegraph/status"}


def test_a_file_of_each_language_wakes_the_extension(manifest: dict[str, Any]) -> None:
    """Nothing else does, so that a window without code starts no server. The names are those of VS Code."""
    awaited = {each.removeprefix("onLanguage:") for each in manifest["activationEvents"]}
    called = {"bash": "shellscript", "c_sharp": "csharp", "tsx": "typescriptreact"}
    others = {"json-config", "go-mod", "cargo", "markdown", "rst", "jupyter"}
    known = {called.get(each.name, each.name) for each in OWN_LANGUAGES if each.name not in others | UNPARSED_LANGUAGES}
    assert awaited == {*known, "javascriptreact"}


def test_words_of_the_extension() -> None:
    """Its own tests pass where Node.js is installed."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed")
    done = subprocess.run(
        [node, "--test", "test/words.test.js"], cwd=EXTENSION, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
