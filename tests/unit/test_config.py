"""Settings: the documented defaults, the four layers, and errors that say where."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.config import CHOICES, LIMITS, PATHS, Config
from codegraph.config_layers import absolute_variables, load_config, unknown_variables
from codegraph.errors import ConfigError

_DOCUMENT = Path(__file__).parents[2] / "config" / "default.toml"
_SETTINGS = [
    f"{section.name}.{setting.name}"
    for section in dataclasses.fields(Config)
    for setting in dataclasses.fields(getattr(Config(), section.name))
]


def _value(config: Config, key: str) -> Any:
    section, name = key.split(".")
    return getattr(getattr(config, section), name)


def _load(tmp_path: Path, text: str, **layers: Any) -> Config:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load_config(file, **{"environment": {}, **layers})


def test_default_document_holds_exactly_the_defaults():
    """config/default.toml names every setting, no other, with the value and type that the code has."""
    document = tomllib.loads(_DOCUMENT.read_text(encoding="utf-8"))
    written = {f"{section}.{name}": value for section, content in document.items() for name, value in content.items()}
    assert list(written) == _SETTINGS
    for key, value in written.items():
        default = _value(Config(), key)
        plain = list(default) if isinstance(default, tuple) else default
        assert (key, type(value), value) == (key, type(plain), plain)
    assert load_config(_DOCUMENT, environment={}) == Config()


def test_every_setting_is_explained():
    """Above each setting stands at least one sentence of its own."""
    lines = _DOCUMENT.read_text(encoding="utf-8").splitlines()
    section, unexplained = "", set(_SETTINGS)
    for before, line in pairwise(lines):
        if header := re.fullmatch(r"\[(\w+)\]", line):
            section = header.group(1)
        elif (setting := re.match(r"(\w+) = ", line)) and re.fullmatch(r"# \S.{10,}\.", before):
            unexplained.discard(f"{section}.{setting.group(1)}")
    assert unexplained == set()


def test_limits_and_choices_name_settings_and_admit_the_defaults():
    """Every number has limits, every limit a setting, and no default breaks its own rule."""
    numbers = {
        key
        for key in _SETTINGS
        if isinstance(_value(Config(), key), int | float) and not isinstance(_value(Config(), key), bool)
    }
    assert set(LIMITS) == numbers
    assert set(CHOICES) <= set(_SETTINGS)
    assert all(low <= _value(Config(), key) <= high for key, (low, high) in LIMITS.items())
    assert all(_value(Config(), key) in choices for key, choices in CHOICES.items())


def test_absent_file_means_defaults(tmp_path):
    """Nobody needs a file."""
    assert load_config(tmp_path / "none.toml", environment={}) == Config()
    assert load_config(None, environment={}) == Config()


def test_layers_override_one_another(tmp_path):
    """File beats defaults, the environment beats the file, flags beat all; what a layer leaves out stays."""
    text = "[cascade]\ndepth = 1\nmax_context = 1\nbudget = 0.1\n"
    config = _load(
        tmp_path,
        text,
        environment={"CODEGRAPH_CASCADE_MAX_CONTEXT": "2", "CODEGRAPH_CASCADE_BUDGET": "0.2"},
        flags={"cascade.budget": 0.3},
    )
    assert dataclasses.astuple(config.cascade) == (1, 2, 0.3)
    assert dataclasses.replace(config, cascade=Config().cascade) == Config()


@pytest.mark.parametrize(
    ("variable", "text", "key", "value"),
    [
        ("CODEGRAPH_EMBEDDING_MODEL", "some/model", "embedding.model", "some/model"),
        ("CODEGRAPH_SOURCE_MAX_FILE_BYTES", "2_000", "source.max_file_bytes", 2000),
        ("CODEGRAPH_WATCH_POLL_SECONDS", "3", "watch.poll_seconds", 3.0),
        ("CODEGRAPH_STORE_SYNC", "Off", "store.sync", False),
        ("CODEGRAPH_SOURCE_USE_GITIGNORE", " yes ", "source.use_gitignore", True),
        ("CODEGRAPH_SOURCE_IGNORE", "build/, *.min.js,", "source.ignore", ("build/", "*.min.js")),
        ("CODEGRAPH_SOURCE_LANGUAGES", "", "source.languages", ()),
    ],
)
def test_environment_is_converted(variable, text, key, value):
    """Texts from the environment become the type of the setting; lists are separated by commas."""
    got = _value(load_config(environment={variable: text}), key)
    assert (got, type(got)) == (value, type(value))


@pytest.mark.parametrize("name", sorted(PATHS))
def test_directories_of_models_mean_the_same_wherever_one_stands(tmp_path, monkeypatch, name):
    """A relative one is read from its file, or from where the command was given; other names stay as they are."""
    here = tmp_path / "here"
    (here / "owner" / "weights").mkdir(parents=True)
    monkeypatch.chdir(here)
    section, _, setting = name.partition(".")
    variable = f"CODEGRAPH_{section}_{setting}".upper()
    for written in ("./weights", "../here/weights"):
        assert _value(_load(tmp_path, f'[{section}]\n{setting} = "./here/weights"\n'), name) == str(here / "weights")
        assert _value(load_config(environment={variable: written}), name) == str(here / "weights")
        assert _value(load_config(environment={}, flags={name: written}), name) == str(here / "weights")
        assert absolute_variables({variable: written, "HOME": written}) == {
            variable: str(here / "weights"),
            "HOME": written,
        }
    assert _value(load_config(environment={variable: "owner/weights"}), name) == str(here / "owner" / "weights")
    for other in ("owner/model", "minilm", "minilm@128", *([""] if setting != "model" else [])):
        assert _value(load_config(environment={variable: other}), name) == other


def test_foreign_variables_are_ignored():
    """Variables that name no setting, ours or others', change nothing."""
    ours = {"CODEGRAPH_STATE_DIR": "/x", "CODEGRAPH_CACHE_DIR": "/y", "CODEGRAPH_CONFIG": "/z"}
    foreign = {"CODEGRAPH_CASCADE": "1", "PATH": "/bin", "codegraph_cascade_depth": "7"}
    assert load_config(environment=ours | foreign) == Config()


def test_a_misspelt_variable_is_an_error():
    """What begins as a section's settings do and is none of them would be missed in silence."""
    with pytest.raises(ConfigError, match="CODEGRAPH_CASCADE_DEPHT: there is no such setting"):
        load_config(environment={"CODEGRAPH_CASCADE_DEPHT": "2"})


def test_a_variable_that_means_nothing_is_told():
    """A section that is misspelt is no section, so nothing is set: such variables are named, with what was meant."""
    ours = {"CODEGRAPH_STATE_DIR": "/x", "CODEGRAPH_CONFIG": "/z", "CODEGRAPH_EMBEDDING_MODEL": "m", "PATH": "/bin"}
    assert unknown_variables(ours | {"CODEGRAPH_EMBEDING_MODEL": "x", "CODEGRAPH_TELEMETRY": "0"}) == {
        "CODEGRAPH_EMBEDING_MODEL": "did you mean CODEGRAPH_EMBEDDING_MODEL?",
        "CODEGRAPH_TELEMETRY": "",
    }


@pytest.mark.parametrize(
    ("flags", "environment", "meant"),
    [
        ({"cascde.depth": 2}, {}, "cascade"),
        ({"cascade.dept": 2}, {}, "depth"),
        ({}, {"CODEGRAPH_CASCADE_DEPHT": "2"}, "CODEGRAPH_CASCADE_DEPTH"),
    ],
)
def test_what_is_misspelt_is_told_what_was_meant(flags, environment, meant):
    """A section, a setting or a variable that there is not gets the nearest that there is."""
    with pytest.raises(ConfigError) as caught:
        load_config(environment=environment, flags=flags)
    assert caught.value.advice.startswith(f"did you mean {meant}? ")


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("[cascade]\ndepth = 'two'\n", 2, "cascade.depth"),
        ("[cascade]\ndepth = true\n", 2, "whole number"),
        ("[cascade]\n# comment\n\ndepth = 1.5\n", 4, "whole number"),
        ("[cascade]\ndepth = 99\n", 2, "cascade.depth = 99"),
        ("[watch]\nmode = 'fast'\n[cascade]\n", 2, "watch.mode = 'fast'"),
        ("[store]\nsync = 1\n", 2, "true or false"),
        ("[source]\nignore = 'build'\n", 2, "list of strings"),
        ("[source]\nignore = ['a', 1]\n", 2, "list of strings"),
        ("[watch]\npoll_seconds = 'x'\n", 2, "must be a number"),
        ("[embedding]\nmodel = 3\n", 2, "must be a string"),
        ("[cascade]\n\ndeepness = 2\n", 3, "no setting cascade.deepness"),
        ("\n[casacde]\ndepth = 2\n", 3, "no section [casacde]"),
        ("[store]\ndepth = 2\n[cascade]\ndepth = 2\n", 2, "no setting store.depth"),
        ("depth = 2\n", 1, "outside of a section"),
        ("[watch]\npoll_seconds = nan\n", 2, "poll_seconds = nan"),
        ("[store]\nmap_bytes = -1\n", 2, "map_bytes = -1"),
        ("[embedding]\nmodel = ' '\n", 2, "embedding.model = ' '"),
    ],
)
def test_bad_value_in_the_file_names_file_and_line(tmp_path, text, line, part):
    """A wrong type, value or name is a ConfigError that says where it stands and what to do."""
    with pytest.raises(ConfigError) as caught:
        _load(tmp_path, text)
    assert caught.value.message.startswith(f"{tmp_path / 'config.toml'}:{line}: ")
    assert part in caught.value.message
    assert caught.value.advice


@pytest.mark.parametrize("content", [b"[cascade\n", b"\xff\xfe", b"[a]\nb = 1\nb = 2\n"])
def test_unreadable_file_is_an_error(tmp_path, content):
    """A file that is no TOML names itself; it is not taken for empty."""
    file = tmp_path / "config.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=re.escape(str(file))):
        load_config(file, environment={})


def test_a_file_that_cannot_be_looked_for_is_an_error(tmp_path, monkeypatch):
    """Where the rights of a directory keep the file from being seen, nobody knows what it says."""

    def refused(self, *_, **__):
        raise PermissionError(13, "Permission denied", str(self))

    for name in ("stat", "open", "read_text"):
        monkeypatch.setattr(Path, name, refused)
    with pytest.raises(ConfigError, match="Permission denied"):
        load_config(tmp_path / "config.toml", environment={})


def test_bad_value_in_the_environment_names_the_variable():
    """The user learns which variable to mend."""
    with pytest.raises(ConfigError, match=r"environment variable CODEGRAPH_CASCADE_DEPTH: cascade.depth = 'deep'"):
        load_config(environment={"CODEGRAPH_CASCADE_DEPTH": "deep"})
    for text, kind in (("CODEGRAPH_CASCADE_DEPTH", "a whole number"), ("CODEGRAPH_WATCH_POLL_SECONDS", "a number")):
        with pytest.raises(ConfigError, match=f"must be {kind}"):
            load_config(environment={text: ""})
    with pytest.raises(ConfigError, match="neither true nor false"):
        load_config(environment={"CODEGRAPH_STORE_SYNC": "perhaps"})


def test_bad_flag_names_the_flag():
    """So does a wrong value on the command line."""
    with pytest.raises(ConfigError, match=r"flag for cascade.depth: cascade.depth = -1"):
        load_config(environment={}, flags={"cascade.depth": -1})
    with pytest.raises(ConfigError, match=r"there is no setting cascade.height"):
        load_config(environment={}, flags={"cascade.height": 1})


def test_config_cannot_be_changed():
    """A Config that was handed out stays what it was."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().store.sync = False  # type: ignore[misc]


@given(st.dictionaries(st.sampled_from(sorted(LIMITS)), st.integers(-(10**20), 10**20) | st.floats()))
def test_every_accepted_number_is_within_its_limits(flags):
    """Whatever numbers are given, the result is either refused or within limits and of the right type."""
    try:
        config = load_config(environment={}, flags=flags)
    except ConfigError:
        return
    for key, (low, high) in LIMITS.items():
        assert low <= _value(config, key) <= high
        assert type(_value(config, key)) is type(_value(Config(), key))
